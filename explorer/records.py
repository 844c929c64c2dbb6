"""The words of the product as frozen records: Dataset, Arm, Trial, Outcome, Study and what goes with them.

Notation used in every room: n = number of items, k = number of classes. Rows are always absolute row numbers of the
Dataset, in one index space. Labels are class numbers 0 .. k-1, and -1 where an item is unlabelled.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[Any]
Floats: TypeAlias = npt.NDArray[np.floating[Any]]
Ints: TypeAlias = npt.NDArray[np.int64]
Value: TypeAlias = bool | int | float | str

UNLABELED = -1


# ---- data ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Scaling:
    """The one rule by which stored values of a data set become numbers in [0, 1].

    `low` maps to 0 and `high` to 1; values beyond are clipped. `rule` says the same in words for the user. Where `knee`
    is more than 0, what lies above that part of the range is compressed as by a logarithm, and what lies below stays in
    proportion: x in [0, 1] becomes asinh(x / knee) / asinh(1 / knee), Lupton et al. 1999, doi:10.1086/301004.
    """

    low: float
    high: float
    rule: str
    knee: float = 0.0

    def apply(self, values: Array) -> npt.NDArray[np.float32]:
        """Return `values` (any shape, any number type) as float32 in [0, 1], same shape."""
        scaled = (values.astype(np.float32) - np.float32(self.low)) / np.float32(self.high - self.low)
        np.clip(scaled, 0.0, 1.0, out=scaled)
        if self.knee:
            knee = np.float32(self.knee)
            np.divide(np.arcsinh(scaled / knee), np.arcsinh(1 / knee), out=scaled)
        return scaled

    def to_dict(self) -> dict[str, Any]:
        """Return the fields by name; a scale without a knee is told as before there were any."""
        return {name: value for name, value in asdict(self).items() if name != "knee" or value}


@dataclass(frozen=True, eq=False)
class Rows:
    """Some inputs in their stored type, seen as float32 in [0, 1] when indexed; holds nothing but these inputs.

    Techniques receive inputs in this form, so that a large pool costs its stored size and not four times that.
    """

    values: Array
    scaling: Scaling

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, chosen: Any) -> npt.NDArray[np.float32]:
        """Return the chosen inputs, (m, ...), float32 in [0, 1]; a copy, so the stored values cannot be changed."""
        return self.scaling.apply(np.asarray(self.values[chosen]))

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of all inputs: (n, height, width, channels) for images."""
        return self.values.shape


@dataclass(frozen=True)
class Finding:
    """Something a reader or a check noticed about a data set, in one sentence for the user.

    `code` is the machine name (kebab-case), `items` names the files or items concerned, `rows` their rows in the
    Dataset where they have one. A `warning` may change conclusions; a `note` is information.
    """

    code: str
    message: str
    severity: str = "note"
    items: tuple[str, ...] = ()
    rows: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class Dataset:
    """A data set as every room sees it; two of them are the same when their fingerprints are.

    inputs       (n, ...) stored values, often memory-mapped; images are (n, height, width, channels), uint8, uint16
                 or float32
    labels       (n,) int64, class number or -1 = unlabelled
    items        n names, unique; file names where the data set came from files
    groups       (n,) int64 group number (patient, plate, slide), or None; groups never cross a split
    duplicates   (n,) int64 number of the cluster of exact and near duplicates each item belongs to; -1 = in none
    given_test   (n,) bool, True for the items of a test split that the data set brings; None = drawn anew per seed
    clean        (n, ...) the same inputs without noise, stored as `inputs` are, or None where they are not known; they
                 judge what was cleaned, are never seen by a technique and are no part of the fingerprint
    """

    name: str
    inputs: Array
    labels: Ints
    class_names: tuple[str, ...]
    items: tuple[str, ...]
    scaling: Scaling
    fingerprint: str
    groups: Ints | None = None
    group_names: tuple[str, ...] = ()
    duplicates: Ints | None = None
    given_test: npt.NDArray[np.bool_] | None = None
    clean: Array | None = None
    source: str = ""
    licence: str = ""
    kind: str = "image"

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def n_classes(self) -> int:
        """Number of classes."""
        return len(self.class_names)

    @property
    def class_counts(self) -> Ints:
        """Labelled items of each class, (k,)."""
        return np.bincount(self.labels[self.labels >= 0], minlength=self.n_classes).astype(np.int64)

    def rows(self, chosen: Ints) -> Rows:
        """Return the inputs of the chosen rows, copied out of the data set, without labels."""
        return Rows(np.ascontiguousarray(self.inputs[chosen]), self.scaling)


