//! What the log and the bus said, kept for whoever asks afterwards.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rekindle_decision::duration::Duration;
use rekindle_turn::Announcement;
use serde::Serialize;
use serde_json::Value;

/// What keeps a model from its training, as far as it is worth a line in a review.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Trouble {
    /// SageMaker takes no further job for now.
    Waiting,
    /// Trainings failed, too many in a row.
    GivenUp,
    /// Trainings did not help, too many in a row.
    Futile,
    /// The budget is spent.
    Budget,
    /// It cannot be told whether a training is wanted.
    Blind,
}

impl Trouble {
    /// The trouble that a blocker of the log stands for, if it does.
    fn of(blocker: &Value) -> Option<Self> {
        match blocker.get("blocker").and_then(Value::as_str)? {
            "in_flight" if !blocker.get("waiting").is_none_or(Value::is_null) => Some(Self::Waiting),
            "given_up" => Some(Self::GivenUp),
            "futile" => Some(Self::Futile),
            "budget" => Some(Self::Budget),
            "blind" => Some(Self::Blind),
            _ => None,
        }
    }
}

/// A time in which one model had one trouble.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Spell {
    /// The model.
    pub model: String,
    /// What stood in the way.
    pub trouble: Trouble,
    /// When it was first seen.
    pub from: Timestamp,
    /// When it was first seen to be over, or last seen.
    pub to: Timestamp,
    /// Whether it was seen to be over.
    pub over: bool,
    /// The decision's sentence when it was first seen.
    pub sentence: String,
}

/// Something that was said on the bus.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct News {
    /// When.
    pub at: Timestamp,
    /// The event's `detail-type`.
    pub kind: String,
    /// The model it is about.
    pub model: String,
    /// The event in one sentence.
    pub sentence: String,
    /// Who did it, of what people do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// Why, in that person's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A time in which nothing was decided at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Silence {
    /// The last decision before it.
    pub from: Timestamp,
    /// The first one after it.
    pub to: Timestamp,
}

/// What the log and the bus said.
#[derive(Debug, Default)]
pub struct Chronicle {
    open: BTreeMap<String, BTreeMap<Trouble, Spell>>,
    over: Vec<Spell>,
    news: Vec<News>,
    looked: Option<Timestamp>,
    silences: Vec<Silence>,
}

/// Without a decision for so long, a silence is noted: as the alarm `sweep-silent` has it.
const SILENT: Duration = Duration::from_seconds(3 * 3_600);

impl Chronicle {
    /// Reads a line of the log.
    pub fn read(&mut self, line: &Value) {
        if line.get("kind").and_then(Value::as_str) == Some("decision") {
            self.decided(line);
        }
    }

    fn decided(&mut self, line: &Value) -> Option<()> {
        let model = line.get("model")?.as_str()?;
        let at: Timestamp = line.get("facts")?.get("now")?.as_str()?.parse().ok()?;
        let sentence = line.get("sentence").and_then(Value::as_str).unwrap_or_default();
        self.look(at);
        let blockers = line.get("ruling")?.get("decision")?.get("waiting_on").and_then(Value::as_array);
        let seen: Vec<Trouble> = blockers.into_iter().flatten().filter_map(Trouble::of).collect();
        let open = self.open.entry(model.to_owned()).or_default();
        for trouble in &seen {
            let begins = || Spell {
                model: model.to_owned(),
                trouble: *trouble,
                from: at,
                to: at,
                over: false,
                sentence: sentence.to_owned(),
            };
            let spell = open.entry(*trouble).or_insert_with(begins);
            spell.to = spell.to.max(at);
        }
        let over: Vec<Trouble> = open.keys().filter(|trouble| !seen.contains(trouble)).copied().collect();
        for trouble in over {
            let spell = open.remove(&trouble);
            self.over.extend(spell.map(|spell| Spell { to: at.max(spell.to), over: true, ..spell }));
        }
        Some(())
    }

    fn look(&mut self, at: Timestamp) {
        let before = self.looked.unwrap_or(at);
        if Duration::between(before, at) > SILENT {
            self.silences.push(Silence { from: before, to: at });
        }
        self.looked = Some(before.max(at));
    }

    /// Hears what is said on the bus.
    pub fn hear(&mut self, announcement: &Announcement) {
        let text = |name: &str| announcement.detail.get(name).and_then(Value::as_str).map(ToOwned::to_owned);
        self.news.push(News {
            at: announcement.at,
            kind: announcement.detail_type.clone(),
            model: text("model").unwrap_or_default(),
            sentence: text("sentence").unwrap_or_default(),
            by: text("by"),
            reason: text("reason"),
        });
    }

    /// Every trouble of every model, in the order in which they began; those that go on included.
    #[must_use]
    pub fn spells(&self) -> Vec<Spell> {
        let open = self.open.values().flat_map(BTreeMap::values);
        let mut all: Vec<Spell> = self.over.iter().chain(open).cloned().collect();
        all.sort_by(|one, two| (one.from, &one.model).cmp(&(two.from, &two.model)));
        all
    }

    /// What was said, in that order.
    #[must_use]
    pub fn news(&self) -> &[News] {
        &self.news
    }

    /// When nothing was decided.
    #[must_use]
    pub fn silences(&self) -> &[Silence] {
        &self.silences
    }
}
