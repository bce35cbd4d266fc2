//! Lives a story through: the same turn as the functions', in a world in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, bail};
use jiff::Timestamp;
use rekindle_decision::duration::Duration;
use rekindle_decision::policy::{Metric, Mode, Policy};
use rekindle_decision::ruling::{Blocker, Decision, Reason, Ruling};
use rekindle_decision::signal::{Signal, Sweep};
use rekindle_policy::{PolicySet, Text};
use rekindle_turn::memory::Memory;
use rekindle_turn::turn;
use serde_json::{Value, json};

use super::series::Arrives;
use super::{BlockerWord, Expect, Moment, PolicyText, Story, Verdict, Whole, happen};

/// What came of a story.
#[derive(Debug, Default)]
pub(crate) struct Told {
    /// Turns taken.
    pub(crate) turns: usize,
    /// What was not as expected, each with its explanation.
    pub(crate) wrong: Vec<String>,
}

/// Tells a story, and compares what was decided with what should have been.
pub(crate) async fn tell(story: &Story, folder: &Path) -> anyhow::Result<Told> {
    let mut teller = Teller::of(story, folder)?;
    let mut before = story.begins;
    for moment in &story.moments {
        let at = instant(&moment.at, before)?;
        if at < before {
            bail!("{} comes after {before}: write the moments in their order", moment.at);
        }
        if let Some(every) = story.sweep_every {
            teller.sweeps(before, at, every).await?;
        }
        if let Err(error) = teller.moment(moment, at).await {
            // What can no longer happen often cannot because something went otherwise before: that must be seen.
            teller.stop(&error)?;
            return Ok(teller.told);
        }
        before = at;
    }
    if let Some(expected) = &story.starts
        && *expected != teller.starts
    {
        let list = |starts: &[Timestamp]| {
            let lines: Vec<String> = starts.iter().map(|at| format!("\n    {at}")).collect();
            lines.concat()
        };
        teller.told.wrong.push(format!(
            "  starts expected:{}\n  starts:{}",
            list(expected),
            list(&teller.starts)
        ));
    }
    Ok(teller.told)
}

