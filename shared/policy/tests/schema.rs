#![cfg(test)]
//! The schema for editors: valid itself, and of one mind with the reader.

use jsonschema::Validator;
use rstest::rstest;
use serde_json::Value;

const CHURN: &str = include_str!("../../../infra/policies/churn.yaml");
const FLEET: &str = include_str!("../../../infra/policies/fleet.yaml");
const MINIMAL: &str = include_str!("../../../infra/policies/minimal.yaml");
const DEMO: &str = include_str!("../../../cli/demo/churn.yaml");

fn validator() -> Validator {
    jsonschema::validator_for(&rekindle_policy::schema()).unwrap()
}

fn json(text: &str) -> Value {
    serde_saphyr::from_str(text).unwrap()
}

#[test]
fn the_schema_is_a_schema() {
    let schema = rekindle_policy::schema();
    jsonschema::meta::validate(&schema).unwrap();
    assert_eq!(schema["$id"], "urn:rekindle:policy");
    assert_eq!(schema["title"], "Rekindle policy");
}

#[rstest]
fn the_documents_we_ship_are_accepted(#[values(CHURN, FLEET, MINIMAL, DEMO)] text: &str) {
    let document = json(text);
    let validator = validator();
    let told: Vec<String> = validator.iter_errors(&document).map(|error| error.to_string()).collect();
    assert_eq!(told, Vec::<String>::new());
}

#[rstest]
#[case::a_misspelt_field("    below: 0.82", "    belwo: 0.82")]
#[case::a_misspelt_section("guards:", "gaurds:")]
#[case::a_word_for_a_number("below: 0.82", "below: low")]
#[case::a_negative_count("min_samples: 200", "min_samples: -1")]
#[case::a_misspelt_mode("mode: observe", "mode: obseve")]
#[case::a_guard_of_another_time("in_flight: forbid", "in_flight: replace")]
#[case::periods_without_m("for: 3 of 5", "for: 5")]
#[case::a_duration_without_a_unit("cooldown: 24h", "cooldown: 24")]
#[case::a_duration_in_words("within: 24h", "within: 24 hours")]
#[case::an_empty_duration("within: 24h", "within: \"\"")]
#[case::a_misspelt_combination("at_least: 2", "atleast: 2")]
#[case::a_list_for_a_combination("start_when: {", "start_when: [weekly] # {")]
#[case::a_metric_without_a_statistic("statistic: Average, ", "")]
#[case::no_training("training:", "x-training:")]
fn what_the_reader_refuses_for_its_form_the_schema_refuses(#[case] good: &str, #[case] bad: &str) {
    assert!(CHURN.contains(good));
    let text = CHURN.replace(good, bad);
    assert!(!validator().is_valid(&json(&text)));
    let text = rekindle_policy::Text { name: "churn".into(), version: 1, text };
    assert!(rekindle_policy::read(&text).is_err());
}
