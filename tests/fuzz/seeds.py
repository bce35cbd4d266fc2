#!/usr/bin/env python3
"""Fills a corpus from what lies elsewhere in the project: seeds.py TARGET FOLDER

For `policy` these are the documents we ship, and the broken ones of `shared/policy/tests/broken`: each is the good
document with one slip in it, or a text of its own, and is taken out of the test's source.
"""

import ast
import pathlib
import re
import sys
from collections.abc import Iterator

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
TEXT = r'(r?"(?:[^"\\]|\\.)*")'
SLIP = re.compile(rf"slip\({TEXT}, {TEXT}\)")
TOLD = re.compile(rf"told\({TEXT}\)")


def files(*patterns: str) -> Iterator[tuple[str, bytes]]:
    for path in (path for pattern in patterns for path in sorted(ROOT.glob(pattern))):
        if path.name != "README.md":
            yield f"{path.parent.name}-{path.stem}", path.read_bytes()


def broken() -> Iterator[tuple[str, bytes]]:
    good = (ROOT / "infra/policies/churn.yaml").read_text().replace("model: example-churn", "model: churn")
    for path in sorted((ROOT / "shared/policy/tests/broken").glob("*.rs")):
        source = path.read_text()
        # The texts are written alike in Rust and in Python.
        slips = [good.replace(ast.literal_eval(old), ast.literal_eval(new), 1) for old, new in SLIP.findall(source)]
        whole = [ast.literal_eval(text) for text in TOLD.findall(source)]
        for count, text in enumerate(slips + whole):
            yield f"broken-{path.stem}-{count}", text.encode()


SEEDS = {
    "events": lambda: files("shared/events/fixtures/*/*", "tests/fuzz/found/events/*"),
    "policy": lambda: [
        *files("infra/policies/*.yaml", "cli/demo/*.yaml", "tests/fuzz/found/policy/*"),
        *broken(),
    ],
}

target, folder = sys.argv[1], pathlib.Path(sys.argv[2])
seeds = dict(SEEDS[target]())
for name, data in seeds.items():
    (folder / f"seed-{name}").write_bytes(data)
print(f"{len(seeds)} seeds for {target}")
