"""Whether SAM and CDK deploy the same stack.

    parity.py --sets                 prints the sets of parameters to compare with, for infra/cdk/bin/parity.ts
    parity.py DIRECTORY              compares infra/sam/template.yaml with DIRECTORY/SET.template.json, for each set
    parity.py --self-test DIRECTORY  proves that every difference would be noticed: makes one at a time

Both templates are brought into one form: parameters put in, logical ids replaced by the names AWS will know, statements of roles
laid out as what each may do, values that are left out replaced by what AWS takes for them.
What is not understood raises: a resource that is skipped would be a resource that nobody compares.
"""

import argparse
import copy
import json
import pathlib
import sys
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from given import SWITCHED_ON
from stack import ACCOUNT, REQUIRED, Stack, arn_of, as_list
from translate import translate

ROOT = pathlib.Path(__file__).resolve().parents[2]
TEMPLATE = ROOT / "infra/sam/template.yaml"

# Every parameter of the template is in one of them at least, with another value than its default.
SETS = {
    "defaults": {},
    "switched-on": SWITCHED_ON | {"AlertEmail": "ml-platform@example.com", "AlarmNamePrefix": "prod-"},
    "otherwise": {
        "TrainingRoleArn": f"arn:aws:iam::{ACCOUNT}:role/ml/other-training",
        "AllowedInstanceTypes": "ml.g5.xlarge,ml.g5.2xlarge",
        "MaxRuntimeSeconds": "3600",
        "Prices": '{"ml.g5.xlarge": "1.41 USD", "ml.g5.2xlarge": "1.52 USD"}',
        "SweepRate": "rate(1 hour)",
        "RunbookBase": "https://wiki.example.com/runbooks",
        "PolicyPath": "/ml/policies",
        "ExamplePolicy": "false",
        "AlertTopicArn": arn_of("sns", "calls"),
        "LogLevel": "DEBUG",
        "LogRetentionDays": "14",
        "DeletionProtection": "false",
        "ReserveSweepConcurrency": "false",
        "Prefix": "other",
        "Architecture": "arm64",
    },
}

Form = dict[str, Any]


class Difference(NamedTuple):
    resource: str
    where: str
    sam: Any
    cdk: Any

    def __str__(self) -> str:
        if not self.where:
            there, missing = ("SAM", "CDK") if self.cdk is NOTHING else ("CDK", "SAM")
            return f"{self.resource}: {there} has it, {missing} has not"
        if NOTHING in (self.sam, self.cdk):
            there, missing, value = ("SAM", "CDK", self.sam) if self.cdk is NOTHING else ("CDK", "SAM", self.cdk)
            return f"{self.resource}: {there} has {self.where}{shown(value, ' ')}, {missing} has not"
        return f"{self.resource}: {self.where} is{shown(self.sam, ' ')} in SAM and{shown(self.cdk, ' ')} in CDK"


NOTHING = object()


def shown(value: Any, before: str) -> str:
    """A value on one line; nothing for what says all by being there."""
    return "" if value == THERE else f"{before}`{value if isinstance(value, str) else json.dumps(value)}`"


# The value of what is a fact by itself, such as that a role may do something.
THERE = "there"

# -------------------------------------------------------------------------------------- one resource, in the one form


