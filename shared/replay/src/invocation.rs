//! The world as one invocation sees it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::sync::Arc;

use futures::FutureExt;
use jiff::Timestamp;
use rekindle_decision::facts::{AlarmFact, AlarmSet, Gap, MonitorFact, Series, Spending};
use rekindle_decision::policy::Alarms;
use rekindle_policy::training::DECISION_VARIABLE;
use rekindle_turn::ledger::{Change, Fleet, Intent, Memo, Row, Run, Written};
use rekindle_turn::memory::Memory;
use rekindle_turn::prices::Prices;
use rekindle_turn::world::{Creation, Job, Policies, Query};
use rekindle_turn::{Announcement, World};
use serde_json::Value;

use crate::agenda::Happening;
use crate::create;
use crate::faults::{Call, Fate, Plan};
use crate::inside::{Inside, Shared};
use crate::sabotaged;
use crate::story::About;
use crate::told;

/// What a caller is told whose call did not come through.
#[derive(Debug, thiserror::Error)]
#[error("the line is dead")]
pub(crate) struct Lost;

/// The world as one invocation sees it: the account in memory behind a line that takes time and may fail.
#[derive(Debug)]
pub(crate) struct Invocation {
    memory: Memory,
    shared: Shared,
    id: u64,
    deadline: Timestamp,
}

/// Letters of an answer that a story tells.
const TOLD: usize = 160;

impl Invocation {
    pub(crate) const fn new(memory: Memory, shared: Shared, id: u64, deadline: Timestamp) -> Self {
        Self { memory, shared, id, deadline }
    }

    /// A call: it travels, takes effect or not, and its answer arrives or not.
    async fn call<T: Debug + Send>(
        &self,
        call: Call,
        about: Option<&str>,
        effect: impl FnOnce(&Memory, &mut Inside) -> Option<T> + Send + 'static,
    ) -> Result<T, Lost> {
        let plan = self.plan(call);
        self.planned(plan, call, about, effect).await
    }

    async fn planned<T: Debug + Send>(
        &self,
        plan: Plan,
        call: Call,
        about: Option<&str>,
        effect: impl FnOnce(&Memory, &mut Inside) -> Option<T> + Send + 'static,
    ) -> Result<T, Lost> {
        let Plan { before, after, fate } = plan;
        self.shared.sleep(before).await;
        if fate != Fate::Passes {
            self.tell(about, || format!("{call:?}: {}", fate.word()));
        }
        match fate {
            Fate::Passes | Fate::Answers(_) => {
                let done = self.effect(call, about, effect);
                self.shared.sleep(after).await;
                done.ok_or(Lost)
            }
            Fate::Fails => Err(Lost),
            Fate::LosesAnswer => {
                self.effect(call, about, effect);
                self.shared.sleep(after).await;
                Err(Lost)
            }
            Fate::HappensLate(wait) => {
                let (memory, shared) = (self.memory.clone(), self.shared.clone());
                let late = move |_: &mut crate::Simulation| {
                    effect(&memory, &mut shared.inside());
                };
                self.shared.inside().after(wait, Happening::Do(Box::new(late)));
                Err(Lost)
            }
            Fate::KillsBefore => self.die().await,
            Fate::KillsAfter => {
                self.effect(call, about, effect);
                self.die().await
            }
        }
    }

    fn plan(&self, call: Call) -> Plan {
        let mut inside = self.shared.inside();
        let faults = inside.faults;
        let plan = faults.plan(call, &mut inside.dice);
        inside.counts.count("calls");
        if plan.before >= 20_000 {
            inside.counts.count("calls that hung");
        } else if plan.before >= 500 {
            inside.counts.count("calls that were slow");
        }
        if plan.fate != Fate::Passes {
            inside.counts.count(plan.fate.word());
        }
        plan
    }

    fn effect<T: Debug>(
        &self,
        call: Call,
        about: Option<&str>,
        effect: impl FnOnce(&Memory, &mut Inside) -> Option<T>,
    ) -> Option<T> {
        let done = effect(&self.memory, &mut self.shared.inside());
        if call.is_told() {
            self.tell(about, || {
                let mut answer = done.as_ref().map_or("nothing".to_owned(), |done| format!("{done:?}"));
                if let Some((end, _)) = answer.char_indices().nth(TOLD) {
                    answer.truncate(end);
                }
                format!("{call:?}: {answer}")
            });
        }
        done
    }

