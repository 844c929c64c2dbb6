"""Answers, confusion, mistakes and doubted labels against plain loops and scikit-learn."""

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix

from explorer.records import Outcome, State, Trial
from explorer.statistics.answers import Answers, answers_of
from explorer.statistics.confusion import confusion, shares
from explorer.statistics.label_errors import contradictions, doubts, margins
from explorer.statistics.mistakes import in_cell, worst


def made(a=400, k=4, seeds=3, n=150, sharpness=2.0):
    """Return random answers, mostly right, of n images at some seeds, and the labels of the images."""
    random = np.random.default_rng(5)
    labels = random.integers(0, k, n)
    rows = np.concatenate([random.permutation(n)[: a // seeds] for _ in range(seeds)])
    logits = random.normal(0, 1, (len(rows), k)) + sharpness * np.eye(k)[labels[rows]]
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    return Answers(rows, labels[rows], np.repeat(np.arange(seeds), a // seeds), probabilities)


def test_answers_are_those_of_the_trials_that_are_done_by_seed():
    labels = np.array([0, 1, 1, 0, 1])
    first = Outcome(Trial("a", 1, 0), State.DONE, test=np.array([1, 3]), probabilities=np.eye(2, dtype=np.float32))
    second = Outcome(Trial("a", 1, 1), State.DONE, test=np.array([4, 0]), probabilities=np.full((2, 2), 2, np.float32))
    failed = Outcome(Trial("a", 1, 2), State.FAILED, error="no")
    found = answers_of([second, failed, first], labels)
    assert found.rows.tolist() == [1, 3, 4, 0]
    assert found.seeds.tolist() == [0, 0, 1, 1]
    assert found.labels.tolist() == [1, 0, 1, 0]
    assert np.array_equal(found.probabilities, [[1, 0], [0, 1], [0.5, 0.5], [0.5, 0.5]])


def test_confusion_is_that_of_scikit_learn_also_where_a_class_is_never_met():
    answers = made()
    wanted = confusion_matrix(answers.labels, answers.probabilities.argmax(1), labels=range(4))
    assert np.array_equal(confusion(answers), wanted)
    normalized = confusion_matrix(answers.labels, answers.probabilities.argmax(1), labels=range(4), normalize="true")
    assert np.allclose(shares(confusion(answers)), normalized)
    without = answers.of(answers.labels != 2)
    assert confusion(without)[2].tolist() == [0, 0, 0, 0]
    assert shares(confusion(without))[2].tolist() == [0, 0, 0, 0]


def test_a_cell_holds_its_images_once_with_their_surest_answer():
    answers = made()
    for label in range(4):
        for answered in range(4):
            wanted = {}
            for row, truth, p in zip(answers.rows, answers.labels, answers.probabilities, strict=True):
                if truth == label and p.argmax() == answered:
                    top, times = wanted.get(row, (0.0, 0))
                    wanted[row] = (max(top, p.max()), times + 1)
            found = in_cell(answers, label, answered)
            assert {each.row: (each.confidence, each.seeds) for each in found} == wanted
            assert [each.confidence for each in found] == sorted((top for top, _ in wanted.values()), reverse=True)
            assert sum(each.seeds for each in found) == confusion(answers)[label, answered]
            assert all(each.judged == np.sum(answers.rows == each.row) for each in found)


def test_worst_mistakes_of_a_class_are_its_surest_wrong_answers():
    answers = made(sharpness=0.5)
    found = worst(answers, 1)
    wrong = (answers.labels == 1) & (answers.probabilities.argmax(1) != 1)
    assert {each.row for each in found} == set(answers.rows[wrong].tolist())
    assert found[0].confidence == answers.probabilities[wrong].max()
    assert all(each.answered != 1 and each.label == 1 for each in found)


def test_margins_are_those_of_the_definition():
    p = np.array([[0.7, 0.2, 0.1], [0.1, 0.6, 0.3], [0.3, 0.3, 0.4]])
    assert margins(p, np.array([0, 2, 1])) == pytest.approx([0.5, -0.3, -0.1])
    assert margins(np.ones((1, 1)), np.array([0])) == pytest.approx([1.0])
    assert p[0].tolist() == [0.7, 0.2, 0.1]  # left as it was


def test_swapped_labels_come_first_among_the_doubts():
    answers = made(sharpness=4.0, n=133, a=399)
    swapped = np.unique(answers.rows)[:6]
    wrong = np.where(np.isin(answers.rows, swapped), (answers.labels + 1) % 4, answers.labels)
    found = doubts(Answers(answers.rows, wrong, answers.seeds, answers.probabilities))
    assert {each.row for each in found[:6]} == set(swapped.tolist())
    assert [each.margin for each in found] == sorted(each.margin for each in found)
    first = found[0]
    mean = answers.probabilities[answers.rows == first.row].mean(axis=0)
    assert first.believed == mean.argmax()
    assert first.confidence == pytest.approx(mean.max())
    assert first.self_confidence == pytest.approx(mean[first.label])
    assert all(each.margin < 0 for each in found)
    assert first.judged == 3


def test_copies_of_different_labels_contradict_each_other_small_sets_first():
    labels = np.array([0, 0, 1, 0, 2, 1, 1, -1, 2])
    sets = np.array([5, 5, 5, 5, 2, 2, 3, 3, -1])  # a copy without a label contradicts nothing
    assert contradictions(labels, sets) == ((4, 5), (0, 2, 1, 3))
    assert contradictions(labels, None) == ()
    assert contradictions(np.zeros(9, int), sets) == ()
