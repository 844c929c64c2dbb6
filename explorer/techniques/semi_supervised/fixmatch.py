"""FixMatch with FreeMatch's threshold: what a network believes of a weak view, it learns to say of a strong one."""

from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from explorer.cautions import Caution
from explorer.records import UNLABELED, Arm, Choice, Fact, Floats, Ints, Rows, Slot
from explorer.score_words import percent
from explorer.techniques.base import (
    Augmentation,
    Consistency,
    Cost,
    Float32s,
    Learner,
    Predictor,
    SemiSupervised,
    Task,
    Views,
)
from explorer.techniques.believing import (
    answers,
    class_shares,
    features_of,
    foreign_share,
    told_foreign,
    told_shift,
    told_unused,
)
from explorer.techniques.discovery import build, techniques
from explorer.techniques.examples import Examples
from explorer.techniques.monitors import Monitor
from explorer.techniques.settings import setting

#: Augmentations that make the view that teaches and the view that is taught.
WEAK, STRONG = "gentle", "strong"
#: Steps between two records, and rounds of a run in which the labels believed are told.
RECORD_STEPS = 50
ROUNDS = 10
#: Steps of the small network, for the estimate of cost.
STEPS = 600
#: A class counts at most this many times as much as another one, however rarely it is believed.
FAIRNESS = 4.0
#: Shares of believed images in the second half: below the first the pool was not used, below the second half of it not.
UNUSED, HALF_USED = 0.05, 0.5


@dataclass(frozen=True)
class FixMatch(SemiSupervised):
    """Trains a network to say of a strongly changed view of an unlabelled image what it believes of a gentle view.
    Only images of which it is surer than a threshold count, and the threshold follows how sure it is of each class.

    The threshold is that of Wang et al. 2023 (FreeMatch), believed labels are hard, and their loss is ramped up over
    the first steps. Classes that are rarely believed count more, so that none is forgotten. Published figures are of a
    million steps; a run here has six hundred.
    """

    title: ClassVar[str] = "FixMatch"
    paper: ClassVar[str] = "Sohn et al. 2020, arXiv:2001.07685; threshold: Wang et al. 2023, arXiv:2205.07246"
    fails: ClassVar[str] = (
        "Where few changes of the images are safe, or where the pool holds other things than the classes."
    )
    needs_consistency: ClassVar[bool] = True
    streams: ClassVar[bool] = True
    arms: ClassVar[tuple[Arm, ...]] = (
        Arm("fixmatch", title, Choice("small_cnn"), augmentation=Choice(WEAK), semi_supervised=Choice("fixmatch")),
    )

    ratio: int = setting(
        3, label="Unlabelled ratio", help="Unlabelled images in a batch for each labelled one.", low=1, high=7
    )
    momentum: float = setting(
        0.98,
        label="Memory of the threshold",
        help="Share of the old threshold that each step keeps.",
        low=0.5,
        high=0.999,
    )
    ramp: float = setting(
        0.4,
        label="Ramp",
        help="Share of the steps over which the unlabelled images come to count fully.",
        low=0.0,
        high=1.0,
    )

    @classmethod
    def unavailable(cls) -> str | None:
        """Return why views cannot be made here; None when they can."""
        known = techniques(Slot.AUGMENTATION)
        return known[WEAK].unavailable() or known[STRONG].unavailable()

    def fit(self, learner: Learner, labeled: Examples, unlabeled: Any, *, seed: int, monitor: Monitor) -> Predictor:
        """Return the predictor trained on labelled examples and on weak and strong views of the unlabelled rows."""
        if not len(unlabeled):
            monitor.note(Caution("FixMatch had no unlabelled image to learn from."))
            return learner.fit(labeled)
        watched = Watched(unlabeled.values, unlabeled.scaling) if isinstance(unlabeled, Rows) else None
        weak, strong = (None, None) if watched is None else _views(watched.shape[1:], learner.free, monitor)
        believing = SelfAdaptive(learner.n_classes, self.momentum, self.ramp, len(unlabeled), watched, monitor)
        rows = unlabeled if watched is None else watched
        predictor = learner.fit(labeled, Consistency(rows, self.ratio, believing, weak, strong))
        self._tell(predictor, believing, labeled, unlabeled, monitor)
        return predictor

    def _tell(
        self, predictor: Predictor, believing: "SelfAdaptive", labeled: Examples, unlabeled: Any, monitor: Monitor
    ) -> None:
        """Tell what is believed of the whole pool in the end, and what a user must know of the run."""
        probabilities = answers(predictor, unlabeled, monitor)
        found = probabilities.argmax(axis=1)
        monitor.believe(np.where(believing.believed(probabilities), found, UNLABELED), probabilities.max(axis=1))
        monitor.record("fixmatch", believing.history)
        prior, shares = (class_shares(each, probabilities.shape[1]) for each in (labeled.labels, found))
        used, features = believing.used(), features_of(labeled.rows)
        seen = features_of(unlabeled)
        foreign = 0.0 if features is None or seen is None else foreign_share(features, seen, monitor)
        told = [told_unused(used), told_half(used), told_shift(prior, shares, len(found))]
        for sentence in (*told, told_foreign(foreign, len(labeled))):
            if sentence is not None:
                monitor.note(sentence)

    def cost(self, task: Task) -> Cost:
        """Estimate the seconds that the unlabelled images add to the training of the small network.

        A model of another kind, whose unlabelled inputs may be features, is estimated by the same figures.
        """
        side = min(max(*task.shape[:2], 32), 48)
        network = STEPS * 16 * self.ratio * 0.00175 * (side / 48) ** 2
        return Cost(0.0, network + STEPS * 16 * self.ratio * 7e-8 * float(np.prod(task.shape)))


