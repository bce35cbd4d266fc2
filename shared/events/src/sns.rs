//! Notifications of SNS: in a Lambda record, or as the text SNS puts into a queue.

use std::borrow::Cow;

use serde_json::Value;

use crate::json;
use crate::object::Object;
use crate::refusal::{Problem, shown};

/// What a notification says, and where.
pub(crate) fn message<'a>(notification: &Object<'a>) -> Result<(Cow<'a, Value>, String), Problem> {
    read(notification).map_err(|problem| problem.resembling("SNS notification"))
}

fn read<'a>(notification: &Object<'a>) -> Result<(Cow<'a, Value>, String), Problem> {
    match notification.text("Type")? {
        None | Some("Notification") => {}
        Some("SubscriptionConfirmation") => {
            return Err(Problem::new("it asks to confirm a subscription, and we never do")
                .hint("confirm the subscription where the topic is set up"));
        }
        Some(other) => {
            let path = notification.at("Type");
            return Err(Problem::new(format!("`{path}` is {}, not `Notification`", shown(other))));
        }
    }
    let path = notification.at("Message");
    let value = notification.get("Message").ok_or_else(|| notification.missing("Message"))?;
    Ok((json::embedded(value, &path)?, path))
}
