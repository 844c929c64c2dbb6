"""The Understand page in each of its states."""

import csv
import io
import shutil
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from explorer.datasets.reading import read
from explorer.previews.answers import Preview, named
from explorer.records import State
from explorer.statistics.answers import answers_of
from explorer.statistics.confusion import confusion
from explorer.statistics.label_errors import contradictions, doubts
from explorer.store.store import Store
from explorer.techniques.discovery import ready_arms
from explorer.ui import doubted, mistakes, previewed, texts, understanding
from explorer.ui.doubted import written
from explorer.ui.overlay import AGAINST, FOR, laid
from tests.pages.states import figure, images, outcome, said, study_of


@pytest.fixture
def finished(study, opened):
    """Return the page of a finished study."""
    study(done=12, state=State.DONE)
    return opened("understand", study="s1")


def test_without_a_study_says_what_will_be_here_and_offers_one_button(opened):
    app = opened("understand")
    assert texts.UNDERSTAND_EMPTY in said(app)
    assert [button.label for button in app.button] == [texts.UNDERSTAND_EMPTY_GO]


@pytest.mark.parametrize(
    ("done", "state", "told"), [(2, State.RUNNING, "running: 2"), (12, State.DONE, "finished: 12")]
)
def test_where_none_is_open_the_latest_study_is_told_and_opened(opened, study, saved, done, state, told):
    study(done=done, state=state)
    app = opened("understand", data=saved.fingerprint)
    assert texts.UNDERSTAND_EMPTY not in said(app)
    assert f"**Shapes** is {told} of 12 trials" in said(app)
    app.button(key="open-latest").click().run()
    assert not app.exception
    assert app.query_params["study"] == "s1"
    assert app.selectbox(key="arm").value
    if state is State.RUNNING:
        assert texts.LOOKED_AT[:12] not in said(app)


def test_a_hosted_app_tells_of_no_study_but_the_visitors_own(opened, study, saved, monkeypatch):
    study(done=2, state=State.RUNNING)
    monkeypatch.setenv("APP_MODE", "hosted")
    app = opened("understand", data=saved.fingerprint)
    assert texts.UNDERSTAND_EMPTY in said(app)
    app.session_state[f"tried-transfer-{saved.fingerprint}"] = "s1"
    app.run()
    assert "**Shapes** is running" in said(app)


def test_a_study_without_a_finished_trial_is_told_until_there_is_one(opened, study, saved, workspace, started):
    made = study()
    app = opened("understand", study="s1")
    assert "(waiting, 0 of 12 trials)" in app.info[0].value
    assert started
    store = Store(workspace.store)
    store.start("s1")
    store.finish("s1", outcome(saved, made.trials()[0], 0.5))
    app.run()
    assert not app.exception
    assert not app.info
    assert app.selectbox(key="arm").value == "majority"


@pytest.fixture
def finishing(workspace, saved, monkeypatch):
    """Let the first trial of a study finish just when the page is about to say that none has."""

    def finish(made):
        store = Store(workspace.store)
        store.start(made.id)
        real = understanding._none_done

        def none_done(shown):
            store.finish(made.id, outcome(saved, made.trials()[0], 0.5))
            real(shown)

        monkeypatch.setattr(understanding, "_none_done", none_done)

    return finish


def test_a_press_is_not_lost_to_the_trial_that_finishes_in_the_same_moment(opened, study, finishing, monkeypatch):
    made = study()
    app = opened("understand", study="s1")
    monkeypatch.setattr(previewed, "being_drawn", lambda: iter(()))  # a test runs the page as a whole: so let it poll
    finishing(made)
    app.button(key="watch").click().run()
    assert not app.exception
    assert app.button(key="cancel")  # of the Compare page


def test_while_the_page_is_drawn_nothing_is_pressed_in_vain(opened, study, finishing):
    """A trial that finishes while the page is being drawn must not end what was pressed further down."""
    made = study()
    for number in range(21):
        study(id=f"other{number}")
    app = opened("understand", study="s1")
    assert len(_deletes(app)) == 20
    finishing(made)
    app.button(key="show-studies").click().run()
    assert not app.exception
    assert len(_deletes(app)) == 22


def _deletes(app):
    return [each for each in app.button if str(each.key).startswith("delete-study-")]


