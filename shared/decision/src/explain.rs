//! The sentences people read.

mod blocker;
mod finding;

use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::{self, Write};

use jiff::Timestamp;

use crate::duration::Duration;
use crate::finding::Finding;
use crate::ruling::{Blocker, Decision, Node, Reason, Ruling};
use crate::truth::Truth;

/// An instant to the minute, in UTC, as people write it.
#[derive(Debug, Clone, Copy)]
pub struct Minute(pub Timestamp);

impl fmt::Display for Minute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.strftime("%Y-%m-%d %H:%M UTC"))
    }
}

impl Ruling {
    /// One sentence: what was decided, why, and when the answer can change.
    #[must_use]
    pub fn sentence(&self) -> String {
        match &self.decision {
            Decision::Start { because } => {
                alloc::format!("Start generation {}: {}.", self.generation, join(because))
            }
            Decision::Hold { because, waiting_on } => {
                let mut text = alloc::format!("Held: {}", join(waiting_on));
                // While something cannot be told, nobody knows whether it would otherwise start.
                let blind = waiting_on.iter().any(|blocker| matches!(blocker, Blocker::Blind { .. }));
                let so = if blind { "speaking for a start:" } else { "would otherwise start because" };
                if !because.is_empty() {
                    let _ = write!(text, "; {so} {}", join(because));
                }
                match self.look_again_at {
                    Some(at) => {
                        let _ = write!(text, ". Looking again after {}.", Minute(at));
                    }
                    None => text.push_str(". Looking again at every sweep."),
                }
                text
            }
            Decision::Rest => {
                let gone: Vec<String> =
                    self.withdrawn.iter().filter_map(|name| self.tree.found_for(name)).collect();
                if !gone.is_empty() {
                    return alloc::format!("Rest: no longer wanted: {}.", gone.join("; "));
                }
                if let Some(told) = self.tree.worth_telling() {
                    return alloc::format!("Rest: {told}.");
                }
                // Whoever sees an alarm and no training must not read that nothing asked.
                let asking = self.tree.triggers(Truth::Fired);
                let asking: Vec<String> = asking.iter().filter_map(|node| node.told()).collect();
                if asking.is_empty() {
                    return "Rest: nothing asked for a training job.".to_string();
                }
                alloc::format!("Rest: not enough for a training job: only {}.", asking.join("; "))
            }
        }
    }

    /// The evaluation tree, one part per line, indented.
    #[must_use]
    pub fn tree_text(&self) -> String {
        let mut text = String::new();
        self.tree.render(0, &mut text);
        text
    }
}

impl Node {
    /// On a rest, what a reader of the record will ask about: a claim that did not hold, a tick that was dropped, what is
    /// true still and was answered, what only has to settle. Of several the first in this order.
    fn worth_telling(&self) -> Option<String> {
        let leaves = self.leaves();
        let soonest =
            leaves.iter().filter_map(|leaf| Some((leaf.worth()?, leaf))).min_by_key(|(worth, _)| *worth);
        soonest.and_then(|(_, leaf)| leaf.told())
    }

    fn leaves(&self) -> Vec<&Self> {
        if self.finding.is_some() {
            return alloc::vec![self];
        }
        self.parts.iter().flat_map(Self::leaves).collect()
    }

    /// How soon this is told on a rest; `None` for what goes without saying.
    fn worth(&self) -> Option<usize> {
        [
            matches!(self.finding, Some(Finding::NotInAlarm { claimed: Some(_), .. })),
            matches!(self.finding, Some(Finding::TickAnswered { told: true, .. })),
            matches!(self.finding, Some(Finding::TickMissed { .. })),
            self.answered.is_some(),
            matches!(self.finding, Some(Finding::AlarmSettling { .. } | Finding::Settling { .. })),
        ]
        .into_iter()
        .position(|is| is)
    }

