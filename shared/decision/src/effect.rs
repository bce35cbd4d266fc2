//! Whether a training helped: the metric before it against the metric after it, with the uncertainty that they allow.
//!
//! Judged once, when as many periods of the new model are mature as are compared, and kept with the start: what a run came
//! to must not change with every look at it.

use alloc::vec::Vec;
use core::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::duration::Duration;
use crate::facts::{Facts, Gap};
use crate::guards::futility;
use crate::policy::{AfterFutility, FUTILITY, Policy, Worse};
use crate::rules::series::{self, Period, finite, median};
use crate::state::Started;

/// What a training came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It is better by at least the gain that counts as help, and not by chance.
    Helped,
    /// Neither better nor worse, as far as so many values can tell.
    NoDifference,
    /// It is worse, and not by chance.
    Worse,
    /// It cannot be told: the next model served, or the metric went silent, before there were enough values.
    CannotTell,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Helped => "helped",
            Self::NoDifference => "no difference",
            Self::Worse => "worse",
            Self::CannotTell => "cannot tell",
        })
    }
}

/// A verdict with its figures.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Effect {
    /// The verdict.
    pub verdict: Verdict,
    /// When it was judged.
    pub at: Timestamp,
    /// The figures; `None` where it cannot be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gain: Option<Gain>,
}

/// What was measured before and after a training.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Gain {
    /// Before: the median of the values, or the rate where samples are counted.
    pub before: f64,
    /// After.
    pub after: f64,
    /// By how much it is better, in the metric's unit; less than nothing is worse.
    pub gain: f64,
    /// Lower end of the gain's 95 % interval.
    pub low: f64,
    /// Upper end of it.
    pub high: f64,
}

impl Effect {
    /// Whether this training speaks for going on. One of which nothing can be told speaks neither for nor against.
    #[must_use]
    pub const fn is_futile(&self) -> Option<bool> {
        match self.verdict {
            Verdict::Helped => Some(false),
            Verdict::NoDifference | Verdict::Worse => Some(true),
            Verdict::CannotTell => None,
        }
    }
}

/// Whether the trainings of late did not help, so that the next one waits: for a person who closes the breaker, for another
/// revision of the policy, or for another signal.
#[must_use]
pub fn breaker_is_open(policy: &Policy, facts: &Facts) -> bool {
    futility::is_open(policy, facts)
}

/// How a start stands that ended well and was not judged yet.
#[derive(Debug, Clone, PartialEq)]
pub enum Judgement {
    /// Too little has been measured since; not before then, where that is known.
    NotYet,
    /// It is time, and the metric could not be read.
    Unread(Gap),
    /// It can be judged.
    Judged(Effect),
}

/// Two-sided quantile of the normal distribution for 95 %.
const Z: f64 = 1.959_963_984_540_054;

/// So many times the time that the compared periods take is waited for them; then it cannot be told.
const PATIENCE: u64 = 3;

/// The starts that can be judged now, each with its effect, by generation. Empty where the policy names no metric that a
/// training should improve.
#[must_use]
pub fn judged(policy: &Policy, facts: &Facts) -> Vec<(u32, Effect)> {
    let open = facts.state.starts.iter().filter(|start| start.effect.is_none());
    open.filter_map(|start| match judge(policy, facts, start)? {
        Judgement::Judged(effect) => Some((start.generation, effect)),
        Judgement::NotYet | Judgement::Unread(_) => None,
    })
    .collect()
}

/// Judges one start; `None` if it has not ended well, or if the policy names no metric.
#[must_use]
pub fn judge(policy: &Policy, facts: &Facts, start: &Started) -> Option<Judgement> {
    let guard = policy.guards.after_futility.as_ref()?;
    let served = policy.serves_after.after(start.trained?);
    let compare = u64::from(compared(guard));
    let first = guard.source.first_whole(served);
    let length =
        |periods: u64| Duration::from_seconds(guard.source.metric.period.seconds().saturating_mul(periods));
    let mature = |periods| guard.source.label_delay.after(length(periods).after(first));
    if facts.now < mature(compare) {
        return Some(Judgement::NotYet);
    }
    let cannot_tell = Judgement::Judged(Effect { verdict: Verdict::CannotTell, at: facts.now, gain: None });
    let late = facts.now >= mature(compare.saturating_mul(PATIENCE));
    let points = match series::points(facts, FUTILITY) {
        Ok(points) => points,
        Err(gap) => return Some(if late { cannot_tell } else { Judgement::Unread(gap) }),
    };
    let values = series::values(&guard.source, points, guard.source.all(facts.now));
    let replaced = next_served(policy, facts, start);
    match sides(guard, start, served, replaced, &values) {
        Some((before, after)) => {
            let effect = weigh(guard, before, after, facts.now);
            Some(effect.map_or(cannot_tell, Judgement::Judged))
        }
        None if late || replaced.is_some() => Some(cannot_tell),
        None => Some(Judgement::NotYet),
    }
}

/// How many values are compared to each side.
fn compared(guard: &AfterFutility) -> u32 {
    guard.compare.clamp(1, AfterFutility::MOST)
}

