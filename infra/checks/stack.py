"""The stack that a translated template would make: parameters put in, conditions decided, ARNs written out.

Checks then compare plain strings. What is not understood raises: a construct that is skipped would be a construct
that nobody checks.
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

ACCOUNT, REGION = "445566778899", "eu-central-1"
PSEUDO = {"AWS::AccountId": ACCOUNT, "AWS::Region": REGION, "AWS::Partition": "aws", "AWS::StackName": "rekindle"}
# What has to be given when deploying; everything else has a default.
REQUIRED = {"TrainingRoleArn": f"arn:aws:iam::{ACCOUNT}:role/rekindle-training"}


def arn_of(service: str, rest: str) -> str:
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{rest}"


# Type: (property that holds the name, how `GetAtt Arn` looks, how `Ref` looks)
IDENTITIES = {
    "AWS::DynamoDB::Table": ("TableName", arn_of("dynamodb", "table/{}"), "{}"),
    "AWS::Events::EventBus": ("Name", arn_of("events", "event-bus/{}"), "{}"),
    "AWS::Events::Rule": ("Name", arn_of("events", "rule/{}"), "{}"),
    "AWS::IAM::ManagedPolicy": ("ManagedPolicyName", None, f"arn:aws:iam::{ACCOUNT}:policy/{{}}"),
    "AWS::IAM::Role": ("RoleName", f"arn:aws:iam::{ACCOUNT}:role/{{}}", "{}"),
    "AWS::Lambda::Function": ("FunctionName", arn_of("lambda", "function:{}"), "{}"),
    "AWS::Logs::LogGroup": ("LogGroupName", arn_of("logs", "log-group:{}:*"), "{}"),
    "AWS::SNS::Topic": ("TopicName", None, arn_of("sns", "{}")),
    "AWS::SQS::Queue": ("QueueName", arn_of("sqs", "{}"), "https://sqs.example/{}"),
    "AWS::Scheduler::ScheduleGroup": ("Name", arn_of("scheduler", "schedule-group/{}"), "{}"),
}

NOTHING = object()


class Statement(NamedTuple):
    """One statement of a role, and where it is written."""

    where: str
    effect: str
    actions: list[str]
    resources: list[str]
    condition: dict[str, dict[str, Any]]

    def allows(self, action: str) -> bool:
        return self.effect == "Allow" and action in self.actions


class Stack:
    def __init__(self, template: dict, parameters: dict[str, str] | None = None):
        self.template = template
        # CloudFormation knows no numbers here: what `Ref` puts in is text.
        self.parameters = {
            name: str(text["Default"]) for name, text in template["Parameters"].items() if "Default" in text
        }
        self.parameters |= REQUIRED | (parameters or {})
        for name, text in template["Parameters"].items():
            if text["Type"] == "CommaDelimitedList":
                self.parameters[name] = self.parameters[name].split(",")
        self.resources = {
            name: self._put_in(resource)
            for name, resource in template["Resources"].items()
            if "Condition" not in resource or self._holds(resource["Condition"])
        }

    def outputs(self) -> dict[str, dict]:
        """What the stack tells about itself, by name."""
        return {
            name: self._put_in(output)
            for name, output in self.template.get("Outputs", {}).items()
            if "Condition" not in output or self._holds(output["Condition"])
        }

    def of_type(self, kind: str) -> Iterator[tuple[str, dict]]:
        """Logical id and properties of every resource of one type."""
        for name, resource in self.resources.items():
            if resource["Type"] == kind:
                yield name, resource["Properties"]

    def functions(self) -> dict[str, dict]:
        return dict(self.of_type("AWS::Lambda::Function"))

    def arn(self, name: str) -> str:
        return self._identity(name, "Arn")

    def reference(self, name: str) -> str:
        return self._identity(name, "Ref")

    def with_arn(self, arn: str, kind: str) -> str | None:
        """The resource of that type with that ARN."""
        return next((name for name, _ in self.of_type(kind) if self.arn(name) == arn), None)

    def documents(self) -> Iterator[tuple[str, dict]]:
        """Every policy document that says what somebody may do, and where it is written."""
        for name, policy in self.of_type("AWS::IAM::ManagedPolicy"):
            yield name, policy["PolicyDocument"]
        for name, role in self.of_type("AWS::IAM::Role"):
            for policy in role.get("Policies", []):
                yield f"{name}/{policy['PolicyName']}", policy["PolicyDocument"]

    def statements(self, role: str | None = None) -> Iterator[Statement]:
        """What one role, or all of them, may and may not do."""
        wanted = None
        if role is not None:
            arns = self.resources[role]["Properties"].get("ManagedPolicyArns", [])
            managed = {self._identity(name, "Ref"): name for name, _ in self.of_type("AWS::IAM::ManagedPolicy")}
            # A policy of somebody else's is not in this text, so nobody could check it: KeyError.
            wanted = {managed[arn] for arn in arns}
        for where, document in self.documents():
            if wanted is None or where in wanted or where.startswith(f"{role}/"):
                for statement in document["Statement"]:
                    yield Statement(
                        f"{where}/{statement.get('Sid', '?')}",
                        statement["Effect"],
                        as_list(statement["Action"]),
                        as_list(statement["Resource"]),
                        statement.get("Condition", {}),
                    )

    def role_of(self, properties: dict) -> str:
        """The role that a function or a schedule's target acts in."""
        arn = properties.get("Role") or properties["RoleArn"]
        role = self.with_arn(arn, "AWS::IAM::Role")
        if role is None:
            raise KeyError(f"{arn} is no role of this stack")
        return role

    def starts_jobs(self, function: str) -> bool:
        role = self.role_of(self.resources[function]["Properties"])
        return any(statement.allows("sagemaker:CreateTrainingJob") for statement in self.statements(role))

    def deliveries(self) -> Iterator[tuple[str, dict]]:
        """Every target of a rule or a schedule, and where it is written."""
        for name, rule in self.of_type("AWS::Events::Rule"):
            for target in rule["Targets"]:
                yield name, target
        for name, schedule in self.of_type("AWS::Scheduler::Schedule"):
            yield name, schedule["Target"]

    # -- intrinsic functions

    def _put_in(self, value: Any) -> Any:
        if isinstance(value, list):
            return [item for item in map(self._put_in, value) if item is not NOTHING]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            [(function, argument)] = value.items()
            if function == "Ref":
                return self._ref(argument)
            if function == "Fn::GetAtt":
                return self._identity(*(argument.split(".") if isinstance(argument, str) else argument))
            if function == "Fn::Sub":
                return re.sub(r"\$\{([^}]+)\}", lambda match: str(self._sub(match[1])), argument)
            if function == "Fn::If":
                condition, yes, no = argument
                return self._put_in(yes if self._holds(condition) else no)
            if function == "Fn::Join":
                between, parts = argument
                return between.join(self._put_in(parts))
            if function.startswith("Fn::"):
                raise NotImplementedError(function)
        resolved = {key: self._put_in(item) for key, item in value.items()}
        return {key: item for key, item in resolved.items() if item is not NOTHING}

    def _ref(self, name: str) -> Any:
        if name == "AWS::NoValue":
            return NOTHING
        if name in PSEUDO:
            return PSEUDO[name]
        return self.parameters[name] if name in self.parameters else self._identity(name, "Ref")

    def _sub(self, name: str) -> Any:
        return self._identity(*name.split(".")) if "." in name else self._ref(name)

    def _identity(self, name: str, attribute: str) -> str:
        resource = self.template["Resources"][name]
        named_by, arn, reference = IDENTITIES[resource["Type"]]
        own = self._put_in(resource.get("Properties", {}).get(named_by, name))
        if resource["Type"] == "AWS::Events::Rule" and "EventBusName" in resource["Properties"]:
            # A rule of another bus than the default one is told by both names.
            bus = self._put_in(resource["Properties"]["EventBusName"])
            arn, reference = arn.replace("{}", f"{bus}/{{}}"), f"{bus}|{{}}"
        if attribute == "Arn" and arn:
            return arn.format(own)
        if attribute == "Ref":
            return reference.format(own)
        if attribute == named_by:
            return own
        raise NotImplementedError(f"{resource['Type']}.{attribute}")

    def _holds(self, condition: str | dict) -> bool:
        if isinstance(condition, str):
            condition = self.template["Conditions"][condition]
        [(function, argument)] = condition.items()
        if function == "Fn::Equals":
            one, other = map(self._put_in, argument)
            return str(one) == str(other)
        if function == "Fn::Not":
            return not self._holds(argument[0])
        raise NotImplementedError(function)


def as_list(value: Any) -> list:
    return value if isinstance(value, list) else [value]
