//! Whole stories, struck at every call and then at every call of the next invocation: whatever fails or is killed, the end is
//! the one of the story that nothing happened to.

mod scenes;

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::Arc;

use crate::stage::{MODEL, Stage, sweep};
use crate::unruly::{Call, Fate, Unruly};
use rekindle_decision::money::Money;
use rekindle_decision::signal::Signal;
use rekindle_decision::state::Phase;
use rekindle_turn::ledger::Row;
use rekindle_turn::world::JobStatus;
use rstest::rstest;
use serde_json::Value;

const FATES: [Fate; 4] = [Fate::Fails, Fate::LosesAnswer, Fate::KillsBefore, Fate::KillsAfter];

/// How often the platform tells an event, as long as it was not answered well.
const TRIES: u32 = 3;

/// Sweeps until everything is as it should be: two for a lease that ends just when the first one looks, and as many for what
/// a turn that is gone has left unsaid.
const HEALED: u32 = 4;

/// What is told, and to which function.
enum Told {
    /// To a turn.
    Event(Vec<Signal>),
    /// To the function that closes runs.
    End(Vec<Signal>),
    /// To a turn, by nobody but the clock.
    Sweep,
}

/// A story: everything until one invocation, what that is told, and what must have come of it.
struct Story {
    stage: Stage,
    told: Told,
    /// How often it is told, as long as it was not answered well.
    tries: u32,
    /// Whether it has the same name each time, as the platform's own tries have; the same event may also come again by itself.
    same_name: bool,
    /// Whether it is done as soon as one try was not struck, before any sweep.
    at_once: bool,
    /// What happens in the world between that and the next sweep.
    then: fn(&Stage),
    /// Every run's status in the end, oldest first.
    runs: &'static [&'static str],
    /// How often a creation may have been asked for.
    creations: RangeInclusive<usize>,
    /// What must be announced, each with its generation.
    news: &'static [&'static str],
    /// What is announced if nothing happens, and need not be: by the time somebody can say it, it may be over.
    passing: &'static [&'static str],
    /// What else must be true.
    also: fn(&Stage, &str),
}

impl Story {
    fn of(stage: Stage, told: Told) -> Self {
        let tries = if matches!(told, Told::Sweep) { 1 } else { TRIES };
        Self {
            stage,
            told,
            tries,
            same_name: true,
            at_once: false,
            then: |_| {},
            runs: &[],
            creations: 0..=0,
            news: &[],
            passing: &[],
            also: |_, _| {},
        }
    }

    /// The same, told by a platform that does not try again.
    fn told_once(self) -> Self {
        Self { tries: 1, at_once: false, ..self }
    }

    /// The same, told by several events of one content.
    fn told_anew(self) -> Self {
        Self { same_name: false, at_once: false, ..self }
    }

    fn at_once(self) -> Self {
        Self { at_once: true, ..self }
    }

    fn then(self, then: fn(&Stage)) -> Self {
        Self { then, ..self }
    }

    /// Must come to runs of these statuses, whose jobs are the only ones that SageMaker was asked for.
    fn makes(self, runs: &'static [&'static str]) -> Self {
        let jobs = runs.iter().filter(|status| !["Withdrawn", "Refused"].contains(status)).count();
        Self { runs, creations: jobs..=jobs, ..self }
    }

    /// The same, and SageMaker says no at times: so often it may be asked.
    fn asking(self, creations: RangeInclusive<usize>) -> Self {
        Self { creations, ..self }
    }

    fn saying(self, news: &'static [&'static str]) -> Self {
        Self { news, ..self }
    }

    fn passing(self, passing: &'static [&'static str]) -> Self {
        Self { passing, ..self }
    }

    fn also(self, also: fn(&Stage, &str)) -> Self {
        Self { also, ..self }
    }

    fn statuses(&self) -> Vec<String> {
        self.stage.world.runs(MODEL).into_iter().map(|run| run.status).collect()
    }
}

/// The invocations of a story, one after the other.
struct Telling {
    story: Story,
    /// Tries that the platform has left.
    tries: u32,
    invocations: u32,
}

impl Telling {
    fn of(story: Story) -> Self {
        Self { tries: story.tries, story, invocations: 0 }
    }

