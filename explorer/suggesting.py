"""What carries no meaning in a data set, as far as its images alone can tell; no label is looked at.

Each image is compared with changed copies of itself. A probe, on features of a network that has learnt from
photographs, looks for anything that tells images from their copies. Where it finds little, a changed image could as
well be one of the data set, and the change is suggested as harmless.

Images are seen coarse, grey and evened out, and by the last layer of the network, which knows shapes. In colour and at
full detail nearly every real image betrays how it was taken: by unequal blur, compression, colour fringes and slanting
light, which say nothing of what it shows. What stays visible even so, such as strong lines of a scan, is taken for a
meaning: a suggestion that is missing costs less than one that is wrong.

Notation: n = images looked at, c = copies of each, d = features; place 0 among the copies is the image itself.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from explorer.records import Dataset, Fact, Ints
from explorer.splits import units_of
from explorer.techniques.base import Float32s
from explorer.techniques.monitors import Steps
from explorer.techniques.resizing import resized
from explorer.techniques.unframing import unframed

#: Raised when the code changes what is suggested, so that nothing stale is read from a cache.
VERSION = 3
#: Images that are looked at, at most, and those that it takes for anything to be suggested.
MOST, LEAST = 160, 32
#: Side of the coarse images, and side at which the network sees them, in pixels.
COARSE, SIDE = 32, 96
#: Mean and standard deviation of each image as it is seen.
MEAN, DEVIATION = 0.5, 0.2
#: A change is suggested as harmless where images are told from their copies in fewer cases than this, halfway between
#: guessing and certainty, even at the upper end of the uncertainty (one-sided, 95 %).
LIMIT, UPPER = 0.75, 1.645
#: Parts into which images are cut for cross-validation, how often that is done anew, and inverse penalty of the probe.
FOLDS, REPEATS, STRENGTH = 5, 3, 30.0
#: Images of one kind on average: enough for a share of its own, and a kind of a third of 160 is seen by itself.
KIND = 40
#: Shift of the windows that are compared, as a share of the side.
SHIFT = 0.1
#: Images described at once, with all their copies.
CHUNK = 16

#: From images (m, height, width, channels) and a place to their copies of that place.
Copy: TypeAlias = Callable[[Float32s, int], Float32s]


@dataclass(frozen=True)
class Suggestion:
    """What may be taken for meaningless, and why.

    free       facts that are suggested
    reasons    one or two sentences for each fact
    figures    for "turned", "mirrored" and "shifted" the share of the cases, 0 .. 1, in which the probe told an image
               from such a copy (0.5 = guessing), and under the same name and " error" its standard error
    """

    free: tuple[Fact, ...]
    reasons: Mapping[Fact, str]
    figures: Mapping[str, float]

    @property
    def judged(self) -> frozenset[Fact]:
        """The facts of which the images told something, for or against."""
        return frozenset(fact for fact, names in _ABOUT.items() if set(names) <= self.figures.keys())


@dataclass(frozen=True)
class Told:
    """In what share of the cases images were told from their copies, 0 .. 1, and its standard error.

    `kind` is the same for one kind of similar images that are surely told, None where there is no such kind.
    """

    share: float
    error: float
    kind: "Told | None" = None

    @property
    def least(self) -> float:
        """The lower end of the uncertainty."""
        return self.share - UPPER * self.error

    @property
    def most(self) -> float:
        """The upper end of the uncertainty."""
        return self.share + UPPER * self.error

    @property
    def harmless(self) -> bool:
        """Tell whether too few images are told for the change to matter."""
        return self.most < LIMIT and self.kind is None


def suggested(dataset: Dataset, rows: Ints, *, seed: int, monitor: Steps) -> Suggestion:
    """Return what the images of `rows` suggest; those of a test split that the data set brings are left out.

    It looks at 160 of them at most, which takes about ten seconds on one core. Raises Cancelled through `monitor`.
    """
    from explorer.training.weights import missing

    chosen = _chosen(dataset, rows, seed)
    reason = missing() if len(chosen) >= LEAST else f"There are {len(chosen)} images to look at, and it takes {LEAST}."
    if reason is not None:
        return unjudged(reason)
    told = _compared(unframed(dataset.rows(chosen)), units_of(dataset)[chosen], seed, monitor)
    decisive = {fact: max((told[name] for name in names), key=_decisive) for fact, names in _ABOUT.items()}
    free = tuple(fact for fact, each in decisive.items() if each.harmless)
    reasons = {fact: _reason(fact, each) for fact, each in decisive.items()}
    figures = {name: each.share for name, each in told.items()}
    errors = {f"{name} error": each.error for name, each in told.items()}
    return Suggestion(free, {**reasons, **_UNSEEN}, {**figures, **errors})


def unjudged(reason: str) -> Suggestion:
    """Return that nothing is suggested, since nothing was judged for this reason: a sentence."""
    return Suggestion((), {**dict.fromkeys(Fact, f"Not suggested, since it was not judged: {reason}"), **_UNSEEN}, {})


def _decisive(told: Told) -> tuple[bool, float]:
    return not told.harmless, told.most


def _chosen(dataset: Dataset, rows: Ints, seed: int) -> Ints:
    """Return the rows that are looked at, drawn from those that may be."""
    allowed = rows if dataset.given_test is None else rows[~dataset.given_test[rows]]
    return np.random.default_rng(seed).permutation(np.sort(allowed))[:MOST]


# ---- what is said ----------------------------------------------------------------------------------------------

#: Comparisons that a fact depends on; the one that tells images best decides.
_ABOUT = {Fact.ORIENTATION: ("turned", "mirrored"), Fact.POSITION: ("shifted",)}
_CHANGED = {Fact.ORIENTATION: "turned or mirrored copies", Fact.POSITION: "windows that are shifted by a tenth"}
_SUGGESTED = {
    Fact.ORIENTATION: "Do not take it where the class itself is a direction or a handedness.",
    Fact.POSITION: "Do not take it where the class itself is a place, a size or a count.",
}
_REFUSED = {
    Fact.ORIENTATION: "They have an upright way to be seen, which may carry the class.",
    Fact.POSITION: "Things have their place in them, which may carry the class.",
}
_RULE = f"{100 * LIMIT:.0f} %, halfway between guessing and certainty"
#: No comparison of images tells this, since every change of brightness can be seen.
_UNSEEN = {
    Fact.INTENSITY: (
        "Not suggested: only labels can tell whether brightness, contrast or colour carries the class."
        " Say it yourself where they depend on the exposure alone."
    )
}


def _reason(fact: Fact, told: Told) -> str:
    """Return the rule and what it says here: too few images are told from their copies, even at the upper end."""
    found = (
        f"a probe told images from {_CHANGED[fact]} in {100 * told.share:.0f} % of the cases, at most "
        f"{100 * told.most:.1f} % (one-sided 95 % bound; guessing: 50 %)"
    )
    if told.harmless:
        return f"Suggested: {found}. That lies below {_RULE}. {_SUGGESTED[fact]}"
    if told.most >= LIMIT or told.kind is None:
        return f"Not suggested: {found}. That does not lie below {_RULE}. {_REFUSED[fact]}"
    kind = f"Among images of one kind it is at least {100 * told.kind.least:.1f} %, which lies above {_RULE}."
    return f"Not suggested: {found}. {kind} {_REFUSED[fact]}"


# ---- the comparisons -------------------------------------------------------------------------------------------


def _compared(images: Float32s, units: Ints, seed: int, monitor: Steps) -> dict[str, Told]:
    """Return how well images (n, height, width, channels) are told from turned, mirrored and shifted copies.

    `units` (n,) tells which images belong together: the probe never judges one of a unit that it has learnt from.
    """
    coarse = np.concatenate([_coarse(images[start : start + CHUNK]) for start in range(0, len(images), CHUNK)])
    turns = _features(coarse, _turned, 8, monitor)
    shifts = _features(images, _window, 5, monitor)
    folds = [_folds(units, np.random.default_rng([seed, number])) for number in range(REPEATS)]
    told, moved = (np.mean([_wins(each, fold) for fold in folds], axis=0) for each in (turns, shifts))
    kinds = _kinds(turns.mean(axis=1), seed)
    cases = {"turned": told[:, 1::2], "mirrored": told[:, 0::2], "shifted": moved}
    return {name: _share(wins, kinds) for name, wins in cases.items()}


def _kinds(features: Float32s, seed: int) -> Ints:
    """Return the number of the kind of each image, (n,): clusters of similar ones, of KIND images on average."""
    from sklearn.cluster import KMeans

    clusters = KMeans(max(1, len(features) // KIND), n_init=3, random_state=seed).fit_predict(features)
    return np.asarray(clusters, np.int64)


def _turned(images: Float32s, place: int) -> Float32s:
    """Return images turned by `place` // 2 quarters and, for an odd place, mirrored."""
    turned = np.rot90(images, place // 2, (1, 2))
    return turned[:, :, ::-1] if place % 2 else turned


def _window(images: Float32s, place: int) -> Float32s:
    """Return the window in the middle of images or, for places 1 .. 4, in one of their corners, seen coarse.

    Windows are compared and not shifted images, whose filled border would betray them.
    """
    height, width = images.shape[1:3]
    down, right = (max(1, round(SHIFT * side)) for side in (height, width))
    top, left = [(down, right), (0, 0), (0, 2 * right), (2 * down, 0), (2 * down, 2 * right)][place]
    return _coarse(images[:, top : top + height - 2 * down, left : left + width - 2 * right])


def _coarse(images: Float32s) -> Float32s:
    """Return grey images (n, COARSE, COARSE, 1) without slant of the light, all of one mean and contrast."""
    grey = resized(images.mean(axis=-1, keepdims=True), COARSE, COARSE)
    ramp = np.linspace(-1.0, 1.0, COARSE, dtype=np.float32)
    for slope in (ramp[:, None, None], ramp[None, :, None]):
        grey = grey - slope * (grey * slope).mean(axis=(1, 2), keepdims=True) / (ramp**2).mean()
    centred = grey - grey.mean(axis=(1, 2), keepdims=True)
    spread = np.maximum(centred.std(axis=(1, 2), keepdims=True), np.float32(1e-3))
    return np.asarray(np.clip(MEAN + DEVIATION * centred / spread, 0.0, 1.0), np.float32)


def _features(images: Float32s, copy: Copy, places: int, monitor: Steps) -> Float32s:
    """Return features (n, places, d) of the copies of images."""
    found = []
    for start in range(0, len(images), CHUNK):
        monitor.step(start, len(images))
        part = images[start : start + CHUNK]
        found.append(np.stack([_described(copy(part, place)) for place in range(places)], axis=1))
    return np.concatenate(found)


def _described(images: Float32s) -> Float32s:
    """Return features (m, d), of length 1, of coarse images (m, COARSE, COARSE, 1)."""
    from explorer.training.lite0 import LAST, lite0, slices

    seen = np.clip(resized(images, SIDE, SIDE), 0.0, 1.0) * np.float32(2) - np.float32(1)
    features = lite0().features(np.repeat(seen, 3, axis=-1))[:, slices()[LAST]]
    length = np.linalg.norm(features, axis=1, keepdims=True)
    return np.asarray(features / np.maximum(length, np.float32(1e-12)), np.float32)


def _share(wins: npt.NDArray[np.float64], kinds: Ints) -> Told:
    """Return the share of the wins (n, c) and its standard error, that of independent images.

    What tells one kind of images (their numbers: `kinds`, (n,)) and no other would be lost in the mean of all.
    """
    by_image = wins.mean(axis=1)
    parts = [by_image[kinds == kind] for kind in np.unique(kinds)]
    told = [_mean(part) for part in parts if len(part) >= KIND // 2]
    surest = max(told, key=lambda each: each.least, default=None)
    whole = _mean(by_image)
    return Told(whole.share, whole.error, surest if surest is not None and surest.least > LIMIT else None)


def _mean(by_image: npt.NDArray[np.float64]) -> Told:
    return Told(float(by_image.mean()), float(by_image.std(ddof=1) / len(by_image) ** 0.5))


def _folds(units: Ints, random: np.random.Generator) -> Ints:
    """Return the number of the fold of each image, (n,); those of one unit share theirs where units are enough."""
    names, unit = np.unique(units, return_inverse=True)
    if len(names) < FOLDS:
        return random.permutation(len(units)) % FOLDS
    return (random.permutation(len(names)) % FOLDS)[unit]


def _wins(features: Float32s, fold: Ints) -> npt.NDArray[np.float64]:
    """Return whether each image (n, 1 + c, d) looks more like one than each of its copies does, (n, c): 1, 0 or ½.

    The probe is logistic regression on the differences between an image and its copies, so that what an image shows
    counts for nothing; it has not seen the images that it judges.
    """
    from sklearn.linear_model import LogisticRegression

    differences = features[:, :1].astype(np.float64) - features[:, 1:]
    wins = np.empty(differences.shape[:2])
    for held in range(FOLDS):
        rows = differences[fold != held].reshape(-1, differences.shape[-1])
        sign = np.resize([1.0, -1.0], len(rows))  # which of the two comes first does not matter
        probe = LogisticRegression(C=STRENGTH, fit_intercept=False, max_iter=1000).fit(rows * sign[:, None], sign)
        wins[fold == held] = (np.sign(differences[fold == held] @ probe.coef_[0]) + 1) / 2
    return wins
