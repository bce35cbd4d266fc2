//! What happens in a moment of a story: the world changes, and signals arrive.

use anyhow::bail;
use jiff::Timestamp;
use rekindle_decision::policy::{Policy, Schedule, Watch};
use rekindle_decision::schedule::Kind;
use rekindle_decision::signal::{Action, Ask, Confirm, Control, Signal, Sweep, Tick};
use rekindle_replay::events::transition;
use rekindle_replay::history::event::signal;
use rekindle_turn::memory::Memory;
use rekindle_turn::world::{Creation, JobStatus};
use serde::Deserialize;

use super::Moment;

/// What a person asks for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Asked {
    /// Tells this request from the next; left out: the moment does.
    pub(crate) id: Option<String>,
    pub(crate) by: Option<String>,
    pub(crate) reason: Option<String>,
    pub(crate) force: bool,
    pub(crate) ignore_budget: bool,
    pub(crate) dry_run: bool,
}

/// What a person does by hand.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Hand {
    pub(crate) action: Does,
    /// Until when it is suspended; left out: until it is resumed.
    #[serde(default)]
    pub(crate) until: Option<Timestamp>,
    #[serde(default)]
    pub(crate) by: Option<String>,
    #[serde(default)]
    pub(crate) reason: Option<String>,
}

/// What can be done by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Does {
    Suspend,
    Resume,
    Cancel,
    CloseBreaker,
}

/// How a job ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Ended {
    Completed,
    Failed,
    Stopped,
}

/// What SageMaker answers instead of creating a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Answer {
    /// Throttled: the same again later.
    NotNow,
    /// Refused for good.
    Refused,
    /// The job is made, and the answer lost.
    Lost,
}

/// Refuses a tick that cannot be: misspelt it would concern nobody, and of an instant that the schedule never makes it
/// would start what nothing starts. An alarm of somebody else may well be part of a story.
pub(crate) fn known(moment: &Moment, policy: &Policy, now: Timestamp) -> anyhow::Result<()> {
    let Some(tick) = &moment.tick else { return Ok(()) };
    let schedules = policy.watches().filter_map(|(name, watch)| {
        if let Watch::Schedule(schedule) = watch { Some((name, &**schedule)) } else { None }
    });
    let schedules: Vec<(&str, &Schedule)> = schedules.collect();
    let Some((_, schedule)) = schedules.iter().find(|(name, _)| name == tick) else {
        let names: Vec<&str> = schedules.iter().map(|(name, _)| *name).collect();
        let known = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
        bail!("the policy has no schedule `{tick}`; it has {known}")
    };
    made(tick, schedule, moment.scheduled.unwrap_or(now))
}

/// Refuses an instant at which the schedule makes no tick.
fn made(tick: &str, schedule: &Schedule, at: Timestamp) -> anyhow::Result<()> {
    if schedule.instant_of(at).is_some() {
        return Ok(());
    }
    let expression = &schedule.expression;
    let nearest = match (expression.latest(at), expression.next(at)) {
        // Only AWS knows when a rate began.
        (None, None) if expression.kind() == Kind::Rate => return Ok(()),
        (None, None) => "it never makes one".to_owned(),
        (Some(before), None) => format!("its last is {before}"),
        (None, Some(after)) => format!("its first is {after}"),
        (Some(before), Some(after)) => format!("the nearest are {before} before and {after} after"),
    };
    bail!(
        "`{tick}` makes no tick at {at}: by {} in {}, {nearest}; move the moment, write the tick's instant as `scheduled`, \
         or leave `tick` out and let the sweep find it",
        expression.text(),
        expression.timezone()
    )
}

