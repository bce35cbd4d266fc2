use std::time::Duration;

/// Why the local cloud could not do what a test asked of it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A program ended badly.
    #[error("`{command}` failed: {output}")]
    Command {
        /// The whole command line.
        command: String,
        /// How it ended and what it printed.
        output: String,
    },
    /// A file, folder or process could not be used.
    #[error("could not {what}")]
    Io {
        /// What was attempted, with its path.
        what: String,
        /// The system's answer.
        source: std::io::Error,
    },
    /// A service gave no answer at all.
    #[error("{action} got no answer")]
    NoAnswer {
        /// The call.
        action: String,
        /// What the HTTP client said.
        source: Box<ureq::Error>,
    },
    /// A service refused.
    #[error("{action} was refused with {status}: {body}")]
    Refused {
        /// The call.
        action: String,
        /// The HTTP status; 200 for a refusal inside a successful answer.
        status: u16,
        /// The answer as received.
        body: String,
    },
    /// A service answered something the harness does not understand.
    #[error("{what} is not in {found}")]
    Unexpected {
        /// What was looked for.
        what: String,
        /// Where it should have been.
        found: String,
    },
    /// A zip could not be written.
    #[error("could not zip `{path}`")]
    Zip {
        /// The binary.
        path: String,
        /// What the zip writer said.
        source: zip::result::ZipError,
    },
    /// Something did not happen in time.
    #[error("{what} did not happen within {} s{seen}", .within.as_secs())]
    Late {
        /// What was waited for.
        what: String,
        /// How long.
        within: Duration,
        /// What was seen instead, introduced by a semicolon, or nothing.
        seen: String,
    },
    /// Something must exist first.
    #[error("{what}\n\nhint: {hint}")]
    Missing {
        /// What is not there.
        what: String,
        /// What to do about it.
        hint: String,
    },
}

impl Error {
    pub(crate) fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let what = what.into();
        move |source| Self::Io { what, source }
    }

    pub(crate) fn unexpected(what: impl Into<String>, found: impl std::fmt::Display) -> Self {
        Self::Unexpected { what: what.into(), found: format!("{found}") }
    }
}
