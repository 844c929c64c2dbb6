"""Arms as people type them."""

import pytest

from explorer.errors import TechniqueError
from explorer.records import Arm, Choice
from explorer.techniques.composing import compose
from explorer.techniques.discovery import ready_arms
from explorer.techniques.spelling import spelled, typed_arm


def test_an_arm_is_made_of_what_is_typed():
    found = typed_arm(
        "mine = denoising:tv, model:pretrained(side=96),augmentation:gentle,semi-supervised:self_training"
    )
    assert found == Arm(
        "mine", "mine", Choice("pretrained", {"side": "96"}), Choice("tv"), Choice("gentle"), Choice("self_training")
    )


def test_numbers_and_yes_and_no_become_settings_of_the_right_kind():
    assert compose(typed_arm("a=model:pretrained(side=96)")).model.side == 96
    assert typed_arm("a=model:x(one=yes,two=No,three={'a': [1, 2]})").model.settings == {
        "one": True,
        "two": False,
        "three": "{'a': [1, 2]}",
    }


@pytest.mark.parametrize("arm", ready_arms().values(), ids=lambda arm: arm.name)
def test_every_ready_arm_can_be_typed(arm):
    found = typed_arm(spelled(arm))
    assert [slot for slot, _ in found.choices()] == [slot for slot, _ in arm.choices()]
    assert [each.technique for _, each in found.choices()] == [each.technique for _, each in arm.choices()]
    assert spelled(found) == spelled(arm)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "'' is not an arm. Write one as"),
        ("model:pretrained", "is not an arm. Write one as"),
        ("a b=model:pretrained", "is not an arm"),
        ("a=pretrained", "'pretrained' in 'a=pretrained' is not a technique. Write slot:technique"),
        ("a=modle:pretrained", "There is no slot 'modle'. Choose from denoising, model"),
        ("a=model:hog,model:pixels", "The arm 'a' fills the slot model twice"),
        ("a=denoising:tv", "The arm 'a' has no model. Add one"),
        ("a=model:hog(64)", "'64' in 'a=model:hog.64.' is not a setting. Write setting=value"),
    ],
)
def test_what_is_typed_wrong_is_told_in_one_sentence(text, said):
    with pytest.raises(TechniqueError, match=said):
        typed_arm(text)


def test_a_value_may_have_commas_of_its_own():
    made_of = {"made_of": "pseudo_labels, transfer, hog"}
    arm = Arm("mine", "mine", Choice("everything", {**made_of}), denoising=Choice("tv", {"counts": True}))
    assert typed_arm(spelled(arm)) == arm
    found = typed_arm("a=model:x(made_of=one, two,side = 3,words=a=b,c),denoising:tv(counts=yes,)")
    assert found.model.settings == {"made_of": "one, two", "side": "3", "words": "a=b,c"}
    assert found.denoising.settings == {"counts": True}


@pytest.mark.parametrize("word", ["off", "0", "maybe", "1", ""])
def test_a_setting_of_yes_or_no_takes_no_other_word(word):
    with pytest.raises(TechniqueError, match=f"'counts' has value '{word}', which is neither yes nor no"):
        compose(typed_arm(f"a=model:hog,denoising:tv(counts={word})"))


@pytest.mark.parametrize(("word", "value"), [("yes", True), ("True", True), ("no", False), ("false", False)])
def test_yes_and_no_are_typed_in_words(word, value):
    assert compose(typed_arm(f"a=model:hog,denoising:tv(counts={word})")).denoising.counts is value


@pytest.mark.parametrize("value", [1, 0, 1.0])
def test_a_number_is_no_answer_to_yes_or_no(value):
    with pytest.raises(TechniqueError, match="neither yes nor no"):
        compose(Arm("a", "A", Choice("hog"), denoising=Choice("tv", {"counts": value})))
