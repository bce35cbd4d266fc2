//! `ListTrainingJobs`, with its traps.

use std::fmt::Write as _;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::clock::from_epoch;
use crate::error::Refusal;
use crate::job::Job;
use crate::jobs::{Jobs, Scene, text};

/// Page size unless told.
const PAGE: u64 = 10;

/// Where a job stands in the order that was asked for; the number of its creation breaks ties.
type Position = (String, u64);

/// One page. Only the creation times choose the records of a page; everything else filters the
/// page after it was cut, so pages come back short, and empty with a token.
pub(crate) fn page(jobs: &Jobs, scene: Scene<'_>, request: &Value) -> Result<Value, Refusal> {
    let size = request.get("MaxResults").and_then(Value::as_u64).unwrap_or(PAGE);
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    let descending = text(request, "SortOrder") == "Descending";
    let after = request.get("NextToken").and_then(Value::as_str).map(read_token).transpose()?;

    let mut records: Vec<(Position, &Job)> = jobs
        .of_region(scene.region)
        .filter(|job| job.listed_from <= scene.now)
        .filter(|job| within(request, "CreationTime", job.created))
        .map(|job| (position(job, scene.now, &text(request, "SortBy")), job))
        .collect();
    records.sort_by(|(a, _), (b, _)| if descending { b.cmp(a) } else { a.cmp(b) });
    if let Some(after) = after {
        records.retain(|(at, _)| if descending { *at < after } else { *at > after });
    }

    let more = records.len() > size;
    records.truncate(size);
    let token = records.last().filter(|_| more).map(|(at, _)| token(at));
    let shown = records.iter().filter(|(_, job)| wanted(request, job, scene.now));
    let summaries: Vec<_> = shown.map(|(_, job)| Value::Object(job.summary(scene.now))).collect();
    let mut answer = json!({ "TrainingJobSummaries": summaries });
    if let (Some(answer), Some(token)) = (answer.as_object_mut(), token) {
        answer.insert("NextToken".into(), json!(token));
    }
    Ok(answer)
}

/// What is asked of a record once it is on the page. The double has neither warm pools nor
/// training plans, so nothing is ever in one.
fn wanted(request: &Value, job: &Job, now: Timestamp) -> bool {
    let asked = |name| request.get(name).and_then(Value::as_str);
    asked("StatusEquals").is_none_or(|status| status == job.status(now))
        && asked("NameContains").is_none_or(|part| job.name.contains(part))
        && within(request, "LastModifiedTime", job.changed(now))
        && asked("WarmPoolStatusEquals").is_none()
        && asked("TrainingPlanArnEquals").is_none()
}

/// Whether an instant lies between those that a request names.
pub(crate) fn within(request: &Value, what: &str, at: Timestamp) -> bool {
    let bound = |side: &str| request.get(format!("{what}{side}")).and_then(from_epoch);
    bound("After").is_none_or(|after| at > after) && bound("Before").is_none_or(|before| at < before)
}

fn position(job: &Job, now: Timestamp, by: &str) -> Position {
    let key = match by {
        "Name" => job.name.clone(),
        "Status" => job.status(now).to_owned(),
        _ => format!("{:020}", job.created.as_millisecond()),
    };
    (key, job.number)
}

fn token((key, number): &Position) -> String {
    format!("{key}/{number}").bytes().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

fn read_token(token: &str) -> Result<Position, Refusal> {
    let digits: Vec<u8> = token.chars().filter_map(|c| u8::try_from(c.to_digit(16)?).ok()).collect();
    let bytes = digits.chunks(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect();
    String::from_utf8(bytes)
        .ok()
        .and_then(|text| {
            let (key, number) = text.rsplit_once('/')?;
            Some((key.to_owned(), number.parse().ok()?))
        })
        .ok_or_else(|| Refusal::validation("Invalid NextToken."))
}
