//! The facts of a batch of models, gathered once, in shared calls.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures::StreamExt;
use futures::stream;
use rekindle_decision::facts::{AlarmFact, Facts, Gap, Series};
use rekindle_decision::policy::{Alarms, Policy, Wanted};
use tracing::Instrument;

use crate::AT_ONCE;
use crate::error::chain;
use crate::ledger::Row;
use crate::repair::{self, Repair};
use crate::wake::Told;
use crate::world::{Query, World};

/// One model with everything a decision needs, or with why there is nothing to decide on.
#[derive(Debug)]
pub(crate) struct Gathered {
    pub(crate) policy: Arc<Policy>,
    pub(crate) facts: Facts,
    pub(crate) row: Result<Row, Unread>,
    /// Whether nothing may be written.
    pub(crate) dry_run: bool,
    /// What was found broken and mended before the decision.
    pub(crate) repair: Option<Repair>,
}

/// Why a row could not be read.
#[derive(Debug, Clone)]
pub(crate) struct Unread {
    pub(crate) error: String,
    /// Whether somebody must look: the row holds what no turn could have written.
    pub(crate) for_a_person: bool,
}

impl Unread {
    /// What the ledger answered for one model.
    pub(crate) fn or_row<W: World>(answer: Option<Result<Row, Arc<W::Error>>>) -> Result<Row, Self> {
        match answer {
            Some(Ok(row)) => Ok(row),
            Some(Err(error)) => Err(Self { error: chain(&*error), for_a_person: W::is_for_a_person(&error) }),
            None => Err(Self { error: "the ledger gave no answer for it".to_owned(), for_a_person: false }),
        }
    }
}

pub(crate) async fn gather<W: World>(world: &W, batch: &[Told]) -> Vec<Gathered> {
    let models: Vec<String> = batch.iter().map(|told| told.policy.model.clone()).collect();
    let mut rows = world.rows(&models).await;

    let now = world.now();
    let wanted: BTreeSet<String> = batch.iter().flat_map(|told| names(&told.policy)).collect();
    let queries: Vec<Query> = batch
        .iter()
        .flat_map(|told| told.policy.wanted(now))
        .map(|wanted| query(&wanted))
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    let (alarms, series) = futures::future::join(alarms(world, &wanted), metrics(world, &queries)).await;
    let read: BTreeMap<&Query, &Series> = queries.iter().zip(&series).collect();

    let gathered = batch.iter().map(|told| {
        let policy = Arc::clone(&told.policy);
        let row = Unread::or_row::<W>(rows.remove(&policy.model));
        let mut facts = Facts { signals: told.signals.clone(), ..Facts::at(now) };
        for name in names(&policy) {
            let fact = alarms.get(&name).cloned().unwrap_or(AlarmFact::Unread { gap: Gap::NotAsked });
            facts.alarms.insert(name, fact);
        }
        for wanted in policy.wanted(now) {
            let series = read
                .get(&query(&wanted))
                .map_or(Series::Unread { gap: Gap::NotAsked }, |series| (*series).clone());
            facts.metrics.insert(wanted.key, series);
        }
        Gathered { policy, facts, row, dry_run: told.dry_run(), repair: None }
    });
    stream::iter(gathered.collect::<Vec<_>>())
        .map(|model| {
            let span = tracing::info_span!("mend", model = model.policy.model);
            repair::mend(world, model).instrument(span)
        })
        .buffered(AT_ONCE)
        .collect()
        .await
}

fn names(policy: &Policy) -> Vec<String> {
    let named = policy.alarms().into_iter().filter_map(|which| match which {
        Alarms::Name(name) => Some(name.clone()),
        Alarms::Prefix { .. } => None,
    });
    named.collect()
}

/// What a rule or a guard needs to be judged.
fn query(wanted: &Wanted<'_>) -> Query {
    Query { metric: wanted.metric.clone(), start: wanted.start, end: wanted.end, samples: wanted.samples }
}

async fn alarms<W: World>(world: &W, names: &BTreeSet<String>) -> BTreeMap<String, AlarmFact> {
    if names.is_empty() { BTreeMap::new() } else { world.alarms(names).await }
}

async fn metrics<W: World>(world: &W, queries: &[Query]) -> Vec<Series> {
    if queries.is_empty() { Vec::new() } else { world.metrics(queries).await }
}
