"""The small network, taught by the unlabelled pool before it meets a label."""

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Self

import numpy as np

from explorer.cautions import Caution
from explorer.records import Arm, Choice, Fact, Rows, Slot, digest
from explorer.techniques import adapting, believing
from explorer.techniques.base import (
    NOTHING,
    Augmentation,
    Consistency,
    Cost,
    Float32s,
    Learnt,
    Mixer,
    Predictor,
    Task,
    TrainedModel,
    Views,
)
from explorer.techniques.discovery import build, techniques
from explorer.techniques.examples import Examples
from explorer.techniques.logistic import Logistic
from explorer.techniques.models.small_cnn import SCALE, SMALLEST, WIDTHS, Scale, SmallCnn, encoder, kept
from explorer.techniques.monitors import WEIGHTS, Monitor
from explorer.techniques.settings import setting
from explorer.training.networks import cited, provenance
from explorer.training.precision import fast_bfloat16

#: The augmentation whose views contrastive learning holds together.
STRONG = "strong"
#: How the work on each task is introduced in `paper`.
_TASKS = {"contrastive": "SimCLR: ", "autoencoder": "denoising autoencoder: ", "rotation": "rotation: "}
#: Rows of the pool that give mean and spread of the channels, and that tell whether all are described alike.
SAMPLE = 512
#: Spread of the descriptions below which they say nothing, and losses that are kept of a run.
COLLAPSED, LOSSES = 0.02, 50
#: Views of each labelled image that a probe is fitted on, where an augmentation makes some.
PROBED = 4
#: Seconds on the reference machine: of the network in a step of each task at 48 px, and the share of them that it takes
#: with units for bfloat16; of the optimizer in a step, of a view, of an image that ImageNet's network sees, and of a
#: step of the adapter.
NETWORK: Mapping[str, float] = {"contrastive": 0.075, "autoencoder": 0.15, "rotation": 0.075}
FAST = 0.45
OPTIMIZER, A_VIEW, A_PHOTOGRAPH, ADAPTER = 0.005, 0.00025, 0.004, 0.025
#: Views in a step of contrastive learning.
VIEWS = 96
CHUNK = 64
#: Before the numbers of the parameters that restore images, which the autoencoder keeps to be looked at.
DECODER = "restores-"
#: Takes the steps that are done and all there are; raises what ends the trial.
Step = Callable[[int, int], None]
HEAD = Logistic(strengths=(30.0, 300.0, 3000.0), fallback=300.0)


