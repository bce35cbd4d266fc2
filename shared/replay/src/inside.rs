//! What the engine and the invocations share.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;

use jiff::Timestamp;
use rekindle_decision::policy::Metric;
use rekindle_turn::Announcement;
use serde_json::Value;

use crate::agenda::{Agenda, Happening, later};
use crate::counts::Counts;
use crate::course::Course;
use crate::dice::Dice;
use crate::faults::Faults;
use crate::job::Outcomes;
use crate::sabotage::Sabotage;
use crate::story::Story;
use crate::witness::Witness;

/// Reads the lines of the log as they are written.
pub type Reader = Box<dyn FnMut(&Value) + Send>;

/// What the engine and the invocations share.
pub(crate) struct Inside {
    pub(crate) now: Timestamp,
    pub(crate) agenda: Agenda,
    pub(crate) dice: Dice,
    pub(crate) faults: Faults,
    pub(crate) sabotage: Option<Sabotage>,
    pub(crate) counts: Counts,
    pub(crate) story: Story,
    pub(crate) witness: Witness,
    pub(crate) outcomes: Outcomes,
    pub(crate) quota: Option<usize>,
    pub(crate) reader: Option<Reader>,
    pub(crate) courses: BTreeMap<Metric, Course>,
    pub(crate) killed: BTreeSet<u64>,
    pub(crate) published: Vec<Announcement>,
    /// The beginnings of job names, each with its model: everything but the generation.
    pub(crate) names: BTreeMap<String, String>,
}

impl fmt::Debug for Inside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inside").field("now", &self.now).finish_non_exhaustive()
    }
}

/// Digits of the generation in a job's name.
const GENERATION: usize = 6;

impl Inside {
    /// Puts something on the agenda, so many thousandths of a second from now.
    pub(crate) fn after(&mut self, milliseconds: u64, happening: Happening) {
        self.agenda.put(later(self.now, milliseconds), &mut self.dice, happening);
    }

    /// The model whose job has this name.
    pub(crate) fn model_of(&self, job: &str) -> Option<&String> {
        self.names.get(job.get(..job.len().checked_sub(GENERATION)?)?)
    }

    pub(crate) fn knows(&mut self, model: &str) {
        let mut name = rekindle_decision::identity::job_name(model, 0);
        name.truncate(name.len().saturating_sub(GENERATION));
        self.names.insert(name, model.to_owned());
    }
}

/// A hold on what is shared.
#[derive(Debug, Clone)]
pub(crate) struct Shared(Arc<Mutex<Inside>>);

impl Shared {
    pub(crate) fn new(inside: Inside) -> Self {
        Self(Arc::new(Mutex::new(inside)))
    }

    pub(crate) fn inside(&self) -> MutexGuard<'_, Inside> {
        // Only one thread ever holds it.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets time pass, and everybody else who has something to do in it.
    pub(crate) async fn sleep(&self, milliseconds: u64) {
        let until = later(self.inside().now, milliseconds);
        let mut asleep = false;
        poll_fn(|context| {
            let mut inside = self.inside();
            if asleep && inside.now >= until {
                return Poll::Ready(());
            }
            if !asleep {
                asleep = true;
                inside.after(milliseconds, Happening::Resume(context.waker().clone()));
            }
            Poll::Pending
        })
        .await;
    }
}
