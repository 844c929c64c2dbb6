"""What is said of a study against its baseline: the budget that sums it up, saved labels, verdicts and forecasts."""

import functools
import math
import re
from dataclasses import replace

import numpy as np
import pytest

from explorer.charts.cost_axis import computing_axis, labelling_axis
from explorer.charts.label_axis import Tick
from explorer.charts.saving_arrow import Arrow
from explorer.export import comparing as comparisons
from explorer.export.comparing import at_practical, comparing, tied_at_end, usual_baseline
from explorer.export.verdict_words import (
    alike_words,
    forecast_sentence,
    needed_words,
    saving_arrow,
    table,
    times,
    verdict,
    verdict_sentence,
)
from explorer.export.view import view
from explorer.records import Arm, Choice, Look, State, Study, Until
from explorer.scores import METRICS
from explorer.statistics.curves import CurvePoint
from explorer.statistics.evidence import judged
from explorer.statistics.forecasts import Refusal
from explorer.statistics.savings import Saving
from explorer.statistics.verdicts import Comparison, Verdict, compared
from tests.unit.statistics import simulated
from tests.unit.statistics.simulated import LABELS

METRIC = METRICS["balanced_accuracy"]
BUDGETS = (1, 2, 5, 10, 20)
SHARES = {"transfer": (0.5, 0.65, 0.8, 0.88, 0.93), "baseline": (0.35, 0.4, 0.5, 0.66, 0.8)}


def study_of(names, budgets=BUDGETS, **more):
    arms = tuple(Arm(name, f"Arm {name}", Choice("hog")) for name in names)
    return Study("id", "toy", "toy", arms, budgets, **more)


@pytest.fixture(scope="module")
def found():
    done = simulated.study(SHARES, BUDGETS, items=200)
    return comparing(study_of(SHARES), done, LABELS, None, METRIC.name)


def test_a_study_is_summed_up_at_ten_labels_a_class_with_what_the_baseline_needs(found):
    assert found.against == "baseline"
    assert (found.stated.budget, found.stated.best) == (10, "transfer")
    assert found.stated.needs.seeds == 5
    assert found.stated.needs.low <= found.stated.needs.ratio <= found.stated.needs.high < 1
    sentence = verdict_sentence(study_of(SHARES), found, METRIC)
    point = found.stated.point
    score, low, high = (f"{100 * each:.0f}" for each in (point.mean, point.low, point.high))
    reached = f"{score}\u00a0%\u00a0({low}–{high}\u00a0%)"
    assert sentence.startswith(f"With 10 labels per class, Arm transfer reaches {reached}. ")
    assert "Arm baseline" in sentence


def test_the_budget_is_the_nearest_that_all_have_finished():
    done = simulated.study(SHARES, BUDGETS, items=200)
    some = [each for each in done if each.trial.arm == "transfer" or each.trial.budget in (2, 5)]
    assert comparing(study_of(SHARES), some, LABELS, None, METRIC.name).stated.budget == 5
    totals = study_of(SHARES, budgets=(30, 90, 200), per_class=False)
    renamed = {1: 30, 2: 90, 5: 200}
    counted = [replace(each, trial=replace(each.trial, budget=renamed[each.trial.budget]))
               for each in done if each.trial.budget in renamed]  # fmt: skip
    assert comparing(totals, counted, LABELS, None, METRIC.name).stated.budget == 90


def test_a_budget_that_a_class_cannot_pay_is_not_said_to_be_paid():
    done = [replace(each, n_labeled=25) if each.trial.budget == 10 else each
            for each in simulated.study(SHARES, BUDGETS, items=200)]  # fmt: skip
    told = comparing(study_of(SHARES), done, LABELS, None, METRIC.name)
    assert verdict_sentence(study_of(SHARES), told, METRIC).startswith("With up to 10 labels per class, Arm transfer")
    totals = study_of(SHARES, budgets=BUDGETS, per_class=False)
    counted = [replace(each, n_labeled=8 if each.trial.budget > 8 else each.trial.budget) for each in done]
    assert verdict_sentence(totals, comparing(totals, counted, LABELS, None, METRIC.name), METRIC).startswith(
        "With 8 labels, Arm transfer"
    )


