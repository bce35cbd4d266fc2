//! Policies in Git: pushed, compared, fetched and pruned with the command line.

use std::fs;
use std::path::Path;

use rekindle_end_to_end::{Problem, deploy, policy, rekindle};
use rekindle_local_cloud::{LocalCloud, Options, Schedules};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A folder with policies, and a cloud to deploy them to.
struct Repository {
    folder: TempDir,
    cloud: LocalCloud,
}

impl Repository {
    fn of(cloud: LocalCloud) -> Result<Self, Problem> {
        Ok(Self { folder: tempfile::tempdir()?, cloud })
    }

    fn new(account: &str) -> Result<Self, Problem> {
        Self::of(LocalCloud::start(Options { account: account.to_owned(), ..Options::default() })?)
    }

    fn write(&self, file: &str, text: &str) -> Result<(), Problem> {
        let file = self.folder.path().join(file);
        fs::create_dir_all(file.parent().unwrap_or(Path::new("")))?;
        Ok(fs::write(file, text)?)
    }

    /// Exit code, and what is said: on standard output, and on standard error.
    fn says(&self, arguments: &[&str]) -> Result<(i32, String, String), Problem> {
        let whole = [&["policy"], arguments].concat();
        let output = rekindle(self.cloud.ministack(), self.cloud.aws(), self.folder.path(), &whole)?;
        let code = output.status.code().ok_or("rekindle was killed")?;
        Ok((code, String::from_utf8(output.stdout)?, String::from_utf8(output.stderr)?))
    }

    /// The text and version that are deployed.
    fn deployed(&self, name: &str) -> Result<Option<(String, u64)>, Problem> {
        Ok(self.cloud.aws().parameter(&format!("/rekindle/policies/{name}"))?)
    }

    fn version(&self, name: &str) -> Result<u64, Problem> {
        Ok(self.deployed(name)?.map_or(0, |(_, version)| version))
    }
}

fn alarmed(model: &str, cooldown: &str) -> String {
    policy(
        model,
        &format!(
            "triggers: {{ drift: {{ alarm: \"{{model}}-drift\" }} }}\nguards: {{ cooldown: {cooldown} }}"
        ),
    )
}

#[test]
fn a_folder_goes_up_and_comes_back() -> Result<(), Problem> {
    let here = Repository::new("100000000141")?;
    here.write("p/churn.yaml", &alarmed("churn", "24h"))?;
    here.write("p/team/fraud.yml", &alarmed("fraud", "24h"))?;
    here.write("p/README.md", "not a policy")?;

    // Nothing is deployed yet.
    let (code, out, err) = here.says(&["diff", "p"])?;
    assert_eq!((code, err.as_str()), (1, ""));
    assert_eq!(
        out,
        "churn: model added (in churn): mode enforce, triggers: drift (alarm)\n\
         fraud: model added (in team/fraud): mode enforce, triggers: drift (alarm)\n\
         2 documents: 2 new\n"
    );
    // A dry run does nothing.
    let (code, out, _) = here.says(&["push", "--dry-run", "p"])?;
    assert_eq!(code, 0);
    assert!(out.ends_with("would put /rekindle/policies/team/fraud: there was none\n"), "{out}");
    assert_eq!(here.deployed("churn")?, None);

    let (code, out, err) = here.says(&["push", "p"])?;
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    assert!(out.ends_with(
        "put /rekindle/policies/churn: version 1, standard\n\
         put /rekindle/policies/team/fraud: version 1, standard\n"
    ));
    assert_eq!(here.deployed("churn")?, Some((alarmed("churn", "24h"), 1)));
    assert_eq!(
        here.says(&["diff", "p"])?,
        (0, "the same: 2 documents, 2 models\n".to_owned(), String::new())
    );

    // One of the two is changed, the other one is only written otherwise.
    here.write("p/churn.yaml", &alarmed("churn", "12h"))?;
    here.write("p/team/fraud.yml", &format!("# Asks when the alarm rings.\n{}", alarmed("fraud", "1d")))?;
    let (code, out, _) = here.says(&["diff", "p"])?;
    assert_eq!(code, 1);
    assert_eq!(
        out,
        "churn: guards.cooldown 1d -> 12h\n\
         p/team/fraud.yml: only comments, layout or order differ from /rekindle/policies/team/fraud (version 1): nothing \
         changes\n\
         2 documents: 1 changed, 1 otherwise written\n"
    );
    let (code, out, _) = here.says(&["push", "p"])?;
    assert_eq!(code, 0);
    assert!(out.ends_with("otherwise written\nput /rekindle/policies/churn: version 2, standard\n"), "{out}");
    assert_eq!((here.version("churn")?, here.version("team/fraud")?), (2, 1));

    // What is fetched into another folder is what is deployed; into this one, nothing is lost.
    let (code, out, err) = here.says(&["pull", "--to", "q"])?;
    assert_eq!((code, err.as_str()), (0, ""));
    assert_eq!(
        out,
        "q/churn.yaml: new, from /rekindle/policies/churn version 2\n\
         q/team/fraud.yaml: new, from /rekindle/policies/team/fraud version 1\n\
         2 documents: 2 written\n"
    );
    assert_eq!(fs::read_to_string(here.folder.path().join("q/churn.yaml"))?, alarmed("churn", "12h"));
    assert_eq!(here.says(&["diff", "q"])?.0, 0);
    here.write("p/churn.yaml", &alarmed("churn", "6h"))?;
    let (code, out, err) = here.says(&["pull", "--to", "p"])?;
    assert_eq!((code, out.as_str()), (1, ""));
    assert!(
        err.starts_with("churn: guards.cooldown 6h -> 12h\nerror: p/churn.yaml says something else"),
        "{err}"
    );
    assert_eq!(here.says(&["pull", "--force", "--to", "p"])?.0, 0);
    assert_eq!(fs::read_to_string(here.folder.path().join("p/churn.yaml"))?, alarmed("churn", "12h"));
    Ok(())
}

