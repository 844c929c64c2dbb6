"""One image file → pixels, by what its first bytes say; sizes are checked before anything is decoded."""

import struct
import warnings
import zipfile
import zlib
from io import BytesIO

import cv2
import numpy as np
from PIL import Image, UnidentifiedImageError

from explorer.datasets.alpha import without_alpha
from explorer.datasets.drafts import Head, Unusable
from explorer.datasets.limits import MEGABYTE, Limits
from explorer.datasets.listings import Entry
from explorer.datasets.orienting import turned
from explorer.datasets.tiff import TIFF_MAGIC, tiff_head, tiff_pixels
from explorer.errors import DataError
from explorer.records import Array

FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP", "PPM")
"""What Pillow may try, which keeps rarely used and rarely checked decoders away from foreign files."""

BROKEN = (
    OSError,
    EOFError,
    ValueError,
    ArithmeticError,
    LookupError,
    TypeError,
    AttributeError,
    RuntimeError,
    AssertionError,
    MemoryError,
    SyntaxError,
    struct.error,
    zlib.error,
    zipfile.BadZipFile,
    DataError,
    cv2.error,
    Image.DecompressionBombError,
)
"""What the decoders of Pillow, OpenCV and tifffile raise for damaged files, found by feeding them such.

DataError is what an entry of a damaged archive raises when it is opened or read.
"""

_PNG = b"\x89PNG\r\n\x1a\n"
_GREY = {"1", "L", "I", "I;16", "I;16L", "I;16B", "I;16N", "F", "LA", "La"}
_WITH_ALPHA = {"LA", "La", "PA", "RGBA", "RGBa"}
_ORIENTATION = 0x0112
_STARTS = 33  # bytes, as far as the first chunk of a PNG reaches
_EXTRA = 4 * MEGABYTE  # for what a file holds beside its pixels


def head(entry: Entry, limits: Limits) -> Head:
    """Return what the start of an image file tells. Raises Unusable for a file that is no image or too large."""
    if entry.size > limits.image_bytes + _EXTRA:
        raise Unusable("large-image", f"left out unread, as a file of more than {limits.image_bytes / 1e6:g} MB")
    try:
        with entry.open() as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            start = file.read(_STARTS)
            file.seek(0)
            found = tiff_head(file) if start[:4] in TIFF_MAGIC else _png_head(start) or _pillow_head(file, start)
    except BROKEN as error:
        raise _damaged(error) from error
    check(found, limits)
    return found


def check(found: Head, limits: Limits) -> None:
    """Raise Unusable when an image of that size passes the limits."""
    depth = np.dtype(found.kind).itemsize
    if found.height < 1 or found.width < 1 or found.channels < 1:
        raise Unusable("damaged-image", "left out, as without a single pixel")
    if found.height * found.width > limits.pixels:
        allowed = f"{limits.pixels / 1e6:g} million pixels"
        raise Unusable("large-image", f"left out before decoding, as larger than {allowed}")
    if found.channels > limits.channels:
        raise Unusable("many-channels", f"left out, as of more than {limits.channels} channels or planes")
    if found.height * found.width * found.channels * depth > limits.image_bytes:
        allowed = f"{limits.image_bytes / 1e6:g} MB"
        raise Unusable("large-image", f"left out before decoding, as larger than {allowed} in memory")


