"""What every figure draws can be seen on its ground: marks and lines by 3:1, words by 4.5:1, in both modes."""

import importlib
import inspect
import json
import pkgutil
import re

import numpy as np
import plotly.graph_objects as go
import pytest

import explorer.charts
from explorer.charts import (
    autocorrelation,
    brightness,
    calibration,
    class_counts,
    class_curves,
    confusion_matrix,
    feature_map,
    gains,
    label_curves,
    likeness,
    loss_curve,
    named_lines,
    pool_classes,
    pool_rounds,
    reliability,
    saving_arrow,
    scores_by_name,
    style,
    threshold_path,
    trial_grid,
)
from explorer.charts.cells import contrast
from explorer.charts.cost_axis import labels_axis
from explorer.charts.drawing import Drawing
from explorer.charts.label_axis import Tick
from explorer.records import Arm, Choice, State, Study, Trial
from explorer.scores import METRICS
from explorer.statistics import calibration as measured
from explorer.statistics.curves import Curve, CurvePoint
from explorer.statistics.forecasts import forecast
from explorer.techniques.discovery import ready_arms

#: What may be faint: it only repeats, joins or goes on with what is drawn in full beside it, or waits to be drawn.
FAINT = {"band", "leader", "joins", "seeds", "images", "queued", "cancelled", "forecast-far"}
NAMES = ("round", "striped", "dotted")
TICKS = (Tick(5.0, "5"), Tick(10.0, "10"))


def curves(mode):
    points = tuple(CurvePoint(n, 5.0 * n, 0.4, 0.3, 0.5, (0, 1), (0.35, 0.45)) for n in (1, 2))
    drawn = [Curve(name, name, "accuracy", points) for name in (*ready_arms(), *(f"own {n}" for n in range(12)))]
    arrow = saving_arrow.Arrow(0.4, 5, 10, "2 ×", reached=False)
    foretold = forecast([2, 3, 4, 8, 10], [0.1, 0.2, 0.3, 0.4, 0.4], [0.01] * 5)
    ahead = {each.arm: foretold for each in drawn}
    drawing = Drawing(drawn, METRICS["accuracy"], labels_axis(TICKS, 40.0), 3, 0.2, arrow, ahead)
    return label_curves.label_curves(drawing, mode=mode)


def grid(mode):
    arms = tuple(Arm(name, name, Choice("hog")) for name in ready_arms())
    study = Study("s", "name", "f", arms, (1, 2), seeds=3)
    states = {
        Trial(arms[0].name, 1, seed): state for seed, state in enumerate((State.RUNNING, State.DONE, State.FAILED))
    }
    return trial_grid.trial_grid(study, states, mode=mode, ticks=TICKS)


def strengths(mode):
    words = calibration.Words("How", "px", "error", "chosen", "noise alone", "channel {n}", " ({shown} of {n})")
    curve = {"strengths": [0.1, 0.2, 0.4], "losses": [0.03, 0.01, 0.02], "chosen": 0.2, "noise_variance": 0.008}
    return calibration.calibration([curve] * calibration.MOST, words=words, mode=mode, height=280)


def alike(mode):
    words = autocorrelation.Alike("T", "px", "r", "noise")
    along, names = {"columns": [0.7], "rows": [-0.2]}, {"columns": "down", "rows": "across"}
    return autocorrelation.autocorrelation([1], along, (-0.4, 0.2), words=words, names=names, mode=mode, height=280)


def confidence(mode):
    value = measured.Measured(0.4, 0.2, 0.6)
    bins = (measured.Bin(30, 0.55, value), measured.Bin(30, 0.9, value))
    spread = (3,) * measured.SPREAD
    found = measured.Calibration(bins, 0.04, 0.03, 0.05, value, 0.7, 0.7, spread, answers=60, images=50, seeds=2)
    return reliability.reliability(found, mode=mode)


def lines(mode):
    drawn = [named_lines.Line("line", hue, [0.2, 0.4], ["", ""]) for hue in (style.BLUE, style.VERMILLION, style.SLATE)]
    return named_lines.named_lines(drawn, [1, 2], mode=mode, height=280, axis="step", every=True)


def by_class(mode):
    points = tuple(CurvePoint(n, 5.0 * n, 0.4, 0.3, 0.5, (0, 1), (0.35, 0.45)) for n in (1, 2))
    curve = Curve("hog", "HOG", "balanced_accuracy", points)
    panels = [class_curves.Panel(name, curve, "40 %", "30 to 50 %", "had no more labels", ("", "")) for name in NAMES]
    settings = {"ticks": TICKS, "seeds": 3, "title": "recall"}
    drawn = [
        class_curves.class_curves(panels, curve, mode=mode, look=look, **settings)
        for look in style.looks([*ready_arms(), *(f"own {n}" for n in range(12))]).values()
    ]
    return go.Figure([trace for each in drawn for trace in each.data], drawn[0].layout)


def rows(mode):
    names = (*ready_arms(), *(f"own {n}" for n in range(12)))
    drawn = [gains.Gain(name, name, 1.0, 0.0, 2.0, "told", "helps", place % 2 == 0) for place, name in enumerate(names)]
    return gains.gains(drawn, mode=mode, axis="points", practical=1.0)


