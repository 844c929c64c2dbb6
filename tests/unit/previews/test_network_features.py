"""What a pretrained network sees, shown: the maps, the neighbours and the layers, against plain computations."""

import io

import numpy as np
import pytest
from PIL import Image
from sklearn.manifold import TSNE
from sklearn.metrics import balanced_accuracy_score

from explorer.errors import Cancelled, DataError, TechniqueError
from explorer.preparing import prepared
from explorer.previews import depth_probe, feature_neighborhoods, feature_plane, features, neighbors, showing, sprite
from explorer.previews.network_features import described
from explorer.previews.probing import Asked
from explorer.proportions import wilson
from explorer.records import Arm, Choice
from explorer.splits import make_split
from explorer.techniques.composing import compose
from explorer.techniques.logistic import Logistic
from explorer.techniques.monitors import QUIET

SETTINGS = {"side": 96, "scales": "one"}
OPTIONS = {"settings": SETTINGS, "free": []}


@pytest.fixture
def pool(striped):
    return make_split(striped, 0, 0.3).pool


def trial_features(dataset, workspace):
    """Return what a trial prepares."""
    parts = compose(Arm("a", "a", Choice("pretrained", SETTINGS)))
    return prepared(dataset, parts, np.empty(0, np.int64), 0, cache=workspace.cache, monitor=QUIET).features


def test_what_a_trial_has_described_is_not_described_again(striped, workspace, at_work, monkeypatch):
    kept = trial_features(striped, workspace)
    monkeypatch.setattr("explorer.preparing._described", None)  # nothing is computed any more
    found = features.make(striped, OPTIONS, at_work)
    assert found.facts == {
        "n": 60,
        "d": kept.shape[1],
        "depths": ["early", "middle", "last", "all"],
        "options": OPTIONS,
    }
    seen = described(striped, OPTIONS, at_work)
    assert np.array_equal(seen.features, kept)
    parts = [seen.part(depth) for depth in ("early", "middle", "last")]
    assert [part.start for part in parts] == [0, *(part.stop for part in parts[:-1])]
    assert parts[-1].stop == kept.shape[1]
    with pytest.raises(DataError, match=r"'late' is not described\. Choose one of early, middle, last, all"):
        seen.part("late")


def test_a_single_depth_is_not_offered_twice(striped, at_work):
    options = {"settings": {**SETTINGS, "depth": "last"}, "free": []}
    assert features.make(striped, options, at_work).facts["depths"] == ["last"]


