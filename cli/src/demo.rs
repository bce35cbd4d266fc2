//! `rekindle demo --month`: a month of one model, in memory.

use std::process::ExitCode;

use jiff::{SignedDuration, Timestamp};
use rekindle_decision::explain::Minute;
use rekindle_decision::facts::Point;
use rekindle_decision::policy::{Metric, Watch};
use rekindle_decision::signal::{AlarmState, Ask, Signal, Sweep, Tick};
use rekindle_policy::Text;
use rekindle_replay::events::transition;
use rekindle_turn::memory::Memory;
use rekindle_turn::turn;
use rekindle_turn::world::JobStatus;
use serde_json::{Value, json};

const POLICY: &str = include_str!("../demo/churn.yaml");

/// One thing that happens in the month.
#[derive(Debug)]
enum Happening {
    /// The schedule's tick arrives; `copies` more follow.
    Tick { copies: usize },
    /// CloudWatch sends an alarm's change, and the alarm is in that state.
    Alarm(AlarmState),
    /// An alarm event that comes hours late: the alarm is OK again by now.
    LateAlarm { since: &'static str },
    /// Accuracy is this from now on; `None`: nobody publishes it any more.
    Accuracy(Option<f64>),
    /// The newest training job ends.
    JobEnds(JobStatus),
    /// A person asks.
    Ask(Ask),
}

/// The month. Between these, accuracy is published hourly and the sweep looks every hour.
fn month() -> Vec<(&'static str, &'static str, Happening)> {
    use Happening::{Accuracy, Alarm, Ask as Asked, JobEnds, LateAlarm, Tick};
    let by_hand = Ask {
        id: Some("survey".to_owned()),
        models: vec!["churn".to_owned()],
        reason: Some("labels of the November survey".to_owned()),
        by: Some("ana".to_owned()),
        force: true,
        dry_run: false,
        ignore_budget: false,
    };
    vec![
        ("2026-11-01T00:00:00Z", "accuracy is 0.90", Accuracy(Some(0.90))),
        (
            "2026-11-01T03:00:04Z",
            "the monthly schedule ticks, and EventBridge delivers it twice",
            Tick { copies: 1 },
        ),
        ("2026-11-01T04:12:40Z", "the job completes", JobEnds(JobStatus::Completed)),
        ("2026-11-01T19:30:10Z", "the drift alarm goes to ALARM", Alarm(AlarmState::Alarm)),
        ("2026-11-02T04:31:00Z", "the job completes", JobEnds(JobStatus::Completed)),
        ("2026-11-02T09:00:30Z", "the drift alarm goes back to OK", Alarm(AlarmState::Ok)),
        (
            "2026-11-07T12:00:00Z",
            "an alarm event arrives five hours late",
            LateAlarm { since: "2026-11-07T07:00:00Z" },
        ),
        ("2026-11-12T06:00:00Z", "accuracy falls to 0.79", Accuracy(Some(0.79))),
        ("2026-11-12T10:20:00Z", "the job completes", JobEnds(JobStatus::Completed)),
        ("2026-11-12T11:00:00Z", "accuracy is 0.91", Accuracy(Some(0.91))),
        ("2026-11-19T14:00:00Z", "nobody publishes accuracy any more", Accuracy(None)),
        ("2026-11-20T09:00:00Z", "accuracy is published again", Accuracy(Some(0.90))),
        ("2026-11-25T15:10:00Z", "ana asks for a training with force", Asked(by_hand)),
        ("2026-11-25T16:40:00Z", "the job completes", JobEnds(JobStatus::Completed)),
    ]
}

/// One moment of the timeline: what happened, and what a function made of it, if one was woken and had news.
#[derive(Debug)]
struct Moment {
    at: Timestamp,
    happened: &'static str,
    answer: Option<Answer>,
}

/// What a function made of it.
#[derive(Debug)]
struct Answer {
    function: &'static str,
    record: Value,
}

/// Prints the month.
pub(crate) fn demo(json: bool) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let (memory, moments) = runtime.block_on(live())?;
    let (text, value) = (render(&memory, &moments), as_json(&memory, &moments));
    if json {
        crate::say(&serde_json::to_string_pretty(&value)?)?;
    } else {
        crate::say(&text)?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn live() -> anyhow::Result<(Memory, Vec<Moment>)> {
    let start: Timestamp = "2026-11-01T00:00:00Z".parse()?;
    let end: Timestamp = "2026-12-01T00:00:00Z".parse()?;
    let memory = Memory::at(start);
    memory.put_policies([Text { since: Some(start), ..Text::new("demo/churn.yaml", 1, POLICY) }]);
    memory.set_alarm("churn-feature-drift", AlarmState::Ok);
    let metric = accuracy(&memory).await?;
    // The model has served for a while.
    for hours in 2..=6 {
        let at = start.checked_sub(SignedDuration::from_hours(hours))?;
        memory.put_metric(&metric, Point { at, value: 0.90, samples: None });
    }

    let mut happenings = month()
        .into_iter()
        .map(|(at, what, happening)| at.parse().map(|at: Timestamp| (at, what, happening)));
    let mut next: Option<(Timestamp, &str, Happening)> = happenings.next().transpose()?;
    let (mut level, mut hour, mut moments) = (None, start, Vec::new());
    while hour < end {
        // The value of an hour is published when the hour is over.
        if let Some(value) = level {
            let at = hour.checked_sub(SignedDuration::from_hours(1))?;
            memory.put_metric(&metric, Point { at, value, samples: None });
        }
        let sweep_at = hour.checked_add(SignedDuration::from_mins(50))?;
        while let Some((at, what, happening)) = next.take_if(|(at, ..)| *at < sweep_at) {
            memory.set_now(at);
            let signals = happen(&memory, &happening, &mut level)?;
            if signals.is_empty() && !what.is_empty() {
                moments.push(Moment { at, happened: what, answer: None });
            }
            for (copy, signal) in signals.into_iter().enumerate() {
                let happened = if copy == 0 { what } else { "the same tick again" };
                let invocation = memory.invocation(&format!("{at}/{copy}"));
                let function = function(&signal);
                let record = wake(&invocation, signal).await?.map(|(record, _)| record);
                moments.push(Moment {
                    at,
                    happened,
                    answer: record.map(|record| Answer { function, record }),
                });
            }
            next = happenings.next().transpose()?;
        }
        memory.set_now(sweep_at);
        let sweep = Signal::Sweep(Sweep::default());
        let function = function(&sweep);
        if let Some((record, true)) = wake(&memory.invocation(&sweep_at.to_string()), sweep).await? {
            moments.push(Moment { at: sweep_at, happened: "", answer: Some(Answer { function, record }) });
        }
        hour = hour.checked_add(SignedDuration::from_hours(1))?;
    }
    Ok((memory, moments))
}

/// Changes the world; gives back what the functions are told.
fn happen(memory: &Memory, happening: &Happening, level: &mut Option<f64>) -> anyhow::Result<Vec<Signal>> {
    use rekindle_turn::World;
    let now = memory.now();
    let alarmed = |state, since| Signal::Alarmed(transition("churn-feature-drift", state, since));
    Ok(match happening {
        Happening::Tick { copies } => {
            let tick = Tick {
                source: Some("arn:aws:events:eu-central-1:445566778899:rule/churn-monthly".to_owned()),
                at: Some(Timestamp::from_second(now.as_second().div_euclid(60).saturating_mul(60))?),
                ..Tick::default()
            };
            vec![Signal::Scheduled(tick); copies.saturating_add(1)]
        }
        Happening::Alarm(state) => {
            memory.set_alarm("churn-feature-drift", *state);
            // The template's rule forwards ALARM only: that an alarm is OK again is seen by whoever looks next.
            if *state == AlarmState::Alarm { vec![alarmed(*state, now)] } else { Vec::new() }
        }
        Happening::LateAlarm { since } => vec![alarmed(AlarmState::Alarm, since.parse()?)],
        Happening::Accuracy(value) => {
            *level = *value;
            Vec::new()
        }
        Happening::JobEnds(status) => {
            if let Some((name, _)) = memory.jobs().into_iter().find(|(_, ended)| !ended) {
                memory.end_job(&name, *status);
            }
            Vec::new()
        }
        Happening::Ask(ask) => vec![Signal::Asked(ask.clone())],
    })
}

/// The function that this signal wakes.
fn function(signal: &Signal) -> &'static str {
    match signal {
        Signal::Scheduled(_) => "on-schedule",
        Signal::Alarmed(_)
        | Signal::Arrived(_)
        | Signal::Asked(_)
        | Signal::Confirmed(_)
        | Signal::Controlled(_)
        | Signal::Edited(_) => "on-alarm",
        Signal::Sweep(_) => "on-metric-check",
        Signal::TrainingEnded(_) => "on-training-end",
    }
}

/// Takes a turn; gives back its record, and whether that is news.
async fn wake(memory: &Memory, signal: Signal) -> anyhow::Result<Option<(Value, bool)>> {
    turn(memory, &[signal]).await?;
    let published = !memory.take_published().is_empty();
    let record = memory.take_lines().into_iter().find(|line| line.get("kind") == Some(&json!("decision")));
    Ok(record.map(|record| {
        let mended = record.get("repair").is_some();
        (record, published || mended)
    }))
}

async fn accuracy(memory: &Memory) -> anyhow::Result<Metric> {
    use rekindle_turn::World;
    let policies = memory.policies().await?;
    let policy =
        policies.set.get("churn").ok_or_else(|| anyhow::anyhow!("the demo's own policy does not parse"))?;
    match policy.triggers.get("accuracy").map(|trigger| &trigger.watch) {
        Some(Watch::Metric(threshold)) => Ok(threshold.source.metric.clone()),
        _ => anyhow::bail!("the demo's policy has no accuracy"),
    }
}

fn field<'a>(record: &'a Value, path: &str) -> &'a str {
    record.pointer(path).and_then(Value::as_str).unwrap_or_default()
}

