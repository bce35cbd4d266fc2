//! Protections, taken away one at a time to see them missed.

use std::fmt;
use std::str::FromStr;

/// A protection that is taken away: a harness that finds nothing then looks at nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sabotage {
    /// SageMaker accepts a name twice.
    Fence,
    /// The intent is written whatever the row holds.
    Intent,
    /// Every turn takes over a start that is going on, and a turn that lost its start settles it all the same.
    Lease,
    /// What was answered and what was seen is forgotten.
    Dedupe,
    /// What is to be remembered is acknowledged and dropped.
    Pending,
    /// What is to be remembered is written whatever the row holds.
    Memo,
    /// A reservation is written whatever is left of the budget.
    Reserve,
}

impl Sabotage {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Fence, Self::Intent, Self::Lease, Self::Dedupe, Self::Pending, Self::Memo, Self::Reserve];

    /// One word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Fence => "fence",
            Self::Intent => "intent",
            Self::Lease => "lease",
            Self::Dedupe => "dedupe",
            Self::Pending => "pending",
            Self::Memo => "memo",
            Self::Reserve => "reserve",
        }
    }
}

impl fmt::Display for Sabotage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for Sabotage {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|sabotage| sabotage.word() == word);
        known.ok_or_else(|| {
            format!("`{word}` is no protection; take one of {}", Self::ALL.map(Self::word).join(", "))
        })
    }
}
