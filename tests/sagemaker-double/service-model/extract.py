"""Cuts what Rekindle needs out of SageMaker's published service model.

botocore ships the model as data. This script writes two files from it:

  tests/sagemaker-double/model.json
      the operations of the SageMaker double and every shape they reach;
  shared/policy/schema/create-training-job.schema.json
      the request of CreateTrainingJob as a JSON Schema.

Both are committed. `--check` writes nothing, and exits 1 naming every committed
file that is not what the pinned botocore says.
"""

import argparse
import json
import re
import sys
from pathlib import Path

import botocore
import botocore.loaders

ROOT = next(folder for folder in Path(__file__).resolve().parents if (folder / "Cargo.lock").exists())
MODEL = ROOT / "tests/sagemaker-double/model.json"
SCHEMA = ROOT / "shared/policy/schema/create-training-job.schema.json"

OPERATIONS = [
    "AddTags",
    "CreateTrainingJob",
    "DeleteTrainingJob",
    "DescribeTrainingJob",
    "ListMonitoringExecutions",
    "ListTags",
    "ListTrainingJobs",
    "StopTrainingJob",
]
REQUEST = "CreateTrainingJobRequest"

# The published types, and the numbers they can hold.
INTEGERS = {"integer": (-(2**31), 2**31 - 1), "long": (-(2**63), 2**63 - 1)}
FLOATS = {"float", "double"}


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--check", action="store_true", help="write nothing; exit 1 if a file is not current")
    check = arguments.parse_args().check

    service = botocore.loaders.Loader().load_service_model("sagemaker", "service-2")
    stale = [path for path, text in files(service) if not (is_current(path, text) if check else put(path, text))]
    for path in stale:
        print(f"not current: {path.relative_to(ROOT)} (botocore {botocore.__version__})", file=sys.stderr)
    sys.exit(1 if stale else 0)


def files(service):
    """The two files and their texts."""
    return [(MODEL, text(model(service))), (SCHEMA, text(schema(service)))]


def text(value):
    """One line per fact, so that a new botocore reads well as a difference."""
    return json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def put(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    return True


def is_current(path, content):
    return path.exists() and path.read_text(encoding="utf-8") == content


# -- the model of the double -------------------------------------------------


def model(service):
    operations = {name: operation(service["operations"][name]) for name in OPERATIONS}
    roots = [shape for entry in operations.values() for shape in [entry.get("input"), entry.get("output"), *entry["errors"]]]
    shapes = service["shapes"]
    return {
        "source": source(service),
        "operations": operations,
        "shapes": {name: bare(shapes[name]) for name in reachable(shapes, filter(None, roots))},
    }


def source(service):
    return f"SageMaker {service['metadata']['apiVersion']}, as published in botocore {botocore.__version__}"


def operation(published):
    """An operation by the names of its shapes."""
    entry = {"errors": sorted(error["shape"] for error in published.get("errors", []))}
    for side in ("input", "output"):
        if side in published:
            entry[side] = published[side]["shape"]
    return entry


def bare(shape):
    """A shape without prose, its members by the names of their shapes."""
    kept = {key: value for key, value in shape.items() if key in ("type", "min", "max", "enum", "required", "union", "exception")}
    if "members" in shape:
        kept["members"] = {name: member["shape"] for name, member in shape["members"].items()}
    for side in ("member", "key", "value"):
        if side in shape:
            kept[side] = shape[side]["shape"]
    if "pattern" in shape:
        kept["pattern"] = shape["pattern"]
        if portable(shape["pattern"]) != shape["pattern"]:
            kept["portable_pattern"] = portable(shape["pattern"])
    return kept


def reachable(shapes, roots):
    """The names of all shapes that the roots lead to, themselves included, sorted."""
    seen, ahead = set(), list(roots)
    while ahead:
        name = ahead.pop()
        if name not in seen:
            seen.add(name)
            ahead.extend(targets(shapes[name]))
    return sorted(seen)


def targets(shape):
    yield from (member["shape"] for member in shape.get("members", {}).values())
    yield from (shape[side]["shape"] for side in ("member", "key", "value") if side in shape)


def portable(pattern):
    """The pattern in the dialect that Java, ECMAScript and Rust share.

    The published patterns are Java's: `\\d`, `\\w` and `\\p{Alnum}` are ASCII there, while
    Rust reads the first two as all of Unicode and does not know the third.
    """
    inside = {r"\d": "0-9", r"\w": "a-zA-Z0-9_", r"\p{Alnum}": "a-zA-Z0-9"}
    written, in_class = [], False
    for token in re.findall(r"\\p\{\w+\}|\\.|.", pattern, re.DOTALL):
        if token in inside:
            token = inside[token] if in_class else f"[{inside[token]}]"
        elif token == r"\/":
            token = "/"
        elif token == "[":
            in_class = True
        elif token == "]":
            in_class = False
        written.append(token)
    return "".join(written)


# -- the JSON Schema of the request ------------------------------------------


def schema(service):
    shapes = service["shapes"]
    names = [name for name in reachable(shapes, [REQUEST]) if name != REQUEST]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$comment": f"{source(service)}. Written by extract.py; do not edit.",
        "title": REQUEST,
        **rule(shapes[REQUEST]),
        "$defs": {name: rule(shapes[name]) for name in names},
    }


def rule(shape):
    """One shape as a schema."""
    return RULES[shape["type"]](shape)


def reference(target):
    return {"$ref": f"#/$defs/{target['shape']}"}


def structure(shape):
    made = {
        "type": "object",
        "properties": {name: reference(member) for name, member in shape["members"].items()},
        "additionalProperties": False,
    }
    if shape.get("required"):
        made["required"] = sorted(shape["required"])
    if shape.get("union"):
        made |= {"minProperties": 1, "maxProperties": 1}
    return made


def listing(shape):
    return {"type": "array", "items": reference(shape["member"]), **bounds(shape, "minItems", "maxItems")}


def mapping(shape):
    return {
        "type": "object",
        "propertyNames": reference(shape["key"]),
        "additionalProperties": reference(shape["value"]),
        **bounds(shape, "minProperties", "maxProperties"),
    }


def string(shape):
    made = {"type": "string", **bounds(shape, "minLength", "maxLength")}
    if "enum" in shape:
        made["enum"] = sorted(shape["enum"])
    if "pattern" in shape:
        # A published pattern speaks of the whole text.
        made["pattern"] = f"^(?:{portable(shape['pattern'])})$"
    return made


def integer(shape):
    lowest, highest = INTEGERS[shape["type"]]
    return {"type": "integer", "minimum": shape.get("min", lowest), "maximum": shape.get("max", highest)}


def number(shape):
    return {"type": "number", **{key: shape[side] for side, key in (("min", "minimum"), ("max", "maximum")) if side in shape}}


def bounds(shape, low, high):
    """The counts of a shape. At least nothing is no rule, and is left out."""
    made = {}
    if shape.get("min", 0) > 0:
        made[low] = shape["min"]
    if "max" in shape:
        made[high] = shape["max"]
    return made


RULES = {
    "structure": structure,
    "list": listing,
    "map": mapping,
    "string": string,
    "boolean": lambda _: {"type": "boolean"},
    "timestamp": lambda _: {"type": "number"},  # awsJson 1.1: seconds since 1970, with a fraction
    "blob": lambda _: {"type": "string", "contentEncoding": "base64"},
    **dict.fromkeys(INTEGERS, integer),
    **dict.fromkeys(FLOATS, number),
}


if __name__ == "__main__":
    main()
