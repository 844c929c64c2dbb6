import subprocess
import sys

import numpy as np
import pytest

from explorer.errors import TechniqueError
from explorer.records import Choice, Slot
from explorer.techniques.discovery import build, ready_arms, techniques

TOY = '''
from dataclasses import dataclass
import numpy as np
from explorer.records import Arm, Choice
from explorer.techniques.base import FixedModel
from explorer.techniques.settings import setting

@dataclass(frozen=True)
class Toy(FixedModel):
    """Answers the same for all. It is a toy."""

    title = "Toy"
    paper = "doi:10.1000/toy"
    fails = "Always."
    arms = (Arm("{arm}", "Toy", Choice("{name}")),)
    share: float = setting(0.5, label="Share", help="A share.", low=0.0, high=1.0)

    def features(self, inputs):
        return np.zeros((len(inputs), 1), np.float32)

    def fit(self, features, labels, *, n_classes, seed, weights=None):
        return lambda given: np.full((len(given), n_classes), 1 / n_classes, np.float32)
'''


@pytest.fixture
def extra(tmp_path, monkeypatch):
    """Return a maker of files in the models folder of an extra folder that discovery looks into."""
    monkeypatch.setenv("EXPLORER_TECHNIQUES", str(tmp_path))

    def make(name, text):
        path = tmp_path / "models" / f"{name}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")

    return make


def test_the_six_first_arms_exist_with_their_short_names():
    assert {"majority", "intensity", "pixels", "hog", "transfer", "baseline"} <= set(ready_arms())
    assert len({arm.title for arm in ready_arms().values()}) == len(ready_arms())


def test_every_ready_arm_can_be_built():
    for arm in ready_arms().values():
        for slot, choice in arm.choices():
            assert build(slot, choice).name() == choice.technique


def test_a_technique_of_an_extra_folder_is_found_and_built(extra):
    extra("toy_one", TOY.format(name="toy_one", arm="toy one"))
    assert build(Slot.MODEL, Choice("toy_one", {"share": 0.25})).share == 0.25
    assert ready_arms()["toy one"].model == Choice("toy_one")


def test_a_file_that_was_changed_is_read_anew_and_shares_no_cache_with_what_it_was(extra):
    text = TOY.format(name="toy_changed", arm="toy changed")
    keys = []
    for value in ("1 / n_classes", "2 / n_classes", "1 / n_classes"):  # as many bytes, within one second
        extra("toy_changed", text.replace("1 / n_classes", value))
        found = build(Slot.MODEL, Choice("toy_changed"))
        assert found.fit(None, None, n_classes=2, seed=0)(np.zeros(1)).tolist() == [[float(value[0]) / 2] * 2]
        keys.append((found.key(), found.features_key()))
    assert len(set(keys)) == 2
    assert keys[0] == keys[2]
    assert keys[0][0] != keys[1][0]
    assert keys[0][1] != keys[1][1]


def test_techniques_that_ship_are_named_after_their_version_and_not_their_file():
    assert {
        found.source for slot in Slot for found in techniques(slot).values() if found.__module__.startswith("explorer.")
    } == {""}


def test_a_name_used_twice_is_refused_with_the_file(extra):
    extra("pixels", TOY.format(name="pixels", arm="toy"))
    with pytest.raises(TechniqueError, match=r"technique 'pixels' exists twice, again in .*pixels\.py"):
        techniques(Slot.MODEL)


def test_an_arm_declared_twice_is_refused(extra):
    extra("toy_two", TOY.format(name="toy_two", arm="transfer"))
    with pytest.raises(TechniqueError, match="The arm 'transfer' is declared twice, again in 'toy_two'"):
        ready_arms()


def test_a_file_that_declares_nothing_is_refused_with_its_name(extra):
    extra("empty", '"""Nothing."""\n')
    with pytest.raises(TechniqueError, match=r"empty\.py must declare exactly one Model, but declares 0"):
        techniques(Slot.MODEL)


def test_files_that_begin_with_an_underscore_are_no_techniques(extra):
    extra("_shared", '"""Shared by several."""\n')
    assert "_shared" not in techniques(Slot.MODEL)


def test_an_unknown_technique_and_unknown_settings_are_told():
    with pytest.raises(TechniqueError, match=r"There is no model technique 'nothing'. Choose one of classical,"):
        build(Slot.MODEL, Choice("nothing"))
    with pytest.raises(TechniqueError, match=r"pixels has no setting 'size'. It has side"):
        build(Slot.MODEL, Choice("pixels", {"size": 3}))
    with pytest.raises(TechniqueError, match=r"majority has no setting 'size'. It has none"):
        build(Slot.MODEL, Choice("majority", {"size": 3}))
    with pytest.raises(TechniqueError, match=r"pixels: 'side' has value 3.5, which is not a whole number"):
        build(Slot.MODEL, Choice("pixels", {"side": 3.5}))


def test_discovery_loads_nothing_heavy():
    code = (
        "import sys, explorer.techniques.discovery as d; d.ready_arms()\n"
        "[each.unavailable() for each in d.techniques(d.Slot.MODEL).values()]\n"
        "sys.exit(str({'torch', 'timm', 'albumentations', 'sklearn', 'skimage'} & set(sys.modules) or ''))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert found.stderr.strip() == ""
