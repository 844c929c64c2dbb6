"""Fine-tuning made affordable: the top of a pretrained network is trained over maps that its lower half made once."""

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np

from explorer.records import Arm, Choice, Fact, Floats, Study
from explorer.techniques import map_probe, tuning
from explorer.techniques.base import NOTHING, Consistency, Cost, FixedModel, Float32s, Learnt, Predictor, Task
from explorer.techniques.examples import Examples
from explorer.techniques.heads import constant
from explorer.techniques.monitors import WEIGHTS, Monitor
from explorer.techniques.resizing import resized
from explorer.techniques.scales import scales_setting, sides
from explorer.techniques.settings import setting
from explorer.techniques.turns import suited_views, turns
from explorer.training.networks import provenance
from explorer.training.precision import fast_bfloat16

#: The network, as `explorer.training.networks` names it, and views of each image.
NETWORK = "lite0"
VIEWS = {"one": 1, "eight": 8}
#: Images whose maps are made at once.
CHUNK = 64
#: Pixels of the image along a side for each place of the map.
STRIDE = 16
#: Views that the head starts from, and the frozen probe learns from, about: of each row at least one at each scale. So
#: one view of a row teaches from 501 labels on, while two are answered: another view of so many rows would double the
#: time to the first step. An answer is then the mean of two of what was learnt from, which has less chance in it.
STARTING_VIEWS = 2000
WARM_UP, SMOOTHING = 0.1, 0.05
#: Share of the steps that are taken however few the labels are; twice as many changed nothing at 2 and 5 a class.
LEAST_STEPS = 0.25
#: Seconds for those in float32 where the processor has units for bfloat16.
FAST = 0.6
#: Share of all images that judge, for the estimate of cost.
JUDGING = Study.test_share


