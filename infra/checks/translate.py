"""Translates the SAM template into plain CloudFormation, without an account, and prints it as JSON.

    translate.py infra/sam/template.yaml --parameters TrainingRoleArn=arn:aws:iam::445566778899:role/training

The code of each function becomes the object `<binary>.zip` of one bucket.
Values given here become the defaults of the result, so that it deploys as it stands.
The local cloud of the tests deploys the result; what it changes for the emulator is in tests/local-cloud/src/patch.rs.
"""

import argparse
import json
import os
import pathlib
import sys

from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse


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


def main() -> None:
    parser = argparse.ArgumentParser(description="SAM template to CloudFormation JSON, offline.")
    parser.add_argument("template", type=pathlib.Path)
    parser.add_argument(
        "--parameters", nargs="*", default=[], metavar="KEY=VALUE", help="become the defaults of the result"
    )
    parser.add_argument("--bucket", default="code", help="bucket that holds <binary>.zip")
    arguments = parser.parse_args()

    parameters = {}
    for pair in arguments.parameters:
        key, equals, value = pair.partition("=")
        if not equals:
            parser.error(f"`{pair}` is not KEY=VALUE")
        parameters[key] = value
    template = translate(arguments.template, parameters, arguments.bucket)
    json.dump(template, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
