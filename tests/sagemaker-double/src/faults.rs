//! What goes wrong, and on which call.

use serde::{Deserialize, Serialize};

/// One thing that goes wrong with one operation.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fault {
    operation: String,
    /// Only calls that speak of this job.
    #[serde(default)]
    name: Option<String>,
    /// From which call on, counted from when the fault was set.
    #[serde(default = "one")]
    nth: u64,
    /// For how many calls.
    #[serde(default = "one")]
    times: u64,
    action: Action,
    #[serde(default, skip_deserializing)]
    seen: u64,
}

/// How it goes wrong.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Action {
    /// An error of the API; nothing is done.
    Refuse {
        code: String,
        #[serde(default)]
        message: String,
        #[serde(default = "bad_request")]
        status: u16,
    },
    /// The call is carried out, later. Real time, not the clock of the account.
    Delay { ms: u64 },
    /// A bare status, as from something in front of the service; nothing is done.
    Http { status: u16 },
    /// The connection ends; nothing is done.
    Drop,
    /// The call is carried out and the connection ends without an answer.
    ActThenDrop,
    /// The call is carried out and answered, and then the job cannot be seen for a while.
    ActThenHide { ms: u64 },
    /// The call is carried out; the answer calls itself HTML.
    WrongContentType,
    /// The call is carried out; half of the answer arrives.
    CutBody,
}

#[derive(Debug, Default)]
pub(crate) struct Faults {
    set: Vec<Fault>,
}

impl Faults {
    pub(crate) fn add(&mut self, faults: Vec<Fault>) {
        self.set.extend(faults);
    }

    pub(crate) fn clear(&mut self) {
        self.set.clear();
    }

    pub(crate) fn all(&self) -> &[Fault] {
        &self.set
    }

    /// What goes wrong with this call. Every fault counts it; the first that is due has its way.
    pub(crate) fn strike(&mut self, operation: &str, name: Option<&str>) -> Option<Action> {
        let mut due = None;
        for fault in &mut self.set {
            if fault.operation == operation && (fault.name.is_none() || fault.name.as_deref() == name) {
                fault.seen += 1;
                let turn = fault.nth..fault.nth.saturating_add(fault.times);
                due = due.or_else(|| turn.contains(&fault.seen).then(|| fault.action.clone()));
            }
        }
        due
    }
}

impl Fault {
    pub(crate) fn operation(&self) -> &str {
        &self.operation
    }
}

impl Action {
    /// The word of the action, as a log shows it.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Refuse { .. } => "refuse",
            Self::Delay { .. } => "delay",
            Self::Http { .. } => "http",
            Self::Drop => "drop",
            Self::ActThenDrop => "act_then_drop",
            Self::ActThenHide { .. } => "act_then_hide",
            Self::WrongContentType => "wrong_content_type",
            Self::CutBody => "cut_body",
        }
    }
}

fn one() -> u64 {
    1
}

fn bad_request() -> u16 {
    400
}
