//! What goes wrong with AWS.

use core::error::Error;

use aws_sdk_cloudwatch::config::http::HttpResponse;
use aws_sdk_cloudwatch::error::{ProvideErrorMetadata, SdkError};
use rekindle_decision::facts::Gap;
use rekindle_turn::chain;

/// A call that failed, or an answer that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum AwsError {
    /// The call failed, after the SDK's own retries.
    #[error("{operation} failed")]
    Call {
        /// The API's name of the operation.
        operation: &'static str,
        /// What the SDK says.
        source: Box<dyn Error + Send + Sync>,
    },
    /// The ledger holds what no turn could have written: a person must look.
    #[error("the ledger's row of `{model}` cannot be read: {problem}")]
    Row {
        /// The model.
        model: String,
        /// What is wrong with it.
        problem: String,
    },
    /// Other turns changed the row each time this one was about to.
    #[error("the ledger's row of `{model}` changed {times} times while it was written")]
    Contended {
        /// The model.
        model: String,
        /// How often.
        times: u32,
    },
    /// An answer lacks what the API promises.
    #[error("{operation} answered without {missing}")]
    Answer {
        /// The API's name of the operation.
        operation: &'static str,
        /// What is missing.
        missing: &'static str,
    },
}

impl AwsError {
    pub(crate) fn call<E: Error + Send + Sync + 'static>(operation: &'static str) -> impl FnOnce(E) -> Self {
        move |source| Self::Call { operation, source: Box::new(source) }
    }
}

/// Whose fault a failed call is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Blame {
    /// Something in the request: asked for less, the rest may be answered.
    Request,
    /// The service, the way to it, or our rights: asking for less does not help.
    Elsewhere,
}

impl Blame {
    pub(crate) fn of<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> Self {
        let SdkError::ServiceError(refusal) = error else { return Self::Elsewhere };
        let code = refusal.err().code().unwrap_or_default();
        // `ValidationError`, `InvalidParameterValue`, `InvalidParameterCombination`, and their `...Exception` spellings.
        let ours = code.starts_with("Validation") || code.starts_with("InvalidParameter");
        if ours { Self::Request } else { Self::Elsewhere }
    }
}

/// What a read that failed means for everything it asked for.
pub(crate) fn unread<E>(
    operation: &'static str,
    asked: usize,
    error: &SdkError<E, HttpResponse>,
) -> (Gap, Blame)
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    let blame = Blame::of(error);
    let error = chain(error);
    tracing::error!(operation, asked, error, "a read was not answered");
    (Gap::Failed { error }, blame)
}
