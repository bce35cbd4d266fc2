#!/usr/bin/env python3
"""What must be true of the dashboard and of the saved queries, whoever edits them next. Needs Python alone.

    check.py                 checks infra/dashboard
    check.py --self-test     proves that every check can fail: breaks it once per way named beside the check
    check.py --write         puts the saved queries into the widgets that ask them

A check is a generator of complaints; its name is the promise. That the functions write every metric and every field that is
asked for here is held by `cli/tests/dashboard.rs`, which lives through a month and looks.
"""

import argparse
import json
import pathlib
import re
import sys
from collections.abc import Iterator
from typing import Any, NamedTuple

import figures
import insights
import widgets

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "infra/checks"))
from book import Book, Mutation  # noqa: E402

TEMPLATE = ROOT / "infra/sam/template.yaml"

# CloudWatch's limits.
COLUMNS, MOST_WIDGETS, METRICS_OF_GRAPH, METRICS_OF_DASHBOARD, ALARMS_OF_WIDGET = 24, 500, 500, 2500, 100
QUERY_LETTERS = 10_000
# Ours: the template holds the body, and people read the template.
BODY_BYTES = 30_000
VIEWS = {"metric": {"timeSeries", "singleValue"}, "log": {"table"}}
TYPES = {"text", "metric", "log", "alarm"}
# What AWS measures of our functions and queues: the dimension, and the metrics that we know of.
THEIRS = {
    "AWS/Lambda": ("FunctionName", {"Errors", "Throttles", "Duration", "Invocations"}),
    "AWS/SQS": ("QueueName", {"ApproximateNumberOfMessagesVisible"}),
}
# So many rows of the grid are seen without scrolling, and answer the first question.
FIRST_SCREEN = 18


class Dashboard(NamedTuple):
    body: dict[str, Any]
    queries: dict[str, str]
    template: str

    @property
    def widgets(self) -> list[dict]:
        return self.body["widgets"]

    def of(self, *types: str) -> Iterator[tuple[str, dict]]:
        """The widgets of these types, each with what a complaint calls it."""
        for widget in self.widgets:
            if widget["type"] in types:
                yield called(widget), widget


def called(widget: dict) -> str:
    properties = widget["properties"]
    return f"`{properties.get('title') or properties.get('markdown', '').splitlines()[0]}`"


BOOK = Book()
broken_by = BOOK.broken_by


# -- ways to break it. A path is a position of a widget and then names, or names from the top.


def put(path: str, value: Any) -> Mutation:
    def apply(dashboard: Dashboard) -> None:
        here, last = reached(dashboard, path)
        here[last] = value

    return Mutation(f"{path} becomes {json.dumps(value)}", apply)


def edit(path: str, old: str, new: str) -> Mutation:
    def apply(dashboard: Dashboard) -> None:
        here, last = reached(dashboard, path)
        assert old in here[last], f"{path} does not say {old}"
        here[last] = here[last].replace(old, new, 1)

    return Mutation(f"{path} says `{new}` for `{old}`", apply)


def reached(dashboard: Dashboard, path: str) -> tuple[Any, Any]:
    steps = path.split("/")
    here: Any = {"body": dashboard.body, "queries": dashboard.queries}
    if steps[0] not in here:
        steps = ["body", "widgets", *steps]
    for step in steps[:-1]:
        here = here[place(here, step)]
    return here, place(here, steps[-1])


def place(here: Any, step: str) -> Any:
    if not isinstance(here, list):
        return step
    if step.lstrip("-").isdigit():
        return int(step)
    # A widget by how its title or its text begins.
    return next(at for at, widget in enumerate(here) if called(widget).strip("`# ").startswith(step))


STANCES, AGES, ENDS, HELP, COST = "What do the models", "How long ago", "How did trainings", "Did they help", "What did they cost"
WHY, ALARMS, FAILED, SWEEP = "What was decided", "Which alarm", "What failed", "Does the sweep"


# -- the checks


@broken_by(
    put(f"{STANCES}/type", "chart"),
    put(f"{STANCES}/properties/view", "pie"),
    put(f"{WHY}/properties/view", "bar"),
    put("body/start", "7 days"),
    put("body/widgets", [{"type": "text", "properties": {"markdown": "x" * BODY_BYTES}}]),
    put("body/widgets", [{"type": "text", "properties": {"markdown": ""}}] * (MOST_WIDGETS + 1)),
)
def it_is_a_dashboard_that_cloudwatch_takes(dashboard: Dashboard) -> Iterator[str]:
    if len(dashboard.widgets) > MOST_WIDGETS:
        yield f"{len(dashboard.widgets)} widgets"
    if (size := len(json.dumps(dashboard.body))) > BODY_BYTES:
        yield f"the body is {size} bytes long"
    if not re.fullmatch(r"-P(\d+D|T\d+H)", dashboard.body["start"]):
        yield f"`{dashboard.body['start']}` is no span of time such as -P7D"
    for widget in dashboard.widgets:
        if widget["type"] not in TYPES:
            yield f"{called(widget)}: the type `{widget['type']}` is not known here"
        elif (view := widget["properties"].get("view")) not in VIEWS.get(widget["type"], {None}):
            yield f"{called(widget)}: the view `{view}` is not known here"


