"""The two-level bootstrap over seeds and test items, from the per-item predictions of every trial.

Notation: R = resamples, m = test items of one seed, t = columns of contributions. Every score is a function of sums
over test items (`explorer.scores`), so a resample is known by its sums, and these are drawn from their own distribution
wherever that is cheaper than drawing item by item:

* items of a class that contribute the same form a cell, and the counts of cells are multinomial;
* where a single column takes many values within a class, its sum is drawn by inverting the distribution of a sum of
  independent draws, whose Fourier transform is a power of that of the values;
* whole groups are drawn one by one, among those that share their rarest class; of n groups n - 1 are drawn, each
  counting n / (n - 1), which keeps the variance of few groups (Rao & Wu 1988, doi:10.1080/01621459.1988.10478591); of a
  single one its items are drawn.

The draws of a trial depend on its seed and its predictions alone. Those of two trials of one seed are not drawn
together: each gives its own interval, and their differences give none.

Where the data set brings its test split, the same items judge at every seed, and what is hard about them is no smaller
in the mean of many seeds. Items, or groups, are then drawn one by one, and the same ones for all seeds.
"""

import functools
from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from explorer.records import Floats, Ints

Complexes: TypeAlias = npt.NDArray[np.complex128]

#: Counts held in memory at once.
BLOCK = 1_000_000
#: Width of the window in which a sum of many different values is sought, in its standard deviations, and the width of a
#: step there in standard deviations of one value: that widens an interval by less than 0.2 %.
_WINDOW, _STEP = 16.0, 0.125
#: Standard deviations beyond which a binomial number is never met.
_FAR = 12.0


def resampled_sums(table: Floats, labels: Ints, groups: Ints | None, resamples: int, seed: int | None) -> Floats:
    """Return R sums over resampled items, (R, t), of the contributions `table`, (m, t), of items with `labels`, (m,).

    Items are drawn with replacement within their class, so that every class keeps its size; where groups, (m,), are
    given, whole groups are drawn instead, because items of one group are not independent; -1 is an item of no group.
    A group is replaced by one that has the same rarest class, the one that the fewest groups hold: so no class is lost
    where each group holds one class alone. A group that has none to be replaced by has its items drawn within their
    class, which tells nothing of how groups differ.

    Equal arguments give equal sums; those of different seeds are independent. Without a seed, the items drawn depend on
    labels and groups alone: for items that judge at every seed.
    """
    if seed is None:
        return _sums_of_groups(table, labels, np.full(len(labels), -1) if groups is None else groups, resamples, None)
    if groups is not None:
        return _sums_of_groups(table, labels, groups, resamples, np.random.default_rng([0, seed]))
    order = np.argsort(labels, kind="stable")
    kinds, starts = np.unique(labels[order], return_index=True)
    columns = np.ascontiguousarray(table[order].T)
    low, high = (each.reduceat(columns, starts, axis=1) for each in (np.minimum, np.maximum))
    sizes = np.diff(starts, append=len(labels))
    total = np.repeat((low @ sizes)[:, None], resamples, axis=1)
    stops = starts + sizes
    for kind, start, stop, least, most in zip(kinds.tolist(), starts, stops, low.T, high.T, strict=True):
        varying = np.flatnonzero(least != most)
        if len(varying) == 1:
            one = int(varying[0])
            total[one] += _sums_of_values(columns[one, start:stop] - least[one], resamples, (seed, kind))
        elif len(varying):
            above = columns[varying, start:stop] - least[varying, None]
            total[varying] += _sums_of_rows(above, resamples, (seed, kind))
    return total.T


def over_seeds(by_seed: Sequence[Floats], *, same_items: bool = False) -> Floats:
    """Return R means over resampled seeds, (R,), given R item resamples of each seed, each (R,).

    Each resample draws as many seeds as there are, with replacement, and for each drawn seed one of its item
    resamples: the two levels of the bootstrap (Davison & Hinkley 1997, section 3.8, doi:10.1017/CBO9780511802843).
    Where resample i of every seed has the `same_items`, that of one number is taken of all of them.
    """
    drawn = _drawn_seeds(len(by_seed), len(by_seed[0]), same_items)
    return np.asarray(np.concatenate(by_seed).take(drawn).mean(axis=1))


@functools.lru_cache(maxsize=8)
def _drawn_seeds(seeds: int, resamples: int, same_items: bool) -> Ints:
    """Return, for each resample, which resamples of which seeds are averaged, (R, seeds), counted through all seeds."""
    random = np.random.default_rng(1)
    which = random.integers(0, seeds, (resamples, seeds))
    items = np.arange(resamples)[:, None] if same_items else random.integers(0, resamples, (resamples, seeds))
    return which * resamples + items


