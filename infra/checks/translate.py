"""Translates the SAM template into plain CloudFormation, without an account, and prints it as JSON.

    translate.py infra/sam/template.yaml --parameters TrainingRoleArn=arn:aws:iam::445566778899:role/training

The code of each function becomes the object `<binary>.zip` of one bucket.
Values given here become the defaults of the result, so that it deploys as it stands.

--local makes the result fit for an emulator on this machine:
  * every function is told to talk to the emulator, and to a double of SageMaker;
  * a rule that matches events of AWS (`aws.cloudwatch`), which nobody may send, matches `local.aws.cloudwatch` instead
    and hands the event on with its true source. A test then sends what AWS would send, through the template's own rule.
"""

import argparse
import copy
import json
import os
import pathlib
import sys

from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

EMULATOR = "http://127.0.0.1:4566"
SAGEMAKER_DOUBLE = "http://127.0.0.1:4567"


def translate(template: pathlib.Path, parameters: dict[str, str] | None = None, bucket: str = "code") -> dict:
    """The CloudFormation template that SAM would make of `template`."""
    # The translator asks boto for a Region to learn the partition; any Region of it will do.
    os.environ.setdefault("AWS_DEFAULT_REGION", "eu-central-1")
    parameters = parameters or {}
    sam = yaml_parse(template.read_text())
    unknown = parameters.keys() - sam["Parameters"].keys()
    if unknown:
        raise SystemExit(f"{template} has no parameter {', '.join(sorted(unknown))}")
    for name, value in parameters.items():
        sam["Parameters"][name]["Default"] = value
    for resource in sam["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            binary = resource["Metadata"]["BuildProperties"]["Binary"]
            resource["Properties"]["CodeUri"] = {"Bucket": bucket, "Key": f"{binary}.zip"}
    translated = Translator({}, Parser()).translate(sam, parameters)
    # The translator lets functions share the objects they have in common; whoever edits one would edit all.
    return json.loads(json.dumps(translated))


def make_local(template: dict, endpoint: str = EMULATOR, sagemaker: str = SAGEMAKER_DOUBLE) -> dict:
    """The same template for an emulator; see the top of this file."""
    template = copy.deepcopy(template)
    for resource in template["Resources"].values():
        properties = resource.get("Properties", {})
        if resource["Type"] == "AWS::Lambda::Function":
            variables = properties["Environment"]["Variables"]
            variables["AWS_ENDPOINT_URL"] = endpoint
            variables["AWS_ENDPOINT_URL_SAGEMAKER"] = sagemaker
        elif resource["Type"] == "AWS::Events::Rule" and "EventPattern" in properties:
            # An envelope written back needs one source to write: rules of ours have one.
            [source] = properties["EventPattern"]["source"]
            properties["EventPattern"]["source"] = [f"local.{source}"]
            for target in properties["Targets"]:
                target["InputTransformer"] = restore_source(source)
    return template


def restore_source(source: str) -> dict:
    """Writes an event's envelope again, with `source` in it."""
    texts = {"id": "id", "kind": "detail-type", "account": "account", "time": "time", "region": "region"}
    documents = {"resources": "resources", "detail": "detail"}
    return {
        "InputPathsMap": {word: f"$.{field}" for word, field in (texts | documents).items()},
        "InputTemplate": "{"
        + '"version": "0", '
        + f'"source": "{source}", '
        + ", ".join([f'"{field}": "<{word}>"' for word, field in texts.items()])
        + ", "
        + ", ".join([f'"{field}": <{word}>' for word, field in documents.items()])
        + "}",
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="SAM template to CloudFormation JSON, offline.")
    parser.add_argument("template", type=pathlib.Path)
    parser.add_argument(
        "--parameters", nargs="*", default=[], metavar="KEY=VALUE", help="become the defaults of the result"
    )
    parser.add_argument("--bucket", default="code", help="bucket that holds <binary>.zip")
    parser.add_argument("--local", action="store_true", help="for an emulator on this machine")
    parser.add_argument("--endpoint", default=EMULATOR, help="with --local: the emulator (%(default)s)")
    parser.add_argument("--sagemaker-endpoint", default=SAGEMAKER_DOUBLE, help="with --local: the double (%(default)s)")
    arguments = parser.parse_args()

    parameters = {}
    for pair in arguments.parameters:
        key, equals, value = pair.partition("=")
        if not equals:
            parser.error(f"`{pair}` is not KEY=VALUE")
        parameters[key] = value
    template = translate(arguments.template, parameters, arguments.bucket)
    if arguments.local:
        template = make_local(template, arguments.endpoint, arguments.sagemaker_endpoint)
    json.dump(template, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
