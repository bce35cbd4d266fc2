//! How triggers combine.

use std::collections::BTreeSet;

use rekindle_decision::policy::Expr;

use crate::document::{Combination, Document, ExprText};
use crate::fault::{Fault, Spot};
use crate::problem::nearest;

/// Most parts of a combination, each `only_if` counted wherever its trigger is named. Nobody could follow as many, and
/// every decision would.
const MOST_PARTS: usize = 1_000;

/// What must be true for a start, with every `only_if` beside its trigger.
pub(super) fn start_when(document: &Document, faults: &mut Vec<Fault>) -> Expr {
    let mut reader = Reader { document, faults, beside: None, parts: 0 };
    for (name, trigger) in &document.triggers {
        if trigger.only_if.is_some() {
            reader.trigger(name, &Spot::of(["triggers", name]));
        }
    }
    let spot = Spot::of(["start_when"]);
    let Some(written) = &document.start_when else { return any(&mut reader) };
    let before = reader.faults.len();
    let expr = reader.expr(written, &spot);
    if reader.faults.len() == before && asks_unasked(&expr) {
        let spot = unasked(written, spot);
        let fault = spot.fault("this would ask for a training while every trigger is quiet");
        faults.push(
            fault.hint(
                "`not` stands beside a trigger that asks: write `all: [<trigger>, { not: <trigger> }]`",
            ),
        );
    }
    expr
}

/// Any trigger that is not written only to stand beside another.
fn any(reader: &mut Reader<'_>) -> Expr {
    let document = reader.document;
    let beside: BTreeSet<&str> =
        document.triggers.values().filter_map(|trigger| trigger.only_if.as_ref()).flat_map(names).collect();
    let asking: Vec<&String> =
        document.triggers.keys().filter(|name| !beside.contains(name.as_str())).collect();
    if asking.is_empty() && !document.triggers.is_empty() {
        let fault = Fault::at(["triggers"], "every trigger stands in an `only_if`, so none asks");
        reader.faults.push(fault.hint("write `start_when` to say which of them do"));
    }
    Expr::Any(asking.into_iter().map(|name| reader.trigger(name, &Spot::of(["triggers", name]))).collect())
}

/// Every trigger an expression names, as it is written.
pub(crate) fn names(written: &ExprText) -> Vec<&str> {
    match written {
        ExprText::Name(name) => vec![name],
        ExprText::Combination(combination) => {
            let Combination { any, all, of, not, at_least: _, within: _ } = &**combination;
            [any, all, of].into_iter().flatten().flatten().chain(not).flat_map(names).collect()
        }
    }
}

/// Whether an expression may be fired though every trigger outside of a `not` is quiet.
fn asks_unasked(expr: &Expr) -> bool {
    match expr {
        Expr::Trigger(_) => false,
        Expr::Not(_) => true,
        Expr::Any(of) => of.iter().any(asks_unasked),
        Expr::All { of, .. } => !of.is_empty() && of.iter().all(asks_unasked),
        Expr::AtLeast { n, of, .. } => {
            let asking = of.iter().filter(|part| asks_unasked(part)).count();
            u32::try_from(asking).unwrap_or(u32::MAX) >= *n
        }
    }
}

/// The smallest part that is at fault: the place to mend.
fn unasked(written: &ExprText, spot: Spot) -> Spot {
    let ExprText::Combination(combination) = written else { return spot };
    let Some(parts) = &combination.any else { return spot };
    let alone = |part: &ExprText| match part {
        ExprText::Name(_) => false,
        ExprText::Combination(part) => part.not.is_some(),
    };
    match parts.iter().position(alone) {
        Some(index) => spot.at("any").item(index),
        None => spot,
    }
}

struct Reader<'a> {
    document: &'a Document,
    faults: &'a mut Vec<Fault>,
    /// The trigger whose `only_if` is being read.
    beside: Option<&'a str>,
    parts: usize,
}

impl<'a> Reader<'a> {
    fn expr(&mut self, written: &'a ExprText, spot: &Spot) -> Expr {
        self.parts = self.parts.saturating_add(1);
        if self.parts > MOST_PARTS {
            let fault =
                Fault::at(["start_when"], format!("the triggers combine in more than {MOST_PARTS} parts"));
            // Told once: what follows is not read.
            if self.parts == MOST_PARTS.saturating_add(1) {
                self.faults.push(fault.hint("write less, or make several policies"));
            }
            return Expr::Any(Vec::new());
        }
        let combination = match written {
            ExprText::Name(name) => return self.trigger(name, spot),
            ExprText::Combination(combination) => &**combination,
        };
        let Combination { any, all, at_least, of, within, not } = combination;
        match (any, all, at_least, of, not) {
            (Some(parts), None, None, None, None) if within.is_none() => {
                Expr::Any(self.list(parts, &spot.at("any")))
            }
            (None, Some(parts), None, None, None) => {
                Expr::All { of: self.list(parts, &spot.at("all")), within: *within }
            }
            (None, None, Some(n), Some(parts), None) => {
                let count = parts.len();
                if *n == 0 || usize::try_from(*n).map_or(true, |n| n > count) {
                    let fault = spot.fault(format!("at least {n} of {count} cannot be"));
                    self.faults.push(fault.hint(format!("write a number from 1 to {count}")));
                }
                Expr::AtLeast { n: *n, of: self.list(parts, &spot.at("of")), within: *within }
            }
            (None, None, None, None, Some(part)) if within.is_none() => {
                Expr::Not(Box::new(self.expr(part, &spot.at("not"))))
            }
            _ => {
                self.faults.push(spot.fault("this is not one combination").hint(
                    "write exactly one of `any: [...]`, `all: [...], within: 24h`, `at_least: N, of: [...], within: 24h` \
                     and `not: ...`; `within` may be left out",
                ));
                Expr::Any(Vec::new())
            }
        }
    }

    fn list(&mut self, parts: &'a [ExprText], spot: &Spot) -> Vec<Expr> {
        if parts.is_empty() {
            self.faults.push(spot.fault("the list is empty").hint("name at least one trigger"));
        }
        parts.iter().enumerate().map(|(index, part)| self.expr(part, &spot.item(index))).collect()
    }

    /// A trigger, with what must be true beside it.
    fn trigger(&mut self, name: &'a str, spot: &Spot) -> Expr {
        let own = Expr::Trigger(name.to_owned());
        let Some(trigger) = self.document.triggers.get(name) else {
            let fault = spot.fault(format!("there is no trigger `{name}`"));
            let known = self.document.triggers.keys().map(String::as_str);
            self.faults.push(match nearest(name, known.clone()) {
                Some(near) => fault.hint(format!("did you mean `{near}`?")),
                None => fault.hint(format!("the triggers are {}", known.collect::<Vec<_>>().join(", "))),
            });
            return own;
        };
        let Some(only_if) = &trigger.only_if else { return own };
        if let Some(beside) = self.beside {
            let message = if beside == name {
                format!("`{name}` would wait for itself")
            } else {
                format!("`{name}` has an `only_if` of its own")
            };
            self.faults
                .push(spot.fault(message).hint("name other triggers, or combine them in `start_when`"));
            return own;
        }
        self.beside = Some(name);
        let besides = self.expr(only_if, &Spot::of(["triggers", name, "only_if"]));
        self.beside = None;
        Expr::All { of: vec![own, besides], within: None }
    }
}
