"""The understudies of Logs Insights and of CloudWatch's metrics, on lines that are plain to see.

    python3 -m unittest discover --start-directory infra/dashboard --pattern '*_test.py'
"""

import json
import unittest

import figures
import insights

LINES = [
    {"_aws": {"Timestamp": 1}, "Model": "a", "Usd": 1.5, "gain": {"after": 0.9}, "list": ["x", {"y": "z"}]},
    {"_aws": {"Timestamp": 2}, "Model": "b", "Usd": 2.5, "kind": "end"},
    {"_aws": {"Timestamp": 3}, "Model": "a", "word": "10"},
    {"_aws": {"Timestamp": 4}, "Model": "a", "deep": list(range(300)), "late": "unseen"},
]


def rows(query: str) -> list[list]:
    lines = [insights.Line(json.dumps(line), "1:/aws/lambda/x") for line in LINES]
    return [list(row.values()) for row in insights.answer(insights.read(query), lines)]


class Answers(unittest.TestCase):
    def test_rows(self) -> None:
        cases = {
            # The newest first, where nothing is said.
            "fields Model": [["a"], ["a"], ["b"], ["a"]],
            'filter Model = "a" and ispresent(Usd) | fields Usd': [[1.5]],
            'filter Model != "a" | fields Model': [["b"]],
            "filter Missing != 1 | fields Model": [],
            "filter not ispresent(Usd) | fields @timestamp | sort @timestamp asc": [[3], [4]],
            "filter gain.after >= 0.9 | fields gain.after": [[0.9]],
            'filter list.1.y = "z" | fields list.0': [["x"]],
            'filter Model in ["b", "c"] | fields Usd': [[2.5]],
            "filter Model like /^[b]/ | fields Usd": [[2.5]],
            "filter word > 9 | fields word": [["10"]],
            "filter 1 = 1 or 1 = 2 and 1 = 3 | limit 1 | fields Model": [["a"]],
            "filter ispresent(late) | fields late": [],
            "filter @timestamp = 2 | fields coalesce(word, kind) as said, Usd * 2 + 1 as more": [["end", 6.0]],
            "filter @timestamp = 2 | fields Usd / 0 as nothing": [[None]],
            "stats count(*) as lines, sum(Usd) as usd by Model | sort lines desc": [["a", 3, 1.5], ["b", 1, 2.5]],
            "stats earliest(@timestamp) as first, latest(Usd) as usd, count(word) as words": [[1, 2.5, 1]],
            "stats count_distinct(Model) as models, avg(Usd) as mean, max(Usd) as most": [[2, 2.0, 2.5]],
            "# a word, | and more\nfilter kind = 'end' # so\n| fields Model": [["b"]],
        }
        for query, wanted in cases.items():
            with self.subTest(query):
                self.assertEqual(rows(query), wanted)

    def test_what_is_not_understood_is_said(self) -> None:
        for query in (
            "",
            "find Model",
            "filter Model = ",
            "filter Model == 1",
            "stats Model by Usd",
            "fields count(*)",
            "fields Model as limit",
            "fields shout(Model)",
            "limit many",
            "filter Model in (1, 2)",
            "fields Model | ",
            "fields Model filter Usd = 1",
        ):
            with self.subTest(query), self.assertRaises(insights.Mistake):
                insights.read(query)

    def test_what_a_query_asks_for(self) -> None:
        query = "filter a.b = 1 | fields c + 1 as d | stats sum(d) as e by `f`, @log | sort e desc"
        self.assertEqual(insights.read(query).asked(), {"a.b", "c", "f", "@log"})


class Series(unittest.TestCase):
    def test_statistics(self) -> None:
        found = figures.Figures()
        metric = [{"Namespace": "N", "Dimensions": [["Stack"]], "Metrics": [{"Name": "M"}]}]
        for at, value in ((0, 1), (59_000, 3), (60_000, 5), (200_000, 7)):
            found.read({"_aws": {"Timestamp": at, "CloudWatchMetrics": metric}, "Stack": "s", "M": value})
        for statistic, wanted in {
            "Sum": [4, 5, None],
            "Average": [2, 5, None],
            "Maximum": [3, 5, None],
            "SampleCount": [2, 1, None],
            "p50": [1, 5, None],
            "p90": [3, 5, None],
        }.items():
            with self.subTest(statistic):
                self.assertEqual(found.series(("N", "M", "Stack", "s"), statistic, 60, 0, 180_000), wanted)

    def test_math(self) -> None:
        series = {"a": [1.0, None, 3.0], "b": [10.0, 20.0, None]}
        for expression, wanted in {
            "a / 2": [0.5, None, 1.5],
            "FILL(a, 0)": [1.0, 0, 3.0],
            "RUNNING_SUM(FILL(a, 0))": [1.0, 1.0, 4.0],
            "SUM([a, b])": [11.0, 20.0, 3.0],
            "a + b": [11.0, None, None],
        }.items():
            with self.subTest(expression):
                self.assertEqual(figures.evaluate(expression, series), wanted)

    def test_what_is_not_understood_is_said(self) -> None:
        for expression in ("a +", "IF(a, 1)", "c", "a ** 2", "a[0]", "__import__('os')"):
            with self.subTest(expression), self.assertRaises(figures.Mistake):
                figures.evaluate(expression, {"a": [1.0]})


if __name__ == "__main__":
    unittest.main()