def test_a_study_that_ended_without_a_finished_trial_is_told(opened, study, workspace):
    study()
    Store(workspace.store).cancel("s1")
    app = opened("understand", study="s1")
    assert [each.value for each in app.info] == [texts.UNDERSTAND_ENDED]


def test_an_unknown_study_is_one_sentence(opened):
    assert [each.value for each in opened("understand", study="nothing").warning] == [texts.UNKNOWN_STUDY]


def test_opens_with_the_best_arm_at_most_labels_and_all_seeds(finished, saved, workspace):
    chosen = {key: finished.selectbox(key=key).value for key in ("arm", "budget", "seed")}
    assert chosen == {"arm": "hog", "budget": "5", "seed": "all"}
    counts = confusion(answers_of(Store(workspace.store).cell("s1", "hog", 5), saved.labels))
    drawn, alt = figure(finished, "matrix")
    right, wrong = drawn["data"][:2]
    cells = [[*zip(*rows, strict=True)] for rows in zip(right["z"], wrong["z"], strict=True)]
    shown = [[round((one or 0) + (other or 0), 4) for one, other in row] for row in cells]
    assert shown == [[round(n / max(1, sum(row)), 4) for n in row] for row in counts.tolist()]
    assert "Most often mistaken" in alt
    assert texts.LOOKED_AT.format(answers=24, images=len(set(_rows(workspace)))) in said(finished)


def _rows(workspace):
    return [row for each in Store(workspace.store).cell("s1", "hog", 5) for row in each.test.tolist()]


def test_one_seed_and_another_technique_show_their_own_answers(finished, saved, workspace):
    finished.selectbox(key="seed").select("1").run()
    finished.selectbox(key="arm").select("majority").run()
    finished.selectbox(key="budget").select("1").run()
    assert not finished.exception
    cell = [each for each in Store(workspace.store).cell("s1", "majority", 1) if each.trial.seed == 1]
    counts = confusion(answers_of(cell, saved.labels))
    drawn, _ = figure(finished, "matrix")
    ends = [text.rpartition(" ")[2] for text in drawn["layout"]["yaxis"]["ticktext"]]
    assert ends == [str(n) for n in counts.sum(axis=1)]


def test_a_single_seed_is_not_offered_together(opened, saved, workspace):
    made, store = replace(study_of(saved), seeds=1), Store(workspace.store)
    store.add(made)
    store.start(made.id)
    store.finish(made.id, *(outcome(saved, trial, 0.7) for trial in made.trials()))
    app = opened("understand", study=made.id)
    assert not app.exception
    assert list(app.selectbox(key="seed").options) == [texts.LOOKED_ONE.format(seed=0)]


def test_a_cell_shows_its_images_and_is_framed(finished):
    (picker,) = [each for each in finished.selectbox if each.key.startswith("cell-")]
    assert "answered as" in picker.options[0]  # a mistake first
    picker.select(picker.options[-1]).run()
    assert not finished.exception
    drawn, _ = figure(finished, "matrix")
    (frame,) = drawn["layout"]["shapes"]
    assert frame["x0"] == frame["y0"]  # right answers lie on the diagonal
    images = [each.value for each in finished.html if "role='region'" in each.value]
    assert images[0].count("<img") == images[0].count(">80 % sure<") > 0


def test_a_cell_opened_in_the_figure_is_that_of_the_picker(finished, monkeypatch):
    from explorer.ui import live_plot

    heard = []
    monkeypatch.setattr(live_plot.st, "session_state", {"m": {"picked": [1, 2]}, "n": {"picked": "no cell"}})
    live_plot._tell("m", lambda *cell: heard.append(cell))
    live_plot._tell("n", lambda *cell: heard.append(cell))
    assert heard == [(1, 2)]


def test_worst_mistakes_are_listed_class_by_class(finished):
    (rows,) = [each.value for each in finished.html if "wrong" in each.value]
    assert texts.CARD_SURE.format(confidence="80 %") in rows
    assert "answered as" in rows


def test_the_words_of_a_card_are_never_cut(finished):
    cards = [each.value for each in finished.html if "<figcaption" in each.value]
    assert len(cards) == 2
    assert all(texts.CARD_ONE_SEED in each for each in cards)
    assert not any(cut in each for each in cards for cut in ("nowrap", "ellipsis", "overflow:hidden"))
    assert all("overflow-wrap:anywhere" in each for each in cards)


