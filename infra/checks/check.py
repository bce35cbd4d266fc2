"""What must be true of the stack, whoever edits the template next.

    check.py                 checks infra/sam/template.yaml
    check.py --self-test     proves that every check can fail: breaks the template once per way named beside the check

A check is a generator of complaints; its name is the promise. The template is judged as CloudFormation would see it, once
with its defaults and once with everything switched on that is off at first.
The README and the example policies are judged with it: they lie beside its sections, under `Documents`.
"""

import argparse
import copy
import fnmatch
import json
import pathlib
import re
import sys
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import parliament
import yaml

from stack import ACCOUNT, REQUIRED, Stack, arn_of, as_list
from translate import translate

ROOT = pathlib.Path(__file__).resolve().parents[2]
TEMPLATE = ROOT / "infra/sam/template.yaml"
POLICIES = ROOT / "infra/policies"

OURS = "rekindle"
BUCKETS = ["late-orders-features", "late-orders-labels"]
CUSTOM = "shop.catalogue"
KEY = f"arn:aws:kms:eu-central-1:{ACCOUNT}:key/5e1c3b9a-0d2f-4c7e-9a51-2b8f6d0e4c11"
# What somebody gives who wants everything.
SWITCHED_ON = {
    "DataBuckets": ",".join(BUCKETS),
    "DataQualityEvents": "ENABLED",
    "MonitoringEvents": "ENABLED",
    "CustomEventSource": CUSTOM,
    "ExampleScheduleState": "ENABLED",
    "EncryptionKeyArn": KEY,
}
# What then wakes on-alarm besides alarms: source, detail-type, and what is asked of the rest.
FORWARDED = {
    "ObjectRule": ("aws.s3", "Object Created", {"bucket": {"name": BUCKETS}}),
    "DataQualityRule": ("aws.glue-dataquality", "Data Quality Evaluation Results Available", None),
    "MonitoringRule": (
        "aws.sagemaker",
        "SageMaker Processing Job State Change",
        {"ProcessingJobStatus": ["Completed", "Failed", "Stopped"]},
    ),
    "CustomRule": (CUSTOM, None, None),
}
# What always wakes it besides: somebody wrote a policy.
EDITED = ("aws.ssm", "Parameter Store Change")
JOB_ENDED = "SageMaker Training Job State Change"
JOBS = arn_of("sagemaker", "training-job/rk-*")
TOPIC = arn_of("sns", "calls")
TWO_WEEKS = 14 * 24 * 60 * 60
# Standard parameters of Parameter Store hold no more.
PARAMETER_BYTES = 4096
# Nor does CloudWatch, of the description of an alarm.
ALARM_DESCRIPTION = 1024
# Actions for which IAM offers nothing narrower than `*`: metrics have no ARN, describing composite alarms needs it, and
# listing monitoring runs knows no resource.
WITHOUT_RESOURCE = {
    "cloudwatch:GetMetricData",
    "cloudwatch:DescribeAlarms",
    "sagemaker:ListMonitoringExecutions",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
}
# What parliament says and we do not follow: (where, what) and why.
EXCUSED = {
    ("GatherFacts", "RESOURCE_STAR ['cloudwatch:DescribeAlarms']"): "composite alarms are described with `*` only",
    (
        "StartTraining",
        "UNKNOWN_ACTION Unknown action sagemaker:DeleteTrainingJob",
    ): "the action is younger than its list",
}
# Every action that a turn calls, and what starting a job with tags and a role asks for besides.
TURN = {
    "cloudwatch:DescribeAlarms",
    "cloudwatch:GetMetricData",
    "cloudwatch:ListTagsForResource",
    "dynamodb:BatchGetItem",
    # Parts of transactions.
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
    "events:PutEvents",
    "iam:PassRole",
    "sagemaker:AddTags",
    "sagemaker:CreateTrainingJob",
    "sagemaker:DescribeTrainingJob",
    "sagemaker:ListMonitoringExecutions",
    "sagemaker:StopTrainingJob",
    "ssm:GetParametersByPath",
}
# What each function calls: on-training-end takes no turn, and the sweep looks at our own rules besides.
CALLED = {
    "OnSchedule": TURN,
    "OnAlarm": TURN,
    "OnMetricCheck": TURN | {"events:DescribeRule"},
    "OnTrainingEnd": {
        "dynamodb:BatchGetItem",
        "dynamodb:PutItem",
        "dynamodb:UpdateItem",
        "events:PutEvents",
        "sagemaker:DescribeTrainingJob",
    },
}
# What nobody may do who is woken by the end of a training job.
STARTING = {"sagemaker:CreateTrainingJob", "sagemaker:StopTrainingJob", "iam:PassRole"}
# What Lambda does in the function's name.
CALLED_BY_LAMBDA = {
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "sqs:SendMessage",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
}
# What services do with a key of the owner's in the name of whoever reads and writes.
WITH_A_KEY = {"kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"}
# Lines without a level count as INFO. Our decisions and metrics are such lines.
LEVELS_THAT_KEEP_DECISIONS = {"TRACE", "DEBUG", "INFO"}
# Lambda waits so long before it tries an event again.
BEFORE_RETRY = 60
# What a schedule of an owner's sends. The words in angle brackets are filled in by Scheduler.
TICK = {
    "rekindle": "scheduled",
    "trigger": "weekly",
    "models": ["churn"],
    "schedule": "<aws.scheduler.schedule-arn>",
    "scheduled_time": "<aws.scheduler.scheduled-time>",
}
ENVIRONMENT = {
    "REKINDLE_TABLE",
    "REKINDLE_BUS",
    "REKINDLE_POLICY_PATH",
    "REKINDLE_POLICY_TTL_SECONDS",
    "REKINDLE_PREFIX",
    "REKINDLE_PRICES",
}
# What one function knows besides.
OWN_ENVIRONMENT = {"OnMetricCheck": {"REKINDLE_RULES"}}


class Mutation(NamedTuple):
    name: str
    apply: Callable[[dict], None]


class Check(NamedTuple):
    name: str
    complaints: Callable[[Stack], Iterator[str]]
    mutations: tuple[Mutation, ...]


CHECKS: list[Check] = []


def broken_by(*mutations: Mutation):
    """Registers a check, with the ways to break the template that it must notice."""

    def register(function):
        CHECKS.append(Check(function.__name__.replace("_", " "), function, mutations))
        return function

    return register


# -- ways to break a template. A path is `LogicalId/Property/...`, or from the top when it begins with `/`. In a list, a
#    step is a position or `Key=value`.


def put(path: str, value: Any) -> Mutation:
    return Mutation(f"{path} becomes {json.dumps(value)}", lambda template: walk(template, path, "put", value))


def drop(path: str) -> Mutation:
    return Mutation(f"{path} is gone", lambda template: walk(template, path, "drop", None))


def add(path: str, value: Any) -> Mutation:
    return Mutation(f"{path} gains {json.dumps(value)}", lambda template: walk(template, path, "add", value))


def edit(path: str, old: str, new: str) -> Mutation:
    return Mutation(f"{path} says `{new}` for `{old}`", lambda template: walk(template, path, "edit", (old, new)))


def walk(template: dict, path: str, how: str, value: Any) -> None:
    steps = path.lstrip("/").split("/")
    if not path.startswith("/"):
        steps = ["Resources", steps[0], "Properties", *steps[1:]]
    here = template
    for step in steps[:-1]:
        here = here[position(here, step)]
    last = position(here, steps[-1])
    if how == "put":
        here[last] = value
    elif how == "drop":
        del here[last]
    elif how == "add":
        here[last].append(value)
    else:
        here[last] = here[last].replace(*value)


def position(here: Any, step: str) -> Any:
    if not isinstance(here, list):
        return step
    key, equals, value = step.partition("=")
    return next(at for at, item in enumerate(here) if item.get(key) == value) if equals else int(step)


# ---------------------------------------------------------------------------------------------------- what wakes us


def patterns_that_start_jobs(stack: Stack) -> Iterator[tuple[str, dict, dict]]:
    for name, rule in stack.of_type("AWS::Events::Rule"):
        reached = [stack.with_arn(target["Arn"], "AWS::Lambda::Function") for target in rule["Targets"]]
        if "EventPattern" in rule and any(function and stack.starts_jobs(function) for function in reached):
            yield name, rule, rule["EventPattern"]


@broken_by(
    put("AlarmRule/EventPattern/source", [OURS]),
    add("AlarmRule/EventPattern/source", OURS),
    put("AlarmRule/EventPattern/source", [{"prefix": ""}]),
    drop("AlarmRule/EventPattern/source"),
    put("AlarmRule/EventBusName", {"Ref": "Bus"}),
    add("MonitoringRule/EventPattern/source", OURS),
    put("CustomRule/EventPattern/source", [{"anything-but": {"prefix": "aws."}}]),
    put("CustomRule/EventBusName", {"Ref": "Bus"}),
)
def our_own_events_wake_no_function_that_starts_jobs(stack):
    own_buses = {bus["Name"] for _, bus in stack.of_type("AWS::Events::EventBus")}
    for name, rule, pattern in patterns_that_start_jobs(stack):
        sources = pattern.get("source")
        # Only literal sources: whether a prefix or an anything-but lets `rekindle` through is nothing to reason about.
        if not sources or not all(isinstance(source, str) for source in sources):
            yield f"{name} does not list its sources word by word"
        elif OURS in sources:
            yield f"{name} matches source `{OURS}`"
        if rule.get("EventBusName") in own_buses:
            yield f"{name} listens on the bus where we announce decisions"


