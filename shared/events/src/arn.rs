//! Amazon resource names, as far as we steer by them.

/// ARN and name of an alarm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AlarmArn {
    pub(crate) whole: String,
    pub(crate) name: String,
}

impl AlarmArn {
    /// Reads an ARN. The name may hold anything, colons and spaces included; the parts before it may not.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let resource = resource(text, &["cloudwatch"])?;
        let name = resource.strip_prefix("alarm:").filter(|name| !name.trim().is_empty())?;
        Some(Self { whole: text.into(), name: name.into() })
    }

    /// Builds an ARN from its parts, if each of them is what it should be: a code for the Region, not its human name.
    pub(crate) fn build(region: &str, account: &str, name: &str) -> Option<Self> {
        Self::parse(&format!("arn:{}:cloudwatch:{region}:{account}:alarm:{name}", partition(region)))
    }
}

/// Whether a text is the ARN of an EventBridge rule or of an EventBridge Scheduler schedule.
pub(crate) fn is_schedule(text: &str) -> bool {
    let named =
        |prefix| resource(text, &["events", "scheduler"]).and_then(|resource| resource.strip_prefix(prefix));
    named("rule/").or_else(|| named("schedule/")).is_some_and(|name| !name.is_empty() && !name.contains(' '))
}

/// Whether a text is the ARN of a processing job of SageMaker.
pub(crate) fn is_processing_job(text: &str) -> bool {
    let name = resource(text, &["sagemaker"]).and_then(|resource| resource.strip_prefix("processing-job/"));
    name.is_some_and(|name| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    })
}

/// The part of an ARN after the account, if the parts before it are well formed.
fn resource<'a>(arn: &'a str, services: &[&str]) -> Option<&'a str> {
    let mut parts = arn.splitn(6, ':');
    let mut next = || parts.next();
    let well_formed = next()? == "arn"
        && next()?.starts_with("aws")
        && services.contains(&next()?)
        && is_region(next()?)
        && is_account(next()?);
    next().filter(|_| well_formed)
}

/// `eu-central-1`, `us-gov-west-1`: lower case words and a number.
fn is_region(text: &str) -> bool {
    let words: Vec<&str> = text.split('-').collect();
    let lower = |word: &&str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase());
    let number = |word: &&str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit());
    words.len() >= 3 && words.iter().rev().skip(1).all(lower) && words.last().is_some_and(number)
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The partition that a Region belongs to.
fn partition(region: &str) -> &'static str {
    const OTHERS: [(&str, &str); 6] = [
        ("cn-", "aws-cn"),
        ("us-gov-", "aws-us-gov"),
        ("us-iso-", "aws-iso"),
        ("us-isob-", "aws-iso-b"),
        ("eu-isoe-", "aws-iso-e"),
        ("us-isof-", "aws-iso-f"),
    ];
    OTHERS.iter().find(|(prefix, _)| region.starts_with(prefix)).map_or("aws", |(_, partition)| partition)
}
