"""A study as a folder of plain files that outlive this program: study.json, trials.csv, reports.json, predictions.npz.

study.json        everything needed to run it again: the study, how the data was read, its fingerprint, versions, state;
                  `weights`, name, source and licence of those that results rest on; and `looks` at the verdicts of a
                  study that runs until they settle
trials.csv        one row per finished trial, columns as in `COLUMNS`; `per_class` is the budget that was asked for
                  where it counts labels of each class, else the fewest labels that a class got; `n_labeled` are the
                  labels that were really spent, fewer than asked for where a class has no more
reports.json      for each trial that is done its `arm`, `budget` and `seed`, the `notes` for the user, those of them
                  that warn once more as `warnings`, and `reports`: what techniques told of themselves, by name
predictions.npz   without pickle: `items`, `labels` (and `groups`, by number in `group_names`, and `units`, what counts
                  once) of all n rows of the data set; for each trial i its `arm`, `budget`, `seed`, and test rows
                  `row[offset[i]:offset[i + 1]]`, `probabilities` (m, k); and the rows whose labels it was given,
                  `labeled[labeled_offset[i]:labeled_offset[i + 1]]`, none where another version has drawn them
"""

import csv
import itertools
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from explorer import cautions
from explorer.errors import StudyError
from explorer.export import study_file
from explorer.export.provenance import made_with, of_trial
from explorer.export.weights import weights_used
from explorer.recipes import PROTOCOL, split_of
from explorer.records import Array, Dataset, Ints, Look, Outcome, State, Study, Trial, last_line
from explorer.scores import METRICS, all_scores
from explorer.splits import counted_units, labeled_rows

#: The columns of trials.csv, and what they hold.
COLUMNS: Mapping[str, str] = {
    "arm": "short name of the technique",
    "n_labeled": "labelled images that were really used; for a failed trial what was asked for in total, else 0",
    "per_class": "labels of each class that were asked for; where totals are asked for, the fewest that a class got",
    "seed": "number of the repetition; at one seed all techniques have the same labels and the same judging images",
    "state": "done or failed",
    **{metric.name: metric.told for metric in METRICS.values()},
    "fit_seconds": "seconds of learning and answering on one core, without what was kept from before",
    "error": "last line of what went wrong in a failed trial",
    "prepare_seconds": "seconds on one core in which all that the technique needs at its seed was made before, whoever "
    "made it: cleaned images, features and views, what was learnt from the pool; empty where that is not known",
}


@dataclass(frozen=True, eq=False)
class Written:
    """A study read back from its folder, enough to draw its curves without the data set.

    labels     (n,) int64 of all rows of the data set, and groups likewise, or None
    units      (n,) what statistics count once, as `splits.counted_units` has it; an earlier version wrote groups alone
    looks      those at its verdicts, few seeds first
    seconds    that the study has been running, all its runs together; 0 where nobody wrote them down
    about      whatever else study.json says: state, seconds, versions, how the data was read
    """

    study: Study
    dataset_name: str
    class_names: tuple[str, ...]
    labels: Ints
    groups: Ints | None
    units: Ints | None
    outcomes: tuple[Outcome, ...]
    looks: tuple[Look, ...]
    seconds: float
    about: Mapping[str, Any]


def write(
    folder: Path, study: Study, dataset: Dataset, outcomes: Sequence[Outcome], about: Mapping[str, Any] | None = None
) -> None:
    """Write the four files; each appears whole or not at all, and replaces an earlier one.

    `about` is added to study.json as it is: plain JSON values under further keys.
    """
    folder.mkdir(parents=True, exist_ok=True)
    ordered = _in_order(study, outcomes)
    _put(folder / "trials.csv", lambda path: _write_trials(path, study, dataset.labels, ordered))
    made = made_with(ordered)
    reports = _json([_report(outcome, made) for outcome in ordered if outcome.state is State.DONE])
    put_text(folder / "reports.json", reports)
    _put(folder / "predictions.npz", lambda path: _write_predictions(path, study, dataset, ordered))
    text = _json({**_description(study, dataset), "weights": weights_used(ordered), **made, **(about or {})})
    put_text(folder / "study.json", text)


def describe(folder: Path) -> tuple[Study, Mapping[str, Any]]:
    """Return the study of a folder and all that study.json says.

    Raises StudyError when it holds none, or when a field that is read back is not what it may be (`study_file`).
    """
    path = folder / "study.json"
    try:
        described = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise StudyError(
            f"{path} cannot be read: {error.strerror}. Choose another folder, such as `run` writes."
        ) from error
    except (ValueError, RecursionError) as error:
        raise StudyError(f"{path} is not a study that this program wrote ({error}). Choose another folder.") from error
    try:
        study_file.check(described)
    except ValueError as error:
        raise StudyError(
            f"{path} is not a study that this program wrote: {error}. Put that right, or choose another folder."
        ) from error
    return Study.from_dict(described["study"]), described


