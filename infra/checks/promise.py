"""A promise about the stack, and ways to break it.

A check is a generator of complaints; its name is the promise.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from stack import Stack


class Mutation(NamedTuple):
    name: str
    apply: Callable[[dict], None]


class Check(NamedTuple):
    name: str
    complaints: Callable[[Stack], Iterator[str]]
    mutations: tuple[Mutation, ...]


CHECKS: list[Check] = []


def broken_by(*mutations: Mutation):
    """Registers a check, with the ways to break the template that it must notice."""

    def register(function):
        CHECKS.append(Check(function.__name__.replace("_", " "), function, mutations))
        return function

    return register


# -- ways to break a template. A path is `LogicalId/Property/...`, or from the top when it begins with `/`. In a list, a
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
