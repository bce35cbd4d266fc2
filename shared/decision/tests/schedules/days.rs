//! Days that depend on the month: leap days, `L`, `W` and `#`.

use rstest::rstest;

use crate::make::shown;

#[rstest]
#[case::a_leap_day("29 2 ?", "2026-01-01", "Tue 2028-02-29, Sun 2032-02-29, Fri 2036-02-29")]
#[case::a_leap_day_over_a_year_that_has_none("29 2 ?", "2096-03-01", "Fri 2104-02-29")]
#[case::the_last_day("L * ?", "2026-01-01", "Sat 2026-01-31, Sat 2026-02-28, Tue 2026-03-31, Thu 2026-04-30")]
#[case::the_last_day_of_february("L FEB ?", "2026-01-01", "Sat 2026-02-28, Sun 2027-02-28, Tue 2028-02-29")]
#[case::the_last_day_in_small_letters("l 2 ?", "2026-01-01", "Sat 2026-02-28")]
#[case::day_31("31 * ?", "2026-01-01", "Sat 2026-01-31, Tue 2026-03-31, Sun 2026-05-31")]
#[case::the_last_working_day(
    "LW * ?",
    "2026-01-01",
    "Fri 2026-01-30, Fri 2026-02-27, Tue 2026-03-31, Thu 2026-04-30, Fri 2026-05-29"
)]
#[case::the_first_on_a_saturday_moves_on_to_monday("1W 8 ?", "2026-01-01", "Mon 2026-08-03")]
#[case::the_first_on_a_sunday_moves_on_to_monday("1W 11 ?", "2026-01-01", "Mon 2026-11-02")]
#[case::the_first_on_a_weekday_stays("1W 9 ?", "2026-01-01", "Tue 2026-09-01")]
#[case::a_saturday_moves_back_to_friday("15W 8 ?", "2026-01-01", "Fri 2026-08-14")]
#[case::a_sunday_moves_on_to_monday("15W 11 ?", "2026-01-01", "Mon 2026-11-16")]
#[case::a_weekday_stays("15W 10 ?", "2026-01-01", "Thu 2026-10-15")]
#[case::the_second_on_a_saturday_moves_back_to_the_first("2W 5 ?", "2026-01-01", "Fri 2026-05-01")]
#[case::the_last_on_a_sunday_moves_back_to_friday("31W 5 ?", "2026-01-01", "Fri 2026-05-29")]
#[case::the_last_on_a_saturday_moves_back_to_friday("31W 10 ?", "2026-01-01", "Fri 2026-10-30")]
#[case::the_thirtieth_on_a_sunday_moves_on_to_the_last("30W 8 ?", "2026-01-01", "Mon 2026-08-31")]
#[case::the_thirtieth_and_last_on_a_sunday("30W 6 ?", "2030-01-01", "Fri 2030-06-28")]
#[case::only_months_with_a_31st(
    "31W * ?",
    "2026-01-01",
    "Fri 2026-01-30, Tue 2026-03-31, Fri 2026-05-29, Fri 2026-07-31"
)]
#[case::the_29th_of_february("29W 2 ?", "2026-01-01", "Tue 2028-02-29, Fri 2032-02-27")]
#[case::the_last_friday("? * 6L", "2026-01-01", "Fri 2026-01-30, Fri 2026-02-27, Fri 2026-03-27")]
#[case::the_last_friday_by_name("? * FRIL", "2026-01-01", "Fri 2026-01-30, Fri 2026-02-27")]
#[case::the_last_saturday_on_the_last_day("? 1 7L", "2026-01-01", "Sat 2026-01-31")]
#[case::the_last_sunday_a_week_before_the_last_day("? 1 1L", "2026-01-01", "Sun 2026-01-25")]
#[case::the_first_monday("? * 2#1", "2026-05-01", "Mon 2026-05-04, Mon 2026-06-01, Mon 2026-07-06")]
#[case::the_third_saturday("? * SAT#3", "2026-08-01", "Sat 2026-08-15, Sat 2026-09-19")]
#[case::the_fourth_saturday("? * 7#4", "2026-08-01", "Sat 2026-08-22, Sat 2026-09-26")]
#[case::the_fifth_friday_only_where_there_is_one(
    "? * 6#5",
    "2026-01-01",
    "Fri 2026-01-30, Fri 2026-05-29, Fri 2026-07-31"
)]
#[case::the_fifth_sunday_of_february("? 2 1#5", "2026-01-01", "Sun 2032-02-29, Sun 2060-02-29")]
fn the_days_of_a_month(#[case] fields: &str, #[case] after: &str, #[case] expected: &str) {
    let text = format!("cron(0 12 {fields} *)");
    let expected: Vec<_> = expected.split(", ").map(|day| format!("{day} 12:00")).collect();
    assert_eq!(shown(&text, "UTC", &format!("{after}T00:00:00Z"), expected.len()), expected.join(", "));
}
