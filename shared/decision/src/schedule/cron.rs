//! The six fields of a cron expression, and the civil minutes they match.

use alloc::format;
use alloc::vec::Vec;
use core::iter::successors;

use jiff::civil::{Date, DateTime, Time};

use super::bits::{Bits, Way};
use super::days::Days;
use super::field::{self, Span};
use super::refusal::{NotASchedule, quoted};
use super::unix;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cron {
    minutes: Bits,
    hours: Bits,
    days: Days,
    months: Bits,
    years: Vec<Span>,
}

/// The first and the last year AWS has, and the first and last minute of a day.
const YEARS: (i16, i16) = (1970, 2199);
const DAY: (Time, Time) = (Time::constant(0, 0, 0, 0), Time::constant(23, 59, 0, 0));

impl Cron {
    /// Reads what stands between the brackets.
    pub(super) fn parse(text: &str) -> Result<Self, NotASchedule> {
        // Names and letters are read in either case, as AWS reads them.
        let text = text.to_ascii_uppercase();
        let fields: Vec<&str> = text.split_ascii_whitespace().collect();
        let [minute, hour, day, month, weekday, year] = *fields else {
            return Err(unix::not_six(&fields));
        };
        let days = match (day, weekday) {
            ("?", "?") => {
                return Err(NotASchedule::new(
                    "day-of-month and day-of-week are both `?`",
                    "write `?` in one of them, such as `cron(0 9 * * ? *)`",
                ));
            }
            ("?", weekday) => Days::of_week(weekday)?,
            (day, "?") => Days::of_month(day)?,
            _ => return Err(unix::two_days(&fields)),
        };
        if text.starts_with(char::is_whitespace) || text.ends_with(char::is_whitespace) {
            return Err(NotASchedule::new(
                format!("{} has white space inside its brackets", quoted(&text)),
                format!("write `cron({})`", fields.join(" ")),
            ));
        }
        Ok(Self {
            minutes: field::MINUTE.bits(minute)?,
            hours: field::HOUR.bits(hour)?,
            days,
            months: field::MONTH.bits(month)?,
            years: field::YEAR.spans(year)?,
        })
    }

    /// The nearest minute that matches, from a given one on, itself included. The years end, and so does every search.
    pub(super) fn seek(&self, way: Way, from: DateTime) -> Option<DateTime> {
        let (start, neighbour) = match way {
            Way::Back => (DAY.1, from.date().yesterday()),
            Way::On => (DAY.0, from.date().tomorrow()),
        };
        let today = self.date(way, from.date())?;
        if today != from.date() {
            return Some(today.to_datetime(self.time(way, start)?));
        }
        if let Some(time) = self.time(way, from.time()) {
            return Some(today.to_datetime(time));
        }
        Some(self.date(way, neighbour.ok()?)?.to_datetime(self.time(way, start)?))
    }

    fn date(&self, way: Way, from: Date) -> Option<Date> {
        let (year, month_edge, day_edge, step) = match way {
            Way::Back => (from.year().min(YEARS.1), 12, 31, -1),
            Way::On => (from.year().max(YEARS.0), 1, 1, 1),
        };
        let years = successors(Some(year), |year| year.checked_add(step))
            .take_while(|year| (YEARS.0..=YEARS.1).contains(year))
            .filter(|year| self.years.iter().any(|span| span.has(*year)));
        for year in years {
            let month = if year == from.year() { from.month() } else { month_edge };
            for month in self.months.walk(way, month) {
                let first = Date::new(year, month, 1).ok()?;
                let day = if first == from.first_of_month() { from.day() } else { day_edge };
                if let Some(day) = self.days.within(first).walk(way, day).next() {
                    return Date::new(year, month, day).ok();
                }
            }
        }
        None
    }

    fn time(&self, way: Way, from: Time) -> Option<Time> {
        self.hours.walk(way, from.hour()).find_map(|hour| {
            let minute = match way {
                _ if hour == from.hour() => from.minute(),
                Way::Back => DAY.1.minute(),
                Way::On => DAY.0.minute(),
            };
            let minute = self.minutes.walk(way, minute).next()?;
            Time::new(hour, minute, 0, 0).ok()
        })
    }
}
