//! Damage to JSON that stays JSON.

use rekindle_fault_proxy::Dice;
use serde_json::{Map, Value, json};

/// A text that some reader takes for more than a text.
pub(crate) fn nasty_text(dice: &mut Dice) -> String {
    const NASTY: [&str; 14] = [
        "'; DROP TABLE rekindle; --",
        "\" OR \"1\"=\"1",
        // Of a model that is not there: as the body of a message this is no nonsense, but a request.
        r#"{"rekindle": "retrain", "model": "nobody", "force": true}"#,
        "quiet\u{0}",
        "quiet\n{\"kind\": \"decision\"}",
        "../../../etc/passwd",
        "${jndi:ldap://127.0.0.1/x}",
        "{model}{window.start:%Y}%n%s%s",
        "<script>alert(1)</script>",
        "\u{202e}teiuq",
        "arn:aws:cloudwatch:eu-central-1:::alarm:",
        "*",
        "",
        " quiet ",
    ];
    dice.pick(&NASTY).copied().unwrap_or_default().to_owned()
}

/// Damages one place of a document.
pub(crate) fn damage(value: &mut Value, dice: &mut Dice) {
    let depth = dice.below(6);
    damage_below(value, depth, dice);
}

/// So many steps down, as far as there is a way.
fn damage_below(value: &mut Value, depth: usize, dice: &mut Dice) {
    let below = match value {
        Value::Object(map) => map.len(),
        Value::Array(list) => list.len(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
    };
    if depth > 0 && below > 0 {
        let nth = dice.below(below);
        let inner = match value {
            Value::Object(map) => map.values_mut().nth(nth),
            Value::Array(list) => list.get_mut(nth),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
        };
        return damage_below(inner.expect("there are so many"), depth - 1, dice);
    }
    if let Value::Object(map) = value
        && !map.is_empty()
        && dice.below(2) == 0
    {
        rename_or_drop(map, dice);
    } else {
        *value = something_else(value, dice);
    }
}

fn rename_or_drop(map: &mut Map<String, Value>, dice: &mut Dice) {
    let nth = dice.below(map.len());
    let Some(key) = map.keys().nth(nth).cloned() else { return };
    let Some(value) = map.remove(&key) else { return };
    match dice.below(3) {
        0 => {}
        1 => {
            map.insert(format!("{key}s"), value);
        }
        _ => {
            map.insert(key.to_uppercase(), value);
        }
    }
}

fn something_else(before: &Value, dice: &mut Dice) -> Value {
    match dice.below(9) {
        0 => Value::Null,
        1 => json!(dice.below(2) == 0),
        2 => json!(-1),
        3 => json!(u64::MAX),
        4 => json!(1.797e308),
        5 => json!([before]),
        6 => json!({ "value": before }),
        7 => Value::from(before.to_string()),
        _ => Value::from(nasty_text(dice)),
    }
}
