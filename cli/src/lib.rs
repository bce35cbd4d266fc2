//! The command line, as a library: so that the workspace, whose tests reach a cloud, builds it with the feature `aws`, and
//! `cargo run` without.

mod bench;
mod check;
mod chosen;
mod decide;
mod demo;
mod fleet;
mod history;
mod local;
mod newcomer;
mod parse_event;
mod policy;
mod redecide;
mod replay;
mod schema;
mod story;
mod test;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::decide::On;

/// Decide when to retrain a model, and see why.
#[derive(Debug, Parser)]
#[command(name = "rekindle", version, about, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// See four policies decide on a real stream, and what each would have cost: no network, no cloud.
    /// The report's path is printed last.
    Demo {
        /// Instead, live through a month of one model, event by event: a schedule, an alarm and a metric each start a job; a
        /// duplicate, a cooldown and a blind metric do not.
        #[arg(long, conflicts_with = "fleet")]
        month: bool,
        /// Where the report is written; left out, among the temporary files.
        #[arg(long, conflicts_with_all = ["month", "fleet"])]
        html: Option<PathBuf>,
        /// Instead, a month of two hundred models in which training fails, does not help, machines run out, and the
        /// region is down for six hours: the review of it. Takes about a minute. Exit code: 0, or 1 where a promise was
        /// broken.
        #[arg(long)]
        fleet: bool,
        /// With `--fleet`: another seed is another month.
        #[arg(long, requires = "fleet", default_value_t = 1)]
        seed: u64,
        /// With `--fleet`: writes what the functions log to this file, a JSON document a line, as CloudWatch would keep it.
        /// These are several gigabytes; `/dev/stdout` hands them on at once.
        #[arg(long, requires = "fleet")]
        log: Option<PathBuf>,
        /// One JSON document instead of text.
        #[arg(long)]
        json: bool,
    },
    /// See what a policy would have done over a history, what that would have cost, and how far from the best it was.
    Replay(replay::Arguments),
    /// Run the real functions on a local cloud: a schedule, an alarm and a metric, each to its training job.
    Local {
        /// Folder with the function binaries; left out, they are built first.
        #[arg(long)]
        binaries: Option<PathBuf>,
        /// One JSON document instead of the timeline.
        #[arg(long)]
        json: bool,
    },
    /// Read an event as the functions would. Exit code: 0 recognised, 3 ignored on purpose, 4 refused.
    ParseEvent {
        /// A JSON file, or `-` for standard input.
        file: PathBuf,
    },
    /// Check policy documents, and warn of what is probably not meant. Exit code: 0 good, 1 not.
    Check {
        /// YAML files, folders of them, or `-` for standard input.
        #[arg(required = true)]
        policies: Vec<PathBuf>,
        /// Instance types the deployment allows, separated by commas; left out, those of the template.
        #[arg(long, value_delimiter = ',')]
        instance_types: Vec<String>,
        /// Longest runtime the deployment allows, such as 6h; left out, that of the template.
        #[arg(long)]
        max_runtime: Option<rekindle_decision::duration::Duration>,
        /// A JSON list of problems instead of sentences.
        #[arg(long)]
        json: bool,
    },
    /// Decide once, on facts from a file.
    Decide {
        /// A YAML policy document.
        #[arg(long)]
        policy: PathBuf,
        /// A JSON file of facts, or `-` for standard input.
        #[arg(long, required_unless_present = "record")]
        facts: Option<PathBuf>,
        /// Instead of facts, lines of the decision log: decides each again. Exit code: 0 the same to the byte, 1 not.
        #[arg(long, conflicts_with_all = ["facts", "model"])]
        record: Option<PathBuf>,
        /// Which model, if the document has several.
        #[arg(long)]
        model: Option<String>,
        /// The whole ruling as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Tell stories with time in them, and compare what is decided with what they expect. Exit code: 0 as told, 1 not.
    Test {
        /// A folder of stories, or one story.
        path: PathBuf,
        /// A JSON list of stories instead of lines.
        #[arg(long)]
        json: bool,
    },
    /// Compare rules for retraining on streams of which every outcome is known, with the best that could have been done.
    Bench(bench::Arguments),
    /// Keep policies in Git: lint them, compare them with what is deployed, deploy them, fetch them.
    Policy {
        #[command(subcommand)]
        command: policy::Command,
    },
    /// Keep what happened to a model: see what is in a history, fetch one.
    History {
        #[command(subcommand)]
        command: history::Command,
    },
    /// Print the JSON Schema of policy documents, for editors.
    Schema {
        /// The reference for people, in Markdown.
        #[arg(long)]
        markdown: bool,
    },
}

/// Does what the arguments of the process say.
#[must_use]
pub fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Demo { month: true, json, .. } => demo::demo(json),
        Command::Demo { fleet: false, html, json, .. } => newcomer::newcomer(html.as_deref(), json),
        Command::Replay(arguments) => replay::replay(&arguments),
        Command::Demo { fleet: true, seed, log, json, .. } => fleet::fleet(seed, json, log.as_deref()),
        Command::Local { binaries, json } => local::local(binaries.as_deref(), json),
        Command::ParseEvent { file } => parse_event::parse_event(&file),
        Command::Check { policies, instance_types, max_runtime, json } => {
            check::check(&policies, &check::ceilings(instance_types, max_runtime), json)
        }
        Command::Decide { policy, facts, record, model, json } => {
            let on = match (&record, &facts) {
                (Some(record), _) => On::Record(record),
                (None, Some(facts)) => On::Facts(facts),
                (None, None) => anyhow::bail!("give --facts or --record"),
            };
            decide::decide(&policy, &on, model.as_deref(), json)
        }
        Command::Test { path, json } => test::test(&path, json),
        Command::Bench(arguments) => bench::bench(&arguments),
        Command::Policy { command } => policy::policy(command),
        Command::History { command } => history::history(command),
        Command::Schema { markdown } => schema::schema(markdown),
    }
}

/// Writes a line to standard output. Whoever reads may have read enough: a closed pipe is not an error.
fn say(text: &str) -> anyhow::Result<()> {
    use std::io::{ErrorKind, Write};
    match writeln!(std::io::stdout().lock(), "{text}") {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// The text of a file, or of standard input for `-`.
fn text(file: &std::path::Path) -> anyhow::Result<Vec<u8>> {
    use anyhow::Context;
    use std::io::Read;
    let mut text = Vec::new();
    if file.as_os_str() == "-" {
        std::io::stdin().read_to_end(&mut text).context("could not read standard input")?;
    } else {
        text = std::fs::read(file).with_context(|| format!("could not read {}", file.display()))?;
    }
    Ok(text)
}
