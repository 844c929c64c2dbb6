"""Finds the readers and the checks: every file of their folder."""

import functools
import importlib
import pkgutil
from collections.abc import Iterable
from types import ModuleType


@functools.cache
def modules(package: str) -> tuple[ModuleType, ...]:
    """Return the modules of a sub-package of `explorer.datasets`, in alphabetical order of their names."""
    found: Iterable[str] = getattr(importlib.import_module(f"explorer.datasets.{package}"), "__path__")  # noqa: B009
    names = sorted(each.name for each in pkgutil.iter_modules(found))
    return tuple(importlib.import_module(f"explorer.datasets.{package}.{name}") for name in names)
