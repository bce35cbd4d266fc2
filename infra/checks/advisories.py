"""Is anything that we build with known to be vulnerable? Asks who keeps the lists, for every lock file there is.

    advisories.py                 asks about Cargo.lock, every package-lock.json and every requirements*.txt
    advisories.py --self-test     proves that a finding and a silence are told from a clean answer

Ends with 0 if everybody answered and nobody knew anything, 1 if something is known, 3 if somebody did not answer: who
cannot be asked has not said that all is well. `npm audit` and `pip-audit` need to be read closely for that: pip-audit
ends with 0 over packages it could not ask about.
"""

import argparse
import contextlib
import enum
import http.server
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from typing import NamedTuple

import deny

ROOT = pathlib.Path(__file__).resolve().parents[2]
OSV = "https://api.osv.dev/v1/query"
# What is known and does not concern us: its id, and why. Of crates, deny.toml has them.
EXCUSED: dict[str, str] = {}


class Verdict(enum.Enum):
    CLEAN = "clean"
    FOUND = "found"
    NO_ANSWER = "no answer"


class Answer(NamedTuple):
    verdict: Verdict
    about: str
    says: str = ""


# ------------------------------------------------------------------------------------------------------------- asking


def run(*command: str | pathlib.Path, folder: pathlib.Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, text=True, capture_output=True, check=False)


def ask_about_crates() -> Answer:
    code, text = deny.run("--locked", "--format", "json", "check", "advisories")
    return judge_crates(code, text)


def ask_about_npm(lock: pathlib.Path, *options: str) -> Answer:
    done = run("npm", "audit", "--json", "--package-lock-only", "--fetch-retries=1", *options, folder=lock.parent)
    return judge_npm(name(lock), done.stdout, done.stderr)


def ask_about_pip(requirements: pathlib.Path, url: str = OSV) -> Answer:
    # Every pin is in the file, so nothing has to be resolved, nor downloaded.
    options = ("--format", "json", "--no-deps", "--disable-pip", "--progress-spinner", "off")
    done = run(
        deny.venv("audit") / "pip-audit",
        "--vulnerability-service",
        "osv",
        "--osv-url",
        url,
        *options,
        "--requirement",
        requirements,
    )
    return judge_pip(name(requirements), done.stdout, done.stderr)


# ------------------------------------------------------------------------------------------------------------ judging


def judge_crates(code: int, text: str) -> Answer:
    lines = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    found = [line["fields"] for line in lines if line["type"] == "diagnostic" and line["fields"]["severity"] == "error"]
    if found:
        told = [f"{(each.get('advisory') or {}).get('id', each['code'])}: {each['message']}" for each in found]
        return Answer(Verdict.FOUND, "Cargo.lock", "; ".join(told))
    if code:
        complaints = [line["fields"]["message"] for line in lines if line["type"] == "log"]
        return Answer(Verdict.NO_ANSWER, "Cargo.lock", last_line("\n".join(complaints) or text))
    return Answer(Verdict.CLEAN, "Cargo.lock")


def judge_npm(about: str, answer: str, complaint: str) -> Answer:
    report = parsed(answer)
    if report is None or "auditReportVersion" not in report:
        return Answer(Verdict.NO_ANSWER, about, (report or {}).get("message") or last_line(complaint or answer))
    advisories = {
        via["url"].rsplit("/", 1)[-1]: f"{package} ({via['severity']}): {via['title']}"
        for package, each in report["vulnerabilities"].items()
        for via in each["via"]
        if isinstance(via, dict)
    }
    return found_or_clean(about, advisories)


def judge_pip(about: str, answer: str, complaint: str) -> Answer:
    report = parsed(answer)
    if report is None:
        return Answer(Verdict.NO_ANSWER, about, last_line(complaint or answer))
    unasked = [each["name"] for each in report["dependencies"] if "skip_reason" in each]
    if unasked or not report["dependencies"]:
        return Answer(Verdict.NO_ANSWER, about, f"nothing known of {', '.join(unasked) or 'any package'}")
    advisories = {
        known["id"]: f"{each['name']} {each['version']}, fixed in {', '.join(known['fix_versions']) or 'no version'}"
        for each in report["dependencies"]
        for known in each["vulns"]
    }
    return found_or_clean(about, advisories)


def found_or_clean(about: str, advisories: dict[str, str]) -> Answer:
    open_ones = [f"{identity}: {says}" for identity, says in sorted(advisories.items()) if identity not in EXCUSED]
    return Answer(Verdict.FOUND if open_ones else Verdict.CLEAN, about, "; ".join(open_ones))


def parsed(text: str) -> dict | None:
    try:
        return json.loads(text)
    except ValueError:
        return None


def last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1].strip()[:120] if lines else "said nothing"


def name(path: pathlib.Path) -> str:
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else path.name


def ends_with(answers: list[Answer]) -> int:
    verdicts = {answer.verdict for answer in answers}
    return 1 if Verdict.FOUND in verdicts else 3 if Verdict.NO_ANSWER in verdicts else 0


# ------------------------------------------------------------------------------------------------------------ running


def tracked(pattern: str) -> list[pathlib.Path]:
    listed = subprocess.run(["git", "ls-files", "-z", pattern], cwd=ROOT, check=True, text=True, stdout=subprocess.PIPE)
    return [ROOT / path for path in listed.stdout.split("\0") if path]


