//! `rekindle replay`: what a policy would have done over a history.

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use jiff::Timestamp;
use rekindle_decision::duration::Duration;
use rekindle_decision::explain::Minute;
use rekindle_decision::money::Money;
use rekindle_decision::policy::{Limit, Policy, Source, Watch, Worse};
use rekindle_replay::bench::matrix::Matrix;
use rekindle_replay::history::{Ageing, How};
use rekindle_replay::history::{Collected, History, Keys, Reader};
use rekindle_replay::replay::{Lived, Reads, Replay, World};
use rekindle_replay::report::{Start, Unit};

/// What is replayed over what.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// A YAML policy document.
    policy: PathBuf,
    /// Which model, if the document has several.
    #[arg(long)]
    model: Option<String>,
    /// Files of the model's history: JSON Lines as `history pull` writes them, CSV, Parquet, or the decision log.
    #[arg(long, required_unless_present = "stream")]
    history: Vec<PathBuf>,
    /// A performance matrix, in which every model was measured on every later period: the format of
    /// `shared/replay/streams`. Its periods are those of the metric.
    #[arg(long)]
    stream: Option<PathBuf>,
    /// With `--stream`: when its first period begins.
    #[arg(long, requires = "stream", default_value = "2025-01-01T00:00:00Z")]
    start: Timestamp,
    /// The trigger whose metric depends on which model serves. Left out, that of `break_even`, or the only one that reads a
    /// metric.
    #[arg(long)]
    trigger: Option<String>,
    /// What a training costs, such as 12.50USD. Left out, what `break_even` says, or the budget's `per_run`.
    #[arg(long)]
    retrain_cost: Option<Money>,
    /// What one unit of the loss costs over a period, such as 40USD. Left out, what `break_even` says.
    #[arg(long)]
    cost_per_unit_loss: Option<Money>,
    /// How long a training takes. Left out, as long as those of the history did in the middle, or an hour.
    #[arg(long)]
    training_time: Option<Duration>,
    /// Another policy of the same model, such as the one in force: says which starts would come and go.
    #[arg(long)]
    against: Option<PathBuf>,
    /// How often the sweep looks.
    #[arg(long, default_value = "15m")]
    sweep_every: Duration,
    /// Writes the report as one HTML file.
    #[arg(long)]
    html: Option<PathBuf>,
    /// Everything that needs chance follows from it.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// One JSON document instead of a table.
    #[arg(long)]
    json: bool,
}

