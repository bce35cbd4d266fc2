"""A book of promises, each with ways to break it. Needs Python alone.

A check is a generator of complaints about a subject; its name is the promise. Each is kept with the mutations that it must
notice, so that none is in the book that cannot fail.
"""

import copy
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple


class Mutation(NamedTuple):
    """One way to break a subject: changes the copy that it is given, or gives back another."""

    name: str
    apply: Callable[[Any], Any]


class Check(NamedTuple):
    name: str
    complaints: Callable[[Any], Iterator[str]]
    mutations: tuple[Mutation, ...]


class Book:
    def __init__(self, views: Callable[[Any], list] = lambda subject: [subject]):
        """`views` are what a check is shown of a subject, one after the other: the subject itself, unless said otherwise."""
        self.checks: list[Check] = []
        self.views = views

    def broken_by(self, *mutations: Mutation):
        """Registers a check, with what it must notice."""
        assert mutations, "no way to break it is known"

        def register(function):
            self.checks.append(Check(function.__name__.replace("_", " "), function, mutations))
            return function

        return register

    def complaints(self, check: Check, subject: Any) -> list[str]:
        return list(dict.fromkeys(complaint for view in self.views(subject) for complaint in check.complaints(view)))

    def run(self, subject: Any) -> int:
        """Prints what every check finds; returns how many found something."""
        failed = 0
        for check in self.checks:
            complaints = self.complaints(check, subject)
            failed += bool(complaints)
            print(f"{'FAIL' if complaints else 'ok':4} {check.name}")
            for complaint in complaints:
                print(f"       {complaint}")
        print(f"{len(self.checks) - failed} passed, {failed} failed")
        return failed

    def self_test(self, subject: Any) -> int:
        """Breaks the subject in every named way; returns how often the check in question did not notice."""
        caught = missed = 0
        for check in self.checks:
            # A check that complains of everything would catch every mutation.
            assert not self.complaints(check, subject), f"{check.name}: complains of it as it is"
            for mutation in check.mutations:
                broken = copy.deepcopy(subject)
                broken = mutation.apply(broken) or broken
                assert broken != subject, f"{mutation.name}: changes nothing"
                if self.complaints(check, broken):
                    caught += 1
                else:
                    missed += 1
                    print(f"MISS {check.name}: not when {mutation.name[:160]}")
        print(f"{caught} passed, {missed} failed")
        return missed
