"""Small pictures show the pixels, whatever their number of channels."""

import base64
import io
import re

import numpy as np
import pytest
from PIL import Image

from explorer.datasets.pictures import pictured
from explorer.records import Scaling
from explorer.ui import texts, thumbnails
from explorer.ui.thumbnails import Encoded, card, gallery, picture, table


def decoded(address):
    head, _, body = address.partition(",")
    assert head == "data:image/png;base64"
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(body))))


@pytest.mark.parametrize(("channels", "shape"), [(1, (4, 4)), (2, (4, 4, 3)), (3, (4, 4, 3)), (5, (4, 4))])
def test_channels(channels, shape):
    pixels = np.random.default_rng(0).random((4, 4, channels)).astype(np.float32)
    seen = pictured(pixels)
    assert seen.shape == shape
    expected = {
        1: lambda: pixels[..., 0],
        2: lambda: pixels[..., [0, 1, 0]],
        3: lambda: pixels,
        5: lambda: pixels.mean(axis=-1),
    }[channels]()
    assert np.abs(seen / 255 - expected).max() <= 0.5 / 255 + 1e-6


def test_small_images_are_enlarged_without_blur():
    pixels = np.array([[[0.0], [1.0]], [[1.0], [0.0]]], np.float32)
    seen = decoded(picture(pixels, side=8))
    assert seen.shape == (8, 8)
    assert np.unique(seen).tolist() == [0, 255]
    assert seen[0, 0] == 0
    assert seen[0, 7] == 255


def test_gallery_has_a_row_per_class_and_turns_its_pages(make_dataset):
    labels = [0] * 5 + [1] * 2 + [-1]
    data = make_dataset(labels, class_names=("<b>", "two"), scaling=Scaling(0, 255, ""))
    first, second = gallery(data, 0, 3), gallery(data, 1, 3)
    assert "&lt;b&gt;" in first
    assert "<b>" not in first
    names = re.findall(r"title='([^']+)'", first)
    assert names == [f"{row:05}.png" for row in (0, 1, 2, 5, 6, 7)]
    assert re.findall(r"title='([^']+)'", second)[:2] == ["00003.png", "00004.png"]
    assert "unlabelled" in first


@pytest.mark.parametrize(("classes", "scrolls"), [(15, False), (30, True)])
def test_many_classes_stand_and_very_many_scroll_and_say_so(make_dataset, classes, scrolls):
    page = gallery(make_dataset(np.repeat(np.arange(classes), 2)), 0, 8)
    assert page.count("<img") == 2 * classes
    assert ("max-height" in page) == scrolls
    assert (texts.GALLERY_SCROLL.format(n=classes) in page) == scrolls


def test_a_table_of_pictures_has_its_words_and_can_be_scrolled_by_keys():
    pixels = np.zeros((4, 4, 1), np.float32)
    page = table("a <task>", ["one", "two"], [[pixels, pixels + 1], [pixels, pixels]], 8)
    assert page.count("<img") == 4
    assert re.findall(r"alt='([^']+)'", page) == ["one", "two"] * 2
    assert "tabindex='0' role='region' aria-label='a &lt;task&gt;'" in page
    plain = table("restored", [], [[pixels]], 8)
    assert plain.count("<img") == 1
    assert "alt=''" in plain


def test_a_card_says_its_words_below_the_picture(make_dataset):
    page = card(make_dataset([0, 1]), 1, ("<b>", "second"), 20, strong=False)
    assert "&lt;b&gt;" in page
    assert page.index("<img") < page.index("&lt;b&gt;") < page.index("second")
    assert "alt='00001.png'" in page
    assert "font-weight:600" not in page
    assert "font-weight:600" in card(make_dataset([0, 1]), 1, ("a",), 20)


def test_the_same_pixels_are_encoded_once(monkeypatch):
    made, real = [], thumbnails._picture
    monkeypatch.setattr(thumbnails, "_picture", lambda pixels, side: made.append(side) or real(pixels, side))
    pixels = np.random.default_rng(5).random((6, 6, 1)).astype(np.float32)
    assert picture(pixels) == picture(pixels.copy())
    assert picture(pixels, 32) != picture(pixels)
    assert picture(pixels[::-1]) != picture(pixels)
    assert made == [64, 32, 64]


def test_what_was_looked_at_longest_ago_is_let_go():
    kept = Encoded(25)
    for key in (b"a", b"b", b"a", b"c"):
        kept(key, lambda key=key: key.decode() * 10)
    assert kept(b"a", lambda: "anew") == "a" * 10
    assert kept(b"c", lambda: "anew") == "c" * 10
    assert kept(b"b", lambda: "anew") == "anew"