    fn tell(&self, about: Option<&str>, text: impl FnOnce() -> String) {
        let mut inside = self.shared.inside();
        let now = inside.now;
        let by = self.memory.token().to_owned();
        inside.story.tell(now, || {
            let about = match about {
                Some(model) => About::Model(model.to_owned(), by),
                None => About::Invocation(by),
            };
            (about, text())
        });
    }

    async fn die<T>(&self) -> T {
        self.shared.inside().killed.insert(self.id);
        std::future::pending().await
    }

    /// A conditional write, told, and counted if it lost.
    async fn write(
        &self,
        call: Call,
        lost: &'static str,
        model: &str,
        what: impl FnOnce() -> String,
        effect: impl FnOnce(&Memory, &mut Inside) -> Option<Written> + Send + 'static,
    ) -> Result<Written, Lost> {
        self.tell(Some(model), || format!("{call:?}? {}", what()));
        let counted = move |memory: &Memory, inside: &mut Inside| {
            let written = effect(memory, inside);
            match written {
                Some(Written::No) => inside.counts.count(lost),
                Some(Written::OverBudget) => inside.counts.count("intents over budget"),
                Some(Written::Yes) | None => {}
            }
            written
        };
        self.call(call, Some(model), counted).await
    }

    fn model_of(&self, job: &str) -> Option<String> {
        self.shared.inside().model_of(job).cloned()
    }
}

/// What the account answers, which it does at once.
pub(crate) fn at_once<T, E>(answer: impl Future<Output = Result<T, E>>) -> Option<T> {
    answer.now_or_never()?.ok()
}

impl World for Invocation {
    type Error = Lost;

    fn now(&self) -> Timestamp {
        self.memory.now()
    }

    fn token(&self) -> &str {
        self.memory.token()
    }

    fn deadline(&self) -> Option<Timestamp> {
        Some(self.deadline)
    }

    fn prices(&self) -> &Prices {
        self.memory.prices()
    }

    fn stack(&self) -> &str {
        self.memory.stack()
    }

    async fn policies(&self) -> Result<Policies, Lost> {
        self.call(Call::Policies, None, |memory, _| at_once(memory.policies())).await
    }

    async fn rows(&self, models: &[String]) -> BTreeMap<String, Result<Row, Arc<Lost>>> {
        let names = models.to_vec();
        let about = if let [model] = models { Some(model.as_str()) } else { None };
        let read = move |memory: &Memory, inside: &mut Inside| {
            let rows = names.into_iter().map(|model| {
                let row = sabotaged::read(inside, memory.row(&model));
                (model, Ok(row))
            });
            Some(rows.collect())
        };
        self.call(Call::Rows, about, read).await.unwrap_or_else(|lost| {
            let lost = Arc::new(lost);
            models.iter().map(|model| (model.clone(), Err(Arc::clone(&lost)))).collect()
        })
    }

    async fn alarms(&self, names: &BTreeSet<String>) -> BTreeMap<String, AlarmFact> {
        let wanted = names.clone();
        let read = move |memory: &Memory, _: &mut Inside| memory.alarms(&wanted).now_or_never();
        self.call(Call::Alarms, None, read).await.unwrap_or_else(|lost| {
            let unread = AlarmFact::Unread { gap: Gap::Failed { error: lost.to_string() } };
            names.iter().map(|name| (name.clone(), unread.clone())).collect()
        })
    }

    async fn alarm_sets(&self, which: &BTreeSet<Alarms>) -> BTreeMap<String, AlarmSet> {
        let which = which.clone();
        let read = move |memory: &Memory, _: &mut Inside| memory.alarm_sets(&which).now_or_never();
        self.call(Call::AlarmSets, None, read).await.unwrap_or_default()
    }

    async fn monitors(&self, schedules: &BTreeSet<String>) -> BTreeMap<String, MonitorFact> {
        let schedules = schedules.clone();
        let read = move |memory: &Memory, _: &mut Inside| memory.monitors(&schedules).now_or_never();
        self.call(Call::Monitors, None, read).await.unwrap_or_default()
    }

    async fn spending(&self, fleets: &BTreeSet<Fleet>) -> BTreeMap<Fleet, Spending> {
        let fleets = fleets.clone();
        let read = move |memory: &Memory, _: &mut Inside| memory.spending(&fleets).now_or_never();
        self.call(Call::Spending, None, read).await.unwrap_or_default()
    }

    async fn metrics(&self, queries: &[Query]) -> Vec<Series> {
        let wanted = queries.to_vec();
        let read = move |memory: &Memory, inside: &mut Inside| {
            let given = memory.metrics(&wanted).now_or_never()?;
            let series =
                wanted.iter().zip(given).map(|(query, given)| match inside.courses.get(&query.metric) {
                    Some(course) => course.series(query, inside.now),
                    None => given,
                });
            Some(series.collect())
        };
        self.call(Call::Metrics, None, read)
            .await
            .unwrap_or_else(|_| queries.iter().map(|_| Series::Unread { gap: Gap::InternalError }).collect())
    }

