"""Labels are spread as little as possible."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize

from explorer.charts.placing import shortened, spread, width, wrapped


def slow(wanted, heights):
    order = np.argsort(wanted, kind="stable")
    gaps = [(heights[a] + heights[b]) / 2 for a, b in itertools.pairwise(order)]
    limits = [
        {"type": "ineq", "fun": lambda x, i=i, gap=gap: x[order[i + 1]] - x[order[i]] - gap}
        for i, gap in enumerate(gaps)
    ]
    return minimize(lambda x: ((x - wanted) ** 2).sum(), np.array(wanted, float), constraints=limits).x


def test_free_labels_stay_where_they_want_to_be():
    assert spread([10, 50, 90], [10, 10, 10], 0, 100) == [10, 50, 90]


def test_least_moves_agree_with_a_general_solver():
    wanted, heights = [50, 52, 54, 200, 203, 20], [16, 32, 16, 16, 16, 16]
    assert np.allclose(spread(wanted, heights, -1000, 1000), slow(wanted, heights), atol=0.05)


@given(st.lists(st.tuples(st.floats(0, 300), st.sampled_from([16.0, 32.0])), min_size=1, max_size=9))
def test_nothing_overlaps_and_all_stay_inside_where_they_fit(labels):
    wanted, heights = [each for each, _ in labels], [each for _, each in labels]
    placed = spread(wanted, heights, 0, 300)
    order = np.argsort(placed, kind="stable")
    for below, above in itertools.pairwise(order):
        assert placed[above] - placed[below] >= (heights[above] + heights[below]) / 2 - 1e-6
    assert all(wanted[a] <= wanted[b] for a, b in itertools.pairwise(order))
    if sum(heights) <= 300:
        assert min(np.array(placed) - np.array(heights) / 2) >= -1e-6
        assert max(np.array(placed) + np.array(heights) / 2) <= 300 + 1e-6


# ---- lines -----------------------------------------------------------------------------------------------------


def test_no_line_is_wider_than_there_is_room():
    assert wrapped("Small CNN + augmentation 89\u00a0%", 13.3) == ["Small CNN +", "augmentation 89\u00a0%"]
    assert wrapped("HOG + SVM 89\u00a0%", 13.3) == ["HOG + SVM 89\u00a0%"]
    assert wrapped("", 13.3) == [""]


@given(st.text(), st.floats(2, 20))
def test_lines_hold_all_of_the_text_and_fit(text, room):
    lines = wrapped(text, room)
    assert all(width(line) <= room for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_a_long_word_is_broken():
    assert wrapped("a mmmmm b", 2) == ["a", "mm", "mm", "m b"]


STEM = "a_very_long_name_that_somebody_gave_to_a_folder_of_images_of_the_same_kind_"


@pytest.mark.parametrize(
    "names",
    [
        [f"{STEM}{number}" for number in range(12)],
        [f"{number}{STEM}" for number in range(12)],
        [f"{STEM}{number}_{STEM}" for number in range(12)],
        [f"{STEM}{kind}_{STEM}{part}_{STEM}" for kind in "ab" for part in "xyz"],
    ],
    ids=["end", "beginning", "middle", "two places"],
)
@pytest.mark.parametrize("most", [16, 26])
def test_long_names_that_differ_stay_different_when_they_are_cut(names, most):
    cut = shortened(names, most)
    assert len(set(cut)) == len(names)
    assert all(len(each) <= most and "…" in each for each in cut)


def test_names_that_fit_are_left_alone_and_equal_ones_may_be_equal():
    assert shortened(["short", "short", "sixteen letters!"], 16) == ["short", "short", "sixteen letters!"]
    assert shortened([STEM, STEM], 16) == ["a_very_l…e_kind_"] * 2
