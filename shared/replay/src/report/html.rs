//! The report as one page that needs nothing else: no network, no fonts, no files beside it.
//!
//! Its markup is well-formed XML too, which is how tests read it.

mod cost;
mod guards;
mod loss;
mod price;

use std::fmt;

use jiff::Timestamp;
use rekindle_decision::explain::Minute;

use super::Report;
use super::chart::Mark;
use super::markup::Escaped;
use super::table::{Row, Table};
use super::way::Role;

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("pointed.js");

impl Report {
    /// The report as a page of HTML.
    #[must_use]
    pub fn html(&self) -> String {
        Page(self).to_string()
    }

    /// An instant as a place on an axis of time.
    fn place(&self, at: Timestamp) -> f64 {
        at.duration_since(self.from).as_secs_f64()
    }

    /// Marks for the owner's starts.
    fn marks(&self) -> Vec<Mark> {
        let told = |at, because: &str| match because {
            "" => Minute(at).to_string(),
            because => format!("{}: {because}", Minute(at)),
        };
        let starts = self.policy.starts.iter();
        starts
            .map(|start| Mark {
                at: self.place(start.at),
                class: "start",
                told: told(start.at, &start.because),
            })
            .collect()
    }
}

/// By what the page's style knows the line of a way.
fn class(role: Role) -> String {
    match role {
        Role::Owner => "owner".to_owned(),
        Role::Rival(nth) => format!("rival-{}", nth % 6),
        Role::Optimum => "optimum".to_owned(),
    }
}

struct Page<'a>(&'a Report);

impl fmt::Display for Page<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(report) = self;
        let model = Escaped(&report.model);
        writeln!(
            f,
            r#"<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<meta name="color-scheme" content="light dark"/>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"/>
<title>{model}: what its policy would have done</title>
<style>
{STYLE}</style>
</head>
<body>
<main>"#
        )?;
        head(f, report)?;
        compared(f, &Table::of(report), &report.notes())?;
        loss::section(f, report)?;
        cost::section(f, report)?;
        price::section(f, report)?;
        guards::section(f, report)?;
        started(f, report)?;
        writeln!(f, "<footer><p>{}</p></footer>\n</main>", Escaped(&report.known()))?;
        writeln!(f, "<script>\n{SCRIPT}</script>\n</body>\n</html>")
    }
}

fn head(f: &mut fmt::Formatter<'_>, report: &Report) -> fmt::Result {
    writeln!(f, "<header>\n<h1>{}</h1>\n<ul class=\"setting\">", Escaped(&report.model))?;
    for part in report.setting() {
        writeln!(f, "<li>{}</li>", Escaped(&together(&part)))?;
    }
    writeln!(f, "</ul>")?;
    for sentence in report.summary() {
        writeln!(f, "<p class=\"summary\">{}</p>", Escaped(&together(&sentence)))?;
    }
    writeln!(f, "</header>")
}

/// A sentence in which no line ends between a number and its unit.
fn together(sentence: &str) -> String {
    sentence.replace(" USD", "\u{a0}USD").replace(" %", "\u{a0}%")
}

/// What a cell holds, broken only after commas.
fn whole(cell: &str) -> String {
    cell.replace(' ', "\u{a0}").replace(",\u{a0}", ", ")
}

fn compared(f: &mut fmt::Formatter<'_>, table: &Table, notes: &[String]) -> fmt::Result {
    writeln!(
        f,
        r#"<section>
<h2 id="compared">What each way would have cost</h2>
<div class="wide" role="region" aria-labelledby="compared" tabindex="0">
<table>
<thead><tr><th scope="col">way to decide</th>"#
    )?;
    for [first, second] in table.heads {
        writeln!(f, r#"<th scope="col">{first} {second}</th>"#)?;
    }
    writeln!(f, "</tr></thead>\n<tbody>")?;
    for Row { role, label, cells } in &table.rows {
        let class = class(*role);
        write!(f, r#"<tr class="{class}"><th scope="row">{}</th>"#, Escaped(label))?;
        for cell in cells {
            write!(f, "<td>{}</td>", Escaped(&whole(cell)))?;
        }
        writeln!(f, "</tr>")?;
    }
    writeln!(f, "</tbody>\n</table>\n</div>\n<p class=\"note\">{}</p>\n</section>", Escaped(&notes.join(" ")))
}

/// A part of the page around a drawing: what it shows, and what there is to see in it.
fn drawing(
    f: &mut fmt::Formatter<'_>,
    title: &str,
    seen: &str,
    drawn: Option<&dyn fmt::Display>,
) -> fmt::Result {
    writeln!(f, "<section>\n<h2>{}</h2>\n<p class=\"note\">{}</p>", Escaped(title), Escaped(seen))?;
    match drawn {
        Some(drawn) => writeln!(f, "<figure>\n{drawn}</figure>\n</section>"),
        None => writeln!(f, "<p class=\"empty\">There is nothing to draw.</p>\n</section>"),
    }
}

fn started(f: &mut fmt::Formatter<'_>, report: &Report) -> fmt::Result {
    if report.policy.starts.is_empty() {
        return writeln!(f, "<section><h2>{}</h2></section>", Escaped(&report.started()));
    }
    writeln!(f, "<details>\n<summary>{}</summary>\n<ol>", Escaped(&report.started()))?;
    for start in &report.policy.starts {
        let at = Minute(start.at);
        writeln!(f, "<li><time>{at}</time> <span>{}</span></li>", Escaped(&start.because))?;
    }
    writeln!(f, "</ol>\n</details>")
}
