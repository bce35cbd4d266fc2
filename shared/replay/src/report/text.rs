//! The report as text for a terminal.

use std::fmt;

use rekindle_decision::explain::Minute;

use super::Report;
use super::table::{Row, Table};
use super::way::Role;

/// Starts that are listed; a report of years has hundreds.
const LISTED: usize = 12;

/// Columns of a terminal that notes are broken at.
const WIDTH: usize = 100;

/// A report as text.
#[derive(Debug, Clone, Copy)]
pub struct Text<'a>(&'a Report);

impl Report {
    /// The report for a terminal: who and when, the table, and the owner's starts.
    #[must_use]
    pub fn text(&self) -> Text<'_> {
        Text(self)
    }
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(report) = self;
        let known = if report.assumed() { "assumed" } else { "measured" };
        let line = format!(
            "{}: {}; models that were never deployed are {known}",
            report.model,
            report.setting().join(", ")
        );
        writeln!(f, "{}\n", tame(&line))?;
        Table::of(report).fmt(f)?;
        writeln!(f)?;
        for note in report.notes().into_iter().chain([report.known()]) {
            paragraph(f, &tame(&note))?;
        }
        starts(f, report)
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let labels: Vec<String> = self.rows.iter().map(|row| tame(&row.label)).collect();
        let name = labels.iter().map(|label| wide(label)).max().unwrap_or(0);
        let widths: Vec<usize> =
            self.heads.iter().enumerate().map(|(nth, head)| self.width(nth, *head)).collect();
        for line in 0..2 {
            let heads = self.heads.iter().filter_map(|head| head.get(line).copied());
            self.line(f, &format!("  {:name$}", ""), heads, &widths)?;
        }
        for (Row { role, cells, .. }, label) in self.rows.iter().zip(&labels) {
            let mark = if *role == Role::Owner { ">" } else { " " };
            let cells: Vec<String> = cells.iter().map(|cell| tame(cell)).collect();
            self.line(f, &format!("{mark} {label:name$}"), cells.iter().map(String::as_str), &widths)?;
        }
        Ok(())
    }
}

impl Table {
    fn width(&self, nth: usize, head: [&str; 2]) -> usize {
        let cells = self.rows.iter().filter_map(|row| row.cells.get(nth)).map(|cell| wide(cell));
        cells.chain(head.map(wide)).max().unwrap_or(0)
    }

    /// One line: figures to the right, the last column as it comes.
    fn line<'a>(
        &self,
        f: &mut fmt::Formatter<'_>,
        name: &str,
        cells: impl Iterator<Item = &'a str>,
        widths: &[usize],
    ) -> fmt::Result {
        let mut line = name.to_owned();
        for (nth, (cell, width)) in cells.zip(widths).enumerate() {
            line.push_str("  ");
            let figure = nth + 1 < self.heads.len();
            let blanks = if figure { width.saturating_sub(wide(cell)) } else { 0 };
            line.extend(std::iter::repeat_n(' ', blanks));
            line.push_str(cell);
        }
        writeln!(f, "{}", line.trim_end())
    }
}

fn starts(f: &mut fmt::Formatter<'_>, report: &Report) -> fmt::Result {
    writeln!(f, "\n{}", report.started())?;
    for start in report.policy.starts.iter().take(LISTED) {
        writeln!(f, "{}", format!("  {}  {}", Minute(start.at), tame(&start.because)).trim_end())?;
    }
    report.more(LISTED).map_or(Ok(()), |more| writeln!(f, "  {more}"))
}

/// A sentence, broken between words.
fn paragraph(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() && wide(&line) + 1 + wide(word) > WIDTH {
            writeln!(f, "{line}")?;
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    writeln!(f, "{line}")
}

fn wide(text: &str) -> usize {
    text.chars().count()
}

/// A text without what would move the cursor or colour the terminal.
fn tame(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}
