//! The reference of the grammar for people, from the same comments as the schema.

use std::fmt::Write;

use serde_json::{Map, Value};

use super::schema;
use crate::document::{
    AdwinText, AfterFailureText, AfterFutilityText, AlarmsText, BaselineOf, BlackoutText, BreakEvenText,
    BudgetText, ChallengerText, Combination, CusumText, DataQualityText, DataText, DdmText, Document,
    EventText, EvidenceText, FleetBudgetText, GuardsText, HddmAText, KINDS, MaxStartsText, MetricText,
    ObjectsText, PageHinkleyText, QUESTIONS, TriggerText, WorseningText, fields_of,
};

const INTRO: &str = "\
# What a policy may say

One YAML document says what the owner of one model, or of several alike, wants.
`rekindle check FILE` explains what is wrong with one; `policy.schema.json` is the same grammar for editors.
A field without a default is needed, or is one of several of which one is.

This page is made of the grammar's own comments.
Change those, then run `cargo run -- schema --markdown > infra/policies/REFERENCE.md`.
";

/// The questions that can be asked of a metric, by what they have in common.
const ASKED: [(&str, &[&str], &[&str]); 5] = [
    (
        "A limit",
        &["below", "above", "outside", "drop_from_baseline", "rise_from_baseline"],
        &["Baseline", "BaselineOf", "Change"],
    ),
    ("A steady worsening", &["worsening"], &["Worsening"]),
    ("Another model's metric", &["challenger"], &["Challenger"]),
    (
        "A detector",
        &["evidence", "page_hinkley", "cusum", "ddm", "hddm_a", "adwin"],
        &["Evidence", "PageHinkley", "Cusum", "Ddm", "HddmA", "Adwin"],
    ),
    ("The cost of staying stale", &["break_even"], &["BreakEven"]),
];

/// What is described below each kind of trigger.
const OF_KINDS: [(&str, &[&str]); 7] = [
    ("schedule", &[]),
    ("alarm", &["Alarms"]),
    ("monitor", &[]),
    ("data_quality", &["DataQuality"]),
    ("objects", &["Objects"]),
    ("event", &["Event"]),
    ("metric", &["Metric"]),
];

/// What is described below the guards.
const OF_GUARDS: [&str; 7] =
    ["Blackout", "Budget", "FleetBudget", "Data", "AfterFailure", "AfterFutility", "MaxStarts"];

/// Forms and words, which are described once and used by many fields.
const FORMS: [&str; 14] = [
    "Duration",
    "Instant",
    "Money",
    "MOutOfN",
    "Mode",
    "CountsAs",
    "MonitorEnd",
    "Outcome",
    "MissingData",
    "Worse",
    "Way",
    "InFlight",
    "BudgetMode",
    "Span",
];

/// The name here of the whole, which is no part of anything.
const DOCUMENT: &str = "Document";

/// The reference of the policy document, in Markdown.
#[must_use]
pub fn reference() -> String {
    let schema = schema();
    let mut page = Page { schema: &schema, text: INTRO.to_owned() };
    page.heading(2, "The document");
    page.paragraphs(&schema);
    page.table(DOCUMENT, |_| true);
    page.triggers();
    page.heading(2, "How triggers combine");
    page.say("A trigger's name, or a combination.");
    page.paragraphs(page.definition("Combination"));
    page.table("Combination", |_| true);
    page.definitions(2, &["Guards"]);
    page.definitions(3, &OF_GUARDS);
    page.heading(2, "Forms and words");
    page.definitions(3, &FORMS);
    page.text
}

struct Page<'a> {
    schema: &'a Value,
    text: String,
}

