"""The page of the calibration, written from the figures that are kept."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from tests.bench.figures import Figure, table

#: Figures of each part, by its name.
Kept = Mapping[str, Mapping[str, Any]]

HEAD = """# Calibration

How far what the project says of its own certainty can be believed, by simulation. Written by `make calibration`; all
random numbers are fixed. Every simulated study draws a finite data set from a known population of Gaussian classes and
runs the project's own splits, budgets and five seeds with a cheap model: nearest class mean against nearest neighbours;
or, for one arm under two names, the nearest mean of a random part of the features. The truth at a budget is the mean
score over fresh data sets of the population, with one training each, judged by 3,000 fresh items.
"""


#: Titles of the tables on designs, and what they say, by part.
DESIGNS = {
    "coverage": (
        "How often intervals of 95 % hold the truth",
        "In brackets: the lowest and the highest of all budgets.",
    ),
    "rare": (
        "Where hardly any image of a class judges",
        "One to three images of one class judge at a seed: intervals must not forget how little that tells.",
    ),
    "replay": (
        "What an order of labelling is worth",
        "The replay of *Label next* at ten seeds: rows asked for by the project's own order, by features and nearest "
        "class mean, against rows at random. The order of a seed is chosen inside its pool; the truth is the mean over "
        "fresh data sets, one replay each.",
    ),
    "alarms": ("False alarms", "Shares of studies in which *helps* or *hurts* is said of one arm under two names."),
    "stopping": (
        "Looking again and again",
        "The same with a look after 3, 4, 7 and 10 seeds, and an end once every arm's verdict is clear over the whole "
        "curve; where minutes are up before, with a last look at the seeds that are done. Without: a fresh look of 5 % "
        "after as many seeds.",
    ),
    "equivalence": (
        "What makes no practical difference",
        "“Fewer”: of ten labels per class, the study says that with fewer the best arm is there already; falsely where "
        "the ten bring more than a point. “Alike”: of the comparisons at a budget, it says *no practical difference* "
        "of an arm that sees all features and one that sees all but two; falsely, of those comparisons in which they "
        "differ by more than a point, as they nearly always do, by one to two. Nearest class means, of 5 seeds but "
        "where more are named.",
    ),
}


def page(kept: Kept) -> str:
    """Return docs/calibration.md from the figures of the parts that were run."""
    lines = [HEAD, table(figures(kept)), ""]
    for part, (title, words) in DESIGNS.items():
        lines += _designs(kept[part], title, words) if part in kept else []
    return "\n".join([*lines, *(_forecasts(kept["forecasts"]) if "forecasts" in kept else [])])


def figures(kept: Kept) -> list[Figure]:
    """Return the lines of the table, those of the parts that were run."""
    return [figure for part, made in LINES.items() if part in kept for figure in made(kept[part])]


def _alarms(part: Mapping[str, Any]) -> list[Figure]:
    what = "one arm under two names: *helps* or *hurts* said, over all budgets and the whole curve, after Holm"
    return [_said(f"{what} ({{studies:,}} studies)", part, "any")]


def _stopping(part: Mapping[str, Any]) -> list[Figure]:
    again = "the same, stopped by looking again and again"
    return [
        _said(f"{again} ({{studies:,}} studies)", part, "with spending"),
        _said(f"{again}, or by its minutes ({{studies:,}} studies)", part, "out of minutes"),
    ]


def _equivalence(part: Mapping[str, Any]) -> list[Figure]:
    asked = (
        ("fewer false", "“with fewer labels it is there already” said where all bring over a point", "studies"),
        ("alike false", "*no practical difference* said of arms that differ by over a point", "comparisons"),
    )
    lines = []
    for what, words, of in asked:
        found = [each[what][0] for each in part["designs"].values() if each[what]]
        told = f"{_percent(float(np.mean(found)))}, {_percent(min(found))} to {_percent(max(found))} by design"
        told += f" ({len(found)} of {len(part['designs'])} designs)"
        lines.append(Figure(words, f"at most 2.5 % of the {of}, in every design", told, max(found) <= 0.025))
    return lines


def _said(what: str, part: Mapping[str, Any], how: str) -> Figure:
    """Return a line on the share of all studies; designs have too few for one of their own."""
    found = [each[how][0] for each in part["designs"].values()]
    share = float(np.mean(found))
    words = f"{_percent(share)}, {_percent(min(found))} to {_percent(max(found))} by design"
    return Figure(what.format(studies=part["studies"] * len(found)), "at most 5 % of the studies", words, share <= 0.05)


def _coverages(part: Mapping[str, Any]) -> list[Figure]:
    designs = part["designs"]
    asked = (
        ("point", "coverage of the 95 % interval of a curve point", "93 to 98 %", 0.93, 0.98),
        ("difference", "coverage of the 95 % interval of the paired difference", "93 to 98 %", 0.93, 0.98),
        ("area", "coverage of the 95 % interval of the difference over the whole curve", "93 % or more", 0.93, 1.0),
        ("saving", "coverage of the 95 % interval of the label-savings ratio", "92 % or more", 0.92, 1.0),
    )
    return [
        _figure(words, bound, {name: float(np.mean(each[what])) for name, each in designs.items()}, low, high)
        for what, words, bound, low, high in asked
    ]


def _rare(part: Mapping[str, Any]) -> list[Figure]:
    asked = (("point", "of a curve point"), ("difference", "of the paired difference"))
    return [
        _figure(
            f"coverage of the 95 % interval {words}, one to three judging images of a class",
            "93 % or more",
            {name: float(np.mean(each[what])) for name, each in part["designs"].items()},
            0.93,
            1.0,
        )
        for what, words in asked
    ]


def _replays(part: Mapping[str, Any]) -> list[Figure]:
    asked = (
        ("difference", "at each number of labels", "93 to 98 %", 0.98),
        ("area", "over the whole curve", "93 % or more", 1.0),
    )
    return [
        _figure(
            f"coverage of the 95 % interval of what an order of labelling is worth, {words}",
            bound,
            {name: float(np.mean(each[what])) for name, each in part["designs"].items()},
            0.93,
            most,
        )
        for what, words, bound, most in asked
    ]


def _figure(what: str, bound: str, found: Mapping[str, float], low: float, high: float) -> Figure:
    """Return a line on all designs; it holds where every one of them does, to a whole percent."""
    values = list(found.values())
    worst = (
        f"{_percent(float(np.mean(values)))} in the mean, {_percent(min(values))} to {_percent(max(values))} by design"
    )
    return Figure(what, bound, worst, round(min(values), 2) >= low and round(max(values), 2) <= high)


def _forecast(found: Mapping[str, Any]) -> list[Figure]:
    ratio = found["ratio"]
    figure = Figure(
        f"forecast band at 2×, nominal 90 %, on {found['curves']} real curves ({found['refused']} refused)",
        "85 % or more covered, median width below twice that of an oracle",
        f"{_percent(found['held'])} covered, width {ratio:.2f} × the oracle's",
        found["held"] >= 0.85 and ratio < 2 and found["curves"] >= 60,
    )
    return [figure]


def _power(found: Mapping[str, Any]) -> list[Figure]:
    figure = Figure(
        f"power: a true difference of {100 * found['difference']:.1f} points, 5 seeds, 500 items",
        "within 10 % of what the exact paired test reaches",
        f"{_percent(found['ours'])} against {_percent(found['exact'])} of the exact sign test over items, which does "
        f"not know that trainings differ, and {_percent(found['known'])} of one who knows the true standard deviation",
        found["ours"] >= 0.9 * found["exact"],
    )
    return [figure]


#: Lines of the table by part, in their order.
LINES: Mapping[str, Callable[[Mapping[str, Any]], list[Figure]]] = {
    "alarms": _alarms,
    "stopping": _stopping,
    "equivalence": _equivalence,
    "coverage": _coverages,
    "rare": _rare,
    "replay": _replays,
    "forecasts": _forecast,
    "power": _power,
}


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _designs(kept: Mapping[str, Any], title: str, words: str) -> list[str]:
    columns = list(next(iter(kept["designs"].values())))
    lines = [f"## {title}", "", f"{words} {kept['studies']} studies of each design.", ""]
    lines += ["| design | " + " | ".join(columns) + " |", "|---|" + "--:|" * len(columns)]
    lines += [f"| {name} | " + " | ".join(map(_cell, each.values())) + " |" for name, each in kept["designs"].items()]
    return [*lines, ""]


def _cell(shares: Sequence[float]) -> str:
    """Return the mean share of what was counted, with the lowest and the highest; a dash where nothing was."""
    if not shares:
        return "–"
    mean = _percent(float(np.mean(shares)))
    return mean if len(shares) == 1 else f"{mean} ({100 * min(shares):.0f}–{100 * max(shares):.0f})"


def _forecasts(found: Mapping[str, Any]) -> list[str]:
    alone = ", ".join(f"{100 * miss:.1f} by {rule}" for rule, miss in found["rules"].items())
    return [
        "## Forecasts",
        "",
        "Curves of the project's arms on its example sets under every score, forecast from 1, 2, 3, 4, 6 and 8 "
        "labels per class and held against 16. An oracle draws the band of 90 % around the single rule that is best "
        "under that score, knowing which it is and how far it misses.",
        "",
        f"Median miss: {100 * found['miss']:.1f} points; {alone}. Log loss counts in hundredths.",
        "",
    ]
