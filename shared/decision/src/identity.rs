//! Identity is derived, never invented: whoever computes it anywhere gets the same.

use alloc::format;
use alloc::string::String;
use core::fmt::Write;

use sha2::{Digest, Sha256};

use crate::ENGINE_REVISION;
use crate::policy::Policy;
use crate::ruling::Reason;
use crate::state::State;

/// Longest slug in a job name, in characters. With the prefix, the hash and the generation it makes 50 of the 63 that
/// SageMaker allows.
const SLUG: usize = 30;

/// The name of the training job of one generation of one model: `rk-<slug>-<hash8>-g<6 digits>`.
///
/// A pure function of both. SageMaker accepts a name once per account and Region: that is the second fence. The hash is
/// of the full model name, since `a_b`, `a.b` and `a-b` share a slug.
///
/// ```
/// use rekindle_decision::identity::job_name;
///
/// assert_eq!(job_name("churn-weekly", 42), "rk-churn-weekly-2f6642c4-g000042");
/// assert_ne!(job_name("a_b", 1), job_name("a.b", 1));
/// ```
#[must_use]
pub fn job_name(model: &str, generation: u32) -> String {
    let mut slug = String::new();
    for letter in model.chars() {
        match letter {
            'a'..='z' | '0'..='9' => slug.push(letter),
            'A'..='Z' => slug.push(letter.to_ascii_lowercase()),
            _ if slug.is_empty() || slug.ends_with('-') => {}
            _ => slug.push('-'),
        }
        if slug.len() >= SLUG {
            break;
        }
    }
    let slug = match slug.trim_end_matches('-') {
        "" => "model",
        slug => slug,
    };
    format!("rk-{slug}-{}-g{generation:06}", hex(&[model], 4))
}

/// The generation in a job's name; `None` if it is not a name of ours. The model is not in it: only its slug and hash are.
#[must_use]
pub fn generation_of(job: &str) -> Option<u32> {
    let (rest, digits) = job.rsplit_once("-g")?;
    let generation: u32 = digits.parse().ok()?;
    (rest.starts_with("rk-") && format!("{generation:06}") == digits).then_some(generation)
}

/// Digest of what is wanted and why: model, policy revision, engine revision, and every reason with its occurrence.
///
/// A metric has no occurrence: while it stays beyond its limit, it is one cause. A trigger that counts by memory stands
/// for the occurrence it was seen with, whatever its level has done since.
#[must_use]
pub fn cause(policy: &Policy, state: &State, because: &[Reason]) -> String {
    let mut reasons: alloc::vec::Vec<String> = because
        .iter()
        .map(|reason| match reason {
            Reason::Trigger { trigger, finding, remembered } => {
                let occurrence = match remembered {
                    None => finding.occurrence(),
                    Some(_) => state.sighting(trigger).and_then(|sighting| sighting.occurrence),
                };
                let at = occurrence.map_or(0, jiff::Timestamp::as_millisecond);
                format!("trigger {trigger} {at}")
            }
            Reason::Asked(request) => format!("asked {}", request.id),
        })
        .collect();
    reasons.sort();
    let version = format!("{}", policy.revision.version);
    let mut parts = alloc::vec![ENGINE_REVISION, &policy.model, &policy.revision.document, &version];
    parts.extend(reasons.iter().map(String::as_str));
    hex(&parts, 16)
}

/// The identity of a decision: its cause and the generation it would start.
#[must_use]
pub fn decision_id(cause: &str, generation: u32) -> String {
    hex(&[cause, &format!("{generation}")], 16)
}

/// A short digest of a foreign identity, where only sameness matters.
#[must_use]
pub fn digest(identity: &str) -> String {
    hex(&[identity], 8)
}

/// The first bytes of a hash over parts, in hexadecimal. Lengths keep `ab|c` and `a|bc` apart.
fn hex(parts: &[&str], bytes: usize) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        if parts.len() > 1 {
            // Eight bytes on every machine: `usize` is shorter on some.
            hasher.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        }
        hasher.update(part.as_bytes());
    }
    hasher.finalize().iter().take(bytes).fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
