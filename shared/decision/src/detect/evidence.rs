//! Evidence that losses are above what is tolerated, with a promise that holds however often somebody looks.
//!
//! The Shiryaev-Roberts e-detector of Shin, Ramdas and Rinaldo, "E-detectors: a nonparametric framework for
//! sequential change detection" (2024), for losses between nought and one.
//!
//! # The promise
//!
//! As long as the mean loss, given the past, is at most the tolerated one, the average number of periods to the first
//! alarm is at least [`Settings::run_length`]. Nothing else is assumed: not that losses are errors (any value from
//! nought to one will do), nor that they are independent, nor that their mean stays where it is, nor that periods are
//! of one size. Only the size of a period must not depend on the losses in it.
//!
//! Why: let `p` be the tolerated mean and `q > p` an alternative. One loss `x` is worth
//! `(q/p)^x · ((1-q)/(1-p))^(1-x)`. That is a convex function of `x`, so between nought and one it lies below its
//! chord `x·q/p + (1-x)·(1-q)/(1-p)`, which rises with `x`, and whose mean is 1 where the mean of `x` is `p`. So the
//! mean worth of a loss is at most 1 whatever its distribution, and so is that of a period, which is the product
//! `L = exp(sum·ln(q/p) + (count-sum)·ln((1-q)/(1-p)))`.
//!
//! The detector keeps `M ← L·(1 + M)`: the worth of all periods since each possible start of a change, added up over
//! the starts. A period adds at most 1 to the mean of `M`, so that at any moment at which one may choose to stop, `M`
//! is on average at most the number of periods gone by. The alarm stops it where `M` is at least `A`; hence `A` is at
//! most the average number of periods until then. A mean of several such `M`, one for each alternative, obeys the same
//! argument, and so does any rule that alarms only at some of the moments at which `M ≥ A`.
//!
//! # The alternatives
//!
//! How much worse a model gets is not known beforehand, so six alternatives share the evidence equally. They are
//! laid out by odds, `q/(1-q) = r·p/(1-p)`, which keeps `q` below one for every `p`. With an alternative whose `ln r`
//! is `d` while the truth is `t`, evidence grows by about `t·d - d²/2` units of information per loss: a share
//! `1 - (1 - d/t)²` of the fastest. A grid that doubles `d` from one alternative to the next therefore never falls
//! below 8/9 of the fastest between its ends, nor where `t` is up to a quarter below the least `d` or up to a half
//! above the greatest. From `r = 8` downwards six alternatives
//! (8, 2.83, 1.68, 1.30, 1.14, 1.07) reach from odds 1.05 times the tolerated ones to 22 times. The price of sharing
//! is `ln 6` in a race to `ln A`, and one exponential per alternative and period.

use core::f64::consts::LN_2;

use super::{Batch, Reading};

/// The logarithms of the odds ratios: of 8, and of each one's square root.
const LOG_ODDS: [f64; 6] =
    [3.0 * LN_2, 1.5 * LN_2, 0.75 * LN_2, 0.375 * LN_2, 0.187_5 * LN_2, 0.093_75 * LN_2];

/// What each alternative counts for.
const SHARE: f64 = 1.0 / 6.0;

/// What is tolerated, and how rarely a false alarm may come. Both are the owner's to say: there is no default.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// The mean loss that is still in order, between nought and one.
    ///
    /// At nought or below, the first loss at all is an alarm. At one and above nothing can be worse than tolerated, so
    /// nothing is an alarm, and neither is it if this is not a number.
    pub tolerated: f64,
    /// The least average number of periods to a false alarm.
    ///
    /// Below one it counts as one: nobody is alarmed before the first period. If it is not a number nothing is an
    /// alarm.
    pub run_length: f64,
}

/// The e-detector: it weighs how much better losses above the tolerated mean explain what was seen.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    tolerated: f64,
    run_length: f64,
    alternatives: [Alternative; LOG_ODDS.len()],
}

/// One mean that the losses might have come to.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Alternative {
    log_odds: f64,
    /// What a loss of nought takes away: minus the logarithm of `(1-q)/(1-p)`.
    cost: f64,
    evidence: f64,
}

impl Evidence {
    /// A detector that has seen nothing.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        let Settings { tolerated, run_length } = settings;
        let tolerated = if tolerated.is_nan() { 1.0 } else { tolerated.clamp(0.0, 1.0) };
        let run_length = if run_length.is_nan() { f64::INFINITY } else { run_length.max(1.0) };
        let alternatives = LOG_ODDS.map(|log_odds| Alternative {
            log_odds,
            // (1-p)/(1-q) = 1 + p·(r-1), without losing digits where p is small or r near one.
            cost: libm::log1p(tolerated * libm::expm1(log_odds)),
            evidence: 0.0,
        });
        Self { tolerated, run_length, alternatives }
    }

    /// Weighs one more period, and says whether it raises an alarm.
    ///
    /// A period whose own mean is within the tolerated one never does, whatever the periods before it add up to: where
    /// periods say next to nothing (a handful of losses, a tiny tolerated mean) evidence creeps up by up to 1 a period
    /// even without a single loss. Not to alarm then can only make the run to a false alarm longer.
    ///
    /// A sum outside nought to the count is taken to the nearer of the two.
    pub fn step(&mut self, batch: Batch) -> bool {
        let Some((mean, count)) = batch.rate() else { return false };
        for alternative in &mut self.alternatives {
            let worth = if self.tolerated > 0.0 {
                // By the mean and not by the sum, for a product that overflows is still no NaN.
                libm::exp(count * (mean * alternative.log_odds - alternative.cost))
            } else if mean > 0.0 {
                f64::INFINITY
            } else {
                0.0
            };
            // Bounded, so that a period worth nothing after one worth everything is not nought times infinity.
            alternative.evidence = (worth * (1.0 + alternative.evidence)).min(f64::MAX);
        }
        mean > self.tolerated && self.statistic() >= self.run_length
    }

    /// The evidence so far, and the run length at which it is an alarm.
    #[must_use]
    pub fn reading(&self) -> Reading {
        Reading { statistic: self.statistic(), level: self.run_length }
    }

    /// The mean of the evidence for each alternative.
    fn statistic(&self) -> f64 {
        let share = |alternative: &Alternative| SHARE * alternative.evidence;
        self.alternatives.iter().map(share).sum::<f64>().min(f64::MAX)
    }
}
