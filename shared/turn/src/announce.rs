//! What we say aloud: one event for every start, changed hold, and trouble.

use jiff::Timestamp;
use rekindle_decision::identity::job_name;
use rekindle_decision::ruling::{Blocker, Decision, Reason, Ruling};
use serde::Serialize;
use serde_json::{Value, json};

use crate::record::{Outcome, Record};
use crate::repair::Repair;
use crate::world::World;

/// One event for the bus. Its source is always `rekindle`: no rule that leads to a start may match it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Announcement {
    /// The event's `detail-type`.
    pub detail_type: String,
    /// When.
    pub at: Timestamp,
    /// ARNs that the event is about.
    pub resources: Vec<String>,
    /// The event's `detail`; `decision` in it lets a consumer tell a repetition.
    pub detail: Value,
}

/// What a hold or a start was announced as: a hold is news again when its blockers or its reasons change, not when the
/// clock moves.
pub(crate) fn digest(ruling: &Ruling) -> String {
    let words: Vec<&str> = ruling.decision.waiting_on().iter().map(Blocker::word).collect();
    let reasons: Vec<&str> = ruling
        .decision
        .because()
        .iter()
        .map(|reason| match reason {
            Reason::Trigger { trigger, .. } => trigger.as_str(),
            Reason::Asked(request) => request.id.as_str(),
        })
        .collect();
    let generation = ruling.generation;
    let replacing = ruling.stop.map(|stop| format!(" replacing g{stop}")).unwrap_or_default();
    format!(
        "{} g{generation} because {} waiting on {}{replacing}",
        ruling.decision.verdict(),
        reasons.join(","),
        words.join(",")
    )
}

/// Whether a digest is that of a hold.
pub(crate) fn was_held(digest: &str) -> bool {
    digest.starts_with("hold ")
}

/// Publishes what is news; gives back how many announcements the bus did not take. The ledger is settled by now: a
/// failure here never undoes a start.
pub(crate) async fn announce<W: World>(world: &W, records: &[Record]) -> usize {
    let news: Vec<Announcement> =
        records.iter().filter(|record| record.is_news()).flat_map(announcements).collect();
    if news.is_empty() { 0 } else { world.publish(&news).await }
}

fn announcements(record: &Record) -> Vec<Announcement> {
    let mut all = Vec::new();
    if let Some(Repair::TookOver { generation, decision, waits_as_before: false, outcome }) = &record.repair {
        all.push(carried_on(record, outcome, *generation, decision));
    }
    // That the next start waits for the one that was carried on, or for the next sweep, goes without saying.
    let said = !all.is_empty() && matches!(record.outcome, Outcome::Decided | Outcome::Lost { .. });
    if !said {
        all.push(announcement(record, &record.outcome, record.ruling.generation, &record.ruling.id));
    }
    all
}

/// A start that an earlier turn decided and this one carried on: the reasons are in the run's row, not in this ruling.
fn carried_on(record: &Record, outcome: &Outcome, generation: u32, decision: &str) -> Announcement {
    let mut announcement = announcement(record, outcome, generation, decision);
    if let Value::Object(fields) = &mut announcement.detail {
        let sentence = format!("Carried on generation {generation}, which an earlier turn decided to start.");
        fields.insert("verdict".to_owned(), "start".into());
        fields.insert("sentence".to_owned(), sentence.into());
        for list in ["because", "waiting_on"] {
            fields.insert(list.to_owned(), json!([]));
        }
        fields.insert("look_again_at".to_owned(), Value::Null);
    }
    announcement
}

fn announcement(record: &Record, outcome: &Outcome, generation: u32, decision: &str) -> Announcement {
    let detail_type = match (outcome, &record.ruling.decision) {
        (Outcome::Started { .. }, _) => "Retraining Started",
        (Outcome::Waiting { .. }, _) => "Retraining Waiting",
        (Outcome::Refused { .. }, _) => "Retraining Refused",
        (Outcome::Lost { .. }, _) => "Retraining Lost",
        (Outcome::Stopping { .. }, _) => "Retraining Replaced",
        (Outcome::Failed { .. } | Outcome::Unreadable { .. } | Outcome::Unsettled { .. }, _) => {
            "Retraining Undecided"
        }
        (Outcome::Observed | Outcome::DryRun | Outcome::Decided, Decision::Start { .. }) => {
            "Retraining Wanted"
        }
        (Outcome::Observed | Outcome::DryRun | Outcome::Decided, Decision::Hold { .. }) => "Retraining Held",
        (Outcome::Observed | Outcome::DryRun | Outcome::Decided, Decision::Rest) => "Retraining Withdrawn",
    };
    let resources = match outcome {
        Outcome::Started { arn, .. } => vec![arn.clone()],
        Outcome::Waiting { .. }
        | Outcome::Refused { .. }
        | Outcome::Lost { .. }
        | Outcome::Stopping { .. }
        | Outcome::Observed
        | Outcome::DryRun
        | Outcome::Decided
        | Outcome::Unsettled { .. }
        | Outcome::Unreadable { .. }
        | Outcome::Failed { .. } => Vec::new(),
    };
    let ruling = &record.ruling;
    let waiting_on: Vec<&str> = ruling.decision.waiting_on().iter().map(Blocker::word).collect();
    let mut detail = json!({
        "model": record.model,
        "generation": generation,
        "decision": decision,
        "job": job_name(&record.model, generation),
        "policy": record.policy,
        "verdict": ruling.decision.verdict(),
        "outcome": outcome.word(),
        "sentence": record.sentence,
        "because": ruling.decision.because(),
        "waiting_on": waiting_on,
        "look_again_at": ruling.look_again_at,
    });
    if let Value::Object(fields) = &mut detail {
        if let Some(trouble) = outcome.trouble() {
            fields.insert("trouble".to_owned(), trouble.into());
        }
        if let Outcome::Stopping { job } = outcome {
            fields.insert("stopping".to_owned(), job.as_str().into());
        }
        // Without the ledger nobody knows which generation: a made-up job name would send people to a wrong job.
        if generation == 0 {
            for unknown in ["generation", "decision", "job"] {
                fields.remove(unknown);
            }
        }
    }
    Announcement { detail_type: detail_type.to_owned(), at: record.facts.now, resources, detail }
}