def pixels(entry: Entry, limits: Limits) -> tuple[Array, tuple[str, ...]]:
    """Return the pixels (height, width, channels) of an image file whose head is known to be within the limits.

    The type is uint8, uint16 or float32, the EXIF rotation is applied, alpha is gone. The second value holds what was
    done on the way, in the words of the findings. Raises Unusable for a damaged file.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            content = entry.read()
            if content[:4] in TIFF_MAGIC:
                return tiff_pixels(BytesIO(content))
            return _pillow_pixels(content, limits)
    except BROKEN as error:
        raise _damaged(error) from error


def _damaged(error: BaseException) -> Unusable:
    if isinstance(error, UnidentifiedImageError):
        return Unusable("not-an-image", "left out, as no image of a known format by content")
    if isinstance(error, Image.DecompressionBombError):
        return Unusable("large-image", "left out before decoding, as larger than any image that is read")
    return Unusable("damaged-image", "left out, as damaged, cut short or not readable")


def _png_head(start: bytes) -> Head | None:
    """Return what the first chunk of a PNG tells, six times quicker than Pillow; None for what Pillow shall judge."""
    if start[:16] != _PNG + b"\0\0\0\rIHDR" or zlib.crc32(start[12:29]) != int.from_bytes(start[29:33], "big"):
        return None
    width, height, depth, color, packing, filtering = struct.unpack(">IIBBBB", start[16:28])
    if not width or not height or depth not in (8, 16) or color not in (0, 2, 4, 6) or packing or filtering:
        return None
    return Head(height, width, 1 if color in (0, 4) else 3, "uint16" if depth == 16 else "uint8")


# ---- Pillow ----------------------------------------------------------------------------------------------------


def _pillow_head(file: "BytesIO | object", start: bytes) -> Head:
    with Image.open(file, formats=FORMATS) as image:  # type: ignore[arg-type]
        return _head_of(image, start)


def _head_of(image: Image.Image, start: bytes) -> Head:
    channels = 1 if image.mode in _GREY else 3
    return Head(image.height, image.width, channels, _pillow_kind(image, start))


def _pillow_kind(image: Image.Image, start: bytes) -> str:
    if image.mode == "F":
        return "float32"
    return "uint16" if image.mode.startswith("I") or _is_deep_png(start) else "uint8"


def _pillow_pixels(content: bytes, limits: Limits) -> tuple[Array, tuple[str, ...]]:
    with Image.open(BytesIO(content), formats=FORMATS) as image:
        check(_head_of(image, content[:32]), limits)
        if _is_deep_png(content):
            return _deep_png(content)
        notes = ["animated-image"] if getattr(image, "is_animated", False) else []
        image.load()
        turn = image.getexif().get(_ORIENTATION, 1)
        values, alpha = _plain(image)
    if values.ndim == 2:
        values = values[:, :, None]
    if alpha:
        values, told = without_alpha(values)
        notes.append(told)
    return _rotated(values, turn, notes)


def _rotated(values: Array, turn: object, notes: list[str]) -> tuple[Array, tuple[str, ...]]:
    if turn in range(2, 9):
        notes.append("rotated-image")
        values = turned(values, int(str(turn)))
    return values, tuple(notes)


def _plain(image: Image.Image) -> tuple[Array, bool]:
    """Return grey or colour values, with alpha last where the image has one, and whether it has one."""
    if image.mode in {"L", "RGB", "RGBA", "LA"} and "transparency" not in image.info:
        return np.asarray(image), image.mode in _WITH_ALPHA
    if image.mode == "1":
        return np.asarray(image.convert("L")), False
    if image.mode.startswith("I"):
        return np.asarray(image).astype(np.uint16), False
    if image.mode == "F":
        return np.asarray(image, dtype=np.float32), False
    grey = image.mode in _GREY
    if "transparency" in image.info or image.mode in _WITH_ALPHA:
        return np.asarray(image.convert("LA" if grey else "RGBA")), True
    return np.asarray(image.convert("L" if grey else "RGB")), False


def _is_deep_png(start: bytes) -> bool:
    """Tell whether it is a PNG of 16 bits with colour or alpha, which Pillow would cut down to 8 bits."""
    return start[:8] == _PNG and len(start) > 25 and start[24] == 16 and start[25] != 0


def _deep_png(content: bytes) -> tuple[Array, tuple[str, ...]]:
    values = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)
    if values is None:
        raise ValueError("OpenCV cannot decode this PNG")
    grey, alpha = content[25] == 4, content[25] in (4, 6)
    shown = np.asarray(values)[:, :, 2::-1] if not grey else np.asarray(values)[:, :, :1]
    if not alpha:
        return np.ascontiguousarray(shown), ()
    opaque, told = without_alpha(np.concatenate([shown, np.asarray(values)[:, :, 3:]], axis=2))
    return opaque, (told,)
