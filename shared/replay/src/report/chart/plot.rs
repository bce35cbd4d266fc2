//! Lines over two axes.

use std::fmt;

use jiff::Timestamp;

use super::apart::apart;
use super::line::{Legend, Line};
use super::scale::{Scale, Tick};
use super::span::{Bar, Span, bars};
use super::{Caption, Frame, NAME, Pixels, Room, short, width_of};
use crate::report::markup::Escaped;

/// What a drawing shows from left to right.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Across {
    /// Time, in seconds since the first instant.
    Time {
        /// The first instant.
        from: Timestamp,
        /// The last one.
        to: Timestamp,
    },
    /// Prices, each as far from its half as from its double.
    Price {
        /// The lowest, above zero.
        least: f64,
        /// The highest.
        greatest: f64,
    },
}

/// A place on the axis across that is marked from top to bottom.
#[derive(Debug, Clone)]
pub(crate) struct Mark {
    /// Where.
    pub(crate) at: f64,
    /// By what the page's style knows it.
    pub(crate) class: &'static str,
    /// What is told of it to whoever points at it.
    pub(crate) told: String,
}

/// Lines over two axes, with spans behind them and marks before them.
#[derive(Debug, Clone)]
pub(crate) struct Plot {
    /// What it is.
    pub(crate) caption: Caption,
    /// What is from left to right.
    pub(crate) across: Across,
    /// What is written below that.
    pub(crate) across_label: String,
    /// What is written above the values.
    pub(crate) up_label: String,
    /// The least that a value can be, if it is drawn from there up.
    pub(crate) base: Option<f64>,
    /// Values above this leave the drawing at the top, so that the others can be told apart.
    pub(crate) cap: f64,
    /// The lines, the most important one last, as it is drawn over the others.
    pub(crate) lines: Vec<Line>,
    /// Spans behind them.
    pub(crate) spans: Vec<Span>,
    /// Marks.
    pub(crate) marks: Vec<Mark>,
}

/// Height of a line of text.
const LINE: f64 = 16.0;

impl Plot {
    /// Whether there is anything to draw.
    pub(crate) fn is_empty(&self) -> bool {
        self.lines.iter().all(|line| line.known().next().is_none())
    }

    fn draw(&self, f: &mut fmt::Formatter<'_>, room: Room) -> fmt::Result {
        let height = if room == Room::Desk { 320.0 } else { 260.0 };
        let beside = if room == Room::Desk { 200.0 } else { 10.0 };
        let strip = if self.spans.is_empty() { 0.0 } else { LINE };
        let frame =
            Frame { left: 62.0, right: room.width() - beside, top: 24.0 + strip, bottom: height - 42.0 };
        let values = self.lines.iter().flat_map(|line| line.known().map(|(_, value)| value.min(self.cap)));
        let Some((y, up)) = Scale::up(values, self.base, 5, (frame.bottom, frame.top)) else { return Ok(()) };
        let (x, across) = Scale::across(&self.across, room.ticks(), (frame.left, frame.right));
        self.caption.open(f, room, height)?;
        self.axes(f, frame, (x, &across), (y, &up))?;
        spans(f, frame, &bars(&self.spans, x))?;
        self.inside(f, frame, room)?;
        for line in &self.lines {
            line.draw(f, room, x, y)?;
        }
        writeln!(f, "</g>")?;
        for mark in &self.marks {
            mark.draw(f, frame, x)?;
        }
        if room == Room::Desk {
            self.names(f, frame, x, y)?;
        }
        writeln!(f, "</svg>")
    }

    /// The beginning of what is cut off at the axes.
    fn inside(&self, f: &mut fmt::Formatter<'_>, frame: Frame, room: Room) -> fmt::Result {
        let (id, room) = (self.caption.id, room.name());
        // Lines have a width, which is not cut off.
        let (x, y) = (Pixels(frame.left - 2.0), Pixels(frame.top - 2.0));
        let (width, height) =
            (Pixels(frame.right - frame.left + 4.0), Pixels(frame.bottom - frame.top + 4.0));
        writeln!(
            f,
            r#"<clipPath id="{id}-{room}-inside"><rect x="{x}" y="{y}" width="{width}" height="{height}"/></clipPath><g clip-path="url(#{id}-{room}-inside)">"#
        )
    }