    /// The next invocation, whose `n`th call meets a fate: what the story tells, until the platform was answered well or tries
    /// no more; from then on sweeps.
    async fn next(&mut self, n: usize, fate: Fate) -> Vec<Call> {
        let Story { stage, told, then, same_name, .. } = &self.story;
        let first = self.invocations == 0;
        self.invocations += 1;
        let sweeps = self.tries == 0 || matches!(told, Told::Sweep);
        if !first {
            stage.wait(if sweeps { "15m" } else { "1m" });
        }
        let token = if *same_name && !sweeps { "told".to_owned() } else { format!("{}", self.invocations) };
        let plan = move |at, _| (0, if at == n { fate } else { Fate::Passes });
        let world = Unruly::new(stage.world.invocation(&token), Arc::new(plan));
        let swept = [sweep()];
        let answer = match told {
            Told::End(signals) if !sweeps => world.end(signals).await,
            Told::Event(signals) if !sweeps => world.turn(signals).await.and_then(Result::ok),
            Told::Event(_) | Told::End(_) | Told::Sweep => world.turn(&swept).await.and_then(Result::ok),
        };
        if self.tries > 0 {
            let done = answer.is_some_and(|summary| summary.failed.is_empty());
            self.tries = if done { 0 } else { self.tries - 1 };
            if self.tries == 0 {
                then(stage);
            }
        }
        world.calls()
    }

    /// Everything that comes after, unharmed.
    async fn heal(&mut self, note: &str) {
        let unharmed = self.tries > 0;
        while self.tries > 0 {
            self.next(0, Fate::Passes).await;
        }
        if unharmed && self.story.at_once {
            assert_eq!(self.story.statuses(), self.story.runs, "{note}: at once");
        }
        for _ in 0..HEALED {
            self.next(0, Fate::Passes).await;
        }
    }

    /// The story has ended as it must, after so many strikes, and has ended.
    async fn check(&mut self, strikes: usize, note: &str) {
        let Story { stage, runs, creations, also, .. } = &self.story;
        let row = stage.world.row(MODEL);
        assert_eq!((&row.turn, row.unsaid.as_slice()), (&None, &[][..]), "{note}");
        assert_eq!(self.story.statuses(), *runs, "{note}");
        the_jobs_are_those_of_the_runs(stage, &row, note);
        let asked = stage.world.creations();
        assert!(creations.contains(&asked), "{note}: {asked} creations");
        let reserved: Money =
            stage.world.runs(MODEL).iter().flat_map(|run| &run.reserve).map(|reserve| reserve.amount).sum();
        assert_eq!(stage.world.spent("search", "2026-11"), reserved, "{note}");
        everybody_was_told(&self.story, strikes, note);
        also(stage, note);

        let made = stage.world.jobs();
        for _ in 0..3 {
            self.next(0, Fate::Passes).await;
        }
        let stage = &self.story.stage;
        assert_eq!((stage.heard(), stage.world.jobs()), (Vec::new(), made), "{note}");
    }
}

/// SageMaker has exactly the jobs of the ledger, and both say the same of each.
fn the_jobs_are_those_of_the_runs(stage: &Stage, row: &Row, note: &str) {
    let runs = stage.world.runs(MODEL);
    let made = runs.iter().filter(|run| !["Withdrawn", "Refused"].contains(&run.status.as_str()));
    let made: Vec<&String> = made.map(|run| &run.job).collect();
    assert_eq!(made, stage.generations().iter().collect::<Vec<_>>(), "{note}");
    for run in runs.iter().filter(|run| made.contains(&&run.job)) {
        let end = stage.world.job_end(&run.job).and_then(|(status, _)| JobStatus::ended(status));
        assert_eq!(run.status, end.unwrap_or("InProgress"), "{note}");
        let request = stage.world.request(&run.job).unwrap();
        assert_eq!(request["Environment"]["REKINDLE_DECISION"], run.decision, "{note}");
    }
    let decides = runs.iter().rfind(|run| run.status == "InProgress").map(|run| run.decision.as_str());
    assert_eq!(row.state.phase.decision(), decides, "{note}: {:?}", row.state.phase);
    assert!(!matches!(row.state.phase, Phase::Starting { .. }), "{note}");
}

/// Each was announced, once or as often as it was struck beside that; whoever listens can tell that it is the same thing.
fn everybody_was_told(story: &Story, strikes: usize, note: &str) {
    let mut heard: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for news in story.stage.published() {
        let generation = &news.detail["generation"];
        let which = if generation.is_null() { String::new() } else { format!(" g{generation}") };
        let word = news.detail_type.strip_prefix("Retraining ").unwrap();
        heard.entry(format!("{word}{which}")).or_default().push(news.detail["decision"].clone());
    }
    for word in story.news {
        let decisions = heard.get(*word).map_or(&[][..], Vec::as_slice);
        assert!((1..=1 + strikes).contains(&decisions.len()), "{note}: {word} in {heard:?}");
        // What holds a start changes with what could be read.
        let same = word.starts_with("Held") || decisions.iter().all(|decision| *decision == decisions[0]);
        assert!(same, "{note}: {word} in {heard:?}");
    }
    if strikes == 0 {
        let mut wanted: Vec<&str> = story.news.iter().chain(story.passing).copied().collect();
        let heard: Vec<&str> =
            heard.iter().flat_map(|(word, all)| all.iter().map(|_| word.as_str())).collect();
        wanted.sort_unstable();
        assert_eq!(heard, wanted, "{note}");
    }
}

