"""Who may do what."""

import json
import re

import parliament

from given import OURS, TURN
from promise import add, broken_by, drop, put
from stack import ACCOUNT, arn_of

JOBS = arn_of("sagemaker", "training-job/rk-*")
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


START = "StartTraining/PolicyDocument/Statement/Sid=StartWithinTheCeiling"


@broken_by(
    drop(f"{START}/Condition"),
    drop(f"{START}/Condition/ForAllValues:StringEquals"),
    drop(f"{START}/Condition/Null"),
    drop(f"{START}/Condition/NumericLessThanEquals"),
    drop(f"{START}/Condition/NumericLessThanEqualsIfExists"),
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
        "NumericLessThanEqualsIfExists": {"sagemaker:KeepAlivePeriod": "0"},
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
    drop("KeepLedger/PolicyDocument/Statement/Sid=AnnounceDecisions/Condition/Null"),
    put(
        "KeepLedger/PolicyDocument/Statement/Sid=AnnounceDecisions/Condition/ForAllValues:StringEquals/events:source",
        "aws.cloudwatch",
    ),
)
def we_speak_only_in_our_own_name(stack):
    ours = {"ForAllValues:StringEquals": {"events:source": OURS}, "Null": {"events:source": "false"}}
    for statement in stack.statements():
        if statement.allows("events:PutEvents") and statement.condition != ours:
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
