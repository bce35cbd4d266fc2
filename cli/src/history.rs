//! `rekindle history`: what happened to a model, from files and from AWS.

mod pull;
mod show;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};
use rekindle_decision::policy::Policy;
use rekindle_replay::history::{Collected, Keys, Reader};

use crate::chosen::{one as chosen, policies};

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Say what is in a history: its series with their gaps, alarms, trainings and events, and how the model ages by it.
    Show {
        #[command(flatten)]
        files: Files,
        /// One JSON document instead of lines.
        #[arg(long)]
        json: bool,
    },
    /// Fetch what AWS remembers of a model: the metrics its policy reads, its alarms, its trainings. Needs the feature `aws`.
    Pull {
        /// The model.
        #[arg(long)]
        model: String,
        /// How many days back. CloudWatch keeps values of less than 5 minutes for 15 days, of less than an hour for 63, of
        /// hours for 455.
        #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(u32).range(1..=455))]
        days: u32,
        /// A YAML policy document; left out, the policy that is deployed.
        #[arg(long)]
        policy: Option<PathBuf>,
        /// The path in Parameter Store that the policies are below.
        #[arg(long, default_value = crate::policy::PATH, conflicts_with = "policy")]
        path: String,
        /// The file to write, as JSON Lines; left out, standard output.
        #[arg(long)]
        to: Option<PathBuf>,
    },
}

/// The files of a history.
#[derive(Debug, Args)]
pub(crate) struct Files {
    /// JSON Lines as `history pull` writes them, CSV, Parquet, or a decision log; `-` for standard input.
    #[arg(required = true, value_name = "FILES")]
    paths: Vec<PathBuf>,
    /// A YAML policy document: tables and logs name metrics as its triggers are named.
    #[arg(long)]
    policy: Option<PathBuf>,
    /// Which model, if the document has several.
    #[arg(long, requires = "policy")]
    model: Option<String>,
}

impl Files {
    /// The policy, if one is named, and what the files hold.
    fn read(&self) -> anyhow::Result<(Option<Policy>, Collected)> {
        let policy = self.policy.as_deref().map(|file| of_file(file, self.model.as_deref())).transpose()?;
        let keys = policy.as_ref().map(Keys::of).unwrap_or_default();
        let reader = Reader { model: policy.as_ref().map(|policy| policy.model.as_str()), keys: &keys };
        let mut collected = Collected::default();
        for file in &self.paths {
            reader.read(&file.display().to_string(), crate::text(file)?, &mut collected)?;
        }
        Ok((policy, collected))
    }
}

/// The policy of a document.
fn of_file(file: &Path, model: Option<&str>) -> anyhow::Result<Policy> {
    chosen(file, &policies(file)?, model).cloned()
}

pub(crate) fn history(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Show { files, json } => show::show(&files, json),
        Command::Pull { model, days, policy, path, to } => {
            let mut past = pull::open()?;
            let policy = match policy {
                Some(file) => of_file(&file, Some(&model))?,
                None => pull::deployed(&mut past, &path, &model)?,
            };
            pull::pull(&policy, days, to.as_deref(), &mut past)
        }
    }
}
