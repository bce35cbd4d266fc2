//! `rekindle local`: the real functions on a local cloud, each woken by another cloud event.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::{Duration, SystemTime};

use anyhow::{Context, bail};
use rekindle_local_cloud::aws::{Alarm, Datum, Observed};
use rekindle_local_cloud::{AlarmState, LocalCloud, Options, Schedules, Settings, Stack, eventually};
use rekindle_sagemaker_double::Double;
use serde_json::{Value, json};

const POLICY: &str = include_str!("../demo/local.yaml");

/// The functions, by the names of their binaries.
const FUNCTIONS: [&str; 4] = ["on-schedule", "on-alarm", "on-metric-check", "on-training-end"];

/// Tells the story, and fails if it goes otherwise.
pub(crate) fn local(binaries: Option<&Path>, as_json: bool) -> anyhow::Result<ExitCode> {
    let folder = match binaries {
        Some(folder) => folder.to_owned(),
        None => build()?,
    };
    let functions: BTreeMap<String, PathBuf> =
        FUNCTIONS.into_iter().map(|name| (name.to_owned(), folder.join(name))).collect();

    eprintln!("starting MiniStack and the SageMaker double on 127.0.0.1 ...");
    let sagemaker = Double::start().context("could not start the SageMaker double")?;
    let options = Options {
        sagemaker: Some(sagemaker.url()),
        parameters: BTreeMap::from([("ExamplePolicy".to_owned(), "false".to_owned())]),
        schedules: Schedules::Off,
        ..Options::default()
    };
    let cloud =
        LocalCloud::start_alone(&Settings::default(), options).context("could not start MiniStack")?;
    eprintln!("deploying infra/sam/template.yaml with the functions of {} ...", folder.display());
    let stack = cloud.deploy(&functions).context("could not deploy")?;

    let steps = story(&stack)?;
    let jobs = stack.jobs()?;
    let figures = figures(&stack)?;
    if as_json {
        let all = json!({ "steps": steps, "jobs": jobs, "figures": figures });
        crate::say(&serde_json::to_string_pretty(&all)?)?;
    } else {
        for step in &steps {
            crate::say(shown(step).trim_end())?;
        }
        crate::say(&format!("\n{} training jobs in the SageMaker double:", jobs.len()))?;
        for job in &jobs {
            let name = job.get("TrainingJobName").or(job.get("name")).and_then(Value::as_str);
            crate::say(&format!("  {}", name.unwrap_or("?")))?;
        }
    }
    if !as_json {
        crate::say("\non this machine, the emulator included:")?;
        for figure in &figures {
            crate::say(&figure_line(figure))?;
        }
    }
    if jobs.len() == 3 { Ok(ExitCode::SUCCESS) } else { bail!("three jobs were to be started") }
}

/// What each function costs here, for comparison with itself.
fn figures(stack: &Stack) -> anyhow::Result<Vec<Value>> {
    let quiet = json!({ "rekindle": "retrain", "model": "by-schedule", "dry_run": true });
    // The one function that takes no requests.
    let foreign = json!({
        "source": "aws.sagemaker",
        "detail-type": "SageMaker Training Job State Change",
        "detail": { "TrainingJobName": "somebody-elses", "TrainingJobStatus": "Completed" },
    });
    FUNCTIONS
        .into_iter()
        .map(|function| {
            let event = if function == "on-training-end" { &foreign } else { &quiet };
            let figures = stack.measure(function, event)?;
            Ok(json!({
                "function": function,
                "binary_bytes": figures.binary,
                "cold_ms": figures.cold.as_millis(),
                "warm_ms": figures.warm.as_millis(),
                "peak_memory_bytes": figures.peak_memory,
            }))
        })
        .collect()
}

fn figure_line(figure: &Value) -> String {
    let number = |name: &str| figure.get(name).and_then(Value::as_u64).unwrap_or_default();
    let kib = |name: &str| number(name).div_euclid(1_024);
    format!(
        "  {:<16} binary {:>6} KiB   cold {:>4} ms   warm {:>3} ms   peak memory {:>6} KiB",
        figure.get("function").and_then(Value::as_str).unwrap_or_default(),
        kib("binary_bytes"),
        number("cold_ms"),
        number("warm_ms"),
        kib("peak_memory_bytes"),
    )
}

/// Builds the functions, and gives back the folder they are in.
fn build() -> anyhow::Result<PathBuf> {
    eprintln!("building the functions; the first time this compiles the AWS SDK, which takes minutes ...");
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    // The whole workspace, as the tests build it: a part of it would compile the SDK again with other features.
    command.args(["build", "--workspace", "--message-format", "json-render-diagnostics"]);
    let output = command.stderr(std::process::Stdio::inherit()).output().context("could not run cargo")?;
    if !output.status.success() {
        bail!("the functions do not build");
    }
    let built = String::from_utf8_lossy(&output.stdout);
    let binary = built
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter_map(|message| message.get("executable")?.as_str().map(PathBuf::from))
        .find(|path| path.file_name().is_some_and(|name| FUNCTIONS.iter().any(|function| name == *function)));
    let folder = binary.and_then(|path| path.parent().map(Path::to_path_buf));
    folder.context("cargo did not say where it put the functions")
}

