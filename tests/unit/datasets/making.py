"""Small data sets for the tests of this room."""

import io
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image

from explorer.records import Array


def noise(seed: int, height: int = 12, width: int = 12, channels: int = 1, dtype: str = "uint8") -> Array:
    """Return an image whose pixels are all drawn anew."""
    shape = (height, width) if channels == 1 else (height, width, channels)
    draw = np.random.default_rng(seed)
    if dtype == "float32":
        return draw.random(shape, dtype=np.float32)
    return draw.integers(0, np.iinfo(dtype).max, shape, dtype=dtype, endpoint=True)


def encoded(pixels: Array, form: str = "png", **options: object) -> bytes:
    """Return the pixels as the bytes of an image file."""
    with io.BytesIO() as file:
        Image.fromarray(pixels).save(file, form, **options)
        return file.getvalue()


def png(seed: int, height: int = 12, width: int = 12, channels: int = 1) -> bytes:
    """Return a PNG of noise."""
    return encoded(noise(seed, height, width, channels))


def two_classes(each: int = 6) -> dict[str, bytes]:
    """Return the files of two class folders."""
    return {f"{name}/{i}.png": png(100 * k + i) for k, name in enumerate(("cat", "dog")) for i in range(each)}


def folder_of(files: dict[str, bytes], folder: Path) -> Path:
    """Write the files below a folder and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def zip_of(files: dict[str, bytes], path: Path) -> Path:
    """Write the files into a zip archive and return it."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path
