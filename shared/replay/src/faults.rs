//! What may go wrong with a call.

use rekindle_turn::world::Creation;

use crate::dice::Dice;

/// A call of a turn to the world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Call {
    Policies,
    Rows,
    Alarms,
    AlarmSets,
    Monitors,
    Spending,
    Metrics,
    Describe,
    Create,
    Stop,
    Intend,
    TakeOver,
    Settle,
    Close,
    Judge,
    Said,
    Run,
    Remember,
    Publish,
}

impl Call {
    /// Whether a story tells what was answered: of what changes something, and of the jobs.
    pub(crate) const fn is_told(self) -> bool {
        match self {
            Self::Describe
            | Self::Create
            | Self::Stop
            | Self::Intend
            | Self::TakeOver
            | Self::Settle
            | Self::Close
            | Self::Judge
            | Self::Said
            | Self::Remember => true,
            Self::Policies
            | Self::Rows
            | Self::Alarms
            | Self::AlarmSets
            | Self::Monitors
            | Self::Spending
            | Self::Run
            | Self::Metrics
            | Self::Publish => false,
        }
    }
}

/// What becomes of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It happens, and the answer arrives.
    Passes,
    /// Nothing happens, and the caller is told of an error.
    Fails,
    /// It happens, and the answer is lost.
    LosesAnswer,
    /// The caller has given up, and it happens so many thousandths of a second later.
    HappensLate(u64),
    /// The function is killed before it happens.
    KillsBefore,
    /// It happens, and the function is killed.
    KillsAfter,
    /// SageMaker says no.
    Answers(Creation),
}

impl Fate {
    /// Under which name it is counted.
    pub(crate) const fn word(&self) -> &'static str {
        match self {
            Self::Passes => "calls that passed",
            Self::Fails => "calls that failed",
            Self::LosesAnswer => "answers lost",
            Self::HappensLate(_) => "calls that took effect late",
            Self::KillsBefore => "kills before a call",
            Self::KillsAfter => "kills after a call",
            Self::Answers(_) => "creations refused",
        }
    }
}

/// Thousandths of a second within which a call takes effect whose caller has given up: the line is closed by then. Less
/// than the minute after which Lambda tries again under the same name: a settle of the try before, arriving after
/// that, is held to be the new one's.
const LATEST: u64 = 50_000;

/// How a call goes: how long until it takes effect, how long the answer travels, and what becomes of it.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) before: u64,
    pub(crate) after: u64,
    pub(crate) fate: Fate,
}

/// How often things go wrong, each in ten thousand calls, messages or deliveries.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Faults {
    /// A call takes seconds.
    pub slow: u64,
    /// A call takes minutes, and mostly longer than its function may run.
    pub hang: u64,
    /// A call fails before it takes effect.
    pub fail: u64,
    /// A call takes effect and its answer is lost.
    pub lose: u64,
    /// A call takes effect after its caller has given up.
    pub late: u64,
    /// The function is killed, half the time before the call and half the time after it.
    pub kill: u64,
    /// `CreateTrainingJob` is refused for now.
    pub not_now: u64,
    /// `CreateTrainingJob` is refused for good.
    pub refuse: u64,
    /// An announcement is not taken by the bus.
    pub deaf: u64,
    /// The end of a training job is told to nobody.
    pub mute: u64,
    /// An event is delivered twice.
    pub twice: u64,
    /// An event comes late.
    pub tardy: u64,
    /// An event that AWS may drop is dropped.
    pub drop: u64,
    /// An invocation is begun twice at the same time, under one name.
    pub echo: u64,
}

impl Faults {
    /// A world in which everything works.
    #[must_use]
    pub const fn none() -> Self {
        Self {
            slow: 0,
            hang: 0,
            fail: 0,
            lose: 0,
            late: 0,
            kill: 0,
            not_now: 0,
            refuse: 0,
            deaf: 0,
            mute: 0,
            twice: 0,
            tardy: 0,
            drop: 0,
            echo: 0,
        }
    }

    /// A world with troubles of its own: some are well, some have one trouble mostly, some have all.
    #[must_use]
    pub fn drawn(dice: &mut Dice) -> Self {
        let scale = dice.pick(&[0, 1, 2, 4, 8]).copied().unwrap_or(1);
        let mut some =
            |most: u64| if dice.chance(6_000) { dice.between(0, most.saturating_mul(scale)) } else { 0 };
        Self {
            slow: some(300),
            hang: some(15),
            fail: some(60),
            lose: some(60),
            late: some(40),
            kill: some(60),
            not_now: some(800),
            refuse: some(200),
            deaf: some(500),
            mute: some(3_000),
            twice: some(1_000),
            tardy: some(1_000),
            drop: some(1_000),
            echo: some(150),
        }
    }

    pub(crate) fn plan(self, call: Call, dice: &mut Dice) -> Plan {
        let mut before = dice.between(2, 40);
        let after = dice.between(1, 25);
        if dice.chance(self.hang) {
            before = dice.between(20_000, 400_000);
        } else if dice.chance(self.slow) {
            before = dice.between(500, 15_000);
        }
        Plan { before, after, fate: self.fate(call, dice) }
    }

    fn fate(self, call: Call, dice: &mut Dice) -> Fate {
        if call == Call::Create
            && let Some(refusal) = self.refusal(dice)
        {
            return Fate::Answers(refusal);
        }
        if dice.chance(self.kill) {
            return if dice.chance(5_000) { Fate::KillsBefore } else { Fate::KillsAfter };
        }
        if dice.chance(self.lose) {
            return Fate::LosesAnswer;
        }
        if dice.chance(self.late) {
            return Fate::HappensLate(dice.between(10, LATEST));
        }
        if dice.chance(self.fail) { Fate::Fails } else { Fate::Passes }
    }

    fn refusal(self, dice: &mut Dice) -> Option<Creation> {
        if dice.chance(self.refuse) {
            let (code, message) = *dice.pick(&[
                ("ValidationException", "no such image"),
                ("AccessDeniedException", "not allowed"),
            ])?;
            return Some(Creation::Refused { code: code.to_owned(), message: message.to_owned() });
        }
        if dice.chance(self.not_now) {
            let (code, message) = *dice.pick(&[
                ("ThrottlingException", "slow down"),
                ("ResourceLimitExceeded", "no quota left"),
                ("CapacityError", "no machines"),
            ])?;
            return Some(Creation::NotNow { code: code.to_owned(), message: message.to_owned() });
        }
        None
    }
}
