//! Parameters as whoever deploys policies reads and writes them.

use rekindle_aws::{Parameters, Put, Tier};
use serde_json::{Value, json};

use crate::canned::{Answer, Canned, holds, json as answer};

async fn parameters(canned: &Canned) -> Parameters {
    Parameters::new(&crate::nobody("100000000001").http_client(canned.clone()).load().await)
}

fn refusal(code: &str) -> Answer {
    (400, "application/x-amz-json-1.1", json!({ "__type": code, "message": "no" }).to_string().into_bytes())
}

fn put(version: i64) -> Answer {
    answer(&json!({ "Version": version, "Tier": "Standard" }))
}

fn body(asked: &[u8]) -> Value {
    serde_json::from_slice(asked).unwrap()
}

#[tokio::test]
async fn the_tier_is_chosen_by_the_size() {
    for (bytes, tier) in [(4_096, Tier::Standard), (4_097, Tier::Advanced)] {
        let canned = Canned::new([put(3)]);
        let written = parameters(&canned).await.put("/p/a", &"x".repeat(bytes), true).await.unwrap();
        assert_eq!(written, Put::Version { version: 3, tier });
        let asked = body(&canned.asked()[0]);
        let word = if tier == Tier::Standard { "Standard" } else { "Advanced" };
        assert_eq!(
            (&asked["Tier"], &asked["Type"], &asked["Overwrite"]),
            (&word.into(), &"String".into(), &true.into())
        );
    }
}

/// What was advanced once cannot become standard again, though its text has become short.
#[tokio::test]
async fn an_advanced_parameter_stays_one() {
    let canned = Canned::new([refusal("ValidationException"), put(8)]);
    let written = parameters(&canned).await.put("/p/a", "short", true).await.unwrap();
    assert_eq!(written, Put::Version { version: 8, tier: Tier::Advanced });
    let tiers: Vec<Value> = canned.asked().iter().map(|asked| body(asked)["Tier"].clone()).collect();
    assert_eq!(tiers, ["Standard", "Advanced"]);
}

#[tokio::test]
async fn a_text_that_is_refused_in_both_tiers_is_an_error() {
    let canned = Canned::new([refusal("ValidationException"), refusal("ValidationException")]);
    let error = parameters(&canned).await.put("/p/a", "short", true).await.unwrap_err();
    assert_eq!(error.to_string(), "PutParameter failed");
    // Of a new one there is no tier to stay in.
    let canned = Canned::new([refusal("ValidationException")]);
    assert!(parameters(&canned).await.put("/p/a", "short", false).await.is_err());
}

#[tokio::test]
async fn what_is_to_be_new_overwrites_nothing() {
    let canned = Canned::new([refusal("ParameterAlreadyExists")]);
    assert_eq!(parameters(&canned).await.put("/p/a", "text", false).await.unwrap(), Put::Exists);
    assert_eq!(body(&canned.asked()[0])["Overwrite"], false);
    // Over another one the same refusal makes no sense, and is an error.
    let canned = Canned::new([refusal("ParameterAlreadyExists")]);
    assert!(parameters(&canned).await.put("/p/a", "text", true).await.is_err());
}

#[tokio::test]
async fn what_is_not_there_is_none_and_what_cannot_be_read_is_an_error() {
    let canned = Canned::new([
        refusal("ParameterNotFound"),
        refusal("AccessDeniedException"),
        refusal("ParameterNotFound"),
        refusal("AccessDeniedException"),
        answer(&json!({})),
    ]);
    let parameters = parameters(&canned).await;
    assert_eq!(parameters.get("/p/a").await.unwrap(), None);
    assert!(parameters.get("/p/a").await.is_err());
    assert!(!parameters.remove("/p/a").await.unwrap());
    assert!(parameters.remove("/p/a").await.is_err());
    assert_eq!(
        parameters.get("/p/a").await.unwrap_err().to_string(),
        "GetParameter answered without parameter"
    );
}

#[tokio::test]
async fn every_page_is_read_with_kinds_and_versions() {
    let one = |name: &str, kind: &str| json!({ "Name": name, "Type": kind, "Value": "v", "Version": 4 });
    let canned = Canned::new([
        answer(&json!({ "Parameters": [one("/p/a", "String")], "NextToken": "more" })),
        answer(&json!({ "Parameters": [one("/p/t/b", "SecureString")] })),
    ]);
    let found = parameters(&canned).await.below("/p").await.unwrap();
    let found: Vec<_> =
        found.iter().map(|it| (it.text.name.as_str(), it.text.version, it.kind.as_str())).collect();
    assert_eq!(found, [("/p/a", 4, "String"), ("/p/t/b", 4, "SecureString")]);
    assert!(holds(&canned.asked()[0], r#""Recursive":true"#) && holds(&canned.asked()[1], "more"));
}
