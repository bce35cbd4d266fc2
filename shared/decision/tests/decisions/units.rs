//! Lengths, sums of money and calendar spans, as people write and read them.

use rekindle_decision::duration::Duration;
use rekindle_decision::finding::Arrived;
use rekindle_decision::money::Money;
use rekindle_decision::policy::{Guards, MOutOfN, Schedule, Source};
use rekindle_decision::span::Span;
use rstest::rstest;

use crate::make::at;

#[rstest]
#[case::seconds("90s", Some((90, "1m30s")))]
#[case::minutes("15m", Some((900, "15m")))]
#[case::hours("6h", Some((21_600, "6h")))]
#[case::days("14d", Some((1_209_600, "14d")))]
#[case::weeks("2w", Some((1_209_600, "14d")))]
#[case::all_together("1w1d1h1m1s", Some((694_861, "8d1h1m1s")))]
#[case::nothing_of_a_unit("0s", Some((0, "0s")))]
#[case::with_room_around(" 5m ", Some((300, "5m")))]
#[case::ten_years("3660d", Some((316_224_000, "3660d")))]
#[case::a_second_more_than_ten_years("3660d1s", None)]
#[case::empty("", None)]
#[case::no_unit("15", None)]
#[case::no_number("m", None)]
#[case::a_unit_without_its_number("1hm", None)]
#[case::a_number_left_over("1h30", None)]
#[case::the_smaller_unit_first("30m1h", None)]
#[case::a_unit_twice("1h1h", None)]
#[case::an_unknown_unit("1y", None)]
#[case::less_than_nothing("-1h", None)]
#[case::more_than_can_be_counted("99999999999999999999s", None)]
#[case::more_than_can_be_multiplied("18446744073709551615w", None)]
fn a_length(#[case] text: &str, #[case] expected: Option<(u64, &str)>) {
    let read = text.parse::<Duration>().ok();
    assert_eq!(
        read.map(|length| (length.seconds(), length.to_string())),
        expected.map(|(n, s)| (n, s.into()))
    );
    let json = serde_json::from_value::<Duration>(text.into()).ok();
    assert_eq!(json, read);
    if let Some(length) = read {
        assert_eq!(serde_json::to_value(length).unwrap(), length.to_string());
    }
}

#[test]
fn a_refused_length_says_what_a_length_is() {
    let error = "fortnight".parse::<Duration>().unwrap_err().to_string();
    assert_eq!(
        error,
        "`fortnight` is not a duration; write a number and a unit, such as 90s, 15m, 6h, 14d or 1h30m (at most ten years)"
    );
    let long = "9".repeat(500).parse::<Duration>().unwrap_err().to_string();
    assert!(long.len() < 200, "{long}");
}

#[test]
fn lengths_and_instants_stay_in_range() {
    let (noon, one) = (at("12:00:00"), at("13:00:00"));
    let hour = Duration::from_seconds(3_600);
    assert_eq!((hour.after(noon), hour.before(one)), (one, noon));
    assert_eq!((Duration::between(noon, one), Duration::between(one, noon)), (hour, Duration::default()));
    assert_eq!(Duration::from_seconds(316_224_000).seconds(), 316_224_000);
    assert_eq!(Duration::from_seconds(316_224_001).seconds(), 316_224_000);
    assert_eq!(hour.signed().as_secs(), 3_600);
    assert_eq!(hour.after(jiff::Timestamp::MAX), jiff::Timestamp::MAX);
    assert_eq!(hour.before(jiff::Timestamp::MIN), jiff::Timestamp::MIN);
}

#[rstest]
#[case::cents("12.50 USD", Some((12_500_000, "12.50 USD")))]
#[case::whole("400 USD", Some((400_000_000, "400.00 USD")))]
#[case::a_tenth("0.1 USD", Some((100_000, "0.10 USD")))]
#[case::a_millionth("0.000001 USD", Some((1, "0.000001 USD")))]
#[case::a_fraction_of_a_cent("1.2345 USD", Some((1_234_500, "1.2345 USD")))]
#[case::without_room("5USD", Some((5_000_000, "5.00 USD")))]
#[case::the_largest("1000000000 USD", Some((1_000_000_000_000_000, "1000000000.00 USD")))]
#[case::more_than_the_largest("1000000000.000001 USD", None)]
#[case::no_currency("12.50", None)]
#[case::another_currency("12.50 EUR", None)]
#[case::a_sign_in_front("$12.50 USD", None)]
#[case::less_than_nothing("-1 USD", None)]
#[case::nothing_before_the_point(".5 USD", None)]
#[case::nothing_after_the_point("5. USD", None)]
#[case::seven_digits("0.0000001 USD", None)]
#[case::two_points("1.2.3 USD", None)]
#[case::more_than_can_be_counted("99999999999999999999 USD", None)]
fn a_sum(#[case] text: &str, #[case] expected: Option<(u64, &str)>) {
    let read = text.parse::<Money>().ok();
    assert_eq!(read.map(|sum| (sum.micros(), sum.to_string())), expected.map(|(n, s)| (n, s.into())));
    assert_eq!(serde_json::from_value::<Money>(text.into()).ok(), read);
    if let Some(sum) = read {
        assert_eq!(serde_json::to_value(sum).unwrap(), sum.to_string());
        assert_eq!(Money::from_micros(sum.micros()), sum);
    }
}

