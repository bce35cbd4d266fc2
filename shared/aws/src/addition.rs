//! Adding to a number in the ledger's table, under a condition.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{AttributeValue, Update};

use crate::error::AwsError;
use crate::row::{Item, number};

/// An update expression that adds.
#[derive(Debug, Clone, Default)]
pub(crate) struct Addition {
    adds: Vec<String>,
    conditions: Vec<String>,
    names: HashMap<String, String>,
    values: HashMap<String, AttributeValue>,
}

impl Addition {
    fn name(&mut self, attribute: &str) -> String {
        let placeholder = format!("#{attribute}");
        self.names.insert(placeholder.clone(), attribute.to_owned());
        placeholder
    }

    fn value(&mut self, value: AttributeValue) -> String {
        let placeholder = format!(":v{}", self.values.len());
        self.values.insert(placeholder.clone(), value);
        placeholder
    }

    /// Adds to a number; one that is not there is nothing.
    pub(crate) fn add(&mut self, attribute: &str, amount: impl ToString) {
        let part = format!("{} {}", self.name(attribute), self.value(number(amount)));
        self.adds.push(part);
    }

    /// At most so much; what is not there is nothing.
    pub(crate) fn require_at_most(&mut self, attribute: &str, most: impl ToString) {
        let (name, most) = (self.name(attribute), self.value(number(most)));
        self.conditions.push(format!("(attribute_not_exists({name}) OR {name} <= {most})"));
    }

    pub(crate) fn update(self, table: &str, key: Item) -> Result<Update, AwsError> {
        let condition = (!self.conditions.is_empty()).then(|| self.conditions.join(" AND "));
        Update::builder()
            .table_name(table)
            .set_key(Some(key))
            .update_expression(format!("ADD {}", self.adds.join(", ")))
            .set_condition_expression(condition)
            .set_expression_attribute_names(Some(self.names))
            .set_expression_attribute_values((!self.values.is_empty()).then_some(self.values))
            .build()
            .map_err(AwsError::call("TransactWriteItems"))
    }
}
