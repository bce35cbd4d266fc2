//! Many models in one turn.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use crate::stage::{MONDAY, WEEKLY, accuracy, ask, asked, at, changed, document, monday, sweep, text};
use crate::unruly::DeadLine;
use jiff::Timestamp;
use rekindle_decision::facts::{AlarmFact, AlarmSet, MonitorFact, Point, Series, Spending};
use rekindle_decision::policy::{Alarm, Alarms, Budget, BudgetMode, Monitor, MonitorEnd, Watch};
use rekindle_decision::signal::AlarmState;
use rekindle_decision::span::Span;
use rekindle_policy::PolicySet;
use rekindle_turn::ledger::{Change, Fleet, Intent, Memo, Row, Run, Written};
use rekindle_turn::memory::Memory;
use rekindle_turn::prices::Prices;
use rekindle_turn::world::{Creation, Job, Policies, Query};
use rekindle_turn::{Announcement, World, turn};
use serde_json::Value;

/// Counts what is asked for, and cannot read the rows of some models.
struct Counting {
    inner: Memory,
    unreadable: BTreeSet<String>,
    rows: Mutex<Vec<usize>>,
    alarms: Mutex<Vec<usize>>,
    /// Of the other reads, which and of how many.
    shared: Mutex<Vec<(&'static str, usize)>>,
    metrics: Mutex<Vec<usize>>,
}

impl Counting {
    fn new(inner: &Memory, unreadable: &[&str]) -> Self {
        Self {
            inner: inner.clone(),
            unreadable: unreadable.iter().map(ToString::to_string).collect(),
            rows: Mutex::default(),
            alarms: Mutex::default(),
            shared: Mutex::default(),
            metrics: Mutex::default(),
        }
    }
}

fn sure<T>(done: Result<T, std::convert::Infallible>) -> T {
    let Ok(done) = done;
    done
}

impl World for Counting {
    type Error = DeadLine;

