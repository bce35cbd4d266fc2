//! `GetMetricData`: what no emulator models.

use aws_smithy_types::DateTime;
use jiff::Timestamp;
use rekindle_aws::Invocation;
use rekindle_decision::facts::{Gap, Series};
use rekindle_decision::policy::Metric;
use rekindle_turn::World;
use rekindle_turn::world::Query;

use crate::canned::{Answer, Canned, cbor, holds};

const START: i64 = 1_793_577_600;
const HOUR: i64 = 3_600;

fn query() -> Query {
    let metric = Metric {
        namespace: "Churn".into(),
        name: "Accuracy".into(),
        dimensions: [("Model".to_owned(), "churn".to_owned())].into(),
        statistic: "Average".into(),
        period: "1h".parse().unwrap(),
    };
    let at = |second| Timestamp::from_second(second).unwrap();
    Query { metric, start: at(START), end: at(START + 5 * HOUR), samples: false }
}

/// Id, status, and points of (hour, value).
type Told<'a> = (&'a str, &'a str, &'a [(i64, f64)]);

/// One page, and a token for the next.
fn page(results: &[Told<'_>], token: Option<&str>) -> Answer {
    cbor(|out| {
        out.map(1 + usize::from(token.is_some())).str("MetricDataResults").array(results.len());
        for (id, status, points) in results {
            out.map(4).str("Id").str(id).str("StatusCode").str(status);
            out.str("Timestamps").array(points.len());
            for (hour, _) in *points {
                out.timestamp(&DateTime::from_secs(START + hour * HOUR));
            }
            out.str("Values").array(points.len());
            for (_, value) in *points {
                out.double(*value);
            }
        }
        if let Some(token) = token {
            out.str("NextToken").str(token);
        }
    })
}

async fn read(answers: Vec<Answer>, queries: &[Query]) -> (Vec<Series>, Canned) {
    let canned = Canned::new(answers);
    let clients = canned.clients(0).await;
    (Invocation::new(&clients, "t").metrics(queries).await, canned)
}

fn values(series: &Series) -> Vec<f64> {
    match series {
        Series::Complete { points } => points.iter().map(|point| point.value).collect(),
        Series::Unread { gap } => panic!("{gap:?}"),
    }
}

#[tokio::test]
async fn every_page_is_read_and_a_part_is_completed_by_the_next() {
    let first = page(&[("q0", "PartialData", &[(0, 0.9), (1, 0.8)])], Some("more"));
    // A page may be empty and still have a successor.
    let empty = page(&[], Some("more still"));
    let last = page(&[("q0", "Complete", &[(2, 0.7)])], None);
    let (series, canned) = read(vec![first, empty, last], &[query()]).await;
    assert_eq!(values(&series[0]), [0.9, 0.8, 0.7]);
    let asked = canned.asked();
    assert_eq!(asked.len(), 3);
    assert!(
        asked.iter().all(|body| holds(body, "TimestampAscending")),
        "the order is never left to the service"
    );
    assert!(holds(&asked[1], "more") && holds(&asked[2], "more still"));
    assert!(!holds(&asked[0], "Unit"), "a wrong unit reads as no data");
}

#[tokio::test]
async fn a_part_without_a_rest_and_every_other_status_is_a_gap() {
    for (status, gap) in [
        ("PartialData", Gap::PartialData),
        ("InternalError", Gap::InternalError),
        ("Forbidden", Gap::Forbidden),
        ("Dancing", Gap::Failed { error: "GetMetricData answered with Dancing".into() }),
    ] {
        let (series, _) = read(vec![page(&[("q0", status, &[(0, 0.9)])], None)], &[query()]).await;
        assert_eq!(series, [Series::Unread { gap }], "{status}");
    }
}

#[tokio::test]
async fn a_query_without_an_answer_is_a_gap_and_an_answer_without_points_is_complete() {
    let mut other = query();
    other.metric.name = "Loss".into();
    let (series, _) = read(vec![page(&[("q0", "Complete", &[])], None)], &[query(), other]).await;
    assert_eq!(values(&series[0]), Vec::<f64>::new());
    assert!(matches!(&series[1], Series::Unread { gap: Gap::Failed { .. } }), "{:?}", series[1]);
}

#[tokio::test]
async fn points_outside_the_closed_periods_do_not_count() {
    let points = [(-1, 0.1), (0, 0.9), (4, 0.8), (5, 0.2)];
    let (series, _) = read(vec![page(&[("q0", "Complete", &points)], None)], &[query()]).await;
    assert_eq!(values(&series[0]), [0.9, 0.8]);
}

#[tokio::test]
async fn samples_are_read_beside_the_value() {
    let counted = Query { samples: true, ..query() };
    let both = page(&[("q0", "Complete", &[(0, 0.9), (1, 0.8)]), ("n0", "Complete", &[(0, 250.0)])], None);
    let (series, canned) = read(vec![both], &[counted]).await;
    let Series::Complete { points } = &series[0] else { panic!("{:?}", series[0]) };
    assert_eq!(points.iter().map(|point| point.samples).collect::<Vec<_>>(), [Some(250.0), None]);
    assert!(holds(&canned.asked()[0], "SampleCount"));
}

#[tokio::test]
async fn a_refused_call_makes_every_series_of_it_a_gap() {
    let refusal = |out: &mut aws_smithy_cbor::Encoder| {
        out.map(2).str("__type").str("AccessDenied").str("message").str("no");
    };
    let (_, kind, body) = cbor(refusal);
    let (series, _) = read(vec![(403, kind, body)], &[query()]).await;
    assert!(matches!(&series[0], Series::Unread { gap: Gap::Failed { .. } }), "{:?}", series[0]);
}

#[tokio::test]
async fn a_query_that_cloudwatch_does_not_take_blinds_nobody_else() {
    let refusal = || {
        let (_, kind, body) = cbor(|out| {
            out.map(2).str("__type").str("ValidationError").str("message").str("The parameter Stat is wrong");
        });
        (400, kind, body)
    };
    let good = |id: &str| page(&[(id, "Complete", &[(0, 0.9)])], None);
    let mut wrong = query();
    wrong.metric.name = "Wrong".into();
    let queries = [query(), wrong, query()];
    // Three together; then 1 and 2, the latter apart; then 0.
    let answers = vec![refusal(), refusal(), good("q2"), refusal(), good("q0")];
    let (series, canned) = read(answers, &queries).await;
    assert_eq!((values(&series[0]), values(&series[2])), (vec![0.9], vec![0.9]));
    assert!(matches!(&series[1], Series::Unread { gap: Gap::Failed { .. } }), "{:?}", series[1]);
    assert_eq!(canned.asked().len(), 5);
}
