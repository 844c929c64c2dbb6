"""What the Augment page makes of answers: words, cards, rows and arms."""

import numpy as np
import pytest

from explorer.arms import problem
from explorer.previews.answers import Preview
from explorer.records import Choice, Slot, Study
from explorer.splits import make_split
from explorer.techniques.augmentation.custom import TRANSFORMS
from explorer.techniques.base import Augmentation
from explorer.techniques.discovery import ready_arms, techniques
from explorer.ui import augment_safety, augment_views, augmenting, blind_check
from explorer.ui.blind_check import CANNOT_TELL, IMAGES, Deck


def step(name="Rotate", changed=0, **more):
    about = {"name": name, "code": f"A.{name}(p=1.0)", "changed": changed, "low": 0.1, "high": 0.4}
    return {**about, "was": 0, "became": 1, **more}


# ---- cards of the frozen network -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "sure", "flagged"), [(0, 10, False), (2, 10, False), (3, 10, True), (11, 55, False)]
)
def test_more_than_a_fifth_is_flagged_and_a_fifth_is_not(changed, sure, flagged):
    assert augment_safety.is_flagged(step(changed=changed), sure) is flagged


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("RandomBrightnessContrast", "Random brightness contrast"),
        ("Pad + RandomCrop", "Pad + Random crop"),
        ("D4", "D4"),
        ("RandomRotate90", "Random rotate90"),
        ("CLAHE", "CLAHE"),
        ("ISONoise", "ISONoise"),
    ],
)
def test_names_of_transforms_are_words(name, words):
    assert augment_safety.words(name) == words


def test_words_of_all_transforms_are_different():
    assert len({augment_safety.words(name) for name in TRANSFORMS}) == len(TRANSFORMS)


def test_cards_say_the_figure_its_n_and_its_interval_worst_first():
    pair = np.zeros((2, 4, 4, 1), np.float32)
    steps = [step("Rotate", 1), step("<Holes>", 9, became=2)]
    found = Preview({"before": pair, "after": pair}, {"steps": steps, "sure": 30})
    text = augment_safety.cards(found, ("a", "b & c", "d"))
    assert text.index("Holes") < text.index("Rotate")
    assert "9 of 30 answers changed (30 %)<br>95 % interval 10 to 40 %" in text
    assert "<Holes>" not in text
    assert text.count("class='flagged'") == 1
    assert "here: a, then d" in text
    assert "here: a, then b &amp; c" in text
    assert text.count("<img") == 4


# ---- rows and shares -------------------------------------------------------------------------------------------


def test_images_that_judge_by_the_data_set_itself_are_never_shown(make_dataset):
    data = make_dataset([0, 0, 1, 1, -1], given_test=np.array([True, False, False, True, False]))
    assert augment_views.teaching_rows(data).tolist() == [1, 2]
    assert augment_views.teaching_rows(data, 1).tolist() == [2]


def test_images_that_judge_at_the_first_seed_are_not_shown_and_not_asked_about(make_dataset):
    data = make_dataset(np.tile([0, 1, 2], 20))
    split = make_split(data, 0, Study.test_share)
    assert augment_views.teaching_rows(data).tolist() == split.pool.tolist()
    assert not set(Deck.drawn(data, ABOUT, 1).options["rows"]) & set(split.test.tolist())


def test_shares_are_told_largest_first_and_sum_to_a_hundred():
    shares = np.array([[0.655, 0.345, 0], [0, 0.2, 0.8], [1, 0, 0], [1 / 3, 1 / 3, 1 / 3]], np.float32)
    told = augment_views._told(shares, ("a", "b", "c"))
    assert told[1:3] == ["80 % c, 20 % b", "100 % a"]
    for words in told:
        assert sum(int(part.split(" %")[0]) for part in words.split(", ")) == 100


@pytest.mark.parametrize(("count", "classes", "tall"), [(12, 5, False), (12, 15, True), (6, 3, False), (6, 8, True)])
def test_many_rows_scroll_by_themselves(count, classes, tall):
    assert augment_views.is_tall(classes, count) is tall
    assert (augment_views.height_of(classes, count) == augment_views.TALLEST) is tall


# ---- the arm ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", techniques(Slot.AUGMENTATION))
@pytest.mark.parametrize("model", augmenting.MODELS)
def test_an_arm_is_the_model_with_the_augmentation(name, model):
    technique = techniques(Slot.AUGMENTATION)[name]
    assert issubclass(technique, Augmentation)
    arm = augmenting.arm(technique, Choice(name), model)
    assert dict(arm.choices()) == {Slot.MODEL: Choice(model), Slot.AUGMENTATION: Choice(name)}
    assert arm.name not in ready_arms()
    assert (problem(arm, "image") is None) == (model == "small_cnn" or technique.works_with_fixed)
    assert dict(augmenting.plain(model).choices()) == {Slot.MODEL: Choice(model)}


