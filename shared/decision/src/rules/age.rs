//! The age of the model that serves.

use crate::duration::Duration;
use crate::facts::Facts;
use crate::finding::{Age, Finding};
use crate::policy::Policy;

/// Whether the model is as old as it may become. `None` where the policy does not ask.
pub(crate) fn find(policy: &Policy, facts: &Facts) -> Option<Finding> {
    let allowed = policy.guards.max_age?;
    let Some(trained) = super::trained(policy, facts) else { return Some(Finding::AgeUnknown) };
    let age = Age { trained, age: Duration::between(trained, facts.now), allowed };
    Some(if age.age >= allowed { Finding::TooOld(age) } else { Finding::YoungEnough(age) })
}
