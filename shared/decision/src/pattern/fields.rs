//! The fields of a pattern, and the event's fields they are laid upon.

use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use serde_json::{Map, Value};

use super::filter::{self, FILTERS, Filter};
use super::refusal::{NotAPattern, quoted};
use super::value::{leaves, objects};

/// How deep a pattern may go. An event may go deeper.
const MAX_DEPTH: usize = 64;

/// How many ways through its `$or`s a pattern may have, as EventBridge counts them.
const MAX_WAYS: usize = 1000;

const OR: &str = "$or";

/// Names that no field inside `$or` may have: EventBridge keeps them, also for filters to come.
const RESERVED: [&str; 16] = [
    "exactly",
    "=",
    "<",
    "<=",
    ">",
    ">=",
    "regex",
    "not-wildcard",
    "not-equals-ignore-case",
    "date-after",
    "date-on-or-after",
    "date-before",
    "date-on-or-before",
    "in-date-range",
    "ip-address-in-range",
    "ip-address-not-in-range",
];

/// What must be true of one object.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Fields {
    /// All of these.
    all: BTreeMap<String, Asked>,
    /// And one of these, if there are any.
    any: Vec<Fields>,
}

/// What is asked of one field.
#[derive(Debug, Clone, PartialEq)]
enum Asked {
    /// That it be an object of which this is true.
    Inside(Box<Fields>),
    /// That one of these be true of it.
    OneOf(Vec<Filter>),
}

impl Fields {
    pub(super) fn root(value: &Value) -> Result<Self, NotAPattern> {
        let fields = Self::read(value, "", 0, false)?;
        if fields.ways() > MAX_WAYS {
            return Err(NotAPattern::new("", format!("has more than {MAX_WAYS} ways through its `$or`s"))
                .hint("ask for fewer combinations"));
        }
        Ok(fields)
    }

    fn read(value: &Value, path: &str, depth: usize, inside_or: bool) -> Result<Self, NotAPattern> {
        let Some(object) = value.as_object() else {
            return Err(NotAPattern::sort(path, value, "an object")
                .hint("write `{\"source\": [\"..\"], \"detail\": {\"..\": [\"..\"]}}`"));
        };
        if object.is_empty() {
            return Err(NotAPattern::new(path, "is empty").hint("name at least one field that is asked for"));
        }
        if depth >= MAX_DEPTH {
            return Err(NotAPattern::new(path, format!("nests deeper than {MAX_DEPTH} levels")));
        }
        let mut fields = Self { all: BTreeMap::new(), any: Vec::new() };
        for (name, value) in object {
            let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            if name == OR {
                fields.any = branches(value, &path, depth)?;
                continue;
            }
            if inside_or && (FILTERS.contains(&name.as_str()) || RESERVED.contains(&name.as_str())) {
                return Err(NotAPattern::new(&path, "is a word that no field inside `$or` may have")
                    .hint("a filter stands in the list of a field"));
            }
            let asked = match value {
                Value::Object(_) => {
                    Asked::Inside(Box::new(Self::read(value, &path, depth.saturating_add(1), inside_or)?))
                }
                Value::Array(values) => Asked::OneOf(filter::list(values, &path)?),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
                    return Err(bare(name, value, &path));
                }
            };
            fields.all.insert(name.clone(), asked);
        }
        fields.no_field_twice(path)?;
        Ok(fields)
    }

    /// Refuses a field that is asked for inside `$or` and beside it: EventBridge would keep the one it reads last.
    fn no_field_twice(&self, path: &str) -> Result<(), NotAPattern> {
        if self.any.is_empty() {
            return Ok(());
        }
        let (mut beside, mut inside) = (BTreeSet::new(), BTreeSet::new());
        self.names("", &mut beside, false);
        self.any.iter().for_each(|branch| branch.names("", &mut inside, true));
        let Some(twice) = beside.intersection(&inside).next() else { return Ok(()) };
        Err(NotAPattern::new(path, format!("asks for {} both inside `$or` and beside it", quoted(twice)))
            .hint("ask for it in each branch of `$or` only"))
    }

    /// The fields that are asked for, by their paths.
    fn names(&self, path: &str, names: &mut BTreeSet<String>, with_branches: bool) {
        for (name, asked) in &self.all {
            let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            match asked {
                Asked::Inside(fields) => fields.names(&path, names, true),
                Asked::OneOf(_) => {
                    names.insert(path);
                }
            }
        }
        if with_branches {
            self.any.iter().for_each(|branch| branch.names(path, names, true));
        }
    }

    /// The product of the numbers of branches of every `$or`.
    fn ways(&self) -> usize {
        let inside = self.all.values().map(|asked| match asked {
            Asked::Inside(fields) => fields.ways(),
            Asked::OneOf(_) => 1,
        });
        let branches = self.any.iter().map(Self::ways).chain([self.any.len().max(1)]);
        inside.chain(branches).fold(1, usize::saturating_mul)
    }

    /// Whether all of it is true of an object; of none, only what asks for absence is.
    pub(super) fn matches(&self, object: Option<&Map<String, Value>>) -> bool {
        let all =
            self.all.iter().all(|(name, asked)| asked.matches(object.and_then(|object| object.get(name))));
        all && (self.any.is_empty() || self.any.iter().any(|branch| branch.matches(object)))
    }

    /// Whether nothing is asked but that fields be absent.
    fn only_absence(&self) -> bool {
        let absent = |asked: &Asked| match asked {
            Asked::Inside(fields) => fields.only_absence(),
            Asked::OneOf(filters) => filters.iter().all(|filter| *filter == Filter::Exists(false)),
        };
        self.all.values().all(absent) && self.any.iter().all(Self::only_absence)
    }

    pub(super) fn fill(&self, with: &dyn Fn(&str) -> String) -> Self {
        let fill = |(name, asked): (&String, &Asked)| {
            let asked = match asked {
                Asked::Inside(fields) => Asked::Inside(Box::new(fields.fill(with))),
                Asked::OneOf(filters) => Asked::OneOf(filters.iter().map(|one| one.fill(with)).collect()),
            };
            (name.clone(), asked)
        };
        Self {
            all: self.all.iter().map(fill).collect(),
            any: self.any.iter().map(|branch| branch.fill(with)).collect(),
        }
    }

    pub(super) fn written(&self) -> Value {
        let write = |(name, asked): (&String, &Asked)| {
            let asked = match asked {
                Asked::Inside(fields) => fields.written(),
                Asked::OneOf(filters) => filters.iter().map(Filter::written).collect(),
            };
            (name.clone(), asked)
        };
        let mut object: Map<String, Value> = self.all.iter().map(write).collect();
        if !self.any.is_empty() {
            object.insert(OR.into(), self.any.iter().map(Self::written).collect());
        }
        Value::Object(object)
    }
}

