//! The month of a fleet: what went wrong is found by whoever only reads the log, the bus and the ledger.
#![cfg(test)]

use std::collections::BTreeSet;

use rekindle_decision::duration::Duration;
use rekindle_replay::month::Month;
use rekindle_replay::review::Review;

/// A sweep each hour is enough to see what a review looks like.
fn lived(seed: u64) -> Review {
    Month { seed, sweep_every: Duration::from_seconds(3_600) }.live(|_| (), |_| ()).unwrap()
}

/// The words by which an incident is known, in the order in which the month has them.
const KINDS: [&str; 5] =
    ["waited for SageMaker", "Nothing was decided", "did not help", "gave up", "the budget did not have"];

fn kinds(review: &Review) -> Vec<&str> {
    let kind = |title: &str| KINDS.into_iter().find(|kind| title.contains(kind));
    review.incidents.iter().filter_map(|incident| kind(&incident.title)).collect()
}

#[test]
fn the_month_reads_as_it_did_and_every_promise_is_kept() {
    let review = lived(1);
    assert_eq!(review.broken, [""; 0]);
    assert_eq!(kinds(&review), KINDS);
    insta::assert_snapshot!(review);
}

#[test]
fn another_month_has_the_same_incidents() {
    let other = lived(2);
    assert_eq!(other.broken, [""; 0]);
    let found: BTreeSet<&str> = kinds(&other).into_iter().collect();
    assert_eq!(found.len(), KINDS.len(), "{other}");
}
