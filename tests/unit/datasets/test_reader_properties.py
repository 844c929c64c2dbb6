import tempfile
from pathlib import Path

import numpy as np
import pytest
import tifffile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explorer.datasets.names import Matcher, is_unsafe, natural
from explorer.datasets.reading import ReadOptions, read
from explorer.errors import DataError
from explorer.workspace import Workspace
from tests.unit.datasets.making import encoded, folder_of, noise, zip_of

FEW = settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
LETTERS = st.characters(categories=("Lu", "Ll", "Nd", "Lo"), codec="utf-8")
WORDS = st.text(LETTERS, min_size=1, max_size=8).filter(lambda word: word.isprintable())
CLASSES = st.lists(WORDS, min_size=2, max_size=4, unique_by=lambda word: word.casefold())


@st.composite
def class_folders(draw):
    """Return ({name: bytes}, {name: (class, height, width)})."""
    files, facts = {}, {}
    for number, kind in enumerate(draw(CLASSES)):
        for index in range(draw(st.integers(1, 3))):
            height, width = draw(st.integers(2, 20)), draw(st.integers(2, 20))
            name = f"{kind}/{index}{draw(WORDS)}.png"
            files[name] = encoded(noise(100 * number + index, height, width))
            facts[name] = (kind, height, width)
    return files, facts


@given(class_folders(), st.sampled_from(["pad", "stretch"]), st.none() | st.integers(4, 24))
@FEW
def test_names_labels_and_sizes_are_those_of_the_files_however_they_come(made, fit, size):
    from explorer.datasets.names import tidy

    files, facts = made
    with tempfile.TemporaryDirectory() as home:
        root = Path(home)
        workspace = Workspace(root / "workspace")
        options = ReadOptions(size=size, fit=fit)
        loose = read(folder_of(files, root / "set"), workspace, options)
        packed = read(zip_of(files, root / "set.zip"), workspace, options)
        assert loose.dataset.fingerprint == packed.dataset.fingerprint
        dataset = loose.dataset
        expected = {tidy(name): (tidy(kind), height, width) for name, (kind, height, width) in facts.items()}
        assert set(dataset.items) == set(expected)
        for row, item in enumerate(dataset.items):
            kind = dataset.class_names[dataset.labels[row]]
            assert (kind, *loose.sizes[row].tolist()) == expected[item]
        assert dataset.inputs.shape[1] == dataset.inputs.shape[2] == (size or dataset.inputs.shape[1])
        assert {each.name for each in root.iterdir()} == {"set", "set.zip", "workspace"}


PARTS = st.sampled_from(["..", ".", "a", "b", "C:", "", "\\", "x.png", "__MACOSX", "~", "CON", "a b"])


@given(st.dictionaries(st.lists(PARTS, min_size=1, max_size=4).map("/".join), st.binary(max_size=40), max_size=6))
@FEW
def test_no_archive_writes_outside_of_the_workspace_or_ends_in_a_traceback(files):
    good = {f"{kind}/{k}.png": encoded(noise(k)) for kind in ("p", "q") for k in range(2)}
    files = {name: content for name, content in files.items() if name} | good
    with tempfile.TemporaryDirectory() as home:
        root = Path(home) / "deep" / "er"
        root.mkdir(parents=True)
        result = read(zip_of(files, root / "set.zip"), Workspace(root / "workspace"))
        assert set(good) <= set(result.dataset.items)
        outside = {each for each in Path(home).rglob("*") if root / "workspace" not in [each, *each.parents]}
        assert outside == {root.parent, root, root / "set.zip"}


