//! The changes to a model's ledger once it has a start: each with its condition, and what it makes of row, run and budgets.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rekindle_decision::effect::Effect;
use rekindle_decision::money::Money;
use rekindle_decision::state::{Phase, Refusal, Started, State, Trained, Waiting};

use super::{EndCause, Fleet, Happened, News, Row, Run};

/// One change. Its condition and its effect are [`Change::of`]'s.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// A start is taken over.
    TakeOver(TakeOver),
    /// What came of a start.
    Settle(Settle),
    /// A job has ended.
    Close(Close),
    /// A training was judged.
    Judge(Judge),
    /// News were announced.
    Said(Said),
}

/// Takes over a start whose lease has run out: the same generation, the same decision, another turn.
///
/// Condition: the generation is `generation`, the phase is `starting`, and the lease ended before `now` or was this
/// turn's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakeOver {
    /// The model.
    pub model: String,
    /// The generation.
    pub generation: u32,
    /// Who takes over.
    pub turn: String,
    /// When.
    pub now: Timestamp,
    /// Until when.
    pub lease_until: Timestamp,
}

/// Step 3: what came of a start.
///
/// Condition: the generation is `generation`, the phase is `starting`, the turn is `turn`, and the lease is the one that
/// this try was given. The turn alone will not do: the platform tries again under the same name, and what the try before
/// had sent may arrive after the next one has made the job.
#[derive(Debug, Clone, PartialEq)]
pub struct Settle {
    /// The model.
    pub model: String,
    /// The generation.
    pub generation: u32,
    /// Who holds the start.
    pub turn: String,
    /// Until when this try holds it, as it wrote itself: with the intent or the take-over. Thousandths of a second count.
    pub lease_until: Timestamp,
    /// When.
    pub now: Timestamp,
    /// What came of it.
    pub settled: Settled,
}

/// What came of a start.
#[derive(Debug, Clone, PartialEq)]
pub enum Settled {
    /// The job exists: phase `running`, `last_started` becomes `since`, and what people were asked about it is over.
    Running {
        /// The decision.
        decision: String,
        /// When it was decided.
        since: Timestamp,
        /// The job's ARN.
        arn: String,
    },
    /// Refused for now: stays `starting`, and the lease ends so that the next sweep tries the same generation.
    Waiting {
        /// What SageMaker answered.
        waiting: Waiting,
        /// When; the lease ends here.
        now: Timestamp,
    },
    /// Given up: phase `idle`, the generation is spent, the start is forgotten, and what was reserved for it is given
    /// back.
    GivenUp {
        /// The run's last status.
        status: String,
        /// What was said.
        failure: String,
        /// Kept so that the same cause is not tried again.
        refused: Option<Refusal>,
    },
}

/// Step 4: a job has ended.
///
/// Condition: the generation is `generation` and the phase is `starting` or `running`: an end may overtake a settle. An end
/// that is `Completed` is remembered as the newest training, one that is `Failed` as one more failure in a row. The real cost
/// takes the place of what was reserved.
#[derive(Debug, Clone, PartialEq)]
pub struct Close {
    /// The model.
    pub model: String,
    /// The generation.
    pub generation: u32,
    /// The turn that saw it.
    pub turn: String,
    /// SageMaker's word.
    pub status: String,
    /// When the start was decided, which becomes `last_started`.
    pub since: Timestamp,
    /// The job's ARN, where known.
    pub arn: Option<String>,
    /// When it ended.
    pub ended: Option<Timestamp>,
    /// When the end was seen, which stands for `ended` where nobody knows it.
    pub now: Timestamp,
    /// Seconds that are paid for, for each instance.
    pub billable_seconds: Option<i64>,
    /// What it really cost; `None` where nobody knows: the estimate stands.
    pub cost: Option<Money>,
    /// The metrics it reported at its end.
    pub metrics: BTreeMap<String, f64>,
    /// SageMaker's sentence about a failure.
    pub failure: Option<String>,
    /// Why it ended otherwise than well.
    pub cause: Option<EndCause>,
}

