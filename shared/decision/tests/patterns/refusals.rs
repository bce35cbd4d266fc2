//! What is no pattern, and how it is told.

use std::fmt::Write;

use rekindle_decision::pattern::Pattern;
use rstest::rstest;
use serde_json::{Value, json};

/// A name for the reader, and what is refused.
fn refused() -> Vec<(&'static str, Value)> {
    let field = |filters: Value| json!({ "detail": { "state": filters } });
    vec![
        ("a list", json!([])),
        ("a text", json!("aws.s3")),
        ("nothing at all", json!({})),
        ("nothing inside", json!({"detail": {}})),
        ("a bare text", field(json!("FAILED"))),
        ("a bare number", field(json!(5))),
        ("a bare null", field(json!(null))),
        ("a long bare text", field(json!("x".repeat(200)))),
        ("a filter without its list", field(json!({"prefix": "init"}))),
        ("an empty list", field(json!([]))),
        ("a list inside", field(json!([["a"]]))),
        ("a misspelt filter", field(json!([{"prefx": "init"}]))),
        ("a filter with an underscore", field(json!([{"anything_but": "init"}]))),
        ("a swapped filter", field(json!([{"exsits": true}]))),
        ("an unknown filter", field(json!([{"regex": "a.*"}]))),
        ("an unknown filter beside a known one", field(json!([{"prefix": "a", "postfix": "b"}]))),
        ("no filter", field(json!([{}]))),
        ("two filters in one", field(json!([{"prefix": "a", "suffix": "b"}]))),
        ("prefix of a number", field(json!([{"prefix": 5}]))),
        ("prefix of a list", field(json!([{"prefix": ["a", "b"]}]))),
        ("prefix with another filter", field(json!([{"prefix": {"wildcard": "a*"}}]))),
        ("prefix in any case of a number", field(json!([{"prefix": {"equals-ignore-case": 5}}]))),
        ("any case of null", field(json!([{"equals-ignore-case": null}]))),
        ("exists of a word", field(json!([{"exists": "true"}]))),
        ("numeric of a number", field(json!([{"numeric": 5}]))),
        ("numeric of nothing", field(json!([{"numeric": []}]))),
        ("numeric of three", field(json!([{"numeric": [">", 5, "<"]}]))),
        ("numeric with a foreign sign", field(json!([{"numeric": ["!=", 5]}]))),
        ("numeric with a swapped sign", field(json!([{"numeric": ["=>", 5]}]))),
        ("numeric the wrong way round", field(json!([{"numeric": [5, ">"]}]))),
        ("numeric of a text", field(json!([{"numeric": [">", "5"]}]))),
        ("a range upside down", field(json!([{"numeric": [">", 5, "<", 3]}]))),
        ("a range of one number", field(json!([{"numeric": [">=", 5, "<=", 5]}]))),
        ("a range from above", field(json!([{"numeric": ["<", 5, ">", 3]}]))),
        ("a range of two lower ends", field(json!([{"numeric": [">", 3, ">", 5]}]))),
        ("a range whose top is a text", field(json!([{"numeric": [">", 3, "<", "5"]}]))),
        ("anything but nothing", field(json!([{"anything-but": []}]))),
        ("anything but null", field(json!([{"anything-but": null}]))),
        ("anything but yes", field(json!([{"anything-but": [true]}]))),
        ("anything but a mixture", field(json!([{"anything-but": ["a", 5]}]))),
        ("anything but a number", field(json!([{"anything-but": {"numeric": [">", 5]}}]))),
        ("anything but an empty beginning", field(json!([{"anything-but": {"prefix": ["a", ""]}}]))),
        ("anything but no beginning", field(json!([{"anything-but": {"prefix": []}}]))),
        (
            "anything but a beginning in any case",
            field(json!([{"anything-but": {"prefix": {"equals-ignore-case": "a"}}}])),
        ),
        ("two stars", field(json!([{"wildcard": "a**b"}]))),
        ("two stars among others", field(json!([{"anything-but": {"wildcard": ["a*", "**"]}}]))),
        ("a lone backslash", field(json!([{"wildcard": "a\\b"}]))),
        ("a backslash at the end", field(json!([{"wildcard": "ab\\"}]))),
        ("wildcard of a number", field(json!([{"wildcard": 5}]))),
        ("cidr of a number", field(json!([{"cidr": 5}]))),
        ("cidr without a slash", field(json!([{"cidr": "10.0.0.1"}]))),
        ("cidr of a host", field(json!([{"cidr": "host/24"}]))),
        ("cidr of many bits", field(json!([{"cidr": "10.0.0.0/32"}]))),
        ("cidr of a mask", field(json!([{"cidr": "10.0.0.0/255.0.0.0"}]))),
        ("or of an object", json!({"$or": {"a": [1]}})),
        ("or of one", json!({"$or": [{"a": [1]}]})),
        ("or of texts", json!({"$or": ["a", "b"]})),
        ("or of an empty one", json!({"$or": [{"a": [1]}, {}]})),
        ("or of filters", json!({"detail": {"state": {"$or": [{"prefix": "a"}, {"suffix": "b"}]}}})),
        ("or with a filter's name deep inside", json!({"$or": [{"a": {"exists": [true]}}, {"b": [1]}]})),
        ("or beside the same field", json!({"a": [1], "$or": [{"a": [2]}, {"b": [3]}]})),
        (
            "or beside the same field deep inside",
            json!({"detail": {"a": [1]}, "$or": [{"detail": {"a": [2]}}, {"b": [3]}]}),
        ),
    ]
}

#[test]
fn what_is_refused_says_where_and_what_instead() {
    let mut told = String::new();
    for (name, value) in refused() {
        let refused = Pattern::parse(&value).expect_err(name);
        writeln!(told, "# {name}\n{refused}\n").unwrap();
        assert!(!refused.to_string().contains('\n'), "{refused}");
    }
    insta::assert_snapshot!(told);
}

/// A pattern of objects inside objects.
fn nested(levels: usize) -> Value {
    (1..levels).fold(json!({"a": [1]}), |inside, _| json!({ "a": inside }))
}

#[test]
fn a_pattern_has_at_most_64_levels() {
    assert!(Pattern::parse(&nested(64)).is_ok());
    let refused = Pattern::parse(&nested(65)).unwrap_err();
    assert_eq!(refused.problem, "nests deeper than 64 levels");
}

#[rstest]
#[case::three_times_ten(3, true)]
#[case::four_times_ten(4, false)]
fn a_pattern_has_at_most_a_thousand_ways(#[case] ors: usize, #[case] read: bool) {
    let branches =
        |or: usize| -> Value { (0..10).map(|nth| json!({ format!("{or}-{nth}"): [1] })).collect() };
    let fields = (0..ors).map(|or| (format!("part-{or}"), json!({ "$or": branches(or) })));
    let pattern = Pattern::parse(&Value::Object(fields.collect()));
    assert_eq!(pattern.is_ok(), read);
    if let Err(refused) = pattern {
        assert_eq!(
            refused.to_string(),
            "the pattern has more than 1000 ways through its `$or`s; ask for fewer combinations"
        );
    }
}
