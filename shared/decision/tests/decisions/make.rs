//! Policies and facts in few words. All of it happens on Monday, 2 November 2026.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rekindle_decision::duration::Duration;
use rekindle_decision::effect::{Effect, Gain, Verdict};
use rekindle_decision::facts::{AlarmFact, Facts, Point, Series};
use rekindle_decision::finding::Finding;
use rekindle_decision::policy::{
    Alarm, CountsAs, Expr, Guards, Limit, MOutOfN, Metric, MissingData, Policy, Revision, Schedule, Source,
    Threshold, Trigger, Watch,
};
use rekindle_decision::ruling::{Blocker, Node, Reason, Ruling};
use rekindle_decision::schedule::Expression;
use rekindle_decision::signal::{AlarmState, Ask, Signal, Tick};
use rekindle_decision::state::{Phase, Request, Sighting, Started, Suspension, Trained, Waiting};

/// An instant. A bare time of day is one of the day everything happens on.
pub(crate) fn at(text: &str) -> Timestamp {
    let whole = if text.contains('T') { text.to_owned() } else { format!("2026-11-02T{text}Z") };
    whole.parse().unwrap()
}

pub(crate) fn length(text: &str) -> Duration {
    text.parse().unwrap()
}

pub(crate) fn name(trigger: &str) -> Expr {
    Expr::Trigger(trigger.into())
}

pub(crate) fn at_least(n: u32, of: &[&str], within: Option<&str>) -> Expr {
    Expr::AtLeast { n, of: of.iter().copied().map(name).collect(), within: within.map(length) }
}

pub(crate) fn any(of: &[&str]) -> Expr {
    Expr::Any(of.iter().copied().map(name).collect())
}

pub(crate) fn all(of: &[&str], within: Option<&str>) -> Expr {
    Expr::All { of: of.iter().copied().map(name).collect(), within: within.map(length) }
}

pub(crate) fn not(part: Expr) -> Expr {
    Expr::Not(Box::new(part))
}

/// The first, as long as the second does not fire.
pub(crate) fn unless(asks: &str, forbids: &str) -> Expr {
    Expr::All { of: vec![name(asks), not(name(forbids))], within: None }
}