@broken_by(
    put("AlarmRule/EventPattern", {"source": ["aws.sagemaker"], "detail-type": [JOB_ENDED]}),
    put("AlarmRule/EventPattern", {"source": ["aws.sagemaker"]}),
    put("AlarmRule/EventPattern", {"source": ["aws.sagemaker"], "detail-type": [{"prefix": "SageMaker"}]}),
    add("MonitoringRule/EventPattern/detail-type", JOB_ENDED),
    drop("MonitoringRule/EventPattern/detail-type"),
    drop("ObjectRule/EventPattern/detail-type"),
    put("CustomRule/EventPattern/source", [{"prefix": ""}]),
    put("CustomRule/EventPattern/source", ["aws.sagemaker"]),
)
def the_end_of_a_training_job_wakes_no_function_that_starts_jobs(stack):
    for name, _, pattern in patterns_that_start_jobs(stack):
        # Nobody but AWS may use a source that begins with `aws.`, so no other source tells of a training job.
        sources = pattern.get("source", [{}])
        if all(isinstance(source, str) and not source.startswith("aws.") for source in sources):
            continue
        kinds = pattern.get("detail-type")
        if not kinds or not all(isinstance(kind, str) for kind in kinds):
            yield f"{name} does not list its detail-types word by word"
        elif JOB_ENDED in kinds:
            yield f"{name} matches `{JOB_ENDED}`"


END = "TrainingEndRule/EventPattern"


@broken_by(
    put("TrainingEndRule/State", "DISABLED"),
    put("TrainingEndRule/EventBusName", {"Ref": "Bus"}),
    put(f"{END}/detail/TrainingJobName", [{"prefix": ""}]),
    put(f"{END}/detail/TrainingJobName", [{"prefix": {"Fn::Sub": "${Prefix}-"}}]),
    add(f"{END}/detail/TrainingJobStatus", "InProgress"),
    put(f"{END}/detail/TrainingJobStatus", ["Completed", "Failed"]),
    drop(f"{END}/account"),
    drop(f"{END}/detail-type"),
    put("TrainingEndRule/Targets/0/Arn", {"Fn::GetAtt": ["OnAlarm", "Arn"]}),
    add("TrainingEndRule/Targets", {"Id": "on-schedule", "Arn": {"Fn::GetAtt": ["OnSchedule", "Arn"]}}),
    put("AlarmRule/Targets/0/Arn", {"Fn::GetAtt": ["OnTrainingEnd", "Arn"]}),
    put("Sweep/Target/Arn", {"Fn::GetAtt": ["OnTrainingEnd", "Arn"]}),
    # Other rules that would hear of it, whomever they wake.
    put("AlarmRule/EventPattern", {"source": ["aws.sagemaker"], "detail-type": [JOB_ENDED]}),
    add("MonitoringRule/EventPattern/detail-type", JOB_ENDED),
    drop("MonitoringRule/EventPattern/detail-type"),
    put("MonitoringRule/EventPattern/detail-type", [{"prefix": "SageMaker"}]),
    put("CustomRule/EventPattern/source", [{"prefix": ""}]),
)
def the_end_of_our_training_jobs_wakes_one_function_which_hears_of_nothing_else(stack):
    pattern = {
        "source": ["aws.sagemaker"],
        "detail-type": [JOB_ENDED],
        "account": [ACCOUNT],
        # The names of our jobs, of every stack: they do not hold its prefix.
        "detail": {"TrainingJobName": [{"prefix": "rk-"}], "TrainingJobStatus": ["Completed", "Failed", "Stopped"]},
    }
    rule = stack.resources.get("TrainingEndRule", {}).get("Properties", {})
    if rule.get("EventPattern") != pattern or rule.get("State") != "ENABLED" or "EventBusName" in rule:
        yield f"TrainingEndRule listens for {rule.get('EventPattern')}"
    for name, target in stack.deliveries():
        if (name == "TrainingEndRule") != (target["Arn"] == stack.arn("OnTrainingEnd")):
            yield f"{name} wakes {target['Arn']}"
    for name, other in stack.of_type("AWS::Events::Rule"):
        if name != "TrainingEndRule" and "EventPattern" in other and may_tell_of_a_training_job(other["EventPattern"]):
            yield f"{name} hears of training jobs as well"


def may_tell_of_a_training_job(pattern: dict) -> bool:
    """Whether the event could match: what is not written word by word, could."""
    plain = lambda values: values is not None and all(isinstance(value, str) for value in values)
    sources, kinds = pattern.get("source"), pattern.get("detail-type")
    if plain(sources) and "aws.sagemaker" not in sources:
        return False
    return not plain(kinds) or JOB_ENDED in kinds


@broken_by(
    add("OnTrainingEndRole/ManagedPolicyArns", {"Ref": "StartTraining"}),
    *(
        put("OnTrainingEndRole/Policies/1/PolicyDocument/Statement/0/Action", action)
        for action in ("sagemaker:CreateTrainingJob", "sagemaker:StopTrainingJob", "iam:PassRole", "sagemaker:*", "*")
    ),
    put("OnTrainingEnd/Role", {"Fn::GetAtt": ["OnAlarmRole", "Arn"]}),
    put("TrainingEndRule/Targets/0/Arn", {"Fn::GetAtt": ["OnMetricCheck", "Arn"]}),
)
def who_hears_of_the_end_of_a_job_can_neither_start_nor_stop_one(stack):
    for name, rule in stack.of_type("AWS::Events::Rule"):
        if not may_tell_of_a_training_job(rule.get("EventPattern", {"source": []})):
            continue
        for target in rule["Targets"]:
            function = stack.with_arn(target["Arn"], "AWS::Lambda::Function")
            if function is None:
                yield f"{name} tells {target['Arn']}"
                continue
            for statement in stack.statements(stack.role_of(stack.functions()[function])):
                for action in statement.actions:
                    if statement.effect == "Allow" and (action in STARTING or "*" in action):
                        yield f"{name} wakes {function}, which may {action}"


@broken_by(
    drop("/Resources/OnTrainingEnd/Properties/ReservedConcurrentExecutions"),
    put("OnTrainingEnd/ReservedConcurrentExecutions", 100),
)
def the_ends_of_a_fleet_come_a_few_at_a_time(stack):
    if stack.functions()["OnTrainingEnd"].get("ReservedConcurrentExecutions") != 2:
        yield "OnTrainingEnd has no reserved concurrency of 2"


WATCHED = "OnMetricCheck/Environment/Variables/REKINDLE_RULES/Fn::Join/1"


@broken_by(
    *(drop(f"{WATCHED}/{at}") for at in range(9)),
    put("OnMetricCheckRole/Policies/1/PolicyDocument/Statement/0/Resource/1", arn_of("events", "rule/other/*")),
    drop("PeopleRule/EventBusName"),
    put("DataQualityRule/State", "ENABLED"),
    put("AlarmRule/State", "DISABLED"),
    put("/Conditions/ForwardsMonitoring", {"Fn::Equals": ["a", "a"]}),
    put("OnMetricCheckRole/Policies/1/PolicyDocument/Statement/0/Resource", arn_of("events", "rule/weekly-*")),
    put("/Resources/TrainingEndRule/Properties/Name", "end-of-training"),
)
def the_sweep_may_look_at_every_rule_that_should_be_on_and_misses_no_other(stack):
    on = {stack.reference(name) for name, rule in stack.of_type("AWS::Events::Rule") if rule["State"] == "ENABLED"}
    watched = stack.functions()["OnMetricCheck"]["Environment"]["Variables"]["REKINDLE_RULES"].split(",")
    for rule in sorted(on.symmetric_difference(watched)):
        yield f"{rule} is {'not watched' if rule in on else 'watched, and off'}"
    visible = [
        resource
        for s in stack.statements(stack.role_of(stack.functions()["OnMetricCheck"]))
        if s.allows("events:DescribeRule")
        for resource in s.resources
    ]
    for rule in sorted(on):
        path = rule.replace("|", "/")
        if not any(fnmatch.fnmatchcase(arn_of("events", f"rule/{path}"), resource) for resource in visible):
            yield f"the sweep may not look at {rule}"


@broken_by(
    drop("AlarmRule/EventPattern/account"),
    put("AlarmRule/EventPattern/detail/state/value", ["ALARM", "OK"]),
    drop("AlarmRule/EventPattern/resources"),
    put("EventsFailed/AlarmName", {"Fn::Sub": "${Prefix}-failed"}),
)
def alarms_of_this_account_wake_us_when_they_go_off_but_not_our_own(stack):
    alarms = {alarm["AlarmName"] for _, alarm in stack.of_type("AWS::CloudWatch::Alarm")}
    for name, rule in stack.of_type("AWS::Events::Rule"):
        pattern = rule.get("EventPattern", {})
        if "aws.cloudwatch" not in pattern.get("source", []):
            continue
        if pattern.get("account") != [ACCOUNT]:
            yield f"{name} hears other accounts"
        if pattern.get("detail", {}).get("state") != {"value": ["ALARM"]}:
            yield f"{name} hears other states than ALARM"
        match pattern.get("resources"):
            case [{"anything-but": {"prefix": prefix}}]:
                for alarm in sorted(alarms):
                    if not arn_of("cloudwatch", f"alarm:{alarm}").startswith(prefix):
                        yield f"{name} is woken by our own alarm `{alarm}`"
            case _:
                yield f"{name} does not leave out our own alarms"


