//! What every world promises about its writes, as checks that any world can be put through: the one in memory, and
//! DynamoDB and SageMaker on an emulator.
//!
//! Each check uses models of its own, so that a world which lasts can be checked again.

use std::future::Future;

use jiff::Timestamp;
use rekindle_decision::duration::Duration;
use rekindle_decision::identity::job_name;
use rekindle_decision::policy::Revision;
use rekindle_decision::state::{Phase, Refusal, Request, Sighting, State};
use rekindle_policy::training::DECISION_VARIABLE;
use serde_json::{Value, json};

use crate::error::chain;
use crate::ledger::{Close, Intent, LEASE, Memo, Row, Run, Settle, Settled, TakeOver, Written};
use crate::world::{Creation, Job, JobStatus, World};

/// Where a contract is checked.
pub trait Stage: Sync {
    /// The worlds of this stage.
    type World: World;

    /// The one world behind all of them, seen by the invocation of this token.
    fn world(&self, token: &str) -> Self::World;

    /// A model that no check has used before, named after the check.
    fn model(&self, check: &str) -> String;

    /// The run of a generation, which a turn writes and never reads; `None` if there is none.
    fn run(&self, model: &str, generation: u32) -> impl Future<Output = Result<Option<Run>, String>> + Send;
}

/// One sentence of a contract, and how it is broken, if it is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "a promise that is not kept must be told"]
pub struct Clause {
    /// What is promised.
    pub promise: &'static str,
    /// What was found instead.
    pub broken: Option<String>,
}

/// The clauses that are broken, one line for each; empty when all are kept.
#[must_use]
pub fn broken(clauses: &[Clause]) -> Vec<String> {
    let line = |clause: &Clause| Some(format!("{}: {}", clause.promise, clause.broken.as_ref()?));
    clauses.iter().filter_map(line).collect()
}

type Check = Result<(), String>;

/// Checks the conditional writes of the ledger.
pub async fn ledger<S: Stage>(stage: &S) -> Vec<Clause> {
    let clause = |promise, check: Check| Clause { promise, broken: check.err() };
    vec![
        clause("a model never seen has the default row", never_seen(stage).await),
        clause("many rows are read in one call", many_rows(stage).await),
        clause("an intent is written as a whole", intent_whole(stage).await),
        clause("an intent loses against a version that is not the row's", intent_stale(stage).await),
        clause("an intent loses against a run that exists", intent_run(stage).await),
        clause("a first intent wins once", intent_first(stage).await),
        clause("of raced intents exactly one wins", intent_raced(stage).await),
        clause("settling as running changes the documented fields alone", settle_running(stage).await),
        clause("settling as waiting changes the documented fields alone", settle_waiting(stage).await),
        clause("settling as given up changes the documented fields alone", settle_given_up(stage).await),
        clause("only the turn that holds the start settles it", settle_mine(stage).await),
        clause("a start is taken over once its lease has run out", take_over_late(stage).await),
        clause("a turn takes over its own start at once", take_over_own(stage).await),
        clause("the turn that lost its start settles nothing", take_over_fences(stage).await),
        clause("only a start is taken over", take_over_start(stage).await),
        clause("of raced take-overs exactly one wins", take_over_raced(stage).await),
        clause("a running generation is closed once", close_running(stage).await),
        clause("an end may overtake the settle", close_starting(stage).await),
        clause("only the open generation is closed", close_other(stage).await),
        clause("a first memo makes an idle row, once", remember_first(stage).await),
        clause("a memo loses against a version that is not the row's", remember_stale(stage).await),
        clause("a memo changes the documented fields alone", remember_alone(stage).await),
        clause("nothing is settled, taken over or closed where there is no row", nothing(stage).await),
    ]
}

/// Checks how training jobs are created and described. The jobs stay: their names are used up.
pub async fn jobs<S: Stage>(stage: &S) -> Vec<Clause> {
    let clause = |promise, check: Check| Clause { promise, broken: check.err() };
    vec![
        clause("a job that was never created is absent", job_absent(stage).await),
        clause("a job that was created is found with its decision", job_found(stage).await),
        clause("a name is accepted once", job_once(stage).await),
    ]
}