@pytest.mark.parametrize(
    ("transfer", "early"),
    [((0.5, 0.9, 0.9, 0.9, 0.95), 2), ((0.9, 0.5, 0.9, 0.9, 0.9), 5), ((0.5, 0.6, 0.7, 0.9, 0.9), None)],
    ids=["flat from 2 on", "falls between", "still rises"],
)
def test_a_technique_that_is_there_with_fewer_labels_is_said_to_be(transfer, early):
    shares = {**SHARES, "transfer": transfer}
    study, done = study_of(shares), simulated.study(shares, BUDGETS, items=200)
    told = comparing(study, done, LABELS, None, METRIC.name, practical=0.03)
    found = told.stated.early
    assert (found and found.budget) == early
    labels, sentence = f"{early} labels per class", verdict_sentence(study, told, METRIC)
    assert (f"With {labels} it is there already: {100 * found.mean:.0f}" in sentence) if early else (
        "already" not in sentence
    )  # fmt: skip


def test_fewer_labels_are_enough_by_a_verdict_alone():
    """What looks alike by luck, or at one seed, is not called enough."""
    shares = {"transfer": (0.9, 0.9)}
    study = study_of(shares, (5, 10))

    def early(seeds=5, practical=0.1, items=200):
        done = simulated.study(shares, (5, 10), items=items, seeds=seeds)
        return comparing(study, done, LABELS, None, METRIC.name, practical=practical).stated.early

    assert early().budget == 5
    assert early(seeds=1) is None
    assert early(practical=0.01, items=30) is None
    risen = [simulated.study({"transfer": (0.87, 0.9)}, (5, 10), items=60, draw=draw) for draw in range(20)]
    told = [comparing(study, each, LABELS, None, METRIC.name).stated.early for each in risen]
    assert told == [None] * 20


def test_where_a_class_has_too_few_the_fewer_labels_are_counted_in_all():
    shares = {"transfer": (0.9, 0.9)}
    bought = {5: 15, 10: 25}
    done = [replace(each, n_labeled=bought[each.trial.budget]) for each in simulated.study(shares, (5, 10), items=200)]
    told = comparing(study_of(shares, (5, 10)), done, LABELS, None, METRIC.name, practical=0.1)
    assert "With 15 labels it is there already" in verdict_sentence(study_of(shares, (5, 10)), told, METRIC)


def test_nothing_is_said_before_anything_is_finished_and_guessing_is_never_best():
    assert comparing(study_of(SHARES), [], LABELS, None, METRIC.name).stated is None
    guesses = simulated.study({"majority": (0.9,) * 5, "hog": SHARES["baseline"]}, BUDGETS)
    told = comparing(study_of(("majority", "hog")), guesses, LABELS, None, METRIC.name)
    assert (told.against, told.stated.best, told.stated.needs) == ("hog", "hog", None)
    assert verdict_sentence(study_of(("majority", "hog")), told, METRIC).count(".") == 1


def test_a_single_seed_or_budget_tells_no_savings():
    one = simulated.study(SHARES, BUDGETS, seeds=1)
    assert comparing(study_of(SHARES), one, LABELS, None, METRIC.name).stated.needs is None
    single = simulated.study({name: shares[:1] for name, shares in SHARES.items()}, (1,))
    assert comparing(study_of(SHARES), single, LABELS, None, METRIC.name).stated.needs is None


def test_another_arm_may_be_the_baseline_and_the_region_may_be_wider():
    done = simulated.study(SHARES, BUDGETS, items=200)
    told = comparing(study_of(SHARES), done, LABELS, None, METRIC.name, against="transfer", practical=0.9)
    assert {each.arm for each in told.comparisons} == {"baseline"}
    assert {each.verdict for each in told.comparisons} == {Verdict.SAME}
    assert told.stated.needs is None


