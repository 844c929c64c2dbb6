"""What one fit of a semi-supervised arm believes of the pool, round by round, as the trial of these words makes it.

options   study: a Study as plain JSON, of the arm; budget and seed: those of the trial

arrays    rows (m,) int64, the unlabelled rows of the pool; truth (m,) int64, their labels, opened after the last fit,
          -1 where nobody knows them; labels (r, m) int64, what was believed of them in each of r rounds, -1 = nothing;
          sure (r, m) float32 in 0 .. 1, how sure the technique was of its best guess, NaN where it does not say
facts     title: of the arm; budget, per_class, seed; n_labeled; prior (k,): class shares of the labelled rows; reports
          and notes: as in the outcome of the trial, what was believed in each round under reports["rounds"]

Test rows are neither looked at nor named: the fit is the trial's own, without its judging.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from explorer.previews.answers import Preview
from explorer.previews.making import AtWork
from explorer.records import Array, Dataset, Study, Trial
from explorer.techniques.believing import class_shares
from explorer.trial import rehearsed

#: It makes the whole fit of a trial.
LONG = True


def make(dataset: Dataset, options: Mapping[str, Any], at_work: AtWork) -> Preview:
    """Return the beliefs. Raises TechniqueError for an arm that cannot be composed, and what its techniques raise."""
    study = Study.from_dict(options["study"])
    arm = study.arms[0]
    trial = Trial(arm.name, options["budget"], options["seed"])
    found = rehearsed(dataset, study, trial, cache=at_work.cache, monitor=at_work.monitor)
    rounds, m = len(found.beliefs), len(found.truth)
    arrays: dict[str, Array] = {
        "rows": found.lesson.unlabeled,
        "truth": found.truth,
        "labels": np.array([each.labels for each in found.beliefs], np.int64).reshape(rounds, m),
        "sure": np.array([each.sure for each in found.beliefs], np.float32).reshape(rounds, m),
    }
    facts = {
        "title": arm.title,
        "budget": trial.budget,
        "per_class": study.per_class,
        "seed": trial.seed,
        "n_labeled": len(found.lesson.labeled),
        "prior": class_shares(found.lesson.labels, dataset.n_classes).tolist(),
        "reports": dict(found.reports),
        "notes": list(found.notes),
    }
    return Preview(arrays, facts)
