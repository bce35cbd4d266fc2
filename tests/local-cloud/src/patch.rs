use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::Error;

/// Events of AWS services arrive under this prefix: `PutEvents` refuses a source that begins with `aws.`,
/// in MiniStack as in AWS.
pub(crate) const LOCAL: &str = "local.";

/// What becomes of schedules and scheduled rules.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Schedules {
    /// None fires by itself: the test says when, and nothing else happens.
    #[default]
    Off,
    /// As the template says.
    AsWritten,
    /// All of them at this rate. The shortest is `rate(1 minute)`, and MiniStack looks every ten seconds.
    Every(String),
}

/// What differs between the template as deployed and the template in the emulator.
#[derive(Debug, Clone)]
pub struct Patch {
    /// The address of MiniStack.
    pub endpoint: String,
    /// The address of the SageMaker double; without one, SageMaker is not there.
    pub sagemaker: Option<String>,
    /// The bucket with the zips, each called after the function's name in the template.
    pub bucket: String,
    /// More environment for every function.
    pub environment: BTreeMap<String, String>,
    /// What becomes of schedules.
    pub schedules: Schedules,
}

/// What the emulator does not know and would fail the stack for. Nothing refers to it.
const UNKNOWN: [&str; 1] = ["AWS::Logs::QueryDefinition"];

/// Rewrites a `CloudFormation` template for the emulator.
pub fn patch(template: &mut Value, patch: &Patch) -> Result<(), Error> {
    let resources = template.get_mut("Resources").and_then(Value::as_object_mut);
    let resources = resources.ok_or_else(|| Error::unexpected("`Resources`", "the template"))?;
    resources.retain(|_, resource| {
        resource.get("Type").and_then(Value::as_str).is_none_or(|kind| !UNKNOWN.contains(&kind))
    });
    for (name, resource) in resources {
        let kind = resource.get("Type").and_then(Value::as_str).unwrap_or_default().to_owned();
        let Some(properties) = resource.get_mut("Properties").and_then(Value::as_object_mut) else {
            continue;
        };
        match kind.as_str() {
            "AWS::Lambda::Function" => function(name, properties, patch)?,
            "AWS::Events::Rule" => rule(name, properties, &patch.schedules)?,
            "AWS::Scheduler::Schedule" => schedule(properties, &patch.schedules),
            _ => {}
        }
    }
    Ok(())
}

/// Gives a function its zip and a name of its own, and tells it what the real Lambda would, and where the cloud is.
///
/// Credentials need no patch: MiniStack hands each function the account of its own ARN as access key.
fn function(name: &str, properties: &mut Map<String, Value>, patch: &Patch) -> Result<(), Error> {
    properties.insert("Code".into(), json!({"S3Bucket": patch.bucket, "S3Key": format!("{name}.zip")}));
    name_after_account(properties);
    let logging = properties.get("LoggingConfig").cloned().unwrap_or_default();

    let environment = properties.entry("Environment").or_insert_with(|| json!({"Variables": {}}));
    let Some(environment) = environment.get_mut("Variables").and_then(Value::as_object_mut) else {
        return Err(Error::unexpected("`Variables`", format!("the environment of `{name}`")));
    };
    // MiniStack writes to the log group of the logging configuration, and forgets the rest of it.
    for (setting, variable) in
        [("LogFormat", "AWS_LAMBDA_LOG_FORMAT"), ("ApplicationLogLevel", "AWS_LAMBDA_LOG_LEVEL")]
    {
        if let Some(value) = logging.get(setting) {
            environment.insert(variable.into(), value.clone());
        }
    }
    // It gives a custom runtime no endpoint: without these a function would call the real AWS.
    environment.insert("AWS_ENDPOINT_URL".into(), patch.endpoint.clone().into());
    // Port 9 is `discard`: a function that needs SageMaker fails at once, and not in the emulator's 400.
    let sagemaker = patch.sagemaker.clone().unwrap_or_else(|| "http://127.0.0.1:9".into());
    environment.insert("AWS_ENDPOINT_URL_SAGEMAKER".into(), sagemaker.into());
    for (variable, value) in &patch.environment {
        environment.insert(variable.clone(), value.clone().into());
    }
    Ok(())
}

