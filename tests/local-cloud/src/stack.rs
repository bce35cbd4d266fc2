use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};

use crate::aws::{Datum, Resource};
use crate::bundle::bundle;
use crate::http::Wire;
use crate::translate::is_cloudformation;
use crate::{Aws, Error, MiniStack, Patch, Schedules, Settings, eventually, patch, translate, workspace};

const NAME: &str = "rekindle";
const BUCKET: &str = "rekindle-code";
/// Nobody assumes it here: MiniStack does not check `iam:PassRole`. One for all accounts, so that their templates
/// are one text.
const TRAINING_ROLE: &str = "arn:aws:iam::123456789012:role/training";
const PUBLISHED: &str = "local-cloud-published";

/// What a test wants of its cloud.
#[derive(Debug, Clone)]
pub struct Options {
    /// The account, twelve digits. Two tests with two accounts do not see each other.
    pub account: String,
    /// The template; the project's own if absent. See [`translate`].
    pub template: Option<PathBuf>,
    /// Parameters of the template.
    pub parameters: BTreeMap<String, String>,
    /// The address of a SageMaker double.
    pub sagemaker: Option<String>,
    /// More environment for every function.
    pub environment: BTreeMap<String, String>,
    /// What becomes of schedules and scheduled rules.
    pub schedules: Schedules,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            account: "100000000001".into(),
            template: None,
            parameters: BTreeMap::new(),
            sagemaker: None,
            environment: BTreeMap::new(),
            schedules: Schedules::Off,
        }
    }
}

/// An account of a running MiniStack, ready to be deployed into.
#[derive(Debug, Clone)]
pub struct LocalCloud {
    ministack: Arc<MiniStack>,
    aws: Aws,
    options: Options,
}

impl LocalCloud {
    /// An account in the MiniStack that the tests of this process share.
    pub fn start(options: Options) -> Result<Self, Error> {
        Ok(Self::inside(MiniStack::shared()?, options))
    }

    /// An account in a MiniStack of its own, for those who count processes or choose the port.
    pub fn start_alone(settings: &Settings, options: Options) -> Result<Self, Error> {
        Ok(Self::inside(Arc::new(MiniStack::start(settings)?), options))
    }

    /// An account in this MiniStack.
    #[must_use]
    pub fn inside(ministack: Arc<MiniStack>, options: Options) -> Self {
        let aws = Aws::new(&ministack.endpoint(), &options.account, ministack.region());
        Self { ministack, aws, options }
    }

    /// The services of the account.
    #[must_use]
    pub fn aws(&self) -> &Aws {
        &self.aws
    }

    /// The emulator.
    #[must_use]
    pub fn ministack(&self) -> &MiniStack {
        &self.ministack
    }

    /// Deploys the template with these binaries, by the names of the functions: `on-alarm` for `OnAlarm`.
    pub fn deploy(&self, binaries: &BTreeMap<String, PathBuf>) -> Result<Stack, Error> {
        let path = self.options.template.clone();
        let path = path.unwrap_or_else(|| workspace::root().join("infra/sam/template.yaml"));
        let mut parameters = self.parameters();
        let mut template = translate(&path, &parameters)?;
        if !is_cloudformation(&path) {
            parameters.clear();
        }
        patch(&mut template, &self.patch())?;
        self.upload(&template, binaries)?;
        let resources = self.aws.create_stack(NAME, &self.bucket(), &template, &parameters)?;
        Stack::new(self, binaries, &resources)
    }

    fn patch(&self) -> Patch {
        Patch {
            endpoint: self.ministack.endpoint(),
            sagemaker: self.options.sagemaker.clone(),
            bucket: self.bucket(),
            environment: self.options.environment.clone(),
            schedules: self.options.schedules.clone(),
        }
    }

    /// Bucket names are unique across accounts, in MiniStack as in AWS.
    fn bucket(&self) -> String {
        format!("{BUCKET}-{}", self.options.account)
    }