@broken_by(
    put(f"{STANCES}/width", 15),
    put(f"{AGES}/x", 20),
    put(f"{ENDS}/y", 11),
    put(f"{ALARMS}/height", 0),
    put(f"{WHY}/y", 24),
)
def widgets_lie_on_the_grid_without_a_gap(dashboard: Dashboard) -> Iterator[str]:
    taken: dict[tuple[int, int], str] = {}
    for widget in dashboard.widgets:
        right = widget["x"] + widget["width"]
        if widget["x"] < 0 or widget["width"] < 1 or right > COLUMNS or widget["height"] < 1:
            yield f"{called(widget)} does not fit into {COLUMNS} columns"
        for x in range(widget["x"], right):
            for y in range(widget["y"], widget["y"] + widget["height"]):
                if other := taken.get((x, y)):
                    yield f"{called(widget)} lies on {other}"
                    return
                taken[x, y] = called(widget)
    lowest = max(y for _, y in taken)
    if free := [(x, y) for y in range(lowest + 1) for x in range(COLUMNS) if (x, y) not in taken]:
        yield f"nothing lies at column {free[0][0]}, row {free[0][1]}"


@broken_by(
    put(f"{WHY}/y", 2),
    edit("Is the fleet fresh/properties/markdown", "price?", "price"),
    put(f"{STANCES}/properties/title", "Models by stance"),
)
def titles_are_questions_and_the_first_screen_is_about_the_fleet(dashboard: Dashboard) -> Iterator[str]:
    for widget in dashboard.widgets:
        if "?" not in called(widget):
            yield f"{called(widget)} asks nothing"
        if widget["type"] in ("log", "alarm") and widget["y"] < FIRST_SCREEN:
            yield f"{called(widget)} is about one model or about us, and stands on the first screen"


@broken_by(
    edit(f"{STANCES}/properties/region", "${AWS::Region}", "eu-central-1"),
    edit(f"{WHY}/properties/query", "${Prefix}", "rekindle"),
    edit(f"{WHY}/properties/query", "${Prefix}", "${Prefx}"),
    put(f"{ENDS}/properties/metrics/0/3", "rekindle"),
    edit(f"{ALARMS}/properties/alarms/0", "${AWS::AccountId}", "445566778899"),
)
def whatever_differs_by_stack_is_a_placeholder(dashboard: Dashboard) -> Iterator[str]:
    text = json.dumps(dashboard.body)
    for found in re.findall(r"\$\{([^}]*)\}", text):
        if found not in widgets.PLACEHOLDERS:
            yield f"CloudFormation would fill in ${{{found}}}"
    for known in ("/aws/lambda/rekindle", '"rekindle"', '"rekindle-', "445566778899", "eu-central-1"):
        if known in text:
            yield f"`{known}` is one stack's"
    for name, widget in dashboard.of("metric", "log"):
        if widget["properties"].get("region") != "${AWS::Region}":
            yield f"{name}: the Region must be the stack's own"


@broken_by(
    put(f"{ENDS}/properties/metrics/0/1", "TrainingsFaild"),
    put(f"{ENDS}/properties/metrics/0/2", "Model"),
    put(f"{FAILED}/properties/metrics/0/1", "Erors"),
    put(f"{FAILED}/properties/metrics/0/3", "${Prefix}-on-sweep"),
    put(f"{FAILED}/properties/metrics/0/0", "AWS/SNS"),
)
def every_metric_is_one_that_somebody_writes(dashboard: Dashboard) -> Iterator[str]:
    sources = "".join(path.read_text() for path in (ROOT / "shared/turn/src").rglob("*.rs"))
    for name, widget in dashboard.of("metric"):
        for metric in widgets.metrics(widget):
            if metric.expression:
                continue
            namespace, measured, *dimensions = metric.key
            if namespace == "Rekindle":
                if f'"{measured}"' not in sources:
                    yield f"{name}: nobody writes {measured}"
                if dimensions != ["Stack", "${Prefix}"]:
                    yield f"{name}: {measured} has the dimension Stack and no other"
            elif namespace not in THEIRS or measured not in THEIRS[namespace][1]:
                yield f"{name}: {namespace} {measured} is not known here"
            elif dimensions[0] != THEIRS[namespace][0] or f"Name: !Sub {dimensions[1]}\n" not in dashboard.template:
                yield f"{name}: the stack has no {dimensions[1]}"