    /// A trigger's name and all there is to say about it.
    fn told(&self) -> Option<String> {
        let mut text = alloc::format!("{}: {}", self.label, self.finding.as_ref()?);
        if let Some(seen) = self.remembered {
            let _ = write!(text, " (last seen fired {})", Minute(seen));
        }
        match self.answered {
            Some(at) if self.cancelled => {
                let _ = write!(text, " (cancelled {})", Minute(at));
            }
            Some(at) => {
                let _ = write!(text, " (answered by the start of {})", Minute(at));
            }
            None => {}
        }
        Some(text)
    }

    /// What was found for one trigger, wherever it stands: one that counts by memory is no longer wanted either.
    fn found_for(&self, trigger: &str) -> Option<String> {
        let own = self.finding.as_ref().filter(|_| self.label == trigger);
        own.map(|finding| alloc::format!("{trigger}: {finding}"))
            .or_else(|| self.parts.iter().find_map(|part| part.found_for(trigger)))
    }

    fn render(&self, depth: usize, text: &mut String) {
        for _ in 0..depth {
            text.push_str("  ");
        }
        let truth = match self.truth {
            Truth::Fired => "fired",
            Truth::Quiet => "quiet",
            Truth::Unknown => "unknown",
        };
        let _ = writeln!(text, "{truth:<8}{}", self.told().unwrap_or_else(|| self.label.clone()));
        for part in &self.parts {
            part.render(depth.saturating_add(1), text);
        }
    }
}

fn join<T: fmt::Display>(parts: &[T]) -> String {
    let parts: Vec<String> = parts.iter().map(ToString::to_string).collect();
    parts.join("; ")
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Trigger { trigger, finding, remembered: None } => write!(f, "{trigger}: {finding}"),
            Self::Trigger { trigger, remembered: Some(seen), .. } => {
                write!(f, "{trigger}: fired until {}", Minute(*seen))
            }
            Self::Asked(request) => {
                write!(f, "{} asked", request.by.as_deref().unwrap_or("someone"))?;
                if request.force {
                    f.write_str(" with force")?;
                }
                match &request.reason {
                    Some(reason) => write!(f, ": {reason}"),
                    None => Ok(()),
                }
            }
        }
    }
}

/// So many of a thing, in words.
fn count(number: impl Into<u64>, word: &str) -> String {
    let number = number.into();
    let plural = if number == 1 { "" } else { "s" };
    alloc::format!("{number} {word}{plural}")
}

/// A measured number for a reader: four significant digits, no more than there are.
fn figure(number: f64) -> String {
    let size = libm::fabs(number);
    if !number.is_finite() || size == 0.0 {
        return alloc::format!("{number}");
    }
    if size < 0.000_1 {
        // As nought it would say something else.
        return alloc::format!("{number:.2e}");
    }
    let digits = match size {
        size if size >= 1_000.0 => 0,
        size if size >= 100.0 => 1,
        size if size >= 10.0 => 2,
        size if size >= 1.0 => 3,
        size if size >= 0.01 => 4,
        _ => 6,
    };
    let text = alloc::format!("{number:.digits$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// A number as somebody wrote it, or as it was computed from what somebody wrote: six significant digits at most, whole
/// numbers whole. 0.8 and three per cent of it is 0.824 to a reader, and not 0.8240000000000001.
fn rounded(number: f64) -> String {
    let text = alloc::format!("{number}");
    let digits = text.trim_start_matches(['-', '0', '.']).chars().filter(char::is_ascii_digit).count();
    if digits <= 6 || !text.contains('.') {
        return text;
    }
    let scientific = alloc::format!("{number:.5e}");
    let exponent = scientific.rsplit_once('e').and_then(|(_, exponent)| exponent.parse::<i32>().ok());
    let Some(exponent) = exponent.filter(|exponent| *exponent >= -6) else { return scientific };
    let digits = usize::try_from(5_i32.saturating_sub(exponent)).unwrap_or(0);
    let text = alloc::format!("{number:.digits$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// How long ago, for a reader.
#[must_use]
pub fn ago(then: Timestamp, now: Timestamp) -> String {
    alloc::format!("{} ago", Duration::between(then, now))
}
