//! `rekindle parse-event`.

use std::path::Path;
use std::process::ExitCode;

use rekindle_events::{Reading, read};
use serde_json::{Value, json};

/// Prints what the functions would make of an event, one JSON document for everything inside it.
pub(crate) fn parse_event(file: &Path) -> anyhow::Result<ExitCode> {
    let entries = read(&crate::text(file)?);
    let mut shown = Vec::new();
    let (mut recognised, mut refused) = (false, false);
    for entry in &entries {
        let mut value: Value = match &entry.reading {
            Ok(reading) => {
                recognised |= matches!(reading, Reading::Signal(_));
                let identity = match reading {
                    Reading::Signal(signal) => signal.identity(),
                    Reading::Ignored { .. } => None,
                };
                let mut value = json!(reading);
                if let (Value::Object(fields), Some(identity)) = (&mut value, identity) {
                    fields.insert("identity".to_owned(), identity.into());
                }
                value
            }
            Err(unrecognised) => {
                refused = true;
                let hint = unrecognised.hint.as_deref();
                eprintln!("refused: {unrecognised}");
                if let Some(hint) = hint {
                    eprintln!("hint: {hint}");
                }
                json!({ "reading": "refused", "resembles": unrecognised.resembles, "problem": unrecognised.problem, "hint": hint })
            }
        };
        if let (Value::Object(fields), Some(id)) = (&mut value, &entry.message_id) {
            fields.insert("message_id".to_owned(), id.as_str().into());
        }
        shown.push(value);
    }
    crate::say(&serde_json::to_string_pretty(&shown)?)?;
    Ok(match (refused, recognised) {
        (true, _) => ExitCode::from(4),
        (false, true) => ExitCode::SUCCESS,
        (false, false) => ExitCode::from(3),
    })
}
