//! All training jobs of one account.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::clock::{later, seconds};
use crate::config::Config;
use crate::error::Refusal;
use crate::events;
use crate::job::{Job, Timing, life};
use crate::model::Model;
use crate::requirements;

/// Most tags of one resource.
const MOST_TAGS: usize = 50;

/// Where and when a call is made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scene<'a> {
    pub(crate) account: &'a str,
    pub(crate) region: &'a str,
    pub(crate) now: Timestamp,
}

#[derive(Debug, Default)]
pub(crate) struct Jobs {
    /// By Region and name. INVARIANT: an entry leaves only by `delete`, whatever became of the job.
    by_name: BTreeMap<(String, String), Job>,
    created: u64,
    /// What deleted jobs had told.
    events_of_the_deleted: Vec<events::Event>,
}

impl Jobs {
    pub(crate) fn create(
        &mut self,
        scene: Scene<'_>,
        config: &Config,
        request: &Value,
    ) -> Result<Value, Refusal> {
        requirements::check(request)?;
        let name = text(request, "TrainingJobName");
        let arn = arn(scene, &name);
        let place = (scene.region.to_owned(), name.clone());
        if self.by_name.contains_key(&place) {
            return Err(Refusal::name_taken(&arn));
        }
        let instances = self.instances_within_quota(scene, config, request)?;

        let mut described = Model::published()?.shared_members("DescribeTrainingJobResponse", request);
        select_instances(&mut described, &instances);
        let timing =
            Timing { starting_seconds: config.starting_seconds, training_seconds: config.training_seconds };
        self.created += 1;
        let job = Job {
            name,
            arn: arn.clone(),
            number: self.created,
            created: scene.now,
            described,
            instances,
            tags: tags(request),
            listed_from: later(scene.now, seconds(config.list_lag_seconds)),
            described_from: later(scene.now, seconds(config.describe_lag_seconds)),
            final_metrics: Vec::new(),
            life: life(scene.now, timing, &config.outcome, request),
        };
        self.by_name.insert(place, job);
        Ok(json!({ "TrainingJobArn": arn }))
    }

    pub(crate) fn describe(&self, scene: Scene<'_>, request: &Value) -> Result<Value, Refusal> {
        let job = self.named(scene, &text(request, "TrainingJobName"))?;
        if scene.now < job.described_from {
            return Err(Refusal::not_found());
        }
        Ok(job.describe(scene.now))
    }

    pub(crate) fn stop(&mut self, scene: Scene<'_>, request: &Value) -> Result<(), Refusal> {
        let job = self.named_mut(scene, &text(request, "TrainingJobName"))?;
        if job.has_ended(scene.now) {
            let status = job.status(scene.now);
            let text = format!("The request was rejected because the training job is in status {status}.");
            return Err(Refusal::validation(text));
        }
        job.stop(scene.now);
        Ok(())
    }

    pub(crate) fn delete(&mut self, scene: Scene<'_>, request: &Value) -> Result<(), Refusal> {
        let name = text(request, "TrainingJobName");
        let job = self.named(scene, &name)?;
        if !job.has_ended(scene.now) {
            let status = job.status(scene.now);
            let text = format!("Cannot delete training job {}: it is in status {status}.", job.arn);
            return Err(Refusal::new("ResourceInUse", text));
        }
        let told = events::of(job, scene);
        self.events_of_the_deleted.extend(told);
        self.by_name.remove(&(scene.region.to_owned(), name));
        Ok(())
    }

    pub(crate) fn list_tags(&self, scene: Scene<'_>, request: &Value) -> Result<Value, Refusal> {
        Ok(shown_tags(&self.named(scene, &name_of(scene, request)?)?.tags))
    }

    pub(crate) fn add_tags(&mut self, scene: Scene<'_>, request: &Value) -> Result<Value, Refusal> {
        let job = self.named_mut(scene, &name_of(scene, request)?)?;
        let mut all = job.tags.clone();
        all.extend(tags(request));
        if all.len() > MOST_TAGS {
            return Err(Refusal::validation(format!("Too many tags: at most {MOST_TAGS} are allowed.")));
        }
        job.tags = all;
        Ok(shown_tags(&job.tags))
    }

    /// The jobs of one Region, whether they can be seen or not.
    pub(crate) fn of_region(&self, region: &str) -> impl Iterator<Item = &Job> {
        self.by_name.iter().filter(move |((at, _), _)| at == region).map(|(_, job)| job)
    }

