//! Nothing that was started outlives the one who started it.
#![cfg(test)]

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use rekindle_local_cloud::{LocalCloud, MiniStack, Options, Settings, binaries, eventually};
use serde_json::json;

/// Set in the process that starts a MiniStack only to be killed.
const DOOMED: &str = "REKINDLE_TEST_DOOMED";

/// State and parent of a process. One that has ended but whose parent has not asked yet is no longer there.
fn process(pid: u32) -> Option<(char, u32)> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, rest) = stat.rsplit_once(") ")?;
    let mut fields = rest.split(' ');
    let state = fields.next()?.chars().next()?;
    (state != 'Z').then_some((state, fields.next()?.parse().ok()?))
}

fn runs(pid: u32) -> bool {
    process(pid).is_some()
}

fn children(parent: u32) -> Vec<u32> {
    let pids = fs::read_dir("/proc").unwrap();
    let pids = pids.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    pids.filter(|pid| process(*pid).is_some_and(|(_, its)| its == parent)).collect()
}

#[test]
fn two_run_side_by_side_and_end_with_all_they_started() {
    let one = MiniStack::start(&Settings::default()).unwrap();
    let two = LocalCloud::start_alone(&Settings::default(), Options::default()).unwrap();
    assert_ne!(one.endpoint(), two.ministack().endpoint());

    let echo = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/echo.py");
    let echoes = binaries::FUNCTIONS.iter().map(|function| ((*function).to_owned(), echo.clone())).collect();
    let stack = two.deploy(&echoes).unwrap();
    stack.aws().invoke(stack.function("on-alarm").unwrap(), &json!({})).unwrap();

    let (first, second) = (one.pid(), two.ministack().pid());
    let bootstraps = children(second);
    assert_eq!(bootstraps.len(), 1);

    drop(one);
    assert!(!runs(first));
    assert!(runs(second));

    drop((two, stack));
    assert!(!runs(second));
    eventually("the end of the bootstraps", || Ok(bootstraps.iter().all(|pid| !runs(*pid)).then_some(())))
        .unwrap();
}

#[test]
fn a_killed_test_leaves_nothing_behind() {
    if std::env::var_os(DOOMED).is_some() {
        let ministack = MiniStack::start(&Settings::default()).unwrap();
        println!("\npid {}", ministack.pid());
        std::thread::park();
    }

    let mut test = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "a_killed_test_leaves_nothing_behind", "--nocapture"])
        .env(DOOMED, "yes")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let said = BufReader::new(test.stdout.take().unwrap()).lines();
    let pid = said.map_while(Result::ok).find_map(|line| line.strip_prefix("pid ")?.parse().ok()).unwrap();
    let home = format!("/proc/{pid}/cwd");
    let home = fs::read_link(home).unwrap();
    assert!(runs(pid) && home.exists());

    test.kill().unwrap();
    test.wait().unwrap();
    eventually("the end of MiniStack", || Ok((!runs(pid) && !home.exists()).then_some(()))).unwrap();
}