/// Step 5: a training was judged, once.
///
/// Condition: the start of that generation is remembered, has ended well, and was not judged.
#[derive(Debug, Clone, PartialEq)]
pub struct Judge {
    /// The model.
    pub model: String,
    /// The generation.
    pub generation: u32,
    /// The turn that judged.
    pub turn: String,
    /// When.
    pub now: Timestamp,
    /// What it came to.
    pub effect: Effect,
    /// Whether the breaker is open because of it, which calls a person.
    pub futile: bool,
}

/// The bus has taken news.
///
/// Condition: some of them are noted still.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The model.
    pub model: String,
    /// The news.
    pub news: Vec<News>,
}

/// What a change makes of a model's ledger.
#[derive(Debug, Clone, PartialEq)]
pub struct After {
    /// The row, in its next version.
    pub row: Row,
    /// The run, where it changes.
    pub run: Option<Run>,
    /// By how much what the fleets have spent changes.
    pub spent: Vec<Spent>,
}

/// What a fleet has spent changes from one amount to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spent {
    /// The fleet.
    pub fleet: Fleet,
    /// What stood in its budget for this run.
    pub before: Money,
    /// What stands there now.
    pub after: Money,
}

impl Change {
    /// The model whose ledger changes.
    #[must_use]
    pub fn model(&self) -> &str {
        match self {
            Self::TakeOver(TakeOver { model, .. })
            | Self::Settle(Settle { model, .. })
            | Self::Close(Close { model, .. })
            | Self::Judge(Judge { model, .. })
            | Self::Said(Said { model, .. }) => model,
        }
    }

    /// The run that changes with the row, by its generation.
    #[must_use]
    pub const fn run(&self) -> Option<u32> {
        match self {
            Self::Settle(Settle { generation, .. })
            | Self::Close(Close { generation, .. })
            | Self::Judge(Judge { generation, .. }) => Some(*generation),
            Self::TakeOver(_) | Self::Said(_) => None,
        }
    }

    /// What becomes of row, run and budgets; `None` where the condition does not hold.
    #[must_use]
    pub fn of(&self, row: &Row, run: Option<&Run>) -> Option<After> {
        let changed = match self {
            Self::TakeOver(claim) => taken_over(row, claim)?,
            Self::Settle(settle) => settled(row, settle)?,
            Self::Close(close) => closed(row, close)?,
            Self::Judge(judge) => judged(row, judge)?,
            Self::Said(said) => told(row, said)?,
        };
        let after = run.and_then(|run| match self {
            Self::Settle(settle) => Some(run.settled(&settle.settled)),
            Self::Close(close) => Some(run.closed(close)),
            Self::Judge(judge) => Some(Run { effect: Some(judge.effect), ..run.clone() }),
            Self::TakeOver(_) | Self::Said(_) => None,
        });
        let spent = run.zip(after.as_ref()).map(|(before, after)| spent(before, after)).unwrap_or_default();
        Some(After { row: changed, run: after, spent })
    }
}

fn taken_over(row: &Row, claim: &TakeOver) -> Option<Row> {
    let own = row.turn.as_deref() == Some(claim.turn.as_str());
    let mut row = row.next();
    match &mut row.state.phase {
        Phase::Starting { lease_until, .. }
            if row.state.generation == claim.generation && (*lease_until < claim.now || own) =>
        {
            *lease_until = claim.lease_until;
        }
        Phase::Starting { .. } | Phase::Idle | Phase::Running { .. } => return None,
    }
    row.turn = Some(claim.turn.clone());
    Some(row)
}

fn settled(row: &Row, settle: &Settle) -> Option<Row> {
    let Phase::Starting { decision, since, lease_until, .. } = &row.state.phase else { return None };
    let same_try = lease_until.as_millisecond() == settle.lease_until.as_millisecond();
    let mine = same_try && row.turn.as_deref() == Some(settle.turn.as_str());
    if row.state.generation != settle.generation || !mine {
        return None;
    }
    let news = |what| News { what, generation: settle.generation, at: settle.now, by: settle.turn.clone() };
    let mut row = row.next();
    match &settle.settled {
        Settled::Running { decision, since, .. } => {
            row.state.phase = Phase::Running { decision: decision.clone(), since: *since, stopping: None };
            row.state.refused = None;
            made(&mut row, *since);
            row.note(news(Happened::Started));
        }
        Settled::Waiting { waiting, now } => {
            row.state.phase = Phase::Starting {
                decision: decision.clone(),
                since: *since,
                lease_until: *now,
                waiting: Some(waiting.clone()),
            };
        }
        Settled::GivenUp { refused, .. } => {
            row.state.phase = Phase::Idle;
            row.state.refused.clone_from(refused);
            row.state.starts.retain(|start| start.generation != settle.generation);
            row.turn = None;
            row.note(news(Happened::GivenUp));
        }
    }
    Some(row)
}

