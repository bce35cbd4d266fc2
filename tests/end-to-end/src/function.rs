//! One process of a function, run by the test itself.

use std::collections::{BTreeMap, VecDeque};
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::RecvTimeoutError;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use serde_json::Value;

use crate::Problem;
use crate::runtime_api::RuntimeApi;

/// Longest wait for an answer. A turn whose calls all hang takes a minute; machines are shared with compilers.
const PATIENCE: Duration = Duration::from_mins(4);

/// Lines of a process that are kept to show when something is wrong.
const TAIL: usize = 40;

/// A running function: the real binary, with a Runtime API of its own.
///
/// MiniStack can run functions, too. Here the test holds the process, to kill it and to read its memory; the request id,
/// to deliver an event again as Lambda does; and the way to the cloud, to put a proxy into it.
#[derive(Debug)]
pub struct Function {
    process: Mutex<Child>,
    pid: u32,
    api: RuntimeApi,
    tail: Arc<Mutex<VecDeque<String>>>,
    reader: Option<JoinHandle<()>>,
}

/// How an invocation ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// The function returned this.
    Returned(Value),
    /// The function failed.
    Failed {
        /// The word that Lambda is told.
        error_type: String,
        /// The sentence.
        message: String,
    },
}

impl Answer {
    pub(crate) fn returned(body: &[u8]) -> Self {
        Self::Returned(serde_json::from_slice(body).unwrap_or(Value::Null))
    }

    pub(crate) fn failed(body: &[u8]) -> Self {
        let told: Value = serde_json::from_slice(body).unwrap_or(Value::Null);
        let text = |name| told.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        Self::Failed { error_type: text("errorType"), message: text("errorMessage") }
    }
}

impl Function {
    /// Starts a binary with this environment, and nothing else in it.
    ///
    /// # Errors
    ///
    /// There is no such binary, or no port for its Runtime API.
    pub fn start(binary: &Path, environment: &BTreeMap<String, String>) -> Result<Self, Problem> {
        let api = RuntimeApi::start()?;
        let mut process = Command::new(binary)
            .env_clear()
            .envs(environment)
            .env("AWS_LAMBDA_RUNTIME_API", api.address())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()?;
        let output = process.stdout.take().ok_or("the process has no output")?;
        let tail = Arc::new(Mutex::new(VecDeque::new()));
        let (kept, closer) = (Arc::clone(&tail), api.closer());
        // The output ends when the process does, however it ends.
        let reader = thread::Builder::new().name("function-output".to_owned()).spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
                if kept.len() == TAIL {
                    kept.pop_front();
                }
                kept.push_back(line);
            }
            closer();
        })?;
        Ok(Self { pid: process.id(), process: Mutex::new(process), api, tail, reader: Some(reader) })
    }

    /// The process.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// Invokes it and waits for its answer; `None` if the process ended before it gave one.
    ///
    /// # Errors
    ///
    /// No answer came, and the process lives.
    pub fn invoke(&self, request_id: &str, payload: &[u8]) -> Result<Option<Answer>, Problem> {
        match self.api.hand(request_id, payload).recv_timeout(PATIENCE) {
            Ok(answer) => Ok(Some(answer)),
            Err(RecvTimeoutError::Disconnected) => Ok(None),
            Err(RecvTimeoutError::Timeout) => {
                let last = self.last_lines().join("\n");
                Err(format!("invocation {request_id} was not answered; the function said\n{last}").into())
            }
        }
    }

    /// Ends the process at once, with SIGKILL.
    ///
    /// # Errors
    ///
    /// The system did not let us.
    pub fn kill(&self) -> Result<(), Problem> {
        let mut process = self.process.lock().unwrap_or_else(PoisonError::into_inner);
        process.kill()?;
        process.wait()?;
        Ok(())
    }

    /// What it said last.
    #[must_use]
    pub fn last_lines(&self) -> Vec<String> {
        self.tail.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    /// Memory of the process that is resident now, in bytes.
    ///
    /// # Errors
    ///
    /// The process is gone.
    pub fn resident(&self) -> Result<u64, Problem> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.pid))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes: u64 =
            line.and_then(|line| line.split_whitespace().next()).ok_or("no VmRSS")?.parse()?;
        Ok(kilobytes * 1024)
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.kill();
        if let Some(reader) = self.reader.take() {
            let _ = reader.join();
        }
    }
}
