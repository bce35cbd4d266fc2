"""The dashboard's body as CloudFormation would fill it in, and what its widgets ask for."""

import json
import pathlib
import re
from typing import Any

HERE = pathlib.Path(__file__).resolve().parent
BODY = HERE / "dashboard.json"
QUERIES = HERE / "queries"

# What CloudFormation's Fn::Sub fills in, and nothing else may look like it.
PLACEHOLDERS = ("Prefix", "AWS::Region", "AWS::AccountId", "AWS::Partition")
# In the order in which a person would look for a decision.
FUNCTIONS = ("on-metric-check", "on-alarm", "on-schedule", "on-training-end")
# What the dashboard's variable replaces, and what stands for it in a saved query, where a person writes over it.
MODEL, EXAMPLE = "__model__", "churn"


def filled(text: str, prefix: str = "rekindle", model: str | None = None) -> str:
    """A text of the body, with its placeholders filled in."""
    values = dict(zip(PLACEHOLDERS, (prefix, "eu-central-1", "445566778899", "aws")))
    text = re.sub(r"\$\{([^}]*)\}", lambda match: values.get(match[1], match[0]), text)
    return text.replace(MODEL, model) if model else text


def body() -> dict[str, Any]:
    return json.loads(BODY.read_text())


def queries() -> dict[str, str]:
    """The saved queries, by name."""
    return {path.stem: path.read_text() for path in sorted(QUERIES.glob("*.txt"))}


def commands(query: str) -> str:
    """A saved query without its head of comments."""
    return "\n".join(line for line in query.splitlines() if not line.startswith("#"))


def of_widget(query: str) -> str:
    """What a widget asks that asks a saved query: of all our functions, about the dashboard's model."""
    sources = [f"SOURCE '/aws/lambda/${{Prefix}}-{function}'" for function in FUNCTIONS]
    return " | ".join([*sources, commands(query)]).replace(f'"{EXAMPLE}"', f'"{MODEL}"')


def saved(widget: dict) -> str | None:
    """The name of the saved query that a widget asks."""
    asked = widget["properties"].get("query")
    return next((name for name, query in queries().items() if of_widget(query) == asked), None)


class Metric:
    """One row of a widget's metrics: either a metric or an expression over others."""

    def __init__(self, row: list) -> None:
        self.options = row[-1] if isinstance(row[-1], dict) else {}
        self.key = tuple(row[: len(row) - bool(self.options)])
        self.expression = self.options.get("expression")
        self.id = self.options.get("id")
        self.label = self.options.get("label") or (self.key[1] if len(self.key) > 1 else "")
        self.visible = self.options.get("visible", True)


def metrics(widget: dict) -> list[Metric]:
    return [Metric(row) for row in widget["properties"].get("metrics", [])]
