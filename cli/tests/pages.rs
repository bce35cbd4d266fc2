//! The pages for whoever is called, operates, secures or migrates: every alarm has a page of one shape, every request that
//! is shown is one that we read, and every field that a query names is one that we write.
#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use rekindle_events::{Reading, read};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn text(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The pages in a folder of the infrastructure, by name.
fn pages() -> BTreeMap<String, String> {
    let runbooks = fs::read_dir(root().join("infra/runbooks")).unwrap();
    let runbooks = runbooks.map(|entry| format!("infra/runbooks/{}", entry.unwrap().file_name().display()));
    let others = ["OPERATIONS.md", "SECURITY.md", "MIGRATION.md", "test-events/README.md"];
    let others = others.map(|name| format!("infra/{name}"));
    runbooks.chain(others).map(|path| (path.clone(), text(&path))).collect()
}

/// The runbooks alone, by the name of the alarm, without the index.
fn runbooks() -> BTreeMap<String, String> {
    let named = pages().into_iter().filter_map(|(path, page)| {
        let name = path.strip_prefix("infra/runbooks/")?.strip_suffix(".md")?.to_owned();
        (name != "README").then_some((name, page))
    });
    named.collect()
}

/// What follows `${Prefix}-self-` in the template, for each alarm; those of one kind for each function share a page.
fn alarms() -> BTreeSet<String> {
    let template = text("infra/sam/template.yaml");
    let names = template.lines().filter_map(|line| {
        let name = line.trim().strip_prefix("AlarmName: !Sub ${Prefix}-self-")?;
        Some(name.split_once("-on-").map_or(name, |(kind, _)| kind).to_owned())
    });
    names.collect()
}

#[test]
fn every_alarm_has_a_page_and_every_page_an_alarm() {
    let mut pages: BTreeSet<String> = runbooks().into_keys().collect();
    // An announcement, which the same topic takes to the same people.
    assert!(pages.remove("policy-refused"));
    assert!(alarms().len() >= 11);
    assert_eq!(pages, alarms());
}

#[test]
fn every_page_has_the_same_headings() {
    for (name, page) in runbooks() {
        let mut headings: Vec<&str> = page.lines().filter_map(|line| line.strip_prefix("## ")).collect();
        if headings.last() == Some(&"How it is tested") {
            headings.pop();
        }
        assert_eq!(headings, ["Meaning", "Impact", "Diagnosis", "Mitigation"], "{name}");
    }
}

#[test]
fn the_index_tells_of_every_page() {
    let index = text("infra/runbooks/README.md");
    for name in runbooks().keys() {
        assert!(index.contains(&format!("]({name}.md)")), "{name}");
    }
}

/// Every fenced block, with the language it says, without the indentation of its fence.
fn blocks(page: &str) -> Vec<(String, String)> {
    let mut blocks = Vec::new();
    let mut open: Option<(usize, String, String)> = None;
    for line in page.lines() {
        let fence = line.trim_start().strip_prefix("```");
        match (open.take(), fence) {
            (None, Some(language)) => {
                open = Some((line.len() - line.trim_start().len(), language.to_owned(), String::new()));
            }
            (Some((_, language, text)), Some(_)) => blocks.push((language, text)),
            (Some((indent, language, text)), None) => {
                let line = line.get(indent..).unwrap_or_default();
                open = Some((indent, language, format!("{text}{line}\n")));
            }
            (None, None) => {}
        }
    }
    blocks
}

/// Every request of our own on a page: a block of JSON, the payload of a command, or a piece of a sentence.
fn requests(page: &str) -> Vec<&str> {
    let starts = page.match_indices("{\"rekindle\":").map(|(at, _)| at);
    let whole = |at: usize| {
        let rest = page.get(at..)?;
        let mut values = serde_json::Deserializer::from_str(rest).into_iter::<serde_json::Value>();
        values.next()?.ok()?;
        rest.get(..values.byte_offset())
    };
    starts.map(|at| whole(at).unwrap_or_else(|| panic!("no JSON: {}", &page[at..at + 60]))).collect()
}

#[test]
fn every_request_that_is_shown_is_one_that_we_read() {
    let mut shown = 0;
    for (name, page) in pages() {
        for request in requests(&page) {
            let mut entries = read(request.as_bytes());
            match entries.remove(0).reading {
                Ok(Reading::Signal(_)) => shown += 1,
                // The way to see the alarm ring.
                Err(_) if request.contains("modle") && name.ends_with("failed.md") => {}
                other => panic!("{name}: {request}: {other:?}"),
            }
        }
    }
    assert!(shown >= 15, "{shown}");
}

/// Words of a query that are not ours: its own, and Lambda's.
const QUERY: [&str; 24] = [
    "filter",
    "parse",
    "stats",
    "display",
    "sort",
    "limit",
    "fields",
    "by",
    "as",
    "desc",
    "asc",
    "and",
    "or",
    "like",
    "count",
    "latest",
    "max",
    "min",
    "sum",
    "level",
    "message",
    "timestamp",
    "log",
    "bin",
];

