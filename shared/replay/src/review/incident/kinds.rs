//! What is told of each kind of incident.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use rekindle_decision::duration::Duration;
use rekindle_decision::money::Money;

use super::{AFTERMATH, Cluster, Incident, Moment, SHORT};
use crate::chronicle::{News, Silence, Spell, Trouble};
use crate::review::account::{Owned, family};
use crate::review::text::cents;

/// What some runs have cost together.
fn cost<'a>(runs: impl IntoIterator<Item = &'a Owned>) -> Money {
    runs.into_iter().fold(Money::default(), |sum, owned| sum.plus(owned.run.cost.unwrap_or_default()))
}

fn moment(at: Timestamp, what: impl Into<String>) -> Moment {
    Moment { at, what: what.into() }
}

/// The length of a time in hours and minutes.
fn minutes(length: Duration) -> Duration {
    Duration::from_seconds(length.seconds() / 60 * 60)
}

pub(super) fn waiting(cluster: &Cluster<'_>, runs: &[Owned], news: &[News]) -> Incident {
    let mut incident = cluster.incident("waited for SageMaker to take their training job");
    let (middle, longest) = cluster.lengths();
    let begun =
        |owned: &&Owned| owned.run.decided <= cluster.to && owned.run.decided >= SHORT.before(cluster.from);
    let begun: Vec<&Owned> = cluster.runs(runs).filter(begun).collect();
    let made = begun.iter().filter(|owned| owned.run.arn.is_some()).count();
    incident.impact = vec![
        format!("Half of them waited {} or longer, the last {}.", minutes(middle), minutes(longest)),
        format!(
            "{made} of {} starts that were decided got their job, each under the name it was decided with.",
            begun.len()
        ),
    ];
    incident.timeline.push(moment(cluster.last_met(), "the last of them was refused for the first time"));
    incident.timeline.push(moment(cluster.to, "the last of them had its job"));
    incident.response = vec![
        "Each sweep asked again for the same generation; the budget stayed reserved meanwhile.".to_owned(),
        format!("The bus said `Retraining Waiting` {}.", times(said(&incident, news, "Retraining Waiting"))),
    ];
    by_people(&mut incident, news);
    incident
}

pub(super) fn given_up(cluster: &Cluster<'_>, runs: &[Owned], news: &[News]) -> Incident {
    let mut incident = cluster.incident("gave up after trainings that failed in a row");
    let since = Duration::from_seconds(86_400).before(cluster.from);
    let failed = |owned: &&Owned| {
        owned.run.status == "Failed" && owned.run.decided >= since && owned.run.decided <= cluster.to
    };
    let failed: Vec<&Owned> = cluster.runs(runs).filter(failed).collect();
    let (_, longest) = cluster.lengths();
    incident.impact = vec![
        format!(
            "{} trainings failed, {} for each model, and cost {}.",
            failed.len(),
            per(failed.len(), incident.models.len()),
            cents(cost(failed.iter().copied()))
        ),
        stopped(longest),
    ];
    if let Some(first) = failed.first() {
        incident.from = incident.from.min(first.run.decided);
        let ended = first.run.ended.unwrap_or(first.run.decided);
        let cause = first.run.cause.map(|cause| format!(" ({cause})")).unwrap_or_default();
        let said = first.run.failure.as_deref().unwrap_or("SageMaker did not say why");
        incident.timeline.insert(0, moment(ended, format!("`{}` fails{cause}: {said}", first.model)));
    }
    incident.timeline.push(moment(cluster.last_met(), "the last of them gave up"));
    by_people(&mut incident, news);
    recovered(&mut incident, cluster, runs);
    if let Some(first) = failed.first() {
        let waits = waits(failed.iter().filter(|owned| owned.model == first.model));
        let told = times(said(&incident, news, "Retraining Failed"));
        let response = format!(
            "`{}` was tried again after {waits}; the bus said `Retraining Failed` {told}.",
            first.model
        );
        incident.response.insert(0, response);
    }
    incident
}

