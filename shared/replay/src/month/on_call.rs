//! The person on call, who reads what the bus says and comes in at nine.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use rekindle_decision::duration::Duration;
use rekindle_decision::signal::{Action, Control, Signal};
use rekindle_turn::Announcement;
use serde_json::Value;

use super::fleet::{CHURN, FRAUD, Family};
use super::mishaps::FIRST;
use super::reality::Reality;
use crate::delivery::Function;
use crate::simulation::Simulation;

/// The person on call.
#[derive(Debug, Clone)]
pub(crate) struct OnCall {
    reality: Reality,
    /// The models that called since the last morning.
    called: Arc<Mutex<BTreeSet<String>>>,
}

const NAME: &str = "mira";

impl OnCall {
    pub(crate) fn new(reality: Reality) -> Self {
        Self { reality, called: Arc::default() }
    }

    /// Hears what the bus says; what calls for a person is seen to in the morning.
    pub(crate) fn hear(&self, simulation: &mut Simulation, news: &Announcement) {
        let words = news.detail.get("waiting_on").and_then(Value::as_array);
        let failed = words.is_some_and(|words| words.iter().any(|word| word == "after_failure"));
        let for_ever = news.detail.get("look_again_at").is_none_or(Value::is_null);
        let calls = news.detail_type == "Retraining Futile" || failed && for_ever;
        let Some(model) = news.detail.get("model").and_then(Value::as_str).filter(|_| calls) else { return };
        let mut called = self.called.lock().unwrap_or_else(PoisonError::into_inner);
        if called.is_empty() {
            let person = self.clone();
            simulation.at(morning(simulation.now()), move |simulation| person.come_in(simulation));
        }
        called.insert(model.to_owned());
    }

    fn come_in(&self, simulation: &mut Simulation) {
        let models = std::mem::take(&mut *self.called.lock().unwrap_or_else(PoisonError::into_inner));
        let now = simulation.now();
        for (family, found) in [
            (CHURN, "image 1.4 lacked pandas; 1.4 was pushed again with it"),
            (FRAUD, "the label join had lost the chargebacks; labels were rebuilt"),
        ] {
            let of = |model: &String| Family::of(model).is_some_and(|of| of.name == family.name);
            let models: Vec<String> = models.iter().filter(|model| of(model)).cloned().collect();
            if models.is_empty() {
                continue;
            }
            self.reality.repair(family, now);
            let control = Control {
                id: Some(format!("{}-{now}", family.name)),
                models,
                action: Action::CloseBreaker,
                by: Some(NAME.to_owned()),
                reason: Some(found.to_owned()),
            };
            simulation.deliver(now, Function::OnAlarm, &[Signal::Controlled(control)]);
        }
    }
}

/// The next nine o'clock.
fn morning(now: Timestamp) -> Timestamp {
    const DAY: u64 = 86_400;
    let nine = Duration::from_seconds(9 * 3_600);
    let since = Duration::between(nine.after(FIRST), now).seconds();
    let days = since / DAY + 1;
    Duration::from_seconds(days.saturating_mul(DAY)).after(nine.after(FIRST))
}
