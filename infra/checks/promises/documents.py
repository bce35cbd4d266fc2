"""What is written for people says what the template does."""

import json
import re

from promise import broken_by, edit, put

# What a schedule of an owner's sends. The words in angle brackets are filled in by Scheduler.
TICK = {
    "rekindle": "scheduled",
    "trigger": "weekly",
    "models": ["churn"],
    "schedule": "<aws.scheduler.schedule-arn>",
    "scheduled_time": "<aws.scheduler.scheduled-time>",
}


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
