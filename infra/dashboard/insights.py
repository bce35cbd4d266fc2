"""CloudWatch Logs Insights, as far as our queries use it: reads a query, and answers it from lines of JSON.

It is an understudy, written from AWS's documentation, and knows less than the service: `fields`, `filter`, `stats`, `sort`
and `limit`, comparisons, `in`, `like`, arithmetic, a few functions. Whatever else a query says is a `Mistake`, so that what
is drawn here is not silently something else there. Where the documentation says nothing, it does as SQL would.
"""

import functools
import itertools
import json
import math
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timezone
from typing import Any, NamedTuple

# Logs Insights finds no more fields than these in one line.
FIELDS_FOUND = 200
# And shows no more rows than these where a query says nothing.
ROWS = 10_000

COMMANDS = ("fields", "filter", "stats", "sort", "limit")
AGGREGATES = ("count", "count_distinct", "sum", "avg", "min", "max", "earliest", "latest")
FUNCTIONS = ("ispresent", "coalesce", "strcontains", "abs", "ceil", "floor", "tolower", "toupper")
WORDS = {"and", "or", "not", "in", "like", "as", "by", "asc", "desc", *COMMANDS}

TOKEN = re.compile(
    r"""\s*(?:(?P<comment>\#[^\n]*)
    |(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    |(?P<pattern>/(?:[^/\\\n]|\\.)+/)
    |(?P<number>\d+(?:\.\d+)?)
    |(?P<name>`[^`]+`|[@A-Za-z_][@A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)*)
    |(?P<sign>!=|<=|>=|[=<>()\[\],|*/+\-%]))""",
    re.VERBOSE,
)


class Mistake(Exception):
    """What a query says and we do not understand."""


class Field(NamedTuple):
    name: str


class Literal(NamedTuple):
    value: Any


class Call(NamedTuple):
    name: str
    arguments: tuple


class Named(NamedTuple):
    expression: Any
    alias: str


class Command(NamedTuple):
    word: str
    parts: tuple
    by: tuple = ()


class Query(NamedTuple):
    commands: tuple[Command, ...]

    def asked(self) -> set[str]:
        """The fields of lines that it names; those that it makes itself are none."""
        found, made = set(), set()
        for command in self.commands:
            for part in (*command.parts, *command.by):
                found |= names(part) - made
            made |= {part.alias for part in (*command.parts, *command.by) if isinstance(part, Named)}
        return found


def names(part: Any) -> set[str]:
    if isinstance(part, Field):
        return {part.name}
    if isinstance(part, Named):
        return names(part.expression)
    if isinstance(part, Call):
        return set().union(*(names(argument) for argument in part.arguments))
    if isinstance(part, tuple) and not isinstance(part, Literal):
        return set().union(*(names(inner) for inner in part)) if part else set()
    return set()


# -- reading


