//! A file of a history, whatever its form.

use super::collected::Collected;
use super::fault::{Fault, Place};
use super::keys::Keys;
use super::{csv, jsonl, log, parquet};

/// For whom a history is read.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a> {
    /// The model, where it is known: a log speaks of many.
    pub model: Option<&'a str>,
    /// The names of its metrics: tables and logs have no others.
    pub keys: &'a Keys,
}

/// Which form a text has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    JsonLines,
    Csv,
    Log,
}

impl Reader<'_> {
    /// Reads a file into what was collected before. Parquet is known by how it begins, CSV by the ending of the file's name or
    /// a column `time`, a log by its decisions, and everything else is JSON Lines.
    ///
    /// # Errors
    ///
    /// The file cannot be read in its form.
    pub fn read(&self, file: &str, bytes: Vec<u8>, into: &mut Collected) -> Result<(), Fault> {
        if bytes.starts_with(parquet::MAGIC) {
            return parquet::read(file, bytes, self.keys, into);
        }
        let text = String::from_utf8(bytes).map_err(|error| not_a_text(file, &error))?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        match form(file, text) {
            Form::Csv => csv::read(file, text, self.keys, into),
            Form::Log => match self.model {
                Some(model) => log::read(file, text, model, self.keys, into),
                None => Err(Fault::new(file, Place::Whole, "a decision log speaks of many models")
                    .hint("say which policy, and it is read for its model")),
            },
            Form::JsonLines => jsonl::read(file, text, into),
        }
    }
}

fn form(file: &str, text: &str) -> Form {
    let ends = |ending: &str| {
        let letters = file.len().checked_sub(ending.len()).and_then(|at| file.get(at..));
        letters.is_some_and(|end| end.eq_ignore_ascii_case(ending))
    };
    if ends(".csv") {
        return Form::Csv;
    }
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    // What comes from standard input has no name that ends in anything.
    if first.split(',').any(|column| column.trim() == "time") {
        return Form::Csv;
    }
    // What begins as a history is one: a log need not be looked for in all of it.
    if jsonl::is_line(first) {
        return Form::JsonLines;
    }
    if text.lines().any(log::is_decision) { Form::Log } else { Form::JsonLines }
}

fn not_a_text(file: &str, error: &std::string::FromUtf8Error) -> Fault {
    let good = error.utf8_error().valid_up_to();
    let before = error.as_bytes().get(..good).unwrap_or_default();
    let line = before.split(|byte| *byte == b'\n').count();
    let place = Place::Line(u64::try_from(line).unwrap_or(u64::MAX));
    Fault::new(file, place, "not UTF-8").hint("save it as UTF-8; compressed files have to be unpacked first")
}
