"""Who may do what: every policy of the stack, by the name of whom or what it belongs to, as JSON.

    policies.py                                                of infra/sam/template.yaml, translated
    policies.py --template FILE                                of any CloudFormation template in JSON
    policies.py --template FILE --stack everything             of one that was made for one stack only

The SAM template is exported twice: as it is deployed without parameters, and with everything switched on.
Roles and functions are found by what they do, not by their logical ids: another template may call them otherwise.
"""

import argparse
import json
import pathlib
import sys
from collections.abc import Iterator

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from stack import ACCOUNT, REGION, Stack, arn_of, as_list  # noqa: E402
from translate import translate  # noqa: E402

TEMPLATE = pathlib.Path(__file__).resolve().parents[2] / "sam/template.yaml"
# What somebody gives who wants everything, as far as it changes who may do what.
STACKS = {
    "defaults": {},
    "everything": {
        "DataBuckets": "late-orders-features,late-orders-labels",
        "CustomEventSource": "shop.catalogue",
        "EncryptionKeyArn": arn_of("kms", "key/1f0c2b7e-6d3a-4c58-9b1e-2a7d5c90e4f3"),
        "AlertEmail": "ana@example.com",
    },
}
FUNCTIONS = ["on-schedule", "on-alarm", "on-metric-check", "on-training-end"]
QUEUES = ["undelivered", "failed"]
# Everything that has policies, and what those name. A dashboard or an alarm may hold what `Stack` cannot read.
KINDS = (
    "AWS::DynamoDB::Table",
    "AWS::Events::",
    "AWS::IAM::",
    "AWS::KMS::",
    "AWS::Lambda::",
    "AWS::Logs::LogGroup",
    "AWS::SNS::",
    "AWS::SQS::",
    "AWS::Scheduler::",
    # What the above refer to by name.
    "AWS::SSM::Parameter",
)
SCHEDULER = "scheduler.amazonaws.com"


def exported(stack: Stack) -> dict:
    """The policies of one stack."""
    functions = {name: one_function(stack, name) for name in FUNCTIONS}
    roles = {name: stack.role_of(stack.functions()[function]) for name, function in functions.items()}
    roles |= schedule_roles(stack)
    return {
        "roles": {
            name: {"arn": stack.arn(role), "policies": list(identity_policies(stack, role))}
            for name, role in roles.items()
        },
        "resources": {
            "function": {
                name: {"arn": stack.arn(function), "policy": function_policy(stack, function)}
                for name, function in functions.items()
            },
            "trust": {
                name: {
                    "arn": stack.arn(role),
                    "policy": stack.resources[role]["Properties"]["AssumeRolePolicyDocument"],
                }
                for name, role in roles.items()
            },
            "queue": {name: queue(stack, name) for name in QUEUES},
            "topic": topics(stack),
            "bus": buses(stack),
        },
    }


def one_function(stack: Stack, ending: str) -> str:
    found = [name for name, function in stack.functions().items() if function["FunctionName"].endswith(f"-{ending}")]
    if len(found) != 1:
        raise SystemExit(f"the template has {len(found)} functions whose name ends in `-{ending}`: {found}")
    return found[0]


def schedule_roles(stack: Stack) -> dict[str, str]:
    """The role of our own schedule, and the one that owners give to theirs: no schedule of the stack uses it."""
    used = {stack.role_of(schedule["Target"]) for _, schedule in stack.of_type("AWS::Scheduler::Schedule")}
    trusted = {name for name, role in stack.of_type("AWS::IAM::Role") if SCHEDULER in trusted_services(role)}
    owners = trusted - used
    if len(used) != 1 or len(owners) != 1:
        raise SystemExit(f"one role for the sweep and one for owners is what we know: {sorted(used)}, {sorted(owners)}")
    return {"sweep-schedule": used.pop(), "owners-schedule": owners.pop()}


def trusted_services(role: dict) -> set[str]:
    principals = (statement["Principal"] for statement in role["AssumeRolePolicyDocument"]["Statement"])
    return {service for principal in principals for service in as_list(principal.get("Service", []))}