def read(folder: Path) -> Written:
    """Return the study that `write` put into `folder`. Raises StudyError when a file is missing or another one's."""
    study, described = describe(folder)
    path = folder / "predictions.npz"
    try:
        name, class_names = described["dataset"]["name"], tuple(described["dataset"]["class_names"])
        with np.load(path, allow_pickle=False) as arrays:
            kept = {name: arrays[name] for name in arrays.files}
        told = _told(folder / "reports.json")
        outcomes = _outcomes(kept, folder / "trials.csv", told, described.get("versions", {}))
        looks = looks_of(described)
        labels = kept["labels"]
    except (OSError, ValueError, LookupError, TypeError, EOFError, BadZipFile, csv.Error) as error:
        raise StudyError(f"{path} does not belong to the study beside it ({error}). Choose another folder.") from error
    return Written(
        study=study,
        dataset_name=name,
        class_names=class_names,
        labels=labels,
        groups=kept.get("groups"),
        units=kept.get("units", kept.get("groups")),
        outcomes=outcomes,
        looks=looks,
        seconds=float(described.get("seconds", 0.0)),
        about=described,
    )


def about_looks(looks: Sequence[Look]) -> dict[str, Any]:
    """Return what study.json says of looks at verdicts, as plain JSON values; nothing where there were none."""
    return {"looks": [asdict(each) for each in looks]} if looks else {}


def looks_of(about: Mapping[str, Any]) -> tuple[Look, ...]:
    """Return the looks at verdicts of which study.json tells; none where it tells of none.

    Raises TypeError or ValueError for anything else.
    """
    told = (dict(each) for each in about.get("looks", ()))
    return tuple(Look(**{**each, "clear": tuple(each["clear"]), "open": tuple(each["open"])}) for each in told)


# ---- writing ---------------------------------------------------------------------------------------------------


def _in_order(study: Study, outcomes: Sequence[Outcome]) -> list[Outcome]:
    place = {trial: number for number, trial in enumerate(study.trials())}
    return sorted(outcomes, key=lambda outcome: place[outcome.trial])


def put_text(path: Path, text: str) -> None:
    """Write a file of text, whole or not at all."""
    _put(path, lambda partial: partial.write_text(text, encoding="utf-8"))


def _put(path: Path, write_to: Callable[[Path], object]) -> None:
    partial = path.with_name(f".{path.name}.partial")
    write_to(partial)
    partial.replace(path)


def _json(values: Any) -> str:
    return json.dumps(values, indent=2, ensure_ascii=False) + "\n"


def _report(outcome: Outcome, made: Mapping[str, Any]) -> dict[str, Any]:
    told = {**cautions.kept(outcome.notes), "reports": dict(outcome.reports)}
    return {**asdict(outcome.trial), **told, **of_trial(outcome, made)}


def _description(study: Study, dataset: Dataset) -> dict[str, Any]:
    return {
        "format": study_file.FORMAT,
        "study": study.to_dict(),
        "dataset": {
            "name": dataset.name,
            "fingerprint": dataset.fingerprint,
            "source": dataset.source,
            "licence": dataset.licence,
            "class_names": list(dataset.class_names),
            "class_counts": dataset.class_counts.tolist(),
            "shape": list(dataset.inputs.shape),
            "scaling": dataset.scaling.to_dict(),
        },
    }


