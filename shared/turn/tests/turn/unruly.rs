//! A world in which calls fail, functions are killed, and others get a word in edgeways.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;

use jiff::Timestamp;
use rekindle_decision::facts::{AlarmFact, AlarmSet, Gap, MonitorFact, Series, Spending};
use rekindle_decision::policy::Alarms;
use rekindle_decision::signal::Signal;
use rekindle_turn::ledger::{Change, Fleet, Intent, Memo, Row, Run, Written};
use rekindle_turn::memory::Memory;
use rekindle_turn::prices::Prices;
use rekindle_turn::world::{Creation, Job, Policies, Query};
use rekindle_turn::{Announcement, Summary, TurnError, World, end, turn};
use serde_json::Value;

/// One call of a turn to the world.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Call {
    Policies,
    Rows,
    Alarms,
    AlarmSets,
    Monitors,
    Spending,
    Metrics,
    Describe,
    Create,
    Stop,
    Intend,
    TakeOver,
    Settle,
    Close,
    Judge,
    Remember,
    Run,
    Publish,
    Said,
}

/// What becomes of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    Passes,
    /// Nothing happens, and the caller is told of an error.
    Fails,
    /// It happens, and the answer is lost.
    LosesAnswer,
    /// The function is killed before it happens.
    KillsBefore,
    /// It happens, and the function is killed.
    KillsAfter,
}

/// Decides about the `n`th call of an invocation: how often others go first, and what becomes of it.
pub(crate) type Plan = Arc<dyn Fn(usize, Call) -> (u32, Fate) + Send + Sync>;

#[derive(Debug, thiserror::Error)]
#[error("the line is dead")]
pub(crate) struct DeadLine;

/// A world in memory with a plan.
#[derive(Clone)]
pub(crate) struct Unruly {
    inner: Memory,
    plan: Plan,
    calls: Arc<std::sync::Mutex<Vec<Call>>>,
    killed: Arc<AtomicBool>,
}

impl Unruly {
    pub(crate) fn new(inner: Memory, plan: Plan) -> Self {
        Self { inner, plan, calls: Arc::default(), killed: Arc::default() }
    }

    /// The calls there were.
    pub(crate) fn calls(&self) -> Vec<Call> {
        self.calls.lock().unwrap().clone()
    }

    /// A turn in this world; `None` if the function was killed.
    pub(crate) async fn turn(&self, signals: &[Signal]) -> Option<Result<Summary, TurnError<DeadLine>>> {
        self.until_killed(turn(self, signals)).await
    }

    /// The same, for the ends of training jobs.
    pub(crate) async fn end(&self, signals: &[Signal]) -> Option<Summary> {
        self.until_killed(end(self, signals)).await
    }

    async fn until_killed<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        let mut work = pin!(work);
        poll_fn(|context| match work.as_mut().poll(context) {
            Poll::Ready(done) => Poll::Ready(Some(done)),
            Poll::Pending if self.killed.load(Ordering::SeqCst) => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        })
        .await
    }

    async fn through<T>(
        &self,
        call: Call,
        effect: impl Future<Output = Result<T, Infallible>>,
    ) -> Result<T, DeadLine> {
        let n = {
            let mut calls = self.calls.lock().unwrap();
            calls.push(call);
            calls.len()
        };
        let (others, fate) = (self.plan)(n, call);
        for _ in 0..others {
            let_others_go().await;
        }
        match fate {
            Fate::Passes => match effect.await {
                Ok(done) => {
                    for _ in 0..others / 2 {
                        let_others_go().await;
                    }
                    Ok(done)
                }
                Err(never) => match never {},
            },
            Fate::Fails => Err(DeadLine),
            Fate::LosesAnswer => {
                let Ok(_) = effect.await;
                Err(DeadLine)
            }
            Fate::KillsBefore => self.die().await,
            Fate::KillsAfter => {
                let Ok(_) = effect.await;
                self.die().await
            }
        }
    }

    async fn die<T>(&self) -> T {
        self.killed.store(true, Ordering::SeqCst);
        std::future::pending().await
    }
}

