"""README.txt of a folder of results: what every file and every column is, for someone who has only the folder."""

import shlex
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from explorer.datasets.findings import count
from explorer.datasets.scaling import ASINH
from explorer.export.class_table import COLUMNS as CLASSES
from explorer.export.curve_table import COLUMNS as CURVES
from explorer.export.folder import COLUMNS as TRIALS
from explorer.export.provenance import version_sets
from explorer.export.settling import verdicts_words
from explorer.export.verdict_table import COLUMNS as VERDICTS
from explorer.export.view import View
from explorer.export.weights import weights_words
from explorer.records import Arm, Dataset, Outcome, Study
from explorer.score_words import better, spoken
from explorer.scores import METRICS
from explorer.splits import counted_units
from explorer.statistics.curves import interval_words
from explorer.techniques.discovery import ready_arms
from explorer.techniques.spelling import spelled

WIDTH = 100
SAME = (
    "It is the same data where `{check}` tells the fingerprint {fingerprint}. If images were read with a table of "
    "groups of its own, or stretched, that has to be given or chosen again. Equal versions on an equal machine give "
    "equal numbers; others may differ in the last digits."
)

FILES: Mapping[str, str] = {
    "README.txt": "this text",
    "figure.svg": "the curves under the score of the study, forecasts dashed, with the finding above them; opens in"
    " any browser",
    "curves.csv": "the means and intervals of the figure, under every score",
    "classes.csv": "the share of each class that each technique recognises, with intervals",
    "verdicts.csv": "what each technique gains on the usual baseline, with interval and verdict, under every score",
    "trials.csv": "every finished trial: one technique, one number of labels, one seed",
    "findings.txt": "what was noticed about the data, in the trials and in the curves",
    "methods.txt": "how the study was run, as a paper tells it, and the works that it follows: to copy and adapt",
    "study.json": "everything needed to run the study again, also for programs",
    "reports.json": "notes of each trial and which of them warn, and what techniques told of themselves",
    "predictions.npz": "class probabilities of every judging image of every trial, for numpy",
}
PREDICTIONS: Mapping[str, str] = {
    "items": "(n,) names of all images, by row",
    "labels": "(n,) their class numbers, -1 = not labelled",
    "class_names": "(k,) names of the classes, by number",
    "groups": "(n,) their group numbers, -1 = in none; only where the data has groups",
    "group_names": "names of the groups, by number; only where the data has groups",
    "units": "(n,) what is counted once: a group, or all copies of an image; -1 = by itself; only where there are any",
    "arm": "(t,) technique of each finished trial",
    "budget": "(t,) labels that were asked for",
    "seed": "(t,) seed",
    "offset": "(t + 1,) trial i was judged by row[offset[i]:offset[i + 1]]",
    "row": "rows of the judging images, trial after trial",
    "probabilities": "(rows, k) their class probabilities; scores are of rows that are divided by their sum in double"
    " precision, which parts some that single precision ties",
    "labeled_offset": "(t + 1,) trial i was given the labels of labeled[labeled_offset[i]:labeled_offset[i + 1]]",
    "labeled": "rows of the labelled images, trial after trial; none where another version has drawn them",
}


def readme(shown: View, dataset: Dataset, outcomes: Sequence[Outcome], about: Mapping[str, Any]) -> str:
    """Return the text; `about` is what study.json says beside the study."""
    return "\n".join(_lines(shown, dataset, outcomes, about)) + "\n"


def _lines(shown: View, dataset: Dataset, outcomes: Sequence[Outcome], about: Mapping[str, Any]) -> Iterator[str]:
    study, metric = shown.study, shown.metric
    yield from _headed(f"Study of {study.name}", [f"{shown.headline}.", f"State: {about['state']}."])
    yield from _table("Files", FILES)
    yield from _headed("The data", _data(dataset))
    yield from _headed("The study", _study(shown, about))
    score = f"The figure shows {spoken(metric)}; {better(metric)}."
    given = dataset.given_test is not None
    band = interval_words(shown.curves, dataset.groups, counted_units(dataset), given_test=given)
    yield from _headed("Score and interval", [score, band, shown.axis_words])
    yield from _table("Columns of curves.csv", CURVES)
    yield from _table("Columns of classes.csv", CLASSES)
    yield from _table("Columns of verdicts.csv", VERDICTS)
    yield from _table("Columns of trials.csv", TRIALS)
    yield from _table("Arrays of predictions.npz (t trials, n images, k classes)", PREDICTIONS)
    weights = weights_words(study, outcomes)
    yield from _headed("Pretrained weights, with source and licence", weights or ["No technique used any."])
    made = [", ".join(f"{name} {value}" for name, value in each.items()) for each in version_sets(outcomes)]
    yield from _headed("Made with", made or ["not known"])
    yield from _headed("How to run it again", ())
    yield f"    {again(study, dataset, about)}"
    yield ""
    yield from _wrapped(SAME.format(check=check(dataset, about), fingerprint=dataset.fingerprint))
    if metric.name != Study.metric:  # the one that the command shows
        usual = spoken(METRICS[Study.metric])
        yield from _wrapped(f"Its figure then shows {usual}; curves.csv has {spoken(metric)} as well.")


