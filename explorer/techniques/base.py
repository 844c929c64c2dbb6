"""What a technique is: one class per slot, settings as fields, everything a user must know beside the code.

A technique file holds one subclass of a slot's class. Its docstring says what it does in two plain sentences; `title`,
`paper` and `fails` say the rest; its fields, declared with `setting(...)`, are its settings. Pickers, forms, the README
and the contract tests follow from that file alone. Heavy imports happen inside functions.

A technique learns from labelled rows, unlabelled inputs of the pool, its settings and a seed; never from test rows and
never from hidden labels. Cleaned inputs and features are made of every input by itself, without labels. Instances are
frozen: what is learnt lives in what `learn` and `fit` return.
"""

import inspect
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from types import MappingProxyType
from typing import Any, ClassVar, Protocol, Self, TypeAlias

import numpy as np
import numpy.typing as npt

from explorer.records import Arm, Array, Fact, Floats, Rows, Slot, digest
from explorer.techniques.examples import Examples
from explorer.techniques.monitors import QUIET, Monitor, Steps
from explorer.techniques.noise import KINDS, Noise
from explorer.techniques.settings import setting, settings_of

Float32s: TypeAlias = npt.NDArray[np.float32]

#: From m rows (features of a fixed model, inputs in [0, 1] of a trained one) to (m, k) float32 class probabilities.
Predictor: TypeAlias = Callable[[Any], Float32s]

#: What a technique has learnt from the pool, by name; kept as a file without pickle.
Learnt: TypeAlias = Mapping[str, Array]

#: What a technique has learnt that learns nothing from the pool.
NOTHING: Learnt = MappingProxyType({})

#: From a batch of inputs in [0, 1] and a generator to a batch of views of the same shape, each still of its own class.
Views: TypeAlias = Callable[[Float32s, np.random.Generator], Float32s]

#: From a batch of inputs, their class shares (b, k) and a generator to a batch blended of several, and its shares.
Mixer: TypeAlias = Callable[[Float32s, Float32s, np.random.Generator], tuple[Float32s, Float32s]]


@dataclass(frozen=True)
class Task:
    """The size of the work, for estimates of cost.

    n_items, shape     number and shape of the inputs of the whole data set
    n_classes          number of classes
    n_labeled          labelled rows of the trial
    """

    n_items: int
    shape: tuple[int, ...]
    n_classes: int
    n_labeled: int


@dataclass(frozen=True)
class Cost:
    """Seconds on one core of the reference machine (`explorer.engine.bill`): once per data set, and for each trial."""

    prepare: float
    fit: float


class Technique(ABC):
    """One way of doing one thing. See the head of this module for what a subclass declares."""

    slot: ClassVar[Slot]
    #: A few words for pickers and curve labels.
    title: ClassVar[str]
    #: Authors, year, DOI or arXiv number of the work it follows.
    paper: ClassVar[str]
    #: When not to use it, in one sentence.
    fails: ClassVar[str]
    #: Kinds of data it works on.
    kinds: ClassVar[frozenset[str]] = frozenset({"image"})
    #: Raised when the code changes what it computes, so that nothing stale is read from a cache.
    version: ClassVar[int] = 1
    #: Digest of the file of a technique that a user adds: its author need not raise a number. "" for those that ship.
    source: ClassVar[str] = ""
    #: Whether features, or what is learnt from the pool, are computed in bfloat16 where the processor has units for it.
    in_bfloat16: ClassVar[bool] = False
    #: Ready-made arms that this file contributes; their other slots name techniques of other files.
    arms: ClassVar[tuple[Arm, ...]] = ()
    #: Whether these arms are compared where nobody says which: those that tell most for a quarter of an hour.
    first: ClassVar[bool] = False

    @classmethod
    def name(cls) -> str:
        """Return the short stable name: that of the file."""
        return cls.__module__.rpartition(".")[2]

    @classmethod
    def summary(cls) -> str:
        """Return what the technique does, in two plain sentences: the first paragraph of the docstring."""
        return inspect.cleandoc(cls.__doc__ or "").split("\n\n")[0].replace("\n", " ")

    @classmethod
    def unavailable(cls) -> str | None:
        """Return why the technique cannot be used on this machine, and the remedy; None when it can."""
        return None

    def problem(self) -> str | None:
        """Return why it cannot be used with these settings, and the remedy; None when it can."""
        return self.unavailable()

    def works(self) -> tuple[str, ...]:
        """Return the works that it follows with these settings, those of `paper` by default.

        Some begin with what they are cited for: "network: Tan and Le 2019, arXiv:1905.11946".
        """
        return tuple(self.paper.split("; "))

    def suited(self, free: frozenset[Fact]) -> Self:
        """Return the technique as it suits data in which the facts `free` carry no meaning; by default the same."""
        return self

    def self_contained(self) -> Self:
        """Return the technique with what stands in files that its settings name, so that whoever runs it later, or on
        another machine, runs the same; by default the technique itself. Raises TechniqueError for one that is not read.
        """
        return self

    @property
    def learns_from_pool(self) -> bool:
        """Tell whether `learn`, with these settings, looks at the pool or draws random numbers."""
        return False

    def learn(self, pool: Rows, *, seed: int, monitor: Monitor) -> Learnt:
        """Return what is learnt from the unlabelled inputs of the pool, (n, ...); by default nothing.

        It is learnt once for all trials of one pool and seed, and kept. `pool` is empty where the technique says that
        it does not look at it. Raises Cancelled or OutOfTime through `monitor`.
        """
        return NOTHING

    def cost(self, task: Task) -> Cost:
        """Estimate what the technique adds to an arm."""
        return Cost(0.0, 0.0)

    def features_key(self) -> str:
        """Return a name of what `features` and `learn` compute; settings that change neither do not change it."""
        names = [each.name for each in settings_of(type(self)) if each.features]
        return digest(self.name(), self._code(), repr([(name, getattr(self, name)) for name in names]))

    def key(self) -> str:
        """Return a name of the technique, its version and its settings, for caches."""
        return digest(self.slot, self.name(), self._code(), repr(sorted(asdict(self).items())))  # type: ignore[call-overload]

    @classmethod
    def _code(cls) -> str:
        return f"{cls.version}{cls.source}"