fn story(stack: &Stack) -> anyhow::Result<Vec<Value>> {
    stack.put_policy("local", POLICY)?;
    for model in ["by-schedule", "by-alarm", "by-metric"] {
        stack.aws().put_metric_alarm(&drift(&format!("{model}-drift")))?;
    }
    // Before the alarms change: MiniStack judges every alarm whenever a metric is put.
    put_accuracy(stack, "by-metric", 0.79)?;
    for model in ["by-schedule", "by-alarm", "by-metric"] {
        stack.aws().set_alarm_state(&format!("{model}-drift"), AlarmState::Ok, "nothing is wrong", None)?;
    }

    let mut steps = Vec::new();
    let tick = tick(stack, "by-schedule", SystemTime::now())?;
    for (what, verdict) in [("a scheduled rule fires", "start"), ("the same tick again", "rest")] {
        steps.push(wake(stack, "on-schedule", "by-schedule", what, verdict, &tick)?);
    }

    let event = stack.fire_alarm("by-alarm-drift", AlarmState::Alarm, 0.4)?;
    steps.push(told(stack, "on-alarm", "by-alarm", "an alarm goes to ALARM", "start")?);
    steps.push(wake(stack, "on-alarm", "by-alarm", "the same event again", "hold", &event)?);

    let late = stack.fire_alarm("by-schedule-drift", AlarmState::Alarm, 0.4)?;
    stack.aws().set_alarm_state("by-schedule-drift", AlarmState::Ok, "it passed", None)?;
    let what = "an alarm event arrives when the alarm is OK again";
    steps.push(wake(stack, "on-alarm", "by-schedule", what, "rest", &late)?);

    let sweep = json!({ "rekindle": "sweep", "models": ["by-metric"] });
    for (what, verdict) in [("the sweep finds accuracy at 0.79", "start"), ("the sweep looks again", "hold")]
    {
        steps.push(wake(stack, "on-metric-check", "by-metric", what, verdict, &sweep)?);
    }
    Ok(steps)
}

/// Invokes a function as the event's sender would, and reads its answer.
fn wake(
    stack: &Stack,
    function: &str,
    model: &str,
    what: &str,
    verdict: &str,
    event: &Value,
) -> anyhow::Result<Value> {
    let answer = stack.aws().invoke(stack.function(function)?, event)?;
    if let Some(error) = &answer.function_error {
        bail!("{function} failed ({error}): {}\n{}", answer.payload, answer.log);
    }
    let sentence = answer.payload.pointer(&format!("/decisions/{model}/sentence"));
    step(function, model, what, verdict, sentence.and_then(Value::as_str).unwrap_or_default())
}

/// Waits for what a function writes into its log after EventBridge has woken it.
fn told(stack: &Stack, function: &str, model: &str, what: &str, verdict: &str) -> anyhow::Result<Value> {
    let record = eventually(&format!("the record of {model}"), || {
        let lines = stack.logs(function)?;
        let mut records = lines.iter().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        Ok(records.find(|record| record.get("model") == Some(&model.into())))
    })?;
    step(function, model, what, verdict, record.get("sentence").and_then(Value::as_str).unwrap_or_default())
}

fn step(function: &str, model: &str, what: &str, verdict: &str, sentence: &str) -> anyhow::Result<Value> {
    let begins = match verdict {
        "start" => "Start",
        "hold" => "Held",
        _ => "Rest",
    };
    if !sentence.starts_with(begins) {
        bail!("{what}: {model} was to {verdict}, and {function} said: {sentence}");
    }
    Ok(
        json!({ "function": function, "model": model, "happened": what, "verdict": verdict, "sentence": sentence }),
    )
}

fn shown(step: &Value) -> String {
    let text = |name: &str| step.get(name).and_then(Value::as_str).unwrap_or_default();
    format!("{}: {}\n  {:>5}  {}\n", text("function"), text("happened"), text("verdict"), text("sentence"))
}

/// The envelope of a scheduled rule that is named after the model.
fn tick(stack: &Stack, model: &str, at: SystemTime) -> anyhow::Result<Value> {
    let at = jiff::Timestamp::try_from(at)?;
    let (region, account) = (stack.aws().region(), stack.aws().account());
    Ok(json!({
        "version": "0",
        "id": "7d0f5a3e-91c4-4b61-a0a7-2f6f1f2b9a10",
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": account,
        "time": at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        "region": region,
        "resources": [format!("arn:aws:events:{region}:{account}:rule/{model}-weekly")],
        "detail": {},
    }))
}

/// No point of this metric is ever put: the story sets the alarm's state itself.
fn drift(name: &str) -> Alarm<'_> {
    Alarm {
        name,
        namespace: "Churn",
        metric: "Drift",
        dimensions: &[],
        statistic: "Average",
        period: 60,
        comparison: "GreaterThanThreshold",
        threshold: 0.2,
    }
}

/// Puts one value into the last closed minute.
fn put_accuracy(stack: &Stack, model: &str, value: f64) -> anyhow::Result<()> {
    let seconds = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_secs();
    let minute = seconds.div_euclid(60).saturating_sub(1).saturating_mul(60);
    stack.put_metric(&Datum {
        namespace: "Churn",
        metric: "Accuracy",
        dimensions: &[("Model", model)],
        at: SystemTime::UNIX_EPOCH + Duration::from_secs(minute),
        observed: Observed::Value(value),
    })?;
    Ok(())
}
