//! The sentences people read.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::{self, Write};

use jiff::Timestamp;

use crate::duration::Duration;
use crate::facts::Gap;
use crate::finding::{Finding, Measure};
use crate::policy::{Limit, MOutOfN};
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
                match self.tree.finding_worth_telling() {
                    Some((label, finding)) => alloc::format!("Rest: {label}: {finding}."),
                    None => "Rest: nothing asked for a training job.".to_string(),
                }
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
    /// On a rest, what a reader of the record will ask about: a claim that did not hold, a tick that was dropped.
    fn finding_worth_telling(&self) -> Option<(&str, &Finding)> {
        let own = self.finding.as_ref().filter(|finding| match finding {
            Finding::TickAnswered { .. }
            | Finding::TickMissed { .. }
            | Finding::NotInAlarm { claimed: Some(_), .. } => true,
            Finding::TickDue { .. }
            | Finding::NoTick
            | Finding::InAlarm { .. }
            | Finding::NotInAlarm { claimed: None, .. }
            | Finding::AlarmUnclear { .. }
            | Finding::NoSuchAlarm { .. }
            | Finding::Breached(_)
            | Finding::Within(_)
            | Finding::TooFewValues(_)
            | Finding::Stale { .. }
            | Finding::NoLimit
            | Finding::Unread { .. } => false,
        });
        own.map(|finding| (self.label.as_str(), finding))
            .or_else(|| self.parts.iter().find_map(Self::finding_worth_telling))
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
        let _ = write!(text, "{truth:<8}{}", self.label);
        if let Some(finding) = &self.finding {
            let _ = write!(text, ": {finding}");
        }
        if let Some(seen) = self.remembered {
            let _ = write!(text, " (last seen fired {})", Minute(seen));
        }
        text.push('\n');
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

impl fmt::Display for Blocker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Suspended => f.write_str("the policy is suspended"),
            Self::InFlight { generation, since, waiting: None, .. } => {
                write!(f, "generation {generation} has been in flight since {}", Minute(*since))
            }
            Self::InFlight { generation, since, waiting: Some(waiting), .. } => {
                write!(
                    f,
                    "generation {generation} has been waiting to start since {} ({waiting})",
                    Minute(*since)
                )
            }
            Self::Cooldown { until, started, cooldown } => {
                write!(f, "cooldown of {cooldown} until {} (started {})", Minute(*until), Minute(*started))
            }
            Self::Blind { trigger, finding } => write!(f, "{trigger} cannot be told: {finding}"),
            Self::Ledger { error } => write!(f, "the ledger cannot be read: {error}"),
            Self::Refused { at, code, message } => write!(
                f,
                "SageMaker refused this start at {} ({code}: {message}); mend it and change \
                 the policy, or ask for a training by hand",
                Minute(*at)
            ),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TickDue { at } => write!(f, "scheduled for {}", Minute(*at)),
            Self::TickAnswered { at } => {
                write!(f, "the tick of {} was answered by a later start", Minute(*at))
            }
            Self::TickMissed { at, deadline } => {
                write!(f, "the tick of {} was wanted until {} and is dropped", Minute(*at), Minute(*deadline))
            }
            Self::NoTick => f.write_str("no tick since the last start"),
            Self::InAlarm { alarm, since } => write!(f, "alarm {alarm} in ALARM since {}", Minute(*since)),
            Self::NotInAlarm { alarm, since, claimed: None } => {
                write!(f, "alarm {alarm} OK since {}", Minute(*since))
            }
            Self::NotInAlarm { alarm, since, claimed: Some(claimed) } => write!(
                f,
                "an event said that alarm {alarm} went to ALARM at {}, but CloudWatch says OK since {}",
                Minute(*claimed),
                Minute(*since)
            ),
            Self::AlarmUnclear { alarm, state, suppressed_by: None } => {
                write!(f, "alarm {alarm} is {}", state.word())
            }
            Self::AlarmUnclear { alarm, state, suppressed_by: Some(by) } => {
                write!(f, "alarm {alarm} is {} with its actions suppressed ({by})", state.word())
            }
            Self::NoSuchAlarm { alarm } => write!(f, "there is no alarm named {alarm}"),
            Self::Breached(measure) | Self::Within(measure) => write!(f, "{measure}"),
            Self::TooFewValues(measure) => {
                write!(f, "{} in {}", count(measure.values, "value"), count(measure.periods.n, "period"))
            }
            Self::Stale { newest, age, freshness } => {
                write!(f, "newest value is of {}, {age} old, and {freshness} is allowed", Minute(*newest))
            }
            Self::NoLimit => f.write_str("the policy's limit is not a number"),
            Self::Unread { gap } => write!(f, "{gap}"),
        }
    }
}

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (word, limit) = match self.limit {
            Limit::Below(limit) => ("below", limit),
            Limit::Above(limit) => ("above", limit),
        };
        let MOutOfN { m, n } = self.periods;
        write!(f, "{} of {} {word} {limit}, {m} needed", self.breaching, count(n, "period"))?;
        // Fewer values than periods: the reader must know that the verdict stands on fewer than it seems.
        let few = self.values < n;
        match self.newest {
            Some(newest) if few => write!(f, " (newest {newest}, {})", count(self.values, "value")),
            Some(newest) => write!(f, " (newest {newest})"),
            None => f.write_str(" (no values)"),
        }
    }
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PartialData => f.write_str("CloudWatch gave only a part of the data"),
            Self::InternalError => f.write_str("CloudWatch could not answer"),
            Self::Forbidden => f.write_str("reading it is forbidden; check the function's role"),
            Self::Failed { error } => write!(f, "reading it failed: {error}"),
            Self::NotAsked => f.write_str("it was not read"),
        }
    }
}

fn count(number: u32, word: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    alloc::format!("{number} {word}{plural}")
}

/// How long ago, for a reader.
#[must_use]
pub fn ago(then: Timestamp, now: Timestamp) -> String {
    alloc::format!("{} ago", Duration::between(then, now))
}