def test_odd_names_of_classes_are_shown_as_they_are(make_dataset):
    data = make_dataset([0, 0, 1, 1], class_names=("<b>", "_x_ $y$"))
    headline = mistakes._headline(np.array([[1, 0], [2, 0]]), data)
    assert "_x_ $y$ answered as <b>, 2 of 2" in headline  # as a picture says it; the page escapes it


def test_a_fit_that_nobody_looks_at_any_more_is_withdrawn(finished, workspace, monkeypatch):
    monkeypatch.setattr("explorer.ui.previewed.ensure_engine", lambda _: None)
    finished.button_group(key="look").select("maps").run()
    assert [path.name.endswith("-maps.wanted") for path in (workspace.home / "wanted").iterdir()] == [True]
    finished.button_group(key="look").select("alike").run()
    assert [path.name.endswith("-alike.wanted") for path in (workspace.home / "wanted").iterdir()] == [True]
    finished.button_group(key="look").select("mistakes").run()
    assert not list((workspace.home / "wanted").iterdir())


def test_confidence_says_how_far_it_can_be_believed(finished):
    finished.button_group(key="look").select("confidence").run()
    assert not finished.exception
    words = said(finished)
    assert "80 % stated, 67 % right" in words
    assert texts.SURE_ERROR in words
    _, alt = figure(finished, "reliability")
    assert "80 % stated, 67 % right" in alt


def test_doubted_labels_are_a_ranked_list_and_a_file(finished, saved, workspace):
    finished.button_group(key="look").select("labels").run()
    assert not finished.exception
    found = doubts(answers_of(Store(workspace.store).cell("s1", "hog", 5), saved.labels))
    assert texts.DOUBTS in said(finished)
    (pictures,) = [each.value for each in finished.html if "<figure" in each.value]
    assert pictures.count("<figure") == len(found) > 0
    rows = list(csv.DictReader(io.StringIO(written(found, (), saved))))
    assert [row["item"] for row in rows] == [saved.items[each.row] for each in found]
    assert rows[0]["label"] == saved.class_names[found[0].label]


@pytest.fixture
def copied(app, workspace, tmp_path):
    """Return a function that opens the labels of a study on images of which two are one, in two classes."""

    def open_labels(share):
        folder = images(tmp_path / "copied")
        shutil.copy(folder / "round" / "round03.png", folder / "striped" / "again.png")
        shutil.copy(folder / "dotted" / "dotted01.png", folder / "dotted" / "twin.png")  # contradicts nothing
        turned = Image.open(folder / "dotted" / "dotted05.png").transpose(Image.Transpose.ROTATE_90)
        turned.save(folder / "round" / "aturned.png")
        data, store = read(folder, workspace).dataset, Store(workspace.store)
        made = study_of(data)
        store.add(made)
        store.start(made.id)
        store.finish(made.id, *(outcome(data, each, share) for each in made.trials()))
        store.end(made.id, State.DONE)
        app.run()
        app.query_params["study"] = made.id
        app.switch_page("pages/understand.py").run()
        app.button_group(key="look").select("labels").run()
        assert not app.exception
        return data

    return open_labels


def test_copies_with_different_labels_come_first_with_all_their_labels(copied, app, workspace):
    data = copied(2 / 3)
    assert texts.COPIES_DIFFER.format(sets="2 sets") in said(app)
    first, ranked = [each.value for each in app.html if "<figure" in each.value]
    assert first.count("<figure") == 4
    exact, near = (each.format(images="2 images") for each in (texts.COPIES_EXACT, texts.COPIES_NEAR))
    assert 0 < first.index(exact) < first.index(near), "the surest ones first"
    for name, label, other in (("round03.png", "round", "striped"), ("again.png", "striped", "round")):
        assert f">{texts.COPY_LABEL.format(label=label)}<" in first
        (item,) = [each for each in data.items if each.endswith(name)]
        assert texts.COPY_ALT.format(item=item, label=label, others=other) in first
    assert "twin" not in first
    assert texts.DOUBTS_NOTE in said(app)
    found = doubts(answers_of(Store(workspace.store).cell("s1", "hog", 5), data.labels))
    assert ranked.count("<figure") == len(found)
    copies = sorted(contradictions(data.labels, data.duplicates), key=lambda rows: not doubted._is_exact(rows, data))
    rows = list(csv.DictReader(io.StringIO(written(found, copies, data))))
    assert [(row["label"], row["copies_labelled"]) for row in rows[:2]] == [("round", "striped"), ("striped", "round")]
    assert len({row["item"] for row in rows}) == len(rows) == len({*sum(copies, ()), *(each.row for each in found)})


