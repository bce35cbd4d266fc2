use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

use super::Aws;
use crate::http::elements;
use crate::{Error, until};

/// A stack of forty resources takes two seconds; a function's code is megabytes.
const CREATED_WITHIN: Duration = Duration::from_mins(1);

/// One thing that a stack made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    /// The name in the template.
    pub logical: String,
    /// The name it was given.
    pub physical: String,
    /// For example `AWS::DynamoDB::Table`.
    pub kind: String,
}

impl Aws {
    /// Creates a stack and waits for its end; a failure names the resources that failed and why.
    ///
    /// The template goes through a bucket, as SAM and CDK send it: a request holds 51,200 bytes of it at most.
    pub fn create_stack(
        &self,
        name: &str,
        bucket: &str,
        template: &Value,
        parameters: &BTreeMap<String, String>,
    ) -> Result<Vec<Resource>, Error> {
        let key = format!("{name}.template.json");
        self.put_object(bucket, &key, template.to_string().into_bytes())?;
        // MiniStack reads no other form of it.
        let url = format!("https://s3.{}.amazonaws.com/{bucket}/{key}", self.region());
        let mut fields = vec![
            ("StackName".to_owned(), name),
            ("TemplateURL".into(), url.as_str()),
            ("Capabilities.member.1".into(), "CAPABILITY_IAM"),
            ("Capabilities.member.2".into(), "CAPABILITY_NAMED_IAM"),
        ];
        for (number, (key, value)) in (1..).zip(parameters) {
            fields.push((format!("Parameters.member.{number}.ParameterKey"), key));
            fields.push((format!("Parameters.member.{number}.ParameterValue"), value));
        }
        let fields: Vec<_> = fields.iter().map(|(key, value)| (key.as_str(), *value)).collect();
        self.wire.query("cloudformation", "CreateStack", &fields)?;

        let status = until(&format!("the creation of stack `{name}`"), CREATED_WITHIN, || {
            let stacks = self.wire.query("cloudformation", "DescribeStacks", &[("StackName", name)])?;
            let status = elements(&stacks, "StackStatus").into_iter().next();
            Ok(status.filter(|status| !status.ends_with("_IN_PROGRESS")))
        })?;
        if status == "CREATE_COMPLETE" {
            return self.stack_resources(name);
        }
        Err(Error::Refused {
            action: "CreateStack".into(),
            status: 200,
            body: self.why_it_failed(name, &status)?,
        })
    }

    /// What a stack made.
    pub fn stack_resources(&self, name: &str) -> Result<Vec<Resource>, Error> {
        let xml = self.wire.query("cloudformation", "DescribeStackResources", &[("StackName", name)])?;
        let (logical, physical) = (elements(&xml, "LogicalResourceId"), elements(&xml, "PhysicalResourceId"));
        let kinds = elements(&xml, "ResourceType");
        if logical.len() != physical.len() || logical.len() != kinds.len() {
            return Err(Error::unexpected("a name and a type for every resource", xml));
        }
        Ok(logical
            .into_iter()
            .zip(physical)
            .zip(kinds)
            .map(|((logical, physical), kind)| Resource { logical, physical, kind })
            .collect())
    }

    fn why_it_failed(&self, name: &str, status: &str) -> Result<String, Error> {
        let events = self.wire.query("cloudformation", "DescribeStackEvents", &[("StackName", name)])?;
        let failures: Vec<_> = events
            .split("<member>")
            .filter(|event| event.contains("CREATE_FAILED"))
            .flat_map(|event| {
                let who = elements(event, "LogicalResourceId");
                let why = elements(event, "ResourceStatusReason");
                who.into_iter().zip(why).map(|(who, why)| format!("{who}: {why}"))
            })
            .collect();
        Ok(format!("{status}; {}", failures.join("; ")))
    }
}
