//! What is wrong with the meaning of a field, before its place in the text is known.

/// A field, as a path of names from the top.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Spot(Vec<String>);

impl Spot {
    pub(crate) fn of<const N: usize>(path: [&str; N]) -> Self {
        Self(path.iter().map(ToString::to_string).collect())
    }

    /// A field of this one.
    pub(crate) fn at(&self, step: &str) -> Self {
        let mut path = self.0.clone();
        path.push(step.to_owned());
        Self(path)
    }

    /// An item of this list.
    pub(crate) fn item(&self, index: usize) -> Self {
        self.at(&index.to_string())
    }

    pub(crate) fn fault(&self, message: impl Into<String>) -> Fault {
        Fault { path: self.0.clone(), message: message.into(), hint: None }
    }
}

/// Something that is wrong with the meaning of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) path: Vec<String>,
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
}

impl Fault {
    pub(crate) fn at<const N: usize>(path: [&str; N], message: impl Into<String>) -> Self {
        Spot::of(path).fault(message)
    }

    pub(crate) fn hint(self, hint: impl Into<String>) -> Self {
        self.maybe(Some(hint.into()))
    }

    pub(crate) fn maybe(mut self, hint: Option<String>) -> Self {
        self.hint = hint;
        self
    }
}

/// `a`, `b` or `c`.
pub(crate) fn any_of(words: &[&str]) -> String {
    listed(words, "or")
}

/// `a`, `b` and `c`.
pub(crate) fn all_of(words: &[&str]) -> String {
    listed(words, "and")
}

fn listed(words: &[&str], last: &str) -> String {
    let quoted = |words: &[&str]| words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
    match words {
        [] => String::new(),
        [only] => format!("`{only}`"),
        [most @ .., end] => format!("{} {last} `{end}`", quoted(most)),
    }
}
