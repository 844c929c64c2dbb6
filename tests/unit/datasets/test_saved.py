import gc
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
import weakref
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from explorer.datasets.reading import ReadOptions, read
from explorer.datasets.saved import (
    DELETING,
    READING,
    Opened,
    deleting,
    drafting,
    fingerprint,
    list_saved,
    load,
    remove_deleted,
    save,
)
from explorer.errors import DataError, StoreError
from explorer.records import Finding, digest
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


def test_reading_again_keeps_the_contents_and_tells_the_latest(reading, workspace):
    first = reading(two_classes(), source="old")
    folder = workspace.datasets / first.dataset.fingerprint
    before = (folder / "inputs.npy").stat().st_ino
    second = reading(two_classes() | {"cat/bad.png": b"bad"}, source="new", licence="CC0")
    assert second.dataset.fingerprint == first.dataset.fingerprint
    assert (folder / "inputs.npy").stat().st_ino == before
    back = load(workspace, first.dataset.fingerprint)
    assert (back.dataset.source, back.dataset.licence) == ("new", "CC0")
    assert back.findings == second.findings != first.findings
    assert [each.name for each in workspace.datasets.iterdir()] == [folder.name]


def _cut(path):
    path.write_bytes(path.read_bytes()[:-100])


def _flipped(path):
    content = bytearray(path.read_bytes())
    content[-50] ^= 255
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("name", "damage", "opens"),
    [
        ("inputs.npy", Path.unlink, False),
        ("inputs.npy", _cut, False),
        ("inputs.npy", lambda path: path.write_bytes(b""), False),
        ("inputs.npy", _flipped, True),
        ("labels.npy", Path.unlink, False),
        ("means.npy", lambda path: path.write_bytes(b"noise"), False),
        ("about.json", lambda path: path.write_text("[]"), False),
        ("about.json", lambda path: path.write_text("{"), False),
        ("about.json", lambda path: path.write_text('{"format": 1}'), False),
    ],
)
def test_a_damaged_data_set_is_told_and_reading_it_again_mends_it(reading, workspace, name, damage, opens):
    first = reading(two_classes()).dataset
    pixels = np.array(first.inputs)
    damage(workspace.datasets / first.fingerprint / name)
    if not opens:
        with pytest.raises(DataError, match=r"is damaged .* Open its files again"):
            load(workspace, first.fingerprint)
    assert reading(two_classes()).dataset.fingerprint == first.fingerprint
    assert np.array_equal(load(workspace, first.fingerprint).dataset.inputs, pixels)
    assert [each.name for each in workspace.datasets.iterdir()] == [first.fingerprint]


def test_the_fingerprint_covers_groups_split_and_duplicates_and_is_as_ever_without(tmp_path, make_dataset):
    path = tmp_path / "inputs.npy"
    plain = make_dataset([0, 0, 1, 1])
    np.save(path, plain.inputs)
    numbers = np.array([0, 0, 1, 1])
    others = [replace(plain, duplicates=numbers), replace(plain, duplicates=np.array([0, 0, -1, -1]))]
    others += [replace(plain, groups=numbers), replace(plain, given_test=numbers > 0)]
    assert len({fingerprint(path, each) for each in [plain, *others]}) == 5
    pixels = hashlib.sha256(path.read_bytes()).hexdigest()
    linear = {name: getattr(plain.scaling, name) for name in ("low", "high", "rule")}
    texts = json.dumps([plain.class_names, plain.group_names, plain.items, linear])
    assert fingerprint(path, replace(plain, scaling=replace(plain.scaling, knee=0.1))) != fingerprint(path, plain)
    assert fingerprint(path, plain) == digest(pixels, plain.labels.tobytes(), b"", b"", texts)


def test_unknown_fingerprints_and_other_versions_are_errors(reading, workspace):
    for name in ("0123456789abcdef", "..", "", "../datasets"):
        with pytest.raises(DataError, match="There is no data set"):
            load(workspace, name)
    known = reading(two_classes()).dataset.fingerprint
    about = workspace.datasets / known / "about.json"
    about.write_text(about.read_text().replace('"format": 1', '"format": 99'))
    with pytest.raises(DataError, match="saved by another version"):
        load(workspace, known)


def test_saved_sets_are_listed_newest_first(reading, workspace):
    first = reading(two_classes()).dataset.fingerprint
    time.sleep(0.02)
    second = reading(two_classes(), size=8).dataset.fingerprint
    assert list_saved(workspace) == (second, first)
    assert list_saved(Workspace(workspace.home / "none")) == ()


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


