//! What happened, for people.

use std::collections::BTreeSet;
use std::fmt;

use jiff::Timestamp;

/// What happened, line by line, if somebody wants to read it.
#[derive(Debug, Clone, Default)]
pub struct Story {
    wanted: bool,
    lines: Vec<Line>,
}

/// A line of a story.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    at: Timestamp,
    about: About,
    text: String,
}

/// Whom a line is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum About {
    /// Whoever reads about one model wants to know it, too.
    Everybody,
    /// A model, and the invocation that did it.
    Model(String, String),
    /// An invocation: of those that did something for a model, its beginning and end are told.
    Invocation(String),
}

impl Story {
    /// A story that is written down.
    #[must_use]
    pub fn wanted() -> Self {
        Self { wanted: true, ..Self::default() }
    }

    /// Tells a line, made only if somebody wants to read it.
    pub(crate) fn tell(&mut self, at: Timestamp, line: impl FnOnce() -> (About, String)) {
        if self.wanted {
            let (about, text) = line();
            self.lines.push(Line { at, about, text });
        }
    }

    /// What happened to one model; of none: to all.
    #[must_use]
    pub fn about<'a>(&'a self, model: Option<&'a str>) -> impl fmt::Display + 'a {
        Read { story: self, model }
    }
}

struct Read<'a> {
    story: &'a Story,
    model: Option<&'a str>,
}

impl fmt::Display for Read<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let meant = |model: &str| self.model.is_none_or(|wanted| wanted == model);
        let took_part: BTreeSet<&str> = self
            .story
            .lines
            .iter()
            .filter_map(|line| match &line.about {
                About::Model(model, by) if meant(model) => Some(by.as_str()),
                About::Model(..) | About::Invocation(_) | About::Everybody => None,
            })
            .collect();
        for Line { at, about, text } in &self.story.lines {
            let (told, model, by) = match about {
                About::Everybody => (true, "", ""),
                About::Model(model, by) => (meant(model), model.as_str(), by.as_str()),
                About::Invocation(by) => (took_part.contains(by.as_str()), "", by.as_str()),
            };
            if told {
                writeln!(f, "{at:.3}  {model:10}  {by:20}  {text}")?;
            }
        }
        Ok(())
    }
}