/// What is trained does not matter to a story: a document without a request gets one.
fn with_training(document: &Value) -> Value {
    let mut document = document.clone();
    if let Value::Object(fields) = &mut document {
        fields.entry("training").or_insert_with(|| {
            json!({
                "RoleArn": "arn:aws:iam::445566778899:role/rekindle-training",
                "AlgorithmSpecification": {
                    "TrainingImage": "445566778899.dkr.ecr.eu-central-1.amazonaws.com/story:1",
                    "TrainingInputMode": "File",
                },
                "OutputDataConfig": { "S3OutputPath": "s3://example-models/{model}/" },
                "ResourceConfig": { "InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 30 },
                "StoppingCondition": { "MaxRuntimeInSeconds": 3600 },
            })
        });
    }
    document
}

/// `+6h` after the moment before, or an instant.
fn instant(text: &str, before: Timestamp) -> anyhow::Result<Timestamp> {
    match text.strip_prefix('+') {
        Some(length) => Ok(length.parse::<Duration>()?.after(before)),
        None => text.parse().with_context(|| format!("`{text}` is neither an instant nor +6h")),
    }
}

/// What came of one turn.
#[derive(Debug, Default)]
struct Came {
    /// The record of the story's own model, if the turn concerned it.
    record: Option<Value>,
    /// How many models came to each verdict.
    all: BTreeMap<Verdict, usize>,
}

#[derive(Debug)]
struct Teller {
    memory: Memory,
    policy: Arc<Policy>,
    waiting: Vec<(Metric, Arrives)>,
    /// The newest decision that waits for a person.
    newest: Option<String>,
    /// The newest decision about the story's own model.
    last: Option<Value>,
    starts: Vec<Timestamp>,
    turns: u32,
    told: Told,
}

impl Teller {
    fn of(story: &Story, folder: &Path) -> anyhow::Result<Self> {
        let text = match &story.policy {
            PolicyText::File(file) => {
                let file = folder.join(file);
                std::fs::read_to_string(&file)
                    .with_context(|| format!("could not read {}", file.display()))?
            }
            // JSON is YAML.
            PolicyText::Document(document) => with_training(document).to_string(),
        };
        let text = Text::new("policy", 1, text);
        let set = PolicySet::default().refresh([text]);
        if let Some(problem) = set.problems().first() {
            bail!("{problem}");
        }
        let set = in_mode(set, story.mode);
        let policy = chosen(&set, story.model.as_deref())?;
        let memory = Memory::at(story.begins);
        for (name, state) in &story.alarms {
            memory.set_alarm(name, *state);
        }
        memory.put_state(&policy.model, &story.state);
        let waiting = series(story, &policy, &set)?;
        memory.share_policies(&Arc::new(set));
        Ok(Self {
            memory,
            policy,
            waiting,
            newest: None,
            last: None,
            starts: Vec::new(),
            turns: 0,
            told: Told::default(),
        })
    }

    /// The sweeps between two moments, at whole steps of the clock.
    async fn sweeps(&mut self, from: Timestamp, to: Timestamp, every: Duration) -> anyhow::Result<()> {
        if every.seconds() == 0 {
            bail!("`sweep_every` is no time at all");
        }
        let mut at = every.after(from);
        while at < to {
            self.publish(at);
            self.turn(at, &[Signal::Sweep(Sweep::default())]).await?;
            at = every.after(at);
        }
        Ok(())
    }

    async fn moment(&mut self, moment: &Moment, at: Timestamp) -> anyhow::Result<()> {
        self.publish(at);
        for key in &moment.breaks {
            let metric = metric(&self.policy, key)?.clone();
            self.memory.break_metric(&metric, rekindle_decision::facts::Gap::InternalError);
        }
        happen::known(moment, &self.policy, at).with_context(|| format!("at {at}"))?;
        happen::change(&self.memory, moment, at).with_context(|| format!("at {at}"))?;
        let signals = happen::signals(moment, &self.policy.model, at, self.newest.as_deref())
            .with_context(|| format!("at {at}"))?;
        let mut came = self.turn(at, &signals).await?;
        for _ in 0..moment.again {
            let again = self.turn(at, &signals).await?;
            came = Came { record: again.record.or(came.record), ..again };
        }
        let Came { record, all } = came;
        let Some(expect) = &moment.expect else { return Ok(()) };
        let what = moment.what.as_deref().map(|what| format!(", {what}")).unwrap_or_default();
        let wrong = match &record {
            Some(record) => differences(expect, record, &all)?,
            None => vec!["nothing concerned this model, so nothing was decided".to_owned()],
        };
        if !wrong.is_empty() {
            let explanation = record.as_ref().map(explanation).transpose()?.unwrap_or_default();
            self.told.wrong.push(format!("  at {at}{what}\n    {}\n{explanation}", wrong.join("\n    ")));
        }
        Ok(())
    }

    /// Ends the story where it cannot go on, with the decision that was made before.
    fn stop(&mut self, error: &anyhow::Error) -> anyhow::Result<()> {
        let before = match &self.last {
            Some(record) => format!("\n    the decision before it:\n{}", explanation(record)?),
            None => String::new(),
        };
        self.told.wrong.push(format!("  the story cannot go on: {error:#}{before}"));
        Ok(())
    }

    /// Values whose time has come.
    fn publish(&mut self, now: Timestamp) {
        self.memory.set_now(now);
        let (ready, waiting) =
            std::mem::take(&mut self.waiting).into_iter().partition(|(_, it)| it.at <= now);
        self.waiting = waiting;
        for (metric, arrives) in Vec::from_iter::<Vec<(Metric, Arrives)>>(ready) {
            self.memory.put_metric(&metric, arrives.point);
        }
    }

    async fn turn(&mut self, at: Timestamp, signals: &[Signal]) -> anyhow::Result<Came> {
        self.turns += 1;
        self.told.turns += 1;
        let memory = self.memory.invocation(&format!("turn-{}", self.turns));
        let before = self.memory.jobs().len();
        turn(&memory, signals).await?;
        // Whichever way it came about: a start that an earlier turn decided may be carried on by this one.
        self.starts.extend((before..self.memory.jobs().len()).map(|_| at));
        let mut came = Came::default();
        for line in self.memory.take_lines() {
            let Some(model) = line.get("model").and_then(Value::as_str) else { continue };
            let ruling = ruling(&line)?;
            let count = came.all.entry(Verdict::of(&ruling.decision)).or_insert(0);
            *count += 1;
            if model != self.policy.model || came.record.is_some() {
                continue;
            }
            for blocker in ruling.decision.waiting_on() {
                if let Blocker::Approval { decision } = blocker {
                    self.newest = Some(decision.clone());
                }
            }
            self.last = Some(line.clone());
            came.record = Some(line);
        }
        Ok(came)
    }
}

/// The policies as if their mode were another.
fn in_mode(set: PolicySet, mode: Option<Mode>) -> PolicySet {
    match mode {
        None => set,
        Some(mode) => set.iter().map(|policy| Policy { mode, ..Policy::clone(policy) }).collect(),
    }
}

fn chosen(set: &PolicySet, model: Option<&str>) -> anyhow::Result<Arc<Policy>> {
    let mut policies = set.iter();
    let policy = match (model, policies.next(), policies.next()) {
        (None, Some(only), None) => only,
        (None, ..) => bail!("the policy has several models; write which in `model`"),
        (Some(model), ..) => set.get(model).with_context(|| format!("the policy has no model `{model}`"))?,
    };
    Ok(Arc::clone(policy))
}

fn series(story: &Story, policy: &Policy, set: &PolicySet) -> anyhow::Result<Vec<(Metric, Arrives)>> {
    let mut all = written(&story.series, policy)?;
    let mut read: BTreeSet<Metric> = all.iter().map(|(metric, _)| metric.clone()).collect();
    for other in set.iter().filter(|other| other.model != policy.model) {
        // A metric that models share has one series, whoever of them it is written for.
        let (shared, own): (Vec<_>, Vec<_>) =
            written(&story.others, other)?.into_iter().partition(|(metric, _)| read.contains(metric));
        if let Some((metric, _)) = shared.first() {
            bail!("`others` has values of {metric}, which are written already: the models share it");
        }
        read.extend(own.iter().map(|(metric, _)| metric.clone()));
        all.extend(own);
    }
    all.sort_by_key(|(_, arrives)| (arrives.at, arrives.point.at));
    Ok(all)
}

fn written(
    series: &BTreeMap<String, super::series::Written>,
    policy: &Policy,
) -> anyhow::Result<Vec<(Metric, Arrives)>> {
    let mut all = Vec::new();
    for (key, written) in series {
        let metric = metric(policy, key)?;
        let arrivals = written.arrivals(metric.period).with_context(|| format!("series `{key}`"))?;
        all.extend(arrivals.into_iter().map(|arrives| (metric.clone(), arrives)));
    }
    Ok(all)
}

/// The metric behind a key of `series`.
fn metric<'a>(policy: &'a Policy, key: &str) -> anyhow::Result<&'a Metric> {
    let wanted = policy.wanted(Timestamp::UNIX_EPOCH);
    let known = || wanted.iter().map(|wanted| wanted.key.as_str()).collect::<Vec<_>>().join(", ");
    match wanted.iter().find(|wanted| wanted.key == key) {
        Some(wanted) => Ok(wanted.metric),
        None => bail!("the policy reads no series `{key}`; it reads {}", known()),
    }
}

