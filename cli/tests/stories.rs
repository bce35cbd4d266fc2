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
    let (code, text) = test(&["tests/scenarios"]);
    assert_eq!(code, Some(0), "{text}");
    let (_, json) = test(&["tests/scenarios", "--json"]);
    let stories: Vec<Value> = serde_json::from_str(&json).unwrap();
    assert!(stories.len() >= 50, "only {} stories are left", stories.len());
    // A story that expects nothing says nothing.
    for story in stories {
        let file = format!("{}/../{}", env!("CARGO_MANIFEST_DIR"), story["file"].as_str().unwrap());
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(text.contains("expect:") || text.contains("starts:"), "{file} expects nothing");
    }
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
        ("confirm", "moments: [{ at: +1h, confirm: newest }]", "no decision waits for a person"),
    ] {
        let file = folder.path().join(format!("{name}.yaml"));
        std::fs::write(&file, format!("story: s\n{policy}\n{rest}\n")).unwrap();
        let (code, text) = test(&[file.to_str().unwrap()]);
        assert_eq!(code, Some(1), "{name}: {text}");
        assert!(text.contains(why), "{name}: {text}");
    }
}
