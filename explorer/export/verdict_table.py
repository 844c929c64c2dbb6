"""A study's verdicts as a table: one row for each arm, budget and score, and one for the whole curve."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from explorer.export.comparing import comparing
from explorer.export.curve_table import csv_text
from explorer.export.folder import plain_cell
from explorer.records import Dataset, Look, Outcome, State, Study
from explorer.splits import counted_units
from explorer.statistics.evidence import judged
from explorer.statistics.verdicts import Comparison

#: The columns, and what they hold.
COLUMNS: Mapping[str, str] = {
    "arm": "short name of the technique",
    "against": "short name of the one that it is compared with",
    "metric": "name of the score",
    "budget": "labels that were asked for, as the study counts them; empty: the mean over the curve, every doubling of "
    "labels counting alike",
    "first": "where it is over the curve, the first number of labels that both have finished",
    "last": "and the last one",
    "difference": "mean over seeds of the arm's score less the other's",
    "low": "lower end of its interval, of 95 % where `level` is 0.05, else of 100 % less the level",
    "high": "upper end of its interval",
    "better": "probability that the arm is the better one, 0 to 1",
    "p": "probability of so large a difference, were there none",
    "p_adjusted": "the same among all comparisons of the study under this score: Holm among those at budgets, and among"
    " those of whole curves, each taken twice where there are both",
    "verdict": "helps, hurts, no practical difference (the interval lies within one point), or not clear yet",
    "more_seeds": "about how many more seeds would settle it; empty where it is settled or fifty would not",
    "seeds": "seeds that both have finished",
    "level": "chance of a false claim in all verdicts under this score: 0.05; less at a look of a study that ran until "
    "its verdicts settled",
}


def verdicts_csv(
    study: Study, dataset: Dataset, outcomes: Sequence[Outcome], metrics: Iterable[str], looks: Sequence[Look] = ()
) -> str:
    """Return the verdicts of the study's arms against its usual baseline under these scores, columns as in COLUMNS.

    looks    those at a study that runs until its verdicts settle, few seeds first
    """
    done = [each for each in outcomes if each.state is State.DONE]
    return csv_text(COLUMNS, (row for metric in metrics for row in _rows(study, dataset, done, metric, looks)))


def _rows(
    study: Study, dataset: Dataset, done: Sequence[Outcome], metric: str, looks: Sequence[Look]
) -> Iterator[list[object]]:
    known = [judged(each, dataset.labels, metric) for each in done]
    found = comparing(study, known, dataset.labels, counted_units(dataset), metric, looks=looks)
    for each in found.comparisons:
        yield _row(each, metric, found.level)


def _row(found: Comparison, metric: str, level: float) -> list[object]:
    numbers = (found.difference, found.low, found.high, found.better, found.p, found.adjusted)
    return [
        plain_cell(found.arm),
        plain_cell(found.against),
        metric,
        "" if found.budget is None else found.budget,
        *(("", "") if found.span is None else found.span),
        *(f"{number:.6g}" for number in numbers),
        found.verdict.value,
        "" if found.more_seeds is None else found.more_seeds,
        found.seeds,
        f"{level:.4g}",
    ]
