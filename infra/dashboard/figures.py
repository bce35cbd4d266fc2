"""CloudWatch's metrics, as far as our dashboard uses them: values from lines in embedded metric format, and math on series.

An understudy like `insights.py`: what an expression says beyond this is a `Mistake`.
"""

import ast
import math
from collections import defaultdict
from typing import Any

FUNCTIONS = ("FILL", "RUNNING_SUM", "SUM")
STATISTICS = ("Sum", "Average", "Minimum", "Maximum", "SampleCount")

# A series has a value, or none, for each period.
Series = list[float | None]


class Mistake(Exception):
    """What an expression says and we do not understand."""


class Figures:
    """Every value of every metric, with its instant in milliseconds."""

    def __init__(self) -> None:
        self.values: dict[tuple, list[tuple[int, float]]] = defaultdict(list)

    def read(self, line: dict) -> None:
        """Takes the values that a line names."""
        for directive in line.get("_aws", {}).get("CloudWatchMetrics", []):
            for dimensions in directive["Dimensions"]:
                where = tuple(part for name in dimensions for part in (name, line[name]))
                for metric in directive["Metrics"]:
                    key = (directive["Namespace"], metric["Name"], *where)
                    self.values[key].append((line["_aws"]["Timestamp"], line[metric["Name"]]))

    def series(self, metric: tuple, statistic: str, period: int, start: int, end: int) -> Series:
        """One value for each period, in seconds, from start to end, in milliseconds."""
        step = period * 1000
        periods: list[list[float]] = [[] for _ in range(max(1, math.ceil((end - start) / step)))]
        for at, value in self.values.get(metric, []):
            if start <= at < end:
                periods[(at - start) // step].append(value)
        return [reduced(statistic, values) for values in periods]


def reduced(statistic: str, values: list[float]) -> float | None:
    if not values:
        return None
    if statistic == "Sum":
        return sum(values)
    if statistic == "Average":
        return sum(values) / len(values)
    if statistic == "Minimum":
        return min(values)
    if statistic == "Maximum":
        return max(values)
    if statistic == "SampleCount":
        return len(values)
    ordered, share = sorted(values), percentile(statistic)
    return ordered[min(len(ordered) - 1, math.ceil(share * len(ordered)) - 1 if share else 0)]


def percentile(statistic: str) -> float:
    try:
        share = float(statistic.removeprefix("p"))
    except ValueError as error:
        raise Mistake(f"`{statistic}` is no statistic") from error
    if not statistic.startswith("p") or not 0 <= share <= 100:
        raise Mistake(f"`{statistic}` is no statistic")
    return share / 100


def asked(expression: str) -> set[str]:
    """The ids that an expression names."""
    tree = parsed(expression)
    functions = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call)}
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} - functions


def parsed(expression: str) -> ast.expr:
    try:
        tree = ast.parse(expression, mode="eval").body
    except SyntaxError as error:
        raise Mistake(f"cannot read `{expression}`: {error.msg}") from error
    for node in ast.walk(tree):
        known = (ast.BinOp, ast.Name, ast.Constant, ast.Call, ast.List, ast.operator, ast.expr_context)
        if not isinstance(node, known):
            raise Mistake(f"`{expression}`: {type(node).__name__} is not known here")
        if isinstance(node, ast.Call) and (not isinstance(node.func, ast.Name) or node.func.id not in FUNCTIONS):
            raise Mistake(f"`{expression}`: only {', '.join(FUNCTIONS)} are known here")
    return tree


def evaluate(expression: str, series: dict[str, Series]) -> Series:
    """The series of an expression over series by id."""
    return of(parsed(expression), series)


def of(node: Any, series: dict[str, Series]) -> Any:
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Name):
        if node.id not in series:
            raise Mistake(f"there is no `{node.id}`")
        return series[node.id]
    if isinstance(node, ast.List):
        return [of(part, series) for part in node.elts]
    if isinstance(node, ast.BinOp):
        return combined(node.op, of(node.left, series), of(node.right, series))
    arguments = [of(part, series) for part in node.args]
    if node.func.id == "FILL":
        return [arguments[1] if value is None else value for value in arguments[0]]
    if node.func.id == "RUNNING_SUM":
        total, running = 0.0, []
        for value in arguments[0]:
            total += value or 0.0
            running.append(total)
        return running
    columns = zip(*arguments[0])
    return [None if all(value is None for value in column) else sum(value or 0.0 for value in column) for column in columns]


def combined(sign: ast.operator, left: Any, right: Any) -> Any:
    if not isinstance(left, list) and not isinstance(right, list):
        return applied(sign, left, right)
    count = len(left if isinstance(left, list) else right)
    lefts = left if isinstance(left, list) else [left] * count
    rights = right if isinstance(right, list) else [right] * count
    return [None if None in (one, two) else applied(sign, one, two) for one, two in zip(lefts, rights)]


def applied(sign: ast.operator, left: float, right: float) -> float | None:
    if isinstance(sign, ast.Add):
        return left + right
    if isinstance(sign, ast.Sub):
        return left - right
    if isinstance(sign, ast.Mult):
        return left * right
    if isinstance(sign, ast.Div):
        return left / right if right else None
    raise Mistake(f"{type(sign).__name__} is not known here")
