"""What the maps of the lower half tell untrained: as the frozen network sees it, and a head to start from."""

from itertools import pairwise

import numpy as np
import pytest

from explorer.techniques import map_probe
from explorer.techniques.examples import BELIEVED, Examples
from explorer.techniques.models.finetune import Finetune
from explorer.techniques.models.pretrained import Pretrained
from explorer.techniques.monitors import Quiet
from explorer.training.networks import NETWORKS, columns
from tests.unit.techniques.toys import toy

TAPS = NETWORKS["lite0"].taps


def ask():
    """Go on."""


def scales_of(rows, **settings):
    model = Finetune(**settings)
    return model.maps(model.features(rows[:]))


@pytest.mark.parametrize("views", ["one", "eight"])
def test_it_sees_what_frozen_features_of_the_same_places_tell(views):
    rows, _ = toy(2)
    scales = scales_of(rows, views=views)
    found, depths = map_probe._rows(map_probe.described(scales, ask))
    features = Pretrained(views=views).features(rows[:])
    taken = [part for tap, part in columns(TAPS, 2) if int(tap.module) >= 3]
    wanted = np.concatenate([features[:, part] for part in taken], axis=1)
    assert found.shape == wanted.shape
    for place in [
        slice(start, stop) for start, stop in pairwise(np.cumsum([0, *(2 * w for w in (160, 224, 384, 1280))]))
    ]:
        cosine = (found[:, place] * wanted[:, place]).sum(axis=1)
        cosine /= np.linalg.norm(found[:, place], axis=1) * np.linalg.norm(wanted[:, place], axis=1)
        assert cosine.min() > 0.99
    assert [each.stop - each.start for each in depths] == [320, 1216, 2560]


def test_the_probe_learns():
    rows, labels = toy(4)
    seen, truth = toy(6, seed=1)
    known = map_probe.described(scales_of(rows), ask)
    probe = map_probe.Probe.of(known, Examples.of(rows, labels), 3, 0, Quiet())
    found = probe(map_probe.described(scales_of(seen), ask))
    assert found.shape == (len(truth), 3)
    np.testing.assert_allclose(found.sum(axis=1), 1, rtol=1e-5)
    assert (found.argmax(axis=1) == truth).mean() > 0.9


def test_rows_that_are_only_believed_count_what_they_are_worth():
    rows, labels = toy(4)
    known = map_probe.described(scales_of(rows), ask)
    twice = [np.concatenate([each, each]) for each in known]
    wrong = np.concatenate([labels, (labels + 1) % 3])

    def found(weight):
        weights = np.where(np.arange(len(wrong)) < len(labels), 1.0, weight)
        units = np.where(np.arange(len(wrong)) < len(labels), np.arange(len(wrong)), BELIEVED)
        return map_probe.Probe.of(twice, Examples(None, wrong, weights, units), 3, 0, Quiet())(known)

    plain = map_probe.Probe.of(known, Examples.of(rows, labels), 3, 0, Quiet())(known)
    assert np.abs(found(1e-3) - plain).max() < 0.05
    assert np.abs(found(1.0) - plain).max() > 0.2


@pytest.mark.parametrize("present", [(0, 1), (0, 1, 2), (1, 3)])
def test_the_head_knows_the_classes_that_have_rows_and_keeps_the_others_below(present):
    rows, labels = toy(4)
    kept = np.isin(labels, [0, 1] if len(present) == 2 else [0, 1, 2])
    own = np.asarray(present)[labels[kept]]
    seen = [each[kept] for each in map_probe.described(scales_of(rows), ask)]
    weight, bias = map_probe.starting_head(seen, own, np.ones(len(own)), 4)
    logits = np.mean([each[..., -1280:].mean(axis=1) @ weight.T + bias for each in seen], axis=0)
    assert (logits.argmax(axis=1) == own).all()
    assert (np.delete(logits, present, axis=1) < logits[:, present].min() - 5).all()


def test_views_are_taken_at_equal_distances_and_it_asks_before_every_part():
    maps = np.zeros((9, 8, 2, 2, 80), np.float16) + np.arange(8)[None, :, None, None, None]
    assert map_probe.spaced(maps, 4)[0, :, 0, 0, 0].tolist() == [0, 2, 4, 6]
    assert map_probe.spaced(maps, 20).shape == maps.shape
    asked = []
    sizes = [len(part) for part in map_probe.parts(maps, lambda: asked.append(1))]
    assert sum(sizes) == 72
    assert len(asked) == len(sizes) == 3