/// A start's job exists: what was asked of people until then is answered.
fn made(row: &mut Row, since: Timestamp) {
    row.turn = None;
    row.state.last_started = Some(since);
    row.state.proposed.clear();
    row.state.confirmed = None;
}

fn closed(row: &Row, close: &Close) -> Option<Row> {
    if row.state.generation != close.generation {
        return None;
    }
    let mut row = row.next();
    let news = |what| News { what, generation: close.generation, at: close.now, by: close.turn.clone() };
    match row.state.phase {
        Phase::Idle => return None,
        // The settle was overtaken. What was put to people while the job ran is about the next one, and stays.
        Phase::Starting { .. } => {
            made(&mut row, close.since);
            row.note(news(Happened::Started));
        }
        Phase::Running { .. } => row.state.last_started = Some(close.since),
    }
    row.turn = None;
    row.state.phase = Phase::Idle;
    learn(&mut row.state, close);
    row.note(news(Happened::Ended));
    Some(row)
}

/// What an end means for the next decision. One that was stopped, by a person or for the next, says nothing about
/// training; neither does one that was deleted.
fn learn(state: &mut State, close: &Close) {
    let at = close.ended.unwrap_or(close.now);
    let generation = close.generation;
    let started = state.starts.iter_mut().find(|start| start.generation == generation);
    let again = started.as_ref().is_some_and(|start| start.again);
    if let Some(start) = started {
        start.cost = close.cost.or(start.cost);
        start.trained = (close.status == "Completed").then_some(at);
    }
    match close.status.as_str() {
        "Completed" => {
            state.trained = Some(Trained { generation, at, metrics: close.metrics.clone() });
            state.failures = 0;
            state.failed_at = None;
        }
        "Failed" => {
            state.failures = state.failures.saturating_add(1);
            state.failed_at = Some(at);
            if again {
                state.forget_start(generation);
            }
        }
        _ => {}
    }
}

fn judged(row: &Row, judge: &Judge) -> Option<Row> {
    let mut row = row.next();
    let open = |start: &&mut Started| {
        start.generation == judge.generation && start.trained.is_some() && start.effect.is_none()
    };
    row.state.starts.iter_mut().find(open)?.effect = Some(judge.effect);
    let news = |what| News { what, generation: judge.generation, at: judge.now, by: judge.turn.clone() };
    row.note(news(Happened::Judged));
    if judge.futile {
        row.note(news(Happened::Futile));
    }
    Some(row)
}

fn told(row: &Row, said: &Said) -> Option<Row> {
    let mut row = row.next();
    let before = row.unsaid.len();
    row.unsaid.retain(|news| !said.news.contains(news));
    (row.unsaid.len() < before).then_some(row)
}

/// What stood for the run in the fleets' budgets, and what stands there now.
fn spent(before: &Run, after: &Run) -> Vec<Spent> {
    let now = |fleet: &Fleet| {
        let reserve = after.reserve.iter().find(|reserve| Fleet::of(reserve) == *fleet);
        reserve.map(|reserve| reserve.amount).unwrap_or_default()
    };
    let changes = before.reserve.iter().map(|reserve| {
        let fleet = Fleet::of(reserve);
        Spent { before: reserve.amount, after: now(&fleet), fleet }
    });
    changes.filter(|spent| spent.before != spent.after).collect()
}

/// Adds a start to those that are remembered, and forgets the oldest where there are too many.
pub(crate) fn count_start(starts: &mut Vec<Started>, start: Started) {
    starts.push(start);
    let surplus = starts.len().saturating_sub(State::STARTS);
    starts.drain(..surplus);
}
