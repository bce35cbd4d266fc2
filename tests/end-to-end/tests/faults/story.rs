//! The life of one model in three chapters, which together make every call that Rekindle makes.

use jiff::Timestamp;
use rekindle_end_to_end::{Problem, Site, sagemaker};
use rekindle_fault_proxy::{Fault, Plan, Rule};
use serde_json::{Value, json};

use crate::caller::Caller;
use crate::world::{Delivery, Family, alarm, ask, end, sweep, tick};

/// Sweeps that may be needed until a model is where it belongs: one takes over or closes, the next starts.
const SWEEPS: usize = 4;

/// What happens to a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Chapter {
    /// A tick, an alarm or a sweep starts the first generation.
    Start,
    /// A person wants another job while the first one runs: it is remembered.
    Wish,
    /// The first job has ended; the sweep closes it, and the wish starts the second generation.
    End,
    /// The same, and an event tells of it: that closes the run, and starts nothing.
    Told,
}

/// One step of a turn, by the call that it makes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Step {
    pub(crate) name: &'static str,
    pub(crate) operation: &'static str,
    /// What its body holds, where several steps are calls of one operation.
    pub(crate) containing: &'static str,
    pub(crate) chapter: Chapter,
    /// Whether it is only made when nobody knows whether a job was made: the answer that says so is lost before.
    pub(crate) in_doubt: bool,
}

/// Every step of a turn.
pub(crate) const STEPS: [Step; 17] = [
    step("policies", "GetParametersByPath", "", Chapter::Start),
    step("rows", "BatchGetItem", "", Chapter::Start),
    step("alarms", "DescribeAlarms", "", Chapter::Start),
    step("metrics", "GetMetricData", "", Chapter::Start),
    // The only transaction that makes a run.
    step("intent", "TransactWriteItems", "attribute_not_exists(#model)", Chapter::Start),
    step("create", "CreateTrainingJob", "", Chapter::Start),
    Step { in_doubt: true, ..step("found", "DescribeTrainingJob", "", Chapter::Start) },
    step("settle", "TransactWriteItems", "InProgress", Chapter::Start),
    step("publish", "PutEvents", "", Chapter::Start),
    step("describe", "DescribeTrainingJob", "", Chapter::Wish),
    step("remember", "PutItem", "sightings", Chapter::Wish),
    step("close", "TransactWriteItems", "Completed", Chapter::End),
    step("the end described", "DescribeTrainingJob", "", Chapter::Told),
    step("the end's row", "BatchGetItem", "", Chapter::Told),
    step("the end closed", "TransactWriteItems", "Completed", Chapter::Told),
    step("the end published", "PutEvents", "", Chapter::Told),
    step("the end said", "PutItem", "", Chapter::Told),
];

const fn step(
    name: &'static str,
    operation: &'static str,
    containing: &'static str,
    chapter: Chapter,
) -> Step {
    Step { name, operation, containing, chapter, in_doubt: false }
}

impl Step {
    /// The plan that makes this step go wrong.
    pub(crate) fn plan(&self, fault: Fault, times: u64) -> Plan {
        let doubt = self.in_doubt.then(|| Rule::new("CreateTrainingJob", Fault::ResetAfter));
        let rule = Rule::new(self.operation, fault).containing(self.containing).times(times);
        Plan::of(doubt.into_iter().chain([rule]))
    }
}

/// What the two jobs are in the end.
pub(crate) const ENDINGS: [&str; 2] = ["Completed", "InProgress"];

