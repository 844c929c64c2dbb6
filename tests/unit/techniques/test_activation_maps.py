"""Class-activation maps add up to the logit, whatever the views, scales and channels."""

import numpy as np
import pytest

from explorer.records import Fact
from explorer.techniques.activation_maps import class_activations, class_weights, without_last
from explorer.techniques.examples import Examples
from explorer.techniques.heads import Fitted
from explorer.techniques.logistic import forgetting, last_layer
from explorer.techniques.models.hog import Hog
from explorer.techniques.models.pretrained import Pretrained
from explorer.techniques.monitors import QUIET
from explorer.techniques.turns import turns, unturned
from explorer.training.lite0 import lite0

FREE = frozenset({Fact.ORIENTATION})


def fitted(model, channels, k=3, n=12):
    """Return inputs, their features, and the head that was fitted on them."""
    random = np.random.default_rng(0)
    inputs = random.random((n, 20, 20, channels), np.float32)
    features = model.features(inputs)
    examples = Examples.of(features, np.arange(n) % k)
    return inputs, features, model.fit(examples, n_classes=k + 1, seed=0, monitor=QUIET)


@pytest.mark.parametrize(
    ("settings", "free", "channels"),
    [
        ({}, frozenset(), 1),
        ({"scales": "one", "depth": "last"}, FREE, 3),
        ({"view_use": "rows", "depth": "last", "depth_use": "together"}, FREE, 2),
    ],
)
def test_places_and_a_constant_add_up_to_the_logit_of_the_last_layer(settings, free, channels):
    model = Pretrained(side=96, **settings).suited(free)
    inputs, features, head = fitted(model, channels)
    columns = model.depths(features.shape[-1])["last"]
    layer = last_layer(head, columns)
    last = features[..., columns].astype(np.float64)
    logits = last @ layer.weight.T + layer.bias
    logits = logits if logits.ndim == 2 else logits.mean(axis=1)
    targets = np.arange(len(inputs)) % 3
    scales = class_activations(model, inputs, class_weights(layer.weight, head.present, targets), lite0())
    total = sum(maps.sum(axis=(1, 2)) for maps in scales) + layer.bias[targets]
    chosen = logits[np.arange(len(inputs)), targets]
    assert np.allclose(total, chosen, atol=2e-4 * np.abs(logits).max())
    assert np.ptp(scales[0], axis=(1, 2)).max() > 1e-3  # places differ


def test_the_layer_of_a_single_depth_is_what_the_head_answers_by():
    model = Pretrained(side=96, depth="last")
    _, features, head = fitted(model, 1)
    layer = last_layer(head, slice(0, features.shape[1]))
    logits = (features @ layer.weight.T + layer.bias) * head.temperature
    wanted = np.exp(logits - logits.max(axis=1, keepdims=True))
    assert np.allclose(head(features)[:, :3], wanted / wanted.sum(axis=1, keepdims=True), atol=1e-4)


def test_a_layer_of_two_classes_is_one_of_two():
    model = Pretrained(side=96, depth="last")
    _, features, head = fitted(model, 1, k=2)
    layer = last_layer(head, slice(0, features.shape[1]))
    logits = (features @ layer.weight.T + layer.bias) * head.temperature
    assert np.allclose(head(features)[:, 1], 1 / (1 + np.exp(logits[:, 0] - logits[:, 1])), atol=1e-4)


def test_other_columns_and_other_heads_have_no_layer():
    model = Pretrained(side=96)
    _, features, head = fitted(model, 1)
    assert last_layer(head, slice(0, features.shape[1])) is None  # each depth has a layer of its own
    hog = Hog()
    _, seen, other = fitted(hog, 1)
    assert isinstance(other, Fitted)
    assert last_layer(other, slice(0, seen.shape[1])) is None
    assert forgetting(other, 0) is None


def test_a_head_that_forgets_answers_otherwise_and_the_first_one_as_before():
    model = Pretrained(side=96)
    _, features, head = fitted(model, 1)
    before = head(features)
    other = forgetting(head, 0)(features)
    assert np.array_equal(head(features), before)
    assert np.allclose(other.sum(axis=1), 1, atol=1e-5)
    assert np.abs(other - before).max() > 0.02  # the images are noise, of which nothing is sure
    assert np.array_equal(forgetting(head, 0)(features), other)


def test_a_network_without_its_last_layer_keeps_all_others():
    network = lite0()
    other = without_last(network, 0)
    assert other.folded[:-1] == network.folded[:-1]
    assert not np.allclose(other.folded[-1][0].float(), network.folded[-1][0].float())


def test_views_are_turned_back():
    images = np.random.default_rng(0).random((2, 6, 6, 1))
    for number, view in enumerate(turns(images, 8)):
        assert np.array_equal(unturned(view[..., 0], number), images[..., 0])


def test_a_class_that_was_never_learnt_has_no_weight():
    found = class_weights(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([0, 2]), np.array([2, 1, 0]))
    assert found.tolist() == [[3.0, 4.0], [0.0, 0.0], [1.0, 2.0]]
