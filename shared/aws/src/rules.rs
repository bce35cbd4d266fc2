//! The stack's own rules: one that somebody switched off wakes nobody, and nothing else would tell.

use aws_sdk_eventbridge::types::RuleState;

use crate::clients::Clients;
use crate::error::AwsError;

/// The rules that are switched off or gone, each by its name with what is wrong with it.
pub(crate) async fn disabled(clients: &Clients) -> Result<Vec<String>, AwsError> {
    let mut disabled = Vec::new();
    for rule in &clients.config.rules {
        // CloudFormation refers to a rule of another bus than the default one by `bus|rule`.
        let (bus, name) = rule.split_once('|').map_or((None, rule.as_str()), |(bus, name)| (Some(bus), name));
        let question =
            clients.eventbridge().describe_rule().name(name).set_event_bus_name(bus.map(str::to_owned));
        match question.send().await {
            Ok(rule) if rule.state() == Some(&RuleState::Disabled) => {
                disabled.push(format!("{name} is disabled"));
            }
            Ok(_) => {}
            Err(error)
                if error.as_service_error().is_some_and(
                    aws_sdk_eventbridge::operation::describe_rule::DescribeRuleError::is_resource_not_found_exception,
                ) =>
            {
                disabled.push(format!("{name} does not exist"));
            }
            Err(error) => return Err(AwsError::call("DescribeRule")(error)),
        }
    }
    Ok(disabled)
}
