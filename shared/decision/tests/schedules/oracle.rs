//! The naive reading and the real one agree.

use std::sync::LazyLock;

use jiff::tz::TimeZoneDatabase;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use proptest::sample::select;

use crate::make::{at, config, parse};
use crate::naive::{CALENDAR, Cron, Leaf, cron, field};

/// The matching minutes of one day in UTC, in order.
fn minutes(cron: &Cron, day: Leaf) -> impl DoubleEndedIterator<Item = Timestamp> {
    cron.hours.iter().flat_map(move |hour| {
        cron.minutes
            .iter()
            .map(move |minute| day.start + SignedDuration::from_mins(i64::from(hour * 60 + minute)))
    })
}

fn moment() -> impl Strategy<Value = Timestamp> {
    let minutes = at("2024-01-01T00:00:00Z").as_second() / 60..at("2029-01-01T00:00:00Z").as_second() / 60;
    (minutes, select(vec![0_i64, 0, 1, 59]))
        .prop_map(|(minute, second)| Timestamp::from_second(minute * 60 + second).unwrap())
}

proptest! {
    #![proptest_config(config(1_500))]

    #[test]
    fn the_calendar_agrees(cron in cron(), now in moment()) {
        let expression = parse(&cron.text, "UTC");
        let today = CALENDAR.partition_point(|day| day.start <= now) - 1;
        let latest = CALENDAR[..=today]
            .iter()
            .copied()
            .rev()
            .filter(|day| cron.means(*day))
            .find_map(|day| minutes(&cron, day).rev().find(|instant| *instant <= now));
        let next = CALENDAR[today..]
            .iter()
            .copied()
            .filter(|day| cron.means(*day))
            .find_map(|day| minutes(&cron, day).find(|instant| *instant > now));
        // What lies outside the whole months of the printed calendar is not compared: of a month that is printed in part, the
        // fifth Monday cannot be told.
        let whole = at("2020-01-01T00:00:00Z")..at("2033-01-01T00:00:00Z");
        let printed = |instant: &Timestamp| whole.contains(instant);
        prop_assert_eq!(expression.latest(now).filter(printed), latest.filter(printed), "latest of {}", &cron.text);
        prop_assert_eq!(expression.next(now).filter(printed), next, "next of {}", &cron.text);
    }
}

/// The days around clock changes, in UTC.
const CHANGES: [(&str, &str); 9] = [
    ("Europe/Berlin", "2026-03-28T12:00:00Z"),
    ("Europe/Berlin", "2026-10-24T12:00:00Z"),
    ("America/New_York", "2026-03-07T18:00:00Z"),
    ("America/New_York", "2026-10-31T18:00:00Z"),
    ("Australia/Lord_Howe", "2026-10-03T04:00:00Z"),
    ("Australia/Lord_Howe", "2026-04-04T04:00:00Z"),
    ("Pacific/Apia", "2011-12-29T20:00:00Z"),
    ("America/Santiago", "2026-09-05T16:00:00Z"),
    ("Africa/Monrovia", "1972-01-06T12:00:00Z"),
];

type Passed = Vec<(Timestamp, (i16, i16))>;

/// The minutes that pass around each change, as far as the clocks have not shown them before.
static PASSED: LazyLock<[Passed; 9]> = LazyLock::new(|| CHANGES.map(|(zone, from)| passed(zone, from)));

fn passed(zone: &str, from: &str) -> Passed {
    let clocks = TimeZoneDatabase::bundled().get(zone).unwrap();
    let mut newest = None;
    let mut passed = Vec::new();
    // Half minutes, as the clocks of Monrovia were off by one.
    for half in 0..2 * 30 * 60 {
        let instant = at(from) + SignedDuration::from_secs(30 * half);
        let shown = clocks.to_datetime(instant);
        if shown.second() == 0 && newest.is_none_or(|newest| newest < shown) {
            passed.push((instant, (shown.hour().into(), shown.minute().into())));
            newest = Some(shown);
        }
    }
    passed
}

proptest! {
    #![proptest_config(config(150))]

    #[test]
    fn the_clocks_agree(
        change in 0..CHANGES.len(),
        hours in field(0, 23, true, true),
        minutes in field(0, 59, true, true),
        now in 0_i64..30 * 60 * 60,
    ) {
        let (zone, from) = CHANGES[change];
        let text = format!("cron({} {} * * ? *)", minutes.text, hours.text);
        let expression = parse(&text, zone);
        let meant: Vec<_> = PASSED[change]
            .iter()
            .filter(|(_, (hour, minute))| hours.values.contains(hour) && minutes.values.contains(minute))
            .map(|(instant, _)| *instant)
            .collect();
        let (start, end) = (at(from), at(from) + SignedDuration::from_hours(30));
        let mut last = start - SignedDuration::from_nanos(1);
        let mut found = Vec::new();
        while let Some(next) = expression.next(last).filter(|next| *next < end) {
            found.push(next);
            last = next;
        }
        prop_assert_eq!(&found, &meant, "{} in {}", &text, zone);
        let now = start + SignedDuration::from_secs(now);
        let latest = meant.into_iter().rfind(|instant| *instant <= now);
        prop_assert_eq!(expression.latest(now).filter(|latest| *latest >= start), latest);
    }
}
