"""Files made to harm, and limits that hold before memory is taken."""

import io
import zipfile

import numpy as np
import pytest
import tifffile

from explorer.datasets import archives, tables
from explorer.datasets.limits import Limits
from explorer.datasets.names import natural
from explorer.datasets.scaling import Range, choose
from explorer.errors import DataError
from tests.unit.datasets.making import noise, png, two_classes, zip_of

TABLE = b"filename,label\n" + b"".join(f"{k}.png,{'ab'[k % 2]}\n".encode() for k in range(6))
FLAT = {f"{k}.png": png(k) for k in range(6)}
ROWS = b"label\n" + b"a\nb\n" * 3


def npy(shape: str, data: bytes = b"") -> bytes:
    """Return a .npy of version 1 whose header claims a shape, as written."""
    header = f"{{'descr': '|u1', 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + data


def ome_naming(path) -> bytes:
    """Return an OME-TIFF of one page whose XML says that its second image lies at `path`."""
    plane = '<TiffData IFD="0" FirstT="{t}" PlaneCount="1"><UUID FileName="{name}">urn:uuid:{t}</UUID></TiffData>'
    planes = plane.format(t=0, name="x.tif") + plane.format(t=1, name=path)
    ome = (
        '<?xml version="1.0" encoding="UTF-8"?><OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06" '
        'UUID="urn:uuid:0"><Image ID="Image:0"><Pixels ID="P:0" DimensionOrder="XYCZT" Type="uint8" SizeX="12" '
        f'SizeY="12" SizeC="1" SizeZ="1" SizeT="2">{planes}</Pixels></Image></OME>'
    )
    file = io.BytesIO()
    tifffile.imwrite(file, noise(1), description=ome, metadata=None)
    return file.getvalue()


def test_a_tiff_never_opens_another_file_that_it_names(tmp_path, reading, monkeypatch):
    secret = tmp_path / "secret.tif"
    tifffile.imwrite(secret, np.full((12, 12), 77, np.uint8))
    content = ome_naming(secret)
    (tmp_path / "bare.tif").write_bytes(content)
    with tifffile.TiffFile(tmp_path / "bare.tif") as bare:
        assert (bare.asarray() == 77).all(axis=(-1, -2)).any()
    dataset = reading(two_classes() | {"cat/x.tif": content}).dataset
    assert not (dataset.inputs[:] == 77).all(axis=(1, 2, 3)).any()
    assert np.array_equal(dataset.inputs[dataset.items.index("cat/x.tif")][:, :, 0], noise(1))


# ---- limits ----------------------------------------------------------------------------------------------------


def test_images_of_an_array_count_like_files(tmp_path, reading):
    np.savez(tmp_path / "x.npz", images=noise(0, 20 * 8, 8).reshape(20, 8, 8), labels=np.arange(20) % 2)
    assert len(reading(tmp_path / "x.npz", limits=Limits(images=20)).dataset) == 20
    with pytest.raises(DataError, match="20 images; at most 19 are read"):
        reading(tmp_path / "x.npz", limits=Limits(images=19))
    with pytest.raises(DataError, match="12 images; at most 11 are read"):
        reading(two_classes(), limits=Limits(images=11))


def test_a_set_too_large_at_its_size_names_the_size_that_fits(reading):
    limits = Limits(array_bytes=12 * 20 * 20)
    assert reading(two_classes(), limits=limits, size=20).dataset.inputs.shape[1] == 20
    with pytest.raises(DataError, match="Choose an image size of at most 20 px"):
        reading(two_classes(), limits=limits, size=21)


def test_an_npz_bomb_is_refused(tmp_path, reading, monkeypatch):
    monkeypatch.setattr(archives, "_LARGE", 100_000)
    np.savez_compressed(tmp_path / "x.npz", images=np.zeros((100, 64, 64), np.uint8), labels=np.arange(100) % 2)
    with pytest.raises(DataError, match="times its size, as zip bombs do"):
        reading(tmp_path / "x.npz")


def test_an_image_file_larger_than_any_image_is_left_out_unread(reading, found):
    files = two_classes() | {"cat/big.png": png(1) + bytes(6_000_000)}
    result = reading(files, limits=Limits(image_bytes=1_000_000))
    assert found(result, "large-image").items == ("cat/big.png",)


# ---- damage ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", ["(((", "(-5, 8, 8)", "(6, 8", "'x'", "(10**9,)"])
def test_a_header_of_nonsense_is_an_error(shape, reading, tmp_path):
    files = {"x.npy": npy(shape, bytes(400)), "x.csv": ROWS}
    with pytest.raises(DataError, match=r"x\.npy"):
        reading(files)


@pytest.mark.parametrize("at", [0, 5, 40])
def test_an_npz_of_damaged_packing_is_an_error(at, reading, tmp_path):
    images = noise(0, 60, 8).reshape(6, 10, 8)
    np.savez_compressed(tmp_path / "x.npz", images=images, labels=np.arange(6) % 2)
    with zipfile.ZipFile(tmp_path / "x.npz") as archive:
        start = archive.getinfo("images.npy").header_offset + 30 + len("images.npy") + 20
    content = bytearray((tmp_path / "x.npz").read_bytes())
    content[start + at : start + at + 8] = b"\xff" * 8
    (tmp_path / "x.npz").write_bytes(bytes(content))
    with pytest.raises(DataError, match="images"):
        reading(tmp_path / "x.npz")


@pytest.mark.parametrize("harm", ["deflate", "method"])
def test_a_table_that_cannot_be_unpacked_is_an_error(harm, reading, tmp_path):
    path = zip_of(FLAT | {"t.csv": TABLE}, tmp_path / "x.zip")
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        at = archive.getinfo("t.csv").header_offset
    if harm == "deflate":
        content[at + 35 : at + 55] = b"\xff" * 20
    else:
        content[at + 8] = 99
        content[content.index(b"t.csv", content.index(b"PK\1\2")) - 46 + 10] = 99
    path.write_bytes(bytes(content))
    with pytest.raises(DataError):
        reading(path)


def test_labels_of_thousands_of_digits_are_read(reading):
    table = TABLE.replace(b",a", b"," + b"9" * 5000)
    assert len(reading(FLAT | {"t.csv": table}).dataset.class_names) == 2
    assert sorted(["9" * 5000, "10", "9", "x2", "007", "7"], key=natural)[:4] == ["007", "7", "9", "10"]


def test_one_hot_pixel_does_not_make_dark_values_fill_the_unit_range():
    draw = np.random.default_rng(0)
    for top, taken in ((0.01, False), (1.0, True)):
        values = Range(20)
        for _ in range(20):
            values.add((draw.random((16, 16, 1)) * top).astype(np.float32))
        values.add(np.where(np.arange(256).reshape(16, 16, 1) == 3, np.float32(0.6), np.float32(0)))
        assert (choose("float32", values).high == 1.0) == taken


def test_a_table_is_parsed_once_and_its_rows_are_bounded(reading, monkeypatch):
    parsed = []
    whole = tables._parsed
    monkeypatch.setattr(tables, "_parsed", lambda *given: parsed.append(given[0]) or whole(*given))
    files = FLAT | {"t.csv": TABLE, "notes.txt": b"hello\n" * 50}
    reading(files)
    assert parsed == ["t.csv"]
    with pytest.raises(DataError, match="more than 10 rows"):
        reading(files | {"t.csv": TABLE + b"9.png,a\n" * 5}, limits=Limits(files=10))
