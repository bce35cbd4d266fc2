//! The ledger's rows as DynamoDB items: plain attributes, so that the console's item view answers questions.

use std::collections::HashMap;
use std::str::FromStr;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use rekindle_decision::money::Money;
use rekindle_decision::policy::Revision;
use rekindle_decision::state::{Phase, State};
use rekindle_turn::ledger::{EndCause, Fleet, Row, Run};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::AwsError;

/// An item of the table.
pub(crate) type Item = HashMap<String, AttributeValue>;

/// Sort key of the state row.
pub(crate) const STATE: &str = "state";

/// Sort key of what a fleet has spent in a span. Its partition key is [`fleet_key`]'s: no model has such a row.
const BUDGET: &str = "budget#";

/// Sort key of a run.
pub(crate) fn run_key(generation: u32) -> String {
    format!("run#{generation:06}")
}

#[expect(clippy::needless_pass_by_value, reason = "called with values and references alike")]
pub(crate) fn text(value: impl ToString) -> AttributeValue {
    AttributeValue::S(value.to_string())
}

#[expect(clippy::needless_pass_by_value, reason = "called with values and references alike")]
pub(crate) fn number(value: impl ToString) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

/// What has no use as an attribute of its own is JSON in a string.
pub(crate) fn json<T: Serialize>(value: &T) -> AttributeValue {
    // Our own types have string keys and finite numbers; should one ever not, an empty text is refused when read.
    AttributeValue::S(serde_json::to_string(value).unwrap_or_default())
}

pub(crate) fn key(model: &str, item: &str) -> Item {
    [("model".to_owned(), text(model)), ("item".to_owned(), text(item))].into()
}

/// The key of what a fleet has spent in a span.
pub(crate) fn fleet_key(fleet: &Fleet) -> Item {
    key(&format!("_fleet#{}", fleet.name), &format!("{BUDGET}{}", fleet.span))
}

/// The state row as an item.
pub(crate) fn item(model: &str, row: &Row) -> Item {
    let mut item = key(model, STATE);
    let state = &row.state;
    let mut put = |name: &str, value: AttributeValue| {
        item.insert(name.to_owned(), value);
    };
    put("version", number(row.version));
    put("generation", number(state.generation));
    put("sightings", json(&state.sightings));
    put("answered", json(&state.answered));
    if let Some(at) = state.last_started {
        put("last_started", text(at));
    }
    if let Some(asked) = &state.asked {
        put("asked", json(asked));
    }
    if let Some(refused) = &state.refused {
        put("refused", json(refused));
    }
    put("arrivals", json(&state.arrivals));
    put("starts", json(&state.starts));
    put("failures", number(state.failures));
    put("proposed", json(&state.proposed));
    if let Some(trained) = &state.trained {
        put("trained", json(trained));
    }
    if let Some(at) = state.failed_at {
        put("failed_at", text(at));
    }
    if let Some(confirmed) = &state.confirmed {
        put("confirmed", json(confirmed));
    }
    if let Some(turn) = &row.turn {
        put("turn", text(turn));
    }
    if let Some(announced) = &row.announced {
        put("announced", text(announced));
    }
    if let Some(suspended) = &state.suspended {
        put("suspended", json(suspended));
    }
    if let Some(at) = state.cancelled {
        put("cancelled", text(at));
    }
    if let Some(at) = state.breaker_closed {
        put("breaker_closed", text(at));
    }
    if let Some(at) = row.blind_since {
        put("blind_since", text(at));
    }
    if !row.delivered.is_empty() {
        put("delivered", json(&row.delivered));
    }
    if let Some(steered) = &row.steered {
        put("steered", json(steered));
    }
    if !row.unsaid.is_empty() {
        put("unsaid", json(&row.unsaid));
    }
    match &state.phase {
        Phase::Idle => put("phase", text("idle")),
        Phase::Starting { decision, since, lease_until, waiting } => {
            put("phase", text("starting"));
            put("decision", text(decision));
            put("since", text(since));
            put("lease_until", number(lease_until.as_millisecond()));
            if let Some(waiting) = waiting {
                put("waiting", json(waiting));
            }
        }
        Phase::Running { decision, since, stopping } => {
            put("phase", text("running"));
            put("decision", text(decision));
            put("since", text(since));
            if let Some(at) = stopping {
                put("stopping", text(at));
            }
        }
    }
    item
}