@broken_by(
    put(f"{AGES}/properties/metrics/0/0/expression", "oldst / 86400"),
    put(f"{AGES}/properties/metrics/0/0/expression", "oldest / "),
    put(f"{AGES}/properties/metrics/0/0/expression", "TIME_SERIES(oldest)"),
    put(f"{AGES}/properties/metrics/0/0/id", "most"),
    put(f"{AGES}/properties/metrics/0/0/id", "Age"),
    put(f"{AGES}/properties/metrics/1/0/expression", "oldest / 86400"),
    put(f"{AGES}/properties/metrics/3/4/stat", "p500"),
    put(f"{ENDS}/properties/period", 100),
    put(f"{ENDS}/properties/metrics", [["Rekindle", "Starts", "Stack", "${Prefix}"]] * (METRICS_OF_GRAPH + 1)),
)
def every_figure_can_be_computed(dashboard: Dashboard) -> Iterator[str]:
    total = 0
    for name, widget in dashboard.of("metric"):
        rows = widgets.metrics(widget)
        total += len(rows)
        if len(rows) > METRICS_OF_GRAPH:
            yield f"{name}: {len(rows)} metrics in one graph"
        if widget["properties"]["period"] % 60:
            yield f"{name}: a period is a multiple of 60 seconds"
        ids = [row.id for row in rows if row.id]
        if len(ids) != len(set(ids)):
            yield f"{name}: one id twice"
        used: set[str] = set()
        for row in rows:
            if row.id and not re.fullmatch(r"[a-z][a-zA-Z0-9_]{0,254}", row.id):
                yield f"{name}: `{row.id}` is no id"
            try:
                figures.reduced(row.options.get("stat", widget["properties"]["stat"]), [1.0])
                used |= figures.asked(row.expression) if row.expression else set()
            except figures.Mistake as mistake:
                yield f"{name}: {mistake}"
        if unknown := used - set(ids):
            yield f"{name}: there is no {', '.join(sorted(unknown))}"
        if idle := {row.id for row in rows if not row.visible} - used:
            yield f"{name}: {', '.join(sorted(map(str, idle)))} is neither shown nor used"
    if total > METRICS_OF_DASHBOARD:
        yield f"{total} metrics in all"


@broken_by(
    put(f"{STANCES}/properties/metrics/0/4/label", ""),
    put(f"{STANCES}/properties/metrics/0/4/color", "#d0d4d9"),
    put(f"{COST}/properties/yAxis", {}),
    put(f"{HELP}/properties/metrics/0/0/color", "#00ff00"),
)
def lines_are_named_and_told_apart_by_everybody(dashboard: Dashboard) -> Iterator[str]:
    # Okabe and Ito's colours, which differ for colour-blind eyes, and greys for what needs no eye.
    known = {"#d55e00", "#cc79a7", "#e69f00", "#f0e442", "#009e73", "#56b4e9", "#0072b2", "#7f7f7f", "#d0d4d9"}
    for name, widget in dashboard.of("metric"):
        shown = [row for row in widgets.metrics(widget) if row.visible]
        if any(not row.options.get("label") for row in shown):
            yield f"{name}: a line has no name"
        if widget["properties"]["view"] == "singleValue":
            continue
        if not widget["properties"].get("yAxis", {}).get("left", {}).get("label"):
            yield f"{name}: the axis does not say what it counts"
        colours = [row.options.get("color") for row in shown]
        if len(set(colours)) < len(colours) or not known.issuperset(colours):
            yield f"{name}: its colours are not told apart"


