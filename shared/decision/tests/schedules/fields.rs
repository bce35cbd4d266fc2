//! Every field: numbers, names, lists, ranges, steps, and both sides of each boundary.

use rstest::rstest;

use crate::make::{at, parse, shown};

const NOVEMBER: &str = "2026-10-31T23:59:00Z";

#[rstest]
#[case::one("7", "07")]
#[case::zeros_before("07", "07")]
#[case::a_list("5,3,5", "03 05")]
#[case::a_range("57-59", "57 58 59")]
#[case::a_range_of_one("30-30", "30")]
#[case::a_range_over_the_hour("58-1", "00 01 58 59")]
#[case::a_step_from_all("*/20", "00 20 40")]
#[case::a_step_from_one("5/20", "05 25 45")]
#[case::a_step_in_a_range("10-30/10", "10 20 30")]
#[case::a_step_that_ends_before_its_range("10-29/10", "10 20")]
#[case::a_step_in_a_range_over_the_hour("50-10/15", "05 50")]
#[case::the_widest_step("0/59", "00 59")]
#[case::a_list_of_all_forms("1,10-12,50/4,*/30", "00 01 10 11 12 30 50 54 58")]
fn minutes(#[case] field: &str, #[case] expected: &str) {
    let text = format!("cron({field} 5 1 11 ? 2026)");
    let minutes: Vec<_> =
        shown(&text, "UTC", NOVEMBER, 99).split(", ").map(|shown| shown[18..].to_owned()).collect();
    assert_eq!(minutes.join(" "), expected);
}

#[test]
fn all_minutes() {
    assert_eq!(shown("cron(* 5 1 11 ? 2026)", "UTC", NOVEMBER, 99).split(", ").count(), 60);
}

#[rstest]
#[case::first("0", "00")]
#[case::last("23", "23")]
#[case::a_range_over_midnight("22-1", "00 01 22 23")]
#[case::a_step_over_midnight("20-6/3", "02 05 20 23")]
#[case::a_step("3/8", "03 11 19")]
#[case::the_widest_step("0/23", "00 23")]
fn hours(#[case] field: &str, #[case] expected: &str) {
    let text = format!("cron(0 {field} 1 11 ? 2026)");
    let hours: Vec<_> =
        shown(&text, "UTC", NOVEMBER, 99).split(", ").map(|shown| shown[15..17].to_owned()).collect();
    assert_eq!(hours.join(" "), expected);
}

#[rstest]
#[case::first("1", "01")]
#[case::last("30", "30")]
#[case::one_that_november_lacks("31", "")]
#[case::a_range_over_the_month("29-2", "01 02 29 30")]
#[case::a_step("1/10", "01 11 21")]
#[case::the_widest_step("1/31", "01")]
#[case::a_step_of_thirty("1-31/29", "01 30")]
fn days_of_month(#[case] field: &str, #[case] expected: &str) {
    let text = format!("cron(0 0 {field} 11 ? 2026)");
    let days: Vec<_> = shown(&text, "UTC", NOVEMBER, 99)
        .split(", ")
        .filter_map(|shown| shown.get(12..14).map(str::to_owned))
        .collect();
    assert_eq!(days.join(" "), expected);
}

#[rstest]
#[case::first("1", "01")]
#[case::last("12", "12")]
#[case::a_name("SEP", "09")]
#[case::small_letters("sep", "09")]
#[case::names("JAN,MAY,AUG-OCT", "01 05 08 09 10")]
#[case::a_range_over_the_year("NOV-FEB", "01 02 11 12")]
#[case::a_step_over_the_year("10-4/3", "01 04 10")]
#[case::a_step_from_a_name("FEB/5", "02 07 12")]
#[case::quarters("1/3", "01 04 07 10")]
#[case::the_widest_step("1/12", "01")]
#[case::every("*", "01 02 03 04 05 06 07 08 09 10 11 12")]
#[case::all_names("JAN,FEB,MAR,APR,MAY,JUN,JUL,AUG,SEP,OCT,NOV,DEC", "01 02 03 04 05 06 07 08 09 10 11 12")]
fn months(#[case] field: &str, #[case] expected: &str) {
    let text = format!("cron(0 0 1 {field} ? 2026)");
    let months: Vec<_> = shown(&text, "UTC", "2025-01-01T00:00:00Z", 99)
        .split(", ")
        .map(|shown| shown[9..11].to_owned())
        .collect();
    assert_eq!(months.join(" "), expected);
}

