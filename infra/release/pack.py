"""Packs bootstraps as Lambda takes them: the same bits for the same bootstrap.

    pack.py FOLDER BOOTSTRAP...     writes into FOLDER, for bootstraps that lie in folders named like their functions
    pack.py --self-test             proves that nothing but the bootstrap decides about the bits

| file | holds |
|---|---|
| `NAME.zip` | one function |
| `SHA256SUMS` | for `sha256sum --check` |
| `CodeSha256` | the same as Lambda writes it, in base64 |
| `template.yaml` | the template, with these zips as code |
"""

import argparse
import base64
import hashlib
import io
import os
import pathlib
import sys
import tempfile
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
TEMPLATE = ROOT / "infra/sam/template.yaml"
# The first instant a zip can hold. When it was packed is nobody's business.
NEVER = (1980, 1, 1, 0, 0, 0)
EXECUTABLE = 0o100755 << 16
UNIX = 3


def pack(bootstrap: bytes) -> bytes:
    """The zip, without compression: what zlib makes of the same bytes changes from one version of it to the next."""
    entry = zipfile.ZipInfo("bootstrap", NEVER)
    entry.create_system = UNIX
    entry.external_attr = EXECUTABLE
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(entry, bootstrap)
    return packed.getvalue()


def template(functions: list[str]) -> str | None:
    """The template with zips for code, if there is one for each function in it."""
    text = TEMPLATE.read_text()
    for function in functions:
        text = text.replace(f"CodeUri: ../../functions/{function}\n", f"CodeUri: {function}.zip\n")
    # What still lies elsewhere would not be found from where this is written.
    return None if "../" in text else text


def write(folder: pathlib.Path, bootstraps: list[pathlib.Path]) -> None:
    functions = sorted((path.parent.name, path) for path in bootstraps)
    sums, codes = [], []
    for function, path in functions:
        packed = pack(path.read_bytes())
        (folder / f"{function}.zip").write_bytes(packed)
        digest = hashlib.sha256(packed)
        sums.append(f"{digest.hexdigest()}  {function}.zip\n")
        # Who deploys with other tools has another zip, and the same bootstrap in it.
        if path.is_relative_to(folder):
            sums.append(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder)}\n")
        codes.append(f"{base64.b64encode(digest.digest()).decode()}  {function}\n")
    (folder / "SHA256SUMS").write_text("".join(sums))
    (folder / "CodeSha256").write_text("".join(codes))
    if text := template([function for function, _ in functions]):
        (folder / "template.yaml").write_text(text)


def self_test() -> int:
    missed = []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        written = []
        for place, mode, time in (("here", 0o755, 1_000_000_000), ("elsewhere/deeper", 0o700, 1_700_000_000)):
            bootstrap = folder / place / "on-alarm/bootstrap"
            bootstrap.parent.mkdir(parents=True)
            bootstrap.write_bytes(b"\x7fELF the same")
            bootstrap.chmod(mode)
            os.utime(bootstrap, (time, time))
            write(folder / place, [bootstrap])
            written.append((folder / place / "on-alarm.zip").read_bytes())
        if written[0] != written[1]:
            missed.append("time, place or mode of a bootstrap is in its zip")
        if pack(b"\x7fELF another") == written[0]:
            missed.append("another bootstrap gives the same zip")
        (entry,) = zipfile.ZipFile(folder / "here/on-alarm.zip").infolist()
        if (entry.filename, entry.external_attr >> 16) != ("bootstrap", 0o100755):
            missed.append(f"Lambda would not start `{entry.filename}` of mode {entry.external_attr >> 16:o}")
        digest, _, function = (folder / "here/CodeSha256").read_text().split("\n")[0].partition("  ")
        if (base64.b64decode(digest).hex(), "on-alarm") != (hashlib.sha256(written[0]).hexdigest(), function):
            missed.append("the sum is not that of the zip")
        if template(["on-alarm"]) is not None:
            missed.append("a template with code for one function is written")
        functions = ["on-alarm", "on-schedule", "on-metric-check", "on-training-end"]
        if (template(functions) or "").count(".zip\n") != len(functions):
            missed.append("the template does not take the four zips")
    for miss in missed:
        print(f"MISS {miss}")
    print(f"{6 - len(missed)} passed, {len(missed)} failed")
    return int(bool(missed))


def main() -> None:
    parser = argparse.ArgumentParser(description="Packs bootstraps.")
    parser.add_argument("--self-test", action="store_true", help="prove that the bits depend on the bootstrap alone")
    parser.add_argument("folder", nargs="?", type=pathlib.Path)
    parser.add_argument("bootstraps", nargs="*", type=pathlib.Path)
    arguments = parser.parse_args()
    if arguments.self_test:
        sys.exit(self_test())
    if not arguments.bootstraps:
        parser.error("name a folder and at least one bootstrap")
    write(arguments.folder, arguments.bootstraps)


if __name__ == "__main__":
    main()