@broken_by(
    drop("/Parameters/CustomEventSource/AllowedPattern"),
    edit("/Parameters/CustomEventSource/AllowedPattern", r"(?!aws\.)", ""),
    edit("/Parameters/CustomEventSource/AllowedPattern", "(?!rekindle$)", ""),
    edit("/Parameters/CustomEventSource/AllowedPattern", "^$|", ""),
    edit("/Parameters/CustomEventSource/AllowedPattern", "._/-", ""),
)
def a_source_of_an_owners_is_neither_ours_nor_of_aws(stack):
    pattern = stack.template["Parameters"]["CustomEventSource"].get("AllowedPattern", "")
    for source in ("", CUSTOM, "com.example/data-lake_2", "rekindle.shop", "awsome.shop"):
        if not re.search(pattern, source):
            yield f"`{source}` is refused"
    for source in (OURS, "aws.sagemaker", "aws.", "*", "shop.catalogue,rekindle", "s" * 257):
        if re.search(pattern, source):
            yield f"`{source}` is let in"


@broken_by(
    put("/Parameters/DataBuckets/Default", "somebodys-bucket"),
    put("/Parameters/DataQualityEvents/Default", "ENABLED"),
    put("/Parameters/MonitoringEvents/Default", "ENABLED"),
    put("/Parameters/CustomEventSource/Default", CUSTOM),
    put("DataQualityRule/State", "ENABLED"),
    drop("/Resources/ObjectRule/Condition"),
    put("/Conditions/HasCustomEventSource", {"Fn::Not": [{"Fn::Equals": [{"Ref": "CustomEventSource"}, "none"]}]}),
)
def what_may_come_often_is_off_until_it_is_asked_for(stack):
    for name, rule in Stack(stack.template).of_type("AWS::Events::Rule"):
        if name in FORWARDED and rule["State"] != "DISABLED":
            yield f"{name} is on"


@broken_by(
    put("/Resources/CustomRule/Condition", "HasAlertEmail"),
    put("ObjectRule/EventPattern/detail/bucket/name", [{"prefix": ""}]),
    drop("ObjectRule/EventPattern/detail"),
    put("DataQualityRule/EventPattern/detail", {"state": ["FAILED"]}),
    put("MonitoringRule/EventPattern/detail/ProcessingJobStatus", ["Completed"]),
    add("MonitoringRule/EventPattern/detail/ProcessingJobStatus", "InProgress"),
    drop("DataQualityRule/EventPattern/account"),
    drop("CustomRule/EventPattern/account"),
    put("MonitoringRule/State", "DISABLED"),
    put("ObjectRule/Targets/0/Arn", {"Fn::GetAtt": ["OnSchedule", "Arn"]}),
    put("CustomRule/EventPattern/detail-type", ["Catalogue Published"]),
)
def each_switch_forwards_what_it_names_and_no_more(stack):
    rules = dict(Stack(stack.template, SWITCHED_ON).of_type("AWS::Events::Rule"))
    for name, (source, kind, detail) in FORWARDED.items():
        if name not in rules:
            yield f"{name} is not there"
            continue
        wanted = {"source": [source], "account": [ACCOUNT]}
        wanted |= {"detail-type": [kind]} if kind else {}
        wanted |= {"detail": detail} if detail else {}
        if rules[name]["EventPattern"] != wanted:
            yield f"{name} listens for {rules[name]['EventPattern']}"
        if rules[name]["State"] != "ENABLED":
            yield f"{name} stays off"
        if [target["Arn"] for target in rules[name]["Targets"]] != [stack.arn("OnAlarm")]:
            yield f"{name} wakes somebody else"


@broken_by(
    drop("AlarmRule/Targets/0/RetryPolicy"),
    put("ObjectRule/Targets/0/RetryPolicy/MaximumEventAgeInSeconds", 60),
    put("CustomRule/Targets/0/RetryPolicy/MaximumRetryAttempts", 0),
)
def a_rule_tries_for_as_long_as_lambda_keeps_an_event(stack):
    for name, rule in stack.of_type("AWS::Events::Rule"):
        for target in rule["Targets"]:
            if target.get("RetryPolicy") != {"MaximumEventAgeInSeconds": 21600, "MaximumRetryAttempts": 185}:
                yield f"{name} gives up sooner"


@broken_by(
    drop("AlarmRuleMayWake/SourceArn"),
    drop("ExampleWeeklyRuleMayWake/SourceAccount"),
    put("AlarmRuleMayWake/SourceArn", {"Fn::GetAtt": ["ExampleWeeklyRule", "Arn"]}),
    drop("/Resources/AlarmRuleMayWake"),
    drop("/Resources/ObjectRuleMayWake"),
    drop("/Resources/TrainingEndRuleMayWake"),
    put("CustomRuleMayWake/SourceArn", {"Fn::GetAtt": ["AlarmRule", "Arn"]}),
)
def each_rule_may_wake_its_function_and_nobody_else_may(stack):
    permitted = set()
    for name, permission in stack.of_type("AWS::Lambda::Permission"):
        if "SourceArn" not in permission or "SourceAccount" not in permission:
            yield f"{name} does not name who calls"
        elif permission["Principal"] == "events.amazonaws.com":
            permitted.add((permission["SourceArn"], permission["FunctionName"]))
    needed = set()
    for name, rule in stack.of_type("AWS::Events::Rule"):
        for target in rule["Targets"]:
            function = stack.with_arn(target["Arn"], "AWS::Lambda::Function")
            if function:
                needed.add((stack.arn(name), stack.functions()[function]["FunctionName"]))
    for rule, function in sorted(needed - permitted):
        yield f"{rule} may not wake {function}"
    for rule, function in sorted(permitted - needed):
        yield f"{rule} may wake {function}, but does not target it"


@broken_by(
    edit("Sweep/Target/Input", "sweep", "sweeep"),
    edit("Sweep/Target/Input", "scheduled-time", "execution-id"),
    edit("Sweep/Target/Input", "}", ""),
)
def the_sweep_says_what_it_is_and_when_it_was_due(stack):
    for name, schedule in stack.of_type("AWS::Scheduler::Schedule"):
        try:
            said = json.loads(schedule["Target"]["Input"])
        except ValueError as error:
            yield f"{name} sends no JSON: {error}"
            continue
        wanted = {
            "rekindle": "sweep",
            "schedule": "<aws.scheduler.schedule-arn>",
            "scheduled_time": "<aws.scheduler.scheduled-time>",
            "attempt": "<aws.scheduler.attempt-number>",
        }
        if said != wanted:
            yield f"{name} sends {said}"


@broken_by(drop("OnMetricCheck/ReservedConcurrentExecutions"), put("OnMetricCheck/ReservedConcurrentExecutions", 2))
def one_sweep_runs_at_a_time(stack):
    if stack.functions()["OnMetricCheck"].get("ReservedConcurrentExecutions") != 1:
        yield "OnMetricCheck has no reserved concurrency of 1"


EDIT = "PolicyRule/EventPattern"


@broken_by(
    drop("/Resources/PolicyRule"),
    put("PolicyRule/State", "DISABLED"),
    put("PolicyRule/EventBusName", {"Ref": "Bus"}),
    drop(f"{EDIT}/account"),
    drop(f"{EDIT}/detail/name"),
    put(f"{EDIT}/detail/name", [{"prefix": {"Fn::Sub": "${PolicyPath}"}}]),
    put(f"{EDIT}/detail/operation", ["Create", "Update"]),
    put("PolicyRule/Targets/0/Arn", {"Fn::GetAtt": ["OnSchedule", "Arn"]}),
)
def whoever_edits_a_policy_of_this_stack_is_answered_by_on_alarm(stack):
    other = Stack(stack.template, {"PolicyPath": "/other/policies"})
    rule = other.resources.get("PolicyRule", {}).get("Properties", {})
    source, kind = EDITED
    wanted = {
        "source": [source],
        "detail-type": [kind],
        "account": [ACCOUNT],
        # With its slash: another path may begin alike.
        "detail": {"name": [{"prefix": "/other/policies/"}], "operation": ["Create", "Update", "Delete"]},
    }
    if rule.get("EventPattern") != wanted or rule.get("State") != "ENABLED" or "EventBusName" in rule:
        yield f"PolicyRule listens for {rule.get('EventPattern')}"
    if [target["Arn"] for target in rule.get("Targets", [])] != [other.arn("OnAlarm")]:
        yield "PolicyRule wakes somebody else"


# What a model needs a person for. All other announcements stay on the bus.
CALLS = [
    {"detail-type": ["Policy Refused", "Retraining Failed", "Retraining Futile", "Retraining Refused"]},
    {"detail-type": ["Retraining Held"], "detail": {"waiting_on": ["ask_first"]}},
]
TOLD_PEOPLE = "AlertTopicPolicy/PolicyDocument/Statement"


