//! Whether there is enough data to learn from.

use jiff::Timestamp;

use crate::duration::Duration;
use crate::facts::Facts;
use crate::policy::{DATA, Data, Policy};
use crate::rules::{series, trained};
use crate::ruling::{Blocker, Shortage};

pub(super) fn data(policy: &Policy, facts: &Facts) -> Option<Blocker> {
    let guard = policy.guards.data.as_ref()?;
    shortage(guard, policy, facts).map(Blocker::Data)
}

fn shortage(guard: &Data, policy: &Policy, facts: &Facts) -> Option<Shortage> {
    let points = match series::points(facts, DATA) {
        Ok(points) => points,
        Err(gap) => return Some(Shortage::Unread { gap }),
    };
    let values = series::values(&guard.source, points, guard.source.all(facts.now));
    let Some(newest) = values.iter().rev().find(|value| value.value > 0.0) else {
        return Some(Shortage::Nothing);
    };
    // What was there when the model was trained, it has learnt from: its training began before it ended. One that failed
    // has learnt nothing.
    let learnt = facts.state.starts.iter().rev().find(|start| start.trained.is_some()).map(|start| start.at);
    let since = learnt.or_else(|| trained(policy, facts)).unwrap_or(Timestamp::MIN);
    let new = values.get(values.partition_point(|value| value.at < since)..).unwrap_or_default();
    let have = series::finite(new.iter().fold(0.0, |sum, value| sum + value.value.max(0.0)));
    if have < guard.at_least {
        return Some(Shortage::TooLittle { have, need: guard.at_least });
    }
    let newest = guard.source.metric.period.after(newest.at);
    let age = Duration::between(newest, guard.source.label_delay.before(facts.now));
    let allowed = guard.max_age?;
    (age > allowed).then_some(Shortage::TooOld { newest, age, allowed })
}
