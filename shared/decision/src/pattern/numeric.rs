//! `numeric`: a number compared with one or two others.

use alloc::format;
use alloc::vec::Vec;
use core::cmp::Ordering;

use serde_json::{Number, Value, json};

use super::refusal::{NotAPattern, listed, quoted, sort};
use super::value::compare;

const SIGNS: [&str; 5] = ["=", "<", "<=", ">", ">="];

/// What must be true of a number: at most two comparisons, and both of them.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Numeric(Vec<(Sign, Number)>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    Is,
    Below,
    AtMost,
    Above,
    AtLeast,
}

impl Sign {
    const ALL: [(&'static str, Self); 5] = [
        ("=", Self::Is),
        ("<", Self::Below),
        ("<=", Self::AtMost),
        (">", Self::Above),
        (">=", Self::AtLeast),
    ];

    fn written(self) -> &'static str {
        Self::ALL.iter().find(|(_, sign)| *sign == self).map_or("=", |(text, _)| text)
    }

    fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Is => order.is_eq(),
            Self::Below => order.is_lt(),
            Self::AtMost => order.is_le(),
            Self::Above => order.is_gt(),
            Self::AtLeast => order.is_ge(),
        }
    }
}

impl Numeric {
    pub(super) fn read(value: &Value, path: &str) -> Result<Self, NotAPattern> {
        const HINT: &str = "write `[\">\", 0]`, or a range from below, `[\">\", 0, \"<=\", 5]`";
        let Some(terms) = value.as_array() else {
            return Err(NotAPattern::sort(path, value, "a list").hint(HINT));
        };
        match terms.as_slice() {
            [sign, number] => Ok(Self([read_term(sign, number, path, 0)?].into())),
            [from, bottom, to, top] => {
                let (from, bottom) = read_term(from, bottom, path, 0)?;
                let (to, top) = read_term(to, top, path, 2)?;
                if !matches!(from, Sign::Above | Sign::AtLeast) || !matches!(to, Sign::Below | Sign::AtMost) {
                    let problem = format!("has `{}` before `{}`", from.written(), to.written());
                    return Err(NotAPattern::new(path, problem).hint(HINT));
                }
                match compare(&bottom, &top) {
                    Some(Ordering::Less) => Ok(Self([(from, bottom), (to, top)].into())),
                    Some(Ordering::Equal) => Err(NotAPattern::new(path, format!("begins and ends at {top}"))
                        .hint(format!("for the one number write `[\"=\", {top}]`"))),
                    Some(Ordering::Greater) | None => {
                        Err(NotAPattern::new(path, format!("goes from {bottom} down to {top}"))
                            .hint("write the lower number first"))
                    }
                }
            }
            _ => Err(NotAPattern::new(path, format!("has {} parts, not 2 or 4", terms.len())).hint(HINT)),
        }
    }

    pub(super) fn matches(&self, value: &Value) -> bool {
        let Value::Number(number) = value else { return false };
        self.0.iter().all(|(sign, limit)| compare(number, limit).is_some_and(|order| sign.holds(order)))
    }

    pub(super) fn written(&self) -> Value {
        self.0.iter().flat_map(|(sign, number)| [json!(sign.written()), json!(number)]).collect()
    }
}

/// A comparison; `index` is that of its sign.
fn read_term(sign: &Value, number: &Value, path: &str, index: usize) -> Result<(Sign, Number), NotAPattern> {
    let known = sign.as_str().and_then(|written| Sign::ALL.iter().find(|(text, _)| *text == written));
    let Some((text, sign)) = known else {
        let written = sign.as_str().map_or_else(|| sort(sign).into(), quoted);
        let swapped = match sign.as_str() {
            Some("=>") => Some("did you mean `>=`?"),
            Some("=<") => Some("did you mean `<=`?"),
            Some("==") => Some("did you mean `=`?"),
            Some(_) | None => None,
        };
        let hint = swapped.map_or_else(|| format!("it may be {}", listed(&SIGNS)), Into::into);
        return Err(NotAPattern::new(
            &format!("{path}[{index}]"),
            format!("is {written}, which compares nothing"),
        )
        .hint(hint));
    };
    let Value::Number(number) = number else {
        let path = format!("{path}[{}]", index.saturating_add(1));
        return Err(NotAPattern::sort(&path, number, &format!("the number that `{text}` compares with")));
    };
    Ok((*sign, number.clone()))
}
