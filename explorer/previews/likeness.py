"""How alike the layers of two fitted trials of a study see the same images, by debiased linear CKA.

options   study; sides: two trials, each with arm, budget, seed and answers, the name of its stored answers; most:
          images at most

arrays    likeness (a, b), float64: CKA of each of the a layers of the first with each of the b of the second
facts     layers: names of the a layers, and of the b ones; images: on how many they were compared, and both: whether
          these judged at both seeds, or else at the seed of the first alone
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from explorer.previews.answers import Preview
from explorer.previews.layers import layers
from explorer.previews.making import AtWork
from explorer.previews.refitting import again
from explorer.records import Dataset, Ints, Study
from explorer.statistics.similarity import cka
from explorer.trial import Refit

#: It fits two trials again.
LONG = True
#: Images that judged at both seeds from which on they alone are compared.
ENOUGH = 50


def make(dataset: Dataset, options: Mapping[str, Any], at_work: AtWork) -> Preview:
    """Return the likeness. Raises TechniqueError for models without layers, and where a trial becomes another model."""
    study = Study.from_dict(options["study"])
    one, other = (again(dataset, study, side, at_work) for side in options["sides"])
    rows, both = images_of(one, other, options["most"])
    at_work.monitor.step(0, 0)
    first, second = layers(one, rows), layers(other, rows)
    found = cka(list(first.values()), list(second.values()))
    facts = {"layers": [list(first), list(second)], "images": len(rows), "both": both}
    return Preview({"likeness": found}, facts)


def images_of(one: Refit, other: Refit, most: int) -> tuple[Ints, bool]:
    """Return some images that judged at both seeds, and True; where these are few, some of the first, and False."""
    shared = np.intersect1d(one.test, other.test)
    rows = shared if len(shared) >= ENOUGH else np.sort(one.test)
    chosen = rows[np.arange(min(most, len(rows))) * len(rows) // min(most, len(rows))]
    return np.asarray(chosen, np.int64), len(shared) >= ENOUGH or len(shared) == len(one.test)