@pytest.mark.parametrize(
    ("names", "usual"),
    [
        (("majority", "transfer", "baseline"), "baseline"),
        (("majority", "intensity", "hog"), "hog"),
        (("majority",), "majority"),
    ],
)
def test_the_usual_baseline_is_the_network_from_scratch_or_the_first_technique(names, usual):
    assert usual_baseline(study_of(names)) == usual


@pytest.mark.parametrize(
    ("ratio", "low", "high", "told"),
    [
        (0.25, 0.2, 0.4, "Arm baseline needs about 4 times as many labels (2.5 to 5) for that."),
        (0.25, 0.0, 0.4, "Arm baseline needs about 4 times as many labels (2.5 to more than 20) for that."),
        (0.0, 0.0, 0.0, "Arm baseline does not get there with 600 labels, 20 times as many."),
        (0.8, 0.5, 1.6, "How many Arm baseline needs for that is not clear: 0.62 to 2 times as many."),
        (math.inf, math.inf, math.inf, "Arm baseline is there with its fewest labels, 3."),
        (0.0, 0.0, 0.6, "How many Arm baseline needs for that is not clear: 1.7 to more than 20 times as many."),
        (0.0, 0.0, 1.4, "How many Arm baseline needs for that is not clear: 0.71 to more than 20 times as many."),
        (math.inf, 2.0, math.inf, "needs for that is not clear: less than 0.1 to 0.5 times as many."),
        (1.1, 0.0, math.inf, "needs for that is not clear: less than 0.1 to more than 20 times as many."),
    ],
)
def test_what_the_baseline_needs_is_said_as_far_as_it_is_known(found, ratio, low, high, told):
    needs = Saving(n=30, goal=0.9, ratio=ratio, low=low, high=high, fewest=3, most=600, seeds=5)
    said = replace(found, stated=replace(found.stated, needs=needs))
    assert verdict_sentence(study_of(SHARES), said, METRIC).endswith(told)


def test_where_the_baseline_has_no_more_labels_beyond_is_beyond_what_was_tried(found):
    needs = Saving(n=600, goal=0.9, ratio=0.9, low=0.0, high=0.95, fewest=3, most=600, seeds=5)
    for each, told in ((needs, False), (replace(needs, high=1.02), True)):
        said = verdict_sentence(study_of(SHARES), replace(found, stated=replace(found.stated, needs=each)), METRIC)
        assert ("is not clear: 0.98 times as many, or more than were tried." in said) == told
        assert "more than 1 times" not in said or not told


@pytest.mark.parametrize("most", [29, 30, 31])
def test_as_many_labels_are_not_called_one_time_as_many(found, most):
    needs = Saving(n=30, goal=0.9, ratio=0.0, low=0.0, high=0.0, fewest=3, most=most, seeds=5)
    said = replace(found, stated=replace(found.stated, needs=needs))
    told = verdict_sentence(study_of(SHARES), said, METRIC)
    assert told.endswith(f"Arm baseline does not get there with {most} labels.")


def test_an_arrow_shows_what_is_saved_and_ends_with_the_budgets(found):
    needs = Saving(n=30, goal=0.9, ratio=0.25, low=0.2, high=0.4, fewest=3, most=600, seeds=5)
    several = [replace(needs, ratio=ratio, high=high)
            for ratio, high in ((0.25, 0.4), (0.0, 0.0), (0.95, 0.97), (math.inf, math.inf))]  # fmt: skip
    told = {each.ratio: saving_arrow(replace(found, stated=replace(found.stated, needs=each))) for each in several}
    assert told[0.25] == Arrow(0.9, 30, 120, "4 × the labels", reached=True)
    assert told[0.0] == Arrow(0.9, 30, 600, "more than 20 × the labels", reached=False)
    assert (told[0.95], told[math.inf]) == (None, None)
    assert saving_arrow(replace(found, stated=None)) is None
    for ratio, high in ((0.0, 0.4), (0.0, 1.0), (0.25, 1.0)):  # the sentence says of none of them that it is clear
        unclear = replace(needs, ratio=ratio, high=high)
        assert saving_arrow(replace(found, stated=replace(found.stated, needs=unclear))) is None


