//! What is refused, why, and what to write instead.

use rekindle_decision::schedule::Expression;
use rstest::rstest;

#[rstest]
#[case::nothing("", "`` is not a schedule expression", "write `cron(…)`, `rate(…)` or `at(…)`")]
#[case::words(
    "every day at nine",
    "`every day at nine` is not a schedule expression",
    "write `cron(…)`, `rate(…)` or `at(…)`"
)]
#[case::no_brackets("0 9 * * ? *", "`0 9 * * ? *` is not a schedule expression", "write `cron(0 9 * * ? *)`")]
#[case::unix_style(
    "0 9 * * *",
    "`0 9 * * *` is not a schedule expression",
    "EventBridge wants the year too, and counts Sunday as 1: write `cron(0 9 * * ? *)`"
)]
#[case::unix_style_on_weekdays(
    "30 6 * * 1-5",
    "`30 6 * * 1-5` is not a schedule expression",
    "EventBridge wants the year too, and counts Sunday as 1: write `cron(30 6 ? * 2-6 *)`"
)]
#[case::unix_style_on_sunday(
    "0 0 * * 0",
    "`0 0 * * 0` is not a schedule expression",
    "EventBridge wants the year too, and counts Sunday as 1: write `cron(0 0 ? * 1 *)`"
)]
#[case::unix_style_on_sunday_as_seven(
    "0 0 * * 7",
    "`0 0 * * 7` is not a schedule expression",
    "EventBridge wants the year too, and counts Sunday as 1: write `cron(0 0 ? * 1 *)`"
)]
#[case::unix_style_in_brackets(
    "cron(0 9 * * *)",
    "a cron expression has six fields, here are 5",
    "EventBridge wants the year too, and counts Sunday as 1: write `cron(0 9 * * ? *)`"
)]
#[case::unix_style_on_a_day_of_the_month(
    "cron(0 9 1 * *)",
    "a cron expression has six fields, here are 5",
    "EventBridge wants the year too, and counts Sunday as 1: write `cron(0 9 1 * ? *)`"
)]
#[case::unix_style_with_names(
    "cron(0 9 * * mon-fri)",
    "a cron expression has six fields, here are 5",
    "EventBridge wants the year too, and counts Sunday as 1: write `cron(0 9 ? * MON-FRI *)`"
)]
#[case::unix_style_with_either_day(
    "cron(0 9 1 * 1)",
    "a cron expression has six fields, here are 5",
    "write minute, hour, day-of-month, month, day-of-week and year"
)]
#[case::unix_style_with_a_step(
    "cron(0 9 * * */2)",
    "a cron expression has six fields, here are 5",
    "write minute, hour, day-of-month, month, day-of-week and year"
)]
#[case::unix_style_with_an_nth(
    "cron(0 9 * * 1#2)",
    "a cron expression has six fields, here are 5",
    "write minute, hour, day-of-month, month, day-of-week and year"
)]
#[case::a_lacking_year(
    "cron(0 9 ? * MON-FRI)",
    "a cron expression has six fields, here are 5",
    "EventBridge wants the year too, and counts Sunday as 1: write `cron(0 9 ? * MON-FRI *)`"
)]
#[case::a_lacking_year_after_a_day(
    "cron(0 9 1 * ?)",
    "a cron expression has six fields, here are 5",
    "EventBridge wants the year too, and counts Sunday as 1: write `cron(0 9 1 * ? *)`"
)]
#[case::seconds(
    "cron(0 0 9 * * ? *)",
    "a cron expression has six fields, here are 7",
    "EventBridge has no seconds: write `cron(0 9 * * ? *)`"
)]
#[case::seven_fields_of_nonsense(
    "cron(x 0 9 * * * *)",
    "a cron expression has six fields, here are 7",
    "write minute, hour, day-of-month, month, day-of-week and year"
)]
#[case::no_fields(
    "cron()",
    "a cron expression has six fields, here are 0",
    "write minute, hour, day-of-month, month, day-of-week and year"
)]
#[case::four_fields(
    "cron(0 9 * *)",
    "a cron expression has six fields, here are 4",
    "write minute, hour, day-of-month, month, day-of-week and year"
)]
#[case::eight_fields(
    "cron(0 0 9 * * ? * *)",
    "a cron expression has six fields, here are 8",
    "write minute, hour, day-of-month, month, day-of-week and year"
)]
#[case::a_nickname("@daily", "`@daily` is not a schedule expression", "write `cron(0 0 * * ? *)`")]
#[case::a_nickname_for_midnight(
    "@midnight",
    "`@midnight` is not a schedule expression",
    "write `cron(0 0 * * ? *)`"
)]
#[case::a_nickname_for_hours(
    "@hourly",
    "`@hourly` is not a schedule expression",
    "write `cron(0 * * * ? *)`"
)]
#[case::a_nickname_for_weeks(
    "@weekly",
    "`@weekly` is not a schedule expression",
    "write `cron(0 0 ? * SUN *)`"
)]
#[case::a_nickname_for_months(
    "@monthly",
    "`@monthly` is not a schedule expression",
    "write `cron(0 0 1 * ? *)`"
)]
#[case::a_nickname_for_years(
    "@yearly",
    "`@yearly` is not a schedule expression",
    "write `cron(0 0 1 JAN ? *)`"
)]
#[case::another_for_years(
    "@annually",
    "`@annually` is not a schedule expression",
    "write `cron(0 0 1 JAN ? *)`"
)]
#[case::no_nickname(
    "@reboot",
    "`@reboot` is not a schedule expression",
    "write `cron(…)`, `rate(…)` or `at(…)`"
)]
#[case::capital_cron(
    "CRON(0 9 * * ? *)",
    "`CRON(0 9 * * ? *)` is not a schedule expression",
    "write `cron(0 9 * * ? *)`, in small letters and without white space around its name"
)]
#[case::capital_rate(
    "Rate(5 minutes)",
    "`Rate(5 minutes)` is not a schedule expression",
    "write `rate(5 minutes)`, in small letters and without white space around its name"
)]
#[case::white_space_before(
    "  cron(0 9 * * ? *)",
    "`  cron(0 9 * * ? *)` is not a schedule expression",
    "write `cron(0 9 * * ? *)`, in small letters and without white space around its name"
)]
#[case::white_space_after(
    "rate(1 day) ",
    "`rate(1 day) ` is not a schedule expression",
    "write `rate(1 day)`, in small letters and without white space around its name"
)]
#[case::white_space_and_capitals(
    " RATE(1 DAY)",
    "` RATE(1 DAY)` is not a schedule expression",
    "write `rate(1 day)`, in small letters and without white space around its name"
)]
#[case::white_space_inside(
    "cron( 0 9 * * ? * )",
    "` 0 9 * * ? * ` has white space inside its brackets",
    "write `cron(0 9 * * ? *)`"
)]
#[case::white_space_inside_before(
    "cron( 0 9 * * ? *)",
    "` 0 9 * * ? *` has white space inside its brackets",
    "write `cron(0 9 * * ? *)`"
)]
#[case::white_space_inside_after(
    "cron(0 9 * * ? * )",
    "`0 9 * * ? * ` has white space inside its brackets",
    "write `cron(0 9 * * ? *)`"
)]
#[case::an_open_bracket(
    "cron(0 9 * * ? *",
    "`cron(0 9 * * ? *` is not a schedule expression",
    "write `cron(…)`, `rate(…)` or `at(…)`"
)]
#[case::white_space_before_the_bracket(
    "cron (0 9 * * ? *)",
    "`cron (0 9 * * ? *)` is not a schedule expression",
    "write `cron(0 9 * * ? *)`, in small letters and without white space around its name"
)]
#[case::every_day_in_both(
    "cron(0 9 * * * *)",
    "day-of-month and day-of-week are both set",
    "write `?` in day-of-week: `cron(0 9 * * ? *)`"
)]
#[case::a_weekday_and_every_day(
    "cron(0 9 * * MON *)",
    "day-of-month and day-of-week are both set",
    "write `?` in day-of-month: `cron(0 9 ? * MON *)`"
)]
#[case::a_day_and_every_weekday(
    "cron(0 9 1 * * *)",
    "day-of-month and day-of-week are both set",
    "write `?` in day-of-week: `cron(0 9 1 * ? *)`"
)]
#[case::a_day_and_a_weekday(
    "cron(0 9 1 * MON *)",
    "day-of-month and day-of-week are both set",
    "write `?` in one of them, and a second schedule for the other"
)]
#[case::both_days_left_open(
    "cron(0 9 ? * ? *)",
    "day-of-month and day-of-week are both `?`",
    "write `?` in one of them, such as `cron(0 9 * * ? *)`"
)]
#[case::minute_60("cron(60 9 * * ? *)", "minute `60` is not what this field takes", "write 0-59")]
#[case::a_large_minute("cron(99999 9 * * ? *)", "minute `99999` is not what this field takes", "write 0-59")]
#[case::a_signed_minute("cron(+5 9 * * ? *)", "minute `+5` is not what this field takes", "write 0-59")]
#[case::a_minute_below("cron(-5 9 * * ? *)", "minute `-5` is not what this field takes", "write 0-59")]
#[case::a_question_mark_in_minutes(
    "cron(? 9 * * ? *)",
    "minute `?` cannot hold `?`",
    "`?` stands alone, and only in day-of-month or day-of-week; write `*` for every value"
)]
#[case::a_question_mark_in_a_list(
    "cron(0 9 ?,5 * ? *)",
    "day-of-month `?,5` cannot hold `?`",
    "`?` stands alone, and only in day-of-month or day-of-week; write `*` for every value"
)]
#[case::hour_24(
    "cron(0 24 * * ? *)",
    "hour `24` is not what this field takes",
    "write 0-23; midnight is hour 0"
)]
#[case::an_hour_in_words(
    "cron(0 9am * * ? *)",
    "hour `9AM` is not what this field takes",
    "write 0-23; midnight is hour 0"
)]
#[case::an_empty_place(
    "cron(0 9,,10 * * ? *)",
    "hour `9,,10` has an empty place in its list",
    "take out the comma"
)]
#[case::a_comma_after("cron(0 9, * * ? *)", "hour `9,` has an empty place in its list", "take out the comma")]
#[case::an_open_range(
    "cron(0 9- * * ? *)",
    "hour `9-` is not what this field takes",
    "write 0-23; midnight is hour 0"
)]
#[case::two_ranges(
    "cron(0 9-10-11 * * ? *)",
    "hour `9-10-11` is not what this field takes",
    "write 0-23; midnight is hour 0"
)]
#[case::day_0(
    "cron(0 9 0 * ? *)",
    "day-of-month `0` is not what this field takes",
    "write 1-31, `L`, `LW` or a day with `W`"
)]
#[case::day_32(
    "cron(0 9 32 * ? *)",
    "day-of-month `32` is not what this field takes",
    "write 1-31, `L`, `LW` or a day with `W`"
)]
#[case::a_weekday_in_days(
    "cron(0 9 MON * ? *)",
    "day-of-month `MON` is not what this field takes",
    "write 1-31, `L`, `LW` or a day with `W`"
)]
#[case::month_0("cron(0 9 1 0 ? *)", "month `0` is not what this field takes", "write 1-12 or JAN-DEC")]
#[case::month_13("cron(0 9 1 13 ? *)", "month `13` is not what this field takes", "write 1-12 or JAN-DEC")]
#[case::a_long_month(
    "cron(0 9 1 January ? *)",
    "month `JANUARY` is not what this field takes",
    "write `JAN` for `JANUARY`"
)]
#[case::an_unknown_month(
    "cron(0 9 1 MAI ? *)",
    "month `MAI` is not what this field takes",
    "write 1-12 or JAN-DEC"
)]
#[case::half_a_name_in_a_range(
    "cron(0 9 1 JAN-3 ? *)",
    "month `JAN-3` is half a name and half a number",
    "write both ends as numbers or both as names"
)]
#[case::half_a_number_in_a_range(
    "cron(0 9 1 1-MAR ? *)",
    "month `1-MAR` is half a name and half a number",
    "write both ends as numbers or both as names"
)]
#[case::sunday_as_zero(
    "cron(0 9 ? * 0 *)",
    "day-of-week `0` is not what this field takes",
    "write 1-7 or SUN-SAT; EventBridge counts Sunday as 1"
)]
#[case::from_sunday_as_zero(
    "cron(0 9 ? * 0-6 *)",
    "day-of-week `0-6` is not what this field takes",
    "write 1-7 or SUN-SAT; EventBridge counts Sunday as 1"
)]
#[case::weekday_8(
    "cron(0 9 ? * 8 *)",
    "day-of-week `8` is not what this field takes",
    "write 1-7 or SUN-SAT; EventBridge counts Sunday as 1"
)]
#[case::a_long_weekday(
    "cron(0 9 ? * Monday *)",
    "day-of-week `MONDAY` is not what this field takes",
    "write `MON` for `MONDAY`"
)]
#[case::a_step_in_weekdays(
    "cron(0 9 ? * MON-FRI/2 *)",
    "day-of-week `MON-FRI/2` holds a step, which this field does not take",
    "name the days, such as MON,WED,FRI"
)]
#[case::year_1969(
    "cron(0 9 * * ? 1969)",
    "year `1969` is not what this field takes",
    "write 1970-2199 or `*`"
)]
#[case::year_2200(
    "cron(0 9 * * ? 2200)",
    "year `2200` is not what this field takes",
    "write 1970-2199 or `*`"
)]
#[case::a_short_year(
    "cron(0 9 * * ? 26)",
    "year `26` is not what this field takes",
    "write 1970-2199 or `*`"
)]
#[case::years_backwards("cron(0 9 * * ? 2030-2026)", "year `2030-2026` runs backwards", "write `2026-2030`")]
#[case::a_question_mark_for_the_year(
    "cron(0 9 * * ? ?)",
    "year `?` cannot hold `?`",
    "`?` stands alone, and only in day-of-month or day-of-week; write `*` for every value"
)]
#[case::a_step_of_nothing(
    "cron(0/0 9 * * ? *)",
    "minute `0/0` has a step it cannot take",
    "write a step of 1-59, such as `0/5`"
)]
#[case::a_step_past_the_minutes(
    "cron(*/60 * * * ? *)",
    "minute `*/60` has a step it cannot take",
    "write a step of 1-59, such as `0/5`"
)]
#[case::a_step_past_the_hours(
    "cron(0 */24 * * ? *)",
    "hour `*/24` has a step it cannot take",
    "write a step of 1-23, such as `0/5`"
)]
#[case::a_step_past_the_days(
    "cron(0 9 */32 * ? *)",
    "day-of-month `*/32` has a step it cannot take",
    "write a step of 1-31, such as `1/5`"
)]
#[case::a_step_past_the_months(
    "cron(0 9 1 */13 ? *)",
    "month `*/13` has a step it cannot take",
    "write a step of 1-12, such as `1/5`"
)]
#[case::a_lacking_step(
    "cron(0/ 9 * * ? *)",
    "minute `0/` has a step it cannot take",
    "write a step of 1-59, such as `0/5`"
)]
#[case::a_lacking_start("cron(/5 9 * * ? *)", "minute `/5` is not what this field takes", "write 0-59")]
#[case::two_steps(
    "cron(0/5/5 9 * * ? *)",
    "minute `0/5/5` has a step it cannot take",
    "write a step of 1-59, such as `0/5`"
)]
#[case::a_range_from_all("cron(*-5 9 * * ? *)", "minute `*-5` is not what this field takes", "write 0-59")]
#[case::w_alone(
    "cron(0 9 W * ? *)",
    "day-of-month `W` is not what this field takes",
    "write 1-31, `L`, `LW` or a day with `W`"
)]
#[case::w_of_day_0(
    "cron(0 9 0W * ? *)",
    "day-of-month `0W` is not what this field takes",
    "write 1-31, `L`, `LW` or a day with `W`"
)]
#[case::w_of_day_32(
    "cron(0 9 32W * ? *)",
    "day-of-month `32W` is not what this field takes",
    "write 1-31, `L`, `LW` or a day with `W`"
)]
#[case::w_of_a_range(
    "cron(0 9 1-5W * ? *)",
    "day-of-month `1-5W` is not what this field takes",
    "write 1-31, `L`, `LW` or a day with `W`"
)]
#[case::w_in_a_list(
    "cron(0 9 1W,15W * ? *)",
    "day-of-month `1W,15W` lists what stands alone",
    "write one schedule for each: `L` and `W` must be the whole field"
)]
#[case::l_in_a_list(
    "cron(0 9 L,15 * ? *)",
    "day-of-month `L,15` lists what stands alone",
    "write one schedule for each: `L` and `W` must be the whole field"
)]
#[case::l_after_a_list(
    "cron(0 9 1,L * ? *)",
    "day-of-month `1,L` lists what stands alone",
    "write one schedule for each: `L` and `W` must be the whole field"
)]
#[case::l_with_a_distance(
    "cron(0 9 L-3 * ? *)",
    "day-of-month `L-3` is not what this field takes",
    "write 1-31, `L`, `LW` or a day with `W`"
)]
#[case::l_in_hours(
    "cron(0 L * * ? *)",
    "hour `L` is not what this field takes",
    "write 0-23; midnight is hour 0"
)]
#[case::w_in_weekdays(
    "cron(0 9 ? * 3W *)",
    "day-of-week `3W` is not what this field takes",
    "write 1-7 or SUN-SAT; EventBridge counts Sunday as 1"
)]
#[case::a_last_weekday_in_a_list(
    "cron(0 9 ? * 6L,2 *)",
    "day-of-week `6L,2` lists what stands alone",
    "write one schedule for each: `L` and `#` must be the whole field"
)]
#[case::the_last_of_no_day(
    "cron(0 9 ? * 8L *)",
    "day-of-week `8L` is not what this field takes",
    "write 1-7 or SUN-SAT; EventBridge counts Sunday as 1"
)]
#[case::the_last_of_a_range(
    "cron(0 9 ? * 2-6L *)",
    "day-of-week `2-6L` is not what this field takes",
    "write 1-7 or SUN-SAT; EventBridge counts Sunday as 1"
)]
#[case::an_nth_in_a_list(
    "cron(0 9 ? * 3#1,6#3 *)",
    "day-of-week `3#1,6#3` lists what stands alone",
    "write one schedule for each: `L` and `#` must be the whole field"
)]
#[case::the_zeroth(
    "cron(0 9 ? * 3#0 *)",
    "day-of-week `3#0` counts to a day no month has",
    "write 1-5 after `#`, such as `3#2`"
)]
#[case::the_sixth(
    "cron(0 9 ? * 3#6 *)",
    "day-of-week `3#6` counts to a day no month has",
    "write 1-5 after `#`, such as `3#2`"
)]
#[case::an_nth_of_no_day(
    "cron(0 9 ? * 0#1 *)",
    "day-of-week `0#1` is not what this field takes",
    "write 1-7 or SUN-SAT; EventBridge counts Sunday as 1"
)]
#[case::an_nth_without_a_number(
    "cron(0 9 ? * FRI# *)",
    "day-of-week `FRI#` counts to a day no month has",
    "write 1-5 after `#`, such as `FRI#2`"
)]
#[case::an_nth_in_days(
    "cron(0 9 3#2 * ? *)",
    "day-of-month `3#2` is not what this field takes",
    "write 1-31, `L`, `LW` or a day with `W`"
)]
#[case::rate_without_words(
    "rate()",
    "rate takes a value and a unit, not ``",
    "write such as `rate(5 minutes)`"
)]
#[case::rate_without_a_unit(
    "rate(5)",
    "rate takes a value and a unit, not `5`",
    "write such as `rate(5 minutes)`"
)]
#[case::rate_of_many_words(
    "rate(5 minutes or so)",
    "rate takes a value and a unit, not `5 minutes or so`",
    "write such as `rate(5 minutes)`"
)]
#[case::rate_of_nothing(
    "rate(0 minutes)",
    "rate value `0` is not a whole number from 1 to 4294967295",
    "write such as `rate(5 minutes)`"
)]
#[case::rate_below_nothing(
    "rate(-1 minutes)",
    "rate value `-1` is not a whole number from 1 to 4294967295",
    "write such as `rate(5 minutes)`"
)]
#[case::rate_in_parts(
    "rate(1.5 hours)",
    "rate value `1.5` is not a whole number from 1 to 4294967295",
    "write such as `rate(5 minutes)`"
)]
#[case::rate_past_all_numbers(
    "rate(4294967296 days)",
    "rate value `4294967296` is not a whole number from 1 to 4294967295",
    "write such as `rate(5 minutes)`"
)]
#[case::rate_in_seconds("rate(30 seconds)", "rate unit `seconds` is unknown", "write minutes, hours or days")]
#[case::rate_in_weeks("rate(1 week)", "rate unit `week` is unknown", "write minutes, hours or days")]
#[case::one_minutes("rate(1 minutes)", "rate unit `minutes` does not go with 1", "write `rate(1 minute)`")]
#[case::five_minute("rate(5 minute)", "rate unit `minute` does not go with 5", "write `rate(5 minutes)`")]
#[case::one_days("rate(1 days)", "rate unit `days` does not go with 1", "write `rate(1 day)`")]
#[case::two_hour("rate(2 hour)", "rate unit `hour` does not go with 2", "write `rate(2 hours)`")]
#[case::capital_unit("rate(5 Minutes)", "rate unit `Minutes` does not go with 5", "write `rate(5 minutes)`")]
#[case::white_space_around_a_rate(
    "rate( 5 minutes )",
    "rate ` 5 minutes ` holds more white space than one",
    "write `rate(5 minutes)`"
)]
#[case::wide_white_space_in_a_rate(
    "rate(5  minutes)",
    "rate `5  minutes` holds more white space than one",
    "write `rate(5 minutes)`"
)]
#[case::no_white_space_in_a_rate(
    "rate(5minutes)",
    "rate takes a value and a unit, not `5minutes`",
    "write such as `rate(5 minutes)`"
)]
#[case::at_nothing(
    "at()",
    "`` is no date and time of the form yyyy-mm-ddThh:mm:ss",
    "write such as `at(2026-11-20T13:00:00)`"
)]
#[case::at_with_a_zone(
    "at(2026-11-20T13:00:00Z)",
    "`2026-11-20T13:00:00Z` is no date and time of the form yyyy-mm-ddThh:mm:ss",
    "write `at(2026-11-20T13:00:00)`; the time zone is named beside the expression"
)]
#[case::at_with_a_distance(
    "at(2026-11-20T13:00:00+02:00)",
    "`2026-11-20T13:00:00+02:00` is no date and time of the form yyyy-mm-ddThh:mm:ss",
    "write `at(2026-11-20T13:00:00)`; the time zone is named beside the expression"
)]
#[case::at_without_seconds(
    "at(2026-11-20T13:00)",
    "`2026-11-20T13:00` is no date and time of the form yyyy-mm-ddThh:mm:ss",
    "write `at(2026-11-20T13:00:00)`; the time zone is named beside the expression"
)]
#[case::at_with_a_space(
    "at(2026-11-20 13:00:00)",
    "`2026-11-20 13:00:00` is no date and time of the form yyyy-mm-ddThh:mm:ss",
    "write `at(2026-11-20T13:00:00)`; the time zone is named beside the expression"
)]
#[case::at_a_day(
    "at(2026-11-20)",
    "`2026-11-20` is no date and time of the form yyyy-mm-ddThh:mm:ss",
    "write `at(2026-11-20T00:00:00)`; the time zone is named beside the expression"
)]
#[case::at_no_such_day(
    "at(2026-02-29T13:00:00)",
    "`2026-02-29T13:00:00` is no date and time of the form yyyy-mm-ddThh:mm:ss",
    "write such as `at(2026-11-20T13:00:00)`"
)]
#[case::at_no_such_hour(
    "at(2026-11-20T24:00:00)",
    "`2026-11-20T24:00:00` is no date and time of the form yyyy-mm-ddThh:mm:ss",
    "write such as `at(2026-11-20T13:00:00)`"
)]
#[case::at_second_60(
    "at(2026-11-20T13:00:60)",
    "`2026-11-20T13:00:60` is no date and time of the form yyyy-mm-ddThh:mm:ss",
    "write such as `at(2026-11-20T13:00:00)`"
)]
#[case::at_a_part_of_a_second(
    "at(2026-11-20T13:00:00.5)",
    "`2026-11-20T13:00:00.5` is no date and time of the form yyyy-mm-ddThh:mm:ss",
    "write `at(2026-11-20T13:00:00)`; the time zone is named beside the expression"
)]
#[case::at_with_white_space(
    "at( 2026-11-20T13:00:00 )",
    "` 2026-11-20T13:00:00 ` is no date and time of the form yyyy-mm-ddThh:mm:ss",
    "write `at(2026-11-20T13:00:00)`; the time zone is named beside the expression"
)]
#[case::at_a_short_day(
    "at(2026-11-2T13:00:00)",
    "`2026-11-2T13:00:00` is no date and time of the form yyyy-mm-ddThh:mm:ss",
    "write such as `at(2026-11-20T13:00:00)`"
)]
#[case::at_a_word(
    "at(noon)",
    "`noon` is no date and time of the form yyyy-mm-ddThh:mm:ss",
    "write such as `at(2026-11-20T13:00:00)`"
)]
#[case::at_the_american_way(
    "at(11/20/2026 13:00:00)",
    "`11/20/2026 13:00:00` is no date and time of the form yyyy-mm-ddThh:mm:ss",
    "write such as `at(2026-11-20T13:00:00)`"
)]
#[case::letters_of_other_scripts(
    "cron(0 9 * * ? ２０２６)",
    "year `２０２６` is not what this field takes",
    "write 1970-2199 or `*`"
)]
fn is_refused(#[case] text: &str, #[case] problem: &str, #[case] hint: &str) {
    let refused = Expression::parse(text, None).unwrap_err();
    assert_eq!(refused.problem, problem);
    assert_eq!(refused.hint.as_deref(), Some(hint));
    assert_eq!(refused.to_string(), format!("{problem}; {hint}"));
}

/// The clocks of Berlin go from 02:00 to 03:00.
#[rstest]
#[case::as_it_begins("at(2026-03-29T02:00:00)")]
#[case::before_it_ends("at(2026-03-29T02:59:59)")]
fn a_time_that_the_clocks_skip(#[case] text: &str) {
    let refused = Expression::parse(text, Some("Europe/Berlin")).unwrap_err();
    let time = &text[3..22];
    assert_eq!(refused.problem, format!("`{time}` is skipped by the clocks of Europe/Berlin"));
    assert_eq!(refused.hint.as_deref(), Some("write a time before or after the change"));
}

#[test]
fn a_long_text_is_cut() {
    let shown = |length: usize| Expression::parse(&"ä".repeat(length), None).unwrap_err().problem;
    assert_eq!(shown(60), format!("`{}` is not a schedule expression", "ä".repeat(60)));
    assert_eq!(shown(61), format!("`{}…` is not a schedule expression", "ä".repeat(60)));
}

#[test]
fn a_zone_is_asked_for_first() {
    let refused = Expression::parse("nonsense", Some("nowhere")).unwrap_err();
    assert_eq!(refused.problem, "there is no time zone `nowhere`");
}
