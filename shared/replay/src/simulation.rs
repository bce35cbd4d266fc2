//! The engine: a clock, an agenda, and the platform that begins, ends and repeats invocations.

use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

use jiff::Timestamp;
use rekindle_decision::duration::Duration;
use rekindle_decision::policy::Metric;
use rekindle_decision::signal::{AlarmState, Signal};
use rekindle_policy::PolicySet;
use rekindle_turn::memory::Memory;
use rekindle_turn::prices::Prices;
use rekindle_turn::world::JobStatus;
use rekindle_turn::{Announcement, Summary, TurnError, end, turn};

use crate::agenda::{Agenda, Happening, later};
use crate::counts::Counts;
use crate::course::Course;
use crate::delivery::{Delivery, Function};
use crate::dice::Dice;
use crate::faults::Faults;
use crate::inside::{Inside, Reader, Shared};
use crate::invocation::{Invocation, Lost};
use crate::job::{Ending, Outcomes};
use crate::sabotage::Sabotage;
use crate::story::{About, Story};
use crate::witness::Witness;

/// A simulated account: functions that run at the same time, on a clock that goes from one event to the next.
///
/// Nothing happens but what was put on the agenda, and nothing is drawn but from the seed: the same seed is the same
/// history. Without [`Faults`] everything works at once; policies, alarms, courses of metrics and outcomes of jobs are the
/// caller's.
pub struct Simulation {
    memory: Memory,
    shared: Shared,
    running: BTreeMap<u64, Running>,
    ready: Ready,
    begun: u64,
}

impl fmt::Debug for Simulation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Simulation").field("shared", &self.shared).finish_non_exhaustive()
    }
}

type Turn = Pin<Box<dyn Future<Output = Result<Summary, TurnError<Lost>>>>>;

struct Running {
    delivery: Delivery,
    turn: Turn,
    waker: Waker,
}

/// The invocations that have something to do now.
type Ready = Arc<Mutex<Vec<u64>>>;

struct Bell {
    id: u64,
    ready: Ready,
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        let mut ready = self.ready.lock().unwrap_or_else(PoisonError::into_inner);
        if !ready.contains(&self.id) {
            ready.push(self.id);
        }
    }
}

impl Simulation {
    /// An empty account at an instant.
    #[must_use]
    pub fn new(seed: u64, now: Timestamp) -> Self {
        let an_hour = Duration::from_seconds(3_600);
        let outcomes: Outcomes = Box::new(move |_, _| Ending {
            after: an_hour,
            status: JobStatus::Completed,
            metrics: BTreeMap::new(),
            failure: None,
        });
        let inside = Inside {
            now,
            agenda: Agenda::default(),
            dice: Dice::new(seed),
            faults: Faults::none(),
            sabotage: None,
            counts: Counts::default(),
            story: Story::default(),
            witness: Witness::default(),
            outcomes,
            quota: None,
            reader: None,
            courses: BTreeMap::new(),
            killed: std::collections::BTreeSet::new(),
            published: Vec::new(),
            names: BTreeMap::new(),
        };
        Self {
            memory: Memory::at(now),
            shared: Shared::new(inside),
            running: BTreeMap::new(),
            ready: Ready::default(),
            begun: 0,
        }
    }

    /// The account, to look at and to change by hand.
    #[must_use]
    pub const fn memory(&self) -> &Memory {
        &self.memory
    }