/// A run as an item.
pub(crate) fn run_item(model: &str, run: &Run) -> Item {
    let mut item = key(model, &run_key(run.generation));
    let mut put = |name: &str, value: Option<AttributeValue>| {
        if let Some(value) = value {
            item.insert(name.to_owned(), value);
        }
    };
    put("generation", Some(number(run.generation)));
    put("decision", Some(text(&run.decision)));
    put("why", Some(text(&run.why)));
    put("policy", Some(text(&run.policy.document)));
    put("policy_version", Some(number(run.policy.version)));
    put("job", Some(text(&run.job)));
    put("arn", run.arn.as_ref().map(text));
    put("decided", Some(text(run.decided)));
    put("status", Some(text(&run.status)));
    put("ended", run.ended.map(text));
    put("billable_seconds", run.billable_seconds.map(number));
    put("failure", run.failure.as_ref().map(text));
    put("policy_since", run.policy.since.map(text));
    put("cost", run.cost.map(text));
    put("cause", run.cause.map(|cause| text(cause.word())));
    put("metrics", (!run.metrics.is_empty()).then(|| json(&run.metrics)));
    // For whoever looks down the column; the figures are beside it.
    put("helped", run.effect.map(|effect| text(effect.verdict)));
    put("effect", run.effect.map(|effect| json(&effect)));
    put("reserve", (!run.reserve.is_empty()).then(|| json(&run.reserve)));
    item
}

/// The run of an item.
pub(crate) fn run(model: &str, item: &Item) -> Result<Run, AwsError> {
    let read = Reader { model, item };
    Ok(Run {
        generation: read.needed("generation")?,
        decision: read.needed("decision")?,
        why: read.needed("why")?,
        policy: Revision {
            document: read.needed("policy")?,
            version: read.needed("policy_version")?,
            since: read.optional("policy_since")?,
        },
        job: read.needed("job")?,
        arn: read.optional("arn")?,
        decided: read.needed("decided")?,
        status: read.needed("status")?,
        ended: read.optional("ended")?,
        billable_seconds: read.optional("billable_seconds")?,
        cost: read.optional("cost")?,
        failure: read.optional("failure")?,
        // A word of a later version is not known here, and is no reason to lose the rest.
        cause: read.optional::<String>("cause")?.map(|word| EndCause::of(&word)),
        metrics: read.json("metrics")?.unwrap_or_default(),
        effect: read.json("effect")?,
        reserve: read.json("reserve")?.unwrap_or_default(),
    })
}

/// What a fleet has spent, from its item. Less than nothing, after a person took away what was reserved, is nothing.
pub(crate) fn spent(fleet: &Fleet, item: &Item) -> Result<Money, AwsError> {
    let micros: i64 = Reader { model: &fleet.name, item }.optional("spent")?.unwrap_or_default();
    Ok(Money::from_micros(u64::try_from(micros).unwrap_or_default()))
}

