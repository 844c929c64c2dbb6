"""How much better an arm is on the images that it learnt from than on those that judge.

options   arm: name of a ready-made arm; budget: labels of each class; seeds: how many

facts     title, budget, seeds; n_labeled and n: images learnt from and judging images of seed 0; learnt and judged:
          balanced accuracy on them, 0 .. 1, one for each seed

Both come from the fit of a trial: it is asked for the images it learnt from, and the trial itself for the others.
"""

from collections.abc import Mapping
from typing import Any

from explorer.previews.answers import Preview
from explorer.previews.making import AtWork
from explorer.records import Dataset, Study
from explorer.scores import scores
from explorer.techniques.discovery import ready_arms
from explorer.trial import judged, rehearsed

#: It fits and judges several trials.
LONG = True


def make(dataset: Dataset, options: Mapping[str, Any], at_work: AtWork) -> Preview:
    """Return both. Raises TechniqueError for an arm that cannot be composed, or a trial that failed."""
    arm = ready_arms()[options["arm"]]
    study = Study("", "", dataset.fingerprint, (arm,), (options["budget"],), seeds=options["seeds"])
    known: dict[str, Any] = {"cache": at_work.cache, "monitor": at_work.monitor}
    fits = [rehearsed(dataset, study, trial, **known) for trial in study.trials()]
    outcomes = [judged(dataset, study, trial, **known) for trial in study.trials()]
    facts = {
        "title": arm.title,
        "budget": options["budget"],
        "seeds": study.seeds,
        "n_labeled": len(fits[0].lesson.labeled),
        "n": len(outcomes[0].test),
        "learnt": [scores(each.answers, each.lesson.labels)[study.metric] for each in fits],
        "judged": [each.scores[study.metric] for each in outcomes],
    }
    return Preview(facts=facts)
