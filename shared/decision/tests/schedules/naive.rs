//! A naive reading: fields made together with what they mean, and a calendar that is counted out day by day.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::civil::date;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// A day as it stands on a leaf of a printed calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Leaf {
    pub(crate) year: i16,
    pub(crate) month: i16,
    pub(crate) day: i16,
    /// From Sunday as 1.
    pub(crate) weekday: i16,
    pub(crate) start: Timestamp,
    /// Its place in the calendar.
    place: usize,
}

/// Enough for a leap day on either side of what is asked for.
pub(crate) static CALENDAR: LazyLock<Vec<Leaf>> = LazyLock::new(|| {
    let (mut day, mut weekday, mut calendar) = (date(2019, 12, 29), 1, Vec::new());
    while day.year() < 2033 {
        let start = day.at(0, 0, 0, 0).to_string() + "Z";
        calendar.push(Leaf {
            year: day.year(),
            month: day.month().into(),
            day: day.day().into(),
            weekday,
            start: start.parse().unwrap(),
            place: calendar.len(),
        });
        day = day.tomorrow().unwrap();
        weekday = weekday % 7 + 1;
    }
    calendar
});

/// A field's text and its values.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    pub(crate) text: String,
    pub(crate) values: BTreeSet<i16>,
}

/// From one value on, around the end of the field if need be, every so manieth.
fn count(first: i16, last: i16, step: i16, low: i16, high: i16) -> BTreeSet<i16> {
    let mut values = BTreeSet::new();
    let (mut value, mut passed) = (first, 0);
    loop {
        if passed % step == 0 {
            values.insert(value);
        }
        if value == last {
            return values;
        }
        value = if value == high { low } else { value + 1 };
        passed += 1;
    }
}

fn part(low: i16, high: i16, wraps: bool, steps: bool) -> BoxedStrategy<Field> {
    let field = |text: String, values| Field { text, values };
    let one = (low..=high).prop_map(move |value| field(value.to_string(), BTreeSet::from([value])));
    let range = (low..=high, low..=high).prop_map(move |(one, other)| {
        let (first, last) = if wraps { (one, other) } else { (one.min(other), one.max(other)) };
        field(format!("{first}-{last}"), count(first, last, 1, low, high))
    });
    if !steps {
        return prop_oneof![3 => one, 2 => range].boxed();
    }
    let step = 1..=high.min(40);
    let from_one = (low..=high, step.clone())
        .prop_map(move |(first, step)| field(format!("{first}/{step}"), count(first, high, step, low, high)));
    let from_all =
        step.clone().prop_map(move |step| field(format!("*/{step}"), count(low, high, step, low, high)));
    let in_range = (range.clone(), step).prop_map(move |(range, step)| {
        let (first, last) = range.text.split_once('-').unwrap();
        let values = count(first.parse().unwrap(), last.parse().unwrap(), step, low, high);
        field(format!("{}/{step}", range.text), values)
    });
    prop_oneof![4 => one, 2 => range, 1 => from_one, 1 => from_all, 1 => in_range].boxed()
}

pub(crate) fn field(low: i16, high: i16, wraps: bool, steps: bool) -> BoxedStrategy<Field> {
    let all = Field { text: "*".into(), values: (low..=high).collect() };
    let list = vec(part(low, high, wraps, steps), 1..4).prop_map(|parts| Field {
        text: parts.iter().map(|part| part.text.as_str()).collect::<Vec<_>>().join(","),
        values: parts.into_iter().flat_map(|part| part.values).collect(),
    });
    prop_oneof![1 => Just(all), 3 => list].boxed()
}

/// The two day fields, as one meaning.
#[derive(Debug, Clone)]
pub(crate) enum Days {
    Of(Field),
    On(Field),
    Last,
    LastWorking,
    Nearest(i16),
    LastOf(i16),
    Nth(i16, i16),
}

