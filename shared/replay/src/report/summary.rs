//! What a report comes to, in sentences.

use std::fmt::Write as _;

use jiff::Timestamp;
use rekindle_decision::duration::Duration;

use super::number::{fixed, lasting, length, several, whole};
use super::{Knowledge, Outcome, Report};

/// The name of the way that never trains.
const NEVER: &str = "never";

impl Report {
    /// Over how long the ways are compared.
    pub(super) fn span(&self) -> Duration {
        Duration::between(self.from, self.to)
    }

    /// When, over which history, in what steps, and at which price.
    pub(super) fn setting(&self) -> [String; 4] {
        [
            format!("{} to {}", day(self.from), day(self.to)),
            self.history.clone(),
            format!("periods of {}", self.period),
            format!("a training costs {}", self.unit.phrase(self.retrain_cost)),
        ]
    }

    /// Two or three sentences for whoever reads nothing else.
    pub(super) fn summary(&self) -> Vec<String> {
        [Some(self.costs()), Some(self.staleness()), self.nearest()].into_iter().flatten().collect()
    }

    fn costs(&self) -> String {
        let cost = |outcome: &Outcome| self.unit.phrase(outcome.total);
        let mut text = format!(
            "Over {} your policy would have started {} and cost {}",
            lasting(self.span()),
            several(self.policy.starts.len(), "training"),
            cost(&self.policy)
        );
        if let Some(optimum) = self.optimum().filter(|optimum| optimum.total.is_finite()) {
            let best = if self.assumed() {
                "best plan, as models are assumed to age,"
            } else {
                "best possible plan"
            };
            let _ = write!(text, "; the {best} would have cost {}", cost(optimum));
        }
        if let Some(never) = self.rivals.iter().find(|rival| rival.name == NEVER && rival.total.is_finite()) {
            let _ = write!(text, ", never training {}", cost(never));
        }
        text + "."
    }

    fn staleness(&self) -> String {
        let Outcome { stale, false_starts, holds, .. } = &self.policy;
        let share = match self.span().signed().as_secs_f64() {
            span if span > 0.0 => {
                format!(" ({} % of the time)", fixed(stale.signed().as_secs_f64() / span * 100.0, 0))
            }
            _ => String::new(),
        };
        let mut text = match stale.seconds() {
            0 => "Its model would never have been stale beyond the noise".to_owned(),
            _ => format!("Its model would have been stale for {}{share}", length(*stale)),
        };
        if *false_starts > 0 {
            let trainings = several(*false_starts, "training");
            let paid = if *false_starts == 1 { "it" } else { "them" };
            let _ = write!(text, ", and {trainings} would have saved less than was paid for {paid}");
        }
        let most = holds.iter().filter(|(_, times)| **times > 0).max_by_key(|(_, times)| **times);
        match most {
            Some((by, _)) => format!("{text}; most often it was {by} that held a start back."),
            None => text + ".",
        }
    }

    /// The cheapest other way that somebody could really have taken.
    fn nearest(&self) -> Option<String> {
        let (_, real) = self.rivals.split_last()?;
        let known = real.iter().filter(|rival| rival.total.is_finite());
        let best = known.min_by(|one, other| one.total.total_cmp(&other.total))?;
        let less = self.policy.total - best.total;
        let name = &best.name;
        let by = self.unit.phrase(less.abs());
        match less {
            less if !less.is_finite() => None,
            _ if by == self.unit.phrase(0.0) => Some(format!(
                "No other way that was tried would have cost less; {name} would have cost the same."
            )),
            less if less > 0.0 => Some(format!(
                "Of the other ways that were tried, {name} would have been the cheapest, by {by} below your policy."
            )),
            _ => Some(format!(
                "No other way that was tried would have cost less; {name} comes next, with {by} more."
            )),
        }
    }

    /// How the losses of models that were never deployed are known.
    pub(super) fn known(&self) -> String {
        match &self.world {
            Knowledge::Measured => {
                "Measured: every possible model was evaluated on every later period, so the optimum is exact."
                    .to_owned()
            }
            Knowledge::Assumed { ageing } => format!(
                "Assumed: nobody measured the models that were never deployed. How they would have aged was fitted ({}), and the optimum and everything compared with it are as good as that.",
                ageing.trim_end_matches('.')
            ),
        }
    }

    /// How much of a list that is shown to so many is left out.
    pub(super) fn more(&self, shown: usize) -> Option<String> {
        let rest = self.policy.starts.len().checked_sub(shown).filter(|rest| *rest > 0)?;
        Some(format!("and {} more", whole(rest)))
    }
}

/// A day as people write it.
fn day(at: Timestamp) -> String {
    at.strftime("%-d %B %Y").to_string()
}