def _views(shape: tuple[int, ...], free: frozenset[Fact], monitor: Monitor) -> tuple[Views | None, Views | None]:
    """Return the makers of weak and strong views."""
    made = [build(Slot.AUGMENTATION, Choice(name)).suited(free) for name in (WEAK, STRONG)]
    weak, strong = (each.views(shape, free) if isinstance(each, Augmentation) else None for each in made)
    if not free:
        monitor.note(
            Caution("No change of these images is said to be safe, so that FixMatch's two views hardly differed.")
        )
    return weak, strong


@dataclass(frozen=True)
class Watched(Rows):
    """Rows that remember which of them were asked for last, so that beliefs can be kept by row."""

    asked: list[Ints] = field(default_factory=list)

    def __getitem__(self, chosen: Any) -> Float32s:
        """Return the chosen inputs, (m, ...), and remember their numbers."""
        self.asked[:] = [np.arange(len(self))[chosen]]
        return super().__getitem__(chosen)


class SelfAdaptive:
    """Turns answers on weak views into hard labels of those rows of which the network is sure enough.

    Notation: b rows in a batch, k classes. The global threshold is a running mean of the greatest probability of a
    row; that of a class is lower by the ratio of its mean probability to the greatest one (Wang et al. 2023, equations
    5 to 8). Weights of believed rows rise over the share `ramp` of the steps, and rarely believed classes weigh more.

    threshold    the global one, in (0, 1]
    shares       running mean probability of each class, (k,)
    history      what was measured, a record for each RECORD_STEPS steps
    """

    def __init__(
        self, n_classes: int, momentum: float, ramp: float, m: int, watched: Watched | None, monitor: Monitor
    ) -> None:
        self.threshold = 1 / n_classes
        self.shares = np.full(n_classes, 1 / n_classes)
        self.history: list[dict[str, Any]] = []
        self._momentum = momentum
        self._ramp = ramp
        self._watched = watched
        self._monitor = monitor
        self._frequencies = np.full(n_classes, 1 / n_classes)
        self._latest = np.full(m, UNLABELED, np.int64)
        self._sure = np.zeros(m, np.float32)
        self._since: list[tuple[float, Ints]] = []

    def __call__(self, probabilities: Float32s, done: int, steps: int) -> tuple[Float32s, Float32s]:
        """Return targets (b, k), each a single class, and weights (b,) of rows with class probabilities (b, k)."""
        self._adapt(probabilities)
        labels, believed = probabilities.argmax(axis=1), self.believed(probabilities)
        counts = np.bincount(labels[believed], minlength=len(self.shares)).astype(float)
        if counts.any():
            self._frequencies = self._mixed(self._frequencies, counts / counts.sum())
        weights = believed * self._fairness()[labels] * ramped(done, steps, self._ramp)
        self._keep(np.where(believed, labels, UNLABELED), probabilities.max(axis=1), done, steps)
        return np.eye(len(self.shares), dtype=np.float32)[labels], weights.astype(np.float32)

    def believed(self, probabilities: Float32s) -> Any:
        """Return which rows, (b,) bool, are over the threshold of the class that they most likely are."""
        limits = self.threshold * self.shares / self.shares.max()
        return probabilities.max(axis=1) >= limits[probabilities.argmax(axis=1)]

    def used(self) -> float:
        """Return the mean share of believed rows in the second half of the run; 0 where there was none."""
        half = self.history[len(self.history) // 2 :]
        return float(np.mean([each["used"] for each in half])) if half else 0.0

    def _adapt(self, probabilities: Float32s) -> None:
        self.threshold = float(self._mixed(self.threshold, probabilities.max(axis=1).mean()))
        self.shares = self._mixed(self.shares, probabilities.mean(axis=0))

    def _mixed(self, old: Any, new: Any) -> Any:
        return self._momentum * old + (1 - self._momentum) * np.asarray(new, np.float64)

    def _fairness(self) -> Any:
        """Return what a row of each class counts, (k,): the mean over believed rows is about 1."""
        factors = 1 / np.maximum(self._frequencies, self._frequencies.max() / FAIRNESS)
        return factors / (factors * self._frequencies).sum()

    def _keep(self, labels: Ints, sure: Floats, done: int, steps: int) -> None:
        """Keep what was believed in this step, and tell it every few steps."""
        believed = labels != UNLABELED
        self._since.append((float(believed.mean()), np.bincount(labels[believed], minlength=len(self.shares))))
        if (done + 1) % RECORD_STEPS == 0 or done + 1 == steps:
            self._record(done + 1)
        if self._watched is None or [len(each) for each in self._watched.asked] != [len(labels)]:
            return
        self._latest[self._watched.asked[0]] = labels
        self._sure[self._watched.asked[0]] = sure
        if (done + 1) * ROUNDS // steps > done * ROUNDS // steps and done + 1 < steps:
            self._monitor.believe(self._latest.copy(), self._sure.copy())

    def _record(self, step: int) -> None:
        used = float(np.mean([share for share, _ in self._since]))
        counts = np.sum([each for _, each in self._since], axis=0)
        classes = (counts / max(1, counts.sum())).tolist()
        self.history.append({"step": step, "used": used, "threshold": self.threshold, "classes": classes})
        self._since.clear()


def ramped(done: int, steps: int, ramp: float) -> float:
    """Return the weight of unlabelled images after `done` of `steps` steps: it rises from 0 to 1 over that share."""
    return min(1.0, done / (ramp * steps)) if ramp > 0 else 1.0


def told_half(used: float) -> Caution | None:
    """Return a sentence where much of the pool was not believed in the second half; None else. `used` is a share."""
    if not UNUSED <= used < HALF_USED:
        return None
    told = (
        f"Only {percent(used)} of the pool were believed; images that are of none of the classes would look like this."
    )
    return Caution(told)
