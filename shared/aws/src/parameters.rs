//! Parameter Store, for whoever deploys policies. It has no write that depends on a version; [`Parameters::put`] over nothing
//! is the one that fails when somebody else was first.

use aws_config::SdkConfig;
use aws_sdk_ssm as ssm;
use aws_sdk_ssm::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_ssm::types::{ParameterTier, ParameterType};
use rekindle_policy::Text;

use crate::clients;
use crate::error::AwsError;
use crate::time::from_sdk;

/// Parameters in one page: the most that `GetParametersByPath` gives.
const PAGE: i32 = 10;

/// The most that a standard parameter holds, in bytes.
const STANDARD: usize = 4_096;

/// The parameters of one account and Region.
#[derive(Debug)]
pub struct Parameters {
    ssm: ssm::Client,
}

/// One parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// Its name, version and value.
    pub text: Text,
    /// `String`, `StringList` or `SecureString`, whose value is encrypted here.
    pub kind: String,
}

/// What became of a value that was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Put {
    /// It has a version now.
    Version {
        /// Which.
        version: i64,
        /// Where it is kept.
        tier: Tier,
    },
    /// It was to be new, and there is one of that name.
    Exists,
}

/// How a parameter is kept and paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tier {
    /// 4 KB, for nothing.
    Standard,
    /// 8 KB, for a little every month. It can never become a standard one.
    Advanced,
}

impl Tier {
    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Advanced => "advanced",
        }
    }
}

impl Parameters {
    /// Those of the environment; `None` if it says no Region.
    pub async fn load() -> Option<Self> {
        let sdk = clients::environment().await;
        sdk.region().is_some().then(|| Self::new(&sdk))
    }

    /// Those of a configuration that was made elsewhere.
    #[must_use]
    pub fn new(sdk: &SdkConfig) -> Self {
        Self { ssm: ssm::Client::new(sdk) }
    }

    /// Every parameter below a path.
    ///
    /// # Errors
    ///
    /// A page could not be read.
    pub async fn below(&self, path: &str) -> Result<Vec<Parameter>, AwsError> {
        below(&self.ssm, path).await
    }

    /// A parameter as it is now; `None` if there is none of that name.
    ///
    /// # Errors
    ///
    /// The call failed.
    pub async fn get(&self, name: &str) -> Result<Option<Parameter>, AwsError> {
        match self.ssm.get_parameter().name(name).send().await {
            Ok(answer) => match answer.parameter() {
                Some(parameter) => Ok(Some(parameter.into())),
                None => Err(AwsError::Answer { operation: "GetParameter", missing: "parameter" }),
            },
            Err(error) if code(&error) == Some("ParameterNotFound") => Ok(None),
            Err(error) => Err(AwsError::call("GetParameter")(error)),
        }
    }

    /// Writes a plain text, in the tier that its size needs: over another one, or else only if there is none.
    ///
    /// # Errors
    ///
    /// The call failed. Whether the value was written is not known then, unless the service refused it.
    pub async fn put(&self, name: &str, text: &str, over: bool) -> Result<Put, AwsError> {
        let mut tier = if text.len() > STANDARD { Tier::Advanced } else { Tier::Standard };
        let mut answer = self.put_as(name, text, over, tier).await;
        // What was advanced once stays so, and a short text over it is refused as standard. The refusal has no code of its
        // own; if it was for something else, the second one says so again.
        let refused = matches!(&answer, Err(error) if code(error) == Some("ValidationException"));
        if refused && over && tier == Tier::Standard {
            tier = Tier::Advanced;
            answer = self.put_as(name, text, over, tier).await;
        }
        match answer {
            Ok(answer) => Ok(Put::Version { version: answer.version(), tier }),
            Err(error) if !over && code(&error) == Some("ParameterAlreadyExists") => Ok(Put::Exists),
            Err(error) => Err(AwsError::call("PutParameter")(error)),
        }
    }

    async fn put_as(
        &self,
        name: &str,
        text: &str,
        over: bool,
        tier: Tier,
    ) -> Result<ssm::operation::put_parameter::PutParameterOutput, Refusal> {
        let tier = match tier {
            Tier::Standard => ParameterTier::Standard,
            Tier::Advanced => ParameterTier::Advanced,
        };
        let put = self.ssm.put_parameter().name(name).value(text).r#type(ParameterType::String);
        put.tier(tier).overwrite(over).send().await
    }

    /// Removes a parameter; whether there was one.
    ///
    /// # Errors
    ///
    /// The call failed.
    pub async fn remove(&self, name: &str) -> Result<bool, AwsError> {
        match self.ssm.delete_parameter().name(name).send().await {
            Ok(_) => Ok(true),
            Err(error) if code(&error) == Some("ParameterNotFound") => Ok(false),
            Err(error) => Err(AwsError::call("DeleteParameter")(error)),
        }
    }
}

type Refusal = SdkError<ssm::operation::put_parameter::PutParameterError, ssm::config::http::HttpResponse>;

/// The code of a refusal.
fn code<E: ProvideErrorMetadata>(error: &SdkError<E, ssm::config::http::HttpResponse>) -> Option<&str> {
    if let SdkError::ServiceError(refusal) = error { refusal.err().code() } else { None }
}

/// Every parameter below a path.
pub(crate) async fn below(ssm: &ssm::Client, path: &str) -> Result<Vec<Parameter>, AwsError> {
    let mut found = Vec::new();
    // An empty page may have a successor: only the missing token ends the walk.
    let mut pages =
        ssm.get_parameters_by_path().path(path).recursive(true).max_results(PAGE).into_paginator().send();
    while let Some(page) = pages.next().await {
        let page = page.map_err(AwsError::call("GetParametersByPath"))?;
        // No list is not an empty list: a tick would find nobody to hear it, and be answered as heard.
        if page.parameters.is_none() {
            return Err(AwsError::Answer { operation: "GetParametersByPath", missing: "parameters" });
        }
        found.extend(page.parameters().iter().map(Parameter::from));
    }
    Ok(found)
}

impl From<&ssm::types::Parameter> for Parameter {
    fn from(parameter: &ssm::types::Parameter) -> Self {
        let text = Text {
            name: parameter.name().unwrap_or_default().to_owned(),
            version: parameter.version(),
            text: parameter.value().unwrap_or_default().to_owned(),
            since: parameter.last_modified_date().and_then(from_sdk),
        };
        Self { text, kind: parameter.r#type().map(|kind| kind.as_str().to_owned()).unwrap_or_default() }
    }
}
