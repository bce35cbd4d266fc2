//! What is said of a run that is in the ledger: by the turn that wrote it, or by a later one where that was killed or the bus
//! was down.

use rekindle_decision::effect::Effect;
use serde_json::{Value, json};

use super::{Announcement, Told};
use crate::ledger::{Happened, News, Row, Run, Steered};
use crate::world::World;

/// Everything that these news have to say. What tells of a run that is not there says nothing.
pub(crate) async fn of_runs<W: World>(world: &W, model: &str, row: &Row, news: &[News]) -> Vec<Told> {
    let mut told = Vec::new();
    for news in news {
        let announcement = match news.what {
            Happened::Steered => row.steered.as_ref().map(|steered| by_hand(model, steered)),
            // The decision says it.
            Happened::Held => None,
            Happened::Started | Happened::GivenUp | Happened::Ended | Happened::Judged | Happened::Futile => {
                match world.run(model, news.generation).await {
                    Ok(Some(run)) => Some(of_run(model, news, &run)),
                    // Said by the next turn that can read it.
                    Ok(None) | Err(_) => None,
                }
            }
        };
        told.extend(
            announcement
                .map(|announcement| Told { announcement, news: vec![(model.to_owned(), news.clone())] }),
        );
    }
    told
}

fn of_run(model: &str, news: &News, run: &Run) -> Announcement {
    let Run { generation, job, .. } = run;
    let (detail_type, sentence) = match news.what {
        Happened::Started | Happened::Held | Happened::Steered => {
            ("Retraining Started", format!("Started generation {generation} as {job}. {}", run.why))
        }
        Happened::GivenUp => {
            let failure = run.failure.as_deref().unwrap_or("nobody said why");
            let word = match run.status.as_str() {
                "Refused" => "Retraining Refused",
                "Withdrawn" => "Retraining Withdrawn",
                _ => "Retraining Lost",
            };
            (word, format!("Generation {generation} came to nothing: {failure}"))
        }
        Happened::Ended => ended(run),
        Happened::Judged => ("Retraining Judged", judged(run)),
        Happened::Futile => (
            "Retraining Futile",
            format!(
                "The last trainings did not help, generation {generation} included, and no further one is started for \
                 the same signals. Look for another cause; then close the breaker or change the policy."
            ),
        ),
    };
    let mut detail = json!({
        "model": model,
        "generation": generation,
        "decision": run.decision,
        "job": job,
        "policy": run.policy,
        "status": run.status,
        "sentence": sentence,
        "why": run.why,
    });
    if let Value::Object(fields) = &mut detail {
        let more = [
            ("cause", run.cause.map(|cause| json!(cause))),
            ("trouble", run.failure.as_ref().map(|failure| json!(failure))),
            ("cost", run.cost.map(|cost| json!(cost))),
            ("billable_seconds", run.billable_seconds.map(|seconds| json!(seconds))),
            ("metrics", (!run.metrics.is_empty()).then(|| json!(run.metrics))),
            ("effect", run.effect.map(|effect| json!(effect))),
        ];
        fields.extend(more.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
    }
    let resources = run.arn.iter().cloned().collect();
    Announcement { detail_type: detail_type.to_owned(), at: news.at, resources, detail }
}

fn ended(run: &Run) -> (&'static str, String) {
    let Run { generation, job, .. } = run;
    let cost = run.cost.map(|cost| format!(" It cost {cost}.")).unwrap_or_default();
    let cause = run.cause.map(|cause| format!(": {cause}")).unwrap_or_default();
    let said = run.failure.as_deref().map(|said| format!(" ({said})")).unwrap_or_default();
    match run.status.as_str() {
        "Completed" => (
            "Retraining Finished",
            format!("Training of generation {generation} ({job}) has ended well.{cost}"),
        ),
        "Failed" => (
            "Retraining Failed",
            format!("Training of generation {generation} ({job}) has failed{cause}{said}.{cost}"),
        ),
        _ => (
            "Retraining Stopped",
            format!("Training of generation {generation} ({job}) was stopped{cause}{said}.{cost}"),
        ),
    }
}

fn judged(run: &Run) -> String {
    let Run { generation, effect, .. } = run;
    let Some(Effect { verdict, gain, .. }) = effect else {
        return format!("Generation {generation} was judged.");
    };
    match gain {
        None => format!("Whether generation {generation} helped cannot be told."),
        Some(gain) => format!(
            "Generation {generation}: {verdict}. From {:.4} to {:.4}, a gain of {:.4} (95 % interval {:.4} to {:.4}).",
            gain.before, gain.after, gain.gain, gain.low, gain.high
        ),
    }
}

fn by_hand(model: &str, steered: &Steered) -> Announcement {
    use rekindle_decision::signal::Action;
    let control = &steered.control;
    let detail_type = match control.action {
        Action::Suspend { .. } => "Retraining Suspended",
        Action::Resume => "Retraining Resumed",
        Action::Cancel => "Retraining Cancelled",
        Action::CloseBreaker => "Retraining Breaker Closed",
    };
    let by = control.by.as_deref().unwrap_or("somebody");
    let why = control.reason.as_deref().map(|reason| format!(": {reason}")).unwrap_or_default();
    let detail = json!({
        "model": model,
        "action": control.action,
        "by": control.by,
        "reason": control.reason,
        "sentence": format!("{by} asked for `{}`{why}", control.action.word()),
    });
    Announcement { detail_type: detail_type.to_owned(), at: steered.at, resources: Vec::new(), detail }
}
