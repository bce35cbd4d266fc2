//! Turns that run at the same time, in thousands of orders.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::stage::{MODEL, Stage, alarm, ask, asked, monday, name, sweep};
use crate::unruly::{Fate, Unruly};
use futures::future::join_all;
use rekindle_decision::duration::Duration;
use rekindle_decision::signal::{AlarmState, Ask, Signal};
use rekindle_decision::state::Phase;
use rekindle_turn::world::Creation;

const ROUNDS: u64 = 3_000;

/// Small numbers from a seed (SplitMix64): the same seed is the same round.
struct Dice(AtomicU64);

impl Dice {
    fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15)))
    }

    fn below(&self, limit: u64) -> u64 {
        let mut z = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % limit
    }
}

const BOTH: &str = "{ weekly: { schedule: \"cron(0 3 ? * MON *)\", rule: rekindle-weekly, deadline: 12h }, \
     drift: { alarm: \"{model}-drift\" } }";

/// What wakes the turns of one round.
fn wakes(dice: &Dice, stage: &Stage) -> Vec<Vec<Signal>> {
    let turns = 2 + dice.below(2);
    let one = |n: u64| match n {
        0 => monday(),
        1 => alarm(AlarmState::Alarm, stage.now()),
        2 => asked(Ask { force: true, ..ask("a") }),
        _ => sweep(),
    };
    (0..turns).map(|_| vec![one(dice.below(4))]).collect()
}

/// Exactly one job of ours, settled; whatever else comes, none is added.
fn one_job(stage: &Stage, seed: u64) {
    assert_eq!(stage.generations(), [name(1)], "seed {seed}");
    let row = stage.world.row(MODEL);
    assert!(matches!(row.state.phase, Phase::Running { .. }), "seed {seed}: {row:?}");
    assert_eq!((row.state.generation, stage.world.runs(MODEL).len()), (1, 1), "seed {seed}");
}

#[tokio::test]
async fn turns_at_the_same_time_start_one_job() {
    for seed in 0..ROUNDS {
        let dice = Arc::new(Dice::new(seed));
        let stage = Stage::with(BOTH);
        stage.world.set_alarm("churn-drift", AlarmState::Alarm);
        let wakes = wakes(&dice, &stage);
        let worlds: Vec<Unruly> = (0..wakes.len())
            .map(|n| {
                let dice = Arc::clone(&dice);
                let plan = Arc::new(move |_, _| (u32::try_from(dice.below(5)).unwrap(), Fate::Passes));
                Unruly::new(stage.world.invocation(&format!("turn-{n}")), plan)
            })
            .collect();
        let done = join_all(worlds.iter().zip(&wakes).map(|(world, wake)| world.turn(wake))).await;
        let started: usize = done.into_iter().map(|summary| summary.unwrap().unwrap().started).sum();
        assert_eq!(started, 1, "seed {seed}: one turn says that it started the job");
        one_job(&stage, seed);
        assert_eq!(stage.world.creations(), 1, "seed {seed}");
        assert_eq!(
            stage.heard().iter().filter(|news| *news == "Retraining Started").count(),
            1,
            "seed {seed}"
        );
        stage.wait("20m");
        stage.sweep().await;
        one_job(&stage, seed);
    }
}

#[tokio::test]
async fn turns_at_the_same_time_that_are_struck_and_slow_start_one_job() {
    for seed in 0..ROUNDS {
        let dice = Arc::new(Dice::new(seed ^ 0x5eed_0000_0000));
        let stage = Stage::with(BOTH);
        stage.world.set_alarm("churn-drift", AlarmState::Alarm);
        if dice.below(4) == 0 {
            let quota =
                || Creation::NotNow { code: "Throttling".to_owned(), message: "slow down".to_owned() };
            let lost = Creation::NoAnswer { error: "timed out".to_owned() };
            stage.world.answer_next(
                [quota(), lost, quota()].into_iter().take(1 + usize::try_from(dice.below(3)).unwrap()),
            );
        }
        stage.world.show_jobs_after(Duration::from_seconds(60 * dice.below(3)));
        let wakes = wakes(&dice, &stage);
        let worlds: Vec<Unruly> = (0..wakes.len())
            .map(|n| {
                let (dice, clock) = (Arc::clone(&dice), stage.world.clone());
                let plan = Arc::new(move |_, _| {
                    let others = u32::try_from(dice.below(5)).unwrap();
                    // The clock jumps past the lease in the middle of a turn: a function that was frozen.
                    if dice.below(30) == 0 {
                        use rekindle_turn::World;
                        clock.set_now(clock.now() + jiff::SignedDuration::from_secs(901));
                    }
                    let fate = match dice.below(40) {
                        0 => Fate::Fails,
                        1 => Fate::LosesAnswer,
                        2 => Fate::KillsBefore,
                        3 => Fate::KillsAfter,
                        _ => Fate::Passes,
                    };
                    (others, fate)
                });
                Unruly::new(stage.world.invocation(&format!("turn-{n}")), plan)
            })
            .collect();
        join_all(worlds.iter().zip(&wakes).map(|(world, wake)| world.turn(wake))).await;
        assert!(stage.generations().len() <= 1, "seed {seed}: {:?}", stage.generations());
        for _ in 0..5 {
            stage.wait("15m1s");
            stage.sweep().await;
        }
        one_job(&stage, seed);
        let heard = stage.heard();
        assert!(heard.contains(&"Retraining Started".to_owned()), "seed {seed}: {heard:?}");
        assert_eq!(stage.world.row(MODEL).unsaid, [], "seed {seed}");
    }
}

/// While jobs end and levels stay, there is never more than one in flight, and every generation is one job.
#[tokio::test]
async fn a_busy_day_has_one_job_at_a_time() {
    for seed in 0..300 {
        let dice = Arc::new(Dice::new(seed ^ 0xda7));
        let stage = Stage::of(BOTH, "{ cooldown: 30m }", "");
        stage.world.set_alarm("churn-drift", AlarmState::Alarm);
        for step in 0..24 {
            let wakes = wakes(&dice, &stage);
            let worlds: Vec<Unruly> = (0..wakes.len())
                .map(|n| {
                    let dice = Arc::clone(&dice);
                    let plan = Arc::new(move |_, _| {
                        let fate = if dice.below(25) == 0 { Fate::KillsAfter } else { Fate::Passes };
                        (u32::try_from(dice.below(4)).unwrap(), fate)
                    });
                    Unruly::new(stage.world.invocation(&format!("turn-{step}-{n}")), plan)
                })
                .collect();
            join_all(worlds.iter().zip(&wakes).map(|(world, wake)| world.turn(wake))).await;
            let open = stage.world.jobs().iter().filter(|(_, ended)| !ended).count();
            assert!(open <= 1, "seed {seed}, step {step}: {:?}", stage.world.jobs());
            if open == 1 && dice.below(2) == 0 {
                stage.end_job();
            }
            stage.wait("17m");
        }
        let generation = usize::try_from(stage.world.row(MODEL).state.generation).unwrap();
        let jobs = stage.generations().len();
        assert!(
            jobs >= generation - 1 && jobs <= generation,
            "seed {seed}: {jobs} jobs of {generation} generations"
        );
        assert!(jobs >= 5, "seed {seed}: the alarm never stopped, so there were jobs: {jobs}");
    }
}
