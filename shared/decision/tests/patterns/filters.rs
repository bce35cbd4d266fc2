//! Each filter on one field: what it takes, and what it leaves.

use rekindle_decision::pattern::Pattern;
use rstest::rstest;
use serde_json::{Value, json};

/// Whether a field of this value is taken by a list of filters.
fn takes(filters: &Value, value: &Value) -> bool {
    let pattern = Pattern::parse(&json!({ "detail": { "field": filters } })).unwrap();
    pattern.matches(&json!({ "detail": { "field": value } }))
}

/// Whether an event without the field is.
fn takes_none(filters: &Value) -> bool {
    Pattern::parse(&json!({ "detail": { "field": filters } })).unwrap().matches(&json!({ "detail": {} }))
}

#[rstest]
#[case::the_text(json!(["a"]), json!("a"), true)]
#[case::another_case(json!(["a"]), json!("A"), false)]
#[case::part_of_it(json!(["a"]), json!("ab"), false)]
#[case::the_second_of_two(json!(["a", "b"]), json!("b"), true)]
#[case::the_empty_text(json!([""]), json!(""), true)]
#[case::empty_is_not_null(json!([""]), json!(null), false)]
#[case::null(json!([null]), json!(null), true)]
#[case::null_is_not_empty(json!([null]), json!(""), false)]
#[case::null_is_not_a_word(json!([null]), json!("null"), false)]
#[case::yes(json!([true]), json!(true), true)]
#[case::yes_is_not_no(json!([true]), json!(false), false)]
#[case::yes_is_not_one(json!([true]), json!(1), false)]
#[case::a_number(json!([300]), json!(300), true)]
#[case::a_number_written_otherwise(json!([300]), json!(3.0e2), true)]
#[case::a_fraction(json!([0.1]), json!(0.1), true)]
#[case::a_number_as_a_text(json!([300]), json!("300"), false)]
#[case::minus_zero(json!([0]), json!(-0.0), true)]
#[case::one_more_beyond_floats(json!([9_007_199_254_740_993_u64]), json!(9_007_199_254_740_992_u64), false)]
#[case::the_largest(json!([u64::MAX]), json!(u64::MAX), true)]
#[case::the_smallest_and_the_largest(json!([i64::MIN]), json!(u64::MAX), false)]
#[case::a_word_with_a_star(json!(["a*"]), json!("ab"), false)]
fn plain_values(#[case] filters: Value, #[case] value: Value, #[case] taken: bool) {
    assert_eq!(takes(&filters, &value), taken);
}

#[rstest]
#[case::begins(json!([{"prefix": "us-"}]), json!("us-east-1"), true)]
#[case::is(json!([{"prefix": "us-"}]), json!("us-"), true)]
#[case::does_not_begin(json!([{"prefix": "us-"}]), json!("eu-west-1"), false)]
#[case::begins_in_another_case(json!([{"prefix": "us-"}]), json!("US-east-1"), false)]
#[case::shorter(json!([{"prefix": "us-"}]), json!("us"), false)]
#[case::no_text(json!([{"prefix": "5"}]), json!(5), false)]
#[case::empty_takes_every_text(json!([{"prefix": ""}]), json!("x"), true)]
#[case::empty_takes_no_number(json!([{"prefix": ""}]), json!(5), false)]
#[case::any_case(json!([{"prefix": {"equals-ignore-case": "EventB"}}]), json!("EVENTBRIDGE"), true)]
#[case::any_case_elsewhere(json!([{"prefix": {"equals-ignore-case": "bridge"}}]), json!("EventBridge"), false)]
#[case::any_case_shorter(json!([{"prefix": {"equals-ignore-case": "abc"}}]), json!("AB"), false)]
#[case::any_case_of_two_bytes(json!([{"prefix": {"equals-ignore-case": "Ärger"}}]), json!("ärger-7"), true)]
#[case::ends(json!([{"suffix": ".png"}]), json!("a.png"), true)]
#[case::does_not_end(json!([{"suffix": ".png"}]), json!("a.png.gz"), false)]
#[case::ends_in_another_case(json!([{"suffix": ".png"}]), json!("a.PNG"), false)]
#[case::ends_in_any_case(json!([{"suffix": {"equals-ignore-case": ".png"}}]), json!("a.PnG"), true)]
#[case::longer_than_the_text(json!([{"suffix": {"equals-ignore-case": "a.png"}}]), json!(".PNG"), false)]
#[case::whole_in_any_case(json!([{"equals-ignore-case": "alice"}]), json!("ALICE"), true)]
#[case::whole_and_no_more(json!([{"equals-ignore-case": "alice"}]), json!("ALICE7"), false)]
#[case::whole_and_no_less(json!([{"equals-ignore-case": "alice"}]), json!("ALIC"), false)]
#[case::yes_is_no_text(json!([{"equals-ignore-case": "true"}]), json!(true), false)]
fn beginnings_ends_and_case(#[case] filters: Value, #[case] value: Value, #[case] taken: bool) {
    assert_eq!(takes(&filters, &value), taken);
}

