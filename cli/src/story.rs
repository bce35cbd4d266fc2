//! A story: what happens to one model over time, and what should be decided. Policy owners write them as data.

mod happen;
mod series;
mod tell;

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use rekindle_decision::duration::Duration;
use rekindle_decision::policy::Mode;
use rekindle_decision::ruling::{Blocker, Decision};
use rekindle_decision::signal::AlarmState;
use rekindle_decision::state::State;
use rekindle_policy::nearest;
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, IntoDeserializer, MapAccess, Visitor};
use serde_json::Value;

pub(crate) use tell::{Told, tell};

/// One story, as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Story {
    /// What it is about, in one sentence.
    #[serde(rename = "story")]
    pub(crate) about: String,
    /// The policy: a file, relative to this one, or the document itself.
    pub(crate) policy: PolicyText,
    /// Which model, if the policy has several.
    #[serde(default)]
    pub(crate) model: Option<String>,
    /// As if the policy's mode were this; left out: the policy's own. A policy that only observes starts nothing, and a
    /// story about it would end where it becomes interesting.
    #[serde(default)]
    pub(crate) mode: Option<Mode>,
    /// When it begins.
    pub(crate) begins: Timestamp,
    /// What the ledger remembers at the beginning.
    #[serde(default)]
    pub(crate) state: State,
    /// The alarms' states at the beginning.
    #[serde(default)]
    pub(crate) alarms: BTreeMap<String, AlarmState>,
    /// The metrics, by the trigger or guard that reads them.
    #[serde(default)]
    pub(crate) series: BTreeMap<String, series::Written>,
    /// The same for each of the document's other models.
    #[serde(default)]
    pub(crate) others: BTreeMap<String, series::Written>,
    /// How often the sweep looks between the moments; left out: only when a moment says so.
    #[serde(default)]
    pub(crate) sweep_every: Option<Duration>,
    /// What happens.
    pub(crate) moments: Vec<Moment>,
    /// Every instant at which a job is started, sweeps included. Left out: not checked.
    #[serde(default)]
    pub(crate) starts: Option<Vec<Timestamp>>,
}

/// A policy by its file, or as it is.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum PolicyText {
    /// Path of the file, relative to the story's.
    File(String),
    /// The document itself.
    Document(Value),
}

/// One moment of a story: what happens, a turn, and what should come of it.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Moment {
    /// When: an instant, or so long after the moment before, as `+6h`.
    pub(crate) at: String,
    /// What happens, for readers.
    #[serde(default)]
    pub(crate) what: Option<String>,
    /// A tick of this schedule trigger arrives.
    #[serde(default)]
    pub(crate) tick: Option<String>,
    /// The scheduled instant of that tick; left out: now.
    #[serde(default)]
    pub(crate) scheduled: Option<Timestamp>,
    /// These alarms change their state, and their events arrive.
    #[serde(default)]
    pub(crate) alarms: BTreeMap<String, AlarmState>,
    /// An event arrives that says this of alarms, though their state is another.
    #[serde(default)]
    pub(crate) alarms_say: BTreeMap<String, AlarmState>,
    /// The newest run of these Model Monitor schedules ends with this status, and its event arrives.
    #[serde(default)]
    pub(crate) monitors: BTreeMap<String, String>,
    /// EventBridge events that arrive, whole or only what matters of them.
    #[serde(default)]
    pub(crate) events: Vec<Value>,
    /// A person asks for a training.
    #[serde(default)]
    pub(crate) ask: Option<happen::Asked>,
    /// A person agrees to the decision of this id, or to the newest that waits: `newest`.
    #[serde(default)]
    pub(crate) confirm: Option<String>,
    /// A person steers the model by hand.
    #[serde(default)]
    pub(crate) hand: Option<happen::Hand>,
    /// The running job ends so.
    #[serde(default)]
    pub(crate) job: Option<happen::Ended>,
    /// The metrics that job reports.
    #[serde(default)]
    pub(crate) reports: BTreeMap<String, f64>,
    /// What SageMaker answers to the next creation instead of creating.
    #[serde(default)]
    pub(crate) sagemaker: Option<happen::Answer>,
    /// These series cannot be read from now on.
    #[serde(default)]
    pub(crate) breaks: Vec<String>,
    /// The fleet has spent so much in the present span.
    #[serde(default)]
    pub(crate) spent: BTreeMap<String, rekindle_decision::money::Money>,
    /// The same turn comes so many times more: what arrives is delivered again.
    #[serde(default)]
    pub(crate) again: u32,
    /// What should be decided. Left out: nothing is checked.
    #[serde(default)]
    pub(crate) expect: Option<Expect>,
}

/// What should be decided.
#[derive(Debug)]
pub(crate) enum Expect {
    /// Only the verdict.
    Verdict(Verdict),
    /// More than that.
    Whole(Whole),
}

impl<'de> Deserialize<'de> for Expect {
    /// By its form: whoever misspells a field of it is told which, and not that nothing fits.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Expect;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("`start`, `hold`, `rest`, or a mapping such as `{ hold: [cooldown] }`")
            }

            fn visit_str<E: serde::de::Error>(self, word: &str) -> Result<Expect, E> {
                Verdict::deserialize(word.into_deserializer()).map(Expect::Verdict)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Expect, A::Error> {
                Whole::deserialize(MapAccessDeserializer::new(map)).map(Expect::Whole)
            }
        }
        deserializer.deserialize_any(Either)
    }
}

/// `start`, `hold` or `rest`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Verdict {
    Start,
    Hold,
    Rest,
}

impl Verdict {
    pub(crate) const ALL: [Self; 3] = [Self::Start, Self::Hold, Self::Rest];

    pub(crate) const fn of(decision: &Decision) -> Self {
        match decision {
            Decision::Start { .. } => Self::Start,
            Decision::Hold { .. } => Self::Hold,
            Decision::Rest => Self::Rest,
        }
    }

    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Hold => "hold",
            Self::Rest => "rest",
        }
    }
}

/// Everything an expectation may say.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Whole {
    /// The verdict.
    pub(crate) verdict: Option<Verdict>,
    /// Exactly these blockers, by their words, in any order. Implies a hold.
    pub(crate) hold: Option<Vec<BlockerWord>>,
    /// Exactly these triggers or requests asked, in any order.
    pub(crate) because: Option<Vec<String>>,
    /// When it looks again.
    pub(crate) until: Option<Timestamp>,
    /// Pieces of what the explanation says.
    pub(crate) says: Vec<String>,
    /// What came of it, in the record's word: `started`, `waiting`, `refused`, `lost`, `observed`, `decided`, ...
    pub(crate) outcome: Option<String>,
    /// What would stand in the way if it were enforced.
    pub(crate) notes: Option<Vec<BlockerWord>>,
    /// How many of the document's models came to each verdict in this turn.
    pub(crate) all: Option<BTreeMap<Verdict, usize>>,
}

/// The word of a blocker. A misspelt one would be told as a difference, and nobody would see that it is no word at all.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BlockerWord(pub(crate) &'static str);

impl<'de> Deserialize<'de> for BlockerWord {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        let known = Blocker::WORDS.into_iter().find(|known| *known == word);
        known.map(Self).ok_or_else(|| {
            let hint = match nearest(&word, Blocker::WORDS) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("it is one of {}", Blocker::WORDS.join(", ")),
            };
            D::Error::custom(format!("`{word}` is no blocker; {hint}"))
        })
    }
}