    fn upload(&self, template: &Value, binaries: &BTreeMap<String, PathBuf>) -> Result<(), Error> {
        self.aws.create_bucket(&self.bucket())?;
        let resources = template.get("Resources").and_then(Value::as_object).into_iter().flatten();
        for (logical, _) in
            resources.filter(|(_, it)| it.get("Type") == Some(&"AWS::Lambda::Function".into()))
        {
            let function = kebab(logical);
            let binary = binaries.get(&function).ok_or_else(|| Error::Missing {
                what: format!(
                    "the template has a function `{logical}`, but no binary is called `{function}`"
                ),
                hint: "give `deploy` a binary for every function".into(),
            })?;
            self.aws.put_object(&self.bucket(), &format!("{logical}.zip"), bundle(binary)?.to_vec())?;
        }
        Ok(())
    }

    /// The project's own template has one parameter without a default.
    fn parameters(&self) -> BTreeMap<String, String> {
        let mut parameters = self.options.parameters.clone();
        if self.options.template.is_none() {
            parameters.entry("TrainingRoleArn".into()).or_insert(TRAINING_ROLE.into());
        }
        parameters
    }
}

/// Rekindle, deployed into a local cloud.
#[derive(Debug)]
pub struct Stack {
    pub(crate) cloud: LocalCloud,
    pub(crate) binaries: BTreeMap<String, PathBuf>,
    resources: Vec<Resource>,
    environment: BTreeMap<String, String>,
    published_url: String,
    published: Mutex<Vec<Value>>,
}

impl Stack {
    fn new(
        cloud: &LocalCloud,
        binaries: &BTreeMap<String, PathBuf>,
        resources: &[Resource],
    ) -> Result<Self, Error> {
        let mut stack = Self {
            cloud: cloud.clone(),
            binaries: binaries.clone(),
            resources: resources.to_vec(),
            environment: BTreeMap::new(),
            published_url: cloud.aws.create_queue(PUBLISHED)?,
            published: Mutex::default(),
        };
        let function = stack.of_kind("AWS::Lambda::Function").next().map(|it| it.physical.clone());
        let function = function.ok_or_else(|| Error::unexpected("a function", "the stack"))?;
        stack.environment = cloud.aws.function_environment(&function)?;

        let bus = stack.bus()?.to_owned();
        cloud.aws.put_rule(&bus, PUBLISHED, &json!({"source": ["rekindle"]}))?;
        let target = json!({"Id": "queue", "Arn": cloud.aws.queue_arn(PUBLISHED)});
        cloud.aws.put_target(&bus, PUBLISHED, &target)?;
        Ok(stack)
    }

    /// The emulator it is in.
    #[must_use]
    pub fn ministack(&self) -> &MiniStack {
        self.cloud.ministack()
    }

    /// The services of the account.
    #[must_use]
    pub fn aws(&self) -> &Aws {
        &self.cloud.aws
    }

    /// The cloud it is deployed into.
    #[must_use]
    pub fn cloud(&self) -> &LocalCloud {
        &self.cloud
    }

    /// Everything the stack made.
    #[must_use]
    pub fn resources(&self) -> &[Resource] {
        &self.resources
    }

    /// The ledger's table, as the functions know it.
    pub fn table(&self) -> Result<&str, Error> {
        self.variable("REKINDLE_TABLE")
    }

    /// The bus of decisions, as the functions know it.
    pub fn bus(&self) -> Result<&str, Error> {
        self.variable("REKINDLE_BUS")
    }

    /// The path of the policies, as the functions know it.
    pub fn policy_path(&self) -> Result<&str, Error> {
        self.variable("REKINDLE_POLICY_PATH")
    }

    /// The deployed name of the function `on-alarm`, `on-schedule`, …
    pub fn function(&self, function: &str) -> Result<&str, Error> {
        self.named("AWS::Lambda::Function", function)
    }

    /// The URL of the queue `failed-queue`, `undelivered-queue`, …, called as in the template.
    pub fn queue(&self, queue: &str) -> Result<&str, Error> {
        self.named("AWS::SQS::Queue", queue)
    }

    /// The deployed name of the rule `alarm-rule`, …, called as in the template.
    pub fn rule(&self, rule: &str) -> Result<&str, Error> {
        self.named("AWS::Events::Rule", rule)
    }

    /// The ARN of the topic `alert-topic`, called as in the template.
    pub fn topic(&self, topic: &str) -> Result<&str, Error> {
        self.named("AWS::SNS::Topic", topic)
    }

    /// Writes the policy of a model.
    pub fn put_policy(&self, model: &str, yaml: &str) -> Result<u64, Error> {
        self.aws().put_parameter(&format!("{}/{model}", self.policy_path()?), yaml)
    }

