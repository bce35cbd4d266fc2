//! Each fault as a caller sees it, and as the service behind the proxy does.
#![cfg(test)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use rekindle_fault_proxy::{Fault, Plan, Proxy, Rule, Upstreams, Weather};

const ANSWER: &str = r#"{"it":"was done"}"#;
const METRICS: &str = "/service/GraniteServiceVersion20100801/operation/GetMetricData";

/// A service that keeps every body it hears. It ends with the test's process.
fn service() -> (SocketAddr, Arc<Mutex<Vec<Vec<u8>>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let heard = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&heard);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let kept = Arc::clone(&kept);
            thread::spawn(move || converse(&stream, &kept));
        }
    });
    (address, heard)
}

fn converse(stream: &TcpStream, kept: &Mutex<Vec<Vec<u8>>>) {
    let mut reader = BufReader::new(stream);
    loop {
        let mut length = 0;
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            if line == "\r\n" {
                break;
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        kept.lock().unwrap().push(body);
        let head = format!("HTTP/1.1 200 OK\r\nx-own: yes\r\ncontent-length: {}\r\n\r\n", ANSWER.len());
        let mut writer = stream;
        writer.write_all(head.as_bytes()).unwrap();
        writer.write_all(ANSWER.as_bytes()).unwrap();
    }
}

struct Seen {
    /// Status, kind and body; or what went wrong.
    answer: Result<(u16, String, String), String>,
    took: Duration,
    heard: usize,
    struck: u64,
}

/// Calls once through a proxy that does this.
fn under(fault: Fault, path: &str, target: &str, operation: &str) -> Seen {
    let (address, heard) = service();
    let proxy = Proxy::start(Upstreams { aws: address, sagemaker: address }).unwrap();
    proxy.plan(Plan::of([Rule::new(operation, fault)]));
    let begun = Instant::now();
    let answer = call(&proxy, path, target, b"{}");
    let (took, struck) = (begun.elapsed(), proxy.tally().struck(operation, fault.word()));
    assert_eq!(proxy.tally().broken(), [""; 0]);
    Seen { answer, took, heard: heard.lock().unwrap().len(), struck }
}

fn call(proxy: &Proxy, path: &str, target: &str, body: &[u8]) -> Result<(u16, String, String), String> {
    let agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(Duration::from_secs(2)))
        .build()
        .new_agent();
    let mut request = agent.post(format!("{}{path}", proxy.url()));
    if !target.is_empty() {
        request = request.header("x-amz-target", target);
    }
    let mut answer = request.send(body).map_err(|error| error.to_string())?;
    let kind = answer.headers().get("content-type").map_or("", |kind| kind.to_str().unwrap()).to_owned();
    let body = answer.body_mut().read_to_vec().map_err(|error| error.to_string())?;
    Ok((answer.status().as_u16(), kind, String::from_utf8_lossy(&body).into_owned()))
}

#[test]
fn a_call_that_nothing_is_planned_for_passes_unchanged() {
    let (address, heard) = service();
    let proxy = Proxy::start(Upstreams { aws: address, sagemaker: address }).unwrap();
    let body: Vec<u8> = (0..=255).cycle().take(100_000).collect();
    for _ in 0..3 {
        let (status, _, answer) = call(&proxy, "/", "AWSEvents.PutEvents", &body).unwrap();
        assert_eq!((status, answer.as_str()), (200, ANSWER));
    }
    assert!(heard.lock().unwrap().iter().all(|heard| *heard == body));
    assert_eq!((proxy.tally().calls("PutEvents"), proxy.tally().all_struck()), (3, 0));
}

#[test]
fn every_fault_is_what_it_says() {
    for fault in Fault::ALL {
        let seen = under(fault, "/", "DynamoDB_20120810.UpdateItem", "UpdateItem");
        let word = fault.word();
        assert_eq!(seen.struck, 1, "{word} is counted");
        assert_eq!(seen.heard, usize::from(fault.is_forwarded()), "what the service hears under {word}");
        let kept = seen.answer.as_ref().is_ok_and(|(status, _, body)| *status == 200 && body == ANSWER);
        match fault {
            Fault::Latency(wait) => assert!(kept && seen.took >= wait, "{word}"),
            Fault::ResetBefore | Fault::ResetAfter => {
                let error = seen.answer.unwrap_err();
                assert!(error.contains("reset"), "{word}: {error}");
            }
            Fault::StatusBefore(status) | Fault::StatusAfter(status) => {
                assert_eq!(seen.answer.unwrap().0, status, "{word}");
            }
            Fault::Throttled => {
                let (status, kind, body) = seen.answer.unwrap();
                assert_eq!((status, kind.as_str()), (400, "application/x-amz-json-1.0"));
                assert!(body.contains("#ProvisionedThroughputExceededException"), "{body}");
            }
            Fault::Truncated => assert!(seen.answer.is_err(), "{word}"),
            Fault::NotJson => assert!(seen.answer.unwrap().2.starts_with("<html>")),
            Fault::WrongJson => assert_eq!(seen.answer.unwrap().2, "[1,2,3]"),
            Fault::ForeignJson => assert_eq!(seen.answer.unwrap().2, r#"{"surprise":"yes"}"#),
            Fault::HangBefore | Fault::HangAfter => {
                let error = seen.answer.unwrap_err();
                assert!(error.contains("timeout") && seen.took >= Duration::from_secs(2), "{error}");
            }
        }
    }
}

#[test]
fn a_service_that_speaks_cbor_is_throttled_in_cbor() {
    let (status, kind, body) = under(Fault::Throttled, METRICS, "", "GetMetricData").answer.unwrap();
    assert_eq!((status, kind.as_str()), (400, "application/cbor"));
    assert!(body.contains("com.amazonaws.cloudwatch#ThrottlingException"), "{body}");
}

#[test]
fn what_a_call_waits_for_can_be_waited_for() {
    let (address, heard) = service();
    let proxy = Proxy::start(Upstreams { aws: address, sagemaker: address }).unwrap();
    proxy.plan(Plan::of([Rule::new("PutEvents", Fault::HangAfter)]));
    thread::scope(|scope| {
        let caller = scope.spawn(|| call(&proxy, "/", "AWSEvents.PutEvents", b"{}"));
        proxy.wait_until_struck("PutEvents", Fault::HangAfter, 1, Duration::from_secs(10)).unwrap();
        assert_eq!(heard.lock().unwrap().len(), 1);
        assert!(caller.join().unwrap().is_err());
    });
    let late = proxy.wait_until_struck("PutEvents", Fault::ResetAfter, 1, Duration::from_millis(1));
    assert_eq!(late.unwrap_err().to_string(), "PutEvents was not struck by reset-after 1 times within 0 s");
}

#[test]
fn a_share_of_all_calls_is_a_function_of_the_seed() {
    let struck = |seed| {
        let (address, _) = service();
        let proxy = Proxy::start(Upstreams { aws: address, sagemaker: address }).unwrap();
        let faults = vec![Fault::ResetBefore, Fault::StatusAfter(500), Fault::Throttled];
        proxy.plan(Plan::weather(Weather { seed, per_mille: 250, faults }));
        for _ in 0..40 {
            let _ = call(&proxy, "/", "AWSEvents.PutEvents", b"{}");
        }
        proxy.take_tally()
    };
    let once = struck(7);
    assert_eq!(once, struck(7));
    assert_ne!(once, struck(8));
    assert!(once.all_struck() > 0);
    println!("{once}");
}
