"""What the pool teaches, shown: the task as the network meets it, and the network before and after."""

import numpy as np
import pytest

from explorer.errors import TechniqueError
from explorer.preparing import prepared
from explorer.previews import pretext, teaching
from explorer.recipes import seed_for
from explorer.records import Arm, Choice
from explorer.splits import make_split
from explorer.techniques.composing import compose
from explorer.techniques.models.small_cnn import WIDTHS
from explorer.techniques.monitors import QUIET
from explorer.training import small_net


def task(dataset, at_work, method, count=3, free=()):
    options = {"settings": {"method": method}, "free": list(free), "rows": [3, 5], "count": count, "seed": 0}
    return pretext.make(dataset, options, at_work)


def test_two_views_are_of_the_image_and_differ_only_as_is_allowed(striped, at_work):
    found = task(striped, at_work, "contrastive")
    images, shown = found.arrays["images"], found.arrays["shown"]
    np.testing.assert_allclose(images, striped.inputs[[3, 5]] / 255, atol=1e-6)
    assert shown.shape == (2, 3, *images.shape[1:])
    assert np.abs(shown[:, 0] - shown[:, 1]).max() > 0.01
    likeness = np.corrcoef(shown[0, 0].ravel(), images[0].ravel())[0, 1]
    assert likeness > 0.8, "with nothing free, an image stays where it is"


def test_quarter_turns_are_those_of_the_middle(make_dataset, at_work):
    images = np.random.default_rng(0).integers(0, 256, (6, 8, 12, 1), dtype=np.uint8)
    data = make_dataset([0, 1] * 3, inputs=images)
    shown = task(data, at_work, "rotation", count=4).arrays["shown"]
    middle = images[3, :, 2:10] / 255
    for turns in range(4):
        np.testing.assert_allclose(shown[0, turns], np.rot90(middle, turns), atol=1e-6)


def test_blanks_hold_the_mean_and_the_rest_is_untouched(striped, at_work):
    found = task(striped, at_work, "autoencoder", count=20)
    images, shown = found.arrays["images"][:, None], found.arrays["shown"]
    changed = ~np.isclose(shown, images, atol=1e-6)
    assert 0.3 < changed.mean() < 0.5
    np.testing.assert_allclose(shown[changed], found.arrays["images"].mean(), atol=1e-6)


def taught(dataset, at_work, **settings):
    return teaching.make(dataset, {"settings": {"steps": 12, **settings}, "free": []}, at_work)


def learnt_of_trial(dataset, at_work, **settings):
    parts = compose(Arm("a", "a", Choice("self_supervised", {"steps": 12, **settings})))
    pool = make_split(dataset, 0, 0.3).pool
    return prepared(dataset, parts, pool, 0, cache=at_work.cache, monitor=QUIET)


def test_what_a_trial_was_taught_is_shown_without_teaching_again(striped, at_work, monkeypatch):
    kept = learnt_of_trial(striped, at_work)
    monkeypatch.setattr("explorer.training.pretext.descended", None)  # nothing is taught any more
    found = taught(striped, at_work)
    assert found.facts["loss"] == kept.reports["loss"]
    assert found.facts["spread"] == kept.reports["spread"]
    assert (found.facts["method"], found.facts["steps"]) == ("contrastive", 12)
    assert np.array_equal(found.arrays["rows"], make_split(striped, 0, 0.3).pool)
    for name in ("before", "after"):
        assert found.arrays[name].shape == (len(found.arrays["rows"]), 2)
        assert 0 < found.facts["shares"][name] <= 1
        told = found.facts["scores"][name]
        assert told["low"] <= told["score"] <= told["high"]
    assert not np.allclose(found.arrays["before"], found.arrays["after"])
    assert "restored" not in found.arrays


def test_before_is_what_teaching_started_from(striped, at_work):
    kept = learnt_of_trial(striped, at_work)
    model = compose(Arm("a", "a", Choice("self_supervised", {"steps": 12}))).model
    start = teaching.untaught(model, kept.learnt, seed_for(0, "model"))
    wanted = small_net.initial(1, WIDTHS, 1, seed_for(0, "model"))[:-2]
    assert set(start) == set(kept.learnt)
    for index, each in enumerate(wanted):
        assert np.array_equal(start[str(index)], each.detach().numpy())


def test_the_adapter_of_photographs_starts_from_changing_nothing(striped, at_work):
    kept = learnt_of_trial(striped, at_work, start="imagenet")
    model = compose(Arm("a", "a", Choice("self_supervised", {"start": "imagenet"}))).model
    start = teaching.untaught(model, kept.learnt, seed_for(0, "model"))
    assert not start["2"].any()
    assert {name: each.shape for name, each in start.items()} == {n: each.shape for n, each in kept.learnt.items()}


def test_the_autoencoder_shows_what_it_restores(striped, at_work):
    found = taught(striped, at_work, method="autoencoder", steps=60)
    whole, blanked, restored = (found.arrays[name] for name in ("whole", "blanked", "restored"))
    assert whole.shape == blanked.shape == restored.shape
    blank = np.abs(blanked - whole) > 1e-4
    assert 0.2 < blank.mean() < 0.6
    assert np.square(restored - whole)[blank].mean() < 0.8 * np.square(blanked - whole)[blank].mean()


def test_what_cannot_be_learnt_is_refused_with_the_reason(striped, at_work):
    options = {"settings": {"method": "rotation"}, "free": ["orientation"]}
    with pytest.raises(TechniqueError, match="Nothing tells how an image was turned"):
        teaching.make(striped, options, at_work)
