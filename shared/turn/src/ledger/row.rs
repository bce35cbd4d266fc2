//! The state row of one model.

use std::collections::BTreeSet;

use jiff::Timestamp;
use rekindle_decision::signal::Control;
use rekindle_decision::state::State;
use serde::{Deserialize, Serialize};

/// The state row of one model.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Rises by one with every write; 0 for a model never written.
    pub version: u64,
    /// What a decision may look at.
    pub state: State,
    /// The turn that holds the start that is going on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turn: Option<String>,
    /// What was announced last, so that an unchanged hold is announced once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub announced: Option<String>,
    /// Since when nobody can tell whether a training is wanted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blind_since: Option<Timestamp>,
    /// Digests of the metrics that have delivered a datapoint, of those the policy names.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub delivered: BTreeSet<String>,
    /// What a person last did by hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub steered: Option<Steered>,
    /// What is written and was not announced yet, as far as is known. It is written with what it tells of and taken away
    /// once the bus has it: whoever finds it later announces it, so that a bus that is down and a function that is killed
    /// lose nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unsaid: Vec<News>,
}

/// What a person did by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Steered {
    /// When.
    pub at: Timestamp,
    /// What, who and why.
    #[serde(flatten)]
    pub control: Control,
}

/// Something that is to be announced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct News {
    /// What has happened.
    pub what: Happened,
    /// To which generation.
    pub generation: u32,
    /// When it was written.
    pub at: Timestamp,
    /// The turn that wrote it, which announces it.
    pub by: String,
}

/// What has happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Happened {
    /// A training job exists.
    Started,
    /// A start came to nothing.
    GivenUp,
    /// A training job has ended.
    Ended,
    /// A training was judged.
    Judged,
    /// The trainings of late did not help: a person must look.
    Futile,
    /// What is held, or was, has changed.
    Held,
    /// A person's hand: suspended, resumed, cancelled, or a breaker closed.
    Steered,
}

/// News that are remembered. A model makes a few in a day; where the bus is down for weeks the oldest go.
const UNSAID: usize = 16;

impl Row {
    /// What a decision may look at. A request stays in the row until its job exists, so that a start that comes to
    /// nothing does not lose it; a start answers every request made until then, as it does every trigger seen.
    pub(crate) fn known(&self) -> State {
        let mut state = self.state.clone();
        let answered = state.answered_until();
        state.asked = state.asked.filter(|request| answered.is_none_or(|answered| request.at > answered));
        if let Some(open) = &state.asked {
            state.answered.retain(|id| *id != open.id);
        }
        state
    }

    /// The row with everything in it as it is, in its next version.
    pub(crate) fn next(&self) -> Self {
        Self { version: self.version.saturating_add(1), ..self.clone() }
    }

    /// Notes what is to be announced. The same thing twice is one thing.
    pub(crate) fn note(&mut self, news: News) {
        self.unsaid.retain(|known| (known.what, known.generation) != (news.what, news.generation));
        self.unsaid.push(news);
        let surplus = self.unsaid.len().saturating_sub(UNSAID);
        self.unsaid.drain(..surplus);
    }

    /// What this turn is to announce: what it wrote itself, and what another one should have said by now.
    pub(crate) fn to_say(&self, turn: &str, now: Timestamp) -> Vec<News> {
        let due = |news: &&News| news.by == turn || super::LEASE.after(news.at) <= now;
        self.unsaid.iter().filter(due).cloned().collect()
    }
}