@dataclass(frozen=True, eq=False)
class Split:
    """What one seed makes of a Dataset.

    test    rows that judge, labelled, int64
    pool    rows that techniques may see without labels; disjoint from `test`, and so are their groups and duplicates
    order   labelled rows of the pool in the one class-balanced order whose first n rows are the budget of n
    rank    (len(order),) position of each row of `order` among the rows of its own class, 0 = first
    units   (n,) unit number of every row of the data set: rows joined by a group or by duplicates share one
    """

    seed: int
    test: Ints
    pool: Ints
    order: Ints
    rank: Ints
    units: Ints


# ---- what is compared ------------------------------------------------------------------------------------------


class Slot(StrEnum):
    """The four places of an arm that a technique can fill."""

    DENOISING = "denoising"
    MODEL = "model"
    AUGMENTATION = "augmentation"
    SEMI_SUPERVISED = "semi_supervised"


class Fact(StrEnum):
    """What may carry the class of an input, or may not: then a technique is free to change it.

    POSITION stands for position and size within the image, INTENSITY for brightness, contrast and colour.
    """

    ORIENTATION = "orientation"
    INTENSITY = "intensity"
    POSITION = "position"


@dataclass(frozen=True)
class Choice:
    """A technique by name and the settings in which it departs from its defaults."""

    technique: str
    settings: Mapping[str, Value] = field(default_factory=dict)

    def __hash__(self) -> int:
        return hash((self.technique, tuple(sorted(self.settings.items()))))


@dataclass(frozen=True)
class Arm:
    """One choice per slot: what a curve is drawn for. `name` is short and stable, `title` is for people."""

    name: str
    title: str
    model: Choice
    denoising: Choice | None = None
    augmentation: Choice | None = None
    semi_supervised: Choice | None = None

    def choices(self) -> Iterator[tuple[Slot, Choice]]:
        """Yield the filled slots in the order in which the data passes them."""
        for slot in Slot:
            choice = getattr(self, slot.value)
            if choice is not None:
                yield slot, choice


@dataclass(frozen=True)
class Trial:
    """One arm × one budget × one seed. `budget` is in the unit that its Study names."""

    arm: str
    budget: int
    seed: int


@dataclass(frozen=True)
class Until:
    """That a study runs more seeds until its verdicts settle; all of it is fixed before the first trial.

    minutes      of work at most; a study that waits or was cancelled does not work
    against      name of the arm that the others are compared with
    practical    differences up to this size, in the unit of the score, are not worth acting on
    spending     how its looks share the level, a name of `stopping.SPENDING`
    """

    minutes: float
    against: str
    practical: float = 0.01
    spending: str = "evenly"


@dataclass(frozen=True)
class Look:
    """A look at the verdicts of such a study.

    seeds    what it rests on: the seeds below this number
    level    chance of a false claim at this look
    clear    arms whose verdict was clear, and `open` those for which it was not yet; no arm is in both
    final    whether the study has stopped at it
    """

    seeds: int
    level: float
    clear: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    final: bool = False

    @property
    def is_settled(self) -> bool:
        """Tell whether there were verdicts, all of them clear."""
        return bool(self.clear) and not self.open


