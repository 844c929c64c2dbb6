"""Where in some images a technique of a study found its answers, and whether that depends on what it learnt.

The trial is fitted again, and is the trial of the study only if it answers every judging image with the same bits.

options   study, arm, budget, seed: the trial; rows: judging images; method: one of those of
          `explorer.previews.looking`, the first one of the arm where it has it not; answers: name
          of the stored answers, as `explorer.previews.answers.named` makes it

arrays    images (n, height, width, channels), float32 in [0, 1], as the technique sees them, cleaned where it does so;
          maps (n, height, width), float32: above 0 speaks for the answer, below 0 against it; targets (n,), the
          classes answered; checks (n, 2): rank correlation with the map of the same model after its head, and its head
          and last block, were drawn anew, NaN where there is none
facts     methods: all that can be drawn of this arm, and method: the one that was; rows: as in the options
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from explorer.previews.answers import Preview
from explorer.previews.looking import BLOCK, HEAD, NOTHING, Ask, Looked, looked
from explorer.previews.making import AtWork
from explorer.previews.refitting import again
from explorer.records import Array, Dataset, Floats, Ints, Study
from explorer.statistics.looking import rank_correlation
from explorer.techniques.base import Float32s
from explorer.trial import Refit

#: It fits a trial again.
LONG = True


def make(dataset: Dataset, options: Mapping[str, Any], at_work: AtWork) -> Preview:
    """Return the maps. Raises TechniqueError for an arm that has none, and where another model comes of the trial."""
    fitted = again(dataset, Study.from_dict(options["study"]), options, at_work)
    model = looked(fitted)
    method = options["method"] if options["method"] in model.methods else model.methods[0]
    rows = np.asarray(options["rows"], np.int64)
    inputs = fitted.source.inputs[rows]
    targets = _answered(fitted, rows)
    maps, checks = _checked(model, method, inputs, targets, lambda: at_work.monitor.step(0, 0))
    arrays: dict[str, Array] = {"images": inputs, "maps": maps.astype(np.float32), "targets": targets, "checks": checks}
    return Preview(arrays, {"methods": list(model.methods), "method": method, "rows": rows.tolist()})


def _answered(fitted: Refit, rows: Ints) -> Ints:
    places = {row: place for place, row in enumerate(fitted.test.tolist())}
    chosen = [places[row] for row in rows.tolist()]
    return np.asarray(fitted.probabilities[chosen].argmax(axis=1), np.int64)


def _checked(model: Looked, method: str, inputs: Float32s, targets: Ints, ask: Ask) -> tuple[Floats, Floats]:
    """Return the maps (n, height, width), and how alike those of models that have forgotten are, (n, 2)."""
    maps = model.map(method, inputs, targets, NOTHING, ask)
    assert maps is not None
    checks = np.full((len(inputs), 2), np.nan)
    for place, forgotten in enumerate((HEAD, BLOCK)):
        others = model.map(method, inputs, targets, forgotten, ask)
        if others is not None:
            alike = [rank_correlation(one, other) for one, other in zip(maps, others, strict=True)]
            checks[:, place] = [np.nan if each is None else each for each in alike]
    return maps, checks
