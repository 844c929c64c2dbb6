"""Which denoiser helps models that learn from few labels, if any does, without and with noise added on purpose."""

from explorer.records import Arm, Choice, Fact
from tests.experiments.harness import Experiment

POISSON = {"added_noise": "poisson", "photons": 10.0}
DENOISERS = {
    "as it is": None,
    "Gaussian": Choice("gaussian"),
    "median": Choice("median"),
    "total variation": Choice("tv"),
    "wavelet": Choice("wavelet"),
    "non-local means": Choice("nlm"),
    "10 photons": Choice("none", POISSON),
    "10 photons, Gaussian": Choice("gaussian", POISSON),
    "10 photons, total variation of counts": Choice("tv", {**POISSON, "counts": True}),
    "10 photons, wavelet of counts": Choice("wavelet", {**POISSON, "counts": True}),
}
FEW = ("as it is", "total variation", "wavelet", "10 photons", "10 photons, wavelet of counts")
MODELS = {"CNN": ("small_cnn", FEW), "HOG": ("hog", tuple(DENOISERS)), "features": ("pretrained", FEW)}

EXPERIMENT = Experiment(
    name="denoising",
    question="Denoisers before the small CNN, hand-made features and ImageNet features",
    arms={
        f"{title}, {denoiser}": Arm("arm", title, Choice(model), denoising=DENOISERS[denoiser])
        for title, (model, tried) in MODELS.items()
        for denoiser in tried
    },
    decision="",
    sets=("galaxies", "cells", "lattices", "ising"),
    per_class=(10,),
    seeds=2,
    free={
        "galaxies": tuple(Fact),
        "cells": tuple(Fact),
        "lattices": tuple(Fact),
        "ising": (Fact.ORIENTATION,),
    },
)