@pytest.mark.parametrize("arm", ["intensity", "majority", "transfer"])
def test_nothing_that_is_not_praised_has_an_arrow(found, arm):
    needs = Saving(n=30, goal=0.9, ratio=0.25, low=0.2, high=0.4, fewest=3, most=600, seeds=5)
    said = replace(found, stated=replace(found.stated, needs=needs))
    better = replace(found.curves[0], arm=arm)
    shown = view(study_of(SHARES), (better, found.curves[1]), METRIC.name, *2 * [np.full(3, 20)], found=said)
    shown = replace(shown, chance=0.3)
    assert (shown.arrow is None) == (arm != "transfer")
    assert replace(shown, chance=0.99).arrow is None
    assert replace(shown, chance=better.points[-1].mean - 0.001).arrow is None


def test_on_an_axis_of_labelling_the_arrow_is_time_that_is_saved(found):
    needs = Saving(n=30, goal=0.9, ratio=0.25, low=0.2, high=0.4, fewest=3, most=600, seeds=5)
    hours = labelling_axis([Tick(3.0, "1"), Tick(600.0, "200")], 60.0)

    def told(**known):
        stated = replace(found.stated, needs=replace(needs, **known))
        return saving_arrow(replace(found, stated=stated), hours)

    assert told() == Arrow(0.9, 0.5, 2.0, "1.5 h saved", reached=True)
    assert told(ratio=0.0, low=0.0, high=0.0) == Arrow(0.9, 0.5, 10.0, "more than 9.5 h saved", reached=False)
    assert told(ratio=0.95) is None
    assert saving_arrow(found, computing_axis(found.curves)) is None


def test_techniques_that_are_not_clearly_worse_are_named_with_the_best():
    shares = {**SHARES, "alike": SHARES["transfer"], "worse": (0.3,) * 5}
    told = comparing(study_of(shares), simulated.study(shares, BUDGETS, items=200), LABELS, None, METRIC.name)
    sentence = verdict_sentence(study_of(shares), told, METRIC)
    other = {"transfer": "alike", "alike": "transfer"}[told.stated.best]
    assert f", with no clear difference to Arm {other}. Arm baseline" in sentence


@pytest.mark.parametrize("budgets", [(5,), (1, 2, 5)])
def test_nothing_is_claimed_of_the_best_that_a_verdict_does_not_claim_whichever_is_the_baseline(budgets):
    """Of many arms some differ by luck; the same pair is never told apart in one place and open in another."""
    arms = {f"arm {number}": (0.55 + 0.03 * number,) * len(budgets) for number in range(8)}
    study = study_of(arms, budgets)
    claimed = 0
    for draw in range(5):
        done = simulated.study(arms, budgets, seeds=3, draw=draw)
        told = {arm: comparing(study, done, LABELS, None, METRIC.name, against=arm) for arm in arms}
        (tied,) = {each.tied for each in told.values()}
        best = told["arm 0"].stated.best
        for rival in arms.keys() - {best}:
            pair = {told[rival].at(best, 5).verdict, told[best].at(rival, 5).verdict}
            assert rival in tied or pair == {Verdict.HELPS, Verdict.HURTS}
            claimed += rival not in tied
        at_end = tied_at_end(study, told[best].curves, done, LABELS, None, METRIC.name)
        assert at_end == tied
    assert claimed > 5


def test_what_is_no_practical_difference_is_no_difference_to_the_best():
    shares = {"baseline": (0.6,), "transfer": (0.66,)}
    done = simulated.study(shares, (5,), items=300, seeds=10)
    study = study_of(shares, (5,))
    told = [comparing(study, done, LABELS, None, METRIC.name, practical=size) for size in (0.0, 0.2)]
    assert [each.tied for each in told] == [frozenset(), {"baseline"}]
    assert at_practical(told[0], study, done, LABELS, None, METRIC.name, 0.2).tied == {"baseline"}


