//! The way in for tests, under `/_double/`.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::account::Account;
use crate::clock::ClockChange;
use crate::events;
use crate::faults::Fault;
use crate::job::{Outcome, Timing, life};
use crate::jobs::Scene;
use crate::log::Entry;
use crate::model::Model;
use crate::monitors::Run;
use crate::world::{NOBODY, World, is_account};

/// Where the side door is.
pub(crate) const PREFIX: &str = "/_double/";

/// Why it stays shut.
#[derive(Debug)]
pub(crate) enum Shut {
    NoSuchPath,
    BadBody(String),
}

/// What a test may do to a job.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct JobChange {
    /// A new life from the creation on; without `outcome` it completes.
    timing: Option<Timing>,
    /// Without `timing`: the job ends now, like this.
    outcome: Option<Outcome>,
    /// The words to show from now on.
    status: Option<String>,
    secondary_status: Option<String>,
    /// Value by name.
    final_metrics: Option<BTreeMap<String, f64>>,
}

/// Answers a request to the side door.
///
/// Without an account in the query, `log`, `events` and `reset` speak of all of them, and
/// everything else of the account of callers without one.
pub(crate) fn answer(
    world: &World,
    method: &str,
    path: &str,
    query: &str,
    body: &[u8],
) -> Result<Value, Shut> {
    let query = parameters(query);
    let asked = query.get("account").map(String::as_str);
    if let Some(account) = asked.filter(|account| !is_account(account)) {
        return Err(Shut::BadBody(format!("`{account}` is not an account: expected twelve digits")));
    }
    let mut accounts = world.accounts();
    let place = path.strip_prefix(PREFIX).unwrap_or_default();
    match (method, place) {
        ("GET", "health") => return Ok(json!({ "healthy": true })),
        ("GET", "log") => return Ok(log(accounts.values(), &query)),
        ("GET", "events") => {
            let chosen = accounts.iter().filter(|(id, _)| asked.is_none_or(|asked| asked == id.as_str()));
            return Ok(chosen.flat_map(|(id, account)| events_of(id, account)).collect());
        }
        ("POST", "reset") => {
            accounts.retain(|id, _| asked.is_some_and(|asked| asked != id));
            return Ok(json!({}));
        }
        _ => {}
    }

    let account = accounts.entry(asked.unwrap_or(NOBODY).to_owned()).or_default();
    match (method, place) {
        ("GET", "jobs") => Ok(jobs(account)),
        ("GET", "clock") => Ok(account.clock.reading()),
        ("POST", "clock") => {
            account.clock.change(&read::<ClockChange>(body)?);
            Ok(account.clock.reading())
        }
        ("GET", "config") => Ok(json!(account.config)),
        ("POST", "config") => {
            let config = account.config.with(&read(body)?).map_err(Shut::BadBody)?;
            known(config.throttles.keys().map(String::as_str))?;
            account.config = config;
            Ok(json!(account.config))
        }
        ("GET", "faults") => Ok(json!(account.faults.all())),
        ("POST", "faults") => {
            account.faults.add(read_faults(body)?);
            Ok(json!(account.faults.all()))
        }
        ("DELETE", "faults") => {
            account.faults.clear();
            Ok(json!([]))
        }
        ("POST", place) if place.starts_with("monitors/") => {
            let schedule = place.trim_start_matches("monitors/");
            let runs: Vec<Run> = read(body)?;
            let told = json!(runs);
            account.monitors.put(schedule, runs);
            Ok(told)
        }
        ("POST", place) => {
            let name = place.strip_prefix("jobs/").ok_or(Shut::NoSuchPath)?;
            change_job(account, name, query.get("region").map(String::as_str), read(body)?)
        }
        _ => Err(Shut::NoSuchPath),
    }
}

fn log<'a>(accounts: impl Iterator<Item = &'a Account>, query: &BTreeMap<String, String>) -> Value {
    let asked = |key: &str, is: &str| query.get(key).is_none_or(|asked| asked == is);
    let mut entries: Vec<&Entry> = accounts
        .flat_map(|account| &account.log)
        .filter(|entry| asked("account", &entry.account))
        .filter(|entry| asked("operation", &entry.operation))
        .filter(|entry| asked("name", entry.name.as_deref().unwrap_or_default()))
        .collect();
    entries.sort_by_key(|entry| entry.at);
    json!(entries)
}

fn events_of(id: &str, account: &Account) -> Vec<Value> {
    let scene = Scene { account: id, region: "", now: account.clock.now() };
    events::produced(&account.jobs, scene, &account.config.events)
}

/// Every job as it is, whether the API would show it or not.
fn jobs(account: &Account) -> Value {
    let now = account.clock.now();
    account.jobs.all().map(|(_, job)| job.describe(now)).collect()
}

fn change_job(
    account: &mut Account,
    name: &str,
    region: Option<&str>,
    change: JobChange,
) -> Result<Value, Shut> {
    let now = account.clock.now();
    let job = account
        .jobs
        .find(region, name)
        .ok_or_else(|| Shut::BadBody(format!("no training job `{name}` in this account")))?;
    match (change.timing, change.outcome) {
        (Some(timing), outcome) => {
            let request = Value::Object(job.described.clone());
            job.life = life(job.created, timing, &outcome.unwrap_or(Outcome::Completed), &request);
        }
        (None, Some(outcome)) => job.end(now, &outcome),
        (None, None) => {}
    }
    if change.status.is_some() || change.secondary_status.is_some() {
        let last = job.past(now).last().cloned();
        let (status, secondary) = last.map(|step| (step.status, step.secondary)).unwrap_or_default();
        job.show(now, &change.status.unwrap_or(status), &change.secondary_status.unwrap_or(secondary));
    }
    if let Some(metrics) = change.final_metrics {
        let at = crate::clock::epoch(now);
        let metrics = metrics.iter();
        job.final_metrics = metrics
            .map(|(name, value)| json!({ "MetricName": name, "Value": value, "Timestamp": at }))
            .collect();
    }
    Ok(job.describe(now))
}

/// One fault or a list of them. A fault of an operation that does not exist would never strike.
fn read_faults(body: &[u8]) -> Result<Vec<Fault>, Shut> {
    let given: Value = read(body)?;
    let given = if given.is_array() { given } else { json!([given]) };
    let faults: Vec<Fault> =
        serde_json::from_value(given).map_err(|error| Shut::BadBody(error.to_string()))?;
    known(faults.iter().map(Fault::operation))?;
    Ok(faults)
}

fn known<'a>(mut operations: impl Iterator<Item = &'a str>) -> Result<(), Shut> {
    let unknown = operations.find(|operation| !Model::published().is_ok_and(|model| model.knows(operation)));
    unknown.map_or(Ok(()), |name| Err(Shut::BadBody(format!("the double has no operation `{name}`"))))
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Shut> {
    serde_json::from_slice(body).map_err(|error| Shut::BadBody(error.to_string()))
}

fn parameters(query: &str) -> BTreeMap<String, String> {
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
}
