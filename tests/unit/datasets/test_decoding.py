import contextlib
import io

import cv2
import numpy as np
import pytest
import tifffile
from PIL import Image

from explorer.datasets.decoding import BROKEN, head, pixels
from explorer.datasets.drafts import Unusable
from explorer.datasets.limits import Limits
from explorer.datasets.listings import Entry
from tests.unit.datasets.making import encoded, noise

LIMITS = Limits()
GREY, COLOR = noise(0, 10, 14), noise(1, 10, 14, 3)
DEEP = noise(2, 10, 14, dtype="uint16")


def entry(content: bytes) -> Entry:
    return Entry("x", len(content), lambda: io.BytesIO(content))


def decoded(content: bytes):
    """Return the pixels, after checking that the head told their shape and kind."""
    told = head(entry(content), LIMITS)
    values, notes = pixels(entry(content), LIMITS)
    assert values.shape[2] == told.channels
    assert values.dtype == told.kind
    assert sorted(values.shape[:2]) == sorted([told.height, told.width])
    assert values.ndim == 3
    return values, notes


def picture(pixels, mode=None, form="png", **options) -> bytes:
    file = io.BytesIO()
    image = Image.fromarray(pixels)
    (image.convert(mode) if mode else image).save(file, form, **options)
    return file.getvalue()


def tiff(pixels, **options) -> bytes:
    file = io.BytesIO()
    tifffile.imwrite(file, pixels, **options)
    return file.getvalue()


@pytest.mark.parametrize("form", ["png", "bmp", "ppm", "webp"])
def test_grey_and_color_are_read_without_loss(form):
    options = {"lossless": True} if form == "webp" else {}
    assert np.array_equal(decoded(picture(COLOR, form=form, **options))[0], COLOR)
    if form != "webp":
        assert np.array_equal(decoded(picture(GREY, form=form))[0][:, :, 0], GREY)


def test_16_bit_grey_keeps_its_range():
    assert np.array_equal(decoded(picture(DEEP))[0][:, :, 0], DEEP)
    assert np.array_equal(decoded(tiff(DEEP))[0][:, :, 0], DEEP)


def test_16_bit_color_keeps_its_range():
    deep = noise(3, 10, 14, 3, "uint16")
    content = cv2.imencode(".png", deep[:, :, ::-1])[1].tobytes()
    assert np.array_equal(decoded(content)[0], deep)


def test_16_bit_color_with_an_even_alpha_keeps_its_range():
    deep = noise(3, 10, 14, 4, "uint16")
    deep[:, :, 3] = 65_535
    content = cv2.imencode(".png", deep[:, :, [2, 1, 0, 3]])[1].tobytes()
    values, notes = decoded(content)
    assert np.array_equal(values, deep[:, :, :3])
    assert notes == ("opaque-alpha",)


def test_palette_black_and_white_and_cmyk_become_what_they_show():
    palette = decoded(picture(COLOR, "P"))[0]
    assert np.array_equal(palette, np.asarray(Image.fromarray(COLOR).convert("P").convert("RGB")))
    two = decoded(picture(GREY > 99, "1"))[0]
    assert np.array_equal(two[:, :, 0], (GREY > 99) * 255)
    cmyk = picture(COLOR, "CMYK", "jpeg", quality=95)
    assert decoded(cmyk)[0].shape == (10, 14, 3)


@pytest.mark.parametrize("pixels", [COLOR, GREY[:, :, None]], ids=["RGBA", "LA"])
def test_an_even_alpha_is_dropped(pixels):
    content = picture(np.concatenate([pixels, np.full((10, 14, 1), 128, np.uint8)], axis=2))
    values, notes = decoded(content)
    assert np.array_equal(values, pixels)
    assert notes == ("opaque-alpha",)


@pytest.mark.parametrize("make", [picture, lambda p: tiff(p, photometric="rgb", extrasamples=["unassalpha"])])
def test_transparent_parts_become_white_whatever_lies_under_them(make):
    alpha = np.full((10, 14, 1), 255, np.uint8)
    alpha[:5] = 0
    values, notes = decoded(make(np.concatenate([COLOR, alpha], axis=2)))
    assert (values[:5] == 255).all()
    assert np.array_equal(values[5:], COLOR[5:])
    assert notes == ("transparent-image",)


