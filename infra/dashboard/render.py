"""Draws the dashboard from the log of a simulated month, as one HTML page that needs nothing else.

    cargo run --release -- demo --fleet --log /dev/stdout | python3 infra/dashboard/render.py --log /dev/stdin --out dashboard.html

Every figure is computed from the lines that the functions wrote, as CloudWatch would: metrics from the embedded metric
format (`figures.py`), lists by the widgets' own queries (`insights.py`). What AWS itself measures of functions, queues and
alarms is in no log, and is not made up.
"""

import argparse
import pathlib
import re
from datetime import datetime, timedelta, timezone
from html import escape

import charts
import figures
import insights
import widgets

# CloudWatch's grid: 24 columns, as wide and high as on a common screen.
COLUMN, ROW, GAP = 65, 46, 8
INSTANT = re.compile(rb'"Timestamp": ?(\d+)')

STYLE = """
body { margin: 0; background: #f2f3f3; font: 13px/1.35 "DejaVu Sans", Arial, sans-serif; color: #16191f }
main { position: relative; margin: 12px auto }
section { position: absolute; box-sizing: border-box; background: #fff; border: 1px solid #d5dbdb; overflow: hidden }
section.text { background: transparent; border: 0; padding: 2px 6px }
section.text h1 { font-size: 19px; margin: 4px 0 4px } section.text p { margin: 0; color: #37475a }
h2 { font-size: 13.5px; margin: 8px 10px 2px; font-weight: bold }
.numbers { display: flex; height: calc(100% - 34px); align-items: center; justify-content: space-around }
.numbers div { text-align: center } .numbers b { display: block; font-size: 27px; font-weight: normal }
.numbers span { color: #545b64; font-size: 11.5px }
table { border-collapse: collapse; margin: 4px 10px; font-size: 11.5px; width: calc(100% - 20px) }
th { text-align: left; border-bottom: 1px solid #aab7b8; padding: 2px 6px 2px 0; color: #37475a; vertical-align: bottom }
td { border-bottom: 1px solid #eaeded; padding: 2px 12px 2px 0; white-space: nowrap }
td.long { max-width: 0; width: 100%; overflow: hidden; text-overflow: ellipsis } .absent { margin: 14px 10px; color: #687078 }
.variable { position: absolute; right: 6px; top: -2px; color: #545b64 } .variable b { background: #fff; color: #16191f;
  border: 1px solid #aab7b8; padding: 2px 26px 2px 8px; font-weight: normal; margin-left: 6px }
code { background: #e6e9ea; padding: 0 3px } footer { color: #687078; margin: 10px 8px; position: absolute }
"""


def read(path: pathlib.Path, start: int, end: int, asked: set[str]) -> tuple[figures.Figures, list[insights.Line]]:
    """The metrics and the lines of a span of time."""
    found, lines = figures.Figures(), []
    with path.open("rb", buffering=1 << 20) as log:
        for text in log:
            instant = INSTANT.search(text)
            if not instant or not start <= int(instant[1]) < end:
                continue
            if not text.endswith(b"\n"):
                raise SystemExit(f"{path}: the last line is cut off, so the log is not whole; write it again")
            line = insights.Line(text.decode())
            found.read(line.json)
            lines.append(line.only(asked))
    return found, lines


def markdown(text: str) -> str:
    """As much Markdown as the text widgets use."""
    parts = []
    for line in text.split("\n"):
        line = re.sub(r"`([^`]*)`", r"<code>\1</code>", escape(line, quote=False))
        line = re.sub(r"\*\*([^*]*)\*\*", r"<b>\1</b>", line)
        parts.append(f"<h1>{line[2:]}</h1>" if line.startswith("# ") else f"<p>{line}</p>")
    return "".join(parts)


