//! The `CreateTrainingJob` request: placeholders filled in, our own fields added, checked against the published model.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use jiff::Timestamp;
use jiff::fmt::strtime;
use jsonschema::Validator;
use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use rekindle_decision::identity::job_name;
use rekindle_decision::policy::Policy;
use serde_json::{Map, Value, json};

use crate::fault::Fault;
use crate::problem::nearest;

/// The service's published model of the request, as a JSON Schema.
const SCHEMA: &str = include_str!("../schema/create-training-job.schema.json");

/// Variables we add to the job's `Environment`. The decision travels there because `DescribeTrainingJob` returns it,
/// and does not return tags.
pub const DECISION_VARIABLE: &str = "REKINDLE_DECISION";
const GENERATION_VARIABLE: &str = "REKINDLE_GENERATION";
/// The model, for whoever finds a job and has no policy for it.
pub const MODEL_VARIABLE: &str = "REKINDLE_MODEL";

/// Begins the keys of the tags we add, for people who filter.
const TAG_PREFIX: &str = "rekindle:";

/// Names the value that `TrainingJobName` may have in a policy: the name belongs to us.
const MANAGED: &str = "managed";

/// What placeholders stand for in one request.
#[derive(Debug, Clone)]
pub struct Filling<'a> {
    /// The decision's id.
    pub decision: &'a str,
    /// The generation.
    pub generation: u32,
    /// When it was decided; the data window ends here.
    pub at: Timestamp,
}

/// The request of one generation: the owner's document with placeholders filled in, and last our name, variables and
/// tags. A pure function of policy and filling: a second try sends the same bytes, unless the policy was revised
/// meanwhile.
#[must_use]
pub fn request(policy: &Policy, filling: &Filling<'_>) -> Value {
    let mut request = fill_value(&policy.training, policy, filling);
    let generation = filling.generation.to_string();
    if let Value::Object(fields) = &mut request {
        fields.insert("TrainingJobName".to_owned(), job_name(&policy.model, filling.generation).into());
        let variables = fields.entry("Environment").or_insert_with(|| Value::Object(Map::new()));
        if let Value::Object(variables) = variables {
            variables.insert(DECISION_VARIABLE.to_owned(), filling.decision.into());
            variables.insert(GENERATION_VARIABLE.to_owned(), generation.as_str().into());
            variables.insert(MODEL_VARIABLE.to_owned(), policy.model.as_str().into());
        }
        let tags = fields.entry("Tags").or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(tags) = tags {
            for (key, value) in [
                ("model", policy.model.as_str()),
                ("generation", &generation),
                ("decision", filling.decision),
            ] {
                tags.push(json!({ "Key": format!("{TAG_PREFIX}{key}"), "Value": value }));
            }
        }
    }
    request
}

/// Everything that is wrong with the training request of a policy.
pub(crate) fn faults(policy: &Policy) -> Vec<Fault> {
    let Value::Object(written) = &policy.training else {
        return vec![Fault::at(["training"], "the training request is not a mapping").hint(
            "write a CreateTrainingJob request in the API's own field names, such as `RoleArn: arn:aws:iam::...`",
        )];
    };
    let mut faults = Vec::new();
    if let Some(name) = written.get("TrainingJobName").filter(|name| **name != *MANAGED) {
        faults.push(
            Fault::at(["training", "TrainingJobName"], format!("the job's name cannot be {name}")).hint(
                format!("leave it out or write `{MANAGED}`: the name is the fence against a second job"),
            ),
        );
    }
    if !written.contains_key("ServerlessJobConfig") {
        for needed in ["AlgorithmSpecification", "ResourceConfig", "StoppingCondition"] {
            if !written.contains_key(needed) {
                let fault = Fault::at(["training"], format!("`{needed}` is missing"));
                faults.push(fault.hint("SageMaker refuses the job without it"));
            }
        }
    }
    if written.get("StoppingCondition").is_some_and(|stopping| stopping.get("MaxRuntimeInSeconds").is_none())
    {
        faults.push(
            Fault::at(["training", "StoppingCondition"], "`MaxRuntimeInSeconds` is missing").hint(
                "without it a job may run, and be paid for, a whole day; the template refuses such a job",
            ),
        );
    }
    spot(written, &mut faults);
    ours(written, &mut faults);
    let before = faults.len();
    placeholders(&policy.training, policy, &mut vec!["training".to_owned()], &mut faults);
    if faults.len() == before {
        // Any generation at any instant looks alike; the schema sees a real request.
        let filling = Filling {
            decision: "00000000000000000000000000000000",
            generation: 1,
            at: Timestamp::UNIX_EPOCH,
        };
        let request = request(policy, &filling);
        let mut told: Vec<(u8, Fault)> = validator()
            .iter_errors(&request)
            .map(|error| {
                let path = error.instance_path().to_string();
                let fault = schema_fault(&path, error.kind(), error.instance(), &error.to_string());
                (weight(error.kind()), fault)
            })
            .collect();
        // One value that is wrong in two ways is one mistake: the weightier way is told.
        told.sort_by_key(|(weight, _)| *weight);
        let mut places = BTreeSet::new();
        told.retain(|(weight, fault)| *weight == 0 || places.insert(fault.path.clone()));
        faults.extend(told.into_iter().map(|(_, fault)| fault));
    }
    faults
}

