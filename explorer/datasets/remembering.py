"""Remembers what was computed of a data set for as long as somebody has the data set open, and no longer."""

import functools
import weakref
from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar, cast

from explorer.records import Dataset

P = ParamSpec("P")
R = TypeVar("R")
Function = Callable[Concatenate[Dataset, P], R]


def per_dataset(most: int) -> Callable[[Function[P, R]], Function[P, R]]:
    """Return a decorator that remembers, of each data set, the latest `most` results of a function.

    A plain cache would keep the data set itself open, and of one that was deleted all that it holds on the disk.
    """

    def wrap(function: Function[P, R]) -> Function[P, R]:
        kept: weakref.WeakKeyDictionary[Dataset, Callable[P, R]] = weakref.WeakKeyDictionary()

        @functools.wraps(function)
        def found(dataset: Dataset, /, *args: P.args, **named: P.kwargs) -> R:
            of_it = kept.get(dataset)
            if of_it is None:
                of_it = kept[dataset] = _remembering(function, weakref.ref(dataset), most)
            return of_it(*args, **named)

        return found

    return wrap


def _remembering(function: Function[P, R], dataset: "weakref.ref[Dataset]", most: int) -> Callable[P, R]:
    def found(*args: P.args, **named: P.kwargs) -> R:
        there = dataset()
        assert there is not None  # whoever asks has it
        return function(there, *args, **named)

    return cast(Callable[P, R], functools.lru_cache(maxsize=most)(found))
