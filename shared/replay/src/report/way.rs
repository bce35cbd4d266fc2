//! The ways to decide, side by side.

use super::{Knowledge, Outcome, Report};

/// What the owner's policy is called in the owner's report.
const OWNER: &str = "your policy";

/// What a way to decide is among the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// The owner's policy.
    Owner,
    /// Another way; the first, the second, and so on.
    Rival(usize),
    /// The best that could have been done.
    Optimum,
}

/// One way to decide.
#[derive(Debug, Clone)]
pub(super) struct Way<'a> {
    /// What it is among the others.
    pub(super) role: Role,
    /// Its name, which says so where it hangs on something assumed.
    pub(super) label: String,
    /// What it came to.
    pub(super) outcome: &'a Outcome,
}

impl Report {
    /// All ways: the owner's policy first, the optimum last.
    pub(super) fn ways(&self) -> Vec<Way<'_>> {
        let owner = Way { role: Role::Owner, label: OWNER.to_owned(), outcome: &self.policy };
        let others = self.rivals.iter().enumerate().map(|(nth, outcome)| {
            let last = nth + 1 == self.rivals.len();
            let role = if last { Role::Optimum } else { Role::Rival(nth) };
            let label = if last { self.label(&outcome.name) } else { outcome.name.clone() };
            Way { role, label, outcome }
        });
        std::iter::once(owner).chain(others).collect()
    }

    /// The best that could have been done.
    pub(super) fn optimum(&self) -> Option<&Outcome> {
        self.rivals.last()
    }

    /// A name of something that hangs on how models age, which says so where that is assumed.
    pub(super) fn label(&self, name: &str) -> String {
        if self.assumed() { format!("{name} (assumed)") } else { name.to_owned() }
    }

    /// Whether what was never deployed is not known but assumed.
    pub(super) fn assumed(&self) -> bool {
        matches!(self.world, Knowledge::Assumed { .. })
    }
}
