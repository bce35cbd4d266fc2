//! A ledger that follows what is decided, so that several turns can be told.

use jiff::Timestamp;
use rekindle_decision::decide;
use rekindle_decision::facts::Facts;
use rekindle_decision::policy::Policy;
use rekindle_decision::ruling::{Decision, Ruling};
use rekindle_decision::state::{Phase, Started, State, Trained};

use crate::make::{at, verdict};

/// One model, from turn to turn.
pub(crate) struct Ledger {
    pub(crate) policy: Policy,
    pub(crate) state: State,
}

impl Ledger {
    /// A model that was started once, two days before, and serves since.
    pub(crate) fn of(policy: Policy) -> Self {
        let (before, ended) = (at("2026-10-31T00:00:00Z"), at("2026-10-31T01:00:00Z"));
        let first = Started { trained: Some(ended), ..Started::of(1, before) };
        let trained = Some(Trained { generation: 1, at: ended, metrics: [].into() });
        let (last_started, starts) = (Some(before), vec![first]);
        Self { policy, state: State { generation: 1, last_started, starts, trained, ..State::default() } }
    }

    /// One turn on these facts, whose state is this ledger's.
    pub(crate) fn turn(&mut self, facts: Facts) -> Ruling {
        let facts = Facts { state: self.state.clone(), ..facts };
        let ruling = decide(&self.policy, &facts);
        self.state.sightings.clone_from(&ruling.sightings);
        self.state.arrivals.clone_from(&ruling.arrivals);
        self.state.proposed.clone_from(&ruling.proposed);
        self.state.confirmed.clone_from(&ruling.confirmed);
        if let Decision::Start { .. } = ruling.decision {
            self.start(facts.now, ruling.generation);
        }
        ruling
    }

    /// The same, told as its verdict.
    pub(crate) fn says(&mut self, facts: Facts) -> String {
        verdict(&self.turn(facts))
    }

    /// A job runs.
    pub(crate) fn start(&mut self, since: Timestamp, generation: u32) {
        let again = self.policy.guards.after_failure.is_some();
        self.state.starts.push(Started { again, ..Started::of(generation, since) });
        self.state.generation = generation;
        self.state.last_started = Some(since);
        self.state.phase = Phase::Running { decision: "earlier".into(), since, stopping: None };
    }

    /// It ends well.
    pub(crate) fn ends(&mut self, instant: &str) {
        self.state.phase = Phase::Idle;
        let (generation, at) = (self.state.generation, at(instant));
        self.state.trained = Some(Trained { generation, at, metrics: [].into() });
        self.state.starts.iter_mut().next_back().unwrap().trained = Some(at);
        (self.state.failures, self.state.failed_at) = (0, None);
    }

    /// It fails.
    pub(crate) fn fails(&mut self, instant: &str) {
        self.state.phase = Phase::Idle;
        self.state.failures += 1;
        self.state.failed_at = Some(at(instant));
        if self.state.starts.last().unwrap().again {
            self.state.forget_start(self.state.generation);
        }
    }

    /// A person cancels everything that asks.
    pub(crate) fn cancels(&mut self, instant: &str) {
        self.state.cancelled = Some(at(instant));
        self.state.proposed.clear();
        self.state.confirmed = None;
    }
}
