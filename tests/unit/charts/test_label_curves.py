"""The figure shows the numbers it is given, in fixed looks, with labels that do not overlap."""

import itertools
import json
import re
from dataclasses import replace

import numpy as np
import pytest

from explorer.charts.cells import contrast
from explorer.charts.cost_axis import labels_axis
from explorer.charts.drawing import Drawing
from explorer.charts.label_axis import Tick, log_range
from explorer.charts.label_curves import label_curves
from explorer.charts.style import GROUNDS, looks
from explorer.scores import METRICS
from explorer.statistics.curves import Curve, CurvePoint
from explorer.techniques.discovery import ready_arms

ACCURACY = METRICS["balanced_accuracy"]


def point(budget, mean, seeds=5):
    values = tuple(mean + 0.02 * (seed - (seeds - 1) / 2) for seed in range(seeds))
    return CurvePoint(budget, 5.0 * budget, mean, mean - 0.08, mean + 0.05, tuple(range(seeds)), values)


def curve(arm, *means, seeds=5):
    points = tuple(point(budget, mean, seeds) for budget, mean in zip((1, 2, 5, 10), means, strict=False))
    return Curve(arm, f"Title of {arm}", "balanced_accuracy", points)


TICKS = tuple(Tick(5.0 * budget, f"{budget} / class") for budget in (1, 2, 5, 10))
CURVES = (
    curve("transfer", 0.5, 0.6, 0.7, 0.8),
    curve("baseline", 0.2, 0.3, 0.5, 0.79),
    curve("hog", 0.3, 0.4, 0.5, 0.78),
    curve("majority", 0.2, 0.2, 0.2, 0.2),
    curve("own-arm", 0.3, 0.3, 0.35),
    curve("silent"),
)


def drawn(curves=CURVES, mode="light", metric=ACCURACY, **other):
    figure = {name: other.pop(name) for name in ("height", "revision") if name in other}
    return json.loads(label_curves(drawing(curves, metric, **other), mode=mode, **figure).to_json())


def drawing(curves=CURVES, metric=ACCURACY, ticks=TICKS, **other):
    return Drawing(curves, metric, labels_axis(ticks), **{"chance": 0.2, "seeds": 5, **other})


def traces(figure, meta):
    return {trace["name"]: trace for trace in figure["data"] if trace.get("meta") == meta}


def test_means_seeds_and_band_are_the_given_numbers():
    figure = drawn()
    line = traces(figure, "mean")["Title of hog"]
    assert line["x"] == [5, 10, 25, 50]
    assert line["y"] == [0.3, 0.4, 0.5, 0.78]
    seeds = traces(figure, "seeds")["Title of hog, seeds"]
    assert seeds["y"] == [value for each in CURVES[2].points for value in each.values]
    assert np.allclose(np.array(seeds["x"]).reshape(4, 5) / [[5], [10], [25], [50]], 1, atol=0.1)
    band = traces(figure, "band")["Title of hog, 95 % interval"]
    assert band["y"] == pytest.approx([0.35, 0.45, 0.55, 0.83, 0.70, 0.42, 0.32, 0.22])
    assert "Title of silent" not in traces(figure, "mean")


def test_axis_is_logarithmic_with_ticks_at_the_budgets():
    figure = drawn(curves=())
    axis = figure["layout"]["xaxis"]
    assert axis["type"] == "log"
    assert axis["tickvals"] == [5, 10, 25, 50]
    low, high = axis["range"]
    assert low < np.log10(5) < np.log10(50) < high
    assert "Labelled examples" in axis["title"]["text"]
    assert log_range([Tick(7, "7")])[0] < np.log10(7) < log_range([Tick(7, "7")])[1]


def test_chance_is_dotted_and_named():
    figure = drawn()
    (line,) = figure["layout"]["shapes"]
    assert (line["y0"], line["y1"], line["line"]["dash"]) == (0.2, 0.2, "dot")
    assert not drawn(chance=None)["layout"].get("shapes")


def test_chance_is_named_once():
    def named(**given):
        return [each["text"] for each in drawn(**given)["layout"]["annotations"] if "20" in each["text"]]

    assert named(curves=CURVES[:3]) == ["guessing 20\u00a0%"]
    assert len(named()) == 1
    assert "majority" in named()[0]


def test_the_label_of_the_highest_of_many_curves_is_not_hidden_above_the_axis():
    many = [curve(f"arm {number}", 0.5, 0.7, 0.8, 0.98 - number / 1000) for number in range(10)]
    figure = drawn(many, height=400)
    places = [each["y"] for each in figure["layout"]["annotations"] if each.get("name") == "end-label"]
    low, high = figure["layout"]["yaxis"]["range"]
    assert len(places) == 11
    assert low <= min(places) <= max(places) <= high


