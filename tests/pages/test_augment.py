"""The Augment page in its states: no data, waiting, views, what is unsafe, the blind check, the code, the arm."""

import json

import albumentations
import numpy as np
import pytest

from explorer.previews.answers import Preview
from explorer.records import Choice, Fact
from explorer.store.store import Store
from explorer.ui import texts
from explorer.ui.blind_check import IMAGES
from tests.pages.states import NAMES, question, said

PAIR = np.zeros((2, 16, 16, 1), np.float32)


def warned(app):
    """Return the warnings of the page, without that on what a check of these images says of brightness."""
    about = texts.MEANING_AGAINST.partition("{")[0]
    return [each for each in app.warning if not each.value.startswith(about)]


def judged(changed=0, sure=40):
    steps = [
        {"name": name, "code": "A.X()", "changed": each, "low": 0.0, "high": 0.5, "was": 0, "became": 1}
        for name, each in (("D4", 0), ("CoarseDropout", changed))
    ]
    facts = {"taught": 15, "asked": 45, "sure": sure, "right": sure - 1, "steps": steps if sure else []}
    return Preview({"before": PAIR[: len(facts["steps"])], "after": PAIR[: len(facts["steps"])]}, facts)


@pytest.fixture
def augment(opened, saved, make_previews):
    """Return the page with everything that it wanted to see, after answering the questions with `free`."""

    def open_page(technique=None, free=tuple(Fact), safety=None):
        app = opened("augment", data=saved.fingerprint)
        for fact in free:
            question(app, fact).set_value("no")
        if technique:
            app.selectbox(key="technique-augment").set_value(technique)
        app.run()
        return shown(app, make_previews, safety)

    return open_page


def shown(app, make_previews, safety=None):
    """Run the page until it has all that it wants."""
    for _ in range(4):
        if not make_previews(safety=safety or judged()):
            break
        app.run()
    assert not app.exception, app.exception
    return app


def strips(app):
    return [each.value for each in app.html if "class='views'" in str(each.value)]


def test_without_data_it_says_what_will_be_here(opened):
    app = opened("augment")
    assert "Here you will see on your own images what augmentation does" in said(app)
    assert app.button(key="choose-data").label == texts.COMPARE_EMPTY_GO


def test_views_are_waited_for_and_the_network_is_asked_after_them(opened, saved, make_previews, started):
    app = opened("augment", data=saved.fingerprint)
    question(app, Fact.ORIENTATION).set_value("no").run()
    assert texts.PREVIEW_FIRST in said(app)
    assert started
    assert [each.preview for each in make_previews(safety=judged())] == ["augment"]
    app.run()
    assert [each.preview for each in make_previews(safety=judged())] == ["safety"]


def test_while_views_are_drawn_anew_the_network_waits(augment, workspace):
    app = augment()
    app.button(key="augment-draw-again").click().run()
    (path,) = (workspace.home / "wanted").glob("*.wanted")
    assert json.loads(path.read_text())["preview"] == "augment"
    assert texts.SAFETY_WAITS in said(app)
    assert len(strips(app)) == 3  # the views before stay, and the cards
    assert [each for each in app.html if "class='changes'" in str(each.value)]


def test_each_class_has_a_row_of_an_image_and_twelve_views(augment):
    app = augment()
    rows = strips(app)
    assert len(rows) == 3
    assert all(row.count("<img") == 13 for row in rows)
    for name in NAMES:
        assert any(f"An image of {name} and 12 views of it." in row for row in rows)
        assert any(each.label == name for each in app.button)


def test_every_setting_redraws(augment, make_previews):
    app = augment("strong")
    before = strips(app)
    next(each for each in app.number_input if each.key.endswith("-strength")).set_value(0.6)
    shown(app.run(), make_previews)
    assert strips(app) != before
    app.radio[2].set_value("yes")
    again = strips(app)
    shown(app.run(), make_previews)
    assert strips(app) != again


def test_the_next_image_of_one_class_or_of_all(augment, make_previews):
    app = augment()

    def originals():
        return [row.split("<img src='")[1].split("'")[0] for row in strips(app)]

    before = originals()
    app.button(key="next-1").click().run()
    shown(app, make_previews)
    after = originals()
    assert [one == two for one, two in zip(before, after, strict=True)] == [True, False, True]
    app.button(key="augment-images").click().run()
    shown(app, make_previews)
    assert all(one != two for one, two in zip(after, originals(), strict=True))
    for _ in range(9):  # 10 of the 14 images of a class teach: round and round
        app.button(key="next-1").click()
        app.run()
    shown(app, make_previews)
    assert originals()[1] == after[1]