def test_no_labels_are_saved_where_the_difference_is_not_clear(found):
    needs = Saving(n=30, goal=0.9, ratio=0.6, low=0.5, high=0.9, fewest=3, most=600, seeds=5)
    stated = replace(found.stated, needs=needs)
    clear = replace(found, stated=stated)
    assert "Arm baseline needs about 1.7 times as many labels" in verdict_sentence(study_of(SHARES), clear, METRIC)
    assert saving_arrow(clear) is not None
    unclear = replace(clear, tied=frozenset({"baseline"}), alike=("baseline",))
    sentence = verdict_sentence(study_of(SHARES), unclear, METRIC)
    assert sentence.endswith(", with no clear difference to Arm baseline.")
    assert saving_arrow(unclear) is None


def test_what_is_far_behind_is_never_called_alike_and_the_nearest_comes_first(monkeypatch):
    """Where many comparisons count against each other, next to nothing may be told apart."""
    monkeypatch.setattr(comparisons, "told_apart", lambda *_, **__: frozenset())
    shares = {"pixels": (0.3,) * 5, "hog": (0.79,) * 5, "transfer": (0.8,) * 5, "baseline": (0.795,) * 5}
    study = study_of(shares)
    told = comparing(study, simulated.study(shares, BUDGETS), LABELS, None, METRIC.name)
    assert told.tied == set(shares) - {told.stated.best}
    means = {curve.arm: next(each.mean for each in curve.points if each.budget == 10) for curve in told.curves}
    near = sorted({"hog", "transfer", "baseline"} - {told.stated.best}, key=lambda arm: -means[arm])
    assert told.alike == tuple(near)
    assert "Arm pixels" not in verdict_sentence(study, told, METRIC)


def test_what_few_seeds_leave_unclear_is_not_called_alike_where_scores_lie_far_apart():
    """Forty points are no likeness, though three seeds that differ much leave room for none."""
    right = {"transfer": (0.97, 0.93, 0.95), "hog": (0.1, 0.5, 0.75), "near": (0.9, 0.96, 0.93)}
    done = [
        judged(simulated.outcome(arm, seed, np.arange(60) < 60 * share), LABELS, METRIC.name)
        for arm, shares in right.items()
        for seed, share in enumerate(shares)
    ]
    study = study_of(right, (5,))
    told = comparing(study, done, LABELS, None, METRIC.name)
    assert (told.stated.best, told.tied) == ("transfer", {"hog", "near"})
    assert told.alike == ("near",)


def test_all_that_are_alike_are_listed_by_name_in_the_order_of_the_study_but_for_guessing():
    rising = (0.2, 0.3, 0.4, 0.8, 0.8)
    shares = {"majority": (0.2,) * 5, "transfer": rising, **dict.fromkeys(("b", "a", "c", "baseline"), rising)}
    study = study_of(shares)
    told = comparing(study, simulated.study(shares, BUDGETS), LABELS, None, METRIC.name)
    others = [arm for arm in shares if arm not in ("majority", told.stated.best)]
    assert told.alike == tuple(others)
    sentence = verdict_sentence(study, told, METRIC)
    assert sentence.endswith(" and 2 more."), "of the baseline, which may be as good, no ratio is told"
    assert alike_words(study, told) == (
        f"With 10 labels per class, no clear difference between {told.stated.best}, the best there, and "
        f"{', '.join(others[:-1])} and {others[-1]}."
    )
    assert alike_words(study, replace(told, alike=())) == ""
    shortcut = replace(told, stated=replace(told.stated, shortcut=told.stated.point))
    assert alike_words(study, shortcut) == alike_words(study, replace(told, stated=None)) == ""


@pytest.mark.parametrize("seeds", [1, 2, 3, 5])
@pytest.mark.parametrize("items", [80, 200])
def test_a_sentence_does_not_change_when_a_study_ends(seeds, items):
    """The same trials say the same while others are still to come; what labels are saved rests on an interval."""
    study, sides = study_of(SHARES), 2 * [np.full(3, 20)]
    done = simulated.study(SHARES, BUDGETS, seeds=seeds, items=items)
    told = {}
    for state, find in ((State.RUNNING, functools.partial(comparing, briefly=True)), (State.DONE, comparing)):
        found = find(study, done, LABELS, None, METRIC.name)
        told[state] = view(study, found.curves, METRIC.name, *sides, state, found)
    assert told[State.RUNNING].headline == told[State.DONE].headline
    assert told[State.RUNNING].headline.startswith("With 10 labels per class, Arm transfer reaches ")
    assert told[State.RUNNING].arrow is None, "it is drawn once"
    if seeds == 1:
        assert "times as many" not in told[State.RUNNING].headline