/// A training request that SageMaker accepts, as a turn would send it for this name and decision.
#[must_use]
pub fn request(name: &str, decision: &str) -> Value {
    json!({
        "TrainingJobName": name,
        "RoleArn": "arn:aws:iam::445566778899:role/rekindle-training",
        "AlgorithmSpecification": {
            "TrainingImage": "445566778899.dkr.ecr.eu-central-1.amazonaws.com/churn:1.4",
            "TrainingInputMode": "File",
        },
        "OutputDataConfig": { "S3OutputPath": "s3://example-models/contract/" },
        "ResourceConfig": { "InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 30 },
        "StoppingCondition": { "MaxRuntimeInSeconds": 3600 },
        "Environment": { DECISION_VARIABLE: decision },
        "Tags": [{ "Key": "rekindle:decision", "Value": decision }],
    })
}

// What the checks are written with. Instants are whole milliseconds: an implementation may keep no more.

const ME: &str = "contract-turn-1";
const OTHER: &str = "contract-turn-2";
const ARN: &str = "arn:aws:sagemaker:eu-central-1:445566778899:training-job/contract";

/// Monday 2026-11-02 06:00:00.250 UTC, and so many seconds later.
fn at(seconds: u64) -> Timestamp {
    let monday = Timestamp::from_millisecond(1_793_599_200_250).unwrap_or_default();
    Duration::from_seconds(seconds).after(monday)
}

fn sighting(seconds: u64) -> Sighting {
    Sighting { first_seen: at(0), last_seen: at(seconds), occurrence: Some(at(0)), pending: true }
}

fn asked(id: &str) -> Request {
    let (by, reason) = (Some("on-call".to_owned()), Some("new labels".to_owned()));
    Request { id: id.to_owned(), at: at(0), by, reason, force: true }
}

fn refusal() -> Refusal {
    let (code, message) = ("ValidationException".to_owned(), "no such bucket".to_owned());
    Refusal { cause: "cause".to_owned(), at: at(5), code, message }
}

fn decision(generation: u32) -> String {
    format!("decision-{generation}")
}

fn starting(generation: u32, lease: u64) -> Phase {
    let (decision, lease_until) = (decision(generation), at(lease));
    Phase::Starting { decision, since: at(1), lease_until, waiting: None }
}

fn run(model: &str, generation: u32) -> Run {
    Run {
        generation,
        decision: decision(generation),
        why: "weekly: due".to_owned(),
        policy: Revision { document: "/rekindle/policies/contract".to_owned(), version: 7 },
        job: job_name(model, generation),
        arn: None,
        decided: at(1),
        status: "Starting".to_owned(),
        ended: None,
        billable_seconds: None,
        failure: None,
    }
}

/// The intent of `ME` to start a generation, with everything in the row that a row can hold.
fn intent(model: &str, version: u64, generation: u32) -> Intent {
    let state = State {
        generation,
        phase: starting(generation, LEASE.seconds()),
        last_started: Some(at(0)),
        sightings: [("weekly".to_owned(), sighting(1))].into(),
        asked: Some(asked("kept")),
        answered: vec!["first".to_owned(), "second".to_owned()],
        refused: Some(refusal()),
    };
    let row = Row {
        version: version.saturating_add(1),
        state,
        turn: Some(ME.to_owned()),
        announced: Some("start".to_owned()),
    };
    Intent { model: model.to_owned(), version, row, run: run(model, generation) }
}

fn settle(model: &str, turn: &str, settled: Settled) -> Settle {
    Settle { model: model.to_owned(), generation: 1, turn: turn.to_owned(), settled }
}

fn as_running() -> Settled {
    Settled::Running { decision: decision(1), since: at(1), arn: ARN.to_owned() }
}

fn as_waiting(seconds: u64) -> Settled {
    Settled::Waiting { waiting: "ResourceLimitExceeded: quota".to_owned(), now: at(seconds) }
}

fn as_given_up(refused: Option<Refusal>) -> Settled {
    Settled::GivenUp { status: "Refused".to_owned(), failure: "no such bucket".to_owned(), refused }
}

fn claim(model: &str, turn: &str, seconds: u64) -> TakeOver {
    let (now, lease_until) = (at(seconds), LEASE.after(at(seconds)));
    TakeOver { model: model.to_owned(), generation: 1, turn: turn.to_owned(), now, lease_until }
}

fn end(model: &str, generation: u32) -> Close {
    Close {
        model: model.to_owned(),
        generation,
        status: "Completed".to_owned(),
        since: at(1),
        ended: Some(at(600)),
        billable_seconds: Some(540),
        failure: None,
    }
}

fn memo(model: &str, version: u64) -> Memo {
    Memo {
        model: model.to_owned(),
        version,
        sightings: [("drift".to_owned(), sighting(30))].into(),
        asked: Some(asked("later")),
        announced: Some("hold".to_owned()),
    }
}

async fn row<W: World>(world: &W, model: &str) -> Result<Row, String> {
    match world.rows(&[model.to_owned()]).await.remove(model) {
        Some(Ok(row)) => Ok(row),
        Some(Err(error)) => Err(format!("the row cannot be read: {}", chain(&*error))),
        None => Err("the row was not answered".to_owned()),
    }
}

fn expect<E: core::error::Error>(step: &str, wanted: Written, got: Result<Written, E>) -> Check {
    match got {
        Ok(got) if got == wanted => Ok(()),
        Ok(Written::Yes) => Err(format!("{step} was written")),
        Ok(Written::No) => Err(format!("{step} was not written")),
        Err(error) => Err(format!("{step} failed: {}", chain(&error))),
    }
}

fn yes<E: core::error::Error>(step: &str, got: Result<Written, E>) -> Check {
    expect(step, Written::Yes, got)
}

fn no<E: core::error::Error>(step: &str, got: Result<Written, E>) -> Check {
    expect(step, Written::No, got)
}

fn same<T: PartialEq + core::fmt::Debug>(what: &str, found: &T, wanted: &T) -> Check {
    if found == wanted { Ok(()) } else { Err(format!("{what} is {found:?}, and should be {wanted:?}")) }
}

/// The row is exactly this; nothing else may have changed.
async fn stands<W: World>(world: &W, model: &str, wanted: &Row) -> Check {
    same("the row", &row(world, model).await?, wanted)
}

async fn ran<S: Stage>(stage: &S, model: &str, wanted: &Run) -> Check {
    let found = stage.run(model, wanted.generation).await?;
    same("the run", &found, &Some(wanted.clone()))
}

/// A model whose generation 1 `ME` is starting, its row, and the world of `ME`.
async fn started<S: Stage>(stage: &S, check: &str) -> Result<(String, Row, S::World), String> {
    let (model, world) = (stage.model(check), stage.world(ME));
    let intent = intent(&model, 0, 1);
    yes("the intent", world.intend(&intent).await)?;
    Ok((model, intent.row, world))
}

/// As [`started`], and another turn has remembered a trigger since.
async fn remembered<S: Stage>(stage: &S, check: &str) -> Result<(String, Row, S::World), String> {
    let (model, mut row, world) = started(stage, check).await?;
    let memo = memo(&model, row.version);
    yes("a memo of another turn", stage.world(OTHER).remember(&memo).await)?;
    row.version = 2;
    row.state.sightings = memo.sightings;
    row.state.asked = memo.asked;
    row.announced = memo.announced;
    Ok((model, row, world))
}

async fn never_seen<S: Stage>(stage: &S) -> Check {
    stands(&stage.world(ME), &stage.model("never-seen"), &Row::default()).await
}

async fn many_rows<S: Stage>(stage: &S) -> Check {
    let (known, intended, world) = started(stage, "many").await?;
    // More than one request of a table takes.
    let mut models: Vec<String> = (0..230).map(|n| format!("{known}-{n}")).collect();
    models.push(known.clone());
    let rows = world.rows(&models).await;
    same("the number of rows", &rows.len(), &models.len())?;
    for (model, found) in rows {
        let found = found.map_err(|error| format!("a row cannot be read: {}", chain(&*error)))?;
        same(&model, &found, if model == known { &intended } else { const { &NEW } })?;
    }
    Ok(())
}

const NEW: Row = Row {
    version: 0,
    state: State {
        generation: 0,
        phase: Phase::Idle,
        last_started: None,
        sightings: std::collections::BTreeMap::new(),
        asked: None,
        answered: Vec::new(),
        refused: None,
    },
    turn: None,
    announced: None,
};

async fn intent_whole<S: Stage>(stage: &S) -> Check {
    let (model, intended, world) = started(stage, "intent-whole").await?;
    stands(&world, &model, &intended).await?;
    ran(stage, &model, &run(&model, 1)).await
}

async fn intent_stale<S: Stage>(stage: &S) -> Check {
    let (model, intended, world) = started(stage, "intent-stale").await?;
    for version in [2, 7] {
        no("an intent on a version to come", world.intend(&intent(&model, version, 2)).await)?;
    }
    yes("a memo", world.remember(&memo(&model, 1)).await)?;
    let before = row(&world, &model).await?;
    no("an intent on a version gone by", world.intend(&intent(&model, intended.version, 2)).await)?;
    stands(&world, &model, &before).await?;
    same("the run of an intent that lost", &stage.run(&model, 2).await?, &None)
}

async fn intent_run<S: Stage>(stage: &S) -> Check {
    let (model, before, world) = started(stage, "intent-run").await?;
    no("an intent of a generation that has run", world.intend(&intent(&model, 1, 1)).await)?;
    stands(&world, &model, &before).await
}

async fn intent_first<S: Stage>(stage: &S) -> Check {
    let (model, before, world) = started(stage, "intent-first").await?;
    no("a second first intent", world.intend(&intent(&model, 0, 1)).await)?;
    no("a second first intent of another generation", world.intend(&intent(&model, 0, 2)).await)?;
    stands(&world, &model, &before).await?;
    let fresh = stage.model("intent-never");
    no("an intent on a row that never was", world.intend(&intent(&fresh, 1, 1)).await)?;
    stands(&world, &fresh, &Row::default()).await
}

async fn intent_raced<S: Stage>(stage: &S) -> Check {
    for round in 0..8 {
        let model = stage.model(&format!("intent-raced-{round}"));
        let (one, two) = (stage.world(ME), stage.world(OTHER));
        let (mine, mut theirs) = (intent(&model, 0, 1), intent(&model, 0, 1));
        theirs.row.turn = Some(OTHER.to_owned());
        let (a, b) = futures::future::join(one.intend(&mine), two.intend(&theirs)).await;
        let read = |got: Result<Written, _>| got.map_err(|error: <S::World as World>::Error| chain(&error));
        let winner = match (read(a)?, read(b)?) {
            (Written::Yes, Written::No) => mine,
            (Written::No, Written::Yes) => theirs,
            (Written::Yes, Written::Yes) => return Err("both won".to_owned()),
            (Written::No, Written::No) => return Err("none won".to_owned()),
        };
        stands(&one, &model, &winner.row).await?;
    }
    Ok(())
}

async fn settle_running<S: Stage>(stage: &S) -> Check {
    let (model, mut wanted, world) = remembered(stage, "settle-running").await?;
    yes("a wait before", world.settle(&settle(&model, ME, as_waiting(60))).await)?;
    yes("running", world.settle(&settle(&model, ME, as_running())).await)?;
    wanted.version = 4;
    wanted.turn = None;
    wanted.state.phase = Phase::Running { decision: decision(1), since: at(1) };
    wanted.state.last_started = Some(at(1));
    wanted.state.refused = None;
    stands(&world, &model, &wanted).await?;
    let arn = Some(ARN.to_owned());
    ran(stage, &model, &Run { arn, status: "InProgress".to_owned(), ..run(&model, 1) }).await
}

async fn settle_waiting<S: Stage>(stage: &S) -> Check {
    let (model, mut wanted, world) = remembered(stage, "settle-waiting").await?;
    yes("waiting", world.settle(&settle(&model, ME, as_waiting(60))).await)?;
    wanted.version = 3;
    let waiting = Some("ResourceLimitExceeded: quota".to_owned());
    wanted.state.phase = Phase::Starting {
        decision: decision(1),
        since: at(1),
        lease_until: at(60),
        waiting: waiting.clone(),
    };
    stands(&world, &model, &wanted).await?;
    ran(stage, &model, &Run { failure: waiting, ..run(&model, 1) }).await
}

async fn settle_given_up<S: Stage>(stage: &S) -> Check {
    for refused in [Some(Refusal { cause: "another".to_owned(), ..refusal() }), None] {
        let (model, mut wanted, world) = remembered(stage, "settle-given-up").await?;
        yes("given up", world.settle(&settle(&model, ME, as_given_up(refused.clone()))).await)?;
        wanted.version = 3;
        wanted.turn = None;
        wanted.state.phase = Phase::Idle;
        wanted.state.refused = refused;
        stands(&world, &model, &wanted).await?;
        let failure = Some("no such bucket".to_owned());
        ran(stage, &model, &Run { failure, status: "Refused".to_owned(), ..run(&model, 1) }).await?;
    }
    Ok(())
}

async fn settle_mine<S: Stage>(stage: &S) -> Check {
    let (model, before, world) = started(stage, "settle-mine").await?;
    for settled in [as_running(), as_waiting(60), as_given_up(None)] {
        no("a settle by another turn", world.settle(&settle(&model, OTHER, settled.clone())).await)?;
        let later = Settle { generation: 2, ..settle(&model, ME, settled) };
        no("a settle of another generation", world.settle(&later).await)?;
    }
    stands(&world, &model, &before).await?;
    ran(stage, &model, &run(&model, 1)).await?;

    yes("running", world.settle(&settle(&model, ME, as_running())).await)?;
    let before = row(&world, &model).await?;
    for settled in [as_running(), as_waiting(60), as_given_up(None)] {
        no("a settle of what runs", world.settle(&settle(&model, ME, settled)).await)?;
    }
    stands(&world, &model, &before).await?;

    let (model, _, world) = started(stage, "settle-idle").await?;
    yes("given up", world.settle(&settle(&model, ME, as_given_up(None))).await)?;
    let before = row(&world, &model).await?;
    no("a settle of what was given up", world.settle(&settle(&model, ME, as_running())).await)?;
    stands(&world, &model, &before).await
}

async fn take_over_late<S: Stage>(stage: &S) -> Check {
    let (model, mut wanted, world) = remembered(stage, "take-over-late").await?;
    let lease = LEASE.seconds();
    for early in [lease - 1, lease] {
        no("a take-over within the lease", world.take_over(&claim(&model, OTHER, early)).await)?;
    }
    stands(&world, &model, &wanted).await?;
    yes("a take-over after the lease", world.take_over(&claim(&model, OTHER, lease + 1)).await)?;
    wanted.version = 3;
    wanted.turn = Some(OTHER.to_owned());
    wanted.state.phase = starting(1, lease + 1 + lease);
    stands(&world, &model, &wanted).await?;
    ran(stage, &model, &run(&model, 1)).await?;

    // Refused for now: the lease ends with the refusal, and the next sweep may go on.
    yes("a wait", world.settle(&settle(&model, OTHER, as_waiting(lease + 60))).await)?;
    no("a take-over in the instant of the wait", world.take_over(&claim(&model, ME, lease + 60)).await)?;
    yes("a take-over after the wait", world.take_over(&claim(&model, ME, lease + 61)).await)
}

async fn take_over_own<S: Stage>(stage: &S) -> Check {
    let (model, mut wanted, world) = started(stage, "take-over-own").await?;
    yes("a take-over of one's own", world.take_over(&claim(&model, ME, 2)).await)?;
    wanted.version = 2;
    wanted.state.phase = starting(1, 2 + LEASE.seconds());
    stands(&world, &model, &wanted).await?;
    yes("running", world.settle(&settle(&model, ME, as_running())).await)
}

async fn take_over_fences<S: Stage>(stage: &S) -> Check {
    let (model, _, world) = started(stage, "take-over-fences").await?;
    yes("a take-over", world.take_over(&claim(&model, OTHER, LEASE.seconds() + 1)).await)?;
    let before = row(&world, &model).await?;
    for settled in [as_running(), as_waiting(60), as_given_up(None)] {
        no("a settle by the turn of before", world.settle(&settle(&model, ME, settled)).await)?;
    }
    stands(&world, &model, &before).await?;
    yes("a settle by the turn of now", world.settle(&settle(&model, OTHER, as_running())).await)
}

async fn take_over_start<S: Stage>(stage: &S) -> Check {
    let late = LEASE.seconds() + 1;
    let (model, _, world) = started(stage, "take-over-start").await?;
    let next = TakeOver { generation: 2, ..claim(&model, OTHER, late) };
    no("a take-over of another generation", world.take_over(&next).await)?;
    yes("running", world.settle(&settle(&model, ME, as_running())).await)?;
    no("a take-over of what runs", world.take_over(&claim(&model, OTHER, late)).await)?;
    yes("the end", world.close(&end(&model, 1)).await)?;
    no("a take-over of what has ended", world.take_over(&claim(&model, OTHER, late)).await)
}

async fn take_over_raced<S: Stage>(stage: &S) -> Check {
    for round in 0..8 {
        let (model, _, one) = started(stage, &format!("take-over-raced-{round}")).await?;
        let two = stage.world(OTHER);
        let late = LEASE.seconds() + 1;
        let (a, b) = (claim(&model, "contract-turn-3", late), claim(&model, "contract-turn-4", late));
        let (a, b) = futures::future::join(one.take_over(&a), two.take_over(&b)).await;
        let read = |got: Result<Written, _>| got.map_err(|error: <S::World as World>::Error| chain(&error));
        match (read(a)?, read(b)?) {
            (Written::Yes, Written::No) | (Written::No, Written::Yes) => {}
            (Written::Yes, Written::Yes) => return Err("both won".to_owned()),
            (Written::No, Written::No) => return Err("none won".to_owned()),
        }
    }
    Ok(())
}

async fn close_running<S: Stage>(stage: &S) -> Check {
    let (model, _, world) = remembered(stage, "close-running").await?;
    yes("running", world.settle(&settle(&model, ME, as_running())).await)?;
    let mut wanted = row(&world, &model).await?;
    yes("the end", world.close(&end(&model, 1)).await)?;
    wanted.version += 1;
    wanted.state.phase = Phase::Idle;
    stands(&world, &model, &wanted).await?;
    let ended = Run {
        arn: Some(ARN.to_owned()),
        status: "Completed".to_owned(),
        ended: Some(at(600)),
        billable_seconds: Some(540),
        ..run(&model, 1)
    };
    ran(stage, &model, &ended).await?;
    let again = Close { status: "Failed".to_owned(), ..end(&model, 1) };
    no("a second end", world.close(&again).await)?;
    stands(&world, &model, &wanted).await?;
    ran(stage, &model, &ended).await
}

async fn close_starting<S: Stage>(stage: &S) -> Check {
    let (model, mut wanted, world) = remembered(stage, "close-starting").await?;
    let failure = Some("CapacityError: no machines".to_owned());
    let close = Close {
        status: "Failed".to_owned(),
        ended: None,
        billable_seconds: None,
        failure: failure.clone(),
        ..end(&model, 1)
    };
    yes("an early end", world.close(&close).await)?;
    wanted = wanted.closed(&close);
    wanted.version = 3;
    stands(&world, &model, &wanted).await?;
    same("last_started", &wanted.state.last_started, &Some(at(1)))?;
    ran(stage, &model, &Run { failure, status: "Failed".to_owned(), ..run(&model, 1) }).await?;
    no("the settle that comes late", world.settle(&settle(&model, ME, as_running())).await)
}

async fn close_other<S: Stage>(stage: &S) -> Check {
    let (model, before, world) = started(stage, "close-other").await?;
    for generation in [0, 2] {
        no("the end of another generation", world.close(&end(&model, generation)).await)?;
    }
    stands(&world, &model, &before).await
}

async fn remember_first<S: Stage>(stage: &S) -> Check {
    let (model, world) = (stage.model("remember-first"), stage.world(ME));
    let first = memo(&model, 0);
    yes("a first memo", world.remember(&first).await)?;
    let state = State { sightings: first.sightings, asked: first.asked, ..State::default() };
    let wanted = Row { version: 1, state, turn: None, announced: first.announced };
    stands(&world, &model, &wanted).await?;
    no("a second first memo", world.remember(&memo(&model, 0)).await)?;
    no("a first intent after it", world.intend(&intent(&model, 0, 1)).await)?;
    stands(&world, &model, &wanted).await?;
    yes("an intent on it", world.intend(&intent(&model, 1, 1)).await)
}

async fn remember_stale<S: Stage>(stage: &S) -> Check {
    let (model, before, world) = started(stage, "remember-stale").await?;
    for version in [0, 2, 7] {
        no("a memo on another version", world.remember(&memo(&model, version)).await)?;
    }
    stands(&world, &model, &before).await?;
    let fresh = stage.model("remember-never");
    no("a memo on a row that never was", world.remember(&memo(&fresh, 3)).await)?;
    stands(&world, &fresh, &Row::default()).await
}

async fn remember_alone<S: Stage>(stage: &S) -> Check {
    let (model, mut wanted, world) = remembered(stage, "remember-alone").await?;
    stands(&world, &model, &wanted).await?;
    let empty = Memo {
        sightings: std::collections::BTreeMap::new(),
        asked: None,
        announced: None,
        ..memo(&model, 2)
    };
    yes("an empty memo", world.remember(&empty).await)?;
    wanted.version = 3;
    wanted.state.sightings.clear();
    wanted.state.asked = None;
    wanted.announced = None;
    stands(&world, &model, &wanted).await?;
    ran(stage, &model, &run(&model, 1)).await
}

async fn nothing<S: Stage>(stage: &S) -> Check {
    let (model, world) = (stage.model("nothing"), stage.world(ME));
    for settled in [as_running(), as_waiting(60), as_given_up(None)] {
        no("a settle", world.settle(&settle(&model, ME, settled)).await)?;
    }
    no("a take-over", world.take_over(&claim(&model, ME, LEASE.seconds() + 1)).await)?;
    no("an end", world.close(&end(&model, 1)).await)?;
    no("the end of no generation", world.close(&end(&model, 0)).await)?;
    stands(&world, &model, &Row::default()).await?;
    same("the run", &stage.run(&model, 1).await?, &None)
}

async fn describe<W: World>(world: &W, name: &str) -> Result<Job, String> {
    world.describe(name).await.map_err(|error| format!("the job cannot be described: {}", chain(&error)))
}

async fn job_absent<S: Stage>(stage: &S) -> Check {
    let name = job_name(&stage.model("job-absent"), 1);
    same("the job", &describe(&stage.world(ME), &name).await?, &Job::Absent)
}

async fn job_found<S: Stage>(stage: &S) -> Check {
    let (name, world) = (job_name(&stage.model("job-found"), 1), stage.world(ME));
    let created = match world.create(&request(&name, "ours")).await {
        Creation::Created { arn } => arn,
        other => return Err(format!("the creation was answered with {other:?}")),
    };
    match describe(&stage.world(OTHER), &name).await? {
        Job::Absent => Err("the job is absent".to_owned()),
        Job::Found { arn, decision, status, created: since, ended, .. } => {
            same("the ARN", &arn, &created)?;
            same("the decision", &decision.as_deref(), &Some("ours"))?;
            // A double may train quickly: only what has ended has an end.
            same("whether it has an end", &ended.is_some(), &(status != JobStatus::InFlight))?;
            same("whether it has a beginning", &since.is_some(), &true)
        }
    }
}

async fn job_once<S: Stage>(stage: &S) -> Check {
    let (name, world) = (job_name(&stage.model("job-once"), 1), stage.world(ME));
    match world.create(&request(&name, "ours")).await {
        Creation::Created { .. } => {}
        other => return Err(format!("the first creation was answered with {other:?}")),
    }
    for decision in ["ours", "theirs"] {
        let again = stage.world(OTHER).create(&request(&name, decision)).await;
        same("the answer to the second creation", &again, &Creation::NameTaken)?;
    }
    match describe(&world, &name).await? {
        Job::Found { decision, .. } => same("the decision", &decision.as_deref(), &Some("ours")),
        Job::Absent => Err("the job is absent".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::Memory;
    use std::sync::atomic::{AtomicUsize, Ordering};

    struct InMemory {
        memory: Memory,
        models: AtomicUsize,
    }

    impl Stage for InMemory {
        type World = Memory;

        fn world(&self, token: &str) -> Memory {
            self.memory.invocation(token)
        }

        fn model(&self, check: &str) -> String {
            format!("{check}-{}", self.models.fetch_add(1, Ordering::Relaxed))
        }

        async fn run(&self, model: &str, generation: u32) -> Result<Option<Run>, String> {
            Ok(self.memory.runs(model).into_iter().find(|run| run.generation == generation))
        }
    }

    fn stage() -> InMemory {
        InMemory { memory: Memory::at(at(0)), models: AtomicUsize::new(0) }
    }

    #[tokio::test]
    async fn the_ledger_in_memory_keeps_the_contract() {
        assert_eq!(broken(&ledger(&stage()).await), Vec::<String>::new());
    }

    #[tokio::test]
    async fn the_jobs_in_memory_keep_the_contract() {
        assert_eq!(broken(&jobs(&stage()).await), Vec::<String>::new());
    }
}
