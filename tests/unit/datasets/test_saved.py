import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import pytest

from explorer.datasets.reading import ReadOptions, read
from explorer.datasets.saved import list_saved, load
from explorer.datasets.thumbnails import picture, thumbnail
from explorer.errors import DataError
from explorer.records import Scaling
from explorer.workspace import Workspace
from tests.unit.datasets.making import folder_of, png, two_classes


def test_what_is_saved_is_loaded_memory_mapped_and_read_only(reading, workspace):
    made = reading(two_classes() | {"cat/bad.png": b"bad"})
    back = load(workspace, made.dataset.fingerprint)
    assert isinstance(back.dataset.inputs, np.memmap)
    assert not back.dataset.inputs.flags.writeable
    assert not back.dataset.labels.flags.writeable
    assert np.array_equal(back.dataset.inputs, made.dataset.inputs)
    assert np.array_equal(back.dataset.labels, made.dataset.labels)
    for name in ("items", "class_names", "scaling", "fingerprint", "name", "source", "kind"):
        assert getattr(back.dataset, name) == getattr(made.dataset, name)
    assert back.findings == made.findings
    assert np.array_equal(back.sizes, made.sizes)


def test_sizes_and_means_are_those_of_the_original_images(reading):
    files = {f"{name}/{k}.png": png(k, 10 + k, 20) for name in "ab" for k in range(3)}
    made = reading(files)
    assert made.sizes.tolist() == [[10, 20], [11, 20], [12, 20]] * 2
    scaled = made.dataset.scaling.apply(made.dataset.inputs).mean(axis=(1, 2, 3))
    assert np.abs(made.means - scaled).max() < 0.2


def test_groups_duplicates_and_split_survive(tmp_path, reading, workspace):
    copies = {"cat/copy.png": png(0)}
    table = tmp_path / "g.csv"
    table.write_text("filename,group\n" + "\n".join(f"{name},p" for name in two_classes()))
    made = reading(two_classes() | copies, groups_file=table).dataset
    back = load(workspace, made.fingerprint).dataset
    assert back.duplicates[back.items.index("cat/copy.png")] == back.duplicates[back.items.index("cat/0.png")] >= 0
    assert np.array_equal(back.groups, made.groups)
    assert back.group_names == made.group_names


def test_the_fingerprint_changes_with_every_part_of_the_contents(tmp_path, workspace):
    files = two_classes()
    others = [
        files,
        {name.replace("dog/3", "cat/9"): content for name, content in files.items()},
        {name.replace("dog", "fox"): content for name, content in files.items()},
        files | {"dog/3.png": png(999)},
    ]
    folders = [folder_of(each, tmp_path / str(k)) for k, each in enumerate(others)]
    prints = {read(folder, workspace).dataset.fingerprint for folder in folders}
    prints.add(read(folders[0], workspace, ReadOptions(size=10)).dataset.fingerprint)
    assert len(prints) == 5


def test_reading_again_changes_nothing_on_disk(reading, workspace):
    first = reading(two_classes()).dataset.fingerprint
    about = workspace.datasets / first / "about.json"
    before = about.stat().st_mtime_ns
    assert reading(two_classes()).dataset.fingerprint == first
    assert about.stat().st_mtime_ns == before
    assert [each.name for each in workspace.datasets.iterdir()] == [first]


def test_unknown_fingerprints_and_other_versions_are_errors(reading, workspace):
    for name in ("0123456789abcdef", "..", "", "../datasets"):
        with pytest.raises(DataError, match="There is no data set"):
            load(workspace, name)
    fingerprint = reading(two_classes()).dataset.fingerprint
    about = workspace.datasets / fingerprint / "about.json"
    about.write_text(about.read_text().replace('"format": 1', '"format": 99'))
    with pytest.raises(DataError, match="saved by another version"):
        load(workspace, fingerprint)


def test_saved_sets_are_listed_newest_first(reading, workspace):
    first = reading(two_classes()).dataset.fingerprint
    time.sleep(0.02)
    second = reading(two_classes(), size=8).dataset.fingerprint
    assert list_saved(workspace) == (second, first)
    assert list_saved(Workspace(workspace.home / "none")) == ()


def test_thumbnails_are_small_and_follow_the_scaling(reading):
    dataset = reading({f"{name}/{k}.png": png(k, 128, 128) for name in "ab" for k in range(2)}).dataset
    assert picture(dataset, 0).shape == (96, 96, 3)
    assert thumbnail(dataset, 0)[:4] == b"\x89PNG"
    darker = replace(dataset, scaling=Scaling(0, 510, ""))
    assert picture(darker, 0).mean() == pytest.approx(picture(dataset, 0).mean() / 2, abs=1)


def test_channels_are_laid_over_each_other_in_colors(make_dataset):
    inputs = np.zeros((2, 4, 4, 2), np.uint8)
    inputs[0, :, :, 0] = 255
    inputs[1, :, :, 1] = 255
    dataset = make_dataset([0, 1], inputs=inputs)
    assert picture(dataset, 0)[0, 0].tolist() == [0, 255, 0]
    assert picture(dataset, 1)[0, 0].tolist() == [255, 0, 255]


def test_reading_imports_nothing_heavy(tmp_path):
    folder = folder_of(two_classes(), tmp_path / "data")
    script = (
        "import sys, pathlib; from explorer.datasets.reading import read; from explorer.workspace import Workspace;"
        f"read(pathlib.Path({str(folder)!r}), Workspace(pathlib.Path({str(tmp_path / 'w')!r})));"
        "heavy = {'torch', 'sklearn', 'skimage', 'scipy', 'pandas', 'distributed', 'streamlit'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    out = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


def test_speed_leaves_the_promised_rate_far_behind_it(tmp_path, workspace):
    """The promise is 500 images of 64 × 64 a second on one core; a busy machine may take five times as long."""
    files = {f"{'ab'[k % 2]}/{k}.png": png(k, 64, 64, 3) for k in range(500)}
    folder = folder_of(files, tmp_path / "data")
    start = time.process_time()
    read(folder, workspace, ReadOptions())
    assert 500 / (time.process_time() - start) > 100