# ---- groups ----------------------------------------------------------------------------------------------------


def _sums_of_groups(
    table: Floats, labels: Ints, groups: Ints, resamples: int, random: np.random.Generator | None
) -> Floats:
    """Return R sums over resampled groups, (R, t); an item of group -1 is one of its own.

    Without a generator, equal labels and groups have the same draws, which are kept for the next such trial.
    """
    own = int(groups.max(initial=-1)) + 1 + np.arange(len(groups))
    _, inside = np.unique(np.where(groups >= 0, groups, own), return_inverse=True)
    rarest = _rarest_classes(inside, labels)
    total = np.zeros((resamples, table.shape[1]))
    for each in np.unique(rarest).tolist():
        alike = np.flatnonzero(rarest == each)
        items = np.flatnonzero(np.isin(inside, alike))
        if len(alike) > 1:
            sums = _sums_inside(table[items], np.searchsorted(alike, inside[items]))
            total += _sums_of_alike(sums, resamples, random, each)
        else:
            total += _sums_of_lone(table[items], labels[items], resamples, random)
    return total


def _sums_of_lone(table: Floats, labels: Ints, resamples: int, random: np.random.Generator | None) -> Floats:
    """Return R sums over resampled items of a group that nothing can replace, or (1, t) of its only item."""
    stream = None if random is None else int(random.integers(2**31))
    return table if len(table) == 1 else resampled_sums(table, labels, None, resamples, stream)


def _sums_inside(table: Floats, inside: Ints) -> Floats:
    """Return the sums over the items of each group, (groups, t); `inside` numbers them."""
    return np.stack([np.bincount(inside, weights=column).astype(np.float64) for column in table.T], axis=1)


