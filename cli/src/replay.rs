//! `rekindle replay`: what a policy would have done over a history.

mod notes;
mod prices;
mod question;

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use jiff::Timestamp;
use rekindle_decision::duration::Duration;
use rekindle_decision::explain::Minute;
use rekindle_decision::money::Money;
use rekindle_decision::policy::{Policy, Worse};
use rekindle_replay::bench::matrix::Matrix;
use rekindle_replay::history::{Ageing, Collected, History, How, Keys, Reader};
use rekindle_replay::replay::{Lived, Reads, Replay, World};
use rekindle_replay::report::{Start, Unit};

use self::prices::Prices;
use self::question::Question;

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
    let told = (arguments.retrain_cost, arguments.cost_per_unit_loss);
    let Prices { retrain_cost, cost_per_unit_loss } = Prices::of(told, policy, &question, &history)?;
    for note in notes::notes(policy, &question.source.metric, &history) {
        eprintln!("note: {note}");
    }
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
    // Where lower is worse, what is lost is what is missing to the best value: to one where it is a share.
    let best = points.iter().map(|point| point.value).fold(f64::NEG_INFINITY, f64::max);
    let share = points.iter().all(|point| (0.0..=1.0).contains(&point.value));
    let (reads, best) = match (question.worse, share) {
        (Worse::Higher, _) => (Reads::Loss, 0.0),
        (Worse::Lower, true) => (Reads::Complement, 1.0),
        (Worse::Lower, false) => (Reads::Below(best), best),
    };
    let (start, periods, text) = (ageing.start(), ageing.periods(), ageing.text());
    let loss = std::sync::Arc::new(move |model, period| Some(best + ageing.loss(model, period)?));
    Ok(World::assumed(&policy.model, (start, metric.period, periods), loss, reads, text))
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
