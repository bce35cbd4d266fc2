//! What the double refuses with, in the words of AWS.

use std::io;

use serde_json::{Value, json};

/// The double could not come up.
#[derive(Debug, thiserror::Error)]
pub enum DoubleError {
    /// The port is taken, or this machine gives out none.
    #[error("could not listen on 127.0.0.1:{port}")]
    Listen {
        /// The port that was asked for; 0 is any.
        port: u16,
        /// What the machine said.
        source: io::Error,
    },
    /// No runtime or no thread could be had.
    #[error("could not start the server")]
    Start(#[from] io::Error),
    /// The side door does not know the path, or does not understand the body.
    #[error("the side door refused `{path}`: {message}")]
    SideDoor {
        /// What was asked for.
        path: String,
        /// Why not.
        message: String,
    },
}

/// An error answer of the API.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    pub(crate) code: String,
    pub(crate) message: String,
    pub(crate) status: u16,
}

impl Refusal {
    pub(crate) fn new(code: &str, message: impl Into<String>) -> Self {
        Self { code: code.to_owned(), message: message.into(), status: 400 }
    }

    pub(crate) fn validation(message: impl Into<String>) -> Self {
        Self::new("ValidationException", message)
    }

    /// What SageMaker says about a name it does not know. The model promises `ResourceNotFound`;
    /// the service answers with this.
    pub(crate) fn not_found() -> Self {
        Self::validation("Requested resource not found.")
    }

    pub(crate) fn name_taken(arn: &str) -> Self {
        Self::new(
            "ResourceInUse",
            format!(
                "Training job names must be unique within an AWS account and region, and a training job with this name already exists ({arn})"
            ),
        )
    }

    pub(crate) fn throttled() -> Self {
        Self::new("ThrottlingException", "Rate exceeded")
    }

    /// Modelled errors spell `Message`; those of the front door spell `message`.
    pub(crate) fn body(&self) -> Value {
        let modelled = ["ResourceInUse", "ResourceLimitExceeded", "ResourceNotFound"];
        let key = if modelled.contains(&self.code.as_str()) { "Message" } else { "message" };
        json!({ "__type": self.code, key: self.message })
    }
}
