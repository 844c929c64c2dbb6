"""The difference of two arms on the same judging images; numbers only.

Both arms of a study judge the same images at one seed. Their scores are therefore taken on one resample together, and
what makes an image hard for both cancels: the interval of the difference is narrower than those of the two curves.

Notation: R = resamples, m = test items of one seed, t = columns of contributions.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from explorer.records import Floats, Ints, Outcome, State
from explorer.scores import METRICS, Metric
from explorer.statistics.curves import RESAMPLES
from explorer.statistics.resampling import over_seeds, resampled_sums


@dataclass(frozen=True)
class Difference:
    """One arm minus another at one budget, in the unit of the score.

    mean         mean over seeds of the difference
    low, high    95 % bootstrap interval over seeds and, within a seed, test items (whole groups where there are any),
                 the same draws for both arms
    seeds        seeds that both arms have finished
    items        judging images of all these seeds together
    """

    budget: int
    mean: float
    low: float
    high: float
    seeds: int
    items: int

    @property
    def sign(self) -> int:
        """1 or -1 where the interval lies above or below 0, else 0."""
        return int(self.low > 0) - int(self.high < 0)


@dataclass(frozen=True, eq=False)
class _Judging:
    """What the items that judge are known by, and the score.

    labels, groups    (n,) int64 of the whole data set, by row; groups may be None
    given_test        whether the data set brings its test split, so that the same items judge at every seed
    """

    labels: Ints
    groups: Ints | None
    score: Metric
    given_test: bool


def differences(
    outcomes: Sequence[Outcome],
    arm: str,
    against: str,
    labels: Ints,
    groups: Ints | None,
    metric: str,
    *,
    given_test: bool = False,
) -> tuple[Difference, ...]:
    """Return the difference of two arms at each budget that has a seed which both have finished, ascending.

    labels        (n,) int64 of the whole data set, by row; groups likewise, or None
    given_test    whether the data set brings its test split

    Raises ValueError where the two were not judged by the same rows.
    """
    done = {(each.trial.arm, each.trial.budget, each.trial.seed): each for each in outcomes if each.state is State.DONE}
    pairs: dict[int, list[tuple[Outcome, Outcome]]] = defaultdict(list)
    for name, budget, seed in sorted(done):
        other = done.get((against, budget, seed))
        if name == arm and other is not None:
            pairs[budget].append((done[name, budget, seed], other))
    judging = _Judging(labels, groups, METRICS[metric], given_test)
    return tuple(_difference(budget, pairs[budget], judging) for budget in sorted(pairs))


def _difference(budget: int, pairs: Sequence[tuple[Outcome, Outcome]], judging: _Judging) -> Difference:
    name = judging.score.name
    values = [one.scores[name] - other.scores[name] for one, other in pairs]
    resampled = [_resampled(one, other, judging) for one, other in pairs]
    low, high = np.quantile(over_seeds(resampled, same_items=judging.given_test), [0.025, 0.975])
    items = sum(len(one.test) for one, _ in pairs)
    return Difference(budget, float(np.mean(values)), float(low), float(high), len(pairs), items)


def _resampled(one: Outcome, other: Outcome, judging: _Judging) -> Floats:
    """Return R differences on resampled test items, (R,), the same ones for both."""
    if not np.array_equal(one.test, other.test):
        raise ValueError(f"Trials {one.trial} and {other.trial} were judged by different rows.")
    test, score = one.test, judging.score
    labels, groups = judging.labels[test], None if judging.groups is None else judging.groups[test]
    both = np.hstack([score.contributions(each.probabilities, labels) for each in (one, other)])
    sums = resampled_sums(both, labels, groups, RESAMPLES, None if judging.given_test else one.trial.seed)
    half = both.shape[1] // 2
    return np.asarray(score.of_sums(sums[:, :half]) - score.of_sums(sums[:, half:]))
