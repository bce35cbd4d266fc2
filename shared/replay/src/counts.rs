//! What happened, in numbers.

use std::collections::BTreeMap;
use std::fmt;

/// How often each thing happened, by its name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts(BTreeMap<&'static str, u64>);

impl Counts {
    /// Counts one more.
    pub fn count(&mut self, what: &'static str) {
        self.add(what, 1);
    }

    /// Counts so many more.
    pub fn add(&mut self, what: &'static str, many: u64) {
        let count = self.0.entry(what).or_default();
        *count = count.saturating_add(many);
    }

    /// How often it happened.
    #[must_use]
    pub fn of(&self, what: &str) -> u64 {
        self.0.get(what).copied().unwrap_or(0)
    }

    /// Takes in what happened elsewhere.
    pub fn join(&mut self, other: &Self) {
        for (what, many) in &other.0 {
            self.add(what, *many);
        }
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let longest = self.0.keys().map(|what| what.len()).max().unwrap_or(0);
        for (what, many) in &self.0 {
            writeln!(f, "{what:longest$}  {many:>12}")?;
        }
        Ok(())
    }
}