def plain(value: Any) -> Any:
    """Without what makes no difference: text or number, the order of a list, the layout of JSON inside a text."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return f"{value:g}" if isinstance(value, float) else str(value)
    if isinstance(value, str) and value.lstrip().startswith("{"):
        try:
            return plain(json.loads(value))
        except ValueError:
            return value
    if isinstance(value, list):
        return sorted((plain(item) for item in value), key=lambda item: json.dumps(item, sort_keys=True))
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value


def rights(statements: list[dict]) -> dict[str, str]:
    """What a policy document comes to, whichever way its statements are cut: one entry for each action on each resource."""
    found = {}
    for statement in statements:
        known = {"Sid", "Effect", "Principal", "Action", "Resource", "Condition"}
        assert statement.keys() <= known, f"a statement has {statement.keys() - known}"
        who = statement.get("Principal")
        for action in as_list(statement["Action"]):
            for resource in as_list(statement.get("Resource", "itself")):
                words = [statement["Effect"].lower(), action, "on", resource]
                words += ["to", json.dumps(plain(who), sort_keys=True)] if who else []
                if conditions := statement.get("Condition"):
                    words += ["if", json.dumps(conditions_of(conditions), sort_keys=True)]
                found[" ".join(words)] = THERE
    return found


def conditions_of(conditions: dict) -> dict:
    """Each value as a list: one value and a list of it are the same."""
    return {
        operator: {key: plain(as_list(value)) for key, value in keys.items()} for operator, keys in conditions.items()
    }


def keyed(items: list[dict], key: str) -> dict[str, dict]:
    found = {item[key]: {name: value for name, value in item.items() if name != key} for item in items}
    assert len(found) == len(items), f"two of {sorted(found)} have one {key}"
    return found


class Kind(NamedTuple):
    """How one type of resource is told from the next, and what AWS takes for what is left out."""

    name: Callable[[dict], str]
    defaults: Form = {}
    # Changes properties into what can be compared.
    form: Callable[[Stack, dict], None] = lambda stack, properties: None


def function(stack: Stack, properties: dict) -> None:
    # Where the zip lies. That each function has the code of its name is held by the tests of infra/cdk.
    del properties["Code"]
    # SAM's signature.
    tags = [tag for tag in properties.pop("Tags", []) if tag["Key"] != "lambda:createdBy"]
    if tags:
        properties["Tags"] = keyed(tags, "Key")
    properties["Role"] = role_name(stack, properties["Role"])


def role(stack: Stack, properties: dict) -> None:
    properties["may be assumed"] = rights(properties.pop("AssumeRolePolicyDocument")["Statement"])
    inline = properties.pop("Policies", [])
    properties["may"] = rights([statement for policy in inline for statement in policy["PolicyDocument"]["Statement"]])
    # Policies have no names either before they are deployed. One of somebody else's keeps its ARN.
    named = {stack.reference(name): policy["Description"] for name, policy in stack.of_type("AWS::IAM::ManagedPolicy")}
    properties["may what says"] = {named.get(arn, arn): THERE for arn in properties.pop("ManagedPolicyArns", [])}


def policy(stack: Stack, properties: dict) -> None:
    properties["PolicyDocument"] = rights(properties["PolicyDocument"]["Statement"])


def rule(stack: Stack, properties: dict) -> None:
    properties["Targets"] = keyed(properties["Targets"], "Id")


def schedule(stack: Stack, properties: dict) -> None:
    properties["Target"]["RoleArn"] = role_name(stack, properties["Target"]["RoleArn"])


def alarm(stack: Stack, properties: dict) -> None:
    properties["Dimensions"] = {item["Name"]: item["Value"] for item in properties["Dimensions"]}


def role_name(stack: Stack, arn: str) -> str:
    """A role has no name before it is deployed; what it says of itself tells it from the others."""
    name = stack.with_arn(arn, "AWS::IAM::Role")
    return stack.resources[name]["Properties"]["Description"] if name else arn


def last(arn: str) -> str:
    return arn.rsplit(":", 1)[-1].rsplit("/", 1)[-1]


KINDS = {
    "AWS::CloudWatch::Alarm": Kind(lambda p: f"alarm {p['AlarmName']}", {"ActionsEnabled": True}, alarm),
    "AWS::CloudWatch::Dashboard": Kind(lambda p: f"dashboard {p['DashboardName']}"),
    "AWS::DynamoDB::Table": Kind(lambda p: f"table {p['TableName']}"),
    "AWS::Events::EventBus": Kind(lambda p: f"bus {p['Name']}"),
    "AWS::Events::Rule": Kind(
        lambda p: f"rule {p['Name']}", {"State": "ENABLED", "EventBusName": "default"}, rule
    ),
    "AWS::IAM::ManagedPolicy": Kind(lambda p: f"policy `{p['Description']}`", {"Path": "/"}, policy),
    "AWS::IAM::Role": Kind(lambda p: f"role `{p['Description']}`", {}, role),
    "AWS::Lambda::EventInvokeConfig": Kind(lambda p: f"invoke config of {p['FunctionName']}"),
    "AWS::Lambda::Function": Kind(
        lambda p: f"function {p['FunctionName']}", {"TracingConfig": {"Mode": "PassThrough"}}, function
    ),
    "AWS::Lambda::Permission": Kind(lambda p: f"permission of {last(p['SourceArn'])} on {p['FunctionName']}"),
    "AWS::Logs::LogGroup": Kind(lambda p: f"log group {p['LogGroupName']}"),
    "AWS::Logs::QueryDefinition": Kind(lambda p: f"query {p['Name']}"),
    "AWS::SNS::Subscription": Kind(lambda p: f"subscription of {p['Endpoint']}"),
    "AWS::SNS::Topic": Kind(lambda p: f"topic {p['TopicName']}"),
    "AWS::SNS::TopicPolicy": Kind(lambda p: f"policy of {' '.join(map(last, p['Topics']))}", {}, policy),
    "AWS::SQS::Queue": Kind(lambda p: f"queue {p['QueueName']}"),
    "AWS::SQS::QueuePolicy": Kind(lambda p: f"policy of {' '.join(map(last, p['Queues']))}", {}, policy),
    "AWS::SSM::Parameter": Kind(lambda p: f"parameter {p['Name']}", {"Tier": "Standard"}),
    "AWS::Scheduler::Schedule": Kind(
        lambda p: f"schedule {p['GroupName']}/{p['Name']}", {"State": "ENABLED"}, schedule
    ),
    "AWS::Scheduler::ScheduleGroup": Kind(lambda p: f"schedule group {p['Name']}"),
}


def form_of(stack: Stack) -> dict[str, Form]:
    """Every resource of a stack by what AWS will call it, and the outputs."""
    found: dict[str, Form] = {"template": {"Description": stack.template["Description"]}}

    def put(name: str, form: Form) -> None:
        assert name not in found, f"there are two of {name}"
        found[name] = plain(form)

    for logical, resource in stack.resources.items():
        kind = KINDS.get(resource["Type"])
        if kind is None:
            raise NotImplementedError(f"{logical} is of type {resource['Type']}, which parity.py does not know yet")
        properties = copy.deepcopy(resource.get("Properties", {}))
        name = kind.name(properties)
        kind.form(stack, properties)
        kept = {key: resource.get(key, "Delete") for key in ("DeletionPolicy", "UpdateReplacePolicy")}
        put(name, kind.defaults | properties | kept)
    for name, output in stack.outputs().items():
        # Roles have no names yet.
        put(f"output {name}", output | {"Value": role_name(stack, output["Value"])})
    return found


# ------------------------------------------------------------------------------------------------------- comparing


def differences(sam: dict[str, Form], cdk: dict[str, Form]) -> Iterator[Difference]:
    for name in [*sam, *(name for name in cdk if name not in sam)]:
        if name not in sam or name not in cdk:
            yield Difference(name, "", sam.get(name, NOTHING), cdk.get(name, NOTHING))
        else:
            for where, one, other in unlike(sam[name], cdk[name], ""):
                yield Difference(name, where, one, other)


def unlike(one: Any, other: Any, where: str) -> Iterator[tuple[str, Any, Any]]:
    """The innermost places where two forms differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in [*one, *(key for key in other if key not in one)]:
            inner = f"{where}.{key}" if where else key
            yield from unlike(one.get(key, NOTHING), other.get(key, NOTHING), inner)
    elif one is NOTHING or other is NOTHING or one != other:
        yield where, one, other


