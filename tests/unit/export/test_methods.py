"""What a paper says of a study is what was done, and cites what was used and nothing else."""

import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import explorer
from explorer.export.methods import methods
from explorer.export.references import references
from explorer.export.report import seen
from explorer.records import Arm, Choice, Fact, Look, Outcome, State, Study, Until
from explorer.scores import scores
from explorer.techniques.discovery import ready_arms


@pytest.fixture
def dataset(make_dataset):
    return make_dataset(np.tile([0, 1, 2], 20), source="a microscope", licence="CC0")


@pytest.fixture
def study(dataset):
    own = Arm("own", "HOG + more (side 32)", Choice("hog", {"side": 32}), denoising=Choice("median"))
    arms = (ready_arms()["hog"], own)
    return Study("id", "toy", dataset.fingerprint, arms, budgets=(1, 2), seeds=2, free=(Fact.ORIENTATION,))


def ended(study, dataset, *, n_labeled=3):
    """Return outcomes of all trials, which answer at random; a budget buys so many labels for each of it."""
    done = []
    for number, trial in enumerate(study.trials()):
        test = np.sort(np.random.default_rng(trial.seed).choice(np.flatnonzero(dataset.labels >= 0), 18, replace=False))
        answers = np.random.default_rng(number).dirichlet(np.ones(3), 18).astype(np.float32)
        found = scores(answers, dataset.labels[test])
        weights = {"weights": {"name": "lite0", "source": "a package", "licence": "Apache-2.0"}}
        done.append(
            Outcome(
                trial, State.DONE, n_labeled * trial.budget, trial.budget, test, answers, found, reports=weights,
                versions={"explorer": "7.8.9", "numpy": "2.3"},
            )
        )  # fmt: skip
    return done


def told(study, dataset, outcomes=None, looks=()):
    outcomes = ended(study, dataset) if outcomes is None else outcomes
    return " ".join(methods(seen(study, dataset, outcomes, State.DONE, looks), dataset, outcomes).split())


def test_numbers_and_names_are_those_of_the_study(study, dataset):
    words = told(study, dataset)
    assert "Data-Efficiency Explorer (version 7.8.9) we compared" in words, "the version that ran it, not this one"
    assert "compared: HOG + SVM; HOG + more (side 32) [Median filter + HOG + SVM]." in words
    assert f"source: a microscope; licence: CC0; fingerprint {dataset.fingerprint}" in words
    height, width, channels = dataset.inputs.shape[1:]
    assert channels == 1
    assert f"60 images, read at {height} × {width} pixels in 1 channel, in 3 classes, all labelled (" in words
    assert "on 1 and 2 labelled images of each class, with 2 seeds." in words
    assert "At each seed about 30 % of the labelled images of each class judged" in words
    assert "so that techniques may change it: orientation." in words
    assert "against HOG + SVM at the same seeds" in words
    assert "at a level of 5 % for the whole study" in words
    assert "where its 95 % interval lies within ± 1.0 points" in words
    assert "How the figures are to be read: line: mean over seeds." in words
    assert "Pretrained weights: lite0, a package, Apache-2.0" in words
    assert "Computed with numpy 2.3." in words
    assert "were planned" not in words


def test_of_a_study_that_did_not_end_it_says_what_there_is(study, dataset):
    done = ended(study, dataset)
    failed = Outcome(study.trials()[-1], State.FAILED, error="ValueError: made to fail")
    assert "Of the 8 trials that were planned, 3 were finished;" in told(study, dataset, done[:3])
    assert "Of the 8 trials that were planned, 7 were finished and 1 failed;" in told(
        study, dataset, [*done[:-1], failed]
    )


def test_a_budget_that_a_class_could_not_pay_is_the_most_that_it_was_given(study, dataset):
    short = ended(study, dataset, n_labeled=2)
    assert "on at most 1 and at most 2 labelled images of each class" in told(study, dataset, short)