#: By the name of its function, each figure with all the colours that it has.
FIGURES = {
    "autocorrelation": alike,
    "brightness": lambda mode: brightness.brightness({"a": np.array([0.2, 0.4])}, mode=mode),
    "calibration": strengths,
    "class_counts": lambda mode: class_counts.class_counts(NAMES, [3, 4, 5], mode=mode),
    "class_curves": by_class,
    "confusion_matrix": lambda mode: confusion_matrix.confusion_matrix(NAMES, np.eye(3, dtype=int), mode=mode),
    "feature_map": lambda mode: feature_map.feature_map(
        np.zeros((10, 2), np.float32), [feature_map.Kind(str(n), np.array([n])) for n in range(feature_map.KINDS)],
        mode=mode, height=300, axes=("first", "second"), title="title",
    ),
    "gains": rows,
    "label_curves": curves,
    "likeness": lambda mode: likeness.likeness(np.eye(2), ["a", "b"], ["c", "d"], titles=("x", "y"), mode=mode),
    "loss_curve": lambda mode: loss_curve.loss_curve([2.0, 1.0], 10, mode=mode, height=200, name="loss"),
    "named_lines": lines,
    "pool_classes": lambda mode: pool_classes.pool_classes(NAMES, [0.3] * 3, [0.3] * 3, [0.3] * 3, mode=mode),
    "pool_rounds": lambda mode: pool_rounds.pool_rounds(
        [pool_rounds.Round(0.5, 0.8, 40, (0.7, 0.9))], mode=mode, height=260
    ),
    "reliability": confidence,
    "scores_by_name": lambda mode: scores_by_name.scores_by_name(
        {"one": {"score": 0.8, "low": 0.7, "high": 0.9}}, mode=mode, chance=0.3
    ),
    "threshold_path": lambda mode: threshold_path.threshold_path(
        [{"step": 50, "threshold": 0.5, "used": 0.4}] * 4, mode=mode, height=260
    ),
    "trial_grid": grid,
}  # fmt: skip


def drawing():
    """Yield the names of the functions that return a figure."""
    for found in pkgutil.iter_modules(explorer.charts.__path__):
        module = importlib.import_module(f"{explorer.charts.__name__}.{found.name}")
        for name, each in inspect.getmembers(module, inspect.isfunction):
            own = each.__module__ == module.__name__ and not name.startswith("_")
            if own and inspect.signature(each).return_annotation is go.Figure:
                yield name


def test_every_figure_is_looked_at():
    assert sorted(FIGURES) == sorted(drawing())


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("name", FIGURES)
def test_marks_and_words_stand_out(name, mode):
    figure = json.loads(FIGURES[name](mode).to_json())
    paper = figure["layout"]["paper_bgcolor"]
    drawn, said = list(marks(figure)), list(words(figure))
    assert said
    pale = [(what, color) for what, color in drawn if seen(color, paper) < 3]
    pale += [(what, color) for what, color in said if seen(color, paper) < 4.5]
    assert pale == []


def seen(color, paper):
    """Return the contrast of a colour, which may be one that lets the ground shine through, to its ground."""
    if color.startswith("#"):
        return contrast(color, paper)
    *channels, opacity = map(float, re.findall(r"[\d.]+", color))
    ground = [int(paper[start : start + 2], 16) for start in (1, 3, 5)]
    mixed = (round(opacity * one + (1 - opacity) * other) for one, other in zip(channels, ground, strict=True))
    return contrast("#" + "".join(f"{each:02X}" for each in mixed), paper)


def marks(figure):
    """Yield what is drawn of data, with its colour."""
    for trace in figure["data"]:
        if not FAINT & {trace.get("meta"), trace.get("name")}:
            name, mode = trace.get("name", trace["type"]), trace.get("mode", trace["type"])
            if "lines" in mode:
                yield f"{name}, line", trace["line"]["color"]
            if "markers" in mode or mode == "bar":
                yield from ((f"{name}, mark", color) for color in fills(trace["marker"]))
            bars = [trace[each] for each in ("error_x", "error_y") if each in trace]
            yield from ((f"{name}, interval", each["color"]) for each in bars if each.get("visible", True))
    for shape in figure["layout"].get("shapes", []):
        if shape["line"].get("dash"):
            yield "reference", shape["line"]["color"]


def fills(marker):
    """Return the colours of markers; a hollow one, filled with the ground, is seen by its edge."""
    assert marker.get("opacity", 1) == 1
    if marker.get("line", {}).get("width", 0) >= 1:
        return [marker["line"]["color"]]
    return marker["color"] if isinstance(marker["color"], list) else [marker["color"]]


def words(figure):
    """Yield what is written on the ground, with its colour; what is written in cells is written on theirs."""
    layout, in_cells = figure["layout"], any(trace["type"] == "heatmap" for trace in figure["data"])
    yield "all", layout["font"]["color"]
    yield "legend", layout["legend"]["font"]["color"]
    if "text" in layout.get("title", {}):
        yield "title", layout["title"]["font"]["color"]
    for axis in ("xaxis", "yaxis"):
        yield f"{axis}, numbers", layout[axis]["tickfont"]["color"]
        yield f"{axis}, title", layout[axis]["title"]["font"]["color"]
        named = " ".join(map(str, layout[axis].get("ticktext", [])))
        yield from ((f"{axis}, name", color) for color in re.findall(r"color:(#\w{6})", named))
    for each in layout.get("annotations", []):
        yield each["text"], each["font"]["color"]
        yield from ((each["text"], color) for color in re.findall(r"color:(#\w{6})", each["text"]))
    for trace in figure["data"]:
        if "textfont" in trace and not in_cells:
            yield "text", trace["textfont"]["color"]
