"""What a plan says of its own resolution."""

import re
from dataclasses import replace

import numpy as np
import pytest

from explorer.records import Arm, Choice, Study, Until
from explorer.ui.resolving import resolving, resolving_words

STUDY = Study("s", "s", "toy", (Arm("a", "A", Choice("hog")),), (1, 2), seeds=5, test_share=0.3)


def test_a_plan_says_how_sure_points_will_be_and_what_it_cannot_see(make_dataset):
    data = make_dataset(np.repeat([0, 1, 2], 100))
    words = resolving_words(STUDY, data, np.array([30, 30, 30]))
    points = r"[\d.]+ points"
    assert re.fullmatch(
        "90 judging images at 5 seeds tell the difference of two techniques to about "
        f"± {points} over the whole curve, and as a rule find one above about {points}; to about "
        f"± {points} at a single budget, and as a rule find one above about {points} among 2 comparisons.",
        words,
    )
    alone = resolving_words(replace(STUDY, seeds=1), data, np.array([1, 0, 0]))
    assert alone.startswith("1 judging image at 1 seed tell a point to about ± ")
    assert alone.endswith("; to tell techniques apart, more seeds are needed.")
    assert resolving_words(STUDY, data, np.zeros(3, int)) == ""
    settling = replace(STUDY, seeds=20, until=Until(30.0, "a"))
    assert resolving_words(settling, data, np.array([30, 30, 30])).startswith(
        "90 judging images at up to 20 seeds tell"
    )
    assert resolving_words(replace(STUDY, metric="log_loss"), data, np.array([30, 30, 30])) == ""


def test_whole_curves_are_surer_than_budgets_and_come_first(make_dataset):
    """Of 155 images of fifteen classes at 3 seeds, single budgets tell no techniques apart; whole curves do."""
    data, judging = make_dataset(np.repeat(np.arange(15), 35)), np.full(15, 10)
    arms = tuple(Arm(name, name, Choice("hog")) for name in "abcdef")
    study = replace(STUDY, arms=arms, budgets=(1, 2, 5, 10, 20), seeds=3)
    whole, single = (resolving(study, data, judging, whole=each) for each in (True, False))
    assert whole.apart < 0.7 * single.apart
    assert whole.can_see(0.4)
    assert not single.can_see(1.0)
    words = resolving_words(study, data, judging)
    assert words.index("over the whole curve") < words.index("at a single budget")
    assert words.endswith(" at a single budget, where finding one takes more seeds.")


def test_a_rare_class_groups_and_a_given_test_make_it_less_sure(make_dataset):
    labels = np.repeat([0, 1, 2], 100)
    even = resolving(STUDY, make_dataset(labels), np.array([30, 30, 30]))
    rare = resolving(STUDY, make_dataset(labels), np.array([44, 44, 2]))
    assert rare.reliable > 1.5 * even.reliable
    assert resolving(replace(STUDY, metric="accuracy"), make_dataset(labels), np.array([44, 44, 2])).reliable == (
        pytest.approx(even.reliable)
    )
    grouped = replace(make_dataset(labels), groups=np.arange(300) // 10)
    assert resolving(STUDY, grouped, np.array([30, 30, 30])).reliable > 1.2 * even.reliable
    given = replace(make_dataset(labels), given_test=np.arange(300) % 3 == 0)
    assert resolving(STUDY, given, np.array([30, 30, 30])).answers < even.answers


def test_copies_count_once_and_unlabelled_images_not_at_all(make_dataset):
    labels, judging = np.repeat([0, 1, 2], 100), np.array([40, 40, 40])
    plain = resolving(STUDY, make_dataset(labels), judging)
    copied = replace(make_dataset(labels), duplicates=np.arange(300) // 4)
    assert resolving(STUDY, copied, judging).answers == pytest.approx(plain.answers / 4)
    grouped = resolving(STUDY, replace(make_dataset(labels), groups=np.arange(300) // 10), judging)
    more = np.concatenate([labels, np.full(600, -1)])
    unlabeled = replace(make_dataset(more), groups=np.concatenate([np.arange(300) // 10, np.full(600, 30)]))
    assert resolving(STUDY, unlabeled, judging).answers == grouped.answers


def test_all_comparisons_and_the_labels_in_common_count(make_dataset):
    data, judging = make_dataset(np.repeat([0, 1, 2], 100)), np.array([30, 30, 30])
    arms = tuple(Arm(name, name, Choice("hog")) for name in "abcdef")
    many = replace(STUDY, arms=arms, budgets=(1, 2, 5, 10))
    words = resolving_words(many, data, judging)
    assert " points among 5 comparisons; " in words
    assert words.endswith(" points among 20 comparisons.")
    one = replace(STUDY, budgets=(2,))
    words = resolving_words(one, data, judging)
    assert re.search(r" to about ± [\d.]+ points, and as a rule find one above about [\d.]+ points\.$", words)
    assert resolving(many, data, judging).reliable > 1.2 * resolving(one, data, judging).reliable
    few, most = (resolving(replace(one, budgets=(budget,)), data, judging).reliable for budget in (1, 70))
    assert most > few
    total = replace(one, budgets=(210,), per_class=False)
    assert resolving(total, data, judging).reliable == pytest.approx(most)
