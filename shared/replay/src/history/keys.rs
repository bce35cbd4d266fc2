//! The names under which a policy knows its metrics.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rekindle_decision::detect::Direction;
use rekindle_decision::policy::{Limit, Method, Metric, Policy, Watch, Worse};
use rekindle_policy::nearest;

/// The names under which a policy knows its metrics: a trigger's, `trigger.role` where a rule reads several
/// (`worth_it.traffic`), `guards.data`. They are those of the facts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Keys {
    metrics: BTreeMap<String, Metric>,
}

/// A name that is none of a metric.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{key}` names no metric of the policy")]
pub struct UnknownKey {
    /// The name.
    pub key: String,
    /// What to do.
    pub hint: String,
}

impl Keys {
    /// Those of a policy. The default is that of no policy, and knows no name.
    #[must_use]
    pub fn of(policy: &Policy) -> Self {
        let wanted = policy.wanted(Timestamp::UNIX_EPOCH).into_iter();
        Self { metrics: wanted.map(|wanted| (wanted.key, wanted.metric.clone())).collect() }
    }

    /// The metric of a name.
    ///
    /// # Errors
    ///
    /// The policy has no metric of that name: which it has, or which was meant.
    pub fn metric(&self, key: &str) -> Result<&Metric, UnknownKey> {
        self.metrics.get(key).ok_or_else(|| UnknownKey { key: key.to_owned(), hint: self.hint(key) })
    }

    /// Every name with its metric.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Metric)> {
        self.metrics.iter().map(|(key, metric)| (key.as_str(), metric))
    }

    fn hint(&self, key: &str) -> String {
        let known: Vec<&str> = self.metrics.keys().map(String::as_str).collect();
        match nearest(key, known.iter().copied()) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None if known.is_empty() => {
                "metrics are named as the policy's triggers are: say which policy, and one that reads metrics"
                    .to_owned()
            }
            None => format!("the policy's metrics are {}", known.join(", ")),
        }
    }
}

/// Which way the metric of a trigger goes when the model gets worse, as far as the trigger's rule says.
#[must_use]
pub fn worse(policy: &Policy, trigger: &str) -> Option<Worse> {
    match &policy.triggers.get(trigger)?.watch {
        Watch::Metric(rule) => match rule.limit {
            Limit::Below(_) | Limit::Fallen(..) => Some(Worse::Lower),
            Limit::Above(_) | Limit::Risen(..) => Some(Worse::Higher),
            Limit::Outside(..) => None,
        },
        Watch::Trend(rule) => Some(rule.worse),
        Watch::Challenger(rule) => Some(rule.worse),
        Watch::Detector(rule) => match rule.method {
            Method::PageHinkley(settings) => of(settings.direction),
            Method::Cusum(settings) => of(settings.direction),
            // They are fed with losses.
            Method::Evidence { .. } | Method::Ddm(_) | Method::HddmA(_) | Method::Adwin(_) => {
                Some(Worse::Higher)
            }
        },
        Watch::BreakEven(_) => Some(Worse::Higher),
        Watch::Schedule(_)
        | Watch::Alarm(_)
        | Watch::Monitor(_)
        | Watch::DataQuality(_)
        | Watch::Objects(_)
        | Watch::Events(_) => None,
    }
}

const fn of(direction: Direction) -> Option<Worse> {
    match direction {
        Direction::Up => Some(Worse::Higher),
        Direction::Down => Some(Worse::Lower),
        Direction::Both => None,
    }
}
