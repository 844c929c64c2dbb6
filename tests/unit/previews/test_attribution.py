"""Maps of a trial that is fitted again: it is the trial of the study, or nothing is shown."""

from dataclasses import replace

import numpy as np
import pytest

from explorer.errors import Cancelled, TechniqueError
from explorer.previews import attribution, refitting
from explorer.previews.answers import named
from explorer.previews.layers import layers
from explorer.previews.lookable import can_be_looked_into
from explorer.previews.looking import looked
from explorer.previews.making import AtWork
from explorer.records import Arm, Choice, Fact, State, Study, Trial
from explorer.techniques.monitors import QUIET
from explorer.trial import refit, run_trial

CNN = Arm("cnn", "CNN", Choice("small_cnn", {"steps": 20, "side": 32}))
FROZEN = Arm("frozen", "Frozen", Choice("pretrained", {"side": 96, "scales": "one"}))
TUNED = Arm("tuned", "Tuned", Choice("finetune", {"side": 96, "scales": "one", "steps": 10}))
PLAIN = Arm("hog", "HOG", Choice("hog"))


@pytest.fixture(autouse=True)
def _nothing_kept():
    refitting._fitted.clear()


@pytest.fixture
def run(make_dataset, tmp_path):
    """Return a function that runs a trial of an arm, and gives the options that ask for maps of it."""
    inputs = np.random.default_rng(0).integers(0, 90, (36, 16, 16, 1), dtype=np.uint8)
    inputs[::3, 2:8, 2:8], inputs[1::3, 9:14, 9:14] = 250, 250
    data = make_dataset(np.arange(36) % 3, inputs=inputs)

    def made(arm, method="any", seed=1):
        study = Study("s", "s", "toy", (arm,), (4,), seeds=2)
        outcome = run_trial(data, study, Trial(arm.name, 4, seed), cache=tmp_path, monitor=QUIET)
        assert outcome.state is State.DONE, outcome.error
        options = {
            "study": study.to_dict(), "arm": arm.name, "budget": 4, "seed": seed, "rows": outcome.test[2:5].tolist(),
            "method": method, "answers": named(outcome.test, outcome.probabilities),
        }  # fmt: skip
        return data, outcome, options

    return made


@pytest.mark.parametrize("arm", [CNN, FROZEN, TUNED], ids=["cnn", "frozen", "tuned"])
def test_a_trial_fitted_again_gives_the_same_bits(run, tmp_path, arm):
    data, outcome, options = run(arm)
    again = refit(
        data, Study.from_dict(options["study"]), outcome.trial, cache=tmp_path / "other", monitor=QUIET
    )  # fmt: skip
    assert np.array_equal(again.test, outcome.test)
    assert np.array_equal(again.probabilities, outcome.probabilities)


@pytest.mark.parametrize(
    ("arm", "methods"),
    [
        (CNN, ["smooth_gradients", "grad_cam", "occlusion"]),
        (FROZEN, ["class_activation", "occlusion"]),
        (TUNED, ["grad_cam", "smooth_gradients", "occlusion"]),
    ],
    ids=["cnn", "frozen", "tuned"],
)
def test_every_method_gives_a_map_of_each_image_with_its_check(run, tmp_path, arm, methods):
    data, outcome, options = run(arm)
    for method in methods:
        found = attribution.make(data, {**options, "method": method}, AtWork(tmp_path, QUIET))
        assert found.facts == {"methods": methods, "method": method, "rows": options["rows"]}
        assert found.arrays["maps"].shape == (3, 16, 16)
        assert np.isfinite(found.arrays["maps"]).all()
        assert np.array_equal(found.arrays["images"], data.rows(np.array(options["rows"]))[:])
        assert found.arrays["targets"].tolist() == outcome.probabilities[2:5].argmax(1).tolist()
        checks = found.arrays["checks"]
        assert checks.shape == (3, 2)
        assert (np.abs(checks[np.isfinite(checks)]) <= 1).all()
        assert np.isfinite(checks[:, 0]).any()
    assert len(refitting._fitted) == 1  # fitted once for all methods


def test_another_method_than_the_arm_has_becomes_its_first(run, tmp_path):
    data, _, options = run(CNN, method="class_activation")
    assert attribution.make(data, options, AtWork(tmp_path, QUIET)).facts["method"] == "smooth_gradients"


def test_another_model_than_that_of_the_study_is_refused(run, tmp_path):
    data, outcome, options = run(FROZEN)
    other = outcome.probabilities.copy()
    other[0] = np.nextafter(other[0], 1)  # the last bit of one answer
    with pytest.raises(TechniqueError, match="gives other answers than those of the study"):
        attribution.make(data, {**options, "answers": named(outcome.test, other)}, AtWork(tmp_path, QUIET))


def test_an_arm_that_cannot_be_looked_into_says_so(run, tmp_path):
    data, _, options = run(PLAIN)
    with pytest.raises(TechniqueError, match="Maps can be drawn of"):
        attribution.make(data, options, AtWork(tmp_path, QUIET))


@pytest.mark.parametrize("arm", [CNN, FROZEN, TUNED, PLAIN], ids=lambda arm: arm.name)
def test_what_is_said_beforehand_of_an_arm_holds(run, tmp_path, arm):
    data, outcome, options = run(arm)
    fitted = refit(data, Study.from_dict(options["study"]), outcome.trial, cache=tmp_path, monitor=QUIET)
    if can_be_looked_into(arm, data.kind, ()):
        assert looked(fitted).methods
        assert layers(fitted, outcome.test)
    else:
        with pytest.raises(TechniqueError):
            looked(fitted)


def test_nothing_is_promised_of_what_may_be_several_models():
    assert not can_be_looked_into(replace(FROZEN, semi_supervised=Choice("self_training")), "image", ())
    assert not can_be_looked_into(replace(FROZEN, augmentation=Choice("standard")), "image", tuple(Fact))
    assert can_be_looked_into(replace(FROZEN, augmentation=Choice("gentle")), "image", ()), "it changes nothing"
    assert not can_be_looked_into(Arm("all", "All", Choice("everything")), "image", ())
    assert not can_be_looked_into(Arm("no", "No such", Choice("nothing")), "image", ())


def test_it_ends_when_something_else_is_wanted(run, tmp_path):
    class Superseded:
        def step(self, done, total):
            raise Cancelled("something else is wanted")

    data, _, options = run(CNN)
    with pytest.raises(Cancelled):
        attribution.make(data, options, AtWork(tmp_path, Superseded()))
    assert not refitting._fitted
