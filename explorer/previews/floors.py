"""What the simplest answers reach on a data set: always the most frequent class, and a linear model on raw pixels.

options   budget: labels of each class; seeds: how many

facts     budget, seeds; n: judging images of seed 0; arms: for each its title, mean, and 95 % interval low and high of
          balanced accuracy over seeds and judging images, in 0 .. 1

The trials are run as those of any study.
"""

from collections.abc import Mapping
from typing import Any

from explorer.previews.answers import Preview
from explorer.previews.making import AtWork
from explorer.recipes import split_of
from explorer.records import Dataset, Study
from explorer.splits import counted_units
from explorer.statistics.curves import curves
from explorer.techniques.discovery import ready_arms
from explorer.trial import judged

#: It runs several trials.
LONG = True
ARMS = ("majority", "pixels")


def make(dataset: Dataset, options: Mapping[str, Any], at_work: AtWork) -> Preview:
    """Return the scores. Raises TechniqueError for a trial that failed."""
    arms = tuple(ready_arms()[name] for name in ARMS)
    study = Study("", "", dataset.fingerprint, arms, (options["budget"],), seeds=options["seeds"])
    outcomes = [judged(dataset, study, trial, cache=at_work.cache, monitor=at_work.monitor) for trial in study.trials()]
    found = curves(study, outcomes, dataset.labels, counted_units(dataset))
    told = [
        {"title": curve.title, "mean": point.mean, "low": point.low, "high": point.high}
        for curve in found
        for point in curve.points
    ]
    n = len(split_of(dataset, 0, study.test_share).test)
    return Preview(facts={"budget": options["budget"], "seeds": study.seeds, "n": n, "arms": told})
