//! What goes wrong with AWS.

use core::error::Error;

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
