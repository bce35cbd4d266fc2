//! Where in the text a field stands.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_saphyr::{DuplicateKeyPolicy, NonFiniteFloatPolicy, Spanned};

use crate::range::{Entry, MOST_MODELS, Slip};

/// A document as nothing but places: read only when something is wrong.
#[derive(Debug)]
enum Place {
    Leaf(Option<String>),
    List(Vec<Spanned<Place>>),
    Map(Vec<(Spanned<String>, Spanned<Place>)>),
}

impl<'de> Deserialize<'de> for Place {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Places)
    }
}

struct Places;

impl<'de> Visitor<'de> for Places {
    type Value = Place;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("YAML")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Place, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Place::Map(entries))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Place, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(Place::List(items))
    }

    fn visit_str<E>(self, text: &str) -> Result<Place, E> {
        Ok(Place::Leaf(Some(text.to_owned())))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Place, E> {
        Ok(Place::Leaf(None))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Place, E> {
        Ok(Place::Leaf(Some(number.to_string())))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Place, E> {
        Ok(Place::Leaf(Some(number.to_string())))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Place, E> {
        Ok(Place::Leaf(None))
    }

    fn visit_unit<E>(self) -> Result<Place, E> {
        Ok(Place::Leaf(None))
    }

    fn visit_none<E>(self) -> Result<Place, E> {
        Ok(Place::Leaf(None))
    }

    fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<Place, D::Error> {
        IgnoredAny::deserialize(inner).map(|_| Place::Leaf(None))
    }
}

/// The places of a text, read as leniently as can be: what a reader of policies refuses still has its place.
fn places(text: &str) -> Option<Spanned<Place>> {
    let options = serde_saphyr::options! {
        strict_booleans: true,
        duplicate_keys: DuplicateKeyPolicy::FirstWins,
        non_finite_float_policy: NonFiniteFloatPolicy::PassThrough,
    };
    serde_saphyr::from_str_with_options(text, options).ok()
}

/// Whether a mapping without any field stands at a path.
pub(crate) fn is_empty_mapping(text: &str, path: &[String]) -> bool {
    let Some(top) = places(text) else { return false };
    let mut here = &top;
    for step in path {
        let next = match &here.value {
            Place::Map(entries) => entries.iter().find(|(key, _)| key.value == *step).map(|(_, value)| value),
            Place::List(items) => step.parse::<usize>().ok().and_then(|at| items.get(at)),
            Place::Leaf(_) => None,
        };
        let Some(next) = next else { return false };
        here = next;
    }
    matches!(&here.value, Place::Map(entries) if entries.is_empty())
}

/// Line and column of the field at a path, or of the deepest part of the path that exists.
pub(crate) fn locate(text: &str, path: &[String]) -> Option<(u64, u64)> {
    let top = places(text)?;
    let mut here = &top;
    let mut at = top.referenced;
    for step in path {
        let next = match &here.value {
            Place::Map(entries) => {
                entries.iter().find(|(key, _)| key.value == *step).map(|(key, value)| (key.referenced, value))
            }
            Place::List(items) => {
                step.parse::<usize>().ok().and_then(|at| items.get(at)).map(|item| (item.referenced, item))
            }
            Place::Leaf(_) => None,
        };
        let Some((place, value)) = next else { break };
        at = place;
        here = value;
    }
    Some((at.line(), at.column()))
}

/// The path of the field whose name or value begins at a line and column, the deepest one.
pub(crate) fn path_at(text: &str, line: u64, column: u64) -> Option<Vec<String>> {
    let mut path = Vec::new();
    descend(&places(text)?.value, (line, column), &mut path).then_some(path)
}

fn descend(place: &Place, wanted: (u64, u64), path: &mut Vec<String>) -> bool {
    let mut inside = |step: String, key: Option<(u64, u64)>, value: &Spanned<Place>| {
        path.push(step);
        let here = (value.referenced.line(), value.referenced.column());
        let found = key == Some(wanted) || descend(&value.value, wanted, path) || here == wanted;
        if !found {
            path.pop();
        }
        found
    };
    match place {
        Place::Map(entries) => entries.iter().any(|(key, value)| {
            inside(key.value.clone(), Some((key.referenced.line(), key.referenced.column())), value)
        }),
        Place::List(items) => items.iter().enumerate().any(|(at, item)| inside(at.to_string(), None, item)),
        Place::Leaf(_) => false,
    }
}

/// The models a document names: so that a document that does not parse can still be missed by the right people. None where
/// an entry is a range that cannot be told, or too long to be meant: nobody knows then whom the document is for.
pub(crate) fn models(text: &str) -> Vec<String> {
    let written = written(text);
    let entries: Result<Vec<Entry<'_>>, Slip> = written.iter().map(|entry| Entry::read(entry)).collect();
    let entries = entries.unwrap_or_default();
    let count = entries.iter().fold(0_u64, |sum, entry| sum.saturating_add(entry.count()));
    if count > MOST_MODELS {
        return Vec::new();
    }
    entries.into_iter().flat_map(Entry::names).collect()
}

/// The names and ranges, as they are written.
fn written(text: &str) -> Vec<String> {
    let Some(Place::Map(entries)) = places(text).map(|top| top.value) else { return Vec::new() };
    let name = |place: &Place| match place {
        Place::Leaf(name) => name.clone(),
        Place::List(_) | Place::Map(_) => None,
    };
    entries
        .iter()
        .flat_map(|(key, value)| match (key.value.as_str(), &value.value) {
            ("model", place) => name(place).into_iter().collect(),
            ("models", Place::List(items)) => items.iter().filter_map(|item| name(&item.value)).collect(),
            _ => Vec::new(),
        })
        .collect()
}
