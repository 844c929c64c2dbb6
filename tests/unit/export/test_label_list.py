"""The list of what to label next as a table, and what is said of the worth of its order."""

import csv
import io
import math
from dataclasses import replace

import numpy as np
import pytest

from explorer.export.label_list import COLUMNS, TYPICAL, entries, label_list_csv, worth_sentence
from explorer.previews.answers import Preview
from explorer.previews.to_label import Replayed
from explorer.statistics.savings import Saving
from explorer.statistics.verdicts import Comparison, Verdict


@pytest.fixture
def data(make_dataset):
    items = ("=one.png", "two, three.png", "@four.png", "five.png")
    return make_dataset([0, 1, -1, -1], items=items, class_names=("+round", "long"))


def listed(way="undecided", shares=((0.52, 0.47), (0.6, 0.4))):
    classes = np.array([[0, 1], [1, 0]])[:, : len(shares[0])]
    return Preview({"rows": np.array([2, 3]), "classes": classes, "shares": np.array(shares, np.float32)}, {"way": way})


def read(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_the_table_has_order_reason_and_classes(data):
    first, second = read(label_list_csv(data, listed()))
    assert list(first) == list(COLUMNS)
    assert (first["order"], second["order"]) == ("1", "2")
    assert first["reason"] == "undecided between +round and long: 52 and 47 %"
    assert (first["probability"], first["second"], first["second_probability"]) == ("0.5200", "long", "0.4700")


def test_no_spreadsheet_takes_a_name_for_a_formula(data):
    first, second = read(label_list_csv(data, listed()))
    assert first["item"] == "'@four.png"
    assert second["item"] == "five.png"
    assert first["most_probable"] == "'+round"


def test_what_the_model_is_rather_sure_of_is_not_called_undecided(data):
    first, second = entries(data, listed(shares=((0.87, 0.07), (0.79, 0.2))))
    assert first.reason == "hardly undecided; rather +round than long: 87 and 7\u00a0%"
    assert second.reason.startswith("undecided between long and +round: 79 and 20")


def test_typical_images_say_so_with_or_without_a_model(data):
    assert [each.reason for each in entries(data, listed("typical"))] == [TYPICAL] * 2
    alone = read(label_list_csv(data, listed("typical", ((), ()))))
    assert [(each["reason"], each["most_probable"], each["second_probability"]) for each in alone] == [
        (TYPICAL, "", "")
    ] * 2


# ---- what the order is worth -----------------------------------------------------------------------------------


def replayed(verdict, difference=0.021, saving=None, last=Verdict.HELPS):
    whole = Comparison(
        "asked",
        "random",
        None,
        difference,
        difference - 0.01,
        difference + 0.01,
        0.99,
        0.01,
        0.02,
        verdict,
        None,
        10,
        90,
    )
    at = [replace(whole, budget=4), replace(whole, budget=128, verdict=last)]
    return Replayed((), (*at, whole), saving)


def saving(ratio, low, high):
    return Saving(64.0, 0.9, ratio, low, high, 4.0, 128.0, 10)


def test_saved_labels_are_told_with_their_interval():
    told = worth_sentence(replayed(Verdict.HELPS, saving=saving(1.6, 1.25, 2.0)), "balanced_accuracy")
    assert told == (
        "On your own labelled images this order reached with 40 labels what random order reached with 64"
        " (95\u00a0% interval: 32 to 52 labels). Over the whole curve: +2.1 points of balanced accuracy against random"
        " order (95\u00a0% interval +1.1 to +3.1)."
    )


@pytest.mark.parametrize("last", [Verdict.OPEN, Verdict.SAME, Verdict.HURTS])
def test_an_order_that_was_better_with_few_labels_alone_says_so(last):
    told = worth_sentence(replayed(Verdict.HELPS, saving=saving(1.6, 1.25, 2.0), last=last), "balanced_accuracy")
    assert "With 128 labels, the most that were tried, the two orders do not differ clearly any more" in told
    assert told.startswith("On your own labelled images this order reached with 40 labels")


def test_ends_that_nobody_reached_are_told_as_such():
    told = worth_sentence(replayed(Verdict.HELPS, saving=saving(1.6, 0.0, math.inf)), "balanced_accuracy")
    assert "interval: 4 or fewer to more than 128 labels" in told


@pytest.mark.parametrize("ratio", [0.0, 0.9, math.inf])
def test_a_better_order_that_saves_nothing_there_is_better_all_the_same(ratio):
    told = worth_sentence(replayed(Verdict.HELPS, saving=saving(ratio, 0.0, math.inf)), "balanced_accuracy")
    assert told.startswith("On your own labelled images this order does better than random order. Over the whole")


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        (
            Verdict.OPEN,
            "It is not clear yet whether this order does better on your own labelled images than random order.",
        ),
        (Verdict.SAME, "No practical difference on your own labelled images: label at random, it is simpler."),
        (Verdict.HURTS, "On your own labelled images this order does worse than random order: label at random."),
    ],
)
def test_what_is_not_better_sends_back_to_chance(verdict, words):
    assert worth_sentence(replayed(verdict), "balanced_accuracy").startswith(f"{words} Over the whole curve: +2.1")


def test_nothing_is_said_without_a_whole_curve():
    assert worth_sentence(Replayed((), (), None), "balanced_accuracy") == ""


def test_what_is_spelled_in_capitals_stays_so_within_the_sentence():
    assert "points of AUROC against random order" in worth_sentence(replayed(Verdict.SAME), "auroc")
