//! One caller of the cloud: a process of each function behind a proxy of their own, so that what is planned for one story
//! happens to no other.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::thread;

use rekindle_end_to_end::{Answer, Function, Problem, Site};
use rekindle_fault_proxy::{Proxy, Tally};

use crate::world::Delivery;

/// How often Lambda delivers an event that fails: once, and twice again.
const ATTEMPTS: usize = 3;

#[derive(Debug)]
pub(crate) struct Caller<'a> {
    pub(crate) site: &'a Site,
    pub(crate) proxy: Proxy,
    functions: BTreeMap<String, Function>,
}

impl<'a> Caller<'a> {
    pub(crate) fn new(site: &'a Site) -> Result<Self, Problem> {
        let proxy = site.proxy()?;
        let mut functions = BTreeMap::new();
        for name in site.names() {
            functions.insert(name.to_owned(), site.function(name, &proxy, &[])?);
        }
        Ok(Self { site, proxy, functions })
    }

    pub(crate) fn function(&self, name: &str) -> Result<&Function, Problem> {
        Ok(self.functions.get(name).ok_or_else(|| format!("no function `{name}`"))?)
    }

    /// Another process in place of one that was killed.
    pub(crate) fn restart(&mut self, name: &str) -> Result<(), Problem> {
        self.functions.insert(name.to_owned(), self.site.function(name, &self.proxy, &[])?);
        Ok(())
    }

    /// Delivers an event as Lambda does: again, with the same request id, when it fails. Gives back whether it was taken.
    pub(crate) fn deliver(&self, delivery: &Delivery) -> Result<bool, Problem> {
        let function = self.function(delivery.function)?;
        let payload = delivery.payload.to_string();
        for _ in 0..ATTEMPTS {
            match function.invoke(&delivery.request_id, payload.as_bytes())? {
                Some(Answer::Returned(_)) => return Ok(true),
                // The words for what the world does to a function: no answer, or one that cannot be and is for a person to
                // look at. `BadEvent` would be a wrong judgement.
                Some(Answer::Failed { error_type, .. })
                    if ["Retryable", "Bug"].contains(&error_type.as_str()) => {}
                Some(other @ Answer::Failed { .. }) => {
                    return Err(format!("{}: {other:?}", delivery.request_id).into());
                }
                None => return Err(format!("{}: the process ended by itself", delivery.request_id).into()),
            }
        }
        Ok(false)
    }
}

/// Lets so many callers work through a list of tasks; gives back what went wrong, and what the proxies did.
pub(crate) fn share_out<T: Send>(
    site: &Site,
    callers: usize,
    tasks: impl IntoIterator<Item = T>,
    work: impl Fn(&mut Caller<'_>, T) -> Result<Vec<String>, Problem> + Sync,
) -> Result<(Vec<String>, Tally), Problem> {
    let queue: Mutex<VecDeque<T>> = Mutex::new(tasks.into_iter().collect());
    let one = || -> Result<(Vec<String>, Tally), Problem> {
        let mut caller = Caller::new(site)?;
        let mut problems = Vec::new();
        loop {
            let next = queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
            let Some(task) = next else { return Ok((problems, caller.proxy.take_tally())) };
            problems.extend(work(&mut caller, task)?);
        }
    };
    thread::scope(|scope| {
        let hands: Vec<_> =
            (0..callers).map(|_| scope.spawn(|| one().map_err(|problem| problem.to_string()))).collect();
        let (mut problems, mut tally) = (Vec::new(), Tally::default());
        for hand in hands {
            let (own, did) = hand.join().map_err(|_| "a thread panicked")??;
            problems.extend(own);
            tally.add(&did);
        }
        Ok((problems, tally))
    })
}
