//! `rekindle demo --fleet`: a month of two hundred models, and the review of it.

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context;
use rekindle_decision::duration::Duration;
use rekindle_replay::month::Month;
use serde_json::Value;

/// As the template has it.
const SWEEP_EVERY: Duration = Duration::from_seconds(900);

/// Prints the review; days that have passed are counted on standard error, for whoever waits there. What the functions
/// log goes to a file, if one is named.
pub(crate) fn fleet(seed: u64, json: bool, log: Option<&Path>) -> anyhow::Result<ExitCode> {
    let log = log.map(Log::to).transpose()?.map(|log| Arc::new(Mutex::new(log)));
    let written = log.clone();
    let (mut stderr, mut day) = (std::io::stderr(), 0_u32);
    let watched = stderr.is_terminal();
    let day_over = |_| {
        day = day.saturating_add(1);
        if watched {
            // Whoever cannot be told of progress misses nothing else.
            let _ = write!(stderr, "\rday {day} of 30");
        }
    };
    let review = Month { seed, sweep_every: SWEEP_EVERY }.live(day_over, move |line| {
        if let Some(log) = &written {
            log.lock().unwrap_or_else(PoisonError::into_inner).line(line);
        }
    });
    if watched {
        let _ = write!(stderr, "\r            \r");
    }
    let review =
        review.map_err(|problems| anyhow::anyhow!("the fleet's own policies do not parse: {problems:?}"))?;
    if let Some(log) = log {
        log.lock().unwrap_or_else(PoisonError::into_inner).close()?;
    }
    let text = if json { serde_json::to_string_pretty(&review)? } else { review.to_string() };
    crate::say(text.trim_end())?;
    Ok(if review.broken.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The log of a month, as CloudWatch would keep it: a line of JSON for each line that a function writes.
struct Log {
    file: BufWriter<File>,
    path: PathBuf,
    /// The first line that could not be written: after it there is none.
    trouble: Option<io::Error>,
}

impl Log {
    fn to(path: &Path) -> anyhow::Result<Self> {
        let file = File::create(path).with_context(|| format!("could not write {}", path.display()))?;
        Ok(Self { file: BufWriter::new(file), path: path.to_owned(), trouble: None })
    }

    fn line(&mut self, line: &Value) {
        if self.trouble.is_none() {
            let written = serde_json::to_writer(&mut self.file, line).map_err(io::Error::from);
            self.trouble = written.and_then(|()| self.file.write_all(b"\n")).err();
        }
    }

    fn close(&mut self) -> anyhow::Result<()> {
        let written = self.trouble.take().map_or_else(|| self.file.flush(), Err);
        written.with_context(|| format!("could not write {}", self.path.display()))
    }
}
