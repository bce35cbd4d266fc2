use serde_json::{Map, Number, Value, json};

use super::Aws;
use crate::Error;

impl Aws {
    /// All items of a table, as plain JSON.
    pub fn scan(&self, table: &str) -> Result<Vec<Value>, Error> {
        self.items("Scan", &json!({"TableName": table, "ConsistentRead": true}))
    }

    /// The items under one partition key, in order of the sort key, as plain JSON.
    pub fn query(&self, table: &str, key: &str, value: &str) -> Result<Vec<Value>, Error> {
        let input = json!({
            "TableName": table,
            "ConsistentRead": true,
            "KeyConditionExpression": "#key = :value",
            "ExpressionAttributeNames": {"#key": key},
            "ExpressionAttributeValues": {":value": {"S": value}},
        });
        self.items("Query", &input)
    }

    /// Writes an item of plain JSON, unconditionally.
    pub fn put_item(&self, table: &str, item: &Value) -> Result<(), Error> {
        let input = json!({"TableName": table, "Item": attribute(item).get("M")});
        self.dynamodb("PutItem", &input).map(drop)
    }

    fn items(&self, operation: &str, input: &Value) -> Result<Vec<Value>, Error> {
        let mut input = input.clone();
        let mut items = Vec::new();
        loop {
            let answer = self.dynamodb(operation, &input)?;
            let page = answer.get("Items").and_then(Value::as_array);
            let page = page.ok_or_else(|| Error::unexpected("`Items`", &answer))?;
            items.extend(page.iter().filter_map(Value::as_object).map(plain_item));
            match (answer.get("LastEvaluatedKey"), input.as_object_mut()) {
                (Some(last), Some(input)) => input.insert("ExclusiveStartKey".into(), last.clone()),
                _ => return Ok(items),
            };
        }
    }

    fn dynamodb(&self, operation: &str, input: &Value) -> Result<Value, Error> {
        self.wire.json("dynamodb", &format!("DynamoDB_20120810.{operation}"), input)
    }
}

fn plain_item(item: &Map<String, Value>) -> Value {
    item.iter().map(|(name, value)| (name.clone(), plain(value))).collect::<Map<_, _>>().into()
}

/// Turns an attribute value (`{"N": "7"}`) into what it means (`7`).
fn plain(attribute: &Value) -> Value {
    let Some((kind, value)) = attribute.as_object().and_then(|object| object.iter().next()) else {
        return attribute.clone();
    };
    match (kind.as_str(), value) {
        ("N", Value::String(digits)) => number(digits),
        ("NULL", _) => Value::Null,
        ("M", Value::Object(map)) => plain_item(map),
        ("L", Value::Array(list)) => list.iter().map(plain).collect(),
        ("NS", Value::Array(set)) => set.iter().filter_map(Value::as_str).map(number).collect(),
        _ => value.clone(),
    }
}

fn number(digits: &str) -> Value {
    let parsed = digits.parse::<Number>().ok();
    parsed.map_or_else(|| digits.into(), Value::Number)
}

/// Turns plain JSON into an attribute value.
fn attribute(value: &Value) -> Value {
    match value {
        Value::Null => json!({"NULL": true}),
        Value::Bool(truth) => json!({"BOOL": truth}),
        Value::Number(number) => json!({"N": number.to_string()}),
        Value::String(text) => json!({"S": text}),
        Value::Array(list) => json!({"L": list.iter().map(attribute).collect::<Vec<_>>()}),
        Value::Object(map) => {
            let members: Map<_, _> =
                map.iter().map(|(name, value)| (name.clone(), attribute(value))).collect();
            json!({"M": members})
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_survives_the_way_there_and_back() {
        let item =
            json!({"s": "x", "n": 7, "f": 0.74, "b": true, "z": null, "l": [1, {"a": "b"}], "m": {"k": []}});
        assert_eq!(plain(&attribute(&item)), item);
    }

    #[test]
    fn sets_become_lists() {
        assert_eq!(plain(&json!({"SS": ["a", "b"]})), json!(["a", "b"]));
        assert_eq!(plain(&json!({"NS": ["1", "2.5"]})), json!([1, 2.5]));
    }
}
