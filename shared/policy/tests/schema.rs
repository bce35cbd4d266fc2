#![cfg(test)]
//! The schema for editors: valid itself, and of one mind with the reader.

mod samples;

use jsonschema::Validator;
use rstest::rstest;
use serde_json::Value;

const CHURN: &str = include_str!("../../../infra/policies/churn.yaml");
const CREDIT: &str = include_str!("../../../infra/policies/credit-default.yaml");
const VISION: &str = include_str!("../../../infra/policies/defect-vision.yaml");
const TENANTS: &str = include_str!("../../../infra/policies/tenants.yaml");
const RECOMMENDER: &str = include_str!("../../../infra/policies/recommender.yaml");
const MINIMAL: &str = include_str!("../../../infra/policies/minimal.yaml");
const DEMO: &str = include_str!("../../../cli/demo/churn.yaml");

fn validator() -> Validator {
    jsonschema::validator_for(&rekindle_policy::schema()).unwrap()
}

fn json(text: &str) -> Value {
    // `N` is a word, as it is to the reader.
    let options = serde_saphyr::options! { strict_booleans: true };
    serde_saphyr::from_str_with_options(text, options).unwrap()
}

#[test]
fn the_schema_is_a_schema() {
    let schema = rekindle_policy::schema();
    jsonschema::meta::validate(&schema).unwrap();
    assert_eq!(schema["$id"], "urn:rekindle:policy");
    assert_eq!(schema["title"], "Rekindle policy");
}

#[rstest]
fn the_documents_we_ship_are_accepted(
    #[values(CHURN, CREDIT, VISION, TENANTS, RECOMMENDER, MINIMAL, DEMO)] text: &str,
) {
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
#[case::an_unknown_guard("in_flight: forbid", "in_flight: queue")]
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
    let text = rekindle_policy::Text::new("churn", 1, text);
    assert!(rekindle_policy::read(&text).is_err());
}

/// Every kind of trigger, every combination and every guard: what the reader takes the schema takes.
#[test]
fn every_part_of_the_grammar_is_accepted() {
    let validator = validator();
    let accepted = |name: &str, sections: &str| {
        let document = json(&samples::document(sections));
        let told: Vec<String> = validator.iter_errors(&document).map(|error| error.to_string()).collect();
        assert_eq!(told, Vec::<String>::new(), "{name}");
    };
    for (name, written) in samples::TRIGGERS {
        accepted(name, &format!("triggers:\n  it: {written}\n"));
    }
    for written in samples::COMBINATIONS {
        accepted(written, &format!("triggers: {{ a: {{ alarm: a }} }}\nstart_when: {written}\n"));
    }
    accepted("guards", &format!("triggers: {{ a: {{ alarm: a }} }}\nguards:{}\n", samples::GUARDS));
}

#[rstest]
#[case::a_misspelt_kind("01-misspelt-kind")]
#[case::two_limits("05-both-limits")]
#[case::no_baseline("07-baseline-missing")]
#[case::no_currency("09-money-without-a-currency")]
#[case::a_misspelt_guard("14-misspelt-guard")]
#[case::prose("19-prose-for-a-duration")]
#[case::a_limit_in_the_metric("26-limit-inside-the-metric")]
#[case::a_time_for_a_number("29-a-time-for-a-number")]
fn broken_policies_of_form_are_refused(#[case] name: &str) {
    let file = format!("{}/tests/broken_policies/{name}.yaml", env!("CARGO_MANIFEST_DIR"));
    assert!(!validator().is_valid(&json(&std::fs::read_to_string(file).unwrap())));
}

#[rstest]
#[case::no_kind("{ deadline: 6h }")]
#[case::two_kinds("{ alarm: a, monitor: m }")]
#[case::a_field_of_another_kind("{ alarm: a, deadline: 6h }")]
#[case::a_metric_without_a_question("{ metric: { namespace: N, name: E, statistic: Sum, period: 1h } }")]
#[case::a_limit_without_a_metric("{ below: 3 }")]
#[case::trials_without_a_detector(
    "{ metric: &m { namespace: N, name: E, statistic: Sum, period: 1h }, below: 1, trials: *m }"
)]
#[case::an_empty_baseline(
    "{ metric: { namespace: N, name: E, statistic: Sum, period: 1h }, drop_from_baseline: 1, baseline: {} }"
)]
#[case::no_alarm("{ alarm: {} }")]
#[case::a_count_of_none("{ objects: { bucket: b, count: 0 } }")]
#[case::a_word_for_a_pattern("{ event: { pattern: acme } }")]
fn triggers_that_do_not_fit_together_are_refused(#[case] written: &str) {
    let text = samples::document(&format!("triggers:\n  it: {written}\n"));
    assert!(!validator().is_valid(&json(&text)));
    assert!(rekindle_policy::read(&rekindle_policy::Text::new("churn", 1, text)).is_err());
}

#[rstest]
#[case::nothing("{}")]
#[case::two_in_one("{ any: [a], all: [a] }")]
#[case::a_count_of_nothing("{ at_least: 1 }")]
#[case::nothing_counted("{ of: [a] }")]
#[case::any_within("{ any: [a], within: 3h }")]
fn combinations_that_do_not_fit_together_are_refused(#[case] written: &str) {
    let text = samples::document(&format!("triggers: {{ a: {{ alarm: a }} }}\nstart_when: {written}\n"));
    assert!(!validator().is_valid(&json(&text)));
    assert!(rekindle_policy::read(&rekindle_policy::Text::new("churn", 1, text)).is_err());
}

#[test]
fn the_reference_names_every_field_and_every_word() {
    let schema = rekindle_policy::schema();
    let reference = rekindle_policy::reference();
    let definitions = schema["$defs"].as_object().unwrap();
    for (name, definition) in definitions.iter().chain([(&"Document".to_owned(), &schema)]) {
        for field in definition["properties"].as_object().into_iter().flat_map(serde_json::Map::keys) {
            assert!(reference.contains(&format!("| `{field}` |")), "{name}.{field}");
        }
        for word in definition["oneOf"].as_array().into_iter().flatten() {
            let Some(word) = word["const"].as_str() else { continue };
            assert!(reference.contains(&format!("| `{word}` |")), "{name} {word}");
        }
    }
    for link in reference.split("](#").skip(1).filter_map(|rest| rest.split(')').next()) {
        let title = |line: &str| line.trim_start_matches('#').trim().to_lowercase().replace(' ', "-");
        let found = reference.lines().any(|line| line.starts_with('#') && title(line) == link);
        assert!(found, "no heading for #{link}");
    }
}