#[test]
fn what_has_no_file_is_removed_only_when_asked() -> Result<(), Problem> {
    let here = Repository::new("100000000142")?;
    here.write("p/churn.yaml", &alarmed("churn", "24h"))?;
    here.write("p/fraud.yaml", &alarmed("fraud", "24h"))?;
    assert_eq!(here.says(&["push", "p"])?.0, 0);
    fs::remove_file(here.folder.path().join("p/fraud.yaml"))?;

    let (code, out, err) = here.says(&["push", "p"])?;
    assert_eq!(code, 0);
    assert!(out.contains(
        "fraud: model removed (was in fraud)\n/rekindle/policies/fraud (version 1): there is no file for it\n"
    ));
    assert!(err.contains("--prune removes it"), "{err}");
    assert_eq!(here.version("fraud")?, 1);

    // Single files say nothing of the others.
    let (code, _, err) = here.says(&["push", "--prune", "p/churn.yaml"])?;
    assert_eq!(code, 2);
    assert!(err.contains("--prune needs a folder"), "{err}");
    // And an empty folder does not mean that everything is gone.
    fs::create_dir(here.folder.path().join("empty"))?;
    let (code, _, err) = here.says(&["push", "--prune", "empty"])?;
    assert_eq!(code, 2);
    assert!(err.contains("there is no document in empty"), "{err}");
    assert_eq!((here.version("churn")?, here.version("fraud")?), (1, 1));

    let (code, out, _) = here.says(&["push", "--prune", "--dry-run", "p"])?;
    assert_eq!((code, here.version("fraud")?), (0, 1));
    assert!(out.ends_with("would remove /rekindle/policies/fraud: it was version 1\n"), "{out}");
    let (code, out, _) = here.says(&["push", "--prune", "p"])?;
    assert_eq!(code, 0);
    assert!(out.ends_with("removed /rekindle/policies/fraud: it was version 1\n"), "{out}");
    assert_eq!((here.version("churn")?, here.deployed("fraud")?), (1, None));
    assert_eq!(here.says(&["diff", "p"])?.0, 0);
    Ok(())
}

#[test]
fn nothing_is_pushed_if_one_document_is_wrong() -> Result<(), Problem> {
    let here = Repository::new("100000000143")?;
    here.write("p/a.yaml", &alarmed("a", "24h"))?;
    for (row, wrong, code, says) in [
        (
            "a misspelt field",
            alarmed("b", "24h").replace("alarm:", "alrm:"),
            1,
            "hint: did you mean `alarm`?",
        ),
        ("a model twice", alarmed("a", "24h"), 1, "the model `a` already has its policy in p/a.yaml"),
        ("two braces", format!("# {{{{\n{}", alarmed("b", "24h")), 1, "refuses two opening braces"),
        (
            "another role",
            alarmed("b", "24h").replace("role/training", "role/admin"),
            1,
            "IAM refuses to pass the role",
        ),
    ] {
        here.write("p/b.yaml", &wrong)?;
        let role = "arn:aws:iam::123456789012:role/training";
        let (told, _, err) = here.says(&["push", "--training-role", role, "p"])?;
        assert_eq!(told, code, "{row}: {err}");
        assert!(err.contains(says) && err.ends_with("nothing was pushed\n"), "{row}: {err}");
        assert_eq!(here.deployed("a")?, None, "{row}");
    }
    // What is good by itself must go with what is deployed.
    here.cloud.aws().put_parameter("/rekindle/policies/z", &alarmed("b", "24h"))?;
    here.write("p/b.yaml", &alarmed("b", "24h"))?;
    let (code, _, err) = here.says(&["push", "p"])?;
    assert_eq!(code, 1);
    assert!(err.contains("the model `b` already has its policy in"), "{err}");
    assert_eq!(here.deployed("a")?, None);
    // Pruned, the model moves to its new document.
    let (code, out, err) = here.says(&["push", "--prune", "p"])?;
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("b: moves from z to b\n"), "{out}");
    assert_eq!((here.version("b")?, here.deployed("z")?), (1, None));
    Ok(())
}

