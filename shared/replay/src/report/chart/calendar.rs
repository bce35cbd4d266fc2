//! What is written along an axis of time.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

use super::scale::Tick;

/// From one tick to the next.
#[derive(Debug, Clone, Copy)]
enum Step {
    Seconds(i64),
    Months(i64),
}

const DAY: i64 = 86_400;

/// The first Monday of Unix time.
const MONDAY: i64 = 4 * DAY;

/// From the finest to the coarsest.
const STEPS: [Step; 21] = [
    Step::Seconds(60),
    Step::Seconds(300),
    Step::Seconds(900),
    Step::Seconds(1_800),
    Step::Seconds(3_600),
    Step::Seconds(3 * 3_600),
    Step::Seconds(6 * 3_600),
    Step::Seconds(12 * 3_600),
    Step::Seconds(DAY),
    Step::Seconds(2 * DAY),
    Step::Seconds(7 * DAY),
    Step::Seconds(14 * DAY),
    Step::Months(1),
    Step::Months(2),
    Step::Months(3),
    Step::Months(6),
    Step::Months(12),
    Step::Months(24),
    Step::Months(60),
    Step::Months(120),
    Step::Months(1_200),
];

impl Step {
    fn seconds(self) -> i64 {
        match self {
            Self::Seconds(seconds) => seconds,
            Self::Months(months) => months * 2_629_746,
        }
    }
}

/// Instants that people would write along a span of time, in seconds since its start: whole hours, days, Mondays, months or
/// years in UTC.
pub(super) fn ticks(from: Timestamp, to: Timestamp, most: usize) -> Vec<Tick> {
    let span = to.as_second().saturating_sub(from.as_second());
    let allowed = i64::try_from(most).unwrap_or(8);
    let fits = |step: &Step| span / step.seconds() <= allowed;
    let step = STEPS.into_iter().find(fits).unwrap_or(Step::Months(12_000));
    let mut instants = Vec::new();
    let mut nth = first(step, from);
    while let Some(at) = instant(step, nth).filter(|at| *at <= to && instants.len() <= most + 2) {
        if at >= from {
            instants.push(at);
        }
        nth += 1;
    }
    let label = |(nth, at)| Tick { at: since(from, at), label: label(step, at, nth == 0) };
    instants.into_iter().enumerate().map(label).collect()
}

/// Seconds since an earlier instant.
fn since(from: Timestamp, at: Timestamp) -> f64 {
    at.duration_since(from).as_secs_f64()
}

/// The number of a tick that is not after an instant.
fn first(step: Step, from: Timestamp) -> i64 {
    match step {
        Step::Seconds(seconds) => (from.as_second() - MONDAY).div_euclid(seconds),
        Step::Months(months) => {
            let date = Offset::UTC.to_datetime(from).date();
            (i64::from(date.year()) * 12 + i64::from(date.month()) - 1).div_euclid(months)
        }
    }
}

fn instant(step: Step, nth: i64) -> Option<Timestamp> {
    match step {
        Step::Seconds(seconds) => Timestamp::from_second(nth.checked_mul(seconds)?.checked_add(MONDAY)?).ok(),
        Step::Months(months) => {
            let month = nth.checked_mul(months)?;
            let year = i16::try_from(month.div_euclid(12)).ok()?;
            let date = Date::new(year, i8::try_from(month.rem_euclid(12)).ok()? + 1, 1).ok()?;
            Offset::UTC.to_timestamp(date.at(0, 0, 0, 0)).ok()
        }
    }
}

fn label(step: Step, at: Timestamp, first: bool) -> String {
    let format = match step {
        Step::Seconds(seconds) if seconds < DAY && at.as_second() % DAY != 0 => "%H:%M",
        Step::Seconds(_) => "%-d %b",
        Step::Months(months) if months >= 12 => "%Y",
        Step::Months(_) if first || at.strftime("%m").to_string() == "01" => "%b %Y",
        Step::Months(_) => "%b",
    };
    at.strftime(format).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(from: &str, to: &str) -> Vec<String> {
        let ticks = ticks(from.parse().unwrap(), to.parse().unwrap(), 8);
        ticks.into_iter().map(|tick| tick.label).collect()
    }

    #[test]
    fn time_is_written_as_people_do() {
        assert_eq!(
            labels("2026-03-01T10:00:00Z", "2026-03-03T00:00:00Z"),
            ["12:00", "18:00", "2 Mar", "06:00", "12:00", "18:00", "3 Mar"]
        );
        assert_eq!(
            labels("2026-03-01T00:00:00Z", "2026-04-15T00:00:00Z"),
            ["2 Mar", "9 Mar", "16 Mar", "23 Mar", "30 Mar", "6 Apr", "13 Apr"]
        );
        assert_eq!(
            labels("2026-09-03T00:00:00Z", "2027-03-02T00:00:00Z"),
            ["Oct 2026", "Nov", "Dec", "Jan 2027", "Feb", "Mar"]
        );
        assert_eq!(
            labels("2020-02-01T00:00:00Z", "2026-02-01T00:00:00Z"),
            ["2021", "2022", "2023", "2024", "2025", "2026"]
        );
    }

    #[test]
    fn there_are_never_many() {
        for (from, to) in [(Timestamp::MIN, Timestamp::MAX), (Timestamp::UNIX_EPOCH, Timestamp::UNIX_EPOCH)] {
            assert!(ticks(from, to, 8).len() <= 11);
            assert!(ticks(to, from, 8).len() <= 11);
        }
    }
}