/// Replays, and shows what came of it.
pub(crate) fn replay(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let policies = crate::chosen::policies(&arguments.policy)?;
    let policy = crate::chosen::one(&arguments.policy, &policies, arguments.model.as_deref())?;
    let question = Question::of(policy, arguments.trigger.as_deref())?;
    let history = history(arguments, policy)?;
    let (name, world) = match &arguments.stream {
        Some(file) => (file.display().to_string(), stream(file, arguments.start, &question)?),
        None => (names(&arguments.history), aged(policy, &question, &history)?),
    };
    let (retrain_cost, cost_per_unit_loss) = prices(arguments, policy, &question)?;
    let replay = Replay {
        policy,
        history: &history,
        name: &name,
        metric: &question.source.metric,
        world: &world,
        retrain_cost,
        cost_per_unit_loss,
        unit: Unit::Usd,
        training_time: arguments.training_time.unwrap_or_else(|| usual_time(&history)),
        sweep_every: arguments.sweep_every,
        seed: arguments.seed,
    };
    let lived = live(&replay);
    let report = replay.report(&lived);
    if let Some(file) = &arguments.html {
        std::fs::write(file, report.html()).with_context(|| format!("could not write {}", file.display()))?;
    }
    let changes = match &arguments.against {
        Some(file) => {
            let before = crate::chosen::policies(file)?;
            let before = crate::chosen::one(file, &before, Some(&policy.model))?;
            Some(Changes::of(&live(&Replay { policy: before, ..replay.clone() }), &lived))
        }
        None => None,
    };
    if arguments.json {
        let mut value = serde_json::to_value(&report)?;
        if let (Some(changes), Some(fields)) = (&changes, value.as_object_mut()) {
            fields.insert("against".to_owned(), serde_json::to_value(changes)?);
        }
        crate::say(&serde_json::to_string_pretty(&value)?)?;
    } else {
        let changes = changes.map(|changes| format!("\n\n{changes}")).unwrap_or_default();
        crate::say(&format!("{}{changes}", report.text().to_string().trim_end()))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Which starts another policy would have had, and which it would not.
#[derive(Debug, serde::Serialize)]
struct Changes {
    /// Starts of this policy that the other one does not have within the same period.
    come: Vec<Start>,
    /// Starts of the other policy that this one does not have.
    go: Vec<Start>,
}

impl Changes {
    fn of(before: &Lived, after: &Lived) -> Self {
        let only = |these: &Lived, those: &Lived| -> Vec<Start> {
            let there = |start: &Start| those.starts.iter().any(|other| other.period == start.period);
            these.starts.iter().filter(|start| !there(start)).cloned().collect()
        };
        Self { come: only(after, before), go: only(before, after) }
    }
}

impl std::fmt::Display for Changes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.come.is_empty() && self.go.is_empty() {
            return f.write_str("Against the other policy: the same starts, period by period.");
        }
        f.write_str("Against the other policy:")?;
        for (sign, start) in
            self.come.iter().map(|start| ('+', start)).chain(self.go.iter().map(|start| ('-', start)))
        {
            write!(f, "\n  {sign} {}  {}", Minute(start.at), start.because)?;
        }
        Ok(())
    }
}

/// Lets it live, and tells whoever waits how far it is.
pub(crate) fn live(replay: &Replay<'_>) -> Lived {
    let (mut stderr, mut shown) = (std::io::stderr(), None);
    let watched = stderr.is_terminal();
    let lived = replay.run(|day| {
        let month = day.strftime("%Y-%m").to_string();
        if watched && shown.as_ref() != Some(&month) {
            // Whoever cannot be told of progress misses nothing else.
            let _ = write!(stderr, "\r\x1b[K{}: {month}", replay.policy.model);
            shown = Some(month);
        }
    });
    if watched {
        let _ = write!(stderr, "\r\x1b[K");
    }
    lived
}

/// What the world is asked: the metric that depends on which model serves.
#[derive(Debug)]
struct Question<'a> {
    trigger: &'a str,
    source: &'a Source,
    worse: Worse,
}

impl<'a> Question<'a> {
    fn of(policy: &'a Policy, trigger: Option<&str>) -> anyhow::Result<Self> {
        let all: Vec<Self> = policy
            .watches()
            .filter_map(|(trigger, watch)| {
                Some(Self { trigger, source: watch.source()?, worse: worse(watch) })
            })
            .collect();
        let known = || all.iter().map(|question| question.trigger).collect::<Vec<_>>().join(", ");
        if let Some(wanted) = trigger {
            let names = known();
            let found = all.into_iter().find(|question| question.trigger == wanted);
            return found
                .with_context(|| format!("no trigger `{wanted}` reads a metric; there are: {names}"));
        }
        let names = known();
        let economic = |question: &Self| {
            policy
                .watches()
                .any(|(name, watch)| name == question.trigger && matches!(watch, Watch::BreakEven(_)))
        };
        let one_metric =
            all.iter().all(|one| all.first().is_some_and(|first| one.source.metric == first.source.metric));
        match all.iter().position(economic) {
            Some(place) => all.into_iter().nth(place),
            None if one_metric => all.into_iter().next(),
            None => bail!("which metric depends on the model that serves? say --trigger, one of: {names}"),
        }
        .context(
            "no trigger of the policy reads a metric, so nobody knows what its models lose; \
             add one that is in no `start_when`, and name it with --trigger",
        )
    }
}

