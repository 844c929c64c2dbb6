"""The readers of .npz, .npy and TIFF stacks."""

import io

import numpy as np
import pytest
import tifffile

from explorer.datasets.limits import Limits
from explorer.errors import DataError

DRAW = np.random.default_rng(0)
GREY = DRAW.integers(0, 256, (12, 10, 10), dtype=np.uint8)
LABELS = np.array([0, 1, 2] * 4)


@pytest.fixture
def npz(tmp_path, reading):
    def run(compressed=True, limits=None, **arrays):
        path = tmp_path / "set.npz"
        (np.savez_compressed if compressed else np.savez)(path, **arrays)
        return reading(path, **({"limits": limits} if limits else {}))

    return run


@pytest.mark.parametrize("compressed", [False, True])
def test_images_and_labels_are_read(compressed, npz):
    dataset = npz(compressed, images=GREY, labels=LABELS).dataset
    assert np.array_equal(dataset.inputs[:, :, :, 0], GREY)
    assert dataset.labels.tolist() == LABELS.tolist()
    assert dataset.class_names == ("0", "1", "2")
    assert dataset.items[:2] == ("00000", "00001")


@pytest.mark.parametrize(
    ("shape", "stored"),
    [
        ((12, 10, 10), (10, 10, 1)),
        ((12, 10, 10, 1), (10, 10, 1)),
        ((12, 10, 10, 3), (10, 10, 3)),
        ((12, 3, 10, 10), (10, 10, 3)),
        ((12, 5, 10, 10), (10, 10, 5)),
        ((12, 10, 10, 5), (10, 10, 5)),
        ((12, 1, 10, 10), (10, 10, 1)),
        ((12, 2, 16, 10), (16, 16, 2)),
    ],
)
def test_channels_are_found_first_or_last(shape, stored, npz):
    images = DRAW.integers(0, 256, shape, dtype=np.uint8)
    dataset = npz(images=images, labels=LABELS).dataset
    assert dataset.inputs.shape == (12, *stored)
    if shape[1] < 10 and shape[2] == 10:
        assert np.array_equal(dataset.inputs, np.moveaxis(images, 1, 3))


@pytest.mark.parametrize(
    ("values", "kind", "low", "high"),
    [
        (GREY.astype(bool), "uint8", 0, 255),
        (GREY.astype(np.int64), "uint8", 0, 255),
        (GREY.astype(np.int64) * 200, "uint16", int(GREY.min()) * 200, int(GREY.max()) * 200),
        (GREY.astype(np.uint16) * 16, "uint16", int(GREY.min()) * 16, int(GREY.max()) * 16),
        (GREY.astype(np.float64) / 255, "float32", 0, 1),
        (GREY.astype(np.float16), "float32", GREY.min(), GREY.max()),
        (GREY.astype(np.int32) - 128, "float32", int(GREY.min()) - 128, int(GREY.max()) - 128),
    ],
)
def test_any_type_of_number_is_kept_as_one_of_three(values, kind, low, high, npz):
    dataset = npz(images=values, labels=LABELS).dataset
    assert dataset.inputs.dtype == kind
    assert (dataset.scaling.low, dataset.scaling.high) == (low, high)
    scaled = dataset.scaling.apply(dataset.inputs)
    assert scaled.min() >= 0
    assert scaled.max() <= 1


@pytest.mark.parametrize(
    ("labels", "names", "numbers"),
    [
        (LABELS[:, None], ("0", "1", "2"), LABELS),
        (np.eye(3)[LABELS], ("0", "1", "2"), LABELS),
        (np.array(["x", "y", ""] * 4), ("x", "y"), [0, 1, -1] * 4),
        (np.array([b"x", b"y", b"z"] * 4), ("x", "y", "z"), LABELS),
        (np.array([3, 7, -1] * 4), ("3", "7"), [0, 1, -1] * 4),
        (np.array([1.0, 2.0, np.nan] * 4), ("1", "2"), [0, 1, -1] * 4),
        (LABELS.astype(bool), ("0", "1"), LABELS.astype(bool)),
        (LABELS.astype(np.uint8), ("0", "1", "2"), LABELS),
    ],
)
def test_labels_come_in_many_forms(labels, names, numbers, npz):
    dataset = npz(images=GREY, labels=labels).dataset
    assert dataset.class_names == names
    assert dataset.labels.tolist() == list(np.asarray(numbers, int))


