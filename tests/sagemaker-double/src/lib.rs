//! SageMaker's training-job API, and the runs of its monitoring schedules, as a real HTTP server, for tests.
//!
//! It speaks awsJson 1.1 on 127.0.0.1 and keeps what matters about the service: a name is taken
//! once, and stays taken until the job is deleted. The access key id of the caller is the account
//! if it is twelve digits, else `000000000000`; the Region is that of the signature, which nobody
//! checks. Accounts share nothing, so tests may share a double.
//!
//! What goes wrong, when, and how time passes is set through a side door under `/_double/`, for
//! the account in `?account=`:
//!
//! | place | takes | gives |
//! |---|---|---|
//! | `GET health` | | `{"healthy":true}` |
//! | `GET log` | `&operation=`, `&name=` | `[{at, account, region, operation, name, status, error, message, fault, answered, request, unknown_members}]` |
//! | `GET events` | | state-change events until now |
//! | `POST reset` | `{}` | forgets the account, or everything |
//! | `GET jobs` | | all jobs as they are, hidden or not |
//! | `GET`, `POST clock` | `{manual, set, advance_seconds}` | `{now, manual}` |
//! | `GET`, `POST config` | `{quotas, throttles, list_lag_seconds, describe_lag_seconds, starting_seconds, training_seconds, outcome, events}` | the whole configuration |
//! | `GET`, `POST`, `DELETE faults` | `[{operation, name, nth, times, action}]` | all faults |
//! | `POST monitors/SCHEDULE` | `[{status, scheduled, failure}]` | those runs, in place of those there were |
//! | `POST jobs/NAME` | `{timing, outcome, status, secondary_status, final_metrics}` | the job |
//!
//! Without an account, `log`, `events` and `reset` speak of all accounts, everything else of
//! `000000000000`. An outcome is `"completed"`, `{"failed": reason}`, `{"stopped": secondary}` or
//! `{"unknown": word}`. An action is `{"refuse": {code, message, status}}`, `{"delay": {ms}}`,
//! `{"http": {status}}`, `"drop"`, `"act_then_drop"`, `{"act_then_hide": {ms}}`,
//! `"wrong_content_type"` or `"cut_body"`.
//!
//! ```
//! # use rekindle_sagemaker_double::Double;
//! # use serde_json::json;
//! let double = Double::start()?;
//! assert!(double.url().starts_with("http://127.0.0.1:"));
//!
//! // The second creation is answered late enough for any client to give up.
//! double.post("faults", &json!([
//!     { "operation": "CreateTrainingJob", "nth": 2, "action": { "delay": { "ms": 60_000 } } },
//! ]))?;
//! // Nobody has called yet.
//! assert_eq!(double.get("log")?, json!([]));
//! # Ok::<(), rekindle_sagemaker_double::DoubleError>(())
//! ```

mod account;
mod clock;
mod config;
mod error;
mod events;
mod faults;
mod job;
mod jobs;
mod list;
mod log;
mod model;
mod monitors;
mod requirements;
mod server;
mod side_door;
mod throttle;
mod world;

use std::net::{Ipv4Addr, SocketAddr, TcpListener as StdListener};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

pub use crate::error::DoubleError;
use crate::side_door::Shut;
use crate::world::World;

/// A running double. It lives in a thread of its own, and ends when dropped.
#[derive(Debug)]
pub struct Double {
    address: SocketAddr,
    world: Arc<World>,
    end: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Double {
    /// Starts on any free port.
    pub fn start() -> Result<Self, DoubleError> {
        Self::start_on(0)
    }

    /// Starts on this port; 0 is any.
    pub fn start_on(port: u16) -> Result<Self, DoubleError> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        // Bound outside of the runtime: a test that starts the double may be inside one of its own.
        let listener = StdListener::bind((Ipv4Addr::LOCALHOST, port))
            .map_err(|source| DoubleError::Listen { port, source })?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let world = Arc::new(World::default());
        let (end, ended) = oneshot::channel::<()>();
        let served = Arc::clone(&world);
        let thread = thread::Builder::new().name("sagemaker-double".to_owned()).spawn(move || {
            runtime.block_on(async {
                // Fails only without the runtime's driver, which is on.
                let Ok(listener) = TcpListener::from_std(listener) else { return };
                tokio::select! {
                    () = server::serve(listener, served) => {}
                    _ = ended => {}
                }
            });
        })?;
        Ok(Self { address, world, end: Some(end), thread: Some(thread) })
    }

    /// The endpoint to give to a client.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Reads at the side door: `get("log?account=445566778899")`.
    pub fn get(&self, path: &str) -> Result<Value, DoubleError> {
        self.side_door("GET", path, &[])
    }

    /// Sets something at the side door: `post("clock", &json!({ "advance_seconds": 60 }))`.
    pub fn post(&self, path: &str, body: &Value) -> Result<Value, DoubleError> {
        self.side_door("POST", path, body.to_string().as_bytes())
    }

    /// Stops serving; dropping does the same.
    pub fn stop(self) {
        drop(self);
    }

    /// Serves until it is stopped from outside.
    pub fn wait(mut self) {
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }

    fn side_door(&self, method: &str, path: &str, body: &[u8]) -> Result<Value, DoubleError> {
        let (place, query) = path.split_once('?').unwrap_or((path, ""));
        let whole = format!("{}{place}", side_door::PREFIX);
        side_door::answer(&self.world, method, &whole, query, body).map_err(|shut| {
            let message = match shut {
                Shut::NoSuchPath => "no such path or method".to_owned(),
                Shut::BadBody(message) => message,
            };
            DoubleError::SideDoor { path: path.to_owned(), message }
        })
    }
}

impl Drop for Double {
    fn drop(&mut self) {
        drop(self.end.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
