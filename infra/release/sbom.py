"""What is in a release, as CycloneDX. Called by sbom.sh, which says how.

The crates are listed by `cargo tree`, which knows the features that a function alone switches on. A list made from
`cargo metadata` names what other members of the workspace switch on besides: crates that are in no function.
"""

import argparse
import copy
import datetime
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import tomllib
import uuid
from collections.abc import Callable, Iterator

from cyclonedx.schema import OutputFormat, SchemaVersion
from cyclonedx.validation import make_schemabased_validator

ROOT = pathlib.Path(__file__).resolve().parents[2]
FUNCTIONS = ("on-schedule", "on-alarm", "on-metric-check", "on-training-end")
TARGETS = {"x86_64": "x86_64-unknown-linux-gnu", "arm64": "aarch64-unknown-linux-gnu"}
# Any fixed one will do: it makes a bill's number a function of what the bill says.
NAMESPACE = uuid.UUID("6c9a5f0e-2f5e-5b0a-9d2f-0d8f3b1c7a41")

Bill = dict
Crate = tuple[str, str]


def run(*command: str | pathlib.Path, folder: pathlib.Path = ROOT) -> str:
    return subprocess.run(command, cwd=folder, check=True, text=True, stdout=subprocess.PIPE).stdout


def tracked(pattern: str) -> list[pathlib.Path]:
    return [ROOT / path for path in run("git", "ls-files", "-z", pattern).split("\0") if path]


# ------------------------------------------------------------------------------------------------------------- crates


def tree(function: str, edges: str, target: str) -> dict[Crate, set[Crate]]:
    """Which crates a function needs, each with those that it needs itself."""
    said = run(
        *("cargo", "tree", "--locked", "--package", function, "--edges", edges, "--target", target),
        *("--prefix", "depth", "--format", "{p}"),
    )
    needs: dict[Crate, set[Crate]] = {}
    above: list[Crate] = []
    for line in said.splitlines():
        found = re.match(r"(\d+)(\S+) v(\S+)", line)
        assert found, f"cargo tree says `{line}`, which this script cannot read"
        depth, crate = int(found[1]), (found[2], found[3])
        del above[depth:]
        if above:
            needs[above[-1]].add(crate)
        needs.setdefault(crate, set())
        above.append(crate)
    return needs


def purl(crate: Crate) -> str:
    return f"pkg:cargo/{crate[0]}@{crate[1]}"


def bill_of_crates(function: str, architecture: str) -> Bill:
    target = TARGETS[architecture]
    linked = tree(function, "normal,no-proc-macro", target)
    needs = tree(function, "normal,build", target)
    metadata = json.loads(run("cargo", "metadata", "--locked", "--format-version", "1"))
    packages = {(each["name"], each["version"]): each for each in metadata["packages"]}
    lock = tomllib.loads((ROOT / "Cargo.lock").read_text())["package"]
    checksums = {(each["name"], each["version"]): each["checksum"] for each in lock if "checksum" in each}

    def component(crate: Crate) -> dict:
        package = packages[crate]
        shown = {
            "type": "library",
            "bom-ref": purl(crate),
            "name": crate[0],
            "version": crate[1],
            # What is only built with, such as a macro, is in no binary.
            "scope": "required" if crate in linked else "excluded",
            # The way it was written before there were expressions.
            "licenses": [{"expression": re.sub(r"\s*/\s*", " OR ", package["license"])}],
            "purl": purl(crate),
        }
        if crate in checksums:
            shown["hashes"] = [{"alg": "SHA-256", "content": checksums[crate]}]
        if package["repository"]:
            shown["externalReferences"] = [{"type": "vcs", "url": package["repository"]}]
        return shown

    (own,) = (crate for crate in needs if crate[0] == function)
    rustc = run("rustc", "--version").split()[1]
    std = {
        "type": "library",
        "bom-ref": f"pkg:generic/rust-std@{rustc}",
        "name": "std",
        "version": rustc,
        "description": "Rust's standard library, as it comes with the compiler.",
        "scope": "required",
        "licenses": [{"expression": "MIT OR Apache-2.0"}],
        "purl": f"pkg:generic/rust-std@{rustc}",
    }
    of = {purl(crate): sorted(purl(other) for other in others) for crate, others in sorted(needs.items())}
    of[purl(own)] = sorted([*of[purl(own)], std["purl"]])
    of[std["purl"]] = []
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": component(own) | {"type": "application", "scope": "required"},
            "properties": [{"name": "cdx:rustc:sbom:target:triple", "value": target}],
        },
        "components": [*(component(crate) for crate in sorted(needs) if crate != own), std],
        "dependencies": [{"ref": ref, "dependsOn": others} for ref, others in of.items()],
    }


