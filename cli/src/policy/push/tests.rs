//! Pushing, while somebody else does too.

use super::super::store::memory::{Memory, Moment};
use super::*;

const PATH: &str = "/p";

/// What somebody else does to a parameter, and when: a text they write, or none for what they remove.
type Meanwhile<'a> = Option<(Moment, &'a str, Option<&'a str>)>;

fn policy(model: &str, cooldown: &str) -> String {
    let demo = include_str!("../../../demo/churn.yaml");
    demo.replace("model: churn", &format!("model: {model}"))
        .replace("cooldown: 24h", &format!("cooldown: {cooldown}"))
}

/// A whole folder of files, by name and text.
fn files(texts: &[(&str, &str)]) -> Files {
    let text =
        |(name, text): &(&str, &str)| ((*name).to_owned(), Text::new(format!("{name}.yaml"), 1, *text));
    Files { texts: texts.iter().map(text).collect(), whole: true, problems: Vec::new() }
}

/// What is done, and whether a call failed.
fn pushed(files: &Files, how: How, store: &mut Memory, meanwhile: Meanwhile<'_>) -> (Vec<End>, bool) {
    let all = store.all(PATH).unwrap();
    let old = Side::of(in_scope(&all, PATH, files));
    let comparison = Comparison::of(&old, &Side::of(files.texts.clone()), true);
    let mut steps = plan(&comparison, files, PATH, how);
    // Somebody else acts after the comparison.
    store.meanwhile =
        meanwhile.map(|(moment, name, text)| (moment, name.to_owned(), text.map(str::to_owned)));
    let ended = act(&mut steps, files, store);
    (steps.into_iter().map(|step| step.end).collect(), ended.is_err())
}

