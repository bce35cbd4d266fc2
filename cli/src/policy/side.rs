//! One side of a comparison.

use std::collections::BTreeMap;

use rekindle_decision::policy::Policy;
use rekindle_policy::{PolicySet, Problem, Text};

/// Documents by the names of their parameters below the path, and what they say.
#[derive(Debug, Default)]
pub(super) struct Side {
    texts: BTreeMap<String, Text>,
    set: PolicySet,
}

impl Side {
    pub(super) fn of(texts: BTreeMap<String, Text>) -> Self {
        let set = PolicySet::default().refresh(texts.values().cloned());
        Self { texts, set }
    }

    pub(super) fn get(&self, name: &str) -> Option<&Text> {
        self.texts.get(name)
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &String> {
        self.texts.keys()
    }

    /// How many models have a policy.
    pub(super) fn models(&self) -> usize {
        self.set.len()
    }

    /// The first thing that makes a document unreadable.
    pub(super) fn problem(&self, name: &str) -> Option<&Problem> {
        let standing = self.set.document(&self.texts.get(name)?.name)?;
        standing.problems.first().copied().filter(|_| standing.policies.is_empty())
    }

    /// Each model's policy, and the name of the document it is in.
    pub(super) fn policies(&self) -> BTreeMap<&str, (&str, &Policy)> {
        let names: BTreeMap<&str, &str> =
            self.texts.iter().map(|(name, text)| (text.name.as_str(), name.as_str())).collect();
        self.set
            .iter()
            .filter_map(|policy| {
                let name = names.get(policy.revision.document.as_str())?;
                Some((policy.model.as_str(), (*name, policy.as_ref())))
            })
            .collect()
    }
}