/// Starts when any of the triggers fires, and has no cooldown unless one is given.
pub(crate) fn policy(triggers: impl IntoIterator<Item = (&'static str, Trigger)>) -> Policy {
    let triggers: Vec<(String, Trigger)> =
        triggers.into_iter().map(|(name, trigger)| (name.to_owned(), trigger)).collect();
    Policy {
        // Written in the evening: no instant of a schedule counts unless it is told.
        revision: Revision {
            document: "/rekindle/policies/churn".into(),
            version: 7,
            since: Some(at("23:00:00")),
        },
        guards: Guards { cooldown: Duration::default(), ..Guards::default() },
        triggers: triggers.iter().cloned().collect(),
        ..Policy::of(
            "churn",
            Expr::Any(triggers.iter().map(|(name, _)| Expr::Trigger(name.clone())).collect()),
        )
    }
}

pub(crate) fn weekly() -> Trigger {
    Watch::Schedule(Box::new(Schedule {
        expression: Expression::parse("cron(0 3 ? * MON *)", None).unwrap(),
        deadline: length("6h"),
        rule: Some("churn-weekly".into()),
    }))
    .into()
}

pub(crate) fn schedule(expression: &str, timezone: Option<&str>, deadline: &str) -> Trigger {
    Watch::Schedule(Box::new(Schedule {
        expression: Expression::parse(expression, timezone).unwrap(),
        deadline: length(deadline),
        rule: None,
    }))
    .into()
}

pub(crate) fn counts(counts_as: CountsAs, trigger: Trigger) -> Trigger {
    Trigger { counts_as, ..trigger }
}

pub(crate) fn alarm(name: &str) -> Trigger {
    Watch::Alarm(Alarm::named(name)).into()
}

/// An hourly metric.
pub(crate) fn source(name: &str, statistic: &str) -> Source {
    Source::of(Metric {
        namespace: "Churn".into(),
        name: name.into(),
        dimensions: [("Model".to_owned(), "churn".to_owned())].into(),
        statistic: statistic.into(),
        period: length("1h"),
    })
}

/// Hourly, the newest period alone, nothing made of missing ones.
pub(crate) fn threshold(limit: Limit) -> Threshold {
    Threshold {
        source: source("Accuracy", "Average"),
        limit,
        periods: MOutOfN { m: 1, n: 1 },
        missing_data: MissingData::Missing,
        reported_as: None,
    }
}

pub(crate) fn metric(threshold: Threshold) -> Trigger {
    Watch::Metric(Box::new(threshold)).into()
}

/// A tick that names its trigger.
pub(crate) fn tick(trigger: &str, instant: &str) -> Signal {
    Signal::Scheduled(Tick { trigger: Some(trigger.into()), at: Some(at(instant)), ..Tick::default() })
}

pub(crate) fn ask(id: &str) -> Ask {
    Ask {
        id: Some(id.into()),
        models: vec!["churn".into()],
        reason: Some("new labels".into()),
        by: Some("ada".into()),
        ..Ask::default()
    }
}

/// The request that an ask of the given instant becomes.
pub(crate) fn request(id: &str, instant: &str) -> Request {
    let (by, reason) = (Some("ada".into()), Some("new labels".into()));
    Request {
        id: id.into(),
        at: at(instant),
        by,
        reason,
        force: false,
        ignore_budget: false,
        stands_for: Vec::new(),
    }
}

pub(crate) fn found(state: AlarmState, since: &str) -> AlarmFact {
    AlarmFact::Found { state, since: at(since), suppressed_by: None }
}

pub(crate) fn sighting(last_seen: &str, pending: bool) -> Sighting {
    Sighting { first_seen: at(last_seen), last_seen: at(last_seen), occurrence: None, pending }
}

pub(crate) fn running(since: &str) -> Phase {
    Phase::Running { decision: "earlier".into(), since: at(since), stopping: None }
}

pub(crate) fn starting(since: &str, waiting: Option<&str>) -> Phase {
    let since = at(since);
    let lease_until = length("15m").after(since);
    Phase::Starting { decision: "earlier".into(), since, lease_until, waiting: waiting.map(waits_for) }
}

/// A policy whose one trigger fires, with these guards.
pub(crate) fn guarded(change: impl FnOnce(&mut Guards)) -> Policy {
    let mut policy = policy([("drift", alarm("drift"))]);
    change(&mut policy.guards);
    policy
}

/// The same facts, and a person asks with force.
pub(crate) fn forced(facts: &Facts) -> Facts {
    let mut facts = facts.clone();
    facts.signals.push(Signal::Asked(Ask { force: true, ..ask("forced") }));
    facts
}

/// Facts with one alarm, `drift`, and the trigger of that name in mind.
pub(crate) fn with_alarm(now: &str, state: AlarmState) -> Facts {
    let mut facts = Facts::at(at(now));
    facts.alarms.insert("drift".into(), found(state, "01:00:00"));
    facts
}

/// Hourly values, the newest last and of the last hour that closed before `now`; `None` for an hour without one.
pub(crate) fn hourly(now: &str, values: &[Option<f64>]) -> Series {
    let newest = threshold(Limit::Below(0.0)).window(at(now)).1;
    let hours = (1_u64..).map(|hours| Duration::from_seconds(hours * 3_600).before(newest));
    let points = values
        .iter()
        .rev()
        .zip(hours)
        .filter_map(|(value, at)| value.map(|value| Point { at, value, samples: None }))
        .collect();
    Series::Complete { points }
}

/// Hourly values, as [`hourly`], each of so many samples.
pub(crate) fn sampled(now: &str, samples: f64, values: &[f64]) -> Series {
    let values: Vec<Option<f64>> = values.iter().copied().map(Some).collect();
    let Series::Complete { points } = hourly(now, &values) else { panic!("complete") };
    let with = |point| Point { samples: Some(samples), ..point };
    Series::Complete { points: points.into_iter().map(with).collect() }
}

/// A start whose training ended well at the second instant, if it did.
pub(crate) fn started(generation: u32, start: &str, trained: Option<&str>) -> Started {
    Started { trained: trained.map(at), ..Started::of(generation, at(start)) }
}

/// A start of this revision for the trigger `drift`, whose training came to this.
pub(crate) fn judged(generation: u32, start: &str, verdict: Verdict, gain: f64) -> Started {
    let figures = Gain { before: 0.0, after: gain, gain, low: gain, high: gain };
    let gain = (verdict != Verdict::CannotTell).then_some(figures);
    Started {
        because: vec!["drift".into()],
        policy: 7,
        effect: Some(Effect { verdict, at: at(start), gain }),
        ..started(generation, start, Some(start))
    }
}

/// Suspended at six by a person.
pub(crate) fn suspension(until: Option<&str>) -> Suspension {
    let (by, reason) = (Some("ada".into()), Some("release week".into()));
    Suspension { at: at("06:00:00"), until: until.map(at), by, reason }
}

/// The model that serves was trained then.
pub(crate) fn trained(instant: &str) -> Trained {
    Trained { generation: 1, at: at(instant), metrics: BTreeMap::default() }
}

/// What was found for one trigger.
pub(crate) fn finding(ruling: &Ruling, trigger: &str) -> Finding {
    fn search(node: &Node, trigger: &str) -> Option<Finding> {
        let own = node.finding.clone().filter(|_| node.label == trigger);
        own.or_else(|| node.parts.iter().find_map(|part| search(part, trigger)))
    }
    search(&ruling.tree, trigger).unwrap()
}

/// The verdict and the blockers, in one line.
pub(crate) fn verdict(ruling: &Ruling) -> String {
    let words: Vec<&str> = ruling.decision.waiting_on().iter().map(Blocker::word).collect();
    match words.as_slice() {
        [] => ruling.decision.verdict().to_owned(),
        words => format!("{} {}", ruling.decision.verdict(), words.join(" ")),
    }
}

/// The names of what asked.
pub(crate) fn reasons(ruling: &Ruling) -> Vec<String> {
    ruling
        .decision
        .because()
        .iter()
        .map(|reason| match reason {
            Reason::Trigger { trigger, .. } => trigger.clone(),
            Reason::Asked(request) => request.id.clone(),
        })
        .collect()
}

/// `CODE: text`, as people write it.
pub(crate) fn waits_for(text: &str) -> Waiting {
    let (code, message) = text.split_once(": ").unwrap_or((text, ""));
    Waiting { code: code.into(), message: message.into() }
}
