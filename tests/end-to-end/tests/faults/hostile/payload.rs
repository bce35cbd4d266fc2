//! Payloads that no service sends: the fixtures of `rekindle-events`, damaged, and things that never were events.

use std::fs;
use std::path::Path;

use rekindle_end_to_end::Problem;
use rekindle_fault_proxy::Dice;
use serde_json::Value;

use super::json::{damage, nasty_text};

/// Of a thousand payloads, those with a text of about a megabyte.
const LARGE_PER_MILLE: u64 = 8;

const MEGABYTE: usize = 1 << 20;

/// Depths of nesting, around the limit of JSON readers and far beyond it.
const DEPTHS: [usize; 6] = [60, 127, 128, 129, 5_000, 100_000];

/// Numbers at and beyond the ends of what machines count with.
const NUMBERS: [&str; 8] = [
    "1e999",
    "-1e999",
    "9223372036854775808",
    "18446744073709551616",
    "-9223372036854775809",
    "1e-999",
    "0.1e+00000000000000000001",
    "123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890",
];

/// One payload, and how it was made.
#[derive(Debug)]
pub(crate) struct Payload {
    pub(crate) kind: &'static str,
    pub(crate) bytes: Vec<u8>,
}

/// Payloads without end, drawn from a seed.
#[derive(Debug)]
pub(crate) struct Payloads {
    dice: Dice,
    fixtures: Vec<Vec<u8>>,
}

