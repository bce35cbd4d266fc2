//! Nonsense, by the thousand, to each running function: none of it crashes the runtime, starts anything or stays in
//! memory, and all of it is answered by name.

mod json;
mod payload;

use std::collections::BTreeMap;
use std::thread;
use std::time::Instant;

use rekindle_end_to_end::{Answer, Function, Problem, Site, policy};
use serde_json::{Value, json};

use crate::share::{full, print_seed};
use payload::Payloads;

/// Payloads for all functions together, and in full for each.
const PAYLOADS: usize = 10_000;

/// After so many a process has met everything once, and its memory has its size.
const WARM: usize = 1_000;

/// What the allocator may add to that: a few of the largest payloads, which come at random.
const GROWTH: u64 = 16 << 20;

/// How the payloads of one function were answered, and what it weighed.
#[derive(Debug, Default)]
struct Report {
    answers: BTreeMap<String, usize>,
    unexpected: Vec<String>,
    bytes: usize,
    warm: u64,
    end: u64,
}

#[test]
fn nonsense_is_answered_by_name_and_leaves_nothing_behind() -> Result<(), Problem> {
    let seed = print_seed();
    let site = Site::deploy("100000000205")?;
    // A model that nothing asks for: what a mutation leaves readable finds nothing to start.
    site.stack()
        .put_policy("quiet", &policy("quiet", r#"triggers: { drift: { alarm: "{model}-drift" } }"#))?;
    let names: Vec<&str> = site.names().collect();
    let count = if full() { PAYLOADS } else { PAYLOADS.div_ceil(names.len()) };
    let proxy = site.proxy()?;

    let begun = Instant::now();
    let reports = thread::scope(|scope| -> Result<Vec<Report>, Problem> {
        let mut hands = Vec::new();
        for name in &names {
            // Policies are read once: this is about events.
            let function = site.function(name, &proxy, &[("REKINDLE_POLICY_TTL_SECONDS", "86400")])?;
            let payloads = Payloads::new(seed, name)?;
            let work = move || tell(&function, name, payloads, count).map_err(|problem| problem.to_string());
            hands.push(scope.spawn(work));
        }
        hands.into_iter().map(|hand| Ok(hand.join().map_err(|_| "a thread panicked")??)).collect()
    })?;
    let took = begun.elapsed().as_secs_f64();

    let mut problems = Vec::new();
    for (name, report) in names.iter().zip(reports) {
        println!(
            "{name}: {count} payloads, {} KiB; resident {} KiB after {WARM}, {} KiB at the end; {:?}",
            report.bytes >> 10,
            report.warm >> 10,
            report.end >> 10,
            report.answers
        );
        if report.end > report.warm + GROWTH {
            problems.push(format!("{name} grew from {} to {} bytes", report.warm, report.end));
        }
        problems.extend(report.unexpected);
    }
    println!("{took:.1} s");
    println!("{}", proxy.tally());
    assert!(problems.is_empty(), "{} problems, such as\n{}", problems.len(), first(&problems));
    for never in ["CreateTrainingJob", "TransactWriteItems"] {
        assert_eq!(proxy.tally().calls(never), 0, "{never}");
    }
    assert_eq!(site.stack().jobs()?, Vec::<Value>::new());
    Ok(())
}

fn first(problems: &[String]) -> String {
    problems.iter().take(20).cloned().collect::<Vec<_>>().join("\n")
}

fn tell(function: &Function, name: &str, mut payloads: Payloads, count: usize) -> Result<Report, Problem> {
    let mut report = Report::default();
    for nth in 0..count {
        let payload = payloads.next_one();
        report.bytes += payload.bytes.len();
        let shown = || {
            let shown: String = String::from_utf8_lossy(&payload.bytes).chars().take(300).collect();
            format!("{name}, payload {nth} ({}): {shown:?}", payload.kind)
        };
        let Some(answer) = function.invoke(&format!("hostile-{nth}"), &payload.bytes)? else {
            let said = function.last_lines().join("\n");
            return Err(format!("the process is gone after {}; it said\n{said}", shown()).into());
        };
        match judged(&answer, &payload.bytes) {
            Ok(word) => *report.answers.entry(word.to_owned()).or_default() += 1,
            Err(why) => report.unexpected.push(format!("{}: {why}: {answer:?}", shown())),
        }
        if nth + 1 == WARM.min(count) {
            report.warm = function.resident()?;
        }
    }
    report.end = function.resident()?;
    // And it still does its work; the one that ends runs says that a sweep is not for it.
    let sweep = json!({ "rekindle": "sweep" }).to_string();
    let answer = function.invoke("sweep", sweep.as_bytes())?;
    let works = |summary: &Value| match name {
        "on-training-end" => summary["unclaimed"].as_array().is_some_and(|list| list.len() == 1),
        _ => summary["models"] == 1,
    };
    if !matches!(&answer, Some(Answer::Returned(summary)) if works(summary)) {
        report.unexpected.push(format!("{name} does not answer a sweep any more: {answer:?}"));
    }
    Ok(report)
}

/// The word for an answer, or why it is not one that nonsense may have.
fn judged(answer: &Answer, payload: &[u8]) -> Result<&'static str, &'static str> {
    match answer {
        Answer::Failed { error_type, message } => match error_type.as_str() {
            "BadEvent" if message.contains(' ') => Ok("BadEvent"),
            "BadEvent" => Err("a bad event without a sentence"),
            // What is no JSON the runtime refuses before the function hears of it, as Lambda does before the runtime.
            word if word.ends_with("::DeserializeError")
                && serde_json::from_slice::<Value>(payload).is_err() =>
            {
                Ok("no JSON")
            }
            _ => Err("another word than BadEvent"),
        },
        Answer::Returned(told) => {
            let some = |member: &str| told[member].as_array().is_some_and(|list| !list.is_empty());
            let summaries = told["summaries"].as_array().cloned().unwrap_or_default();
            let started = |summary: &Value| summary["started"].as_u64().unwrap_or_default() > 0;
            if started(told) || summaries.iter().any(started) {
                Err("something was started")
            } else if told["batchItemFailures"].is_array() {
                Ok("answered record by record")
            } else if some("ignored") {
                Ok("ignored")
            } else if some("unclaimed") {
                Ok("unclaimed")
            } else if some("policies") {
                // An edit of a policy that is not there: it is said that it is gone.
                Ok("answered")
            } else if told["not_ours"].as_u64().is_some_and(|jobs| jobs > 0) {
                Ok("the end of a job that is not ours")
            } else if told["sweep"] == true {
                Ok("still a sweep")
            } else {
                Err("neither refused, ignored nor unclaimed")
            }
        }
    }
}