/// SageMaker counts the wait for spot capacity into one limit, which must cover the run.
fn spot(written: &Map<String, Value>, faults: &mut Vec<Fault>) {
    if written.get("EnableManagedSpotTraining") != Some(&Value::Bool(true)) {
        return;
    }
    let stopping = written.get("StoppingCondition");
    let seconds = |field: &str| stopping.and_then(|stopping| stopping.get(field)).and_then(Value::as_i64);
    // SageMaker's own default for the run is one day.
    let run = seconds("MaxRuntimeInSeconds").unwrap_or(86_400);
    if seconds("MaxWaitTimeInSeconds").is_none_or(|wait| wait < run) {
        faults.push(
            Fault::at(
                ["training", "StoppingCondition"],
                "spot training needs a MaxWaitTimeInSeconds that covers the run",
            )
            .hint(format!("write MaxWaitTimeInSeconds of at least {run}")),
        );
    }
}

fn ours(written: &Map<String, Value>, faults: &mut Vec<Fault>) {
    let variables = written.get("Environment").and_then(Value::as_object);
    for name in variables.into_iter().flat_map(Map::keys).filter(|name| name.starts_with("REKINDLE_")) {
        let fault =
            Fault::at(["training", "Environment", name], format!("the variable {name} belongs to Rekindle"));
        faults.push(fault.hint("choose another name"));
    }
    let tags = written.get("Tags").and_then(Value::as_array);
    for (index, tag) in tags.into_iter().flatten().enumerate() {
        let key = tag.get("Key").and_then(Value::as_str).unwrap_or_default();
        if key.starts_with(TAG_PREFIX) {
            let path = ["training", "Tags", &index.to_string(), "Key"];
            let fault = Fault::at(path, format!("the tag {key} belongs to Rekindle"));
            faults.push(fault.hint("choose another key"));
        }
    }
}

fn validator() -> &'static Validator {
    static VALIDATOR: OnceLock<Validator> = OnceLock::new();
    VALIDATOR.get_or_init(|| {
        let schema: Value = serde_json::from_str(SCHEMA).unwrap_or(Value::Bool(false));
        // A schema that cannot be built refuses everything rather than nothing; a test builds this one.
        jsonschema::validator_for(&schema).unwrap_or_else(|_| refuse_all())
    })
}

#[expect(clippy::expect_used, reason = "the schema `false` is a constant of the JSON Schema standard")]
fn refuse_all() -> Validator {
    jsonschema::validator_for(&Value::Bool(false)).expect("`false` is a schema")
}

