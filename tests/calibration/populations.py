"""Known populations from which simulated studies draw their finite data sets."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from explorer.records import Dataset, Floats, Ints, Scaling


@dataclass(frozen=True)
class Population:
    """Gaussian classes, with or without groups whose items are alike.

    apart         distance of the class means from the origin, in standard deviations of an item
    group_size    items of a group, 0 = no groups
    mixed         whether a group holds items of all classes (a plate), or of one alone (a patient)
    group_spread  standard deviation of what all items of a group have in common, in those of an item
    shares        of the classes
    """

    apart: float
    group_size: int = 0
    mixed: bool = True
    group_spread: float = 0.0
    shares: tuple[float, ...] = (1 / 3, 1 / 3, 1 / 3)
    dimensions: int = 10

    @property
    def means(self) -> Floats:
        """Means of the classes, (k, d), the same for every data set."""
        found = np.random.default_rng(7).standard_normal((len(self.shares), self.dimensions))
        return np.asarray(self.apart * found / np.linalg.norm(found, axis=1, keepdims=True))

    def draw(self, n: int, random: np.random.Generator) -> tuple[Floats, Ints, Ints | None]:
        """Return n features (n, d), labels and groups, with as many of each class as its share asks for."""
        if not self.group_size:
            labels = _labels(self.shares, n, random)
            return self._features(labels, random), labels, None
        count = n // self.group_size
        groups = np.repeat(np.arange(count), self.group_size)
        if self.mixed:
            labels = np.concatenate([_labels(self.shares, self.group_size, random) for _ in range(count)])
        else:
            labels = np.repeat(_labels(self.shares, count, random), self.group_size)
        shift = self.group_spread * random.standard_normal((count, self.dimensions))
        return self._features(labels, random) + shift[groups], labels, groups

    def _features(self, labels: Ints, random: np.random.Generator) -> Floats:
        return self.means[labels] + random.standard_normal((len(labels), self.dimensions))


@dataclass(frozen=True)
class Design:
    """A population and the study that is made of it.

    n         labelled items of the data set; three in ten judge
    budgets   labels per class
    given     whether the data set brings its test split, the same at every seed
    """

    population: Population
    n: int
    budgets: tuple[int, ...]
    given: bool = False
    seeds: int = 5


EASY, HARD = 3.0, 1.8
DESIGNS: Mapping[str, Design] = {
    "60 test items": Design(Population(HARD), 200, (1, 2, 5, 10, 20, 40)),
    "60 test items, easy": Design(Population(EASY), 200, (1, 2, 5, 10, 20, 40)),
    "200 test items, unequal classes": Design(Population(HARD, shares=(0.6, 0.25, 0.15)), 660, (1, 2, 5, 10, 20, 50)),
    "600 test items": Design(Population(HARD), 2000, (1, 2, 5, 10, 50, 200)),
    "150 items of a given test": Design(Population(HARD), 500, (1, 2, 5, 10, 20, 50), given=True),
    "150 test items, plates": Design(Population(HARD, 10, True, 0.5), 500, (1, 2, 5, 10, 20, 50)),
    "180 test items, patients": Design(Population(HARD, 10, False, 0.5), 600, (1, 2, 5, 10, 20, 50)),
    "600 test items, patients": Design(Population(EASY, 40, False, 1.0), 2000, (1, 2, 5, 10, 20, 100)),
}
#: Designs with a class of which one to three images judge at a seed.
RARE: Mapping[str, Design] = {
    f"a class of {round(share * 200)} among 200{words}": Design(
        Population(apart, shares=(0.5, 0.5 - share, share)), 200, (1, 2, 5)
    )
    for share in (0.02, 0.04)
    for apart, words in ((HARD, ""), (EASY, ", easy"))
}


def dataset(design: Design, random: np.random.Generator) -> Dataset:
    """Return a data set of the design; its inputs are features."""
    features, labels, groups = design.population.draw(design.n, random)
    given = None
    if design.given:
        given = np.zeros(design.n, bool)
        given[random.permutation(design.n)[: round(0.3 * design.n)]] = True
    names = tuple(f"class {each}" for each in range(len(design.population.shares)))
    items, scaling = tuple(map(str, range(design.n))), Scaling(0.0, 1.0, "as they are")
    return Dataset("simulated", features, labels, names, items, scaling, "", groups, given_test=given)


def _labels(shares: tuple[float, ...], n: int, random: np.random.Generator) -> Ints:
    ends = np.round(np.cumsum(shares) * n).astype(np.int64)
    return random.permutation(np.repeat(np.arange(len(shares)), np.diff(ends, prepend=0)))
