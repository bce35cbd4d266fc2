use std::collections::BTreeMap;
use std::fmt;

use crate::{Call, Service};

/// What a proxy did, by operation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    operations: BTreeMap<(Service, String), Count>,
    broken: Vec<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Count {
    calls: u64,
    struck: BTreeMap<&'static str, u64>,
}

impl Tally {
    pub(crate) fn arrived(&mut self, call: &Call) {
        self.count(call).calls += 1;
    }

    pub(crate) fn struck_by(&mut self, call: &Call, word: &'static str) {
        *self.count(call).struck.entry(word).or_default() += 1;
    }

    pub(crate) fn broken_by(&mut self, call: &Call, error: &str) {
        self.broken.push(format!("{}:{}: {error}", call.service, call.operation));
    }

    fn count(&mut self, call: &Call) -> &mut Count {
        self.operations.entry((call.service, call.operation.clone())).or_default()
    }

    /// How often an operation was called, whether it went wrong or not.
    #[must_use]
    pub fn calls(&self, operation: &str) -> u64 {
        self.of(operation).map(|count| count.calls).sum()
    }

    /// How often an operation was struck by a fault of this word, and the fault has had its whole effect.
    #[must_use]
    pub fn struck(&self, operation: &str, word: &str) -> u64 {
        self.of(operation).filter_map(|count| count.struck.get(word)).sum()
    }

    /// All calls of all operations.
    #[must_use]
    pub fn all_calls(&self) -> u64 {
        self.operations.values().map(|count| count.calls).sum()
    }

    /// All faults of all operations.
    #[must_use]
    pub fn all_struck(&self) -> u64 {
        self.operations.values().flat_map(|count| count.struck.values()).sum()
    }

    /// What went wrong that nobody planned: the service itself did not answer the proxy.
    #[must_use]
    pub fn broken(&self) -> &[String] {
        &self.broken
    }

    /// Adds what another proxy did.
    pub fn add(&mut self, other: &Self) {
        for (operation, count) in &other.operations {
            let sum = self.operations.entry(operation.clone()).or_default();
            sum.calls += count.calls;
            for (word, times) in &count.struck {
                *sum.struck.entry(word).or_default() += times;
            }
        }
        self.broken.extend(other.broken.iter().cloned());
    }

    fn of(&self, operation: &str) -> impl Iterator<Item = &Count> {
        self.operations.iter().filter(move |((_, name), _)| name == operation).map(|(_, count)| count)
    }
}

/// A line for each operation: how often it was called, and what went wrong how often.
impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for ((service, operation), count) in &self.operations {
            write!(f, "{:<32} {:>7}", format!("{service}:{operation}"), count.calls)?;
            for (word, times) in &count.struck {
                write!(f, "  {word} {times}")?;
            }
            writeln!(f)?;
        }
        for broken in &self.broken {
            writeln!(f, "not planned: {broken}")?;
        }
        Ok(())
    }
}
