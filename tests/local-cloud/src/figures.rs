use std::fs;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::{Error, Stack, eventually};

/// What one function costs on this machine.
#[derive(Debug, Clone, Copy)]
pub struct Figures {
    /// A first invocation: start of the process, its set-up, the event, the way there and back.
    pub cold: Duration,
    /// The next one: the event, the way there and back.
    pub warm: Duration,
    /// The most memory the process ever had resident, in bytes, after both.
    pub peak_memory: u64,
    /// The size of the binary, in bytes.
    pub binary: u64,
}

impl Stack {
    /// Ends the warm instances of a function, then invokes it twice, waiting for each answer.
    ///
    /// The times include MiniStack, about 10 ms a call; compare them with each other, not with AWS.
    pub fn measure(&self, function: &str, payload: &Value) -> Result<Figures, Error> {
        let name = self.function(function)?;
        self.aws().cool_down(name)?;
        eventually(&format!("the end of the warm instances of `{function}`"), || {
            Ok(self.bootstraps(name)?.is_empty().then_some(()))
        })?;

        let timed = || {
            let begun = Instant::now();
            let answer = self.aws().invoke(name, payload)?;
            let took = begun.elapsed();
            match answer.function_error {
                None => Ok(took),
                Some(_) => Err(Error::Refused {
                    action: format!("the function `{function}`"),
                    status: 200,
                    body: format!("{}\n{}", answer.payload, answer.log),
                }),
            }
        };
        let (cold, warm) = (timed()?, timed()?);

        let peak_memory = self.bootstraps(name)?.into_iter().filter_map(peak_memory).max();
        let binary = self.binaries.get(function).and_then(|path| fs::metadata(path).ok());
        Ok(Figures {
            cold,
            warm,
            peak_memory: peak_memory
                .ok_or_else(|| Error::unexpected("a warm instance", format!("`{function}`")))?,
            binary: binary.map_or(0, |it| it.len()),
        })
    }

    /// The processes that run a function of this account: the right children of MiniStack.
    fn bootstraps(&self, function: &str) -> Result<Vec<u32>, Error> {
        let wanted = [
            format!("AWS_LAMBDA_FUNCTION_NAME={function}"),
            format!("AWS_ACCESS_KEY_ID={}", self.aws().account()),
        ];
        let parent = self.cloud().ministack().pid();
        let processes = fs::read_dir("/proc").map_err(Error::io("read `/proc`"))?;
        Ok(processes
            .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
            .filter(|pid| status(*pid, "PPid") == Some(parent.into()))
            .filter(|pid| {
                let environment = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
                let variables: Vec<_> = environment.split(|byte| *byte == 0).collect();
                wanted.iter().all(|variable| variables.contains(&variable.as_bytes()))
            })
            .collect())
    }
}

fn peak_memory(pid: u32) -> Option<u64> {
    status(pid, "VmHWM").map(|kilobytes| kilobytes * 1024)
}

/// A number of `/proc/<pid>/status`.
fn status(pid: u32, field: &str) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':'))?;
    line.split_whitespace().next()?.parse().ok()
}
