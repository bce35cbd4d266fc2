//! An account whose functions the test runs itself.

use std::collections::BTreeMap;
use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;

use rekindle_fault_proxy::{Proxy, Upstreams};
use rekindle_local_cloud::{LocalCloud, Schedules, Stack, binaries};

use crate::function::Function;
use crate::{Problem, options, sagemaker};

/// The template, deployed into an account of its own; its functions are run by the test, behind proxies.
#[derive(Debug)]
pub struct Site {
    stack: Stack,
    binaries: BTreeMap<String, PathBuf>,
    upstreams: Upstreams,
}

impl Site {
    /// Deploys the template.
    ///
    /// # Errors
    ///
    /// The emulator did not start, the template did not deploy, or the functions are not built.
    pub fn deploy(account: &str) -> Result<Self, Problem> {
        // MiniStack gets a few bytes in place of each function: it would only keep 100 MB of each that nobody invokes.
        let scratch = tempfile::tempdir()?;
        let idle = scratch.path().join("idle");
        fs::write(&idle, "#!/bin/sh\nexit 1\n")?;
        let binaries = binaries::from_target_dir()?;
        let in_their_place = binaries.keys().map(|name| (name.clone(), idle.clone())).collect();
        let cloud = LocalCloud::start(options(account, Schedules::Off)?)?;
        let upstreams = Upstreams {
            aws: address(&cloud.ministack().endpoint())?,
            sagemaker: address(&sagemaker()?.url())?,
        };
        Ok(Self { stack: cloud.deploy(&in_their_place)?, binaries, upstreams })
    }

    /// What was deployed.
    #[must_use]
    pub fn stack(&self) -> &Stack {
        &self.stack
    }

    /// A proxy in front of this account's cloud.
    ///
    /// # Errors
    ///
    /// No port could be had.
    pub fn proxy(&self) -> Result<Proxy, Problem> {
        Ok(Proxy::start(self.upstreams)?)
    }

    /// The names of the functions.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.binaries.keys().map(String::as_str)
    }

    /// A process of the function `on-alarm`, `on-schedule`, …, whose calls go through this proxy. Its environment is the
    /// deployed one.
    ///
    /// # Errors
    ///
    /// There is no such function, or it did not start.
    pub fn function(&self, name: &str, proxy: &Proxy, more: &[(&str, &str)]) -> Result<Function, Problem> {
        let deployed = self.stack.function(name)?;
        let mut environment = self.stack.aws().function_environment(deployed)?;
        let account = self.stack.aws().account();
        for (variable, value) in [
            ("AWS_ENDPOINT_URL", proxy.url().as_str()),
            ("AWS_ENDPOINT_URL_SAGEMAKER", proxy.url().as_str()),
            ("AWS_REGION", self.stack.aws().region()),
            // Twelve digits are the account, for MiniStack and for the double.
            ("AWS_ACCESS_KEY_ID", account),
            ("AWS_SECRET_ACCESS_KEY", "local"),
            ("AWS_LAMBDA_FUNCTION_NAME", deployed),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
            ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
            ("AWS_LAMBDA_LOG_GROUP_NAME", "local"),
            ("AWS_LAMBDA_LOG_STREAM_NAME", "local"),
        ]
        .iter()
        .chain(more)
        {
            environment.insert((*variable).to_owned(), (*value).to_owned());
        }
        let binary = self.binaries.get(name).ok_or_else(|| format!("there is no function `{name}`"))?;
        Function::start(binary, &environment)
    }
}

fn address(url: &str) -> Result<SocketAddr, Problem> {
    Ok(url.trim_start_matches("http://").trim_end_matches('/').parse()?)
}
