//! One model: decide, write the intent, act.

use rekindle_decision::decide;
use rekindle_decision::duration::Duration;
use rekindle_decision::facts::Facts;
use rekindle_decision::identity::job_name;
use rekindle_decision::policy::{Mode, Policy};
use rekindle_decision::ruling::{Decision, Reason, Reserve, Ruling};
use rekindle_decision::signal::Signal;
use rekindle_decision::state::{Confirmed, Phase, Request, Started, State};
use tracing::Instrument;

use crate::act::{self, Start};
use crate::error::chain;
use crate::gather::{self, Gathered, Unread};
use crate::ledger::{ANSWERED, Fleet, Happened, Intent, LEASE, Memo, News, Row, Run, Written, count_start};
use crate::record::{Outcome, Record, is_blind};
use crate::repair::Repair;
use crate::sources::sources;
use crate::world::World;
use crate::{announce, approval};

/// Times a turn reads a row again that another turn changed meanwhile. Each time somebody else got further, so more
/// than a few means a storm, and the sweep will come.
const ATTEMPTS: usize = 4;

/// The same, for what cannot be read again: many objects arrive at once, each in an invocation of its own, and the sweep
/// knows nothing of one that was not written down.
const BURST: usize = 32;

fn arrived(facts: &Facts) -> bool {
    facts.signals.iter().any(|signal| matches!(signal, Signal::Arrived(_)))
}

/// Decides about one model and acts. Never fails: what went wrong is the record's outcome.
pub(crate) async fn one<W: World>(world: &W, gathered: Gathered) -> Record {
    let Gathered { policy, mut facts, row, dry_run, repair, mut news } = gathered;
    let span = tracing::info_span!(
        "model",
        model = policy.model,
        generation = tracing::field::Empty,
        decision = tracing::field::Empty
    );
    let row = match row {
        Ok(row) => row,
        Err(unread) => return Record::unread(&policy, facts, unread, repair),
    };
    let before = row.clone();
    let may = if dry_run {
        May::Look
    } else if matches!(repair, Some(Repair::TookOver { .. } | Repair::NotYet { .. })) {
        May::Remember
    } else {
        May::Start
    };
    async {
        let (ruling, announced, outcome) = match conclude(world, &policy, &mut facts, row, may).await {
            Ok(done) => done,
            // Told once, by the record.
            Err(error) => (decide(&policy, &facts), None, Outcome::Failed { error: chain(&error) }),
        };
        let unclaimed = approval::unclaimed(&policy, &facts, &ruling);
        let silent = sources(&policy, &facts, &before.delivered).silent;
        let remembered = matches!(
            outcome,
            Outcome::Decided | Outcome::Observed | Outcome::Stopping { .. } | Outcome::Lost { .. }
        );
        let now = announce::announced(&ruling);
        if remembered && announce::is_another(announced.as_deref(), now.as_deref()) {
            let (generation, by) = (ruling.generation, world.token().to_owned());
            news.push(News { what: Happened::Held, generation, at: facts.now, by });
        }
        Record::new(&policy, facts, ruling, outcome, repair, announced)
            .answering(unclaimed)
            .telling(news, before)
            .silent(silent, policy.guards.blind_for)
    }
    .instrument(span)
    .await
}

/// What a turn may do for one model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum May {
    /// A dry run.
    Look,
    /// The turn has carried on a start of this model, or tried to. Whatever came of that, it starts no second one: a
    /// generation that was lost to a stranger would be skipped, and two jobs made for one cause.
    Remember,
    /// Everything.
    Start,
}

/// Decides and acts until the ledger agrees. Gives back what was announced before, too.
async fn conclude<W: World>(
    world: &W,
    policy: &Policy,
    facts: &mut Facts,
    mut row: Row,
    may: May,
) -> Result<(Ruling, Option<String>, Outcome), W::Error> {
    let generation = row.state.generation;
    let attempts = if arrived(facts) { BURST } else { ATTEMPTS };
    for _ in 0..attempts {
        facts.state = row.known();
        let ruling = decide(policy, facts);
        let span = tracing::Span::current();
        span.record("generation", ruling.generation).record("decision", ruling.id.as_str());
        let announced = row.announced.clone();

        let outcome = if may == May::Look {
            Some(Outcome::DryRun)
        } else if matches!(ruling.decision, Decision::Start { .. }) && policy.mode == Mode::Enforce {
            // Somebody else started, and it has ended, while we were deciding; or we have carried on a start in this
            // very turn. Two starts for one cause is what must not be: remember what is wanted, and let the next
            // sweep decide afresh.
            let why = if row.state.generation != generation {
                Some("another turn started a job for this model at the same time")
            } else if may == May::Remember {
                Some("a start of this model was carried on in the same turn; the next sweep decides afresh")
            } else {
                None
            };
            match why {
                None => start(world, policy, facts, &row, &ruling).await?,
                Some(why) => remember(world, policy, facts, &row, &ruling)
                    .await?
                    .map(|_| Outcome::Lost { why: why.to_owned() }),
            }
        } else if let Some(stop) = ruling.stop.filter(|_| may == May::Start) {
            replace(world, policy, facts, &row, &ruling, stop).await?
        } else {
            remember(world, policy, facts, &row, &ruling).await?
        };
        if let Some(outcome) = outcome {
            return Ok((ruling, announced, outcome));
        }
        let again = world.rows(std::slice::from_ref(&policy.model)).await.remove(&policy.model);
        row = match Unread::or_row::<W>(again) {
            Ok(row) => row,
            Err(Unread { error, .. }) => return Ok((ruling, announced, Outcome::Failed { error })),
        };
        gather::again(world, policy, facts).await;
    }
    let error = format!("the ledger changed {attempts} times while this was decided");
    Ok((decide(policy, facts), row.announced, Outcome::Failed { error }))
}

