"""The parts of the calibration: what each simulates, and the figures and tables that are kept of it."""

from collections.abc import Callable, Mapping
from typing import Any

import click
import numpy as np

from explorer.statistics.growth import RULES
from tests.calibration.coverage import covered, false_alarms, stopped
from tests.calibration.equivalence import DESIGNS as EQUIVALENT
from tests.calibration.equivalence import equivalent
from tests.calibration.forecasting import forecasted
from tests.calibration.populations import DESIGNS, RARE, Design
from tests.calibration.power import power
from tests.calibration.real_curves import keep, kept
from tests.calibration.replaying import DESIGNS as REPLAYS
from tests.calibration.replaying import replays

#: Plain JSON values.
Kept = Mapping[str, Any]


def coverage(studies: int = 200) -> Kept:
    """Return for each design the shares of intervals that hold the truth, by what they are intervals of."""
    return _coverage(DESIGNS, studies)


def rare(studies: int = 400) -> Kept:
    """Return the same for designs with a class that hardly any image judges."""
    return _coverage(RARE, studies)


def _coverage(designs: Mapping[str, Design], studies: int) -> Kept:
    found: dict[str, Any] = {}
    for name, design in designs.items():
        tally = covered(design, studies, 2 * studies)
        found[name] = {what: each for what in ("point", "difference", "area", "saving") if (each := tally.shares(what))}
        click.echo(f"coverage, {name}: {_means(found[name])}")
    return {"studies": studies, "designs": found}


def replay(studies: int = 100) -> Kept:
    """Return the same of replays, which say what an order of labelling is worth."""
    found: dict[str, Any] = {}
    for name, design in REPLAYS.items():
        tally = replays(design, studies, 6 * studies)
        found[name] = {what: tally.shares(what) for what in ("difference", "area")}
        click.echo(f"replay, {name}: {_means(found[name])}")
    return {"studies": studies, "designs": found}


def alarms(studies: int = 400) -> Kept:
    """Return for each design the shares of studies that say of one arm that it differs from itself."""
    found: dict[str, Any] = {}
    for name, design in DESIGNS.items():
        tally = false_alarms(design, studies)
        found[name] = {what: tally.shares(what) for what in ("at a budget", "as a whole", "any")}
        click.echo(f"false alarms, {name}: {_means(found[name])}")
    return {"studies": studies, "designs": found}


def stopping(studies: int = 100) -> Kept:
    """Return the same for studies that are looked at again and again and stop once all is clear."""
    found: dict[str, Any] = {}
    for name in ("60 test items", "180 test items, patients"):
        tally = stopped(DESIGNS[name], studies)
        found[name] = {what: tally.shares(what) for what in ("with spending", "out of minutes", "without")}
        click.echo(f"stopping, {name}: {_means(found[name])}")
    return {"studies": studies, "designs": found}


def equivalence(studies: int = 200) -> Kept:
    """Return how often something is said to make no practical difference, and how often falsely, where it can be."""
    found: dict[str, Any] = {}
    for name, design in EQUIVALENT.items():
        tally = equivalent(design, studies, 3 * studies)
        found[name] = {what: tally.shares(what) for what in ("fewer said", "fewer false", "alike said", "alike false")}
        click.echo(f"equivalence, {name}: {_means({what: each for what, each in found[name].items() if each})}")
    return {"studies": studies, "designs": found}


def powers(studies: int = 400) -> Kept:
    """Return the power of the verdict and of what it is held against."""
    return {"studies": studies, **vars(power(studies, 2 * studies))}


def curves() -> Kept:
    """Run the real curves anew; they are kept in a file of their own, which `forecasts` reads."""
    keep()
    return {"curves": len(kept())}


def forecasts() -> Kept:
    """Return how forecasts of the kept real curves came out."""
    found = forecasted(kept())
    return {
        "curves": len(found.misses),
        "refused": found.refused,
        "held": float(found.held.mean()),
        "width": float(np.median(found.widths)),
        "ratio": float(np.median(found.widths / found.oracle)),
        "miss": float(np.median(np.abs(found.misses))),
        "rules": dict(zip(RULES, np.median(np.abs(found.by_rule), axis=0).tolist(), strict=True)),
    }


def _means(found: Mapping[str, list[float]]) -> str:
    return ", ".join(f"{what} {100 * float(np.mean(shares)):.1f} %" for what, shares in found.items())


PARTS: Mapping[str, Callable[[], Kept]] = {
    "coverage": coverage,
    "rare": rare,
    "replay": replay,
    "alarms": alarms,
    "stopping": stopping,
    "equivalence": equivalence,
    "power": powers,
    "curves": curves,
    "forecasts": forecasts,
}