/// The schema library's error in our words.
#[expect(clippy::wildcard_enum_match_arm, reason = "the library's errors are many, and may become more")]
fn schema_fault(pointer: &str, kind: &Kind, instance: &Value, otherwise: &str) -> Fault {
    let mut path = vec!["training".to_owned()];
    path.extend(pointer.split('/').skip(1).map(|step| step.replace("~1", "/").replace("~0", "~")));
    let (message, hint) = match kind {
        Kind::AdditionalProperties { unexpected } => {
            let field = unexpected.first().map(String::as_str).unwrap_or_default();
            let hint = nearest(field, known_fields()).map(|near| format!("did you mean `{near}`?"));
            path.push(field.to_owned());
            (format!("CreateTrainingJob has no field `{field}` here"), hint)
        }
        Kind::Required { property } => (
            format!("`{}` is missing", property.as_str().unwrap_or_default()),
            Some("SageMaker refuses the job without it".to_owned()),
        ),
        Kind::Type { kind } => {
            let wanted = match kind {
                TypeKind::Single(wanted) => wanted.to_string(),
                TypeKind::Multiple(_) => String::new(),
            };
            let hint = match (wanted.as_str(), instance) {
                // A fraction may have been written in more digits than it was read with.
                ("string", Value::Number(number)) if number.is_f64() => "write it in quotes".to_owned(),
                ("string", Value::Number(_) | Value::Bool(_)) => {
                    format!("write it in quotes: \"{instance}\"")
                }
                ("string", _) => "write one piece of text".to_owned(),
                ("integer", Value::String(text)) if text.parse::<i64>().is_ok() => {
                    format!("write it without quotes: {text}")
                }
                ("integer", _) => "write a whole number".to_owned(),
                ("array", _) => "write a list, each item after a `- `".to_owned(),
                ("object", _) => "write a mapping of fields".to_owned(),
                ("boolean", _) => "write true or false".to_owned(),
                _ => otherwise.to_owned(),
            };
            (format!("{instance} is of the wrong type"), Some(hint))
        }
        Kind::Enum { options } => {
            let word = instance.as_str().unwrap_or_default();
            let known: Vec<&str> =
                options.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            let hint = match nearest(word, known.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None if known.len() <= 12 => format!("write one of {}", known.join(", ")),
                None => format!(
                    "there are {} known words, `{}` among them",
                    known.len(),
                    known.first().unwrap_or(&"")
                ),
            };
            (format!("{instance} is not known to SageMaker here"), Some(hint))
        }
        Kind::Pattern { pattern } => {
            let pattern = pattern.trim_start_matches("^(?:").trim_end_matches(")$");
            (
                format!("{instance} does not have the form SageMaker wants"),
                Some(format!("it must match {pattern}")),
            )
        }
        _ => (otherwise.to_owned(), None),
    };
    Fault { path, message, hint }
}

/// How much an error says of its value, most first; 0 for those that never stand for another.
#[expect(clippy::wildcard_enum_match_arm, reason = "the library's errors are many, and may become more")]
fn weight(kind: &Kind) -> u8 {
    match kind {
        Kind::Type { .. } => 1,
        Kind::Enum { .. } | Kind::Pattern { .. } => 2,
        Kind::MinLength { .. } | Kind::MaxLength { .. } => 3,
        _ => 0,
    }
}

/// Every field name of the request, at any depth.
fn known_fields() -> Vec<&'static str> {
    static FIELDS: OnceLock<Vec<String>> = OnceLock::new();
    let fields = FIELDS.get_or_init(|| {
        let schema: Value = serde_json::from_str(SCHEMA).unwrap_or_default();
        let definitions = schema.get("$defs").and_then(Value::as_object).into_iter().flat_map(Map::values);
        let mut names: Vec<String> = definitions
            .chain(std::iter::once(&schema))
            .filter_map(|shape| shape.get("properties")?.as_object())
            .flat_map(|properties| properties.keys().cloned())
            .collect();
        names.sort();
        names.dedup();
        names
    });
    fields.iter().map(String::as_str).collect()
}

/// A piece of text with placeholders.
enum Piece<'a> {
    Text(&'a str),
    Hole { whole: &'a str, name: &'a str, format: Option<&'a str> },
}

/// Text and holes in turn. A hole is `{name}` or `{name:format}` where the name is of lower-case words and dots;
/// anything else in braces is text, such as a hyperparameter that holds JSON.
fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        let (before, from) = rest.split_at(open);
        let hole = from.find('}').and_then(|close| {
            let whole = from.get(..=close)?;
            let inside = from.get(1..close)?;
            let (name, format) = match inside.split_once(':') {
                Some((name, format)) => (name, Some(format)),
                None => (inside, None),
            };
            let lower = |letter: char| letter.is_ascii_lowercase() || letter == '.' || letter == '_';
            (!name.is_empty() && name.chars().all(lower)).then_some(Piece::Hole { whole, name, format })
        });
        found.push(Piece::Text(before));
        match hole {
            Some(Piece::Hole { whole, name, format }) => {
                rest = from.get(whole.len()..).unwrap_or_default();
                found.push(Piece::Hole { whole, name, format });
            }
            Some(Piece::Text(_)) | None => {
                found.push(Piece::Text("{"));
                rest = from.get(1..).unwrap_or_default();
            }
        }
    }
    found.push(Piece::Text(rest));
    found
}