/// Which way is worse, as far as the rule says.
fn worse(watch: &Watch) -> Worse {
    if let Watch::Metric(rule) = watch
        && matches!(rule.limit, Limit::Below(_) | Limit::Fallen(..))
    {
        return Worse::Lower;
    }
    if let Watch::Trend(rule) = watch {
        return rule.worse;
    }
    if let Watch::Challenger(rule) = watch {
        return rule.worse;
    }
    Worse::Higher
}

fn history(arguments: &Arguments, policy: &Policy) -> anyhow::Result<History> {
    let keys = Keys::of(policy);
    let reader = Reader { model: Some(&policy.model), keys: &keys };
    let mut collected = Collected::default();
    for file in &arguments.history {
        reader.read(&file.display().to_string(), crate::text(file)?, &mut collected)?;
    }
    for (key, count) in &collected.left_out().unknown {
        eprintln!("note: {count} values of `{key}` are left out: the policy does not ask for it");
    }
    Ok(collected.history())
}

/// A world in which every model was measured.
fn stream(file: &Path, start: Timestamp, question: &Question<'_>) -> anyhow::Result<World> {
    let text =
        String::from_utf8(crate::text(file)?).with_context(|| format!("{} is not UTF-8", file.display()))?;
    let name = file.file_stem().unwrap_or_default().to_string_lossy();
    let matrix = Matrix::read(&text, &name).with_context(|| format!("could not read {}", file.display()))?;
    let reads = if question.worse == Worse::Lower { Reads::Complement } else { Reads::Loss };
    Ok(World::measured(matrix, start, question.source.metric.period, reads))
}

/// A world in which models age as the history lets one think.
fn aged(policy: &Policy, question: &Question<'_>, history: &History) -> anyhow::Result<World> {
    let metric = &question.source.metric;
    let points = history.series.get(metric).map(Vec::as_slice).unwrap_or_default();
    let how = How { period: metric.period, worse: question.worse, serves_after: policy.serves_after };
    let Some(ageing) = Ageing::fit(points, &history.trainings, how) else {
        bail!(
            "the history has no value of `{}` ({metric}), so nobody knows what its models lose; \
             `rekindle history show` says what it has",
            question.trigger
        )
    };
    for warning in ageing.warnings() {
        eprintln!("note: {warning}");
    }
    let reads = if question.worse == Worse::Lower { Reads::Negative } else { Reads::Loss };
    let (start, periods, text) = (ageing.start(), ageing.periods(), ageing.text());
    let loss = std::sync::Arc::new(move |model, period| ageing.loss(model, period));
    Ok(World::assumed(&policy.model, (start, metric.period, periods), loss, reads, text))
}

/// What a training costs, and a unit of the loss over a period.
fn prices(arguments: &Arguments, policy: &Policy, question: &Question<'_>) -> anyhow::Result<(f64, f64)> {
    let economic = policy.watches().find_map(|(name, watch)| {
        if let Watch::BreakEven(rule) = watch {
            Some(rule).filter(|_| name == question.trigger)
        } else {
            None
        }
    });
    let per_run = policy.guards.budgets.iter().map(|budget| budget.per_run).next();
    let retrain_cost = arguments.retrain_cost.or_else(|| economic.map(|rule| rule.retrain_cost)).or(per_run);
    let per_unit = arguments.cost_per_unit_loss.or_else(|| economic.map(|rule| rule.cost_per_unit_loss));
    let (Some(retrain_cost), Some(per_unit)) = (retrain_cost, per_unit) else {
        bail!(
            "nobody says what a training and a unit of the loss cost: give --retrain-cost and \
             --cost-per-unit-loss, such as 12.50USD and 40USD"
        )
    };
    Ok((retrain_cost.dollars(), per_unit.dollars()))
}

/// As long as the history's trainings took, in the middle.
fn usual_time(history: &History) -> Duration {
    let mut times: Vec<Duration> = history.trainings.iter().map(|training| training.took).collect();
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or(Duration::from_seconds(3_600))
}

fn names(files: &[PathBuf]) -> String {
    files.iter().map(|file| file.display().to_string()).collect::<Vec<_>>().join(", ")
}
