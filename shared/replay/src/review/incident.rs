//! What kept many models from their training at once: troubles that began together, put together.

mod kinds;

use std::collections::BTreeSet;

use jiff::Timestamp;
use rekindle_decision::duration::Duration;
use serde::Serialize;

use super::account::{Owned, family};
use crate::chronicle::{Chronicle, Silence, Spell, Trouble};

/// What kept many models from their training at once.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Incident {
    /// What it was, in one sentence.
    pub title: String,
    /// When it began.
    pub from: Timestamp,
    /// When it was over, or last seen.
    pub to: Timestamp,
    /// Whether it was seen to be over.
    pub over: bool,
    /// The models it hit; none where it hit all alike.
    pub models: BTreeSet<String>,
    /// What it meant for them.
    pub impact: Vec<String>,
    /// What happened, in the order of time.
    pub timeline: Vec<Moment>,
    /// What there was to do, and who has done it.
    pub response: Vec<String>,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Moment {
    /// When.
    pub at: Timestamp,
    /// What.
    pub what: String,
}

/// So many models at once are an incident.
const MANY: usize = 5;

/// Whatever is over by then is none.
const SHORT: Duration = Duration::from_seconds(2 * 3_600);

/// Troubles of one kind belong together that begin within so long of each other's end.
const APART: Duration = Duration::from_seconds(6 * 3_600);

/// Of a silence, what is seen so soon after it comes of it.
const AFTERMATH: Duration = Duration::from_seconds(2 * 3_600);

/// Troubles of one kind at one time, of one family where others need not have it.
struct Cluster<'a> {
    trouble: Trouble,
    from: Timestamp,
    to: Timestamp,
    spells: Vec<&'a Spell>,
}

/// Everything that is to be found.
pub(super) fn find(chronicle: &Chronicle, runs: &[Owned], until: Timestamp) -> Vec<Incident> {
    let spells = chronicle.spells();
    let clusters = clusters(&spells);
    let silences = chronicle.silences();
    let mut found: Vec<Incident> =
        silences.iter().map(|silence| kinds::silent(*silence, &clusters, runs)).collect();
    for cluster in &clusters {
        let aftermath =
            |silence: &Silence| cluster.from >= silence.to && cluster.from <= AFTERMATH.after(silence.to);
        let incident = match cluster.trouble {
            // A call that failed is asked again by the next sweep.
            Trouble::Blind if cluster.lengths().1 <= SHORT || silences.iter().any(aftermath) => continue,
            Trouble::Blind => kinds::blind(cluster),
            Trouble::Waiting => kinds::waiting(cluster, runs, chronicle.news()),
            Trouble::GivenUp => kinds::given_up(cluster, runs, chronicle.news()),
            Trouble::Futile => kinds::futile(cluster, runs, chronicle.news()),
            Trouble::Budget => kinds::budget(cluster, runs, until),
        };
        found.push(incident);
    }
    found.sort_by_key(|incident| incident.from);
    found
}

fn clusters(spells: &[Spell]) -> Vec<Cluster<'_>> {
    let mut clusters: Vec<Cluster<'_>> = Vec::new();
    for spell in spells {
        // A quota is the account's.
        let shared = spell.trouble == Trouble::Waiting;
        let same = |cluster: &&mut Cluster<'_>| {
            cluster.trouble == spell.trouble
                && (shared || cluster.families().contains(family(&spell.model)))
                && spell.from <= APART.after(cluster.to)
        };
        match clusters.iter_mut().find(same) {
            Some(cluster) => {
                cluster.to = cluster.to.max(spell.to);
                cluster.spells.push(spell);
            }
            None => clusters.push(Cluster {
                trouble: spell.trouble,
                from: spell.from,
                to: spell.to,
                spells: vec![spell],
            }),
        }
    }
    clusters.retain(|cluster| {
        cluster.models().len() >= MANY && Duration::between(cluster.from, cluster.to) > SHORT
    });
    clusters
}

impl Cluster<'_> {
    fn models(&self) -> BTreeSet<String> {
        self.spells.iter().map(|spell| spell.model.clone()).collect()
    }

    fn families(&self) -> BTreeSet<&str> {
        self.spells.iter().map(|spell| family(&spell.model)).collect()
    }

    /// The middle and the longest of its troubles.
    fn lengths(&self) -> (Duration, Duration) {
        let mut all: Vec<Duration> =
            self.spells.iter().map(|spell| Duration::between(spell.from, spell.to)).collect();
        all.sort_unstable();
        let middle = all.get(all.len() / 2).copied().unwrap_or_default();
        (middle, all.last().copied().unwrap_or_default())
    }

    /// When the last of its models met it.
    fn last_met(&self) -> Timestamp {
        self.spells.iter().map(|spell| spell.from).max().unwrap_or(self.to)
    }

    /// What stood in the way of the first of them, without what it would do otherwise and when it looks again.
    fn sentence(&self) -> &str {
        let whole = self.spells.first().map(|spell| spell.sentence.as_str()).unwrap_or_default();
        let held = whole.strip_prefix("Held: ").unwrap_or(whole);
        let end =
            ["; would otherwise", ". Looking again"].into_iter().filter_map(|word| held.find(word)).min();
        held.get(..end.unwrap_or(held.len())).unwrap_or(held)
    }

    fn incident(&self, what: &str) -> Incident {
        let models = self.models();
        let families: Vec<String> = self.families().into_iter().map(|family| format!("`{family}`")).collect();
        Incident {
            title: format!("{} models of {} {what}", models.len(), families.join(" and ")),
            from: self.from,
            to: self.to,
            over: self.spells.iter().all(|spell| spell.over),
            models,
            impact: Vec::new(),
            timeline: vec![self.first()],
            response: Vec::new(),
        }
    }

    fn first(&self) -> Moment {
        let model = self.spells.first().map(|spell| spell.model.as_str()).unwrap_or_default();
        Moment { at: self.from, what: format!("`{model}` first: {}", self.sentence()) }
    }

    fn runs<'a>(&'a self, runs: &'a [Owned]) -> impl Iterator<Item = &'a Owned> {
        let models = self.models();
        runs.iter().filter(move |owned| models.contains(&owned.model))
    }
}
