"""One trial: what techniques are given, what comes out, and that neither test rows nor hidden labels reach a fit."""

import importlib.metadata
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from explorer import recipes
from explorer import trial as trials
from explorer.blocks import write_json
from explorer.cautions import Caution, is_caution
from explorer.errors import Cancelled, OutOfTime, StudyError, TechniqueError
from explorer.preparing import Prepared
from explorer.recipes import VIEWS, is_ready, manifest, manifest_file, recipe, seed_for
from explorer.records import Arm, Choice, Fact, Rows, Scaling, Slot, State, Study, Trial
from explorer.scores import scores
from explorer.splits import labeled_rows, make_split
from explorer.techniques import believing
from explorer.techniques.composing import compose
from explorer.techniques.discovery import techniques
from explorer.techniques.monitors import Quiet
from explorer.training.precision import fast_bfloat16
from explorer.trial import asked_trial, prepare, run_trial

TOYS = Path(__file__).parents[2] / "toys"
FIXED, TRAINED = Choice("spy_fixed"), Choice("spy_trained")


@pytest.fixture(autouse=True)
def _toys(monkeypatch):
    monkeypatch.setenv("EXPLORER_TECHNIQUES", str(TOYS))
    for slot, name in ((Slot.MODEL, "spy_fixed"), (Slot.MODEL, "spy_trained"), (Slot.DENOISING, "spy_cleaner"),
                       (Slot.DENOISING, "rule"), (Slot.AUGMENTATION, "spy_views"),
                       (Slot.SEMI_SUPERVISED, "spy_semi")):  # fmt: skip
        seen(slot, name).clear()


def seen(slot, name):
    return record_of(techniques(slot)[name])


def record_of(technique):
    """Return the record that the file of a spy keeps; another test may have loaded that file a second time."""
    named = (vars(technique).get(name) for name in ("views", "fit", "clean"))
    method = next((each for each in named if callable(each)), None)
    found = [] if method is None else method.__globals__.get("SEEN", [])
    return found if isinstance(found, list) else []


def study_of(arm, **fields):
    return Study("s", "s", "toy", (arm,), **{"budgets": (2, 5), "seeds": 3, **fields})


def rows_of(inputs):
    """Return the row numbers that the first two pixels of each input carry."""
    pixels = np.rint(np.asarray(inputs).reshape(len(inputs), -1)[:, :2] * 255).astype(int)
    return pixels[:, 0] * 256 + pixels[:, 1]


def full(model):
    return Arm("full", "All four", model, Choice("spy_cleaner"), Choice("spy_views"), Choice("spy_semi"))


@pytest.fixture
def dataset(make_dataset):
    labels = np.tile([0, 1, 2], 100)
    labels[-30:] = -1
    return make_dataset(labels)


@pytest.mark.parametrize("model", [FIXED, TRAINED], ids=["fixed", "trained"])
def test_no_test_row_and_no_hidden_label_reaches_a_technique(dataset, tmp_path, model):
    study = study_of(full(model))
    for trial in (Trial("full", 2, 0), Trial("full", 5, 1)):
        _toys_cleared()
        outcome = run_trial(dataset, study, trial, cache=tmp_path, monitor=Quiet())
        assert outcome.state is State.DONE, outcome.error
        split = make_split(dataset, trial.seed, study.test_share)
        bought = labeled_rows(split, trial.budget, per_class=True)
        ((pool, _),) = seen(Slot.DENOISING, "spy_cleaner")
        assert sorted(rows_of(pool)) == sorted(split.pool)
        ((labeled, labels, unlabeled, _),) = seen(Slot.SEMI_SUPERVISED, "spy_semi")
        assert rows_of(labeled).tolist() == bought.tolist()
        assert labels.tolist() == dataset.labels[bought].tolist()
        assert sorted(rows_of(unlabeled)) == sorted(set(split.pool) - set(bought))
        if model is TRAINED:
            assert all(set(rows_of(batch)) <= set(split.pool) for batch in seen(Slot.AUGMENTATION, "spy_views"))
        fits = seen(Slot.MODEL, model.technique)
        assert fits
        for given, own, *_ in fits:
            met = rows_of(given)
            assert not set(met) & set(split.test)
            assert own[np.isin(met, bought)].tolist() == dataset.labels[met[np.isin(met, bought)]].tolist()


