"""`compare`: what a finished study says of its techniques, from the folder that `run` wrote."""

import dataclasses
import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from explorer.errors import StudyError
from explorer.export.comparing import Compared, comparing
from explorer.export.folder import Written, read
from explorer.export.settling import confidence, stopped_words, verdicts_words
from explorer.export.verdict_words import alike_words, forecast_sentence, needed_words, table, verdict_sentence
from explorer.records import State
from explorer.score_words import scale, score_shown, spoken, unit
from explorer.scores import METRICS, Metric
from explorer.statistics.evidence import judged
from explorer.statistics.forecasts import SURE, Forecast, Refusal
from explorer.statistics.savings import Saving

HEADS = ("arm", "labels", "difference", "{confidence} % interval", "verdict")


@click.command(help="Say which techniques of the study in the folder DIR help, and how many labels they save.")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--against", help="Arm that the others are compared with; by default the small CNN, or the first.")
@click.option("--metric", type=click.Choice(list(METRICS)), help="Score to compare; by default that of the study.")
@click.option(
    "--practical", type=click.FloatRange(0, 100),
    help="Differences up to so many points (hundredths) are not worth acting on; by default 1, or what the study says.",
)  # fmt: skip
@click.option("--need", type=float, help="Say how many labels each arm takes for this score, in percent or as it is.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON with stable keys instead of text.")
def command(
    folder: Path, against: str | None, metric: str | None, practical: float | None, need: float | None, as_json: bool
) -> None:
    """Print verdicts, label savings and forecasts, as text or as JSON."""
    written = read(folder)
    names = [arm.name for arm in written.study.arms]
    if against is not None and against not in names:
        raise StudyError(f"The study has no arm '{against}'. Choose one of: {', '.join(names)}.")
    score = METRICS[metric or written.study.metric]
    done = [judged(each, written.labels, score.name) for each in written.outcomes if each.state is State.DONE]
    found = comparing(
        written.study,
        done,
        written.labels,
        written.units,
        score.name,
        against=against,
        practical=None if practical is None else practical / 100,
        looks=written.looks,
    )
    if need is not None:
        _check_need(need, score)
    target = None if need is None else need / scale(score)
    if as_json:
        click.echo(json.dumps(_about(written, found, score, target), indent=2, ensure_ascii=False))
    else:
        click.echo("\n".join(_lines(written, found, score, target)))


# ---- as text ---------------------------------------------------------------------------------------------------


def _lines(written: Written, found: Compared, metric: Metric, target: float | None) -> Iterator[str]:
    sentence = verdict_sentence(written.study, found, metric)
    yield sentence or "Nothing is finished yet."
    if stopped := stopped_words(written.study, written.looks):
        yield f"{stopped}."
    if words := verdicts_words(written.study, written.looks):
        yield words
    if found.comparisons:
        against = written.study.arm(found.against)
        yield ""
        yield f"{metric.title} less that of {against.title} ({against.name}), {unit(metric)}:"
        heads = tuple(head.format(confidence=confidence(found.level)) for head in HEADS)
        yield from _columns([heads, *table(written.study, found.comparisons, metric)])
    if alike := alike_words(written.study, found):
        yield alike
    if found.forecasts:
        yield ""
        for arm, each in found.forecasts.items():
            yield f"{arm}: {forecast_sentence(written.study, arm, each, metric)}"
    if target is not None:
        yield ""
        yield f"For {score_shown(target, metric)} {spoken(metric)}:"
        yield from (f"{arm}: {words}" for arm, words in _needed(found, metric, target).items())


def _check_need(need: float, metric: Metric) -> None:
    """Raise StudyError for a score that no technique can have, and for a share where percent are asked for."""
    if metric.percent and not 1 < need <= 100:
        remedy = f" Write {100 * need:g} for {100 * need:g} %." if 0 < need <= 1 else ""
        raise StudyError(f"--need is {need:g}; {spoken(metric)} is asked for in percent, from 1 to 100.{remedy}")


def _needed(found: Compared, metric: Metric, target: float) -> Mapping[str, str]:
    """Return how many labels each arm takes for a score, in words."""
    curves = [curve for curve in found.curves if curve.arm in found.forecasts]
    return {each.arm: needed_words(each, found.forecasts[each.arm], target, metric) for each in curves}


def _columns(rows: list[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


# ---- as JSON ---------------------------------------------------------------------------------------------------


def _about(written: Written, found: Compared, metric: Metric, target: float | None) -> dict[str, Any]:
    at = found.stated
    return {
        "study": written.study.name,
        "metric": metric.name,
        "against": found.against,
        "practical": found.practical,
        "level": found.level,
        "stopped": stopped_words(written.study, written.looks) or None,
        "sentence": verdict_sentence(written.study, found, metric),
        "stated": None
        if at is None
        else {
            "budget": at.budget,
            "best": at.best,
            "score": at.point.mean,
            "low": at.point.low,
            "high": at.point.high,
            "alike": list(found.alike),
            "early": None if at.early is None else at.early.budget,
            "needs": None if at.needs is None else _saving(at.needs),
        },
        "comparisons": [dataclasses.asdict(each) for each in found.comparisons],
        "forecasts": {arm: _forecast(each) for arm, each in found.forecasts.items()},
        "needed": None if target is None else {"score": target, "labels": _needed(found, metric, target)},
    }


def _saving(needs: Saving) -> dict[str, Any]:
    """Return the savings; infinite ratios, which JSON does not know, as null."""
    return {name: None if math.isinf(value) else value for name, value in dataclasses.asdict(needs).items()}


def _forecast(found: Forecast | Refusal) -> dict[str, Any]:
    if isinstance(found, Refusal):
        return {"refused": found.reason}
    n = SURE * float(found.n[-1])
    score, low, high = (float(each[0]) for each in found.at([n]))
    return {"n": n, "score": score, "low": low, "high": high, "miss": found.miss}