@dataclass(frozen=True)
class SelfSupervised(TrainedModel):
    """Teaches a small network to see on the unlabelled images of the pool, by a task that needs no label.
    Then a logistic regression on what it sees, or further training of the whole network, learns from the labelled ones.

    From ImageNet, the network that knows photographs stays as it is, since training it takes hours on a processor; the
    pool teaches a small adapter of its features to hold views of one image together.
    """

    title: ClassVar[str] = "Self-supervised CNN"
    paper: ClassVar[str] = (
        "SimCLR: Chen et al. 2020, arXiv:2002.05709; denoising autoencoder: Vincent et al. 2008,"
        " doi:10.1145/1390156.1390294; rotation: Gidaris et al. 2018, arXiv:1803.07728"
    )
    fails: ClassVar[str] = "With a small pool, and where views change the very thing that tells the classes apart."
    version: ClassVar[int] = 3
    in_bfloat16: ClassVar[bool] = True
    arms: ClassVar[tuple[Arm, ...]] = (
        Arm(
            "self_supervised",
            title,
            Choice("self_supervised", {"then": "finetune"}),
            augmentation=Choice("gentle"),
        ),
    )

    method: str = setting(
        "contrastive",
        label="Task",
        help="Tell two views of an image from other images, restore blanked squares, or find how an image was turned.",
        choices=("contrastive", "autoencoder", "rotation"),
        features=True,
    )
    start: str = setting(
        "scratch",
        label="Start",
        help="Random weights, or the features of a network that knows photographs (ImageNet), which are adapted.",
        choices=("scratch", "imagenet"),
        features=True,
    )
    then: str = setting(
        "probe",
        label="Then",
        help="What the labels teach: a logistic regression on what the network sees, or the whole network further.",
        choices=("probe", "finetune"),
    )
    steps: int = setting(
        1500,
        label="Pretraining steps",
        help="Batches of unlabelled images that the network learns from, once for each seed.",
        unit="steps",
        low=10,
        high=20000,
        features=True,
    )
    #: What carries no meaning in the data, in alphabetical order; no setting, but told by `suited`.
    free: tuple[Fact, ...] = field(default=())

    def works(self) -> tuple[str, ...]:
        """Return the work on the task that is set, and those on the network that it starts from or trains further."""
        task = tuple(each for each in super().works() if each.startswith(_TASKS[self.method]))
        if self.start == "imagenet":
            return (*task, cited("lite0"))
        return (*task, *SmallCnn().works()) if self.then == "finetune" else task

    @classmethod
    def unavailable(cls) -> str | None:
        """Return why networks cannot be trained here; None when they can."""
        return SmallCnn.unavailable() or techniques(Slot.AUGMENTATION)[STRONG].unavailable()

    def suited(self, free: frozenset[Fact]) -> Self:
        """Return the technique that knows what carries no meaning."""
        return replace(self, free=tuple(sorted(free)))

    def problem(self) -> str | None:
        """Return why it cannot be used with these settings where `free` carries no meaning; None when it can."""
        if self.method == "rotation" and Fact.ORIENTATION in self.free:
            return (
                "Nothing tells how an image was turned where orientation carries no meaning, so that the task"
                " 'rotation' cannot be learnt. Choose 'contrastive' or 'autoencoder'."
            )
        return self.unavailable() or (self._problem_of_imagenet() if self.start == "imagenet" else None)

    def _problem_of_imagenet(self) -> str | None:
        if self.method != "contrastive":
            return (
                f"The task '{self.method}' teaches a network from scratch, not from ImageNet."
                " Choose the task 'contrastive', or the start 'scratch'."
            )
        if self.then == "finetune":
            return (
                "Self-supervised learning from ImageNet adapts features of a network that stays as it is, for a probe."
                " Choose 'probe', or the model 'finetune'."
            )
        return adapting.photographer().problem()

    @property
    def learns_from_pool(self) -> bool:
        """Tell that the pool teaches."""
        return True

    def features_key(self) -> str:
        """Return a name of what `learn` computes: of the settings that change it, what carries no meaning, and parts.

        These parts are the augmentation that makes views, and the network.
        """
        network = adapting.photographer() if self.start == "imagenet" else SmallCnn()
        views = build(Slot.AUGMENTATION, Choice(STRONG))
        return digest(super().features_key(), *self.free, views.key(), network.features_key())

    # ---- the pool teaches ----

    def learn(self, pool: Rows, *, seed: int, monitor: Monitor) -> Learnt:
        """Return the weights of the network, or of the adapter, learnt from the unlabelled inputs (n, ...).

        Raises StudyError when training diverges.
        """
        from explorer.training import contrastive
        from explorer.training.precision import one_thread

        random = np.random.default_rng(seed)
        sample = pool[np.sort(random.permutation(len(pool))[:SAMPLE])]
        with one_thread():
            teach = self._network if self.start == "scratch" else self._adapter
            learnt, losses = teach(pool, sample, random, seed, monitor)
        spread = contrastive.spread(self.described(learnt, sample, monitor.step))
        monitor.record("loss", _thinned(losses))
        monitor.record("spread", spread)
        if spread < COLLAPSED:
            told = (
                f"The network describes all images alike (spread {spread:.3f} of 1), so that it learnt nothing from the"
                " pool; choose another task."
            )
            monitor.note(Caution(told))
        return learnt

    def _network(
        self, pool: Rows, sample: Float32s, random: np.random.Generator, seed: int, monitor: Monitor
    ) -> tuple[Learnt, list[float]]:
        from explorer.training import autoencoder, contrastive, rotation, small_net
        from explorer.training.pretext import Making, Source, taught

        tasks: dict[str, Making] = {
            "contrastive": contrastive.pretext,
            "autoencoder": autoencoder.pretext,
            "rotation": rotation.pretext,
        }
        scale = Scale.of(sample)
        source = Source(pool, self.small_views(pool.shape[1:]), functools.partial(SmallCnn().prepared, scale=scale))
        start = small_net.initial(pool.shape[-1], WIDTHS, 1, seed)[:-2]
        pretext = tasks[self.method](source, WIDTHS, random, seed)
        trained, losses = taught(start, pretext, self.steps, monitor.step)
        encoding, restoring = trained[: len(start)], trained[len(start) :] if self.method == "autoencoder" else []
        decoder = {f"{DECODER}{index}": each.detach().contiguous().numpy() for index, each in enumerate(restoring)}
        return {**kept(encoding, scale), **decoder}, losses

    def _adapter(
        self, pool: Rows, sample: Float32s, random: np.random.Generator, seed: int, monitor: Monitor
    ) -> tuple[Learnt, list[float]]:
        seen = adapting.seen(pool, self._views(pool.shape[1:]), random, monitor)
        return adapting.taught_adapter(seen, self.steps, random, seed, monitor)

    def _views(self, shape: tuple[int, ...]) -> Views | None:
        strong = build(Slot.AUGMENTATION, Choice(STRONG)).suited(frozenset(self.free))
        return strong.views(shape, frozenset(self.free)) if isinstance(strong, Augmentation) else None

    def small_views(self, shape: tuple[int, ...]) -> Views | None:
        """Return what makes views at the size at which the small network takes images of that shape."""
        reduced = SmallCnn().reduced
        views = self._views(reduced(np.zeros((1, *shape), np.float32)).shape[1:])
        return None if views is None else lambda images, random: views(reduced(images), random)

    # ---- the labels teach ----

    def fit(
        self,
        examples: Examples,
        *,
        n_classes: int,
        seed: int,
        monitor: Monitor,
        learnt: Learnt = NOTHING,
        views: Views | None = None,
        mixer: Mixer | None = None,
        consistency: Consistency | None = None,
    ) -> Predictor:
        """Return the predictor fitted on what the taught network sees of inputs (n, height, width, channels).

        A mixer is for further training alone: a probe has no use for it. From ImageNet, whose weights it rests on is
        recorded. Raises StudyError when training diverges.
        """
        if self.start == "imagenet":
            network = adapting.photographer()
            monitor.record(WEIGHTS, provenance(network.network, network.architecture, network.checkpoint))
        known: dict[str, Any] = {"n_classes": n_classes, "seed": seed}
        if self.then == "finetune":
            more: dict[str, Any] = {**known, "monitor": monitor, "learnt": learnt, "views": views, "mixer": mixer}
            return SmallCnn().fit(examples, **more)
        random = np.random.default_rng(seed)
        seen = [examples.rows[:]] if views is None else [views(examples.rows[:], random) for _ in range(PROBED)]
        described = np.stack([self.described(learnt, each, monitor.step) for each in seen], axis=1)
        head = HEAD.fit(replace(examples, rows=described), **known, monitor=monitor)
        return functools.partial(self._predicted, head, learnt, lambda done, total: monitor.step(0, 0))

    def _predicted(self, head: Predictor, learnt: Learnt, step: Step, inputs: Float32s) -> Float32s:
        return head(self.described(learnt, inputs, step))

    def described(self, learnt: Learnt, images: Float32s, step: Step) -> Float32s:
        """Return what the taught network sees of images (n, height, width, channels), (n, d)."""
        describe = _small if self.start == "scratch" else adapting.adapted
        found = []
        for start in range(0, len(images), CHUNK):
            step(start, len(images))
            found.append(describe(learnt, images[start : start + CHUNK]))
        step(len(images), len(images))
        return np.concatenate(found)

    def cost(self, task: Task) -> Cost:
        """Estimate the seconds of teaching, once, and of further training or of describing images in each trial."""
        pixels = (min(max(*task.shape[:2], SMALLEST), SmallCnn.side) / 48) ** 2
        if self.start == "imagenet":
            image = A_PHOTOGRAPH * (1 if task.shape[-1] in (1, 3) else task.shape[-1])
            taught = min(task.n_items, believing.TAUGHT)
            return Cost(5 + taught * (1 + adapting.SEEN) * image + self.steps * ADAPTER, (task.n_items / 3) * image)
        network = NETWORK[self.method] * pixels * (FAST if fast_bfloat16() else 1.0)
        making = VIEWS * A_VIEW if self.method == "contrastive" else 0.0
        teaching = self.steps * (OPTIMIZER + network + making)
        fine = SmallCnn().cost(task).fit if self.then == "finetune" else 0.05 + 0.0003 * pixels * task.n_items
        return Cost(teaching, fine)


def _small(learnt: Learnt, images: Float32s) -> Float32s:
    """Return what the small network sees at each of its depths, (n, d)."""
    import torch

    from explorer.training import small_net
    from explorer.training.precision import one_thread

    with one_thread(), torch.inference_mode():
        ready = SmallCnn().prepared(images, scale=Scale(*learnt[SCALE]))
        found: Float32s = small_net.described(encoder(learnt), ready).numpy()
    return found


def _thinned(losses: list[float]) -> list[float]:
    """Return means of a run of losses, LOSSES of them at most."""
    return [float(part.mean()) for part in np.array_split(np.array(losses), min(LOSSES, len(losses)))]
