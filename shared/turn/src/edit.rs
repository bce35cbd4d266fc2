//! Answers whoever wrote or removed a policy: was it taken, and if not, what is wrong with it?

use std::collections::BTreeSet;

use rekindle_decision::policy::Mode;
use rekindle_decision::signal::Signal;
use rekindle_policy::{Problem, Standing};
use serde_json::{Value, json};

use crate::announce::Announcement;
use crate::record::{Summary, metrics};
use crate::world::{Policies, World};

/// Models that are named; of the others it is said how many there are.
const NAMED: usize = 20;

/// The documents that somebody wrote or removed, each once. A replay of an archive tells of nothing new.
pub(crate) fn documents(signals: &[Signal]) -> BTreeSet<String> {
    let edited = |signal: &Signal| match signal {
        Signal::Edited(edit) if edit.replay.is_none() => Some(edit.document.clone()),
        Signal::Edited(_)
        | Signal::Scheduled(_)
        | Signal::Alarmed(_)
        | Signal::Arrived(_)
        | Signal::Asked(_)
        | Signal::Confirmed(_)
        | Signal::Sweep(_)
        | Signal::Controlled(_)
        | Signal::TrainingEnded(_) => None,
    };
    signals.iter().filter_map(edited).collect()
}

/// Says in the log and on the bus how each of these documents stands now.
///
/// Nothing in the ledger would repeat an answer that was lost, so one that could not be given fails the turn: the event
/// comes again.
pub(crate) async fn answer<W: World>(
    world: &W,
    policies: &Policies,
    documents: &BTreeSet<String>,
    summary: &mut Summary,
) {
    if documents.is_empty() {
        return;
    }
    if let Some(why) = &policies.stale {
        let unread = documents.iter().map(|document| format!("{document} could not be read anew: {why}"));
        summary.failed.extend(unread);
        return;
    }
    let mut told = Vec::new();
    for document in documents {
        let answer = Answer::of(document, policies.set.document(document));
        let at = world.now();
        let counts = [
            ("PoliciesAccepted", u64::from(answer.word == ACCEPTED)),
            ("PoliciesRefused", u64::from(answer.word == REFUSED)),
        ];
        let mut line = metrics(at, world.stack(), &[&["Stack"]], counts);
        line.insert("kind".to_owned(), "policy".into());
        line.insert("outcome".to_owned(), answer.word.to_lowercase().into());
        if let Value::Object(detail) = &answer.detail {
            line.extend(detail.clone());
        }
        world.log(&Value::Object(line));
        summary.policies.push(answer.sentence);
        told.push(Announcement {
            detail_type: format!("Policy {}", answer.word),
            at,
            resources: Vec::new(),
            detail: answer.detail,
        });
    }
    let refused = world.publish(&told).await;
    summary.unannounced += refused.len();
    let untold = documents.iter().enumerate().filter(|(at, _)| refused.contains(at));
    summary
        .failed
        .extend(untold.map(|(_, document)| format!("the bus did not take what was found of {document}")));
}

const ACCEPTED: &str = "Accepted";
const REFUSED: &str = "Refused";
const REMOVED: &str = "Removed";

/// How a document stands, in a word, in a sentence, and in fields.
struct Answer {
    word: &'static str,
    sentence: String,
    detail: Value,
}

impl Answer {
    fn of(document: &str, standing: Option<Standing<'_>>) -> Self {
        match standing {
            None => Self::new(
                REMOVED,
                format!(
                    "Removed: {document} is gone. Its models are looked at no more; what runs is closed when it ends."
                ),
                json!({ "document": document }),
            ),
            Some(standing) if standing.problems.is_empty() => Self::accepted(document, &standing),
            Some(standing) => Self::refused(document, &standing),
        }
    }

    fn new(word: &'static str, sentence: String, mut detail: Value) -> Self {
        if let Value::Object(fields) = &mut detail {
            fields.insert("sentence".to_owned(), sentence.as_str().into());
        }
        Self { word, sentence, detail }
    }

    fn accepted(document: &str, standing: &Standing<'_>) -> Self {
        let models: Vec<&str> = standing.policies.iter().map(|policy| policy.model.as_str()).collect();
        let mode = standing.policies.first().map_or(Mode::Enforce, |policy| policy.mode);
        let sentence = format!(
            "Accepted: {document} revision {}, for {}, mode {}. It is in force within a minute.",
            standing.version,
            named(&models),
            mode.word(),
        );
        Self::new(ACCEPTED, sentence, fields(document, standing, &models, &json!({ "mode": mode })))
    }

    fn refused(document: &str, standing: &Standing<'_>) -> Self {
        let in_force: Vec<&str> = standing.policies.iter().map(|policy| policy.model.as_str()).collect();
        let models =
            if in_force.is_empty() { standing.named.iter().map(String::as_str).collect() } else { in_force };
        let problems = standing.problems.iter().map(|problem| told(problem)).collect::<Vec<_>>().join("; ");
        let kept = standing.policies.first().filter(|policy| policy.revision.version < standing.version);
        let then = match kept {
            Some(policy) => format!(
                "Revision {} stays in force where a function still knows it; one that starts anew has no policy for these \
                 models, and starts nothing.",
                policy.revision.version
            ),
            None => "Until it is mended nothing is started because of it.".to_owned(),
        };
        let sentence = format!("Refused: {document} revision {}: {problems}. {then}", standing.version);
        Self::new(
            REFUSED,
            sentence,
            fields(document, standing, &models, &json!({ "problems": standing.problems })),
        )
    }
}

/// A problem in the middle of a sentence.
fn told(problem: &Problem) -> String {
    let place = match (problem.line, problem.column) {
        (Some(line), Some(column)) => format!("line {line}, column {column}: "),
        (_, _) => String::new(),
    };
    let field = if problem.field.is_empty() { String::new() } else { format!("{}: ", problem.field) };
    let hint = problem.hint.as_ref().map(|hint| format!(" ({hint})")).unwrap_or_default();
    format!("{place}{field}{}{hint}", problem.message)
}

fn fields(document: &str, standing: &Standing<'_>, models: &[&str], own: &Value) -> Value {
    let mut detail = json!({
        "document": document,
        "version": standing.version,
        "models": models.iter().take(NAMED).collect::<Vec<_>>(),
        "models_in_all": models.len(),
    });
    if let (Value::Object(detail), Value::Object(own)) = (&mut detail, own) {
        detail.extend(own.clone());
    }
    detail
}

fn named(models: &[&str]) -> String {
    match models.len().checked_sub(NAMED) {
        None | Some(0) => models.join(", "),
        Some(more) => {
            format!("{} and {more} more", models.iter().take(NAMED).copied().collect::<Vec<_>>().join(", "))
        }
    }
}
