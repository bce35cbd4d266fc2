//! What a world is asked: the metric that depends on which model serves.

use anyhow::{Context, bail};
use rekindle_decision::policy::{BreakEven, Policy, Source, Watch, Worse};
use rekindle_replay::history;

/// The metric that depends on which model serves.
#[derive(Debug)]
pub(super) struct Question<'a> {
    pub(super) trigger: &'a str,
    pub(super) source: &'a Source,
    pub(super) worse: Worse,
    /// The rule that reads it, where that knows what things cost.
    pub(super) economic: Option<&'a BreakEven>,
}

impl<'a> Question<'a> {
    /// That of the trigger that is named; left out, of the rule that counts money, or of the only metric there is.
    pub(super) fn of(policy: &'a Policy, trigger: Option<&str>) -> anyhow::Result<Self> {
        let mut all: Vec<Self> =
            policy.watches().filter_map(|(name, watch)| Self::about(policy, name, watch)).collect();
        let names = all.iter().map(|question| question.trigger).collect::<Vec<_>>().join(", ");
        let place = match trigger {
            Some(wanted) => {
                all.iter().position(|question| question.trigger == wanted).with_context(|| {
                    if names.is_empty() {
                        format!("no trigger `{wanted}` reads a metric, and no other does")
                    } else {
                        format!("no trigger `{wanted}` reads a metric; there are: {names}")
                    }
                })?
            }
            None => match all.iter().position(|question| question.economic.is_some()) {
                Some(economic) => economic,
                None if all.iter().zip(all.iter().skip(1)).all(|(one, next)| one.is_like(next)) => 0,
                None => {
                    bail!("which metric depends on the model that serves? say --trigger, one of: {names}")
                }
            },
        };
        if place >= all.len() {
            bail!(
                "no trigger of the policy reads a metric, so nobody knows what its models lose; add one that \
                 `start_when` does not name, and it is the measure of a replay and starts nothing"
            );
        }
        Ok(all.swap_remove(place))
    }

    fn about(policy: &Policy, trigger: &'a str, watch: &'a Watch) -> Option<Self> {
        let economic = if let Watch::BreakEven(rule) = watch { Some(&**rule) } else { None };
        // A band has two wrong sides; most metrics with one count errors.
        let worse = history::worse(policy, trigger).unwrap_or(Worse::Higher);
        Some(Self { trigger, source: watch.source()?, worse, economic })
    }

    fn is_like(&self, other: &Self) -> bool {
        self.source.metric == other.source.metric
    }
}