pub(super) fn futile(cluster: &Cluster<'_>, runs: &[Owned], news: &[News]) -> Incident {
    let mut incident = cluster.incident("stopped training because it did not help");
    let mut row: Vec<&Owned> = cluster.spells.iter().flat_map(|spell| in_a_row(spell, runs)).collect();
    row.sort_by_key(|owned| (owned.run.decided, &owned.model));
    // A model that was blind for a while stopped twice.
    row.dedup_by_key(|owned| (owned.run.decided, &owned.model));
    let (_, longest) = cluster.lengths();
    incident.impact = vec![
        format!(
            "{} trainings did not help, {} for each model, and cost {}.",
            row.len(),
            per(row.len(), incident.models.len()),
            cents(cost(row.iter().copied()))
        ),
        stopped(longest),
    ];
    if let Some(Owned { model, run }) = row.first() {
        incident.from = incident.from.min(run.decided);
        incident.timeline.insert(0, moment(run.decided, format!("`{model}`: {}", run.why)));
        if let Some(effect) = run.effect
            && let Some(gain) = effect.gain
        {
            let what = format!(
                "`{model}`: {}, {:.4} before and {:.4} after (95 % interval of the gain {:.4} to {:.4})",
                effect.verdict, gain.before, gain.after, gain.low, gain.high
            );
            incident.timeline.insert(1, moment(effect.at, what));
        }
    }
    incident.timeline.push(moment(cluster.last_met(), "the last of them stopped"));
    by_people(&mut incident, news);
    recovered(&mut incident, cluster, runs);
    let told = times(said(&incident, news, "Retraining Futile"));
    incident.response.insert(0, format!("The bus called for a person with `Retraining Futile` {told}."));
    incident
}

/// How often the bus said something of the models of an incident while it lasted.
fn said(incident: &Incident, news: &[News], kind: &str) -> usize {
    let during = |news: &&News| news.at >= incident.from && news.at <= SHORT.after(incident.to);
    let of = |news: &&News| news.kind == kind && incident.models.contains(&news.model);
    news.iter().filter(during).filter(of).count()
}

fn times(many: usize) -> String {
    match many {
        0 => "never".to_owned(),
        1 => "once".to_owned(),
        many => format!("{many} times"),
    }
}

/// How long each further try came after the end of the one before.
fn waits<'a>(runs: impl Iterator<Item = &'a &'a Owned> + Clone) -> String {
    let pairs = runs.clone().zip(runs.skip(1));
    let wait = |(one, next): (&&Owned, &&Owned)| {
        let ended = one.run.ended.unwrap_or(one.run.decided);
        minutes(Duration::between(ended, next.run.decided)).to_string()
    };
    pairs.map(wait).collect::<Vec<_>>().join(", ")
}

/// The trainings of a model that did not help, one after the other, until it stopped.
fn in_a_row<'a>(spell: &'a Spell, runs: &'a [Owned]) -> impl Iterator<Item = &'a Owned> {
    let own = runs.iter().rev().filter(|owned| owned.model == spell.model);
    let known = own.filter_map(|owned| Some((owned, owned.run.effect?)));
    let judged = known.filter(|(_, effect)| effect.at <= spell.from);
    let judged = judged.filter_map(|(owned, effect)| Some((owned, effect.is_futile()?)));
    judged.take_while(|(_, futile)| *futile).map(|(owned, _)| owned)
}

fn stopped(longest: Duration) -> String {
    format!(
        "Then nothing more was started or paid for until a person had looked: {} at most.",
        minutes(longest)
    )
}

fn per(many: usize, models: usize) -> String {
    let per = f64::from(u32::try_from(many).unwrap_or(u32::MAX))
        / f64::from(u32::try_from(models).unwrap_or(1).max(1));
    format!("{per:.1}")
}

pub(super) fn budget(cluster: &Cluster<'_>, runs: &[Owned], until: Timestamp) -> Incident {
    let mut incident = cluster.incident("wanted a training that the budget did not have left");
    let held = cluster.spells.len();
    incident.impact = vec![
        format!("{held} starts were held; what asks for them is kept until the next span begins."),
        format!(
            "By then {} had been spent.",
            cents(cost(runs.iter().filter(|owned| cluster.families().contains(family(&owned.model)))))
        ),
    ];
    incident.timeline.push(moment(cluster.last_met(), "the last of them was held"));
    if !incident.over {
        incident.timeline.push(moment(until, "still held at the end of this review"));
    }
    incident.response = vec![
        "`HeldByBudget` counts them: to raise the amount, or to wait, is the owner's choice.".to_owned(),
    ];
    incident
}

