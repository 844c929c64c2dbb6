"""The examples as pages open them: found by folder, read once, quick."""

import shutil
import subprocess
import sys
import time

import numpy as np
import pytest

from explorer.__main__ import main
from explorer.datasets.examples import ROOT, examples, open_example, read_example
from explorer.datasets.reading import ReadOptions
from explorer.datasets.saved import load
from explorer.errors import DataError

NAMES = tuple(examples())


@pytest.mark.parametrize("name", NAMES)
def test_an_example_opens_quickly_and_keeps_its_fingerprint(name, workspace):
    started = time.process_time()
    first = open_example(name, workspace)
    # Reading and checking take 0.2 to 0.9 s of an idle core; the bound leaves room for a slow one.
    assert time.process_time() - started < 3.0
    started = time.perf_counter()
    again = open_example(name, workspace)
    assert time.perf_counter() - started < 1.0
    assert again.dataset.fingerprint == first.dataset.fingerprint
    assert again.findings == first.findings
    assert isinstance(again.dataset.inputs, np.memmap)


@pytest.mark.parametrize("name", NAMES)
def test_an_example_arrives_as_it_was_made(name, workspace):
    saved = np.load(ROOT / name / "data.npz")
    dataset = open_example(name, workspace).dataset
    assert dataset.name == examples()[name].title
    assert (dataset.source, dataset.licence) == (examples()[name].source, examples()[name].licence)
    assert dataset.class_names == tuple(saved["class_names"])
    assert np.array_equal(dataset.labels, saved["labels"])
    assert np.array_equal(dataset.inputs[..., 0], saved["images"])
    assert (dataset.groups is not None) == ("groups" in saved)
    if "groups" in saved:
        assert len(set(zip(dataset.groups, saved["groups"], strict=True))) == len(set(saved["groups"]))
    if "split" in saved:
        assert np.array_equal(dataset.given_test, saved["split"] == "test")
    else:
        assert dataset.given_test is None
    # 8-bit values must be seen over their whole range, or the scans of digits would be all dark.
    assert dataset.rows(np.arange(4))[:].max() > 0.3


@pytest.mark.parametrize("name", NAMES)
def test_the_clean_twin_has_the_rows_of_its_example(name):
    example = examples()[name]
    if example.clean is None:
        assert name in ("digits", "textures")
        return
    noisy, clean = np.load(example.data)["images"], np.load(example.clean)["images"]
    assert clean.shape == noisy.shape
    # Row by row, the twin is nearer to its image than to the one before it.
    rows = np.random.default_rng(0).integers(1, len(noisy), 200)
    off = [np.mean((noisy[rows].astype(float) - clean[rows - step]) ** 2) for step in (0, 1)]
    assert off[0] < 0.8 * off[1]


def test_the_clean_twin_comes_with_the_example_at_any_size(workspace):
    example = examples()["ising"]
    kept = np.load(example.clean)["images"]
    for _ in range(2):  # read, then known
        assert np.array_equal(open_example("ising", workspace).dataset.clean[..., 0], kept)
    small = read_example("ising", workspace, ReadOptions(size=16)).dataset
    assert small.clean.shape == small.inputs.shape
    assert np.abs(small.clean[0, 0, 0, 0] - kept[0, :2, :2].mean()) <= 1
    assert open_example("digits", workspace).dataset.clean is None


def test_an_unknown_example_is_refused_with_the_known_names(workspace):
    with pytest.raises(DataError, match="no example 'stars'"):
        open_example("stars", workspace)
    with pytest.raises(DataError, match="no example 'stars'"):
        read_example("stars", workspace, ReadOptions(size=8))


def test_a_folder_that_is_not_complete_is_no_example(tmp_path):
    (tmp_path / "half").mkdir()
    (tmp_path / "half" / "about.json").write_text("{}")
    assert examples(tmp_path) == {}
    assert examples(tmp_path / "nowhere") == {}


def test_an_example_whose_saved_copy_was_deleted_is_read_again(workspace):
    first = open_example("digits", workspace)
    shutil.rmtree(workspace.datasets / first.dataset.fingerprint)
    assert open_example("digits", workspace).dataset.fingerprint == first.dataset.fingerprint


def test_a_damaged_copy_of_an_example_is_read_again(workspace):
    first = open_example("digits", workspace)
    (workspace.datasets / first.dataset.fingerprint / "inputs.npy").unlink()
    assert open_example("digits", workspace).dataset.fingerprint == first.dataset.fingerprint


@pytest.mark.parametrize("size", [8, 12])
def test_an_example_keeps_its_source_and_licence_at_any_size(size, workspace):
    example = examples()["digits"]
    own = open_example("digits", workspace).dataset
    sized = read_example("digits", workspace, ReadOptions(size=size)).dataset
    assert (sized.fingerprint == own.fingerprint) == (size == 8), "digits are 8 × 8 by themselves"
    for fingerprint in (own.fingerprint, sized.fingerprint):
        kept = load(workspace, fingerprint).dataset
        assert (kept.name, kept.source, kept.licence) == (example.title, example.source, example.licence)


def test_checking_an_example_at_its_own_size_leaves_its_source_and_licence(workspace):
    open_example("digits", workspace)
    assert main(["check", "example:digits", "--size", "8"]) == 0
    kept = open_example("digits", workspace).dataset
    assert (kept.source, kept.licence) == (examples()["digits"].source, examples()["digits"].licence)


def test_changed_data_are_read_anew(tmp_path, workspace):
    shutil.copytree(ROOT / "digits", tmp_path / "digits")
    first = open_example("digits", workspace, root=tmp_path)
    arrays = dict(np.load(tmp_path / "digits" / "data.npz"))
    np.savez(tmp_path / "digits" / "data.npz", **{**arrays, "images": arrays["images"][::-1]})
    assert open_example("digits", workspace, root=tmp_path).dataset.fingerprint != first.dataset.fingerprint


def test_listing_the_examples_imports_nothing_heavy():
    code = (
        "import sys; from explorer.datasets.examples import examples; examples(); "
        "print(*sorted({'PIL', 'pandas', 'skimage', 'sklearn', 'scipy', 'torch'} & set(sys.modules)))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT.parent)
    assert found.stdout.strip() == ""
