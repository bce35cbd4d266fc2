//! A function fails, or is killed, at one call: what `stories` does not tell of every call of every story.

use std::sync::Arc;

use crate::stage::{DRIFT, MODEL, Stage, WEEKLY, alarm, ended, monday, name, sweep};
use crate::unruly::{Call, Fate, Unruly};
use rekindle_decision::signal::{AlarmState, Signal};
use rekindle_decision::state::Phase;
use rekindle_turn::World;
use rekindle_turn::ledger::{Change, LEASE, Settle, Settled, Written};
use rekindle_turn::world::Creation;
use rstest::rstest;

const FATES: [Fate; 4] = [Fate::Fails, Fate::LosesAnswer, Fate::KillsBefore, Fate::KillsAfter];

/// The calls of a turn that starts a job.
const STORY: [Call; 7] =
    [Call::Policies, Call::Rows, Call::Intend, Call::Create, Call::Settle, Call::Publish, Call::Said];

/// A turn whose `n`th call meets a fate.
async fn struck(stage: &Stage, token: &str, signals: &[Signal], n: usize, fate: Fate) -> Vec<Call> {
    let plan = Arc::new(move |at, _| (0, if at == n { fate } else { Fate::Passes }));
    let world = Unruly::new(stage.world.invocation(token), plan);
    let _ = world.turn(signals).await;
    world.calls()
}

/// Exactly one job, and everybody was told that it was started and, later, that it has ended.
async fn one_job_and_told(stage: &Stage, note: &str) {
    one_job(stage, note).await;
    let heard = stage.heard();
    assert!(heard.contains(&"Retraining Started".to_owned()), "{note}: {heard:?}");
    assert_eq!(stage.world.row(MODEL).unsaid, [], "{note}");
    stage.end_job();
    stage.sweep().await;
    let finished = |heard: Vec<String>| heard.iter().filter(|word| *word == "Retraining Finished").count();
    assert_eq!(finished(stage.heard()), 1, "{note}");
    quiet(stage, note).await;
}

/// Nothing is said again and again.
async fn quiet(stage: &Stage, note: &str) {
    let row = stage.world.row(MODEL);
    assert_eq!(row.unsaid, [], "{note}");
    stage.sweep().await;
    let _ = stage.heard();
    for _ in 0..3 {
        stage.wait("16m");
        stage.sweep().await;
    }
    assert_eq!(stage.heard(), Vec::<String>::new(), "{note}");
}

/// Exactly one job, and the ledger knows it as running; and it stays the only one.
async fn one_job(stage: &Stage, note: &str) {
    assert_eq!(stage.generations().len(), 1, "{note}");
    let row = stage.world.row(MODEL);
    assert!(matches!(row.state.phase, Phase::Running { .. }), "{note}: {row:?}");
    assert_eq!(row.turn, None, "{note}");
    let runs = stage.world.runs(MODEL);
    assert_eq!((runs.len(), runs[0].status.as_str()), (1, "InProgress"), "{note}");
    let request = stage.world.request(&name(1)).unwrap();
    let Phase::Running { decision, .. } = row.state.phase else { unreachable!() };
    assert_eq!(request["Environment"]["REKINDLE_DECISION"], decision, "{note}");
    stage.wait("1h");
    assert_eq!(stage.sweep().await.started, 0, "{note}");
    assert_eq!(stage.generations().len(), 1, "{note}");
}

#[tokio::test]
async fn a_turn_that_starts_makes_the_calls_of_the_story() {
    let stage = Stage::with(WEEKLY);
    assert_eq!(struck(&stage, "one", &[monday()], 0, Fate::Passes).await, STORY);
    one_job_and_told(&stage, "no fate").await;
}

#[rstest]
#[case::a_tick(false)]
#[case::an_alarm(true)]
#[tokio::test]
async fn nobody_tries_again_and_the_sweep_heals_it_after_the_lease(#[case] by_alarm: bool) {
    let signals = |stage: &Stage| if by_alarm { alarm(AlarmState::Alarm, stage.now()) } else { monday() };
    let calls = if by_alarm { STORY.len() + 1 } else { STORY.len() };
    for fate in FATES {
        for n in 1..=calls {
            let stage = Stage::with(if by_alarm { DRIFT } else { WEEKLY });
            stage.world.set_alarm("churn-drift", AlarmState::Alarm);
            let made = struck(&stage, "one", &[signals(&stage)], n, fate).await;
            let note = format!("{fate:?} at {:?}", made.last());
            stage.wait("5m");
            stage.sweep().await;
            assert!(stage.generations().len() <= 1, "{note}: within the lease nobody else works on it");
            stage.wait("15m1s");
            // A tick that never reached the ledger is delivered again; an alarm is a level.
            if !by_alarm && stage.world.row(MODEL).version == 0 {
                stage.turn(&[monday()]).await;
            }
            stage.sweep().await;
            one_job_and_told(&stage, &note).await;
        }
    }
}

#[tokio::test]
async fn a_job_started_by_a_take_over_is_told_even_if_the_row_cannot_be_read_after() {
    let stage = Stage::with(WEEKLY);
    struck(&stage, "one", &[monday()], 3, Fate::KillsAfter).await;
    stage.wait("15m1s");
    let _ = stage.heard();
    let plan = Arc::new(|n, call| (0, if n > 3 && call == Call::Rows { Fate::Fails } else { Fate::Passes }));
    let world = Unruly::new(stage.world.invocation("two"), plan);
    let summary = world.turn(&[sweep()]).await.unwrap().unwrap();
    assert_eq!((summary.started, summary.failed.len(), summary.mended), (1, 1, 1));
    assert!(stage.heard().contains(&"Retraining Started".to_owned()));
    one_job(&stage, "the row could not be read after").await;
}