class Reader:
    def __init__(self, text: str) -> None:
        self.tokens, at = [], 0
        while text[at:].strip():
            # A slash between two values divides; at the beginning of one it opens a pattern.
            match = TOKEN.match(text, at)
            if match and match.lastgroup == "pattern" and not self.wants_pattern():
                match = re.compile(r"\s*(?P<sign>/)").match(text, at)
            if not match:
                raise Mistake(f"cannot read from `{text[at:].strip()[:30]}`")
            at = match.end()
            if match.lastgroup != "comment":
                self.tokens.append((match.lastgroup, match.group(match.lastgroup)))
        self.at = 0

    def wants_pattern(self) -> bool:
        return bool(self.tokens) and self.tokens[-1][1].lower() == "like"

    def peek(self) -> str:
        return self.tokens[self.at][1] if self.at < len(self.tokens) else ""

    def next(self) -> tuple[str, str]:
        if self.at >= len(self.tokens):
            raise Mistake("it ends too early")
        self.at += 1
        return self.tokens[self.at - 1]

    def takes(self, *words: str) -> str:
        if self.peek().lower() in words:
            return self.next()[1].lower()
        return ""

    def needs(self, word: str) -> None:
        if not self.takes(word):
            raise Mistake(f"`{word}` is missing before `{self.peek()}`")

    def query(self) -> Query:
        commands = [self.command()]
        while self.takes("|"):
            commands.append(self.command())
        if self.peek():
            raise Mistake(f"`{self.peek()}` is not expected after `{commands[-1].word}`")
        return Query(tuple(commands))

    def command(self) -> Command:
        word = self.takes(*COMMANDS)
        if not word:
            raise Mistake(f"`{self.peek()}` is none of the commands {', '.join(COMMANDS)}")
        if word == "filter":
            return Command(word, (self.either(),))
        if word == "limit":
            kind, text = self.next()
            if kind != "number" or "." in text:
                raise Mistake(f"`{text}` is no number of rows")
            return Command(word, (Literal(int(text)),))
        if word == "sort":
            expression = self.sum()
            return Command(word, (expression, Literal(self.takes("asc", "desc") or "asc")))
        if word == "stats":
            parts = self.listed(aggregate=True)
            return Command(word, parts, self.listed() if self.takes("by") else ())
        return Command(word, self.listed())

    def listed(self, aggregate: bool = False) -> tuple[Named, ...]:
        parts = [self.named(aggregate)]
        while self.takes(","):
            parts.append(self.named(aggregate))
        return tuple(parts)

    def named(self, aggregate: bool) -> Named:
        begins = self.at
        expression = self.sum()
        if aggregate != (isinstance(expression, Call) and expression.name in AGGREGATES):
            raise Mistake(f"`{self.written(begins)}` {'is no' if aggregate else 'is an'} aggregate")
        if self.takes("as"):
            kind, alias = self.next()
            if kind != "name" or "." in alias or alias.lower() in WORDS:
                raise Mistake(f"`{alias}` is no name for a column")
            return Named(expression, alias)
        return Named(expression, self.written(begins))

    def written(self, begins: int) -> str:
        return "".join(text for _, text in self.tokens[begins : self.at])

    def either(self) -> Any:
        left = self.both()
        while self.takes("or"):
            left = Call("or", (left, self.both()))
        return left

    def both(self) -> Any:
        left = self.negated()
        while self.takes("and"):
            left = Call("and", (left, self.negated()))
        return left

    def negated(self) -> Any:
        if self.takes("not"):
            return Call("not", (self.negated(),))
        return self.compared()

    def compared(self) -> Any:
        left = self.sum()
        if sign := self.takes("=", "!=", "<", "<=", ">", ">="):
            return Call(sign, (left, self.sum()))
        negated = bool(self.takes("not"))
        if self.takes("in"):
            self.needs("[")
            among = [self.sum()]
            while self.takes(","):
                among.append(self.sum())
            self.needs("]")
            found = Call("in", (left, tuple(among)))
        elif self.takes("like"):
            kind, text = self.next()
            if kind not in ("pattern", "text"):
                raise Mistake(f"`like {text}`: a text or a /pattern/ is compared with")
            pattern = text[1:-1] if kind == "pattern" else re.escape(text[1:-1])
            found = Call("like", (left, Literal(pattern)))
        elif negated:
            raise Mistake("`not` is followed by neither `in` nor `like`")
        else:
            return left
        return Call("not", (found,)) if negated else found

    def sum(self) -> Any:
        left = self.product()
        while sign := self.takes("+", "-"):
            left = Call(sign, (left, self.product()))
        return left

    def product(self) -> Any:
        left = self.value()
        while sign := self.takes("*", "/", "%"):
            left = Call(sign, (left, self.value()))
        return left

    def value(self) -> Any:
        kind, text = self.next()
        if text == "(":
            inner = self.either()
            self.needs(")")
            return inner
        if kind == "number":
            return Literal(float(text) if "." in text else int(text))
        if kind == "text":
            return Literal(re.sub(r"\\(.)", r"\1", text[1:-1]))
        if kind != "name" or text.lower() in WORDS:
            raise Mistake(f"`{text}` stands where a value is expected")
        if not self.takes("("):
            return Field(text.strip("`"))
        if text not in FUNCTIONS and text not in AGGREGATES:
            raise Mistake(f"`{text}` is none of the functions that are known here")
        if text == "count" and self.takes("*"):
            arguments: tuple = ()
        else:
            arguments = (self.sum(),)
            while self.takes(","):
                arguments += (self.sum(),)
        self.needs(")")
        return Call(text, arguments)


@functools.cache
def read(text: str) -> Query:
    """The query of a text."""
    return Reader(text).query()


# -- lines


class Line:
    """One line of a log, with what Logs Insights finds in it."""

    def __init__(self, text: str, log: str = "") -> None:
        self.json = json.loads(text)
        instant = self.json.get("_aws", {}).get("Timestamp", 0)
        self.found = dict(itertools.islice(leaves(self.json), FIELDS_FOUND))
        self.found |= {"@message": text, "@log": log, "@timestamp": instant}

    def only(self, names: Iterable[str]) -> "Line":
        """The same, without whatever none of these names asks for: a month of lines is more than a computer holds."""
        self.found = {name: self.found[name] for name in {*names, "@timestamp"} if name in self.found}
        self.json = {}
        return self

    def get(self, name: str) -> Any:
        return self.found.get(name)


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """What is in a line and is neither a list nor an object, with its path."""
    if isinstance(value, (dict, list)):
        for key, held in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(held, f"{path}.{key}" if path else str(key))
    else:
        yield path, value


class Row(dict):
    """What a command makes of lines; what it has no column for is looked up in the line behind it."""

    def __init__(self, columns: dict, line: Line | None = None) -> None:
        super().__init__(columns)
        self.line = line

    def get(self, name: str, default: Any = None) -> Any:
        if name in self:
            return self[name]
        return self.line.get(name) if self.line else default


# -- answering