@dataclass(frozen=True)
class Study:
    """A data set (by fingerprint), arms × budgets × seeds, the split rule and the metric.

    budgets      labelled examples, ascending; per class when `per_class`, else in total
    seeds        number of seeds, at most where `until` is given; the seeds are 0 .. seeds-1
    test_share   share of the labelled items that judge, in (0, 1); unused where the data set brings a test split
    metric       name of the score that curves show; every score is kept
    seconds      time limit of one trial
    free         what carries no meaning in this data, so that techniques may change it
    until        when seeds are enough; None = when all of them are done
    """

    id: str
    name: str
    dataset: str
    arms: tuple[Arm, ...]
    budgets: tuple[int, ...]
    per_class: bool = True
    seeds: int = 5
    test_share: float = 0.3
    metric: str = "balanced_accuracy"
    seconds: float = 900.0
    free: tuple[Fact, ...] = ()
    until: Until | None = None

    def arm(self, name: str) -> Arm:
        """Return the arm of that name. Raises KeyError when the study has none."""
        return {arm.name: arm for arm in self.arms}[name]

    def trials(self) -> tuple[Trial, ...]:
        """Return every trial: seeds outermost, then small budgets first, so that stopping early stays balanced."""
        return tuple(
            Trial(arm.name, budget, seed) for seed in range(self.seeds) for budget in self.budgets for arm in self.arms
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the study as plain JSON values; without `until` where it is None, as earlier versions wrote it."""
        values = asdict(self)
        if self.until is None:
            del values["until"]
        return values

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Study":
        """Return the study that `to_dict` wrote. Raises KeyError or TypeError for anything else."""
        arms = tuple(_arm_from_dict(arm) for arm in values["arms"])
        free = tuple(Fact(each) for each in values.get("free", ()))
        told = values.get("until")
        until = Until(**{**told, "minutes": float(told["minutes"])}) if told else None
        made = cls(**{**values, "arms": arms, "budgets": tuple(values["budgets"]), "free": free, "until": until})
        if until is not None:
            made.arm(until.against)
        return made


def _arm_from_dict(values: Mapping[str, Any]) -> Arm:
    slots = {slot.value: Choice(**values[slot.value]) for slot in Slot if values.get(slot.value)}
    return Arm(name=values["name"], title=values["title"], **slots)


# ---- what is found ---------------------------------------------------------------------------------------------


class State(StrEnum):
    """How far a study or a trial has come; both use the same words."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


@dataclass(frozen=True, eq=False)
class Outcome:
    """What one trial found; raw, so that every mean, band and verdict can be computed again.

    state           DONE or FAILED
    n_labeled       labelled examples used
    per_class       smallest number of labelled examples of one class among them
    test            (m,) int64 rows of the Dataset that judged
    probabilities   (m, k) float32, class probabilities of those rows, rows sum to 1
    scores          every score of `explorer.scores`, by name
    fit_seconds     wall time of fitting and predicting on one core, without features that were cached
    error           traceback as text when the trial failed
    notes           sentences for the user, such as a class that had fewer labels than the budget asks for; those that
                    warn are `explorer.cautions.Caution`
    reports         figures that techniques keep of themselves, by name; plain JSON values
    versions        library versions, device and number of threads
    prepare_seconds  wall time on one core in which all that its arm needs at its seed was made before, whoever made it:
                    cleaned inputs, what was learnt from the pool, features and views; 0 = it needs nothing, None = not
                    known
    """

    trial: Trial
    state: State
    n_labeled: int = 0
    per_class: int = 0
    test: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    probabilities: Floats = field(default_factory=lambda: np.empty((0, 0), np.float32))
    scores: Mapping[str, float] = field(default_factory=dict)
    fit_seconds: float = 0.0
    error: str = ""
    notes: tuple[str, ...] = ()
    reports: Mapping[str, Any] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    prepare_seconds: float | None = None


def last_line(error: str) -> str:
    """Return what a traceback says at its end: the sentence of our own errors, kind and text of any other."""
    line = error.strip().rpartition("\n")[2]
    kind, colon, text = line.partition(": ")
    module, _, name = kind.rpartition(".")
    if not all(map(str.isidentifier, kind.split("."))):
        return line
    return text if module == "explorer.errors" and text else f"{name}{colon}{text}"


def digest(*parts: bytes | str) -> str:
    """Return a short stable name (16 hexadecimal digits) of the given contents, for caches and fingerprints."""
    total = hashlib.sha256()
    for part in parts:
        encoded = part.encode() if isinstance(part, str) else part
        total.update(len(encoded).to_bytes(8, "little"))
        total.update(encoded)
    return total.hexdigest()[:16]
