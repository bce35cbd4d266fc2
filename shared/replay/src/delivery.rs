//! What wakes a function, and how the platform goes about it.

use rekindle_decision::signal::Signal;

/// A function of the stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Function {
    /// Ticks.
    OnSchedule,
    /// Alarms, what arrives, and people.
    OnAlarm,
    /// The sweep.
    OnMetricCheck,
    /// The ends of training jobs.
    OnTrainingEnd,
}

impl Function {
    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::OnSchedule => "on-schedule",
            Self::OnAlarm => "on-alarm",
            Self::OnMetricCheck => "on-metric-check",
            Self::OnTrainingEnd => "on-training-end",
        }
    }

    /// Thousandths of a second after which Lambda ends it, as in the template.
    #[must_use]
    pub const fn timeout(self) -> u64 {
        match self {
            Self::OnSchedule | Self::OnAlarm | Self::OnTrainingEnd => 60_000,
            Self::OnMetricCheck => 300_000,
        }
    }

    /// How often Lambda tries an event at most. A sweep comes again by itself.
    #[must_use]
    pub const fn tries(self) -> u32 {
        match self {
            Self::OnSchedule | Self::OnAlarm | Self::OnTrainingEnd => 3,
            Self::OnMetricCheck => 1,
        }
    }
}

/// An event on its way to a function.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// Whom it wakes.
    pub function: Function,
    /// What it says.
    pub signals: Vec<Signal>,
    /// The invocation's name: the same over the platform's own retries.
    pub(crate) token: String,
    /// Which try this is, counted from 1.
    pub(crate) attempt: u32,
}

impl Delivery {
    /// Thousandths of a second that Lambda waits before the next try of an asynchronous event: a minute, then two.
    pub(crate) const fn pause(&self) -> u64 {
        if self.attempt <= 1 { 60_000 } else { 120_000 }
    }
}