def answer(query: Query, lines: Iterable[Line]) -> list[dict]:
    """The rows that the query finds, each a column for each name."""
    rows: list[Row] = [Row({}, line) for line in lines]
    shown: list[str] = []
    sorted_, limit = False, ROWS
    for command in query.commands:
        if command.word == "filter":
            rows = [row for row in rows if truth(value(command.parts[0], row))]
        elif command.word == "fields":
            shown += [part.alias for part in command.parts]
            for row in rows:
                row.update({part.alias: value(part.expression, row) for part in command.parts})
        elif command.word == "stats":
            rows = grouped(command, rows)
            shown = [part.alias for part in (*command.by, *command.parts)]
        elif command.word == "sort":
            expression, way = command.parts
            rows.sort(key=lambda row: order(value(expression, row)), reverse=way.value == "desc")
            sorted_ = True
        else:
            limit = command.parts[0].value
    if not sorted_ and rows and rows[0].line:
        rows.sort(key=lambda row: order(row.get("@timestamp")), reverse=True)
    return [{name: row.get(name) for name in shown} for row in rows[:limit]]


def grouped(command: Command, rows: list[Row]) -> list[Row]:
    groups: dict[tuple, list[Row]] = {}
    for row in rows:
        groups.setdefault(tuple(value(part.expression, row) for part in command.by), []).append(row)
    made = []
    for key, group in groups.items():
        columns = {part.alias: held for part, held in zip(command.by, key)}
        columns |= {part.alias: aggregate(part.expression, group) for part in command.parts}
        made.append(Row(columns))
    return made


def aggregate(call: Call, rows: list[Row]) -> Any:
    if not call.arguments:
        return len(rows)
    held = [(row, value(call.arguments[0], row)) for row in rows]
    held = [(row, inner) for row, inner in held if inner is not None]
    if call.name == "count":
        return len(held)
    if call.name == "count_distinct":
        return len({inner for _, inner in held})
    if call.name in ("earliest", "latest"):
        choose = min if call.name == "earliest" else max
        return choose(held, key=lambda pair: pair[0].get("@timestamp"), default=(None, None))[1]
    if call.name in ("min", "max"):
        return (min if call.name == "min" else max)((inner for _, inner in held), key=order, default=None)
    numbers = [inner for inner in (number(inner) for _, inner in held) if inner is not None]
    if call.name == "sum":
        return sum(numbers)
    return sum(numbers) / len(numbers) if numbers else None


def order(held: Any) -> tuple:
    """Nothing before numbers, numbers before texts."""
    figure = number(held)
    if held is None:
        return (0, 0, "")
    return (1, figure, "") if figure is not None else (2, 0, str(held))


def number(held: Any) -> float | int | None:
    if isinstance(held, bool):
        return int(held)
    if isinstance(held, (int, float)):
        return held
    try:
        return float(held) if isinstance(held, str) else None
    except ValueError:
        return None


def truth(held: Any) -> bool:
    return bool(held)


def value(part: Any, row: Row) -> Any:
    if isinstance(part, Literal):
        return part.value
    if isinstance(part, Field):
        return row.get(part.name)
    name, arguments = part.name, part.arguments
    if name == "and":
        return truth(value(arguments[0], row)) and truth(value(arguments[1], row))
    if name == "or":
        return truth(value(arguments[0], row)) or truth(value(arguments[1], row))
    if name == "in":
        left = value(arguments[0], row)
        return any(compare("=", left, value(other, row)) for other in arguments[1])
    held = [value(argument, row) for argument in arguments]
    if name == "not":
        return not truth(held[0])
    if name == "like":
        return held[0] is not None and re.search(held[1], str(held[0])) is not None
    if name in ("=", "!=", "<", "<=", ">", ">="):
        return compare(name, *held)
    if name == "coalesce":
        return next((inner for inner in held if inner is not None), None)
    if name == "ispresent":
        return held[0] is not None
    if any(inner is None for inner in held):
        return None
    return APPLIED[name](*held)


def compare(sign: str, left: Any, right: Any) -> bool:
    if left is None or right is None:
        return False
    if isinstance(left, str) and isinstance(right, str):
        one, two = (2, 0, left), (2, 0, right)
    else:
        one, two = order(left), order(right)
    return {
        "=": one == two,
        "!=": one != two,
        "<": one < two,
        "<=": one <= two,
        ">": one > two,
        ">=": one >= two,
    }[sign]


def arithmetic(apply: Callable) -> Callable:
    def applied(left: Any, right: Any) -> Any:
        one, two = number(left), number(right)
        try:
            return None if one is None or two is None else apply(one, two)
        except ZeroDivisionError:
            return None

    return applied


APPLIED = {
    "+": arithmetic(lambda one, two: one + two),
    "-": arithmetic(lambda one, two: one - two),
    "*": arithmetic(lambda one, two: one * two),
    "/": arithmetic(lambda one, two: one / two),
    "%": arithmetic(math.fmod),
    "abs": lambda held: abs(number(held) or 0),
    "ceil": lambda held: math.ceil(number(held) or 0),
    "floor": lambda held: math.floor(number(held) or 0),
    "tolower": lambda held: str(held).lower(),
    "toupper": lambda held: str(held).upper(),
    "strcontains": lambda held, part: int(str(part) in str(held)),
}


def instant(milliseconds: float) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, timezone.utc).strftime("%Y-%m-%d %H:%M:%S")