class Page:
    def __init__(self, found: figures.Figures, lines: list[insights.Line], start: int, end: int, model: str) -> None:
        self.figures, self.lines, self.start, self.end, self.model = found, lines, start, end, model

    def widget(self, widget: dict) -> str:
        place = (
            f"left:{widget['x'] * COLUMN + GAP // 2}px;top:{widget['y'] * ROW + GAP // 2}px;"
            f"width:{widget['width'] * COLUMN - GAP}px;height:{widget['height'] * ROW - GAP}px"
        )
        properties = widget["properties"]
        inside = f"<h2>{escape(properties['title'])}</h2>" if "title" in properties else ""
        if widget["type"] == "text":
            inside = markdown(properties["markdown"])
        elif widget["type"] == "log":
            inside += self.table(widget)
        elif widget["type"] == "alarm":
            names = [alarm.rsplit("alarm:", 1)[1] for alarm in properties["alarms"]]
            inside += f"<p class=absent>{', '.join(names)}</p>" + self.absent("Alarms")
        else:
            inside += self.metrics(widget)
        return f'<section class={widget["type"]} style="{place}">{inside}</section>'

    @staticmethod
    def absent(what: str) -> str:
        return f"<p class=absent>{what} are AWS's own, and not in the log that this picture is drawn from.</p>"

    def series(self, widget: dict) -> list[tuple[widgets.Metric, figures.Series]]:
        properties, rows = widget["properties"], widgets.metrics(widget)
        period = properties["period"]
        if properties.get("setPeriodToTimeRange"):
            period = (self.end - self.start) // 1000
        of_id, drawn = {}, {}
        for row in rows:
            if not row.expression:
                statistic = row.options.get("stat", properties["stat"])
                drawn[id(row)] = self.figures.series(row.key, statistic, period, self.start, self.end)
                of_id[row.id] = drawn[id(row)]
        for row in rows:
            if row.expression:
                drawn[id(row)] = figures.evaluate(row.expression, of_id)
        return [(row, drawn[id(row)]) for row in rows if row.visible]

    def metrics(self, widget: dict) -> str:
        series = self.series(widget)
        if not any(value is not None for _, values in series for value in values):
            return self.absent("These figures")
        if widget["properties"]["view"] == "singleValue":
            shown = []
            for row, values in series:
                newest = next((value for value in reversed(values) if value is not None), None)
                colour = row.options.get("color", "#16191f")
                shown.append(f"<div><b style='color:{colour}'>{charts.figure(newest)}</b><span>{row.label}</span></div>")
            return f"<div class=numbers>{''.join(shown)}</div>"
        width, height = widget["width"] * COLUMN - GAP - 2, widget["height"] * ROW - GAP - 32
        return charts.chart(widget["properties"], series, width, height, self.start, self.end)

    def table(self, widget: dict) -> str:
        query = widget["properties"]["query"].split(" | ", len(widgets.FUNCTIONS))[-1]
        rows = insights.answer(insights.read(query), self.lines)
        if not rows:
            return "<p class=absent>Nothing in this time range.</p>"
        columns = [column for column in rows[0] if any(row[column] is not None for row in rows)]
        # What does not fit is reached by scrolling, which a picture cannot.
        fits = max(3, (widget["height"] * ROW - 60) // 19)
        head = "".join(f"<th>{escape(column)}</th>" for column in columns)
        long = {column for column in columns if any(len(str(row[column])) > 40 for row in rows)}
        cells = ("".join(self.cell(row[column], column in long) for column in columns) for row in rows[:fits])
        body = "".join(f"<tr>{row}</tr>" for row in cells)
        return f"<table><tr>{head}</tr>{body}</table>"

    @staticmethod
    def cell(held: object, long: bool) -> str:
        text = charts.figure(held, 4) if isinstance(held, float) else "" if held is None else str(held)
        return f"<td class={'long' if long else 'short'}>{escape(text)}</td>"

    def page(self, body: dict) -> str:
        wide = 24 * COLUMN
        high = max(widget["y"] + widget["height"] for widget in body["widgets"]) * ROW
        first, last = (insights.instant(at)[:16] for at in (self.start, self.end))
        variable = f"<div class=variable>{first} to {last} UTC &nbsp; Model <b>{escape(self.model)}</b></div>"
        note = (
            "Drawn from the log of a simulated month by infra/dashboard/render.py, which stands in for CloudWatch: colours, "
            "titles and lists are the dashboard's, fonts and sizes are not."
        )
        sections = "".join(self.widget(widget) for widget in body["widgets"])
        return (
            f"<!doctype html><html lang=en><meta charset=utf-8><title>Rekindle</title><style>{STYLE}</style>"
            f'<main style="width:{wide}px;height:{high + 40}px">{sections}{variable}'
            f'<footer style="top:{high}px">{note}</footer></main></html>\n'
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--log", type=pathlib.Path, required=True, help="what `rekindle demo --fleet --log` wrote")
    parser.add_argument("--out", type=pathlib.Path, required=True, help="the page")
    parser.add_argument("--until", default="2026-11-24T06:00:00Z", help="the right edge, an instant of that month")
    parser.add_argument("--days", type=int, default=7, help="from the left edge to the right one")
    parser.add_argument("--model", default="fraud-23", help="what somebody wrote into the field at the top")
    parser.add_argument("--prefix", default="memory", help="the stack whose log it is")
    arguments = parser.parse_args()
    until = datetime.fromisoformat(arguments.until.replace("Z", "+00:00")).astimezone(timezone.utc)
    end = int(until.timestamp() * 1000)
    start = end - int(timedelta(days=arguments.days).total_seconds() * 1000)
    text = widgets.filled(widgets.BODY.read_text(), arguments.prefix, arguments.model)
    body = widgets.json.loads(text)
    asked = {
        name
        for query in widgets.queries().values()
        for name in insights.read(query).asked()
    }
    found, lines = read(arguments.log, start, end, asked)
    arguments.out.write_text(Page(found, lines, start, end, arguments.model).page(body))
    print(f"{arguments.out}: {len(lines)} lines")


if __name__ == "__main__":
    main()
