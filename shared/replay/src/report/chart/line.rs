//! A line of a drawing.

use std::fmt;

use super::scale::Scale;
use super::thin::thin;
use super::{Pixels, Point, Room};
use crate::report::markup::Escaped;
use crate::report::number::drawable;

/// A line. Where a value is not finite, it has a gap.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    /// Its name.
    pub(crate) label: String,
    /// By what the page's style knows it.
    pub(crate) class: String,
    /// What it goes through, from left to right.
    pub(crate) points: Vec<Point>,
    /// Each value holds until the next one, and the last point only says until when.
    pub(crate) steps: bool,
}

impl Line {
    /// The values that are drawn.
    pub(super) fn known(&self) -> impl Iterator<Item = Point> {
        self.points.iter().copied().filter(|(_, value)| drawable(*value))
    }

    /// The line as a path.
    pub(super) fn draw(&self, f: &mut fmt::Formatter<'_>, room: Room, x: Scale, y: Scale) -> fmt::Result {
        write!(f, r#"<path class="line {}" d=""#, Escaped(&self.class))?;
        let mut drawing = false;
        for (across, value) in thin(&self.points, room.points()) {
            let (left, top) = (Pixels(x.at(across)), Pixels(y.beyond(value)));
            match (drawable(value), drawing) {
                (true, true) if self.steps => write!(f, "H{left}V{top}")?,
                (true, true) => write!(f, "L{left} {top}")?,
                // With round ends, a line of no length is a dot.
                (true, false) => write!(f, "M{left} {top}h0")?,
                (false, true) if self.steps => write!(f, "H{left}")?,
                (false, _) => (),
            }
            drawing = drawable(value);
        }
        writeln!(f, r#""/>"#)
    }
}

/// What is at the end of the class of a line that is one point.
pub(crate) const DOT: &str = " dot";

/// The classes and names of lines, below a drawing that has no room for them beside it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Legend<'a>(pub(super) &'a [(&'a str, String)]);

impl fmt::Display for Legend<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, r#"<ul class="legend phone">"#)?;
        for (class, label) in self.0 {
            let path = if class.ends_with(DOT) { "M16 5h0" } else { "M2 5H30" };
            let (label, class) = (Escaped(label), Escaped(class));
            writeln!(
                f,
                r#"<li><svg viewBox="0 0 32 10" width="32" height="10" aria-hidden="true"><path class="line {class}" d="{path}"/></svg> {label}</li>"#
            )?;
        }
        writeln!(f, "</ul>")
    }
}
