"""Nothing is taken that the repository does not name to the version: actions, packages of Python and npm, crates.

    pins.py                 checks every file that git knows, or would take
    pins.py --self-test     proves that every check can fail: breaks the files once per way named beside the check

A check is a generator of complaints about a dictionary from path to text; its name is the promise.
"""

import argparse
import fnmatch
import json
import pathlib
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator

import yaml

from book import Book, Mutation

ROOT = pathlib.Path(__file__).resolve().parents[2]
CI = ".github/workflows/ci.yml"
DEPENDABOT = ".github/dependabot.yml"
CHECKOUT = "actions/checkout"
# A workspace of its own, for people who look for bugs by hand; what it finds is replayed by tests that are locked.
UNLOCKED_CRATES = {"tests/fuzz"}

Files = dict[str, str]


BOOK = Book()
broken_by = BOOK.broken_by


def edit(path: str, old: str, new: str) -> Mutation:
    return Mutation(f"{path} says `{new}` for `{old}`", lambda files: files | {path: files[path].replace(old, new)})


def add(path: str, text: str) -> Mutation:
    return Mutation(f"{path} gains `{text}`", lambda files: files | {path: files.get(path, "") + text})


def npm(name: str, **entry: object) -> Mutation:
    """A folder with one package, whose entry in the lock is as given; with no entry at all, a folder without a lock."""
    manifest = {"name": "own", "dependencies": {"taken": "^1.0.0"}}
    packages = {"": manifest, "node_modules/taken": entry}
    lock = json.dumps({"lockfileVersion": 3, "packages": packages})
    folder = {"new/package.json": json.dumps(manifest)} | ({"new/package-lock.json": lock} if entry else {})
    return Mutation(name, lambda files: files | folder)


def in_folder(files: Files, pattern: str) -> Iterator[tuple[str, str]]:
    return ((path, text) for path, text in files.items() if fnmatch.fnmatch(path, pattern))


def workflows(files: Files) -> Iterator[tuple[str, str]]:
    yield from in_folder(files, ".github/workflows/*.yml")
    yield from in_folder(files, "*action.yml")


def manifests(files: Files, name: str) -> Iterator[tuple[str, str]]:
    return ((path, text) for path, text in files.items() if pathlib.PurePath(path).name == name)


def requirements(files: Files) -> Iterator[tuple[str, str]]:
    return in_folder(files, "*requirements*.txt")


def beside(path: str, name: str) -> str:
    return str(pathlib.PurePath(path).with_name(name))


# ------------------------------------------------------------------------------------------------------------ actions


@broken_by(
    edit(CI, "@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1", "@v7"),
    edit(CI, "@3d3c42e5aac5ba805825da76410c181273ba90b1", "@3d3c42e5"),
    edit(CI, "@3d3c42e5aac5ba805825da76410c181273ba90b1", "@main"),
    edit(CI, "@3d3c42e5aac5ba805825da76410c181273ba90b1", ""),
    edit(CI, " # v7.0.1", ""),
    add(CI, "      - uses: docker://alpine:3.22 # v3.22\n"),
    add(CI, "      - { uses: actions/cache@v5 }\n"),
    add("tools/action.yml", "runs:\n  steps:\n    - uses: actions/cache@v5\n"),
)
def every_action_is_pinned_to_a_commit_and_says_its_version(files):
    pinned = re.compile(r"uses: [\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d[\w.]*$")
    for path, text in workflows(files):
        for line in text.splitlines():
            if re.search(r"\buses['\"]?:", line) and not pinned.search(line):
                yield f"{path}: `{line.strip()}`"


@broken_by(
    edit(CI, "permissions:\n  contents: read", "permissions:\n  contents: write"),
    edit(CI, "permissions:\n  contents: read", "permissions: write-all"),
    edit(CI, "permissions:\n  contents: read\n", ""),
    edit(CI, "    runs-on:", "    permissions: { id-token: write }\n    runs-on:"),
    edit(CI, "pull_request:", "pull_request_target:"),
    edit(CI, "persist-credentials: false", "fetch-depth: 0"),
    edit(CI, "run: .ci/run", "run: .ci/run ${{ github.head_ref }}"),
    edit(CI, "run: .ci/run", "run: .ci/run\n        env: { TOKEN: '${{ secrets.TOKEN }}' }"),
)
def a_workflow_may_read_the_code_and_nothing_else(files):
    for path, text in in_folder(files, ".github/workflows/*.yml"):
        workflow = yaml.safe_load(text)
        if workflow.get("permissions") != {"contents": "read"}:
            yield f"{path}: its permissions are not `contents: read`"
        # YAML takes the word `on` for true.
        events = workflow.get("on") or workflow.get(True)
        for event in {"pull_request_target", "workflow_run"} & set(events):
            yield f"{path}: `{event}` runs code of strangers with our rights"
        if "secrets." in text:
            yield f"{path}: it reads a secret"
        for name, job in workflow["jobs"].items():
            if "permissions" in job:
                yield f"{path}: the job `{name}` has permissions of its own"
            for step in job["steps"]:
                if "${{" in step.get("run", ""):
                    yield f"{path}: a command has words put in that somebody else may choose: `{step['run'].strip()}`"
                credentials = step.get("with", {}).get("persist-credentials")
                if step.get("uses", "").startswith(f"{CHECKOUT}@") and credentials is not False:
                    yield f"{path}: its checkout leaves a token in the folder"


