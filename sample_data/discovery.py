"""Finds the makers: one a file in `sample_data/makers/`, its page of truth in the Markdown file of the same name."""

import importlib
import pkgutil
from collections.abc import Mapping
from pathlib import Path

from sample_data import makers as room
from sample_data.sample import Maker


def makers() -> Mapping[str, Maker]:
    """Return every maker by name. Raises AttributeError or FileNotFoundError for one that is not complete."""
    return {found.name: _maker(found.name) for found in pkgutil.iter_modules(room.__path__)}


def _maker(name: str) -> Maker:
    module = importlib.import_module(f"{room.__name__}.{name}")
    page = Path(str(module.__file__)).with_suffix(".md").read_text(encoding="utf-8")
    return Maker(name, module.ABOUT, page, module.make)