def again(study: Study, dataset: Dataset, about: Mapping[str, Any]) -> str:
    """Return the command that runs a study again; PATH stands for data whose place nobody remembers."""
    known = ready_arms()
    ready = [arm for arm in study.arms if _is(known.get(arm.name), arm)]
    composed = [arm for arm in study.arms if arm not in ready]
    budgets = ",".join(map(str, study.budgets))
    path, *reading = _reading(dataset, about)
    words = ["python", "-m", "explorer", "run", path, "--out", "FOLDER"]
    words += ["--arms", ",".join(arm.name for arm in ready)] if ready else []
    words += [word for arm in composed for word in ("--arm", spelled(arm))]
    words += ["--per-class" if study.per_class else "--budgets", budgets]
    if study.until is None:
        words += ["--seeds", str(study.seeds)]
    else:
        words += ["--until-settled", "--minutes", f"{study.until.minutes:g}", "--most-seeds", str(study.seeds)]
    words += [] if dataset.given_test is not None else ["--test-share", f"{study.test_share:g}"]
    words += ["--free", ",".join(study.free) or "none"]
    return shlex.join([*words, *reading])


def check(dataset: Dataset, about: Mapping[str, Any]) -> str:
    """Return the command that tells the fingerprint of data, by which it is known to be the same."""
    path, *reading = _reading(dataset, about)
    return shlex.join(["python", "-m", "explorer", "check", path, *reading, "--json"])


def _reading(dataset: Dataset, about: Mapping[str, Any]) -> Iterator[str]:
    """Yield where the data lies, and the options with which it is read as it was, as far as they are known."""
    reading = about.get("reading") or {}
    shape = dataset.inputs.shape[1:]
    size = reading["size"] if reading else shape[0] if len(shape) == 3 and shape[0] == shape[1] else None
    yield str(reading.get("path", "PATH"))
    yield from ("--size", str(size)) if size else ()
    yield from ("--values", ASINH) if dataset.scaling.knee else ()
    yield from ("--groups", str(reading["groups"])) if reading.get("groups") else ()


def _is(known: Arm | None, arm: Arm) -> bool:
    return known is not None and list(known.choices()) == list(arm.choices())


def _data(dataset: Dataset) -> Iterator[str]:
    classes = (f"{name} ({n:,})" for name, n in zip(dataset.class_names, dataset.class_counts.tolist(), strict=True))
    yield f"{dataset.name}: {len(dataset):,} images of shape {' × '.join(map(str, dataset.inputs.shape[1:]))}."
    yield f"Classes, with their labelled images: {', '.join(classes)}."
    yield f"Not labelled: {int((dataset.labels < 0).sum()):,}. Groups: {len(dataset.group_names) or 'none'}."
    yield f"Values: {dataset.scaling.rule.rstrip('.')}."
    yield f"Fingerprint of pixels, labels, groups and names: {dataset.fingerprint}."
    yield f"Source: {dataset.source or 'not known'}. Licence: {dataset.licence or 'not known'}."


def _study(shown: View, about: Mapping[str, Any]) -> Iterator[str]:
    study = shown.study
    budgets = ", ".join(tick.budget for tick in shown.ticks)
    yield f"Techniques: {'; '.join(f'{arm.title} ({spelled(arm)})' for arm in study.arms)}."
    yield f"Labels: {budgets}. Seeds: {study.seeds if study.until is None else f'at most {study.seeds}'}."
    if study.until is not None:
        yield from _looked(shown)
    yield f"Share of each class that judges, where the data brings no test split: {study.test_share:g}."
    yield f"Taken to carry no meaning in the images: {', '.join(study.free) or 'nothing'}."
    if "seconds" in about:
        yield f"It took {about['seconds']:g} s."


def _looked(shown: View) -> Iterator[str]:
    """Yield why a study has stopped that runs until its verdicts settle, and on what they rest."""
    if shown.stopped:
        yield (
            f"{shown.stopped}. Curves, verdicts and forecasts rest on the first {count(shown.seeds, 'seed')}; trials "
            "of later ones that ran ahead are in trials.csv, and count nowhere else."
        )
    yield verdicts_words(shown.study, shown.looks)


def _headed(title: str, paragraphs: Iterable[str]) -> Iterator[str]:
    yield title
    yield "-" * len(title)
    for paragraph in paragraphs:
        yield from _wrapped(paragraph)
    yield ""


def _table(title: str, rows: Mapping[str, str]) -> Iterator[str]:
    wide = max(map(len, rows)) + 2
    yield title
    yield "-" * len(title)
    for name, text in rows.items():
        yield from textwrap.wrap(text, WIDTH, initial_indent=name.ljust(wide), subsequent_indent=" " * wide)
    yield ""


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, break_long_words=False, break_on_hyphens=False)
