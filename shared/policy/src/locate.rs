//! Where in the text a field stands.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_saphyr::Spanned;

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

    fn visit_i64<E>(self, _: i64) -> Result<Place, E> {
        Ok(Place::Leaf(None))
    }

    fn visit_u64<E>(self, _: u64) -> Result<Place, E> {
        Ok(Place::Leaf(None))
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

/// Line and column of the field at a path, or of the deepest part of the path that exists.
pub(crate) fn locate(text: &str, path: &[String]) -> Option<(u64, u64)> {
    let top: Spanned<Place> = serde_saphyr::from_str(text).ok()?;
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

/// The models a document names, read as leniently as can be: so that a document that does not parse can still be
/// missed by the right people.
pub(crate) fn models(text: &str) -> Vec<String> {
    let Ok(Place::Map(entries)) = serde_saphyr::from_str::<Place>(text) else { return Vec::new() };
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