#[rstest]
#[case::sunday_is_one("1", "Sun")]
#[case::saturday_is_seven("7", "Sat")]
#[case::each_name("MON,TUE,WED,THU,FRI", "Mon Tue Wed Thu Fri")]
#[case::the_other_names("SUN,SAT", "Sun Sat")]
#[case::each_number("2,3,4,5,6", "Mon Tue Wed Thu Fri")]
#[case::a_range("MON-WED", "Mon Tue Wed")]
#[case::small_letters("mon-Wed", "Mon Tue Wed")]
#[case::a_range_over_the_week("FRI-MON", "Sun Mon Fri Sat")]
#[case::a_range_of_numbers_over_the_week("6-2", "Sun Mon Fri Sat")]
#[case::every("*", "Sun Mon Tue Wed Thu Fri Sat")]
#[case::the_last_day_of_the_week("L", "Sat")]
fn days_of_week(#[case] field: &str, #[case] expected: &str) {
    let text = format!("cron(0 0 ? 11 {field} 2026)");
    let days: Vec<_> = shown(&text, "UTC", NOVEMBER, 7)
        .split(", ")
        .filter(|shown| &shown[9..14] < "11-08")
        .map(|shown| shown[..3].to_owned())
        .collect();
    assert_eq!(days.join(" "), expected);
}

#[rstest]
#[case::first("1970", "1970")]
#[case::last("2199", "2199")]
#[case::a_list("2030,2026,2028", "2026 2028 2030")]
#[case::a_range("2026-2028", "2026 2027 2028")]
#[case::a_step_in_a_range("2026-2030/2", "2026 2028 2030")]
#[case::a_step_from_one("2190/4", "2190 2194 2198")]
#[case::a_step_from_all("*/100", "1970 2070 2170")]
#[case::a_range_of_one("2031-2031", "2031")]
fn years(#[case] field: &str, #[case] expected: &str) {
    let text = format!("cron(0 0 1 1 ? {field})");
    let years: Vec<_> = shown(&text, "UTC", "1969-01-01T00:00:00Z", 999)
        .split(", ")
        .map(|shown| shown[4..8].to_owned())
        .collect();
    assert_eq!(years.join(" "), expected);
}

#[test]
fn the_years_that_aws_has_begin_and_end() {
    let daily = parse("cron(30 12 * * ? *)", "UTC");
    assert_eq!(daily.next(at("-009999-01-03T00:00:00Z")), Some(at("1970-01-01T12:30:00Z")));
    assert_eq!(daily.latest(at("1970-01-01T12:30:00Z")), Some(at("1970-01-01T12:30:00Z")));
    assert_eq!(daily.latest(at("1970-01-01T12:29:59Z")), None);
    assert_eq!(daily.next(at("2199-12-31T12:29:59Z")), Some(at("2199-12-31T12:30:00Z")));
    assert_eq!(daily.next(at("2199-12-31T12:30:00Z")), None);
    assert_eq!(daily.latest(at("9999-12-30T00:00:00Z")), Some(at("2199-12-31T12:30:00Z")));
    assert_eq!(shown("cron(0 0 * * ? *)", "UTC", "1969-12-31T00:00:00Z", 1), "Thu 1970-01-01 00:00");
}

#[rstest]
#[case::no_such_day("cron(0 0 31 2 ? *)")]
#[case::no_such_day_in_the_short_months("cron(0 0 31 FEB,APR,JUN,SEP,NOV ? *)")]
#[case::no_such_leap_year("cron(0 0 29 2 ? 2027)")]
#[case::always_in_the_skipped_hour("cron(30 2 ? 3 1L 2000-2199)")]
fn what_never_is_ends_soon(#[case] text: &str) {
    let never = parse(text, "Europe/Berlin");
    assert_eq!(never.next(at("1970-01-01T00:00:00Z")), None);
    assert_eq!(never.latest(at("2199-12-31T00:00:00Z")), None);
}

/// Seconds are not asked for: a minute matches from its first instant, and only then.
#[rstest]
#[case::a_moment_before("2026-11-02T08:59:59.999999999Z", "2026-11-01T09:00:00Z", "2026-11-02T09:00:00Z")]
#[case::at_its_instant("2026-11-02T09:00:00Z", "2026-11-02T09:00:00Z", "2026-11-03T09:00:00Z")]
#[case::a_moment_after("2026-11-02T09:00:00.000000001Z", "2026-11-02T09:00:00Z", "2026-11-03T09:00:00Z")]
#[case::later_in_its_minute("2026-11-02T09:00:59Z", "2026-11-02T09:00:00Z", "2026-11-03T09:00:00Z")]
#[case::later_in_its_hour("2026-11-02T09:59:00Z", "2026-11-02T09:00:00Z", "2026-11-03T09:00:00Z")]
fn the_moment_counts(#[case] now: &str, #[case] latest: &str, #[case] next: &str) {
    let daily = parse("cron(0 9 * * ? *)", "UTC");
    assert_eq!(daily.latest(at(now)), Some(at(latest)));
    assert_eq!(daily.next(at(now)), Some(at(next)));
}

#[test]
fn any_white_space_may_stand_between_the_fields() {
    let tidy = shown("cron(0 9 ? * MON *)", "UTC", NOVEMBER, 2);
    assert_eq!(shown("cron(0  9\t?   * MON *)", "UTC", NOVEMBER, 2), tidy);
    assert_eq!(tidy, "Mon 2026-11-02 09:00, Mon 2026-11-09 09:00");
}
