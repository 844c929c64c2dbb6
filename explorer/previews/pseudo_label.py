"""What one fit of a semi-supervised arm believes of the pool, round by round, as the trial of these words makes it.

options   study: a Study as plain JSON, of the arm; budget and seed: those of the trial

arrays    rows (m,) int64, the unlabelled rows of the pool; truth (m,) int64, their labels, opened after the last fit,
          -1 where nobody knows them; labels (r, m) int64, what was believed of them in each of r rounds, -1 = nothing;
          sure (r, m) float32 in 0 .. 1, how sure the technique was of its best guess, NaN where it does not say
facts     title: of the arm; budget, per_class, seed; n_labeled; prior (k,): class shares of the labelled rows; reports
          and notes: as in the outcome of the trial, what was believed in each round under reports["rounds"]

Test rows are neither looked at nor named: the fit is the trial's own, without its judging.
"""

import functools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from explorer.journal import Belief, Journal
from explorer.previews.answers import Preview
from explorer.previews.making import AtWork
from explorer.records import UNLABELED, Array, Dataset, Ints, Study, Trial
from explorer.techniques.believing import class_shares
from explorer.techniques.hands import all_cores
from explorer.trial import Lesson, rehearsed

#: It makes the whole fit of a trial.
LONG = True


def make(dataset: Dataset, options: Mapping[str, Any], at_work: AtWork) -> Preview:
    """Return the beliefs. Raises TechniqueError for an arm that cannot be composed, and what its techniques raise.

    After each round what was believed so far is shown, with a truth that nobody knows: it is opened after the last fit.
    """
    study = Study.from_dict(options["study"])
    trial = Trial(study.arms[0].name, options["budget"], options["seed"])
    about = functools.partial(_about, dataset, study, trial)

    def heard(lesson: Lesson, journal: Journal) -> None:
        unopened = np.full(len(lesson.unlabeled), UNLABELED, np.int64)
        reports = {**journal.records, "rounds": journal.rounds(unopened, dataset.n_classes)}
        at_work.show(Preview(_arrays(lesson, journal.beliefs, unopened), {**about(lesson), **_told(reports, ())}))

    with all_cores():
        found = rehearsed(dataset, study, trial, cache=at_work.cache, monitor=at_work.monitor, heard=heard)
    arrays = _arrays(found.lesson, found.beliefs, found.truth)
    return Preview(arrays, {**about(found.lesson), **_told(found.reports, found.notes)})


def _arrays(lesson: Lesson, beliefs: Sequence[Belief], truth: Ints) -> dict[str, Array]:
    rounds, m = len(beliefs), len(truth)
    return {
        "rows": lesson.unlabeled,
        "truth": truth,
        "labels": np.array([each.labels for each in beliefs], np.int64).reshape(rounds, m),
        "sure": np.array([each.sure for each in beliefs], np.float32).reshape(rounds, m),
    }


def _about(dataset: Dataset, study: Study, trial: Trial, lesson: Lesson) -> dict[str, Any]:
    return {
        "title": study.arms[0].title,
        "budget": trial.budget,
        "per_class": study.per_class,
        "seed": trial.seed,
        "n_labeled": len(lesson.labeled),
        "prior": class_shares(lesson.labels, dataset.n_classes).tolist(),
    }


def _told(reports: Mapping[str, Any], notes: Sequence[str]) -> dict[str, Any]:
    return {"reports": dict(reports), "notes": list(notes)}
