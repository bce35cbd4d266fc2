//! What we say aloud: one event for every start, changed hold, and trouble.

mod run;

use std::collections::BTreeMap;

use jiff::Timestamp;
use rekindle_decision::identity::job_name;
use rekindle_decision::ruling::{Blocker, Decision, Reason, Ruling};
use serde::Serialize;
use serde_json::{Value, json};

use crate::error::chain;
use crate::ledger::{Change, Happened, News, Said};
use crate::record::{Outcome, Record};
use crate::repair::Repair;
use crate::world::World;

pub(crate) use run::of_runs;

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

/// What a decision that made no job is announced as; `None` where nothing is wanted.
pub(crate) fn announced(ruling: &Ruling) -> Option<String> {
    match ruling.decision {
        Decision::Rest => None,
        Decision::Start { .. } | Decision::Hold { .. } => Some(digest(ruling)),
    }
}

/// Whether a decision is news after what was announced before: another hold is, and so is that nothing is held any more. That
/// nothing is wanted after a start is none.
pub(crate) fn is_another(before: Option<&str>, now: Option<&str>) -> bool {
    now.map_or_else(|| before.is_some_and(|before| before.starts_with("hold ")), |now| before != Some(now))
}

/// An announcement, and the news in the ledger that are said with it, each with its model.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    pub(crate) announcement: Announcement,
    pub(crate) news: Vec<(String, News)>,
}

/// Publishes what is news; gives back how many announcements the bus did not take. The ledger is settled by now: a
/// failure here never undoes a start.
pub(crate) async fn announce<W: World>(world: &W, records: &[Record]) -> usize {
    let mut told = Vec::new();
    for record in records {
        let said = if record.is_news() { announcements(record, world.token()) } else { Vec::new() };
        let own = |news: &&News| said.iter().any(|told| told.news.iter().any(|(_, said)| said == *news));
        let open: Vec<News> = record.news.iter().filter(|news| !own(news)).cloned().collect();
        // What was written first is said first: a job has ended before the next one starts.
        told.extend(of_runs(world, &record.model, &record.row, &open).await);
        told.extend(said);
    }
    say(world, told).await
}

/// Publishes, and notes in the ledger what the bus has taken; gives back how many announcements it did not take. Those stay
/// noted, and a later turn says them.
pub(crate) async fn say<W: World>(world: &W, told: Vec<Told>) -> usize {
    if told.is_empty() {
        return 0;
    }
    let announcements: Vec<Announcement> = told.iter().map(|told| told.announcement.clone()).collect();
    let refused = world.publish(&announcements).await;
    let mut said: BTreeMap<String, Vec<News>> = BTreeMap::new();
    for (_, told) in told.into_iter().enumerate().filter(|(at, _)| !refused.contains(at)) {
        for (model, news) in told.news {
            said.entry(model).or_default().push(news);
        }
    }
    for (model, news) in said {
        // Said twice is better than not at all: consumers tell a repetition by its decision.
        if let Err(error) = world.change(&Change::Said(Said { model: model.clone(), news })).await {
            tracing::warn!(model, error = chain(&error), "an announcement may be repeated");
        }
    }
    refused.len()
}

/// What a record itself has to say.
fn announcements(record: &Record, turn: &str) -> Vec<Told> {
    let now = record.facts.now;
    let news =
        |what, generation| (record.model.clone(), News { what, generation, at: now, by: turn.to_owned() });
    let of_outcome = |outcome: &Outcome, generation| match outcome {
        Outcome::Started { .. } => Some(news(Happened::Started, generation)),
        Outcome::Refused { .. } | Outcome::Withdrawn { .. } | Outcome::Lost { .. } => {
            Some(news(Happened::GivenUp, generation))
        }
        Outcome::Waiting { .. }
        | Outcome::Stopping { .. }
        | Outcome::Observed
        | Outcome::DryRun
        | Outcome::Decided
        | Outcome::Unsettled { .. }
        | Outcome::Unreadable { .. }
        | Outcome::Failed { .. } => None,
    };
    // What is said of a decision that could not be written is not said of what is held.
    let decided = !matches!(record.outcome, Outcome::Failed { .. } | Outcome::Unreadable { .. });
    let held = record.news.iter().filter(|news| decided && news.what == Happened::Held);
    let held: Vec<_> = held.map(|news| (record.model.clone(), news.clone())).collect();
    let mut all: Vec<Told> = Vec::new();
    if let Some(Repair::TookOver { generation, decision, waits_as_before: false, outcome }) = &record.repair {
        let announcement = carried_on(record, outcome, *generation, decision);
        all.push(Told { announcement, news: of_outcome(outcome, *generation).into_iter().collect() });
    }
    // That the next start waits for the one that was carried on, or for the next sweep, goes without saying.
    if let (Some(carried_on), Outcome::Decided | Outcome::Lost { .. }) = (all.last_mut(), &record.outcome) {
        carried_on.news.extend(held);
    } else {
        let generation = record.ruling.generation;
        let news = of_outcome(&record.outcome, generation).into_iter().chain(held).collect();
        let announcement = announcement(record, &record.outcome, generation, &record.ruling.id);
        all.push(Told { announcement, news });
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
        (Outcome::Withdrawn { .. }, _)
        | (Outcome::Observed | Outcome::DryRun | Outcome::Decided, Decision::Rest) => "Retraining Withdrawn",
    };
    let resources = match outcome {
        Outcome::Started { arn, .. } => vec![arn.clone()],
        Outcome::Waiting { .. }
        | Outcome::Refused { .. }
        | Outcome::Lost { .. }
        | Outcome::Withdrawn { .. }
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
