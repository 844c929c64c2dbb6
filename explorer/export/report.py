"""A study as a folder for people: the plain files of `explorer.export.folder`, and what explains them.

curves.csv     the points of the figure under every score, columns as in `curve_table.COLUMNS`
classes.csv    the share of each class that each arm recognises, columns as in `class_table.COLUMNS`
verdicts.csv   each arm against the usual baseline under every score, columns as in `verdict_table.COLUMNS`
figure.svg     the figure under the score of the study, with the forecasts that are not refused
findings.txt   what was noticed about the data, in the trials and in the curves
methods.txt    how the study was run, as a paper tells it, and the works that it follows
README.txt     what every file and every column is, and how to run the study again
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from explorer.charts.label_curves import label_curves
from explorer.charts.svg import svg
from explorer.datasets.findings import count
from explorer.datasets.saved import Reading
from explorer.export.class_table import classes_csv
from explorer.export.comparing import comparing, counting, tied_at_end
from explorer.export.curve_table import curves_csv
from explorer.export.folder import looks_of, put_text, write
from explorer.export.methods import methods
from explorer.export.notes import note_kinds
from explorer.export.readme import readme
from explorer.export.verdict_table import verdicts_csv
from explorer.export.view import View, view
from explorer.records import Dataset, Look, Outcome, State, Study, last_line
from explorer.scores import METRICS
from explorer.splits import counted_units, side_counts
from explorer.statistics.evidence import judged

#: Size of the picture in px, without the words around it.
WIDTH, HEIGHT = 900, 460


def write_report(
    folder: Path, study: Study, reading: Reading, outcomes: Sequence[Outcome], about: Mapping[str, Any]
) -> None:
    """Write the files of `folder.write` and the seven that explain them, each whole or not at all.

    about    what study.json says beside the study; its `state` is that of the study, its `looks` those at its verdicts
    """
    dataset, looks = reading.dataset, looks_of(about)
    write(folder, study, dataset, outcomes, about)
    shown = seen(study, dataset, outcomes, State(about["state"]), looks)
    counted = counting(outcomes, looks)
    put_text(folder / "curves.csv", curves_csv(study, dataset, counted, METRICS))
    put_text(folder / "classes.csv", classes_csv(study, dataset, counted))
    put_text(folder / "verdicts.csv", verdicts_csv(study, dataset, outcomes, METRICS, looks))
    put_text(folder / "figure.svg", picture(shown))
    put_text(folder / "findings.txt", "\n".join(_findings(shown, reading, outcomes)) + "\n")
    put_text(folder / "methods.txt", methods(shown, dataset, outcomes))
    put_text(folder / "README.txt", readme(shown, dataset, outcomes, about))


def seen(
    study: Study, dataset: Dataset, outcomes: Sequence[Outcome], state: State, looks: tuple[Look, ...] = ()
) -> View:
    """Return what there is to see of a study under its own score, with forecasts; `looks` are those at its verdicts."""
    judging, pool = side_counts(dataset, study.test_share)
    done = [judged(each, dataset.labels, study.metric) for each in outcomes if each.state is State.DONE]
    units = counted_units(dataset)
    found = comparing(study, done, dataset.labels, units, study.metric, looks=looks)
    tied = tied_at_end(study, found.curves, done, dataset.labels, units, study.metric, looks)
    shown = view(study, found.curves, study.metric, pool, judging, state, found, tied, looks)
    return replace(shown, ahead=True)


def picture(shown: View) -> str:
    """Return the figure of a study as SVG, with the finding above it and what it is of below."""
    figure = label_curves(shown.drawing, mode="light", height=HEIGHT)
    return svg(figure, width=WIDTH, above=shown.headline, below=shown.footing)


def _findings(shown: View, reading: Reading, outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Yield the lines of findings.txt."""
    errors = Counter(last_line(outcome.error) for outcome in outcomes if outcome.state is State.FAILED)
    parts = {
        "In the curves": [each for each in (shown.caution, shown.stopped) if each],
        "About the data": [f"{each.severity}: {each.message}" for each in reading.findings],
        "In the trials": [each.line for each in note_kinds(outcomes)],
        "Trials that failed": [f"{error} ({count(n, 'trial')})" for error, n in errors.most_common()],
    }
    for title, lines in parts.items():
        yield from (title, "-" * len(title), *(f"- {line}" for line in lines or ["Nothing."]), "")