def valid_files(folder):
    """Return {name: bytes} of one whole file of each kind."""
    images = np.stack([noise(k) for k in range(6)])
    np.savez_compressed(folder / "x.npz", images=images, labels=np.arange(6) % 2)
    np.save(folder / "x.npy", images)
    tifffile.imwrite(folder / "x.tif", images, compression="zlib")
    rows = "".join(f"{k}.png,{'ab'[k % 2]}\n" for k in range(6))
    zip_of(
        {f"{k}.png": encoded(noise(k)) for k in range(6)} | {"t.csv": f"filename,label\n{rows}".encode()},
        folder / "x.zip",
    )
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@given(
    st.sampled_from(["x.npz", "x.npy", "x.tif", "x.zip"]),
    st.lists(st.tuples(st.floats(0, 0.999), st.integers(1, 255)), max_size=4),
    st.floats(0.2, 1),
)
@settings(FEW, max_examples=40)
def test_a_damaged_file_is_read_in_part_or_a_clear_error(name, flips, kept):
    with tempfile.TemporaryDirectory() as home:
        whole = Path(home) / "whole"
        whole.mkdir()
        content = bytearray(valid_files(whole)[name])
        for place, bits in flips:
            content[int(place * len(content))] ^= bits
        folder = folder_of(
            {name: bytes(content[: int(kept * len(content))]), "x.csv": b"label\n" + b"a\nb\n" * 3}, Path(home) / "d"
        )
        try:
            assert len(read(folder / name, Workspace(Path(home) / "w")).dataset) > 0
        except DataError as error:
            assert len(str(error)) > 20  # noqa: PT017 - both ends are fine, a traceback is not


@given(st.lists(st.binary(min_size=0, max_size=200), min_size=1, max_size=3))
@FEW
def test_any_table_is_read_or_a_clear_error(contents):
    files = {f"{k}.png": encoded(noise(k)) for k in range(4)}
    rows = b"filename,label\n0.png,a\n1.png,b\n"
    with tempfile.TemporaryDirectory() as home:
        folder = folder_of(files | {"t.csv": rows + b"".join(contents)}, Path(home) / "set")
        told = ""
        try:
            assert {"0.png", "1.png"} & set(read(folder, Workspace(Path(home) / "workspace")).dataset.items)
        except DataError as error:
            told = str(error)
        assert not told or "t.csv" in told or "class" in told


@given(st.lists(st.integers(0, 10**6), max_size=20))
def test_numbers_in_names_sort_as_numbers(numbers):
    names = [f"image{number}.png" for number in numbers]
    assert sorted(names, key=natural) == [f"image{number}.png" for number in sorted(numbers)]


@given(st.text(max_size=30))
def test_a_safe_name_stays_below_any_folder(name):
    if not is_unsafe(name):
        assert Path("/root/x", name).resolve().is_relative_to("/root/x")


@given(st.lists(WORDS, min_size=1, max_size=8, unique_by=str.casefold))
def test_a_matcher_finds_each_item_by_its_own_name(words):
    names = [f"folder/{word}.png" for word in words]
    matcher = Matcher(names)
    assert [matcher.find(name) for name in names] == names
    assert matcher.find("folder/absent-name.png") is None


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("p1/0.png", "p1/0.png"),
        ("set/p1/0.png", "p1/0.png"),
        ("b/0.png", "deep/b/0.png"),
        ("B/0.jpg", "deep/b/0.png"),
        ("p3/0.png", "0.png"),  # the root may lie below what the table was written from
        ("p1/1.png", None),
        ("p9/2.png", None),
        ("0.png", "0.png"),
        ("2.png", "p2/2.png"),
        ("1", None),
        ("p2\\2", "p2/2.png"),
        ("./p2//2.png", "p2/2.png"),
        ("x/0.png", "x/0.png"),
        ("q/x/0.png", "q/x/0.png"),
    ],
)
def test_a_matcher_passes_over_outer_folders_but_never_over_one_that_differs(asked, meant):
    items = ["0.png", "p1/0.png", "p2/2.png", "deep/b/0.png", "p5/1.png", "p6/1.png", "x/0.png", "q/x/0.png"]
    assert Matcher(items).find(asked) == meant


def test_a_matcher_finds_one_among_fifty_thousand_in_no_time():
    import time

    names = [f"plate {i // 5}/{i % 5}.png" for i in range(50_000)]
    start = time.process_time()
    matcher = Matcher(names)
    assert [matcher.find(f"/data/set/{name}") for name in names] == names
    assert time.process_time() - start < 5


def test_scaling_stays_within_the_unit_range_for_any_data(tmp_path):
    for seed in range(5):
        values = np.random.default_rng(seed).standard_cauchy((20, 8, 8)) * 10**seed
        np.savez(tmp_path / "x.npz", images=values, labels=np.arange(20) % 2)
        dataset = read(tmp_path / "x.npz", Workspace(tmp_path / "w")).dataset
        scaled = dataset.scaling.apply(dataset.inputs)
        assert scaled.min() >= 0
        assert scaled.max() <= 1
        assert scaled.std() > 0.01
