"""The bill: what techniques say, times this machine's speed, corrected by what was measured, preparation once."""

import json
import time
from dataclasses import replace

import pytest
from filelock import FileLock

from explorer.engine import bill as billing
from explorer.engine.bill import bill
from explorer.engine.cluster import cores
from explorer.engine.costs import cost, task
from explorer.errors import TechniqueError
from explorer.recipes import PROTOCOL, VIEWS
from explorer.records import Arm, Choice, Fact, Outcome, State, Study
from explorer.techniques.base import Cost
from explorer.techniques.composing import compose
from explorer.techniques.discovery import techniques
from explorer.techniques.monitors import Quiet
from explorer.training.networks import seconds
from explorer.trial import prepare


@pytest.fixture(autouse=True)
def _costs(monkeypatch):
    monkeypatch.setattr(billing, "PROBE_SECONDS", 0.02)
    spy = techniques("model")["spy_fixed"]
    monkeypatch.setattr(spy, "cost", lambda self, task: Cost(50.0, 0.1 * task.n_labeled))


@pytest.fixture
def even(workspace):
    """Make this machine the reference machine."""
    (workspace.home / "speed.json").write_text(json.dumps({"slowness": 1.0, "measured": time.time()}))


@pytest.fixture
def study(dataset):
    arms = (Arm("a", "A", Choice("spy_fixed")), Arm("b", "B", Choice("spy_fixed")))
    return Study("one", "one", dataset.fingerprint, arms, budgets=(1, 10), seeds=4)


@pytest.mark.usefixtures("even")
def test_a_bill_adds_fits_and_counts_what_is_shared_once(study, dataset, workspace):
    found = bill(study, dataset, workspace)
    fits = 4 * (0.3 + 3.0)
    assert found.trials == 16
    assert found.by_arm == pytest.approx({"a": 50 + fits, "b": fits})
    assert found.preparing == {"a": 50, "b": 0}
    assert found.start == billing.START
    assert found.seconds == pytest.approx(billing.START + (50 + 2 * fits + 16 * billing.OVERHEAD) / cores())


@pytest.mark.usefixtures("even")
def test_what_a_combination_shares_with_its_members_is_prepared_once(study, dataset, workspace, monkeypatch):
    for name in ("hog", "pixels"):
        monkeypatch.setattr(techniques("model")[name], "cost", lambda self, task: Cost(7.0, 0.0))
    alone = tuple(Arm(name, name, Choice(name)) for name in ("hog", "pixels"))
    both = Arm("both", "Both", Choice("everything", {"made_of": "hog, pixels"}))
    found = bill(replace(study, arms=(*alone, both)), dataset, workspace).by_arm
    assert found["hog"] == found["pixels"] == pytest.approx(7.0)
    assert found["both"] < 7.0


@pytest.mark.usefixtures("even")
def test_a_running_engine_starts_at_once_and_large_libraries_take_their_time(study, dataset, workspace, monkeypatch):
    with FileLock(workspace.engine_lock):
        assert bill(study, dataset, workspace).start == 0
        spy = techniques("model")["spy_fixed"]
        monkeypatch.setattr(spy, "unavailable", classmethod(lambda cls: None))
        assert bill(study, dataset, workspace).start == billing.LIBRARIES
        prepare(dataset, study, study.arms[0], 0, cache=workspace.cache, monitor=Quiet())
        assert bill(study, dataset, workspace).start == 0


@pytest.mark.usefixtures("even")
def test_what_is_cached_costs_nothing(study, dataset, workspace):
    prepare(dataset, study, study.arms[0], 0, cache=workspace.cache, monitor=Quiet())
    assert bill(study, dataset, workspace).by_arm["a"] == pytest.approx(4 * 3.3)


@pytest.mark.parametrize(("protocol", "measured"), [(PROTOCOL, 2.0), (PROTOCOL - 1, 3.0)])
@pytest.mark.usefixtures("even")
def test_measured_times_of_the_same_arm_and_size_count(study, dataset, workspace, store, protocol, measured):
    """Those of an earlier protocol do not: an arm of the same settings may have done other work."""
    store.add(replace(study, id="past", arms=(Arm("z", "Other name", Choice("spy_fixed")),)))
    trials = [trial for trial in store.study("past").trials() if trial.budget == 10]
    seconds = (1.0, 9.0, 2.0, 2.0)
    done = Outcome(trials[0], State.DONE, 30, versions={"protocol": str(protocol)})
    store.finish("past", *(replace(done, trial=trial, fit_seconds=s) for trial, s in zip(trials, seconds, strict=True)))
    assert bill(study, dataset, workspace).by_arm["b"] == pytest.approx(4 * (0.3 + measured))