    async fn describe(&self, job: &str) -> Result<Job, Lost> {
        let (name, model) = (job.to_owned(), self.model_of(job));
        let read = move |memory: &Memory, _: &mut Inside| at_once(memory.describe(&name));
        self.call(Call::Describe, model.as_deref(), read).await
    }

    async fn create(&self, request: &Value) -> Creation {
        let variables = request.get("Environment");
        let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
        let name = text(request.get("TrainingJobName"));
        let wanted = create::Wanted {
            model: self.model_of(&name).unwrap_or_default(),
            decision: text(variables.and_then(|variables| variables.get(DECISION_VARIABLE))),
            name,
            by: self.memory.token().to_owned(),
            request: request.clone(),
        };
        let model = wanted.model.clone();
        create::asked(&mut self.shared.inside(), self.id, &model);
        let plan = self.plan(Call::Create);
        let refusal = if let Fate::Answers(refusal) = &plan.fate { Some(refusal.clone()) } else { None };
        let effect = move |memory: &Memory, inside: &mut Inside| match refusal {
            Some(refusal) => Some(refusal),
            None => create::create(memory, inside, wanted),
        };
        self.planned(plan, Call::Create, Some(&model), effect)
            .await
            .unwrap_or_else(|lost| Creation::NoAnswer { error: lost.to_string() })
    }

    async fn stop(&self, job: &str) -> Result<(), Lost> {
        let (name, model) = (job.to_owned(), self.model_of(job));
        let effect = move |memory: &Memory, inside: &mut Inside| {
            inside.counts.count("stops");
            at_once(memory.stop(&name))
        };
        self.call(Call::Stop, model.as_deref(), effect).await
    }

    async fn intend(&self, intent: &Intent) -> Result<Written, Lost> {
        let wanted = intent.clone();
        let effect = move |memory: &Memory, inside: &mut Inside| sabotaged::intend(memory, inside, &wanted);
        self.write(Call::Intend, "intents lost", &intent.model, || told::intent(intent), effect).await
    }

    async fn change(&self, change: &Change) -> Result<Written, Lost> {
        let (call, lost) = match change {
            Change::TakeOver(_) => (Call::TakeOver, "take-overs lost"),
            Change::Settle(_) => (Call::Settle, "settles lost"),
            Change::Close(_) => (Call::Close, "ends lost"),
            Change::Judge(_) => (Call::Judge, "verdicts lost"),
            Change::Said(_) => (Call::Said, "news said before"),
        };
        let wanted = change.clone();
        let effect = move |memory: &Memory, inside: &mut Inside| sabotaged::change(memory, inside, wanted);
        self.write(call, lost, change.model(), || format!("{change:?}"), effect).await
    }

    async fn run(&self, model: &str, generation: u32) -> Result<Option<Run>, Lost> {
        let name = model.to_owned();
        let read = move |memory: &Memory, _: &mut Inside| at_once(memory.run(&name, generation));
        self.call(Call::Run, Some(model), read).await
    }

    async fn remember(&self, memo: &Memo) -> Result<Written, Lost> {
        let wanted = memo.clone();
        let effect = move |memory: &Memory, inside: &mut Inside| sabotaged::remember(memory, inside, wanted);
        self.write(Call::Remember, "memos lost", &memo.model, || told::memo(memo), effect).await
    }

    async fn publish(&self, announcements: &[Announcement]) -> BTreeSet<usize> {
        let news = announcements.to_vec();
        let effect = move |_: &Memory, inside: &mut Inside| {
            let mut refused = BTreeSet::new();
            for (place, announcement) in news.into_iter().enumerate() {
                let faults = inside.faults;
                if inside.dice.chance(faults.deaf) {
                    refused.insert(place);
                } else {
                    inside.witness.said(&announcement);
                    inside.published.push(announcement);
                }
            }
            Some(refused)
        };
        let all = || (0..announcements.len()).collect();
        self.call(Call::Publish, None, effect).await.unwrap_or_else(|_| all())
    }

    fn log(&self, line: &Value) {
        let mut inside = self.shared.inside();
        if let Some(reader) = &mut inside.reader {
            reader(line);
        }
        if line.get("kind").and_then(Value::as_str) == Some("decision") {
            create::logged(&mut inside, line, self.memory.token());
        }
    }
}