#: The setting that says how strong noise of a kind is; and what stands in place of a kind where none is added.
NOISE_LEVELS: Mapping[str, str] = {"gaussian": "sigma", "poisson": "photons", "salt_and_pepper": "flipped"}
NO_NOISE = "none"


@dataclass(frozen=True)
class Denoising(Technique):
    """Cleans inputs; what it learns, it learns from the pool.

    Noise can be added to all inputs first, to ask how much worse everything is with it: a technique then learns from
    noisy inputs and cleans noisy inputs.
    """

    slot = Slot.DENOISING

    added_noise: str = setting(
        NO_NOISE,
        label="Added noise",
        help="Noise that is added to all images before they are cleaned, the same for all arms and seeds.",
        choices=(NO_NOISE, *KINDS),
    )
    photons: float = setting(
        10.0,
        label="Photons (Poisson noise)",
        help="Photons that are expected where an image is white; fewer of them give more noise.",
        unit="photons",
        low=0.1,
        high=10_000.0,
    )
    sigma: float = setting(
        0.1,
        label="Standard deviation (Gaussian noise)",
        help="Standard deviation of the noise, as a share of the range from black to white.",
        low=0.001,
        high=1.0,
    )
    flipped: float = setting(
        0.05,
        label="Flipped pixels (salt and pepper)",
        help="Share of the pixels that turn black or white.",
        low=0.001,
        high=1.0,
    )

    @property
    def noise(self) -> Noise | None:
        """Return the noise that is added on purpose before anything is cleaned; None where there is none."""
        if self.added_noise == NO_NOISE:
            return None
        return Noise(self.added_noise, float(getattr(self, NOISE_LEVELS[self.added_noise])))

    def features_key(self) -> str:
        """Return a name of what `learn` computes: every setting may change that."""
        return self.key()

    @abstractmethod
    def clean(self, inputs: Float32s, learnt: Learnt) -> Float32s:
        """Return cleaned inputs (m, ...) in [0, 1] of inputs (m, ...) in [0, 1]; each depends on its own input alone.

        `learnt` is what `learn` returned.
        """


class Model(Technique):
    """Turns inputs into class probabilities."""

    slot = Slot.MODEL
    #: Whether answers depend on the inputs; False only for floors that other curves are judged against.
    learns: ClassVar[bool] = True
    #: Whether `fit` can learn from unlabelled inputs too, by a `Consistency`.
    can_be_consistent: ClassVar[bool] = False


class Head(Protocol):
    """A small learner on fixed features; `explorer.techniques.heads` has what they share."""

    def fit(self, examples: Examples, *, n_classes: int, seed: int, monitor: Steps = QUIET) -> Predictor:
        """Return the predictor fitted on examples of features. Raises what `monitor` raises."""


class FixedModel(Model):
    """A model whose features are computed once per data set; only a small head is fitted in a trial.

    A subclass declares its `head`, or fits in a way of its own.
    """

    head: ClassVar[Head]

    @abstractmethod
    def features(self, inputs: Float32s, learnt: Learnt = NOTHING) -> Floats:
        """Return features (n, d), float32 or float16, of inputs (n, ...) in [0, 1]; (n, v, d) where each has v views.

        Row i depends on input i and on nothing else, to the last bit, whatever the size of the batch is. `learnt` is
        what `learn` returned.
        """

    def depths(self, d: int) -> Mapping[str, slice]:
        """Return which of the d features come from which depth of a network, early ones first; by default one depth."""
        return {"all": slice(0, d)}

    def fit(
        self,
        examples: Examples,
        *,
        n_classes: int,
        seed: int,
        monitor: Monitor,
        consistency: "Consistency | None" = None,
    ) -> Predictor:
        """Return the predictor fitted on features (n, d) or (n, v, d); it takes features of the same kind.

        `consistency` is None unless the model says that it `can_be_consistent`. Raises Cancelled or OutOfTime through
        `monitor`.
        """
        return self.head.fit(examples, n_classes=n_classes, seed=seed, monitor=monitor)


