"""How far a mean over seeds may lie from what all possible data of this kind would give.

A study draws a finite data set, and from it, at every seed, test units and training examples. Its seeds are therefore
not independent: test units judge at several seeds, and trainings share examples. The variance of the mean score of S
seeds is put together from what its two sources show:

    V = items + (1/S + r/(1-r)) * excess

* `items`: the units that judge. With the pull e_su of unit u at seed s it is the sum over u of (sum over s of
  e_su)^2 / S^2, so that a unit that judges at several seeds counts as the one thing it is (Owen 2007,
  doi:10.1214/07-AOAS122; Cameron et al. 2011, doi:10.1198/jbes.2010.07136).
* `excess` = max(0, between - within): `between` is the variance of scores between seeds, and `within` what of it the
  units alone explain, (sum of e_su^2 - S items) / (S - 1). What is left is how trainings differ.
* Trainings whose scores correlate with r hide the share r of their variance: what is seen is (1 - r) of it, and the
  mean keeps r + (1-r)/S. That is the correction of Nadeau and Bengio 2003, doi:10.1023/A:1024068626366, kept to the
  part that comes from training. Two trainings that share the part p of their examples have the part p of what is
  linear in examples in common, and p^2 of what is quadratic; near its optimum a model's score is quadratic in what it
  has learnt, hence r = p^2.

With few seeds `between` is known badly, with few groups `items` as well. Both are therefore taken as uncertain by as
much as normal data of so many degrees of freedom leave them (fiducial or generalised intervals: Hannig, Iyer and
Patterson 2006, doi:10.1198/016214505000000736): V becomes a set of G equally likely values

    V_g = items * f / X_g + (1/S + r/(1-r)) * max(0, ((S-1) between + w within) / Y_g - within),

X_g and Y_g from chi-square distributions of f and S - 1 + w degrees of freedom. Without `items` that is Student's t.
Where units explain all that seeds differ by, S - 1 degrees of freedom alone would leave room for much more that nobody
saw, and intervals be too wide by up to a half; so `within` counts as w further degrees of freedom (moderated variance:
Smyth 2004, doi:10.2202/1544-6115.1027), w = (S-1) min(1, within / between)^4, which is none where trainings matter. For
a difference the least of its own share `within / between` and those of its cells is taken: a `between` that is small by
luck is what makes a difference look clear, and must not vouch for itself. The fourth power lets simulated intervals
keep their level whatever units explain (docs/calibration.md).

Notation: S = seeds, U = units, J = columns, G = values, R = resamples.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from explorer.records import Floats
from explorer.statistics.evidence import Evidence, sums_by_key

#: Equally likely values of a variance.
VALUES = 256
#: Degrees of freedom that the units add, in those of the seeds, and how fast they leave as trainings differ more.
_MODERATION, _FADES = 1.0, 4
#: Trainings that share more than this are taken to share no more: what nobody can see would be multiplied without end.
_MOST = 0.9
#: A variance that is none, of a loss that is the same for all items and at all seeds.
_TINY = 1e-18
#: The golden ratio less 1: its multiples fill the unit interval evenly.
_GOLDEN = 0.6180339887498949
#: Weights held in memory at once.
_BLOCK = 8_000_000


@dataclass(frozen=True, eq=False)
class Spread:
    """Means of J columns and what is known of their variance; all in the unit of the score, or its square.

    mean       (J,) mean over seeds
    items      (J,) variance of the mean that comes from the units that judge
    between    (J,) variance between seeds; NaN for one seed
    within     (J,) what of it the units explain
    factor     (J,) what of the excess the variance of the mean has, 1/S + r/(1-r)
    explained  (J,) share of `between` that counts as explained by the units, in [0, 1]; 0 adds no degrees of freedom
    freedom    (J,) degrees of freedom of `items`
    floor      smallest variance that the answers can tell
    seeds      S
    """

    mean: Floats
    items: Floats
    between: Floats
    within: Floats
    factor: Floats
    explained: Floats
    freedom: Floats
    floor: float
    seeds: int

    @property
    def variance(self) -> Floats:
        """The variance of each mean as it is best estimated, (J,); for one seed that of its units alone."""
        excess = np.maximum(np.nan_to_num(self.between - self.within), 0.0)
        return np.asarray(np.maximum(self.items + self.factor * excess, self.floor))

    @cached_property
    def variances(self) -> Floats:
        """G equally likely values of the variance of each mean, (G, J)."""
        even = (0.5 + np.arange(VALUES) * _GOLDEN) % 1  # beside those of `_excesses` it fills the plane: a lattice
        found = self.items * _stretch(even[:, None], self.freedom) + self.factor * _excesses(self)
        return np.asarray(np.maximum(found, self.floor))

    def column(self, place: int) -> "Spread":
        """Return what is known of one column, as one of its own."""
        chosen = {
            name: getattr(self, name)[[place]]
            for name in ("mean", "items", "between", "within", "factor", "explained", "freedom")
        }
        return replace(self, **chosen)

    def with_seeds(self, seeds: int) -> "Spread":
        """Return what would be known with so many seeds, two at least, were they like those that are done.

        The pulls of units at one seed have the variance `within` of their own, and what is left of `items` they share.
        """
        shared = np.maximum(self.items - self.within / self.seeds, 0.0)
        return replace(
            self,
            items=shared + self.within / seeds,
            factor=self.factor - 1 / self.seeds + 1 / seeds,
            seeds=seeds,
        )


def spread(evidence: Evidence) -> Spread:
    """Return means and what is known of their variance.

    Units of a class that all agree would leave no variance of it at all: it then has its floor (`Classes.floors`).
    """
    seeds, columns = evidence.values.shape
    total, squares = _pulled(evidence)
    items = (total**2).sum(axis=0) / seeds**2
    alone = seeds == 1
    between = np.full(columns, np.nan) if alone else evidence.values.var(axis=0, ddof=1)
    within = np.zeros(columns) if alone else np.maximum(squares - seeds * items, 0.0) / (seeds - 1)
    by_class = _by_class(evidence)
    return Spread(
        mean=evidence.values.mean(axis=0),
        items=items + lacking(evidence, by_class).sum(axis=0),
        between=between,
        within=within,
        factor=factor(seeds, evidence.shared),
        explained=np.divide(within, between, out=np.ones(columns), where=between > within),
        freedom=_freedom(evidence, by_class),
        floor=max(_TINY, float(evidence.classes.floors.sum())),
        seeds=seeds,
    )


def factor(seeds: int, shared: Floats) -> Floats:
    """Return what of the excess the variance of a mean over seeds has, (J,), by the shares of common examples, (J,)."""
    hidden = np.minimum(shared, _MOST) ** 2
    return np.asarray(1 / seeds + hidden / (1 - hidden))


def _pulled(evidence: Evidence) -> tuple[Floats, Floats]:
    """Return the sum over seeds of what each unit pulls, (U, J), and the sum of squares of what it pulls at each."""
    columns = evidence.values.shape[1]
    total, squares = np.zeros((evidence.n_units, columns)), np.zeros(columns)
    for parts, pulls in zip(evidence.parts, evidence.pulls, strict=True):
        units, each = sums_by_key(pulls, evidence.unit_of[parts])
        total[units] += each
        squares += (each**2).sum(axis=0)
    return total, squares


def _by_class(evidence: Evidence) -> Floats:
    """Return the part of each class in the variance that comes from the units, (K, J)."""
    total = np.zeros((len(evidence.unit_of), evidence.values.shape[1]))
    for parts, pulls in zip(evidence.parts, evidence.pulls, strict=True):
        total[parts] += pulls
    found = np.zeros((len(evidence.classes.weights), total.shape[1]))
    kinds, sums = sums_by_key(total**2, evidence.class_of)
    found[kinds] = sums / len(evidence.seeds) ** 2
    return found


def lacking(evidence: Evidence, by_class: Floats) -> Floats:
    """Return what the variance of each class lacks to its floor, (K, J)."""
    return np.asarray(np.maximum(evidence.classes.floors[:, None] - by_class, 0.0))


def _freedom(evidence: Evidence, by_class: Floats) -> Floats:
    """Return the degrees of freedom of the variance that comes from the units, (J,).

    The variances of classes add up, each known by its own units: Satterthwaite 1946, doi:10.2307/3002019. Where units
    hold several classes these are not independent, and all units together are the most there are.
    """
    each = by_class + lacking(evidence, by_class)
    freedom = np.maximum(evidence.classes.freedom, 1.0)[:, None]
    total = each.sum(axis=0)
    found = np.divide(total**2, (each**2 / freedom).sum(axis=0), out=np.full(len(total), np.inf), where=total > 0)
    return np.asarray(np.clip(found, 1.0, evidence.freedom))


def resampled(evidence: Evidence, resamples: int, seed: int = 0) -> Floats:
    """Return R resampled means of the J columns, (R, J): the two-level bootstrap over seeds and test units.

    Each resample weighs every unit by its own Poisson number, the same at all seeds and in all columns (the Poisson
    bootstrap; on crossed data: Owen and Eckles 2012, doi:10.1214/12-AOAS547), and moves seeds about their mean by
    normal weights, scaled so that the variance of column j is one of those of `variances`. So columns keep how they
    vary together, and what is no linear function of them has an interval as well.
    """
    known, random = spread(evidence), np.random.default_rng(seed)
    even = (np.arange(VALUES) + 0.5) / VALUES
    size = np.sqrt(_stretch(even[:, None], known.freedom))[random.integers(0, VALUES, resamples)]
    unseen = np.sqrt(lacking(evidence, _by_class(evidence)))
    of_items = _of_units(evidence, resamples, random) / known.seeds
    found = known.mean + size * (of_items + random.standard_normal((resamples, len(unseen))) @ unseen)
    if known.seeds == 1:
        return found
    moved = random.standard_normal((resamples, known.seeds)) @ (evidence.values - known.mean) / np.sqrt(known.seeds - 1)
    excess = known.factor * _excesses(known)[random.integers(0, VALUES, resamples)]
    size = np.divide(excess, known.between, out=np.zeros_like(excess), where=known.between > 0)
    return np.asarray(found + np.sqrt(size) * moved)


def _excesses(known: Spread) -> Floats:
    """Return G equally likely values of what trainings differ by, (G, J), the largest first; none for one seed."""
    if known.seeds == 1:
        return np.zeros((VALUES, len(known.mean)))
    own = known.seeds - 1
    added = _MODERATION * own * known.explained**_FADES
    total = (own * known.between + added * known.within) / (own + added)
    even = (np.arange(VALUES) + 0.5) / VALUES
    return np.asarray(np.maximum(total * _stretch(even[:, None], own + added) - known.within, 0.0))


def _stretch(shares: Floats, freedom: Floats | float) -> Floats:
    """Return degrees of freedom by quantiles of the chi-square distribution that has them; arrays broadcast."""
    from scipy.special import gammaincinv

    return np.asarray(freedom / (2 * gammaincinv(freedom / 2, shares)))


def _of_units(evidence: Evidence, resamples: int, random: np.random.Generator) -> Floats:
    """Return R sums over units of their pulls at all seeds, each pull times a Poisson number less 1, (R, J)."""
    total = _pulled(evidence)[0].astype(np.float32)
    weights, found = _poisson(), []
    size = max(1, _BLOCK // len(total))
    for start in range(0, resamples, size):
        block = min(size, resamples - start)
        drawn = np.frombuffer(random.bytes(block * len(total)), np.uint8).reshape(block, len(total))
        found.append(weights[drawn] @ total)
    return np.concatenate(found).astype(np.float64)


def _poisson() -> Floats:
    """Return 256 equally likely numbers, Poisson of mean 1 less 1, with mean 0 and variance 1 to the last bits."""
    reached = np.cumsum(np.exp(-1) / np.cumprod(np.r_[1, np.arange(1, 8)]))
    numbers = np.searchsorted(reached, (np.arange(256) + 0.5) / 256).astype(np.float64)
    return np.asarray((numbers - numbers.mean()) / numbers.std(), np.float32)
