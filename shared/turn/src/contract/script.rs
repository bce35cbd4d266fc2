//! What the checks are written with. Instants are whole milliseconds: an implementation may keep no more.

use jiff::Timestamp;
use rekindle_decision::duration::Duration;
use rekindle_decision::effect::{Effect, Gain, Verdict};
use rekindle_decision::identity::job_name;
use rekindle_decision::money::Money;
use rekindle_decision::policy::Revision;
use rekindle_decision::ruling::Reserve;
use rekindle_decision::signal::{Action, Control};
use rekindle_decision::state::{
    Aside, Confirmed, Phase, Refusal, Request, Sighting, Started, State, Suspension, Tally, Trained, Waiting,
};

use super::{Check, Stage};
use crate::error::chain;
use crate::ledger::{
    Change, Close, Happened, Intent, Judge, LEASE, Memo, News, Row, Run, Said, Settle, Settled, Steered,
    TakeOver, Written,
};
use crate::world::World;

pub(super) const ME: &str = "contract-turn-1";
pub(super) const OTHER: &str = "contract-turn-2";
pub(super) const SPAN: &str = "2026-11";
pub(super) const ARN: &str = "arn:aws:sagemaker:eu-central-1:445566778899:training-job/contract";

/// Monday 2026-11-02 06:00:00.250 UTC, and so many seconds later.
pub(super) fn at(seconds: u64) -> Timestamp {
    let monday = Timestamp::from_millisecond(1_793_599_200_250).unwrap_or_default();
    Duration::from_seconds(seconds).after(monday)
}

pub(super) fn sighting(seconds: u64) -> Sighting {
    Sighting { first_seen: at(0), last_seen: at(seconds), occurrence: Some(at(0)), pending: true }
}

pub(super) fn asked(id: &str) -> Request {
    let (by, reason) = (Some("on-call".to_owned()), Some("new labels".to_owned()));
    Request {
        id: id.to_owned(),
        at: at(0),
        by,
        reason,
        force: true,
        ignore_budget: true,
        stands_for: Vec::new(),
    }
}

pub(super) fn tally(count: u64) -> Tally {
    Tally {
        count,
        bytes: 1_024,
        first: at(0),
        last: at(count),
        passed: Some((false, at(1))),
        seen: vec!["one".to_owned(), "two".to_owned()],
        aside: Some(Aside { since: at(0), count, bytes: 512 }),
    }
}

pub(super) fn confirmed(decision: &str) -> Confirmed {
    let (by, reason) = (Some("ana".to_owned()), Some("the data is good".to_owned()));
    Confirmed { decision: decision.to_owned(), at: at(0), by, reason }
}

/// A start as the ledger counts it.
pub(super) fn counted(generation: u32) -> Started {
    Started {
        cost: Some(Money::from_micros(12_500_000)),
        because: vec!["weekly".to_owned()],
        policy: 7,
        ..Started::of(generation, at(1))
    }
}

/// A training that helped.
pub(super) fn effect() -> Effect {
    let gain = Gain { before: 0.75, after: 0.875, gain: 0.125, low: 0.0625, high: 0.25 };
    Effect { verdict: Verdict::Helped, at: at(7_200), gain: Some(gain) }
}

pub(super) fn suspended() -> Suspension {
    let (by, reason) = (Some("ana".to_owned()), Some("the labels are wrong".to_owned()));
    Suspension { at: at(0), until: Some(at(86_400)), by, reason }
}

/// What a person did by hand.
pub(super) fn steered(action: Action) -> Steered {
    let control = Control {
        id: Some("by-hand".to_owned()),
        models: vec!["contract".to_owned()],
        action,
        by: Some("ana".to_owned()),
        reason: Some("the labels are wrong".to_owned()),
    };
    Steered { at: at(0), control }
}

pub(super) fn news(what: Happened, seconds: u64) -> News {
    News { what, generation: 1, at: at(seconds), by: ME.to_owned() }
}

/// Something from before that nobody has announced.
pub(super) fn old_news() -> News {
    News { what: Happened::Held, generation: 1, at: at(0), by: OTHER.to_owned() }
}

/// The training before the first: of another ledger, or of nobody.
pub(super) fn trained() -> Trained {
    let metrics = [("validation:auc".to_owned(), 0.75)].into();
    Trained { generation: 0, at: at(0), metrics }
}

/// A part of a fleet's budget, with room for two.
pub(super) fn reserve(fleet: &str) -> Reserve {
    Reserve {
        fleet: fleet.to_owned(),
        span: SPAN.to_owned(),
        amount: Money::from_micros(12_500_000),
        limit: Some(Money::from_micros(25_000_000)),
    }
}

pub(super) fn refusal() -> Refusal {
    let (code, message) = ("ValidationException".to_owned(), "no such bucket".to_owned());
    Refusal { cause: "cause".to_owned(), at: at(5), code, message, before: 1 }
}

pub(super) fn decision(generation: u32) -> String {
    format!("decision-{generation}")
}

