"""Calibration against scikit-learn, plain loops, and confidences that are right by construction."""

import numpy as np
import pytest
from sklearn.calibration import calibration_curve

from explorer.proportions import wilson
from explorer.scores import BINS, LEAST, bins_of
from explorer.statistics.answers import Answers
from explorer.statistics.calibration import calibration


def answered(confidence, right, random, seeds=1):
    """Return answers of two classes with these confidences, right or not, to images of random labels."""
    labels = random.integers(0, 2, len(confidence))
    said = np.where(right, labels, 1 - labels)
    probabilities = np.where(np.arange(2) == said[:, None], confidence[:, None], 1 - confidence[:, None])
    return Answers(np.arange(len(labels)), labels, np.arange(len(labels)) % seeds, probabilities)


def made(a, truthful=True):
    """Return answers at three seeds whose confidence is right, or is 0.15 above what is right."""
    random = np.random.default_rng(2)
    confidence = random.uniform(0.66, 0.99, a)
    right = random.random(a) < (confidence if truthful else confidence - 0.15)
    return answered(confidence, right, random, seeds=3)


def test_bins_and_error_are_those_of_scikit_learn_and_of_a_loop():
    answers = made(600)
    found = calibration(answers)
    right, confidence = calibration_curve(answers.right, answers.confidence, n_bins=BINS, strategy="quantile")
    assert [each.right.value for each in found.bins] == pytest.approx(right.tolist())
    assert [each.confidence for each in found.bins] == pytest.approx(confidence.tolist())
    assert [each.n for each in found.bins] == [60] * 10
    assert found.error == pytest.approx(np.mean(np.abs(right - confidence)))
    assert (found.answers, found.images, found.seeds) == (600, 600, 3)


def test_images_that_judge_at_every_seed_count_once():
    random = np.random.default_rng(2)
    one = answered(random.uniform(0.66, 0.99, 300), random.random(300) < 0.8, random)
    columns = (np.tile(one.rows, 4), np.tile(one.labels, 4), np.repeat(np.arange(4), 300))
    answers = Answers(*columns, np.tile(one.probabilities, (4, 1)))
    given, anew = calibration(answers, given_test=True), calibration(answers)
    assert given.gap.value == anew.gap.value
    assert given.gap.high - given.gap.low == pytest.approx(2 * (anew.gap.high - anew.gap.low), rel=0.15)


def test_confidences_that_are_right_err_by_chance_alone_and_others_by_more():
    honest, boasting = calibration(made(3000)), calibration(made(3000, truthful=False))
    assert honest.error < honest.at_most
    assert boasting.error == pytest.approx(0.15, abs=0.02)
    assert boasting.error > 3 * boasting.at_most
    assert boasting.gap.value == pytest.approx(boasting.confidence - boasting.right)
    assert boasting.gap.value == pytest.approx(0.15, abs=0.02)
    apart = (made(3000, truthful=False).confidence - made(3000, truthful=False).right) * 1.0
    wide = 2 * 1.96 * apart.std() / np.sqrt(3000)  # of independent answers; resampled seeds add a little
    assert wide < boasting.gap.high - boasting.gap.low < 2 * wide
    assert 0.12 < boasting.gap.low < boasting.gap.value < boasting.gap.high < 0.18
    assert honest.gap.low < 0.02


def test_the_chance_error_is_that_of_many_honest_answers():
    drawn = []
    for seed in range(60):
        random = np.random.default_rng(seed)
        confidence = np.linspace(0.51, 0.99, 200)
        drawn.append(calibration(answered(confidence, random.random(200) < confidence, random)))
    assert drawn[0].by_chance == pytest.approx(np.mean([each.error for each in drawn]), rel=0.1)


def test_honest_confidences_pass_what_chance_allows_in_few_sets_though_images_judge_at_several_seeds():
    """Of images that are asked three times alike, errors do not average out."""
    beyond = 0
    for draw in range(200):
        random = np.random.default_rng(draw)
        confidence = random.uniform(0.5, 1.0, 90)
        one = answered(confidence, random.random(90) < confidence, random)
        columns = np.tile(one.rows, 3), np.tile(one.labels, 3), np.repeat(np.arange(3), 90)
        found = calibration(Answers(*columns, np.tile(one.probabilities, (3, 1))), given_test=True)
        beyond += found.error > found.at_most
    assert 2 <= beyond <= 20


def test_the_interval_of_a_bin_covers_its_truth_about_as_often_as_it_says():
    covered = total = 0
    for seed in range(40):
        random = np.random.default_rng(100 + seed)
        confidence = random.uniform(0.5, 1.0, 400)
        answers = answered(confidence, random.random(400) < confidence, random)
        for each in calibration(answers).bins[:-1]:  # near 1 a bootstrap of few misses is known to be narrow
            covered += each.right.low <= each.confidence <= each.right.high
            total += 1
    assert 0.85 < covered / total <= 1.0


def test_equal_confidences_share_a_bin_and_few_answers_make_few_bins():
    assert bins_of(np.full(500, 0.4)).tolist() == [0] * 500
    assert bins_of(np.linspace(0.3, 0.9, LEAST * 3 + 1)).max() == 2
    assert bins_of(np.array([0.9])).tolist() == [0]
    tied = bins_of(np.repeat([0.5, 0.6, 0.7], [300, 10, 90]))
    assert len(np.unique(tied)) == tied.max() + 1


def test_groups_are_drawn_as_wholes():
    answers = made(600)
    copies = Answers(
        np.arange(600), np.repeat(answers.labels[:60], 10), np.zeros(600, np.int64),
        np.repeat(answers.probabilities[:60], 10, axis=0),
    )  # fmt: skip
    alone, grouped = calibration(copies), calibration(copies, np.repeat(np.arange(60), 10))
    assert grouped.gap.high - grouped.gap.low > 1.5 * (alone.gap.high - alone.gap.low)


def certain(shares, seeds=1):
    """Return 40 answers in a bin for each share of right ones, the surer the later; all judge at each seed."""
    confidence = np.repeat(np.linspace(0.55, 0.99, len(shares)), 40)
    right = np.concatenate([np.arange(40) < round(share * 40) for share in shares])
    one = answered(confidence, right, np.random.default_rng(4))
    columns = (np.tile(one.rows, seeds), np.tile(one.labels, seeds), np.repeat(np.arange(seeds), len(one)))
    return Answers(*columns, np.tile(one.probabilities, (seeds, 1)))


def test_a_bin_that_is_all_right_or_all_wrong_has_an_interval_too():
    wrong, middle, right = (each.right for each in calibration(certain([0.0, 0.5, 1.0])).bins)
    assert (wrong.value, wrong.low, wrong.high) == pytest.approx((0.0, *wilson(0, 40)))
    assert (right.value, right.low, right.high) == pytest.approx((1.0, *wilson(40, 40)))
    assert 0 < middle.low < 0.5 < middle.high < 1


def test_that_interval_counts_each_image_or_group_once():
    answers = certain([0.5, 1.0], seeds=3)
    seen, grouped = calibration(answers).bins[-1], calibration(answers, np.repeat(np.arange(16), 5)).bins[-1]
    assert (seen.n, seen.right.value) == (120, 1.0)
    assert seen.right.low == pytest.approx(wilson(40, 40)[0])
    assert grouped.right.low == pytest.approx(wilson(8, 8)[0])