def identity_policies(stack: Stack, role: str) -> Iterator[dict]:
    """What one role may do: policies it names, policies that name it, and its own."""
    properties = stack.resources[role]["Properties"]
    if "PermissionsBoundary" in properties:
        raise NotImplementedError(f"{role} has a permissions boundary, and nobody would evaluate it")
    managed = {stack._identity(name, "Ref"): name for name, _ in stack.of_type("AWS::IAM::ManagedPolicy")}
    for arn in properties.get("ManagedPolicyArns", []):
        # A policy of somebody else's is not in this text, so nobody could ask it: KeyError.
        name = managed[arn]
        yield {"name": name, "policy": stack.resources[name]["Properties"]["PolicyDocument"]}
    own = stack._identity(role, "Ref")
    for kind in ("AWS::IAM::ManagedPolicy", "AWS::IAM::Policy", "AWS::IAM::RolePolicy"):
        for name, policy in stack.of_type(kind):
            if own in [*policy.get("Roles", []), policy.get("RoleName")]:
                yield {"name": name, "policy": policy["PolicyDocument"]}
    for policy in properties.get("Policies", []):
        yield {"name": f"{role}/{policy['PolicyName']}", "policy": policy["PolicyDocument"]}


def function_policy(stack: Stack, function: str) -> dict | None:
    """The policy that Lambda writes for the permissions of one function: one statement each."""
    arn = stack.arn(function)
    called = {arn, stack._identity(function, "Ref")}
    statements = [
        permission_statement(name, permission, arn)
        for name, permission in stack.of_type("AWS::Lambda::Permission")
        if permission["FunctionName"] in called
    ]
    return document(statements) if statements else None


def permission_statement(name: str, permission: dict, function: str) -> dict:
    known = {"FunctionName", "Action", "Principal", "SourceArn", "SourceAccount"}
    if unknown := permission.keys() - known:
        raise NotImplementedError(f"{name} has {', '.join(sorted(unknown))}, and nobody would evaluate it")
    principal = permission["Principal"]
    condition = {}
    if "SourceArn" in permission:
        condition["ArnLike"] = {"aws:SourceArn": permission["SourceArn"]}
    if "SourceAccount" in permission:
        condition["StringEquals"] = {"aws:SourceAccount": permission["SourceAccount"]}
    return {
        "Sid": name,
        "Effect": "Allow",
        "Principal": {"Service" if principal.endswith(".amazonaws.com") else "AWS": principal},
        "Action": permission["Action"],
        "Resource": function,
        **({"Condition": condition} if condition else {}),
    }


def queue(stack: Stack, ending: str) -> dict:
    [name] = [name for name, queue in stack.of_type("AWS::SQS::Queue") if queue["QueueName"].endswith(f"-{ending}")]
    url = stack._identity(name, "Ref")
    policies = [policy for _, policy in stack.of_type("AWS::SQS::QueuePolicy") if url in policy["Queues"]]
    return {"arn": stack.arn(name), "policy": merged(policies)}


def topics(stack: Stack) -> dict:
    found = {}
    for name, topic in stack.of_type("AWS::SNS::Topic"):
        arn = stack._identity(name, "Ref")
        policies = [policy for _, policy in stack.of_type("AWS::SNS::TopicPolicy") if arn in policy["Topics"]]
        found[topic["TopicName"].rpartition("-")[2]] = {"arn": arn, "policy": merged(policies)}
    return found


def buses(stack: Stack) -> dict:
    found = {}
    for name, _ in stack.of_type("AWS::Events::EventBus"):
        policies = [
            {"PolicyDocument": document(as_list(policy["Statement"]))}
            for _, policy in stack.of_type("AWS::Events::EventBusPolicy")
            if policy.get("EventBusName") == stack._identity(name, "Ref")
        ]
        found["announcements"] = {"arn": stack.arn(name), "policy": merged(policies)}
    return found


def merged(policies: list[dict]) -> dict | None:
    statements = [statement for policy in policies for statement in policy["PolicyDocument"]["Statement"]]
    return document(statements) if statements else None


def document(statements: list[dict]) -> dict:
    return {"Version": "2012-10-17", "Statement": statements}


def stack_of(template: dict, parameters: dict[str, str]) -> Stack:
    kept = {name: resource for name, resource in template["Resources"].items() if resource["Type"].startswith(KINDS)}
    return Stack({"Parameters": {}, "Conditions": {}, **template, "Resources": kept}, parameters)


def main() -> None:
    parser = argparse.ArgumentParser(description="The policies of the stack, as JSON.")
    parser.add_argument("--template", type=pathlib.Path, help="CloudFormation in JSON, instead of the SAM template")
    parser.add_argument("--stack", choices=STACKS, help="the only one to export; both when left out")
    arguments = parser.parse_args()
    template = json.loads(arguments.template.read_text()) if arguments.template else translate(TEMPLATE)
    stacks = {
        name: exported(stack_of(template, parameters))
        for name, parameters in STACKS.items()
        if arguments.stack in (None, name)
    }
    json.dump({"account": ACCOUNT, "region": REGION, "stacks": stacks}, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