/// The names a query asks for: without texts, patterns, and what the query itself makes.
fn asked(query: &str) -> BTreeSet<String> {
    let mut made: BTreeSet<&str> = BTreeSet::new();
    let mut plain = String::new();
    for line in query.lines() {
        let pattern = line.find("(?<").and_then(|at| line.get(at + 3..)?.split_once('>'));
        made.extend(pattern.map(|(name, _)| name));
        // A pattern may hold quotes and a quoted text slashes: whichever comes first is cut.
        let mut rest = line;
        while let Some(at) = rest.find(['"', '\'', '/']) {
            let (before, text) = rest.split_at(at);
            plain.push_str(before);
            let mark = &text[..1];
            rest = text[1..].split_once(mark).map_or("", |(_, after)| after);
        }
        plain.push_str(rest);
        plain.push('\n');
    }
    let words: Vec<&str> = plain
        .split(|letter: char| !(letter.is_alphanumeric() || letter == '_' || letter == '@' || letter == '*'))
        .filter(|word| word.starts_with(|letter: char| letter.is_alphabetic()))
        .collect();
    for pair in words.windows(2) {
        if let [before, name] = pair
            && *before == "as"
        {
            made.insert(name);
        }
    }
    words
        .into_iter()
        .filter(|word| !QUERY.contains(word) && !made.contains(word))
        .map(ToOwned::to_owned)
        .collect()
}

/// The fields that a filter of a log group names: `$.kind`, `$.record.status`.
fn filtered(command: &str) -> BTreeSet<String> {
    let paths = command.split("$.").skip(1);
    let words = paths.flat_map(|rest| {
        let path: String = rest
            .chars()
            .take_while(|letter| letter.is_alphanumeric() || *letter == '_' || *letter == '.')
            .collect();
        path.split('.').map(ToOwned::to_owned).collect::<Vec<_>>()
    });
    words.collect()
}

/// Whether our code writes a field of this name into a line: as a key, or as the member of something that is written.
fn is_written(sources: &str, name: &str) -> bool {
    [format!("\"{name}\""), format!("pub {name}:"), format!(" {name} = "), format!(" {name}: ")]
        .iter()
        .any(|form| sources.contains(form))
        || sources.contains(&format!("error!({name}"))
}

fn sources() -> String {
    let mut folders = vec![
        root().join("shared/turn/src"),
        root().join("shared/policy/src"),
        root().join("functions/handler/src"),
        root().join("shared/aws/src"),
    ];
    let mut sources = String::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                sources.push_str(&fs::read_to_string(path).unwrap());
            }
        }
    }
    sources
}

/// Lambda's own lines, and those of `tracing`.
const NOT_OURS: [&str; 4] = ["type", "record", "status", "level"];

#[test]
fn every_field_that_a_query_names_is_one_that_we_write() {
    let sources = sources();
    let mut seen = BTreeSet::new();
    for (name, page) in pages() {
        for (language, block) in blocks(&page) {
            let fields = match language.as_str() {
                "text" if block.starts_with("filter ") => asked(&block),
                "sh" => filtered(&block),
                _ => continue,
            };
            for field in fields {
                let known = NOT_OURS.contains(&field.as_str()) || is_written(&sources, &field);
                assert!(known, "{name}: nobody writes `{field}`:\n{block}");
                seen.insert(field);
            }
        }
    }
    // A query that is not read proves nothing.
    for word in
        ["BlindTooLong", "DisabledRules", "GivenUpModels", "HeldByBudget", "Model", "SilentSources", "kind"]
    {
        assert!(seen.contains(word), "{word} in {seen:?}");
    }
}

#[test]
fn a_field_that_nobody_writes_is_noticed() {
    let query = "filter BlindTooLang = 1\n| parse @message /\"sentence\":\"(?<told>[^\"]*)\"/\n| stats latest(told) as newest by Model";
    assert_eq!(asked(query), BTreeSet::from(["BlindTooLang".to_owned(), "Model".to_owned()]));
    assert!(!is_written(&sources(), "BlindTooLang"));
    assert!(is_written(&sources(), "BlindTooLong"));
    let command = "--filter-pattern '{ $.kind = \"policy\" && $.refused.hint = \"x\" }'";
    assert_eq!(filtered(command).into_iter().collect::<Vec<_>>(), ["hint", "kind", "refused"]);
}

/// What a page links to beside it: the file is there, and so is the heading.
#[test]
fn every_link_leads_somewhere() {
    for (name, page) in pages() {
        let folder = root().join(&name).parent().unwrap().to_owned();
        for link in page.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() { root().join(&name) } else { folder.join(file) };
            let linked = fs::read_to_string(&target).unwrap_or_else(|_| panic!("{name}: {link}"));
            let heading = |line: &str| {
                let title = line.trim_start_matches('#').trim().to_lowercase();
                title
                    .chars()
                    .filter(|letter| letter.is_alphanumeric() || " -_".contains(*letter))
                    .collect::<String>()
                    .replace(' ', "-")
            };
            let found =
                linked.lines().filter(|line| line.starts_with('#')).any(|line| heading(line) == anchor);
            assert!(anchor.is_empty() || found, "{name}: {link}");
        }
    }
}

/// A story on a page is told as it is written there.
#[test]
fn every_story_that_is_shown_goes_as_told() {
    let mut told = 0;
    for (name, page) in pages() {
        for (_, story) in blocks(&page).into_iter().filter(|(_, block)| block.starts_with("story:")) {
            let folder = tempfile::tempdir().unwrap();
            fs::write(folder.path().join("story.yaml"), &story).unwrap();
            let output =
                Command::new(env!("CARGO_BIN_EXE_rekindle")).arg("test").arg(folder.path()).output().unwrap();
            assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stdout));
            told += 1;
        }
    }
    assert_eq!(told, 1);
}