    /// The time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.shared.inside().now
    }

    /// Puts policies in place of those there were.
    pub fn share_policies(&mut self, policies: &Arc<PolicySet>) {
        let mut inside = self.shared.inside();
        for policy in policies.iter() {
            inside.knows(&policy.model);
        }
        drop(inside);
        self.memory.share_policies(policies);
    }

    /// Lets things go wrong so often from now on.
    pub fn set_faults(&mut self, faults: Faults) {
        self.shared.inside().faults = faults;
    }

    /// Takes a protection away.
    pub fn sabotage(&mut self, sabotage: Option<Sabotage>) {
        self.shared.inside().sabotage = sabotage;
    }

    /// Decides how jobs end that are created from now on. Without it, each is completed after an hour.
    pub fn set_outcomes(&mut self, outcomes: Outcomes) {
        self.shared.inside().outcomes = outcomes;
    }

    /// How many training jobs the account may run at a time; `None`: as many as are asked for.
    pub fn set_quota(&mut self, most: Option<usize>) {
        self.shared.inside().quota = most;
    }

    /// Gives every line of the log to a reader from now on.
    pub fn set_reader(&mut self, reader: Reader) {
        self.shared.inside().reader = Some(reader);
    }

    /// The stack's price table, which runs are settled by from now on.
    pub fn set_prices(&mut self, prices: Prices) {
        self.memory = self.memory.clone().priced(prices);
    }

    /// What a metric does over time. One without a course has the values that were put into the account by hand.
    pub fn set_course(&mut self, metric: Metric, course: Course) {
        self.shared.inside().courses.insert(metric, course);
    }

    /// What metrics do over time.
    #[must_use]
    pub fn courses(&self) -> BTreeMap<Metric, Course> {
        self.shared.inside().courses.clone()
    }

    /// Writes down what happens from now on.
    pub fn tell_story(&mut self) {
        self.shared.inside().story = Story::wanted();
    }

    /// Notes in the story what a person should know who reads it.
    pub fn note(&mut self, text: impl FnOnce() -> String) {
        let mut inside = self.shared.inside();
        let now = inside.now;
        inside.story.tell(now, || (About::Everybody, text()));
    }

    /// Counts something that the caller did.
    pub fn count(&mut self, what: &'static str) {
        self.shared.inside().counts.count(what);
    }

    /// Does something at an instant, or now if that is past.
    pub fn at(&mut self, at: Timestamp, does: impl FnOnce(&mut Self) + Send + 'static) {
        let mut guard = self.shared.inside();
        let inside = &mut *guard;
        inside.agenda.put(at.max(inside.now), &mut inside.dice, Happening::Do(Box::new(does)));
    }

    /// Changes an alarm now. Whether an event tells of it is another matter.
    pub fn set_alarm(&mut self, name: &str, state: AlarmState) {
        self.memory.set_alarm(name, state);
        self.note(|| format!("alarm {name} is {} now", state.word()));
    }

    /// Wakes a function at an instant, as an event does: perhaps late, perhaps twice.
    pub fn deliver(&mut self, at: Timestamp, function: Function, signals: &[Signal]) {
        let mut inside = self.shared.inside();
        let faults = inside.faults;
        let mut times = vec![0];
        if inside.dice.chance(faults.tardy) {
            times = vec![inside.dice.between(60_000, 3 * 3_600_000)];
            inside.counts.count("events late");
        }
        if inside.dice.chance(faults.twice) {
            let wait = inside.dice.between(1, 4 * 3_600_000);
            // Half of the time nearly at once.
            times.push(if inside.dice.chance(5_000) { wait } else { wait % 2_000 });
            inside.counts.count("events delivered twice");
        }
        drop(inside);
        for wait in times {
            let signals = signals.to_vec();
            self.at(later(at, wait), move |simulation| simulation.invoke(function, signals));
        }
    }

    /// Whether SageMaker keeps the end of a job to itself this time.
    pub(crate) fn loses_an_end(&mut self) -> bool {
        let mut inside = self.shared.inside();
        let faults = inside.faults;
        let lost = inside.dice.chance(faults.mute);
        inside.counts.count(if lost { "ends that nobody tells" } else { "ends told" });
        lost
    }

    /// Begins an invocation now.
    pub fn invoke(&mut self, function: Function, signals: Vec<Signal>) {
        self.begun = self.begun.saturating_add(1);
        let token = format!("{}-{}", function.name(), self.begun);
        let delivery = Delivery { function, signals, token, attempt: 1 };
        let mut inside = self.shared.inside();
        let echo = inside.faults.echo;
        if inside.dice.chance(echo) {
            // Lambda's own queue delivers at least once, under one request id.
            inside.counts.count("invocations begun twice under one name");
            let (wait, twin) = (inside.dice.between(0, 2_000), delivery.clone());
            inside.after(wait, Happening::Do(Box::new(move |simulation| simulation.begin(twin))));
        }
        drop(inside);
        self.begin(delivery);
    }

    fn begin(&mut self, delivery: Delivery) {
        self.begun = self.begun.saturating_add(1);
        let id = self.begun;
        let mut inside = self.shared.inside();
        let now = inside.now;
        inside.counts.count("turns");
        inside.witness.begun(&delivery, now);
        let timeout = delivery.function.timeout();
        inside.after(timeout, Happening::Timeout(id));
        inside.story.tell(now, || {
            let what: Vec<String> =
                delivery.signals.iter().filter_map(|signal| serde_json::to_string(signal).ok()).collect();
            let text = format!("begins, try {}: {}", delivery.attempt, what.join(" "));
            (About::Invocation(delivery.token.clone()), text)
        });
        drop(inside);
        let memory = self.memory.invocation(&delivery.token);
        let world = Invocation::new(memory, self.shared.clone(), id, later(now, timeout));
        let signals = delivery.signals.clone();
        let turn: Turn = match delivery.function {
            Function::OnTrainingEnd => Box::pin(async move { Ok(end(&world, &signals).await) }),
            Function::OnSchedule | Function::OnAlarm | Function::OnMetricCheck => {
                Box::pin(async move { turn(&world, &signals).await })
            }
        };
        let waker = Waker::from(Arc::new(Bell { id, ready: Arc::clone(&self.ready) }));
        waker.wake_by_ref();
        self.running.insert(id, Running { delivery, turn, waker });
    }

    /// Lets everything happen until an instant, and the clock show it then.
    pub fn run_until(&mut self, until: Timestamp) {
        while self.step(until) {}
        self.set_now(until);
    }

    /// Lets the next thing happen, if it happens until then.
    pub fn step(&mut self, until: Timestamp) -> bool {
        self.poll_ready();
        let Some((at, happening)) = self.shared.inside().agenda.next(until) else { return false };
        self.set_now(at);
        match happening {
            Happening::Resume(waker) => waker.wake(),
            Happening::Timeout(id) => self.end(id, "timeouts", "is ended by its timeout"),
            Happening::Do(does) => does(self),
        }
        self.poll_ready();
        true
    }

    /// Whether an invocation is going on.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        !self.running.is_empty()
    }

    fn set_now(&mut self, now: Timestamp) {
        let mut inside = self.shared.inside();
        if now > inside.now {
            inside.now = now;
            self.memory.set_now(now);
        }
    }

    fn poll_ready(&mut self) {
        loop {
            let mut ready = self.ready.lock().unwrap_or_else(PoisonError::into_inner);
            if ready.is_empty() {
                return;
            }
            let many = u64::try_from(ready.len()).unwrap_or(1);
            let first = self.shared.inside().dice.below(many);
            let id = ready.swap_remove(usize::try_from(first).unwrap_or(0));
            drop(ready);
            self.poll(id);
        }
    }

    fn poll(&mut self, id: u64) {
        let Some(running) = self.running.get_mut(&id) else { return };
        let mut context = Context::from_waker(&running.waker);
        match running.turn.as_mut().poll(&mut context) {
            Poll::Ready(done) => {
                if let Some(Running { delivery, .. }) = self.running.remove(&id) {
                    self.conclude(delivery, &done);
                }
            }
            Poll::Pending if self.shared.inside().killed.remove(&id) => self.end(id, "kills", "is killed"),
            Poll::Pending => {}
        }
    }

    /// Ends an invocation from outside, if it is going on.
    fn end(&mut self, id: u64, counted: &'static str, how: &str) {
        let Some(Running { delivery, .. }) = self.running.remove(&id) else { return };
        self.count(counted);
        let mut inside = self.shared.inside();
        let now = inside.now;
        inside.story.tell(now, || (About::Invocation(delivery.token.clone()), how.to_owned()));
        drop(inside);
        self.again(delivery);
    }

    /// As the handler concludes: an event whose turn failed for some model is delivered again, a sweep is not.
    fn conclude(&mut self, delivery: Delivery, done: &Result<Summary, TurnError<Lost>>) {
        let failed = match done {
            Err(_) => true,
            Ok(summary) if summary.sweep => false,
            Ok(summary) => !summary.failed.is_empty() || !summary.unreadable.is_empty(),
        };
        let mut inside = self.shared.inside();
        let now = inside.now;
        if let Ok(summary) = done {
            let many = |count: usize| u64::try_from(count).unwrap_or(0);
            inside.counts.add("decisions", many(summary.models));
            inside.counts.add("announcements lost", many(summary.unannounced));
        }
        if failed {
            inside.counts.count("turns that failed");
        } else {
            inside.witness.done(&delivery, now);
        }
        inside.story.tell(now, || {
            let how = match done {
                Err(error) => rekindle_turn::chain(error),
                Ok(summary) if failed => format!("is done, and failed: {}", summary.failed.join("; ")),
                Ok(summary) => format!("is done: {} started", summary.started),
            };
            (About::Invocation(delivery.token.clone()), how)
        });
        drop(inside);
        if failed {
            self.again(delivery);
        }
    }

    /// Lambda tries an asynchronous event again, under the same name.
    fn again(&mut self, delivery: Delivery) {
        let mut inside = self.shared.inside();
        if delivery.attempt >= delivery.function.tries() {
            inside.counts.count(match delivery.function {
                Function::OnMetricCheck => "sweeps lost",
                Function::OnSchedule | Function::OnAlarm | Function::OnTrainingEnd => {
                    "events for the failure queue"
                }
            });
            return;
        }
        inside.counts.count("tries by the platform");
        let wait = delivery.pause().saturating_add(inside.dice.below(5_000));
        let delivery = Delivery { attempt: delivery.attempt.saturating_add(1), ..delivery };
        inside.after(wait, Happening::Do(Box::new(move |simulation| simulation.begin(delivery))));
    }

    /// Everything the bus took since the last call.
    #[must_use]
    pub fn take_published(&mut self) -> Vec<Announcement> {
        std::mem::take(&mut self.shared.inside().published)
    }

    /// What happened so far, in numbers.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.shared.inside().counts.clone()
    }

    /// What happened so far, line by line.
    #[must_use]
    pub fn story(&self) -> Story {
        self.shared.inside().story.clone()
    }

    /// What was seen from outside.
    #[must_use]
    pub fn witness(&self) -> Witness {
        self.shared.inside().witness.clone()
    }
}
