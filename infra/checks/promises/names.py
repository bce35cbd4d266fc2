"""Names, machines, and the example policies."""

import yaml

from given import PARAMETER_BYTES, ROOT
from promise import broken_by, drop, edit, put
from stack import REQUIRED, Stack

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
    edit("/Documents/tenants.yaml", "{ all: [degraded", "{{ all: [degraded"),
    edit("/Documents/defect-vision.yaml", "`AllowedInstanceTypes` with", "the machine"),
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
        machine = training["ResourceConfig"]["InstanceType"]
        # An example that needs another machine than the template allows by itself says so to whoever copies it.
        told = f"`AllowedInstanceTypes` with {machine}" in text
        if machine not in stack.parameters["AllowedInstanceTypes"] and not told:
            yield f"{name} asks for {machine}"
        if training["StoppingCondition"]["MaxRuntimeInSeconds"] > int(stack.parameters["MaxRuntimeSeconds"]):
            yield f"{name} asks for {training['StoppingCondition']['MaxRuntimeInSeconds']} seconds"
        if training["RoleArn"] != REQUIRED["TrainingRoleArn"]:
            yield f"{name} wants another role"