impl Payloads {
    /// Those for one function.
    pub(crate) fn new(seed: u64, function: &str) -> Result<Self, Problem> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/events/fixtures");
        let mut paths = Vec::new();
        for part in ["accept", "ignore", "refuse"] {
            for entry in fs::read_dir(folder.join(part))? {
                paths.push(entry?.path());
            }
        }
        // Folders have no order of their own.
        paths.sort();
        let fixtures = paths.iter().map(fs::read).collect::<Result<_, _>>()?;
        Ok(Self { dice: Dice::of(seed, function), fixtures })
    }

    pub(crate) fn next_one(&mut self) -> Payload {
        if self.dice.roll() % 1000 < LARGE_PER_MILLE {
            return Payload { kind: "megabyte", bytes: self.megabyte() };
        }
        let (kind, bytes): (&'static str, Vec<u8>) = match self.dice.below(12) {
            0 => ("flipped", self.flipped()),
            1 => ("cut", self.cut()),
            2 => ("spliced", self.spliced()),
            3 => ("doubled", self.doubled()),
            4 => ("nested", self.nested()),
            5 => ("numbers", self.numbers()),
            6 => ("broken text", self.broken_text()),
            7 => ("list", self.list()),
            8 => ("batch", self.batch()),
            9 => ("injected", self.injected()),
            _ => ("damaged", self.damaged()),
        };
        // The runtime itself refuses what is no JSON: half of it comes as a message of a queue, to be read by us.
        if serde_json::from_slice::<Value>(&bytes).is_err() && self.dice.below(2) == 0 {
            let body = Value::from(String::from_utf8_lossy(&bytes).into_owned());
            let wrapped =
                format!(r#"{{"Records": [{{"eventSource": "aws:sqs", "messageId": "m", "body": {body}}}]}}"#);
            return Payload { kind, bytes: wrapped.into_bytes() };
        }
        Payload { kind, bytes }
    }

    fn fixture(&mut self) -> Vec<u8> {
        self.dice.pick(&self.fixtures).cloned().unwrap_or_default()
    }

    fn flipped(&mut self) -> Vec<u8> {
        let mut bytes = self.fixture();
        for _ in 0..=self.dice.below(8) {
            let at = self.dice.below(bytes.len());
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1 << self.dice.below(8);
            }
        }
        bytes
    }

    fn cut(&mut self) -> Vec<u8> {
        let mut bytes = self.fixture();
        let (from, to) = self.part(bytes.len());
        bytes.drain(from..to);
        bytes
    }

    fn doubled(&mut self) -> Vec<u8> {
        let bytes = self.fixture();
        let (from, to) = self.part(bytes.len());
        [&bytes[..to], &bytes[from..]].concat()
    }

    fn spliced(&mut self) -> Vec<u8> {
        let (one, two) = (self.fixture(), self.fixture());
        let (end, start) = (self.dice.below(one.len() + 1), self.dice.below(two.len() + 1));
        [&one[..end], &two[start..]].concat()
    }

    fn part(&mut self, length: usize) -> (usize, usize) {
        let (one, two) = (self.dice.below(length + 1), self.dice.below(length + 1));
        (one.min(two), one.max(two))
    }

    fn nested(&mut self) -> Vec<u8> {
        let depth = self.dice.pick(&DEPTHS).copied().unwrap_or_default();
        let (open, close) = if self.dice.below(2) == 0 { ("[", "]") } else { (r#"{"detail":"#, "}") };
        let deep = format!("{}1{}", open.repeat(depth), close.repeat(depth));
        match self.dice.below(3) {
            0 => deep.into_bytes(),
            1 => format!(r#"{{"rekindle": "retrain", "model": "quiet", "reason": {deep}}}"#).into_bytes(),
            _ => format!(
                r#"{{"source": "aws.cloudwatch", "detail-type": "CloudWatch Alarm State Change", "detail": {deep}}}"#
            )
            .into_bytes(),
        }
    }

    fn numbers(&mut self) -> Vec<u8> {
        let number = self.dice.pick(&NUMBERS).copied().unwrap_or_default();
        match self.dice.below(3) {
            0 => number.to_owned(),
            1 => format!(r#"{{"rekindle": "scheduled", "trigger": {number}, "scheduled_time": {number}}}"#),
            _ => format!(r#"{{"rekindle": "sweep", "models": [{number}], "attempt": {number}}}"#),
        }
        .into_bytes()
    }

    /// Texts that are no UTF-8, escapes that are no characters, and control characters as they are.
    fn broken_text(&mut self) -> Vec<u8> {
        const BROKEN: [&[u8]; 8] = [
            b"\xff\xfe",
            b"\xc0\xaf",
            b"\xed\xa0\x80",
            b"\xf4\x90\x80\x80",
            b"\\ud800",
            b"\\udc00\\ud800",
            b"\x00\x01\x1b[31m",
            b"\xe2\x80\xae\\u0000",
        ];
        let broken = self.dice.pick(&BROKEN).copied().unwrap_or_default();
        let (before, after): (&[u8], &[u8]) = match self.dice.below(3) {
            0 => (br#"{"rekindle": "retrain", "model": ""#, br#""}"#),
            1 => (br#"{"rekindle": "retrain", "model": "quiet", ""#, br#"": 1}"#),
            _ => (b"", b""),
        };
        [before, broken, after].concat()
    }

    fn list(&mut self) -> Vec<u8> {
        let events: Vec<Vec<u8>> = (0..self.dice.below(20)).map(|_| self.fixture()).collect();
        [b"[".as_slice(), &events.join(&b','), b"]"].concat()
    }

    /// A queue's batch of damaged messages, some of which are not even records.
    fn batch(&mut self) -> Vec<u8> {
        let records: Vec<String> = (0..self.dice.below(30))
            .map(|nth| {
                let bytes = if self.dice.below(2) == 0 { self.flipped() } else { self.cut() };
                let body = Value::from(String::from_utf8_lossy(&bytes).into_owned());
                match self.dice.below(8) {
                    0 => body.to_string(),
                    1 => format!(r#"{{"eventSource": "aws:sqs", "body": {body}}}"#),
                    _ => format!(r#"{{"eventSource": "aws:sqs", "messageId": "m{nth}", "body": {body}}}"#),
                }
            })
            .collect();
        format!(r#"{{"Records": [{}]}}"#, records.join(", ")).into_bytes()
    }

    fn injected(&mut self) -> Vec<u8> {
        let text = Value::from(nasty_text(&mut self.dice));
        match self.dice.below(4) {
            0 => format!(r#"{{"rekindle": "retrain", "model": {text}, "force": true}}"#),
            1 => format!(r#"{{"rekindle": "confirm", "model": {text}, "decision": {text}}}"#),
            2 => format!(r#"{{"rekindle": "scheduled", "trigger": {text}, "models": [{text}, "no-model"]}}"#),
            _ => format!(r#"{{"rekindle": "retrain", "models": [{text}], "by": {text}, "reason": {text}}}"#),
        }
        .into_bytes()
    }

    /// A fixture of which some members are of another kind, missing, or called otherwise.
    fn damaged(&mut self) -> Vec<u8> {
        let bytes = self.fixture();
        let Ok(mut value) = serde_json::from_slice::<Value>(&bytes) else { return self.flipped() };
        for _ in 0..=self.dice.below(3) {
            damage(&mut value, &mut self.dice);
        }
        value.to_string().into_bytes()
    }

    fn megabyte(&mut self) -> Vec<u8> {
        let length = MEGABYTE / 2 + self.dice.below(MEGABYTE);
        let text = nasty_text(&mut self.dice);
        let long = text.repeat(length / text.len().max(1) + 1);
        let long = Value::from(long);
        match self.dice.below(3) {
            0 => format!(r#"{{"rekindle": "retrain", "model": {long}}}"#),
            1 => format!(r#"{{"rekindle": "retrain", "model": "no-model", "reason": {long}}}"#),
            _ => format!(r#"{{"hello": {long}}}"#),
        }
        .into_bytes()
    }
}
