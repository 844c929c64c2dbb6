"""Small plots of the classes: all of them in equal rows, on the same axes, with words that fit above each."""

import itertools
import json

import pytest

from explorer.charts.class_curves import Panel, class_curves, class_curves_height
from explorer.charts.label_axis import Tick, log_range
from explorer.charts.placing import width
from explorer.charts.style import GROUNDS, looks
from explorer.statistics.curves import Curve, CurvePoint

TICKS = tuple(Tick(3.0 * budget, f"{budget} / class") for budget in (1, 2, 5, 10, 20, 50, 100, 1000))
LOOK = looks(["hog"])["hog"]


def curve(*means, seeds=3):
    points = tuple(
        CurvePoint(place, tick.at, mean, mean - 0.1, mean + 0.1, tuple(range(seeds)), (mean,) * seeds)
        for place, (tick, mean) in enumerate(zip(TICKS, means, strict=False))
    )
    return Curve("hog", "HOG", "balanced_accuracy", points)


def panel(name, *means, seeds=3, note=""):
    made = curve(*means, seeds=seeds)
    return Panel(name, made, "62\u00a0%", "50 to 73\u00a0%", note, tuple(f"point {each}" for each in made.points))


def drawn(panels, mode="light", mean=None):
    figure = class_curves(
        panels, mean or curve(0.4, 0.5), mode=mode, look=LOOK, ticks=TICKS, seeds=3, title="Share recognised"
    )
    return json.loads(figure.to_json())


def axes(figure, letter):
    return {name: each for name, each in figure["layout"].items() if name.startswith(f"{letter}axis")}


@pytest.mark.parametrize(("classes", "rows", "columns"), [(1, 1, 1), (2, 1, 2), (5, 1, 5), (6, 2, 3), (7, 2, 4),
                                                          (15, 3, 5)])  # fmt: skip
def test_every_class_has_its_plot_in_rows_that_do_not_overlap(classes, rows, columns):
    figure = drawn([panel(f"class {number}", 0.3, 0.6) for number in range(classes)])
    across, up = axes(figure, "x"), axes(figure, "y")
    assert len(across) == len(up) == classes
    assert len({tuple(each["domain"]) for each in across.values()}) == columns
    bands = sorted({tuple(each["domain"]) for each in up.values()})
    assert len(bands) == rows
    for (_, high), (low, _) in itertools.pairwise(bands):
        assert high < low
    for (_, right), (left, _) in itertools.pairwise(sorted({tuple(each["domain"]) for each in across.values()})):
        assert right < left
    assert {tuple(each["range"]) for each in across.values()} == {log_range(TICKS)}
    assert len({tuple(each["range"]) for each in up.values()}) == 1, "shares are compared by height"
    assert sum(each["showticklabels"] for each in across.values()) == columns, "the lowest of each column"
    assert sum(each["showticklabels"] for each in up.values()) == rows
    assert figure["layout"]["height"] == class_curves_height(classes)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_lines_and_bands_are_the_given_numbers(mode):
    figure = drawn([panel("a", 0.3, 0.6), panel("b", 0.7, 0.8, seeds=2), panel("c")], mode)
    lines = [trace for trace in figure["data"] if trace["meta"] == "mean"]
    assert [(line["name"], line["y"], line["xaxis"]) for line in lines] == [("a", [0.3, 0.6], "x"),
                                                                           ("b", [0.7, 0.8], "x2")]  # fmt: skip
    assert lines[0]["x"] == [3, 6]
    assert set(lines[1]["marker"]["color"]) == {GROUNDS[mode].paper}, "hollow: fewer seeds than planned"
    band = next(trace for trace in figure["data"] if trace["meta"] == "band")
    assert band["y"] == pytest.approx([0.4, 0.7, 0.5, 0.2])
    means = [trace for trace in figure["data"] if trace["meta"] == "reference"]
    assert [trace["y"] for trace in means] == [[0.4, 0.5]] * 3, "the mean of the classes is in every plot"


def test_names_are_no_tags_and_are_cut_where_the_score_stands():
    long = "Chaetoceros socialis f. radians, chains of more than ten cells"
    figure = drawn([panel("<b>bold</b>", 0.3), *(panel(f"{long} {n}", 0.5, note="short") for n in range(4))])
    said = {each["text"]: each for each in figure["layout"]["annotations"]}
    assert "<b>&lt;b&gt;bold&lt;/b&gt;</b>" in said
    names = [text for text in said if text.startswith("<b>Ch")]
    assert len(names) == 4
    wide = (1040 - 4 * 22) / 5
    for text in names:
        assert 13 * (width(text.removeprefix("<b>").removesuffix("</b>")) + width("62\u00a0%")) < 1.1 * wide
        assert said[text]["hovertext"].startswith(long)
    assert "short" in said


def test_numbers_of_the_axis_do_not_meet_and_the_last_is_there():
    (axis, *_) = axes(drawn([panel(f"class {number}", 0.3) for number in range(5)]), "x").values()
    assert axis["tickvals"] == [tick.at for tick in TICKS]
    shown = [text for text in axis["ticktext"] if text]
    assert shown[0] == "3"
    assert shown[-1] == "3,000"
    assert len(shown) < len(TICKS)


def test_a_narrow_page_knows_how_wide_the_figure_has_to_be():
    few, many = (drawn([panel(str(n), 0.3) for n in range(k)])["layout"]["meta"]["least"] for k in (2, 15))
    assert few < 390 < many


def test_same_panels_give_the_same_bytes():
    panels = [panel("a", 0.3, 0.6), panel("b")]
    assert json.dumps(drawn(panels)) == json.dumps(drawn(panels))
