"""Everything bad that people give ends in a finding or in one clear DataError."""

import io
import os
import stat
import struct
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest
import tifffile

from explorer.datasets import archives
from explorer.datasets.limits import Limits
from explorer.datasets.reading import read
from explorer.errors import DataError
from tests.unit.datasets.making import encoded, noise, png, two_classes, zip_of

GOOD = two_classes()
ITEMS = tuple(sorted(GOOD))


def png_header(width: int, height: int) -> bytes:
    """Return a PNG that claims a size and holds next to nothing."""
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    data = b"IDAT" + zlib.compress(b"\0" * 100)
    chunks = [head, data, b"IEND"]
    body = b"".join(struct.pack(">I", len(each) - 4) + each + struct.pack(">I", zlib.crc32(each)) for each in chunks)
    return b"\x89PNG\r\n\x1a\n" + body


def tiff_of(pixels) -> bytes:
    file = io.BytesIO()
    tifffile.imwrite(file, pixels)
    return file.getvalue()


LEFT_OUT = {
    "corrupt": ("cat/bad.png", GOOD["cat/0.png"][:40] + b"rubbish" * 9, "damaged-image"),
    "truncated": ("cat/bad.png", png(5, 64, 64)[:900], "damaged-image"),
    "truncated-jpeg": ("cat/bad.jpg", encoded(noise(5, 64, 64), "jpeg")[:700], "damaged-image"),
    "truncated-tiff": ("cat/bad.tif", tiff_of(noise(1, 30, 30))[:300], "damaged-image"),
    "text-as-image": ("cat/bad.png", b"this is no image at all", "not-an-image"),
    "empty-file": ("cat/bad.png", b"", "empty-file"),
    "huge-image": ("cat/bad.png", png_header(40_000, 40_000), "large-image"),
    "nan-pixels": ("cat/bad.tif", tiff_of(np.full((12, 12), np.nan, np.float32)), "nan-pixels"),
    "infinite-pixels": ("cat/bad.tif", tiff_of(np.full((12, 12), np.inf, np.float32)), "nan-pixels"),
    "complex-pixels": ("cat/bad.tif", tiff_of(np.ones((12, 12), np.complex64)), "not-an-image"),
    "zip-in-folder": ("cat/bad.zip", b"PK\5\6" + bytes(18), "nested-archive"),
    "long-name": (f"cat/{'x' * 200}/{'y' * 200}.png", png(7), "long-name"),
}


@pytest.mark.parametrize("packed", [False, True], ids=["folder", "zip"])
@pytest.mark.parametrize("case", LEFT_OUT)
def test_one_bad_file_is_left_out_and_named(case, packed, tmp_path, reading, found):
    name, content, code = LEFT_OUT[case]
    files = floats() if "pixels" in case and "complex" not in case else GOOD
    files = files | {name: content}
    result = reading(zip_of(files, tmp_path / "x.zip") if packed else files)
    assert name in found(result, code).items
    assert found(result, code).severity == "warning"
    assert name not in result.dataset.items
    assert len(result.dataset) == 12


def floats() -> dict[str, bytes]:
    return {name.replace("png", "tif"): tiff_of(noise(k, dtype="float32")) for k, name in enumerate(GOOD)}


@pytest.mark.parametrize("name", ["__MACOSX/cat/._0.png", "cat/.DS_Store", "cat/Thumbs.db", "cat/desktop.ini"])
@pytest.mark.parametrize("packed", [False, True], ids=["folder", "zip"])
def test_clutter_of_operating_systems_is_ignored_with_a_note(name, packed, tmp_path, reading):
    files = GOOD | {name: b"clutter"}
    result = reading(zip_of(files, tmp_path / "x.zip") if packed else files)
    assert result.dataset.items == ITEMS
    assert not [each for each in result.findings if each.severity == "warning" and name in each.items]


def test_a_file_that_is_no_image_is_ignored_with_a_note(reading, found):
    assert found(reading(GOOD | {"cat/readme.md": b"hello"}), "other-file").items == ("cat/readme.md",)


@pytest.mark.parametrize("packed", [False, True], ids=["folder", "zip"])
def test_an_empty_class_is_named(packed, tmp_path, reading, found):
    if packed:
        path = zip_of(GOOD, tmp_path / "x.zip")
        with zipfile.ZipFile(path, "a") as archive:
            archive.writestr("bird/", b"")
        result = reading(path)
    else:
        (tmp_path / "data" / "bird").mkdir(parents=True)
        result = reading(GOOD)
    assert found(result, "empty-class").items == ("bird",)
    assert result.dataset.class_names == ("cat", "dog")


