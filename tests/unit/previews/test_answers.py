"""Answers are files that appear whole, are named by what was wanted, and whatever is damaged counts as none."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from explorer.previews import answers
from explorer.previews.answers import (
    Preview,
    Wanted,
    answer,
    forget,
    forget_part,
    forget_parts,
    forget_problems,
    keep,
    keep_part,
    part,
    part_made,
)
from explorer.records import Slot
from explorer.techniques.discovery import techniques

WANTED = Wanted("augment", "data", {"rows": [1, 2], "free": ["position"]})


def test_what_is_wanted_is_plain_json_and_comes_back():
    again = Wanted.of(WANTED.text())
    assert again == WANTED
    assert again.key == WANTED.key
    assert json.loads(WANTED.text())["options"] == {"rows": [1, 2], "free": ["position"]}


def test_the_same_wish_has_the_same_name_whatever_the_order_of_its_options():
    assert Wanted("augment", "data", {"free": ["position"], "rows": [1, 2]}).key == WANTED.key


@pytest.mark.parametrize(
    "other",
    [
        Wanted("safety", "data", WANTED.options),
        Wanted("augment", "other", WANTED.options),
        Wanted("augment", "data", {"rows": [2, 1], "free": ["position"]}),
    ],
)
def test_another_wish_has_another_name(other):
    assert other.key != WANTED.key


def test_code_that_shows_something_else_reads_no_older_answer(tmp_path, monkeypatch):
    keep(WANTED, Preview(facts={"n": 1}), tmp_path)
    monkeypatch.setattr(answers, "VERSION", answers.VERSION + 1)
    assert answer(WANTED, tmp_path) is None


@pytest.mark.parametrize(
    "options",
    [
        {"technique": "tv", "settings": {}, "row": 3},
        {"study": {"arms": [{"model": {"technique": "hog"}, "denoising": {"technique": "tv", "settings": {}}}]}},
        {"study": {"arms": ({"model": {"technique": "everything", "settings": {}}},)}},
    ],
)
def test_a_technique_that_computes_something_else_has_another_name(options, monkeypatch):
    before, others = Wanted("denoise", "data", options), Wanted("denoise", "data", {"technique": "hog"})
    assert before == Wanted("denoise", "data", options)
    assert before.is_current
    denoiser = techniques(Slot.DENOISING)["tv"]
    monkeypatch.setattr(denoiser, "version", denoiser.version + 1)
    after = Wanted("denoise", "data", options)
    assert after.key != before.key
    assert not before.is_current
    assert Wanted.of(before.text()).key == before.key, "what was wanted stays what it was on its way"
    assert Wanted("denoise", "data", {"technique": "hog"}) == others, "one of other techniques stays"


def test_a_file_that_is_named_and_changed_makes_another_name(tmp_path):
    path = tmp_path / "mine.safetensors"
    path.write_bytes(b"one")
    options = {"technique": "pretrained", "settings": {"checkpoint": str(path)}}
    before = Wanted("feature_plane", "data", options)
    assert before.key == Wanted("feature_plane", "data", options).key
    path.write_bytes(b"another")
    assert before.key != Wanted("feature_plane", "data", options).key


def test_naming_what_is_wanted_imports_nothing_heavy():
    code = (
        "import sys; from explorer.previews.answers import Wanted\n"
        "Wanted('teaching', 'data', {'technique': 'self_supervised', 'settings': {}}).key\n"
        "sys.exit(str({'torch', 'timm', 'albumentations', 'sklearn', 'skimage'} & set(sys.modules) or ''))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert found.stderr.strip() == ""


@pytest.mark.parametrize("text", ["", "{", "[1, 2]", "7", '{"preview": "augment"}', '{"preview": 1, "x": 2}'])
def test_text_that_wants_nothing_is_refused(text):
    with pytest.raises((ValueError, TypeError, LookupError)):
        Wanted.of(text)


def test_an_answer_is_kept_as_it_is(tmp_path):
    images = np.arange(12, dtype=np.float32).reshape(1, 2, 3, 2)
    keep(WANTED, Preview({"images": images, "n": np.arange(3)}, {"idle": False, "steps": [{"name": "é"}]}), tmp_path)
    found = answer(WANTED, tmp_path)
    assert set(found.arrays) == {"images", "n"}
    assert found.arrays["images"].dtype == np.float32
    np.testing.assert_array_equal(found.arrays["images"], images)
    assert found.facts == {"idle": False, "steps": [{"name": "é"}]}
    assert found.problem == ""


def test_why_there_is_none_is_kept_too_and_can_be_forgotten(tmp_path):
    keep(WANTED, Preview(problem="No, because."), tmp_path)
    assert answer(WANTED, tmp_path).problem == "No, because."
    forget(WANTED, tmp_path)
    assert answer(WANTED, tmp_path) is None
    forget(WANTED, tmp_path)  # nothing to forget is no error


@pytest.mark.parametrize("length", [0, 3, 100, 400])
def test_a_damaged_answer_is_none(tmp_path, length):
    assert answer(WANTED, tmp_path) is None
    keep(WANTED, Preview({"images": np.zeros((4, 4), np.float32)}, {"n": 1}), tmp_path)
    (path,) = (tmp_path / "previews").iterdir()
    path.write_bytes(path.read_bytes()[:length])
    assert answer(WANTED, tmp_path) is None


def test_a_file_of_other_arrays_is_no_answer(tmp_path):
    keep(WANTED, Preview(), tmp_path)
    (path,) = (tmp_path / "previews").iterdir()
    np.savez(path, images=np.zeros(3))
    assert answer(WANTED, tmp_path) is None


def test_the_oldest_answers_go_where_there_are_many(tmp_path, monkeypatch):
    monkeypatch.setattr(answers, "KEPT", 3)
    wishes = [Wanted("augment", "data", {"n": n}) for n in range(5)]
    for age, wish in enumerate(wishes):
        keep(wish, Preview(facts=dict(wish.options)), tmp_path)
        os.utime(answers._file(wish, tmp_path), (age, age))  # ages for which no clock is too coarse
    assert [answer(wish, tmp_path) is not None for wish in wishes] == [False, False, True, True, True]


def test_an_answer_that_was_looked_at_stays_longer(tmp_path, monkeypatch):
    monkeypatch.setattr(answers, "KEPT", 2)
    dear, cheap, latest = (Wanted("augment", "data", {"n": n}) for n in range(3))
    for age, wish in enumerate((dear, cheap)):
        keep(wish, Preview(), tmp_path)
        os.utime(answers._file(wish, tmp_path), (age, age))
    assert answer(dear, tmp_path) is not None
    keep(latest, Preview(), tmp_path)
    assert [answer(wish, tmp_path) is not None for wish in (dear, cheap, latest)] == [True, False, True]


def test_reasons_are_forgotten_and_whatever_is_damaged_stays_none(tmp_path):
    shown, missing, damaged = (Wanted("augment", "data", {"n": n}) for n in range(3))
    keep(shown, Preview(facts={"n": 0}), tmp_path)
    keep(missing, Preview(problem="Not here."), tmp_path)
    answers._file(damaged, tmp_path).write_bytes(b"no answer")
    forget_problems(tmp_path)
    assert answer(shown, tmp_path).facts == {"n": 0}
    assert answer(missing, tmp_path) is None
    assert answer(damaged, tmp_path) is None
    forget_problems(tmp_path / "nowhere")


def test_what_there_is_of_an_answer_is_no_answer_and_is_let_go(tmp_path):
    assert part(WANTED, tmp_path) is None
    assert part_made(WANTED, tmp_path) == 0
    keep_part(WANTED, Preview({"some": np.arange(3)}, {"n": 1}), tmp_path)
    found = part(WANTED, tmp_path)
    assert (found.facts, found.arrays["some"].tolist(), found.whole) == ({"n": 1}, [0, 1, 2], False)
    assert part_made(WANTED, tmp_path) > 0
    assert answer(WANTED, tmp_path) is None
    keep(WANTED, Preview(facts={"n": 2}), tmp_path)
    assert answer(WANTED, tmp_path).whole
    forget_part(WANTED, tmp_path)
    assert part(WANTED, tmp_path) is None
    keep_part(WANTED, Preview(), tmp_path)
    forget_parts(tmp_path)
    assert part(WANTED, tmp_path) is None
    assert answer(WANTED, tmp_path) is not None


def test_a_part_that_the_system_keeps_from_being_written_or_let_go_harms_no_answer(tmp_path, monkeypatch):
    keep_part(WANTED, Preview(facts={"n": 1}), tmp_path)

    def refuse(self, *_, **__):
        raise PermissionError(13, "in use")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", refuse)
        patched.setattr(Path, "unlink", refuse)
        keep_part(WANTED, Preview(facts={"n": 2}), tmp_path)
        forget_part(WANTED, tmp_path)
        forget_parts(tmp_path)
    assert part(WANTED, tmp_path).facts == {"n": 1}