#[rstest]
#[case::inside("dir/*.png", "dir/a.png", true)]
#[case::nothing_for_the_star("dir/*.png", "dir/.png", true)]
#[case::across_folders("dir/*.png", "dir/a/b.png", true)]
#[case::outside("dir/*.png", "other/a.png", false)]
#[case::not_to_the_end("dir/*.png", "dir/a.png.gz", false)]
#[case::head_and_tail_do_not_overlap("ab*ba", "aba", false)]
#[case::head_and_tail_touch("ab*ba", "abba", true)]
#[case::alone("*", "", true)]
#[case::at_both_ends("*lib*", "usr/lib/x", true)]
#[case::in_order("*a*b*", "xaxbx", true)]
#[case::out_of_order("*a*b*", "xbxax", false)]
#[case::the_same_twice("*ab*ab*", "xabx", false)]
#[case::parts_do_not_overlap("*aba*aba*", "ababa", false)]
#[case::the_first_place_is_enough("*a*ab", "aab", true)]
#[case::no_star("plain", "plain", true)]
#[case::no_star_no_more("plain", "plainer", false)]
#[case::escaped("a\\*b", "a*b", true)]
#[case::escaped_is_no_star("a\\*b", "axb", false)]
#[case::escaped_and_star("a\\**", "a*xyz", true)]
#[case::backslash("a\\\\*", "a\\x", true)]
#[case::backslash_needed("a\\\\*", "ax", false)]
#[case::two_bytes("ä*ö", "ä—ö", true)]
#[case::question_mark_is_plain("a?c", "abc", false)]
#[case::brackets_are_plain("[ab]*", "a", false)]
fn stars(#[case] wildcard: &str, #[case] text: &str, #[case] taken: bool) {
    assert_eq!(takes(&json!([{ "wildcard": wildcard }]), &json!(text)), taken);
    assert_eq!(takes(&json!([{ "anything-but": { "wildcard": wildcard } }]), &json!(text)), !taken);
}

#[test]
fn a_star_takes_no_number() {
    assert!(!takes(&json!([{ "wildcard": "*" }]), &json!(5)));
}

#[rstest]
#[case::is(json!(["=", 301.8]), json!(301.8), true)]
#[case::is_not(json!(["=", 301.8]), json!(301.7), false)]
#[case::whole_is_fraction(json!(["=", 3]), json!(3.0), true)]
#[case::below(json!(["<", 10]), json!(9.99), true)]
#[case::not_below(json!(["<", 10]), json!(10), false)]
#[case::at_most(json!(["<=", 10]), json!(10), true)]
#[case::not_at_most(json!(["<=", 10]), json!(10.01), false)]
#[case::above(json!([">", -5]), json!(-4), true)]
#[case::not_above(json!([">", -5]), json!(-5), false)]
#[case::at_least(json!([">=", -5]), json!(-5), true)]
#[case::not_at_least(json!([">=", -5]), json!(-6), false)]
#[case::between(json!([">", 0, "<=", 5]), json!(5), true)]
#[case::at_the_open_end(json!([">", 0, "<=", 5]), json!(0), false)]
#[case::beyond(json!([">", 0, "<=", 5]), json!(6), false)]
#[case::other_ends(json!([">=", 0, "<", 5]), json!(0), true)]
#[case::at_the_other_open_end(json!([">=", 0, "<", 5]), json!(5), false)]
#[case::bytes_of_a_large_object(json!([">", 10_000_000_000_u64]), json!(10_000_000_001_u64), true)]
#[case::a_text(json!([">", 0]), json!("5"), false)]
#[case::null(json!(["<", 1]), json!(null), false)]
fn numbers(#[case] numeric: Value, #[case] value: Value, #[case] taken: bool) {
    assert_eq!(takes(&json!([{ "numeric": numeric }]), &value), taken);
}

