//! A fixed distance from one instant to the next.

use alloc::format;
use alloc::vec::Vec;

use jiff::{SignedDuration, Timestamp};

use super::field::number;
use super::refusal::{NotASchedule, quoted};

/// Every so many seconds; from when on, only the service knows that was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rate {
    seconds: u64,
    pub(super) start: Option<Timestamp>,
}

const UNITS: [(&str, &str, u64); 3] =
    [("minute", "minutes", 60), ("hour", "hours", 3_600), ("day", "days", 86_400)];

impl Rate {
    /// Reads what stands between the brackets.
    pub(super) fn parse(text: &str) -> Result<Self, NotASchedule> {
        let words: Vec<&str> = text.split_ascii_whitespace().collect();
        let [value, unit] = *words else {
            let problem = format!("rate takes a value and a unit, not {}", quoted(text));
            return Err(NotASchedule::new(problem, "write such as `rate(5 minutes)`"));
        };
        let Some(value) = number::<u32>(value).filter(|value| *value > 0) else {
            let problem = format!("rate value {} is not a whole number from 1 to 4294967295", quoted(value));
            return Err(NotASchedule::new(problem, "write such as `rate(5 minutes)`"));
        };
        let lower = unit.to_ascii_lowercase();
        let known = UNITS.iter().find(|(one, many, _)| lower == *one || lower == *many);
        let Some((one, many, seconds)) = known else {
            let problem = format!("rate unit {} is unknown", quoted(unit));
            return Err(NotASchedule::new(problem, "write minutes, hours or days"));
        };
        let right = if value == 1 { one } else { many };
        let written = format!("{value} {right}");
        if unit != *right {
            let problem = format!("rate unit {} does not go with {value}", quoted(unit));
            return Err(NotASchedule::new(problem, format!("write `rate({written})`")));
        }
        // One space and no other: AWS refuses `rate( 10 minutes )`.
        if text.len() != words.iter().map(|word| word.len()).sum::<usize>() + 1 {
            let problem = format!("rate {} holds more white space than one", quoted(text));
            return Err(NotASchedule::new(problem, format!("write `rate({written})`")));
        }
        Ok(Self { seconds: u64::from(value) * seconds, start: None })
    }

    pub(super) fn latest(&self, at: Timestamp) -> Option<Timestamp> {
        let start = self.start.filter(|start| *start <= at)?;
        self.instant(start, self.passed(start, at))
    }

    pub(super) fn next(&self, after: Timestamp) -> Option<Timestamp> {
        let start = self.start?;
        if after < start { Some(start) } else { self.instant(start, self.passed(start, after) + 1) }
    }

    /// How many whole distances lie between two instants.
    fn passed(&self, start: Timestamp, at: Timestamp) -> u64 {
        at.duration_since(start).as_secs().unsigned_abs() / self.seconds
    }

    fn instant(&self, start: Timestamp, count: u64) -> Option<Timestamp> {
        let seconds = i64::try_from(count.checked_mul(self.seconds)?).ok()?;
        start.checked_add(SignedDuration::from_secs(seconds)).ok()
    }
}
