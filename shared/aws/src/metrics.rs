//! Metrics through `GetMetricData`: up to 500 queries a call, all pages, oldest first, closed periods only.

use std::collections::BTreeMap;

use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::types::{Dimension, Metric, MetricDataQuery, MetricStat, ScanBy, StatusCode};
use jiff::Timestamp;
use rekindle_decision::facts::{Gap, Point, Series};
use rekindle_turn::world::Query;

use crate::error::{Blame, unread};
use crate::time::{from_sdk, to_sdk};

/// Queries in one call.
const QUERIES: usize = 500;

/// Points in one call.
const POINTS: u64 = 100_800;

/// What CloudWatch said of one query id.
#[derive(Debug, Default, Clone)]
struct Answer {
    values: BTreeMap<Timestamp, f64>,
    status: Option<StatusCode>,
}

/// Reads one series for each query, in order.
pub(crate) async fn metrics(client: &Client, queries: &[Query]) -> Vec<Series> {
    let mut read: BTreeMap<usize, Series> = BTreeMap::new();
    let mut open = calls(queries);
    while let Some(call) = open.pop() {
        let answered = match send(client, queries, &call).await {
            // One query that CloudWatch does not take fails the call for everybody in it: halve, until it is alone.
            Err((_, Blame::Request)) if call.members.len() > 1 => {
                open.extend(call.halves());
                continue;
            }
            Err((gap, _)) => Err(gap),
            Ok(answers) => Ok(answers),
        };
        for at in call.members {
            let Some(query) = queries.get(at) else { continue };
            let series = match &answered {
                Ok(answers) => series(query, at, answers),
                Err(gap) => Series::Unread { gap: gap.clone() },
            };
            read.insert(at, series);
        }
    }
    (0..queries.len()).map(|at| read.remove(&at).unwrap_or(Series::Unread { gap: Gap::NotAsked })).collect()
}

/// One call: queries of one period and one end, from the earliest start among them.
#[derive(Debug)]
struct Call {
    start: Timestamp,
    end: Timestamp,
    members: Vec<usize>,
}

impl Call {
    fn halves(self) -> [Self; 2] {
        let Self { start, end, mut members } = self;
        let second = members.split_off(members.len() / 2);
        [Self { start, end, members }, Self { start, end, members: second }]
    }
}

/// Queries that may share a call. A call has one time range: sharing it between a minute and a day would fetch 1,440
/// points for one.
fn calls(queries: &[Query]) -> Vec<Call> {
    let mut open: BTreeMap<(u64, Timestamp), (Call, usize, u64)> = BTreeMap::new();
    let mut full = Vec::new();
    for (at, query) in queries.iter().enumerate() {
        let period = query.metric.period.seconds().max(1);
        let span = u64::try_from(query.end.duration_since(query.start).as_secs()).unwrap_or(0);
        let (ids, points) = (if query.samples { 2 } else { 1 }, span.div_ceil(period));
        let key = (period, query.end);
        let new = || (Call { start: query.start, end: query.end, members: Vec::new() }, 0, 0);
        let (call, used, width) = open.entry(key).or_insert_with(new);
        let wide = points.max(*width);
        let fits = *used + ids <= QUERIES
            && wide.saturating_mul(u64::try_from(*used + ids).unwrap_or(u64::MAX)) <= POINTS;
        if !fits && !call.members.is_empty() {
            let (next, ..) = new();
            full.push(std::mem::replace(call, next));
            (*used, *width) = (0, 0);
        }
        call.start = call.start.min(query.start);
        call.members.push(at);
        *used += ids;
        *width = points.max(*width);
    }
    full.extend(open.into_values().map(|(call, ..)| call));
    full
}

async fn send(
    client: &Client,
    queries: &[Query],
    call: &Call,
) -> Result<BTreeMap<String, Answer>, (Gap, Blame)> {
    let mut answers: BTreeMap<String, Answer> = BTreeMap::new();
    let asked = call.members.iter().filter_map(|at| queries.get(*at).map(|query| (*at, query)));
    let asked: Vec<MetricDataQuery> = asked.flat_map(|(at, query)| data_queries(at, query)).collect();
    let mut pages = client
        .get_metric_data()
        .set_metric_data_queries(Some(asked))
        .start_time(to_sdk(call.start))
        .end_time(to_sdk(call.end))
        .scan_by(ScanBy::TimestampAscending)
        .into_paginator()
        .send();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| unread("GetMetricData", call.members.len(), &error))?;
        for result in page.metric_data_results() {
            let answer = answers.entry(result.id().unwrap_or_default().to_owned()).or_default();
            // A part is followed by another page that completes it; the last word counts.
            answer.status = result.status_code().cloned();
            let points = result.timestamps().iter().zip(result.values());
            answer.values.extend(points.filter_map(|(at, value)| Some((from_sdk(at)?, *value))));
        }
    }
    Ok(answers)
}

