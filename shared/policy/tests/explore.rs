#![cfg(test)]
//! x
use rekindle_policy::{Text, read};
const GOOD: &str = include_str!("../../../infra/policies/churn.yaml");
fn show(name: &str, text: &str) {
    match read(&Text { name: "churn.yaml".into(), version: 7, text: text.into() }) {
        Ok(_) => println!("=== {name}: ACCEPTED"),
        Err(p) => {
            println!("=== {name}");
            for p in p {
                println!("{p}");
            }
        }
    }
}
fn edit(from: &str, to: &str) {
    assert!(GOOD.contains(from), "{from}");
    show(&format!("{from} -> {to}"), &GOOD.replacen(from, to, 1));
}
#[test]
fn explore() {
    edit("    below: 0.82", "    belwo: 0.82");
    edit("guards: { cooldown", "gaurds: { cooldown");
    edit("    below: 0.82", "    below: low");
    edit("    below: 0.82", "    below: \"0.82\"");
    edit("    below: 0.82", "    below: .nan");
    edit("    below: 0.82", "    below: .inf");
    edit("    below: 0.82\n", "    below: 0.82\n    above: 0.9\n");
    edit("    below: 0.82\n", "");
    edit("for: 3 of 5", "for: 5 of 3");
    edit("for: 3 of 5", "for: three");
    edit("for: 3 of 5", "for: 3");
    edit("any: [weekly,", "any: [weakly,");
    edit("any: [weekly,", "any: [nonsense,");
    edit("any: [weekly,", "any: [],  all: [weekly,");
    edit("{ any: [weekly, { at_least: 2, of: [drift, accuracy], within: 24h }] }", "{ any: [] }");
    edit("at_least: 2", "at_least: 3");
    edit("at_least: 2", "at_least: 0");
    edit("at_least: 2", "atleast: 2");
    edit("within: 24h", "within: 24 hours");
    edit("{ alarm: \"{model}-feature-drift\" }", "{ alarm: x, schedule: rate(1 day) }");
    edit("{ alarm: \"{model}-feature-drift\" }", "{ alarm: x, below: 3 }");
    edit("{ alarm: \"{model}-feature-drift\" }", "{ alarm: \"{modle}-feature-drift\" }");
    edit(
        "{ alarm: \"{model}-feature-drift\" }",
        "{ alarm: arn:aws:cloudwatch:eu-central-1:445566778899:alarm:x }",
    );
    edit("{ alarm: \"{model}-feature-drift\" }", "{ }");
    edit("{ alarm: \"{model}-feature-drift\" }", "churn-drift");
    edit("{ alarm: \"{model}-feature-drift\" }", "");
    edit("cron(0 3 ? * MON *)", "every monday");
    edit("cooldown: 24h", "cooldown: 24");
    edit("cooldown: 24h", "cooldown: 1 day");
    edit("cooldown: 24h", "cooldown: 99w99w");
    edit("statistic: Average", "statistic: Avrage");
    edit("statistic: Average", "statistic: median");
    edit("statistic: Average, ", "");
    edit("period: 1h", "period: 45s");
    edit("period: 1h", "period: 0s");
    edit("mode: observe", "mode: obseve");
    edit("mode: observe", "mode: on");
    edit("in_flight: forbid", "in_flight: replace");
    edit("missing_data: missing", "missing_data: notbreaching");
    edit("min_samples: 200", "min_samples: -1");
    edit("min_samples: 200", "min_samples: 1.5");
    edit("  ResourceConfig:", "  ResorceConfig:");
    edit(
        "  ResourceConfig: { InstanceType: ml.m5.xlarge, InstanceCount: 1, VolumeSizeInGB: 50 }\n  StoppingCondition: { MaxRuntimeInSeconds: 7200 }\n",
        "",
    );
    edit("training:\n", "training:\n  TrainingJobName: churn-weekly\n");
    edit("training:\n", "training:\n  TrainingJobName: managed\n");
    edit("  HyperParameters:\n", "  HyperParameters:\n    max_depth: 6\n");
    edit("  HyperParameters:\n", "  HyperParameters:\n    deep: true\n");
    edit("ml.m5.xlarge", "ml.m5.xlarg");
    edit("ml.m5.xlarge", "gpu");
    edit("{window.end:%Y-%m-%d}/", "{window.edn:%Y-%m-%d}/");
    edit("{window.end:%Y-%m-%d}/", "{foo}/");
    edit("{window.end:%Y-%m-%d}/", "{a:1}/");
    edit("{window.end:%Y-%m-%d}/", "{window.end:%Q}/");
    edit("{window.end:%Y-%m-%d}/", "{model:%Y}/");
    edit("data_window: 30d\n", "");
    edit("training:\n", "training:\n  EnableManagedSpotTraining: true\n");
    edit("training:\n", "training:\n  Environment: { REKINDLE_MODEL: mine }\n");
    edit("training:\n", "training:\n  Tags: [{ Key: \"rekindle:model\", Value: mine }]\n");
    edit("model: churn\n", "models: [churn, churn]\n");
    edit("model: churn\n", "model: churn\nmodels: [churn]\n");
    edit("model: churn\n", "model: churn\nmodel: churn\n");
    edit("model: churn\n", "");
    edit("model: churn\n", "model: \"müller\"\n");
    edit("model: churn\n", "model: 5\n");
    edit("model: churn\n", "model: [churn]\n");
    edit("model: churn\n", "models: []\n");
    edit("RoleArn: arn:aws:iam::445566778899:role/rekindle-training", "RoleArn: rekindle-training");
    edit("InstanceCount: 1", "InstanceCount: \"1\"");
    edit("InstanceCount: 1", "InstanceCount: 0");
    edit("  RoleArn: arn:aws:iam::445566778899:role/rekindle-training\n", "");
    edit("S3DataType: S3Prefix", "S3DataType: S3prefix");
    edit("TrainingInputMode: File", "TrainingInputMode: [File]");
    edit("MaxRuntimeInSeconds: 7200", "MaxRuntimeInSeconds: soon");
    edit("start_when: {", "start_when: [weekly] #{");
    edit("start_when: {", "start_when: 5 #{");
    edit("start_when: {", "start_when: weekly #{");
    show("no training", &GOOD[..GOOD.find("training:\n").unwrap()]);
    show("training null", &format!("{}training:\n", &GOOD[..GOOD.find("training:\n").unwrap()]));
    show("no triggers", "model: churn\ntriggers: {}\ntraining: {}\n");
    show("empty", "");
    show("comment only", "# nothing\n");
    show("prose", "Dear Rekindle, please retrain weekly.");
    show("list", "- a\n- b\n");
    show("json array", "[1,2");
    show("unclosed", "model: [churn\ntriggers: x\n");
    show("tabs", "model: churn\ntriggers:\n\tweekly: {}\n");
    show("indent", "model: churn\n triggers: {}\n");
    show("two docs", &format!("{GOOD}---\n{GOOD}"));
    show("html", "<html><body>403</body></html>");
    show("binary", "\u{0}\u{1}\u{2}");
    show("anchor bomb", "a: &a [1,1]\nb: &b [*a,*a]\nc: *b");
}
