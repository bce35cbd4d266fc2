"""The book of promises about the stack, and ways to break a template."""

import json
from typing import Any

from book import Book, Mutation
from given import SWITCHED_ON
from stack import Stack

# The stack with its defaults, and with everything switched on.
BOOK = Book(lambda template: [Stack(template), Stack(template, SWITCHED_ON)])
broken_by = BOOK.broken_by


# A path is `LogicalId/Property/...`, or from the top when it begins with `/`. In a list, a
#    step is a position or `Key=value`.


def put(path: str, value: Any) -> Mutation:
    return Mutation(f"{path} becomes {json.dumps(value)}", lambda template: walk(template, path, "put", value))


def drop(path: str) -> Mutation:
    return Mutation(f"{path} is gone", lambda template: walk(template, path, "drop", None))


def add(path: str, value: Any) -> Mutation:
    return Mutation(f"{path} gains {json.dumps(value)}", lambda template: walk(template, path, "add", value))


def edit(path: str, old: str, new: str) -> Mutation:
    return Mutation(f"{path} says `{new}` for `{old}`", lambda template: walk(template, path, "edit", (old, new)))


def walk(template: dict, path: str, how: str, value: Any) -> None:
    steps = path.lstrip("/").split("/")
    if not path.startswith("/"):
        steps = ["Resources", steps[0], "Properties", *steps[1:]]
    here = template
    for step in steps[:-1]:
        here = here[position(here, step)]
    last = position(here, steps[-1])
    if how == "put":
        here[last] = value
    elif how == "drop":
        del here[last]
    elif how == "add":
        here[last].append(value)
    else:
        here[last] = here[last].replace(*value)


def position(here: Any, step: str) -> Any:
    if not isinstance(here, list):
        return step
    key, equals, value = step.partition("=")
    return next(at for at, item in enumerate(here) if item.get(key) == value) if equals else int(step)
