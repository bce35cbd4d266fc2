//! What holds for every pattern and every event.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use proptest::sample::select;
use rekindle_decision::pattern::Pattern;
use serde_json::{Value, json};

/// Names of fields and filters, and values that fit somewhere.
const WORDS: [&str; 23] = [
    "two\nlines",
    "a",
    "b",
    "detail",
    "$or",
    "prefix",
    "suffix",
    "equals-ignore-case",
    "anything-but",
    "numeric",
    "exists",
    "cidr",
    "wildcard",
    "=",
    ">",
    "<=",
    "10.0.0.0/8",
    "10.0.0.1",
    "a*b",
    "*",
    "\\",
    "",
    "ab",
];

/// Any JSON that looks a little like a pattern, or like an event.
fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-3_i64..9).prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        select(&WORDS[..]).prop_map(Value::from),
        ".{0,4}".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 40, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((select(&WORDS[..]), inner), 0..4).prop_map(|fields| {
                Value::Object(fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
            }),
        ]
    })
}

/// One entry of a field's list that is a filter.
fn filter() -> impl Strategy<Value = Value> {
    let text = || "[ab*]{0,3}".prop_map(|text| text.replace("**", "*"));
    prop_oneof![
        anything().prop_filter("plain", |value| !value.is_array() && !value.is_object()),
        text().prop_map(|text| json!({ "prefix": text })),
        text().prop_map(|text| json!({ "suffix": { "equals-ignore-case": text } })),
        text().prop_map(|text| json!({ "equals-ignore-case": text })),
        text().prop_map(|text| json!({ "wildcard": text.replace("**", "*") })),
        prop::collection::vec(text(), 1..3).prop_map(|texts| json!({ "anything-but": texts })),
        text().prop_map(|text| json!({ "anything-but": { "suffix": format!("a{text}") } })),
        (-3_i64..9).prop_map(|number| json!({ "numeric": [">=", number] })),
        (-3_i64..9, 1_i64..4).prop_map(|(from, more)| json!({ "numeric": [">", from, "<=", from + more] })),
        any::<bool>().prop_map(|exists| json!({ "exists": exists })),
    ]
}

/// Plain values that filters tell apart.
fn plain() -> impl Strategy<Value = Value> {
    prop_oneof!["[abAB]{0,3}".prop_map(Value::from), (-3_i64..9).prop_map(Value::from), Just(Value::Null)]
}

fn takes(filters: &Value, value: &Value) -> bool {
    Pattern::parse(&json!({ "f": filters })).unwrap().matches(&json!({ "f": value }))
}

/// What a star means, tried in every way there is.
fn naive(pattern: &[char], text: &[char]) -> bool {
    match pattern.split_first() {
        None => text.is_empty(),
        Some(('*', rest)) => (0..=text.len()).any(|skipped| naive(rest, &text[skipped..])),
        Some((letter, rest)) => text.first() == Some(letter) && naive(rest, &text[1..]),
    }
}

proptest! {
    #[test]
    fn no_json_makes_it_panic(pattern in anything(), event in anything()) {
        match Pattern::parse(&pattern) {
            Ok(pattern) => { let _ = pattern.matches(&event); }
            Err(refused) => prop_assert!(!refused.to_string().contains('\n')),
        }
    }

    #[test]
    fn a_pattern_is_written_as_it_is_read(filters in prop::collection::vec(filter(), 1..4)) {
        let pattern = Pattern::parse(&json!({ "a": filters, "detail": { "$or": [{ "b": filters }, { "c": [1] }] } }));
        let pattern = pattern.unwrap();
        let written = serde_json::to_value(&pattern).unwrap();
        prop_assert_eq!(Pattern::parse(&written).unwrap(), pattern);
    }

    #[test]
    fn filling_in_nothing_changes_nothing(filters in prop::collection::vec(filter(), 1..4)) {
        let pattern = Pattern::parse(&json!({ "a": filters })).unwrap();
        prop_assert_eq!(pattern.fill(&str::to_owned), pattern);
    }

    #[test]
    fn a_list_of_filters_takes_what_one_of_them_takes(
        filters in prop::collection::vec(filter(), 1..4), value in plain(),
    ) {
        let one = filters.iter().any(|filter| takes(&json!([filter]), &value));
        prop_assert_eq!(takes(&json!(filters), &value), one);
    }

    #[test]
    fn a_list_of_values_is_taken_if_one_of_them_is(
        filter in filter(), values in prop::collection::vec(plain(), 1..4),
    ) {
        let filters = json!([filter]);
        if filter == json!({ "exists": false }) {
            prop_assert!(!takes(&filters, &json!(values)));
        } else {
            prop_assert_eq!(takes(&filters, &json!(values)), values.iter().any(|value| takes(&filters, value)));
        }
    }

    #[test]
    fn more_fields_change_nothing(filters in prop::collection::vec(filter(), 1..4), value in plain(), more in anything()) {
        let pattern = Pattern::parse(&json!({ "f": filters })).unwrap();
        let (event, larger) = (json!({ "f": value }), json!({ "f": value, "g": more, "h": { "f": more } }));
        prop_assert_eq!(pattern.matches(&event), pattern.matches(&larger));
    }

    #[test]
    fn either_branch_is_as_good_as_either_pattern(one in filter(), other in filter(), value in plain()) {
        let event = json!({ "a": value, "b": value });
        let alone = |field: &str, filter: &Value| Pattern::parse(&json!({ field: [filter] })).unwrap().matches(&event);
        let both = Pattern::parse(&json!({ "$or": [{ "a": [one] }, { "b": [other] }] })).unwrap();
        prop_assert_eq!(both.matches(&event), alone("a", &one) || alone("b", &other));
    }

    #[test]
    fn a_star_stands_for_any_text(pattern in "[ab*]{0,8}", text in "[ab]{0,10}") {
        prop_assume!(!pattern.contains("**"));
        let (stars, letters): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
        prop_assert_eq!(takes(&json!([{ "wildcard": pattern }]), &json!(text)), naive(&stars, &letters));
    }

    #[test]
    fn a_number_is_on_one_side(limit in -100_i64..100, number in -100_i64..100) {
        let sides = ["<", "=", ">"].map(|sign| takes(&json!([{ "numeric": [sign, limit] }]), &json!(number)));
        prop_assert_eq!(sides.iter().filter(|side| **side).count(), 1);
    }
}

#[test]
fn many_stars_on_a_long_text_take_no_time() {
    let text = "a".repeat(200_000);
    let pattern = format!("{}b", "*a".repeat(2_000));
    let begun = Instant::now();
    assert!(!takes(&json!([{ "wildcard": pattern }]), &json!(text)));
    assert!(!takes(&json!([{ "wildcard": format!("{pattern}*") }]), &json!(text)));
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
}

#[test]
fn an_event_may_nest_deeper_than_the_stack_is_high() {
    let deep = (0..100_000).fold(Value::from("a"), |inside, _| Value::Array(vec![inside]));
    let event = Value::Object([("f".to_owned(), deep)].into_iter().collect());
    assert!(Pattern::parse(&json!({ "f": ["a"] })).unwrap().matches(&event));
    // Dropping it would recurse.
    std::mem::forget(event);
}
