//! Requests of our own: typed by a person, or the constant input of a schedule.
//!
//! The sender is one of us, so nothing is forgiven: an unknown field is a typo, and a typo must be loud.

use jiff::Timestamp;
use rekindle_decision::signal::{Action, Ask, Confirm, Control, Signal, Sweep, Tick};
use serde_json::Value;

use crate::object::Object;
use crate::refusal::{Problem, did_you_mean, shown};
use crate::{Reading, arn, json};

/// Longest text in a request. It ends up in a row of the ledger.
const MAX_TEXT: usize = 1024;

/// Most models in one request. A longer list is better left out, which means all of them.
const MAX_MODELS: usize = 256;

const WORDS: [&str; 8] =
    ["retrain", "confirm", "suspend", "resume", "cancel", "close_breaker", "scheduled", "sweep"];

/// Letters of a decision's id.
const DECISION: usize = 32;

/// Reads a request by the word in `rekindle`.
pub(crate) fn read(request: &Object<'_>) -> Result<Reading, Problem> {
    let word = request.need_text("rekindle").map_err(|problem| problem.resembling("request of our own"))?;
    let (signal, kind) = match word {
        "retrain" => (retrain(request).map(Signal::Asked), "request to retrain"),
        "confirm" => (confirm(request).map(Signal::Confirmed), "request to confirm"),
        "suspend" => (suspend(request).map(Signal::Controlled), "request to suspend"),
        "resume" => (control(request, Action::Resume).map(Signal::Controlled), "request to resume"),
        "cancel" => (control(request, Action::Cancel).map(Signal::Controlled), "request to cancel"),
        "close_breaker" => {
            (control(request, Action::CloseBreaker).map(Signal::Controlled), "request to close a breaker")
        }
        "scheduled" => (scheduled(request).map(Signal::Scheduled), "scheduled request"),
        "sweep" => (sweep(request).map(Signal::Sweep), "request to sweep"),
        other => {
            let path = request.at("rekindle");
            let problem = format!("`{path}` is {}, which is none of `{}`", shown(other), WORDS.join("`, `"));
            (Err(Problem::new(problem).or_hint(did_you_mean(other, &WORDS))), "request of our own")
        }
    };
    signal.map(Reading::Signal).map_err(|problem| problem.resembling(kind))
}

/// The field that was probably meant to be `rekindle`.
pub(crate) fn misspelt<'a>(request: &Object<'a>) -> Option<&'a str> {
    // Another case is told for every kind alike, and a null is no field.
    let mut written =
        request.fields().filter(|field| request.has(field) && !field.eq_ignore_ascii_case("rekindle"));
    written.find(|field| did_you_mean(field, &["rekindle"]).is_some())
}

/// Refuses a request that names models and does not say what to do with them.
pub(crate) fn unmarked(request: &Object<'_>) -> Problem {
    if let Some(field) = misspelt(request) {
        let problem = Problem::new(format!("{} is not a field of a request", shown(field)));
        return problem.hint("did you mean `rekindle`?").resembling("request of our own");
    }
    // Only one word takes an instant.
    let word = if request.has("until") { "suspend" } else { "retrain" };
    let hint = format!("add `\"rekindle\": \"{word}\"`");
    request.missing("rekindle").hint(hint).resembling("request of our own")
}

fn retrain(request: &Object<'_>) -> Result<Ask, Problem> {
    only(
        request,
        &["rekindle", "model", "models", "reason", "by", "force", "ignore_budget", "dry_run", "id"],
    )?;
    Ok(Ask {
        id: text(request, "id")?,
        models: model_or_models(request)?,
        reason: text(request, "reason")?,
        by: text(request, "by")?,
        force: request.flag("force")?.unwrap_or(false),
        ignore_budget: request.flag("ignore_budget")?.unwrap_or(false),
        dry_run: request.flag("dry_run")?.unwrap_or(false),
    })
}

/// A person holds models, for a while or until told otherwise.
fn suspend(request: &Object<'_>) -> Result<Control, Problem> {
    only(request, &["rekindle", "model", "models", "until", "reason", "by", "id"])?;
    controlled(request, Action::Suspend { until: request.instant("until")? })
}

/// What a person wants done by hand now.
fn control(request: &Object<'_>, action: Action) -> Result<Control, Problem> {
    only(request, &["rekindle", "model", "models", "reason", "by", "id"])?;
    controlled(request, action)
}

fn controlled(request: &Object<'_>, action: Action) -> Result<Control, Problem> {
    Ok(Control {
        id: text(request, "id")?,
        models: model_or_models(request)?,
        action,
        by: text(request, "by")?,
        reason: text(request, "reason")?,
    })
}

/// A person's yes, to one decision of one model.
fn confirm(request: &Object<'_>) -> Result<Confirm, Problem> {
    const HINT: &str = "copy the id of the decision that waits: 32 digits and letters from a to f";
    only(request, &["rekindle", "model", "decision", "by", "reason"])?;
    let model = text(request, "model")?.ok_or_else(|| request.missing("model"))?;
    let decision = request.text("decision")?.ok_or_else(|| request.missing("decision").hint(HINT))?;
    let digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    if decision.len() != DECISION || !decision.bytes().all(digit) {
        let path = request.at("decision");
        let problem = format!("`{path}` is {}, which is not the id of a decision", shown(decision));
        return Err(Problem::new(problem).hint(HINT));
    }
    Ok(Confirm {
        model,
        decision: decision.into(),
        by: text(request, "by")?,
        reason: text(request, "reason")?,
    })
}

