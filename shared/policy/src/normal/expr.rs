//! How triggers combine: the order of parts says nothing, and neither does a combination of one.

use rekindle_decision::policy::Expr;
use serde_json::Value;

use super::Fields;

pub(super) fn expr(expr: &Expr) -> Value {
    part(expr, false)
}

/// `remembered`: inside a `within`, where a trigger is remembered and a combination is not, so that even a combination of
/// one means something else than its part.
fn part(expr: &Expr, remembered: bool) -> Value {
    let mut fields = Fields::default();
    match expr {
        Expr::Trigger(name) => return name.as_str().into(),
        Expr::Any(of) | Expr::AtLeast { n: 1, of, within: None } => match of.as_slice() {
            [only] if !remembered => return part(only, false),
            _ => fields.put("any", parts(of, false)),
        },
        Expr::All { of, within: None } => match of.as_slice() {
            [only] if !remembered => return part(only, false),
            _ => fields.put("all", parts(of, false)),
        },
        Expr::All { of, within: Some(within) } => {
            fields.put("all", parts(of, true));
            fields.put("within", within);
        }
        Expr::AtLeast { n, of, within: None } if usize::try_from(*n) == Ok(of.len()) => {
            fields.put("all", parts(of, false));
        }
        Expr::AtLeast { n, of, within } => {
            fields.put("at_least", n);
            fields.put("of", parts(of, within.is_some()));
            fields.maybe("within", within.as_ref());
        }
        Expr::Not(only) => fields.put("not", part(only, false)),
    }
    fields.value()
}

fn parts(of: &[Expr], remembered: bool) -> Vec<Value> {
    let mut parts: Vec<Value> = of.iter().map(|expr| part(expr, remembered)).collect();
    parts.sort_by_cached_key(ToString::to_string);
    parts
}
