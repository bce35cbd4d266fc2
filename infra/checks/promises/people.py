"""What people are told: alarms, calls, and a runbook for each."""

import re

from given import OURS
from promise import broken_by, drop, edit, put
from stack import ACCOUNT, Stack, arn_of

TOPIC = arn_of("sns", "calls")
# Nor does CloudWatch, of the description of an alarm.
ALARM_DESCRIPTION = 1024


# What a model needs a person for. All other announcements stay on the bus.
CALLS = [
    {"detail-type": ["Policy Refused", "Retraining Failed", "Retraining Futile", "Retraining Refused"]},
    {"detail-type": ["Retraining Held"], "detail": {"waiting_on": ["ask_first"]}},
]


TOLD_PEOPLE = "AlertTopicPolicy/PolicyDocument/Statement"


@broken_by(
    put("PeopleRule/State", "DISABLED"),
    drop("PeopleRule/EventBusName"),
    put("PeopleRule/EventPattern/$or/1/detail/waiting_on", ["cooldown"]),
    put("PeopleRule/EventPattern/$or/0/detail-type", ["Retraining Failed"]),
    put("PeopleRule/EventPattern/source", ["aws.sagemaker"]),
    put("PeopleRule/Targets/0/Arn", {"Ref": "AlertTopic"}),
    put("PeopleRule/Targets/0/InputTransformer/InputTemplate", '"Something happened."'),
    drop("PeopleRule/Targets/0/InputTransformer"),
)
def what_needs_a_person_is_told_in_a_sentence(stack):
    for given, topic in ((TOPIC, TOPIC), ("", arn_of("sns", "rekindle-alerts"))):
        told = Stack(stack.template, {"AlertTopicArn": given})
        rule = told.resources.get("PeopleRule", {}).get("Properties", {})
        wanted = {"source": [OURS], "account": [ACCOUNT], "$or": CALLS}
        if rule.get("EventPattern") != wanted or rule.get("State") != "ENABLED" or rule.get("EventBusName") != OURS:
            yield f"PeopleRule listens for {rule.get('EventPattern')}"
        for target in rule.get("Targets", [{}]):
            sentence = target.get("InputTransformer", {}).get("InputTemplate", "")
            if target.get("Arn") != topic or "<sentence>" not in sentence:
                yield f"{target.get('Arn')} is told {sentence!r}"


@broken_by(
    drop("/Resources/AlertTopicPolicy"),
    put(f"{TOLD_PEOPLE}/0/Principal", "*"),
    drop(f"{TOLD_PEOPLE}/0/Condition"),
    drop(f"{TOLD_PEOPLE}/0/Condition/StringEquals"),
    put(f"{TOLD_PEOPLE}/0/Condition/ArnLike/aws:SourceArn", arn_of("cloudwatch", "alarm:*")),
    drop(f"{TOLD_PEOPLE}/1/Condition/ArnEquals"),
    put(f"{TOLD_PEOPLE}/1/Condition/ArnEquals/aws:SourceArn", {"Fn::GetAtt": ["AlarmRule", "Arn"]}),
    drop(f"{TOLD_PEOPLE}/2"),
)
def only_our_alarms_and_one_rule_speak_to_people(stack):
    topics = {stack.reference(name) for name, _ in stack.of_type("AWS::SNS::Topic")}
    said = {}
    for _, policy in stack.of_type("AWS::SNS::TopicPolicy"):
        topics -= set(policy["Topics"])
        for statement in policy["PolicyDocument"]["Statement"]:
            principal = statement["Principal"]
            speaker = principal if isinstance(principal, str) else principal["Service"]
            said[speaker] = statement.get("Condition", {})
    for topic in sorted(topics):
        yield f"whoever is of this account may speak to {topic}"
    account = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
    wanted = {
        "cloudwatch.amazonaws.com": account | {"ArnLike": {"aws:SourceArn": arn_of("cloudwatch", "alarm:rekindle-self-*")}},
        "events.amazonaws.com": account | {"ArnEquals": {"aws:SourceArn": stack.arn("PeopleRule")}},
        "*": {"Bool": {"aws:SecureTransport": "false"}},
    }
    if said and said != wanted:
        yield f"the topic hears {said}"


