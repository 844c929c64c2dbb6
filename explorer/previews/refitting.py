"""Trials of a study fitted again for previews: each is the trial of the study to the last bit, or is refused."""

from collections.abc import Mapping
from typing import Any

from explorer.errors import TechniqueError
from explorer.previews.answers import named
from explorer.previews.making import AtWork
from explorer.records import Dataset, Study, Trial, digest
from explorer.trial import Refit, refit

#: What is said when another model comes of it.
CHANGED = (
    "Fitted again, this trial gives other answers than those of the study: it was run with other libraries or on"
    " another kind of machine. Run the study again here to look into it."
)
#: Fitted trials that are kept, so that another method or other images take no new fit.
KEPT = 3
_fitted: dict[str, Refit] = {}


def again(dataset: Dataset, study: Study, wanted: Mapping[str, Any], at_work: AtWork) -> Refit:
    """Return the trial that `wanted` names by arm, budget and seed, with `answers` as the name of the stored answers.

    Raises TechniqueError where it answers a judging image with other bits, and whatever the fit raises.
    """
    trial = Trial(wanted["arm"], wanted["budget"], wanted["seed"])
    key = digest(str(at_work.cache), str(study.to_dict()), repr(trial))
    if key not in _fitted:
        while len(_fitted) >= KEPT:
            _fitted.pop(next(iter(_fitted)))
        _fitted[key] = refit(dataset, study, trial, cache=at_work.cache, monitor=at_work.monitor)
    fitted = _fitted[key]
    if named(fitted.test, fitted.probabilities) != wanted["answers"]:
        raise TechniqueError(CHANGED)
    return fitted