/// The placeholders in a text, whole.
pub(crate) fn holes(text: &str) -> Vec<&str> {
    let hole = |piece| match piece {
        Piece::Hole { whole, .. } => Some(whole),
        Piece::Text(_) => None,
    };
    pieces(text).into_iter().filter_map(hole).collect()
}

/// The placeholders, for messages.
const PLACEHOLDERS: [&str; 6] =
    ["model", "generation", "decision.id", "decision.time", "window.start", "window.end"];

/// What a placeholder stands for; an error says why it stands for nothing.
fn value_of(
    name: &str,
    format: Option<&str>,
    policy: &Policy,
    filling: &Filling<'_>,
) -> Result<String, String> {
    let instant = |at: Timestamp| match format {
        Some(format) => {
            strtime::format(format, at).map_err(|error| format!("`{format}` is not a time format: {error}"))
        }
        None => Ok(at.to_string()),
    };
    let window =
        || policy.data_window.ok_or("the policy has no `data_window`, such as `data_window: 30d`".to_owned());
    match name {
        "decision.time" => instant(filling.at),
        "window.end" => window().and_then(|_| instant(filling.at)),
        "window.start" => window().and_then(|length| instant(length.before(filling.at))),
        "model" | "generation" | "decision.id" if format.is_some() => {
            Err(format!("`{name}` takes no format; write {{{name}}}"))
        }
        "model" => Ok(policy.model.clone()),
        "generation" => Ok(filling.generation.to_string()),
        "decision.id" => Ok(filling.decision.to_owned()),
        _ => Err(match nearest(name, PLACEHOLDERS) {
            Some(near) => format!("did you mean {{{near}}}?"),
            None => {
                format!("the placeholders are {}", PLACEHOLDERS.map(|name| format!("{{{name}}}")).join(", "))
            }
        }),
    }
}

fn fill_text(text: &str, policy: &Policy, filling: &Filling<'_>) -> String {
    pieces(text)
        .into_iter()
        .map(|piece| match piece {
            Piece::Text(text) => text.to_owned(),
            // What cannot be filled in was refused when the policy was read.
            Piece::Hole { whole, name, format } => {
                value_of(name, format, policy, filling).unwrap_or_else(|_| whole.to_owned())
            }
        })
        .collect()
}

fn fill_value(value: &Value, policy: &Policy, filling: &Filling<'_>) -> Value {
    match value {
        Value::String(text) => Value::String(fill_text(text, policy, filling)),
        Value::Array(items) => items.iter().map(|item| fill_value(item, policy, filling)).collect(),
        Value::Object(fields) => Value::Object(
            fields.iter().map(|(name, value)| (name.clone(), fill_value(value, policy, filling))).collect(),
        ),
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}

fn placeholders(value: &Value, policy: &Policy, path: &mut Vec<String>, faults: &mut Vec<Fault>) {
    let filling = Filling { decision: "", generation: 1, at: Timestamp::UNIX_EPOCH };
    let mut inside = |step: String, value: &Value| {
        path.push(step);
        placeholders(value, policy, path, faults);
        path.pop();
    };
    match value {
        Value::String(text) => {
            for piece in pieces(text) {
                if let Piece::Hole { whole, name, format } = piece
                    && let Err(why) = value_of(name, format, policy, &filling)
                {
                    let message = format!("{whole} cannot be filled in");
                    faults.push(Fault { path: path.clone(), message, hint: Some(why) });
                }
            }
        }
        Value::Array(items) => items.iter().enumerate().for_each(|(at, item)| inside(at.to_string(), item)),
        Value::Object(fields) => fields.iter().for_each(|(name, value)| inside(name.clone(), value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
