//! `rekindle policy`, as far as it reaches no cloud: what it says, of which files, and with which exit code.
#![cfg(test)]

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;

const CHURN: &str = include_str!("../demo/churn.yaml");
const FLEET: &str = include_str!("../../shared/policy/tests/samples/fleet.yaml");
const MINIMAL: &str = include_str!("../../infra/policies/minimal.yaml");

/// A folder with these files.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let file = folder.path().join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }
    folder
}

/// Exit code, and everything that is said, as on a terminal: first what went to standard error.
fn says(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_rekindle"))
        .arg("policy")
        .args(arguments)
        .current_dir(folder)
        .env_remove("AWS_REGION")
        .env_remove("AWS_DEFAULT_REGION")
        .env("AWS_CONFIG_FILE", "none")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), format!("{}{}", text(output.stderr), text(output.stdout)))
}

/// What a person reads of a command, and its exit code.
fn page(folder: &Path, arguments: &[&str]) -> String {
    let (code, told) = says(folder, arguments);
    format!("$ rekindle policy {}\n{told}[exit code {code}]", arguments.join(" "))
}

fn json(folder: &Path, arguments: &[&str]) -> Value {
    let (_, told) = says(folder, arguments);
    serde_json::from_str(&told).unwrap_or_else(|error| panic!("{error}: {told}"))
}

#[test]
fn lint_says_which_parameter_each_file_becomes() {
    let here = folder(&[
        ("p/churn.yaml", CHURN),
        ("p/teams/fleet.yml", FLEET),
        ("p/.hidden.yaml", "no"),
        ("p/notes.md", "no"),
        ("alone.yaml", MINIMAL),
    ]);
    insta::assert_snapshot!(page(here.path(), &["lint", "p", "alone.yaml"]));
    let told = json(here.path(), &["lint", "--json", "--path", "/a/b/", "p"]);
    assert_eq!(told["problems"], json!([]));
    assert_eq!(
        told["documents"][1],
        json!({ "file": "p/teams/fleet.yml", "parameter": "/a/b/teams/fleet", "bytes": FLEET.len(), "tier": "standard",
            "models": ["demand-de", "demand-fr", "demand-it", "demand-es"] })
    );
}

#[test]
fn lint_finds_what_only_a_deployment_shows() {
    let long = format!("{}# {}\n", MINIMAL.replace("late-orders", "long"), "x".repeat(4_096));
    let longer = format!("{}# {}\n", MINIMAL.replace("late-orders", "longer"), "x".repeat(8_192));
    let braces = MINIMAL
        .replace("late-orders", "braces")
        .replace("  InputDataConfig", "  HyperParameters: { grid: '{{\"eta\": 1}}' }\n  InputDataConfig");
    let here = folder(&[
        ("p/churn.yaml", CHURN),
        ("p/twice.yaml", CHURN),
        ("p/long.yaml", &long),
        ("p/longer.yaml", &longer),
        ("p/braces.yaml", &braces),
        ("p/zwölf.yaml", MINIMAL),
        ("p/same.yaml", &MINIMAL.replace("late-orders", "same")),
        ("p/same.yml", &MINIMAL.replace("late-orders", "same-again")),
        ("p/misspelt.yaml", "model: m\ntrigers: {}\n"),
        ("p/team/given.yaml", &MINIMAL.replace("late-orders", "given")),
    ]);
    insta::assert_snapshot!(page(here.path(), &["lint", "p", "p/team/given.yaml"]));
}

#[test]
fn what_is_given_of_the_deployment_is_held_to_and_what_is_not_is_warned_of() {
    let big = MINIMAL.replace("ml.m5.large", "ml.p4d.24xlarge").replace("3600", "86400");
    let here = folder(&[("big.yaml", &big)]);
    insta::assert_snapshot!("supposed", page(here.path(), &["lint", "big.yaml"]));
    let role = "arn:aws:iam::445566778899:role/other";
    let given =
        ["--training-role", role, "--instance-types", "ml.m5.large,ml.m5.xlarge", "--max-runtime", "2h"];
    insta::assert_snapshot!("given", page(here.path(), &[&["lint"], &given[..], &["big.yaml"]].concat()));
    let right = ["--training-role", "arn:aws:iam::445566778899:role/rekindle-training"];
    let right =
        [&["lint"], &right[..], &["--instance-types", "ml.p4d.24xlarge", "--max-runtime", "1d", "big.yaml"]];
    assert_eq!(says(here.path(), &right.concat()).0, 0);
}

