//! The days of a month that a cron expression means.

use alloc::format;

use jiff::civil::Date;

use super::bits::Bits;
use super::field::{DAY, WEEKDAY, number};
use super::refusal::{NotASchedule, quoted};

/// Days by their number or by their weekday; weekdays count from Sunday as 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Days {
    Numbered(Bits),
    /// `L`
    Last,
    /// `LW`: Monday to Friday, the last of the month.
    LastWorking,
    /// `15W`: Monday to Friday, the nearest within the month.
    Nearest(i8),
    Weekdays(Bits),
    /// `6L`
    LastOf(i8),
    /// `3#2`
    Nth(i8, i8),
}

const SUNDAY: i8 = 1;
const SATURDAY: i8 = 7;

impl Days {
    pub(super) fn of_month(text: &str) -> Result<Self, NotASchedule> {
        match text {
            "L" => return Ok(Self::Last),
            "LW" => return Ok(Self::LastWorking),
            _ => {}
        }
        if text.contains(',') && text.contains(['L', 'W']) {
            return Err(DAY.alone(text, "`L` and `W`"));
        }
        match text.strip_suffix('W') {
            Some(day) => DAY.before(day, text).map(Self::Nearest),
            None => DAY.bits(text).map(Self::Numbered),
        }
    }

    pub(super) fn of_week(text: &str) -> Result<Self, NotASchedule> {
        // The last day of the week is Saturday.
        if text == "L" {
            return Ok(Self::Weekdays(Bits::from_iter([SATURDAY])));
        }
        if text.contains(',') && (text.contains('#') || text.split(',').any(|part| part.ends_with('L'))) {
            return Err(WEEKDAY.alone(text, "`L` and `#`"));
        }
        if let Some((weekday, nth)) = text.split_once('#') {
            let nth = number(nth).filter(|nth| (1..=5).contains(nth)).ok_or_else(|| {
                let problem = format!("day-of-week {} counts to a day no month has", quoted(text));
                NotASchedule::new(problem, format!("write 1-5 after `#`, such as `{weekday}#2`"))
            })?;
            return Ok(Self::Nth(WEEKDAY.before(weekday, text)?, nth));
        }
        match text.strip_suffix('L') {
            Some(weekday) => WEEKDAY.before(weekday, text).map(Self::LastOf),
            None => WEEKDAY.bits(text).map(Self::Weekdays),
        }
    }

    /// The days in one month.
    pub(super) fn within(&self, first: Date) -> Bits {
        let length = first.days_in_month();
        let weekday = |day: i8| (first.weekday().to_sunday_zero_offset() + day - 1) % 7 + 1;
        // Never into a neighbouring month: a first on a Saturday moves on to Monday, a last on a Sunday back to Friday.
        let nearest = |day: i8| match weekday(day) {
            SATURDAY if day == 1 => 3,
            SATURDAY => day - 1,
            SUNDAY if day == length => day - 2,
            SUNDAY => day + 1,
            _ => day,
        };
        let is_meant = |day: &i8| match self {
            Self::Numbered(days) => days.has(*day),
            Self::Last => *day == length,
            Self::LastWorking => *day == nearest(length),
            Self::Nearest(wanted) => *wanted <= length && *day == nearest(*wanted),
            Self::Weekdays(days) => days.has(weekday(*day)),
            Self::LastOf(wanted) => weekday(*day) == *wanted && *day > length - 7,
            Self::Nth(wanted, nth) => weekday(*day) == *wanted && (*day - 1) / 7 + 1 == *nth,
        };
        (1..=length).filter(is_meant).collect()
    }
}
