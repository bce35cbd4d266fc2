//! The examples of AWS's own pages, and those that were put to the service.

use rekindle_decision::schedule::Expression;
use rstest::rstest;

use crate::make::shown;

/// "Cron expressions reference" of the EventBridge user guide; 1 November 2026 is a Sunday.
#[rstest]
#[case::ten_every_day("cron(0 10 * * ? *)", "Sun 2026-11-01 10:00, Mon 2026-11-02 10:00")]
#[case::quarter_past_noon_every_day("cron(15 12 * * ? *)", "Sun 2026-11-01 12:15, Mon 2026-11-02 12:15")]
#[case::six_on_weekdays("cron(0 18 ? * MON-FRI *)", "Mon 2026-11-02 18:00, Tue 2026-11-03 18:00")]
#[case::eight_on_the_first("cron(0 8 1 * ? *)", "Sun 2026-11-01 08:00, Tue 2026-12-01 08:00")]
#[case::every_fifteen_minutes("cron(0/15 * * * ? *)", "Sun 2026-11-01 00:15, Sun 2026-11-01 00:30")]
#[case::every_ten_minutes_on_weekdays(
    "cron(0/10 * ? * MON-FRI *)",
    "Mon 2026-11-02 00:00, Mon 2026-11-02 00:10"
)]
#[case::every_five_minutes_of_the_working_day(
    "cron(0/5 8-17 ? * MON-FRI *)",
    "Mon 2026-11-02 08:00, Mon 2026-11-02 08:05"
)]
#[case::the_last_friday_in_years_gone("cron(15 10 ? * 6L 2019-2022)", "")]
#[case::every_half_hour_over_midnight(
    "cron(0/30 20-2 ? * MON-FRI *)",
    "Mon 2026-11-02 00:00, Mon 2026-11-02 00:30, Mon 2026-11-02 01:00, Mon 2026-11-02 01:30, \
     Mon 2026-11-02 02:00, Mon 2026-11-02 02:30, Mon 2026-11-02 20:00"
)]
#[case::every_tenth_minute_from_the_first(
    "cron(1/10 * * * ? *)",
    "Sun 2026-11-01 00:01, Sun 2026-11-01 00:11"
)]
#[case::the_weekday_nearest_the_third("cron(0 0 3W * ? *)", "Tue 2026-11-03 00:00, Thu 2026-12-03 00:00")]
#[case::the_second_tuesday("cron(0 0 ? * 3#2 *)", "Tue 2026-11-10 00:00, Tue 2026-12-08 00:00")]
#[case::the_first_three_months("cron(0 0 1 JAN,FEB,MAR ? *)", "Fri 2027-01-01 00:00, Mon 2027-02-01 00:00")]
#[case::the_first_half_of_a_month("cron(0 0 1-15 DEC ? *)", "Tue 2026-12-01 00:00, Wed 2026-12-02 00:00")]
#[case::the_seventh_whatever_the_weekday("cron(0 0 7 * ? *)", "Sat 2026-11-07 00:00, Mon 2026-12-07 00:00")]
fn the_examples_of_the_documentation(#[case] text: &str, #[case] expected: &str) {
    let count = expected.split(", ").filter(|instant| !instant.is_empty()).count();
    assert_eq!(shown(text, "UTC", "2026-11-01T00:00:00Z", count.max(1)), expected);
}

#[test]
fn the_last_friday_of_each_month_in_the_years_of_the_example() {
    let text = "cron(15 10 ? * 6L 2019-2022)";
    let first = "Fri 2019-01-25 10:15, Fri 2019-02-22 10:15, Fri 2019-03-29 10:15";
    assert_eq!(shown(text, "UTC", "2000-01-01T00:00:00Z", 3), first);
    assert_eq!(shown(text, "UTC", "2022-11-26T00:00:00Z", 9), "Fri 2022-12-30 10:15");
    assert_eq!(shown(text, "UTC", "2000-01-01T00:00:00Z", 99).split(", ").count(), 48);
}

/// Expressions that AWS took when they were put to it.
#[rstest]
#[case("cron(0 2 ? * SAT *)")]
#[case("cron(5,35 14 * * ? *)")]
#[case("cron(15 10 ? * 6L 2002-2005)")]
#[case("cron(0 2 ? * SAT#3 *)")]
#[case("cron(* * ? * SAT#3 *)")]
#[case("cron(0/5 5 ? JAN 1-5 2022)")]
#[case("cron(0/30 0-2 ? * MON-FRI *)")]
#[case("cron(0-15/1 8-8 ? * 2,3,4,5,6,7 *)")]
#[case("cron(30-30 13-13 ? * 2,4,6 *)")]
#[case("cron(1-31/30 1-1 ? * 1,7 *)")]
#[case::names_in_any_letters("cron(10 7/5 ? * Wed-Fri 2020)")]
#[case("rate(1 minute)")]
#[case("rate(10 minutes)")]
fn what_aws_takes_is_taken(#[case] text: &str) {
    let expression = Expression::parse(text, None).unwrap();
    assert_eq!(expression.text(), text);
    assert_eq!(expression.timezone(), "UTC");
}

/// Expressions that AWS refused when they were put to it.
#[rstest]
#[case("cron(0 1 * * * *)")]
#[case("cron(7 20 * * NOT *)")]
#[case("cron(7 20 * * 1-7 *)")]
#[case("cron(INVALID)")]
#[case("cron(0 dummy ? * MON-FRI *)")]
#[case("cron(71 8 1 * ? *)")]
#[case("cron(*/60 * * * ? *)")]
#[case("cron(* ? * * * *)")]
#[case("cron(0 50 0,6,12,18 * ? *)")]
#[case("cron(15 12 ? * -1 *)")]
#[case("rate(10 seconds)")]
#[case("rate(10 years)")]
#[case("rate(1 minutes)")]
#[case("rate(1 hours)")]
#[case("rate(1 days)")]
#[case("rate(10 minute)")]
#[case("rate(10 hour)")]
#[case("rate(10 day)")]
#[case("rate()")]
#[case("rate(10)")]
#[case("rate(10 minutess)")]
#[case("rate(foo minutes)")]
#[case("rate(0 minutes)")]
#[case("rate(-10 minutes)")]
#[case("rate(10 MINUTES)")]
#[case("rate( 10 minutes )")]
#[case(" rate(10 minutes)")]
#[case("0 0 * * ? *")]
fn what_aws_refuses_is_refused(#[case] text: &str) {
    assert!(Expression::parse(text, None).is_err());
}
