//! Which model served when.

use jiff::Timestamp;
use rekindle_decision::duration::Duration;

use super::Training;

/// The time in which one model served, in periods that are counted from the start of the history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Life {
    /// The last period that was over when the model's training began; negative where that was before the history.
    pub(super) trained: i64,
    /// The first period that is wholly the model's.
    pub(super) from: i64,
    /// The first period that is not wholly the model's any more.
    pub(super) until: i64,
}

/// The lives in the order in which models began to serve. The first is that of the model before all trainings, which
/// counts as trained when the history begins. A life may be empty.
pub(super) fn lives(
    start: Timestamp,
    period: Duration,
    trainings: &[Training],
    serves_after: Duration,
) -> Vec<Life> {
    let seconds = i64::try_from(period.seconds()).unwrap_or(i64::MAX).max(1);
    let since = |at: Timestamp| at.as_second().saturating_sub(start.as_second());
    let mut serves: Vec<(Timestamp, Timestamp)> = trainings
        .iter()
        .map(|training| (serves_after.after(training.took.after(training.began)), training.began))
        .collect();
    serves.sort_unstable();
    let mut lives = vec![Life { trained: -1, from: i64::MIN, until: i64::MAX }];
    for (at, began) in serves {
        let until = since(at).div_euclid(seconds);
        if let Some(before) = lives.last_mut() {
            before.until = until;
        }
        // A period in which two models served is of neither.
        let from = if since(at).rem_euclid(seconds) == 0 { until } else { until.saturating_add(1) };
        let trained = since(began).div_euclid(seconds).saturating_sub(1);
        lives.push(Life { trained, from, until: i64::MAX });
    }
    lives
}

/// The life that a period is in. One in which two models served counts as of the earlier.
pub(super) fn at(lives: &[Life], period: i64) -> Option<&Life> {
    lives.get(lives.partition_point(|life| life.from <= period).checked_sub(1)?)
}