    fn axes(
        &self,
        f: &mut fmt::Formatter<'_>,
        frame: Frame,
        (x, across): (Scale, &[Tick]),
        (y, up): (Scale, &[Tick]),
    ) -> fmt::Result {
        let (left, right) = (Pixels(frame.left), Pixels(frame.right));
        let (beside, above) = (Pixels(frame.left - 8.0), Pixels(12.0));
        writeln!(f, r#"<text class="axis" x="{left}" y="{above}">{}</text>"#, Escaped(&self.up_label))?;
        for Tick { at, label } in up {
            let (top, base) = (Pixels(y.at(*at)), Pixels(y.at(*at) + 4.0));
            writeln!(f, r#"<path class="grid" d="M{left} {top}H{right}"/>"#)?;
            writeln!(
                f,
                r#"<text class="tick" text-anchor="end" x="{beside}" y="{base}">{}</text>"#,
                Escaped(label)
            )?;
        }
        below(f, frame, x, across, &self.across_label)
    }

    /// A line's name, with an arrow if it is above the drawing in the end.
    fn named(&self, line: &Line) -> String {
        let above = line.known().last().is_some_and(|(_, value)| value > self.cap);
        short(&line.label, NAME) + if above { " ↑" } else { "" }
    }

    /// The names of the lines beside their ends.
    fn names(&self, f: &mut fmt::Formatter<'_>, frame: Frame, x: Scale, y: Scale) -> fmt::Result {
        let ends: Vec<_> = self.lines.iter().filter_map(|line| Some((line, line.known().last()?))).collect();
        let places: Vec<f64> = ends.iter().map(|(_, (_, value))| y.at(*value)).collect();
        let places = apart(&places, LINE, (frame.top, frame.bottom));
        for ((line, (across, value)), place) in ends.into_iter().zip(places) {
            // A stepped line's last value holds until the end.
            let end = line.points.last().map_or(across, |(across, _)| *across);
            let (left, top) = (Pixels(x.at(end) + 3.0), Pixels(y.at(value)));
            let (bend, right) = (Pixels(frame.right + 12.0), Pixels(frame.right + 24.0));
            let (text, base, place) = (Pixels(frame.right + 29.0), Pixels(place + 4.0), Pixels(place));
            let class = Escaped(&line.class);
            writeln!(f, r#"<path class="leader {class}" d="M{left} {top}L{bend} {place}H{right}"/>"#)?;
            let name = self.named(line);
            writeln!(f, r#"<text class="name {class}" x="{text}" y="{base}">{}</text>"#, Escaped(&name))?;
        }
        Ok(())
    }
}

impl fmt::Display for Plot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.draw(f, Room::Desk)?;
        self.draw(f, Room::Phone)?;
        let drawn = self.lines.iter().filter(|line| line.known().next().is_some());
        let named: Vec<_> = drawn.map(|line| (line.class.as_str(), self.named(line))).collect();
        if named.len() > 1 { Legend(&named).fmt(f) } else { Ok(()) }
    }
}

impl Mark {
    /// A line from top to bottom with a head.
    pub(super) fn draw(&self, f: &mut fmt::Formatter<'_>, frame: Frame, x: Scale) -> fmt::Result {
        let Self { at, class, told } = self;
        let at = x.at(*at);
        let (left, top, bottom) = (Pixels(at), Pixels(frame.top), Pixels(frame.bottom));
        let head = Pixels(at - 4.0);
        writeln!(
            f,
            r#"<g class="mark {class}"><title>{}</title><path class="hit" d="M{left} {top}V{bottom}"/><path class="stem" d="M{left} {top}V{bottom}"/><path class="head" d="M{head} {top}h8l-4 7z"/></g>"#,
            Escaped(told)
        )
    }
}

/// The axis across.
pub(super) fn below(
    f: &mut fmt::Formatter<'_>,
    frame: Frame,
    x: Scale,
    ticks: &[Tick],
    label: &str,
) -> fmt::Result {
    let (left, right, bottom) = (Pixels(frame.left), Pixels(frame.right), Pixels(frame.bottom));
    let (base, under) = (Pixels(frame.bottom + 18.0), Pixels(frame.bottom + 36.0));
    writeln!(f, r#"<path class="base" d="M{left} {bottom}H{right}"/>"#)?;
    for Tick { at, label } in ticks {
        let at = x.at(*at);
        // A label at an end must not leave a drawing that has no margin there.
        let half = width_of(label) / 2.0;
        let (middle, place) = (Pixels(at.min(frame.right + 8.0 - half).max(half)), Pixels(at));
        writeln!(f, r#"<path class="base" d="M{place} {bottom}v4"/>"#)?;
        writeln!(
            f,
            r#"<text class="tick" text-anchor="middle" x="{middle}" y="{base}">{}</text>"#,
            Escaped(label)
        )?;
    }
    writeln!(f, r#"<text class="axis" text-anchor="end" x="{right}" y="{under}">{}</text>"#, Escaped(label))
}

/// Spans behind lines, each with its name above, if that covers no other name.
fn spans(f: &mut fmt::Formatter<'_>, frame: Frame, bars: &[Bar]) -> fmt::Result {
    let mut free = frame.left;
    for Bar { left, right, label, told } in bars {
        let (width, height) = (Pixels(right - left), Pixels(frame.bottom - frame.top));
        let (x, y, base) = (Pixels(*left), Pixels(frame.top), Pixels(frame.top - 5.0));
        writeln!(
            f,
            r#"<g class="held"><title>{}</title><rect x="{x}" y="{y}" width="{width}" height="{height}"/>"#,
            Escaped(told)
        )?;
        if *left >= free && left + width_of(label) <= frame.right {
            writeln!(f, r#"<text class="tick" x="{x}" y="{base}">{}</text>"#, Escaped(label))?;
            free = left + width_of(label) + 8.0;
        }
        writeln!(f, "</g>")?;
    }
    Ok(())
}