/// Changes the world as the moment says.
pub(crate) fn change(memory: &Memory, moment: &Moment, now: Timestamp) -> anyhow::Result<()> {
    for (name, state) in &moment.alarms {
        memory.set_alarm(name, *state);
    }
    for (schedule, status) in &moment.monitors {
        memory.set_monitor(schedule, status, now);
    }
    for (fleet, amount) in &moment.spent {
        memory.spend(fleet, *amount);
    }
    if let Some(answer) = moment.sagemaker {
        memory.answer_next([creation(answer)]);
    }
    if let Some(ended) = moment.job {
        let running = memory.jobs().into_iter().filter(|(_, ended)| !ended).map(|(name, _)| name).next_back();
        let Some(job) = running else { bail!("no job is running that could end") };
        memory.report(&job, &moment.reports);
        memory.end_job(
            &job,
            match ended {
                Ended::Completed => JobStatus::Completed,
                Ended::Failed => JobStatus::Failed,
                Ended::Stopped => JobStatus::Stopped,
            },
        );
    } else if !moment.reports.is_empty() {
        bail!("`reports` belongs to a `job` that ends");
    }
    Ok(())
}

fn creation(answer: Answer) -> Creation {
    match answer {
        Answer::NotNow => Creation::NotNow {
            code: "ResourceLimitExceeded".to_owned(),
            message: "the account's limit for this instance type is reached".to_owned(),
        },
        Answer::Refused => Creation::Refused {
            code: "ValidationException".to_owned(),
            message: "no objects were found under the given S3 prefix".to_owned(),
        },
        Answer::Lost => Creation::NoAnswer { error: "the connection was reset".to_owned() },
    }
}

/// The signals of the moment; a sweep if there are none.
pub(crate) fn signals(
    moment: &Moment,
    model: &str,
    now: Timestamp,
    newest: Option<&str>,
) -> anyhow::Result<Vec<Signal>> {
    let mut signals = Vec::new();
    if let Some(trigger) = &moment.tick {
        signals.push(Signal::Scheduled(Tick {
            trigger: Some(trigger.clone()),
            models: vec![model.to_owned()],
            at: Some(moment.scheduled.unwrap_or(now)),
            ..Tick::default()
        }));
    }
    for (name, state) in moment.alarms.iter().chain(&moment.alarms_say) {
        signals.push(Signal::Alarmed(transition(name, *state, now)));
    }
    for event in &moment.events {
        signals.push(signal(event, now)?);
    }
    if !moment.monitors.is_empty() {
        signals.push(Signal::Sweep(Sweep::default()));
    }
    if let Some(asked) = &moment.ask {
        signals.push(Signal::Asked(Ask {
            id: Some(asked.id.clone().unwrap_or_else(|| now.to_string())),
            models: vec![model.to_owned()],
            by: asked.by.clone(),
            reason: asked.reason.clone(),
            force: asked.force,
            ignore_budget: asked.ignore_budget,
            dry_run: asked.dry_run,
        }));
    }
    if let Some(decision) = &moment.confirm {
        let decision = match (decision.as_str(), newest) {
            ("newest", Some(newest)) => newest.to_owned(),
            ("newest", None) => bail!("no decision waits for a person"),
            (given, _) => given.to_owned(),
        };
        let (model, by) = (model.to_owned(), Some("ana".to_owned()));
        signals.push(Signal::Confirmed(Confirm { model, decision, by, reason: None }));
    }
    if let Some(hand) = &moment.hand {
        signals.push(Signal::Controlled(control(hand, model, now)?));
    }
    if signals.is_empty() {
        signals.push(Signal::Sweep(Sweep::default()));
    }
    Ok(signals)
}

fn control(hand: &Hand, model: &str, now: Timestamp) -> anyhow::Result<Control> {
    let action = match (hand.action, hand.until) {
        (Does::Suspend, until) => Action::Suspend { until },
        (_, Some(_)) => bail!("`until` belongs to `suspend`"),
        (Does::Resume, None) => Action::Resume,
        (Does::Cancel, None) => Action::Cancel,
        (Does::CloseBreaker, None) => Action::CloseBreaker,
    };
    let (id, models) = (Some(format!("hand-of-{now}")), vec![model.to_owned()]);
    Ok(Control { id, models, action, by: hand.by.clone(), reason: hand.reason.clone() })
}