def test_a_palette_with_transparency_is_laid_over_white():
    image = Image.fromarray(GREY % 4).convert("P")
    image.putpalette([10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120])
    file = io.BytesIO()
    image.save(file, "png", transparency=0)
    values, notes = decoded(file.getvalue())
    assert notes == ("transparent-image",)
    assert (values.min(axis=2) == 255).sum() == (GREY % 4 == 0).sum()


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("form", ["png", "jpeg", "tiff"])
def test_images_are_turned_upright(orientation, form):
    exif = Image.Exif()
    exif[0x0112] = orientation
    blocks = np.zeros((16, 32), np.uint8)
    blocks[:8, :8], blocks[8:, :8], blocks[:8, 24:] = 250, 170, 90
    if form == "tiff":
        content = tiff(blocks, extratags=[(274, 3, 1, orientation, True)])
    else:
        content = encoded(blocks, form, exif=exif)
    values, notes = decoded(content)
    # Pillow's own turning is the independent answer; it does not turn TIFF on its own
    image = Image.fromarray(blocks)
    ways = {2: 0, 3: 3, 4: 1, 5: 5, 6: 4, 7: 6, 8: 2}
    expected = np.asarray(image.transpose(Image.Transpose(ways[orientation])) if orientation > 1 else image)
    assert np.abs(values[:, :, 0].astype(int) - expected).max() < 12
    assert notes == (("rotated-image",) if orientation > 1 else ())


TIFFS = {
    "float": (noise(4, 10, 14, dtype="float32"), {}),
    "double": (noise(4, 10, 14, dtype="float32").astype(np.float64), {}),
    "signed": (DEEP.astype(np.int32) - 30_000, {}),
    "color": (COLOR, {"photometric": "rgb"}),
    "planar": (np.moveaxis(COLOR, 2, 0), {"photometric": "rgb", "planarconfig": "separate"}),
    "channels": (noise(5, 10, 14, 5, "uint16").transpose(2, 0, 1), {}),
    "imagej-channels": (
        noise(5, 10, 14, 2, "uint16").transpose(2, 0, 1),
        {"imagej": True, "metadata": {"axes": "CYX"}},
    ),
    "big-endian": (DEEP, {"byteorder": ">"}),
    "deflate": (DEEP, {"compression": "zlib", "predictor": True}),
    "lzw": (COLOR, {"compression": "lzw", "photometric": "rgb"}),
    "tiled": (DEEP, {"tile": (16, 16)}),
}


@pytest.mark.parametrize("case", TIFFS)
def test_tiff_of_any_layout_is_read(case):
    values, options = TIFFS[case]
    found = decoded(tiff(values, **options))[0]
    last = values[:, :, None] if values.ndim == 2 else values if case in ("color", "lzw") else np.moveaxis(values, 0, 2)
    assert np.array_equal(found, last.astype(found.dtype))
    assert found.dtype == ("float32" if values.dtype.kind in "fi" else values.dtype)


def test_tiff_with_a_palette_or_inverted_grey_becomes_what_it_shows():
    colors = np.zeros((3, 256), np.uint16)
    colors[0] = np.arange(256) << 8
    found = decoded(tiff(GREY, photometric="palette", colormap=colors))[0]
    assert np.array_equal(found[:, :, 0], GREY)
    assert not found[:, :, 1:].any()
    assert np.array_equal(decoded(tiff(GREY, photometric="miniswhite"))[0][:, :, 0], 255 - GREY)
    assert np.array_equal(decoded(tiff(GREY > 99, photometric="miniswhite"))[0][:, :, 0], (GREY <= 99) * 255)
    assert np.array_equal(decoded(tiff(GREY > 99, photometric="minisblack"))[0][:, :, 0], (GREY > 99) * 255)


@pytest.mark.parametrize("axes", ["ZYX", "TYX"])
def test_slices_and_times_are_no_channels(axes):
    with pytest.raises(Unusable, match="stack of 7 pages"):
        decoded(tiff(np.zeros((7, 16, 16), np.uint8), metadata={"axes": axes}))