/// Ends a function's name with the account.
///
/// When a stack creates a function, MiniStack kills the running functions of that name in every account, as if
/// they were its own: the deployment of one test would fail the events of another.
fn name_after_account(properties: &mut Map<String, Value>) {
    let Some(name) = properties.get_mut("FunctionName") else { return };
    let text = name.get("Fn::Sub").unwrap_or(name).as_str().map(ToOwned::to_owned);
    if let Some(text) = text {
        *name = json!({"Fn::Sub": format!("{text}-${{AWS::AccountId}}")});
    }
}

/// Lets a rule hear what the harness says in the name of an AWS service, and hides that from its targets.
fn rule(name: &str, properties: &mut Map<String, Value>, schedules: &Schedules) -> Result<(), Error> {
    if properties.contains_key("ScheduleExpression") {
        schedule(properties, schedules);
    }
    let sources = properties.get_mut("EventPattern").and_then(|pattern| pattern.get_mut("source"));
    let Some(Value::Array(sources)) = sources else { return Ok(()) };
    let foreign = |source: &Value| source.as_str().is_some_and(|source| source.starts_with("aws."));
    let source = match sources.as_mut_slice() {
        [source] if foreign(source) => source,
        several if several.iter().any(foreign) => {
            // The transformer below writes one constant source.
            return Err(Error::unexpected("a single source", format!("the pattern of rule `{name}`")));
        }
        _ => return Ok(()),
    };
    let truth = source.as_str().unwrap_or_default().to_owned();
    *source = format!("{LOCAL}{truth}").into();

    let targets = properties.get_mut("Targets").and_then(Value::as_array_mut).into_iter().flatten();
    for target in targets.filter_map(Value::as_object_mut) {
        if !["Input", "InputPath", "InputTransformer"].iter().any(|shape| target.contains_key(*shape)) {
            target.insert("InputTransformer".into(), envelope_from(&truth));
        }
    }
    Ok(())
}

/// Writes the envelope anew, word for word, but from `source`.
fn envelope_from(source: &str) -> Value {
    let template = format!(
        r#"{{"version": "0", "id": "<id>", "detail-type": "<kind>", "source": "{source}", "account": "<account>", "time": "<time>", "region": "<region>", "resources": <resources>, "detail": <detail>}}"#
    );
    json!({
        "InputPathsMap": {
            "id": "$.id",
            "kind": "$.detail-type",
            "account": "$.account",
            "time": "$.time",
            "region": "$.region",
            "resources": "$.resources",
            "detail": "$.detail",
        },
        "InputTemplate": template,
    })
}

fn schedule(properties: &mut Map<String, Value>, schedules: &Schedules) {
    if *schedules != Schedules::Off {
        forget_words(properties);
    }
    match schedules {
        Schedules::AsWritten => {}
        Schedules::Off => {
            properties.insert("State".into(), "DISABLED".into());
        }
        Schedules::Every(rate) => {
            properties.insert("State".into(), "ENABLED".into());
            properties.insert("ScheduleExpression".into(), rate.clone().into());
        }
    }
}

