//! What documents say otherwise than others.

use std::collections::{BTreeMap, BTreeSet};

use rekindle_decision::policy::{Policy, Watch};
use rekindle_policy::{Change, Text, changes, template};
use serde::Serialize;

use super::side::Side;

/// What the new side would change of the old one.
#[derive(Debug)]
pub(super) struct Comparison {
    pub(super) documents: Vec<Document>,
    pub(super) models: Vec<Group>,
    /// How many models the new side has.
    pub(super) all: usize,
}

/// One document on both sides.
#[derive(Debug, Serialize)]
pub(super) struct Document {
    /// The name of its parameter below the path.
    pub(super) name: String,
    /// Where the old text is, and where the new one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) old: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) new: Option<String>,
    /// The version of what is deployed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) version: Option<i64>,
    pub(super) standing: Standing,
    /// Why the old text cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) problem: Option<String>,
}

/// How the two texts of a document stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Standing {
    /// The same text.
    Same,
    /// Another text that means the same.
    Layout,
    /// They mean something else.
    Changed,
    /// There is no old one.
    New,
    /// There is no new one.
    Gone,
    /// The old one cannot be read.
    Unreadable,
}

/// Models of which the same is to be said.
#[derive(Debug, PartialEq)]
pub(super) struct Group {
    pub(super) models: Vec<String>,
    /// The documents they were in and are in.
    pub(super) was_in: Option<String>,
    pub(super) is_in: Option<String>,
    pub(super) what: What,
}

#[derive(Debug, PartialEq)]
pub(super) enum What {
    /// With a word on what they are.
    Added(String),
    Removed,
    /// Nothing, if they only moved to another document.
    Changed(Vec<Change>),
}

impl Comparison {
    /// `versioned`: the old side is deployed, so that its texts have versions.
    pub(super) fn of(old: &Side, new: &Side, versioned: bool) -> Self {
        let models = groups(old, new);
        let touched: BTreeSet<&str> = models
            .iter()
            .flat_map(|group| group.was_in.iter().chain(&group.is_in))
            .map(String::as_str)
            .collect();
        let names: BTreeSet<&String> = old.names().chain(new.names()).collect();
        let documents = names
            .into_iter()
            .map(|name| {
                let (before, after) = (old.get(name), new.get(name));
                let problem = old.problem(name).map(ToString::to_string);
                let standing = match (before, after) {
                    (None, _) => Standing::New,
                    (Some(_), None) => Standing::Gone,
                    (Some(before), Some(after)) if before.text == after.text => Standing::Same,
                    _ if problem.is_some() => Standing::Unreadable,
                    _ if touched.contains(name.as_str()) => Standing::Changed,
                    _ => Standing::Layout,
                };
                Document {
                    name: name.clone(),
                    old: before.map(|text| text.name.clone()),
                    new: after.map(|text| text.name.clone()),
                    version: before.filter(|_| versioned).map(|text| text.version),
                    standing,
                    problem: problem.filter(|_| matches!(standing, Standing::Unreadable | Standing::Gone)),
                }
            })
            .collect();
        Self { documents, models, all: new.models() }
    }

    /// Whether both sides mean the same.
    pub(super) fn same(&self) -> bool {
        self.models.is_empty()
            && self
                .documents
                .iter()
                .all(|document| matches!(document.standing, Standing::Same | Standing::Layout))
    }

    pub(super) fn count(&self, standing: Standing) -> usize {
        self.documents.iter().filter(|document| document.standing == standing).count()
    }
}

/// Models with the same changes together, so that a fleet is told once.
fn groups(old: &Side, new: &Side) -> Vec<Group> {
    let (before, after) = (old.policies(), new.policies());
    let models: BTreeSet<&str> = before.keys().chain(after.keys()).copied().collect();
    let mut common = BTreeMap::new();
    let mut groups: Vec<Group> = Vec::new();
    for model in models {
        let (was, is) = (before.get(model), after.get(model));
        let what = match (was, is) {
            (None, None) => continue,
            (None, Some((_, policy))) => What::Added(summary(policy)),
            (Some(_), None) => What::Removed,
            (Some((was_in, was)), Some((is_in, is))) => {
                let own = changes(was, is);
                if own.is_empty() && was_in == is_in {
                    continue;
                }
                // What their templates have otherwise is said of all models alike.
                let common = common
                    .entry((*was_in, *is_in))
                    .or_insert_with(|| between(old.get(was_in), new.get(is_in)));
                let alike = common.iter().map(|change| change.of(model)).eq(own.iter().cloned());
                What::Changed(if alike { common.clone() } else { own })
            }
        };
        let group = Group {
            models: Vec::new(),
            was_in: was.map(|(name, _)| (*name).to_owned()),
            is_in: is.map(|(name, _)| (*name).to_owned()),
            what,
        };
        let known = groups.iter_mut().find(|known| {
            (&known.was_in, &known.is_in, &known.what) == (&group.was_in, &group.is_in, &group.what)
        });
        match known {
            Some(known) => known.models.push(model.to_owned()),
            None => groups.push(Group { models: vec![model.to_owned()], ..group }),
        }
    }
    // Of one model its name is said.
    for group in &mut groups {
        if let ([model], What::Changed(changes)) = (group.models.as_slice(), &mut group.what) {
            *changes = changes.iter().map(|change| change.of(model)).collect();
        }
    }
    groups
}

fn between(old: Option<&Text>, new: Option<&Text>) -> Vec<Change> {
    match (old.and_then(template), new.and_then(template)) {
        (Some(old), Some(new)) => changes(&old, &new),
        _ => Vec::new(),
    }
}

/// What a new model is, in a few words.
fn summary(policy: &Policy) -> String {
    let triggers: Vec<String> =
        policy.watches().map(|(name, watch)| format!("{name} ({})", kind(watch))).collect();
    format!("mode {}, triggers: {}", policy.mode, triggers.join(", "))
}

const fn kind(watch: &Watch) -> &'static str {
    match watch {
        Watch::Schedule(_) => "schedule",
        Watch::Alarm(_) => "alarm",
        Watch::Monitor(_) => "monitor",
        Watch::DataQuality(_) => "data_quality",
        Watch::Objects(_) => "objects",
        Watch::Events(_) => "event",
        Watch::Metric(_)
        | Watch::Trend(_)
        | Watch::Challenger(_)
        | Watch::Detector(_)
        | Watch::BreakEven(_) => "metric",
    }
}