@broken_by(
    edit(CI, "rustup toolchain install 1.95.0", "rustup toolchain install stable"),
    edit(CI, "rustup default 1.95.0", "rustup default 1.94.0"),
    edit("Cargo.toml", 'rust-version = "1.95"', 'rust-version = "1.96"'),
    edit(CI, "ubuntu-24.04", "ubuntu-latest"),
)
def a_workflow_names_its_machine_and_the_rust_that_the_workspace_asks_for(files):
    wanted = tomllib.loads(files["Cargo.toml"])["workspace"]["package"]["rust-version"]
    for path, text in in_folder(files, ".github/workflows/*.yml"):
        for version in re.findall(r"rustup (?:toolchain install|default) (\S+)", text):
            if not re.fullmatch(rf"{re.escape(wanted)}\.\d+", version):
                yield f"{path}: Rust {version}, and the workspace asks for {wanted}"
        for machine in re.findall(r"runs-on: (\S+)", text):
            if "latest" in machine:
                yield f"{path}: `{machine}` is another machine next year"


# ----------------------------------------------------------------------------------------------------------- packages


@broken_by(
    add("infra/checks/requirements-sam.txt", "left-pad>=1.0\n"),
    add("infra/checks/requirements-sam.txt", "left-pad\n"),
    add("infra/checks/requirements-sam.txt", "left-pad==1.*\n"),
    add("infra/checks/requirements-sam.txt", "left-pad @ https://example.com/left-pad.zip\n"),
    add("infra/checks/requirements-sam.txt", "--index-url https://example.com/simple\n"),
    add("infra/checks/requirements-sam.txt", "--requirement other.txt\n"),
    add("new/requirements.txt", "left-pad~=1.0\n"),
)
def every_python_package_is_pinned_to_a_version(files):
    pinned = re.compile(r"[A-Za-z0-9._-]+(\[[\w,-]+\])?==[\w.+!-]+( ; .+)?|--hash=sha256:[0-9a-f]{64}")
    for path, text in requirements(files):
        for line in text.splitlines():
            line = line.split("#")[0].rstrip(" \\").strip()
            if line and not pinned.fullmatch(line):
                yield f"{path}: `{line}`"


@broken_by(
    npm("there is no lock file"),
    npm("a package has no checksum", version="1.0.0"),
    npm("a checksum is weak", version="1.0.0", integrity="sha1-AAAA"),
    npm("a package comes from git", version="1.0.0", resolved="git+ssh://git@example.com/taken.git#0123abc"),
    npm(
        "a package comes unencrypted",
        version="1.0.0",
        resolved="http://example.com/taken/-/taken-1.0.0.tgz",
        integrity="sha512-A",
    ),
    npm(
        "a package is another",
        version="1.0.0",
        resolved="https://example.com/given/-/given-1.0.0.tgz",
        integrity="sha512-A",
    ),
    npm("a package is deprecated", version="1.0.0", integrity="sha512-A", deprecated="use another"),
    Mutation(
        "the lock is of an older package.json",
        lambda files: (
            files
            | {
                "new/package.json": '{"dependencies": {"taken": "^2.0.0"}}',
                "new/package-lock.json": '{"packages": {"": {"dependencies": {"taken": "^1.0.0"}}}}',
            }
        ),
    ),
)
def every_npm_package_is_locked_with_its_checksum(files):
    for path, text in manifests(files, "package.json"):
        lock = beside(path, "package-lock.json")
        if lock not in files:
            yield f"{path}: no package-lock.json beside it"
            continue
        manifest, packages = json.loads(text), json.loads(files[lock])["packages"]
        for kind in ("dependencies", "devDependencies", "optionalDependencies"):
            if manifest.get(kind, {}) != packages[""].get(kind, {}):
                yield f"{lock}: its {kind} are not those of package.json; run `npm install --package-lock-only`"
        for place, package in packages.items():
            # What is bundled with another package comes with that one's checksum; a link is a folder of ours.
            if not place or package.get("link") or package.get("inBundle"):
                continue
            name = package.get("name", place.rpartition("node_modules/")[2])
            resolved = package.get("resolved", "")
            if resolved and not re.match(rf"https://[^/]+/{re.escape(name)}/-/", resolved):
                yield f"{lock}: {name} comes from `{resolved}`"
            if not package.get("integrity", "").startswith("sha512-"):
                yield f"{lock}: {name} has no SHA-512"
            if "deprecated" in package:
                yield f"{lock}: {name} is deprecated: {package['deprecated']}"


