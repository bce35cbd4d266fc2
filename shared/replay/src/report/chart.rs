//! Drawings: lines over two axes, and spans in rows, as SVG.
//!
//! A drawing is made twice, for a desk and for a phone, as text that is scaled down cannot be read; the page shows one.
//! Colours and strokes are in the page's style, by class.

mod apart;
mod calendar;
mod line;
mod plot;
mod rows;
mod scale;
mod span;
mod thin;

use std::fmt;

use super::markup::Escaped;

pub(super) use line::{DOT, Line};
pub(super) use plot::{Across, Mark, Plot};
pub(super) use rows::Rows;
pub(super) use span::Span;

/// The most letters of a name, for which there is a margin.
const NAME: usize = 24;

/// A place in a drawing or in what is drawn: across, and up or down.
pub(super) type Point = (f64, f64);

/// Where a drawing is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Room {
    /// On a screen that is wide enough for names beside the lines, and on paper.
    Desk,
    /// On a narrow one: names are in a legend below.
    Phone,
}

impl Room {
    /// Its name in the page.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Desk => "desk",
            Self::Phone => "phone",
        }
    }

    /// Width of a drawing, in pixels.
    fn width(self) -> f64 {
        match self {
            Self::Desk => 960.0,
            Self::Phone => 360.0,
        }
    }

    /// The most points that a line has: about two for each pixel.
    fn points(self) -> usize {
        match self {
            Self::Desk => 1_500,
            Self::Phone => 500,
        }
    }

    /// The most ticks along an axis.
    fn ticks(self) -> usize {
        match self {
            Self::Desk => 8,
            Self::Phone => 4,
        }
    }
}

/// The part of a drawing inside its axes, in pixels from the top left corner.
#[derive(Debug, Clone, Copy)]
struct Frame {
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
}

/// Who a drawing is for those who do not see it.
#[derive(Debug, Clone)]
pub(super) struct Caption {
    /// By what its elements are known in the page.
    pub(super) id: &'static str,
    /// What is drawn, in a few words.
    pub(super) title: String,
    /// What is to be seen in it.
    pub(super) seen: String,
}

impl Caption {
    /// The beginning of a drawing.
    fn open(&self, f: &mut fmt::Formatter<'_>, room: Room, height: f64) -> fmt::Result {
        let (id, width, room) = (self.id, Pixels(room.width()), room.name());
        let (title, seen, height) = (Escaped(&self.title), Escaped(&self.seen), Pixels(height));
        writeln!(
            f,
            r#"<svg id="{id}-{room}" class="{room}" role="img" viewBox="0 0 {width} {height}" aria-labelledby="{id}-{room}-title {id}-{room}-seen"><title id="{id}-{room}-title">{title}</title><desc id="{id}-{room}-seen">{seen}</desc>"#
        )
    }
}

/// A length to a tenth of a pixel.
#[derive(Debug, Clone, Copy)]
struct Pixels(f64);

impl fmt::Display for Pixels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = format!("{:.1}", self.0);
        f.write_str(text.strip_suffix(".0").unwrap_or(&text))
    }
}

/// Width of so many letters, about, in pixels.
fn width_of(text: &str) -> f64 {
    super::number::count(text.chars().count()) * 6.6
}

/// As much of a name as there is a margin for.
fn short(name: &str, letters: usize) -> String {
    if name.chars().count() <= letters {
        return name.to_owned();
    }
    name.chars().take(letters.saturating_sub(1)).chain(['…']).collect()
}
