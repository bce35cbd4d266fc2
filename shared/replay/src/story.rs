//! What happened, for people.

use std::fmt;

use jiff::Timestamp;

/// What happened, line by line, if somebody wants to read it.
#[derive(Debug, Clone, Default)]
pub struct Story {
    wanted: bool,
    lines: Vec<Line>,
}

#[derive(Debug, Clone)]
struct Line {
    at: Timestamp,
    /// `None`: whoever reads about one model wants to know this too.
    model: Option<String>,
    text: String,
}

impl Story {
    /// A story that is written down.
    #[must_use]
    pub fn wanted() -> Self {
        Self { wanted: true, ..Self::default() }
    }

    /// Tells a line, made only if somebody wants to read it.
    pub(crate) fn tell(&mut self, at: Timestamp, line: impl FnOnce() -> (Option<String>, String)) {
        if self.wanted {
            let (model, text) = line();
            self.lines.push(Line { at, model, text });
        }
    }

    /// The lines about these models, and those about nobody in particular; of no models: all lines.
    #[must_use]
    pub fn about<'a>(&'a self, models: &'a [String]) -> impl fmt::Display + 'a {
        About { story: self, models }
    }
}

struct About<'a> {
    story: &'a Story,
    models: &'a [String],
}

impl fmt::Display for About<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Line { at, model, text } in &self.story.lines {
            let meant = |model: &String| self.models.is_empty() || self.models.contains(model);
            if model.as_ref().is_none_or(meant) {
                writeln!(f, "{at:.3}  {:12} {text}", model.as_deref().unwrap_or_default())?;
            }
        }
        Ok(())
    }
}