def test_before_the_look_at_which_it_stops_a_study_says_nothing_of_saved_labels():
    study = replace(study_of(SHARES), until=Until(60, "baseline"))
    done = simulated.study(SHARES, BUDGETS, items=200)
    looks = [(), (Look(3, 0.02, ("transfer",), ()),), (Look(5, 0.03, ("transfer",), (), final=True),)]
    said = [comparing(study, done, LABELS, None, METRIC.name, looks=made, briefly=True).stated for made in looks]
    assert [each.needs is None for each in said] == [True, True, False]
    flat = simulated.study({**SHARES, "transfer": (0.9,) * 5}, BUDGETS, items=200)
    asked = {"practical": 0.1, "briefly": True}
    said = [comparing(study, flat, LABELS, None, METRIC.name, looks=made, **asked).stated for made in looks]
    assert [each.early is None for each in said] == [True, True, False]


def test_before_its_first_look_a_study_tells_nothing_apart():
    shares = {"baseline": (0.3,) * 2, "transfer": (0.9,) * 2}
    study = replace(study_of(shares, (1, 5)), until=Until(60, "baseline"))
    done = simulated.study(shares, (1, 5))
    curves = comparing(study_of(shares, (1, 5)), done, LABELS, None, METRIC.name).curves
    assert tied_at_end(study, curves, done, LABELS, None, METRIC.name) == {"baseline"}
    look = Look(5, 0.05, ("transfer",), (), final=True)
    assert tied_at_end(study, curves, done, LABELS, None, METRIC.name, (look,)) == frozenset()


def test_brightness_is_never_the_best_technique_but_a_shortcut_where_it_clearly_is_better():
    shares = {"intensity": SHARES["baseline"], "baseline": SHARES["baseline"]}
    told = comparing(study_of(shares), simulated.study(shares, BUDGETS), LABELS, None, METRIC.name)
    assert (told.stated.best, told.stated.shortcut) == ("baseline", None)
    sentence = verdict_sentence(study_of(shares), told, METRIC)
    assert sentence.endswith(", with no clear difference to Arm intensity.")
    shares = {**SHARES, "intensity": (0.98,) * 5}
    done = simulated.study(shares, BUDGETS, items=200)
    told = comparing(study_of(shares), done, LABELS, None, METRIC.name)
    assert told.stated.best == "transfer"
    sentence = verdict_sentence(study_of(shares), told, METRIC)
    assert sentence.startswith("With 10 labels per class, Arm transfer reaches ")
    assert ", Arm intensity alone 9" in sentence
    assert sentence.endswith("): look for a shortcut before trusting any curve.")
    assert saving_arrow(told) is None
    alone = [each for each in done if each.trial.arm == "intensity"]
    assert comparing(study_of(("intensity",)), alone, LABELS, None, METRIC.name).stated is None


def test_verdicts_stand_in_the_order_of_the_study_whichever_trial_was_done_first():
    shares = {"baseline": (0.6,) * 2, "first": (0.6,) * 2, "second": (0.7,) * 2}
    done = simulated.study(shares, (1, 2))
    for each in (done, done[::-1]):
        told = comparing(study_of(shares, (1, 2)), each, LABELS, None, METRIC.name).comparisons
        at_budgets, whole = [[(each.arm, each.budget) for each in told if (each.budget is None) == is_whole]
                             for is_whole in (False, True)]  # fmt: skip
        assert at_budgets == [("first", 1), ("first", 2), ("second", 1), ("second", 2)]
        assert whole == [("first", None), ("second", None)]
        assert [each.budget for each in told][-2:] == [None, None]