def test_rows_that_are_drawn_anew_keep_the_names_of_their_images(augment):
    app = augment()
    before = strips(app)
    app.button(key="augment-images").click().run()
    assert strips(app) == before  # the images before, each under its own class, until the next are there


def test_without_an_image_that_teaches_it_says_so(opened, saved, monkeypatch):
    monkeypatch.setattr("explorer.ui.augment_views.teaching_rows", lambda data, number=None: np.empty(0, np.int64))
    app = opened("augment", data=saved.fingerprint)
    assert [each.value for each in app.info] == [texts.AUGMENT_NO_IMAGES]


def test_other_views_of_the_same_images(augment, make_previews):
    app = augment()
    before = strips(app)
    app.button(key="augment-draw-again").click().run()
    shown(app, make_previews)
    after = strips(app)
    assert [row.split("'")[7] for row in before] == [row.split("'")[7] for row in after]  # the images as they are
    assert before != after


def test_what_changes_nothing_is_told_with_the_remedy(augment):
    app = augment("gentle", free=())
    assert texts.AUGMENT_IDLE in [each.value for each in app.info]
    assert strips(app) == []
    assert app.button(key="add-augment")


def test_each_question_has_an_image_beside_what_would_become_of_it(augment):
    app = augment()
    pairs = [each.value for each in app.html if "role='img'" in str(each.value) and "→" in str(each.value)]
    assert len(pairs) == 3
    assert all(words in pair for words, pair in zip(texts.CHANGED.values(), pairs, strict=True))
    assert set(texts.CHANGED) == {fact.value for fact in Fact}
    for pair in pairs:
        first, second = (part.split("'")[0] for part in pair.split("<img src='")[1:])
        assert first != second


# ---- what is unsafe --------------------------------------------------------------------------------------------


def test_a_change_of_more_than_a_fifth_is_flagged_with_its_figure_and_n(augment):
    app = augment(safety=judged(changed=13))
    (flag,) = warned(app)
    assert "Coarse dropout" in flag.value
    assert "D4" not in flag.value
    (cards,) = [each.value for each in app.html if "class='changes'" in str(each.value)]
    assert "13 of 40 answers changed (32 %)<br>95 % interval 0 to 50 %" in cards
    assert "learnt from 15 labelled images and was asked about 45 others" in said(app)
    assert "right about 39" in said(app)


def test_a_fifth_and_less_is_fine(augment):
    app = augment(safety=judged(changed=8))
    assert not warned(app)
    assert [each.value for each in app.success] == [texts.SAFETY_FINE.format(n=40)]


@pytest.mark.parametrize("sure", [0, 9])
def test_a_network_that_is_hardly_ever_sure_judges_nothing(augment, sure):
    app = augment(safety=judged(changed=9, sure=sure))
    assert not warned(app)
    assert not app.success
    assert f"sure of only {sure} of 45 images" in app.info[0].value


def test_a_network_that_cannot_be_used_is_told_and_the_rest_stays(augment):
    app = augment(safety=Preview(problem="Install torch."))
    assert [each.value for each in warned(app)] == ["Install torch."]
    assert len(strips(app)) == 3


# ---- the blind check -------------------------------------------------------------------------------------------


def answer_all(app, make_previews, data, say):
    """Answer every question by what `say` makes of the class and of whether the image is augmented."""
    app.button(key="blind-start").click().run()
    shown(app, make_previews)
    deck = app.session_state[f"blind-{data.fingerprint}"]
    for at, image in enumerate(deck.order):
        assert texts.BLIND_PROGRESS.format(now=at + 1, n=2 * IMAGES) in said(app)
        label = int(data.labels[deck.options["rows"][image]])
        app.button(key=say(label, deck.is_augmented(at))).click().run()
    assert not app.exception, app.exception
    return app


def test_who_knows_them_all_finds_nothing_against_it(augment, make_previews, saved):
    app = answer_all(augment(), make_previews, saved, lambda label, augmented: f"blind-{label}")
    assert [(each.label, each.value) for each in app.metric] == [("As they are", "12 of 12"), ("Augmented", "12 of 12")]
    # 1 - 0.05 ** (1 / 12): what twelve images without a loss still allow.
    assert "up to 22 % lose their class" in app.info[0].value


def test_settings_that_destroy_the_class_are_found(augment, make_previews, saved):
    app = answer_all(
        augment(), make_previews, saved, lambda label, augmented: "blind-cannot" if augmented else f"blind-{label}"
    )
    assert [each.value for each in app.metric] == ["12 of 12", "0 of 12"]
    assert "takes the class away: 12 of the 12 images" in app.warning[-1].value
    assert "p = 0.00024" in app.warning[-1].value


