"""What goes wrong rings, and rings neither too early nor too late."""

import re

from promise import broken_by, drop, put
from stack import Stack

# Lambda waits so long before it tries an event again.
BEFORE_RETRY = 60


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
    drop("/Resources/ModelsFailed"),
    put("ModelsFailed/Statistic", "Average"),
    put("ModelsFailed/Dimensions/0/Value", "rekindle"),
    put("ModelsFailed/Threshold", 1),
    put("ModelsFailed/EvaluationPeriods", 1),
    put("ModelsFailed/Period", 3600),
    put("ModelsFailed/TreatMissingData", "notBreaching"),
)
def a_model_that_fails_again_and_again_raises_an_alarm_and_one_failure_does_not(stack):
    other = Stack(stack.template, {"Prefix": "other"})
    alarms = [alarm for _, alarm in other.of_type("AWS::CloudWatch::Alarm") if alarm["MetricName"] == "FailedModels"]
    if [(a["Namespace"], a["Dimensions"], a["Statistic"], a["Threshold"]) for a in alarms] != [
        ("Rekindle", [{"Name": "Stack", "Value": "other"}], "Maximum", 0)
    ]:
        yield "nobody hears of a model that fails"
    slowest = max(map(seconds, rates_allowed(stack)))
    for alarm in alarms:
        if alarm["EvaluationPeriods"] < 2:
            yield "one failure, which the next sweep mends, is a call"
        if alarm["Period"] < slowest + 3600:
            yield "it goes out between two sweeps"
        if alarm["TreatMissingData"] != "ignore":
            yield "it takes silence for an answer"


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
