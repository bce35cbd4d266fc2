//! What a trigger watches.

use jiff::Timestamp;
use rekindle_decision::detect::{Direction, adwin, cusum, ddm, hddm_a, page_hinkley};
use rekindle_decision::policy::{
    Alarm, Alarms, Baseline, BreakEven, Challenger, Change, DataQuality, Detector, Events, Limit, Method,
    Monitor, Objects, Schedule, Source, Threshold, Trend, Watch,
};
use serde_json::{Value, json};

use super::Fields;

pub(super) fn watch(watch: &Watch) -> Fields {
    match watch {
        Watch::Schedule(it) => schedule(it),
        Watch::Alarm(it) => alarm(it),
        Watch::Monitor(it) => monitor(it),
        Watch::DataQuality(it) => data_quality(it),
        Watch::Objects(it) => objects(it),
        Watch::Events(it) => events(it),
        Watch::Metric(it) => threshold(it),
        Watch::Trend(it) => trend(it),
        Watch::Challenger(it) => challenger(it),
        Watch::Detector(it) => detector(it),
        Watch::BreakEven(it) => break_even(it),
    }
}

fn schedule(schedule: &Schedule) -> Fields {
    let Schedule { expression, deadline, rule } = schedule;
    let mut fields = Fields::default();
    fields.put("schedule", expression.text());
    fields.put("timezone", expression.timezone());
    // Only a rate depends on the instant it counts from, which is its first.
    let from = expression.text().starts_with("rate").then(|| expression.next(Timestamp::MIN)).flatten();
    fields.maybe("from", from);
    fields.put("deadline", deadline);
    fields.maybe("rule", rule.as_ref());
    fields
}

fn alarm(alarm: &Alarm) -> Fields {
    let Alarm { which, quiet_for } = alarm;
    let mut fields = Fields::default();
    match which {
        Alarms::Name(name) => fields.put("alarm", name),
        Alarms::Prefix { prefix, tags } if tags.is_empty() => {
            fields.put("alarm", json!({ "prefix": prefix }));
        }
        Alarms::Prefix { prefix, tags } => fields.put("alarm", json!({ "prefix": prefix, "tags": tags })),
    }
    fields.length("quiet_for", *quiet_for);
    fields
}

fn monitor(monitor: &Monitor) -> Fields {
    let Monitor { schedule, on } = monitor;
    let mut fields = Fields::default();
    fields.put("monitor", schedule);
    fields.put("on", on);
    fields
}

fn data_quality(quality: &DataQuality) -> Fields {
    let DataQuality { ruleset, on, quiet_for } = quality;
    let mut fields = Fields::default();
    fields.put("data_quality", json!({ "ruleset": ruleset, "on": on }));
    fields.length("quiet_for", *quiet_for);
    fields
}

fn objects(objects: &Objects) -> Fields {
    let Objects { bucket, prefix, suffix, count, bytes, quiet_for } = objects;
    let mut inside = Fields::default();
    inside.put("bucket", bucket);
    inside.maybe("prefix", Some(prefix).filter(|prefix| !prefix.is_empty()));
    inside.maybe("suffix", Some(suffix).filter(|suffix| !suffix.is_empty()));
    inside.put("count", count);
    inside.maybe("bytes", Some(bytes).filter(|bytes| **bytes > 0));
    let mut fields = Fields::default();
    fields.put("objects", inside.value());
    fields.length("quiet_for", *quiet_for);
    fields
}

fn events(events: &Events) -> Fields {
    let Events { pattern, count, quiet_for } = events;
    let mut fields = Fields::default();
    fields.put("event", json!({ "pattern": pattern, "count": count }));
    fields.length("quiet_for", *quiet_for);
    fields
}

/// Whether a question looks at everything since the last training, so that `history` bounds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Looks {
    AtTheNewest,
    AtEverything,
}

fn source(source: &Source, looks: Looks) -> Fields {
    let Source { metric, label_delay, min_samples, history } = source;
    let mut fields = Fields::default();
    fields.put("metric", metric);
    fields.length("label_delay", *label_delay);
    fields.maybe("min_samples", min_samples.as_ref());
    fields.maybe("history", Some(history).filter(|_| looks == Looks::AtEverything));
    fields
}