@broken_by(
    add("new/Cargo.toml", '[package]\nname = "new"\n'),
    add("shared/decision/deeper/Cargo.toml", '[package]\nname = "deeper"\n'),
    Mutation("Cargo.lock is gone", lambda files: {path: text for path, text in files.items() if path != "Cargo.lock"}),
)
def every_crate_is_locked(files):
    if "Cargo.lock" not in files:
        yield "there is no Cargo.lock"
    members = tomllib.loads(files["Cargo.toml"])["workspace"]["members"]
    for path, _ in manifests(files, "Cargo.toml"):
        folder = pathlib.PurePath(path).parent
        if path == "Cargo.toml" or str(folder) in UNLOCKED_CRATES:
            continue
        # `shared/*` is one folder deep.
        if not any(folder.match(member) and str(folder).count("/") == member.count("/") for member in members):
            yield f"{path}: outside the workspace, so no lock file holds it"


@broken_by(
    add("infra/checks/run.sh", "npm install\n"),
    add("infra/checks/run.sh", "npm i --global left-pad\n"),
    add("infra/checks/run.sh", "npx --yes left-pad\n"),
    add("infra/checks/run.sh", "pip install left-pad\n"),
    add("infra/checks/run.sh", "python3 -m pip install --upgrade pip\n"),
    add(".ci/run", "cargo install left-pad\n"),
    add(".ci/run", "cargo install --locked left-pad\n"),
    add(CI, "      - run: curl https://example.com/install | sh\n"),
    add("new/package.json", '{"scripts": {"build": "npx --yes left-pad"}}'),
)
def scripts_install_what_is_pinned_and_nothing_else(files):
    refused = {
        r"\bnpm (?:install|i|add)\b(?!.*--package-lock-only)": "installs what is newest; `npm ci` takes the lock",
        r"\bnpx (?!--no\b|--no-install\b)": "fetches what is not installed; `npx --no` does not",
        r"\bpip install\b(?!.*(?:--requirement|-r) )": "names no file of requirements",
        r"\bcargo install\b(?!(?=.*--locked)(?=.*(?:@|--version[ =])\d))": "names no version, or takes no lock",
        r"\b(?:curl|wget)\b": "fetches what nobody has pinned",
    }
    scripts = [
        *in_folder(files, "*.sh"),
        *in_folder(files, ".ci/*"),
        *workflows(files),
        *manifests(files, "package.json"),
    ]
    for path, text in scripts:
        for line in text.splitlines():
            for pattern, why in refused.items():
                if not line.lstrip().startswith("#") and re.search(pattern, line):
                    yield f"{path}: `{line.strip()}` {why}"


@broken_by(
    edit(DEPENDABOT, "package-ecosystem: cargo", "package-ecosystem: gomod"),
    edit(DEPENDABOT, 'npm\n    directories: ["**/*"]', 'npm\n    directories: ["/elsewhere"]'),
    edit(DEPENDABOT, 'pip\n    directories: ["**/*"]', "pip\n    directory: /"),
    edit(DEPENDABOT, "package-ecosystem: github-actions", "package-ecosystem: docker"),
)
def dependabot_looks_after_every_pin(files):
    looked_after = {
        update["package-ecosystem"]: update.get("directories", [update.get("directory")])
        for update in yaml.safe_load(files[DEPENDABOT])["updates"]
    }
    held = [("cargo", "Cargo.lock"), ("github-actions", ".github/workflows")]
    held += [("npm", path) for path, _ in manifests(files | {"any/package-lock.json": ""}, "package-lock.json")]
    held += [("pip", path) for path, _ in requirements(files)]
    for kind, path in held:
        folder = "/" if kind == "github-actions" else "/" + str(pathlib.PurePath(path).parent).removeprefix(".")
        if not any(pattern == "**/*" or fnmatch.fnmatch(folder, pattern) for pattern in looked_after.get(kind, [])):
            yield f"nobody looks after {path} ({kind})"


# ------------------------------------------------------------------------------------------------------------ running


def read() -> Files:
    """What git knows, or would take. A file that is no text holds no pin."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        text=True,
        stdout=subprocess.PIPE,
    )
    paths = [path for path in listed.stdout.split("\0") if path and (ROOT / path).is_file()]
    return {path: (ROOT / path).read_text(errors="replace") for path in paths}


def main() -> None:
    parser = argparse.ArgumentParser(description="Checks that everything that is taken is pinned.")
    parser.add_argument("--self-test", action="store_true", help="prove that every check can fail")
    sys.exit(bool((BOOK.self_test if parser.parse_args().self_test else BOOK.run)(read())))


if __name__ == "__main__":
    main()