    /// Deletes the policy of a model.
    pub fn delete_policy(&self, model: &str) -> Result<(), Error> {
        self.aws().delete_parameter(&format!("{}/{model}", self.policy_path()?))
    }

    /// Puts one point of a metric. See [`Aws::put_metric_datum`] for what it does to alarms.
    pub fn put_metric(&self, datum: &Datum<'_>) -> Result<(), Error> {
        self.aws().put_metric_datum(datum)
    }

    /// The rows of a model in the ledger, by item.
    pub fn ledger(&self, model: &str) -> Result<Vec<Value>, Error> {
        self.aws().query(self.table()?, "model", model)
    }

    /// Waits until a model has at least this many rows.
    pub fn wait_for_rows(&self, model: &str, count: usize) -> Result<Vec<Value>, Error> {
        eventually(&format!("row {count} of `{model}`"), || {
            let rows = self.ledger(model)?;
            Ok((rows.len() >= count).then_some(rows))
        })
    }

    /// Every event that Rekindle has published so far: the whole envelopes, in order of arrival.
    pub fn published(&self) -> Result<Vec<Value>, Error> {
        let mut published = self.published.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let received = self.aws().receive(&self.published_url)?;
            if received.is_empty() {
                return Ok(published.clone());
            }
            published.extend(received);
        }
    }

    /// Waits until at least this many events have been published.
    pub fn wait_for_published(&self, count: usize) -> Result<Vec<Value>, Error> {
        eventually(&format!("published event {count}"), || {
            let published = self.published()?;
            Ok((published.len() >= count).then_some(published))
        })
    }

    /// The log of the function `on-alarm`, `on-schedule`, …, oldest line first.
    pub fn logs(&self, function: &str) -> Result<Vec<String>, Error> {
        self.aws().log_lines(&self.aws().function_log_group(self.function(function)?)?)
    }

    /// The training jobs of this account as the SageMaker double has them, visible or not.
    pub fn jobs(&self) -> Result<Vec<Value>, Error> {
        self.ask_sagemaker("jobs")
    }

    /// Every request to SageMaker that this account made, with what was answered, oldest first.
    pub fn sagemaker_log(&self) -> Result<Vec<Value>, Error> {
        self.ask_sagemaker("log")
    }

    fn ask_sagemaker(&self, place: &str) -> Result<Vec<Value>, Error> {
        let double = self.cloud.options.sagemaker.as_ref().ok_or_else(|| Error::Missing {
            what: "this cloud has no SageMaker".into(),
            hint: "start a double and give its address in `Options::sagemaker`".into(),
        })?;
        let account = self.aws().account();
        let wire = Wire::new(double, account, self.aws().region());
        let path = format!("/_double/{place}?account={account}");
        let answer = wire.ask("sagemaker", place, "GET", &path, &[], Vec::new())?.json(place)?;
        let entries = answer.as_array().cloned();
        entries.ok_or_else(|| Error::unexpected("a list", answer))
    }

    fn variable(&self, name: &str) -> Result<&str, Error> {
        let value = self.environment.get(name).map(String::as_str);
        value.ok_or_else(|| Error::unexpected(format!("`{name}`"), "the functions' environment"))
    }

    fn named(&self, kind: &str, name: &str) -> Result<&str, Error> {
        let found = self.of_kind(kind).find(|it| kebab(&it.logical) == name);
        found
            .map(|it| it.physical.as_str())
            .ok_or_else(|| Error::unexpected(format!("an {kind} called `{name}`"), "the stack"))
    }

    fn of_kind(&self, kind: &str) -> impl Iterator<Item = &Resource> {
        self.resources.iter().filter(move |it| it.kind == kind)
    }
}

/// `OnMetricCheck` is called `on-metric-check` everywhere but in the template.
fn kebab(logical: &str) -> String {
    let mut name = String::with_capacity(logical.len() + 4);
    for letter in logical.chars() {
        if letter.is_ascii_uppercase() && !name.is_empty() {
            name.push('-');
        }
        name.push(letter.to_ascii_lowercase());
    }
    name
}

#[cfg(test)]
mod tests {
    use super::kebab;

    #[test]
    fn a_function_is_called_as_its_binary() {
        assert_eq!(kebab("OnMetricCheck"), "on-metric-check");
    }
}