#[test]
fn somebody_else_is_noticed() {
    let (old, new, theirs) = (policy("churn", "24h"), policy("churn", "12h"), policy("churn", "1h"));
    let put = |version| End::Put { version, tier: "standard" };
    let over = |version| End::PutOver { version, tier: "standard" };
    let overtaken = |now| End::Overtaken { now };
    let rows: [(&str, bool, Meanwhile<'_>, End, &str); 9] = [
        ("nobody", true, None, put(8), &new),
        (
            "a write before the look",
            true,
            Some((Moment::Before, "/p/churn", Some(&theirs))),
            overtaken(Some(8)),
            &theirs,
        ),
        ("a removal before the look", true, Some((Moment::Before, "/p/churn", None)), overtaken(None), ""),
        ("a write after the look", true, Some((Moment::Between, "/p/churn", Some(&theirs))), over(9), &new),
        ("a removal after the look", true, Some((Moment::Between, "/p/churn", None)), over(1), &new),
        ("a repeated call", true, Some((Moment::AnswerLost, "/p/churn", None)), over(9), &new),
        ("new: nobody", false, None, put(1), &new),
        (
            "new: a write after the look",
            false,
            Some((Moment::Between, "/p/churn", Some(&theirs))),
            overtaken(Some(1)),
            &theirs,
        ),
        ("new: a repeated call", false, Some((Moment::AnswerLost, "/p/churn", None)), put(1), &new),
    ];
    for (row, deployed, meanwhile, end, left) in rows {
        let before = [("/p/churn", old.as_str())];
        let mut store = Memory::of(if deployed { &before } else { &[] });
        let (ends, failed) = pushed(&files(&[("churn", &new)]), How::default(), &mut store, meanwhile);
        assert_eq!((ends.as_slice(), failed), ([end].as_slice(), false), "{row}");
        let now = store.parameters.get("/p/churn").map(|deployed| deployed.value.as_str());
        assert_eq!(now.unwrap_or_default(), left, "{row}");
    }
}

#[test]
fn only_what_differs_is_written_and_what_is_gone_is_removed_last_and_when_asked() {
    let (a, b, c) = (policy("a", "24h"), policy("b", "24h"), policy("c", "24h"));
    let commented = format!("# so it is\n{b}");
    let renamed = files(&[("a", &a), ("b", &commented), ("new-c", &c)]);
    for (how, expected) in [
        (How::default(), &["put /p/new-c"][..]),
        (How { layout: true, ..How::default() }, &["put /p/b", "put /p/new-c"]),
        (How { prune: true, ..How::default() }, &["put /p/new-c", "remove /p/c"]),
    ] {
        let mut store = Memory::of(&[("/p/a", &a), ("/p/b", &b), ("/p/c", &c), ("/other/c", &c)]);
        pushed(&renamed, how, &mut store, None);
        assert_eq!(store.done, expected);
    }
}

#[test]
fn nothing_is_removed_after_something_went_wrong() {
    let (a, b, new) = (policy("a", "24h"), policy("b", "24h"), policy("a", "12h"));
    let how = How { prune: true, ..How::default() };
    for (broken, meanwhile, failed) in [
        (Some("/p/a".to_owned()), None, true),
        (None, Some((Moment::Before, "/p/a", Some(b.as_str()))), false),
        (None, Some((Moment::Before, "/p/b", Some(a.as_str()))), false),
    ] {
        let mut store = Memory { broken, ..Memory::of(&[("/p/a", &a), ("/p/b", &b)]) };
        let (ends, ended) = pushed(&files(&[("a", &new)]), how, &mut store, meanwhile);
        assert_eq!(ended, failed);
        assert!(!ends.contains(&End::Removed) && !store.done.contains(&"remove /p/b".to_owned()), "{ends:?}");
    }
}

#[test]
fn after_a_failure_nothing_more_is_tried() {
    let texts: Vec<(String, String)> =
        ["a", "b", "c"].map(|name| (name.to_owned(), policy(name, "12h"))).into();
    let texts: Vec<(&str, &str)> = texts.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let mut store = Memory { broken: Some("/p/b".to_owned()), ..Memory::default() };
    let (ends, failed) = pushed(&files(&texts), How::default(), &mut store, None);
    assert_eq!(ends, [End::Put { version: 1, tier: "standard" }, End::Left, End::Left]);
    assert!(failed);
}

#[test]
fn what_stays_deployed_must_go_with_what_comes() {
    let (churn, fraud) = (policy("churn", "24h"), policy("fraud", "24h"));
    let prune = How { prune: true, ..How::default() };
    for (row, deployed, how, good) in [
        ("another model", ("/p/other", fraud.as_str()), How::default(), true),
        ("the same model elsewhere", ("/p/other", &churn), How::default(), false),
        ("the same, and it goes", ("/p/other", &churn), prune, true),
        ("the same document", ("/p/churn", &churn), How::default(), true),
        ("nothing that can be read", ("/p/other", "model: churn"), How::default(), true),
    ] {
        let all = Memory::of(&[deployed]).all(PATH).unwrap();
        let apart = together(&files(&[("churn", &churn)]), &all, PATH, how);
        assert_eq!(apart.errors() == 0, good, "{row}: {:?}", apart.problems);
    }
    let mut store = Memory::of(&[("/p/churn", "AQICAHh")]);
    store.parameters.get_mut("/p/churn").unwrap().otherwise = Some("SecureString".to_owned());
    assert_eq!(
        together(&files(&[("churn", &churn)]), &store.all(PATH).unwrap(), PATH, How::default()).errors(),
        1
    );
}

#[test]
fn each_end_is_told() {
    let step =
        |end| Step { parameter: "/p/a".to_owned(), file: Some("a.yaml".to_owned()), was: Some(7), end };
    let told: Vec<String> = [
        End::Planned,
        End::Put { version: 8, tier: "standard" },
        End::PutOver { version: 9, tier: "advanced" },
        End::Removed,
        End::Overtaken { now: Some(8) },
        End::Overtaken { now: None },
        End::Left,
    ]
    .map(|end| step(end).told())
    .into();
    let gone = Step { file: None, ..step(End::Planned) }.told();
    let new = Step { was: None, ..step(End::Put { version: 1, tier: "standard" }) }.told();
    insta::assert_snapshot!(format!("{}\n{gone}\n{new}", told.join("\n")));
}
