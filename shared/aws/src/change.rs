//! One change of one item of the ledger's table.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{AttributeValue, Update};

use crate::error::AwsError;
use crate::row::{Item, number};

/// An update expression, built attribute by attribute.
#[derive(Debug, Clone, Default)]
pub(crate) struct Change {
    sets: Vec<String>,
    adds: Vec<String>,
    removes: Vec<String>,
    conditions: Vec<String>,
    pub(crate) names: HashMap<String, String>,
    pub(crate) values: HashMap<String, AttributeValue>,
}

impl Change {
    pub(crate) fn name(&mut self, attribute: &str) -> String {
        let placeholder = format!("#{attribute}");
        self.names.insert(placeholder.clone(), attribute.to_owned());
        placeholder
    }

    pub(crate) fn value(&mut self, value: AttributeValue) -> String {
        let placeholder = format!(":v{}", self.values.len());
        self.values.insert(placeholder.clone(), value);
        placeholder
    }

    pub(crate) fn set(&mut self, attribute: &str, value: AttributeValue) {
        let part = format!("{} = {}", self.name(attribute), self.value(value));
        self.sets.push(part);
    }

    pub(crate) fn set_or_remove(&mut self, attribute: &str, value: Option<AttributeValue>) {
        match value {
            Some(value) => self.set(attribute, value),
            None => self.remove(&[attribute]),
        }
    }

    /// Adds to a number; one that is not there is nothing.
    pub(crate) fn add(&mut self, attribute: &str, amount: impl ToString) {
        let part = format!("{} {}", self.name(attribute), self.value(number(amount)));
        self.adds.push(part);
    }

    pub(crate) fn remove(&mut self, attributes: &[&str]) {
        for attribute in attributes {
            let name = self.name(attribute);
            self.removes.push(name);
        }
    }

    pub(crate) fn require(&mut self, attribute: &str, value: AttributeValue) {
        let part = format!("{} = {}", self.name(attribute), self.value(value));
        self.conditions.push(part);
    }

    pub(crate) fn require_absent(&mut self, attribute: &str) {
        let part = format!("attribute_not_exists({})", self.name(attribute));
        self.conditions.push(part);
    }

    /// At most so much; what is not there is nothing.
    pub(crate) fn require_at_most(&mut self, attribute: &str, most: impl ToString) {
        let (name, most) = (self.name(attribute), self.value(number(most)));
        self.conditions.push(format!("(attribute_not_exists({name}) OR {name} <= {most})"));
    }

    pub(crate) fn expression(&self) -> String {
        let clauses = [("SET", &self.sets), ("REMOVE", &self.removes), ("ADD", &self.adds)];
        let clauses = clauses.iter().filter(|(_, parts)| !parts.is_empty());
        let clauses: Vec<String> =
            clauses.map(|(word, parts)| format!("{word} {}", parts.join(", "))).collect();
        clauses.join(" ")
    }

    pub(crate) fn condition(&self) -> String {
        self.conditions.join(" AND ")
    }

    pub(crate) fn update(self, table: &str, key: Item) -> Result<Update, AwsError> {
        let condition = (!self.conditions.is_empty()).then(|| self.condition());
        Update::builder()
            .table_name(table)
            .set_key(Some(key))
            .update_expression(self.expression())
            .set_condition_expression(condition)
            .set_expression_attribute_names(Some(self.names))
            .set_expression_attribute_values((!self.values.is_empty()).then_some(self.values))
            .build()
            .map_err(AwsError::call("TransactWriteItems"))
    }
}
