"""Prints reference.csv: what river 0.26.1 and the formulas of the papers say about fixed series.

    pip install river==0.26.1 pymannkendall==1.4.3
    python reference.py > reference.csv

A row tells the state after a step (`alarm`, `warning` or nothing) and two numbers: the statistic and the level it is
compared with, or for ADWIN the width and the mean of its window. There is a row for every 97th step and for each step
whose state is not that of the step before. After an alarm the next step starts anew. For a trend the step is S, and
the numbers are z and the slope.
"""

import math

import pymannkendall
from river import drift


def uniform(seed):
    while True:
        seed = (1103515245 * seed + 12345) % 2**31
        yield seed / 2**31


def bits(seed, before, after, change, length):
    """Nought or one, one with the probability before and from the change on after."""
    return [float(u < (before if i < change else after)) for i, u in zip(range(length), uniform(seed))]


def level(seed, shift, change, length):
    """A number up to 0.3, shifted from the change on."""
    return [0.3 * u + (shift if i >= change else 0.0) for i, u in zip(range(length), uniform(seed))]


SERIES = {
    "worse": bits(1, 0.1, 0.3, 1000, 2000),
    "better": bits(2, 0.3, 0.1, 1000, 2000),
    "up": level(3, 0.2, 700, 1500),
    "down": level(4, -0.2, 700, 1500),
}


class PageHinkley(drift.PageHinkley):
    def numbers(self):
        if self._x_mean.n < self.min_instances:
            return None
        up, down = self._sum_increase - self._min_increase, self._max_decrease - self._sum_decrease
        return {"up": up, "down": down, "both": max(up, down)}[self.mode], self.threshold


class Ddm(drift.binary.DDM):
    def numbers(self):
        if self._p_min is None:
            return None
        p, n = self._p.get(), self._p.n
        return p + math.sqrt(p * (1 - p) / n), self._p_min + self.drift_threshold * self._s_min


class HddmA(drift.binary.HDDMA):
    def numbers(self):
        sides = [(self._x_min, 1)] + [(self._x_max, -1)] * self.two_sided_test
        found = []
        for best, sign in sides:
            if best.n != self._z.n:
                share = (self._z.n - best.n) / (best.n * self._z.n)
                bound = math.sqrt(share / 2 * math.log(2 / self.drift_confidence))
                found.append((sign * (self._z.get() - best.get()), bound))
        return max(found, key=lambda pair: pair[0] - pair[1]) if found else None


class Adwin(drift.ADWIN):
    def numbers(self):
        return self.width, self.estimation


class Evidence:
    """The e-detector by the formula of its paper, with the alternatives' means written out."""

    def __init__(self, tolerated, run_length):
        self.tolerated, self.run_length = tolerated, run_length
        self.evidence = [0.0] * 6
        self.drift_detected = self.warning_detected = False

    def update(self, batch):
        losses, count, p = sum(batch), len(batch), self.tolerated
        for k in range(6):
            odds = 8 ** (0.5**k) * p / (1 - p)
            q = odds / (1 + odds)
            worth = (q / p) ** losses * ((1 - q) / (1 - p)) ** (count - losses)
            self.evidence[k] = worth * (1 + self.evidence[k])
        self.drift_detected = losses / count > p and self.numbers()[0] >= self.run_length

    def numbers(self):
        return sum(self.evidence) / 6, self.run_length


def rows(detector, case, make, series):
    found, before = make(), None
    for step, value in enumerate(series):
        if found.drift_detected:
            found = make()
        found.update(value)
        state = "alarm" if found.drift_detected else ""
        if detector == "ddm" and found.warning_detected:
            state = "warning"
        if state != before or step % 97 == 0:
            first, second = found.numbers() or ("", "")
            print(detector, case, step, state, first, second, sep=",")
        before = state


def in_batches(series, size):
    return [series[i : i + size] for i in range(0, len(series), size)]


print("detector,case,step,state,first,second")
for name in ("worse", "better"):
    series = SERIES[name]
    rows("page_hinkley", name, PageHinkley, series)
    rows("ddm", name, Ddm, series)
    rows("hddm_a", name, HddmA, series)
    rows("hddm_a_both", name, lambda: HddmA(two_sided_test=True), series)
    rows("adwin", name, Adwin, series)
    rows("evidence", name, lambda: Evidence(0.11, 200), in_batches(series, 20))
for name in ("up", "down"):
    series = SERIES[name]
    rows("page_hinkley_" + name, name, lambda: PageHinkley(50, 0.05, 3.0, 0.99, name), series)
    rows("adwin", name, Adwin, series)
    quick = {"delta": 0.05, "clock": 1, "max_buckets": 3, "min_window_length": 2, "grace_period": 5}
    rows("adwin_quick", name, lambda: Adwin(**quick), series)
for name, values in {
    "up": SERIES["up"][600:966],
    "flat": SERIES["up"][:40],
    "ties": [math.floor(20 * value) / 4 for value in SERIES["down"][690:720]],
    "gaps": [math.nan if i % 5 == 3 else value for i, value in enumerate(SERIES["up"][690:720])],
}.items():
    test = pymannkendall.original_test(values)
    print("trend", name, int(test.s), "", float(test.z), float(test.slope), sep=",")
    print("trend_p", name, int(test.s), "", float(test.p), "", sep=",")