def test_copies_are_told_where_no_label_is_doubted(copied, app):
    copied(1.0)
    words = said(app)
    assert texts.COPIES_DIFFER.format(sets="2 sets") in words
    assert texts.DOUBTS_NONE in words
    assert sum("<figure" in each.value for each in app.html) == 1


# ---- maps ------------------------------------------------------------------------------------------------------


@pytest.fixture
def mapped(finished, workspace, monkeypatch):
    """Return the page at its maps, whose engine answers at once with made-up ones of these checks."""
    monkeypatch.setattr("explorer.ui.previewed.ensure_engine", lambda _: None)
    wishes = []

    def show(checks, method="grad_cam"):
        def made(wanted, _cache):
            wishes.append(wanted)
            rows = wanted.options["rows"]
            maps = np.linspace(-1, 1, len(rows) * 256).reshape(-1, 16, 16)
            arrays = {
                "images": np.full((len(rows), 16, 16, 1), 0.5, np.float32), "maps": maps,
                "targets": np.zeros(len(rows), np.int64), "checks": np.tile(checks, (len(rows), 1)),
            }  # fmt: skip
            return Preview(arrays, {"rows": rows, "method": method, "methods": [method]})

        monkeypatch.setattr("explorer.ui.previewed.answer", made)
        finished.button_group(key="look").select("maps").run()
        assert not finished.exception, finished.exception
        return finished, wishes

    return show


@pytest.mark.parametrize(
    ("checks", "words"),
    [
        ((0.1, 0.0), texts.MAPS_SANE.format(head="0.10")),
        ((0.5, np.nan), texts.MAPS_HALF.format(head="0.50")),
        ((-0.9, 0.2), texts.MAPS_SANE.format(head="−0.90")),
        ((0.9, 0.9), texts.MAPS_VAIN.format(head="0.90")),
        ((np.nan, np.nan), texts.MAPS_UNCHECKED),
    ],
)
def test_the_check_of_the_maps_is_their_headline(mapped, checks, words):
    app, _ = mapped(checks)
    assert words in [each.value for each in app.subheader]


def test_maps_are_asked_of_the_stored_trial_and_its_surest_mistakes(mapped, saved, workspace):
    app, wishes = mapped((0.1, 0.05))
    asked = wishes[-1].options
    (cell,) = [each for each in Store(workspace.store).cell("s1", "hog", 5) if each.trial.seed == 0]
    assert (asked["arm"], asked["budget"], asked["seed"]) == ("hog", 5, 0)
    assert asked["answers"] == named(cell.test, cell.probabilities)
    wrong = cell.test[cell.probabilities.argmax(1) != saved.labels[cell.test]]
    assert set(asked["rows"]) <= set(wrong.tolist())
    words = said(app)
    assert texts.MAPS_OTHER.format(wanted="Class activation", shown="Grad-CAM") in words
    assert "head 0.10, block 0.05" in words
    app.selectbox(key="map-images").select("right").run()
    assert not set(wishes[-1].options["rows"]) & set(wrong.tolist())


@pytest.fixture
def best_is_closed(saved, workspace, opened, monkeypatch):
    """Return the page of a study whose best arm cannot be looked into, and whose other one is a network."""
    monkeypatch.setattr("explorer.ui.previewed.ensure_engine", lambda _: None)
    arms = tuple(ready_arms()[name] for name in ("hog", "baseline"))
    made, store = replace(study_of(saved), arms=arms), Store(workspace.store)
    store.add(made)
    store.start(made.id)
    shares = {"hog": 5 / 6, "baseline": 2 / 3}
    store.finish(made.id, *(outcome(saved, each, shares[each.arm]) for each in made.trials()))
    store.end(made.id, State.DONE)
    return opened("understand", study=made.id)