def _toys_cleared():
    for slot in Slot:
        for technique in techniques(slot).values():
            record_of(technique).clear()


def test_an_outcome_is_what_the_predictor_says_of_the_test_rows(dataset, tmp_path):
    study = study_of(Arm("plain", "Plain", FIXED))
    outcome = run_trial(dataset, study, Trial("plain", 5, 2), cache=tmp_path, monitor=Quiet())
    split = make_split(dataset, 2, study.test_share)
    assert outcome.test.tolist() == split.test.tolist()
    bought = labeled_rows(split, 5, per_class=True)
    pixels = dataset.scaling.apply(np.asarray(dataset.inputs)).reshape(len(dataset), -1)
    means = np.stack([pixels[bought][dataset.labels[bought] == each].mean(axis=0) for each in range(3)])
    distances = ((pixels[split.test][:, None] - means) ** 2).sum(axis=2)
    assert outcome.probabilities.argmax(axis=1).tolist() == distances.argmin(axis=1).tolist()
    assert outcome.scores == scores(outcome.probabilities, dataset.labels[split.test])
    assert (outcome.n_labeled, outcome.per_class) == (15, 5)
    assert outcome.fit_seconds > 0
    assert outcome.versions["torch"]


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ([[-0.1, -2.3], [-1.6, -0.2]], "from -2.3 to 0 whose rows sum to -2.4 to -1.8"),
        ([[0.0, 0.0], [0.5, 0.5]], "whose rows sum to 0 to 1"),
        ([[3.0, 1.0], [0.2, 0.7]], "whose rows sum to 0.9 to 4"),
        ([[1.2, -0.2], [0.5, 0.5]], "from -0.2 to 1.2"),
    ],
    ids=["logarithms", "nothing", "scores", "below nothing"],
)
def test_answers_that_are_no_probabilities_fail_the_trial(dataset, tmp_path, monkeypatch, answer, told):
    """Scores are of rows divided by their sums: logarithms would make the best technique the worst."""
    given = np.tile(np.array([[*row, 0.0] for row in answer]), (200, 1))
    technique = techniques(Slot.MODEL)[FIXED.technique]
    monkeypatch.setattr(technique, "fit", lambda *_, **__: lambda features: given[: len(features)])
    outcome = run_trial(
        dataset, study_of(Arm("own", "Own", FIXED)), Trial("own", 5, 0), cache=tmp_path, monitor=Quiet()
    )
    assert outcome.state is State.FAILED
    assert told in outcome.error
    assert "Probabilities are not negative" in outcome.error


def test_an_outcome_knows_what_was_prepared_for_it_whoever_made_it(dataset, tmp_path):
    arms = {"fixed": FIXED, "trained": TRAINED}
    study = replace(study_of(Arm("fixed", "Fixed", FIXED)), arms=tuple(Arm(n, n, each) for n, each in arms.items()))
    first = run_trial(dataset, study, Trial("fixed", 2, 0), cache=tmp_path, monitor=Quiet())
    assert first.prepare_seconds > 0
    again = run_trial(dataset, study, Trial("fixed", 5, 1), cache=tmp_path, monitor=Quiet())
    assert again.prepare_seconds == first.prepare_seconds, "it was ready"
    assert run_trial(dataset, study, Trial("trained", 2, 0), cache=tmp_path, monitor=Quiet()).prepare_seconds == 0
    kept = manifest(recipe(dataset, study, study.arms[0], 0), tmp_path)
    write_json(manifest_file(recipe(dataset, study, study.arms[0], 0), tmp_path), {**kept, "took": {"x": None}})
    old = run_trial(dataset, study, Trial("fixed", 2, 0), cache=tmp_path, monitor=Quiet())
    assert old.prepare_seconds is None, "an earlier version made it"
    assert old.probabilities.tobytes() == first.probabilities.tobytes()