def test_a_class_of_which_no_image_can_be_used_is_named(reading, found):
    result = reading(GOOD | {"bird/1.png": b"no image"})
    assert found(result, "lost-class").items == ("bird",)
    assert result.dataset.class_names == ("cat", "dog")


def test_a_single_class_is_an_error_that_says_what_is_needed(reading):
    with pytest.raises(DataError, match=r"only one class, 'cat'.*Two classes or more are needed"):
        reading({name: content for name, content in GOOD.items() if name.startswith("cat")})


def test_a_class_with_one_image_is_kept_and_told(reading, found):
    result = reading(GOOD | {"bird/1.png": png(50)})
    assert found(result, "untested-class").items == ("bird",)
    assert found(result, "untested-class").rows == (0,)


def test_classes_that_differ_in_case_are_kept_apart_with_a_warning(reading, found):
    result = reading(GOOD | {f"Cat/{k}.png": png(60 + k) for k in range(3)})
    assert result.dataset.class_names == ("Cat", "cat", "dog")
    assert "'Cat', 'cat'" in found(result, "similar-classes").message


def test_classes_that_differ_in_a_trailing_space_are_one(tmp_path, reading):
    files = GOOD | {f"cat /{k}.png": png(70 + k) for k in range(3)}
    result = reading(zip_of(files, tmp_path / "x.zip"))
    assert result.dataset.class_names == ("cat", "dog")
    assert result.dataset.class_counts.tolist() == [9, 6]


def test_all_black_images_are_kept_and_told(reading, found):
    black = encoded(np.zeros((12, 12), np.uint8))
    result = reading(GOOD | {"cat/b1.png": black, "dog/b2.png": black})
    assert found(result, "constant-images").items == ("cat/b1.png", "dog/b2.png")
    assert "2 of them all black" in found(result, "constant-images").message
    assert set(found(result, "exact-duplicates-across-classes").items) == {"cat/b1.png", "dog/b2.png"}


def test_names_in_other_scripts_and_long_ones_are_read(reading, found):
    long = f"cat/{'z' * 180}.png"
    result = reading(GOOD | {"cat/ネコ é 🐈.png": png(80), long: png(81)})
    assert {"cat/ネコ é 🐈.png", long} <= set(result.dataset.items)


def test_a_file_name_that_is_no_text_is_read(tmp_path, reading):
    folder = tmp_path / "data" / "cat"
    folder.mkdir(parents=True)
    with Path(os.fsdecode(os.fsencode(folder) + b"/\xff\xfe.png")).open("wb") as file:
        file.write(png(90))
    assert "cat/\ufffd\ufffd.png" in reading(GOOD).dataset.items


# ---- archives --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["../cat/x.png", "/etc/x.png", "cat/../../x.png", "C:/cat/x.png", "cat\\x.png"])
def test_names_that_point_out_of_an_archive_are_left_out(name, tmp_path, reading, found):
    before = set(tmp_path.rglob("*"))
    result = reading(zip_of(GOOD | {name: png(1)}, tmp_path / "x.zip"))
    assert found(result, "unsafe-name").items == (name,)
    assert result.dataset.items == ITEMS
    outside = {each for each in tmp_path.rglob("*") if tmp_path / "workspace" not in [each, *each.parents]}
    assert outside - before == {tmp_path / "x.zip"}


def test_a_symbolic_link_in_an_archive_is_left_out(tmp_path, reading, found):
    path = zip_of(GOOD, tmp_path / "x.zip")
    with zipfile.ZipFile(path, "a") as archive:
        link = zipfile.ZipInfo("cat/link.png")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    assert found(reading(path), "symbolic-link").items == ("cat/link.png",)


def test_symbolic_links_in_a_folder_are_never_followed(tmp_path, reading, found):
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "s.png").write_bytes(png(1))
    (tmp_path / "data" / "cat").mkdir(parents=True)
    (tmp_path / "data" / "cat" / "link.png").symlink_to(secret / "s.png")
    (tmp_path / "data" / "bird").symlink_to(secret)
    result = reading(GOOD)
    assert set(found(result, "symbolic-link").items) == {"cat/link.png", "bird"}
    assert result.dataset.items == ITEMS


