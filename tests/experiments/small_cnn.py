"""How the small CNN is trained: what moves its kernels, in how many steps, in what batches and at what size."""

from explorer.records import Arm, Choice, Fact, Value
from tests.experiments.harness import Experiment


def _arm(augmentation: str | None = "standard", **settings: Value) -> Arm:
    chosen = None if augmentation is None else Choice(augmentation)
    return Arm("cnn", "Small CNN", Choice("small_cnn", settings), augmentation=chosen)


EXPERIMENT = Experiment(
    name="small_cnn",
    question="How the small CNN is trained",
    arms={
        "augmented: kernel step 0.05, 300 steps, batch 32, 48 px": _arm(),
        "AdamW alone": _arm(kernel_step=0.0),
        "AdamW alone, 1500 steps": _arm(kernel_step=0.0, steps=1500),
        "kernel step 0.02": _arm(kernel_step=0.02),
        "kernel step 0.1": _arm(kernel_step=0.1),
        "150 steps": _arm(steps=150),
        "600 steps": _arm(steps=600),
        "batch 16": _arm(batch=16),
        "32 px": _arm(side=32),
        "not augmented": _arm(None),
        "not augmented, AdamW alone": _arm(None, kernel_step=0.0),
        "not augmented, AdamW alone, 1500 steps": _arm(None, kernel_step=0.0, steps=1500),
    },
    decision="",
    sets=("galaxies", "lattices", "textures", "ising"),
    per_class=(5, 40),
    seeds=2,
    free={"galaxies": (Fact.ORIENTATION,), "lattices": (Fact.ORIENTATION,)},
)
