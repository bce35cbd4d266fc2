//! Metrics that have never delivered a datapoint: a name that is misspelt looks like one that is only silent.

use std::collections::BTreeSet;

use rekindle_decision::facts::{Facts, Series};
use rekindle_decision::identity;
use rekindle_decision::policy::{Policy, Wanted};

/// What the metrics of one policy have delivered so far.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    /// The metrics that have delivered something, now or before: of those the policy names, by a digest.
    pub(crate) delivered: BTreeSet<String>,
    /// Those that have not, each in a sentence.
    pub(crate) silent: Vec<String>,
}

/// What was read, with what is known from before. A metric that cannot be read is not silent: nobody knows.
pub(crate) fn sources(policy: &Policy, facts: &Facts, before: &BTreeSet<String>) -> Sources {
    let mut sources = Sources::default();
    for wanted in policy.wanted(facts.now) {
        let id = id(&wanted);
        match facts.metrics.get(&wanted.key) {
            Some(Series::Complete { points }) if points.is_empty() && !before.contains(&id) => {
                sources.silent.push(sentence(&wanted));
            }
            Some(Series::Complete { points }) if !points.is_empty() => {
                sources.delivered.insert(id);
            }
            Some(Series::Complete { .. } | Series::Unread { .. }) | None => {
                sources.delivered.extend(before.get(&id).cloned());
            }
        }
    }
    sources
}

/// Of the metric, and not of the trigger: renamed or given another dimension, it has yet to deliver.
fn id(wanted: &Wanted<'_>) -> String {
    let metric = wanted.metric;
    let dimensions = metric.dimensions.iter().map(|(name, value)| format!("{name}={value}"));
    let dimensions: Vec<String> = dimensions.collect();
    identity::digest(&format!("{}\n{}\n{}", metric.namespace, metric.name, dimensions.join("\n")))
}

fn sentence(wanted: &Wanted<'_>) -> String {
    let metric = wanted.metric;
    let dimensions: Vec<String> =
        metric.dimensions.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let with = if dimensions.is_empty() { "no dimensions".to_owned() } else { dimensions.join(", ") };
    format!(
        "{}: the metric {} in {} with {with} has never delivered a datapoint; check its name, namespace and every \
         dimension, or the program that should send it",
        wanted.key, metric.name, metric.namespace
    )
}
