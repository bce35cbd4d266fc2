use std::time::Duration;

/// One way for a call to go wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It is forwarded later.
    Latency(Duration),
    /// The connection is reset before anything is forwarded.
    ResetBefore,
    /// The connection is reset when the service has answered: the answer is lost.
    ResetAfter,
    /// A bare status, as from something in front of the service; nothing is forwarded.
    StatusBefore(u16),
    /// The same, but the service has acted.
    StatusAfter(u16),
    /// The service's own way to say "too fast"; nothing is forwarded.
    Throttled,
    /// The answer ends in the middle, shorter than its `content-length`.
    Truncated,
    /// The service has acted, and its answer is a web page.
    NotJson,
    /// The service has acted, and its answer is a list, which no operation answers with.
    WrongJson,
    /// The service has acted, and its answer is an object of which no member is known.
    ForeignJson,
    /// No answer, and nothing is forwarded.
    HangBefore,
    /// No answer, although the service has given one.
    HangAfter,
}

impl Fault {
    /// Every kind of fault once.
    pub const ALL: [Self; 14] = [
        Self::Latency(Duration::from_millis(300)),
        Self::ResetBefore,
        Self::ResetAfter,
        Self::StatusBefore(500),
        Self::StatusBefore(503),
        Self::StatusAfter(500),
        Self::StatusAfter(503),
        Self::Throttled,
        Self::Truncated,
        Self::NotJson,
        Self::WrongJson,
        Self::ForeignJson,
        Self::HangBefore,
        Self::HangAfter,
    ];

    /// The word of the fault, as a [`Tally`](crate::Tally) counts it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Latency(_) => "latency",
            Self::ResetBefore => "reset-before",
            Self::ResetAfter => "reset-after",
            Self::StatusBefore(500) => "500-before",
            Self::StatusBefore(503) => "503-before",
            Self::StatusBefore(_) => "status-before",
            Self::StatusAfter(500) => "500-after",
            Self::StatusAfter(503) => "503-after",
            Self::StatusAfter(_) => "status-after",
            Self::Throttled => "throttled",
            Self::Truncated => "truncated",
            Self::NotJson => "not-json",
            Self::WrongJson => "wrong-json",
            Self::ForeignJson => "foreign-json",
            Self::HangBefore => "hang-before",
            Self::HangAfter => "hang-after",
        }
    }

    /// Whether the service hears of a call that goes wrong like this.
    #[must_use]
    pub const fn is_forwarded(self) -> bool {
        match self {
            Self::Latency(_)
            | Self::ResetAfter
            | Self::StatusAfter(_)
            | Self::Truncated
            | Self::NotJson
            | Self::WrongJson
            | Self::ForeignJson
            | Self::HangAfter => true,
            Self::ResetBefore | Self::StatusBefore(_) | Self::Throttled | Self::HangBefore => false,
        }
    }
}
