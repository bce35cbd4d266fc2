//! AWS itself.

use anyhow::{Context, anyhow};
use jiff::Timestamp;
use rekindle_aws::{AwsError, Parameters, Past as Aws, Trained};
use rekindle_decision::duration::Duration;
use rekindle_decision::facts::Series;
use rekindle_decision::policy::{Alarms, Metric};
use rekindle_decision::signal::AlarmState;
use rekindle_policy::Text;
use rekindle_replay::history::Training;
use rekindle_turn::world::Query;
use tokio::runtime::{Builder, Runtime};

use super::{Past, Span, why};
use crate::policy::explained;

pub(super) struct Cloud {
    past: Aws,
    parameters: Parameters,
    runtime: Runtime,
}

impl Cloud {
    pub(super) fn open() -> anyhow::Result<Self> {
        let runtime =
            Builder::new_current_thread().enable_all().build().context("could not start the runtime")?;
        let loaded = runtime.block_on(async { Some((Aws::load().await?, Parameters::load().await?)) });
        let (past, parameters) = loaded.ok_or_else(|| {
            anyhow!("no AWS Region is set\n\nhint: `export AWS_REGION=eu-central-1`, or a region in your AWS profile")
        })?;
        Ok(Self { past, parameters, runtime })
    }
}

impl Past for Cloud {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn documents(&mut self, path: &str) -> anyhow::Result<Vec<Text>> {
        let found = self.runtime.block_on(self.parameters.below(path));
        let found = told(found, &format!("could not read what is deployed below {path}"))?;
        // What is encrypted or a list, the functions do not read either.
        Ok(found.into_iter().filter(|it| it.kind == "String").map(|it| it.text).collect())
    }

    fn values(&mut self, metric: &Metric, span: Span, samples: bool) -> Series {
        let query = Query { metric: metric.clone(), start: span.from, end: span.to, samples };
        self.runtime.block_on(self.past.values(&query))
    }

    fn alarm_names(&mut self, which: &Alarms) -> anyhow::Result<Vec<String>> {
        let names = self.runtime.block_on(self.past.alarm_names(which, Timestamp::now()));
        names.map_err(|gap| anyhow!("the alarms {} could not be read: {}", which.key(), why(&gap)))
    }

    fn changes(&mut self, alarm: &str, span: Span) -> anyhow::Result<Vec<(Timestamp, AlarmState)>> {
        let changes = self.runtime.block_on(self.past.changes(alarm, span.from, span.to));
        told(changes, &format!("could not read the history of the alarm {alarm}"))
    }

    fn trainings(&mut self, model: &str, since: Timestamp) -> anyhow::Result<Vec<Training>> {
        let trained = self.runtime.block_on(self.past.trainings(model, since));
        let trained = told(trained, &format!("could not read the training jobs of {model}"))?;
        let training =
            |Trained { began, ended, .. }| Training { began, took: Duration::between(began, ended) };
        Ok(trained.into_iter().map(training).collect())
    }
}

fn told<T>(result: Result<T, AwsError>, what: &str) -> anyhow::Result<T> {
    explained(result, what, "shared/replay/histories/README.md")
}