@broken_by(
    put("OnScheduleErrors/AlarmActions", {"Ref": "AWS::NoValue"}),
    put("ModelsGivenUp/AlarmActions", [{"Ref": "AlertTopicArn"}]),
    put("RulesDisabled/AlarmActions", [{"Ref": "AlertTopic"}]),
    put("/Conditions/OwnsAlertTopic", {"Fn::Equals": ["", "x"]}),
    put("AlertSubscription/Protocol", "sms"),
    put("AlertSubscription/TopicArn", {"Ref": "AlertTopic"}),
    put("/Resources/AlertSubscription/Condition", "OwnsAlertTopic"),
    put("/Parameters/AlertEmail/AllowedPattern", "^.+$"),
    put("AlertTopic/KmsMasterKeyId", "alias/aws/sns"),
)
def every_alarm_goes_to_one_topic_which_a_person_may_subscribe_to(stack):
    mail = "on-call@example.com"
    for given, topic in ((TOPIC, TOPIC), ("", arn_of("sns", "rekindle-alerts"))):
        for address in ("", mail):
            told = Stack(stack.template, {"AlertTopicArn": given, "AlertEmail": address})
            for name, alarm in told.of_type("AWS::CloudWatch::Alarm"):
                if alarm.get("AlarmActions") != [topic]:
                    yield f"{name} tells {alarm.get('AlarmActions')}"
            subscribed = [(s["Protocol"], s["Endpoint"], s["TopicArn"]) for _, s in told.of_type("AWS::SNS::Subscription")]
            if subscribed != ([("email", address, topic)] if address else []):
                yield f"with `{address}` the topic tells {subscribed}"
            made = dict(told.of_type("AWS::SNS::Topic"))
            if bool(made) == bool(given):
                yield f"{len(made)} topics are made beside `{given}`"
            # With the key that AWS manages CloudWatch could not publish, and nobody would hear.
            if any("KmsMasterKeyId" in properties for properties in made.values()):
                yield "the topic is encrypted"
    pattern = stack.template["Parameters"]["AlertEmail"]["AllowedPattern"]
    for address, fits in (("", True), (mail, True), ("on-call", False), ("a b@example.com", False)):
        if bool(re.search(pattern, address)) != fits:
            yield f"`{address}` is {'refused' if fits else 'let in'}"


@broken_by(
    put("RulesDisabled/AlarmDescription", "A rule is off."),
    put("EventsFailed/AlarmDescription", "First: look."),
    put("ModelsGivenUp/AlarmDescription", "First: " + "x" * 1100),
)
def every_alarm_says_what_it_means_and_what_to_do_first(stack):
    for name, alarm in stack.of_type("AWS::CloudWatch::Alarm"):
        meaning, _, first = alarm.get("AlarmDescription", "").partition(" First: ")
        if len(meaning) < 20 or len(first) < 20:
            yield f"{name} does not say what to do first"
        if len(alarm["AlarmDescription"]) > ALARM_DESCRIPTION:
            yield f"{name} says too much"


HEADINGS = ["Meaning", "Impact", "Diagnosis", "Mitigation"]


@broken_by(
    edit("SweepSilent/AlarmDescription/Fn::Sub", "sweep-silent.md", "sweep-quiet.md"),
    edit("SweepSilent/AlarmDescription/Fn::Sub", "${RunbookBase}", "runbooks"),
    edit("/Documents/runbook failed.md", "## Mitigation", "## What helps"),
    drop("/Documents/runbook undelivered.md"),
)
def every_alarm_names_its_runbook(stack):
    base = "https://git.example.com/rekindle/infra/runbooks"
    for name, alarm in Stack(stack.template, {"RunbookBase": base}).of_type("AWS::CloudWatch::Alarm"):
        runbook = re.search(rf"Runbook: {re.escape(base)}/([a-z-]+\.md)$", alarm["AlarmDescription"].strip())
        text = stack.template["Documents"].get(f"runbook {runbook[1]}") if runbook else None
        if text is None:
            yield f"{name} names no runbook that is there"
        elif re.findall(r"^## (\w+)$", text, re.MULTILINE)[: len(HEADINGS)] != HEADINGS:
            yield f"{runbook[1]} lacks one of {', '.join(HEADINGS)}"