impl<'a> Page<'a> {
    fn triggers(&mut self) {
        let trigger = self.definition("Trigger");
        let parts = TriggerText::default().parts();
        self.heading(2, "Triggers");
        self.paragraphs(trigger);
        let general: Vec<&str> =
            parts.iter().filter(|part| part.of.is_empty()).map(|part| part.field).collect();
        self.table("Trigger", |field| general.contains(&field));
        for (kind, below) in OF_KINDS.iter().filter(|(kind, _)| KINDS.contains(kind)) {
            self.heading(3, &format!("Kind `{kind}`"));
            let with: Vec<&str> = parts
                .iter()
                .filter(|part| part.of.contains(kind) && !QUESTIONS.contains(&part.field))
                .map(|part| part.field)
                .collect();
            self.table("Trigger", |field| field == *kind || with.contains(&field));
            self.definitions(4, below);
        }
        self.heading(3, "What is asked of a metric");
        self.say("Exactly one of these questions, beside `metric`.");
        for (title, questions, below) in ASKED {
            self.heading(4, title);
            let with: Vec<&str> = parts
                .iter()
                .filter(|part| part.of.iter().any(|of| questions.contains(of)))
                .map(|part| part.field)
                .collect();
            self.table("Trigger", |field| questions.contains(&field) || with.contains(&field));
            self.definitions(5, below);
        }
    }

    fn definition(&self, name: &str) -> &'a Value {
        const NONE: &Value = &Value::Null;
        if name == DOCUMENT {
            return self.schema;
        }
        self.schema.get("$defs").and_then(|definitions| definitions.get(name)).unwrap_or(NONE)
    }

    fn definitions(&mut self, level: usize, names: &[&str]) {
        for name in names {
            let definition = self.definition(name);
            self.heading(level, &title(name));
            self.paragraphs(definition);
            self.table(name, |_| true);
            self.words(definition);
            self.examples(definition);
        }
    }

    fn heading(&mut self, level: usize, title: &str) {
        self.say(&format!("{} {title}", "#".repeat(level)));
    }

    fn say(&mut self, text: &str) {
        self.text.push('\n');
        self.text.push_str(text);
        self.text.push('\n');
    }

    fn paragraphs(&mut self, definition: &Value) {
        let Some(text) = definition.get("description").and_then(Value::as_str) else { return };
        for paragraph in text.split("\n\n") {
            self.say(&flat(paragraph));
        }
    }

    /// Field, meaning, default; nothing for what has no fields.
    fn table(&mut self, name: &str, wanted: impl Fn(&str) -> bool) {
        let definition = self.definition(name);
        let Some(fields) = definition.get("properties").and_then(Value::as_object) else { return };
        let needed = definition.get("required").and_then(Value::as_array);
        let mut rows = String::new();
        for (field, property) in ordered(name, fields).into_iter().filter(|(field, _)| wanted(field)) {
            let text = flat(property.get("description").and_then(Value::as_str).unwrap_or_default());
            let (meaning, default) = match text.split_once("Left out: ") {
                Some((meaning, default)) => (meaning.trim(), default.trim_end_matches('.')),
                None if needed.is_some_and(|needed| needed.iter().any(|name| name == field)) => {
                    (text.as_str(), "needed")
                }
                None => (text.as_str(), ""),
            };
            let link =
                target(property).map(|name| format!(" [{0}](#{1})", title(name), anchor(&title(name))));
            let row = format!("| `{field}` | {}{} | {} |\n", meaning, link.unwrap_or_default(), default);
            rows.push_str(&row);
        }
        if !rows.is_empty() {
            self.say(&format!("| field | meaning | left out |\n|---|---|---|\n{}", rows.trim_end()));
        }
    }

    fn words(&mut self, definition: &Value) {
        let words =
            ["oneOf", "anyOf"].into_iter().filter_map(|key| definition.get(key)?.as_array()).flatten();
        let mut rows = String::new();
        for word in words {
            let Some(name) = word.get("const").and_then(Value::as_str) else { continue };
            let meaning = flat(word.get("description").and_then(Value::as_str).unwrap_or_default());
            // Writing to text cannot fail.
            let _ = writeln!(rows, "| `{name}` | {meaning} |");
        }
        if !rows.is_empty() {
            self.say(&format!("| word | meaning |\n|---|---|\n{}", rows.trim_end()));
        }
    }

    fn examples(&mut self, definition: &Value) {
        let examples = definition.get("examples").and_then(Value::as_array);
        let examples: Vec<String> = examples
            .into_iter()
            .flatten()
            .map(|example| {
                example.as_str().map_or_else(|| format!("`{example}`"), |text| format!("`{text}`"))
            })
            .collect();
        if !examples.is_empty() {
            self.say(&format!("Such as {}.", examples.join(", ")));
        }
    }
}

