//! SageMaker, as it accepts a training job; and what must hold in that very moment.

use futures::FutureExt;
use jiff::Timestamp;
use rekindle_decision::signal::{Signal, TrainingEnd};
use rekindle_turn::World;
use rekindle_turn::memory::Memory;
use rekindle_turn::world::{Creation, JobStatus};
use serde_json::Value;

use crate::agenda::Happening;
use crate::delivery::Function;
use crate::inside::Inside;
use crate::job::{Ending, Made};
use crate::sabotage::Sabotage;
use crate::story::About;

/// The training job that an invocation asks for.
#[derive(Debug)]
pub(crate) struct Wanted {
    pub(crate) model: String,
    pub(crate) name: String,
    pub(crate) decision: String,
    pub(crate) by: String,
    pub(crate) request: Value,
}

/// An invocation asks for a job of a model: once, whatever it is answered.
pub(crate) fn asked(inside: &mut Inside, id: u64, model: &str) {
    let times = inside.witness.asked_for.entry((id, model.to_owned())).or_default();
    *times = times.saturating_add(1);
    if *times > 1 {
        let found = format!("an invocation asked for {times} jobs");
        inside.witness.broke("a turn asks for at most one job of a model", model, found);
    }
}

/// Creates the job, if the name is free.
pub(crate) fn create(memory: &Memory, inside: &mut Inside, wanted: Wanted) -> Option<Creation> {
    inside.counts.count("creations");
    let now = inside.now;
    if let Some(refusal) = beyond_quota(memory, inside) {
        inside.counts.count("creations beyond the quota");
        return Some(refusal);
    }
    let mut answer = memory.create(&wanted.request).now_or_never()?;
    if answer == Creation::NameTaken {
        inside.counts.count("names taken");
        let ours = inside.witness.made.iter().any(|made| made.name == wanted.name);
        if ours && inside.sabotage == Some(Sabotage::Fence) {
            answer = Creation::Created { arn: format!("arn:aws:sagemaker:::training-job/{}", wanted.name) };
        }
    }
    if let Creation::Created { .. } = answer {
        inside.counts.count("jobs made");
        accepted(memory, inside, &wanted);
        let Wanted { model, name, decision, by, .. } = wanted;
        let made = Made { model, name, decision, created: now, by };
        end_in_a_while(inside, &made);
        inside.witness.made.push(made);
    }
    Some(answer)
}

/// As SageMaker says it of a quota for so many instances of a type.
fn beyond_quota(memory: &Memory, inside: &Inside) -> Option<Creation> {
    let quota = inside.quota?;
    let running = inside.witness.made.iter().filter(|made| is_in_flight(memory, &made.name, inside.now));
    if running.count() < quota {
        return None;
    }
    let message = format!(
        "The account-level service limit for training job usage is {quota} Instances, with current utilization of \
         {quota} Instances and a request delta of 1 Instances."
    );
    Some(Creation::NotNow { code: "ResourceLimitExceeded".to_owned(), message })
}

fn accepted(memory: &Memory, inside: &mut Inside, wanted: &Wanted) {
    let Inside { witness, now, .. } = inside;
    let of = |made: &&Made| made.model == wanted.model;
    if let Some(same) = witness.made.iter().find(|made| made.decision == wanted.decision) {
        let found =
            format!("{} was made by {} and {} for {}", wanted.name, same.by, wanted.by, same.decision);
        witness.broke("there is at most one training job for each decision", &wanted.model, found);
    }
    let still = |made: &&Made| is_in_flight(memory, &made.name, *now);
    if let Some(other) = witness.made.iter().filter(of).find(still) {
        let found = format!("{} was made by {} while {} was in flight", wanted.name, wanted.by, other.name);
        witness.broke("never are two jobs of one model in flight", &wanted.model, found);
    }
}

/// Whether a job has not ended.
pub(crate) fn is_in_flight(memory: &Memory, job: &str, now: Timestamp) -> bool {
    memory.job_end(job).is_none_or(|(_, at)| at > now)
}

fn end_in_a_while(inside: &mut Inside, made: &Made) {
    let Inside { outcomes, dice, .. } = inside;
    let Ending { after, status, metrics, failure } = outcomes(dice, made);
    let (wait, name) = (after.seconds().saturating_mul(1_000), made.name.clone());
    let ends = move |simulation: &mut crate::Simulation| {
        // One that was asked to stop has an end already.
        if simulation.memory().job_end(&name).is_none() {
            simulation.memory().report(&name, &metrics);
            match failure {
                Some(failure) if status == JobStatus::Failed => simulation.memory().fail_job(&name, &failure),
                Some(_) | None => simulation.memory().end_job(&name, status),
            }
            simulation.note(|| format!("job {name} has ended: {status:?}"));
        }
        tell(simulation, &name);
    };
    inside.after(wait, Happening::Do(Box::new(ends)));
}

/// SageMaker tells of an end as well as it can: several times, late, or never.
fn tell(simulation: &mut crate::Simulation, name: &str) {
    let Some(status) = simulation.memory().job_end(name).and_then(|(status, _)| status.ended()) else {
        return;
    };
    if simulation.loses_an_end() {
        return;
    }
    let end = TrainingEnd { job: name.to_owned(), status: status.to_owned(), replay: None };
    let now = simulation.now();
    simulation.deliver(now, Function::OnTrainingEnd, &[Signal::TrainingEnded(end)]);
}

/// Reads the log line of a decision.
pub(crate) fn logged(inside: &mut Inside, line: &Value, by: &str) {
    let word = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
    let ruling = line.get("ruling");
    let verdict =
        ruling.and_then(|ruling| ruling.get("decision")).and_then(|decision| decision.get("verdict"));
    match word(verdict).as_str() {
        "start" => inside.counts.count("verdict: start"),
        "hold" => inside.counts.count("verdict: hold"),
        _ => inside.counts.count("verdict: rest"),
    }
    match word(line.get("outcome")).as_str() {
        "started" => inside.counts.count("outcome: started"),
        "waiting" => inside.counts.count("outcome: waiting"),
        "refused" => inside.counts.count("outcome: refused"),
        "lost" => inside.counts.count("outcome: lost"),
        "stopping" => inside.counts.count("outcome: stopping"),
        "unsettled" => inside.counts.count("outcome: unsettled"),
        "failed" => inside.counts.count("outcome: failed"),
        _ => {}
    }
    let withdrawn = ruling.and_then(|ruling| ruling.get("withdrawn")).and_then(Value::as_array);
    inside.counts.add("triggers withdrawn", withdrawn.map_or(0, |of| u64::try_from(of.len()).unwrap_or(0)));
    let repair = line.get("repair");
    match word(repair.and_then(|repair| repair.get("repair"))).as_str() {
        "took_over" => inside.counts.count("mended: took over"),
        "closed" => inside.counts.count("mended: closed"),
        "overtaken" => inside.counts.count("mended: overtaken"),
        "not_yet" => inside.counts.count("mended: not yet"),
        _ => {}
    }
    let now = inside.now;
    let (sentence, outcome) = (word(line.get("sentence")), word(line.get("outcome")));
    let about = || About::Model(word(line.get("model")), by.to_owned());
    inside.story.tell(now, || (about(), format!("decided, {outcome}: {sentence}")));
    let _ = inside.witness.decided(line);
}