def encrypted(path: Path) -> Path:
    """Set the encryption bit of every file of an archive, in both of its places."""
    content = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        at = content.find(mark)
        while at >= 0:
            content[at + offset] |= 1
            at = content.find(mark, at + 4)
    path.write_bytes(bytes(content))
    return path


def test_an_encrypted_archive_is_an_error_that_says_so(tmp_path, reading):
    with pytest.raises(DataError, match=r"12 files left out, as encrypted"):
        reading(encrypted(zip_of(GOOD, tmp_path / "x.zip")))


def test_an_archive_within_an_archive_is_left_out(tmp_path, reading, found):
    inner = zip_of(GOOD, tmp_path / "inner.zip").read_bytes()
    result = reading(zip_of(GOOD | {"cat/inner.zip": inner}, tmp_path / "x.zip"))
    assert found(result, "nested-archive").items == ("cat/inner.zip",)


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path, reading, monkeypatch):
    monkeypatch.setattr(archives, "_LARGE", 1_000_000)
    path = zip_of(GOOD | {"cat/bomb.png": bytes(3_000_000)}, tmp_path / "x.zip")
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_: pytest.fail("unpacked"))
    with pytest.raises(DataError, match=r"times its size, as zip bombs do"):
        reading(path)


def test_an_archive_that_lies_about_sizes_yields_no_more_than_it_states(tmp_path, reading, found):
    path = zip_of({**GOOD, "cat/liar.png": png(3, 200, 200)}, tmp_path / "x.zip")
    with zipfile.ZipFile(path) as archive:
        info = archive.getinfo("cat/liar.png")
    content = path.read_bytes().replace(struct.pack("<I", info.file_size), struct.pack("<I", 500))
    path.write_bytes(content)
    assert found(reading(path), "damaged-image").items == ("cat/liar.png",)


@pytest.mark.parametrize(
    ("limits", "match"),
    [
        (Limits(files=5), r"more than 5 files"),
        (Limits(total_bytes=1000), r"unpacks to more than 1e-06 GB"),
    ],
)
@pytest.mark.parametrize("packed", [False, True], ids=["folder", "zip"])
def test_a_set_beyond_the_limits_is_refused(limits, match, packed, tmp_path, reading):
    with pytest.raises(DataError, match=match):
        reading(zip_of(GOOD, tmp_path / "x.zip") if packed else GOOD, limits=limits)


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\3\4" + b"x" * 50])
def test_a_file_that_is_no_archive_is_an_error(content, tmp_path, reading):
    path = tmp_path / "x.zip"
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"x.zip is not a readable zip archive"):
        reading(path)


def test_the_same_name_twice_is_read_once(tmp_path, reading, found):
    path = zip_of(GOOD, tmp_path / "x.zip")
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(path, "a") as archive:
        archive.writestr("cat/0.png", png(99))
    result = reading(path)
    assert found(result, "same-name").items == ("cat/0.png",)
    assert len(result.dataset) == 12


# ---- nothing to read -------------------------------------------------------------------------------------------


def test_a_path_that_is_not_there_is_an_error(tmp_path, reading):
    with pytest.raises(DataError, match=r"There is nothing at .*nowhere"):
        reading(tmp_path / "nowhere")


@pytest.mark.parametrize("files", [{}, {"readme.txt": b"hello"}, {"a.png": png(1)}])
def test_a_folder_without_a_data_set_is_an_error_that_says_what_to_give(files, reading):
    with pytest.raises(DataError, match=r"one sub-folder"):
        reading({"notes.md": b"x"} | files) if "readme.txt" not in files else reading(files)


def test_an_image_size_that_cannot_be_is_an_error(reading):
    with pytest.raises(DataError, match=r"The image size is 2 px"):
        reading(GOOD, size=2)
    with pytest.raises(DataError, match=r"The way of fitting is 'crop'"):
        reading(GOOD, fit="crop")


def test_a_failed_reading_leaves_nothing_behind(tmp_path, workspace):
    with pytest.raises(DataError):
        read(zip_of({"cat/1.png": b"bad", "dog/1.png": b"bad"}, tmp_path / "x.zip"), workspace)
    assert list(workspace.datasets.iterdir()) == []