#[test]
fn sums_are_added_and_taken_away_within_range() {
    let (five, two) = (Money::from_micros(5), Money::from_micros(2));
    assert_eq!((five.plus(two).micros(), five.less(two).micros(), two.less(five).micros()), (7, 3, 0));
    assert_eq!(Money::from_micros(u64::MAX).plus(two).micros(), u64::MAX);
    assert_eq!([five, two, two].into_iter().sum::<Money>().micros(), 9);
    assert!((Money::from_micros(12_500_000).dollars() - 12.5).abs() < 1e-12);
    let error = "free".parse::<Money>().unwrap_err().to_string();
    assert!(error.starts_with("`free` is not a sum of money; write a number and USD"), "{error}");
}

#[rstest]
#[case::day(Span::Day, "day", "2026-11-02", "2026-11-02T00:00:00Z", "2026-11-03T00:00:00Z")]
#[case::week(Span::Week, "week", "2026-11-02", "2026-11-02T00:00:00Z", "2026-11-09T00:00:00Z")]
#[case::month(Span::Month, "month", "2026-11", "2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z")]
fn a_span(
    #[case] span: Span,
    #[case] word: &str,
    #[case] name: &str,
    #[case] start: &str,
    #[case] end: &str,
) {
    let now = at("06:00:00");
    assert_eq!((span.word(), span.name(now).as_str()), (word, name));
    assert_eq!((span.start(now), span.end(now)), (at(start), at(end)));
    // The first moment is in it, the last is not.
    assert_eq!((span.start(at(start)), span.end(at(start))), (at(start), at(end)));
    assert_eq!(span.start(at(end)), at(end));
}

#[rstest]
#[case::sunday("2026-11-08T23:59:59Z", "2026-11-02")]
#[case::monday("2026-11-09T00:00:00Z", "2026-11-09")]
#[case::over_new_year("2027-01-01T12:00:00Z", "2026-12-28")]
fn a_week_begins_on_monday(#[case] instant: &str, #[case] name: &str) {
    assert_eq!(Span::Week.name(at(instant)), name);
}

#[test]
fn a_year_is_written_with_four_digits() {
    assert_eq!(Span::Month.name("0042-03-05T00:00:00Z".parse().unwrap()), "0042-03");
    assert_eq!(Span::Month.end("2026-12-31T23:59:59Z".parse().unwrap()), at("2027-01-01T00:00:00Z"));
}

#[rstest]
#[case::three_of_five("3 of 5", Some((3, 5)))]
#[case::all_of_them("5 of 5", Some((5, 5)))]
#[case::one("1 of 1", Some((1, 1)))]
#[case::a_year_of_days("366 of 366", Some((366, 366)))]
#[case::with_room("3  of  5", Some((3, 5)))]
#[case::more_than_a_year("1 of 367", None)]
#[case::none("0 of 5", None)]
#[case::more_than_there_are("6 of 5", None)]
#[case::words("three of five", None)]
#[case::one_number("3", None)]
#[case::less_than_none("-1 of 5", None)]
fn so_many_of_so_many(#[case] text: &str, #[case] expected: Option<(u32, u32)>) {
    let read = text.parse::<MOutOfN>().ok();
    assert_eq!(read.map(|periods| (periods.m, periods.n)), expected);
    assert_eq!(serde_json::from_value::<MOutOfN>(text.into()).ok(), read);
    if let Some(periods) = read {
        let written = format!("{} of {}", periods.m, periods.n);
        assert_eq!(
            (periods.to_string(), serde_json::to_value(periods).unwrap()),
            (written.clone(), written.into())
        );
    }
    if let Err(wrong) = text.parse::<MOutOfN>() {
        assert!(wrong.contains("; write "), "{wrong}");
    }
}

#[test]
fn what_a_policy_does_not_say() {
    assert_eq!(Schedule::DEADLINE.to_string(), "6h");
    assert_eq!(Source::HISTORY.to_string(), "30d");
    assert_eq!(Guards::COOLDOWN.to_string(), "1d");
    assert_eq!(MOutOfN::default().to_string(), "1 of 1");
}

#[test]
fn what_is_not_counted_is_not_written_down() {
    let plain = Arrived { count: 2, needed: 3, ..Arrived::default() };
    assert_eq!(serde_json::to_value(plain).unwrap(), serde_json::json!({ "count": 2, "needed": 3 }));
    let sized = Arrived { bytes: 5, needed_bytes: 9, ..plain };
    assert_eq!(
        serde_json::to_value(sized).unwrap(),
        serde_json::json!({ "count": 2, "needed": 3, "bytes": 5, "needed_bytes": 9 })
    );
}