def _write_trials(path: Path, study: Study, labels: Ints, outcomes: Sequence[Outcome]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(COLUMNS)
        rows.writerows(trial_row(study, labels, outcome) for outcome in outcomes)


def trial_row(study: Study, labels: Ints, outcome: Outcome) -> tuple[str | int | float, ...]:
    """Return one row of trials.csv, in which the budget can be found again; `labels` are those of the data set, (n,).

    `per_class` is the budget where it is counted per class, else the fewest labels. Nobody counted the labels of a
    failed trial: `n_labeled` is then its budget where that is a total, else 0.
    """
    per_class = outcome.trial.budget if study.per_class else outcome.per_class
    lost = outcome.state is State.FAILED and not study.per_class
    scores = all_scores(outcome, labels)
    found = [repr(float(scores[name])) if name in scores else "" for name in METRICS]
    return (
        plain_cell(outcome.trial.arm),
        outcome.trial.budget if lost else outcome.n_labeled,
        per_class,
        outcome.trial.seed,
        outcome.state.value,
        *found,
        round(outcome.fit_seconds, 4),
        plain_cell(last_line(outcome.error)),
        "" if outcome.prepare_seconds is None else round(outcome.prepare_seconds, 4),
    )


def plain_cell(text: str) -> str:
    """Return text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _labeled(study: Study, dataset: Dataset, outcome: Outcome) -> Ints:
    """Return the rows whose labels a trial was given; none where another version has drawn them."""
    split = split_of(dataset, outcome.trial.seed, study.test_share)
    if outcome.versions.get("protocol") != str(PROTOCOL) or not np.array_equal(split.test, outcome.test):
        return np.empty(0, np.int64)
    return labeled_rows(split, outcome.trial.budget, study.per_class)


def _write_predictions(path: Path, study: Study, dataset: Dataset, outcomes: Sequence[Outcome]) -> None:
    done = [outcome for outcome in outcomes if outcome.state is State.DONE]
    labeled = [_labeled(study, dataset, outcome) for outcome in done]
    arrays: dict[str, Array] = {
        "items": np.array(dataset.items, dtype=np.str_),
        "labels": dataset.labels,
        "class_names": np.array(dataset.class_names, dtype=np.str_),
        "arm": np.array([outcome.trial.arm for outcome in done], dtype=np.str_),
        "budget": np.array([outcome.trial.budget for outcome in done], np.int64),
        "seed": np.array([outcome.trial.seed for outcome in done], np.int64),
        "offset": np.cumsum([0, *(len(outcome.test) for outcome in done)], dtype=np.int64),
        "row": np.concatenate([np.empty(0, np.int64), *(outcome.test for outcome in done)]),
        "probabilities": np.concatenate(
            [np.empty((0, dataset.n_classes), np.float32), *(outcome.probabilities for outcome in done)]
        ),
        "labeled_offset": np.cumsum([0, *map(len, labeled)], dtype=np.int64),
        "labeled": np.concatenate([np.empty(0, np.int64), *labeled]),
    }
    if dataset.groups is not None:
        arrays["groups"] = dataset.groups
        arrays["group_names"] = np.array(dataset.group_names, dtype=np.str_)
    if (units := counted_units(dataset)) is not None:
        arrays["units"] = units
    with path.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **arrays)


# ---- reading ---------------------------------------------------------------------------------------------------


def _told(path: Path) -> Mapping[Trial, Mapping[str, Any]]:
    """Return what reports.json says of each trial; nothing where an earlier version wrote none."""
    if not path.exists():
        return {}
    told = json.loads(path.read_text(encoding="utf-8"))
    return {Trial(each["arm"], each["budget"], each["seed"]): each for each in told}


def _outcomes(
    kept: Mapping[str, Array], table: Path, told: Mapping[Trial, Mapping[str, Any]], versions: Mapping[str, str]
) -> tuple[Outcome, ...]:
    """Return the outcomes of predictions.npz with the numbers of trials.csv; failed trials have no predictions.

    versions    of the trials of which reports.json tells none
    """
    with table.open(newline="", encoding="utf-8") as file:
        done = [row for row in csv.DictReader(file) if row["state"] == State.DONE]
    named = zip(kept["arm"].tolist(), kept["budget"].tolist(), kept["seed"].tolist(), strict=True)
    parts = [slice(start, stop) for start, stop in itertools.pairwise(kept["offset"].tolist())]
    return tuple(
        _outcome(
            row,
            Trial(*trial),
            kept["row"][part],
            kept["probabilities"][part],
            {"versions": versions, **told.get(Trial(*trial), {})},
        )
        for row, trial, part in zip(done, named, parts, strict=True)
    )


def _outcome(
    row: Mapping[str, str], trial: Trial, test: Ints, probabilities: Array, told: Mapping[str, Any]
) -> Outcome:
    if (row["arm"], row["seed"]) != (plain_cell(trial.arm), str(trial.seed)):
        raise ValueError(f"trials.csv has {row['arm']} with seed {row['seed']} where {trial} was expected")
    return Outcome(
        trial=trial,
        state=State.DONE,
        n_labeled=int(row["n_labeled"]),
        per_class=int(row["per_class"]),
        test=test,
        probabilities=probabilities,
        scores={name: float(row[name]) for name in METRICS if row.get(name)},  # an earlier version had fewer
        fit_seconds=float(row["fit_seconds"]),
        prepare_seconds=float(row["prepare_seconds"]) if row.get("prepare_seconds") else None,
        notes=cautions.of_kept(told),
        reports=told.get("reports", {}),
        versions=dict(told["versions"]),
    )
