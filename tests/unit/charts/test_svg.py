"""The figure as a file: well-formed, with the numbers, texts and looks of the figure that pages show."""

import itertools
import re
from xml.etree import ElementTree

import pytest

from explorer.charts.cost_axis import labels_axis
from explorer.charts.drawing import Drawing
from explorer.charts.label_axis import Tick
from explorer.charts.label_curves import label_curves
from explorer.charts.style import looks
from explorer.charts.svg import MARKERS, svg
from explorer.scores import METRICS
from explorer.statistics.curves import Curve, CurvePoint
from explorer.techniques.discovery import ready_arms

NAME = "{http://www.w3.org/2000/svg}"
TICKS = tuple(Tick(5.0 * budget, f"{budget} / class") for budget in (1, 2, 5, 10))


def curve(arm, *means, metric="balanced_accuracy"):
    points = tuple(
        CurvePoint(budget, 5.0 * budget, mean, mean - 0.08, mean + 0.05, (0, 1), (mean - 0.02, mean + 0.02))
        for budget, mean in zip((1, 2, 5, 10), means, strict=False)
    )
    return Curve(arm, f"{arm} <&> co", metric, points)


def drawn(curves, metric=METRICS["balanced_accuracy"], chance=0.2, **words):
    drawing = Drawing(curves, metric, labels_axis(TICKS), seeds=2, chance=chance)
    figure = label_curves(drawing, mode="light", height=460)
    text = svg(figure, width=900, **{"above": "A finding", "below": "what it is of"} | words)
    return ElementTree.fromstring(text)


def texts(root):
    return [" ".join(each.text for each in text.iter(f"{NAME}tspan")) for text in root.iter(f"{NAME}text")]


def test_it_holds_the_finding_the_axes_and_the_labels():
    root = drawn([curve("hog", 0.3, 0.5, 0.6, 0.8)], above="1 < 2 & so on", below="Toy · 2 seeds")
    found = texts(root)
    assert root.find(f"{NAME}title").text == "1 < 2 & so on"
    assert {"1 < 2 & so on", "Toy · 2 seeds", "Balanced accuracy", "Labelled examples (logarithmic)"} <= set(found)
    assert {"0%", "20%", "100%", "5 1 / class", "50 10 / class"} <= set(found)
    assert any("hog <&> co" in each and "80" in each for each in found)
    assert any("guessing" in each for each in found)


def test_means_stand_where_the_axes_say():
    root = drawn([curve("hog", 0.2, 0.4, 0.6, 0.8)], chance=None)
    (line,) = [each for each in root.iter(f"{NAME}polyline") if each.find(f"{NAME}title") is not None]
    places = [tuple(map(float, each.split(","))) for each in line.get("points").split()]
    steps = [(b[1] - a[1]) for a, b in itertools.pairwise(places)]
    assert steps == pytest.approx([steps[0]] * 3, abs=0.03)
    assert steps[0] < 0, "higher is up"
    assert places[1][0] - places[0][0] == pytest.approx(places[3][0] - places[2][0], abs=0.03), "decades are equal"


def test_every_look_that_an_arm_may_have_can_be_drawn():
    arms = [*ready_arms(), *(f"own-{number}" for number in range(60))]
    chosen = looks(arms)
    assert {look.marker for look in chosen.values()} <= {*MARKERS, "circle"}
    root = drawn([curve(arm, 0.3, 0.4) for arm in arms])
    assert len([each for each in root.iter(f"{NAME}polyline") if each.get("stroke-dasharray")]) > 20


def test_colours_are_those_that_every_program_knows_and_nothing_is_fetched():
    root = drawn([curve("hog", 0.3, 0.5)], above="long " * 60)
    values = {value for each in root.iter() for name, value in each.attrib.items() if name in ("fill", "stroke")}
    assert all(re.fullmatch(r"#[0-9A-Fa-f]{6}|none", value) for value in values)
    assert "http" not in ElementTree.tostring(root, encoding="unicode").replace("http://www.w3.org/2000/svg", "")


@pytest.mark.parametrize("curves", [[], [curve("hog")]])
def test_without_a_point_there_are_axes(curves):
    assert "Balanced accuracy" in texts(drawn(curves, chance=None))


def test_log_loss_has_its_own_axis():
    root = drawn([curve("hog", 1.6, 0.9, metric="log_loss")], metric=METRICS["log_loss"], chance=1.6)
    assert {"0.0", "0.5", "1.0"} <= set(texts(root))
    small = drawn([curve("hog", 0.12, 0.1, metric="calibration_error")], METRICS["calibration_error"], chance=None)
    assert {"0.05", "0.10", "0.15"} <= set(texts(small)), "marks that lie close have the digits that tell them apart"


def test_what_lies_above_the_axis_is_cut_off_and_marked_at_its_end():
    curves = [curve(name, 0.4, 0.3, metric="log_loss") for name in ("a", "b")] + [curve("c", 9, 0.5, metric="log_loss")]
    root = drawn(curves, metric=METRICS["log_loss"], chance=1.6)
    (rect,) = root.find(f"{NAME}clipPath")
    top, bottom = float(rect.get("y")), float(rect.get("y")) + float(rect.get("height"))
    free = [each for each in root if each.tag in (f"{NAME}polyline", f"{NAME}polygon", f"{NAME}circle")]
    places = [float(pair.split(",")[1]) for each in free for pair in each.get("points").split()]
    assert places, "the mark that something lies above"
    assert all(top - 10 < place < bottom for place in places)
    cut = [each for group in root.iter(f"{NAME}g") for each in group.iter(f"{NAME}polyline")]
    assert any(float(each.get("points").split()[0].split(",")[1]) < top - 100 for each in cut)
    assert {group.get("clip-path") for group in root.iter(f"{NAME}g")} == {"url(#plot)"}


def test_signs_that_no_svg_may_hold_do_not_make_it_unreadable():
    root = drawn([curve("a\x0bb", 0.3, 0.5)], above="one\x00 two\tthree", below="\udce4 four")
    assert root.find(f"{NAME}title").text == "one\ufffd two\tthree"
    assert any("a\ufffdb" in each for each in texts(root))