def test_other_settings_make_another_arm_that_says_so():
    technique = techniques(Slot.AUGMENTATION)["gentle"]
    first, second, third = (
        augmenting.arm(technique, Choice("gentle", settings), "small_cnn")
        for settings in ({}, {"shift": 2}, {"shift": 3})
    )
    assert len({first.name, second.name, third.name}) == 3
    assert second.title.endswith("Gentle augmentation (shift 2)")
    assert augmenting.arm(technique, Choice("gentle", {"shift": 2}), "small_cnn") == second


def test_the_text_of_a_pipeline_does_not_flood_a_title():
    technique = techniques(Slot.AUGMENTATION)["custom"]
    arm = augmenting.arm(technique, Choice("custom", {"pipeline": "x" * 900}), "small_cnn")
    assert len(arm.title) < 100
    assert arm.augmentation.settings == {"pipeline": "x" * 900}


# ---- the blind check -------------------------------------------------------------------------------------------

ABOUT = {"technique": "gentle", "settings": {}, "free": []}


def test_a_deck_asks_twice_about_each_image_the_augmented_form_first(make_dataset):
    data = make_dataset(np.tile([0, 1, 2], 20))
    deck = Deck.drawn(data, ABOUT, 5)
    rows = deck.options["rows"]
    assert len(rows) == len(set(rows)) == IMAGES
    assert np.bincount(data.labels[rows]).tolist() == [4, 4, 4]
    assert sorted(deck.order) == sorted([*range(IMAGES), *range(IMAGES)])
    for image in range(IMAGES):
        first, second = (at for at, each in enumerate(deck.order) if each == image)
        assert deck.is_augmented(first)
        assert not deck.is_augmented(second)
    kinds = [deck.is_augmented(at) for at in range(2 * IMAGES)]
    assert kinds != sorted(kinds, reverse=True)  # what comes when does not give it away
    assert (deck.options["count"], deck.options["blend"]) == (1, False)


def test_another_deck_has_other_images_and_the_same_seed_the_same(make_dataset):
    data = make_dataset(np.tile([0, 1, 2], 20))
    assert Deck.drawn(data, ABOUT, 1) == Deck.drawn(data, ABOUT, 1)
    assert Deck.drawn(data, ABOUT, 1).options["rows"] != Deck.drawn(data, ABOUT, 2).options["rows"]


def test_a_small_data_set_gives_what_it_has_and_nothing_that_judges(make_dataset):
    data = make_dataset([0, 0, 1, 1, 1, -1], given_test=np.array([True, False, False, False, False, False]))
    assert sorted(Deck.drawn(data, ABOUT, 1).options["rows"]) == [1, 2, 3, 4]


def answered(data, say):
    deck = Deck.drawn(data, ABOUT, 3)
    for at, image in enumerate(deck.order):
        deck.answers.append(say(int(data.labels[deck.options["rows"][image]]), deck.is_augmented(at), image))
    return deck.score(data)


def test_the_score_compares_both_forms_of_each_image(make_dataset):
    data = make_dataset(np.tile([0, 1, 2], 20))
    assert answered(data, lambda label, augmented, image: label).verdict == "safe"
    lost = answered(data, lambda label, augmented, image: (label + 1) % 3 if augmented else label)
    assert (lost.plain, lost.augmented, lost.lost, lost.verdict) == (12, 0, 12, "destroys")
    hard = answered(data, lambda label, augmented, image: CANNOT_TELL)
    assert (hard.plain, hard.augmented, hard.verdict) == (0, 0, "hard")
    some = answered(data, lambda label, augmented, image: CANNOT_TELL if augmented and image < 3 else label)
    assert (some.n, some.plain, some.augmented, some.lost, some.verdict) == (12, 12, 9, 3, "perhaps")


def test_a_press_after_the_last_question_says_nothing(make_dataset):
    data = make_dataset(np.tile([0, 1, 2], 20))
    deck = Deck.drawn(data, ABOUT, 3)
    for _ in range(len(deck.order) + 2):
        deck.say(0)
    assert deck.now == len(deck.order)
    assert deck.score(data).n == IMAGES


def test_images_that_were_asked_about_once_do_not_count_yet(make_dataset):
    data = make_dataset(np.tile([0, 1, 2], 20))
    deck = Deck.drawn(data, ABOUT, 3)
    deck.answers.extend([0] * 10)
    both = [image for image in range(IMAGES) if deck.order[:10].count(image) == 2]
    assert deck.score(data).n == len(both) < 10
    assert blind_check.CANNOT_TELL not in data.labels[data.labels >= 0]