/// `lint` finds whatever `check` finds, in the same words.
#[test]
fn lint_explains_mistakes_as_check_does() {
    let broken = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/policy/tests/broken_policies");
    for file in fs::read_dir(&broken).unwrap() {
        let file = file.unwrap().file_name().into_string().unwrap();
        let check = Command::new(env!("CARGO_BIN_EXE_rekindle"))
            .args(["check", "--json", &file])
            .current_dir(&broken)
            .output()
            .unwrap();
        let check: Value = serde_json::from_slice(&check.stdout).unwrap();
        assert_eq!(json(&broken, &["lint", "--json", &file])["problems"], check, "{file}");
    }
}

/// Two states of one folder, with one of each that can happen to a document.
fn states() -> TempDir {
    let fleet =
        FLEET.replace("above: 0.18", "above: 0.15").replace("\"{model}-feed-late\"", "\"late-{model}\"");
    let one = FLEET.replace("[demand-de, demand-fr, demand-it, demand-es]", "[a, b, c, d, e, f]");
    folder(&[
        ("old/churn.yaml", CHURN),
        (
            "new/churn.yaml",
            &CHURN.replace("below: 0.82", "below: 0.80").replace("cooldown: 24h", "cooldown: 12h"),
        ),
        ("old/fleet.yaml", FLEET),
        ("new/fleet.yaml", &fleet.replace("demand-es]", "demand-pt]")),
        ("old/tenants.yaml", &one),
        ("new/tenants.yaml", &one.replace("cooldown: 3d", "cooldown: 2d")),
        ("old/orders.yaml", MINIMAL),
        ("new/orders.yaml", &format!("# Once a week.\n{MINIMAL}")),
        ("old/broken.yaml", "model: mended\ntrigers: {}\n"),
        ("new/broken.yaml", &MINIMAL.replace("late-orders", "mended")),
        ("old/gone.yaml", &MINIMAL.replace("late-orders", "gone")),
        ("old/here.yaml", &MINIMAL.replace("late-orders", "moves")),
        ("new/there.yaml", &MINIMAL.replace("late-orders", "moves").replace("ml.m5.large", "ml.m5.xlarge")),
        ("old/same.yaml", &MINIMAL.replace("late-orders", "same")),
        ("new/same.yaml", &MINIMAL.replace("late-orders", "same")),
    ])
}

#[test]
fn diff_tells_models_and_documents() {
    let here = states();
    insta::assert_snapshot!(page(here.path(), &["diff", "new", "--against", "old"]));
}

#[test]
fn diff_tells_programs_the_same() {
    let here = states();
    let told = json(here.path(), &["diff", "new", "--against", "old", "--json"]);
    assert_eq!(told["same"], false);
    let standings: Vec<(&str, &str)> = told["documents"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["name"].as_str().unwrap(), it["standing"].as_str().unwrap()))
        .collect();
    assert_eq!(
        standings,
        [
            ("broken", "unreadable"),
            ("churn", "changed"),
            ("fleet", "changed"),
            ("gone", "gone"),
            ("here", "gone"),
            ("orders", "layout"),
            ("same", "same"),
            ("tenants", "changed"),
            ("there", "new")
        ]
    );
    let churn =
        told["models"].as_array().unwrap().iter().find(|it| it["models"] == json!(["churn"])).unwrap();
    assert_eq!(
        churn["changes"][0],
        json!({ "field": ["triggers", "accuracy", "below"], "from": 0.82, "to": 0.8,
            "text": "trigger accuracy: below 0.82 -> 0.8" })
    );
}