pub(super) fn starting(generation: u32, lease: u64) -> Phase {
    let (decision, lease_until) = (decision(generation), at(lease));
    Phase::Starting { decision, since: at(1), lease_until, waiting: None }
}

pub(super) fn run(model: &str, generation: u32) -> Run {
    Run {
        generation,
        decision: decision(generation),
        why: "weekly: due".to_owned(),
        policy: Revision {
            document: "/rekindle/policies/contract".to_owned(),
            version: 7,
            since: Some(at(0)),
        },
        job: job_name(model, generation),
        arn: None,
        decided: at(1),
        status: "Starting".to_owned(),
        ended: None,
        billable_seconds: None,
        cost: Some(Money::from_micros(12_500_000)),
        failure: None,
        cause: None,
        metrics: std::collections::BTreeMap::new(),
        effect: None,
        // A fleet of its own, so that no check takes another one's room.
        reserve: vec![reserve(model)],
    }
}

/// The intent of `ME` to start a generation, with everything in the row that a row can hold.
pub(super) fn intent(model: &str, version: u64, generation: u32) -> Intent {
    let state = State {
        generation,
        phase: starting(generation, LEASE.seconds()),
        last_started: Some(at(0)),
        sightings: [("weekly".to_owned(), sighting(1))].into(),
        asked: Some(asked("kept")),
        answered: vec!["first".to_owned(), "second".to_owned()],
        refused: Some(refusal()),
        arrivals: [("data".to_owned(), tally(3))].into(),
        trained: Some(trained()),
        starts: vec![counted(generation.saturating_sub(1)), counted(generation)],
        failures: 2,
        failed_at: Some(at(0)),
        proposed: vec!["put-1".to_owned(), "put-2".to_owned()],
        confirmed: Some(confirmed("put-1")),
        suspended: Some(suspended()),
        cancelled: Some(at(0)),
        breaker_closed: Some(at(0)),
    };
    let row = Row {
        version: version.saturating_add(1),
        state,
        turn: Some(ME.to_owned()),
        announced: Some("start".to_owned()),
        steered: Some(steered(Action::Suspend { until: Some(at(86_400)) })),
        unsaid: vec![old_news()],
        blind_since: Some(at(0)),
        delivered: ["accuracy".to_owned()].into(),
    };
    Intent { model: model.to_owned(), version, row, run: run(model, generation) }
}

/// What came of a start, settled two seconds after it was decided.
pub(super) fn settle(model: &str, turn: &str, settled: Settled) -> Change {
    settle_of(model, 1, turn, settled)
}

pub(super) fn settle_of(model: &str, generation: u32, turn: &str, settled: Settled) -> Change {
    let (model, turn) = (model.to_owned(), turn.to_owned());
    Change::Settle(Settle { model, generation, turn, lease_until: LEASE.after(at(0)), now: at(3), settled })
}

/// What came of a start that was taken over so many seconds after it was decided.
pub(super) fn settle_after(model: &str, turn: &str, seconds: u64, settled: Settled) -> Change {
    let (model, turn) = (model.to_owned(), turn.to_owned());
    let lease_until = LEASE.after(at(seconds));
    Change::Settle(Settle { model, generation: 1, turn, lease_until, now: at(3), settled })
}

pub(super) fn as_running() -> Settled {
    Settled::Running { decision: decision(1), since: at(1), arn: ARN.to_owned() }
}

pub(super) fn quota() -> Waiting {
    Waiting { code: "ResourceLimitExceeded".to_owned(), message: "quota".to_owned() }
}

pub(super) fn as_waiting(seconds: u64) -> Settled {
    Settled::Waiting { waiting: quota(), now: at(seconds) }
}

pub(super) fn as_given_up(refused: Option<Refusal>) -> Settled {
    Settled::GivenUp { status: "Refused".to_owned(), failure: "no such bucket".to_owned(), refused }
}

pub(super) fn claim(model: &str, turn: &str, seconds: u64) -> Change {
    claim_of(model, 1, turn, seconds)
}

pub(super) fn claim_of(model: &str, generation: u32, turn: &str, seconds: u64) -> Change {
    let (now, lease_until) = (at(seconds), LEASE.after(at(seconds)));
    Change::TakeOver(TakeOver {
        model: model.to_owned(),
        generation,
        turn: turn.to_owned(),
        now,
        lease_until,
    })
}

/// The end of a training of which nobody knows what it cost.
pub(super) fn end(model: &str, generation: u32) -> Close {
    Close {
        model: model.to_owned(),
        generation,
        turn: ME.to_owned(),
        status: "Completed".to_owned(),
        since: at(1),
        arn: Some(ARN.to_owned()),
        ended: Some(at(600)),
        now: at(900),
        billable_seconds: Some(540),
        cost: None,
        metrics: [("validation:auc".to_owned(), 0.875), ("validation:loss".to_owned(), 0.25)].into(),
        failure: None,
        cause: None,
    }
}