/// When the model of the next training that ended well began to serve: what was measured since is not of this one.
fn next_served(policy: &Policy, facts: &Facts, start: &Started) -> Option<Timestamp> {
    let later = facts.state.starts.iter().filter(|next| next.generation > start.generation);
    later.filter_map(|next| next.trained).min().map(|trained| policy.serves_after.after(trained))
}

/// The values that are compared; `None` while there are too few to either side.
fn sides<'a>(
    guard: &AfterFutility,
    start: &Started,
    served: Timestamp,
    replaced: Option<Timestamp>,
    values: &'a [Period],
) -> Option<(&'a [Period], &'a [Period])> {
    let compare = usize::try_from(compared(guard)).unwrap_or(usize::MAX);
    // The model before serves until then, but what made somebody train is what was seen until the start.
    let before = values.get(..values.partition_point(|value| value.at < start.at))?;
    let end = replaced.map_or(values.len(), |replaced| values.partition_point(|value| value.at < replaced));
    let after = values.get(values.partition_point(|value| value.at < served)..end)?;
    Some((before.get(before.len().checked_sub(compare)?..)?, after.get(..compare)?))
}

fn weigh(guard: &AfterFutility, before: &[Period], after: &[Period], now: Timestamp) -> Option<Effect> {
    let (before, after, rise, low, high) = rates(before, after).or_else(|| shift(before, after))?;
    let (gain, low, high) = match guard.worse {
        Worse::Lower => (rise, low, high),
        Worse::Higher => (-rise, -high, -low),
    };
    let verdict = if gain >= guard.min_gain && low > 0.0 {
        Verdict::Helped
    } else if high < 0.0 {
        Verdict::Worse
    } else {
        Verdict::NoDifference
    };
    let [before, after, gain, low, high] = [before, after, gain, low, high].map(finite);
    Some(Effect { verdict, at: now, gain: Some(Gain { before, after, gain, low, high }) })
}

type Compared = (f64, f64, f64, f64, f64);

/// Two proportions, where every value is a share of counted samples: their difference with Newcombe's hybrid score interval
/// (R. G. Newcombe, Interval estimation for the difference between independent proportions, Statistics in Medicine 17,
/// 1998, method 10). A mean of samples between nought and one that is no share varies no more than one does: its interval is
/// too wide, and never too narrow.
fn rates(before: &[Period], after: &[Period]) -> Option<Compared> {
    let (p1, l1, u1) = share(before)?;
    let (p2, l2, u2) = share(after)?;
    let rise = p2 - p1;
    let low = rise - libm::sqrt(libm::pow(p2 - l2, 2.0) + libm::pow(u1 - p1, 2.0));
    let high = rise + libm::sqrt(libm::pow(u2 - p2, 2.0) + libm::pow(p1 - l1, 2.0));
    Some((p1, p2, rise, low, high))
}

/// A share with Wilson's score interval.
fn share(values: &[Period]) -> Option<(f64, f64, f64)> {
    let mut samples = 0.0;
    let mut hits = 0.0;
    for value in values {
        let n = value.samples.filter(|n| n.is_finite() && *n > 0.0)?;
        if !(0.0..=1.0).contains(&value.value) {
            return None;
        }
        samples += n;
        hits += value.value * n;
    }
    if !(samples > 0.0 && samples.is_finite()) {
        return None;
    }
    let (p, z2) = (hits / samples, Z * Z);
    let middle = (p + z2 / (2.0 * samples)) / (1.0 + z2 / samples);
    let half =
        Z * libm::sqrt(p * (1.0 - p) / samples + z2 / (4.0 * samples * samples)) / (1.0 + z2 / samples);
    Some((p, (middle - half).max(0.0), (middle + half).min(1.0)))
}

/// Two samples of any kind: the Hodges-Lehmann estimate of the shift between them, with the interval that belongs to the
/// test of Mann and Whitney (J. L. Hodges and E. L. Lehmann, Estimates of location based on rank tests, Annals of
/// Mathematical Statistics 34, 1963). No distribution is assumed. `None` of fewer than [`AfterFutility::LEAST`] to each side:
/// however far they lie apart, it may be chance.
fn shift(before: &[Period], after: &[Period]) -> Option<Compared> {
    let middle = |values: &[Period]| median(values.iter().map(|value| value.value));
    let mut rises: Vec<f64> = after
        .iter()
        .flat_map(|later| before.iter().map(move |earlier| finite(later.value - earlier.value)))
        .collect();
    rises.sort_by(f64::total_cmp);
    let rise = median(rises.iter().copied())?;
    let (n, m) = (f64::from(series::count(before.len())), f64::from(series::count(after.len())));
    let rank = libm::floor(n * m / 2.0 - Z * libm::sqrt(n * m * (n + m + 1.0) / 12.0));
    if rank < 1.0 {
        return None;
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between one and the number of pairs, which were counted"
    )]
    let rank = rank as usize;
    let (low, high) = (*rises.get(rank - 1)?, *rises.get(rises.len().checked_sub(rank)?)?);
    Some((middle(before)?, middle(after)?, rise, low, high))
}
