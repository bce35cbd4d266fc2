#!/usr/bin/env python3
"""The dashboard and the saved queries as resources of the SAM template. Needs Python alone.

    embed.py                 prints them
    embed.py TEMPLATE        writes them between the two marks in the template
    embed.py --check TEMPLATE    says whether the template holds them as they are here
"""

import argparse
import json
import pathlib
import sys

import widgets

# A line of each, with nothing else on it, in the template's resources.
BEGIN, END = "  # dashboard: begin, written by infra/dashboard/embed.py", "  # dashboard: end"
LOG_GROUPS = {
    "on-schedule": "OnScheduleLogs",
    "on-alarm": "OnAlarmLogs",
    "on-metric-check": "OnMetricCheckLogs",
    "on-training-end": "OnTrainingEndLogs",
}


def resources() -> str:
    body = widgets.body()
    rows = ",\n".join(f"          {json.dumps(widget)}" for widget in body.pop("widgets"))
    head = json.dumps(body)[1:-1]
    parts = [
        "  Dashboard:\n"
        "    Type: AWS::CloudWatch::Dashboard\n"
        "    Properties:\n"
        "      DashboardName: !Ref Prefix\n"
        "      DashboardBody: !Sub |\n"
        f'        {{{head}, "widgets": [\n{rows}\n        ]}}\n'
    ]
    groups = ", ".join(f"!Ref {LOG_GROUPS[function]}" for function in widgets.FUNCTIONS)
    for name, query in widgets.queries().items():
        text = "".join(f"        {line}\n" for line in query.splitlines())
        parts.append(
            f"  {logical_id(name)}:\n"
            "    Type: AWS::Logs::QueryDefinition\n"
            "    Properties:\n"
            f"      Name: !Sub ${{Prefix}}/{name}\n"
            f"      LogGroupNames: [{groups}]\n"
            f"      QueryString: |\n{text}"
        )
    return "\n".join(parts)


def logical_id(name: str) -> str:
    return "Query" + "".join(word.capitalize() for word in name.split("-"))


def embedded(template: str) -> str:
    """The template with what is here between its marks."""
    before, begin, rest = template.partition(f"{BEGIN}\n")
    _, end, after = rest.partition(f"{END}\n")
    if not begin or not end:
        raise SystemExit(f"the template lacks the two lines:\n{BEGIN}\n{END}")
    return f"{before}{begin}{resources()}{end}{after}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("template", type=pathlib.Path, nargs="?")
    parser.add_argument("--check", action="store_true", help="change nothing; fail if something would change")
    arguments = parser.parse_args()
    if not arguments.template:
        print(resources(), end="")
        return 0
    template = arguments.template.read_text()
    wanted = embedded(template)
    if arguments.check:
        print("the template holds the dashboard" if wanted == template else "run infra/dashboard/embed.py on the template")
        return int(wanted != template)
    arguments.template.write_text(wanted)
    return 0


if __name__ == "__main__":
    sys.exit(main())