#[test]
fn diff_answers_with_its_exit_code() {
    let here = states();
    let diff = |new: &str, old: &str| says(here.path(), &["diff", new, "--against", old]);
    assert_eq!(diff("new", "new"), (0, "the same: 7 documents, 15 models\n".to_owned()));
    // A single file is compared with the file of its name, or with the one that is named.
    assert_eq!(diff("new/churn.yaml", "old").0, 1);
    assert_eq!(diff("new/same.yaml", "old"), (0, "the same: 1 document, 1 model\n".to_owned()));
    assert_eq!(diff("new/same.yaml", "old/same.yaml").0, 0);
    let (code, told) = diff("new/there.yaml", "old/here.yaml");
    assert_eq!(code, 1);
    assert!(
        told.starts_with("moves: training.ResourceConfig.InstanceType ml.m5.large -> ml.m5.xlarge\n"),
        "{told}"
    );
    // What cannot be told is no difference.
    for (new, old, says) in [
        ("old/broken.yaml", "new", "did you mean `triggers`?"),
        ("nowhere.yaml", "new", "could not read nowhere.yaml"),
        ("new", "nowhere.yaml", "could not read nowhere.yaml"),
        ("-", "new", "standard input has no name"),
    ] {
        let (code, told) = diff(new, old);
        assert_eq!(code, 2, "{told}");
        assert!(told.contains(says), "{told}");
    }
}

/// The examples against themselves, written by another program.
#[test]
fn a_reformatted_folder_is_the_same() {
    let texts = [("churn", CHURN), ("fleet", FLEET), ("minimal", MINIMAL)];
    let rewritten = |text: &str| {
        let options = serde_saphyr::options! { strict_booleans: true };
        let value: Value = serde_saphyr::from_str_with_options(text, options).unwrap();
        serde_json::to_string_pretty(&value).unwrap()
    };
    let here = tempfile::tempdir().unwrap();
    for (name, text) in texts {
        for (side, text) in [("old", text.to_owned()), ("new", rewritten(text))] {
            fs::create_dir_all(here.path().join(side)).unwrap();
            fs::write(here.path().join(side).join(format!("{name}.yaml")), text).unwrap();
        }
    }
    let (code, told) = says(here.path(), &["diff", "new", "--against", "old"]);
    assert_eq!(code, 0, "{told}");
    assert!(told.ends_with("the same: 3 documents, 6 models\n"), "{told}");
    assert_eq!(told.matches("nothing changes").count(), 3, "{told}");
}

#[test]
fn a_path_is_one_of_parameters() {
    let here = folder(&[("churn.yaml", CHURN)]);
    for path in ["rekindle", "/", "/aws/policies", "/ssm-policies", "/a//b", "/a b", "/a/.."] {
        let (code, told) = says(here.path(), &["lint", "--path", path, "churn.yaml"]);
        assert_eq!(code, 2, "{path}: {told}");
        assert!(told.contains("write such as /rekindle/policies"), "{path}: {told}");
    }
    assert_eq!(says(here.path(), &["lint", "--path", "/two/policies/", "churn.yaml"]).0, 0);
}

/// Without its cloud the command line says how to have it; with it, what it lacks first.
#[test]
fn what_needs_the_cloud_says_so() {
    let here = folder(&[("p/churn.yaml", CHURN)]);
    let says_first =
        if cfg!(feature = "aws") { "error: no AWS Region is set" } else { "error: this build of rekindle" };
    for arguments in [&["diff", "p"][..], &["push", "p"], &["push", "--dry-run", "p"], &["pull", "--to", "q"]]
    {
        let (code, told) = says(here.path(), arguments);
        assert_eq!(code, 2, "{arguments:?}: {told}");
        assert!(told.starts_with(says_first), "{arguments:?}: {told}");
    }
    assert!(!here.path().join("q").exists());
    // What is wrong with a document is said all the same.
    fs::write(here.path().join("p/churn.yaml"), "model: churn\n").unwrap();
    let (code, told) = says(here.path(), &["push", "p"]);
    assert_eq!(code, 1);
    assert!(told.ends_with("1 problem\nnothing was pushed\n"), "{told}");
    let (code, told) = says(here.path(), &["push", "--json", "p"]);
    let told: Value = serde_json::from_str(told.trim_start_matches("nothing was pushed\n")).unwrap();
    assert_eq!((code, &told["problems"][0]["message"]), (1, &json!("the field `triggers` is missing")));
}