def test_a_deleted_data_set_is_gone_with_its_folder(reading, workspace):
    made = reading(two_classes()).dataset
    with deleting(workspace, made.fingerprint):
        assert list_saved(workspace) == (), "nobody opens what goes"
    assert list(workspace.datasets.iterdir()) == []
    for name in (made.fingerprint, "..", ""):
        with pytest.raises(DataError, match="There is no data set"), deleting(workspace, name):
            pass
    assert workspace.datasets.is_dir()


def test_a_data_set_is_opened_once_and_let_go_of_when_it_was_deleted(reading, workspace):
    made = reading(two_classes()).dataset.fingerprint
    opened = Opened(2)
    assert opened(workspace, made) is opened(workspace, made)
    seen = weakref.ref(opened(workspace, made).dataset)
    with deleting(workspace, made):
        pass
    opened.let_go()
    gc.collect()
    assert seen() is None, "its memory maps would hold the room of its files"
    with pytest.raises(DataError, match="There is no data set"):
        opened(workspace, made)
    reading(two_classes())
    assert opened(workspace, made).dataset.fingerprint == made, "it was read again"


def test_a_data_set_that_is_saved_anew_is_opened_anew(reading, workspace):
    made = reading(two_classes())
    opened, name = Opened(2), made.dataset.fingerprint
    before = opened(workspace, name)
    told = replace(made, findings=(Finding("new", "A newer version sees more.", "warning"),))
    with drafting(workspace) as folder:
        np.save(folder / "inputs.npy", made.dataset.inputs)
        save(workspace, folder, told)
    assert opened(workspace, name).findings == told.findings != before.findings
    assert opened(workspace, name) is opened(workspace, name)


def test_of_many_data_sets_the_latest_stay_open(reading, workspace):
    names = [reading({**two_classes(), "cat/more.png": png(1000 + k)}).dataset.fingerprint for k in range(3)]
    opened = Opened(2)
    first = weakref.ref(opened(workspace, names[0]))
    kept = [opened(workspace, name) for name in names[1:]]
    gc.collect()
    assert first() is None
    assert [opened(workspace, name) for name in names[1:]] == kept


def test_what_a_crash_left_of_a_deletion_is_removed_and_what_goes_on_is_not(reading, workspace):
    made = reading(two_classes()).dataset
    left, young = workspace.datasets / ".deleted-left", workspace.datasets / ".deleted-young"
    for folder in (left, young):
        (folder / "abc").mkdir(parents=True)
        (folder / "abc" / "inputs.npy").write_bytes(b"some")
    os.utime(left, (time.time() - DELETING - 5,) * 2)
    for name, age in ((".reading-old", READING + 5), (".reading-young", DELETING + 5)):
        (workspace.datasets / name).mkdir()
        os.utime(workspace.datasets / name, (time.time() - age,) * 2)
    remove_deleted(workspace)
    (workspace.datasets / ".reading-young").rmdir()  # it may still go on
    assert {each.name for each in workspace.datasets.iterdir()} == {young.name, made.fingerprint}


def test_a_data_set_stays_where_what_rests_on_it_cannot_go(reading, workspace):
    made = reading(two_classes()).dataset
    with pytest.raises(StoreError, match="runs"), deleting(workspace, made.fingerprint):
        raise StoreError("A study on it runs.")
    assert load(workspace, made.fingerprint).dataset.fingerprint == made.fingerprint
    assert len(list(workspace.datasets.iterdir())) == 1


@pytest.mark.parametrize(("owner", "name"), [(Path, "rename"), (tempfile, "mkdtemp")])
def test_a_data_set_that_the_system_keeps_is_told_and_stays_with_all_that_rests_on_it(
    reading, workspace, monkeypatch, owner, name
):
    made = reading(two_classes()).dataset

    def refuse(*_, **__):
        raise PermissionError(13, "in use")

    monkeypatch.setattr(owner, name, refuse)
    begun = []
    with (
        pytest.raises(StoreError, match="cannot be deleted: in use"),
        deleting(workspace, made.fingerprint),
    ):
        begun.append(True)
    assert not begun
    assert list_saved(workspace) == (made.fingerprint,)


def test_of_a_data_set_that_is_deleted_elsewhere_while_they_are_listed_the_others_are_told(
    reading, workspace, monkeypatch
):
    made = reading(two_classes()).dataset
    gone, stat = workspace.datasets / "gone", Path.stat
    gone.mkdir()
    (gone / "about.json").touch()

    def vanished(self, **known):
        if self == gone:
            raise FileNotFoundError(self)
        return stat(self, **known)

    monkeypatch.setattr(Path, "stat", vanished)
    assert list_saved(workspace)[0] == made.fingerprint