def test_groups_copies_and_a_given_split_are_told_as_they_judged(study, dataset):
    plain = told(study, dataset)
    grouped = replace(dataset, groups=np.arange(60) // 4, group_names=tuple(map(str, range(15))))
    copied = replace(dataset, duplicates=np.where(np.arange(60) < 2, 0, -1))
    given = replace(dataset, given_test=np.arange(60) < 18)
    assert "whole groups with about 30 %" in told(study, grouped)
    assert ", in 15 groups. Pixel values by one rule (" in told(study, grouped)
    assert "whole groups with" not in plain
    assert "copies of each other never stood" in told(study, copied)
    assert "copies of each other" not in plain
    assert "test split that the data set brings" in told(study, given)
    assert "; a test split of 18 images comes with it." in told(study, given)
    part = replace(dataset, labels=np.where(np.arange(60) < 45, dataset.labels, -1))
    assert "in 3 classes, 45 of them labelled (" in told(study, part)
    assert "12.5 % of the labelled" in told(replace(study, test_share=0.125), dataset)


def test_total_labels_are_told_as_such(study, dataset):
    assert "on 6 and 9 labelled images in total" in told(replace(study, budgets=(6, 9), per_class=False), dataset)


def test_a_study_until_its_verdicts_settle_rests_on_the_look_that_ended_it(study, dataset):
    most = replace(study, seeds=4, until=Until(30.0, "hog"))
    looks = (Look(2, 0.012, ("own",), (), final=True),)
    words = told(most, dataset, looks=looks)
    assert "with 2 seeds." in words
    assert "Stopped after 2 of 4 seeds: every verdict is clear." in words
    assert "at most 4 seeds and for at most 30 minutes" in words
    assert "at a level of 1.2 % for the whole study" in words
    assert "where its 98.8 % interval" in words
    assert "were planned, " not in words, "trials of later seeds count nowhere"
    before = told(most, dataset)
    assert "with up to 4 seeds." in before
    assert "is called clear" not in before
    assert "There are no verdicts yet" in before


def test_what_was_typed_is_told_with_its_settings_but_no_folder_and_no_long_text(study, dataset):
    own = Choice("pretrained", {"network": "own", "architecture": "resnet18", "checkpoint": "/home/me/secret/mine.pt"})
    custom = Choice("custom", {"pipeline": "{" + "x" * 500 + "}"})
    arms = (Arm("mine", "mine", own, augmentation=custom), Arm("gone", "gone", Choice("of_my_own", {"depth": 3})))
    words = told(replace(study, arms=arms), dataset)
    assert "mine [ImageNet features + LR with architecture resnet18, checkpoint mine.pt and network own + " in words
    assert "secret" not in words
    assert "x" * 30 not in words
    assert "gone [of_my_own with depth 3]" in words


@pytest.mark.parametrize(("free", "told_of"), [((Fact.ORIENTATION,), False), ((Fact.INTENSITY,), True)])
def test_a_setting_that_does_nothing_in_these_images_is_not_told(study, dataset, free, told_of):
    views = Choice("standard", {"exposure": 0.4, "noise": 0.2})
    typed = Arm("views", "views", Choice("small_cnn"), augmentation=views)
    words = told(replace(study, arms=(typed,), free=free), dataset)
    assert ("exposure 0.4" in words) == told_of
    assert "noise 0.2" in words


def cited(dataset, *choices, **slots):
    """Return what a study of these models is cited with; every one has the other techniques of `slots`."""
    arms = tuple(Arm(f"a{at}", "A", each, **slots) for at, each in enumerate(choices))
    return references(Study("id", "toy", dataset.fingerprint, arms, budgets=(1,)), dataset)


def test_every_work_is_cited_once_and_none_of_a_technique_that_was_not_used(dataset):
    works = cited(dataset, Choice("hog"), Choice("everything"), Choice("pretrained"))
    assert len(works) == len(set(works))
    assert sum("arXiv:1905.11946" in each for each in works) == 1
    assert works[1].startswith("Dalal and Triggs 2005")
    assert any(each.startswith("Kumar et al. 2022") for each in works), "of a member of an arm that is made of arms"
    assert not any("AdamW" in each for each in works)


@pytest.mark.parametrize(
    ("choice", "there", "not_there"),
    [
        (Choice("pretrained", {"network": "convnext_tiny"}), "Liu et al. 2022", "Tan and Le"),
        (Choice("knn"), "Tan and Le 2019, arXiv:1905.11946 (network)", "Razavian"),
        (Choice("pretrained", {"network": "own"}), "Razavian", "(network)"),
        (Choice("self_supervised", {"method": "rotation"}), "Gidaris", "Chen et al."),
        (Choice("self_supervised", {"start": "imagenet"}), "Tan and Le", "Gidaris"),
    ],
)
def test_works_follow_the_settings(dataset, choice, there, not_there):
    works = cited(dataset, choice)
    assert any(there in each for each in works)
    assert not any(not_there in each for each in works)


@pytest.mark.parametrize(("strength", "calibrated"), [("auto", True), ("5", False)])
def test_calibration_is_cited_where_it_was_done(dataset, strength, calibrated):
    works = cited(dataset, Choice("hog"), denoising=Choice("median", {"strength": strength}))
    assert any("Huang et al. 1979" in each for each in works)
    assert any("Batson and Royer 2019, arXiv:1901.11365 (calibration)" in each for each in works) == calibrated


def test_statistics_and_values_are_cited_where_they_were_used(dataset, study):
    spread = replace(dataset, scaling=replace(dataset.scaling, knee=0.1))
    assert any("Lupton" in each for each in cited(spread, Choice("hog")))
    assert not any(name in each for each in cited(dataset, Choice("hog")) for name in ("Lupton", "Holm", "Lan and"))
    settled = " ".join(references(replace(study, until=Until(30.0, "hog")), dataset))
    assert all(name in settled for name in ("Holm", "Schuirmann", "Lan and DeMets"))
    assert "Lan and DeMets" not in " ".join(references(study, dataset))


def test_a_technique_that_is_here_no_more_is_told_all_the_same(study, dataset):
    changed = Arm("all", "Everything", Choice("everything", {"made_of": "gone, gone too"}))
    words = told(replace(study, arms=(*study.arms, changed)), dataset)
    assert "Wolpert 1992" in words


def test_one_technique_alone_is_compared_with_nothing(study, dataset):
    assert "was held against" not in told(replace(study, arms=study.arms[:1]), dataset)


def test_the_version_is_that_of_the_project_and_of_its_citation():
    root = Path(__file__).parents[3]
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == explorer.__version__
    assert f"\nversion: {explorer.__version__}\n" in (root / "CITATION.cff").read_text(encoding="utf-8")
