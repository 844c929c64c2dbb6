import numpy as np
import pytest

from explorer.techniques import tuning


def test_every_class_is_fitted_and_held_out_in_every_fold():
    labels = np.array([0] * 3 + [1] * 10 + [2] * 4)
    split = tuning.folds(labels, np.arange(len(labels)), 3, seed=0)
    assert len(split) == 3
    assert sorted(np.concatenate([held for _, held in split])) == list(range(17))
    for fitted, held in split:
        assert not set(fitted) & set(held)
        assert set(labels[fitted]) == set(labels[held]) == {0, 1, 2}


def test_a_class_of_two_rows_gives_no_folds():
    assert tuning.folds(np.array([0, 0, 0, 1, 1]), np.arange(5), 2, seed=0) == ()


def test_rows_of_one_unit_stay_on_one_side():
    labels = np.tile([0, 1], 30)
    units = np.repeat(np.arange(10), 6)
    split = tuning.folds(labels, units, 2, seed=1)
    assert len(split) == 3
    for fitted, held in split:
        assert not set(units[fitted]) & set(units[held])
        assert set(labels[fitted]) == {0, 1}


def test_two_units_of_a_class_are_too_few_however_many_rows_they_have():
    labels = np.repeat([0, 1], 20)
    units = np.r_[np.repeat([0, 1], 10), np.arange(2, 22)]
    assert tuning.folds(labels, units, 2, seed=0) == ()


def test_believed_rows_are_always_fitted_and_never_held_out():
    labels = np.tile([0, 1], 12)
    units = np.r_[np.arange(12), np.full(12, -1)]
    split = tuning.folds(labels, units, 2, seed=0)
    assert len(split) == 3
    assert sorted(np.concatenate([held for _, held in split])) == list(range(12))
    assert all(set(range(12, 24)) <= set(fitted) for fitted, _ in split)


def test_the_seed_decides_the_folds():
    labels = np.arange(30) % 3
    first, again, other = (tuning.folds(labels, np.arange(30), 3, seed) for seed in (0, 0, 1))
    assert all((a[1] == b[1]).all() for a, b in zip(first, again, strict=True))
    assert any(len(a[1]) != len(b[1]) or (a[1] != b[1]).any() for a, b in zip(first, other, strict=True))


def test_classes_weigh_the_same_and_weights_share_out_what_a_class_has():
    labels = np.array([0, 0, 0, 1])
    np.testing.assert_allclose(tuning.balanced(labels, 2, np.ones(4)), [2 / 3, 2 / 3, 2 / 3, 2])
    np.testing.assert_allclose(tuning.balanced(labels, 2, np.array([1.0, 2, 0, 1])), [2 / 3, 4 / 3, 0, 2])
    np.testing.assert_allclose(tuning.balanced(labels, 3, np.array([0.0, 0, 0, 5])), [0, 0, 0, 5])


def test_loss_is_the_plain_one():
    rng = np.random.default_rng(0)
    logits, labels, weights = rng.normal(size=(6, 3)), np.array([0, 1, 2, 0, 1, 2]), rng.random(6)
    chances = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    truth = np.full((6, 3), 1 / 8 / 3) + 7 / 8 * np.eye(3)[labels]
    plain = -(weights[:, None] * truth * np.log(chances)).sum() / weights.sum()
    assert tuning.loss(logits, labels, weights) == pytest.approx(plain)
    np.testing.assert_allclose(tuning.softmax(logits), chances)
    assert np.isfinite(tuning.softmax(1e4 * logits)).all()


def test_the_temperature_undoes_a_wrong_scale():
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(4000, 3)) * 2
    labels = np.array([rng.choice(3, p=row) for row in tuning.softmax(logits)])
    for factor in (0.5, 1.0, 2.0):
        assert tuning.best_temperature(logits / factor, labels, np.ones(4000))[0] == pytest.approx(factor)


def test_held_out_rows_without_error_do_not_ask_for_endless_confidence():
    logits = np.tile([[1.0, -1.0], [-1.0, 1.0]], (10, 1))
    factor, _ = tuning.best_temperature(logits, np.arange(20) % 2, np.ones(20))
    assert 1 < factor < 3, "a probability near (n + 1) / (n + 2)"


def test_the_candidate_that_ranks_best_wins_whatever_its_scale():
    labels = np.arange(60) % 2
    good = np.stack([-(2.0 * labels - 1), 2.0 * labels - 1], axis=1) + np.random.default_rng(0).normal(0, 1, (60, 2))
    noise = np.random.default_rng(1).normal(size=(60, 2))
    assert tuning.best_candidate([noise, good * 0.3], labels, np.ones(60))[0] == 1
