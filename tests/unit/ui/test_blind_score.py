import pytest
from scipy.stats import binomtest

from explorer.ui.blind_score import Score


def score(both=0, lost=0, gained=0, neither=0):
    plain = [True] * (both + lost) + [False] * (gained + neither)
    augmented = [True] * both + [False] * lost + [True] * gained + [False] * neither
    return Score.of(plain, augmented)


def test_it_counts_each_image_once():
    found = score(both=4, lost=3, gained=2, neither=1)
    assert (found.n, found.plain, found.augmented, found.lost, found.gained) == (10, 7, 6, 3, 2)


@pytest.mark.parametrize(("lost", "gained"), [(1, 0), (5, 0), (5, 1), (3, 3), (0, 4), (12, 0), (0, 0)])
def test_chance_is_that_of_an_exact_sign_test(lost, gained):
    found = score(both=3, lost=lost, gained=gained)
    exact = binomtest(lost, lost + gained, alternative="greater").pvalue if lost + gained else 1.0
    assert found.chance == pytest.approx(exact)


@pytest.mark.parametrize(("lost", "both"), [(0, 10), (0, 1), (3, 7), (5, 0), (1, 11)])
def test_the_limit_is_that_of_clopper_and_pearson(lost, both):
    interval = binomtest(lost, lost + both, alternative="less").proportion_ci(0.95, method="exact")
    assert score(both=both, lost=lost).most == pytest.approx(interval.high)


def test_the_limit_of_nothing_is_everything():
    assert score(neither=4).most == 1.0


def test_images_that_are_hard_by_themselves_are_not_blamed_on_the_augmentation():
    assert score(both=2, lost=2, neither=8).verdict == "hard"
    assert score(neither=12).verdict == "hard"
    assert score(both=6, neither=6).verdict == "safe"


def test_a_loss_beyond_chance_is_called_so_and_one_within_is_not():
    assert score(both=5, lost=5).verdict == "destroys"  # p = 1/32
    assert score(both=5, lost=4).verdict == "perhaps"  # p = 1/16
    assert score(both=5, lost=4, gained=4).verdict == "safe"
    assert score(both=12).verdict == "safe"
    assert score(lost=12).verdict == "destroys"
