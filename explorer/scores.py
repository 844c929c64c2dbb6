"""Probabilities × labels → named scores, each a function of sums over test items.

A score is written once, as contributions of single items and a function of their sums, so that a point of a curve and
the band around it cannot disagree. Classes without judging rows are left out of averages over classes. scikit-learn
has the same scores; at a thousand trials its checks and its import cost more than the fits of small arms do, so tests
compare the two instead.

Notation: m = test items, k = classes, t = columns of contributions, b = bins.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from explorer.records import Floats, Ints, Outcome, State

Flags: TypeAlias = npt.NDArray[np.bool_]

#: Smallest probability that counts, the precision in which probabilities are kept.
_TINY = float(np.finfo(np.float32).eps)
#: Bins of confidence at most, and answers that a bin should hold at least.
BINS, LEAST = 10, 20


@dataclass(frozen=True)
class Metric:
    """A score: its machine name, its title, whether high or low is good, what guessing reaches, and how to compute it.

    told        what it is, in words that go on after a colon, and the numbers between which it lies
    percent     it is shown as a percentage
    guess       how the answers are called that take no look at the images; empty where such answers may be perfect, so
                that nobody has to pass them
    chance      from the number of judging items of each class, (k,), to the expected score of these answers; None where
                no simple answer is worth a line
    answers     whether one more right answer counts as one of all "items", or as one of its class, with all "classes"
                alike; None where an answer is more than right or wrong
    items       from probabilities (m, k), float64 rows summing to 1, and labels (m,) to contributions (m, t)
    of_sums     from sums of contributions (..., t) to the score (...)
    leaves_out  what an interval of the score leaves out, a sentence; empty where nothing
    pulls       from the same as `items` to what each item moves the score by in the mean, (m,), where that is not the
                derivative of the score by how often it counts; None = it is

    Where an item is held against others, as their ranks or their bins are, its contributions are those among these
    items. The score of all of them is then exact, and that of items that are reweighed so to first order: all that
    their influence asks for (`explorer.statistics.influence`).
    """

    name: str
    title: str
    told: str
    best: Literal["high", "low"]
    percent: bool
    guess: str
    chance: Callable[[Ints], float | None]
    answers: Literal["items", "classes"] | None
    items: Callable[[Floats, Ints], Floats]
    of_sums: Callable[[Floats], Floats]
    leaves_out: str = ""
    pulls: Callable[[Floats, Ints], Floats] | None = None

    def contributions(self, probabilities: Floats, labels: Ints) -> Floats:
        """Return what each item adds to the sums, (m, t) float64, for probabilities (m, k) of any precision."""
        return self.items(exact(probabilities), labels)

    def value(self, probabilities: Floats, labels: Ints) -> float:
        """Return the score of all items together."""
        return float(self.of_sums(self.contributions(probabilities, labels).sum(axis=0)))


def exact(probabilities: Floats) -> Floats:
    """Return probabilities (m, k) of any precision as float64 whose rows sum to 1."""
    found = probabilities.astype(np.float64)
    return np.asarray(found / found.sum(axis=1, keepdims=True))


def scores(probabilities: Floats, labels: Ints) -> dict[str, float]:
    """Return every score of class probabilities (m, k) against labels (m,) in 0 .. k-1, by name.

    Balanced accuracy is the mean recall over the classes that occur in `labels` (Brodersen et al. 2010,
    doi:10.1109/ICPR.2010.764); macro F1 the mean of these classes' F1; log loss is in nats, with probabilities of at
    least 1.2e-7, the precision in which they are kept. AUROC and calibration error: `_placements`, `bins_of`.
    """
    return {name: metric.value(probabilities, labels) for name, metric in METRICS.items()}


def all_scores(outcome: Outcome, labels: Ints) -> Mapping[str, float]:
    """Return every score of an outcome by name, from its probabilities those that it was not stored with.

    labels    (n,) int64 of the whole data set, by row

    A trial that failed has none.
    """
    if outcome.state is not State.DONE:
        return outcome.scores
    return {name: score_of(outcome, labels, metric) for name, metric in METRICS.items()}


def score_of(outcome: Outcome, labels: Ints, metric: Metric) -> float:
    """Return one score of an outcome that is done, (see `all_scores`): an earlier version did not store all of them."""
    if metric.name in outcome.scores:
        return outcome.scores[metric.name]
    return metric.value(outcome.probabilities, labels[outcome.test])


# ---- contributions of items, and functions of their sums -------------------------------------------------------


def _one_hot(labels: Ints, k: int) -> Floats:
    return np.eye(k)[labels]


def _right(probabilities: Floats, labels: Ints) -> Floats:
    right = probabilities.argmax(axis=1) == labels
    return np.stack([right, np.ones_like(right)], axis=1).astype(np.float64)


def _surprise(probabilities: Floats, labels: Ints) -> Floats:
    loss = -np.log(np.clip(probabilities[np.arange(len(labels)), labels], _TINY, 1.0))
    return np.stack([loss, np.ones_like(loss)], axis=1)


def _mean(sums: Floats) -> Floats:
    return np.asarray(sums[..., 0] / sums[..., 1])


def _hits(probabilities: Floats, labels: Ints) -> Floats:
    truth = _one_hot(labels, probabilities.shape[1])
    right = probabilities.argmax(axis=1) == labels
    return np.concatenate([truth * right[:, None], truth], axis=1)


def _mean_recall(sums: Floats) -> Floats:
    right, truth = np.split(sums, 2, axis=-1)
    return _mean_over_present(right, truth, truth > 0)


def _confusion(probabilities: Floats, labels: Ints) -> Floats:
    k = probabilities.shape[1]
    predicted = _one_hot(probabilities.argmax(axis=1), k)
    truth = _one_hot(labels, k)
    return np.concatenate([truth * predicted, truth, predicted], axis=1)


def _mean_f1(sums: Floats) -> Floats:
    both, truth, predicted = np.split(sums, 3, axis=-1)
    return _mean_over_present(2 * both, truth + predicted, truth > 0)


def _mean_over_present(part: Floats, whole: Floats, present: Flags) -> Floats:
    """Return the mean of part / whole over the classes that are present, (..., k) → (...)."""
    shares = np.divide(part, whole, out=np.zeros_like(part), where=present)
    return np.asarray(shares.sum(axis=-1) / np.maximum(present.sum(axis=-1), 1))


# ---- area under the ROC curve ----------------------------------------------------------------------------------


def _placements(probabilities: Floats, labels: Ints) -> Floats:
    """Return placement values of each class against the rest, (m, 4 k), then their mean area, and 1, (m, 4 k + 2).

    Of an item of class c it is the share of the other items that are given c with a lower probability, of an item of
    another class the share of those of c that are given it with a higher one; ties count half. Both have the area under
    the ROC curve of c as their mean, and the variance of the area is the sum of those of the two means (DeLong, DeLong
    and Clarke-Pearson 1988, doi:10.2307/2531595; by ranks: Sun and Xu 2014, doi:10.1109/LSP.2014.2337313).
    """
    own = _one_hot(labels, probabilities.shape[1])
    placed = np.stack([_placed(each, inside > 0) for each, inside in zip(probabilities.T, own.T, strict=True)], axis=1)
    columns = [own * placed, own, (1 - own) * placed, 1 - own]
    above, n, _, others = (each.sum(axis=0) for each in columns)
    area = _mean_over_present(above, n, (n > 0) & (others > 0))
    return np.concatenate([*columns, np.tile([float(area), 1.0], (len(labels), 1))], axis=1)


def _placed(probability: Floats, inside: Flags) -> Floats:
    """Return the placement values of all items for one class, (m,); 0 where one side has none."""
    placed = np.zeros(len(probability))
    if inside.any() and not inside.all():
        placed[inside] = _share_below(probability[inside], probability[~inside])
        placed[~inside] = 1 - _share_below(probability[~inside], probability[inside])
    return placed


def _share_below(values: Floats, among: Floats) -> Floats:
    """Return the share of `among` that lies below each value, ties counting half."""
    ordered = np.sort(among)
    places = np.searchsorted(ordered, values, "left") + np.searchsorted(ordered, values, "right")
    return np.asarray(places / (2 * len(among)))


def _mean_area(sums: Floats) -> Floats:
    """Return the mean area over the classes that occur beside another; half where there is none, as of guessing.

    An area moves with its items as much as with the others, so it is the sum of both means less what they agree on.
    """
    own, n, rest, others = np.split(sums[..., :-2], 4, axis=-1)
    present = (n > 0) & (others > 0)
    both = _mean_over_present(own, n, present) + _mean_over_present(rest, others, present)
    return np.asarray(np.where(present.any(axis=-1), both - sums[..., -2] / sums[..., -1], 0.5))


# ---- calibration error -----------------------------------------------------------------------------------------


def _binned_answers(probabilities: Floats, labels: Ints) -> Floats:
    confidence = probabilities.max(axis=1)
    return binned(confidence, probabilities.argmax(axis=1) == labels, bins_of(confidence))


def bins_of(confidence: Floats) -> Ints:
    """Return the number of the bin of each confidence, (m,), 0 = the least confident; equal ones share a bin.

    Bins hold equally many (Nguyen and O'Connor 2015, arXiv:1508.05154): `BINS` at most, and fewer where they would hold
    less than `LEAST`, as the error of a bin is too large by how much few answers scatter.
    """
    wanted = max(1, min(BINS, len(confidence) // LEAST))
    edges = np.unique(np.quantile(confidence, np.arange(1, wanted) / wanted))
    places = np.searchsorted(edges, confidence, side="right")
    return np.asarray(np.unique(places, return_inverse=True)[1], np.int64)


def binned(confidence: Floats, right: Flags, place: Ints) -> Floats:
    """Return what each answer adds to the sums of its bin, (m, 3 b): answers, confidences, and right ones."""
    inside = np.eye(place.max() + 1)[place]
    return np.concatenate([inside, inside * confidence[:, None], inside * right[:, None]], axis=1)


def calibration_error(sums: Floats) -> Floats:
    """Return the expected calibration error (...) of sums of `binned`, (..., 3 b) (Guo et al. 2017, arXiv:1706.04599).

    It is the mean over answers of the distance between mean confidence and share of right answers of their bin.
    """
    counts, confidences, rights = np.split(sums, 3, axis=-1)
    return np.asarray(np.abs(rights - confidences).sum(axis=-1) / counts.sum(axis=-1))


def _damped_pulls(probabilities: Floats, labels: Ints) -> Floats:
    """Return by how much each answer moves the calibration error in the mean, (m,).

    An answer moves the gap of its bin, and so its distance where the gap is clear. The distance of a gap that is noise
    alone scatters less than the gap does: by the variance of the absolute value of a normal number (Leone, Nelson and
    Nottingham 1961, doi:10.1080/00401706.1961.10489974), 1 - 2/pi of its own. Answers keep the square root of that
    share at the true gap, whose square is estimated by that of the gap less its variance (Kumar, Liang and Ma 2019,
    arXiv:1909.10155).
    """
    confidence, m = probabilities.max(axis=1), len(labels)
    place = bins_of(confidence)
    gaps = (probabilities.argmax(axis=1) == labels) - confidence
    counts, sums = np.bincount(place), np.bincount(place, weights=gaps)
    around = np.bincount(place, weights=(gaps - (sums / counts)[place]) ** 2)
    variance = around * counts / np.maximum(counts - 1, 1)
    true = np.sqrt(np.maximum(sums**2 - variance, 0))
    clear = np.divide(true, np.sqrt(variance), out=np.full(len(sums), np.inf), where=variance > 0)
    moved = (np.sqrt(_folded(clear)) * np.sign(sums))[place] * gaps
    return np.asarray((moved - moved.mean()) / m)


def _folded(mean: Floats) -> Floats:
    """Return the variance of the absolute value of a normal number of these means and variance 1, each in [0.36, 1]."""
    near = np.minimum(mean, 10.0)  # beyond, nothing is folded
    tail = np.array([math.erf(each / math.sqrt(2)) for each in near.tolist()])
    absolute = math.sqrt(2 / math.pi) * np.exp(-(near**2) / 2) + near * tail
    return np.asarray(near**2 + 1 - absolute**2)


# ---- answers that take no look at the images ------------------------------------------------------------------


def _one_of_the_judged(judging: Ints) -> float:
    """Return the balanced accuracy of any answers that do not depend on the images."""
    return 1 / max(1, int((judging > 0).sum()))


def _most_frequent(judging: Ints) -> float:
    """Return the accuracy of always answering the class that most judging items have."""
    return float(judging.max() / max(1, judging.sum()))


def _none(_: Ints) -> None:
    return None


METRICS: Mapping[str, Metric] = {
    metric.name: metric
    for metric in (
        Metric(
            name="balanced_accuracy",
            title="Balanced accuracy",
            told="mean over classes of the share of right answers, 0 to 1; every class counts alike",
            best="high",
            percent=True,
            guess="guessing",
            chance=_one_of_the_judged,
            answers="classes",
            items=_hits,
            of_sums=_mean_recall,
        ),
        Metric(
            name="accuracy",
            title="Accuracy",
            told="share of right answers, 0 to 1; every image counts alike",
            best="high",
            percent=True,
            guess="most frequent class",
            chance=_most_frequent,
            answers="items",
            items=_right,
            of_sums=_mean,
        ),
        Metric(
            name="macro_f1",
            title="Macro F1",
            told="mean over classes of F1, which also punishes false alarms, 0 to 1",
            best="high",
            percent=True,
            guess="guessing",
            chance=_none,
            answers="classes",
            items=_confusion,
            of_sums=_mean_f1,
        ),
        Metric(
            name="auroc",
            title="AUROC",
            told="chance that an image of a class is given it with a higher probability than an image of another class "
            "is, mean over classes (area under the ROC curve), 0 to 1",
            best="high",
            percent=True,
            guess="guessing",
            chance=lambda _: 0.5,
            answers="classes",
            items=_placements,
            of_sums=_mean_area,
        ),
        Metric(
            name="log_loss",
            title="Log loss",
            told="mean of -log(probability of the true class), in nats; lower is better; no answer counts as less "
            "likely than one in 8 million, so that one image adds at most 16",
            best="low",
            percent=False,
            guess="guessing",
            chance=lambda judging: math.log(len(judging)),
            answers=None,
            items=_surprise,
            of_sums=_mean,
        ),
        Metric(
            name="calibration_error",
            title="Calibration error",
            told="distance between how sure answers are and how often they are right, mean over answers in up to "
            f"{BINS} bins of at least {LEAST}, 0 to 1; lower is better; few judging images make it read too high",
            best="low",
            percent=False,
            guess="",
            chance=_none,
            answers="items",
            items=_binned_answers,
            of_sums=calibration_error,
            leaves_out="Few judging images make a calibration error read too high, most of all a small one; the band "
            "leaves that out.",
            pulls=_damped_pulls,
        ),
    )
}
