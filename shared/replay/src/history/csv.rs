//! A history as comma-separated tables.
//!
//! | columns | a row is |
//! |---|---|
//! | `time,metric,value` and perhaps `samples` | a value of the metric that the policy knows by this name |
//! | `time`, a metric's name, another's, … | a value of each; `accuracy.samples` beside `accuracy` has its samples |
//! | `time,alarm,state` | a change of an alarm |
//! | `time,training,took` | a training that ended well: when it began, any name for it, how long it took |
//!
//! A time is RFC 3339 with its offset, or seconds since 1970. The first line names the columns, in any order.

use csv::{ErrorKind, Position, ReaderBuilder, StringRecord, Trim};

use super::collected::Collected;
use super::fault::{Fault, Place};
use super::keys::Keys;
use super::table::{Cell, Columns, Wrong};

/// Reads a table into what was collected before.
///
/// # Errors
///
/// The first place that cannot be read.
pub fn read(file: &str, text: &str, keys: &Keys, into: &mut Collected) -> Result<(), Fault> {
    let mut rows = ReaderBuilder::new().trim(Trim::All).from_reader(text.as_bytes());
    let headers = rows.headers().map_err(|error| unreadable(file, &error))?.clone();
    let names: Vec<String> = headers.iter().map(ToOwned::to_owned).collect();
    let columns = Columns::of(&names, keys).map_err(|wrong| fault(file, text, Some(1), &headers, wrong))?;
    for row in rows.into_records() {
        let row = row.map_err(|error| unreadable(file, &error))?;
        let cells: Vec<Cell> = row.iter().map(cell).collect();
        columns
            .take(&cells, keys, into)
            .map_err(|wrong| fault(file, text, row.position().map(Position::line), &row, wrong))?;
    }
    Ok(())
}

fn cell(text: &str) -> Cell {
    if text.is_empty() { Cell::Empty } else { Cell::Text(text.to_owned()) }
}

/// What is wrong, with its line, and its column where nothing is quoted before it.
fn fault(file: &str, text: &str, line: Option<u64>, row: &StringRecord, wrong: Wrong) -> Fault {
    let Wrong { column, what, hint } = wrong;
    let place = match (line, column) {
        (None, _) => Place::Whole,
        (Some(line), None) => Place::Line(line),
        (Some(line), Some(column)) => {
            let nth = usize::try_from(line).ok().and_then(|line| text.lines().nth(line.checked_sub(1)?));
            match nth.and_then(|whole| start(whole, column, row.len())) {
                Some(column) => Place::Column(line, column),
                None => Place::Line(line),
            }
        }
    };
    Fault::new(file, place, what).hint(hint)
}

/// Where the field of this number begins in a line of so many fields, counted in letters from 1.
fn start(line: &str, field: usize, fields: usize) -> Option<u64> {
    if line.contains('"') || line.split(',').count() != fields {
        return None;
    }
    let before: usize = line.split(',').take(field).map(|field| field.chars().count() + 1).sum();
    let blank = line.split(',').nth(field)?.chars().take_while(|letter| letter.is_whitespace()).count();
    // An empty field has only blanks.
    let blank = if line.split(',').nth(field)?.trim().is_empty() { 0 } else { blank };
    u64::try_from(before + blank + 1).ok()
}

fn unreadable(file: &str, error: &csv::Error) -> Fault {
    let place = |at: Option<&Position>| at.map_or(Place::Whole, |at| Place::Line(at.line()));
    if let ErrorKind::UnequalLengths { pos, expected_len, len } = error.kind() {
        let what = format!("{len} fields, and there are {expected_len} columns");
        return Fault::new(file, place(pos.as_ref()), what)
            .hint("fields are separated by commas; one with a comma in it stands in double quotes");
    }
    Fault::new(file, place(error.position()), error.to_string())
}
