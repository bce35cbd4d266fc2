//! When the owner's policy was held back, and by what.

use std::collections::BTreeMap;
use std::fmt;

use super::drawing;
use crate::report::chart::{Caption, Rows};
use crate::report::number::{length, several};
use crate::report::{Duration, Report};

pub(super) fn section(f: &mut fmt::Formatter<'_>, report: &Report) -> fmt::Result {
    let title = "What held starts back";
    if report.held.is_empty() {
        let text = "Nothing held your policy back: whenever it wanted to train, it could.";
        return writeln!(f, "<section>\n<h2>{title}</h2>\n<p class=\"note\">{text}</p>\n</section>");
    }
    let seen = "When your policy wanted to train and was held back, by what; above, when it did start.";
    let rows = Rows {
        caption: Caption { id: "guards", title: title.to_owned(), seen: seen.to_owned() },
        across: report.time(),
        marked: "starts".to_owned(),
        marks: report.marks(),
        kinds: kinds(report),
        spans: report.spans(),
    };
    drawing(f, title, seen, Some(&rows))
}

/// The blockers, the one that held longest first, with how often and how long each held.
fn kinds(report: &Report) -> Vec<(String, String)> {
    let mut by: BTreeMap<&str, (usize, u64)> = BTreeMap::new();
    for held in &report.held {
        let (times, seconds) = by.entry(&held.by).or_default();
        *times += 1;
        *seconds = seconds.saturating_add(Duration::between(held.from, held.to).seconds());
    }
    let mut rows: Vec<(&str, (usize, u64))> = by.into_iter().collect();
    rows.sort_by_key(|(_, (_, seconds))| std::cmp::Reverse(*seconds));
    rows.into_iter()
        .map(|(by, (times, seconds))| {
            let long = length(Duration::from_seconds(seconds));
            (by.to_owned(), format!("{}, {long}", several(times, "time")))
        })
        .collect()
}
