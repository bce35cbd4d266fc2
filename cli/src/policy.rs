//! `rekindle policy`: policies in Git. What is checked, compared, deployed and fetched are documents of which each is one
//! file here and one parameter there.

mod compare;
mod diff;
mod files;
mod lint;
mod pull;
mod push;
mod show;
mod side;
mod store;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::bail;
use clap::{Args, Subcommand};
use rekindle_decision::duration::Duration;
use rekindle_policy::Ceilings;

pub(crate) use files::PATH;
#[cfg(feature = "aws")]
pub(crate) use store::explained;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Check documents before they are deployed: what `check` finds, and what only a deployment shows. Reaches no cloud.
    /// Exit code: 0 good, 1 not.
    Lint {
        #[command(flatten)]
        documents: Documents,
        #[command(flatten)]
        allowed: Allowed,
        /// One JSON document instead of sentences.
        #[arg(long)]
        json: bool,
    },
    /// Say what documents would change of what is deployed, in the policies' own terms. Exit code: 0 nothing, 1 something,
    /// 2 it could not be told.
    Diff {
        #[command(flatten)]
        documents: Documents,
        /// Compare with this file or folder instead of what is deployed. Reaches no cloud.
        #[arg(long)]
        against: Option<PathBuf>,
        /// One JSON document instead of lines.
        #[arg(long)]
        json: bool,
    },
    /// Deploy documents: all are checked first, and only those that say something else than what is deployed are written.
    /// Asks for nothing. Needs the feature `aws`. Exit code: 0 done, 1 nothing was deployed because a document is wrong, 2 not
    /// all could be deployed, or somebody else wrote at the same time.
    Push {
        #[command(flatten)]
        documents: Documents,
        #[command(flatten)]
        allowed: Allowed,
        /// Show what would be done, and do nothing.
        #[arg(long)]
        dry_run: bool,
        /// Remove the deployed documents that have no file any more. Only with a folder.
        #[arg(long)]
        prune: bool,
        /// Deploy also those that differ in comments, layout or order only. Each is a new revision all the same.
        #[arg(long)]
        layout: bool,
        /// One JSON document instead of lines.
        #[arg(long)]
        json: bool,
    },
    /// Fetch what is deployed, one file for each document. Needs the feature `aws`. Exit code: 0 done, 1 nothing was written
    /// because of changes here.
    Pull {
        /// The folder to write to.
        #[arg(long)]
        to: PathBuf,
        /// The path in Parameter Store that the policies are below.
        #[arg(long, default_value = files::PATH, value_parser = files::path)]
        path: String,
        /// Overwrite files that differ from what is deployed.
        #[arg(long)]
        force: bool,
        /// One JSON document instead of lines.
        #[arg(long)]
        json: bool,
    },
}

/// Which documents, and where they are deployed.
#[derive(Debug, Args)]
pub(crate) struct Documents {
    /// YAML files, or folders of them. A file `churn.yaml` is the parameter `churn` below the path; in a folder, its folders
    /// are part of the name.
    #[arg(required = true)]
    sources: Vec<PathBuf>,
    /// The path in Parameter Store that the policies are below.
    #[arg(long, default_value = files::PATH, value_parser = files::path)]
    path: String,
}

/// What the deployment allows. What is given is held to; what is not is only warned of, by the template's defaults.
#[derive(Debug, Args)]
pub(crate) struct Allowed {
    /// ARN of the one role that may be passed to training jobs.
    #[arg(long)]
    training_role: Option<String>,
    /// Instance types the deployment allows, separated by commas.
    #[arg(long, value_delimiter = ',')]
    instance_types: Option<Vec<String>>,
    /// Longest runtime the deployment allows, such as 6h.
    #[arg(long)]
    max_runtime: Option<Duration>,
}

impl Allowed {
    /// What is held to.
    fn given(&self) -> Ceilings {
        Ceilings {
            training_role: self.training_role.clone(),
            instance_types: self.instance_types.clone(),
            max_runtime: self.max_runtime,
        }
    }

    /// What is only warned of.
    fn supposed(&self) -> Ceilings {
        let usual = Ceilings::default();
        Ceilings {
            instance_types: usual.instance_types.filter(|_| self.instance_types.is_none()),
            max_runtime: usual.max_runtime.filter(|_| self.max_runtime.is_none()),
            ..usual
        }
    }
}

pub(crate) fn policy(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Lint { documents, allowed, json } => lint::lint(&documents, &allowed, json),
        Command::Diff { documents, against: Some(against), json } => {
            diff::against(&documents, &against, json)
        }
        Command::Diff { documents, against: None, json } => {
            diff::deployed(&documents, &mut store::open("diff ...")?, json)
        }
        Command::Push { documents, allowed, dry_run, prune, layout, json } => {
            let how = push::How { dry_run, prune, layout };
            match push::ready(&documents, &allowed, how, json)? {
                Some(files) => push::push(&files, &documents.path, how, &mut store::open("push ...")?, json),
                None => Ok(ExitCode::from(1)),
            }
        }
        Command::Pull { to, path, force, json } => {
            if to.exists() && !to.is_dir() {
                bail!("{} is not a folder; name one, it need not exist yet", to.display());
            }
            pull::pull(&to, &path, force, &mut store::open("pull --to DIR")?, json)
        }
    }
}
