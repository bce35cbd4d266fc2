//! Alarms of CloudWatch: three wrappings, two spellings, one transition.

use rekindle_decision::signal::{AlarmKind, AlarmState, Signal, Transition};

use crate::arn::AlarmArn;
use crate::judged::Judged;
use crate::object::Object;
use crate::refusal::{Problem, shown};
use crate::series::{self, Series};
use crate::{Reading, envelope, json};

/// Longest reason that a signal keeps. CloudWatch writes 1,023 characters at most; somebody else may write a novel.
const MAX_REASON: usize = 1023;

/// Reads an alarm out of an EventBridge event.
pub(crate) fn from_event(event: &Object<'_>) -> Result<Reading, Problem> {
    named("alarm event", || {
        let detail = event.get("detail").ok_or_else(|| {
            let hint = event.has("alarmData").then(|| {
                String::from("`alarmData` belongs to an alarm action, which is no EventBridge event")
            });
            event.missing("detail").or_hint(hint)
        })?;
        let path = event.at("detail");
        let detail = json::embedded(detail, &path)?;
        let detail = Object::new(&detail, path)?;
        let arn = if let Some(arn) = envelope::resource(event)? {
            parsed(arn, &event.at("resources[0]"))?
        } else {
            let region = event.text("region")?.unwrap_or_default();
            let account = event.text("account")?.unwrap_or_default();
            let name = detail.text("alarmName")?.unwrap_or_default();
            AlarmArn::build(region, account, name).ok_or_else(|| event.missing("resources[0]"))?
        };
        transition(&detail, arn, envelope::replay(event)?)
    })
}

/// Reads an alarm that invokes the function itself.
pub(crate) fn from_action(action: &Object<'_>) -> Result<Reading, Problem> {
    named("alarm action", || {
        if let Some(mark) = ["detail-type", "detail"].into_iter().find(|mark| action.has(mark)) {
            let path = action.at(mark);
            return Err(Problem::new(format!(
                "`{path}` belongs to an EventBridge event, and `alarmData` does not"
            )));
        }
        if let Some(source) = action.text("source")?.filter(|source| *source != "aws.cloudwatch") {
            return Err(Problem::new(format!(
                "`{}` is {}, not `aws.cloudwatch`",
                action.at("source"),
                shown(source)
            )));
        }
        let arn = parsed(action.need_text("alarmArn")?, &action.at("alarmArn"))?;
        transition(&action.need_object("alarmData")?, arn, None)
    })
}

/// Reads the text of an alarm, as SNS carries it.
pub(crate) fn from_text(text: &Object<'_>) -> Result<Reading, Problem> {
    named("alarm text of SNS", || {
        let arn = match text.text("AlarmArn")? {
            Some(arn) => parsed(arn, &text.at("AlarmArn"))?,
            None => named_only(text)?,
        };
        let trigger = text.object("Trigger")?;
        let series = match &trigger {
            Some(trigger) => series::of_trigger(trigger)?,
            None if text.has("AlarmRule") => Series { kind: AlarmKind::Composite, period: None },
            None => Series { kind: AlarmKind::Unknown, period: None },
        };
        let threshold = trigger.and_then(|trigger| trigger.get("Threshold")?.as_f64());
        Ok(Transition {
            alarm: arn.whole,
            name: arn.name,
            kind: series.kind,
            state: need_state(text, "NewStateValue")?,
            since: text.need_instant("StateChangeTime")?,
            previous: state(text, "OldStateValue")?,
            reason: reason(text, "NewStateReason")?,
            points: Vec::new(),
            threshold: threshold.filter(|_| has_threshold(series.kind)),
            period: series.period,
            suppressed_by: None,
            replay: None,
        })
    })
}

fn named(kind: &'static str, read: impl FnOnce() -> Result<Transition, Problem>) -> Result<Reading, Problem> {
    read()
        .map(|transition| Reading::Signal(Signal::Alarmed(transition)))
        .map_err(|problem| problem.resembling(kind))
}

/// Reads the inside that EventBridge events and alarm actions share.
fn transition(inside: &Object<'_>, arn: AlarmArn, replay: Option<String>) -> Result<Transition, Problem> {
    let now = inside.need_object("state")?;
    let before = inside.object("previousState")?;
    let series = match inside.object("configuration")? {
        Some(configuration) => series::of_configuration(&configuration)?,
        None => Series { kind: AlarmKind::Unknown, period: None },
    };
    let judged = now.get("reasonData").map(Judged::read).unwrap_or_default();
    Ok(Transition {
        alarm: arn.whole,
        name: arn.name,
        kind: series.kind,
        state: need_state(&now, "value")?,
        since: now.need_instant("timestamp")?,
        previous: before.map(|before| state(&before, "value")).transpose()?.flatten(),
        reason: reason(&now, "reason")?,
        points: judged.points,
        threshold: judged.threshold.filter(|_| has_threshold(series.kind)),
        period: judged.period.or(series.period),
        suppressed_by: now.text("actionsSuppressedBy")?.filter(|word| !word.is_empty()).map(String::from),
        replay,
    })
}

/// Bands and rules have no threshold, whatever number an event may carry in that place.
fn has_threshold(kind: AlarmKind) -> bool {
    match kind {
        AlarmKind::Metric | AlarmKind::MetricMath | AlarmKind::Unknown => true,
        AlarmKind::Anomaly | AlarmKind::Composite => false,
    }
}

fn parsed(arn: &str, path: &str) -> Result<AlarmArn, Problem> {
    AlarmArn::parse(arn)
        .ok_or_else(|| Problem::new(format!("`{path}` is {}, which is not the ARN of an alarm", shown(arn))))
}

/// The ARN of an alarm whose sender left it out, if the rest suffices. `Region` is for people (`Europe (Ireland)`)
/// unless an emulator wrote its code there, and a guessed Region would be another alarm's ARN.
fn named_only(text: &Object<'_>) -> Result<AlarmArn, Problem> {
    let region = text.text("Region")?.unwrap_or_default();
    let account = text.text("AWSAccountId")?.unwrap_or_default();
    let name = text.need_text("AlarmName")?;
    AlarmArn::build(region, account, name).ok_or_else(|| {
        text.missing("AlarmArn")
            .hint("without it we need the account in `AWSAccountId` and the code of the Region, not its name, in `Region`")
    })
}

/// A state, which is one of three words and never a default.
fn state(object: &Object<'_>, field: &str) -> Result<Option<AlarmState>, Problem> {
    const STATES: [AlarmState; 3] = [AlarmState::Ok, AlarmState::Alarm, AlarmState::InsufficientData];
    let Some(word) = object.text(field)? else { return Ok(None) };
    STATES.into_iter().find(|state| state.word() == word).map(Some).ok_or_else(|| {
        Problem::new(format!(
            "`{}` is {}, which is none of `OK`, `ALARM`, `INSUFFICIENT_DATA`",
            object.at(field),
            shown(word)
        ))
    })
}

fn need_state(object: &Object<'_>, field: &str) -> Result<AlarmState, Problem> {
    state(object, field)?.ok_or_else(|| object.missing(field))
}

fn reason(object: &Object<'_>, field: &str) -> Result<String, Problem> {
    let reason = object.text(field)?.unwrap_or_default();
    Ok(reason.chars().take(MAX_REASON).collect())
}
