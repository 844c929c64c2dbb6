"""What a paper says of a study is what was done, and cites what was used and nothing else."""

import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import explorer
from explorer.export.methods import methods, references
from explorer.export.report import seen
from explorer.records import Arm, Choice, Fact, Outcome, State, Study, Until
from explorer.scores import scores
from explorer.techniques.discovery import ready_arms


@pytest.fixture
def dataset(make_dataset):
    return make_dataset(np.tile([0, 1, 2], 20), source="a microscope", licence="CC0")


@pytest.fixture
def study(dataset):
    own = Arm("own", "HOG + more", Choice("hog", {"side": 32}), denoising=Choice("median"))
    arms = (ready_arms()["hog"], own)
    return Study("id", "toy", dataset.fingerprint, arms, budgets=(1, 2), seeds=2, free=(Fact.ORIENTATION,))


def told(study, dataset):
    """Return the words of a study whose trials answer at random."""
    done = []
    for number, trial in enumerate(study.trials()):
        test = np.sort(np.random.default_rng(trial.seed).choice(60, 18, replace=False))
        answers = np.random.default_rng(number).dirichlet(np.ones(3), 18).astype(np.float32)
        found = scores(answers, dataset.labels[test])
        weights = {"weights": {"name": "lite0", "source": "a package", "licence": "Apache-2.0"}}
        done.append(
            Outcome(
                trial, State.DONE, 3 * trial.budget, trial.budget, test, answers, found, reports=weights,
                versions={"numpy": "2.3"},
            )
        )  # fmt: skip
    return " ".join(methods(seen(study, dataset, done, State.DONE), dataset, done).split())


def test_numbers_and_names_are_those_of_the_study(study, dataset):
    words = told(study, dataset)
    assert f"Data-Efficiency Explorer (version {explorer.__version__})" in words
    assert "HOG + SVM and HOG + more (Median filter, HOG + SVM with side 32)" in words
    assert "60 images" in words
    assert "in 3 classes, 60 of them labelled" in words
    assert "on 1 and 2 labelled images of each class, with 2 seeds." in words
    assert "At each seed 30 % of the labelled images of each class judged" in words
    assert "so that techniques may change it: orientation." in words
    assert "against HOG + SVM at the same seeds" in words
    assert "within ± 0.01 of the score" in words
    assert "Pretrained weights: lite0, a package, Apache-2.0" in words
    assert "numpy 2.3" in words
    assert "How the figures are to be read: line: mean over seeds." in words


def test_groups_copies_and_a_given_split_are_told_as_they_judged(study, dataset, make_dataset):
    plain = told(study, dataset)
    grouped = replace(dataset, groups=np.arange(60) // 4, group_names=tuple(map(str, range(15))))
    copied = replace(dataset, duplicates=np.where(np.arange(60) < 2, 0, -1))
    given = replace(dataset, given_test=np.arange(60) < 18)
    assert "whole groups with about 30 %" in told(study, grouped)
    assert "whole groups with" not in plain
    assert "copies of each other never stood" in told(study, copied)
    assert "copies of each other" not in plain
    assert "test split that the data set brings" in told(study, given)
    assert "test split" not in plain


def test_a_study_of_total_labels_and_one_until_it_settles_say_so(study, dataset):
    assert "on 6 and 9 labelled images in total" in told(replace(study, budgets=(6, 9), per_class=False), dataset)
    settled = replace(study, until=Until(30.0, "hog"))
    words = told(settled, dataset)
    assert "with up to 2 seeds." in words
    assert "at most 30 minutes" in words
    assert any("Lan and DeMets" in each for each in references(settled))
    assert not any("Lan and DeMets" in each for each in references(study))


def test_every_work_is_cited_once_and_none_of_a_technique_that_was_not_used(study):
    works = references(replace(study, arms=(*study.arms, ready_arms()["everything"])))
    assert len(works) == len(set(works))
    assert any(each.startswith("Dalal and Triggs 2005") for each in works)
    assert any(each.startswith("Kumar et al. 2022") for each in works), "of a member of an arm that is made of arms"
    assert not any("AdamW" in each for each in works)


def test_a_study_of_a_technique_that_is_here_no_more_is_told_all_the_same(study, dataset):
    gone = Arm("gone", "Of my own", Choice("of_my_own", {"depth": 3}))
    changed = Arm("all", "Everything", Choice("everything", {"made_of": "gone, gone too"}))
    words = told(replace(study, arms=(*study.arms, gone, changed)), dataset)
    assert "Of my own (of_my_own with depth 3)" in words
    assert "Wolpert 1992" in words


def test_one_technique_alone_is_compared_with_nothing(study, dataset):
    alone = replace(study, arms=study.arms[:1])
    assert "was held against" not in told(alone, dataset)
    assert not any("Holm" in each for each in references(alone))


def test_the_version_is_that_of_the_project_and_of_its_citation():
    root = Path(__file__).parents[3]
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == explorer.__version__
    assert f"\nversion: {explorer.__version__}\n" in (root / "CITATION.cff").read_text(encoding="utf-8")
