"""`label`: the list on the terminal, as CSV and as JSON, and what it refuses."""

import csv
import json

import pytest

from explorer.__main__ import main
from explorer.commands import label
from explorer.export.label_list import COLUMNS
from explorer.previews.answers import Preview
from tests.pages.states import images


@pytest.fixture
def folder(tmp_path):
    return images(tmp_path / "shapes")


@pytest.fixture
def asked(monkeypatch):
    """Return the names and options of previews that were made; a comparison is not made, but answered."""
    made, real = [], label._made

    def make(name, dataset, options, workspace):
        made.append((name, options))
        return real(name, dataset, options, workspace) if name == "label_next" else Preview(facts={})

    monkeypatch.setattr(label, "_made", make)
    return made


def test_the_list_is_written_and_its_first_images_are_told(workspace, folder, tmp_path, capsys, asked):
    out = tmp_path / "next.csv"
    assert main(["label", str(folder), "--out", str(out), "--count", "5", "--free", "none"]) == 0
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == list(COLUMNS)
    assert sorted(row["item"] for row in rows) == ["unlabeled/u0.png", "unlabeled/u1.png"]
    told = capsys.readouterr().out.splitlines()
    assert told[0].split() == ["1", rows[0]["item"], *rows[0]["reason"].split()]
    assert told[-1] == "2 images of 2 without a label; the first to label comes first."
    assert asked == [("label_next", {"settings": {}, "free": [], "count": 5})]
    assert main(["label", str(folder), "--out", str(out), "--free", "none"]) == 1
    assert "is there already, perhaps with labels in it" in capsys.readouterr().err


def test_json_has_the_same_list(workspace, folder, capsys):
    assert main(["label", str(folder), "--json", "--free", "none", "--replay"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [each["order"] for each in told["images"]] == [1, 2]
    assert told["way"] == "undecided"
    assert len(told["images"][0]["classes"]) == 2
    assert told["replay"] == "A comparison with random order takes at least 32 labelled images that do not judge."


def test_where_nothing_can_be_asked_for_it_says_so_in_one_line(workspace, tmp_path, folder, capsys):
    for path in (folder / "unlabeled").iterdir():
        path.unlink()
    assert main(["label", str(folder), "--free", "none"]) == 1
    assert "Every image that may be asked for has a label." in capsys.readouterr().err


def test_a_file_that_cannot_be_written_is_told(workspace, folder, tmp_path, capsys):
    assert main(["label", str(folder), "--out", str(tmp_path / "none" / "x.csv"), "--free", "none"]) == 1
    assert "cannot be written" in capsys.readouterr().err