def test_what_arms_of_one_arm_share_is_counted_once(tmp_path):
    inputs = Rows(np.zeros((3, 2)), Scaling(0, 1, ""))
    one, two = Prepared(inputs, took={"cleaned": 2.0, "a": 1.0}), Prepared(inputs, took={"cleaned": 2.0, "b": 4.0})
    assert trials._prepare_seconds([one, two]) == 7.0
    assert trials._prepare_seconds([one, Prepared(inputs, took={"c": None})]) is None


def test_cleaned_inputs_reach_the_model(dataset, tmp_path):
    arm = Arm("clean", "Clean", FIXED, denoising=Choice("rule"))
    run_trial(dataset, study_of(arm), Trial("clean", 2, 0), cache=tmp_path, monitor=Quiet())
    ((features, *_),) = seen(Slot.MODEL, "spy_fixed")
    assert features.max() <= 0.5
    assert set(map(len, seen(Slot.DENOISING, "rule"))) == {0}, "it learns nothing"


def test_a_fixed_model_gets_views_of_each_row_that_are_the_same_for_all_seeds(dataset, tmp_path):
    study = study_of(Arm("views", "Views", FIXED, augmentation=Choice("spy_views")))
    for seed in (0, 1):
        run_trial(dataset, study, Trial("views", 2, seed), cache=tmp_path, monitor=Quiet())
    ((features, labels, weights, *_), _) = seen(Slot.MODEL, "spy_fixed")
    assert features.shape == (6, 1 + VIEWS, 64)
    assert (len(labels), weights.tolist()) == (6, [1] * 6)
    assert (features[:, 1:] != features[:, :1]).any(axis=2).all()
    batches = seen(Slot.AUGMENTATION, "spy_views")
    assert sum(map(len, batches)) == VIEWS * len(dataset)