def test_a_network_that_is_not_here_is_refused_with_the_reason(striped, at_work, tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    with pytest.raises(TechniqueError, match=r"Put resnet18-f37072fd\.pth"):
        features.make(striped, {"settings": {"network": "resnet18"}, "free": []}, at_work)


@pytest.mark.parametrize("depth", ["early", "all"])
def test_the_plane_is_that_of_principal_components_of_the_pool_alone(striped, workspace, at_work, pool, depth):
    found = feature_plane.make(striped, {**OPTIONS, "depth": depth}, at_work)
    assert np.array_equal(found.arrays["rows"], pool)
    assert found.facts["pool"] == len(pool) < len(striped)
    seen = described(striped, OPTIONS, at_work)
    centred = trial_features(striped, workspace)[pool][:, seen.part(depth)].astype(np.float64)
    centred -= centred.mean(axis=0)
    left, sizes, _ = np.linalg.svd(centred, full_matrices=False)
    np.testing.assert_allclose(found.facts["shares"], (sizes**2 / (sizes**2).sum())[:2], atol=2e-3)
    for column in range(2):
        along = np.corrcoef(found.arrays["points"][:, column], left[:, column])[0, 1]
        assert abs(along) > 0.99


def test_a_large_pool_is_taken_evenly(monkeypatch):
    assert np.array_equal(showing.evenly(np.arange(5), 9), np.arange(5))
    rows = np.arange(100, 1100)
    taken = showing.evenly(rows, 300)
    assert len(taken) == len(set(taken.tolist())) == 300
    assert set(np.diff(taken)) <= {3, 4}


def test_the_map_of_neighbours_is_as_good_as_one_made_in_one_go():
    random = np.random.default_rng(0)
    centres = random.normal(0, 4, (4, 10))
    components = (centres[np.arange(120) % 4] + random.normal(0, 1, (120, 10))).astype(np.float32)
    reports = []

    class Ear:
        def step(self, done, total):
            reports.append((done, total))

    found = feature_neighborhoods.neighborhoods(components, 20.0, Ear())
    assert reports == [(stage, feature_neighborhoods.STAGES) for stage in range(feature_neighborhoods.STAGES)]
    assert found.shape == (120, 2)
    mine = _divergence(components, found)
    theirs = _divergence(components, TSNE(perplexity=20, random_state=0, init="pca").fit_transform(components))
    assert mine < 1.1 * theirs


def _divergence(components, points):
    """Return the Kullback-Leibler divergence of a map, by the formulas of the paper."""
    squares = ((components[:, None] - components) ** 2).sum(-1)
    shares = np.array([_shares(row, at, 20.0) for at, row in enumerate(squares)])
    p = np.maximum((shares + shares.T) / (2 * len(shares)), 1e-12)
    q = 1 / (1 + ((points[:, None] - points).astype(np.float64) ** 2).sum(-1))
    np.fill_diagonal(q, 0)
    q = np.maximum(q / q.sum(), 1e-12)
    return float((p * np.log(p / q)).sum())


def _shares(squares, at, perplexity):
    low, high = 1e-6, 1e6
    for _ in range(60):
        beta = np.sqrt(low * high)
        weights = np.exp(-(squares - np.delete(squares, at).min()) * beta)
        weights[at] = 0
        p = weights / weights.sum()
        entropy = -(p[p > 0] * np.log(p[p > 0])).sum()
        low, high = (beta, high) if entropy > np.log(perplexity) else (low, beta)
    return p


def test_the_map_of_neighbours_ends_between_stages_when_nobody_wants_it(striped, at_work):
    class Stop:
        def step(self, done, total):
            if done == 2:
                raise Cancelled("enough")

    with pytest.raises(Cancelled):
        feature_neighborhoods.neighborhoods(np.random.default_rng(0).normal(size=(40, 5)), 10.0, Stop())


def test_too_few_images_make_no_map_of_neighbours(make_dataset, at_work):
    few = make_dataset([0, 1] * 5)
    with pytest.raises(DataError, match="needs 10 images, and the pool has 6"):
        feature_neighborhoods.make(few, {**OPTIONS, "depth": "all"}, at_work)


def test_neighbours_are_the_nearest_by_cosine_in_the_pool_and_kin_is_told(striped, workspace, at_work, pool):
    row = int(pool[4])
    found = neighbors.make(striped, {**OPTIONS, "depth": "last", "row": row, "count": 8}, at_work)
    seen = described(striped, OPTIONS, at_work)
    every = trial_features(striped, workspace)[:, seen.part("last")]
    cosine = {
        int(other): float(every[other] @ every[row] / np.linalg.norm(every[other]) / np.linalg.norm(every[row]))
        for other in pool
        if other != row
    }
    expected = sorted(cosine, key=cosine.__getitem__, reverse=True)[:8]
    np.testing.assert_allclose(found.arrays["cosines"], [cosine[each] for each in expected], atol=1e-5)
    assert set(found.arrays["rows"].tolist()) <= set(pool.tolist()) - {row}
    assert found.arrays["kin"].tolist() == (striped.groups[found.arrays["rows"]] == striped.groups[row]).tolist()


def test_small_pictures_stand_in_one_in_the_order_of_the_maps(make_dataset, at_work):
    shades = np.arange(40, dtype=np.uint8) * 6
    images = np.broadcast_to(shades[:, None, None, None], (40, 10, 20, 1)).copy()
    data = make_dataset(np.tile([0, 1], 20), inputs=images)
    found = sprite.make(data, {}, at_work)
    rows, side, columns = found.arrays["rows"], found.facts["side"], found.facts["columns"]
    assert np.array_equal(rows, make_split(data, 0, 0.3).pool)
    whole = np.asarray(Image.open(io.BytesIO(found.arrays["jpeg"].tobytes())).convert("L"))
    assert whole.shape[1] == columns * side
    for place, row in enumerate(rows.tolist()):
        top, left = place // columns * side, place % columns * side
        assert abs(int(whole[top + side // 2, left + side // 2]) - int(shades[row])) <= 2
        assert whole[top, left + side // 2] == 0, "an oblong image stands in the middle of its square"


def test_layers_are_asked_inside_the_pool_with_groups_held_out_whole(striped, at_work, pool):
    found = depth_probe.make(striped, OPTIONS, at_work)
    rows, labels = found.arrays["rows"], found.arrays["labels"]
    assert set(rows.tolist()) <= set(pool.tolist())
    assert np.array_equal(labels, striped.labels[rows])
    assert set(found.facts["scores"]) == {"early", "middle", "last", "all"}
    for depth, told in found.facts["scores"].items():
        assert told["score"] == pytest.approx(balanced_accuracy_score(labels, found.arrays[depth]))
        assert told["low"] <= told["score"] <= told["high"]
    assert found.facts["scores"]["all"]["score"] > 0.9
    assert (found.facts["n"], found.facts["folds"]) == (len(rows), 5)
    asked = Asked.of(striped, make_split(striped, 0, 0.3))
    for unit in np.unique(asked.units):
        assert len(set(asked.folds[asked.units == unit].tolist())) == 1


def test_a_row_is_never_answered_by_what_it_teaches_itself(striped):
    """Labels by chance: whoever learnt from a row knows it, whoever did not can only guess."""
    random = np.random.default_rng(1)
    rows = np.arange(200)
    labels = random.integers(0, 2, 200)
    asked = Asked(rows, labels, rows, np.tile(np.arange(5), 40))
    answers = asked.answers(Logistic((300.0,), 300.0), np.eye(200, dtype=np.float32), 2, QUIET)
    assert abs((answers == labels).mean() - 0.5) < 0.15


@pytest.mark.parametrize("right", [True, False], ids=["all right", "all wrong"])
def test_answers_that_are_all_right_are_not_for_sure_right_again(right):
    labels = np.repeat([0, 1], (10, 40))
    asked = Asked(np.arange(50), labels, np.arange(50), np.zeros(50, np.int64))
    told = asked.score(labels if right else 1 - labels)
    low, high = wilson(32 * right, 32)  # 1/10 + 1/40 = 1/16 + 1/16: as sure as 16 of each class
    assert told == {"score": float(right), "low": pytest.approx(low), "high": pytest.approx(high)}
    of_one = Asked(np.arange(50), labels, np.arange(50) // 2, np.zeros(50, np.int64)).score(labels)
    assert of_one["low"] < (told["low"] if right else 1)  # copies of one image tell no more than one


def test_the_interval_of_single_images_is_that_of_a_share():
    labels = np.repeat([0, 1], 100)
    asked = Asked(np.arange(200), labels, np.arange(200), np.zeros(200, np.int64))
    answers = np.where(np.arange(200) % 100 < 80, labels, 1 - labels)
    told = asked.score(answers)
    spread = 1.96 * np.sqrt(0.8 * 0.2 / 200)
    assert told["score"] == pytest.approx(0.8)
    assert told["low"] == pytest.approx(0.8 - spread, abs=0.01)
    assert told["high"] == pytest.approx(0.8 + spread, abs=0.01)


def test_one_group_alone_cannot_be_asked(make_dataset):
    labels = np.array([0, 1] * 4)
    given = np.array([True, True, *[False] * 6])
    data = make_dataset(labels, groups=np.array([0, 0, 1, 1, 1, 1, 1, 1]), given_test=given)
    with pytest.raises(DataError, match="All labelled images of the pool belong together"):
        Asked.of(data, make_split(data, 0, 0.3))
