//! What a turn reads and does in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::sync::Arc;

use jiff::Timestamp;
use rekindle_decision::duration::Duration;
use rekindle_decision::facts::{AlarmFact, AlarmSet, MonitorFact, Point, Series, Spending};
use rekindle_decision::policy::Alarms;
use rekindle_decision::ruling::Reserve;
use rekindle_policy::training::{DECISION_VARIABLE, MODEL_VARIABLE};
use serde_json::Value;

use super::{FakeJob, GRACE, Memory};
use crate::announce::Announcement;
use crate::ledger::{After, Change, Fleet, Intent, Memo, Row, Run, Spent, Written};
use crate::prices::Prices;
use crate::world::{Creation, Instances, Job, JobStatus, Policies, Query, World};

impl World for Memory {
    type Error = Infallible;

    fn now(&self) -> Timestamp {
        self.inside().now
    }

    fn token(&self) -> &str {
        &self.token
    }

    fn prices(&self) -> &Prices {
        &self.prices
    }

    fn stack(&self) -> &'static str {
        "memory"
    }

    async fn policies(&self) -> Result<Policies, Infallible> {
        Ok(Policies { set: Arc::clone(&self.inside().policies), stale: None })
    }

    async fn disabled_rules(&self) -> Result<Vec<String>, Infallible> {
        Ok(self.inside().disabled_rules.clone())
    }

    async fn rows(&self, models: &[String]) -> BTreeMap<String, Result<Row, Arc<Infallible>>> {
        models.iter().map(|model| (model.clone(), Ok(self.row(model)))).collect()
    }

    async fn alarms(&self, names: &BTreeSet<String>) -> BTreeMap<String, AlarmFact> {
        let inside = self.inside();
        names
            .iter()
            .map(|name| (name.clone(), inside.alarms.get(name).cloned().unwrap_or(AlarmFact::Absent)))
            .collect()
    }

    async fn alarm_sets(&self, which: &BTreeSet<Alarms>) -> BTreeMap<String, AlarmSet> {
        let inside = self.inside();
        let carries = |name: &String, tags: &BTreeMap<String, String>| {
            tags.iter().all(|(key, value)| inside.tags.get(name).and_then(|own| own.get(key)) == Some(value))
        };
        let set = |which: &Alarms| {
            let meant = |name: &String| match which {
                Alarms::Name(_) => which.may_mean(name),
                Alarms::Prefix { tags, .. } => which.may_mean(name) && carries(name, tags),
            };
            let alarms = inside.alarms.iter().filter(|(name, _)| meant(name));
            AlarmSet::Complete { alarms: alarms.map(|(name, fact)| (name.clone(), fact.clone())).collect() }
        };
        which.iter().map(|which| (which.key(), set(which))).collect()
    }

    async fn monitors(&self, schedules: &BTreeSet<String>) -> BTreeMap<String, MonitorFact> {
        let inside = self.inside();
        let newest = |schedule: &String| inside.monitors.get(schedule).cloned().unwrap_or(MonitorFact::NoRun);
        schedules.iter().map(|schedule| (schedule.clone(), newest(schedule))).collect()
    }

    async fn spending(&self, fleets: &BTreeSet<Fleet>) -> BTreeMap<Fleet, Spending> {
        let inside = self.inside();
        let amount = |fleet| inside.spent.get(fleet).copied().unwrap_or_default();
        fleets.iter().map(|fleet| (fleet.clone(), Spending::Spent { amount: amount(fleet) })).collect()
    }

    async fn metrics(&self, queries: &[Query]) -> Vec<Series> {
        let inside = self.inside();
        queries
            .iter()
            .map(|query| match inside.series.get(&query.metric) {
                None => Series::Complete { points: Vec::new() },
                Some(Series::Unread { gap }) => Series::Unread { gap: gap.clone() },
                Some(Series::Complete { points }) => {
                    let inside = |point: &&Point| point.at >= query.start && point.at < query.end;
                    let mut points: Vec<Point> = points.iter().filter(inside).copied().collect();
                    points.sort_by_key(|point| point.at);
                    Series::Complete { points }
                }
            })
            .collect()
    }

    async fn describe(&self, job: &str) -> Result<Job, Infallible> {
        let inside = self.inside();
        let visible = |job: &&FakeJob| inside.visible_after.after(job.created) <= inside.now;
        let Some(found) = inside.jobs.get(job).filter(visible) else { return Ok(Job::Absent) };
        let variable = |name| {
            let variables = found.request.get("Environment")?;
            variables.get(name).and_then(Value::as_str).map(ToOwned::to_owned)
        };
        let ended = found.ended(inside.now);
        let seconds = |at| i64::try_from(Duration::between(found.created, at).seconds()).unwrap_or(i64::MAX);
        Ok(Job::Found {
            arn: arn(job),
            decision: variable(DECISION_VARIABLE),
            model: variable(MODEL_VARIABLE),
            status: ended.map_or(JobStatus::InFlight, |(status, _)| status),
            secondary: None,
            instances: instances(&found.request).into_iter().collect(),
            created: Some(found.created),
            ended: ended.map(|(_, at)| at),
            billable_seconds: ended.map(|(_, at)| seconds(at)),
            failure: found.failure.clone().filter(|_| ended.is_some()),
            metrics: found.metrics.clone(),
        })
    }

    async fn create(&self, request: &Value) -> Creation {
        let mut inside = self.inside();
        inside.creations += 1;
        let answer = if inside.refusals.is_empty() { None } else { Some(inside.refusals.remove(0)) };
        if let Some(refusal @ (Creation::NotNow { .. } | Creation::Refused { .. } | Creation::NameTaken)) =
            answer
        {
            return refusal;
        }
        let name = request.get("TrainingJobName").and_then(Value::as_str).unwrap_or_default().to_owned();
        if inside.jobs.contains_key(&name) {
            return Creation::NameTaken;
        }
        let created = inside.now;
        inside.jobs.insert(name.clone(), FakeJob::made(request.clone(), created));
        match answer {
            Some(lost @ Creation::NoAnswer { .. }) => lost,
            _ => Creation::Created { arn: arn(&name) },
        }
    }

    async fn stop(&self, job: &str) -> Result<(), Infallible> {
        let mut inside = self.inside();
        let end = GRACE.after(inside.now);
        if let Some(job) = inside.jobs.get_mut(job) {
            job.end.get_or_insert((JobStatus::Stopped, end));
        }
        Ok(())
    }

    async fn intend(&self, intent: &Intent) -> Result<Written, Infallible> {
        let mut inside = self.inside();
        let run = (intent.model.clone(), intent.run.generation);
        let version = inside.rows.get(&intent.model).map_or(0, |row| row.version);
        if version != intent.version || inside.runs.contains_key(&run) {
            return Ok(Written::No);
        }
        let after = |reserve: &Reserve| {
            let spent = inside.spent.get(&Fleet::of(reserve)).copied().unwrap_or_default();
            let after = spent.plus(reserve.amount);
            reserve.limit.is_none_or(|limit| after <= limit).then(|| (Fleet::of(reserve), after))
        };
        let Some(spent) = intent.run.reserve.iter().map(after).collect::<Option<Vec<_>>>() else {
            return Ok(Written::OverBudget);
        };
        inside.spent.extend(spent);
        inside.rows.insert(intent.model.clone(), intent.row.clone());
        inside.runs.insert(run, intent.run.clone());
        Ok(Written::Yes)
    }

    async fn change(&self, change: &Change) -> Result<Written, Infallible> {
        let mut inside = self.inside();
        let Some(row) = inside.rows.get(change.model()) else { return Ok(Written::No) };
        let key = change.run().map(|generation| (change.model().to_owned(), generation));
        let run = key.as_ref().and_then(|key| inside.runs.get(key));
        let Some(After { row, run, spent }) = change.of(row, run) else { return Ok(Written::No) };
        inside.rows.insert(change.model().to_owned(), row);
        inside.runs.extend(key.zip(run));
        for Spent { fleet, before, after } in spent {
            let spent = inside.spent.entry(fleet).or_default();
            *spent = spent.plus(after).less(before);
        }
        Ok(Written::Yes)
    }

    async fn run(&self, model: &str, generation: u32) -> Result<Option<Run>, Infallible> {
        Ok(self.inside().runs.get(&(model.to_owned(), generation)).cloned())
    }

    async fn remember(&self, memo: &Memo) -> Result<Written, Infallible> {
        let mut inside = self.inside();
        if inside.rows.get(&memo.model).map_or(0, |row| row.version) != memo.version {
            return Ok(Written::No);
        }
        inside.rows.insert(memo.model.clone(), memo.row.clone());
        Ok(Written::Yes)
    }

    async fn publish(&self, announcements: &[Announcement]) -> BTreeSet<usize> {
        let mut inside = self.inside();
        let refused = inside.unpublished.min(announcements.len());
        inside.unpublished -= refused;
        inside.published.extend(announcements.iter().skip(refused).cloned());
        (0..refused).collect()
    }

    fn log(&self, line: &Value) {
        self.inside().lines.push(line.clone());
    }
}

fn arn(name: &str) -> String {
    format!("arn:aws:sagemaker:eu-central-1:445566778899:training-job/{name}")
}

fn instances(request: &Value) -> Option<Instances> {
    let resources = request.get("ResourceConfig")?;
    let instance_type = resources.get("InstanceType")?.as_str()?.to_owned();
    let count = resources.get("InstanceCount")?.as_u64()?;
    Some(Instances { instance_type, count: u32::try_from(count).ok()? })
}