impl Asked {
    fn matches(&self, value: Option<&Value>) -> bool {
        match self {
            Self::OneOf(filters) => {
                let leaves = leaves(value);
                filters.iter().any(|filter| filter.matches(&leaves))
            }
            Self::Inside(fields) => {
                let objects = objects(value);
                if objects.is_empty() {
                    fields.matches(None)
                } else if fields.only_absence() {
                    // Absent is what no element has. Next to something that is asked for, it is asked of that element.
                    objects.iter().all(|object| fields.matches(Some(object)))
                } else {
                    objects.iter().any(|object| fields.matches(Some(object)))
                }
            }
        }
    }
}

fn branches(value: &Value, path: &str, depth: usize) -> Result<Vec<Fields>, NotAPattern> {
    const HINT: &str = "write `\"$or\": [{\"..\": [\"..\"]}, {\"..\": [\"..\"]}]`";
    let Some(branches) = value.as_array() else {
        return Err(NotAPattern::sort(path, value, "a list").hint(HINT));
    };
    if branches.len() < 2 {
        return Err(NotAPattern::new(path, "has fewer than two branches").hint(HINT));
    }
    let branch = |(index, branch): (usize, &Value)| {
        Fields::read(branch, &format!("{path}[{index}]"), depth.saturating_add(1), true)
    };
    branches.iter().enumerate().map(branch).collect()
}

/// Refuses a value that stands where a list belongs.
fn bare(name: &str, value: &Value, path: &str) -> NotAPattern {
    let refused = NotAPattern::sort(path, value, "a list");
    let value = value.as_str().map_or_else(|| format!("{value}"), |text| format!("\"{text}\""));
    let listed =
        if FILTERS.contains(&name) { format!("[{{\"{name}\": {value}}}]") } else { format!("[{value}]") };
    refused.hint(format!("write {}", quoted(&listed)))
}