class Pair(NamedTuple):
    """Two templates that should come to the same stack."""

    set: str
    sam: dict
    cdk: dict

    def differences(self) -> list[Difference]:
        return list(differences(self.sam_form(), self.cdk_form()))

    def sam_form(self) -> dict[str, Form]:
        return form_of(Stack(self.sam, SETS[self.set]))

    def cdk_form(self) -> dict[str, Form]:
        return form_of(Stack(self.cdk))


def pairs(directory: pathlib.Path) -> list[Pair]:
    sam = translate(TEMPLATE)
    return [Pair(name, sam, json.loads((directory / f"{name}.template.json").read_text())) for name in SETS]


def left_out(sam: dict) -> list[str]:
    """Parameters that have the same value in every set, so that nobody would see whether CDK has them."""
    alike = []
    for name, text in sam["Parameters"].items():
        default = str(text.get("Default", REQUIRED.get(name)))
        if all(values.get(name, default) == default for values in SETS.values()):
            alike.append(name)
    return alike


def run(directory: pathlib.Path) -> int:
    """Prints every difference; returns how many there are."""
    found = 0
    for pair in pairs(directory):
        if alike := left_out(pair.sam):
            raise SystemExit(f"parity.py has no set in which {', '.join(alike)} is not the default: add it to SETS")
        different = pair.differences()
        found += len(different)
        print(f"{'FAIL' if different else 'ok':4} {pair.set}: {len(pair.sam_form())} resources and outputs")
        for difference in different:
            print(f"       {difference}")
    return found


# -------------------------------------------------------------------------------------------------------- self-test

# What may change without a difference, by type and by a step that leads to it, and why.
INDIFFERENT = {
    ("AWS::Lambda::Function", "Code"): "where the zip lies",
    ("AWS::IAM::Role", "PolicyName"): "what a role may do is compared, however it is cut into documents and statements",
    ("*", "Sid"): "the same",
    ("*", "Version"): "of the policy language: there is one",
}