fn render(memory: &Memory, moments: &[Moment]) -> String {
    let mut lines = vec![
        "A month of the model `churn`: a monthly schedule, a drift alarm, and accuracy below 0.82 in 3 of 5 hours."
            .to_owned(),
        "The sweep (on-metric-check) looks every hour; only what changed is shown.".to_owned(),
    ];
    let mut day = String::new();
    for moment in moments {
        let today = moment.at.strftime("%A, %d %B %Y").to_string();
        if today != day {
            lines.extend([String::new(), today.clone()]);
            day = today;
        }
        let at = moment.at.strftime("%H:%M").to_string();
        if !moment.happened.is_empty() {
            lines.push(format!("  {at}  {}", moment.happened));
        }
        if let Some(Answer { function, record }) = &moment.answer {
            lines.extend(answered(&at, function, record));
        }
    }
    lines.extend([String::new(), "The ledger:".to_owned()]);
    for run in memory.runs("churn") {
        let (at, generation) = (Minute(run.decided), run.generation);
        lines.push(format!("  g{generation}  {at}  {:<9}  {}", run.status, run.job));
        lines.push(format!("      {}", run.why));
    }
    lines.extend([String::new(), format!("{} training jobs were created, each once.", memory.creations())]);
    lines.join("\n")
}

