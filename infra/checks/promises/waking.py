"""What wakes the functions, and what must not."""

import fnmatch
import json
import re
from collections.abc import Iterator

from given import BUCKETS, CUSTOM, OURS, SWITCHED_ON
from promise import add, broken_by, drop, edit, put
from stack import ACCOUNT, Stack, arn_of

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
# What nobody may do who is woken by the end of a training job.
STARTING = {"sagemaker:CreateTrainingJob", "sagemaker:StopTrainingJob", "iam:PassRole"}


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
    put("DataQualityRule/State", "ENABLED"),
    put("AlarmRule/State", "DISABLED"),
    put("/Conditions/ForwardsMonitoring", {"Fn::Equals": ["a", "a"]}),
    put("OnMetricCheckRole/Policies/1/PolicyDocument/Statement/0/Resource", arn_of("events", "rule/weekly-*")),
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