def check() -> int:
    answers = [ask_about_crates()]
    answers += [ask_about_npm(lock) for lock in tracked("*package-lock.json")]
    answers += [ask_about_pip(requirements) for requirements in tracked("*requirements*.txt")]
    for answer in answers:
        print(f"{answer.verdict.value:9}  {answer.about}{': ' if answer.says else ''}{answer.says}")
    code = ends_with(answers)
    if code == 3:
        print("Not everybody answered, so nothing is known of what they were asked about. Is the network open?")
    return code


# ---------------------------------------------------------------------------------------------------------- self-test

# What the services say: of an invented package, to both clients.
NPM_FINDS = {
    "invented": [
        {
            "id": 1,
            "url": "https://example.com/advisories/GHSA-0000-0000-0000",
            "title": "invented",
            "severity": "high",
            "vulnerable_versions": "<2.0.0",
        }
    ]
}
OSV_FINDS = {
    "vulns": [
        {
            "id": "GHSA-0000-0000-0000",
            "summary": "invented",
            "affected": [{"package": {"name": "invented", "ecosystem": "PyPI"}, "ranges": [], "versions": ["1.0.0"]}],
        }
    ]
}


@contextlib.contextmanager
def service(status: int, body: dict) -> Iterator[str]:
    """A service on this machine that gives one answer to everything it is asked."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.say(status, body)

        def do_GET(self):
            # npm asks for the package itself, too, before it reports it.
            self.say(200, {"name": "invented", "versions": {"1.0.0": {"name": "invented", "version": "1.0.0"}}})

        def say(self, status, body):
            answer = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def self_test() -> int:
    # Where nobody listens.
    with service(200, {}) as gone:
        pass
    with tempfile.TemporaryDirectory() as folder_name:
        folder = pathlib.Path(folder_name)
        manifest = {"name": "asks", "version": "1.0.0", "dependencies": {"invented": "1.0.0"}}
        packages = {"": manifest, "node_modules/invented": {"version": "1.0.0"}}
        lock = folder / "package-lock.json"
        (folder / "package.json").write_text(json.dumps(manifest))
        lock.write_text(json.dumps({"name": "asks", "version": "1.0.0", "lockfileVersion": 3, "packages": packages}))
        requirements = folder / "requirements.txt"
        requirements.write_text("invented==1.0.0\n")
        os.environ["NO_PROXY"] = "127.0.0.1"
        # npm keeps what it was told.
        npm = (f"--cache={folder / 'cache'}", "--fetch-retries=0", "--noproxy=127.0.0.1")
        rows = []
        for what, status, npm_says, osv_says, expected in (
            ("something is known", 200, NPM_FINDS, OSV_FINDS, Verdict.FOUND),
            ("nothing is known", 200, {}, {}, Verdict.CLEAN),
            ("asking is not allowed", 405, {}, {}, Verdict.NO_ANSWER),
            ("the service is down", 503, {}, {}, Verdict.NO_ANSWER),
        ):
            with service(status, npm_says) as url:
                rows.append((f"npm, {what}", expected, ask_about_npm(lock, f"--registry={url}", *npm)))
            with service(status, osv_says) as url:
                rows.append((f"pip, {what}", expected, ask_about_pip(requirements, url)))
        rows.append(("npm, nobody listens", Verdict.NO_ANSWER, ask_about_npm(lock, f"--registry={gone}", *npm)))
        rows.append(("pip, nobody listens", Verdict.NO_ANSWER, ask_about_pip(requirements, gone)))
        skipped = json.dumps({"dependencies": [{"name": "invented", "skip_reason": "not found on PyPI"}], "fixes": []})
        rows.append(("pip, a package it skipped", Verdict.NO_ANSWER, judge_pip("-", skipped, "")))
        empty = json.dumps({"dependencies": [], "fixes": []})
        rows.append(("pip, a file without packages", Verdict.NO_ANSWER, judge_pip("-", empty, "")))

    for what, about, expected in (
        ("crates, something is known", "subtle", Verdict.FOUND),
        ("crates, nothing is known", "nobody", Verdict.CLEAN),
    ):
        with tempfile.TemporaryDirectory() as folder_name:
            arguments, environment = deny.with_database(pathlib.Path(folder_name), ROOT / "Cargo.toml", about)
            answer = judge_crates(*deny.run("--format", "json", *arguments, environment=environment))
            rows.append((what, expected, answer))
            environment["GIT_CONFIG_KEY_0"] = f"url.{folder_name}/nowhere.insteadOf"
            config = pathlib.Path(folder_name) / "deny.toml"
            config.write_text(config.read_text().replace("/fetched", "/fetched-again"))
            answer = judge_crates(*deny.run("--format", "json", *arguments, environment=environment))
            rows.append((f"{what}, but the database is out of reach", Verdict.NO_ANSWER, answer))

    clean, found, silent = (Answer(verdict, "-") for verdict in Verdict)
    missed = [
        f"{what}: {answer.verdict.value} ({answer.says})"
        for what, expected, answer in rows
        if answer.verdict != expected
    ]
    for answers, expected in (([clean], 0), ([clean, silent], 3), ([silent, found], 1)):
        rows.append((answers, expected, None))
        if ends_with(answers) != expected:
            missed.append(f"{[answer.verdict.value for answer in answers]} ends with {ends_with(answers)}")
    for miss in missed:
        print(f"MISS {miss}")
    print(f"{len(rows) - len(missed)} passed, {len(missed)} failed")
    return int(bool(missed))


def main() -> None:
    parser = argparse.ArgumentParser(description="Asks for advisories on everything in the lock files.")
    parser.add_argument("--self-test", action="store_true", help="prove that findings and silences are told apart")
    sys.exit(self_test() if parser.parse_args().self_test else check())


if __name__ == "__main__":
    main()
