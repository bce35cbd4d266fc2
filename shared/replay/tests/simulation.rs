//! The share of the simulation that every change is put through, and proof that it looks at something.
#![cfg(test)]

use rekindle_replay::trial::{Stock, Trial, Verdict};
use rekindle_replay::{Counts, Sabotage};

/// Seeds that every change is put through; the full run takes 20,000.
const SEEDS: u64 = 5_000;

/// Seeds within which each sabotage must be found.
const WITHIN: u64 = 200;

fn live(stock: &Stock, seed: u64, sabotage: Option<Sabotage>) -> Verdict {
    Trial { seed, sabotage, told: false }.run(stock)
}

#[test]
fn every_promise_is_kept_and_the_world_is_unruly() {
    let stock = Stock::read().unwrap();
    let mut counts = Counts::default();
    for seed in 0..SEEDS {
        let verdict = live(&stock, seed, None);
        assert!(
            verdict.violations.is_empty(),
            "seed {seed}: {:#?}\nread it with: cargo run --release -p rekindle-replay --example simulate -- --seed {seed}",
            verdict.violations
        );
        counts.join(&verdict.counts);
    }
    println!("seeds 0 to {}: {} turns\n{counts}", SEEDS - 1, counts.of("turns"));
    for (what, least) in [
        ("turns", 15_000),
        ("jobs made", 800),
        ("verdict: hold", 5_000),
        ("kills before a call", 50),
        ("kills after a call", 50),
        ("timeouts", 20),
        ("answers lost", 100),
        ("calls that failed", 100),
        ("calls that took effect late", 50),
        ("calls that hung", 20),
        ("calls that were slow", 100),
        ("creations refused", 100),
        ("outcome: waiting", 50),
        ("outcome: refused", 20),
        ("names taken", 20),
        ("names taken by strangers", 20),
        ("announcements lost", 20),
        ("events delivered twice", 100),
        ("events late", 100),
        ("ticks dropped", 50),
        ("alarm events dropped", 50),
        ("sweeps dropped", 100),
        ("tries by the platform", 100),
        ("events for the failure queue", 5),
        ("invocations begun twice under one name", 50),
        ("starts taken over", 50),
        ("own starts taken up again", 10),
        ("intents lost", 20),
        ("intents over budget", 1),
        ("memos lost", 50),
        ("settles lost", 5),
        ("triggers withdrawn", 50),
        ("stops", 20),
        ("approvals", 50),
        ("policies switched off", 10),
        ("mended: closed", 500),
        ("hands", 100),
        ("costs known", 500),
    ] {
        assert!(counts.of(what) >= least, "{what}: {} of at least {least}", counts.of(what));
    }
}

/// Each broke a promise before the product was mended; what it did is in the history under the seed's number.
#[test]
fn what_was_found_once_stays_mended() {
    let stock = Stock::read().unwrap();
    for (seed, what) in [
        (
            808,
            "a no after a try that had made the job was taken for the end, and the next start ran beside it",
        ),
        (2461, "the same, with the first try refused for now"),
        (1367, "the same, in the retry of an invocation"),
        (1396, "a request that came while a forced one was answered was forgotten"),
        (664, "a request that another stood for started again when it was delivered again"),
        (889, "what came before a start and was told after it was counted for the next"),
        (12_128, "a latch was forgotten that was seen in the very moment of a start"),
        (39_120, "a latch was forgotten that was seen again only while a start waited"),
        (
            53_834,
            "of two invocations under one name, a no to the one gave up the job that the other had made",
        ),
    ] {
        let violations = live(&stock, seed, None).violations;
        assert!(violations.is_empty(), "seed {seed}, {what}: {violations:#?}");
    }
}

#[test]
fn the_same_seed_is_the_same_history() {
    let stock = Stock::read().unwrap();
    let told = |seed| {
        let Verdict { counts, story, .. } = Trial { seed, sabotage: None, told: true }.run(&stock);
        (counts, story.about(None).to_string())
    };
    assert_eq!(told(3), told(3));
    // Telling the story changes nothing in it.
    assert_eq!(told(3).0, live(&stock, 3, None).counts);
}

#[test]
fn every_protection_that_is_taken_away_is_missed() {
    let stock = Stock::read().unwrap();
    for sabotage in Sabotage::ALL {
        let found = (0..WITHIN).find_map(|seed| {
            let verdict = live(&stock, seed, Some(sabotage));
            verdict.violations.into_iter().next().map(|violation| (seed, violation))
        });
        let Some((seed, violation)) = found else { panic!("without the {sabotage}, nothing was found") };
        println!("without the {sabotage}, seed {seed}: {}: {}", violation.promise, violation.found);
    }
}
