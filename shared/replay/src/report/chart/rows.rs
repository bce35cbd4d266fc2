//! Spans in rows over an axis of time.

use std::fmt;

use super::plot::{Across, Mark, below};
use super::scale::Scale;
use super::span::{Bar, Span, bars};
use super::{Caption, Frame, NAME, Pixels, Room, short};
use crate::report::markup::Escaped;
use crate::report::number::count;

/// One row for each kind of span, and marks above them.
#[derive(Debug, Clone)]
pub(crate) struct Rows {
    /// What it is.
    pub(crate) caption: Caption,
    /// Time.
    pub(crate) across: Across,
    /// The name of the marks.
    pub(crate) marked: String,
    /// The marks.
    pub(crate) marks: Vec<Mark>,
    /// The rows' names, and what is told beside them.
    pub(crate) kinds: Vec<(String, String)>,
    /// The spans, each in the row of its label.
    pub(crate) spans: Vec<Span>,
}

impl Rows {
    fn draw(&self, f: &mut fmt::Formatter<'_>, room: Room) -> fmt::Result {
        // Names are beside the rows, or above them.
        let (left, beside, row, bar) = match room {
            Room::Desk => (176.0, 120.0, 30.0, 16.0),
            Room::Phone => (10.0, 10.0, 42.0, 14.0),
        };
        let bottom = row * (count(self.kinds.len()) + 1.0) + 4.0;
        let frame = Frame { left, right: room.width() - beside, top: 4.0, bottom };
        let (x, ticks) = Scale::across(&self.across, room.ticks(), (frame.left, frame.right));
        self.caption.open(f, room, bottom + 42.0)?;
        name(f, room, frame, (4.0, row, bar), (&self.marked, ""))?;
        let marked = Frame { top: 4.0 + row - bar - 4.0, bottom: 4.0 + row, ..frame };
        for mark in &self.marks {
            mark.draw(f, marked, x)?;
        }
        let bars = bars(&self.spans, x);
        for (nth, (label, beside)) in self.kinds.iter().enumerate() {
            let top = 4.0 + row * (count(nth) + 1.0);
            name(f, room, frame, (top, row, bar), (label, beside))?;
            for Bar { left, right, told, .. } in bars.iter().filter(|bar| bar.label == *label) {
                let (x, y) = (Pixels(*left), Pixels(top + row - bar - 4.0));
                let (width, height) = (Pixels(right - left), Pixels(bar));
                writeln!(
                    f,
                    r#"<g class="held bar"><title>{}</title><rect x="{x}" y="{y}" width="{width}" height="{height}"/></g>"#,
                    Escaped(told)
                )?;
            }
        }
        below(f, frame, x, &ticks, "UTC")?;
        writeln!(f, "</svg>")
    }
}

/// The line below a row and the row's name.
fn name(
    f: &mut fmt::Formatter<'_>,
    room: Room,
    frame: Frame,
    (top, row, bar): (f64, f64, f64),
    (label, beside): (&str, &str),
) -> fmt::Result {
    let (left, right, bottom) = (Pixels(frame.left), Pixels(frame.right), Pixels(top + row));
    writeln!(f, r#"<path class="grid" d="M{left} {bottom}H{right}"/>"#)?;
    let label = short(label, NAME);
    let label = Escaped(&label);
    match room {
        Room::Desk => {
            let (x, base, end) =
                (Pixels(frame.left - 12.0), Pixels(top + row - 8.0), Pixels(frame.right + 12.0));
            writeln!(f, r#"<text class="name" text-anchor="end" x="{x}" y="{base}">{label}</text>"#)?;
            writeln!(f, r#"<text class="tick" x="{end}" y="{base}">{}</text>"#, Escaped(beside))
        }
        Room::Phone => {
            let base = Pixels(top + row - bar - 8.0);
            writeln!(f, r#"<text class="name" x="{left}" y="{base}">{label}</text>"#)?;
            writeln!(
                f,
                r#"<text class="tick" text-anchor="end" x="{right}" y="{base}">{}</text>"#,
                Escaped(beside)
            )
        }
    }
}

impl fmt::Display for Rows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.draw(f, Room::Desk)?;
        self.draw(f, Room::Phone)
    }
}