@pytest.mark.parametrize("height", [300, 340, 360, 400])
def test_labels_that_find_no_room_beside_the_plot_stand_below_it_and_never_over_each_other(height):
    many = [curve(f"a technique of long name {number}", 0.5, 0.7, 0.3 + number / 20) for number in range(9)]
    layout = drawn(many, height=height)["layout"]
    room = layout["height"] - layout["margin"]["t"] - layout["margin"]["b"]
    high = layout["yaxis"]["range"][1]
    notes = [each for each in layout["annotations"] if each.get("name") == "end-label"]
    places = sorted(
        (room * each["y"] / (1 if each.get("yref") == "paper" else high), 16 * (1 + each["text"].count("<br>")))
        for each in notes
    )
    below = [each for each in notes if each.get("yref") == "paper"]
    assert bool(below) == (sum(height for _, height in places) > room)
    assert all(each["y"] < 0 for each in below), "others move with the curves"
    if sum(height for _, height in places) + 3 * len(places) < room + 56:
        for (one, lower), (other, upper) in itertools.pairwise(places):
            assert other - one >= (lower + upper) / 2


def test_labels_stand_at_the_ends_without_overlap():
    layout = drawn()["layout"]
    low, high = layout["yaxis"]["range"]
    per_unit = (layout["height"] - layout["margin"]["t"] - layout["margin"]["b"]) / (high - low)
    labels = sorted((each["y"] * per_unit, 16 * (1 + each["text"].count("<br>"))) for each in layout["annotations"])
    assert len(labels) == 5
    for (below, height), (above, other) in itertools.pairwise(labels):
        assert above - below >= (height + other) / 2
    by_text = {each["text"].split(" ")[2]: each["y"] for each in layout["annotations"] if "Title" in each["text"]}
    assert by_text["transfer"] > by_text["baseline"] > by_text["hog"]


def test_only_curves_that_reach_the_last_budget_are_led_to_their_labels():
    leaders = [each for each in drawn()["data"] if each["meta"] == "leader"]
    assert [each["x"][0] for each in leaders] == [50, 50, 50, 50]  # and not the arm that has come to 25
    assert not [each for each in drawn(CURVES[4:5])["data"] if each["meta"] == "leader"]
    assert len(drawn(CURVES[4:5])["layout"]["annotations"]) == 2


def test_a_curve_that_ended_earlier_says_at_how_many_labels():
    """Its score stands beside those of others that were given more labels."""
    texts = {each["text"].replace("<br>", " ") for each in drawn()["layout"]["annotations"]}
    assert "Title of own-arm 35\u00a0%\u00a0at\u00a025" in texts
    assert "Title of baseline 79\u00a0%" in texts
    alike = drawn((curve("a", 0.3, 0.4), curve("b", 0.5, 0.6)))["layout"]["annotations"]
    assert not any("at\u00a0" in each["text"] for each in alike), "all ended at one budget, as the axis shows"


def test_where_a_curve_ended_is_not_cut():
    whole = "Several words " * 9
    short = replace(curve("own", 0.89), title=whole)
    texts = [each["text"] for each in drawn((short, CURVES[0]), chance=None)["layout"]["annotations"]]
    (label,) = [each for each in texts if "…" in each]
    assert label.count("<br>") < 3
    assert label.endswith("89\u00a0%\u00a0at\u00a05")


#: Width in px of texts in DejaVu Sans at 13 px, the widest letters that a saved picture may be drawn in.
MEASURED = {
    "Small CNN + augmentation": 180,
    "Small CNN +": 84,
    "augmentation 89\u00a0%": 129,
    "most frequent class 69\u00a0%": 166,
    "ImageNet +": 79,
    "pseudo-labels 89\u00a0%": 128,
    "ImageNet + pseudo-labels": 174,
}


def test_the_right_margin_holds_the_widest_line_of_a_label_in_the_widest_letters():
    titles = ("Small CNN + augmentation", "ImageNet + pseudo-labels")
    curves = [replace(curve(title, 0.89), title=title) for title in titles]
    layout = drawn(curves, metric=METRICS["accuracy"], chance=0.69)["layout"]
    lines = [line for each in layout["annotations"] for line in each["text"].split("<br>")]
    assert len(lines) >= 4
    for line in lines:
        assert MEASURED[line] <= layout["margin"]["r"] - layout["annotations"][0]["xshift"], line


def test_a_title_of_many_lines_is_cut_and_its_score_is_not():
    whole = "Several words " * 9
    (label,) = drawn([replace(curve("own", 0.89), title=whole)], chance=None)["layout"]["annotations"]
    lines = label["text"].split("<br>")
    assert len(lines) <= 3
    assert "…" in label["text"]
    assert lines[-1].endswith("89\u00a0%")
    assert label["hovertext"] == whole


def test_long_titles_are_cut_so_that_they_stay_different():
    stem = "a technique that somebody has composed and given a name of about eighty letters "
    curves = [replace(curve(f"own{number}", 0.5 + number / 40), title=f"{stem}{number}") for number in range(12)]
    notes = drawn(curves, chance=None)["layout"]["annotations"]
    names = {note["text"].replace("<br>", " ").rpartition(" ")[0] for note in notes}
    assert len(names) == 12
    assert all(note["text"].count("<br>") < 3 for note in notes)
    assert {note["hovertext"] for note in notes} == {each.title for each in curves}