pub(super) fn blind(cluster: &Cluster<'_>) -> Incident {
    let mut incident = cluster.incident("could not be told to need a training or not");
    let (middle, longest) = cluster.lengths();
    incident.impact = vec![format!(
        "Nothing was started for them meanwhile: for half of them {} or longer, {} at most.",
        minutes(middle),
        minutes(longest)
    )];
    incident.response =
        vec!["What is not known is not healthy, and starts nothing: the sweep went on asking.".to_owned()];
    incident
}

pub(super) fn silent(silence: Silence, clusters: &[Cluster<'_>], runs: &[Owned]) -> Incident {
    let Silence { from, to } = silence;
    let within = |at: Timestamp| at > from && at < to;
    let ended: Vec<&Owned> = runs.iter().filter(|owned| owned.run.ended.is_some_and(within)).collect();
    let soon = AFTERMATH.after(to);
    let caught_up: Vec<&Owned> = runs
        .iter()
        .filter(|owned| owned.run.decided >= to && owned.run.decided <= soon && owned.run.arn.is_some())
        .collect();
    let blind: Vec<&Cluster<'_>> = clusters
        .iter()
        .filter(|cluster| cluster.trouble == Trouble::Blind && cluster.from >= to && cluster.from <= soon)
        .collect();
    let dark: usize = blind.iter().map(|cluster| cluster.models().len()).sum();
    let seen_again = blind.iter().map(|cluster| cluster.to).max();
    let mut timeline =
        vec![moment(from, "the last decision before it"), moment(to, "the first decision after it")];
    if let Some(first) = caught_up.first() {
        timeline.push(moment(first.run.decided, format!("`{}`: {}", first.model, first.run.why)));
    }
    timeline.extend(seen_again.map(|at| moment(at, "every metric can be judged again")));
    let mut impact = vec![format!(
        "{} training jobs ended meanwhile, and nobody was told; the first sweep after it closed their runs from DescribeTrainingJob.",
        ended.len()
    )];
    impact.push(format!("{} trainings were started within {AFTERMATH} of its end.", caught_up.len()));
    if dark > 0 {
        impact.push(format!(
            "{dark} models stayed blind for a while: the metrics of that time were never published."
        ));
    }
    Incident {
        title: format!("Nothing was decided for {}", minutes(Duration::between(from, to))),
        from,
        to: seen_again.unwrap_or(to).max(to),
        over: true,
        models: BTreeSet::new(),
        impact,
        timeline,
        response: vec![
            "The alarm `sweep-silent` rings after three hours without a finished sweep.".to_owned(),
            "Nothing had to be done: a schedule is caught up within its deadline, an alarm and a metric are levels.".to_owned(),
        ],
    }
}

/// What people did about it, from the bus.
fn by_people(incident: &mut Incident, news: &[News]) {
    // What somebody did, for which reason; when first, and for which models.
    let mut done: BTreeMap<(&str, &str, &str), (Timestamp, BTreeSet<&str>)> = BTreeMap::new();
    let until = SHORT.after(incident.to);
    let about =
        |news: &&News| incident.models.contains(&news.model) && news.at >= incident.from && news.at <= until;
    for said in news.iter().filter(about) {
        let Some(by) = said.by.as_deref() else { continue };
        let what = (by, said.kind.as_str(), said.reason.as_deref().unwrap_or("no reason given"));
        done.entry(what).or_insert((said.at, BTreeSet::new())).1.insert(&said.model);
    }
    for ((by, kind, reason), (at, models)) in done {
        let what = kind.trim_start_matches("Retraining ").to_lowercase();
        incident.timeline.push(moment(at, format!("{by}: {what}, {} models: {reason}", models.len())));
        incident.response.push(format!("{by} looked and wrote down: {reason}."));
    }
}

/// When each of its models had a training again that ended well.
fn recovered(incident: &mut Incident, cluster: &Cluster<'_>, runs: &[Owned]) {
    let well = |model: &String| {
        let mut own = runs.iter().filter(|owned| owned.model == *model && owned.run.status == "Completed");
        own.find(|owned| owned.run.decided >= cluster.from)?.run.ended
    };
    let ends: Vec<Timestamp> = incident.models.iter().filter_map(well).collect();
    if let Some(last) = ends.iter().max() {
        let many = ends.len();
        incident.timeline.push(moment(
            *last,
            format!("{many} of {} had a training again that ended well", incident.models.len()),
        ));
    }
}