#[rstest]
#[case::a_tick_starts_a_job(scenes::a_tick)]
#[case::a_tick_that_comes_several_times_starts_a_job(scenes::a_tick_told_anew)]
#[case::an_alarm_starts_a_job(scenes::an_alarm)]
#[case::an_alarm_that_is_told_once_starts_a_job(scenes::an_alarm_told_once)]
#[case::a_sweep_sees_that_a_job_has_ended_and_starts_the_next(scenes::the_next)]
#[case::an_event_tells_the_end_of_a_job(scenes::an_end)]
#[case::an_event_that_comes_once_tells_the_end_of_a_job(scenes::an_end_told_once)]
#[case::several_events_tell_the_end_of_a_job(scenes::an_end_told_anew)]
#[case::a_sweep_carries_on_a_start_whose_turn_is_gone(scenes::a_start_left_behind)]
#[case::a_sweep_finds_the_job_of_a_turn_that_is_gone(scenes::a_job_left_behind)]
#[case::a_tick_that_a_running_job_holds_starts_the_next(scenes::a_tick_held)]
#[case::a_person_agrees(scenes::a_yes)]
#[case::a_newer_occurrence_replaces_the_running_job(scenes::a_replacement)]
#[case::a_person_insists_whatever_the_budget_says(scenes::a_force)]
#[case::a_start_reserves_its_money(scenes::a_reservation)]
#[case::an_end_settles_what_the_run_has_cost(scenes::a_cost)]
#[case::a_start_that_no_quota_is_left_for_waits(scenes::a_quota)]
#[case::a_start_that_is_refused_gives_its_money_back(scenes::a_refusal)]
#[case::the_last_of_the_objects_that_were_waited_for_arrives(scenes::the_last_object)]
#[case::a_person_suspends_the_model(scenes::a_suspension)]
#[case::a_person_cancels_a_start_that_waits(scenes::a_cancellation)]
#[case::a_training_is_judged_and_a_person_called(scenes::a_verdict)]
#[case::a_training_has_failed_and_is_tried_again(scenes::a_failure)]
#[tokio::test]
async fn whatever_is_struck_twice_a_story_ends_as_it_must(#[case] story: impl AsyncFn() -> Story) {
    let mut unharmed = Telling::of(story().await);
    let calls = unharmed.next(0, Fate::Passes).await;
    unharmed.heal("unharmed").await;
    unharmed.check(0, "unharmed").await;

    let mut visited = 0;
    for first in FATES {
        for n in 1..=calls.len() {
            let unstruck = struck_twice(&story, (n, first), (0, Fate::Passes)).await;
            visited += 1;
            for second in FATES {
                for m in 1..=unstruck.1.len() {
                    let made = struck_twice(&story, (n, first), (m, second)).await;
                    assert_eq!((&made.0[n - 1], &made.1[m - 1]), (&calls[n - 1], &unstruck.1[m - 1]));
                    visited += 1;
                }
            }
        }
    }
    let this = std::thread::current();
    println!("{}: {visited} crash points, {} calls: {calls:?}", this.name().unwrap_or_default(), calls.len());
    assert!(visited >= 2 * calls.len() * FATES.len(), "{visited} crash points of {} calls", calls.len());
}

/// Tells a story whose first two invocations meet a fate each; gives back the calls of both.
async fn struck_twice(
    story: &impl AsyncFn() -> Story,
    (n, first): (usize, Fate),
    (m, second): (usize, Fate),
) -> (Vec<Call>, Vec<Call>) {
    let mut telling = Telling::of(story().await);
    let made = telling.next(n, first).await;
    let then = telling.next(m, second).await;
    let of = |calls: &[Call], n: usize| n.checked_sub(1).and_then(|at| calls.get(at).copied());
    let note = format!("{first:?} at {:?} ({n}), then {second:?} at {:?} ({m})", of(&made, n), of(&then, m));
    telling.heal(&note).await;
    telling.check(if m == 0 { 1 } else { 2 }, &note).await;
    (made, then)
}