def test_those_that_lead_together_rest_on_the_evidence_of_verdicts():
    shares = {"majority": (0.2,) * 5, "transfer": (0.8,) * 5, "alike": (0.8,) * 5, "baseline": (0.5,) * 5}
    done = simulated.study(shares, BUDGETS, items=200)
    told = comparing(study_of(shares), done, LABELS, None, METRIC.name)
    found = tied_at_end(study_of(shares), told.curves, done, LABELS, None, METRIC.name)
    (best,) = {"transfer", "alike"} - found
    assert found == {"transfer", "alike"} - {best}
    assert tied_at_end(study_of(shares), (), [], LABELS, None, METRIC.name) == frozenset()


def test_the_baseline_is_named_among_those_that_are_alike_where_nothing_else_is_said_of_it():
    shares = {"hog": (0.7,), "baseline": (0.7,)}
    told = comparing(study_of(shares, (5,)), simulated.study(shares, (5,)), LABELS, None, METRIC.name)
    assert (told.against, told.stated.best, told.stated.needs) == ("baseline", "hog", None)
    sentence = verdict_sentence(study_of(shares, (5,)), told, METRIC)
    assert sentence.endswith(", with no clear difference to Arm baseline.")


def test_verdicts_in_words():
    sure = Comparison("a", "b", 5, 0.1, 0.05, 0.15, 1.0, 0.001, 0.002, Verdict.HELPS, None, seeds=2, items=100)
    assert verdict(replace(sure, seeds=1)) == "one seed is too few to say"
    assert verdict(sure) == "helps"
    many = replace(sure, verdict=Verdict.OPEN, adjusted=0.1234)
    assert verdict(many) == "not clear yet (adjusted p 0.12)"
    assert verdict(replace(many, more_seeds=12)) == "not clear yet (adjusted p 0.12): about 12 more seeds"
    assert verdict(replace(many, adjusted=0.04)) == "not clear yet"
    unclear = replace(sure, verdict=Verdict.OPEN, low=-0.05)
    assert verdict(unclear) == "not clear yet"
    assert verdict(replace(unclear, more_seeds=1)) == "not clear yet: about 1 more seed would settle it"
    assert list(table(study_of("ab"), [replace(sure, difference=-0.1)], METRIC)) == [
        ("a", "5", "−10.0", "+5.0 to +15.0", "helps")
    ]
    (whole,) = table(study_of("ab"), [replace(sure, budget=None, span=(1, 20))], METRICS["log_loss"])
    assert whole[1:3] == ("whole curve", "+0.100")
    assert [times(each) for each in (0.853, 3.14, 12.4)] == ["0.85", "3.1", "12"]


def test_a_part_of_the_curve_is_not_called_the_whole_one():
    shares = {**SHARES, "slow": SHARES["transfer"]}
    done = [
        each for each in simulated.study(shares, BUDGETS) if each.trial.arm != "slow" or each.trial.budget in (2, 5)
    ]
    told = comparing(study_of(shares), done, LABELS, None, METRIC.name)
    assert told.at("transfer", None).span == (1, 20)
    assert told.at("slow", None).span == (2, 5)
    assert told.at("slow", 5).span is None
    where = {arm: place for arm, place, *_ in table(study_of(shares), told.comparisons, METRIC)}
    assert where == {"transfer": "whole curve", "slow": "curve from 2 to 5"}


def test_forecasts_say_how_they_did_on_this_very_curve(found):
    assert set(found.forecasts) == set(SHARES)
    said = forecast_sentence(study_of(SHARES), "transfer", found.forecasts["transfer"], METRIC)
    assert said.startswith("With 120 labels, twice as many as were tried, Arm transfer may reach 9")
    assert f"missed by {100 * found.forecasts['transfer'].miss:.1f} points one step ahead" in said
    assert forecast_sentence(study_of(SHARES), "transfer", Refusal("Too few."), METRIC) == "Too few."
    few = comparing(
        study_of(SHARES),
        simulated.study({name: shares[:2] for name, shares in SHARES.items()}, (1, 2)),
        LABELS,
        None,
        METRIC.name,
    )
    assert isinstance(few.forecasts["transfer"], Refusal)