async fn let_others_go() {
    let mut waited = false;
    poll_fn(|context| {
        if waited {
            return Poll::Ready(());
        }
        waited = true;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

async fn sure<T>(done: impl Future<Output = T>) -> Result<T, Infallible> {
    Ok(done.await)
}

impl World for Unruly {
    type Error = DeadLine;

    fn now(&self) -> Timestamp {
        self.inner.now()
    }

    fn token(&self) -> &str {
        self.inner.token()
    }

    fn stack(&self) -> &str {
        self.inner.stack()
    }

    fn prices(&self) -> &Prices {
        self.inner.prices()
    }

    async fn policies(&self) -> Result<Policies, DeadLine> {
        self.through(Call::Policies, self.inner.policies()).await
    }

    async fn rows(&self, models: &[String]) -> BTreeMap<String, Result<Row, Arc<DeadLine>>> {
        match self.through(Call::Rows, sure(self.inner.rows(models))).await {
            Ok(rows) => {
                rows.into_iter().map(|(model, row)| (model, row.map_err(|_| Arc::new(DeadLine)))).collect()
            }
            Err(error) => {
                let error = Arc::new(error);
                models.iter().map(|model| (model.clone(), Err(Arc::clone(&error)))).collect()
            }
        }
    }

    async fn alarms(&self, names: &BTreeSet<String>) -> BTreeMap<String, AlarmFact> {
        match self.through(Call::Alarms, sure(self.inner.alarms(names))).await {
            Ok(alarms) => alarms,
            Err(error) => {
                let unread = AlarmFact::Unread { gap: Gap::Failed { error: error.to_string() } };
                names.iter().map(|name| (name.clone(), unread.clone())).collect()
            }
        }
    }

    async fn alarm_sets(&self, which: &BTreeSet<Alarms>) -> BTreeMap<String, AlarmSet> {
        self.through(Call::AlarmSets, sure(self.inner.alarm_sets(which))).await.unwrap_or_default()
    }

    async fn monitors(&self, schedules: &BTreeSet<String>) -> BTreeMap<String, MonitorFact> {
        self.through(Call::Monitors, sure(self.inner.monitors(schedules))).await.unwrap_or_default()
    }

    async fn spending(&self, fleets: &BTreeSet<Fleet>) -> BTreeMap<Fleet, Spending> {
        self.through(Call::Spending, sure(self.inner.spending(fleets))).await.unwrap_or_default()
    }

    async fn metrics(&self, queries: &[Query]) -> Vec<Series> {
        match self.through(Call::Metrics, sure(self.inner.metrics(queries))).await {
            Ok(series) => series,
            Err(_) => queries.iter().map(|_| Series::Unread { gap: Gap::InternalError }).collect(),
        }
    }

    async fn describe(&self, job: &str) -> Result<Job, DeadLine> {
        self.through(Call::Describe, self.inner.describe(job)).await
    }

    async fn create(&self, request: &Value) -> Creation {
        self.through(Call::Create, sure(self.inner.create(request)))
            .await
            .unwrap_or_else(|error| Creation::NoAnswer { error: error.to_string() })
    }

    async fn stop(&self, job: &str) -> Result<(), DeadLine> {
        self.through(Call::Stop, self.inner.stop(job)).await
    }

    async fn intend(&self, intent: &Intent) -> Result<Written, DeadLine> {
        self.through(Call::Intend, self.inner.intend(intent)).await
    }

    async fn change(&self, change: &Change) -> Result<Written, DeadLine> {
        let call = match change {
            Change::TakeOver(_) => Call::TakeOver,
            Change::Settle(_) => Call::Settle,
            Change::Close(_) => Call::Close,
            Change::Judge(_) => Call::Judge,
            Change::Said(_) => Call::Said,
        };
        self.through(call, self.inner.change(change)).await
    }

    async fn run(&self, model: &str, generation: u32) -> Result<Option<Run>, DeadLine> {
        self.through(Call::Run, self.inner.run(model, generation)).await
    }

    async fn remember(&self, memo: &Memo) -> Result<Written, DeadLine> {
        self.through(Call::Remember, self.inner.remember(memo)).await
    }

    async fn publish(&self, announcements: &[Announcement]) -> BTreeSet<usize> {
        self.through(Call::Publish, sure(self.inner.publish(announcements)))
            .await
            .unwrap_or_else(|_| (0..announcements.len()).collect())
    }

    fn log(&self, line: &Value) {
        self.inner.log(line);
    }
}
