#![cfg(test)]
//! Many documents: one bad one never hurts the others.

use std::sync::Arc;

use rekindle_policy::{PolicySet, Text};
use rstest::rstest;

const MINIMAL: &str = include_str!("../../../infra/policies/minimal.yaml");

fn text(name: &str, version: i64, text: String) -> Text {
    Text::new(name, version, text)
}

/// A good document for some models.
fn good(name: &str, version: i64, models: &[&str]) -> Text {
    text(name, version, MINIMAL.replace("model: late-orders", &format!("models: [{}]", models.join(", "))))
}

/// The same document with a slip in it.
fn bad(name: &str, version: i64, models: &[&str]) -> Text {
    let good = good(name, version, models);
    text(name, version, good.text.replace("cooldown: 24h", "cooldown: soon"))
}

fn set(texts: impl IntoIterator<Item = Text>) -> PolicySet {
    PolicySet::default().refresh(texts)
}

fn models(set: &PolicySet) -> Vec<&str> {
    set.iter().map(|policy| policy.model.as_str()).collect()
}

fn told(set: &PolicySet) -> Vec<String> {
    set.problems().iter().map(ToString::to_string).collect()
}

#[test]
fn every_document_brings_its_models() {
    let set = set([good("b", 1, &["y"]), good("a", 1, &["z", "x"])]);
    assert_eq!(models(&set), ["x", "y", "z"]);
    assert_eq!((set.len(), set.is_empty()), (3, false));
    assert_eq!(told(&set), [""; 0]);
    assert_eq!(set.get("y").unwrap().revision.document, "b");
    assert!(set.get("w").is_none());
}

#[test]
fn no_documents_are_no_policies() {
    let set = set([]);
    assert_eq!((set.len(), set.is_empty()), (0, true));
    assert!(set.problems().is_empty() && set.without_policy().is_empty());
}

#[test]
fn a_bad_document_disables_only_its_own_models() {
    let set = set([good("a", 1, &["x"]), bad("b", 4, &["y", "z"]), good("c", 1, &["w"])]);
    assert_eq!(models(&set), ["w", "x"]);
    let [problem] = set.problems() else { panic!("{:?}", set.problems()) };
    assert_eq!((problem.document.as_str(), problem.version, problem.line), ("b", 4, Some(11)));
    assert_eq!(
        (problem.field.as_str(), problem.message.as_str()),
        ("guards.cooldown", "`soon` is not a duration")
    );
    let blind: Vec<_> = set.without_policy().iter().collect();
    assert_eq!(blind, [(&"y".to_owned(), &"b".to_owned()), (&"z".to_owned(), &"b".to_owned())]);
}

#[test]
fn a_document_that_turns_bad_keeps_its_last_good_version() {
    let first = set([good("a", 1, &["x", "y"])]);
    let second = first.refresh([bad("a", 2, &["x", "y"])]);
    assert_eq!(models(&second), ["x", "y"]);
    // The policy says which version it is; the problem, which version is wrong.
    assert_eq!(second.get("x").unwrap().revision.version, 1);
    assert_eq!(second.problems()[0].version, 2);
    assert!(second.without_policy().is_empty());
    // It stays so for as long as the document stays bad, in this version or the next.
    let third = second.refresh([bad("a", 2, &["x", "y"])]).refresh([bad("a", 3, &["x", "y"])]);
    assert_eq!(third.get("x").unwrap().revision.version, 1);
    assert_eq!(third.problems().len(), 1);
    // Mended, it is as if nothing had been.
    let mended = third.refresh([good("a", 4, &["x", "y"])]);
    assert_eq!(mended.get("x").unwrap().revision.version, 4);
    assert!(mended.problems().is_empty());
}

#[test]
fn a_model_that_only_the_bad_version_names_is_missed() {
    let first = set([good("a", 1, &["x"])]);
    let second = first.refresh([bad("a", 2, &["x", "new"])]);
    assert_eq!(models(&second), ["x"]);
    assert_eq!(second.without_policy().keys().collect::<Vec<_>>(), ["new"]);
}

