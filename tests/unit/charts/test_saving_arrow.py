"""The arrow of saved labels, on pages and in saved pictures."""

import math
from xml.etree import ElementTree

import pytest

from explorer.charts.cost_axis import labels_axis
from explorer.charts.drawing import Drawing
from explorer.charts.label_axis import Tick
from explorer.charts.label_curves import label_curves
from explorer.charts.saving_arrow import WORDS, Arrow, arrow_traces, arrow_words
from explorer.charts.svg import svg
from explorer.scores import METRICS
from explorer.statistics.curves import Curve, CurvePoint

ARROW = Arrow(score=0.8, start=10, end=40, text="4 × the <labels>", reached=True)


def figure(arrow, mode="light"):
    points = tuple(CurvePoint(n, 5.0 * n, 0.6 + 0.02 * n, 0.5, 0.9, (0, 1), (0.6, 0.7)) for n in (1, 2, 10))
    metric = METRICS["balanced_accuracy"]
    ticks = [Tick(5.0, "5"), Tick(50.0, "50")]
    curves = [Curve("hog", "HOG", metric.name, points)]
    drawing = Drawing(curves, metric, labels_axis(ticks), seeds=2, chance=0.2, arrow=arrow)
    return label_curves(drawing, mode=mode)


def test_it_runs_at_the_height_of_the_score_from_one_number_of_labels_to_the_other():
    shaft, head = arrow_traces(ARROW, "light")
    assert (shaft["x"], shaft["y"]) == ([10, 40], [0.8, 0.8])
    assert (head["x"], shaft["line"]["dash"]) == ([40], "solid")
    beyond = arrow_traces(Arrow(0.8, 10, 40, "more", reached=False), "dark")
    assert beyond[0]["line"]["dash"] == "dash", "the other curve does not get there"


def test_its_words_stand_in_the_middle_of_a_logarithmic_axis_and_are_no_markup():
    words = arrow_words(ARROW, "light", (0.0, 3.0))
    assert (words["x"], words["xanchor"]) == (pytest.approx(math.log10(20)), "center")
    assert words["text"] == "4 × the &lt;labels&gt;"


def test_words_of_an_arrow_at_the_right_edge_end_where_it_does():
    words = arrow_words(ARROW, "light", (0.5, 1.7))
    assert (words["x"], words["xanchor"]) == (pytest.approx(math.log10(40)), "right")


def test_words_of_a_low_arrow_do_not_cover_the_axis():
    """As of a small calibration error, of which a lower one is better."""
    places = []
    for score in (0.05, 0.8):
        drawn = figure(Arrow(score, 10, 40, "4 ×", reached=True)).layout
        (words,) = (each for each in drawn.annotations if each.name == WORDS)
        high = drawn.height - drawn.margin.t - drawn.margin.b
        places.append(words.y / drawn.yaxis.range[1] * high + words.yshift)
    assert places[0] > 10, "their lower half is above the axis"
    assert places[1] < 0.8 * high


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_the_figure_has_it_only_where_something_is_saved(mode):
    with_, without = figure(ARROW, mode), figure(None, mode)
    assert len(with_.data) == len(without.data) + 2
    assert [each.name for each in with_.layout.annotations if each.name == WORDS] == [WORDS]
    assert not [each for each in without.layout.annotations if each.name == WORDS]


def test_a_saved_picture_has_it_too():
    root = ElementTree.fromstring(svg(figure(ARROW), width=900, above="Above", below="Below"))
    texts = ["".join(each.itertext()) for each in root.iter("{http://www.w3.org/2000/svg}text")]
    assert "4 × the <labels>" in texts
