"""What the pool of seed 0 teaches a network without labels: its loss, and what the network sees before and after.

It is taught as for a trial of seed 0, and kept where trials keep it: nothing is taught twice.

options   settings: of the model 'self_supervised'; free: the facts that carry no meaning

arrays    rows (m,) of the pool, those of the maps; before and after (m, 2): the plane in which they lie widest apart;
          for the autoencoder whole, blanked and restored (PICTURES, height, width, channels) in [0, 1]
facts     method: the task; steps: that were made; loss: means over equal parts of them; spread: of what is seen, in
          [0, 1]; shares: of the variance, of both planes; scores: balanced accuracy of a regression before and after,
          with the ends of its 95 % interval; n, units, folds: of the images that were asked; notes: sentences for the
          user
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from explorer.preparing import prepared
from explorer.previews.answers import Preview
from explorer.previews.making import AtWork
from explorer.previews.probing import Asked
from explorer.previews.showing import plane, principal, shown_rows, split
from explorer.recipes import seed_for
from explorer.records import Arm, Array, Choice, Dataset, Fact, Floats, Ints, Slot
from explorer.techniques.base import Learnt
from explorer.techniques.composing import compose
from explorer.techniques.logistic import Logistic
from explorer.techniques.models.self_supervised import DECODER, SelfSupervised
from explorer.techniques.models.small_cnn import SCALE, WIDTHS, Scale, SmallCnn, encoder, kept
from explorer.techniques.monitors import Steps

LONG = True
#: Images that are restored, labelled images that are asked, and rows that are described at once.
PICTURES, ASKED, CHUNK = 5, 300, 64
#: C of the regression, as where a class has too few labels to choose it.
HEAD = Logistic((300.0,), 300.0)


def make(dataset: Dataset, options: Mapping[str, Any], at_work: AtWork) -> Preview:
    """Return what was taught. Raises TechniqueError for what cannot be used, StudyError where teaching diverges."""
    facts = [Fact(each) for each in options["free"]]
    parts = compose(Arm("taught", "The network", Choice("self_supervised", options["settings"])), dataset.kind, facts)
    model, chosen = parts.model, split(dataset)
    assert isinstance(model, SelfSupervised)
    taught = prepared(dataset, parts, chosen.pool, 0, cache=at_work.cache, monitor=at_work.monitor)
    before = untaught(model, taught.learnt, seed_for(0, Slot.MODEL))
    rows, asked = shown_rows(dataset), Asked.of(dataset, chosen, ASKED)
    arrays: dict[str, Array] = {"rows": rows, **_restored(dataset, taught.learnt)}
    told: dict[str, Any] = {**taught.reports, "notes": list(taught.notes), "shares": {}, "scores": {}}
    for name, learnt in (("before", before), ("after", taught.learnt)):
        components, shares = principal(_seen(model, dataset, rows, learnt, at_work.monitor), 2)
        arrays[name], told["shares"][name] = plane(components), sum(shares[:2])
        features = _seen(model, dataset, asked.rows, learnt, at_work.monitor)
        answers = asked.answers(HEAD, features, dataset.n_classes, at_work.monitor)
        told["scores"][name] = asked.score(answers)
    return Preview(arrays, {**told, **asked.size, "method": model.method, "steps": model.steps})


def untaught(model: SelfSupervised, learnt: Learnt, seed: int) -> Learnt:
    """Return what the model started from at that seed, in the form of what it has learnt."""
    from explorer.training import adapter, small_net

    if model.start == "imagenet":
        start = adapter.initial(learnt["0"].shape[1], seed)
        return {str(index): each.detach().numpy() for index, each in enumerate(start)}
    return kept(small_net.initial(learnt["0"].shape[1], WIDTHS, 1, seed)[:-2], Scale(*learnt[SCALE]))


def _seen(model: SelfSupervised, dataset: Dataset, rows: Ints, learnt: Learnt, monitor: Steps) -> Floats:
    """Return what the network sees of the rows, (m, d)."""
    parts = [rows[start : start + CHUNK] for start in range(0, len(rows), CHUNK)]
    each = [model.described(learnt, dataset.rows(part)[:], lambda done, total: monitor.step(0, 0)) for part in parts]
    return np.concatenate(each)


def _restored(dataset: Dataset, learnt: Learnt) -> dict[str, Array]:
    """Return some images of the pool whole, with blanks, and restored; nothing where no decoder was learnt."""
    names = [name for name in learnt if name.startswith(DECODER)]
    if not names:
        return {}
    import torch

    from explorer.training import autoencoder

    scale = Scale(*learnt[SCALE])
    images = dataset.rows(split(dataset).order[:PICTURES])[:]
    whole = SmallCnn().prepared(images, scale=scale)
    blanked = whole * autoencoder.kept(len(whole), tuple(whole.shape[2:]), np.random.default_rng(0))
    decoder = [torch.from_numpy(np.array(learnt[f"{DECODER}{index}"])) for index in range(len(names))]
    with torch.inference_mode():
        again = autoencoder.restored(encoder(learnt), decoder, blanked)
    found = {"whole": whole, "blanked": blanked, "restored": again}
    return {name: _pictured(each.float().numpy(), scale) for name, each in found.items()}


def _pictured(standardized: Array, scale: Scale) -> Array:
    """Return images (b, height, width, channels) in [0, 1] of standardized ones (b, channels, height, width)."""
    values = standardized.transpose(0, 2, 3, 1) * scale.spread + scale.mean
    return np.asarray(values.clip(0, 1), np.float32)