impl Days {
    fn texts(&self) -> (String, String) {
        let month = |text: &str| (text.to_owned(), "?".to_owned());
        let week = |text: String| ("?".to_owned(), text);
        match self {
            Self::Of(field) => month(&field.text),
            Self::On(field) => week(field.text.clone()),
            Self::Last => month("L"),
            Self::LastWorking => month("LW"),
            Self::Nearest(day) => month(&format!("{day}W")),
            Self::LastOf(weekday) => week(format!("{weekday}L")),
            Self::Nth(weekday, nth) => week(format!("{weekday}#{nth}")),
        }
    }

    /// Whether a day is meant, by looking through the printed month.
    fn mean(&self, day: Leaf) -> bool {
        let first = day.place.saturating_sub(usize::try_from(day.day - 1).unwrap());
        let month = || CALENDAR[first..].iter().take_while(move |other| other.month == day.month);
        let working = || month().filter(|other| (2..=6).contains(&other.weekday));
        let same = || month().filter(move |other| other.weekday == day.weekday);
        match self {
            Self::Of(field) => field.values.contains(&day.day),
            Self::On(field) => field.values.contains(&day.weekday),
            Self::Last => month().last() == Some(&day),
            Self::LastWorking => working().last() == Some(&day),
            Self::Nearest(wanted) => {
                month().any(|other| other.day == *wanted)
                    && working().min_by_key(|other| (other.day - wanted).abs()) == Some(&day)
            }
            Self::LastOf(weekday) => day.weekday == *weekday && same().last() == Some(&day),
            Self::Nth(weekday, nth) => {
                day.weekday == *weekday
                    && same().position(|other| *other == day) == usize::try_from(nth - 1).ok()
            }
        }
    }
}

/// A whole expression and its meaning.
#[derive(Debug, Clone)]
pub(crate) struct Cron {
    pub(crate) text: String,
    pub(crate) minutes: BTreeSet<i16>,
    pub(crate) hours: BTreeSet<i16>,
    days: Days,
    months: BTreeSet<i16>,
    years: BTreeSet<i16>,
}

impl Cron {
    pub(crate) fn means(&self, day: Leaf) -> bool {
        self.years.contains(&day.year) && self.months.contains(&day.month) && self.days.mean(day)
    }
}

fn days() -> BoxedStrategy<Days> {
    prop_oneof![
        4 => field(1, 31, true, true).prop_map(Days::Of),
        4 => field(1, 7, true, false).prop_map(Days::On),
        1 => Just(Days::Last),
        1 => Just(Days::LastWorking),
        2 => (1_i16..=31).prop_map(Days::Nearest),
        2 => (1_i16..=7).prop_map(Days::LastOf),
        2 => (1_i16..=7, 1_i16..=5).prop_map(|(weekday, nth)| Days::Nth(weekday, nth)),
    ]
    .boxed()
}

fn years() -> BoxedStrategy<Field> {
    let few = select(vec!["2021,2024,2028", "2022-2024", "2020/4", "2023", "*/5", "2021-2031/3"]);
    let list = few.prop_map(|text: &str| {
        let values = match text {
            "2021,2024,2028" => vec![2021, 2024, 2028],
            "2022-2024" => vec![2022, 2023, 2024],
            "2020/4" => vec![2020, 2024, 2028, 2032],
            "2023" => vec![2023],
            "*/5" => vec![2020, 2025, 2030],
            _ => vec![2021, 2024, 2027, 2030],
        };
        Field { text: text.into(), values: values.into_iter().collect() }
    });
    let all = Field { text: "*".into(), values: (1970..=2199).collect() };
    prop_oneof![3 => Just(all), 1 => list].boxed()
}

pub(crate) fn cron() -> BoxedStrategy<Cron> {
    let time = (field(0, 59, true, true), field(0, 23, true, true));
    (time, days(), field(1, 12, true, true), years())
        .prop_map(|((minutes, hours), days, months, years)| {
            let (day, weekday) = days.texts();
            Cron {
                text: format!(
                    "cron({} {} {day} {} {weekday} {})",
                    minutes.text, hours.text, months.text, years.text
                ),
                minutes: minutes.values,
                hours: hours.values,
                days,
                months: months.values,
                years: years.values,
            }
        })
        .boxed()
}
