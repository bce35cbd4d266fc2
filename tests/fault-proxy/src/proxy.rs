use std::net::{Ipv4Addr, SocketAddr, TcpListener as StdListener};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::{Call, Fault, Plan, Tally, server};

/// Where calls go.
#[derive(Debug, Clone, Copy)]
pub struct Upstreams {
    /// Every service but one.
    pub aws: SocketAddr,
    /// That one.
    pub sagemaker: SocketAddr,
}

/// Why there is no proxy.
#[derive(Debug, thiserror::Error)]
pub enum ProxyError {
    /// No port could be had, or no thread.
    #[error("the proxy could not start")]
    Start(#[from] std::io::Error),
    /// What was waited for did not happen.
    #[error("{operation} was not struck by {word} {times} times within {} s", .within.as_secs())]
    Late {
        /// The operation.
        operation: String,
        /// The fault.
        word: &'static str,
        /// How often it was to happen.
        times: u64,
        /// How long it was waited for.
        within: Duration,
    },
}

/// A running proxy. It lives in a thread of its own, and ends when dropped.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    state: Arc<State>,
    end: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// What a proxy is to do, and what it has done.
#[derive(Debug, Default)]
pub(crate) struct State {
    book: Mutex<Book>,
    written: Condvar,
}

#[derive(Debug, Default)]
struct Book {
    plan: Plan,
    tally: Tally,
}

impl Proxy {
    /// Starts on any free port of 127.0.0.1; nothing goes wrong yet.
    ///
    /// # Errors
    ///
    /// No port could be had, or no thread.
    pub fn start(upstreams: Upstreams) -> Result<Self, ProxyError> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let listener = StdListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let state = Arc::new(State::default());
        let (end, ended) = oneshot::channel::<()>();
        let served = Arc::clone(&state);
        let thread = thread::Builder::new().name("fault-proxy".to_owned()).spawn(move || {
            runtime.block_on(async {
                // Fails only without the runtime's driver, which is on.
                let Ok(listener) = TcpListener::from_std(listener) else { return };
                tokio::select! {
                    () = server::serve(listener, upstreams, served) => {}
                    _ = ended => {}
                }
            });
        })?;
        Ok(Self { address, state, end: Some(end), thread: Some(thread) })
    }

    /// The endpoint to give to a client.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// From now on this goes wrong, and nothing else.
    pub fn plan(&self, plan: Plan) {
        self.state.book().plan = plan;
    }

    /// From now on nothing goes wrong.
    pub fn calm(&self) {
        self.plan(Plan::default());
    }

    /// What it has done since it started, or since the tally was taken.
    #[must_use]
    pub fn tally(&self) -> Tally {
        self.state.book().tally.clone()
    }

    /// What it has done, to begin a new tally.
    #[must_use]
    pub fn take_tally(&self) -> Tally {
        std::mem::take(&mut self.state.book().tally)
    }

    /// Waits until an operation was struck so often by this fault.
    ///
    /// # Errors
    ///
    /// It was not, within this time.
    pub fn wait_until_struck(
        &self,
        operation: &str,
        fault: Fault,
        times: u64,
        within: Duration,
    ) -> Result<(), ProxyError> {
        let word = fault.word();
        let missing = |book: &mut Book| book.tally.struck(operation, word) < times;
        let (_book, waited) = self
            .state
            .written
            .wait_timeout_while(self.state.book(), within, missing)
            .unwrap_or_else(PoisonError::into_inner);
        if waited.timed_out() {
            return Err(ProxyError::Late { operation: operation.to_owned(), word, times, within });
        }
        Ok(())
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        drop(self.end.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl State {
    /// Counts a call and says what goes wrong with it.
    pub(crate) fn arrived(&self, call: &Call, body: &[u8]) -> Option<Fault> {
        let mut book = self.book();
        book.tally.arrived(call);
        book.plan.strike(call, body)
    }

    pub(crate) fn struck(&self, call: &Call, fault: Fault) {
        self.book().tally.struck_by(call, fault.word());
        self.written.notify_all();
    }

    pub(crate) fn broken(&self, call: &Call, error: &str) {
        self.book().tally.broken_by(call, error);
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
