//! How fields, lists and `$or` go together.

use rekindle_decision::pattern::Pattern;
use rstest::rstest;
use serde_json::{Value, json};

fn matches(pattern: &Value, event: &Value) -> bool {
    Pattern::parse(pattern).unwrap().matches(event)
}

#[rstest]
#[case::all_of_it(json!({"source": "s", "detail": {"a": 1}}), true)]
#[case::more_than_it(json!({"source": "s", "detail": {"a": 1, "b": 2}, "id": "7"}), true)]
#[case::half_of_it(json!({"source": "s", "detail": {"a": 2}}), false)]
#[case::a_field_less(json!({"source": "s", "detail": {}}), false)]
#[case::detail_is_a_text(json!({"source": "s", "detail": "a"}), false)]
#[case::detail_is_null(json!({"source": "s", "detail": null}), false)]
#[case::nothing(json!({}), false)]
#[case::a_list(json!([{"source": "s", "detail": {"a": 1}}]), false)]
#[case::a_text(json!("s"), false)]
fn every_field_is_asked_for(#[case] event: Value, #[case] matched: bool) {
    assert_eq!(matches(&json!({"source": ["s"], "detail": {"a": [1]}}), &event), matched);
}

#[rstest]
#[case::one_of_them(json!(["x", "y"]), true)]
#[case::deep_inside(json!([["x"], [["y"]]]), true)]
#[case::none_of_them(json!(["x", "z"]), false)]
#[case::empty(json!([]), false)]
#[case::beside_an_object(json!([{"y": "y"}, "y"]), true)]
#[case::inside_an_object(json!([{"y": "y"}]), false)]
fn one_element_of_a_list_is_enough(#[case] value: Value, #[case] matched: bool) {
    assert_eq!(matches(&json!({"tags": ["y"]}), &json!({"tags": value})), matched);
}

#[rstest]
#[case::another_is_in_the_list(json!(["a", "b"]), true)]
#[case::only_the_one(json!(["a", "a"]), false)]
#[case::empty(json!([]), false)]
fn anything_but_asks_for_one_element_too(#[case] value: Value, #[case] matched: bool) {
    assert_eq!(matches(&json!({"tags": [{"anything-but": "a"}]}), &json!({"tags": value})), matched);
}

#[rstest]
#[case::both_in_one(json!([{"name": "a", "on": true}, {"name": "b", "on": false}]), true)]
#[case::one_in_each(json!([{"name": "a", "on": false}, {"name": "b", "on": true}]), false)]
#[case::one_object_and_no_list(json!({"name": "a", "on": true}), true)]
#[case::lists_of_lists(json!([[{"name": "b", "on": true}], [{"name": "a", "on": true}]]), true)]
#[case::no_objects(json!(["a", true]), false)]
fn one_element_has_everything_that_is_asked_inside(#[case] value: Value, #[case] matched: bool) {
    assert_eq!(matches(&json!({"parts": {"name": ["a"], "on": [true]}}), &json!({"parts": value})), matched);
}

#[rstest]
#[case::no_element_has_it(json!([{"a": 1}, {"b": 1}]), true)]
#[case::one_element_has_it(json!([{"a": 1}, {"error": 1}]), false)]
#[case::no_element(json!([]), true)]
#[case::no_list(json!("x"), true)]
fn absent_is_what_no_element_has(#[case] value: Value, #[case] matched: bool) {
    assert_eq!(matches(&json!({"parts": {"error": [{"exists": false}]}}), &json!({"parts": value})), matched);
}

#[test]
fn absent_beside_something_is_asked_of_that_element() {
    let pattern = json!({"parts": {"name": ["a"], "error": [{"exists": false}]}});
    assert!(matches(&pattern, &json!({"parts": [{"name": "a"}, {"name": "b", "error": 1}]})));
    assert!(!matches(&pattern, &json!({"parts": [{"name": "b"}, {"name": "a", "error": 1}]})));
}

#[rstest]
#[case::the_first(json!({"source": "s", "a": 1}), true)]
#[case::the_second(json!({"source": "s", "b": 9, "c": 1}), true)]
#[case::half_of_the_second(json!({"source": "s", "b": 9}), false)]
#[case::neither(json!({"source": "s"}), false)]
#[case::both_without_the_rest(json!({"a": 1, "b": 9, "c": 1}), false)]
fn one_branch_is_enough(#[case] event: Value, #[case] matched: bool) {
    let pattern = json!({"source": ["s"], "$or": [{"a": [1]}, {"b": [{"numeric": [">", 5]}], "c": [1]}]});
    assert_eq!(matches(&pattern, &event), matched);
}

#[rstest]
#[case::the_outer(json!({"detail": {"x": 1}}), true)]
#[case::the_first_inside(json!({"detail": {"y": 1, "z": 1}}), true)]
#[case::the_second_inside(json!({"detail": {"y": 1, "w": 1}}), true)]
#[case::none_inside(json!({"detail": {"y": 1}}), false)]
fn branches_may_branch(#[case] event: Value, #[case] matched: bool) {
    let pattern = json!({"detail": {"$or": [{"x": [1]}, {"y": [1], "$or": [{"z": [1]}, {"w": [1]}]}]}});
    assert_eq!(matches(&pattern, &event), matched);
}

#[test]
fn branches_may_ask_for_one_field_differently() {
    let pattern = json!({"$or": [{"size": [{"numeric": ["<", 1]}]}, {"size": [{"numeric": [">", 5]}]}]});
    assert!(matches(&pattern, &json!({"size": 0})) && matches(&pattern, &json!({"size": 6})));
    assert!(!matches(&pattern, &json!({"size": 3})));
}

#[test]
fn a_field_may_have_the_name_of_a_filter() {
    assert!(matches(&json!({"detail": {"prefix": ["a"]}}), &json!({"detail": {"prefix": "a"}})));
}

#[test]
fn a_dot_in_a_name_is_no_way_inside() {
    assert!(matches(&json!({"a.b": [1]}), &json!({"a.b": 1})));
    assert!(!matches(&json!({"a.b": [1]}), &json!({"a": {"b": 1}})));
}

#[test]
fn the_example_of_the_guide() {
    let pattern = json!({
        "time": [{"prefix": "2017-10-02"}],
        "detail": {
            "state": [{"anything-but": "initializing"}],
            "c-count": [{"numeric": [">", 0, "<=", 5]}],
            "d-count": [{"numeric": ["<", 10]}],
            "x-limit": [{"anything-but": [100, 200, 300]}],
            "source-ip": [{"cidr": "10.0.0.0/8"}],
        },
    });
    let event = json!({
        "time": "2017-10-02T16:24:49Z",
        "detail": {"c-count": 5, "d-count": 3, "x-limit": 301.8, "source-ip": "10.0.0.33", "state": "running"},
    });
    assert!(matches(&pattern, &event));
}
