//! Placeholders are filled in wherever a text is compared.

use rekindle_decision::pattern::Pattern;
use rstest::rstest;
use serde_json::{Value, json};

fn filled(filters: &Value, model: &str) -> Value {
    let pattern = Pattern::parse(&json!({ "detail": { "field": filters } })).unwrap();
    let filled = pattern.fill(&|text| text.replace("{model}", model));
    serde_json::to_value(filled).unwrap()["detail"]["field"].clone()
}

#[rstest]
#[case::plain(json!(["{model}"]), json!(["churn"]))]
#[case::twice(json!(["{model}/{model}"]), json!(["churn/churn"]))]
#[case::no_text(json!([7, true, null]), json!([7, true, null]))]
#[case::beginning(json!([{"prefix": "{model}-"}]), json!([{"prefix": "churn-"}]))]
#[case::beginning_in_any_case(
    json!([{"prefix": {"equals-ignore-case": "{model}"}}]),
    json!([{"prefix": {"equals-ignore-case": "churn"}}])
)]
#[case::end(json!([{"suffix": "-{model}"}]), json!([{"suffix": "-churn"}]))]
#[case::any_case(json!([{"equals-ignore-case": "{model}"}]), json!([{"equals-ignore-case": "churn"}]))]
#[case::star(json!([{"wildcard": "a\\*/{model}/*"}]), json!([{"wildcard": "a\\*/churn/*"}]))]
#[case::anything_but(json!([{"anything-but": ["{model}", "x"]}]), json!([{"anything-but": ["churn", "x"]}]))]
#[case::anything_but_a_beginning(
    json!([{"anything-but": {"prefix": ["{model}"]}}]),
    json!([{"anything-but": {"prefix": ["churn"]}}])
)]
#[case::numbers(json!([{"numeric": [">", 0, "<", 1.5]}]), json!([{"numeric": [">", 0, "<", 1.5]}]))]
#[case::exists(json!([{"exists": false}]), json!([{"exists": false}]))]
#[case::addresses(json!([{"cidr": "10.0.0.0/8"}]), json!([{"cidr": "10.0.0.0/8"}]))]
fn every_text_is_filled(#[case] filters: Value, #[case] expected: Value) {
    assert_eq!(filled(&filters, "churn"), expected);
}

#[test]
fn branches_are_filled_too() {
    let pattern = Pattern::parse(&json!({"$or": [{"a": ["{model}"]}, {"b": {"c": ["{model}"]}}]})).unwrap();
    let filled = pattern.fill(&|text| text.replace("{model}", "churn"));
    assert!(filled.matches(&json!({"b": {"c": "churn"}})) && filled.matches(&json!({"a": "churn"})));
    assert!(!filled.matches(&json!({"a": "{model}"})));
}

#[test]
fn what_is_filled_in_stands_for_itself() {
    assert_eq!(filled(&json!([{"wildcard": "{model}/*"}]), "a*\\b"), json!([{"wildcard": "a\\*\\\\b/*"}]));
}

#[test]
fn names_of_fields_are_not_filled() {
    let pattern = Pattern::parse(&json!({"{model}": ["a"]})).unwrap();
    assert_eq!(pattern.fill(&|_| String::from("b")), Pattern::parse(&json!({"{model}": ["b"]})).unwrap());
}
