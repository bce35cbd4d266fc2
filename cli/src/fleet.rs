//! `rekindle demo --fleet`: a month of two hundred models, and the review of it.

use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use rekindle_decision::duration::Duration;
use rekindle_replay::month::Month;

/// As the template has it.
const SWEEP_EVERY: Duration = Duration::from_seconds(900);

/// Prints the review; days that have passed are counted on standard error, for whoever waits there.
pub(crate) fn fleet(seed: u64, json: bool) -> anyhow::Result<ExitCode> {
    let (mut stderr, mut day) = (std::io::stderr(), 0_u32);
    let watched = stderr.is_terminal();
    let review = Month { seed, sweep_every: SWEEP_EVERY }.live(|_| {
        day = day.saturating_add(1);
        if watched {
            // Whoever cannot be told of progress misses nothing else.
            let _ = write!(stderr, "\rday {day} of 30");
        }
    });
    if watched {
        let _ = write!(stderr, "\r            \r");
    }
    let review =
        review.map_err(|problems| anyhow::anyhow!("the fleet's own policies do not parse: {problems:?}"))?;
    let text = if json { serde_json::to_string_pretty(&review)? } else { review.to_string() };
    crate::say(text.trim_end())?;
    Ok(if review.broken.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