@broken_by(
    drop("/Resources/PeopleRule"),
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
            speaker = statement["Principal"] if statement["Effect"] == "Deny" else statement["Principal"]["Service"]
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


# --------------------------------------------------------------------------------------------------- nothing is lost


@broken_by(
    drop("/Resources/OnAlarmEventInvokeConfig"),
    drop("/Resources/OnTrainingEndEventInvokeConfig"),
    drop("OnScheduleEventInvokeConfig/DestinationConfig"),
    put("OnMetricCheckEventInvokeConfig/DestinationConfig/OnFailure/Destination", {"Fn::GetAtt": ["Ledger", "Arn"]}),
    put(
        "OnAlarmRole/Policies/0/PolicyDocument/Statement/Sid=KeepWhatFailed/Resource",
        {"Fn::GetAtt": ["UndeliveredQueue", "Arn"]},
    ),
)
def every_function_keeps_the_event_it_gave_up(stack):
    settings = {config["FunctionName"]: config for _, config in stack.of_type("AWS::Lambda::EventInvokeConfig")}
    for name, function in stack.functions().items():
        config = settings.get(function["FunctionName"], {})
        queue = config.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination", "")
        if not stack.with_arn(queue, "AWS::SQS::Queue"):
            yield f"{name} has no on-failure queue"
        elif not any(
            s.allows("sqs:SendMessage") and queue in s.resources for s in stack.statements(stack.role_of(function))
        ):
            yield f"{name} may not send to its on-failure queue"


@broken_by(
    drop("AlarmRule/Targets/0/DeadLetterConfig"),
    drop("ExampleWeeklyRule/Targets/0/DeadLetterConfig"),
    drop("Sweep/Target/DeadLetterConfig"),
    drop("/Resources/UndeliveredQueuePolicy"),
    put(
        "UndeliveredQueuePolicy/PolicyDocument/Statement/0/Condition/ArnEquals/aws:SourceArn",
        [{"Fn::GetAtt": ["AlarmRule", "Arn"]}],
    ),
    *(
        drop(f"UndeliveredQueuePolicy/PolicyDocument/Statement/0/Condition/ArnEquals/aws:SourceArn/{at}")
        for at in range(9)
    ),
    drop("ObjectRule/Targets/0/DeadLetterConfig"),
    drop("TrainingEndRule/Targets/0/DeadLetterConfig"),
    drop("MonitoringRule/Targets/0/DeadLetterConfig"),
    put(
        "SweepScheduleRole/Policies/0/PolicyDocument/Statement/Sid=KeepWhatCouldNotBeDelivered/Resource",
        {"Fn::GetAtt": ["FailedQueue", "Arn"]},
    ),
)
def every_delivery_keeps_the_event_it_could_not_deliver(stack):
    admitted = set()
    for _, policy in stack.of_type("AWS::SQS::QueuePolicy"):
        for statement in policy["PolicyDocument"]["Statement"]:
            for rule in as_list(statement["Condition"]["ArnEquals"]["aws:SourceArn"]):
                admitted |= {(rule, queue) for queue in as_list(statement["Resource"])}
    for name, target in stack.deliveries():
        queue = target.get("DeadLetterConfig", {}).get("Arn", "")
        if not stack.with_arn(queue, "AWS::SQS::Queue"):
            yield f"{name} has no dead-letter queue"
        elif "RoleArn" in target:
            if not any(
                s.allows("sqs:SendMessage") and queue in s.resources for s in stack.statements(stack.role_of(target))
            ):
                yield f"the role of {name} may not send to its dead-letter queue"
        elif (stack.arn(name), queue) not in admitted:
            yield f"the dead-letter queue of {name} does not admit it"


@broken_by(
    put("FailedQueue/MessageRetentionPeriod", 345600),
    drop("UndeliveredQueue/SqsManagedSseEnabled"),
)
def queues_keep_two_weeks_and_are_encrypted(stack):
    for name, queue in stack.of_type("AWS::SQS::Queue"):
        if queue.get("MessageRetentionPeriod") != TWO_WEEKS:
            yield f"{name} does not keep two weeks"
        own = stack.parameters["EncryptionKeyArn"]
        if (queue.get("SqsManagedSseEnabled"), queue.get("KmsMasterKeyId", "")) != (not own, own):
            yield f"{name} is not encrypted"


# What a sweep finds and nobody would see otherwise.
FOUND_BY_SWEEPS = ("BlindTooLong", "SilentSources", "GivenUpModels", "HeldByBudget", "DisabledRules")


@broken_by(
    drop("/Resources/EventsFailed"),
    put("EventsUndelivered/Dimensions/0/Value", "another-queue"),
    drop("/Resources/OnAlarmErrors"),
    drop("/Resources/OnTrainingEndErrors"),
    put("SweepSilent/TreatMissingData", "missing"),
    drop("/Resources/AnnouncementsUntaken"),
    put("AnnouncementsUntaken/Statistic", "Average"),
    put("AnnouncementsUntaken/Dimensions/0/Value", "rekindle"),
)
def what_goes_wrong_raises_an_alarm(stack):
    watched = {
        (a["MetricName"], d["Value"]) for _, a in stack.of_type("AWS::CloudWatch::Alarm") for d in a["Dimensions"]
    }
    for _, queue in stack.of_type("AWS::SQS::Queue"):
        if ("ApproximateNumberOfMessagesVisible", queue["QueueName"]) not in watched:
            yield f"nobody watches {queue['QueueName']}"
    for name, function in stack.functions().items():
        if ("Errors", function["FunctionName"]) not in watched:
            yield f"nobody watches the errors of {name}"
    for name, alarm in stack.of_type("AWS::CloudWatch::Alarm"):
        if alarm["ComparisonOperator"].startswith("LessThan") and alarm["TreatMissingData"] != "breaching":
            yield f"{name} takes silence for health"
    other = Stack(stack.template, {"Prefix": "other"})
    untaken = [alarm for _, alarm in other.of_type("AWS::CloudWatch::Alarm") if alarm["MetricName"] == "Unannounced"]
    if [(a["Namespace"], a["Dimensions"], a["Statistic"], a["Threshold"]) for a in untaken] != [
        ("Rekindle", [{"Name": "Stack", "Value": "other"}], "Sum", 0)
    ]:
        yield "nobody hears that the bus takes nothing"


@broken_by(
    *(put(f"{alarm}/MetricName", "Turns") for alarm in ("ModelsBlindTooLong", "SourcesSilent", "ModelsGivenUp")),
    drop("/Resources/StartsHeldByBudget"),
    put("RulesDisabled/Dimensions/0/Value", "rekindle"),
    put("RulesDisabled/Namespace", "AWS/Events"),
    put("ModelsBlindTooLong/Statistic", "Average"),
    put("ModelsGivenUp/Threshold", 1),
    put("SourcesSilent/TreatMissingData", "notBreaching"),
    put("StartsHeldByBudget/Period", 3600),
    put("StartsHeldByBudget/EvaluationPeriods", 2),
    put("/Parameters/SweepRate/AllowedPattern", "^rate.*$"),
)
def what_a_sweep_finds_raises_an_alarm_which_does_not_go_out_before_the_next_one(stack):
    other = Stack(stack.template, {"Prefix": "other"})
    alarms = {alarm["MetricName"]: alarm for _, alarm in other.of_type("AWS::CloudWatch::Alarm")}
    slowest = max(rates_allowed(stack), key=seconds)
    for metric in FOUND_BY_SWEEPS:
        alarm = alarms.get(metric)
        if alarm is None:
            yield f"nobody watches {metric}"
            continue
        if (alarm["Namespace"], alarm["Dimensions"]) != ("Rekindle", [{"Name": "Stack", "Value": "other"}]):
            yield f"{metric} is not looked for in this stack"
        # A sweep writes 0 or 1 for each model, so neither a mean nor a sum would tell one model from many.
        if (alarm["Statistic"], alarm["ComparisonOperator"], alarm["Threshold"]) != (
            "Maximum",
            "GreaterThanThreshold",
            0,
        ):
            yield f"one case of {metric} is not enough"
        # Silence is the business of another alarm; here it must neither ring nor calm.
        if alarm["TreatMissingData"] != "ignore":
            yield f"{metric} takes silence for an answer"
        if alarm["EvaluationPeriods"] != 1 or alarm["Period"] < seconds(slowest) + 3600:
            yield f"{metric} goes out between two sweeps of {slowest}"


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


PRICES = '{"ml.m5.large": "0.115 USD", "ml.p4d.24xlarge":"37.688 USD"}'


@broken_by(
    put("/Parameters/Prices/Default", ""),
    put("/Parameters/Prices/AllowedPattern", "^.*$"),
    put("/Parameters/Prices/MaxLength", 4096),
    put("OnAlarm/Environment/Variables/REKINDLE_PRICES", "{}"),
)
def whoever_closes_a_run_knows_the_prices(stack):
    parameter = stack.template["Parameters"]["Prices"]
    for text in (parameter["Default"], PRICES, PRICES.replace(", ", ",")):
        if not re.search(parameter["AllowedPattern"], text) or not isinstance(json.loads(text or "0"), dict):
            yield f"`{text}` is refused, or is no table"
    for text in ('{"ml.m5.large": 0.115}', '{"ml.m5.large": "0.115 EUR"}', '{"ml.m5.large": "0.1 USD",}', "ml.m5.large=1", "[]"):
        if re.search(parameter["AllowedPattern"], text):
            yield f"`{text}` is let in"
    # A function's environment holds 4 KB.
    if parameter.get("MaxLength", 4096) > 2048:
        yield "it may fill the whole environment"
    for name, function in Stack(stack.template, {"Prices": PRICES}).functions().items():
        if function["Environment"]["Variables"].get("REKINDLE_PRICES") != PRICES:
            yield f"{name} does not know them"


def seconds(rate: str) -> int:
    number, unit = re.fullmatch(r"rate\((\d+) (minute|hour)s?\)", rate).groups()
    return int(number) * {"minute": 60, "hour": 3600}[unit]


def rates_allowed(stack: Stack) -> list[str]:
    """Every rate that somebody may give, up to ten hours."""
    pattern = stack.template["Parameters"]["SweepRate"].get("AllowedPattern", "")
    rates = [f"rate({minutes} minutes)" for minutes in range(2, 600)]
    rates += [f"rate({hours} hours)" for hours in range(2, 10)]
    return [rate for rate in rates if re.search(pattern, rate)]


@broken_by(
    put("OnMetricCheckErrors/Period", 900),
    put("OnMetricCheckErrors/Threshold", 2),
    put("OnMetricCheckErrors/Threshold", 5),
    put("OnMetricCheckErrors/EvaluationPeriods", 2),
    put("OnMetricCheckErrors/ComparisonOperator", "GreaterThanThreshold"),
    put("OnMetricCheckErrors/Statistic", "Average"),
    put("OnMetricCheckEventInvokeConfig/MaximumRetryAttempts", 0),
    put("/Parameters/SweepRate/Default", "rate(1 hour)"),
)
def two_failed_sweeps_in_a_row_raise_an_alarm_and_one_does_not(stack):
    function = stack.functions()["OnMetricCheck"]
    [alarm] = [
        alarm
        for _, alarm in stack.of_type("AWS::CloudWatch::Alarm")
        if alarm["MetricName"] == "Errors"
        and alarm["Dimensions"] == [{"Name": "FunctionName", "Value": function["FunctionName"]}]
    ]
    [config] = [
        config
        for _, config in stack.of_type("AWS::Lambda::EventInvokeConfig")
        if config["FunctionName"] == function["FunctionName"]
    ]
    retries = config["MaximumRetryAttempts"]
    if (alarm["Statistic"], alarm["ComparisonOperator"]) != ("Sum", "GreaterThanOrEqualToThreshold"):
        yield "it does not count errors"
    if alarm["EvaluationPeriods"] != 1:
        yield "it wants errors in several periods"
    if not retries + 1 < alarm["Threshold"] <= 2 * (retries + 1):
        yield f"one sweep makes up to {retries + 1} errors, two twice as many, and it rings at {alarm['Threshold']}"
    # An error counts from when its attempt began.
    last = seconds(stack.parameters["SweepRate"]) + retries * (function["Timeout"] + BEFORE_RETRY)
    if last > alarm["Period"]:
        yield f"two sweeps take {last} seconds, it looks at {alarm['Period']}"


@broken_by(
    put("SweepSilent/MetricName", "Turns"),
    put("SweepSilent/Namespace", "AWS/Lambda"),
    put("SweepSilent/Dimensions", [{"Name": "FunctionName", "Value": {"Ref": "OnMetricCheck"}}]),
    put("SweepSilent/Dimensions/0/Value", "rekindle"),
    put("SweepSilent/Statistic", "SampleCount"),
    put("SweepSilent/TreatMissingData", "notBreaching"),
    put("SweepSilent/EvaluationPeriods", 1),
    put("SweepSilent/Threshold", 0),
    put("OnMetricCheck/Environment/Variables/REKINDLE_PREFIX", "sweeper"),
    put("/Parameters/SweepRate/AllowedPattern", "^rate.*$"),
    drop("/Parameters/SweepRate/AllowedPattern"),
)
def only_a_finished_sweep_counts_as_a_sweep(stack):
    other = Stack(stack.template, {"Prefix": "other"})
    alarm = other.resources["SweepSilent"]["Properties"]
    # The code writes this metric at the end of a turn: 1 for a sweep, 0 for every other turn.
    if (alarm["Namespace"], alarm["MetricName"], alarm["Statistic"]) != ("Rekindle", "Sweeps", "Sum"):
        yield f"it counts {alarm['Namespace']} {alarm['MetricName']} by {alarm['Statistic']}"
    stack_of_metrics = other.functions()["OnMetricCheck"]["Environment"]["Variables"]["REKINDLE_PREFIX"]
    if alarm["Dimensions"] != [{"Name": "Stack", "Value": "other"}] or stack_of_metrics != "other":
        yield "it does not look at the metrics of this stack"
    if (alarm["ComparisonOperator"], alarm["Threshold"]) != ("LessThanThreshold", 1):
        yield "it does not ring without a sweep"
    if alarm["TreatMissingData"] != "breaching":
        yield "it takes silence for a sweep"
    # At the slowest rate, an hour remains for a sweep to end and its metric to arrive.
    patience = alarm["Period"] * alarm["EvaluationPeriods"]
    for rate in rates_allowed(stack):
        if seconds(rate) + 3600 > patience:
            yield f"it rings although every sweep of {rate} is finished"
            break


@broken_by(
    add("/Parameters/LogLevel/AllowedValues", "WARN"),
    drop("/Parameters/LogLevel/AllowedValues"),
    put("OnAlarm/LoggingConfig/ApplicationLogLevel", "ERROR"),
)
def no_log_level_drops_decisions_and_metrics(stack):
    allowed = stack.template["Parameters"]["LogLevel"].get("AllowedValues")
    if not allowed or set(allowed) - LEVELS_THAT_KEEP_DECISIONS:
        yield f"LogLevel may be {', '.join(allowed or ['anything'])}"
    for name, function in stack.functions().items():
        if function["LoggingConfig"]["ApplicationLogLevel"] not in LEVELS_THAT_KEEP_DECISIONS:
            yield f"{name} drops its decisions"


@broken_by(
    put("Ledger/PointInTimeRecoverySpecification/PointInTimeRecoveryEnabled", False),
    drop("Ledger/PointInTimeRecoverySpecification"),
    put("/Resources/Ledger/DeletionPolicy", "Delete"),
    drop("/Resources/Ledger/UpdateReplacePolicy"),
    put("/Parameters/DeletionProtection/Default", "false"),
    put("Ledger/TimeToLiveSpecification", {"AttributeName": "expires_at", "Enabled": True}),
)
def the_ledger_can_be_restored_and_outlives_the_stack(stack):
    ledger = stack.resources["Ledger"]
    properties = ledger["Properties"]
    if properties.get("PointInTimeRecoverySpecification", {}).get("PointInTimeRecoveryEnabled") is not True:
        yield "no point-in-time recovery"
    if properties.get("DeletionProtectionEnabled") != "true":
        yield "no deletion protection by default"
    if (
        ledger.get("DeletionPolicy") not in ("Retain", "RetainExceptOnCreate")
        or ledger.get("UpdateReplacePolicy") != "Retain"
    ):
        yield "it goes with the stack"
    # The ledger only grows, and no row says when it ends.
    if "TimeToLiveSpecification" in properties:
        yield "its rows expire"


@broken_by(
    drop("OnAlarmLogs/RetentionInDays"),
    drop("OnSchedule/LoggingConfig/LogGroup"),
    put("OnMetricCheck/LoggingConfig/LogFormat", "Text"),
    put(
        "OnScheduleRole/Policies/0/PolicyDocument/Statement/Sid=WriteItsOwnLog/Resource",
        {"Fn::GetAtt": ["OnAlarmLogs", "Arn"]},
    ),
)
def every_function_logs_json_into_its_own_group_which_expires(stack):
    groups = {group["LogGroupName"]: (name, group) for name, group in stack.of_type("AWS::Logs::LogGroup")}
    for name, group in groups.values():
        if not group.get("RetentionInDays"):
            yield f"{name} is kept for ever"
    for name, function in stack.functions().items():
        logging = function.get("LoggingConfig", {})
        group = logging.get("LogGroup")
        if group not in groups:
            yield f"{name} logs into a group of nobody's"
        elif not any(
            s.allows("logs:PutLogEvents") and s.resources == [arn_of("logs", f"log-group:{group}:*")]
            for s in stack.statements(stack.role_of(function))
        ):
            yield f"{name} may not write its log, or may write others'"
        if logging.get("LogFormat") != "JSON":
            yield f"{name} does not log JSON"


# Where a key of the owner's is named, by type.
ENCRYPTED = {
    "AWS::DynamoDB::Table": lambda table: table.get("SSESpecification", {}).get("KMSMasterKeyId"),
    "AWS::Events::EventBus": lambda bus: bus.get("KmsKeyIdentifier"),
    "AWS::Lambda::Function": lambda function: function.get("KmsKeyArn"),
    "AWS::Logs::LogGroup": lambda group: group.get("KmsKeyId"),
    "AWS::SNS::Topic": lambda topic: topic.get("KmsMasterKeyId"),
    "AWS::SQS::Queue": lambda queue: queue.get("KmsMasterKeyId"),
}
USE = "UseTheKey/PolicyDocument/Statement/0"


@broken_by(
    drop("Ledger/SSESpecification"),
    drop("Bus/KmsKeyIdentifier"),
    drop("OnAlarm/KmsKeyArn"),
    drop("OnScheduleLogs/KmsKeyId"),
    drop("AlertTopic/KmsMasterKeyId"),
    drop("FailedQueue/KmsMasterKeyId"),
    put("FailedQueue/KmsMasterKeyId", "alias/aws/sqs"),
    put(f"{USE}/Resource", arn_of("kms", "key/*")),
    drop(f"{USE}/Condition"),
    add(f"{USE}/Condition/StringEquals/kms:ViaService", "s3.eu-central-1.amazonaws.com"),
    drop("OnTrainingEndRole/ManagedPolicyArns/2"),
    drop("SweepScheduleRole/ManagedPolicyArns"),
    drop("/Resources/UseTheKey/Condition"),
)
def a_key_of_the_owners_encrypts_all_that_is_kept_and_is_used_through_services_only(stack):
    services = [f"{service}.eu-central-1.amazonaws.com" for service in ("dynamodb", "lambda", "sqs")]
    for key in ("", KEY):
        kept = Stack(stack.template, {"EncryptionKeyArn": key})
        for kind, names in ENCRYPTED.items():
            for name, properties in kept.of_type(kind):
                if (names(properties) or "") != key:
                    yield f"{name} is encrypted with `{names(properties)}` where `{key}` was given"
        for role, _ in kept.of_type("AWS::IAM::Role"):
            uses = [s for s in kept.statements(role) if any(action.startswith("kms:") for action in s.actions)]
            if len(uses) != bool(key):
                yield f"{role} has {len(uses)} statements about keys where `{key}` was given"
            for statement in uses:
                if statement.resources != [key] or statement.condition != {"StringEquals": {"kms:ViaService": services}}:
                    yield f"{statement.where} uses a key in other ways"


@broken_by(
    put("OnMetricCheck/TracingConfig/Mode", "PassThrough"),
    drop("OnTrainingEnd/TracingConfig"),
)
def every_function_is_traced(stack):
    for name, function in stack.functions().items():
        if function.get("TracingConfig") != {"Mode": "Active"}:
            yield f"{name} is not"


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


# ----------------------------------------------------------------------------------------------------------- rights

START = "StartTraining/PolicyDocument/Statement/Sid=StartWithinTheCeiling"


@broken_by(
    drop(f"{START}/Condition"),
    drop(f"{START}/Condition/ForAllValues:StringEquals"),
    drop(f"{START}/Condition/Null"),
    drop(f"{START}/Condition/NumericLessThanEquals"),
    put(f"{START}/Condition/ForAllValues:StringEquals/sagemaker:InstanceTypes", ["ml.p5.48xlarge"]),
    put(f"{START}/Condition/NumericLessThanEquals/sagemaker:MaxRuntimeInSeconds", 2419200),
    put(f"{START}/Resource", arn_of("sagemaker", "training-job/*")),
    drop("/Resources/StartTraining/Properties/PolicyDocument/Statement/Sid=TagWhileStarting/Condition"),
    put(
        "StartTraining/PolicyDocument/Statement/Sid=StopWhatIsReplaced/Resource",
        arn_of("sagemaker", "training-job/*"),
    ),
)
def training_jobs_have_a_ceiling(stack):
    ceiling = {
        "ForAllValues:StringEquals": {"sagemaker:InstanceTypes": stack.parameters["AllowedInstanceTypes"]},
        "Null": {"sagemaker:InstanceTypes": "false"},
        "NumericLessThanEquals": {"sagemaker:MaxRuntimeInSeconds": stack.parameters["MaxRuntimeSeconds"]},
    }
    found = False
    for statement in stack.statements():
        if statement.allows("sagemaker:CreateTrainingJob"):
            found = True
            if statement.condition != ceiling:
                yield f"{statement.where} is not bound to instance types and runtime"
        if statement.allows("sagemaker:AddTags") and statement.condition != {
            "StringEquals": {"sagemaker:TaggingAction": "CreateTrainingJob"}
        }:
            yield f"{statement.where} may tag more than what it creates"
        reaching = {action for action in statement.actions if action.startswith("sagemaker:")} - WITHOUT_RESOURCE
        if reaching and statement.resources != [JOBS]:
            yield f"{statement.where} reaches beyond our own jobs"
    if not found:
        yield "nobody may start a training job"


@broken_by(
    drop("StartTraining/PolicyDocument/Statement/Sid=NeverFreeAName"),
    put("StartTraining/PolicyDocument/Statement/Sid=NeverFreeAName/Effect", "Allow"),
    put(
        "StartTraining/PolicyDocument/Statement/Sid=NeverFreeAName/Resource",
        arn_of("sagemaker", "training-job/rk-churn-*"),
    ),
)
def whoever_starts_jobs_may_never_delete_them(stack):
    for function, properties in stack.functions().items():
        if stack.starts_jobs(function) and not any(
            s.effect == "Deny"
            and "sagemaker:DeleteTrainingJob" in s.actions
            and s.resources == [JOBS]
            and not s.condition
            for s in stack.statements(stack.role_of(properties))
        ):
            yield f"{function} is not forbidden to delete training jobs"


PASS = "StartTraining/PolicyDocument/Statement/Sid=PassTheTrainingRole"


@broken_by(
    put(f"{PASS}/Resource", "*"),
    put(f"{PASS}/Resource", [{"Ref": "TrainingRoleArn"}, "arn:aws:iam::445566778899:role/admin"]),
    put(f"{PASS}/Condition/StringEquals/iam:PassedToService", "lambda.amazonaws.com"),
    drop(f"{PASS}/Condition"),
    drop(PASS),
)
def exactly_one_role_is_passed_and_only_to_sagemaker(stack):
    found = False
    for statement in stack.statements():
        if statement.allows("iam:PassRole"):
            found = True
            if statement.resources != [stack.parameters["TrainingRoleArn"]]:
                yield f"{statement.where} passes {', '.join(statement.resources)}"
            if statement.condition != {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}:
                yield f"{statement.where} passes it to anybody"
    if not found:
        yield "nobody may pass the training role"


@broken_by(
    add("KeepLedger/PolicyDocument/Statement/Sid=ReadAndWriteTheLedger/Action", "dynamodb:Query"),
    add("KeepLedger/PolicyDocument/Statement/Sid=ReadAndWriteTheLedger/Action", "dynamodb:ConditionCheckItem"),
    put(
        "KeepLedger/PolicyDocument/Statement/Sid=ReadAndWriteTheLedger/Action",
        ["dynamodb:BatchGetItem", "dynamodb:PutItem"],
    ),
    put(
        "GatherFacts/PolicyDocument/Statement/Sid=ReadPolicies/Action",
        ["ssm:GetParameter", "ssm:GetParametersByPath"],
    ),
    drop("StartTraining/PolicyDocument/Statement/Sid=TagWhileStarting"),
    drop("StartTraining/PolicyDocument/Statement/Sid=StopWhatIsReplaced"),
    drop("GatherFacts/PolicyDocument/Statement/Sid=ReadTagsOfAlarms"),
    drop("OnAlarmRole/ManagedPolicyArns/1"),
    drop("OnMetricCheckRole/Policies/1"),
    drop("OnTrainingEndRole/Policies/1"),
    add("OnTrainingEndRole/ManagedPolicyArns", {"Ref": "GatherFacts"}),
    put("OnScheduleRole/Policies/0/PolicyDocument/Statement/Sid=KeepWhatFailed/Action", "sqs:ReceiveMessage"),
)
def every_function_may_do_exactly_what_the_code_calls(stack):
    for name, function in stack.functions().items():
        wanted = CALLED.get(name, set()) | CALLED_BY_LAMBDA
        wanted |= WITH_A_KEY if stack.parameters["EncryptionKeyArn"] else set()
        statements = stack.statements(stack.role_of(function))
        allowed = {action for s in statements if s.effect == "Allow" for action in s.actions}
        for action in sorted(allowed - wanted):
            yield f"{name} may {action}, which it never does"
        for action in sorted(wanted - allowed):
            yield f"{name} may not {action}"


@broken_by(
    put("KeepLedger/PolicyDocument/Statement/Sid=ReadAndWriteTheLedger/Action", ["dynamodb:*"]),
    put("GatherFacts/PolicyDocument/Statement/Sid=ReadPolicies/Action", "ssm:Get*"),
)
def no_action_has_a_wildcard(stack):
    for statement in stack.statements():
        for action in statement.actions:
            if "*" in action or "?" in action:
                yield f"{statement.where} allows {action}"


@broken_by(
    put("KeepLedger/PolicyDocument/Statement/Sid=ReadAndWriteTheLedger/Resource", "*"),
    put("KeepLedger/PolicyDocument/Statement/Sid=AnnounceDecisions/Resource", "arn:aws:events:*:*:event-bus/*"),
    add(
        "GatherFacts/PolicyDocument/Statement/Sid=ReadAlarmsMetricsAndMonitoringRuns/Action",
        "cloudwatch:PutMetricData",
    ),
    put("GatherFacts/PolicyDocument/Statement/Sid=ReadTagsOfAlarms/Resource", "*"),
    put("GatherFacts/PolicyDocument/Statement/Sid=ReadTagsOfAlarms/Resource", "arn:aws:cloudwatch:*:*:alarm:*"),
)
def every_resource_is_named_unless_iam_offers_nothing_narrower(stack):
    for statement in stack.statements():
        for resource in statement.resources:
            if resource == "*":
                for action in sorted(set(statement.actions) - WITHOUT_RESOURCE):
                    yield f"{statement.where} allows {action} on everything"
            # A star may end a path, a log group or a job's prefix, or be every alarm. It may not stand for an account, a Region or a kind.
            elif (
                "*" in ":".join(resource.split(":")[:5])
                or re.search(r"(^|[:/])\*$", resource)
                and not re.search(r":parameter/.+/\*$|:log-group:[^*]+:\*$|:alarm:\*$", resource)
            ):
                yield f"{statement.where} reaches {resource}"


@broken_by(
    drop("KeepLedger/PolicyDocument/Statement/Sid=AnnounceDecisions/Condition"),
    put(
        "KeepLedger/PolicyDocument/Statement/Sid=AnnounceDecisions/Condition/StringEquals/events:source",
        "aws.cloudwatch",
    ),
)
def we_speak_only_in_our_own_name(stack):
    for statement in stack.statements():
        if statement.allows("events:PutEvents") and statement.condition != {"StringEquals": {"events:source": OURS}}:
            yield f"{statement.where} may announce in any name"


@broken_by(
    put("OnScheduleRole/AssumeRolePolicyDocument/Statement/0/Principal", {"AWS": "*"}),
    drop("OwnersScheduleRole/AssumeRolePolicyDocument/Statement/0/Condition"),
    put(
        "SweepScheduleRole/AssumeRolePolicyDocument/Statement/0/Condition/StringEquals/aws:SourceArn",
        arn_of("scheduler", "schedule-group/default"),
    ),
    put(
        "OwnersScheduleRole/Policies/0/PolicyDocument/Statement/Sid=Wake/Resource",
        [{"Fn::GetAtt": ["OnSchedule", "Arn"]}, {"Fn::GetAtt": ["OnAlarm", "Arn"]}],
    ),
)
def every_role_trusts_one_service_and_a_schedule_wakes_one_function(stack):
    groups = {stack.arn(name) for name, _ in stack.of_type("AWS::Scheduler::ScheduleGroup")}
    for name, role in stack.of_type("AWS::IAM::Role"):
        for statement in role["AssumeRolePolicyDocument"]["Statement"]:
            condition = statement.get("Condition", {}).get("StringEquals", {})
            match statement["Principal"]:
                case {"Service": "lambda.amazonaws.com"}:
                    pass
                case {"Service": "scheduler.amazonaws.com"}:
                    if condition.get("aws:SourceAccount") != ACCOUNT or condition.get("aws:SourceArn") not in groups:
                        yield f"{name} can be borrowed by a schedule of somebody else's"
                    woken = [
                        resource
                        for s in stack.statements(name)
                        if s.allows("lambda:InvokeFunction")
                        for resource in s.resources
                    ]
                    if len(woken) != 1:
                        yield f"{name} wakes {len(woken)} functions"
                case principal:
                    yield f"{name} trusts {principal}"


@broken_by(
    put("KeepLedger/PolicyDocument/Statement/Sid=ReadAndWriteTheLedger/Action", ["dynamodb:GetItems"]),
    put("StartTraining/PolicyDocument/Statement/Sid=SeeHowJobsAreDoing/Action", "sagemaker:ListTrainingJobs"),
    put(
        "StartTraining/PolicyDocument/Statement/Sid=SeeHowJobsAreDoing/Condition",
        {"StringEquals": {"sagemaker:Colour": "red"}},
    ),
    put("UndeliveredQueuePolicy/PolicyDocument/Statement/0/Action", "sqs:SendMessages"),
    put("AlertTopicPolicy/PolicyDocument/Statement/0/Action", "sns:Publishes"),
    put("StartTraining/PolicyDocument/Statement/Sid=NeverFreeAName/Action", "sagemaker:DescribeTrainingJob"),
)
def parliament_finds_nothing(stack):
    documents = list(stack.documents())
    for kind in ("AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy"):
        documents += [(name, policy["PolicyDocument"]) for name, policy in stack.of_type(kind)]
    findings = {
        (where, f"{finding.issue} {finding.detail}")
        for where, document in documents
        for finding in parliament.analyze_policy_string(json.dumps(document)).findings
    }
    for where, finding in sorted(findings - EXCUSED.keys()):
        yield f"{where}: {finding}"
    for where, finding in sorted(EXCUSED.keys() - findings):
        yield f"{where}: nothing to excuse any more: {finding}"


# ------------------------------------------------------------------------------------------- names, machines, examples


@broken_by(
    put("OnAlarm/FunctionName", "rekindle-on-alarm"),
    put("Ledger/TableName", "rekindle"),
    put("OnAlarmErrors/AlarmName", "rekindle-self-errors-on-alarm"),
    put("ExampleChurnPolicy/Name", "/rekindle/policies/example-churn"),
    put("OwnersScheduleGroup/Name", "rekindle"),
)
def two_stacks_live_in_one_account(stack):
    def names(of: Stack) -> set[tuple[str, str]]:
        keys = (
            "FunctionName",
            "LogGroupName",
            "Name",
            "TableName",
            "QueueName",
            "TopicName",
            "AlarmName",
            "RoleName",
            "ManagedPolicyName",
        )
        # A schedule's name counts within its group, and the group is in the list.
        kinds = {"AWS::Lambda::EventInvokeConfig", "AWS::Lambda::Permission", "AWS::Scheduler::Schedule"}
        return {
            (resource["Type"], resource["Properties"][key])
            for resource in of.resources.values()
            for key in keys
            if key in resource["Properties"] and resource["Type"] not in kinds
        }

    other = Stack(stack.template, {"Prefix": "other", "PolicyPath": "/other/policies"})
    for kind, name in sorted(names(stack) & names(other)):
        yield f"{kind} is called `{name}` in both"


@broken_by(
    put("OnSchedule/Runtime", "provided.al2"),
    put("OnAlarm/Handler", "main"),
    put("/Resources/OnAlarm/Metadata/BuildProperties/Binary", "on-alarms"),
    put("/Resources/OnSchedule/Metadata/BuildMethod", "makefile"),
    drop("OnMetricCheck/Environment/Variables/REKINDLE_BUS"),
    drop("OnMetricCheck/Environment/Variables/REKINDLE_RULES"),
    drop("OnTrainingEnd/Environment/Variables/REKINDLE_PRICES"),
    put("/Resources/OnTrainingEnd/Metadata/BuildProperties/Binary", "on-training-ended"),
    put("OnSchedule/Environment/Variables/AWS_ENDPOINT_URL", "http://127.0.0.1:4566"),
)
def every_function_is_built_from_this_workspace_and_knows_where_things_are(stack):
    for name, function in stack.functions().items():
        metadata = stack.resources[name].get("Metadata", {})
        binary = metadata.get("BuildProperties", {}).get("Binary", "?")
        if not (ROOT / "functions" / binary / "Cargo.toml").is_file():
            yield f"{name} wants the binary `{binary}`, and functions/{binary} is not there"
        if (
            metadata.get("BuildMethod") != "rust-cargolambda"
            or function["Runtime"] != "provided.al2023"
            or function["Handler"] != "bootstrap"
        ):
            yield f"{name} is not built by cargo-lambda for provided.al2023"
        difference = set(function["Environment"]["Variables"]) ^ (ENVIRONMENT | OWN_ENVIRONMENT.get(name, set()))
        if difference:
            yield f"{name}: {', '.join(sorted(difference))} missing, or not known to the code"


@broken_by(
    edit("ExampleChurnPolicy/Value/Fn::Sub", "mode: observe", "mode: enforce"),
    edit("ExampleChurnPolicy/Value/Fn::Sub", "below: 0.82", "below: 0.8"),
    edit("ExampleChurnPolicy/Value/Fn::Sub", "data_window: 30d", "data_window: 30d\n# " + "x" * PARAMETER_BYTES),
    put("ExampleChurnPolicy/Type", "SecureString"),
)
def the_example_policy_is_the_one_in_the_folder_and_starts_nothing(stack):
    parameters = dict(stack.of_type("AWS::SSM::Parameter"))
    if not parameters:
        yield "there is none"
    for name, parameter in parameters.items():
        text = parameter["Value"]
        if text != stack.template["Documents"]["churn.yaml"]:
            yield f"{name} differs from infra/policies/churn.yaml"
        if yaml.safe_load(text)["mode"] != "observe":
            yield f"{name} would start jobs"
        if len(text.encode()) > PARAMETER_BYTES:
            yield f"{name} is too long for a standard parameter"
        if parameter["Type"] != "String":
            yield f"{name} is encrypted, and nobody may decrypt it"


@broken_by(
    edit("ExampleChurnPolicy/Value/Fn::Sub", "model: example-churn", "model: churn"),
    edit("ExampleChurnPolicy/Value/Fn::Sub", "model: example-churn", "models: [example-churn, churn]"),
)
def the_example_policy_takes_over_no_model_of_an_owners(stack):
    for name, parameter in stack.of_type("AWS::SSM::Parameter"):
        policy = yaml.safe_load(parameter["Value"])
        for model in policy.get("models", [policy.get("model", "")]):
            if not model.startswith("example-"):
                yield f"{name} speaks for the model `{model}`"


@broken_by(
    edit("OnAlarm/Description", "requests by hand", "requests"),
    put("OnSchedule/Description", "Answers schedules. Also takes requests by hand."),
)
def one_function_says_that_it_takes_requests_by_hand(stack):
    for name, function in stack.functions().items():
        # The README sends people there.
        if ("by hand" in function["Description"]) != (name == "OnAlarm"):
            yield f"{name} says: {function['Description']}"


@broken_by(
    put("/Parameters/AllowedInstanceTypes/Default", "ml.m5.large"),
    put("/Parameters/MaxRuntimeSeconds/Default", 3600),
    edit("/Documents/minimal.yaml", "role/rekindle-training", "role/admin"),
    edit("/Documents/fleet.yaml", "{ all: [nightly", "{{ all: [nightly"),
)
def the_examples_stay_below_the_ceiling(stack):
    for name, text in stack.template["Documents"].items():
        if not name.endswith(".yaml"):
            continue
        # Parameter Store takes double braces for a reference to another parameter, and refuses them.
        if len(text.encode()) > PARAMETER_BYTES or "{{" in text:
            yield f"{name} does not fit into a parameter"
            continue
        training = yaml.safe_load(text)["training"]
        if training["ResourceConfig"]["InstanceType"] not in stack.parameters["AllowedInstanceTypes"]:
            yield f"{name} asks for {training['ResourceConfig']['InstanceType']}"
        if training["StoppingCondition"]["MaxRuntimeInSeconds"] > int(stack.parameters["MaxRuntimeSeconds"]):
            yield f"{name} asks for {training['StoppingCondition']['MaxRuntimeInSeconds']} seconds"
        if training["RoleArn"] != REQUIRED["TrainingRoleArn"]:
            yield f"{name} wants another role"


@broken_by(
    put("/Parameters/Colour", {"Type": "String", "Default": "red"}),
    put("EventsFailed/AlarmName", {"Fn::Sub": "${Prefix}-self-lost"}),
    put("/Parameters/MaxRuntimeSeconds/Default", 7200),
    edit("/Documents/README.md", "`rekindle-self-errors-on-metric-check`", "`rekindle-self-errors`"),
)
def the_readme_explains_every_parameter_and_every_alarm(stack):
    readme = stack.template["Documents"]["README.md"]
    for name, parameter in stack.template["Parameters"].items():
        row = next((line for line in readme.splitlines() if line.startswith(f"| `{name}` |")), None)
        if row is None:
            yield f"nothing about `{name}`"
        elif (
            parameter["Type"] != "CommaDelimitedList"
            and parameter.get("Default")
            and f"`{parameter['Default']}`" not in row
        ):
            yield f"the default of `{name}` is {parameter['Default']}"
    for _, alarm in stack.of_type("AWS::CloudWatch::Alarm"):
        # Rows that speak of several functions name the others by what follows `errors` or `throttles`.
        stem, _, function = alarm["AlarmName"].partition("-on-")
        names = [line.split("|")[1] for line in readme.splitlines() if line.startswith(f"| `{stem}")]
        if not any(f"-on-{function}`" in row if function else f"`{stem}`" in row for row in names):
            yield f"nothing about `{alarm['AlarmName']}`"


# What people run into who are not told, and the words that tell them.
TOLD = {
    "how long a policy may be": ("4 KB", "8 KB", "--tier Advanced"),
    "what to change in the first policy": ("`RoleArn`", "`ExampleScheduleState=ENABLED`"),
    "what the words of the failure queue mean": ("| `Retryable` |", "| `BadEvent` |", "| `Bug` |"),
    "what encrypted volumes need": ("`kms:CreateGrant`",),
    "what a schedule needs besides its expression": ("caught up by the sweep within `deadline`", "needs `from`"),
    "where requests by hand go": ("They go to `on-alarm`",),
    "how to say yes to a start that waits": ('"rekindle": "confirm"',),
    "how to steer by hand": (
        '"rekindle": "suspend"',
        '"rekindle": "resume"',
        '"rekindle": "cancel"',
        '"rekindle": "close_breaker"',
    ),
    "what to test the end of a training with": ('"detail-type": "SageMaker Training Job State Change"',),
    "how the real cost comes to be known": ('{"ml.m5.large": "0.115 USD"}',),
    "that a mail must be confirmed": ("confirms the mail",),
    "what a request may skip": ("| `force` |", "| `ignore_budget` |"),
    "where the language of policies is written down": ("`policies/REFERENCE.md`",),
    "that a bucket must be told to speak": ("`EventBridgeConfiguration`",),
    "what counts as a sweep": ("metric `Sweeps`",),
    "why there is no WARN": ("Lambda takes them for `INFO`",),
}


@broken_by(*(edit("/Documents/README.md", words, "") for said in TOLD.values() for words in said))
def the_readme_tells_what_people_run_into(stack):
    readme = stack.template["Documents"]["README.md"]
    for what, said in TOLD.items():
        for words in said:
            if words not in readme:
                yield f"not {what}: `{words}`"


@broken_by(
    edit("/Documents/README.md", ', "scheduled_time": "<aws.scheduler.scheduled-time>"', ""),
    edit("/Documents/README.md", "<aws.scheduler.schedule-arn>", "<aws.scheduler.execution-id>"),
    edit("/Documents/README.md", '{"rekindle": "scheduled"', '{"rekindle": "schedule"'),
    edit("/Documents/README.md", '"models": ["churn"]', '"models": [churn]'),
    edit("/Documents/README.md", '\\"trigger\\": ', ""),
    edit("/Documents/README.md", '\\"scheduled_time\\"', '\\"time\\"'),
    edit("/Documents/README.md", "--target '", "--target "),
)
def the_readme_shows_what_an_owners_schedule_sends(stack):
    readme = stack.template["Documents"]["README.md"]
    shown = re.findall(r"```json\n(.*?)```", readme, re.DOTALL)
    targets = re.findall(r"--target '(.*?)'\n", readme, re.DOTALL)
    try:
        if TICK not in [json.loads(text) for text in shown]:
            yield f"nowhere {json.dumps(TICK)}"
        if [json.loads(json.loads(target)["Input"]) for target in targets] != [TICK]:
            yield "the command sends something else"
    except ValueError as error:
        yield f"an input is no JSON: {error}"


# -------------------------------------------------------------------------------------------------------- running


def with_documents(template: dict) -> dict:
    """The template, and beside its sections what is written around it: so a mutation reaches that as well."""
    paths = [ROOT / "infra/README.md", *sorted(POLICIES.glob("*.yaml"))]
    documents = {path.name: path.read_text() for path in paths}
    documents |= {f"runbook {path.name}": path.read_text() for path in sorted((ROOT / "infra/runbooks").glob("*.md"))}
    return template | {"Documents": documents}


def complaints_of(check: Check, template: dict) -> list[str]:
    """What a check finds, with the defaults and with everything switched on."""
    stacks = (Stack(template), Stack(template, SWITCHED_ON))
    return list(dict.fromkeys(complaint for stack in stacks for complaint in check.complaints(stack)))


def run(template: dict) -> int:
    """Prints what every check finds; returns how many found something."""
    failed = 0
    for check in CHECKS:
        complaints = complaints_of(check, template)
        failed += bool(complaints)
        print(f"{'FAIL' if complaints else 'ok':4} {check.name}")
        for complaint in complaints:
            print(f"       {complaint}")
    print(f"{len(CHECKS) - failed} passed, {failed} failed")
    return failed


def self_test(template: dict) -> int:
    """Breaks the template in every named way; returns how often the check in question did not notice."""
    caught = missed = 0
    for check in CHECKS:
        # A check that complains of everything would catch every mutation.
        assert not complaints_of(check, template), f"{check.name}: complains of the template as it is"
        assert check.mutations, f"{check.name}: no way to break it is known"
        for mutation in check.mutations:
            broken = copy.deepcopy(template)
            mutation.apply(broken)
            assert broken != template, f"{mutation.name}: changes nothing"
            if complaints_of(check, broken):
                caught += 1
            else:
                missed += 1
                print(f"MISS {check.name}: not when {mutation.name}")
    print(f"{caught} passed, {missed} failed")
    return missed


def main() -> None:
    parser = argparse.ArgumentParser(description="Checks the SAM template.")
    parser.add_argument("template", nargs="?", type=pathlib.Path, default=TEMPLATE)
    parser.add_argument("--self-test", action="store_true", help="prove that every check can fail")
    arguments = parser.parse_args()
    template = with_documents(translate(arguments.template))
    sys.exit(bool(self_test(template) if arguments.self_test else run(template)))


if __name__ == "__main__":
    main()