class TrainedModel(Model):
    """A model that is trained end to end in each trial."""

    @abstractmethod
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
        consistency: "Consistency | None" = None,
    ) -> Predictor:
        """Return the predictor trained on examples of inputs (n, ...).

        learnt         what `learn` returned
        views          makes augmented batches
        mixer          blends the inputs of a batch, after the views
        consistency    None unless the model says that it `can_be_consistent`

        Raises Cancelled or OutOfTime through `monitor`.
        """


#: Fits one whole arm on examples of its own rows; quietly where only its answers count.
ArmFit: TypeAlias = Callable[[Examples, Monitor], Predictor]


class CombinedModel(Model):
    """A model made of whole arms, fitted on the same labels; how they are combined is chosen inside these labels."""

    #: How often each of them is fitted in a trial, for estimates of cost.
    fits: ClassVar[int] = 1

    @abstractmethod
    def members(self) -> tuple[Arm, ...]:
        """Return the arms that it is made of."""

    @abstractmethod
    def fit(
        self, examples: Examples, members: Sequence[ArmFit], *, n_classes: int, seed: int, monitor: Monitor
    ) -> Predictor:
        """Return the predictor made of the members; it takes a tuple of what each of theirs takes.

        `examples.rows` is a tuple of each member's rows. Raises Cancelled or OutOfTime through `monitor`.
        """


class Augmentation(Technique):
    """Makes views of inputs that are still of the same class, given what carries no meaning in the data.

    One that only blends inputs of different classes makes no views: `views` is None, and it works with trained models.
    """

    slot = Slot.AUGMENTATION
    #: Whether it makes views, which fixed models need: their features are of single inputs.
    works_with_fixed: ClassVar[bool] = True

    def views(self, shape: tuple[int, ...], free: frozenset[Fact]) -> Views | None:
        """Return the maker of views for inputs of that shape (height, width, channels); None where it makes none.

        Views may change only what the facts `free` name: orientation, intensity or colour, position and size.
        """
        return None

    def is_idle(self, free: frozenset[Fact]) -> bool:
        """Tell whether it changes nothing where only the facts `free` carry no meaning; by default it always does."""
        return False

    def mixer(self) -> Mixer | None:
        """Return what blends the inputs of a batch; None, by default, where nothing does."""
        return None


#: From the class probabilities (b, k) that the model gives weak views, the steps made and the steps in all to the
#: targets (b, k) of the strong views of the same inputs, and what each counts, (b,) >= 0.
Believing: TypeAlias = Callable[[Float32s, int, int], tuple[Float32s, Float32s]]


@dataclass(frozen=True, eq=False)
class Consistency:
    """Unlabelled inputs on which a model is trained to answer alike: their weak views teach their strong ones.

    unlabeled    `Rows` (m, ...) of a trained model, features (m, ...) of a fixed one
    ratio        unlabelled inputs in a step for each labelled one
    believing    turns answers on weak views into targets and weights
    weak         makes weak views, and `strong` strong ones; models on features make views of their own
    """

    unlabeled: Any
    ratio: int
    believing: Believing
    weak: Views | None = None
    strong: Views | None = None


class Fitting(Protocol):
    """Fits a model of which everything but the examples is known."""

    def __call__(self, examples: Examples, consistency: Consistency | None = None) -> Predictor:
        """Return the predictor."""


@dataclass(frozen=True)
class Learner:
    """A model bound to everything of a trial but its examples, so that it can be fitted several times.

    fixed          whether examples are features, of which `depths` names the columns of each depth
    consistent     whether `fit` takes a `Consistency`
    free           facts that carry no meaning in the data
    """

    fit: Fitting
    n_classes: int
    fixed: bool
    depths: Mapping[str, slice] = field(default_factory=dict)
    consistent: bool = False
    free: frozenset[Fact] = frozenset()


class SemiSupervised(Technique):
    """Learns from unlabelled inputs of the pool beside the labelled rows."""

    slot = Slot.SEMI_SUPERVISED
    works_with_fixed: ClassVar[bool] = True
    works_with_trained: ClassVar[bool] = True
    #: Whether it works with models alone that `can_be_consistent`.
    needs_consistency: ClassVar[bool] = False
    #: Whether it takes unlabelled images batch by batch, so that a pool of any size may teach; else a part of it does.
    streams: ClassVar[bool] = False

    @property
    def fits(self) -> int:
        """Return how often it fits a model that is trained long, for estimates of cost; fits of heads are in `cost`."""
        return 1

    @abstractmethod
    def fit(self, learner: Learner, labeled: Examples, unlabeled: Any, *, seed: int, monitor: Monitor) -> Predictor:
        """Return the predictor learnt from labelled examples and unlabelled rows.

        `unlabeled` holds features (m, d) or (m, v, d) for a fixed learner, `Rows` (m, ...) for a trained one.
        Raises Cancelled or OutOfTime through `monitor`.
        """
