#![cfg(test)]
//! What the owner of a broken document reads: one slip each in a good policy, and what is told of it.
//!
//! Read these aloud. A message says what is wrong, where, and, where there is more to say, what to write instead.

mod form;
mod grammar;
mod meaning;
mod nothing;
#[path = "../samples/mod.rs"]
mod samples;
mod training;

use std::sync::LazyLock;

use rekindle_policy::{Text, read};

/// A good policy: the example that is deployed, for a model of a shorter name.
pub(crate) static GOOD: LazyLock<String> = LazyLock::new(|| {
    include_str!("../../../../infra/policies/churn.yaml").replace("model: example-churn", "model: churn")
});

pub(crate) fn told(text: &str) -> String {
    let text = Text::new("churn.yaml", 7, text);
    match read(&text) {
        Ok(_) => "nothing".into(),
        Err(problems) => problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"),
    }
}

/// The good policy with one slip in it.
pub(crate) fn slip(good: &str, bad: &str) -> String {
    assert!(GOOD.contains(good), "the good policy has no `{good}`");
    told(&GOOD.replacen(good, bad, 1))
}

#[test]
fn nothing_is_told_of_a_good_document() {
    assert_eq!(told(&GOOD), "nothing");
}
