//! Results of Glue Data Quality, in the two spellings they have.

use rekindle_decision::signal::What;
use serde_json::Value;

use crate::envelope::{arrived, detail, need_id};
use crate::object::Object;
use crate::refusal::{Problem, shown};
use crate::{Reading, json};

pub(crate) const DETAIL_TYPE: &str = "Data Quality Evaluation Results Available";

/// Reads a result.
pub(crate) fn read(event: &Object<'_>) -> Result<Reading, Problem> {
    result(event).map_err(|problem| problem.resembling("Glue data quality event"))
}

fn result(event: &Object<'_>) -> Result<Reading, Problem> {
    let (value, path) = detail(event)?;
    let detail = Object::new(&value, path)?;
    // The documentation writes the one, the service the other.
    let id = need_id(&detail, spelled(&detail, ["resultId", "resultID"]))?;
    let failed = detail.count(spelled(&detail, ["numRulesFailed", "rulesFailed"]))?.unwrap_or(0);
    let what = What::DataQuality {
        rulesets: rulesets(&detail)?,
        // An evaluation may have succeeded in finding out that the data is bad.
        passed: said_passed(&detail)? && failed == 0,
        score: score(&detail)?,
    };
    arrived(id.into(), event.need_instant("time")?, what, event)
}

/// Which of two spellings is used; the first, if neither is.
fn spelled(detail: &Object<'_>, [first, second]: [&'static str; 2]) -> &'static str {
    if !detail.has(first) && detail.has(second) { second } else { first }
}

fn said_passed(detail: &Object<'_>) -> Result<bool, Problem> {
    match detail.need_text("state")? {
        "PASSED" | "SUCCEEDED" => Ok(true),
        "FAILED" => Ok(false),
        other => Err(Problem::new(format!(
            "`{}` is {}, which is none of `PASSED`, `SUCCEEDED`, `FAILED`",
            detail.at("state"),
            shown(other)
        ))),
    }
}

/// The rulesets that were evaluated, at least one: a policy names the one it waits for.
fn rulesets(detail: &Object<'_>) -> Result<Vec<String>, Problem> {
    let names = detail.list("rulesetNames")?.ok_or_else(|| detail.missing("rulesetNames"))?;
    let path = detail.at("rulesetNames");
    if names.is_empty() {
        return Err(Problem::new(format!("`{path}` is empty")));
    }
    let name = |(index, name): (usize, &Value)| {
        let text = name.as_str().map(String::from);
        text.ok_or_else(|| Problem::new(format!("`{path}[{index}]` is {}, not a string", json::sort(name))))
    };
    names.iter().enumerate().map(name).collect()
}

fn score(detail: &Object<'_>) -> Result<Option<f64>, Problem> {
    let score = detail.number("score")?;
    match score {
        Some(share) if !(0.0..=1.0).contains(&share) => {
            Err(Problem::new(format!("`{}` is {share}, not between 0 and 1", detail.at("score"))))
        }
        Some(_) | None => Ok(score),
    }
}
