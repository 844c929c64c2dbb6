"""The form of a technique follows from its file alone."""

import pytest
from streamlit.testing.v1 import AppTest

from explorer.records import Choice, Slot
from explorer.techniques.discovery import build, techniques
from explorer.techniques.settings import settings_of
from explorer.ui import texts
from explorer.ui.setting_form import begins, readable
from tests.pages.states import said

FIELDS = ("selectbox", "number_input", "slider", "toggle", "text_input", "text_area")
EVERY = [(slot.value, name) for slot in Slot for name in techniques(slot)]


def page(slot, among):
    """Show picker and form of a slot."""
    import streamlit as st

    from explorer.records import Slot
    from explorer.ui import setting_form

    name = setting_form.choose(Slot(slot), place="here", among=among)
    st.session_state["choice"] = setting_form.form(Slot(slot), name, place="here")


def opened(slot, name=None):
    app = AppTest.from_function(page, default_timeout=30, args=(slot, (name,) if name else None)).run()
    assert not app.exception, app.exception
    return app


def widget(app, name):
    found = [each for kind in FIELDS for each in getattr(app, kind)]
    return next(each for each in found if each.key.endswith(f"-{name}"))


@pytest.mark.parametrize(("slot", "name"), EVERY)
def test_every_technique_has_a_form_that_starts_as_its_ready_made_arm(slot, name):
    app = opened(slot, name)
    technique = techniques(Slot(slot))[name]
    assert app.session_state["choice"] == begins(Slot(slot), name)
    assert not [each for each in app.button if each.key == "defaults-here"]
    for setting in settings_of(technique):
        shown = widget(app, setting.name)
        assert shown.label.startswith(setting.label)
        assert shown.help == setting.help
        assert setting.unit in shown.label
    assert technique.fails.split(".")[0][:20] in said(app).replace("\\", "")


def test_only_what_departs_from_the_default_is_chosen_and_it_can_be_built():
    app = opened("augmentation", "strong")
    assert not [each for each in app.button if each.key == "defaults-here"]
    widget(app, "shift").set_value(7)
    widget(app, "holes").set_value(0.25).run()
    choice = app.session_state["choice"]
    assert choice == Choice("strong", {"shift": 7, "holes": 0.25})
    assert build(Slot.AUGMENTATION, choice).shift == 7
    app.button(key="defaults-here").click().run()
    assert not app.exception
    assert app.session_state["choice"] == Choice("strong")
    assert widget(app, "shift").value == 4


def test_what_the_ready_made_arm_has_is_the_start_and_its_default_departs_from_it():
    assert begins(Slot.MODEL, "self_supervised") == Choice("self_supervised", {"then": "finetune"})
    app = opened("model", "self_supervised")
    widget(app, "then").set_value("probe").run()
    assert app.session_state["choice"] == Choice("self_supervised")
    app.button(key="defaults-here").click().run()
    assert app.session_state["choice"] == begins(Slot.MODEL, "self_supervised")
    assert widget(app, "then").value == "finetune"


def test_choices_yes_or_no_and_text_keep_their_kind():
    app = opened("augmentation", "mixup")
    widget(app, "under").set_value("none").run()
    assert app.session_state["choice"].settings == {"under": "none"}
    app = opened("augmentation", "custom")
    widget(app, "pipeline").set_value("path.json").run()
    assert app.session_state["choice"].settings == {"pipeline": "path.json"}
    app = opened("model", "pretrained")
    widget(app, "side").set_value(96).run()
    assert app.session_state["choice"].settings == {"side": 96}


def test_each_technique_remembers_its_own_settings():
    app = opened("augmentation")
    app.selectbox(key="technique-here").set_value("gentle").run()
    widget(app, "shift").set_value(2).run()
    app.selectbox(key="technique-here").set_value("standard").run()
    assert app.session_state["choice"] == Choice("standard")
    app.selectbox(key="technique-here").set_value("gentle").run()
    assert app.session_state["choice"] == Choice("gentle", {"shift": 2})


@pytest.mark.parametrize("slot", list(Slot))
def test_what_is_usually_compared_comes_first_and_what_must_be_written_last(slot):
    shown = opened(slot.value).selectbox(key="technique-here").options
    found = techniques(slot)
    order = [next(name for name, each in found.items() if each.title == title) for title in shown]
    assert sorted(order) == sorted(found)
    with_arms = [bool(found[name].arms) for name in order]
    assert with_arms == sorted(with_arms, reverse=True)
    if slot is Slot.AUGMENTATION:
        assert order[0] == "standard"
        assert order[-1] == "custom"
        assert order.index("strong") < order.index("cutmix")  # works with fixed models, too


def test_the_page_shows_one_sentence_and_folds_away_the_rest():
    app = opened("augmentation", "gentle")
    technique = techniques(Slot.AUGMENTATION)["gentle"]
    first = technique.summary().partition(". ")[0]
    assert app.caption[0].value == f"{first}."
    (folded,) = app.expander
    assert folded.label == texts.TECHNIQUE_MORE
    inside = "\n".join(each.value for each in folded.caption)
    assert technique.summary().partition(". ")[2][:30] in inside
    assert "up and down do in a six and a nine" in inside
    assert "Shorten and Khoshgoftaar 2019" in inside


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        ("none", "None"),
        ("salt_and_pepper", "Salt and pepper"),
        ("lite0", "lite0"),
        ("mobilenet_v3_large", "mobilenet_v3_large"),
        (128, "128"),
        ("0.35", "0.35"),
    ],
)
def test_choices_are_words_and_names_stay_names(choice, words):
    assert readable(choice) == words


def test_a_share_is_a_slider_and_other_numbers_are_fields_with_their_range():
    app = opened("augmentation", "standard")
    exposure = widget(app, "exposure")
    assert (exposure.min, exposure.max, exposure.step) == (0.0, 0.5, pytest.approx(0.015))
    shift = widget(app, "shift")
    assert (shift.min, shift.max) == (1, 16)
    app = opened("augmentation", "cutmix")
    assert [each.key.rpartition("-")[2] for each in app.slider] == ["share"]
