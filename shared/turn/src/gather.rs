//! The facts of a batch of models, gathered once, in shared calls.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures::StreamExt;
use futures::stream;
use jiff::Timestamp;
use rekindle_decision::facts::{AlarmFact, AlarmSet, Facts, Gap, MonitorFact, Series, Spending};
use rekindle_decision::policy::{Alarms, Policy, Wanted};
use tracing::Instrument;

use crate::AT_ONCE;
use crate::error::chain;
use crate::judge;
use crate::ledger::{Fleet, News, Row};
use crate::repair::{self, Repair};
use crate::steer;
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
    /// What is to be announced beside the decision.
    pub(crate) news: Vec<News>,
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
    // Boxed: five reads at a time are much to carry along.
    let read = Box::pin(Read::of(world, batch, now)).await;
    let gathered = batch.iter().map(|told| {
        let policy = Arc::clone(&told.policy);
        let row = Unread::or_row::<W>(rows.remove(&policy.model));
        let mut facts = Facts { signals: told.signals.clone(), ..Facts::at(now) };
        read.tell(&policy, &mut facts);
        Gathered { policy, facts, row, dry_run: told.dry_run(), repair: None, news: Vec::new() }
    });
    stream::iter(gathered.collect::<Vec<_>>())
        .map(|model| {
            let span = tracing::info_span!("mend", model = model.policy.model);
            async {
                // A person's hand first: a start that was suspended or cancelled just now must not be carried on.
                let model = steer::steer(world, model).await;
                let model = repair::mend(world, model).await;
                let mut model = judge::judge(world, model).await;
                if let (Ok(row), false) = (&model.row, model.dry_run) {
                    model.news = row.to_say(world.token(), model.facts.now);
                }
                model
            }
            .instrument(span)
        })
        .buffered(AT_ONCE)
        .collect()
        .await
}

/// Reads one model's row again, after a write.
pub(crate) async fn read_again<W: World>(world: &W, model: &mut Gathered) {
    let name = model.policy.model.clone();
    model.row = Unread::or_row::<W>(world.rows(std::slice::from_ref(&name)).await.remove(&name));
    if let Ok(row) = &model.row {
        model.facts.state = row.known();
    }
}

/// What a batch wanted to know, each thing read once.
#[derive(Debug)]
struct Read {
    alarms: BTreeMap<String, AlarmFact>,
    alarm_sets: BTreeMap<String, AlarmSet>,
    monitors: BTreeMap<String, MonitorFact>,
    fleets: BTreeMap<Fleet, Spending>,
    series: BTreeMap<Query, Series>,
}

impl Read {
    async fn of<W: World>(world: &W, batch: &[Told], now: Timestamp) -> Self {
        let policies = || batch.iter().map(|told| &*told.policy);
        let (names, prefixes): (Vec<&Alarms>, Vec<&Alarms>) =
            policies().flat_map(Policy::alarms).partition(|which| named(which).is_some());
        let names: BTreeSet<String> = names.into_iter().filter_map(named).cloned().collect();
        let prefixes: BTreeSet<Alarms> = prefixes.into_iter().cloned().collect();
        let schedules: BTreeSet<String> =
            policies().flat_map(Policy::monitors).map(ToOwned::to_owned).collect();
        let wanted: BTreeSet<Fleet> = policies().flat_map(|policy| purses(policy, now)).collect();
        let queries: BTreeSet<Query> =
            policies().flat_map(|policy| policy.wanted(now)).map(|wanted| query(&wanted)).collect();
        let queries: Vec<Query> = queries.into_iter().collect();

        let (alarms, alarm_sets, monitors, fleets, series) = futures::future::join5(
            unless(names.is_empty(), world.alarms(&names)),
            unless(prefixes.is_empty(), world.alarm_sets(&prefixes)),
            unless(schedules.is_empty(), world.monitors(&schedules)),
            unless(wanted.is_empty(), world.spending(&wanted)),
            unless(queries.is_empty(), world.metrics(&queries)),
        )
        .await;
        Self { alarms, alarm_sets, monitors, fleets, series: queries.into_iter().zip(series).collect() }
    }

    /// Tells one model what concerns it. What was not answered is a gap.
    fn tell(&self, policy: &Policy, facts: &mut Facts) {
        let gap = Gap::NotAsked;
        for which in policy.alarms() {
            if let Some(name) = named(which) {
                let fact = self.alarms.get(name).cloned();
                facts.alarms.insert(name.clone(), fact.unwrap_or(AlarmFact::Unread { gap: gap.clone() }));
            } else {
                let set = self.alarm_sets.get(&which.key()).cloned();
                facts.alarm_sets.insert(which.key(), set.unwrap_or(AlarmSet::Unread { gap: gap.clone() }));
            }
        }
        for schedule in policy.monitors() {
            let fact = self.monitors.get(schedule).cloned();
            let fact = fact.unwrap_or(MonitorFact::Unread { gap: gap.clone() });
            facts.monitors.insert(schedule.to_owned(), fact);
        }
        for wanted in policy.wanted(facts.now) {
            let series = self.series.get(&query(&wanted)).cloned();
            facts.metrics.insert(wanted.key, series.unwrap_or(Series::Unread { gap: gap.clone() }));
        }
        facts.fleets = spent(policy, facts.now, &self.fleets);
    }
}

/// Reads again what the fleets of one policy have spent: another start was first.
pub(crate) async fn again<W: World>(world: &W, policy: &Policy, facts: &mut Facts) {
    let wanted: BTreeSet<Fleet> = purses(policy, facts.now).collect();
    if !wanted.is_empty() {
        facts.fleets = spent(policy, facts.now, &world.spending(&wanted).await);
    }
}

/// The facts know a fleet by its name alone: two budgets of one fleet in different spans cannot both be told.
fn spent(policy: &Policy, now: Timestamp, read: &BTreeMap<Fleet, Spending>) -> BTreeMap<String, Spending> {
    let mut spent: BTreeMap<String, Spending> = BTreeMap::new();
    let mut spans: BTreeMap<String, String> = BTreeMap::new();
    for fleet in purses(policy, now) {
        let mut spending = read.get(&fleet).cloned().unwrap_or(Spending::Unread { gap: Gap::NotAsked });
        let span = spans.entry(fleet.name.clone()).or_insert_with(|| fleet.span.clone());
        if *span != fleet.span {
            let error = format!("the fleet {} has budgets in {span} and in {}", fleet.name, fleet.span);
            spending = Spending::Unread { gap: Gap::Failed { error } };
        }
        spent.insert(fleet.name, spending);
    }
    spent
}

fn purses(policy: &Policy, now: Timestamp) -> impl Iterator<Item = Fleet> {
    policy.fleets(now).into_iter().map(|(name, span)| Fleet { name: name.to_owned(), span })
}

fn named(which: &Alarms) -> Option<&String> {
    match which {
        Alarms::Name(name) => Some(name),
        Alarms::Prefix { .. } => None,
    }
}

/// What a rule or a guard needs to be judged.
fn query(wanted: &Wanted<'_>) -> Query {
    Query { metric: wanted.metric.clone(), start: wanted.start, end: wanted.end, samples: wanted.samples }
}

/// Nothing is asked of the world where nothing is wanted.
async fn unless<T: Default>(nothing: bool, read: impl Future<Output = T>) -> T {
    if nothing { T::default() } else { read.await }
}
