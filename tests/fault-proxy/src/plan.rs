use std::collections::BTreeMap;

use crate::{Call, Dice, Fault};

/// What is to go wrong.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    rules: Vec<Rule>,
    weather: Option<Weather>,
    seen: BTreeMap<String, u64>,
}

/// Some calls of one operation that go wrong.
#[derive(Debug, Clone)]
pub struct Rule {
    operation: String,
    containing: Vec<String>,
    nth: u64,
    times: u64,
    fault: Fault,
    seen: u64,
}

/// A share of all calls that go wrong.
///
/// Whether and how the n-th call of an operation goes wrong is a function of the seed, the operation and n: calls of other
/// operations that come between change nothing.
#[derive(Debug, Clone)]
pub struct Weather {
    /// What everything is drawn from.
    pub seed: u64,
    /// Of a thousand calls.
    pub per_mille: u64,
    /// What may happen, all of it equally often.
    pub faults: Vec<Fault>,
}

impl Plan {
    /// These rules. Every rule counts a call that it is about; the first that is due has its way.
    #[must_use]
    pub fn of(rules: impl IntoIterator<Item = Rule>) -> Self {
        Self { rules: rules.into_iter().collect(), ..Self::default() }
    }

    /// A share of all calls.
    #[must_use]
    pub fn weather(weather: Weather) -> Self {
        Self { weather: Some(weather), ..Self::default() }
    }

    /// What goes wrong with this call.
    pub(crate) fn strike(&mut self, call: &Call, body: &[u8]) -> Option<Fault> {
        let nth = self.seen.entry(call.operation.clone()).or_default();
        *nth += 1;
        let nth = *nth;
        let mut due = None;
        for rule in self.rules.iter_mut().filter(|rule| rule.is_about(call, body)) {
            rule.seen += 1;
            let turn = rule.nth..rule.nth.saturating_add(rule.times);
            due = due.or_else(|| turn.contains(&rule.seen).then_some(rule.fault));
        }
        due.or_else(|| self.weather.as_ref()?.strikes(call, nth))
    }
}

impl Rule {
    /// The first call of this operation goes wrong.
    #[must_use]
    pub fn new(operation: &str, fault: Fault) -> Self {
        Self { operation: operation.to_owned(), containing: Vec::new(), nth: 1, times: 1, fault, seen: 0 }
    }

    /// Only calls whose body holds this text count; every body holds the empty one.
    #[must_use]
    pub fn containing(mut self, text: &str) -> Self {
        self.containing.push(text.to_owned());
        self
    }

    /// From which call on, counted from when the plan is made.
    #[must_use]
    pub fn from_the(mut self, nth: u64) -> Self {
        self.nth = nth;
        self
    }

    /// For how many calls.
    #[must_use]
    pub fn times(mut self, times: u64) -> Self {
        self.times = times;
        self
    }

    fn is_about(&self, call: &Call, body: &[u8]) -> bool {
        let holds =
            |text: &String| text.is_empty() || body.windows(text.len()).any(|part| part == text.as_bytes());
        self.operation == call.operation && self.containing.iter().all(holds)
    }
}

impl Weather {
    fn strikes(&self, call: &Call, nth: u64) -> Option<Fault> {
        let mut dice = Dice::of(self.seed, &format!("{}/{nth}", call.operation));
        (dice.roll() % 1000 < self.per_mille).then(|| dice.pick(&self.faults).copied())?
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Service;

    fn call(operation: &str) -> Call {
        Call { service: Service::DynamoDb, operation: operation.to_owned() }
    }

    #[test]
    fn a_rule_strikes_its_turns_and_no_others() {
        let rule = Rule::new("Put", Fault::ResetBefore).containing("churn").from_the(2).times(2);
        let mut plan = Plan::of([rule]);
        let mut strike = |operation, body: &str| plan.strike(&call(operation), body.as_bytes());
        assert_eq!(strike("Put", "churn"), None);
        assert_eq!(strike("Get", "churn"), None);
        assert_eq!(strike("Put", "another"), None);
        assert_eq!(strike("Put", "a churn"), Some(Fault::ResetBefore));
        assert_eq!(strike("Put", "churn"), Some(Fault::ResetBefore));
        assert_eq!(strike("Put", "churn"), None);
    }

    #[test]
    fn every_body_holds_no_text_at_all() {
        let mut plan = Plan::of([Rule::new("Put", Fault::ResetBefore).containing("")]);
        assert_eq!(plan.strike(&call("Put"), b""), Some(Fault::ResetBefore));
    }

    #[test]
    fn weather_is_the_same_in_whatever_order_operations_come() {
        let weather = Weather { seed: 7, per_mille: 300, faults: Fault::ALL.to_vec() };
        let strikes = |order: &[&str]| {
            let mut plan = Plan::weather(weather.clone());
            let mut struck: BTreeMap<String, Vec<Option<Fault>>> = BTreeMap::new();
            for operation in order {
                let fault = plan.strike(&call(operation), b"");
                struck.entry((*operation).to_owned()).or_default().push(fault);
            }
            struck
        };
        let one_by_one: Vec<&str> = ["a"; 200].into_iter().chain(["b"; 200]).collect();
        let in_turn = ["b", "a"].repeat(200);
        let struck = strikes(&one_by_one);
        assert_eq!(struck, strikes(&in_turn));
        let hits = struck["a"].iter().flatten().count();
        assert!((30..90).contains(&hits), "{hits} of 200");
        assert_ne!(struck["a"], struck["b"]);
    }
}
