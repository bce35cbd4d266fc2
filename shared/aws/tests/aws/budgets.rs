//! The fleets' budgets, as DynamoDB is asked for them and answers.

use rekindle_aws::Invocation;
use rekindle_decision::facts::{Gap, Spending};
use rekindle_decision::money::Money;
use rekindle_decision::policy::Revision;
use rekindle_decision::ruling::Reserve;
use rekindle_turn::World;
use rekindle_turn::ledger::{Fleet, Intent, Row, Run, Written};
use serde_json::{Value, json};

use crate::canned::{Answer, Canned, holds, json as answer};

fn fleet(name: &str) -> Fleet {
    Fleet { name: name.to_owned(), span: "2026-11".to_owned() }
}

fn refused(body: &Value) -> Answer {
    (400, "application/x-amz-json-1.0", body.to_string().into_bytes())
}

async fn spending(told: Answer, fleets: &[&str]) -> (Vec<Spending>, Canned) {
    let canned = Canned::new([told]);
    let clients = canned.clients(0).await;
    let wanted = fleets.iter().map(|name| fleet(name)).collect();
    let mut read = Invocation::new(&clients, "t").spending(&wanted).await;
    (
        fleets.iter().map(|name| read.remove(&fleet(name)).expect("an answer for every fleet")).collect(),
        canned,
    )
}

#[tokio::test]
async fn what_was_spent_is_read_consistently_and_what_is_not_there_is_nothing() {
    let item = |name: &str, spent: &Value| json!({ "model": { "S": format!("_fleet#{name}") }, "item": { "S": "budget#2026-11" }, "spent": spent });
    let items = [item("a", &json!({ "N": "12500000" })), item("c", &json!({ "S": "much" }))];
    let (told, canned) =
        spending(answer(&json!({ "Responses": { "ledger": items } })), &["a", "b", "c"]).await;
    let spent = |micros| Spending::Spent { amount: Money::from_micros(micros) };
    assert_eq!(told[..2], [spent(12_500_000), spent(0)]);
    assert!(matches!(&told[2], Spending::Unread { gap: Gap::Failed { .. } }), "{:?}", told[2]);
    let asked = canned.asked();
    assert!(holds(&asked[0], "_fleet#a") && holds(&asked[0], "budget#2026-11"));
    assert!(holds(&asked[0], r#""ConsistentRead":true"#));
}

#[tokio::test]
async fn spending_that_cannot_be_read_is_a_gap() {
    let no = refused(&json!({ "__type": "AccessDeniedException", "message": "no" }));
    let (told, _) = spending(no, &["a"]).await;
    assert!(
        matches!(&told[0], Spending::Unread { gap: Gap::Failed { error } } if error.contains("AccessDenied"))
    );
}

fn intent(limit: Option<u64>) -> Intent {
    let now = "2026-11-02T06:00:00Z".parse().unwrap();
    let reserve = Reserve {
        fleet: "search".to_owned(),
        span: "2026-11".to_owned(),
        amount: Money::from_micros(12_500_000),
        limit: limit.map(Money::from_micros),
    };
    let run = Run {
        generation: 1,
        decision: "d".to_owned(),
        why: "drift".to_owned(),
        policy: Revision::default(),
        job: "rk-a-00000000-g000001".to_owned(),
        arn: None,
        decided: now,
        status: "Starting".to_owned(),
        ended: None,
        billable_seconds: None,
        cost: None,
        failure: None,
        cause: None,
        metrics: std::collections::BTreeMap::new(),
        effect: None,
        reserve: vec![reserve],
    };
    Intent { model: "a".to_owned(), version: 0, row: Row { version: 1, ..Row::default() }, run }
}

#[tokio::test]
async fn a_budget_that_is_used_up_is_told_from_a_row_that_has_changed() {
    let failed = "ConditionalCheckFailed";
    for (codes, written) in [
        (["None", "None", failed], Written::OverBudget),
        ([failed, "None", "None"], Written::No),
        (["None", failed, "None"], Written::No),
        ([failed, "None", failed], Written::No),
    ] {
        let reasons: Vec<Value> = codes.iter().map(|code| json!({ "Code": code })).collect();
        let cancelled = json!({ "__type": "TransactionCanceledException", "CancellationReasons": reasons });
        let canned = Canned::new([refused(&cancelled)]);
        let clients = canned.clients(0).await;
        let got = Invocation::new(&clients, "t").intend(&intent(Some(20_000_000))).await.unwrap();
        assert_eq!(got, written, "{codes:?}");
    }
}

#[tokio::test]
async fn a_condition_does_no_sums_and_what_is_only_noted_has_none() {
    for (limit, condition) in [(Some(20_000_000), true), (None, false)] {
        let canned = Canned::new([answer(&json!({}))]);
        let clients = canned.clients(0).await;
        let got = Invocation::new(&clients, "t").intend(&intent(limit)).await.unwrap();
        assert_eq!(got, Written::Yes);
        let asked = canned.asked().remove(0);
        assert!(holds(&asked, r#""UpdateExpression":"ADD #spent :v0""#));
        let most = "(attribute_not_exists(#spent) OR #spent <= :v1)";
        assert_eq!((holds(&asked, most), holds(&asked, r#":v1":{"N":"7500000"}"#)), (condition, condition));
    }
    let canned = Canned::new([]);
    let clients = canned.clients(0).await;
    let got = Invocation::new(&clients, "t").intend(&intent(Some(12_499_999))).await.unwrap();
    assert_eq!(got, Written::OverBudget, "more than there ever is need not be asked");
}