pub(super) fn close(close: &Close) -> Change {
    Change::Close(close.clone())
}

pub(super) fn judge(model: &str, futile: bool) -> Judge {
    let (model, turn) = (model.to_owned(), ME.to_owned());
    Judge { model, generation: 1, turn, now: at(7_200), effect: effect(), futile }
}

pub(super) fn said(model: &str, news: &[News]) -> Change {
    Change::Said(Said { model: model.to_owned(), news: news.to_vec() })
}

/// A memo over everything in a row that turns remember.
pub(super) fn memo(model: &str, before: &Row) -> Memo {
    let state = State {
        sightings: [("drift".to_owned(), sighting(30))].into(),
        asked: Some(asked("later")),
        arrivals: [("data".to_owned(), tally(5)), ("rows".to_owned(), tally(1))].into(),
        proposed: vec!["put-2".to_owned(), "put-3".to_owned()],
        confirmed: Some(confirmed("put-3")),
        ..before.state.clone()
    };
    let (version, announced) = (before.version.saturating_add(1), Some("hold".to_owned()));
    Memo {
        model: model.to_owned(),
        version: before.version,
        row: Row { version, state, announced, ..before.clone() },
    }
}

pub(super) async fn row<W: World>(world: &W, model: &str) -> Result<Row, String> {
    match world.rows(&[model.to_owned()]).await.remove(model) {
        Some(Ok(row)) => Ok(row),
        Some(Err(error)) => Err(format!("the row cannot be read: {}", chain(&*error))),
        None => Err("the row was not answered".to_owned()),
    }
}

pub(super) fn expect<E: core::error::Error>(step: &str, wanted: Written, got: Result<Written, E>) -> Check {
    match got {
        Ok(got) if got == wanted => Ok(()),
        Ok(Written::Yes) => Err(format!("{step} was written")),
        Ok(Written::No) => Err(format!("{step} was not written")),
        Ok(Written::OverBudget) => Err(format!("{step} was over the budget")),
        Err(error) => Err(format!("{step} failed: {}", chain(&error))),
    }
}

pub(super) fn yes<E: core::error::Error>(step: &str, got: Result<Written, E>) -> Check {
    expect(step, Written::Yes, got)
}

pub(super) fn no<E: core::error::Error>(step: &str, got: Result<Written, E>) -> Check {
    expect(step, Written::No, got)
}

pub(super) fn same<T: PartialEq + core::fmt::Debug>(what: &str, found: &T, wanted: &T) -> Check {
    if found == wanted { Ok(()) } else { Err(format!("{what} is {found:?}, and should be {wanted:?}")) }
}

/// The row is exactly this; nothing else may have changed.
pub(super) async fn stands<W: World>(world: &W, model: &str, wanted: &Row) -> Check {
    same("the row", &row(world, model).await?, wanted)
}

/// The run is exactly this, for people and for the world.
pub(super) async fn ran<S: Stage>(stage: &S, model: &str, wanted: &Run) -> Check {
    let wanted = Some(wanted.clone());
    let generation = wanted.as_ref().map_or(0, |run| run.generation);
    same("the run", &stage.run(model, generation).await?, &wanted)?;
    same("the run as it is read", &read(&stage.world(OTHER), model, generation).await?, &wanted)
}

/// There is no run of that generation.
pub(super) async fn never_ran<S: Stage>(stage: &S, model: &str, generation: u32) -> Check {
    same("the run", &stage.run(model, generation).await?, &None)?;
    same("the run as it is read", &read(&stage.world(OTHER), model, generation).await?, &None)
}

async fn read<W: World>(world: &W, model: &str, generation: u32) -> Result<Option<Run>, String> {
    let found = world.run(model, generation).await;
    found.map_err(|error| format!("the run cannot be read: {}", chain(&error)))
}

/// A model whose generation 1 `ME` is starting, its row, and the world of `ME`.
pub(super) async fn started<S: Stage>(stage: &S, check: &str) -> Result<(String, Row, S::World), String> {
    let (model, world) = (stage.model(check), stage.world(ME));
    let intent = intent(&model, 0, 1);
    yes("the intent", world.intend(&intent).await)?;
    Ok((model, intent.row, world))
}

/// As [`started`], and another turn has remembered a trigger since.
pub(super) async fn remembered<S: Stage>(stage: &S, check: &str) -> Result<(String, Row, S::World), String> {
    let (model, row, world) = started(stage, check).await?;
    let memo = memo(&model, &row);
    yes("a memo of another turn", stage.world(OTHER).remember(&memo).await)?;
    Ok((model, memo.row, world))
}

/// As [`remembered`], and the job runs.
pub(super) async fn running<S: Stage>(stage: &S, check: &str) -> Result<(String, Row, S::World), String> {
    let (model, _, world) = remembered(stage, check).await?;
    yes("running", world.change(&settle(&model, ME, as_running())).await)?;
    let row = row(&world, &model).await?;
    Ok((model, row, world))
}