def test_means_over_fewer_seeds_are_hollow():
    figure = drawn(curves=(curve("hog", 0.3, 0.4, seeds=3),))
    fills = traces(figure, "mean")["Title of hog"]["marker"]["color"]
    assert fills == [GROUNDS["light"].paper] * 2
    assert GROUNDS["light"].paper not in traces(drawn(), "mean")["Title of hog"]["marker"]["color"]


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_no_color_is_left_to_a_template(mode):
    text = label_curves(drawing(), mode=mode).to_json()
    assert not re.search(r"#0000[0-9a-fA-F]{2}\b", text)
    for trace in json.loads(text)["data"]:
        assert "color" in trace.get("line", {}) or "color" in trace.get("marker", {})


def test_same_curves_give_the_same_bytes():
    one, other = (label_curves(drawing(), mode="dark", revision="a").to_json() for _ in range(2))
    assert one == other


def test_zoom_survives_while_the_revision_stays():
    assert drawn(revision="s1 accuracy")["layout"]["uirevision"] == "s1 accuracy"


def test_log_loss_has_a_round_scale_and_says_which_way_is_good():
    figure = drawn(curves=(curve("hog", 1.9, 1.2),), metric=METRICS["log_loss"], chance=np.log(5))
    assert figure["layout"]["yaxis"]["range"] == [0, pytest.approx(2.04)]
    assert figure["layout"]["title"]["text"] == "Log loss (lower is better)"


@pytest.mark.parametrize(("highest", "top", "form"), [(0.03, 0.1, ".2f"), (0.17, 0.2, ".2f"), (0.62, 1.0, ".1f")])
def test_a_small_error_fills_its_axis(highest, top, form):
    point = CurvePoint(1, 5.0, highest, highest, highest, (0,), (highest,))
    figure = drawn(curves=(Curve("hog", "HOG", "calibration_error", (point,)),), chance=None,
                   metric=METRICS["calibration_error"])  # fmt: skip
    assert figure["layout"]["yaxis"]["range"] == [0, pytest.approx(1.02 * top)]
    assert figure["layout"]["yaxis"]["tickformat"] == form


def test_a_curve_far_above_guessing_is_cut_and_marked():
    loss = METRICS["log_loss"]
    curves = (curve("hog", 1.9, 1.2), curve("transfer", 1.5, 0.9), curve("own-arm", 8.75, 8.5))
    figure = drawn(curves=curves, metric=loss, chance=np.log(5))
    high = figure["layout"]["yaxis"]["range"][1]
    assert high < 4
    (marks,) = traces(figure, "above").values()
    assert (marks["x"], marks["y"]) == ([5, 10], [high, high])
    assert marks["customdata"][0][1] == "8.75"
    assert "above the axis" in figure["layout"]["title"]["text"]
    assert any("8.50" in each["text"] for each in figure["layout"]["annotations"])
    far = drawn(curves=curves[2:], metric=loss, chance=np.log(5))
    assert far["layout"]["yaxis"]["range"][1] > 8.75
    assert not traces(far, "above")


def test_the_line_of_accuracy_is_called_what_it_is():
    figure = drawn(curves=CURVES[:1], metric=METRICS["accuracy"], chance=0.69)
    assert "most frequent class 69\u00a0%" in [each["text"] for each in figure["layout"]["annotations"]]


def test_titles_are_no_tags():
    text = json.dumps(drawn(curves=(replace(CURVES[2], title="<b>bold< & co"),))["data"])
    text += json.dumps(drawn(curves=(replace(CURVES[2], title="<b>bold< & co"),))["layout"]["annotations"])
    assert "<b>bold" not in text
    assert "&lt;b&gt;bold&lt; &amp; co" in text


# ---- looks -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_lines_and_labels_can_be_seen(mode):
    names = [*ready_arms(), *(f"own {number}" for number in range(12))]
    ground = GROUNDS[mode]
    for look in looks(names).values():
        assert contrast(look.hue.line(mode), ground.paper) >= 3
        assert contrast(look.hue.ink(mode), ground.paper) >= 4.5
    assert contrast(ground.quiet, ground.paper) >= 4.5
    assert contrast(ground.ink, ground.paper) >= 7
    assert contrast(ground.bar, ground.paper) >= 3


def test_an_arm_looks_the_same_in_every_study():
    together = looks(ready_arms())
    assert len(set(together.values())) == len(together)
    for arm, look in together.items():
        assert looks([arm])[arm] == look
        assert looks([arm, "something else", "another"])[arm] == look


def test_many_arms_all_look_different():
    names = [*ready_arms(), *(f"arm {number}" for number in range(14))]
    assert len(set(looks(names).values())) == len(names)


def test_a_point_without_a_mistake_tells_how_sure_it_is():
    made = curve("hog", 1.0)
    sure = replace(made, points=tuple(replace(each, low=0.98672, high=1.0) for each in made.points))
    figure = drawn(curves=(sure,))
    (told,) = traces(figure, "mean")["Title of hog"]["customdata"]
    assert told == ["5", "100\u00a0%", "(95\u00a0% interval 99 to 100\u00a0%)", "5 seeds"]
    assert traces(figure, "band")["Title of hog, 95 % interval"]["y"] == [1.0, 0.98672]
