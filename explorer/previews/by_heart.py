"""Whether the small network can learn some labelled images by heart: what cannot learn these can learn nothing.

options   seed: which images of the pool are taken

facts     title: of the arm; n: images, and right: those of them that it calls what it was taught

A check before any other (Raghu and Schmidt 2020, arXiv:2003.11755). Test rows are not looked at.
"""

from collections.abc import Mapping
from typing import Any

from explorer.previews.answers import Preview
from explorer.previews.making import AtWork
from explorer.records import Dataset, Study, Trial
from explorer.techniques.discovery import ready_arms
from explorer.trial import rehearsed

#: It trains a network.
LONG = True
ARM = "baseline"
#: Images that are learnt, or one of each class where there are more classes.
IMAGES = 32


def make(dataset: Dataset, options: Mapping[str, Any], at_work: AtWork) -> Preview:
    """Return how many are remembered. Raises TechniqueError where networks cannot be trained here."""
    arm, n = ready_arms()[ARM], max(IMAGES, dataset.n_classes)
    study = Study("", "", dataset.fingerprint, (arm,), (n,), per_class=False, seeds=1)
    trial = Trial(arm.name, n, options["seed"])
    found = rehearsed(dataset, study, trial, cache=at_work.cache, monitor=at_work.monitor)
    right = found.answers.argmax(axis=1) == found.lesson.labels
    return Preview(facts={"title": arm.title, "n": len(right), "right": int(right.sum())})
