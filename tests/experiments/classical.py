"""What methods without networks reach, and which of them."""

from explorer.records import Arm, Choice, Fact, Value
from tests.experiments.harness import Experiment


def _arm(model: str, **settings: Value) -> Arm:
    return Arm("classical", "Classical", Choice(model, settings))


EXPERIMENT = Experiment(
    name="classical",
    question="Methods without networks",
    arms={
        "pixels": _arm("pixels"),
        "hog": _arm("hog"),
        "classical, both": _arm("classical"),
        "classical, forest": _arm("classical", learner="forest"),
        "classical, boosting": _arm("classical", learner="boosting"),
        "scattering": _arm("scattering"),
        "scattering, all kept": _arm("scattering", positions="kept", angles="kept"),
    },
    decision=(
        "Nothing here needs a network, and on textures and Ising phases little is left for one to gain. The trees keep"
        " the mean of both learners: neither is ahead everywhere. A ring of 24 neighbours 3 px away is worth its time"
        " (lattices and cells, 3 points and more against 8 neighbours), and so are the shares of the power spectrum"
        " (cells, 6 points). Scattering averages over positions, and keeps of angles only what an image that turns"
        " keeps, wherever these carry no meaning: with all kept, galaxies and lattices lose 16 to 40 points at 5 and"
        " 20 labels a class. Its numbers are not standardized: that lifts the noise of those that hardly vary, and cost"
        " 20 points on cells; it would have brought 13 on lattices at 1 and 4 on textures at 5."
    ),
    sets=("galaxies", "cells", "lattices", "textures", "ising", "digits"),
    free={
        "galaxies": tuple(Fact),
        "cells": tuple(Fact),
        "lattices": tuple(Fact),
        "textures": (Fact.POSITION,),
        "ising": (Fact.ORIENTATION,),
    },
)