fn scheduled(request: &Object<'_>) -> Result<Tick, Problem> {
    only(request, &["rekindle", "trigger", "models", "schedule", "scheduled_time", "attempt"])?;
    attempt(request)?;
    Ok(Tick {
        source: schedule(request)?,
        at: scheduled_time(request)?,
        trigger: Some(text(request, "trigger")?.ok_or_else(|| {
            request.missing("trigger").hint("name the trigger of the policy that this schedule stands for")
        })?),
        models: models(request)?.unwrap_or_default(),
        replay: None,
    })
}

fn sweep(request: &Object<'_>) -> Result<Sweep, Problem> {
    only(request, &["rekindle", "models", "schedule", "scheduled_time", "attempt"])?;
    attempt(request)?;
    Ok(Sweep {
        source: schedule(request)?,
        at: scheduled_time(request)?,
        models: models(request)?.unwrap_or_default(),
    })
}

/// Refuses a field that the request does not have.
fn only(request: &Object<'_>, known: &[&str]) -> Result<(), Problem> {
    let Some(stray) = request.fields().find(|field| !known.contains(field)) else { return Ok(()) };
    let list = || {
        format!("it may have {}", known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "))
    };
    let hint = did_you_mean(stray, known).unwrap_or_else(list);
    Err(Problem::new(format!("{} is not one of its fields", shown(&request.at(stray)))).hint(hint))
}

/// A text that says something, if there is one.
fn text(request: &Object<'_>, field: &str) -> Result<Option<String>, Problem> {
    request.text(field)?.map(|text| said(text, &request.at(field))).transpose()
}

fn said(text: &str, path: &str) -> Result<String, Problem> {
    if text.trim().is_empty() {
        return Err(Problem::new(format!("`{path}` is empty")));
    }
    if text.chars().nth(MAX_TEXT).is_some() {
        return Err(Problem::new(format!("`{path}` is longer than {MAX_TEXT} characters")));
    }
    Ok(text.into())
}

/// The models a person means: one in `model`, or several in `models`. Never all of them by leaving both out.
fn model_or_models(request: &Object<'_>) -> Result<Vec<String>, Problem> {
    const HINT: &str = "name one in `model`, or several in `models`";
    match (text(request, "model")?, models(request)?) {
        (Some(model), None) => Ok(vec![model]),
        (None, Some(models)) => Ok(models),
        (None, None) => Err(request.missing("model").hint(HINT)),
        (Some(_), Some(_)) => {
            Err(Problem::new(format!("{} has both `model` and `models`", request.name())).hint(HINT))
        }
    }
}

/// The models that are named. An empty list is refused: somebody who filtered a list down to nothing does not mean
/// "all", which is what leaving the field out means.
fn models(request: &Object<'_>) -> Result<Option<Vec<String>>, Problem> {
    let Some(names) = request.list("models")? else { return Ok(None) };
    let path = request.at("models");
    if names.is_empty() {
        return Err(Problem::new(format!("`{path}` is empty")).hint("name at least one model"));
    }
    if names.len() > MAX_MODELS {
        return Err(Problem::new(format!(
            "`{path}` names {} models, and {MAX_MODELS} is the most",
            names.len()
        )));
    }
    let mut models: Vec<String> = Vec::with_capacity(names.len());
    for (index, name) in names.iter().enumerate() {
        let path = format!("{path}[{index}]");
        let Some(name) = name.as_str() else {
            return Err(Problem::new(format!("`{path}` is {}, not a string", json::sort(name))));
        };
        let name = said(name, &path)?;
        if models.contains(&name) {
            return Err(Problem::new(format!("`{path}` names {} a second time", shown(&name))));
        }
        models.push(name);
    }
    Ok(Some(models))
}

/// Whether a field still holds the context word that EventBridge Scheduler should have replaced. Local emulators send
/// them as they are.
fn is_unreplaced(request: &Object<'_>, field: &str) -> bool {
    let word = request.get(field).and_then(Value::as_str);
    word.is_some_and(|word| word.starts_with("<aws.scheduler.") && word.ends_with('>'))
}

fn schedule(request: &Object<'_>) -> Result<Option<String>, Problem> {
    if is_unreplaced(request, "schedule") {
        return Ok(None);
    }
    let Some(source) = request.text("schedule")? else { return Ok(None) };
    if arn::is_schedule(source) {
        return Ok(Some(source.into()));
    }
    let path = request.at("schedule");
    Err(Problem::new(format!("`{path}` is {}, which is not the ARN of a rule or a schedule", shown(source)))
        .hint("write `<aws.scheduler.schedule-arn>`, which EventBridge Scheduler replaces"))
}

fn scheduled_time(request: &Object<'_>) -> Result<Option<Timestamp>, Problem> {
    if is_unreplaced(request, "scheduled_time") { Ok(None) } else { request.instant("scheduled_time") }
}

/// Looks at the number of the attempt, which Scheduler writes as a string, and keeps nothing of it: an attempt is the
/// same tick again.
fn attempt(request: &Object<'_>) -> Result<(), Problem> {
    let fits = |value: &Value| match value {
        Value::Number(number) => number.is_u64(),
        Value::String(text) => text.parse::<u64>().is_ok(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => false,
    };
    match request.get("attempt") {
        Some(value) if !is_unreplaced(request, "attempt") && !fits(value) => {
            Err(Problem::new(format!("`{}` is not the number of an attempt", request.at("attempt"))))
        }
        Some(_) | None => Ok(()),
    }
}