#[test]
fn a_document_that_is_gone_takes_its_policies_with_it() {
    let first = set([good("a", 1, &["x"]), good("b", 1, &["y"])]);
    let second = first.refresh([good("b", 1, &["y"])]);
    assert_eq!(models(&second), ["y"]);
    // Come back bad, it has no last good version any more.
    let third = second.refresh([bad("a", 2, &["x"]), good("b", 1, &["y"])]);
    assert_eq!(models(&third), ["y"]);
    assert_eq!(third.without_policy().keys().collect::<Vec<_>>(), ["x"]);
}

#[test]
fn of_two_documents_for_one_model_the_first_by_name_has_it() {
    let both = set([good("b", 7, &["x", "y"]), good("a", 1, &["x"])]);
    assert_eq!(models(&both), ["x", "y"]);
    assert_eq!(both.get("x").unwrap().revision.document, "a");
    assert_eq!(
        told(&both),
        ["b: model: the model `x` already has its policy in a\n  hint: remove it from one of the two"]
    );
    assert_eq!(both.problems()[0].version, 7);
    // Once the first is gone, the other has it.
    let alone = both.refresh([good("b", 7, &["x", "y"])]);
    assert_eq!(alone.get("x").unwrap().revision.document, "b");
    assert!(alone.problems().is_empty());
}

#[test]
fn an_unchanged_document_is_not_read_again() {
    let first = set([good("a", 1, &["x"]), good("b", 1, &["y"])]);
    let second = first.refresh([good("a", 1, &["x"]), good("b", 2, &["y"])]);
    assert!(Arc::ptr_eq(first.get("x").unwrap(), second.get("x").unwrap()));
    assert!(!Arc::ptr_eq(first.get("y").unwrap(), second.get("y").unwrap()));
    assert_eq!(second.get("y").unwrap().revision.version, 2);
}

#[test]
fn a_version_that_starts_again_is_read_again() {
    // A parameter that was deleted and made anew begins at version 1.
    let first = set([good("a", 1, &["x"])]);
    let second = first.refresh([good("a", 1, &["y"])]);
    assert_eq!(models(&second), ["y"]);
}

#[test]
fn the_order_of_the_documents_does_not_matter() {
    let texts = [good("a", 1, &["x"]), bad("b", 1, &["y"]), good("c", 1, &["x", "z"])];
    let forward = set(texts.clone());
    let backward = set(texts.into_iter().rev());
    assert_eq!(models(&forward), models(&backward));
    assert_eq!(told(&forward), told(&backward));
    assert_eq!(forward.without_policy(), backward.without_policy());
}

#[rstest]
#[case::a_slip("guards: { cooldown: 24h", "guards: { cooldown: soon", &["x"])]
#[case::a_slip_of_meaning("any: [weekly]", "any: [weakly]", &["x"])]
#[case::a_key_twice("mode: enforce\n", "mode: enforce\nmode: enforce\n", &["x"])]
#[case::a_limit_that_is_no_number("guards:", "x: .nan\nguards:", &["x"])]
#[case::a_name_that_is_a_number("models: [x]", "models: [x, 5]\nbad: 1", &["5", "x"])]
#[case::one_model("models: [x]", "model: x\nbad: 1", &["x"])]
#[case::a_range("models: [x]", "models: [x, \"y-{08..10}\"]\nbad: 1", &["x", "y-08", "y-09", "y-10"])]
#[case::a_range_nobody_can_tell("models: [x]", "models: [x, \"y-{10..08}\"]", &[])]
#[case::a_range_too_long_to_be_meant("models: [x]", "models: [x, \"y-{1..9999}\"]", &[])]
#[case::a_mapping_for_a_name("models: [x]", "model: { x: 1 }", &[])]
#[case::not_yaml("guards: {", "guards: [", &[])]
fn a_bad_document_names_whom_it_leaves_without_a_policy(
    #[case] from: &str,
    #[case] to: &str,
    #[case] missed: &[&str],
) {
    let good = good("a", 1, &["x"]);
    assert!(good.text.contains(from));
    let set = set([text("a", 1, good.text.replace(from, to))]);
    assert!(set.is_empty());
    assert_eq!(set.problems().len(), 1, "{:?}", told(&set));
    assert_eq!(set.without_policy().keys().collect::<Vec<_>>(), missed);
}