/// The state row of an item.
pub(crate) fn row(model: &str, item: &Item) -> Result<Row, AwsError> {
    let read = Reader { model, item };
    let phase = match read.needed::<String>("phase")?.as_str() {
        "idle" => Phase::Idle,
        "starting" => Phase::Starting {
            decision: read.needed("decision")?,
            since: read.needed("since")?,
            lease_until: Timestamp::from_millisecond(read.needed("lease_until")?)
                .map_err(|error| read.wrong("lease_until", &error.to_string()))?,
            waiting: read.json("waiting")?,
        },
        "running" => Phase::Running {
            decision: read.needed("decision")?,
            since: read.needed("since")?,
            stopping: read.optional("stopping")?,
        },
        other => return Err(read.wrong("phase", &format!("`{other}` is not a phase"))),
    };
    Ok(Row {
        version: read.needed("version")?,
        state: State {
            generation: read.needed("generation")?,
            phase,
            last_started: read.optional("last_started")?,
            sightings: read.json("sightings")?.unwrap_or_default(),
            asked: read.json("asked")?,
            answered: read.json("answered")?.unwrap_or_default(),
            refused: read.json("refused")?,
            arrivals: read.json("arrivals")?.unwrap_or_default(),
            trained: read.json("trained")?,
            starts: read.json("starts")?.unwrap_or_default(),
            failures: read.optional("failures")?.unwrap_or_default(),
            failed_at: read.optional("failed_at")?,
            proposed: read.json("proposed")?.unwrap_or_default(),
            confirmed: read.json("confirmed")?,
            suspended: read.json("suspended")?,
            cancelled: read.optional("cancelled")?,
            breaker_closed: read.optional("breaker_closed")?,
        },
        turn: read.optional("turn")?,
        announced: read.optional("announced")?,
        unsaid: read.json("unsaid")?.unwrap_or_default(),
        blind_since: read.optional("blind_since")?,
        delivered: read.json("delivered")?.unwrap_or_default(),
        steered: read.json("steered")?,
    })
}

struct Reader<'a> {
    model: &'a str,
    item: &'a Item,
}

