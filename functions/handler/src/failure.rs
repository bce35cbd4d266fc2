//! Why an invocation failed.

use lambda_runtime::Diagnostic;
use rekindle_aws::AwsError;
use rekindle_events::Unrecognised;
use rekindle_turn::{TurnError, chain};

/// Why an invocation failed. The word is what Lambda, alarms and queues are told: it answers "does trying again help?".
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The event cannot be read, or asks for what cannot be. Trying again is in vain; the failure queue keeps it.
    #[error("{sentence}")]
    BadEvent {
        /// What is wrong with it.
        sentence: String,
    },
    /// The world did not answer. Trying again may help.
    #[error("{sentence}")]
    Retryable {
        /// What did not work, with everything behind it.
        sentence: String,
    },
    /// The ledger or an answer holds what cannot be: a person must look.
    #[error("{sentence}")]
    Bug {
        /// What was found, with everything behind it.
        sentence: String,
    },
}

impl Failure {
    pub(crate) fn event(refused: &Unrecognised) -> Self {
        let hint = refused.hint.as_ref().map(|hint| format!(" (hint: {hint})")).unwrap_or_default();
        Self::BadEvent { sentence: format!("{refused}{hint}") }
    }

    #[expect(clippy::needless_pass_by_value, reason = "used as a function of one error to another")]
    pub(crate) fn turn(error: TurnError<AwsError>) -> Self {
        let sentence = chain(&error);
        match error.source {
            AwsError::Call { .. } | AwsError::Contended { .. } => Self::Retryable { sentence },
            AwsError::Row { .. } | AwsError::Answer { .. } => Self::Bug { sentence },
        }
    }

    /// The word.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::BadEvent { .. } => "BadEvent",
            Self::Retryable { .. } => "Retryable",
            Self::Bug { .. } => "Bug",
        }
    }

    /// Printed once, here at the edge.
    pub(crate) fn tell(&self) {
        tracing::error!(error_type = self.word(), "{self}");
    }
}

impl From<Failure> for Diagnostic {
    fn from(failure: Failure) -> Self {
        Self { error_type: failure.word().to_owned(), error_message: failure.to_string() }
    }
}