def expected_of_crates(function: str, architecture: str) -> set[str]:
    """Every crate that must be there: asked for once more, as plain lines."""
    said = run(
        *("cargo", "tree", "--locked", "--package", function, "--edges", "normal,build"),
        *("--target", TARGETS[architecture], "--prefix", "none", "--format", "{p}"),
    )
    crates = {tuple(line.split()[:2]) for line in said.splitlines()}
    return {f"pkg:cargo/{name}@{version.removeprefix('v')}" for name, version in crates if name != function}


# ---------------------------------------------------------------------------------------------------- npm, and Python


def bill_of_npm(lock: pathlib.Path) -> Bill:
    """npm makes no bill of a package without a version, and ours that are never published need none."""
    with tempfile.TemporaryDirectory() as name:
        # npm takes the folder's name for the name of what is in it.
        folder = pathlib.Path(name) / lock.parent.name
        folder.mkdir()
        for file in (lock, lock.with_name("package.json")):
            text = json.loads(file.read_text())
            text.setdefault("version", "0.0.0")
            (folder / file.name).write_text(json.dumps(text))
        return json.loads(run("npm", "sbom", "--package-lock-only", "--sbom-format", "cyclonedx", folder=folder))


def expected_of_npm(lock: pathlib.Path) -> set[str]:
    packages = json.loads(lock.read_text())["packages"]
    named = {
        (package.get("name", place.rpartition("node_modules/")[2]), package["version"])
        for place, package in packages.items()
        if place and not package.get("link")
    }
    return {f"pkg:npm/{name.replace('@', '%40')}@{version}" for name, version in named}


def bill_of_pip(requirements: pathlib.Path) -> Bill:
    options = ("--output-reproducible", "--output-format", "JSON", "--spec-version", "1.6")
    program = pathlib.Path(sys.executable).with_name("cyclonedx-py")
    return json.loads(run(program, "requirements", *options, requirements))


def expected_of_pip(requirements: pathlib.Path) -> set[str]:
    pins = re.findall(r"^([\w.-]+)(?:\[.*?\])?==([^\s;\\]+)", requirements.read_text(), re.MULTILINE)
    return {f"pkg:pypi/{re.sub(r'[-_.]+', '-', name).lower()}@{version}" for name, version in pins}


# ------------------------------------------------------------------------------------------------------------ checking


def complaints(bill: Bill, expected: set[str]) -> Iterator[str]:
    listed = {identity(each) for each in bill["components"]}
    if not expected:
        yield "nothing was expected in it, so nothing was checked"
    for missing in sorted(expected - listed):
        yield f"{missing} is missing"
    for superfluous in sorted(listed - expected):
        if not superfluous.startswith("pkg:generic/rust-std@"):
            yield f"{superfluous} is no part of it"
    for each in bill["components"]:
        ref = each.get("purl", "")
        # Our own crates come from no registry. Of Python, the pins name no licence.
        if ref.startswith("pkg:cargo/") and not each.get("hashes") and not is_ours(ref):
            yield f"{ref} has no checksum"
        if not ref.startswith("pkg:pypi/") and not each.get("licenses"):
            yield f"{ref} names no licence"
    # Last, since it takes seconds.
    version = SchemaVersion.from_version(bill["specVersion"])
    refused = make_schemabased_validator(OutputFormat.JSON, version).validate_str(json.dumps(bill))
    if refused is not None:
        yield f"the schema of CycloneDX refuses it: {str(refused).splitlines()[0]}"


def identity(component: dict) -> str:
    """The name a component goes by. Python's package names mean the same with a dot, a dash and an underscore."""
    ref = component.get("purl", "a component without a name").split("?")[0]
    return re.sub(r"[-_.]+(?=[^@]*@)", "-", ref.lower()) if ref.startswith("pkg:pypi/") else ref


def is_ours(ref: str) -> bool:
    return ref.startswith("pkg:cargo/rekindle-")