fn answered(at: &str, function: &str, record: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    if field(record, "/repair/repair") == "closed" {
        let status = field(record, "/repair/status").to_lowercase();
        let generation = record.pointer("/repair/generation").and_then(Value::as_u64).unwrap_or_default();
        lines.push(format!("  {at}  {function:<15}  closed  generation {generation} has {status}"));
    }
    let verdict = match (field(record, "/outcome"), field(record, "/ruling/decision/verdict")) {
        ("started", _) => "START",
        (_, "hold") => "hold",
        _ => "rest",
    };
    lines.push(format!("  {at}  {function:<15}  {verdict:>6}  {}", field(record, "/sentence")));
    lines
}

fn as_json(memory: &Memory, moments: &[Moment]) -> Value {
    let timeline: Vec<Value> = moments
        .iter()
        .map(|moment| {
            let answer = moment.answer.as_ref();
            json!({
                "at": moment.at,
                "happened": moment.happened,
                "function": answer.map(|answer| answer.function),
                "record": answer.map(|answer| &answer.record),
            })
        })
        .collect();
    json!({ "timeline": timeline, "runs": memory.runs("churn"), "creations": memory.creations() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_month_reads_as_it_did() {
        let (memory, moments) = live().await.unwrap();
        insta::assert_snapshot!(render(&memory, &moments));
    }
}
