//! `rekindle demo`: three families of triggers and `break_even` on a real stream.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use jiff::Timestamp;
use rekindle_decision::duration::Duration;
use rekindle_decision::policy::{Metric, Policy};
use rekindle_decision::signal::AlarmState;
use rekindle_replay::bench::matrix::Matrix;
use rekindle_replay::bench::streams;
use rekindle_replay::history::{AlarmChange, History};
use rekindle_replay::replay::{Reads, Replay, World};
use rekindle_replay::report::{Outcome, Report, Unit};

/// The policies, each of one family, and the one whose report it is.
const POLICIES: [(&str, &str, &str); 4] = [
    ("schedule: every week", "demo/posture/scheduled.yaml", include_str!("../demo/posture/scheduled.yaml")),
    ("alarm: feature drift", "demo/posture/alarmed.yaml", include_str!("../demo/posture/alarmed.yaml")),
    ("metric: errors over a half", "demo/posture/limited.yaml", include_str!("../demo/posture/limited.yaml")),
    ("break_even", "demo/posture/break-even.yaml", include_str!("../demo/posture/break-even.yaml")),
];

/// The first day of the stream, whose own calendar does not matter.
const START: &str = "2025-01-01T00:00:00Z";

/// A training with its tests, in dollars.
const RETRAIN_COST: f64 = 60.0;

/// A day on which every answer is wrong, in dollars.
const COST_PER_UNIT_LOSS: f64 = 300.0;

/// Shows it, and writes the report.
pub(crate) fn newcomer(html: Option<&Path>, json: bool) -> anyhow::Result<ExitCode> {
    let matrix = streams::bundled()
        .map_err(|(name, error)| anyhow::anyhow!("the bundled stream {name}: {error}"))?
        .into_iter()
        .find(|matrix| matrix.name() == "posture")
        .context("the bundled streams have no posture")?;
    let (start, day): (Timestamp, Duration) = (START.parse()?, Duration::from_seconds(86_400));
    let history = History { alarms: drift(&matrix, start, day), ..History::default() };
    let world = World::measured(matrix, start, day, Reads::Loss);
    let mut reports = Vec::new();
    for (name, file, text) in POLICIES {
        let policies = crate::chosen::of_text(file, text)?;
        let policy = crate::chosen::one(Path::new(file), &policies, None)?;
        reports.push((name, report(policy, &metric(policy), &history, &world)));
    }
    let report = beside(reports).context("there is no policy to report")?;
    let file = html.map_or_else(|| std::env::temp_dir().join("rekindle-demo.html"), Path::to_owned);
    std::fs::write(&file, report.html()).with_context(|| format!("could not write {}", file.display()))?;
    if json {
        crate::say(&serde_json::to_string_pretty(&report)?)?;
    } else {
        crate::say(&format!(
            "{}\n\nThe report, with drawings: {}",
            report.text().to_string().trim_end(),
            file.display()
        ))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn report(policy: &Policy, metric: &Metric, history: &History, world: &World) -> Report {
    let replay = Replay {
        policy,
        history,
        name: "posture: what people do who wear sensors, one person after the other",
        metric,
        world,
        retrain_cost: RETRAIN_COST,
        cost_per_unit_loss: COST_PER_UNIT_LOSS,
        unit: Unit::Usd,
        training_time: Duration::from_seconds(3_600),
        sweep_every: Duration::from_seconds(900),
        seed: 1,
    };
    replay.report(&crate::replay::live(&replay))
}

/// The error rate, whether the policy reads it or not.
fn metric(policy: &Policy) -> Metric {
    let read = policy.watches().find_map(|(_, watch)| watch.source()).map(|source| source.metric.clone());
    read.unwrap_or_else(|| Metric {
        namespace: "Posture".to_owned(),
        name: "ErrorRate".to_owned(),
        dimensions: std::collections::BTreeMap::new(),
        statistic: "Average".to_owned(),
        period: Duration::from_seconds(86_400),
    })
}

/// The last report, with what the other policies came to among the rivals.
fn beside(mut reports: Vec<(&str, Report)>) -> Option<Report> {
    let (name, mut report) = reports.pop()?;
    name.clone_into(&mut report.policy.name);
    let others = reports.into_iter().map(|(name, report)| Outcome { name: name.to_owned(), ..report.policy });
    // The rule without the service round it is the same rule.
    report.rivals.retain(|rival| rival.name != name);
    report.rivals.splice(..0, others);
    Some(report)
}

/// Days on which a drift monitor would have rung: a model of ten days ago errs much more than one of yesterday.
fn drift(matrix: &Matrix, start: Timestamp, day: Duration) -> Vec<AlarmChange> {
    let mut changes = Vec::new();
    let (mut at, mut ringing) = (start, false);
    let scored = matrix.scored();
    for batch in 0..matrix.batches() {
        at = day.after(at);
        let old = batch.checked_sub(11).and_then(|model| scored.loss(model, batch));
        let new = batch.checked_sub(1).and_then(|model| scored.loss(model, batch));
        let rings = old.zip(new).is_some_and(|(old, new)| old - new > 0.1);
        if rings != ringing {
            let state = if rings { AlarmState::Alarm } else { AlarmState::Ok };
            changes.push(AlarmChange { at, name: "posture-feature-drift".to_owned(), state });
            ringing = rings;
        }
    }
    changes
}
