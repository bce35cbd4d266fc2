//! Parameter Store itself.

use anyhow::{Context, anyhow};
use rekindle_aws::{AwsError, Parameter, Parameters, Put};
use tokio::runtime::{Builder, Runtime};

use super::{Deployed, Store, Written};

pub(super) struct Cloud {
    parameters: Parameters,
    runtime: Runtime,
}

impl Cloud {
    pub(super) fn open() -> anyhow::Result<Self> {
        let runtime =
            Builder::new_current_thread().enable_all().build().context("could not start the runtime")?;
        let parameters = runtime.block_on(Parameters::load()).ok_or_else(|| {
            anyhow!("no AWS Region is set\n\nhint: `export AWS_REGION=eu-central-1`, or a region in your AWS profile")
        })?;
        Ok(Self { parameters, runtime })
    }
}

impl Store for Cloud {
    fn all(&mut self, path: &str) -> anyhow::Result<Vec<Deployed>> {
        let found = self.runtime.block_on(self.parameters.below(path));
        let found = told(found, &format!("could not read what is deployed below {path}"))?;
        Ok(found.into_iter().map(Deployed::from).collect())
    }

    fn now(&mut self, name: &str) -> anyhow::Result<Option<Deployed>> {
        let now = self.runtime.block_on(self.parameters.get(name));
        Ok(told(now, &format!("could not read {name}"))?.map(Deployed::from))
    }

    fn put(&mut self, name: &str, text: &str, over: bool) -> anyhow::Result<Written> {
        let put = self.runtime.block_on(self.parameters.put(name, text, over));
        Ok(match told(put, &format!("could not write {name}"))? {
            Put::Version { version, tier } => Written::Version(version, tier.word()),
            Put::Exists => Written::Exists,
        })
    }

    fn remove(&mut self, name: &str) -> anyhow::Result<bool> {
        let removed = self.runtime.block_on(self.parameters.remove(name));
        told(removed, &format!("could not remove {name}"))
    }
}

impl From<Parameter> for Deployed {
    fn from(Parameter { text, kind }: Parameter) -> Self {
        let otherwise = Some(kind).filter(|kind| kind != "String");
        Self { name: text.name, version: text.version, value: text.text, otherwise }
    }
}

/// Without credentials the SDK says so in words of its own; what to do is ours to say.
fn told<T>(result: Result<T, AwsError>, what: &str) -> anyhow::Result<T> {
    explained(result, what, "infra/README.md, \"Policies in Git\",")
}

/// The same; `page` has the rights that are needed.
pub(crate) fn explained<T>(result: Result<T, AwsError>, what: &str, page: &str) -> anyhow::Result<T> {
    result.map_err(|error| {
        let error = anyhow::Error::new(error).context(what.to_owned());
        let text = format!("{error:#}");
        if text.contains("credentials") {
            anyhow!(
                "{text}\n\nhint: credentials are taken from the environment, the profile, or the machine's role; of a profile \
                 with single sign-on: eval \"$(aws configure export-credentials --format env)\""
            )
        } else if text.contains("AccessDenied") {
            anyhow!("{text}\n\nhint: {page} has the rights that are needed")
        } else {
            error
        }
    })
}
