"""Lines and stacked areas, as CloudWatch draws them, in SVG."""

import math
from html import escape
from typing import Any

from figures import Series
from insights import instant

BASE, TOP, LEFT, RIGHT = 22, 10, 46, 14
# CloudWatch's own, where a metric has none.
COLOURS = ("#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd")


def figure(held: Any, digits: int = 3) -> str:
    """A number as a person reads it."""
    if held is None:
        return "--"
    if isinstance(held, float) and not held.is_integer():
        return f"{held:,.0f}" if abs(held) >= 1000 else f"{held:.{digits}g}"
    return f"{int(held):,}"


def ticks(most: float) -> list[float]:
    """Some round numbers from nought to a little beyond the largest value."""
    step = 10 ** math.floor(math.log10(most / 4))
    step = next(step * by for by in (1, 2, 2.5, 5, 10) if step * by * 4.5 >= most)
    return [step * at for at in range(math.ceil(most / step) + 1)]


def chart(properties: dict, series: list, width: int, height: int, start: int, end: int) -> str:
    """One graph with its legend."""
    beside = properties.get("legend", {}).get("position") == "right"
    legend_width = 235 if beside else 0
    wide = width - legend_width
    high = height if beside else height - 16 * rows_of_legend(series, width) - 4
    drawn = Graph(properties, series, wide, high, start, end).svg()
    names = legend(series, wide if beside else 8, 14 if beside else high + 12, beside, width)
    return f'<svg width="{width}" height="{height}" font-size="11" fill="#545b64">{drawn}{names}</svg>'


def rows_of_legend(series: list, width: int) -> int:
    return max(1, math.ceil(sum(len(row.label) * 6.6 + 30 for row, _ in series) / (width - 16)))


def legend(series: list, left: int, top: int, beside: bool, width: int) -> str:
    parts, x, y = [], left, top
    # A stack is named from its top.
    for at, (row, _) in enumerate(reversed(series) if beside else series):
        colour = row.options.get("color", COLOURS[at % len(COLOURS)])
        need = len(row.label) * 6.6 + 30
        if not beside and x + need > width:
            x, y = left, y + 16
        parts.append(f'<rect x="{x}" y="{y - 8}" width="11" height="9" fill="{colour}"/>')
        parts.append(f'<text x="{x + 15}" y="{y}" fill="#37475a">{escape(row.label)}</text>')
        x, y = (x, y + 19) if beside else (x + need, y)
    return "".join(parts)


class Graph:
    def __init__(self, properties: dict, series: list, width: int, height: int, start: int, end: int) -> None:
        self.properties, self.series, self.start, self.end = properties, series, start, end
        self.left, self.right = LEFT, width - RIGHT
        self.top, self.base = TOP, height - BASE
        self.step = properties["period"] * 1000
        self.stacked = properties.get("stacked", False)
        self.two_axes = any(row.options.get("yAxis") == "right" for row, _ in series)
        if self.two_axes:
            self.right -= LEFT - RIGHT
        self.ticks, self.right_ticks = self.ticks_of("left"), self.ticks_of("right")

    def ticks_of(self, axis: str) -> list[float]:
        columns = zip(*(values for row, values in self.series if row.options.get("yAxis", "left") == axis))
        return ticks(max([*(self.height_of(column) for column in columns), 1]))

    def height_of(self, column: tuple) -> float:
        held = [value for value in column if value is not None]
        return (sum(held) if self.stacked else max(held)) if held else 0

    def x(self, at: int) -> float:
        return self.left + (self.right - self.left) * min(1.0, at * self.step / (self.end - self.start - self.step))

    def y(self, value: float, axis: str = "left") -> float:
        most = (self.ticks if axis == "left" else self.right_ticks)[-1]
        return self.base - (self.base - self.top) * value / most

    def svg(self) -> str:
        return self.grid() + (self.areas() if self.stacked else self.lines())

    def grid(self) -> str:
        parts = []
        for tick in self.ticks:
            y = self.y(tick)
            parts.append(f'<path d="M{self.left} {y:.1f}H{self.right}" stroke="#eaeded"/>')
            parts.append(f'<text x="{self.left - 5}" y="{y + 4:.1f}" text-anchor="end">{figure(tick)}</text>')
        for tick in self.right_ticks if self.two_axes else ():
            y = self.y(tick, "right")
            parts.append(f'<text x="{self.right + 5}" y="{y + 4:.1f}">{figure(tick)}</text>')
        label = self.properties.get("yAxis", {}).get("left", {}).get("label", "")
        middle = (self.top + self.base) / 2
        parts.append(f'<text transform="translate(10 {middle}) rotate(-90)" text-anchor="middle">{escape(label)}</text>')
        day = 86_400_000
        for at in range(math.ceil(self.start / day) * day, self.end, day):
            x = self.left + (self.right - self.left) * (at - self.start) / (self.end - self.start)
            parts.append(f'<path d="M{x:.1f} {self.base}v4" stroke="#aab7b8"/>')
            parts.append(f'<text x="{x:.1f}" y="{self.base + 16}" text-anchor="middle">{instant(at)[5:10]}</text>')
        return "".join(parts)

    def areas(self) -> str:
        parts, floor = [], [0.0] * len(self.series[0][1])
        for at, (row, values) in enumerate(self.series):
            roof = [below + (value or 0.0) for below, value in zip(floor, values)]
            there = " ".join(f"{self.x(i):.1f},{self.y(value):.1f}" for i, value in enumerate(roof))
            back = " ".join(f"{self.x(i):.1f},{self.y(value):.1f}" for i, value in reversed(list(enumerate(floor))))
            colour = row.options.get("color", COLOURS[at % len(COLOURS)])
            parts.append(f'<polygon points="{there} {back}" fill="{colour}" fill-opacity=".85"/>')
            floor = roof
        return "".join(parts)

    def lines(self) -> str:
        parts = []
        for at, (row, values) in enumerate(self.series):
            colour = row.options.get("color", COLOURS[at % len(COLOURS)])
            axis = row.options.get("yAxis", "left")
            for piece in pieces(values):
                points = " ".join(f"{self.x(i):.1f},{self.y(value, axis):.1f}" for i, value in piece)
                parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        return "".join(parts)


def pieces(values: Series) -> list[list[tuple[int, float]]]:
    """The stretches without a gap."""
    found: list[list[tuple[int, float]]] = [[]]
    for at, value in enumerate(values):
        if value is None:
            found.append([])
        else:
            found[-1].append((at, value))
    return [piece for piece in found if piece]