class Break(NamedTuple):
    """One way to make two stacks differ."""

    kind: str
    name: str
    template: dict


def breaks(template: dict) -> Iterator[Break]:
    """Another value for every value in turn, then without every property, every resource and every output in turn."""
    for section in ("Resources", "Outputs"):
        for logical, item in template[section].items():
            kind = item.get("Type", "output")
            compared = {key: item[key] for key in ("Properties", "Value", "Description") if key in item}
            compared |= {key: item[key] for key in ("DeletionPolicy", "UpdateReplacePolicy") if key in item}
            for steps in leaves(compared, []):
                if not is_indifferent(kind, steps):
                    name = f"{logical}/{'/'.join(map(str, steps))} is another"
                    yield Break(kind, name, changed(template, [section, logical, *steps], other_than))
            for key, value in compared.get("Properties", {}).items():
                if not is_indifferent(kind, [key]) and plain(value) != plain(defaults_of(kind).get(key)):
                    name = f"{logical} has no {key}"
                    yield Break(kind, name, changed(template, [section, logical, "Properties", key], None))
            yield Break(kind, f"{logical} is gone", changed(template, [section, logical], None))


def defaults_of(kind: str) -> Form:
    return KINDS[kind].defaults if kind in KINDS else {}


def is_indifferent(kind: str, steps: list) -> bool:
    return any(of in ("*", kind) and step in steps for of, step in INDIFFERENT)


def leaves(value: Any, steps: list) -> Iterator[list]:
    """The way to every innermost value; an intrinsic function is one."""
    if isinstance(value, list):
        for at, item in enumerate(value):
            yield from leaves(item, [*steps, at])
    elif isinstance(value, dict) and not is_intrinsic(value):
        for key, item in value.items():
            yield from leaves(item, [*steps, key])
    else:
        yield steps


def is_intrinsic(value: dict) -> bool:
    return len(value) == 1 and all(key == "Ref" or key.startswith("Fn::") for key in value)


def changed(template: dict, steps: list, change: Callable[[Any], Any] | None) -> dict:
    """A copy with one place changed, or taken out. Copies only what lies on the way to it."""
    [step, *rest] = steps
    result = copy.copy(template)
    if rest:
        result[step] = changed(template[step], rest, change)
    elif change is None:
        del result[step]
    else:
        result[step] = change(template[step])
    return result


def other_than(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    return "something else" if isinstance(value, dict) else f"{value} else"


def notices(form: dict[str, Form], template: dict, parameters: dict[str, str] | None = None) -> bool:
    try:
        return form_of(Stack(template, parameters)) != form
    except (AssertionError, KeyError, NotImplementedError):
        # No stack at all: something refers to what is gone.
        return True


def self_test(directory: pathlib.Path) -> int:
    """Breaks one side in one place at a time; returns how often it was not noticed."""
    missed = 0
    counts: dict[str, int] = {}
    for pair in pairs(directory):
        assert not pair.differences(), f"{pair.set}: the two differ as they are"
        sam = pair.sam_form()
        for broken in breaks(pair.cdk):
            counts[broken.kind] = counts.get(broken.kind, 0) + 1
            if not notices(sam, broken.template):
                missed += 1
                print(f"MISS {pair.set}: not when in CDK {broken.name}")
        cdk = pair.cdk_form()
        for logical in Stack(pair.sam, SETS[pair.set]).resources:
            counts["gone in SAM"] = counts.get("gone in SAM", 0) + 1
            if not notices(cdk, changed(pair.sam, ["Resources", logical], None), SETS[pair.set]):
                missed += 1
                print(f"MISS {pair.set}: not when SAM has no {logical}")
    for kind, count in counts.items():
        print(f"{count:5} {kind}")
    print(f"{sum(counts.values()) - missed} passed, {missed} failed")
    return missed


def main() -> None:
    parser = argparse.ArgumentParser(description="Compares the stacks of SAM and CDK.")
    parser.add_argument("directory", nargs="?", type=pathlib.Path, help="holds SET.template.json of infra/cdk")
    parser.add_argument("--sets", action="store_true", help="print the sets of parameters, and compare nothing")
    parser.add_argument("--self-test", action="store_true", help="prove that every difference is noticed")
    arguments = parser.parse_args()
    if arguments.sets:
        json.dump({name: REQUIRED | values for name, values in SETS.items()}, sys.stdout, indent=1)
        print()
        return
    if arguments.directory is None:
        parser.error("the directory with the synthesised templates is missing")
    sys.exit(bool(self_test(arguments.directory) if arguments.self_test else run(arguments.directory)))


if __name__ == "__main__":
    main()
