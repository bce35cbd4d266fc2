//! Five spellings of time, and their neighbours.

use jiff::Timestamp;
use rekindle_decision::signal::Signal;
use rekindle_events::{Reading, read};
use rstest::rstest;
use serde_json::{Value, json};

/// Reads an instant by the shortest way there is: the time of a sweep.
fn instant(written: &Value) -> Result<Timestamp, String> {
    let payload = json!({"rekindle": "sweep", "scheduled_time": written}).to_string();
    match read(payload.as_bytes()).remove(0).reading {
        Ok(Reading::Signal(Signal::Sweep(sweep))) => Ok(sweep.at.unwrap()),
        Ok(other) => panic!("{other:?}"),
        Err(refused) => Err(refused.problem),
    }
}

#[rstest]
#[case::with_z(json!("2027-03-15T04:30:00Z"), "2027-03-15T04:30:00Z")]
#[case::with_z_and_milliseconds(json!("2027-03-15T04:30:00.250Z"), "2027-03-15T04:30:00.25Z")]
#[case::offset_without_colon(json!("2027-03-15T04:30:00.250+0000"), "2027-03-15T04:30:00.25Z")]
#[case::offset_without_colon_or_fraction(json!("2027-03-15T04:30:00+0000"), "2027-03-15T04:30:00Z")]
#[case::offset_with_colon(json!("2027-03-15T06:30:00+02:00"), "2027-03-15T04:30:00Z")]
#[case::offset_to_the_west(json!("2027-03-14T23:00:00-0530"), "2027-03-15T04:30:00Z")]
#[case::nanoseconds(json!("2027-03-15T04:30:00.123456789Z"), "2027-03-15T04:30:00.123456789Z")]
#[case::milliseconds(json!(1_805_085_000_250_i64), "2027-03-15T04:30:00.25Z")]
#[case::milliseconds_as_a_string(json!("1805085000250"), "2027-03-15T04:30:00.25Z")]
#[case::milliseconds_as_a_float(json!(1_805_085_000_250.0), "2027-03-15T04:30:00.25Z")]
#[case::the_first_plausible_millisecond(json!(946_684_800_000_i64), "2000-01-01T00:00:00Z")]
#[case::the_last_plausible_millisecond(json!(4_102_444_799_999_i64), "2099-12-31T23:59:59.999Z")]
fn an_instant_is_read_in_each_of_its_spellings(#[case] written: Value, #[case] meant: Timestamp) {
    assert_eq!(instant(&written), Ok(meant));
}

#[rstest]
#[case::words(json!("yesterday"))]
#[case::empty(json!(""))]
#[case::spaces_inside(json!("2027-03-15T12: 36: 15Z"))]
#[case::spaces_around(json!(" 2027-03-15T04:30:00Z"))]
#[case::space_for_the_t(json!("2027-03-15 04:30:00Z"))]
#[case::lower_case(json!("2027-03-15t04:30:00z"))]
#[case::no_offset(json!("2027-03-15T04:30:00"))]
#[case::no_seconds(json!("2027-03-15T04:30Z"))]
#[case::no_hyphens(json!("20270315T043000Z"))]
#[case::date_only(json!("2027-03-15"))]
#[case::offset_of_hours(json!("2027-03-15T04:30:00+02"))]
#[case::colon_out_of_place(json!("2027-03-15T04:30:00+0:200"))]
#[case::zone_name(json!("2027-03-15T04:30:00+01:00[Europe/Paris]"))]
#[case::fraction_without_digits(json!("2027-03-15T04:30:00.Z"))]
#[case::month_thirteen(json!("2027-13-15T04:30:00Z"))]
#[case::day_thirty(json!("2027-02-30T04:30:00Z"))]
#[case::hour_twenty_five(json!("2027-03-15T25:30:00Z"))]
#[case::letters_among_letters_of_two_bytes(json!("2027-03-15T04:30:0éZ"))]
#[case::seconds(json!(1_805_085_000))]
#[case::seconds_as_a_string(json!("1805085000"))]
#[case::microseconds(json!(1_805_085_000_250_000_i64))]
#[case::one_millisecond_too_early(json!(946_684_799_999_i64))]
#[case::one_millisecond_too_late(json!(4_102_444_800_000_i64))]
#[case::half_a_millisecond(json!(1_805_085_000_250.5))]
#[case::float_as_a_string(json!("1805085000250.0"))]
#[case::more_digits_than_fit(json!("99999999999999999999999"))]
#[case::a_huge_float(json!(1e300))]
#[case::negative(json!(-1_805_085_000_250_i64))]
#[case::boolean(json!(true))]
#[case::list(json!(["2027-03-15T04:30:00Z"]))]
#[case::object(json!({"at": "2027-03-15T04:30:00Z"}))]
fn anything_else_is_no_instant(#[case] written: Value) {
    let problem = instant(&written).unwrap_err();
    assert!(problem.starts_with("`scheduled_time` is "), "{problem}");
}

#[test]
fn seconds_are_told_apart_from_milliseconds() {
    assert_eq!(
        instant(&json!(1_805_085_000)).unwrap_err(),
        "`scheduled_time` is `1805085000`, which is not a plausible number of milliseconds since 1970"
    );
}