def _sums_of_alike(sums: Floats, resamples: int, random: np.random.Generator | None, stream: int) -> Floats:
    """Return R sums over n - 1 of n groups that can replace each other, as if there were n; `sums` of each are (n, t).

    The kept draws of different streams are independent.
    """
    n = len(sums)
    if random is not None:
        return _in_blocks(lambda size: _draws(n, n - 1, size, random), sums * n / (n - 1), resamples)
    parts = np.array_split(_kept_draws(n, resamples, stream), n * resamples // BLOCK + 1)
    return np.concatenate([part @ (sums * n / (n - 1)) for part in parts])


@functools.lru_cache(maxsize=64)
def _kept_draws(n: int, resamples: int, stream: int) -> npt.NDArray[np.uint8]:
    """Return how often each of n things is drawn in n - 1 draws, (R, n), the same whenever it is asked for.

    A byte is enough: nothing is drawn more than n - 1 times, nor ever 256 times of more things than that.
    """
    random = np.random.default_rng([2, stream])
    block = max(1, BLOCK // n)
    sizes = [min(block, resamples - start) for start in range(0, resamples, block)]
    return np.concatenate([_draws(n, n - 1, size, random).astype(np.uint8) for size in sizes])


def _rarest_classes(inside: Ints, labels: Ints) -> Ints:
    """Return for each group that class of its items which the fewest groups hold, (groups,); `inside` numbers them."""
    holds = np.zeros((int(inside.max()) + 1, int(labels.max()) + 1), bool)
    holds[inside, labels] = True
    spread = holds.sum(axis=0)
    return np.asarray(np.where(holds, spread, len(holds) + 1).argmin(axis=1), np.int64)


def _draws(n: int, times: int, resamples: int, random: np.random.Generator) -> Floats:
    """Return how often each of n things is drawn in so many draws with replacement, (R, n)."""
    drawn = random.integers(0, n, (resamples, times), dtype=np.int32) + n * np.arange(resamples)[:, None]
    return np.bincount(drawn.ravel(), minlength=n * resamples).reshape(resamples, n).astype(np.float64)


def _in_blocks(draw: Callable[[int], Floats], table: Floats, resamples: int) -> Floats:
    """Return counts times table, (R, t), where `draw` gives counts of each row of the table for some resamples."""
    block = max(1, BLOCK // len(table))
    sizes = [min(block, resamples - start) for start in range(0, resamples, block)]
    return np.concatenate([draw(size) @ table for size in sizes])


# ---- items within a class --------------------------------------------------------------------------------------


def _sums_of_values(values: Floats, resamples: int, stream: tuple[int, int]) -> Floats:
    """Return R sums of m draws with replacement from m values, the smallest of them 0; in random order."""
    uniforms, ranks = _ranks(resamples, stream)
    m, high = len(values), values.max()
    hits = int(np.count_nonzero(values == high))
    if hits + np.count_nonzero(values == 0) == m:
        return np.asarray(high * _binomials(m, hits, uniforms)[ranks])
    size = 1 << int(np.ceil(np.log2(_WINDOW / _STEP * np.sqrt(m))))
    step = float(_WINDOW * values.std() * np.sqrt(m) / size)
    mass = _on_grid((values - values.mean()) / step, size)
    return m * float(values.mean()) + step * _places_of_sums(mass, m, uniforms)[ranks]


def _sums_of_rows(columns: Floats, resamples: int, stream: tuple[int, int]) -> Floats:
    """Return R sums of m drawn items, (t, R), given their columns, (t, m): only how often each kind is met matters."""
    kinds, counts = _kinds(columns.T)
    uniforms, ranks = _ranks(resamples, stream)
    # What remains beside the most frequent kind are few draws, which numpy distributes fast.
    largest = _binomials(columns.shape[1], int(counts[0]), uniforms)[ranks]
    left = np.array_split(columns.shape[1] - largest.astype(np.int64), resamples * len(kinds) // BLOCK + 1)
    random, shares = np.random.default_rng([1, *stream]), counts[1:] / counts[1:].sum()
    rest = [random.multinomial(each, shares) @ kinds[1:] for each in left]
    return np.asarray(np.outer(kinds[0], largest) + np.concatenate(rest).T)


def _kinds(rows: Floats) -> tuple[Floats, Ints]:
    """Return the different rows of (m, t) and how often each occurs, the most frequent first."""
    keys = rows @ np.random.default_rng(0).random(rows.shape[1])
    _, first, inverse, counts = np.unique(keys, return_index=True, return_inverse=True, return_counts=True)
    found = rows[first]
    if not np.array_equal(found[inverse], rows):  # two different rows have one key
        return rows, np.ones(len(rows), np.int64)
    order = np.argsort(-counts, kind="stable")
    return found[order], counts[order]


@functools.lru_cache(maxsize=256)
def _ranks(resamples: int, stream: tuple[int, int]) -> tuple[Floats, Ints]:
    """Return R uniform numbers, ascending, and the places at which they come in random order: `uniforms[ranks]`."""
    random = np.random.default_rng([0, *stream])
    return np.sort(random.random(resamples)), random.permutation(resamples)


# ---- distributions, inverted at ascending uniform numbers ------------------------------------------------------


def _binomials(m: int, hits: int, uniforms: Floats) -> Floats:
    """Return how many of m draws hit, for draws with replacement from m things of which some are hits, ascending."""
    first, reached = _binomial(m, hits)
    edges = np.concatenate([[0], np.searchsorted(uniforms, reached[:-1]), [len(uniforms)]])
    return np.repeat(np.arange(first, first + len(reached), dtype=np.float64), np.diff(edges))


@functools.lru_cache(maxsize=4096)
def _binomial(m: int, hits: int) -> tuple[int, Floats]:
    """Return the smallest number that is met and the distribution function from there on, of Bin(m, hits / m)."""
    share = hits / m
    far = _FAR * (np.sqrt(m * share * (1 - share)) + 1)
    met = np.arange(max(0, int(hits - far)), min(m, int(hits + far)) + 1)
    logs = _log_factorials(m)
    mass = np.exp(logs[m] - logs[met] - logs[m - met] + met * np.log(share) + (m - met) * np.log1p(-share))
    return int(met[0]), np.cumsum(mass)


@functools.lru_cache(maxsize=64)
def _log_factorials(m: int) -> Floats:
    return np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, m + 1)))])


def _on_grid(places: Floats, size: int) -> Floats:
    """Return the shares of values at whole places modulo `size`; one between two is shared so that the mean is kept."""
    left = np.floor(places)
    right_share = places - left
    cells = left.astype(np.int64) % size
    mass = np.bincount(cells, weights=1 - right_share, minlength=size)
    return np.asarray(mass + np.bincount((cells + 1) % size, weights=right_share, minlength=size)) / len(places)


def _places_of_sums(mass: Floats, draws: int, uniforms: Floats) -> Floats:
    """Return the sum of draws of places, ascending; `mass` are the shares of the places 0, 1, ..., -2, -1."""
    spectrum = _power(np.fft.rfft(mass), draws)
    below = len(mass) // 2
    reached = np.cumsum(np.maximum(np.roll(np.fft.irfft(spectrum, len(mass)), below), 0))
    return np.searchsorted(reached / reached[-1], uniforms) - float(below)


def _power(base: Complexes, exponent: int) -> Complexes:
    """Return base ** exponent by repeated squaring, which for complex numbers is ten times faster than `**`."""
    result = np.ones_like(base)
    while exponent:
        if exponent & 1:
            result = result * base
        base, exponent = base * base, exponent >> 1
    return result