/// Intent, then act. `None`: another turn changed the row first, or took what was left of a budget.
async fn start<W: World>(
    world: &W,
    policy: &Policy,
    facts: &Facts,
    row: &Row,
    ruling: &Ruling,
) -> Result<Option<Outcome>, W::Error> {
    let now = facts.now;
    match world.intend(&intent(world, policy, facts, row, ruling)).await? {
        Written::Yes => {}
        Written::No | Written::OverBudget => return Ok(None),
    }
    let start = Start {
        policy,
        generation: ruling.generation,
        decision: ruling.id.clone(),
        at: now,
        now,
        refused: row.state.refused.as_ref(),
        before: None,
    };
    let outcome = match act::create(world, &start, &ruling.cause).await {
        Ok(outcome) => outcome,
        // The intent stands: the sweep carries it on when the lease ends.
        Err(error) => Outcome::Unsettled { error: chain(&error) },
    };
    Ok(Some(outcome))
}

/// The ids of every request that a start now answers: those of this turn, the one that was kept, and the one decided on.
fn requests(facts: &Facts, row: &Row, ruling: &Ruling) -> Vec<String> {
    let told = facts.signals.iter().filter_map(|signal| signal.ask()?.id.clone());
    let kept = [&row.state.asked, &ruling.asked].into_iter().flatten();
    let kept = kept.flat_map(|request| request.stands_for.iter().chain([&request.id])).cloned();
    told.chain(kept).collect()
}

fn intent<W: World>(world: &W, policy: &Policy, facts: &Facts, row: &Row, ruling: &Ruling) -> Intent {
    let now = facts.now;
    let mut state = row.state.clone();
    state.generation = ruling.generation;
    state.phase = Phase::Starting {
        decision: ruling.id.clone(),
        since: now,
        lease_until: LEASE.after(now),
        waiting: None,
    };
    state.sightings = ruling.sightings.clone();
    state.arrivals = ruling.arrivals.clone();
    // Money is spoken for as soon as a start is intended; one that comes to nothing is forgotten again.
    let start = Started {
        cost: ruling.cost,
        again: policy.guards.after_failure.is_some(),
        because: triggers(ruling),
        policy: policy.revision.version,
        ..Started::of(ruling.generation, now)
    };
    count_start(&mut state.starts, start);
    // Kept until the job exists, as the request below is.
    state.proposed.clone_from(&ruling.proposed);
    state.confirmed = ruling.confirmed.clone().map(|yes| Confirmed { at: yes.at.min(now), ..yes });
    // One job answers all of them: each may be delivered again by itself.
    for id in requests(facts, row, ruling) {
        state.answered.retain(|known| *known != id);
        state.answered.push(id);
    }
    let surplus = state.answered.len().saturating_sub(ANSWERED);
    state.answered.drain(..surplus);
    // Kept until the job exists: a start that is lost or refused has not honoured it. Not dated after the start, even if
    // it was made where the clock is ahead: it would outlive the job that honours it.
    state.asked = ruling.asked.clone().map(|request| Request { at: request.at.min(now), ..request });
    Intent {
        model: policy.model.clone(),
        version: row.version,
        row: Row {
            version: row.version.saturating_add(1),
            state,
            turn: Some(world.token().to_owned()),
            announced: Some(announce::digest(ruling)),
            // What held it is over, whether or not anybody heard of it.
            unsaid: row.unsaid.iter().filter(|news| news.what != Happened::Held).cloned().collect(),
            ..row.clone()
        },
        run: Run {
            generation: ruling.generation,
            decision: ruling.id.clone(),
            why: ruling.sentence(),
            policy: policy.revision.clone(),
            job: job_name(&policy.model, ruling.generation),
            arn: None,
            decided: now,
            status: "Starting".to_owned(),
            ended: None,
            billable_seconds: None,
            cost: ruling.cost,
            failure: None,
            cause: None,
            metrics: std::collections::BTreeMap::new(),
            effect: None,
            reserve: once_each(&ruling.reserve),
        },
    }
}

/// The names of the triggers that asked.
fn triggers(ruling: &Ruling) -> Vec<String> {
    let because = ruling.decision.because().iter();
    because
        .filter_map(|reason| match reason {
            Reason::Trigger { trigger, .. } => Some(trigger.clone()),
            Reason::Asked(_) => None,
        })
        .collect()
}

