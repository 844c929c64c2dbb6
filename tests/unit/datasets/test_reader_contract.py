"""What every reader keeps to, whatever its file is called: all that discovery finds are held to it."""

import tempfile
from pathlib import Path

import numpy as np
import pytest

from explorer.datasets.discovery import modules
from explorer.datasets.findings import Notebook
from explorer.datasets.limits import Limits
from explorer.datasets.listings import file_listing, folder_listing
from explorer.datasets.reading import read
from explorer.datasets.saved import load
from explorer.errors import DataError
from explorer.workspace import Workspace
from tests.unit.datasets import samples
from tests.unit.datasets.making import folder_of, noise

READERS = {each.__name__.rpartition(".")[2]: each for each in modules("readers")}
IMAGES = np.stack([noise(seed) for seed in range(9)])
CLASSES = ("owl", "elk", "", "owl", "elk", "elk", "owl", "", "owl")
GIVEN = {image.tobytes(): name for image, name in zip(IMAGES, CLASSES, strict=True)}


def sample(name, folder):
    """Return the path of the source that is made for a reader."""
    make = getattr(samples, name, None)
    assert make is not None, f"tests/unit/datasets/samples.py has no function {name}: each reader needs a sample"
    folder.mkdir()
    return make(folder, IMAGES, CLASSES)


def claims(path):
    """Return how many images each reader says that it would read."""
    listing = folder_listing if path.is_dir() else file_listing
    with listing(path, Limits(), Notebook()) as found, found.closing:
        return {name: reader.recognises(found) for name, reader in READERS.items()}


def held(dataset):
    """Return the class of each image of a data set, by its pixels."""
    names = [dataset.class_names[label] if label >= 0 else "" for label in dataset.labels]
    return {pixels.tobytes(): name for pixels, name in zip(dataset.inputs, names, strict=True)}


@pytest.fixture(params=READERS)
def source(request, tmp_path):
    """Return the path of the sample of each reader in turn."""
    return sample(request.param, tmp_path / request.param)


@pytest.mark.parametrize("name", READERS)
def test_a_reader_claims_its_own_kind_of_source_and_no_other_reader_claims_as_much(name, tmp_path):
    found = claims(sample(name, tmp_path / "own"))
    assert found[name] > 0
    assert max(found, key=found.__getitem__) == name
    assert list(found.values()).count(found[name]) == 1


@pytest.mark.parametrize("name", READERS)
def test_a_reader_claims_nothing_where_there_are_no_images(name, tmp_path):
    foreign = {"notes.txt": b"who,when\nme,now\n", "a/model.bin": bytes(64), "b/film.mp4": b"\0\0\0\x18ftypmp42"}
    assert claims(folder_of(foreign, tmp_path / "foreign"))[name] == 0


def test_what_no_reader_claims_is_refused(tmp_path, workspace):
    with pytest.raises(DataError, match="holds nothing that can be read"):
        read(folder_of({"a/model.bin": bytes(64)}, tmp_path / "foreign"), workspace)
    assert list(workspace.datasets.iterdir()) == []


def test_images_and_classes_are_those_of_the_source(source, workspace):
    assert held(read(source, workspace).dataset) == GIVEN


def test_the_data_set_is_whole(source, workspace):
    dataset = read(source, workspace).dataset
    n, k = len(CLASSES), 2
    assert dataset.inputs.shape == (n, 12, 12, 1)
    assert dataset.inputs.dtype == np.uint8
    assert dataset.labels.shape == (n,)
    assert dataset.labels.dtype == np.int64
    assert set(dataset.labels.tolist()) == {-1, *range(k)}
    assert sorted(dataset.class_names) == ["elk", "owl"]
    assert len(dataset.items) == len(set(dataset.items)) == n
    assert all(dataset.items)
    assert dataset.scaling.low < dataset.scaling.high
    assert dataset.scaling.rule
    scaled = dataset.rows(np.arange(n))[:]
    assert 0 <= scaled.min() < scaled.max() <= 1
    for numbers in (dataset.groups, dataset.duplicates, dataset.given_test):
        assert numbers is None, "the source names no groups and no split, and holds no copies"
    assert dataset.name == "set"
    assert dataset.source == source.name


def test_reading_again_gives_the_same_in_another_workspace_too(source, tmp_path):
    first, second = (read(source, Workspace(tmp_path / name)) for name in ("one", "two"))
    assert second.dataset.fingerprint == first.dataset.fingerprint
    assert second.findings == first.findings
    assert second.dataset.items == first.dataset.items
    again = read(source, Workspace(tmp_path / "one"))
    assert again.dataset.fingerprint == first.dataset.fingerprint
    assert load(Workspace(tmp_path / "one"), first.dataset.fingerprint).findings == first.findings


def test_nothing_is_written_outside_of_the_workspace(source, tmp_path, monkeypatch):
    for name in ("here", "temporary"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    before = contents(tmp_path)
    read(source, Workspace(tmp_path / "workspace"))
    outside = {path: kept for path, kept in contents(tmp_path).items() if path.parts[0] != "workspace"}
    assert outside == before


def contents(root: Path):
    """Return everything below a folder with its bytes and the time of its last change."""
    return {
        path.relative_to(root): (path.stat().st_mtime_ns, path.read_bytes() if path.is_file() else b"")
        for path in root.rglob("*")
    }


@pytest.mark.parametrize("kept", [0.3, 0.7])
def test_a_source_that_was_cut_short_is_refused_or_its_whole_images_are_read(source, kept, workspace):
    for path in [source] if source.is_file() else source.rglob("*.png"):
        path.write_bytes(path.read_bytes()[: int(kept * path.stat().st_size)])
    try:
        reading = read(source, workspace)
    except DataError as error:
        assert str(error).endswith(".")  # noqa: PT017 - either end is right
        assert list(workspace.datasets.iterdir()) == []
        return
    assert held(reading.dataset).items() <= GIVEN.items()
    assert len(reading.dataset) == len(CLASSES) or any(each.severity == "warning" for each in reading.findings)