/// Ids are `q<n>` for the value and `n<n>` for the number of samples: a model's name is not a valid id.
fn data_queries(at: usize, query: &Query) -> Vec<MetricDataQuery> {
    let statistics = [("q", query.metric.statistic.as_str()), ("n", "SampleCount")];
    let wanted = statistics.into_iter().take(if query.samples { 2 } else { 1 });
    wanted
        .map(|(prefix, statistic)| {
            let dimensions = query
                .metric
                .dimensions
                .iter()
                .map(|(name, value)| Dimension::builder().name(name).value(value).build())
                .collect();
            let metric = Metric::builder()
                .namespace(&query.metric.namespace)
                .metric_name(&query.metric.name)
                .set_dimensions(Some(dimensions))
                .build();
            // No unit: a wrong one gives an empty answer without a word.
            let period = i32::try_from(query.metric.period.seconds()).unwrap_or(i32::MAX);
            let stat = MetricStat::builder().metric(metric).period(period).stat(statistic).build();
            MetricDataQuery::builder().id(format!("{prefix}{at}")).metric_stat(stat).return_data(true).build()
        })
        .collect()
}

fn series(query: &Query, at: usize, answers: &BTreeMap<String, Answer>) -> Series {
    let whole = |id: String| -> Result<&BTreeMap<Timestamp, f64>, Gap> {
        let answer = answers.get(&id);
        let answer = answer
            .ok_or_else(|| Gap::Failed { error: "GetMetricData did not answer this query".to_owned() })?;
        match &answer.status {
            Some(StatusCode::Complete) => Ok(&answer.values),
            Some(StatusCode::PartialData) => Err(Gap::PartialData),
            Some(StatusCode::InternalError) => Err(Gap::InternalError),
            Some(StatusCode::Forbidden) => Err(Gap::Forbidden),
            Some(other) => {
                Err(Gap::Failed { error: format!("GetMetricData answered with {}", other.as_str()) })
            }
            None => Err(Gap::Failed { error: "GetMetricData answered without a status".to_owned() }),
        }
    };
    let values = match whole(format!("q{at}")) {
        Ok(values) => values,
        Err(gap) => return Series::Unread { gap },
    };
    let samples = match query.samples.then(|| whole(format!("n{at}"))) {
        None => None,
        Some(Ok(samples)) => Some(samples),
        Some(Err(gap)) => return Series::Unread { gap },
    };
    let points = values
        .iter()
        .filter(|(start, _)| **start >= query.start && **start < query.end)
        .map(|(start, value)| Point {
            at: *start,
            value: *value,
            samples: samples.and_then(|samples| samples.get(start)).copied(),
        })
        .collect();
    Series::Complete { points }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rekindle_decision::policy::Metric as Named;

    fn query(period: &str, end: &str, points: i64, samples: bool) -> Query {
        let period: rekindle_decision::duration::Duration = period.parse().unwrap();
        let end: Timestamp = end.parse().unwrap();
        let start = end - period.signed() * i32::try_from(points).unwrap();
        let metric = Named {
            namespace: "N".into(),
            name: "m".into(),
            dimensions: BTreeMap::new(),
            statistic: "Average".into(),
            period,
        };
        Query { metric, start, end, samples }
    }

    #[test]
    fn a_call_takes_500_ids_and_a_query_with_samples_is_two() {
        let one = query("1h", "2026-11-02T06:00:00Z", 7, false);
        let two = query("1h", "2026-11-02T06:00:00Z", 7, true);
        assert_eq!(calls(&vec![one.clone(); 500]).len(), 1);
        assert_eq!(calls(&vec![one; 501]).len(), 2);
        assert_eq!(calls(&vec![two.clone(); 250]).len(), 1);
        let split = calls(&vec![two; 251]);
        let mut members: Vec<usize> = split.iter().flat_map(|call| call.members.clone()).collect();
        members.sort_unstable();
        assert_eq!(members, (0..251).collect::<Vec<_>>(), "each query is asked once");
    }

    #[test]
    fn a_call_takes_100_800_points() {
        let wide = query("1m", "2026-11-02T06:00:00Z", 366, false);
        assert_eq!(calls(&vec![wide.clone(); 275]).len(), 1);
        assert_eq!(calls(&vec![wide; 276]).len(), 2);
    }

    #[test]
    fn minutes_and_days_do_not_share_a_call() {
        let minute = query("1m", "2026-11-02T00:00:00Z", 7, false);
        let day = query("1d", "2026-11-02T00:00:00Z", 7, false);
        assert_eq!(calls(&[minute, day]).len(), 2);
    }

    #[test]
    fn only_complete_answers_decide() {
        let query = query("1h", "2026-11-02T06:00:00Z", 3, false);
        let said = |status: Option<StatusCode>| {
            let values = [(query.start, 0.5)].into();
            series(&query, 0, &[("q0".to_owned(), Answer { values, status })].into())
        };
        assert!(matches!(said(Some(StatusCode::Complete)), Series::Complete { points } if points.len() == 1));
        for (status, gap) in [
            (StatusCode::PartialData, Gap::PartialData),
            (StatusCode::InternalError, Gap::InternalError),
            (StatusCode::Forbidden, Gap::Forbidden),
        ] {
            assert_eq!(said(Some(status)), Series::Unread { gap });
        }
        assert!(matches!(said(None), Series::Unread { gap: Gap::Failed { .. } }));
        assert!(matches!(series(&query, 0, &BTreeMap::new()), Series::Unread { gap: Gap::Failed { .. } }));
    }
}
