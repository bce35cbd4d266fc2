"""Nothing is lost: events, decisions, the ledger; and what is kept is encrypted."""

import json
import re

from given import KEY
from promise import add, broken_by, drop, put
from stack import Stack, arn_of, as_list

TWO_WEEKS = 14 * 24 * 60 * 60
# Lines without a level count as INFO. Our decisions and metrics are such lines.
LEVELS_THAT_KEEP_DECISIONS = {"TRACE", "DEBUG", "INFO"}


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
            for rule in as_list(statement["Condition"].get("ArnEquals", {}).get("aws:SourceArn", [])):
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
    drop("/Resources/FailedQueuePolicy"),
    drop("UndeliveredQueuePolicy/PolicyDocument/Statement/Sid=OnlyOverTLS"),
    put("FailedQueuePolicy/PolicyDocument/Statement/Sid=OnlyOverTLS/Action", "sqs:SendMessage"),
    put("FailedQueuePolicy/PolicyDocument/Statement/Sid=OnlyOverTLS/Effect", "Allow"),
    put("UndeliveredQueuePolicy/PolicyDocument/Statement/Sid=OnlyOverTLS/Principal", {"Service": "events.amazonaws.com"}),
    put("UndeliveredQueuePolicy/PolicyDocument/Statement/Sid=OnlyOverTLS/Resource", {"Fn::GetAtt": ["FailedQueue", "Arn"]}),
    put("FailedQueuePolicy/PolicyDocument/Statement/Sid=OnlyOverTLS/Condition/Bool/aws:SecureTransport", "true"),
)
def queues_are_reached_over_tls_only(stack):
    for name, _ in stack.of_type("AWS::SQS::Queue"):
        wanted = {
            "Sid": "OnlyOverTLS",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "sqs:*",
            "Resource": stack.arn(name),
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
        policies = [p for _, p in stack.of_type("AWS::SQS::QueuePolicy") if stack.reference(name) in p["Queues"]]
        if not any(wanted in policy["PolicyDocument"]["Statement"] for policy in policies):
            yield f"{name} takes plain HTTP"


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