/// The fields in the order in which the grammar declares them, which is the one in which they are best explained.
fn ordered<'a>(name: &str, fields: &'a Map<String, Value>) -> Vec<(&'a str, &'a Value)> {
    let order = match name {
        "Trigger" => fields_of::<TriggerText>(),
        "Alarms" => fields_of::<AlarmsText>(),
        "DataQuality" => fields_of::<DataQualityText>(),
        "Objects" => fields_of::<ObjectsText>(),
        "Event" => fields_of::<EventText>(),
        "Metric" => fields_of::<MetricText>(),
        "BaselineOf" => fields_of::<BaselineOf>(),
        "Worsening" => fields_of::<WorseningText>(),
        "Challenger" => fields_of::<ChallengerText>(),
        "Evidence" => fields_of::<EvidenceText>(),
        "PageHinkley" => fields_of::<PageHinkleyText>(),
        "Cusum" => fields_of::<CusumText>(),
        "Ddm" => fields_of::<DdmText>(),
        "HddmA" => fields_of::<HddmAText>(),
        "Adwin" => fields_of::<AdwinText>(),
        "BreakEven" => fields_of::<BreakEvenText>(),
        "Combination" => fields_of::<Combination>(),
        "Guards" => fields_of::<GuardsText>(),
        "Blackout" => fields_of::<BlackoutText>(),
        "Budget" => fields_of::<BudgetText>(),
        "FleetBudget" => fields_of::<FleetBudgetText>(),
        "Data" => fields_of::<DataText>(),
        "AfterFailure" => fields_of::<AfterFailureText>(),
        "AfterFutility" => fields_of::<AfterFutilityText>(),
        "MaxStarts" => fields_of::<MaxStartsText>(),
        _ => fields_of::<Document>(),
    };
    // What is asked of a metric comes before what goes with it.
    let asks = |field: &str| name == "Trigger" && (KINDS.contains(&field) || QUESTIONS.contains(&field));
    let place = |field: &str| (!asks(field), order.iter().position(|known| *known == field));
    let mut all: Vec<(&str, &Value)> = fields.iter().map(|(name, value)| (name.as_str(), value)).collect();
    all.sort_by_key(|(name, _)| place(name));
    all
}

/// The definition that a field is of, alone, or each in a list.
fn target(property: &Value) -> Option<&str> {
    let own = |value: &'_ Value| value.get("$ref").is_some();
    let place = if own(property) {
        property
    } else if let Some(items) = property.get("items").filter(|items| own(items)) {
        items
    } else {
        property.get("anyOf")?.as_array()?.iter().find(|choice| own(choice))?
    };
    let name = place.get("$ref")?.as_str()?.strip_prefix("#/$defs/")?;
    match name {
        // Described under headings of their own.
        "Trigger" | "Alarm" => None,
        "Expression" => Some("How triggers combine"),
        name => Some(name),
    }
}

/// `AfterFailure` as people read it.
fn title(name: &str) -> String {
    if name.contains(' ') {
        return name.to_owned();
    }
    match name {
        "BaselineOf" => return "Baseline mapping".to_owned(),
        "MOutOfN" => return "M of N".to_owned(),
        "HddmA" => return "HDDM-A".to_owned(),
        "Ddm" | "Adwin" => return name.to_uppercase(),
        "Cusum" => return "CUSUM".to_owned(),
        "PageHinkley" => return "Page-Hinkley".to_owned(),
        _ => {}
    }
    let mut words = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !words.is_empty() {
            words.push(' ');
            words.extend(letter.to_lowercase());
        } else {
            words.push(letter);
        }
    }
    words
}

/// Where GitHub puts a heading.
fn anchor(title: &str) -> String {
    title.to_lowercase().replace(' ', "-")
}

/// One line, fit for a table.
fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|")
}
