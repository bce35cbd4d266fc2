//! Starts one training job: exactly this generation, never another in the same turn.

use jiff::Timestamp;
use rekindle_decision::duration::Duration;
use rekindle_decision::identity::job_name;
use rekindle_decision::policy::Policy;
use rekindle_decision::state::{Phase, Refusal, Waiting};
use rekindle_policy::training::{self, Filling};

use crate::ledger::{Change, LEASE, Settle, Settled, Written};
use crate::record::Outcome;
use crate::world::{Creation, Job, World};

/// How long after its start a job may be invisible before it counts as deleted: how soon a new job can be described is
/// not documented.
pub(crate) const VISIBLE_AFTER: Duration = Duration::from_seconds(900);

/// A job created this long after it was decided must be seen before it counts as running: too little is left of
/// [`VISIBLE_AFTER`].
const LATE: Duration = Duration::from_seconds(60);

// Our own words for what a start waits for, beside SageMaker's codes. After each of them the job may exist.
const NO_ANSWER: &str = "NoAnswer";
const NAME_TAKEN: &str = "NameTaken";
const NOT_VISIBLE: &str = "NotVisible";

/// Whether a start that was left waiting for this may have made its job: SageMaker's no is a no, everything else is
/// not.
pub(crate) fn may_exist(waiting: Option<&Waiting>) -> bool {
    waiting.is_none_or(|waiting| [NO_ANSWER, NAME_TAKEN, NOT_VISIBLE].contains(&waiting.code.as_str()))
}

/// How far SageMaker's clock may be behind ours.
pub(crate) const SKEW: Duration = Duration::from_seconds(300);

/// A start whose intent is written and held by this turn.
#[derive(Debug)]
pub(crate) struct Start<'a> {
    pub(crate) policy: &'a Policy,
    pub(crate) generation: u32,
    pub(crate) decision: String,
    /// When it was decided: placeholders are filled with this, so that a second try sends the same request.
    pub(crate) at: Timestamp,
    /// The time of this turn.
    pub(crate) now: Timestamp,
    /// The newest refusal before it.
    pub(crate) refused: Option<&'a Refusal>,
    /// What was known of the tries before, where this turn has taken the start over.
    pub(crate) before: Option<Before>,
}

/// What a turn knew of the tries before it when it took a start over.
#[derive(Debug)]
pub(crate) struct Before {
    /// One after which the job may exist.
    pub(crate) tried: Option<Tried>,
    /// The version of the row as it was read: others may have tried since.
    pub(crate) version: u64,
}

/// A try of an earlier turn, or of this invocation before it was ended: whether it made the job is not known.
#[derive(Debug, Clone)]
pub(crate) struct Tried {
    /// When it was at the latest.
    pub(crate) at: Timestamp,
    /// What was written down about it.
    pub(crate) code: String,
}

impl Tried {
    /// What is known of the tries before a take-over; `None` where SageMaker has said no.
    ///
    /// Whoever takes up a start of its own was ended after it had taken it over: what was written down is about the
    /// try before that one.
    pub(crate) fn of(
        waiting: Option<&Waiting>,
        lease_until: Timestamp,
        now: Timestamp,
        own: bool,
    ) -> Option<Self> {
        let known = waiting.filter(|waiting| may_exist(Some(waiting)));
        let code = known.map_or(NO_ANSWER, |waiting| &waiting.code).to_owned();
        (own || may_exist(waiting)).then(|| Self { at: lease_until.min(now), code })
    }
}

impl Start<'_> {
    /// The earlier try whose job may exist and not be seen yet.
    async fn in_doubt<W: World>(&self, world: &W) -> Option<Tried> {
        let before = self.before.as_ref()?;
        if let Some(tried) = before.tried.as_ref().filter(|tried| VISIBLE_AFTER.after(tried.at) > self.now) {
            return Some(tried.clone());
        }
        // Between the row that was read and the take-over somebody else may have tried, such as this invocation begun a
        // second time; whoever did may even be about to. Only where nobody wrote anything is the no one to all of them.
        let model = &self.policy.model;
        let row = world.rows(std::slice::from_ref(model)).await.remove(model).and_then(Result::ok);
        let alone = row.as_ref().is_some_and(|row| row.version == before.version.saturating_add(1));
        if alone {
            return None;
        }
        let waiting = match row.map(|row| row.state.phase) {
            Some(Phase::Starting { waiting, .. }) => waiting,
            Some(Phase::Idle | Phase::Running { .. }) | None => None,
        };
        Tried::of(waiting.as_ref(), self.now, self.now, true)
    }
}

