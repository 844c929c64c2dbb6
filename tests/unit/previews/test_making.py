"""Previews are found by their files, and whatever goes wrong in one is one sentence."""

import sys
from pathlib import Path

import numpy as np
import pytest

import explorer.previews
from explorer.datasets.reading import read
from explorer.errors import Cancelled, TechniqueError
from explorer.previews import making
from explorer.previews.answers import Preview, Wanted
from explorer.previews.making import made, previews
from explorer.techniques.monitors import QUIET

FOLDER = Path(explorer.previews.__file__).parent


@pytest.fixture
def saved(workspace, tmp_path):
    images = np.random.default_rng(0).integers(0, 255, (20, 8, 8), dtype=np.uint8)
    np.savez(tmp_path / "few.npz", images=images, labels=np.tile([0, 1], 10))
    return read(tmp_path / "few.npz", workspace).dataset


@pytest.fixture
def doing(monkeypatch):
    """Return a function that puts a make-believe preview beside the real ones."""

    def put(make):
        monkeypatch.setattr(making, "previews", lambda: {"toy": make})

    return put


def raising(error):
    def make(*_):
        raise error

    return make


def test_every_file_that_makes_something_is_a_preview():
    making_files = {path.stem for path in FOLDER.glob("*.py") if "\ndef make(" in path.read_text(encoding="utf-8")}
    assert set(previews()) == making_files
    assert "augment" in making_files


def test_every_preview_says_what_it_takes_and_gives():
    for make in previews().values():
        about = sys.modules[make.__module__].__doc__
        assert "options" in about, make.__module__
        assert "arrays" in about or "facts" in about, make.__module__


def test_a_preview_sees_the_saved_data_its_options_and_the_cache(saved, workspace, doing):
    seen = []
    doing(lambda *given: seen.append(given) or Preview(facts={"n": 1}))
    assert made(Wanted("toy", saved.fingerprint, {"a": 1}), workspace, QUIET).facts == {"n": 1}
    ((dataset, options, at_work),) = seen
    np.testing.assert_array_equal(dataset.inputs, saved.inputs)
    assert (options, at_work.cache, at_work.monitor) == ({"a": 1}, workspace.cache, QUIET)


def test_data_are_opened_once_for_many_previews(saved, workspace, doing):
    seen = []
    doing(lambda dataset, *_: seen.append(dataset) or Preview())
    for _ in range(2):
        made(Wanted("toy", saved.fingerprint), workspace, QUIET)
    assert seen[0] is seen[1]


def test_an_unknown_preview_names_those_that_exist(workspace):
    found = made(Wanted("nothing", "data"), workspace, QUIET)
    assert found.problem.startswith("There is no preview 'nothing'. Choose one of")
    assert "augment" in found.problem


def test_unknown_data_are_told_in_a_sentence(workspace):
    found = made(Wanted("augment", "nosuchdata"), workspace, QUIET)
    assert "nosuchdata" in found.problem
    assert "could not be shown" not in found.problem  # a sentence of its own, and no fault of ours
    assert found.arrays == {}


def test_errors_for_users_are_told_as_they_are(saved, workspace, doing):
    doing(raising(TechniqueError("Alpha is 7. Choose less.")))
    assert made(Wanted("toy", saved.fingerprint), workspace, QUIET).problem == "Alpha is 7. Choose less."


def test_faults_of_ours_are_one_line_on_the_page_and_whole_in_the_log(saved, workspace, doing, caplog):
    doing(raising(ZeroDivisionError("a\nlong " + "x" * 400)))
    problem = made(Wanted("toy", saved.fingerprint), workspace, QUIET).problem
    assert problem.startswith("This could not be shown (ZeroDivisionError: a long xxx")
    assert "\n" not in problem
    assert len(problem) < 300
    assert "Traceback" in caplog.text


def test_what_is_not_wanted_any_more_is_no_answer(saved, workspace, doing):
    doing(raising(Cancelled("enough")))
    with pytest.raises(Cancelled):
        made(Wanted("toy", saved.fingerprint), workspace, QUIET)
