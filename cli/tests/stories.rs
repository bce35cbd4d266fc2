//! The project's own stories, told by the very command an owner uses.
#![cfg(test)]

use std::process::Command;

use serde_json::Value;

fn test(arguments: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_rekindle"))
        .arg("test")
        .args(arguments)
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        .output()
        .unwrap();
    (output.status.code(), String::from_utf8(output.stdout).unwrap())
}

#[test]
fn every_story_goes_as_told() {
    let (code, json) = test(&["tests/scenarios", "--json"]);
    assert_eq!(code, Some(0), "{json}");
    let stories: Vec<Value> = serde_json::from_str(&json).unwrap();
    assert!(stories.len() >= 50, "only {} stories are left", stories.len());
    // A story that expects nothing says nothing.
    for story in stories {
        let file = format!("{}/../{}", env!("CARGO_MANIFEST_DIR"), story["file"].as_str().unwrap());
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(text.contains("expect:") || text.contains("starts:"), "{file} expects nothing");
    }
}

/// The page for owners shows a story of a copy of an example: whoever follows it word by word sees it go as told.
#[test]
fn the_story_of_the_page_for_owners_goes_as_told() {
    let page = include_str!("../../infra/policies/README.md");
    let story = page.split("```yaml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let example = include_str!("../../infra/policies/credit-default.yaml");
    let copy = example.replace("model: credit-default", "model: late-claims");
    for (file, text) in
        [("my-policies/late-claims.yaml", copy.as_str()), ("my-stories/a-bad-week.yaml", story)]
    {
        let file = folder.path().join(file);
        std::fs::create_dir(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    }
    let (code, text) = test(&[folder.path().join("my-stories").to_str().unwrap()]);
    assert_eq!(code, Some(0), "{text}");
}

#[test]
fn the_story_of_the_page_for_stories_goes_as_told() {
    let page = include_str!("../../tests/scenarios/README.md");
    let story = page.split("```yaml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("s.yaml"), story).unwrap();
    let (code, text) = test(&[folder.path().to_str().unwrap()]);
    assert_eq!(code, Some(0), "{text}");
}

#[test]
fn a_story_that_goes_otherwise_shows_the_explanation() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("wrong.yaml");
    let story = "
story: A breach starts at once.
policy: { model: churn, triggers: { drift: { alarm: drift } }, guards: { cooldown: 24h } }
begins: 2026-11-02T00:00:00Z
state: { generation: 1, phase: { phase: idle }, last_started: 2026-11-01T20:00:00Z }
moments:
  - { at: +6h, what: the alarm rings, alarms: { drift: ALARM }, expect: { verdict: start, because: [weekly], says: [no such words] } }
starts: [2026-11-02T06:00:00Z]
";
    std::fs::write(&file, story).unwrap();
    let (code, text) = test(&[file.to_str().unwrap()]);
    assert_eq!(code, Some(1));
    insta::assert_snapshot!(text.replace(folder.path().to_str().unwrap(), "."));
}

/// Two models of one document: what becomes of the other one is told too.
#[test]
fn a_story_counts_what_all_models_came_to() {
    let folder = tempfile::tempdir().unwrap();
    let told = |more: &str, expected: &str| {
        let file = folder.path().join("all.yaml");
        let story = format!(
            "
story: One of two is bad.
policy:
  models: [\"m-{{1..2}}\"]
  mode: observe
  triggers: {{ bad: {{ metric: {{ namespace: N, name: E, dimensions: {{ M: \"{{model}}\" }}, statistic: Sum, period: 1h }}, above: 5 }} }}
model: m-2
begins: 2026-11-02T00:00:00Z
series: {{ bad: {{ from: 2026-11-02T00:00:00Z, values: 9 }} }}
others: {{ bad: {{ from: 2026-11-02T00:00:00Z, values: 1 }} }}
{more}
moments:
  - {{ at: +1h, expect: {{ all: {expected} }} }}
"
        );
        std::fs::write(&file, story).unwrap();
        test(&[file.to_str().unwrap()])
    };
    let (code, text) = told("mode: enforce\nstarts: [2026-11-02T01:00:00Z]", "{ start: 1, rest: 1 }");
    assert_eq!(code, Some(0), "{text}");
    let (code, text) = told("starts: []", "{ start: 1, rest: 1 }");
    assert_eq!(code, Some(0), "it observes, and decides all the same: {text}");
    let (code, text) = told("", "{ start: 2 }");
    assert_eq!(code, Some(1));
    assert!(
        text.contains("all models: expected 2 start, 0 hold, 0 rest, got 1 start, 0 hold, 1 rest"),
        "{text}"
    );
}

#[test]
fn two_models_that_share_a_metric_have_one_series_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("shared.yaml");
    let story = "
story: s
policy: { models: [a, b], triggers: { bad: { metric: { namespace: N, name: E, statistic: Sum, period: 1h }, above: 5 } } }
model: a
begins: 2026-11-02T00:00:00Z
series: { bad: { from: 2026-11-02T00:00:00Z, values: 9 } }
others: { bad: { from: 2026-11-02T00:00:00Z, values: 1 } }
moments: []
";
    std::fs::write(&file, story).unwrap();
    let (code, text) = test(&[file.to_str().unwrap()]);
    assert_eq!(code, Some(1));
    assert!(text.contains("`others` has values of sum N/E, which are written already"), "{text}");
}

#[test]
fn a_story_that_cannot_go_on_shows_what_went_otherwise_before() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("s.yaml");
    let story = "story: s
policy: { model: churn, triggers: { drift: { alarm: drift } } }
begins: 2026-11-02T00:00:00Z
moments:
  - { at: +1h, expect: start }
  - { at: +2h, job: completed }
";
    std::fs::write(&file, story).unwrap();
    let (code, text) = test(&[file.to_str().unwrap()]);
    assert_eq!(code, Some(1), "{text}");
    let parts = [
        "verdict: expected start, got hold",
        "the story cannot go on: at 2026-11-02T03:00:00Z: no job is running that could end",
        "the decision before it:\n    | Held: drift cannot be told: there is no alarm named drift.",
        "1 turns",
    ];
    for part in parts {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn a_tick_is_one_that_the_schedule_makes() {
    let folder = tempfile::tempdir().unwrap();
    let monday = "schedule: \"cron(0 3 ? * MON *)\", timezone: Europe/Berlin";
    let nearest = "the nearest are 2026-11-02T02:00:00Z before and 2026-11-09T02:00:00Z after";
    for (name, schedule, moment, why) in [
        ("punctual", monday, "at: 2026-11-02T02:00:00Z", None),
        ("seconds late", monday, "at: 2026-11-02T02:00:59Z", None),
        ("told hours late", monday, "at: 2026-11-02T05:00:00Z, scheduled: 2026-11-02T02:00:00Z", None),
        ("a minute late", monday, "at: 2026-11-02T02:01:00Z", Some(nearest)),
        ("in another zone", monday, "at: 2026-11-02T03:00:00Z", Some(nearest)),
        ("on another day", monday, "at: 2026-11-03T02:00:00Z", Some(nearest)),
        (
            "of another instant",
            monday,
            "at: 2026-11-02T02:00:00Z, scheduled: 2026-11-02T01:00:00Z",
            Some("2026-11-02T02:00:00Z after"),
        ),
        (
            "of a rate whose first instant only AWS knows",
            "schedule: rate(1 day)",
            "at: 2026-11-03T01:23:00Z",
            None,
        ),
        (
            "of a rate, before its first",
            "schedule: rate(1 day), from: 2026-11-04T01:00:00Z",
            "at: 2026-11-03T01:00:00Z",
            Some("its first is 2026-11-04T01:00:00Z"),
        ),
        (
            "after the only one",
            "schedule: at(2026-11-02T03:00:00)",
            "at: 2026-11-03T03:00:00Z",
            Some("its last is 2026-11-02T03:00:00Z"),
        ),
        (
            "of a day that never comes",
            "schedule: cron(0 3 31 2 ? *)",
            "at: 2026-11-03T03:00:00Z",
            Some("it never makes one"),
        ),
    ] {
        let file = folder.path().join("tick.yaml");
        let story = format!(
            "story: s\npolicy: {{ model: churn, triggers: {{ it: {{ {schedule} }} }} }}\nbegins: 2026-11-02T00:00:00Z\n\
             moments: [{{ {moment}, tick: it }}]\n"
        );
        std::fs::write(&file, story).unwrap();
        let (code, text) = test(&[file.to_str().unwrap()]);
        assert_eq!(code, Some(i32::from(why.is_some())), "{name}: {text}");
        assert!(text.contains(why.unwrap_or("1 of 1 stories went as told")), "{name}: {text}");
        assert_eq!(text.contains("`it` makes no tick at"), why.is_some(), "{name}: {text}");
    }
}

#[test]
fn a_story_that_cannot_be_told_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let policy =
        "policy: { model: churn, triggers: { drift: { alarm: drift } } }\nbegins: 2026-11-02T00:00:00Z";
    for (name, rest, why) in [
        (
            "series",
            "series: { drift: { from: 2026-11-02T00:00:00Z, values: \"1\" } }\nmoments: []",
            "the policy reads no series `drift`",
        ),
        ("order", "moments: [{ at: +2h }, { at: 2026-11-02T01:00:00Z }]", "write the moments in their order"),
        ("word", "moments: [{ at: +2h, tik: drift }]", "unknown field `tik`"),
        ("job", "moments: [{ at: +2h, job: completed }]", "no job is running that could end"),
        ("instant", "moments: [{ at: tomorrow }]", "`tomorrow` is neither an instant nor +6h"),
        (
            "verdict",
            "moments: [{ at: +1h, expect: { all: { begin: 1 } } }]",
            "unknown variant `begin`, expected one of",
        ),
        (
            "expectation",
            "moments: [{ at: +1h, expect: { verdct: rest } }]",
            "unknown field `verdct`, expected one of",
        ),
        ("outcome", "moments: [{ at: +1h, expect: started }]", "unknown variant `started`, expected one of"),
        ("list", "moments: [{ at: +1h, expect: [start] }]", "a mapping such as `{ hold: [cooldown] }`"),
        ("mode", "mode: sleep\nmoments: []", "sleep"),
        ("tick", "moments: [{ at: +1h, tick: weekly }]", "has no schedule `weekly`; it has none"),
        (
            "blocker",
            "moments: [{ at: +1h, expect: { hold: [in_flight, cooldwn] } }]",
            "`cooldwn` is no blocker; did you mean `cooldown`?",
        ),
        (
            "note",
            "moments: [{ at: +1h, expect: { notes: [approval] } }]",
            "`approval` is no blocker; it is one of suspended, in_flight, cooldown, min_age, blackout, max_starts, data,",
        ),
        ("confirm", "moments: [{ at: +1h, confirm: newest }]", "no decision waits for a person"),
    ] {
        let file = folder.path().join(format!("{name}.yaml"));
        std::fs::write(&file, format!("story: s\n{policy}\n{rest}\n")).unwrap();
        let (code, text) = test(&[file.to_str().unwrap()]);
        assert_eq!(code, Some(1), "{name}: {text}");
        assert!(text.contains(why), "{name}: {text}");
    }
}
