"""A map on which images that a pretrained network finds alike lie close together: t-SNE.

van der Maaten and Hinton 2008, jmlr.org/papers/v9/vandermaaten08a.html. Distances between clusters, and the sizes of
clusters, mean nothing on it.

options   settings, free: as in `network_features`; depth: which layers

arrays    rows (m,) of the pool of seed 0, evenly taken where it is large; points (m, 2), float32
facts     pool: images in the pool; perplexity: neighbours that count for each image
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from explorer.errors import DataError
from explorer.previews.answers import Preview
from explorer.previews.making import AtWork
from explorer.previews.network_features import described
from explorer.previews.showing import plane, principal, shown_rows, split
from explorer.records import Dataset, Floats
from explorer.techniques.monitors import Steps

LONG = True
#: Neighbours that count, and least images of which a map says anything.
PERPLEXITY, FEWEST = 30.0, 10
#: The work is done in stages, between which it can be ended: the fewest iterations that scikit-learn makes. In the
#: first one, clusters are drawn together more strongly than they are afterwards.
STAGES, ITERATIONS, EXAGGERATION = 5, 250, 12.0


def make(dataset: Dataset, options: Mapping[str, Any], at_work: AtWork) -> Preview:
    """Return the map. Raises DataError for too few images, TechniqueError for a network that cannot be used."""
    rows = shown_rows(dataset)
    if len(rows) < FEWEST:
        raise DataError(f"A map of neighbours needs {FEWEST} images, and the pool has {len(rows)}. Choose the plane.")
    components, _ = principal(described(dataset, options, at_work).seen(rows, options["depth"]))
    perplexity = min(PERPLEXITY, (len(rows) - 1) / 3)
    points = neighborhoods(components, perplexity, at_work.monitor)
    return Preview({"rows": rows, "points": points}, {"pool": len(split(dataset).pool), "perplexity": perplexity})


def neighborhoods(components: Floats, perplexity: float, monitor: Steps) -> Floats:
    """Return the map (m, 2) of principal components (m, p). Raises what `monitor` raises, between two stages."""
    from sklearn.manifold import TSNE

    found = plane(components)
    found = found / max(float(found[:, 0].std()), 1e-12) * np.float32(1e-4)  # as scikit-learn starts from components
    for stage in range(STAGES):
        monitor.step(stage, STAGES)
        pull = EXAGGERATION if stage == 0 else 1.0
        model = TSNE(2, perplexity=perplexity, early_exaggeration=pull, max_iter=ITERATIONS, init=found, random_state=0)
        found = np.asarray(model.fit_transform(components), np.float32)
    return found