def test_pages_without_a_name_are_channels_and_it_is_told():
    values, notes = decoded(tiff(np.zeros((7, 16, 16), np.uint8)))
    assert values.shape == (16, 16, 7)
    assert notes == ("pages-as-channels",)
    assert decoded(tiff(np.zeros((7, 16, 16), np.uint8), metadata={"axes": "CYX"}))[1] == ()


def _of_pages(*shapes, **options):
    """Return a TIFF of pages that are stored one by one, each an image of its own."""
    file = io.BytesIO()
    with tifffile.TiffWriter(file) as writer:
        for number, shape in enumerate(shapes):
            writer.write(noise(number, *shape), contiguous=False, **(options if number else {}))
    return file.getvalue()


def test_pages_of_one_size_that_are_stored_one_by_one_are_a_stack():
    with pytest.raises(Unusable, match="stack of 7 pages"):
        head(entry(_of_pages(*[(20, 24)] * 7)), LIMITS)


def test_of_images_of_several_sizes_the_first_is_used_and_it_is_told():
    values, notes = decoded(_of_pages((20, 24), (21, 24)))
    assert np.array_equal(values[:, :, 0], noise(0, 20, 24))
    assert notes == ("first-of-several",)


def test_a_smaller_copy_in_the_file_is_not_worth_a_word():
    assert decoded(_of_pages((20, 24), (10, 12), subfiletype=1))[1] == ()


def test_a_stack_is_no_image():
    with pytest.raises(Unusable, match="stack of 12 pages"):
        head(
            entry(tiff(np.zeros((3, 4, 10, 10), np.uint8), photometric="minisblack", metadata={"axes": "TCYX"})), LIMITS
        )
    with pytest.raises(Unusable, match="more than 32 channels"):
        head(entry(tiff(np.zeros((40, 10, 10), np.uint8))), LIMITS)


def test_nothing_is_decoded_beyond_the_limits():
    for content in (picture(GREY), tiff(GREY), picture(COLOR, form="jpeg")):
        with pytest.raises(Unusable, match="left out before decoding"):
            head(entry(content), Limits(pixels=100))
        with pytest.raises(Unusable, match="left out before decoding"):
            head(entry(content), Limits(image_bytes=100))


def test_formats_that_are_not_images_of_science_are_never_tried():
    with pytest.raises(Unusable, match="no image of a known format"):
        head(entry(encoded(GREY, "pcx")), LIMITS)


def test_an_animation_gives_its_first_frame():
    file = io.BytesIO()
    frames = [Image.fromarray(noise(k, 10, 14) // 2) for k in range(3)]
    frames[0].save(file, "gif", save_all=True, append_images=frames[1:])
    values, notes = decoded(file.getvalue())
    assert "animated-image" in notes
    assert np.array_equal(values[:, :, 0], np.asarray(frames[0]))


@pytest.mark.parametrize("make", [picture, tiff, lambda p: picture(p, form="jpeg"), lambda p: picture(p, form="gif")])
def test_damage_anywhere_ends_in_unusable_or_in_pixels(make):
    whole = make(noise(7, 24, 24))
    draw = np.random.default_rng(0)
    for _ in range(60):
        broken = bytearray(whole)
        for place in draw.integers(0, len(whole), 4):
            broken[place] = draw.integers(0, 256)
        content = bytes(broken[: draw.integers(1, len(whole) + 1)])
        with contextlib.suppress(Unusable):
            head(entry(content), LIMITS)
            assert pixels(entry(content), LIMITS)[0].ndim == 3


def test_exit_and_interrupt_are_not_mistaken_for_damage():
    assert not any(issubclass(each, BROKEN) for each in (KeyboardInterrupt, SystemExit))


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "LA", "P", "1"])
def test_the_head_of_a_png_is_what_its_pixels_are(mode):
    decoded(picture(COLOR, mode))


def test_a_png_whose_first_chunk_is_damaged_is_no_image():
    good = bytearray(picture(COLOR))
    good[19] += 1  # its width, which no longer fits the checksum
    with pytest.raises(Unusable):
        head(entry(bytes(good)), LIMITS)


def test_a_png_that_ends_after_its_head_is_found_when_it_is_decoded():
    short = entry(picture(COLOR)[:33])
    assert head(short, LIMITS).width == COLOR.shape[1]
    with pytest.raises(Unusable):
        pixels(short, LIMITS)