def test_hard_images_are_not_blamed_on_the_augmentation(augment, make_previews, saved):
    app = answer_all(augment(), make_previews, saved, lambda label, augmented: "blind-cannot")
    assert not warned(app)
    assert "hard for the eye alone" in app.info[0].value


def test_the_check_can_be_started_again_with_other_images_and_settings(augment, make_previews, saved):
    app = augment("strong")
    app.button(key="blind-start").click().run()
    shown(app, make_previews)
    app.button(key="blind-0").click().run()
    first = app.session_state[f"blind-{saved.fingerprint}"]
    assert first.now == 1
    next(each for each in app.number_input if each.key.endswith("-strength")).set_value(0.5).run()
    shown(app, make_previews)
    assert texts.BLIND_OTHER in [each.value for each in app.info]
    assert app.session_state[f"blind-{saved.fingerprint}"].now == 1
    app.button(key="blind-again").click().run()
    shown(app, make_previews)
    second = app.session_state[f"blind-{saved.fingerprint}"]
    assert (second.now, second.options["settings"]) == (0, {"strength": 0.5})
    assert second.options["rows"] != first.options["rows"]
    assert texts.BLIND_OTHER not in [each.value for each in app.info]


def test_nothing_of_the_check_is_written_into_the_store(augment, make_previews, saved, workspace):
    app = answer_all(augment(), make_previews, saved, lambda label, augmented: f"blind-{label}")
    assert Store(workspace.store).studies() == ()
    assert app.query_params.get("blind") is None


# ---- the code, blends, and trying ------------------------------------------------------------------------------


def test_the_code_on_the_page_builds_the_pipeline_on_the_page(augment):
    app = augment("strong")
    code, serialised = (each.value for each in app.code)
    names = {}
    exec(code, names)
    assert json.loads(json.dumps(albumentations.to_dict(names["transform"]))) == json.loads(serialised)


def test_a_form_that_would_be_refused_as_ones_own_says_why(augment):
    app = augment("standard", free=(Fact.ORIENTATION,))
    assert "MultiplicativeNoise" in app.warning[-1].value


def test_blends_come_with_the_shares_of_the_classes(augment):
    app = augment("cutmix")
    rows = strips(app)
    assert all(row.count("<img") == 7 for row in rows)
    assert any(" % round" in row and " % striped" in row for row in rows)
    assert texts.SAFETY_BLENDS in said(app)
    assert app.radio(key="try-on-1").options == ["Small CNN from scratch"]


def test_blends_without_views_beneath_have_no_pipeline(augment, make_previews):
    app = augment("mixup")
    next(each for each in app.selectbox if each.key.endswith("-under")).set_value("none").run()
    shown(app, make_previews)
    assert [each.value for each in app.info] == [texts.CODE_NONE] * 3
    assert not app.code
    assert len(strips(app)) == 3


@pytest.mark.parametrize("model", ["small_cnn", "pretrained"])
def test_it_is_tried_on_the_chosen_model(augment, workspace, model):
    app = augment("gentle")
    app.radio(key="try-on-2").set_value(model).run()
    app.button(key="run-augment").click().run()
    assert not app.exception
    (row,) = Store(workspace.store).studies()
    study = Store(workspace.store).study(row.id)
    assert [(arm.model, arm.augmentation) for arm in study.arms] == [
        (Choice(model), None),
        (Choice(model), Choice("gentle")),
    ]
    assert study.free == tuple(Fact)


def test_it_goes_into_the_comparison_with_its_settings(augment, opened, saved):
    app = augment("gentle")
    next(each for each in app.number_input if each.key.endswith("-shift")).set_value(2).run()
    app.button(key="add-augment").click().run()
    opened("compare", data=saved.fingerprint)
    labels = [each.label.replace("\\", "") for each in app.checkbox]
    assert [each for each in labels if "shift 2" in each] == ["Small CNN from scratch + Gentle augmentation (shift 2)"]


def test_a_setting_that_does_nothing_is_told_and_is_not_compared(augment, opened, saved):
    app = augment("standard", free=(Fact.ORIENTATION,))
    next(each for each in app.number_input if each.key.endswith("-exposure")).set_value(0.4).run()
    told = texts.SETTINGS_IDLE.format(settings="“Brightness and contrast”")
    assert told in [each.value for each in app.warning]
    app.button(key="add-augment").click().run()
    opened("compare", data=saved.fingerprint)
    assert not [each.label for each in app.checkbox if "exposure" in each.label]


def test_a_pipeline_of_ones_own_that_is_wrong_is_told_in_a_sentence(augment, make_previews):
    app = augment("custom")
    next(each for each in app.text_area if each.key.endswith("-pipeline")).set_value("{}").run()
    shown(app, make_previews)
    assert "this is not what albumentations writes" in warned(app)[0].value
    assert strips(app) == []