@pytest.mark.parametrize(("streams", "model"), [(False, FIXED), (False, TRAINED), (True, FIXED), (True, TRAINED)])
def test_of_a_large_pool_evenly_spaced_rows_teach_unless_images_are_streamed(
    dataset, tmp_path, monkeypatch, streams, model
):
    monkeypatch.setattr(believing, "TAUGHT", 50)
    monkeypatch.setattr(techniques(Slot.SEMI_SUPERVISED)["spy_semi"], "streams", streams)
    study = study_of(Arm("semi", "Semi", model, semi_supervised=Choice("spy_semi")))
    outcome = run_trial(dataset, study, Trial("semi", 5, 0), cache=tmp_path, monitor=Quiet())
    split = make_split(dataset, 0, study.test_share)
    pool = np.setdiff1d(split.pool, labeled_rows(split, 5, per_class=True))
    whole = streams and model is TRAINED
    expected = pool if whole else pool[np.arange(50) * len(pool) // 50]
    ((_, _, unlabeled, _),) = seen(Slot.SEMI_SUPERVISED, "spy_semi")
    assert rows_of(unlabeled).tolist() == expected.tolist()
    said = f"The pool is large: 50 of its {len(pool)} examples, evenly taken, teach."
    assert (said in outcome.notes) is not whole
    (found,) = outcome.reports["rounds"]
    assert found["share"] == pytest.approx(len(expected) / len(pool))


def test_what_is_believed_of_the_pool_is_judged_after_the_fit_and_kept(dataset, tmp_path):
    study = study_of(Arm("semi", "Semi", FIXED, semi_supervised=Choice("spy_semi")))
    outcome = run_trial(dataset, study, Trial("semi", 5, 0), cache=tmp_path, monitor=Quiet())
    split = make_split(dataset, 0, study.test_share)
    bought = labeled_rows(split, 5, per_class=True)
    pool = np.setdiff1d(split.pool, bought)
    pixels = dataset.scaling.apply(np.asarray(dataset.inputs)).reshape(len(dataset), -1)
    means = np.stack([pixels[bought][dataset.labels[bought] == each].mean(axis=0) for each in range(3)])
    believed = ((pixels[pool][:, None] - means) ** 2).sum(axis=2).argmin(axis=1)
    (found,) = outcome.reports["rounds"]
    known = dataset.labels[pool] >= 0
    assert 0 < known.sum() < len(pool)
    assert found["accuracy"] == pytest.approx((believed == dataset.labels[pool])[known].mean())
    assert found["share"] == 1.0
    assert found["classes"] == pytest.approx(np.bincount(believed, minlength=3) / len(pool))
    assert outcome.reports["believed"] == len(pool)
    assert outcome.notes == ("The pool was used.",)


def test_what_a_denoiser_tells_of_itself_is_kept_with_every_trial(dataset, tmp_path):
    study = study_of(Arm("clean", "Clean", FIXED, denoising=Choice("spy_cleaner")))
    for budget in (2, 5):
        outcome = run_trial(dataset, study, Trial("clean", budget, 0), cache=tmp_path, monitor=Quiet())
        assert outcome.reports["strength"] == 0.5
        assert "The images were halved." in outcome.notes
    assert len(seen(Slot.DENOISING, "spy_cleaner")) == 1


def test_the_units_of_labelled_rows_reach_the_head(make_dataset, tmp_path):
    groups = np.repeat(np.arange(30), 4)
    dataset = make_dataset(np.tile([0, 1], 60), groups=groups)
    study = study_of(Arm("plain", "Plain", FIXED))
    run_trial(dataset, study, Trial("plain", 5, 0), cache=tmp_path, monitor=Quiet())
    ((features, _, _, units, _),) = seen(Slot.MODEL, "spy_fixed")
    assert len(np.unique(groups[rows_of(features)])) == len(np.unique(units))
    for unit in np.unique(units):
        assert len(np.unique(groups[rows_of(features)][units == unit])) == 1


def test_seeds_differ_by_purpose_and_repeat(dataset, tmp_path):
    study = study_of(full(FIXED))
    run_trial(dataset, study, Trial("full", 2, 1), cache=tmp_path, monitor=Quiet())
    used = {
        seen(Slot.DENOISING, "spy_cleaner")[0][1],
        seen(Slot.SEMI_SUPERVISED, "spy_semi")[0][3],
        seen(Slot.MODEL, "spy_fixed")[0][4],
    }
    assert len(used) == 3
    assert seed_for(1, "model") == seed_for(1, "model") != seed_for(2, "model")


def test_the_same_trial_gives_the_same_bits(dataset, tmp_path):
    study = study_of(full(TRAINED))
    first, second = (
        run_trial(dataset, study, Trial("full", 5, 1), cache=tmp_path / str(i), monitor=Quiet()) for i in range(2)
    )
    assert first.probabilities.tobytes() == second.probabilities.tobytes()


def test_classes_that_are_short_of_labels_are_noted(make_dataset, tmp_path):
    dataset = make_dataset([0] * 40 + [1] * 40 + [2] * 4)
    arm = Arm("plain", "Plain", FIXED)
    outcome = run_trial(dataset, study_of(arm, budgets=(10,)), Trial("plain", 10, 0), cache=tmp_path, monitor=Quiet())
    assert len(outcome.notes) == 1
    assert "Class 'class 2' has only 3 labelled" in outcome.notes[0]
    assert outcome.per_class == 3
    single = make_dataset([0] * 40 + [1] * 40 + [2] * 2)
    outcome = run_trial(single, study_of(arm, budgets=(10,)), Trial("plain", 10, 0), cache=tmp_path, monitor=Quiet())
    assert "Class 'class 2' has only 1 labelled example to learn from" in outcome.notes[0]
    totals = study_of(arm, budgets=(500,), per_class=False)
    outcome = run_trial(dataset, totals, Trial("plain", 500, 0), cache=tmp_path, monitor=Quiet())
    assert "only 59 labelled" in outcome.notes[0]
    assert is_caution(outcome.notes[0])


@pytest.mark.parametrize(
    ("settings", "text"),
    [({}, "broken on purpose"), ({"how": "features"}, "no features on purpose"), ({"how": "shape"}, "shape")],
)
def test_a_failing_technique_gives_an_outcome_with_its_traceback(dataset, tmp_path, settings, text):
    arm = Arm("broken", "Broken", Choice("broken", settings))
    outcome = run_trial(dataset, study_of(arm), Trial("broken", 2, 0), cache=tmp_path, monitor=Quiet())
    assert outcome.state is State.FAILED
    assert "Traceback" in outcome.error
    assert text in outcome.error.strip().splitlines()[-1]


@pytest.mark.parametrize(
    ("arm", "text"),
    [
        (Arm("x", "X", Choice("no_such")), "no model technique 'no_such'"),
        (Arm("x", "X", TRAINED, semi_supervised=Choice("fixed_only")), "does not work with models that are trained"),
        (Arm("x", "X", Choice("spy_trained", {"steps": 0})), "'steps' is 0"),
    ],
)
def test_an_impossible_arm_is_refused_with_the_reason(dataset, tmp_path, arm, text):
    with pytest.raises(TechniqueError, match=text):
        run_trial(dataset, study_of(arm), Trial("x", 2, 0), cache=tmp_path, monitor=Quiet())
    with pytest.raises(TechniqueError, match=text):
        prepare(dataset, study_of(arm), arm, 0, cache=tmp_path, monitor=Quiet())


class Stopper:
    def __init__(self, after):
        self.left = after

    def step(self, done, total):
        self.left -= 1
        if self.left < 0:
            raise Cancelled("stop")


def test_cancelling_passes_through_and_keeps_no_outcome(dataset, tmp_path):
    arm = Arm("slow", "Slow", Choice("spy_trained", {"steps": 1000}))
    with pytest.raises(Cancelled):
        run_trial(dataset, study_of(arm), Trial("slow", 2, 0), cache=tmp_path, monitor=Stopper(3))


def test_a_trial_ends_at_its_time_limit(dataset, tmp_path):
    arm = Arm("slow", "Slow", Choice("spy_trained", {"steps": 1000}))
    study = study_of(arm, seconds=0.1)
    outcome = run_trial(dataset, study, Trial("slow", 2, 0), cache=tmp_path, monitor=Quiet())
    assert outcome.state is State.FAILED
    assert "time limit of 0.1 s" in outcome.error


class Clock:
    """A clock that is moved on by hand."""

    def __init__(self, monkeypatch):
        self.now = 0.0
        monkeypatch.setattr("explorer.trial.time.monotonic", lambda: self.now)


def test_the_time_limit_counts_from_the_end_of_the_preparation(dataset, tmp_path, monkeypatch):
    clock = Clock(monkeypatch)
    study = study_of(Arm("arm", "Arm", FIXED, augmentation=Choice("spy_views")), seconds=10)
    real = trials.prepared

    def slow(*given, **named):
        clock.now += 9
        return real(*given, **named)

    class Late:
        def step(self, done, total):
            clock.now += 0.2

    monkeypatch.setattr(trials, "prepared", slow)
    outcome = run_trial(dataset, study, Trial("arm", 2, 0), cache=tmp_path, monitor=Late())
    assert clock.now > 10
    assert outcome.state is State.DONE, outcome.error


def test_a_preparation_ends_after_the_time_limit_without_progress(dataset, tmp_path, monkeypatch):
    clock = Clock(monkeypatch)
    arm = Arm("arm", "Arm", FIXED)
    study = study_of(arm, seconds=10)

    class Hanging:
        def step(self, done, total):
            clock.now += 11

    with pytest.raises(
        OutOfTime, match=r"The preparation was stopped after its time limit of 10 s in which no further"
    ):
        prepare(dataset, study, arm, 0, cache=tmp_path, monitor=Hanging())
    outcome = run_trial(dataset, study, Trial("arm", 2, 0), cache=tmp_path, monitor=Hanging())
    assert "The preparation was stopped" in outcome.error


def test_a_preparation_may_take_longer_than_a_trial_while_images_get_ready(dataset, tmp_path, monkeypatch):
    clock = Clock(monkeypatch)
    arm = Arm("arm", "Arm", FIXED)

    class Slow:
        def step(self, done, total):
            clock.now += 4

    prepare(dataset, study_of(arm, seconds=10), arm, 0, cache=tmp_path, monitor=Slow())
    assert clock.now > 50


def test_what_is_learnt_from_the_pool_ends_at_the_time_limit_whatever_its_progress(dataset, tmp_path, monkeypatch):
    clock = Clock(monkeypatch)
    arm = Arm("arm", "Arm", FIXED, denoising=Choice("spy_cleaner"))

    def learn(self, pool, *, seed, monitor):
        for step in range(5):
            clock.now += 4
            monitor.step(step, 5)
        raise AssertionError

    monkeypatch.setattr(techniques("denoising")["spy_cleaner"], "learn", learn)
    with pytest.raises(OutOfTime, match=r"The preparation was stopped after its time limit of 10 s\."):
        prepare(dataset, study_of(arm, seconds=10), arm, 0, cache=tmp_path, monitor=Quiet())


def test_notes_of_techniques_name_the_classes(dataset, tmp_path, monkeypatch):
    def fit(self, learner, labeled, unlabeled, *, seed, monitor):
        monitor.note("Class {class:2} is 14 % of the labels; {others} stay.")
        monitor.note(Caution("Class {class:2} is rare."))
        return learner.fit(labeled)

    monkeypatch.setattr(techniques("semi_supervised")["spy_semi"], "fit", fit)
    study = study_of(Arm("semi", "Semi", FIXED, semi_supervised=Choice("spy_semi")))
    outcome = run_trial(dataset, study, Trial("semi", 2, 0), cache=tmp_path, monitor=Quiet())
    assert outcome.notes == ("Class 'class 2' is 14 % of the labels; {others} stay.", "Class 'class 2' is rare.")
    assert [is_caution(each) for each in outcome.notes] == [False, True]


def test_an_augmentation_that_changes_nothing_says_so_and_shares_the_features(dataset, tmp_path):
    plain, views = Arm("plain", "Plain", FIXED), Arm("views", "Views", FIXED, augmentation=Choice("gentle"))
    study = Study("s", "s", "toy", (plain, views), (2,), seeds=1)
    assert recipe(dataset, study, views, 0) == recipe(dataset, study, plain, 0)
    one, two = (
        run_trial(dataset, study, Trial(name, 2, 0), cache=tmp_path, monitor=Quiet()) for name in ("plain", "views")
    )
    assert np.array_equal(one.probabilities, two.probabilities)
    assert one.notes == ()
    assert two.notes[0].startswith("Gentle augmentation changed nothing: what it would change was not said")
    free = replace(study, free=(Fact.ORIENTATION,))
    assert recipe(dataset, free, views, 0) != recipe(dataset, free, plain, 0)
    assert run_trial(dataset, free, Trial("views", 2, 0), cache=tmp_path, monitor=Quiet()).notes == ()


def test_versions_tolerate_what_is_not_installed_and_tell_the_device_in_use(monkeypatch):
    def version(name):
        if name == "scikit-image":
            raise importlib.metadata.PackageNotFoundError(name)
        return "1"

    recipes.libraries.cache_clear()
    monkeypatch.setattr(importlib.metadata, "version", version)
    monkeypatch.setitem(sys.modules, "torch", object())
    found = trials.versions()
    recipes.libraries.cache_clear()
    assert set(found) == {
        "explorer", "python", "machine", "numpy", "scipy", "scikit-learn", "torch", "torchvision", "timm",
        "albumentations", "opencv-python-headless", "threads", "device", "bfloat16", "protocol",
    }  # fmt: skip
    assert (found["device"], found["bfloat16"]) == ("cpu", "yes" if fast_bfloat16() else "no")
    monkeypatch.delitem(sys.modules, "torch")
    assert "bfloat16" not in trials.versions()
    recipes.libraries.cache_clear()


def test_versions_import_no_torch():
    script = "import sys; from explorer.trial import versions; versions(); assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)


def test_a_model_made_of_arms_gives_each_its_own_rows(dataset, tmp_path):
    arm = Arm("both", "Both", Choice("spy_combined"))
    study = study_of(arm)
    outcome = run_trial(dataset, study, Trial("both", 5, 1), cache=tmp_path, monitor=Quiet())
    assert outcome.state is State.DONE, outcome.error
    split = make_split(dataset, 1, study.test_share)
    bought = labeled_rows(split, 5, per_class=True)
    (((features, cleaned), labels, _),) = seen(Slot.MODEL, "spy_combined")
    plain = dataset.scaling.apply(np.asarray(dataset.inputs))
    assert np.array_equal(features, plain.reshape(len(dataset), -1)[bought])
    assert np.array_equal(cleaned, plain[bought] / 2)
    assert labels.tolist() == dataset.labels[bought].tolist()
    pools = [pool for _, _, pool, _ in seen(Slot.SEMI_SUPERVISED, "spy_semi")]
    assert {len(pool) for pool in pools} == {len(split.pool) - len(bought)}
    assert len(pools) == 2
    assert len(outcome.reports["rounds"]) == 1, "what is tried inside the labels is not told"
    assert outcome.notes.count("The pool was used.") == 1


def test_a_model_made_of_arms_is_prepared_as_a_whole(dataset, tmp_path):
    arm = Arm("both", "Both", Choice("spy_combined"))
    study = study_of(arm)
    key = recipe(dataset, study, arm, 0)
    assert not is_ready(key, tmp_path)
    prepare(dataset, study, arm, 0, cache=tmp_path, monitor=Quiet())
    assert is_ready(key, tmp_path)


def test_nothing_can_be_added_to_a_model_made_of_arms():
    arm = Arm("both", "Both", Choice("spy_combined"), augmentation=Choice("spy_views"))
    with pytest.raises(TechniqueError, match="is made of whole arms, and Viewing spy cannot be added"):
        compose(arm)


# ---- labels that were asked for --------------------------------------------------------------------------------


def test_labels_that_were_asked_for_take_the_place_of_those_of_the_budget(dataset, tmp_path):
    study, trial = study_of(Arm("a", "A", Choice("pixels"))), Trial("a", 5, 1)
    split = make_split(dataset, 1, study.test_share)
    drawn = run_trial(dataset, study, trial, cache=tmp_path, monitor=Quiet())
    bought = labeled_rows(split, 5, per_class=True)
    same = asked_trial(dataset, study, trial, bought, cache=tmp_path, monitor=Quiet())
    assert np.array_equal(drawn.probabilities, same.probabilities)
    assert np.array_equal(drawn.test, same.test)
    other = asked_trial(dataset, study, trial, split.order[-7:], cache=tmp_path, monitor=Quiet())
    assert other.n_labeled == 7
    assert not np.array_equal(drawn.probabilities, other.probabilities)


def test_only_labelled_rows_of_the_pool_can_be_asked_for(dataset, tmp_path):
    study, trial = study_of(Arm("a", "A", Choice("pixels"))), Trial("a", 5, 0)
    split = make_split(dataset, 0, study.test_share)
    unlabeled = np.setdiff1d(split.pool, split.order)
    for rows in (split.test[:1], unlabeled[:1], np.empty(0, np.int64)):
        asked = np.concatenate([split.order[:3], rows]) if len(rows) else rows
        with pytest.raises(StudyError, match="its pool does not hold"):
            asked_trial(dataset, study, trial, asked, cache=tmp_path, monitor=Quiet())
