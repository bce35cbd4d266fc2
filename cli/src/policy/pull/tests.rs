//! Pulling into folders that hold something already.

use super::super::store::memory::Memory;
use super::*;

const DEPLOYED: &str = include_str!("../../../demo/churn.yaml");

#[test]
fn a_file_is_overwritten_only_when_asked() {
    let other = DEPLOYED.replace("cooldown: 24h", "cooldown: 12h");
    let commented = format!("# so it is\n{DEPLOYED}");
    for (row, here, force, end, left) in [
        ("no file", None, false, End::New, DEPLOYED),
        ("the same", Some(DEPLOYED), false, End::Same, DEPLOYED),
        ("the same, in other words", Some(commented.as_str()), false, End::Kept, &commented),
        ("the same, in other words, forced", Some(&commented), true, End::Replaced, DEPLOYED),
        ("something else", Some(&other), false, End::Refused, &other),
        ("something else, forced", Some(&other), true, End::Replaced, DEPLOYED),
        ("nothing that can be read", Some("model: churn\n"), false, End::Refused, "model: churn\n"),
        ("an empty file", Some(""), false, End::Refused, ""),
    ] {
        // Also where the file is called otherwise.
        for name in ["churn.yaml", "churn.yml"] {
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join(name);
            if let Some(here) = here {
                fs::write(&file, here).unwrap();
            }
            let all = Memory::of(&[("/p/churn", DEPLOYED)]).all("/p").unwrap();
            let pulled = Pulled::of(folder.path(), "/p", force, &all).unwrap();
            pulled.write().unwrap();
            assert_eq!(pulled.fetched[0].0.end, end, "{row}");
            let file = if here.is_none() { folder.path().join("churn.yaml") } else { file };
            assert_eq!(fs::read_to_string(file).unwrap(), left, "{row}");
            assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "{row}");
            assert_eq!(pulled.otherwise.is_empty(), end != End::Refused, "{row}");
        }
    }
}

#[test]
fn of_several_none_is_written_if_one_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("churn.yaml"), DEPLOYED.replace("cooldown: 24h", "cooldown: 12h")).unwrap();
    let fraud = DEPLOYED.replace("model: churn", "model: fraud");
    let all = Memory::of(&[("/p/churn", DEPLOYED), ("/p/team/fraud", &fraud)]).all("/p").unwrap();
    let pulled = Pulled::of(folder.path(), "/p", false, &all).unwrap();
    pulled.write().unwrap();
    assert!(pulled.refused() && !folder.path().join("team").exists());
    assert_eq!(pulled.otherwise, ["churn: guards.cooldown 12h -> 1d"]);
    // Where nothing is in the way, a folder in the name is a folder.
    let folder = tempfile::tempdir().unwrap();
    let pulled = Pulled::of(&folder.path().join("new"), "/p", false, &all).unwrap();
    pulled.write().unwrap();
    assert_eq!(fs::read_to_string(folder.path().join("new/team/fraud.yaml")).unwrap(), fraud);
}

#[test]
fn what_cannot_be_read_is_said_and_fetched_to_be_mended() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("new.yaml"), DEPLOYED).unwrap();
    let mut store =
        Memory::of(&[("/p/bad", "model: churn\ntrigers: {}\n"), ("/p/secret", "AQICAHh"), ("/p/..", "x")]);
    store.parameters.get_mut("/p/secret").unwrap().otherwise = Some("SecureString".to_owned());
    let pulled = Pulled::of(folder.path(), "/p", false, &store.all("/p").unwrap()).unwrap();
    pulled.write().unwrap();
    let told: Vec<(&str, End, &str)> = pulled
        .fetched
        .iter()
        .map(|(it, _)| (it.parameter.as_str(), it.end, it.problem.as_deref().unwrap_or_default()))
        .collect();
    assert_eq!(
        told,
        [
            ("/p/..", End::Passed, "\"..\" cannot be the name of a parameter"),
            (
                "/p/bad",
                End::New,
                "/p/bad:2:1: trigers: unknown field `trigers`\n  hint: did you mean `triggers`?"
            ),
            ("/p/secret", End::Passed, "it is a SecureString, and the functions read plain texts only"),
        ]
    );
    assert!(folder.path().join("bad.yaml").exists() && !folder.path().join("secret.yaml").exists());
    assert_eq!(pulled.only_here, [folder.path().join("new.yaml").display().to_string()]);
}
