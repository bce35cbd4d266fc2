"""What must be true of the stack, whoever edits the template next.

    check.py                 checks infra/sam/template.yaml
    check.py --self-test     proves that every check can fail: breaks the template once per way named beside the check

The checks are in `promises/`. The template is judged as CloudFormation would see it, once with its defaults and once with
everything switched on that is off at first. The README, the runbooks and the example policies are judged with it: they lie
beside its sections, under `Documents`.
"""

import argparse
import copy
import pathlib
import sys

# Importing a module registers its checks, in the order in which they are told.
from promises import alarms, documents, keeping, names, people, rights, waking  # noqa: F401

from given import POLICIES, ROOT, SWITCHED_ON, TEMPLATE
from promise import CHECKS, Check
from stack import Stack
from translate import translate


def with_documents(template: dict) -> dict:
    """The template, and beside its sections what is written around it: so a mutation reaches that as well."""
    paths = [ROOT / "infra/README.md", *sorted(POLICIES.glob("*.yaml"))]
    documents = {path.name: path.read_text() for path in paths}
    documents |= {f"runbook {path.name}": path.read_text() for path in sorted((ROOT / "infra/runbooks").glob("*.md"))}
    return template | {"Documents": documents}


def complaints_of(check: Check, template: dict) -> list[str]:
    """What a check finds, with the defaults and with everything switched on."""
    stacks = (Stack(template), Stack(template, SWITCHED_ON))
    return list(dict.fromkeys(complaint for stack in stacks for complaint in check.complaints(stack)))


def run(template: dict) -> int:
    """Prints what every check finds; returns how many found something."""
    failed = 0
    for check in CHECKS:
        complaints = complaints_of(check, template)
        failed += bool(complaints)
        print(f"{'FAIL' if complaints else 'ok':4} {check.name}")
        for complaint in complaints:
            print(f"       {complaint}")
    print(f"{len(CHECKS) - failed} passed, {failed} failed")
    return failed


def self_test(template: dict) -> int:
    """Breaks the template in every named way; returns how often the check in question did not notice."""
    caught = missed = 0
    for check in CHECKS:
        # A check that complains of everything would catch every mutation.
        assert not complaints_of(check, template), f"{check.name}: complains of the template as it is"
        assert check.mutations, f"{check.name}: no way to break it is known"
        for mutation in check.mutations:
            broken = copy.deepcopy(template)
            mutation.apply(broken)
            assert broken != template, f"{mutation.name}: changes nothing"
            if complaints_of(check, broken):
                caught += 1
            else:
                missed += 1
                print(f"MISS {check.name}: not when {mutation.name}")
    print(f"{caught} passed, {missed} failed")
    return missed


def main() -> None:
    parser = argparse.ArgumentParser(description="Checks the SAM template.")
    parser.add_argument("template", nargs="?", type=pathlib.Path, default=TEMPLATE)
    parser.add_argument("--self-test", action="store_true", help="prove that every check can fail")
    arguments = parser.parse_args()
    template = with_documents(translate(arguments.template))
    sys.exit(bool(self_test(template) if arguments.self_test else run(template)))


if __name__ == "__main__":
    main()