/// Takes the members that Scheduler would fill in out of a schedule's input.
///
/// MiniStack delivers `<aws.scheduler.scheduled-time>` as it stands, and no function should have to accept that.
/// A schedule that only the test fires keeps them: [`fire_schedule`](crate::Stack::fire_schedule) fills them in.
fn forget_words(properties: &mut Map<String, Value>) {
    let input = properties.get_mut("Target").and_then(|target| target.get_mut("Input"));
    let Some(input) = input else { return };
    let parsed = input.as_str().and_then(|input| serde_json::from_str::<Map<_, _>>(input).ok());
    if let Some(mut members) = parsed {
        let filled_in =
            |value: &Value| value.as_str().is_some_and(|text| text.starts_with("<aws.scheduler."));
        members.retain(|_, value| !filled_in(value));
        *input = Value::Object(members).to_string().into();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patched(resource: &Value, schedules: Schedules) -> Result<Value, Error> {
        let mut template = json!({"Resources": {"It": resource}});
        let plan = Patch {
            endpoint: "http://127.0.0.1:1".into(),
            sagemaker: Some("http://127.0.0.1:2".into()),
            bucket: "code".into(),
            environment: BTreeMap::from([("RUST_LOG".into(), "debug".into())]),
            schedules,
        };
        patch(&mut template, &plan)?;
        Ok(template["Resources"]["It"]["Properties"].clone())
    }

    #[test]
    fn a_function_keeps_its_environment_and_learns_where_the_cloud_is() {
        let function = json!({
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "FunctionName": {"Fn::Sub": "${Prefix}-it"},
                "LoggingConfig": {"LogFormat": "JSON", "ApplicationLogLevel": {"Ref": "LogLevel"}},
                "Environment": {"Variables": {"REKINDLE_TABLE": {"Ref": "Ledger"}}},
            },
        });
        let properties = patched(&function, Schedules::Off).unwrap();
        assert_eq!(properties["FunctionName"], json!({"Fn::Sub": "${Prefix}-it-${AWS::AccountId}"}));
        assert_eq!(properties["Code"], json!({"S3Bucket": "code", "S3Key": "It.zip"}));
        assert_eq!(
            properties["Environment"]["Variables"],
            json!({
                "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
                "AWS_ENDPOINT_URL_SAGEMAKER": "http://127.0.0.1:2",
                "AWS_LAMBDA_LOG_FORMAT": "JSON",
                "AWS_LAMBDA_LOG_LEVEL": {"Ref": "LogLevel"},
                "REKINDLE_TABLE": {"Ref": "Ledger"},
                "RUST_LOG": "debug",
            })
        );
    }

    #[test]
    fn a_rule_for_aws_events_hears_the_local_source_and_passes_on_the_true_one() {
        let rule = json!({
            "Type": "AWS::Events::Rule",
            "Properties": {
                "EventPattern": {"source": ["aws.cloudwatch"], "detail": {"state": {"value": ["ALARM"]}}},
                "Targets": [{"Id": "plain", "Arn": "a"}, {"Id": "constant", "Arn": "b", "Input": "{}"}],
            },
        });
        let properties = patched(&rule, Schedules::Off).unwrap();
        assert_eq!(
            properties["EventPattern"],
            json!({"source": ["local.aws.cloudwatch"], "detail": {"state": {"value": ["ALARM"]}}})
        );
        let transformer = &properties["Targets"][0]["InputTransformer"]["InputTemplate"];
        assert!(transformer.as_str().unwrap().contains(r#""source": "aws.cloudwatch""#), "{transformer}");
        assert_eq!(properties["Targets"][1], json!({"Id": "constant", "Arn": "b", "Input": "{}"}));
    }

    #[test]
    fn a_saved_query_is_left_out() {
        let query = json!({"Type": "AWS::Logs::QueryDefinition", "Properties": {"Name": "why"}});
        assert_eq!(patched(&query, Schedules::Off).unwrap(), Value::Null);
    }

    #[test]
    fn a_rule_for_our_own_events_is_left_alone() {
        let rule = json!({
            "Type": "AWS::Events::Rule",
            "Properties": {"EventPattern": {"source": ["rekindle"]}, "Targets": [{"Id": "1", "Arn": "a"}]},
        });
        assert_eq!(patched(&rule, Schedules::Off).unwrap(), rule["Properties"]);
    }

    #[test]
    fn a_rule_for_two_services_cannot_be_patched_and_says_so() {
        let rule = json!({
            "Type": "AWS::Events::Rule",
            "Properties": {"EventPattern": {"source": ["aws.s3", "aws.sagemaker"]}, "Targets": []},
        });
        assert!(patched(&rule, Schedules::Off).unwrap_err().to_string().contains("`It`"));
    }

    #[test]
    fn the_test_chooses_when_schedules_fire() {
        for kind in ["AWS::Events::Rule", "AWS::Scheduler::Schedule"] {
            let written = json!({"ScheduleExpression": "rate(15 minutes)"});
            let patched =
                |schedules| patched(&json!({"Type": kind, "Properties": written}), schedules).unwrap();

            assert_eq!(patched(Schedules::AsWritten), written);
            assert_eq!(patched(Schedules::Off)["State"], "DISABLED");
            let every = patched(Schedules::Every("rate(1 minute)".into()));
            assert_eq!(every, json!({"ScheduleExpression": "rate(1 minute)", "State": "ENABLED"}));
        }
    }

    #[test]
    fn a_schedule_that_fires_by_itself_says_nothing_that_nobody_fills_in() {
        let input = r#"{"rekindle": "sweep", "scheduled_time": "<aws.scheduler.scheduled-time>"}"#;
        let schedule =
            json!({"Type": "AWS::Scheduler::Schedule", "Properties": {"Target": {"Input": input}}});
        let patched = |schedules| patched(&schedule, schedules).unwrap()["Target"]["Input"].clone();

        assert_eq!(patched(Schedules::Off), input);
        assert_eq!(patched(Schedules::AsWritten), r#"{"rekindle":"sweep"}"#);
    }
}
