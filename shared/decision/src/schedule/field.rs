//! One field of a cron expression: numbers or names, lists, ranges and steps.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::bits::Bits;
use super::refusal::{NotASchedule, quoted};

/// What one field may hold.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: &'static str,
    low: i16,
    high: i16,
    /// Other words for the numbers, beginning with the lowest.
    names: &'static [&'static str],
    /// The values, as a hint says them.
    takes: &'static str,
}

pub(super) const MINUTE: Field = Field { name: "minute", low: 0, high: 59, names: &[], takes: "0-59" };
pub(super) const HOUR: Field =
    Field { name: "hour", low: 0, high: 23, names: &[], takes: "0-23; midnight is hour 0" };
pub(super) const DAY: Field =
    Field { name: "day-of-month", low: 1, high: 31, names: &[], takes: "1-31, `L`, `LW` or a day with `W`" };
pub(super) const MONTH: Field = Field {
    name: "month",
    low: 1,
    high: 12,
    names: &["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"],
    takes: "1-12 or JAN-DEC",
};
pub(super) const WEEKDAY: Field = Field {
    name: "day-of-week",
    low: 1,
    high: 7,
    names: &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"],
    takes: "1-7 or SUN-SAT; EventBridge counts Sunday as 1",
};
pub(super) const YEAR: Field =
    Field { name: "year", low: 1970, high: 2199, names: &[], takes: "1970-2199 or `*`" };

const QUESTION_MARK: &str =
    "`?` stands alone, and only in day-of-month or day-of-week; write `*` for every value";

/// Every so manieth number from a first to a last; of a range over the field's end, as `20-2` in hours, the last one
/// lies beyond it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Span {
    first: i16,
    last: i16,
    step: i16,
}

impl Span {
    pub(super) fn has(&self, number: i16) -> bool {
        (self.first..=self.last).contains(&number) && (number - self.first) % self.step == 0
    }
}

impl Field {
    /// Refuses a text for a reason; the hint is what the field takes unless there is a better one.
    fn refuse(&self, text: &str, problem: &str, hint: Option<String>) -> NotASchedule {
        let hint = hint.unwrap_or_else(|| format!("write {}", self.takes));
        NotASchedule::new(format!("{} {} {problem}", self.name, quoted(text)), hint)
    }

    /// The numbers of a field with few values.
    pub(super) fn bits(&self, text: &str) -> Result<Bits, NotASchedule> {
        let size = self.high - self.low + 1;
        let wrap = |number: i16| if number > self.high { number - size } else { number };
        Ok(self
            .spans(text)?
            .into_iter()
            .flat_map(|span| (self.low..=span.last).filter(move |number| span.has(*number)))
            .filter_map(|number| i8::try_from(wrap(number)).ok())
            .collect())
    }

    /// The list that a field holds.
    pub(super) fn spans(&self, text: &str) -> Result<Vec<Span>, NotASchedule> {
        text.split(',')
            .map(|part| match part {
                "" => Err(self.refuse(
                    text,
                    "has an empty place in its list",
                    Some("take out the comma".into()),
                )),
                "?" => Err(self.refuse(text, "cannot hold `?`", Some(QUESTION_MARK.into()))),
                part => self.span(part),
            })
            .collect()
    }

    fn span(&self, text: &str) -> Result<Span, NotASchedule> {
        let (values, step) = match text.split_once('/') {
            None => (text, None),
            // The weekday is the one field for which AWS names no `/`.
            Some(_) if self.name == WEEKDAY.name => {
                let hint = "name the days, such as MON,WED,FRI";
                return Err(self.refuse(
                    text,
                    "holds a step, which this field does not take",
                    Some(hint.into()),
                ));
            }
            Some((values, step)) => (values, Some(self.step(text, step)?)),
        };
        let (first, last) = if values == "*" {
            (self.low, self.high)
        } else if let Some((first, last)) = values.split_once('-') {
            self.range(text, first, last)?
        } else {
            let first = self.value(values, text)?;
            (first, if step.is_some() { self.high } else { first })
        };
        Ok(Span { first, last, step: step.unwrap_or(1) })
    }

    fn range(&self, text: &str, first: &str, last: &str) -> Result<(i16, i16), NotASchedule> {
        let named = |end: &str| end.starts_with(|letter: char| letter.is_ascii_alphabetic());
        let ends = (self.value(first, text)?, self.value(last, text)?);
        if named(first) != named(last) {
            let hint = "write both ends as numbers or both as names";
            return Err(self.refuse(text, "is half a name and half a number", Some(hint.into())));
        }
        if ends.0 <= ends.1 {
            Ok(ends)
        } else if self.name == YEAR.name {
            Err(self.refuse(text, "runs backwards", Some(format!("write `{last}-{first}`"))))
        } else {
            Ok((ends.0, ends.1 + self.high - self.low + 1))
        }
    }

    fn step(&self, text: &str, step: &str) -> Result<i16, NotASchedule> {
        // A step past the highest value is refused by AWS: `*/60` is not every hour.
        number(step).filter(|step| (1..=self.high).contains(step)).ok_or_else(|| {
            let hint = format!("write a step of 1-{}, such as `{}/5`", self.high, self.low);
            self.refuse(text, "has a step it cannot take", Some(hint))
        })
    }

    /// One number, written as such or as a name, out of a longer text.
    fn value(&self, word: &str, text: &str) -> Result<i16, NotASchedule> {
        let named = (self.low..).zip(self.names).find(|(_, name)| **name == word).map(|(value, _)| value);
        let counted = number(word).filter(|number| (self.low..=self.high).contains(number));
        counted.or(named).ok_or_else(|| {
            let near = self.names.iter().find(|name| word.starts_with(**name));
            let hint = near.map(|name| format!("write `{name}` for {}", quoted(word)));
            self.refuse(text, "is not what this field takes", hint)
        })
    }

    /// The one number before a letter, as in `15W`.
    pub(super) fn before(&self, word: &str, text: &str) -> Result<i8, NotASchedule> {
        let value = self.value(word, text)?;
        i8::try_from(value).map_err(|_| self.refuse(text, "is not what this field takes", None))
    }

    /// Refuses a list with something in it that must be the whole field.
    pub(super) fn alone(&self, text: &str, letters: &str) -> NotASchedule {
        let hint = format!("write one schedule for each: {letters} must be the whole field");
        self.refuse(text, "lists what stands alone", Some(hint))
    }
}

/// A number as AWS writes it: digits only, zeros before it allowed.
pub(super) fn number<N: core::str::FromStr>(text: &str) -> Option<N> {
    text.bytes().all(|letter| letter.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}
