"""Makers and their files: the same again, harder when asked, complete, small."""

import json
import zipfile

import numpy as np
import pytest
from click.testing import CliRunner

from explorer.datasets.examples import ROOT, examples
from sample_data.discovery import makers
from sample_data.make import main
from sample_data.page import HEADINGS
from sample_data.writing import contact_sheet, write_npz

NAMES = tuple(makers())
SIMULATED = ("cells", "galaxies", "ising", "lattices")
SMALL = 16
HARDER = {"digits": 3.0, "textures": 16, "cells": 1.0, "galaxies": 4.0, "ising": 0.2, "lattices": 1.0}


@pytest.fixture(scope="module")
def small():
    return {name: maker.make(per_class=SMALL) for name, maker in makers().items()}


def equal(first, second):
    arrays = ("images", "labels", "groups", "split", "clean")
    return all(np.array_equal(getattr(first, name), getattr(second, name)) for name in arrays)


@pytest.mark.parametrize("name", NAMES)
def test_the_same_seed_makes_the_same_arrays(small, name):
    assert equal(makers()[name].make(per_class=SMALL), small[name])


@pytest.mark.parametrize("name", SIMULATED)
def test_another_seed_makes_another_data_set(small, name):
    assert not np.array_equal(makers()[name].make(per_class=SMALL, seed=1).images, small[name].images)


@pytest.mark.parametrize("name", ["cells", "galaxies", "lattices", "digits", "textures"])
def test_the_shipped_file_is_what_the_maker_makes(small, name):
    saved = np.load(ROOT / name / "data.npz")
    for label in range(len(small[name].class_names)):
        made = small[name].images[small[name].labels == label][:4]
        assert np.array_equal(saved["images"][saved["labels"] == label][:4], made)


@pytest.mark.parametrize("name", NAMES)
def test_difficulty_changes_what_is_seen(small, name):
    harder = makers()[name].make(per_class=SMALL, difficulty=HARDER[name])
    assert not np.array_equal(harder.images, small[name].images)
    if name in SIMULATED:
        noise = [_signal_to_noise(each) for each in (small[name], harder)]
        assert noise[1] < 0.8 * noise[0]


def _signal_to_noise(sample):
    clean, noise = sample.clean / 255, sample.images / 255 - sample.clean / 255
    return clean.std() / noise.std()


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_is_whole(small, name):
    sample, k = small[name], len(small[name].class_names)
    assert sample.images.dtype == np.uint8
    assert np.bincount(sample.labels, minlength=k).tolist() == [SMALL] * k
    assert (sample.clean is not None) == (name in SIMULATED)
    for rows in (sample.groups, sample.split):
        assert rows is None or len(rows) == len(sample.images)
    if sample.clean is not None:
        assert sample.clean.shape == sample.images.shape


@pytest.mark.parametrize("name", ["cells", "galaxies"])
def test_a_field_holds_two_of_every_class(small, name):
    sample = small[name]
    for group in np.unique(sample.groups):
        assert np.bincount(sample.labels[sample.groups == group]).tolist() == [2] * 5


def test_a_chain_has_one_phase(small):
    sample = small["ising"]
    counts = [len(set(sample.labels[sample.groups == group])) for group in np.unique(sample.groups)]
    assert counts == [1] * 6


def test_train_and_test_patches_tile_the_two_halves():
    from skimage import data

    sample = makers()["textures"].make()
    left = sample.images[(sample.labels == 1) & (sample.split == "train")].reshape(16, 8, 32, 32)
    right = sample.images[(sample.labels == 1) & (sample.split == "test")].reshape(16, 8, 32, 32)
    halves = [half.swapaxes(1, 2).reshape(512, 256) for half in (left, right)]
    assert np.array_equal(np.hstack(halves), data.grass())


@pytest.mark.parametrize(("name", "value"), [("textures", 12.5), ("textures", 4), ("ising", 0.6), ("ising", -0.1)])
def test_a_difficulty_out_of_range_is_refused(name, value):
    with pytest.raises(ValueError, match="Choose a"):
        makers()[name].make(per_class=8, difficulty=value)


# ---- files -----------------------------------------------------------------------------------------------------


def test_writing_twice_gives_the_same_bytes(tmp_path):
    runs = [CliRunner().invoke(main, ["lattices", "--per-class", "2", "--out", str(tmp_path / each)]) for each in "ab"]
    assert [run.exit_code for run in runs] == [0, 0]
    first, second = (
        {path.name: path.read_bytes() for path in (tmp_path / each / "lattices").iterdir()} for each in "ab"
    )
    assert first == second
    assert set(first) == {"data.npz", "clean.npz", "about.json", "README.md", "thumbnail.png"}


def test_no_time_of_writing_and_no_pickle_is_in_an_npz(tmp_path):
    write_npz(tmp_path / "a.npz", {"names": np.array(["ä", "b"]), "x": np.arange(3)})
    with zipfile.ZipFile(tmp_path / "a.npz") as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    loaded = np.load(tmp_path / "a.npz", allow_pickle=False)
    assert loaded["names"].tolist() == ["ä", "b"]


def test_difficulty_on_the_command_line_reaches_the_maker(tmp_path):
    run = CliRunner().invoke(main, ["ising", "--difficulty", "0", "--per-class", "8", "--out", str(tmp_path)])
    assert run.exit_code == 0, run.output
    folder = tmp_path / "ising"
    assert np.array_equal(np.load(folder / "data.npz")["images"], np.load(folder / "clean.npz")["images"])
    assert json.loads((folder / "about.json").read_text())["difficulty"]["value"] == 0


@pytest.mark.parametrize("words", [["stars"], ["--difficulty", "3"], ["ising", "--difficulty", "0.7"]])
def test_wrong_words_end_in_one_clear_line(tmp_path, words):
    run = CliRunner().invoke(main, [*words, "--out", str(tmp_path)])
    assert run.exit_code == 2
    assert "Error: " in run.output


def test_a_contact_sheet_goes_round_the_classes(small):
    sheet = contact_sheet(small["ising"])
    assert sheet.size == (5 * 134 - 6, 2 * 134 - 6)
    assert {sheet.getpixel((x, 64))[1] for x in (64, 131)} == {255, 0}


# ---- what ships ------------------------------------------------------------------------------------------------


def test_every_maker_has_its_folder_and_every_folder_its_maker():
    assert tuple(examples()) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_data_set_is_below_six_megabytes(name):
    assert sum(path.stat().st_size for path in (ROOT / name).iterdir()) < 6_000_000


@pytest.mark.parametrize("name", NAMES)
def test_enough_of_each_class_for_a_test_and_a_pool(name):
    saved = np.load(ROOT / name / "data.npz")
    counts = np.bincount(saved["labels"])
    assert counts.min() * 0.3 >= 30
    assert counts.min() * 0.7 >= 100


@pytest.mark.parametrize("name", NAMES)
def test_the_page_of_truth_is_whole(name):
    page = (ROOT / name / "README.md").read_text(encoding="utf-8")
    for heading in (*HEADINGS, "References", "Measured"):
        assert f"\n## {heading}\n" in page


@pytest.mark.parametrize("name", NAMES)
def test_the_card_states_the_number_of_images(name):
    saved = np.load(ROOT / name / "data.npz")
    assert f"{len(saved['images']):,} " in examples()[name].one_line
    assert f"({len(saved['images'])}, " in examples()[name].page.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_the_card_says_what_the_maker_says(name):
    about = json.loads((ROOT / name / "about.json").read_text(encoding="utf-8"))
    assert about["title"] == makers()[name].about.title
    assert about["difficulty"]["value"] == makers()[name].about.difficulty.value