@dataclass(frozen=True)
class Finetune(FixedModel):
    """Trains the upper half of a network (EfficientNet-Lite0) that has learnt from photographs on the labelled images.
    It starts from logistic regression on what the network sees, and keeps the lower half and all normalizations.

    The order, first the head and then the layers below, keeps what was learnt elsewhere from being lost. Where
    orientation carries no meaning, every step sees one of the eight flips and quarter turns of each image. The answers
    of the trained network are averaged with those of logistic regression on what it saw at several depths before.

    The maps that the lower half makes take 16 kB for each view of an image at 128 px and at 96: 128 MB for 1,000 images
    and 6.4 GB for 50,000 images with all eight views.
    """

    title: ClassVar[str] = "Fine-tuned ImageNet network"
    paper: ClassVar[str] = "Kumar et al. 2022, arXiv:2202.10054; network: Tan and Le 2019, arXiv:1905.11946"
    fails: ClassVar[str] = (
        "With one or two labels of each class, and when another instrument made the test images: then a frozen network"
        " is safer."
    )
    arms: ClassVar[tuple[Arm, ...]] = (Arm("finetune", title, Choice("finetune")),)
    can_be_consistent: ClassVar[bool] = True
    in_bfloat16: ClassVar[bool] = True

    side: int = setting(
        128,
        label="Image side",
        help="Every image is resized to this side before the network sees it.",
        unit="px",
        choices=(96, 128, 160),
        features=True,
    )
    scales: str = scales_setting("shown", "; each step of the training sees one of them, and answers are averaged.")
    views: str = setting(
        "auto",
        label="Views",
        help="Whether the network learns from one view or all eight flips and quarter turns of an image; auto: eight"
        " where orientation carries no meaning.",
        choices=("auto", *VIEWS),
        features=True,
    )
    answered: int = setting(
        2,
        label="Views of an answer",
        help="Views over which an answer is averaged at each scale, where there are so many.",
        low=1,
        high=8,
    )
    steps: int = setting(
        200,
        label="Training steps",
        help="Batches that the network learns from at 100 labels and more; fewer labels take fewer, down to a quarter.",
        unit="steps",
        low=10,
        high=2000,
    )
    batch: int = setting(16, label="Batch", help="Images in one step.", unit="images", low=4, high=64)
    learning_rate: float = setting(
        3e-4, label="Learning rate", help="The largest step of the optimizer during its cycle.", low=1e-6, high=0.01
    )
    weight_decay: float = setting(
        0.01, label="Weight decay", help="How strongly weights are pulled to zero.", low=0.0, high=1.0
    )

    @classmethod
    def unavailable(cls) -> str | None:
        """Return why the network or its weights cannot be used here; None when they can."""
        from explorer.training.weights import missing

        return missing()

    def suited(self, free: frozenset[Fact]) -> Self:
        """Return the model with as many views as suit the data."""
        return replace(self, views=suited_views(self.views, free))

    # ---- once for all trials ----

    def features(self, inputs: Float32s, learnt: Learnt = NOTHING) -> Floats:
        """Return the maps between the halves of the network, (n, v, height × width × 80), float16, of v views.

        Those of two scales stand end to end. Three channels are seen as colours and one as grey; any other number is
        shown as so many evenly spaced hues.
        """
        parts = [inputs[start : start + CHUNK] for start in range(0, len(inputs), CHUNK)]
        shown = [[self._shown(part, side) for side in sides(self.side, self.scales)] for part in parts]
        return np.concatenate([np.concatenate(each, axis=-1) for each in shown])

    def _shown(self, inputs: Float32s, side: int) -> Floats:
        """Return the maps (n, v, height × width × 80) of images that are shown at one side."""
        from explorer.training.lite0_top import below

        seen = np.stack(list(turns(coloured(inputs, side), VIEWS.get(self.views, 1))), axis=1)
        return below(seen.reshape(-1, *seen.shape[2:])).reshape(*seen.shape[:2], -1)

    # ---- in each trial ----

    def fit(
        self,
        examples: Examples,
        *,
        n_classes: int,
        seed: int,
        monitor: Monitor,
        consistency: Consistency | None = None,
    ) -> Predictor:
        """Return the predictor trained on maps (n, v, d), in which classes count equally.

        With `consistency`, one view of an unlabelled row, as it is, teaches another one that is made brighter or
        darker and lacks a square, and the weights are averaged over the last steps. Whose weights it starts from is
        recorded. Raises StudyError when training diverges.
        """
        from explorer.training import top_tuning
        from explorer.training.loop import Recipe, averaging, descended
        from explorer.training.precision import one_thread

        monitor.record(WEIGHTS, provenance(NETWORK, "", ""))
        rows = examples.subset(np.flatnonzero(examples.weights > 0))
        if len(present := np.unique(rows.labels)) < 2:
            return constant(present, n_classes)
        counts = tuning.balanced(rows.labels, n_classes, rows.weights)
        steps = self.steps if consistency else self._steps(len(rows))
        average = averaging(steps) if consistency else 0.0
        recipe = Recipe(steps, self.learning_rate, self.weight_decay, SMOOTHING, average, WARM_UP)
        maps, targets = self.maps(rows.rows), np.eye(n_classes, dtype=np.float32)[rows.labels]
        feed = top_tuning.Feed(maps, targets, counts / counts.mean(), self.batch)
        objective = top_tuning.objective(recipe, consistency.believing if consistency else None)
        views = max(1, STARTING_VIEWS // (len(maps) * len(rows)))
        with one_thread():
            some = [map_probe.spaced(each, views) for each in maps]
            seen = map_probe.described(some, functools.partial(monitor.step, 0, steps))
            head = map_probe.starting_head(seen, rows.labels, counts, n_classes)
            probe = map_probe.Probe.of(seen, rows, n_classes, seed, monitor)
            batches = feed.batches(np.random.default_rng(seed), consistency)
            trained = descended(objective, top_tuning.initial(*head), batches, recipe, monitor.step)
        return Tuned(self, probe, tuple(trained), functools.partial(monitor.step, steps, steps))

    def answer(
        self, probe: map_probe.Probe, trained: Sequence[Any], ask: Callable[[], None], features: Floats
    ) -> Float32s:
        """Return the mean of the class probabilities that probe and network give some views of each row, (m, k)."""
        from explorer.training.precision import one_thread

        with one_thread():
            frozen = probe(map_probe.described(self._answered(features), ask))
        mean = np.mean([frozen, self.trained_answer(trained, ask, features)], axis=0)
        return np.asarray(mean / mean.sum(axis=1, keepdims=True), np.float32)

    def trained_answer(self, trained: Sequence[Any], ask: Callable[[], None], features: Floats) -> Floats:
        """Return the mean of the class probabilities that the network alone gives some views of each row, (m, k)."""
        from explorer.training import top_tuning
        from explorer.training.precision import one_thread

        views = []
        with one_thread():
            for maps in self._answered(features):
                each = [top_tuning.probabilities(trained, part) for part in map_probe.parts(maps, ask)]
                views.append(np.concatenate(each).reshape(*maps.shape[:2], -1).mean(axis=1))
        return np.asarray(np.mean(views, axis=0))

    def _answered(self, features: Floats) -> list[Floats]:
        """Return maps of each scale, (n, v, height, width, 80), in the views that are answered."""
        return [map_probe.spaced(maps, self.answered) for maps in self.maps(features)]

    def maps(self, features: Floats) -> list[Floats]:
        """Return maps (n, v, height, width, 80) of each scale, of features (n, v, d)."""
        from explorer.training.lite0_top import CHANNELS

        rows = [-(-side // STRIDE) for side in sides(self.side, self.scales)]
        ends = np.cumsum([each**2 * CHANNELS for each in rows])[:-1]
        parts = np.split(features, ends, axis=-1)
        return [part.reshape(*part.shape[:2], each, each, CHANNELS) for part, each in zip(parts, rows, strict=True)]

    def _steps(self, n_labeled: int) -> int:
        """Return the steps for n labels: few labels are learnt by heart early. A cycle of rates takes three."""
        return max(3, round(self.steps * min(1.0, max(LEAST_STEPS, n_labeled / 100))))

    def cost(self, task: Task) -> Cost:
        """Estimate the seconds from the number of images, their views, the steps and the labels."""
        views, shown = VIEWS.get(self.views, 1), [(side / 128) ** 2 for side in sides(self.side, self.scales)]
        pixels = sum(shown)
        answered = min(views, self.answered) * JUDGING * task.n_items * 2  # by the probe and by the trained network
        started = min(views * task.n_labeled, STARTING_VIEWS)
        trained = self._steps(task.n_labeled) * (0.02 + 0.0045 * self.batch * pixels / len(shown))
        fit = (trained + 0.0019 * pixels * (answered + started)) * (FAST if fast_bfloat16() else 1.0)
        fit += 2.3e-4 * task.n_labeled * task.n_classes  # of the frozen probe
        return Cost(3.5 + 0.004 * task.n_items * views * pixels, fit)


@dataclass(frozen=True, eq=False)
class Tuned:
    """The predictor: the frozen probe and the trained parameters, as `explorer.training.top_tuning` has them."""

    model: Finetune
    probe: map_probe.Probe
    parameters: tuple[Any, ...]
    ask: Callable[[], None]

    def __call__(self, features: Floats) -> Float32s:
        """Return class probabilities (m, k) of the maps of images, (m, v, d)."""
        return self.model.answer(self.probe, self.parameters, self.ask, features)


def coloured(inputs: Float32s, side: int) -> Float32s:
    """Return images (n, side, side, 3), in [-1, 1], as the network is shown inputs (n, ...) in [0, 1]."""
    colours = np.clip(resized(inputs, side, side) @ hues(inputs.shape[-1]), 0.0, 1.0)
    return np.asarray(colours * 2 - 1, np.float32)


def hues(channels: int) -> Float32s:
    """Return the colours, (channels, 3), in which channels are shown: they add up to white.

    One is grey, three are red, green and blue, and any other number are hues at equal distances from red on.
    """
    if channels == 1:
        return np.ones((1, 3), np.float32)
    angles = 3 * np.arange(channels)[:, None] / channels - np.arange(3)
    shares = np.maximum(0, 1 - np.abs((angles + 1.5) % 3 - 1.5))
    return np.asarray(shares / shares.sum(axis=0), np.float32)