@pytest.mark.parametrize("look", ["maps", "alike"])
def test_what_looks_into_a_model_begins_with_one_that_can_be_looked_into(best_is_closed, look):
    app = best_is_closed
    assert app.selectbox(key="arm").value == "hog"
    app.button_group(key="look").select(look).run()
    assert not app.exception
    assert app.selectbox(key="arm").value == "baseline"
    assert not app.warning
    app.button_group(key="look").select("mistakes").run()
    assert app.selectbox(key="arm").value == "hog"


def test_a_technique_that_somebody_chose_stays(best_is_closed):
    app = best_is_closed
    app.button_group(key="look").select("maps").run()
    app.selectbox(key="arm").select("hog").run()
    assert app.selectbox(key="arm").value == "hog"
    app.button_group(key="look").select("mistakes").run()
    assert app.selectbox(key="arm").value == "hog"
    app.selectbox(key="arm").select("baseline").run()
    for look in ("maps", "mistakes"):
        app.button_group(key="look").select(look).run()
        assert app.selectbox(key="arm").value == "baseline"


def test_where_nothing_can_be_looked_into_maps_begin_with_the_best(finished, monkeypatch):
    monkeypatch.setattr("explorer.ui.previewed.ensure_engine", lambda _: None)
    finished.button_group(key="look").select("maps").run()
    assert finished.selectbox(key="arm").value == "hog"


def test_maps_begin_with_images_that_there_are(copied, app, monkeypatch):
    monkeypatch.setattr("explorer.ui.previewed.ensure_engine", lambda _: None)
    copied(1.0)  # without a mistake
    app.button_group(key="look").select("maps").run()
    assert not app.exception
    assert app.selectbox(key="map-images").value == "right"
    assert not app.info


def test_why_there_are_no_maps_is_told(finished, monkeypatch):
    monkeypatch.setattr("explorer.ui.previewed.ensure_engine", lambda _: None)
    monkeypatch.setattr("explorer.ui.previewed.answer", lambda *_: Preview(problem="Maps can be drawn of others."))
    finished.button_group(key="look").select("maps").run()
    assert not finished.exception
    assert ["Maps can be drawn of others" in each.value for each in finished.warning] == [True]


def test_a_map_is_laid_over_its_image_as_strongly_as_it_is():
    image = np.full((4, 4, 1), 0.5, np.float32)
    found = np.zeros((4, 4))
    found[0, 0], found[1, 1], found[2, 2] = 2.0, -2.0, 1.0
    laid_over = laid(image, found)
    assert np.allclose(laid_over[3, 3], 0.5)
    assert np.abs(laid_over[0, 0] - FOR).max() < 0.1
    assert np.abs(laid_over[1, 1] - AGAINST).max() < 0.1
    assert np.allclose(laid_over[2, 2], (laid_over[0, 0] - 0.15 * 0.5) / 0.85 * 0.425 + 0.575 * 0.5)
    assert np.allclose(laid(image, np.zeros((4, 4))), 0.5)


# ---- layers ----------------------------------------------------------------------------------------------------


def test_layers_are_compared_with_another_seed_first(finished, monkeypatch):
    wishes = []

    def made(wanted, _cache):
        wishes.append(wanted)
        facts = {"layers": [["block 1", "block 2"], ["stage 7"]], "images": 12, "both": False}
        return Preview({"likeness": np.array([[0.1], [0.8]])}, facts)

    monkeypatch.setattr("explorer.ui.previewed.answer", made)
    finished.button_group(key="look").select("alike").run()
    assert not finished.exception, finished.exception
    assert [(side["arm"], side["seed"]) for side in wishes[-1].options["sides"]] == [("hog", 0), ("hog", 1)]
    assert texts.ALIKE_SAID.format(one="block 2", other="stage 7", value="0.80") in said(finished)
    drawn, alt = figure(finished, "likeness")
    assert drawn["data"][0]["z"] == [[0.1], [0.8]]
    assert "HOG + SVM, seed 0" in alt
    (picker,) = [each for each in finished.selectbox if each.key.startswith("alike-")]
    picker.select("majority 0").run()
    assert [(side["arm"], side["seed"]) for side in wishes[-1].options["sides"]] == [("hog", 0), ("majority", 0)]


def test_a_single_trial_has_nothing_to_be_compared_with(opened, study):
    study(done=1, state=State.CANCELLED)
    app = opened("understand", study="s1")
    app.button_group(key="look").select("alike").run()
    assert [each.value for each in app.info] == [texts.ALIKE_NOTHING.format(budget=1)]
