"""Arms and facts as options of `run`, and a technique of one's own in a study."""

import json

import numpy as np
import pytest

from explorer.__main__ import main
from explorer.choosing import chosen_arms, chosen_facts
from explorer.errors import StudyError, TechniqueError
from explorer.records import Fact
from explorer.techniques.discovery import first_arms, ready_arms
from explorer.training.networks import NETWORKS

OWN = '''
from dataclasses import dataclass
from typing import ClassVar
import numpy as np
from explorer.techniques.base import NOTHING, FixedModel
from explorer.techniques.logistic import Logistic

@dataclass(frozen=True)
class Own(FixedModel):
    """Takes the mean of each row of pixels.
    Logistic regression learns from these means."""

    title: ClassVar[str] = "Row means"
    paper: ClassVar[str] = "Cox 1958, doi:10.1111/j.2517-6161.1958.tb00292.x"
    fails: ClassVar[str] = "When rows say nothing."
    head = Logistic(strengths=(1.0, 100.0), fallback=10.0)

    def features(self, inputs, learnt=NOTHING):
        return inputs.mean(axis=(2, 3))
'''


@pytest.fixture
def data(tmp_path):
    labels = np.tile([0, 1, 2], 30)
    pictures = np.random.default_rng(0).integers(0, 120, (90, 8, 8), dtype=np.uint8)
    pictures[np.arange(90), labels * 2, :] += 60
    np.savez(tmp_path / "toy.npz", images=pictures, labels=labels)
    return str(tmp_path / "toy.npz")


def test_a_technique_is_one_file_and_joins_a_study(data, tmp_path, workspace, monkeypatch):
    (tmp_path / "extra" / "models").mkdir(parents=True)
    (tmp_path / "extra" / "models" / "row_means.py").write_text(OWN)
    monkeypatch.setenv("EXPLORER_TECHNIQUES", str(tmp_path / "extra"))
    out = tmp_path / "out"
    composed = ["--arms", "pixels", "--arm", "mine=model:row_means", "--free", "none"]
    sizes = ["--per-class", "1,5", "--seeds", "2", "--workers", "1"]
    assert main(["run", data, "--out", str(out), *composed, *sizes]) == 0
    study = json.loads((out / "study.json").read_text())["study"]
    assert [arm["name"] for arm in study["arms"]] == ["pixels", "mine"]
    rows = (out / "trials.csv").read_text().splitlines()
    assert sum(row.startswith("mine,") and ",done," in row for row in rows) == 4
    assert main(["run", data, "--out", str(out), *composed, "--resume"]) == 0
    assert main(["run", data, "--out", str(out), "--arm", "other=model:row_means", "--resume"]) == 1


def test_the_first_arms_are_chosen_unless_others_are_named():
    assert chosen_arms(None, ()) == tuple(first_arms().values())
    assert chosen_arms("all", ()) == tuple(ready_arms().values())
    assert "hog" not in first_arms()
    assert [arm.name for arm in chosen_arms("hog,pixels", ("mine=model:hog(side=32)",))] == ["hog", "pixels", "mine"]
    assert [arm.name for arm in chosen_arms(None, ("mine=model:hog",))] == ["mine"]


@pytest.mark.parametrize(
    ("names", "typed", "said"),
    [
        ("nonsense", (), "There is no arm 'nonsense'. Choose from"),
        ("hog", ("majority=model:hog",), "'majority' is a ready-made arm. Give the composed one another name."),
        (None, ("a=model:hog", "a=model:pixels"), "Two arms are called 'a'"),
        (None, ("a=model:nonsense",), "There is no model technique 'nonsense'"),
        (None, ("a=model:hog(side=5)",), "'side' is 5. Choose a value from 32 to 128 px"),
    ],
)
def test_arms_that_cannot_be_are_told(names, typed, said):
    with pytest.raises((StudyError, TechniqueError), match=said):
        chosen_arms(names, typed)


@pytest.mark.usefixtures("shared_workers")
def test_an_arm_that_needs_a_fact_is_taken_where_it_may_be_free(data, tmp_path, workspace, capsys):
    path = tmp_path / "flip.json"
    path.write_text(json.dumps({"transform": {"__class_fullname__": "HorizontalFlip", "p": 0.5}}))
    typed = (f"x=model:pixels,augmentation:custom(pipeline={path})",)
    assert [arm.name for arm in chosen_arms(None, typed, (Fact.ORIENTATION,))] == ["x"]
    assert [arm.name for arm in chosen_arms(None, typed, None)] == ["x"]
    (arm,) = chosen_arms(None, typed, None)
    assert arm.augmentation.settings["pipeline"] == path.read_text(), "what the file says later must not matter"
    with pytest.raises(StudyError, match="HorizontalFlip"):
        chosen_arms(None, typed, (Fact.POSITION,))
    sizes = ["--per-class", "1", "--seeds", "1", "--workers", "1"]
    run = ["run", data, "--out", str(tmp_path / "out"), "--arm", *typed, *sizes]
    assert main([*run, "--free", "none"]) == 1
    assert "HorizontalFlip" in capsys.readouterr().err
    assert main([*run, "--free", "orientation"]) == 0


@pytest.mark.usefixtures("shared_workers")
def test_resume_refuses_an_arm_of_the_same_name_made_of_something_else(data, tmp_path, workspace, capsys):
    out = tmp_path / "out"
    sizes = ["--per-class", "1", "--seeds", "1", "--workers", "1", "--free", "none"]
    assert main(["run", data, "--out", str(out), "--arm", "x=model:pixels", *sizes]) == 0
    capsys.readouterr()
    for other in ("x=model:hog", "x=model:pixels,denoising:median"):
        assert main(["run", data, "--out", str(out), "--arm", other, "--resume"]) == 1
        assert "--arm differs from the study" in capsys.readouterr().err
    assert main(["run", data, "--out", str(out), "--arm", "x=model:pixels", "--resume"]) == 0


@pytest.mark.usefixtures("shared_workers")
def test_the_weights_that_a_study_rests_on_are_told_beside_its_table(data, tmp_path, workspace, capsys):
    out = tmp_path / "out"
    sizes = ["--per-class", "1", "--seeds", "1", "--workers", "1", "--free", "none"]
    arms = ["--arms", "pixels", "--arm", "seen=model:pretrained"]
    assert main(["run", data, "--out", str(out), *arms, *sizes]) == 0
    (line,) = (line for line in capsys.readouterr().out.splitlines() if line.startswith("Weights: "))
    lite0 = NETWORKS["lite0"]
    assert line == f"Weights: lite0, {lite0.source}, {lite0.licence} (used by seen)"
    (told,) = json.loads((out / "study.json").read_text())["weights"]
    assert (told["name"], told["licence"], told["arms"]) == ("lite0", lite0.licence, ["seen"])
    kept = {each["arm"]: each["reports"] for each in json.loads((out / "reports.json").read_text())}
    assert kept["seen"]["weights"]["source"] == lite0.source
    assert "weights" not in kept["pixels"]


def test_facts_are_named():
    assert chosen_facts("none") == ()
    assert chosen_facts("auto") is None
    assert chosen_facts("position, orientation") == (Fact.ORIENTATION, Fact.POSITION)
    for text in ("", "colour", "none,position", "auto,position"):
        with pytest.raises(StudyError, match=f"--free is '{text}'. Choose from auto, none"):
            chosen_facts(text)