def test_groups_split_names_and_class_names_are_kept(npz):
    dataset = npz(
        images=GREY,
        labels=LABELS,
        groups=np.arange(12) // 3,
        split=np.array(["train"] * 9 + ["test"] * 3),
        class_names=np.array(["zebra", "ant", "bee"]),
        items=np.array([f"im{i}" for i in range(12)]),
    ).dataset
    assert dataset.class_names == ("zebra", "ant", "bee")
    assert dataset.labels.tolist() == LABELS.tolist()
    assert dataset.groups.tolist() == (np.arange(12) // 3).tolist()
    assert dataset.given_test.tolist() == [False] * 9 + [True] * 3
    assert dataset.items[11] == "im11"


def test_the_layout_of_medmnist_keeps_its_test_split(npz):
    arrays = {}
    for part, n in (("train", 9), ("val", 3), ("test", 6)):
        arrays[f"{part}_images"] = DRAW.integers(0, 256, (n, 28, 28, 3), dtype=np.uint8)
        arrays[f"{part}_labels"] = (np.arange(n) % 3)[:, None]
    dataset = npz(**arrays).dataset
    assert dataset.inputs.shape == (18, 28, 28, 3)
    assert dataset.given_test.tolist() == [False] * 12 + [True] * 6
    assert np.array_equal(dataset.inputs[12:], arrays["test_images"])


def test_an_array_that_is_not_needed_is_told(npz, found):
    assert found(npz(images=GREY, labels=LABELS, weights=LABELS), "unused-array").items == ("weights",)


def test_fortran_order_is_read(npz):
    assert np.array_equal(npz(images=np.asfortranarray(GREY), labels=LABELS).dataset.inputs[:, :, :, 0], GREY)


@pytest.mark.parametrize(
    ("arrays", "match"),
    [
        ({"images": GREY}, r"holds no array 'labels'; it has images"),
        ({"labels": LABELS}, r"holds no array 'images'; it has labels"),
        ({"images": GREY, "labels": LABELS[:5]}, r"has shape \(5,\), but there are 12 images"),
        ({"images": GREY.reshape(12, 100), "labels": LABELS}, r"has shape \(12, 100\). Images have shape"),
        ({"images": GREY[:0], "labels": LABELS[:0]}, r"has shape \(0, 10, 10\)"),
        ({"images": GREY.astype(complex), "labels": LABELS}, r"complex128, which are no pixels"),
        ({"images": GREY.astype(str), "labels": LABELS}, r"which are no pixels"),
        ({"images": GREY, "labels": np.ones((12, 3))}, r"several labels per image"),
        (
            {"images": GREY, "labels": LABELS, "class_names": np.array(["a", "b"])},
            r"holds 2, but there are 2 class names",
        ),
        (
            {"images": GREY, "labels": LABELS, "class_names": np.array(["a", "b", "a "])},
            r"'a' 2 times. Give each class",
        ),
        ({"images": GREY, "labels": LABELS, "class_names": np.array(["a", " ", "b"])}, r"a name of no letters"),
        ({"images": GREY, "labels": LABELS * 0}, r"only one class, '0'"),
        ({"images": GREY, "labels": LABELS * 0 - 1}, r"no labels at all"),
        ({"images": GREY.astype(object), "labels": LABELS}, r"Python objects, which can run code"),
        ({"images": GREY, "labels": LABELS.astype(object)}, r"Python objects, which can run code"),
    ],
)
def test_arrays_that_do_not_fit_are_an_error(arrays, match, npz):
    with pytest.raises(DataError, match=match):
        npz(**arrays)


def test_nan_images_are_left_out(npz, found):
    images = GREY.astype(np.float32)
    images[3, 0, 0] = np.nan
    result = npz(images=images, labels=LABELS)
    assert found(result, "nan-pixels").items == ("00003",)
    assert len(result.dataset) == 11


def test_an_array_beyond_the_limits_is_refused_before_it_is_read(npz):
    with pytest.raises(DataError, match=r"has shape \(12, 10, 10\), 0.0 GB"):
        npz(images=GREY, labels=LABELS, limits=Limits(array_bytes=1000))


def _claiming(shape) -> bytes:
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(file, {"descr": "|u1", "fortran_order": False, "shape": shape})
    return file.getvalue()


@pytest.mark.parametrize("shape", [(10**12, 10, 10), (12, 40_000, 40_000), (12, 10, 10)])
def test_a_header_that_lies_is_an_error(shape, tmp_path, reading):
    (tmp_path / "x.npy").write_bytes(_claiming(shape) + b"12345")
    (tmp_path / "x.csv").write_text("label\n" + "a\nb\n" * 6)
    with pytest.raises(DataError, match=r"at most 8 are read|cut short"):
        reading(tmp_path / "x.npy")


@pytest.mark.parametrize("content", [b"", b"no numpy", b"\x93NUMPY\x01\x00v\x00{'descr': __import__('os')}"])
def test_a_damaged_array_is_an_error(content, tmp_path, reading):
    (tmp_path / "x.npy").write_bytes(content)
    (tmp_path / "x.csv").write_text("label\na\nb\n")
    with pytest.raises(DataError, match=r"no readable numpy array|nothing that can be read"):
        reading(tmp_path / "x.npy")


def test_a_damaged_npz_is_an_error(tmp_path, reading):
    np.savez(tmp_path / "x.npz", images=GREY, labels=LABELS)
    whole = (tmp_path / "x.npz").read_bytes()
    for cut in (10, 500, len(whole) - 30):
        (tmp_path / "x.npz").write_bytes(whole[:cut])
        with pytest.raises(DataError, match=r"not a readable .npz"):
            reading(tmp_path / "x.npz")


def test_a_flipped_bit_is_an_error(tmp_path, reading):
    np.savez(tmp_path / "x.npz", images=GREY, labels=LABELS)
    whole = bytearray((tmp_path / "x.npz").read_bytes())
    whole[600] ^= 255
    (tmp_path / "x.npz").write_bytes(bytes(whole))
    with pytest.raises(DataError, match=r"damaged"):
        reading(tmp_path / "x.npz")


# ---- .npy and stacks with a table ------------------------------------------------------------------------------

TABLE = "filename,label,group\n" + "".join(f"cell{i},{'ab'[i % 2]},g{i // 4}\n" for i in range(12))


def test_an_npy_and_a_table_are_read_from_file_folder_and_beside(tmp_path, reading):
    np.save(tmp_path / "x.npy", GREY)
    (tmp_path / "x.csv").write_text(TABLE)
    dataset = reading(tmp_path / "x.npy").dataset
    assert np.array_equal(dataset.inputs[:, :, :, 0], GREY)
    assert dataset.items[3] == "cell3"
    assert dataset.labels.tolist() == [0, 1] * 6
    assert dataset.group_names == ("g0", "g1", "g2")
    file = io.BytesIO()
    np.save(file, GREY)
    assert reading({"a.npy": file.getvalue(), "b.csv": TABLE.encode()}).dataset.fingerprint == dataset.fingerprint


def test_a_column_of_image_numbers_puts_rows_in_order(tmp_path, reading):
    np.save(tmp_path / "x.npy", GREY)
    rows = [f"{i + 1},{'ab'[i % 2]}\n" for i in range(12)]
    (tmp_path / "x.csv").write_text("index,label\n" + "".join(rows[::-1]))
    assert reading(tmp_path / "x.npy").dataset.labels.tolist() == [0, 1] * 6
    (tmp_path / "x.csv").write_text("index,label\n" + "".join(["5,a\n", *rows[1:]]))
    with pytest.raises(DataError, match=r"does not count every image once"):
        reading(tmp_path / "x.npy")


def test_a_table_of_another_length_is_an_error(tmp_path, reading):
    np.save(tmp_path / "x.npy", GREY)
    (tmp_path / "x.csv").write_text(TABLE + "more,a,g\n")
    with pytest.raises(DataError, match=r"x.csv has 13 rows, but x.npy holds 12 images"):
        reading(tmp_path / "x.npy")


def test_an_array_without_a_table_is_an_error(tmp_path, reading):
    np.save(tmp_path / "x.npy", GREY)
    with pytest.raises(DataError, match=r"There is no table beside x.npy"):
        reading(tmp_path / "x.npy")


STACKS = {
    "pages": (GREY, {}),
    "imagej-time": (GREY.astype(np.uint16), {"imagej": True, "metadata": {"axes": "TYX"}}),
    "imagej-slices": (GREY.astype(np.uint16), {"imagej": True, "metadata": {"axes": "ZYX"}}),
    "compressed": (GREY, {"compression": "zlib"}),
    "rgb": (np.stack([GREY] * 3, axis=3), {"photometric": "rgb"}),
    "planar": (np.stack([GREY] * 3, axis=1), {"photometric": "rgb", "planarconfig": "separate"}),
    "two-channels": (
        np.stack([GREY, GREY[::-1]], axis=1).astype(np.uint16),
        {"imagej": True, "metadata": {"axes": "TCYX"}},
    ),
    "float": (GREY.astype(np.float32), {}),
}


@pytest.mark.parametrize("case", STACKS)
def test_a_tiff_of_many_images_and_a_table_are_read(case, tmp_path, reading):
    values, options = STACKS[case]
    tifffile.imwrite(tmp_path / "x.tif", values, **options)
    (tmp_path / "x.csv").write_text(TABLE)
    dataset = reading(tmp_path / "x.tif").dataset
    first = values.ndim == 4 and values.shape[1] < 4
    expected = np.moveaxis(values, 1, 3) if first else values
    assert np.array_equal(dataset.inputs, expected.reshape(dataset.inputs.shape))
    assert dataset.inputs.dtype == values.dtype
    assert dataset.labels.tolist() == [0, 1] * 6


def test_a_stack_of_another_length_than_its_table_is_an_error(tmp_path, reading):
    tifffile.imwrite(tmp_path / "x.tif", GREY[:7])
    (tmp_path / "x.csv").write_text(TABLE)
    with pytest.raises(DataError, match=r"x.csv has 12 rows, but x.tif holds 7 images"):
        reading(tmp_path / "x.tif")


def test_a_damaged_stack_is_an_error(tmp_path, reading):
    tifffile.imwrite(tmp_path / "x.tif", GREY)
    (tmp_path / "x.csv").write_text(TABLE)
    (tmp_path / "x.tif").write_bytes((tmp_path / "x.tif").read_bytes()[:60])
    with pytest.raises(DataError, match=r"x\.tif|no image that"):
        reading(tmp_path / "x.tif")