@pytest.mark.usefixtures("even")
def test_eight_views_are_priced_where_orientation_is_free(study, dataset, workspace):
    one = replace(study, arms=(Arm("t", "T", Choice("pretrained")), Arm("v", "V", Choice("pretrained"))))
    eight, known = (replace(one, free=(fact,)) for fact in (Fact.ORIENTATION, Fact.INTENSITY))
    cost = techniques("model")["pretrained"]().cost
    size = task(dataset, one, 1)
    extra = bill(eight, dataset, workspace).by_arm["t"] - bill(one, dataset, workspace).by_arm["t"]
    views = replace(techniques("model")["pretrained"](), views="eight").cost(size).prepare
    assert extra == pytest.approx(views - cost(size).prepare)
    assert extra > 4 * seconds("lite0") * len(dataset)
    assert bill(known, dataset, workspace).by_arm == pytest.approx(bill(one, dataset, workspace).by_arm)


def test_the_calibration_is_kept_and_positive(study, dataset, workspace):
    first = bill(study, dataset, workspace)
    kept = json.loads((workspace.home / "speed.json").read_text())
    assert kept["slowness"] > 0
    assert bill(study, dataset, workspace) == first
    (workspace.home / "speed.json").write_text("not json")
    assert bill(study, dataset, workspace).seconds > 0


@pytest.mark.usefixtures("even")
def test_a_slow_machine_pays_more(study, dataset, workspace):
    one = bill(study, dataset, workspace)
    (workspace.home / "speed.json").write_text(json.dumps({"slowness": 3.0, "measured": time.time()}))
    assert bill(study, dataset, workspace).by_arm["a"] == pytest.approx(3 * one.by_arm["a"])


def test_an_impossible_arm_has_no_bill(study, dataset, workspace):
    bad = replace(study, arms=(Arm("x", "X", Choice("none_such")),))
    with pytest.raises(TechniqueError, match="none_such"):
        bill(bad, dataset, workspace)


def test_views_that_are_described_are_priced(study, dataset):
    size = task(dataset, study, 10)
    plain, views = Choice("spy_fixed"), Choice("gentle")
    alone = cost(compose(Arm("a", "A", plain)), size)
    turned = cost(compose(Arm("a", "A", plain, augmentation=views), free=(Fact.ORIENTATION,)), size)
    making = techniques("augmentation")["gentle"]().cost(size)
    assert turned == Cost(alone.prepare * (1 + VIEWS) + making.prepare * VIEWS, alone.fit)
    assert cost(compose(Arm("a", "A", plain, augmentation=views)), size) == alone, "it makes no views"
    trained = Choice("small_cnn")
    with_views = compose(Arm("a", "A", trained, augmentation=views), free=(Fact.ORIENTATION,))
    assert cost(with_views, size).prepare == 0


@pytest.mark.parametrize(("name", "fits"), [("self_training", 3), ("pseudo_label", 4), ("fixmatch", 1)])
def test_a_model_that_is_trained_again_costs_as_often(study, dataset, name, fits):
    size = task(dataset, study, 10)
    semi = Choice(name)
    beside = compose(Arm("a", "A", Choice("small_cnn"), semi_supervised=semi)).semi_supervised.cost(size)
    for model in ("small_cnn", "finetune"):
        alone = cost(compose(Arm("a", "A", Choice(model))), size)
        found = cost(compose(Arm("a", "A", Choice(model), semi_supervised=semi)), size)
        assert found.fit == pytest.approx(fits * alone.fit + beside.fit)
    fixed = cost(compose(Arm("a", "A", Choice("spy_fixed"))), size)
    if name != "fixmatch":
        found = cost(compose(Arm("a", "A", Choice("spy_fixed"), semi_supervised=semi)), size)
        assert found.fit == pytest.approx(fixed.fit + beside.fit)


def test_what_others_take_of_the_machine_is_not_counted_as_slowness():
    def work():  # the core is given to others for as long as it works itself
        start = time.thread_time()
        while time.thread_time() - start < 0.002:
            pass
        time.sleep(0.002)

    assert billing._rate(work) == pytest.approx(500, rel=0.3)