    /// Every job with its Region, for the side door.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&str, &Job)> {
        self.by_name.iter().map(|((region, _), job)| (region.as_str(), job))
    }

    /// The job of that name, in that Region if one is given.
    pub(crate) fn find(&mut self, region: Option<&str>, name: &str) -> Option<&mut Job> {
        let here = |at: &(String, String)| at.1 == name && region.is_none_or(|region| region == at.0);
        self.by_name.iter_mut().find(|(at, _)| here(at)).map(|(_, job)| job)
    }

    pub(crate) fn events_of_the_deleted(&self) -> &[events::Event] {
        &self.events_of_the_deleted
    }

    fn named(&self, scene: Scene<'_>, name: &str) -> Result<&Job, Refusal> {
        self.by_name.get(&(scene.region.to_owned(), name.to_owned())).ok_or_else(Refusal::not_found)
    }

    fn named_mut(&mut self, scene: Scene<'_>, name: &str) -> Result<&mut Job, Refusal> {
        self.by_name.get_mut(&(scene.region.to_owned(), name.to_owned())).ok_or_else(Refusal::not_found)
    }

    /// The instances the job gets: those asked for, or the first preference that fits.
    fn instances_within_quota(
        &self,
        scene: Scene<'_>,
        config: &Config,
        request: &Value,
    ) -> Result<BTreeMap<String, u64>, Refusal> {
        let mut refused = None;
        for wanted in requirements::instances(request) {
            match self.refuse_over_quota(scene, config, &wanted) {
                None => return Ok(wanted),
                refusal => refused = refused.or(refusal),
            }
        }
        refused.map_or_else(|| Ok(BTreeMap::new()), Err)
    }

    fn refuse_over_quota(
        &self,
        scene: Scene<'_>,
        config: &Config,
        wanted: &BTreeMap<String, u64>,
    ) -> Option<Refusal> {
        wanted.iter().find_map(|(kind, delta)| {
            let limit = config.quotas.get(kind)?;
            let used: u64 = self
                .of_region(scene.region)
                .filter(|job| !job.has_ended(scene.now))
                .filter_map(|job| job.instances.get(kind))
                .sum();
            (used + delta > *limit).then(|| {
                Refusal::new(
                    "ResourceLimitExceeded",
                    format!(
                        "The account-level service limit '{kind} for training job usage' is {limit} Instances, \
                         with current utilization of {used} Instances and a request delta of {delta} Instances. \
                         Please use AWS Service Quotas to request an increase for this quota."
                    ),
                )
            })
        })
    }
}

pub(crate) fn text(request: &Value, member: &str) -> String {
    request.get(member).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn arn(scene: Scene<'_>, name: &str) -> String {
    format!("{}{name}", arn_prefix(scene))
}

fn arn_prefix(scene: Scene<'_>) -> String {
    let partition = match scene.region {
        region if region.starts_with("cn-") => "aws-cn",
        region if region.starts_with("us-gov-") => "aws-us-gov",
        _ => "aws",
    };
    format!("arn:{partition}:sagemaker:{}:{}:training-job/", scene.region, scene.account)
}

fn name_of(scene: Scene<'_>, request: &Value) -> Result<String, Refusal> {
    let arn = text(request, "ResourceArn");
    arn.strip_prefix(&arn_prefix(scene)).map(str::to_owned).ok_or_else(Refusal::not_found)
}

fn tags(request: &Value) -> BTreeMap<String, String> {
    let tags = request.get("Tags").and_then(Value::as_array).into_iter().flatten();
    tags.map(|tag| (text(tag, "Key"), text(tag, "Value"))).collect()
}

fn shown_tags(tags: &BTreeMap<String, String>) -> Value {
    let tags: Vec<_> = tags.iter().map(|(key, value)| json!({ "Key": key, "Value": value })).collect();
    json!({ "Tags": tags })
}

/// Writes down which of its preferences a job got.
fn select_instances(described: &mut Map<String, Value>, instances: &BTreeMap<String, u64>) {
    let Some(resources) = described.get_mut("ResourceConfig").and_then(Value::as_object_mut) else { return };
    if resources.contains_key("InstancePreferences")
        && let Some((kind, count)) = instances.first_key_value()
    {
        resources.insert("SelectedInstanceType".into(), json!(kind));
        resources.insert("SelectedInstanceCount".into(), json!(count));
    }
}