def dated(bill: Bill) -> Bill:
    """The same bill, its number and its time taken from what it says and from the commit."""
    bill = copy.deepcopy(bill)
    bill.pop("serialNumber", None)
    epoch = int(os.environ["SOURCE_DATE_EPOCH"])
    bill["metadata"]["timestamp"] = datetime.datetime.fromtimestamp(epoch, datetime.UTC).isoformat()
    bill["serialNumber"] = f"urn:uuid:{uuid.uuid5(NAMESPACE, json.dumps(bill, sort_keys=True))}"
    return bill


# ------------------------------------------------------------------------------------------------------------- running


def everything(architecture: str) -> Iterator[tuple[str, Callable[[], Bill], Callable[[], set[str]]]]:
    for function in FUNCTIONS:
        yield (
            function,
            lambda function=function: bill_of_crates(function, architecture),
            lambda function=function: expected_of_crates(function, architecture),
        )
    for lock in tracked("*package-lock.json"):
        yield f"npm-{slug(lock.parent)}", lambda lock=lock: bill_of_npm(lock), lambda lock=lock: expected_of_npm(lock)
    for pins in tracked("*requirements*.txt"):
        yield f"pip-{slug(pins)}", lambda pins=pins: bill_of_pip(pins), lambda pins=pins: expected_of_pip(pins)


def slug(path: pathlib.Path) -> str:
    return str(path.relative_to(ROOT).with_suffix("")).replace("/", "-")


def write(architecture: str) -> int:
    folder = ROOT / "target/sbom"
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.cdx.json"):
        old.unlink()
    failed = 0
    for name, make, expect in everything(architecture):
        bill = dated(make())
        found = list(complaints(bill, expect()))
        failed += bool(found)
        if not found:
            (folder / f"{name}.cdx.json").write_text(json.dumps(bill, indent=1, ensure_ascii=False) + "\n")
        print(f"{'FAIL' if found else 'ok':4} {name}: {len(bill['components'])} components")
        for complaint in found:
            print(f"       {complaint}")
    print(f"bills of materials in {folder.relative_to(ROOT)}")
    return int(bool(failed))


def self_test(architecture: str) -> int:
    function = "on-training-end"
    # A few of its crates will do, and the schema is read faster.
    few = {f"pkg:cargo/{name}" for name in ("serde", "syn", "rekindle-turn")}
    whole = dated(bill_of_crates(function, architecture))
    bill = whole | {"components": [each for each in whole["components"] if each["purl"].split("@")[0] in few]}
    expected = {ref for ref in expected_of_crates(function, architecture) if ref.split("@")[0] in few}
    assert not list(complaints(bill, expected)), "complains of a bill as it is"

    def broken(change: Callable[[Bill], object]) -> Bill:
        other = copy.deepcopy(bill)
        change(other)
        assert other != bill, "changes nothing"
        return other

    def serde(of: Bill) -> dict:
        return next(each for each in of["components"] if each["name"] == "serde")

    rows = (
        ("a crate is missing", broken(lambda of: of["components"].remove(serde(of)))),
        (
            "a crate is there that is not in the binary",
            broken(lambda of: serde(of).update(purl="pkg:cargo/ring@0.17.14")),
        ),
        ("a crate has no checksum", broken(lambda of: serde(of).pop("hashes"))),
        ("a crate names no licence", broken(lambda of: serde(of).pop("licenses"))),
        ("a checksum is cut short", broken(lambda of: serde(of)["hashes"][0].update(content="abc"))),
        ("a word is not CycloneDX's", broken(lambda of: serde(of).update(scope="linked"))),
        ("a component has no name", broken(lambda of: serde(of).pop("name"))),
        ("the number is none", broken(lambda of: of.update(serialNumber="1"))),
    )
    missed = [what for what, other in rows if not list(complaints(other, expected))]
    if dated(bill_of_crates(function, architecture)) != whole:
        missed.append("made twice, it differs")
    for miss in missed:
        print(f"MISS {miss}")
    print(f"{len(rows) + 1 - len(missed)} passed, {len(missed)} failed")
    return int(bool(missed))


def main() -> None:
    parser = argparse.ArgumentParser(description="Writes bills of materials.")
    parser.add_argument("--self-test", action="store_true", help="prove that a wrong bill is refused")
    architecture = os.environ.get("ARCHITECTURE", "x86_64")
    if architecture not in TARGETS:
        sys.exit(f"ARCHITECTURE is `{architecture}`; Lambda knows {' and '.join(TARGETS)}")
    sys.exit((self_test if parser.parse_args().self_test else write)(architecture))


if __name__ == "__main__":
    main()
