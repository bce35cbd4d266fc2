"""What must be true of the stack, whoever edits the template next.

    check.py                 checks infra/sam/template.yaml
    check.py --self-test     proves that every check can fail: breaks the template once per way named beside the check

The checks are in `promises/`. The template is judged as CloudFormation would see it, once with its defaults and once with
everything switched on that is off at first. The README, the runbooks and the example policies are judged with it: they lie
beside its sections, under `Documents`.
"""

import argparse
import pathlib
import sys

# Importing a module registers its checks, in the order in which they are told.
from promises import alarms, documents, keeping, names, people, rights, waking  # noqa: F401

from given import POLICIES, ROOT, TEMPLATE
from promise import BOOK
from translate import translate


def with_documents(template: dict) -> dict:
    """The template, and beside its sections what is written around it: so a mutation reaches that as well."""
    paths = [ROOT / "infra/README.md", *sorted(POLICIES.glob("*.yaml"))]
    documents = {path.name: path.read_text() for path in paths}
    documents |= {f"runbook {path.name}": path.read_text() for path in sorted((ROOT / "infra/runbooks").glob("*.md"))}
    return template | {"Documents": documents}


def main() -> None:
    parser = argparse.ArgumentParser(description="Checks the SAM template.")
    parser.add_argument("template", nargs="?", type=pathlib.Path, default=TEMPLATE)
    parser.add_argument("--self-test", action="store_true", help="prove that every check can fail")
    arguments = parser.parse_args()
    template = with_documents(translate(arguments.template))
    sys.exit(bool(BOOK.self_test(template) if arguments.self_test else BOOK.run(template)))


if __name__ == "__main__":
    main()