fn threshold(threshold: &Threshold) -> Fields {
    let Threshold { source: read, limit, periods, missing_data, reported_as: _ } = threshold;
    let from = |baseline| match baseline {
        Baseline::Fixed(figure) => json!(figure),
        Baseline::First(count) => json!({ "first": count }),
        // Under its own name a metric need not be named.
        Baseline::Training if threshold.reported_as() == read.metric.name => json!("training"),
        Baseline::Training => json!({ "training": threshold.reported_as() }),
    };
    let (looks, question, value) = match *limit {
        Limit::Below(limit) => (Looks::AtTheNewest, "below", json!(limit)),
        Limit::Above(limit) => (Looks::AtTheNewest, "above", json!(limit)),
        Limit::Outside(low, high) => (Looks::AtTheNewest, "outside", json!([low, high])),
        Limit::Fallen(by, _) => (Looks::AtEverything, "drop_from_baseline", change(by)),
        Limit::Risen(by, _) => (Looks::AtEverything, "rise_from_baseline", change(by)),
    };
    let mut fields = source(read, looks);
    fields.put(question, value);
    fields.maybe("baseline", limit.baseline().map(from));
    fields.put("for", periods);
    fields.put("missing_data", missing_data);
    fields
}

fn change(change: Change) -> Value {
    match change {
        Change::By(amount) => json!(amount),
        Change::Share(share) => format!("{}%", percent(share)).into(),
    }
}

/// The shortest percentage that is read back as this share: 0.07 x 100 alone would be 7.000000000000001.
fn percent(share: f64) -> String {
    let exact = share * 100.0;
    let reads = |text: &String| {
        text.parse::<f64>().is_ok_and(|percent| (percent / 100.0).to_bits() == share.to_bits())
    };
    (0..=17).map(|digits| format!("{exact:.digits$}")).find(reads).unwrap_or_else(|| exact.to_string())
}

fn trend(trend: &Trend) -> Fields {
    let Trend { source: read, worse, periods, confidence, at_least } = trend;
    let mut fields = source(read, Looks::AtTheNewest);
    let worsening =
        json!({ "worse": worse, "periods": periods, "confidence": confidence, "at_least": at_least });
    fields.put("worsening", worsening);
    fields
}

fn challenger(rule: &Challenger) -> Fields {
    let Challenger { source: read, challenger, worse, margin, periods } = rule;
    let mut fields = source(read, Looks::AtTheNewest);
    fields.put("challenger", json!({ "metric": challenger, "better_by": margin, "worse": worse }));
    fields.put("for", periods);
    fields
}

fn detector(detector: &Detector) -> Fields {
    let Detector { source: read, trials, method } = detector;
    let mut fields = source(read, Looks::AtEverything);
    fields.maybe("trials", trials.as_ref());
    let (name, settings) = self::method(method);
    fields.put(name, settings);
    fields
}

fn method(method: &Method) -> (&'static str, Value) {
    match *method {
        Method::Evidence { tolerated, false_alarm_every } => {
            ("evidence", json!({ "tolerated": tolerated, "false_alarm_every": false_alarm_every }))
        }
        Method::PageHinkley(page_hinkley::Settings { min_instances, delta, threshold, alpha, direction }) => {
            (
                "page_hinkley",
                json!({ "min_periods": min_instances, "delta": delta, "threshold": threshold, "alpha": alpha,
                "worse": way(direction) }),
            )
        }
        Method::Cusum(cusum::Settings { target, slack, interval, direction }) => (
            "cusum",
            json!({ "target": target, "slack": slack, "interval": interval, "worse": way(direction) }),
        ),
        // A document cannot set the warning level.
        Method::Ddm(ddm::Settings { warm_start, warning: _, drift }) => {
            ("ddm", json!({ "warm_start": warm_start, "drift": drift }))
        }
        Method::HddmA(hddm_a::Settings { drift_confidence, direction }) => {
            ("hddm_a", json!({ "drift_confidence": drift_confidence, "worse": way(direction) }))
        }
        Method::Adwin(adwin::Settings {
            delta,
            clock,
            max_buckets,
            min_window_length,
            grace_period,
            direction,
        }) => (
            "adwin",
            json!({ "delta": delta, "clock": clock, "max_buckets": max_buckets,
                "min_window_length": min_window_length, "grace_period": grace_period, "worse": way(direction) }),
        ),
    }
}

const fn way(direction: Direction) -> &'static str {
    match direction {
        Direction::Up => "higher",
        Direction::Down => "lower",
        Direction::Both => "either",
    }
}

fn break_even(rule: &BreakEven) -> Fields {
    let BreakEven { source: read, retrain_cost, cost_per_unit_loss, traffic, shadow, training_time } = rule;
    let mut inside = Fields::default();
    inside.put("retrain_cost", retrain_cost);
    inside.put("cost_per_unit_loss", cost_per_unit_loss);
    inside.maybe("traffic", traffic.as_ref());
    inside.maybe("shadow", shadow.as_ref());
    inside.length("training_time", *training_time);
    let mut fields = source(read, Looks::AtEverything);
    fields.put("break_even", inside.value());
    fields
}