    fn now(&self) -> Timestamp {
        self.inner.now()
    }
    fn token(&self) -> &str {
        self.inner.token()
    }
    fn stack(&self) -> &str {
        self.inner.stack()
    }
    fn prices(&self) -> &Prices {
        self.inner.prices()
    }
    async fn policies(&self) -> Result<Policies, DeadLine> {
        Ok(sure(self.inner.policies().await))
    }
    async fn rows(&self, models: &[String]) -> BTreeMap<String, Result<Row, Arc<DeadLine>>> {
        self.rows.lock().unwrap().push(models.len());
        let row = |model: &String| {
            if self.unreadable.contains(model) { Err(Arc::new(DeadLine)) } else { Ok(self.inner.row(model)) }
        };
        models.iter().map(|model| (model.clone(), row(model))).collect()
    }
    async fn alarms(&self, names: &BTreeSet<String>) -> BTreeMap<String, AlarmFact> {
        self.alarms.lock().unwrap().push(names.len());
        self.inner.alarms(names).await
    }
    async fn alarm_sets(&self, which: &BTreeSet<Alarms>) -> BTreeMap<String, AlarmSet> {
        self.shared.lock().unwrap().push(("alarm sets", which.len()));
        self.inner.alarm_sets(which).await
    }
    async fn monitors(&self, schedules: &BTreeSet<String>) -> BTreeMap<String, MonitorFact> {
        self.shared.lock().unwrap().push(("monitors", schedules.len()));
        self.inner.monitors(schedules).await
    }
    async fn spending(&self, fleets: &BTreeSet<Fleet>) -> BTreeMap<Fleet, Spending> {
        self.shared.lock().unwrap().push(("spending", fleets.len()));
        self.inner.spending(fleets).await
    }
    async fn metrics(&self, queries: &[Query]) -> Vec<Series> {
        let once: BTreeSet<&Query> = queries.iter().collect();
        assert_eq!(once.len(), queries.len(), "a query is sent once");
        self.metrics.lock().unwrap().push(queries.len());
        self.inner.metrics(queries).await
    }
    async fn describe(&self, job: &str) -> Result<Job, DeadLine> {
        Ok(sure(self.inner.describe(job).await))
    }
    async fn create(&self, request: &Value) -> Creation {
        self.inner.create(request).await
    }
    async fn stop(&self, job: &str) -> Result<(), DeadLine> {
        sure(self.inner.stop(job).await);
        Ok(())
    }
    async fn intend(&self, intent: &Intent) -> Result<Written, DeadLine> {
        Ok(sure(self.inner.intend(intent).await))
    }
    async fn change(&self, change: &Change) -> Result<Written, DeadLine> {
        Ok(sure(self.inner.change(change).await))
    }
    async fn run(&self, model: &str, generation: u32) -> Result<Option<Run>, DeadLine> {
        Ok(sure(self.inner.run(model, generation).await))
    }
    async fn remember(&self, memo: &Memo) -> Result<Written, DeadLine> {
        Ok(sure(self.inner.remember(memo).await))
    }
    async fn publish(&self, announcements: &[Announcement]) -> BTreeSet<usize> {
        self.inner.publish(announcements).await
    }
    fn log(&self, line: &Value) {
        self.inner.log(line);
    }
}

#[tokio::test]
async fn six_hundred_models_are_three_batches_and_a_shared_metric_is_asked_for_once() {
    let world = Memory::at(at(MONDAY));
    // Two triggers of each model look at one metric of the region, one at a metric of its own.
    let triggers = "{ region: { metric: { namespace: Churn, name: Load, statistic: Average, period: 1h }, above: 5 }, \
         again: { metric: { namespace: Churn, name: Load, statistic: Average, period: 1h }, above: 9 }, \
         own: { metric: { namespace: Churn, name: Accuracy, dimensions: { Model: \"{model}\" }, statistic: Average, \
         period: 1h }, below: 0.82 }, drift: { alarm: fleet-drift } }";
    let models: Vec<String> = (0..600).map(|n| format!("model-{n:03}")).collect();
    let list = document("x", triggers, "{ cooldown: 24h }", "").replacen(
        "model: x",
        &format!("models: [{}]", models.join(", ")),
        1,
    );
    world.put_policies([text("fleet.yaml", 1, list)]);
    world.set_alarm("fleet-drift", AlarmState::Ok);
    let hour = at("2026-11-02T02:00:00Z");
    let load = rekindle_decision::policy::Metric {
        name: "Load".to_owned(),
        dimensions: BTreeMap::new(),
        ..accuracy("x")
    };
    world.put_metric(&load, Point { at: hour, value: 1.0, samples: None });
    for (n, model) in models.iter().enumerate() {
        let value = if n % 3 == 0 { 0.7 } else { 0.9 };
        world.put_metric(&accuracy(model), Point { at: hour, value, samples: None });
    }
    let counting = Counting::new(&world, &[]);
    let summary = turn(&counting, &[sweep()]).await.unwrap();
    assert_eq!((summary.models, summary.started, summary.rested), (600, 200, 400));
    assert_eq!(world.jobs().len(), 200);
    assert_eq!(*counting.rows.lock().unwrap(), [250, 250, 100]);
    assert_eq!(*counting.alarms.lock().unwrap(), [1, 1, 1]);
    assert_eq!(*counting.metrics.lock().unwrap(), [251, 251, 101]);
    assert!(summary.decisions.is_empty(), "nobody reads six hundred sentences");
    let lines = world.take_lines();
    assert_eq!(lines.len(), 601, "a line for each model and one for the turn");
    let told: BTreeSet<&str> = lines.iter().filter_map(|line| line["model"].as_str()).collect();
    assert_eq!(told.len(), 600);
}

#[tokio::test]
async fn what_models_share_is_read_once_for_all_of_them() {
    let world = Memory::at(at(MONDAY));
    let policies = ["a", "b", "c"].map(|model| {
        changed(model, WEEKLY, "{ cooldown: 24h }", |policy| {
            let which = Alarms::Prefix { prefix: "fleet-".to_owned(), tags: BTreeMap::new() };
            let monitor = Monitor { schedule: "quality".to_owned(), on: MonitorEnd::Violations };
            let alarm = Alarm { which, ..Alarm::named("") };
            policy.triggers.insert("drift".to_owned(), Watch::Alarm(alarm).into());
            policy.triggers.insert("quality".to_owned(), Watch::Monitor(monitor).into());
            policy.guards.budgets = vec![Budget {
                fleet: Some("search".to_owned()),
                amount: "100 USD".parse().unwrap(),
                per: Span::Week,
                per_run: "1 USD".parse().unwrap(),
                mode: BudgetMode::Enforce,
            }];
        })
    });
    world.share_policies(&Arc::new(policies.into_iter().collect::<PolicySet>()));
    let counting = Counting::new(&world, &[]);
    let summary = turn(&counting, &[monday()]).await.unwrap();
    assert_eq!((summary.models, summary.started), (3, 3));
    assert_eq!(*counting.shared.lock().unwrap(), [("alarm sets", 1), ("monitors", 1), ("spending", 1)]);
    assert_eq!(world.spent("search", "2026-11-02").to_string(), "3.00 USD");
}

#[tokio::test]
async fn one_models_unreadable_row_does_not_hurt_the_others() {
    let world = Memory::at(at(MONDAY));
    let documents = ["a", "b", "c"]
        .map(|model| text(&format!("{model}.yaml"), 1, document(model, WEEKLY, "{ cooldown: 24h }", "")));
    world.put_policies(documents);
    let counting = Counting::new(&world, &["b"]);
    let summary = turn(&counting, &[monday()]).await.unwrap();
    assert_eq!(summary.started, 2);
    assert_eq!(summary.failed, ["b: the line is dead"]);
    let lines = world.take_lines();
    let line = lines.iter().find(|line| line["model"] == "b").unwrap();
    assert_eq!((&line["outcome"], &line["FailedModels"]), (&"failed".into(), &1.into()));
    assert_eq!(
        line["sentence"],
        "Held: the ledger cannot be read: the line is dead. Looking again at every sweep."
    );
    let news = world.take_published();
    let of_b = news.iter().find(|news| news.detail["model"] == "b").unwrap();
    assert_eq!(of_b.detail_type, "Retraining Undecided");
    assert!(of_b.detail.get("job").is_none(), "a made-up job name would send people to a wrong job");
    // The tick is delivered again, and the others have answered it.
    let summary = turn(&Counting::new(&world, &[]), &[monday()]).await.unwrap();
    assert_eq!(summary.started, 1);
    assert_eq!(world.jobs().len(), 3);
}

#[tokio::test]
async fn a_bad_document_disables_only_itself_and_keeps_its_last_good_revision() {
    let world = Memory::at(at("2026-11-02T02:00:00Z"));
    let good = |model: &str| document(model, WEEKLY, "{ cooldown: 24h }", "");
    let bad = |model: &str| document(model, WEEKLY, "{ coldown: 24h }", "");
    world.put_policies([
        text("a.yaml", 1, good("a")),
        text("b.yaml", 1, good("b")),
        text("c.yaml", 1, bad("c")),
    ]);
    let summary = turn(&world, &[sweep()]).await.unwrap();
    assert_eq!((summary.models, summary.problems.len()), (2, 1));
    assert_eq!(summary.problems[0].document, "c.yaml");

    world.set_now(at(MONDAY));
    world.put_policies([
        text("a.yaml", 2, bad("a")),
        text("b.yaml", 1, good("b")),
        text("c.yaml", 1, bad("c")),
    ]);
    let summary = turn(&world, &[monday()]).await.unwrap();
    assert_eq!((summary.started, summary.problems.len()), (2, 2));
    let run = world.runs("a").remove(0);
    assert_eq!((run.policy.document.as_str(), run.policy.version), ("a.yaml", 1), "the last good one");
    let line = world.take_lines().into_iter().rfind(|line| line["kind"] == "turn").unwrap();
    assert_eq!(line["PolicyProblems"], 2);

    let asked =
        turn(&world, &[asked(rekindle_decision::signal::Ask { models: vec!["c".to_owned()], ..ask("x") })])
            .await;
    assert_eq!(asked.unwrap().unclaimed, ["the policy of `c` cannot be read; see c.yaml"]);
}
