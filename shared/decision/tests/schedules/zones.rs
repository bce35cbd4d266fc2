//! Names of time zones.

use rekindle_decision::schedule::Expression;
use rstest::rstest;

#[rstest]
#[case::utc("UTC")]
#[case::a_city("Europe/Berlin")]
#[case::three_parts("America/Argentina/Buenos_Aires")]
#[case::a_link_to_another_name("US/Eastern")]
#[case::an_old_name("Asia/Calcutta")]
#[case::a_fixed_distance("Etc/GMT+8")]
fn a_name_is_kept(#[case] name: &str) {
    assert_eq!(Expression::parse("cron(0 9 * * ? *)", Some(name)).unwrap().timezone(), name);
}

#[rstest]
#[case::small_letters("europe/berlin", "write `Europe/Berlin`")]
#[case::small_letters_of_utc("utc", "write `UTC`")]
#[case::the_city_alone("Berlin", "write `Europe/Berlin`")]
#[case::the_city_alone_in_small_letters("new_york", "write `America/New_York`")]
#[case::a_wrong_city("Europe/Munich", "write an IANA name, such as `Europe/Berlin` or `UTC`")]
#[case::a_distance("+02:00", "write an IANA name, such as `Europe/Berlin` or `UTC`")]
#[case::nothing("", "write an IANA name, such as `Europe/Berlin` or `UTC`")]
#[case::white_space(" UTC", "write an IANA name, such as `Europe/Berlin` or `UTC`")]
#[case::known_to_be_unknown("Etc/Unknown", "write an IANA name, such as `Europe/Berlin` or `UTC`")]
fn no_other_name_is(#[case] name: &str, #[case] hint: &str) {
    let refused = Expression::parse("cron(0 9 * * ? *)", Some(name)).unwrap_err();
    assert_eq!(refused.problem, format!("there is no time zone `{name}`"));
    assert_eq!(refused.hint.as_deref(), Some(hint));
}

#[test]
fn the_zone_belongs_to_the_expression() {
    let [berlin, tokyo] = ["Europe/Berlin", "Asia/Tokyo"]
        .map(|zone| Expression::parse("cron(0 9 * * ? *)", Some(zone)).unwrap());
    assert_ne!(berlin, tokyo);
    assert_eq!(berlin, berlin.clone());
}
