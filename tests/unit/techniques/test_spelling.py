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