def test_how_many_labels_a_score_takes_is_measured_foretold_or_not_told(found):
    curve = next(each for each in found.curves if each.arm == "transfer")
    foretold, means = found.forecasts["transfer"], [point.mean for point in curve.points]
    said = functools.partial(needed_words, curve, metric=METRIC)
    assert said(foretold, means[2]) == "reached with the 15 labels that were tried"
    assert said(Refusal("Too few."), means[-1]) == "reached with the 60 labels that were tried"
    assert said(Refusal("Too few."), 0.999) == "Too few."
    middle = float(foretold.at([100])[0][0])
    between = said(foretold, middle)
    assert re.fullmatch(r"about (99|100|101) labels \(nominal 90\u00a0% band \d+ to (more than )?\d+\)", between), (
        between
    )
    assert said(foretold, 1.0).startswith("not reached within 240 labels, four times as many as were tried")
    top, _, best = (float(each[0]) for each in foretold.at([240]))
    assert "; at the better end of the band with" in said(foretold, (top + best) / 2)


def test_the_forecasts_that_matter_are_those_of_the_best_at_the_end_and_of_the_baseline(found):
    assert found.ahead == ("transfer", "baseline")
    assert replace(found, against="transfer").ahead == ("transfer",)
    assert replace(found, curves=()).ahead == ("baseline",)
    losses = simulated.study(SHARES, BUDGETS, items=200, metric="log_loss")
    assert comparing(study_of(SHARES), losses, LABELS, None, "log_loss").ahead == ("transfer", "baseline")


def test_comparisons_are_found_by_arm_and_budget(found):
    assert found.at("transfer", 5).budget == 5
    assert found.at("transfer", None).budget is None
    assert found.at("baseline", 5) is None
    assert isinstance(found.curves[0].points[0], CurvePoint)
    assert np.isfinite([each.p for each in found.comparisons]).all()


# ---- a study that runs until its verdicts settle -------------------------------------------------------------------

SETTLING = study_of(SHARES, until=Until(30.0, "transfer", practical=0.02))
LOOK = Look(3, 0.004, clear=("baseline",), final=True)


@pytest.fixture(scope="module")
def done():
    return simulated.study(SHARES, BUDGETS, items=200)


def of_look(done):
    return [each for each in done if each.trial.seed < LOOK.seeds]


def test_its_verdicts_are_those_of_the_look_at_which_it_stopped(done):
    told = comparing(SETTLING, done, LABELS, None, METRIC.name, looks=(LOOK,))
    assert (told.against, told.practical, told.level) == ("transfer", 0.02, 0.004)
    wanted = compared(of_look(done), "transfer", LABELS, None, METRIC.name, practical=0.02, level=0.004)
    assert told.comparisons == wanted
    assert {point.seeds for curve in told.curves for point in curve.points} == {(0, 1, 2)}
    fresh = comparing(study_of(SHARES), done, LABELS, None, METRIC.name, against="transfer")
    assert told.comparisons[0].high - told.comparisons[0].low > fresh.comparisons[0].high - fresh.comparisons[0].low


def test_its_saved_labels_are_as_sure_as_its_verdicts(done):
    study = replace(SETTLING, until=Until(30.0, "baseline"))
    sure, fresh = (
        comparing(each, of_look(done), LABELS, None, METRIC.name, looks=looks).stated.needs
        for each, looks in ((study, (LOOK,)), (study_of(SHARES), ()))
    )
    assert sure.ratio == fresh.ratio
    assert sure.low <= fresh.low
    assert sure.high > fresh.high


def test_before_its_first_look_there_is_no_verdict_and_between_looks_that_of_the_last(done):
    none = comparing(SETTLING, done, LABELS, None, METRIC.name)
    assert none.comparisons == ()
    assert none.stated.needs is None
    between = comparing(SETTLING, done, LABELS, None, METRIC.name, looks=(replace(LOOK, final=False),))
    assert {each.seeds for each in between.comparisons} == {3}
    assert {len(point.seeds) for curve in between.curves for point in curve.points} == {5}
    assert between.stated.needs is None
