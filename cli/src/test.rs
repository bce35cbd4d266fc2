//! `rekindle test`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use serde_json::json;

use crate::story::{Story, Told, tell};

/// Tells every story in a folder, or one, and says which went otherwise.
pub(crate) fn test(path: &Path, json: bool) -> anyhow::Result<ExitCode> {
    let files = files(path)?;
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let (mut results, mut wrong, mut turns) = (Vec::new(), 0_usize, 0_usize);
    for file in &files {
        let told = match read(file).and_then(|story| {
            let folder = file.parent().unwrap_or(Path::new("."));
            let told = runtime.block_on(tell(&story, folder))?;
            Ok((story, told))
        }) {
            Ok((story, told)) => (story.about, told),
            Err(error) => {
                let wrong = vec![format!("  {error:#}")];
                ("the story cannot be told".to_owned(), Told { turns: 0, wrong })
            }
        };
        let (sentence, told) = told;
        let name = file.display().to_string();
        turns += told.turns;
        wrong += usize::from(!told.wrong.is_empty());
        if !json {
            let mark = if told.wrong.is_empty() { "ok   " } else { "WRONG" };
            crate::say(&format!("{mark} {name}: {sentence}"))?;
            for difference in &told.wrong {
                crate::say(difference)?;
            }
        }
        results.push(json!({ "file": name, "story": sentence, "turns": told.turns, "wrong": told.wrong }));
    }
    if json {
        crate::say(&serde_json::to_string_pretty(&results)?)?;
    } else {
        let count = files.len();
        crate::say(&format!("{} of {count} stories went as told, {turns} turns", count - wrong))?;
    }
    Ok(if wrong == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn read(file: &Path) -> anyhow::Result<Story> {
    let text = std::fs::read_to_string(file).context("could not be read")?;
    let options = serde_saphyr::options! { strict_booleans: true };
    serde_saphyr::from_str_with_options(&text, options)
        .map_err(|error| anyhow::anyhow!("{}", error.without_snippet()))
}

/// The stories, in the order of their names.
fn files(path: &Path) -> anyhow::Result<Vec<PathBuf>> {
    if path.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    let is_story =
        |file: &PathBuf| file.extension().is_some_and(|ending| ending == "yaml" || ending == "yml");
    let mut files = std::fs::read_dir(path)
        .with_context(|| format!("could not read {}", path.display()))?
        .map(|entry| entry.map(|entry| entry.path()))
        .filter(|entry| entry.as_ref().map_or(true, is_story))
        .collect::<Result<Vec<_>, _>>()?;
    files.sort();
    if files.is_empty() {
        bail!("{} holds no story: a story is a YAML file", path.display());
    }
    Ok(files)
}