impl Reader<'_> {
    fn wrong(&self, attribute: &str, problem: &str) -> AwsError {
        AwsError::Row { model: self.model.to_owned(), problem: format!("{attribute}: {problem}") }
    }

    fn optional<T: FromStr<Err: ToString>>(&self, name: &str) -> Result<Option<T>, AwsError> {
        let Some(value) = self.item.get(name) else { return Ok(None) };
        let text = value
            .as_s()
            .or_else(|_| value.as_n())
            .map_err(|_| self.wrong(name, "is neither a string nor a number"))?;
        text.parse().map(Some).map_err(|error: T::Err| self.wrong(name, &error.to_string()))
    }

    fn needed<T: FromStr<Err: ToString>>(&self, name: &str) -> Result<T, AwsError> {
        self.optional(name)?.ok_or_else(|| self.wrong(name, "is missing"))
    }

    fn json<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, AwsError> {
        let Some(text) = self.optional::<String>(name)? else { return Ok(None) };
        serde_json::from_str(&text).map(Some).map_err(|error| self.wrong(name, &error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rekindle_decision::signal::{Action, Control};
    use rekindle_decision::state::{
        Confirmed, Refusal, Request, Sighting, Started, Suspension, Tally, Trained, Waiting,
    };
    use rekindle_turn::ledger::{Happened, News, Steered};

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn full(phase: Phase) -> Row {
        let now = at("2026-11-02T06:00:00.123Z");
        let sighting = Sighting { first_seen: now, last_seen: now, occurrence: Some(now), pending: true };
        let asked = Request {
            id: "r1".into(),
            at: now,
            by: Some("on-call".into()),
            reason: None,
            force: true,
            ignore_budget: false,
            stands_for: vec!["r0".into()],
        };
        let refused = Refusal {
            cause: "c".into(),
            at: now,
            code: "ValidationException".into(),
            message: "m".into(),
            before: 1,
        };
        let tally = Tally {
            count: 3,
            bytes: u64::MAX,
            first: now,
            last: now,
            passed: Some((true, now)),
            seen: vec!["a".into()],
            aside: None,
        };
        let control = Control {
            id: None,
            models: vec!["churn".into()],
            action: Action::Suspend { until: Some(now) },
            by: Some("ana".into()),
            reason: None,
        };
        let cost = Some(Money::from_micros(12_500_001));
        let started =
            Started { cost, trained: Some(now), because: vec!["weekly".into()], ..Started::of(42, now) };
        Row {
            version: 7,
            state: State {
                generation: 42,
                phase,
                last_started: Some(now),
                sightings: [("weekly".to_owned(), sighting)].into(),
                asked: Some(asked),
                answered: vec!["a".into(), "b".into()],
                refused: Some(refused),
                arrivals: [("data".to_owned(), tally)].into(),
                trained: Some(Trained { generation: 41, at: now, metrics: [("auc".to_owned(), 0.1)].into() }),
                starts: vec![started],
                failures: 2,
                failed_at: Some(now),
                proposed: vec!["p".into()],
                confirmed: Some(Confirmed {
                    decision: "p".into(),
                    at: now,
                    by: None,
                    reason: Some("r".into()),
                }),
                suspended: Some(Suspension { at: now, until: Some(now), by: None, reason: Some("r".into()) }),
                cancelled: Some(now),
                breaker_closed: Some(now),
            },
            turn: Some("turn".into()),
            announced: Some("hold".into()),
            unsaid: vec![News { what: Happened::Ended, generation: 42, at: now, by: "turn".into() }],
            blind_since: Some(now),
            delivered: ["d".to_owned()].into(),
            steered: Some(Steered { at: now, control }),
        }
    }

    #[test]
    fn every_row_reads_back_as_it_was_written() {
        let now = at("2026-11-02T06:00:00.123Z");
        let starting =
            |waiting| Phase::Starting { decision: "d".into(), since: now, lease_until: now, waiting };
        let running = |stopping| Phase::Running { decision: "d".into(), since: now, stopping };
        for phase in [
            Phase::Idle,
            starting(None),
            starting(Some(Waiting { code: "Throttled".into(), message: "m".into() })),
            running(None),
            running(Some(now)),
        ] {
            let row = full(phase);
            assert_eq!(super::row("churn", &item("churn", &row)).unwrap(), row);
        }
        let new = Row { version: 1, ..Row::default() };
        assert_eq!(super::row("churn", &item("churn", &new)).unwrap(), new);
    }

    #[test]
    fn a_row_from_before_there_was_more_to_remember_is_read() {
        let new = ["arrivals", "starts", "failures", "proposed", "trained", "failed_at", "confirmed"];
        let mut item = item("churn", &full(Phase::Idle));
        item.retain(|name, _| !new.contains(&name.as_str()));
        let row = super::row("churn", &item).unwrap();
        assert_eq!((row.state.generation, row.state.failures, row.state.starts.len()), (42, 0, 0));
    }

    #[test]
    fn what_was_spent_is_never_less_than_nothing() {
        let fleet = Fleet { name: "search".into(), span: "2026-11".into() };
        let spent = |value: Option<AttributeValue>| {
            let mut item = fleet_key(&fleet);
            item.extend(value.map(|value| ("spent".to_owned(), value)));
            super::spent(&fleet, &item)
        };
        assert_eq!(spent(Some(number(12_500_000))).unwrap(), Money::from_micros(12_500_000));
        for nothing in [None, Some(number(0)), Some(number(-5))] {
            assert_eq!(spent(nothing).unwrap(), Money::default());
        }
        assert!(spent(Some(text("much"))).is_err());
        assert_eq!(fleet_key(&fleet), key("_fleet#search", "budget#2026-11"));
    }

    #[test]
    fn a_row_that_no_turn_wrote_is_refused_by_name() {
        let mut item = item("churn", &full(Phase::Idle));
        item.insert("phase".into(), text("dancing"));
        let error = super::row("churn", &item).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the ledger's row of `churn` cannot be read: phase: `dancing` is not a phase"
        );
        item.remove("phase");
        let error = super::row("churn", &item).unwrap_err();
        assert_eq!(error.to_string(), "the ledger's row of `churn` cannot be read: phase: is missing");
    }
}