#[test]
fn what_cannot_be_read_is_said_and_mended() -> Result<(), Problem> {
    let here = Repository::new("100000000144")?;
    here.cloud.aws().put_parameter("/rekindle/policies/churn", "model: churn\ntrigers: {}\n")?;
    here.cloud.aws().put_secret("/rekindle/policies/secret", &alarmed("secret", "1d"))?;
    let (code, out, err) = here.says(&["pull", "--to", "q"])?;
    assert_eq!(code, 0);
    assert!(err.contains("/rekindle/policies/churn:2:1: trigers: unknown field `trigers`"), "{err}");
    assert!(
        err.contains("/rekindle/policies/secret (version 1) cannot be read: it is a SecureString"),
        "{err}"
    );
    assert!(
        out.contains("q/churn.yaml: new") && out.contains("/rekindle/policies/secret: passed over"),
        "{out}"
    );

    here.write("p/churn.yaml", &alarmed("churn", "1d"))?;
    let (code, out, _) = here.says(&["diff", "--json", "p"])?;
    let told: Value = serde_json::from_str(&out)?;
    assert_eq!((code, &told["same"]), (1, &json!(false)));
    assert_eq!(told["documents"][0]["standing"], "unreadable", "{told:#}");
    let (code, out, _) = here.says(&["push", "--json", "p"])?;
    let told: Value = serde_json::from_str(&out)?;
    assert_eq!(
        (code, &told["steps"]),
        (
            0,
            &json!([{
                "parameter": "/rekindle/policies/churn", "file": "p/churn.yaml", "was": 1, "end": "put", "version": 2, "tier": "standard",
            }])
        ),
        "{told:#}"
    );

    here.write("p/secret.yaml", &alarmed("secret", "1d"))?;
    let (code, _, err) = here.says(&["push", "p/secret.yaml"])?;
    assert_eq!(code, 1);
    assert!(err.contains("what is deployed is a SecureString"), "{err}");
    Ok(())
}

#[test]
fn a_fleet_of_documents_is_read_to_its_last_page() -> Result<(), Problem> {
    let here = Repository::new("100000000145")?;
    for number in 0..23 {
        here.write(&format!("p/m{number:02}.yaml"), &alarmed(&format!("m{number:02}"), "1d"))?;
    }
    assert_eq!(here.says(&["push", "p"])?.0, 0);
    assert_eq!(here.says(&["diff", "p"])?.1, "the same: 23 documents, 23 models\n");
    assert_eq!(
        here.says(&["push", "p"])?.1,
        "the same: 23 documents, 23 models\n",
        "pushed again, nothing is put"
    );
    assert_eq!(here.version("m22")?, 1);
    // Another path is another world.
    let (code, out, _) = here.says(&["diff", "--path", "/other/policies", "p/m00.yaml"])?;
    assert_eq!(code, 1);
    assert!(out.ends_with("1 document: 1 new\n"), "{out}");
    Ok(())
}

#[test]
fn what_is_pushed_is_in_force() -> Result<(), Problem> {
    let stack = deploy("100000000146", Schedules::Off)?;
    let here = Repository::of(stack.cloud().clone())?;
    here.write("p/churn.yaml", &alarmed("churn", "1d"))?;
    let (code, _, err) = here.says(&["push", "--path", stack.policy_path()?, "p"])?;
    assert_eq!(code, 0, "{err}");
    let ask = json!({ "rekindle": "retrain", "model": "churn", "force": true, "by": "test" });
    let answer = stack.aws().invoke(stack.function("on-alarm")?, &ask)?;
    assert_eq!(answer.payload["started"], 1, "{}", answer.payload);
    Ok(())
}