/// What is reserved, each fleet once: two budgets of one fleet speak of the same money.
fn once_each(reserve: &[Reserve]) -> Vec<Reserve> {
    let mut once: Vec<Reserve> = Vec::new();
    for next in reserve {
        match once.iter_mut().find(|known| Fleet::of(known) == Fleet::of(next)) {
            Some(known) => {
                known.amount = known.amount.max(next.amount);
                known.limit = known.limit.into_iter().chain(next.limit).min();
            }
            None => once.push(next.clone()),
        }
    }
    once
}

/// Asks the running job to stop, once what asks for the next one is remembered: when it has stopped, a later turn closes
/// it and starts. `None`: another turn changed the row first.
async fn replace<W: World>(
    world: &W,
    policy: &Policy,
    facts: &Facts,
    row: &Row,
    ruling: &Ruling,
    generation: u32,
) -> Result<Option<Outcome>, W::Error> {
    if remember(world, policy, facts, row, ruling).await?.is_none() {
        return Ok(None);
    }
    // Written before it is asked: that we did it, and no stranger, is known when it has ended.
    let job = job_name(&policy.model, generation);
    world.stop(&job).await?;
    Ok(Some(Outcome::Stopping { job }))
}

/// Remembers what is pending. `None`: another turn changed the row first.
async fn remember<W: World>(
    world: &W,
    policy: &Policy,
    facts: &Facts,
    row: &Row,
    ruling: &Ruling,
) -> Result<Option<Outcome>, W::Error> {
    let now = facts.now;
    let observed = matches!(ruling.decision, Decision::Start { .. }) && policy.mode != Mode::Enforce;
    let done = if observed { Outcome::Observed } else { Outcome::Decided };
    let announced = announce::announced(ruling);
    // A policy that only observes has honoured a request by deciding on it.
    let asked = ruling.asked.clone().filter(|_| !observed);
    // Delivered again it is the same request, made when it was first made: a start may be answering it just now.
    let asked = asked.map(|request| match &row.state.asked {
        Some(kept) if kept.id == request.id => Request { stands_for: request.stands_for, ..kept.clone() },
        Some(_) | None => request,
    });
    // Delivered again it is the same yes, given when it was first given.
    let confirmed = ruling.confirmed.clone().map(|yes| match &row.state.confirmed {
        Some(kept) if kept.decision == yes.decision => kept.clone(),
        Some(_) | None => yes,
    });
    // What the start in flight answers is kept until it is known what comes of it.
    let asked = asked.or_else(|| row.state.asked.clone().filter(|_| row.state.phase.since().is_some()));
    let mut next = Row {
        state: State {
            sightings: ruling.sightings.clone(),
            asked,
            arrivals: ruling.arrivals.clone(),
            proposed: ruling.proposed.clone(),
            confirmed,
            ..row.state.clone()
        },
        announced,
        blind_since: is_blind(ruling).then(|| row.blind_since.unwrap_or(now)),
        delivered: sources(policy, facts, &row.delivered).delivered,
        ..row.clone()
    };
    if let (Some(_), Phase::Running { stopping, .. }) = (ruling.stop, &mut next.state.phase) {
        stopping.get_or_insert(now);
    }
    let exact = policy.start_when.memory() > Duration::default();
    if unchanged(&row.state, &ruling.sightings, exact) {
        next.state.sightings.clone_from(&row.state.sightings);
        if next == *row {
            return Ok(Some(done));
        }
        next.state.sightings.clone_from(&ruling.sightings);
    }
    if announce::is_another(row.announced.as_deref(), next.announced.as_deref()) {
        let (generation, by) = (ruling.generation, world.token().to_owned());
        next.note(News { what: Happened::Held, generation, at: now, by });
    }
    next.version = row.version.saturating_add(1);
    let memo = Memo { model: policy.model.clone(), version: row.version, row: next };
    Ok(match world.remember(&memo).await? {
        Written::Yes => Some(done),
        Written::No | Written::OverBudget => None,
    })
}

/// A trigger that stays fired is not written on every sweep, unless the policy's `within` needs to know exactly when it
/// was last seen: for readers of the table once an hour is enough.
const REFRESH: Duration = Duration::from_seconds(3_600);

type Sightings = std::collections::BTreeMap<String, rekindle_decision::state::Sighting>;

fn unchanged(state: &State, after: &Sightings, exact: bool) -> bool {
    let before = &state.sightings;
    // One from before the last start counts no more, so that one from after it is news; a start that is on its way is one.
    let answered = state.answered_until().max(state.phase.since());
    let counts = |seen| answered.is_none_or(|answered| seen > answered);
    let soon = |old, new| !exact && counts(old) && REFRESH.after(old) > new;
    before.len() == after.len()
        && before.iter().zip(after).all(|((old_name, old), (name, new))| {
            old_name == name
                && old.pending == new.pending
                && old.occurrence == new.occurrence
                && old.first_seen == new.first_seen
                && (old.last_seen == new.last_seen || soon(old.last_seen, new.last_seen))
        })
}
