//! Which models the signals concern, and what each is told.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use rekindle_decision::policy::Policy;
use rekindle_decision::signal::{Signal, Tick};

use crate::world::Policies;

/// The models of one turn.
#[derive(Debug, Default)]
pub(crate) struct Wake {
    /// The models, by name, each with what concerns it.
    pub(crate) models: Vec<Told>,
    /// Signals that concern no model, each with a sentence for the sender.
    pub(crate) unclaimed: Vec<String>,
    /// Ticks that may concern a model whose policy cannot be read now: they come once, so they must come again.
    pub(crate) undecided: Vec<String>,
    /// Whether this looks again, and was not told of anything.
    pub(crate) sweep: bool,
    /// Whether it looks at everything there is: the stack's own rules, too.
    pub(crate) whole: bool,
}

/// One model and what it is told.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    pub(crate) policy: Arc<Policy>,
    pub(crate) signals: Vec<Signal>,
}

impl Told {
    /// Whether a person only wants to know: nothing may be written, and nothing started.
    pub(crate) fn dry_run(&self) -> bool {
        self.signals.iter().any(is_dry_run)
    }

    /// A dry run asks what would be; where something else came with it, the decision itself says so, and the rest of
    /// the batch must not be kept from acting.
    fn decided_once(mut self) -> Self {
        if self.signals.iter().any(|signal| !is_dry_run(signal)) {
            self.signals.retain(|signal| !is_dry_run(signal));
        }
        self
    }
}

fn is_dry_run(signal: &Signal) -> bool {
    signal.ask().is_some_and(|ask| ask.dry_run)
}

impl Wake {
    pub(crate) fn of(policies: &Policies, signals: &[Signal], now: Timestamp) -> Self {
        let mut wake = Self::default();
        let mut told: BTreeMap<String, Told> = BTreeMap::new();
        for signal in signals {
            if let Some(replay) = signal.replay() {
                let sentence = format!("archive replay `{replay}`: a replay starts nothing");
                wake.unclaimed.push(sentence);
                continue;
            }
            // It is answered, and wakes no model.
            if let Signal::Edited(_) = signal {
                continue;
            }
            let before = wake.unclaimed.len();
            let concerned = wake.concerned(policies, signal);
            if concerned.is_empty() && wake.unclaimed.len() == before {
                wake.unclaimed.push(nobody(signal));
            }
            if let Signal::Scheduled(tick) = signal {
                wake.undecided.extend(unreadable(policies, tick));
            }
            let signal = dated(signal, now);
            for policy in concerned {
                let model = policy.model.clone();
                told.entry(model)
                    .or_insert_with(|| Told { policy, signals: Vec::new() })
                    .signals
                    .push(signal.clone());
            }
        }
        wake.models = told.into_values().map(Told::decided_once).collect();
        if wake.sweep && !wake.models.is_empty() {
            // Another first one every minute: a sweep that runs out of time leaves other models each time.
            let minute = usize::try_from(now.as_second().div_euclid(60)).unwrap_or_default();
            let first = minute.checked_rem(wake.models.len()).unwrap_or_default();
            wake.models.rotate_left(first);
        }
        wake
    }

    fn concerned(&mut self, policies: &Policies, signal: &Signal) -> Vec<Arc<Policy>> {
        let all = policies.set.iter();
        match signal {
            Signal::Sweep(sweep) if sweep.models.is_empty() => {
                (self.sweep, self.whole) = (true, true);
                all.map(Arc::clone).collect()
            }
            Signal::Sweep(sweep) => {
                self.sweep = true;
                self.named(policies, &sweep.models)
            }
            Signal::Asked(ask) => self.named(policies, &ask.models),
            Signal::Controlled(control) => self.named(policies, &control.models),
            // They can end a run, or answer an owner, and nothing else: that is done elsewhere.
            Signal::TrainingEnded(_) | Signal::Edited(_) => Vec::new(),
            Signal::Scheduled(tick) => {
                let concerned = if tick.models.is_empty() {
                    all.map(Arc::clone).collect()
                } else {
                    self.named(policies, &tick.models)
                };
                concerned
                    .into_iter()
                    .filter(|policy: &Arc<Policy>| policy.trigger_of(tick).is_some())
                    .collect()
            }
            Signal::Alarmed(transition) => all
                .filter(|policy| policy.alarms().iter().any(|which| which.may_mean(&transition.name)))
                .map(Arc::clone)
                .collect(),
            Signal::Arrived(arrival) => all.filter(|policy| policy.hears(arrival)).map(Arc::clone).collect(),
            Signal::Confirmed(confirm) => self.named(policies, std::slice::from_ref(&confirm.model)),
        }
    }

    /// The policies of models that somebody named: a name that is not known is told.
    fn named(&mut self, policies: &Policies, models: &[String]) -> Vec<Arc<Policy>> {
        let mut found = Vec::new();
        for model in models {
            match (policies.set.get(model), policies.set.without_policy().get(model)) {
                (Some(policy), _) => found.push(Arc::clone(policy)),
                (None, Some(document)) => {
                    self.unclaimed.push(format!("the policy of `{model}` cannot be read; see {document}"));
                }
                (None, None) => self.unclaimed.push(format!("no policy is known for a model `{model}`")),
            }
        }
        found
    }
}

/// The models a tick may concern whose policy cannot be read: nobody knows whether it names this schedule. An alarm or a
/// metric is read again when the policy is mended; a tick would be lost.
fn unreadable(policies: &Policies, tick: &Tick) -> Vec<String> {
    let meant = |model: &str| tick.models.is_empty() || tick.models.iter().any(|named| named == model);
    let without = policies.set.without_policy().iter().filter(|(model, _)| meant(model));
    let without = without
        .map(|(model, document)| format!("{model}: the tick waits for {document}, which cannot be read"));
    // Of these not even the models are known: any tick may be meant, unless it names its models and all have a policy.
    let known = !tick.models.is_empty() && tick.models.iter().all(|model| policies.set.get(model).is_some());
    let nameless = policies.set.nameless().filter(|_| !known);
    without
        .chain(nameless.map(|document| format!("the tick may be for {document}, which cannot be read")))
        .collect()
}

/// A tick that came without its instant gets the time of arrival: an emulator that does not fill in context words must
/// not lose a schedule, and the ledger needs an instant to tell answered from waiting.
fn dated(signal: &Signal, now: Timestamp) -> Signal {
    let mut signal = signal.clone();
    if let Signal::Scheduled(tick) = &mut signal {
        tick.at = tick.at.or(Some(now));
    }
    signal
}

fn nobody(signal: &Signal) -> String {
    match signal {
        Signal::Scheduled(tick) => match (&tick.trigger, tick.source_name()) {
            (Some(trigger), _) => format!("no policy has a schedule trigger `{trigger}`"),
            (None, Some(rule)) => format!("no policy names the rule or schedule `{rule}`"),
            (None, None) => "the tick names neither a trigger nor a rule".to_owned(),
        },
        Signal::Alarmed(transition) => format!("no policy names the alarm `{}`", transition.name),
        Signal::Arrived(arrival) => format!("no policy counts this arrival ({})", arrival.id),
        Signal::TrainingEnded(end) => format!("the end of {} is for on-training-end", end.job),
        Signal::Edited(edit) => format!("nobody reads {}", edit.document),
        Signal::Asked(_) | Signal::Confirmed(_) | Signal::Controlled(_) => {
            "the request names no model".to_owned()
        }
        Signal::Sweep(_) => "there is no policy to sweep".to_owned(),
    }
}