@broken_by(
    edit("queries/why", "stats", "stat"),
    edit("queries/why", "latest(Sentence)", "newest(Sentence)"),
    edit("queries/why", "# Why", "Why"),
    edit("queries/starts", "# What was started, why, and what was reserved for it?", "# Starts."),
    put("queries/Starts of today", "# What?\n# Then.\nfilter Starts = 1\n"),
    edit("queries/starts", "limit 100", "limit 100000"),
    edit("queries/starts", "| limit 100\n", ""),
    edit("queries/starts", "Why", "$" + "{Why}"),
    edit("queries/blind", "filter", "#" + " " * QUERY_LETTERS + "\nfilter"),
)
def every_saved_query_is_one_and_says_what_it_answers(dashboard: Dashboard) -> Iterator[str]:
    for name, query in dashboard.queries.items():
        if not re.fullmatch(r"[a-z][a-z-]*", name):
            yield f"`{name}` is no name for a file"
        if len(query) > QUERY_LETTERS:
            yield f"{name} is longer than {QUERY_LETTERS} letters"
        head = [line for line in query.splitlines() if line.startswith("#")]
        if len(head) < 2 or "?" not in head[0]:
            yield f"{name}: two lines of comment come first: the question, and what to do with the answer"
        if "${" in query:
            yield f"{name}: CloudFormation would fill in what stands in it"
        try:
            read = insights.read(query)
        except insights.Mistake as mistake:
            yield f"{name}: {mistake}"
            continue
        last = read.commands[-1]
        if last.word != "limit" or last.parts[0].value > 1000:
            yield f"{name}: it ends in a limit of a thousand rows at the most"


@broken_by(
    edit(f"{WHY}/properties/query", "limit 30", "limit 31"),
    edit(f"{WHY}/properties/query", "SOURCE '/aws/lambda/${Prefix}-on-alarm' | ", ""),
    edit("queries/why", "count(*) as looks, ", ""),
)
def a_widget_asks_a_saved_query_of_all_functions(dashboard: Dashboard) -> Iterator[str]:
    known = {widgets.of_widget(query) for query in dashboard.queries.values()}
    for name, widget in dashboard.of("log"):
        if widget["properties"]["query"] not in known:
            yield f"{name}: no saved query is the same; `check.py --write` puts them in"


@broken_by(
    put(f"{ALARMS}/properties/alarms", ["arn:${AWS::Partition}:cloudwatch:${AWS::Region}:${AWS::AccountId}:alarm:${Prefix}-self-failed"]),
    edit(f"{ALARMS}/properties/alarms/0", "self-", "other-"),
    put(f"{ALARMS}/properties/alarms", ["x"] * (ALARMS_OF_WIDGET + 1)),
)
def every_alarm_of_the_stack_is_shown(dashboard: Dashboard) -> Iterator[str]:
    names = re.findall(r"AlarmName: !Sub (\S+)", dashboard.template)
    head = "arn:${AWS::Partition}:cloudwatch:${AWS::Region}:${AWS::AccountId}:alarm:"
    shown = [alarm for _, widget in dashboard.of("alarm") for alarm in widget["properties"]["alarms"]]
    if len(shown) > ALARMS_OF_WIDGET:
        yield f"{len(shown)} alarms in one widget"
    for alarm in {head + name for name in names} ^ set(shown):
        yield f"{alarm} is in the template or in the dashboard, and not in both"


@broken_by(
    put("body/variables/0/pattern", "churn"),
    put("body/variables/0/inputType", "text"),
    put("body/variables", []),
    edit(f"{WHY}/properties/title", "__model__", "churn"),
)
def whoever_writes_a_name_is_answered_about_that_model(dashboard: Dashboard) -> Iterator[str]:
    variables = dashboard.body["variables"]
    if [variable["pattern"] for variable in variables] != [widgets.MODEL]:
        yield f"one variable replaces {widgets.MODEL}"
    for variable in variables:
        if variable["type"] != "pattern" or variable["inputType"] != "input":
            yield f"{variable['label']}: a name is written into a field"
    for name, widget in dashboard.of("log"):
        if (widgets.MODEL in widget["properties"]["query"]) != (widgets.MODEL in name):
            yield f"{name}: the title does not say whether it is about one model"


# -- running


def read() -> Dashboard:
    return Dashboard(widgets.body(), widgets.queries(), TEMPLATE.read_text())


def write(dashboard: Dashboard) -> None:
    """Puts each saved query into the widget that asked for it before, told by the fields that it begins with."""
    for _, widget in dashboard.of("log"):
        begins = widget["properties"]["query"].split("\n")[0]
        same = [query for query in map(widgets.of_widget, dashboard.queries.values()) if query.split("\n")[0] == begins]
        if len(same) == 1:
            widget["properties"]["query"] = same[0]
    widgets.BODY.write_text(json.dumps(dashboard.body, indent=2) + "\n")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--self-test", action="store_true", help="prove that every check can fail")
    parser.add_argument("--write", action="store_true", help="put the saved queries into the widgets")
    arguments = parser.parse_args()
    dashboard = read()
    if arguments.write:
        write(dashboard)
    return int(bool(BOOK.self_test(dashboard) if arguments.self_test else BOOK.run(dashboard)))


if __name__ == "__main__":
    sys.exit(main())
