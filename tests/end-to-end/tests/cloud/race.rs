//! Two functions, one model, the same instant.

use std::thread;

use rekindle_end_to_end::{Problem, creations, deploy, policy};
use rekindle_local_cloud::Schedules;
use serde_json::{Value, json};

/// Rounds of the race; each has a model of its own.
const ROUNDS: usize = 200;

#[test]
fn two_functions_racing_for_one_model_make_one_job() -> Result<(), Problem> {
    let stack = deploy("100000000104", Schedules::Off)?;
    let models: Vec<String> = (0..ROUNDS).map(|round| format!("race-{round:03}")).collect();
    // One document for all: 200 parameters would be 20 pages for every turn.
    let text = policy("MODELS", r#"triggers: { weekly: { schedule: "cron(0 3 ? * MON *)", deadline: 6h } }"#);
    let text = text.replace("model: MODELS", &format!("models: [{}]", models.join(", ")));
    stack.put_policy("race", &text)?;
    let schedule = stack.function("on-schedule")?.to_owned();
    let alarm = stack.function("on-alarm")?.to_owned();

    let (mut won, mut lost) = ([0_usize; 2], 0_usize);
    for model in &models {
        let tick = json!({
            "rekindle": "scheduled", "trigger": "weekly", "models": [model], "scheduled_time": "2099-01-05T03:00:00Z",
        });
        let ask = json!({ "rekindle": "retrain", "model": model, "force": true, "by": "race" });
        let answers = thread::scope(|scope| {
            let one = scope.spawn(|| stack.aws().invoke(&schedule, &tick).map_err(|error| error.to_string()));
            let two = scope.spawn(|| stack.aws().invoke(&alarm, &ask).map_err(|error| error.to_string()));
            [one.join(), two.join()]
        });
        let mut started = 0;
        for (at, answer) in answers.into_iter().enumerate() {
            let answer = answer.map_err(|_| "a thread panicked")??;
            assert_eq!(answer.function_error, None, "{}\n{}", answer.payload, answer.log);
            let mine = answer.payload["started"].as_u64().unwrap_or_default();
            started += mine;
            won[at] += usize::try_from(mine)?;
        }
        assert!(started <= 1, "{model}: both say that they started it");
        lost += usize::from(started == 0);
    }

    let (made, refused) = creations(&stack, "race-")?;
    for model in &models {
        let name = |entry: &&Value| entry["name"].as_str().is_some_and(|name| name.contains(model.as_str()));
        assert_eq!(made.iter().filter(name).count(), 1, "jobs of {model}");
    }
    assert_eq!(stack.jobs()?.len(), ROUNDS, "never two, never zero");
    println!(
        "{ROUNDS} rounds: on-schedule won {}, on-alarm {}, unsaid {lost}; {} creations refused",
        won[0],
        won[1],
        refused.len()
    );
    Ok(())
}