/// Creates the job and settles what came of it. `cause` is kept with a refusal, so that the same cause is not tried
/// again.
pub(crate) async fn create<W: World>(world: &W, start: &Start<'_>, cause: &str) -> Result<Outcome, W::Error> {
    let filling = Filling { decision: &start.decision, generation: start.generation, at: start.at };
    let request = training::request(start.policy, &filling);
    let answer = world.create(&request).await;
    // A no to this try is none to the one before: only when its job would be seen by now does it count.
    let doubt = match answer {
        Creation::NotNow { .. } | Creation::Refused { .. } => start.in_doubt(world).await,
        Creation::Created { .. } | Creation::NameTaken | Creation::NoAnswer { .. } => None,
    };
    match answer {
        // Decided long ago, it has no time left to become visible: as a running job it would count as deleted soon, and
        // the next one be started beside it. The clock of now, since this turn may have been slow itself.
        Creation::Created { .. } if LATE.after(start.at) <= world.now() => match found(world, start).await? {
            Some(outcome) => Ok(outcome),
            None => waiting(world, start, NOT_VISIBLE, "the job was created and cannot be seen yet").await,
        },
        Creation::Created { arn } => running(world, start, arn).await,
        // The name exists: our own lost answer, a turn that was slow, or a stranger. The job itself says which.
        Creation::NameTaken => match found(world, start).await? {
            Some(outcome) => Ok(outcome),
            None => {
                waiting(world, start, NAME_TAKEN, "SageMaker says the name is taken, and cannot show the job")
                    .await
            }
        },
        Creation::NoAnswer { error } => match found(world, start).await {
            Ok(Some(outcome)) => Ok(outcome),
            Ok(None) | Err(_) => waiting(world, start, NO_ANSWER, &error).await,
        },
        Creation::NotNow { code, message } | Creation::Refused { code, message }
            if let Some(tried) = &doubt =>
        {
            let message =
                format!("an earlier try may have made the job; this one was refused: {code}: {message}");
            wait_since(world, start, tried.at, &tried.code, &message).await
        }
        Creation::NotNow { code, message } => waiting(world, start, &code, &message).await,
        Creation::Refused { code, message } => {
            let before = start.refused.filter(|refused| refused.cause == cause);
            let refused = Refusal {
                cause: cause.to_owned(),
                at: start.now,
                code: code.clone(),
                message: message.clone(),
                before: before.map_or(0, |refused| refused.before.saturating_add(1)),
            };
            let failure = format!("{code}: {message}");
            let settled = Settled::GivenUp { status: "Refused".to_owned(), failure, refused: Some(refused) };
            // Carried on meanwhile, it is for others to say what came of it: their try may have made the job.
            Ok(if settle(world, start, settled).await? {
                Outcome::Refused { code, message }
            } else {
                Outcome::Lost { why: "another try carries this start on".to_owned() }
            })
        }
    }
}

/// What the job of this name says: `None` if there is none. A job of our decision is ours, whoever made it; any other
/// is somebody else's, and the generation is lost.
pub(crate) async fn found<W: World>(world: &W, start: &Start<'_>) -> Result<Option<Outcome>, W::Error> {
    let name = job_name(&start.policy.model, start.generation);
    match world.describe(&name).await? {
        Job::Absent => Ok(None),
        // A job older than the decision is of another ledger, such as one that was deleted since: the same policy and
        // cause would have had the same id.
        Job::Found { arn, decision: Some(decision), created, .. }
            if decision == start.decision
                && created.is_none_or(|created| SKEW.after(created) >= start.at) =>
        {
            running(world, start, arn).await.map(Some)
        }
        Job::Found { arn, .. } => {
            let why = format!("the name {name} belongs to a job that is not of this decision ({arn})");
            let settled =
                Settled::GivenUp { status: "NameTaken".to_owned(), failure: why.clone(), refused: None };
            settle(world, start, settled).await?;
            Ok(Some(Outcome::Lost { why }))
        }
    }
}

async fn running<W: World>(world: &W, start: &Start<'_>, arn: String) -> Result<Outcome, W::Error> {
    let job = job_name(&start.policy.model, start.generation);
    let settled = Settled::Running { decision: start.decision.clone(), since: start.at, arn: arn.clone() };
    settle(world, start, settled).await?;
    Ok(Outcome::Started { job, arn })
}

async fn waiting<W: World>(
    world: &W,
    start: &Start<'_>,
    code: &str,
    message: &str,
) -> Result<Outcome, W::Error> {
    wait_since(world, start, start.now, code, message).await
}

/// The lease ends with the newest try that may have made the job: from then on it has its time to become visible.
async fn wait_since<W: World>(
    world: &W,
    start: &Start<'_>,
    tried: Timestamp,
    code: &str,
    message: &str,
) -> Result<Outcome, W::Error> {
    let waiting = Waiting { code: code.to_owned(), message: message.to_owned() };
    let settled = Settled::Waiting { waiting, now: tried };
    settle(world, start, settled).await?;
    Ok(Outcome::Waiting { code: code.to_owned(), message: message.to_owned() })
}

/// Writes what came of it. Not written means that another turn took this start over while we were slow: it holds the
/// start now and has settled, or will settle, the same job, so ours is dropped. Gives back whether it was written.
pub(crate) async fn settle<W: World>(
    world: &W,
    start: &Start<'_>,
    settled: Settled,
) -> Result<bool, W::Error> {
    let settle = Settle {
        model: start.policy.model.clone(),
        generation: start.generation,
        turn: world.token().to_owned(),
        lease_until: LEASE.after(start.now),
        now: start.now,
        settled,
    };
    let written = world.change(&Change::Settle(settle)).await? == Written::Yes;
    if !written {
        tracing::info!(
            model = start.policy.model,
            generation = start.generation,
            "another turn settled this start"
        );
    }
    Ok(written)
}