fn word<'a>(record: &'a Value, path: &str) -> &'a str {
    record.pointer(path).and_then(Value::as_str).unwrap_or_default()
}

fn ruling(record: &Value) -> anyhow::Result<Ruling> {
    let ruling = record.get("ruling").cloned().unwrap_or_default();
    serde_json::from_value(ruling).context("the record holds no ruling")
}

fn explanation(record: &Value) -> anyhow::Result<String> {
    let ruling = ruling(record)?;
    let text = format!("{}\n{}", ruling.sentence(), ruling.tree_text());
    let lines: Vec<String> = text.lines().map(|line| format!("    | {line}\n")).collect();
    Ok(lines.concat())
}

/// What is not as expected, a line for each.
fn differences(
    expect: &Expect,
    record: &Value,
    all: &BTreeMap<Verdict, usize>,
) -> anyhow::Result<Vec<String>> {
    let alone;
    let whole = match expect {
        Expect::Verdict(verdict) => {
            alone = Whole { verdict: Some(*verdict), ..Whole::default() };
            &alone
        }
        Expect::Whole(whole) => whole,
    };
    let ruling = ruling(record)?;
    let mut wrong = Vec::new();
    let mut compare = |what: &str, expected: Option<String>, got: String| {
        if let Some(expected) = expected.filter(|expected| *expected != got) {
            wrong.push(format!("{what}: expected {expected}, got {got}"));
        }
    };
    let verdict = ruling.decision.verdict();
    let wanted = match (whole.verdict, &whole.hold) {
        (Some(verdict), _) => Some(verdict.word().to_owned()),
        (None, Some(_)) => Some("hold".to_owned()),
        (None, None) => None,
    };
    compare("verdict", wanted, verdict.to_owned());
    let set = |words: Vec<String>| {
        let mut words = words;
        words.sort();
        words.dedup();
        format!("[{}]", words.join(", "))
    };
    let words = |of: &[BlockerWord]| of.iter().map(|word| word.0.to_owned()).collect::<Vec<_>>();
    let blockers = |of: &[Blocker]| of.iter().map(|blocker| blocker.word().to_owned()).collect::<Vec<_>>();
    compare(
        "blockers",
        whole.hold.as_deref().map(words).map(set),
        set(blockers(ruling.decision.waiting_on())),
    );
    compare("notes", whole.notes.as_deref().map(words).map(set), set(blockers(&ruling.audit)));
    compare("because", whole.because.clone().map(set), set(reasons(&ruling.decision)));
    let until = ruling.look_again_at.map_or("no date".to_owned(), |until| until.to_string());
    compare("until", whole.until.map(|until| until.to_string()), until);
    compare("all models", whole.all.as_ref().map(counted), counted(all));
    compare("outcome", whole.outcome.clone(), word(record, "/outcome").to_owned());
    let text = format!("{}\n{}", ruling.sentence(), ruling.tree_text());
    for piece in whole.says.iter().filter(|piece| !text.contains(piece.as_str())) {
        wrong.push(format!("it does not say `{piece}`"));
    }
    Ok(wrong)
}

/// `1 start, 0 hold, 499 rest`.
fn counted(all: &BTreeMap<Verdict, usize>) -> String {
    let each = Verdict::ALL
        .map(|verdict| format!("{} {}", all.get(&verdict).copied().unwrap_or_default(), verdict.word()));
    each.join(", ")
}

fn reasons(decision: &Decision) -> Vec<String> {
    let name = |reason: &Reason| match reason {
        Reason::Trigger { trigger, .. } => trigger.clone(),
        Reason::Asked(request) => request.id.clone(),
    };
    decision.because().iter().map(name).collect()
}
