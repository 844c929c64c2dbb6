"""Images of a data set as small pictures inside the page, made from the memory-mapped inputs when they are shown."""

import base64
import hashlib
import html
import io
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence

import numpy as np
from PIL import Image

from explorer.datasets.pictures import pictured
from explorer.records import UNLABELED, Array, Dataset, Ints
from explorer.ui import texts

SIDE = 64
#: Classes that stand without scrolling, and the room between them, in px; of more, the next one shows its upper half.
_STANDING, _GAP = 20, 6
#: Letters of encoded pictures that are kept: some thousand small ones.
LETTERS = 16_000_000


class Encoded:
    """Addresses of pictures that were encoded before, by their contents, for all visitors; the latest LETTERS of them.

    Pages are drawn anew at every press, mostly with the same pictures.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._size = 0
        self._kept: OrderedDict[bytes, str] = OrderedDict()
        self._guard = threading.Lock()

    def __call__(self, key: bytes, encode: Callable[[], str]) -> str:
        """Return what is kept under a key, encoded now where nothing is."""
        with self._guard:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        found = encode()
        with self._guard:
            self._size += len(found) - len(self._kept.pop(key, ""))
            self._kept[key] = found
            while self._size > self._most:
                self._size -= len(self._kept.popitem(last=False)[1])
        return found


_encoded = Encoded(LETTERS)


def picture(pixels: Array, side: int = SIDE) -> str:
    """Return pixels (h, w, c) in [0, 1] as the address of a picture that holds itself."""
    exact = np.ascontiguousarray(pixels)
    about = f"{exact.shape} {exact.dtype} {side}".encode()
    key = hashlib.blake2b(about + exact.tobytes(), digest_size=16).digest()
    return _encoded(key, lambda: _picture(exact, side))


def _picture(pixels: Array, side: int) -> str:
    image = Image.fromarray(pictured(pixels))
    smooth = Image.Resampling.NEAREST if max(image.size) < side else Image.Resampling.LANCZOS
    if max(image.size) != side:
        scale = side / max(image.size)
        image = image.resize((max(1, round(image.width * scale)), max(1, round(image.height * scale))), smooth)
    kept = io.BytesIO()
    image.save(kept, "PNG")
    return embedded(kept.getvalue())


def embedded(file: bytes, kind: str = "png") -> str:
    """Return the bytes of a file, of a kind that browsers know, as the address of a picture that holds itself."""
    return f"data:image/{kind};base64," + base64.b64encode(file).decode()


def gallery(dataset: Dataset, page: int, per_row: int) -> str:
    """Return the `page`-th images of each class as HTML: a row per class, its name and count before them."""
    rows = [
        _row(dataset, name, np.flatnonzero(dataset.labels == number), page, per_row)
        for number, name in enumerate(dataset.class_names)
    ]
    unlabeled = np.flatnonzero(dataset.labels == UNLABELED)
    if len(unlabeled):
        rows.append(_row(dataset, texts.GALLERY_UNLABELED, unlabeled, page, per_row))
    scrolls = len(rows) > _STANDING
    most = f"max-height:{(_STANDING * 2 + 1) * (SIDE + _GAP) // 2}px;overflow-y:scroll" if scrolls else ""
    note = f"<div style='font-size:13px;opacity:.75;padding-top:6px'>{texts.GALLERY_SCROLL}</div>" if scrolls else ""
    return (
        f"<div tabindex='0' role='region' aria-label='{texts.GALLERY}' "
        f"style='display:grid;row-gap:{_GAP}px;{most}'>{''.join(rows)}</div>{note.format(n=len(rows))}"
    )


def _row(dataset: Dataset, name: str, members: Ints, page: int, per_row: int) -> str:
    start = page * per_row % max(len(members), 1)
    chosen = members[start : start + per_row]
    pictures = "".join(_image(dataset, int(row)) for row in chosen)
    head = (
        "<div style='width:112px;flex:none;overflow:hidden;text-overflow:ellipsis;font-size:14px;line-height:1.25'>"
        f"<strong>{html.escape(name)}</strong><br>"
        f"<span style='opacity:.75'>{len(members):,}</span></div>"
    )
    return (
        f"<div style='display:flex;gap:8px;align-items:center'>{head}"
        f"<div style='display:flex;gap:4px;flex-wrap:wrap;height:{SIDE}px;overflow:hidden'>{pictures}</div></div>"
    )


def _image(dataset: Dataset, row: int) -> str:
    pixels = dataset.scaling.apply(np.asarray(dataset.inputs[row]))
    name = html.escape(dataset.items[row], quote=True)
    return (
        f"<img src='{picture(pixels)}' alt='{name}' title='{name}' "
        f"style='width:{SIDE}px;height:{SIDE}px;object-fit:contain;border-radius:3px'>"
    )


def strip(dataset: Dataset, rows: Sequence[int]) -> str:
    """Return some images as HTML, one beside the other."""
    pictures = "".join(_image(dataset, row) for row in rows)
    return f"<div style='display:flex;flex-wrap:wrap;gap:4px'>{pictures}</div>"


def card(dataset: Dataset, row: int, words: Sequence[str], side: int, *, strong: bool = True) -> str:
    """Return an image as HTML with lines of words below it, the first one in strong letters where `strong` says so."""
    pixels = dataset.scaling.apply(np.asarray(dataset.inputs[row]))
    name = html.escape(dataset.items[row], quote=True)
    weight = 600 if strong else 400
    lines = "".join(
        "<div style='overflow:hidden;text-overflow:ellipsis;white-space:nowrap;"
        f"font-weight:{weight if at == 0 else 400}'>{html.escape(line)}</div>"
        for at, line in enumerate(words)
    )
    return (
        f"<div style='width:{side}px;font-size:12px;line-height:1.35'>"
        f"<img src='{picture(pixels, side)}' alt='{name}' title='{name}' "
        f"style='width:{side}px;height:{side}px;object-fit:contain;border-radius:4px;display:block;margin-bottom:2px'>"
        f"{lines}</div>"
    )


def mistake(dataset: Dataset, row: int, words: str, alt: str, side: int) -> str:
    """Return an image as HTML with what was said of it below: `words` are HTML, `alt` is plain text."""
    pixels = dataset.scaling.apply(np.asarray(dataset.inputs[row]))
    return (
        f"<div style='width:{side + 24}px;font-size:13px;line-height:1.35;overflow-wrap:anywhere'>"
        f"<img src='{picture(pixels, side)}' alt='{html.escape(alt, quote=True)}' "
        f"title='{html.escape(dataset.items[row], quote=True)}' style='width:{side}px;height:{side}px;"
        f"object-fit:contain;border-radius:4px;display:block;margin-bottom:4px'>{words}</div>"
    )


def table(name: str, heads: Sequence[str], rows: Sequence[Sequence[Array]], side: int) -> str:
    """Return rows of images (h, w, c) in [0, 1] as HTML, called `name`, under the words of `heads` if there are any."""
    style = f"width:{side}px;flex:none;font-size:12px;opacity:.8"
    names = "".join(f"<div style='{style}'>{html.escape(head)}</div>" for head in heads)
    lines = [f"<div style='display:flex;gap:6px'>{names}</div>"] if heads else []
    for images in rows:
        labels = heads or [""] * len(images)
        cells = "".join(_cell(image, label, side) for image, label in zip(images, labels, strict=True))
        lines.append(f"<div style='display:flex;gap:6px'>{cells}</div>")
    label = html.escape(name, quote=True)
    about = f"tabindex='0' role='region' aria-label='{label}'"  # a narrow window scrolls it, by keys as well
    return f"<div {about} style='display:grid;row-gap:6px;overflow-x:auto'>{''.join(lines)}</div>"


def _cell(image: Array, label: str, side: int) -> str:
    return (
        f"<img src='{picture(image, side)}' alt='{html.escape(label, quote=True)}' "
        f"style='width:{side}px;height:{side}px;object-fit:contain;border-radius:4px'>"
    )
