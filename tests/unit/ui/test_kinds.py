"""How images of a map are told apart, and what each says."""

import numpy as np

from explorer.charts.feature_map import KINDS
from explorer.records import Arm, Choice
from explorer.ui import composed, kinds, texts


def test_classes_keep_their_order_and_the_unlabelled_are_quiet(make_dataset):
    data = make_dataset([1, 0, -1, 1, 0, 1])
    rows = np.array([0, 2, 3, 4])
    found = kinds.by_class(data, rows)
    told = [(kind.name, kind.members.tolist(), kind.quiet) for kind in found]
    assert told == [("class 0", [3], False), ("class 1", [0, 2], False), (texts.MAP_UNLABELED, [1], True)]
    assert kinds.told(found) == f"class 0: 1 image, class 1: 2 images, {texts.MAP_UNLABELED}: 1 image"


def test_of_many_classes_the_rarest_are_one_quiet_kind(make_dataset):
    labels = np.concatenate([np.full(3 + number % 7, number) for number in range(15)])
    data = make_dataset(labels)
    found = kinds.by_class(data, np.arange(len(labels)))
    loud = [kind for kind in found if not kind.quiet]
    (rest,) = (kind for kind in found if kind.quiet)
    assert len(loud) == KINDS - 1
    assert rest.name == texts.MAP_OTHERS.format(n=15 - len(loud))
    smallest = min(len(kind.members) for kind in loud)
    assert all((labels == label).sum() <= smallest for label in np.unique(labels[rest.members]))
    assert sorted(np.concatenate([kind.members for kind in found]).tolist()) == list(range(len(labels)))


def test_groups_without_names_go_by_their_numbers(make_dataset):
    data = make_dataset([0, 1, 0, 1], groups=np.array([1, 1, 0, -1]))
    found = kinds.by_group(data, np.arange(4))
    assert [(kind.name, kind.members.tolist()) for kind in found] == [
        ("0", [2]),
        ("1", [0, 1]),
        (texts.MAP_NO_GROUP, [3]),
    ]


def test_answers_are_right_wrong_or_not_asked_and_only_wrong_ones_are_told(make_dataset):
    data = make_dataset([0, 1, 0, 1])
    rows, answers = np.array([3, 2, 0]), {3: 1, 2: 1}
    found = kinds.by_answer(data, rows, answers)
    assert [(kind.name, kind.members.tolist(), kind.quiet) for kind in found] == [
        (texts.MAP_RIGHT, [0], False),
        (texts.MAP_WRONG, [1], False),
        (texts.MAP_UNASKED, [2], True),
    ]
    assert kinds.words(data, rows, answers) == [
        ["00003.png", "class 1"],
        ["00002.png", "class 0", texts.MAP_SAID.format(name="class 1")],
        ["00000.png", "class 0"],
    ]


def test_a_composed_arm_is_the_ready_made_one_or_has_a_name_of_its_own():
    ready = Arm("transfer", "Features", Choice("pretrained"), augmentation=Choice("gentle"))
    same, small, last = (
        composed.arm(ready, Arm("transfer", "Features", Choice("pretrained", settings), augmentation=Choice("gentle")))
        for settings in ({}, {"side": 96}, {"depth": "last", "side": 96})
    )
    assert same is ready
    assert len({ready.name, small.name, last.name}) == 3
    assert last.title == "Features (depth last, side 96)"
    assert last.augmentation == ready.augmentation
