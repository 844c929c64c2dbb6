"""Budgets as people type them."""

import numpy as np
import pytest

from explorer.budgets import LARGEST, budget_words, parsed_budgets, used_up
from explorer.errors import StudyError


@pytest.mark.parametrize("text", ["1,2,5", " 5; 2 1 ", "1, 2,\t5, 5", "001 2 5"])
def test_numbers_are_ascending_and_each_once(text):
    assert parsed_budgets(text) == (1, 2, 5)


def test_the_largest_is_allowed_and_one_more_is_not():
    assert parsed_budgets(f"3,{LARGEST}") == (3, 1_000_000)
    with pytest.raises(StudyError, match=r"The budget 1000001 is too large\. Choose at most 1,000,000 labels"):
        parsed_budgets("3,1000001")


@pytest.mark.parametrize("text", ["", "0", "1,two", "-3", "1.5", "²", "x" * 9999])
def test_anything_else_is_refused_in_one_short_sentence(text):
    with pytest.raises(StudyError, match="is not a list of whole numbers above 0") as caught:
        parsed_budgets(text)
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize("text", ["1" + "0" * 19, "9" * 5000])
def test_huge_numbers_are_refused_in_one_short_sentence(text):
    with pytest.raises(StudyError, match="is too large") as caught:
        parsed_budgets(text)
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize(
    ("n_labeled", "per_class", "words"),
    [(150, True, "50 / class"), (149.6, True, "50 / class"), (111, True, "≤ 50 / class"), (50, False, "50 in all")],
)
def test_what_a_budget_is_called_says_whether_it_was_filled(n_labeled, per_class, words):
    assert budget_words(50, n_labeled, 3, per_class=per_class) == words


def test_large_totals_are_readable():
    assert budget_words(20_000, 300, 3, per_class=False) == "≤ 20,000 in all"


@pytest.mark.parametrize(("n", "short"), [(9, [0, 0, 0]), (10, [1, 0, 0]), (17, [1, 0, 0]), (18, [1, 1, 0]),
                                          (43, [1, 1, 0])])  # fmt: skip
def test_a_class_that_has_no_more_labels_is_short_from_where_others_give_more(n, short):
    """In turn 3 of each are 9 labels; then the first has none left, and at 7 of each neither has the second."""
    assert used_up(n, np.array([3, 7, 33])).tolist() == short
