//! `*` in a text.

use alloc::string::String;
use alloc::vec::Vec;

use super::refusal::NotAPattern;

/// A text in which `*` stands for any text, also for none.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Wildcard {
    /// What stands before the first star.
    head: String,
    /// What stands after each star.
    rest: Vec<String>,
}

impl Wildcard {
    pub(super) fn read(text: &str, path: &str) -> Result<Self, NotAPattern> {
        let (mut parts, mut part) = (Vec::new(), String::new());
        let mut letters = text.chars().peekable();
        while let Some(letter) = letters.next() {
            match letter {
                '*' if letters.peek() == Some(&'*') => {
                    return Err(
                        NotAPattern::new(path, "has two `*` in a row").hint("one stands for any text")
                    );
                }
                '*' => parts.push(core::mem::take(&mut part)),
                '\\' => match letters.next_if(|next| matches!(next, '*' | '\\')) {
                    Some(escaped) => part.push(escaped),
                    None => {
                        return Err(NotAPattern::new(
                            path,
                            "has a `\\` that stands before neither `*` nor `\\`",
                        )
                        .hint("write `\\*` for a star and `\\\\` for a backslash"));
                    }
                },
                plain => part.push(plain),
            }
        }
        parts.push(part);
        let mut parts = parts.into_iter();
        Ok(Self { head: parts.next().unwrap_or_default(), rest: parts.collect() })
    }

    /// Each part is looked for once, as far to the left as it can be, so no text is gone over twice.
    pub(super) fn matches(&self, text: &str) -> bool {
        let Some((tail, middle)) = self.rest.split_last() else { return text == self.head };
        let inner = text.strip_prefix(self.head.as_str()).and_then(|text| text.strip_suffix(tail.as_str()));
        let after = |text: &mut &str, part: &String| {
            *text = text.split_once(part.as_str())?.1;
            Some(())
        };
        inner.is_some_and(|mut text| {
            middle.iter().try_for_each(|part| after(&mut text, part).ok_or(())).is_ok()
        })
    }

    pub(super) fn fill(&self, with: &dyn Fn(&str) -> String) -> Self {
        Self { head: with(&self.head), rest: self.rest.iter().map(|part| with(part)).collect() }
    }

    pub(super) fn written(&self) -> String {
        let mut text = escaped(&self.head);
        for part in &self.rest {
            text.push('*');
            text.push_str(&escaped(part));
        }
        text
    }
}

fn escaped(part: &str) -> String {
    part.replace('\\', "\\\\").replace('*', "\\*")
}