/// Tells the whole story of one model. `trouble` delivers the event of its own chapter, and says whether it was taken; all
/// others arrive in peace. After each chapter nothing goes wrong any more, what was not taken comes again, and sweeps run
/// until the model is where it belongs. Gives back how often a lease had to be aged for that.
pub(crate) fn tell(
    caller: &mut Caller<'_>,
    model: &str,
    family: Family,
    troubled: Chapter,
    trouble: impl FnOnce(&mut Caller<'_>, &Delivery) -> Result<bool, Problem>,
) -> Result<usize, Problem> {
    let mut trouble = Some(trouble);
    let (mut sweeps, mut aged) = (0, 0);
    let end = if troubled == Chapter::Told { Chapter::Told } else { Chapter::End };
    for (chapter, generation) in [(Chapter::Start, 1), (Chapter::Wish, 1), (end, 2)] {
        let delivery = opening(caller.site, model, family, chapter)?;
        let taken = match trouble.take_if(|_| chapter == troubled) {
            Some(trouble) => trouble(caller, &delivery)?,
            None => caller.deliver(&delivery)?,
        };
        caller.proxy.calm();
        if !taken && !caller.deliver(&delivery)? {
            return Err(format!("{} is not taken in peace", delivery.request_id).into());
        }
        aged += heal(caller, model, generation, &mut sweeps)?;
    }
    Ok(aged)
}

/// The event that opens a chapter.
fn opening(site: &Site, model: &str, family: Family, chapter: Chapter) -> Result<Delivery, Problem> {
    let now = Timestamp::from_second(Timestamp::now().as_second())?;
    Ok(match chapter {
        Chapter::Start => match family {
            Family::Tick => tick(model, now),
            Family::Alarm => alarm(site, model, now),
            Family::Metric | Family::All => sweep(model, 0),
        },
        Chapter::Wish => ask(model),
        Chapter::End => {
            complete(site, model)?;
            sweep(model, 1)
        }
        Chapter::Told => end(model, &complete(site, model)?),
    })
}

/// Ends the first job of a model well; gives back its name.
fn complete(site: &Site, model: &str) -> Result<String, Problem> {
    let run = row(site, model, "run#000001")?;
    let job = run["job"].as_str().ok_or_else(|| format!("{model} has no first run"))?;
    let place = format!("jobs/{job}?account={}", site.stack().aws().account());
    sagemaker()?.post(&place, &json!({ "outcome": "completed" }))?;
    Ok(job.to_owned())
}

/// Sweeps until the job of this generation runs, and once more, since nothing may follow.
pub(crate) fn heal(
    caller: &Caller<'_>,
    model: &str,
    generation: u32,
    sweeps: &mut usize,
) -> Result<usize, Problem> {
    let mut aged = 0;
    for _ in 0..SWEEPS {
        let there = is_running(caller.site, model, generation)?;
        aged += usize::from(look(caller, model, sweeps)?);
        if there {
            return Ok(aged);
        }
    }
    let rows = caller.site.stack().ledger(model)?;
    Err(format!("{SWEEPS} sweeps did not bring {model} to generation {generation}: {rows:?}").into())
}

/// One sweep, fifteen minutes later. Gives back whether there was a lease to wait for.
pub(crate) fn look(caller: &Caller<'_>, model: &str, sweeps: &mut usize) -> Result<bool, Problem> {
    let aged = age_lease(caller.site, model)?;
    *sweeps += 1;
    // The first are those that open chapters.
    if !caller.deliver(&sweep(model, 10 + *sweeps))? {
        return Err(format!("a sweep of {model} fails in peace").into());
    }
    Ok(aged)
}

fn is_running(site: &Site, model: &str, generation: u32) -> Result<bool, Problem> {
    let state = row(site, model, "state")?;
    Ok(state["phase"] == "running" && state["generation"] == generation)
}

/// Lets fifteen minutes pass for a start whose turn is gone: real functions have the real clock, and a lease is 900 s. It
/// is a plain number in the row, and nobody else writes this row meanwhile.
fn age_lease(site: &Site, model: &str) -> Result<bool, Problem> {
    let mut state = row(site, model, "state")?;
    let lease = state["lease_until"].as_i64().filter(|_| state["phase"] == "starting");
    if lease.is_none_or(|lease| lease < Timestamp::now().as_millisecond()) {
        return Ok(false);
    }
    state["lease_until"] = json!(1);
    site.stack().aws().put_item(site.stack().table()?, &state)?;
    Ok(true)
}

fn row(site: &Site, model: &str, item: &str) -> Result<Value, Problem> {
    let rows = site.stack().ledger(model)?;
    Ok(rows.into_iter().find(|row| row["item"] == item).unwrap_or_default())
}
