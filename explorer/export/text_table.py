"""A study's curves as a table of plain text, for terminals."""

import math
from collections.abc import Mapping, Sequence

from explorer.budgets import budget_words, is_short
from explorer.export.curve_table import study_curves
from explorer.records import Dataset, Outcome, Study
from explorer.score_words import finely_shown
from explorer.scores import METRICS, Metric
from explorer.splits import counted_units
from explorer.statistics.curves import Curve, CurvePoint, interval_words


def text_table(study: Study, dataset: Dataset, outcomes: Sequence[Outcome]) -> str:
    """Return arms × budgets with the mean score and its interval, and a line that says what the interval is."""
    metric = METRICS[study.metric]
    unit = "labels of each class" if study.per_class else "labels in total"
    found = study_curves(study, dataset, outcomes)
    bought = {point.budget: point.n_labeled for curve in found for point in curve.points}
    # How many labelled examples each budget really bought: a data set may have fewer than it asks for.
    examples = [f"{bought[budget]:,.0f}" if budget in bought else "–" for budget in study.budgets]
    called = [_called(study, budget, bought, dataset.n_classes) for budget in study.budgets]
    heads = [[f"{metric.title} at", *called], ["labelled examples", *examples]]
    rows = [*heads, *(_row(curve, study, metric) for curve in found)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    short = _short(study, dataset.n_classes, bought)
    given = dataset.given_test is not None
    band = interval_words(found, dataset.groups, counted_units(dataset), given_test=given)
    return "\n".join([*lines, "", f"Columns: {unit}{short}. {band}"])


def _called(study: Study, budget: int, bought: Mapping[int, float], k: int) -> str:
    return budget_words(budget, bought.get(budget, math.inf), k, per_class=study.per_class)


def _short(study: Study, k: int, bought: Mapping[int, float]) -> str:
    """Return in words which budgets some class could not pay; empty where every budget was met."""
    met = {budget: not is_short(budget, n, k, per_class=study.per_class) for budget, n in bought.items()}
    unmet = [str(budget) for budget in study.budgets if not met.get(budget, True)]
    if not unmet:
        return ""
    who = "some class has" if study.per_class else "the data set has"
    return f"; at {', '.join(unmet)} {who} fewer and gave all it has (the second line counts them)"


def _row(curve: Curve, study: Study, metric: Metric) -> list[str]:
    by_budget = {point.budget: point for point in curve.points}
    return [curve.arm, *(_cell(by_budget.get(budget), metric) for budget in study.budgets)]


def _cell(point: CurvePoint | None, metric: Metric) -> str:
    if point is None:
        return "–"
    mean, low, high = (finely_shown(value, metric) for value in (point.mean, point.low, point.high))
    # One seed does not know how seeds differ: no interval is honest in a table that does not draw it hollow.
    return f"{mean} ({low}–{high})" if len(point.seeds) > 1 else mean