#[tokio::test]
async fn a_job_that_cannot_be_described_keeps_its_model_in_flight_and_is_counted_as_failed() {
    let stage = Stage::with(WEEKLY);
    stage.turn(&[monday()]).await;
    stage.wait("1d");
    let _ = stage.line();
    let plan = Arc::new(|_, call| (0, if call == Call::Describe { Fate::Fails } else { Fate::Passes }));
    let summary = Unruly::new(stage.world.invocation("two"), plan).turn(&[sweep()]).await.unwrap().unwrap();
    assert_eq!((summary.mended, summary.started), (0, 0));
    let line = stage.line();
    assert_eq!((&line["FailedModels"], &line["repair"]["error"]), (&1.into(), &"the line is dead".into()));
    assert!(matches!(stage.world.row(MODEL).state.phase, Phase::Running { .. }));
}

/// A model whose job has ended, and nobody has seen it.
async fn over() -> Stage {
    let stage = Stage::of(DRIFT, "{ cooldown: 0s }", "");
    stage.world.set_alarm("churn-drift", AlarmState::Alarm);
    stage.sweep().await;
    stage.wait("1h");
    stage.end_job();
    stage
}

#[tokio::test]
async fn a_turn_that_sees_an_end_closes_it_before_it_starts_the_next() {
    let calls = [
        Call::Policies,
        Call::Rows,
        Call::Alarms,
        Call::Describe,
        Call::Close,
        Call::Rows,
        Call::Intend,
        Call::Create,
        Call::Settle,
        Call::Run,
        Call::Publish,
        Call::Said,
    ];
    assert_eq!(struck(&over().await, "two", &[sweep()], 0, Fate::Passes).await, calls);
}

#[tokio::test]
async fn an_event_that_tells_an_end_closes_it_and_can_start_nothing() {
    let world = Unruly::new(over().await.world.invocation("end"), Arc::new(|_, _| (0, Fate::Passes)));
    world.end(&[ended(&name(1), "Completed")]).await.unwrap();
    let calls = [Call::Describe, Call::Rows, Call::Close, Call::Rows, Call::Run, Call::Publish, Call::Said];
    assert_eq!(world.calls(), calls);
}

/// The platform's second try has the name of the first, and what the first had sent may land after it.
#[tokio::test]
async fn a_refusal_that_is_written_late_gives_up_nothing_that_the_next_try_has_made() {
    let stage = Stage::with(WEEKLY);
    let (code, message) = ("AccessDeniedException".to_owned(), "not allowed".to_owned());
    stage.world.answer_next([Creation::Refused { code, message: message.clone() }]);
    let settles = STORY.iter().position(|call| *call == Call::Settle).unwrap() + 1;
    struck(&stage, "one", &[monday()], settles, Fate::Fails).await;
    let late = Change::Settle(Settle {
        model: MODEL.to_owned(),
        generation: 1,
        turn: "one".to_owned(),
        lease_until: LEASE.after(stage.now()),
        now: stage.now(),
        settled: Settled::GivenUp { status: "Refused".to_owned(), failure: message, refused: None },
    });
    stage.wait("1m");
    let plan = Arc::new(|_, call| (0, if call == Call::Create { Fate::KillsAfter } else { Fate::Passes }));
    let _ = Unruly::new(stage.world.invocation("one"), plan).turn(&[monday()]).await;
    assert_eq!(stage.generations(), [name(1)]);
    assert_eq!(stage.world.change(&late).await.unwrap(), Written::No);
    stage.wait("15m1s");
    stage.sweep().await;
    one_job(&stage, "a late refusal").await;
}

/// Lambda may begin one invocation twice at the same time, under one name: each takes a start over as its own.
#[tokio::test]
async fn a_refusal_to_one_of_two_twins_gives_up_nothing_that_the_other_makes() {
    let stage = Stage::with(WEEKLY);
    let (code, message) = ("ThrottlingException".to_owned(), "slow down".to_owned());
    stage.world.answer_next([Creation::NotNow { code, message }]);
    stage.turn(&[monday()]).await;
    stage.wait("16m");
    let (code, message) = ("AccessDeniedException".to_owned(), "not allowed".to_owned());
    stage.world.answer_next([Creation::Refused { code, message }]);
    let twin = |take_over: u32, create: u32| {
        let others = move |call| {
            if call == Call::TakeOver {
                take_over
            } else if call == Call::Create {
                create
            } else {
                0
            }
        };
        let plan = Arc::new(move |_, call| (others(call), Fate::Passes));
        Unruly::new(stage.world.invocation("twin"), plan)
    };
    // Both read before either takes over; the one takes over first and creates last, the other is refused in between.
    let (one, other) = (twin(2, 60), twin(10, 0));
    let sweeps = [sweep()];
    let _ = futures::future::join(one.turn(&sweeps), other.turn(&sweeps)).await;
    assert_eq!(stage.generations(), [name(1)]);
    stage.wait("15m1s");
    stage.sweep().await;
    one_job(&stage, "twins").await;
}