#[rstest]
#[case::another_text(json!("initializing"), json!("running"), true)]
#[case::the_text(json!("initializing"), json!("initializing"), false)]
#[case::another_case(json!("initializing"), json!("INITIALIZING"), true)]
#[case::another_number(json!(123), json!(124), true)]
#[case::the_number(json!(123), json!(123.0), false)]
#[case::one_of_the_texts(json!(["stopped", "overloaded"]), json!("overloaded"), false)]
#[case::none_of_the_texts(json!(["stopped", "overloaded"]), json!("running"), true)]
#[case::one_of_the_numbers(json!([100, 200]), json!(200), false)]
#[case::a_number_for_a_text(json!("100"), json!(100), true)]
#[case::null_is_not_a_text(json!("a"), json!(null), true)]
#[case::beginning(json!({"prefix": "init"}), json!("initializing"), false)]
#[case::another_beginning(json!({"prefix": "init"}), json!("running"), true)]
#[case::one_of_the_beginnings(json!({"prefix": ["init", "run"]}), json!("running"), false)]
#[case::none_of_the_beginnings(json!({"prefix": ["init", "run"]}), json!("stopped"), true)]
#[case::a_number_has_no_beginning(json!({"prefix": "5"}), json!(5), true)]
#[case::end(json!({"suffix": ".png"}), json!("a.png"), false)]
#[case::another_end(json!({"suffix": ".png"}), json!("a.txt"), true)]
#[case::any_case(json!({"equals-ignore-case": "initializing"}), json!("INITIALIZING"), false)]
#[case::none_in_any_case(json!({"equals-ignore-case": ["a", "b"]}), json!("c"), true)]
#[case::one_in_any_case(json!({"equals-ignore-case": ["a", "b"]}), json!("B"), false)]
#[case::star(json!({"wildcard": "*/lib/*"}), json!("/usr/lib/x"), false)]
#[case::none_of_the_stars(json!({"wildcard": ["*/lib/*", "*/bin/*"]}), json!("/etc/x"), true)]
fn anything_but(#[case] these: Value, #[case] value: Value, #[case] taken: bool) {
    assert_eq!(takes(&json!([{ "anything-but": these }]), &value), taken);
    assert!(!takes_none(&json!([{ "anything-but": these }])), "a field that is not there is not anything");
}

#[rstest]
#[case::a_text(json!("x"), true)]
#[case::null(json!(null), true)]
#[case::no(json!(false), true)]
#[case::a_list(json!([1]), true)]
#[case::an_empty_list(json!([]), false)]
#[case::an_empty_list_inside(json!([[], []]), false)]
#[case::an_object(json!({"inside": 1}), false)]
#[case::an_empty_object(json!({}), false)]
#[case::an_object_in_a_list(json!([{"inside": 1}]), false)]
fn a_field_exists_if_it_has_a_plain_value(#[case] value: Value, #[case] exists: bool) {
    assert_eq!(takes(&json!([{ "exists": true }]), &value), exists);
    assert_eq!(takes(&json!([{ "exists": false }]), &value), !exists);
}

#[test]
fn a_field_that_is_not_there() {
    assert!(!takes_none(&json!([{ "exists": true }])));
    assert!(takes_none(&json!([{ "exists": false }])));
    assert!(takes_none(&json!(["x", { "exists": false }])), "either is enough");
    assert!(takes(&json!(["x", { "exists": false }]), &json!("x")));
    assert!(!takes(&json!(["x", { "exists": false }]), &json!("y")));
    assert!(!takes_none(&json!([null])), "null is a value");
}

#[rstest]
#[case::inside("10.0.0.0/24", json!("10.0.0.33"), true)]
#[case::outside("10.0.0.0/24", json!("10.0.1.0"), false)]
#[case::the_first("10.0.0.0/24", json!("10.0.0.0"), true)]
#[case::the_last("10.0.0.0/24", json!("10.0.0.255"), true)]
#[case::all("0.0.0.0/0", json!("203.0.113.9"), true)]
#[case::odd_bits("10.0.0.0/31", json!("10.0.0.1"), true)]
#[case::odd_bits_outside("10.0.0.0/31", json!("10.0.0.2"), false)]
#[case::of_six("2001:db8::/32", json!("2001:db8:1::7"), true)]
#[case::of_six_outside("2001:db8::/32", json!("2001:db9::"), false)]
#[case::all_of_six("::/0", json!("fe80::1"), true)]
#[case::another_family("::/0", json!("10.0.0.1"), false)]
#[case::no_address("10.0.0.0/24", json!("host"), false)]
#[case::a_number("0.0.0.0/0", json!(167_772_161), false)]
fn addresses(#[case] block: &str, #[case] value: Value, #[case] taken: bool) {
    assert_eq!(takes(&json!([{ "cidr": block }]), &value), taken);
}
