"""The Guide page: statements with sources and their filters, the loop of pages, checks in every state, collections."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from explorer.engine.previewing import ENDED
from explorer.previews.answers import Preview, Wanted, keep
from explorer.records import Finding, Outcome, State, Trial
from explorer.statistics.curves import Curve, CurvePoint
from explorer.store.store import Store
from explorer.ui import checked, checks, guide, guide_texts, texts
from explorer.ui.cards import Card, cards
from tests.pages.states import outcome, said

ROOT = Path(__file__).parents[2]
SOURCE = re.compile(r"(arXiv:\d{4}\.\d{4,5}|doi:10\.\d{4,}/\S+)$")
FACTS = {
    "floors": {
        "budget": 5,
        "seeds": 5,
        "n": 12,
        "arms": [
            {"title": "Majority class", "mean": 1 / 3, "low": 1 / 3, "high": 1 / 3},
            {"title": "Pixels + LR", "mean": 0.5, "low": 0.4, "high": 0.6},
        ],
    },
    "gap": {
        "title": "A",
        "budget": 5,
        "seeds": 3,
        "n_labeled": 15,
        "n": 12,
        "learnt": [1.0] * 3,
        "judged": [0.6, 0.7, 0.8],
    },
    "shift": {"auc": 0.8, "low": 0.71, "high": 0.9, "pool": 30, "test": 12, "given": False},
    "by_heart": {"title": "Small CNN", "n": 32, "right": 32},
}


@pytest.fixture(autouse=True)
def _no_engine(monkeypatch):
    monkeypatch.setattr("explorer.ui.previewed.ensure_engine", lambda space: None)


def part(app, name):
    """Choose a part of the guide."""
    app.get_by_key("guide-part").set_value(name).run()
    assert not app.exception, app.exception
    return app


def test_every_statement_has_a_source_that_can_be_looked_up():
    for each in guide_texts.ADVICE:
        assert all(SOURCE.search(one) for one in each.source.split("; ") if not one.startswith("docs/"))
        assert SOURCE.search(each.source)
        assert each.measured == each.source.startswith("docs/")
        assert set(each.topics) <= set(guide_texts.TOPICS)
    assert {topic for each in guide_texts.ADVICE for topic in each.topics} == set(guide_texts.TOPICS)


def test_measured_figures_stand_in_the_tables():
    kept = (ROOT / "docs" / "examples.md").read_text(encoding="utf-8")
    found = [each for each in guide_texts.ADVICE if each.source.startswith("docs/examples.md")]
    figures = [one for each in found for one in re.findall(r"\b\d\d\.\d\b", each.text)]
    assert len(figures) > 10
    assert [one for one in figures if one not in kept] == []


def test_measured_points_stand_in_the_tables_of_the_experiments():
    kept = (ROOT / "docs" / "experiments.md").read_text(encoding="utf-8")
    found = [each for each in guide_texts.ADVICE if each.source.startswith("docs/experiments.md")]
    points = [one for each in found for one in re.findall(r"\b\d\.\d\b", each.text)]
    assert len(points) > 5
    assert [one for one in points if not re.search(rf"[+-]{one}\b", kept)] == []


def test_statements_are_found_by_words_and_topics():
    everything = guide.advice("", (), measured=False)
    assert everything == list(guide_texts.ADVICE)
    assert all("eurosat" in each.text.casefold() for each in guide.advice("EuroSAT labels", (), measured=False))
    assert guide.advice("no such words", (), measured=False) == []
    pool = guide.advice("", (guide_texts.POOL,), measured=True)
    assert pool
    assert all(each.measured and guide_texts.POOL in each.topics for each in pool)


def test_collections_are_filtered_by_kind_and_field():
    assert guide.collections((), ()) == list(guide_texts.COLLECTIONS)
    found = guide.collections((guide_texts.DATA,), ("Earth",))
    assert [each.name for each in found] == ["EuroSAT"]
    assert len({each.name for each in guide_texts.COLLECTIONS}) == len(guide_texts.COLLECTIONS)


def test_cards_hold_plain_text():
    shown = cards([Card("<b>", "&", "a < b", "x")])
    assert "&lt;b&gt;" in shown
    assert "a &lt; b" in shown


def test_the_page_filters_as_one_types(opened):
    app = opened("guide")
    assert texts.GUIDE_COUNT.format(n=len(guide_texts.ADVICE), total=len(guide_texts.ADVICE)) in said(app)
    app.text_input(key="guide-search").set_value("fixmatch").run()
    assert "arXiv:2001.07685" in said(app)
    assert "Noisy images" not in said(app)
    app.text_input(key="guide-search").set_value("xyzzy").run()
    assert texts.GUIDE_NONE in said(app)


def test_the_loop_leads_through_the_pages_of_the_navigation(opened):
    app = part(opened("guide"), "order")
    words = said(app)
    for tip in (texts.DATA_TIP, texts.PSEUDO_LABEL_TIP, texts.COMPARE_TIP):
        assert tip in words
    pages = {texts.SECTION_TECHNIQUES: ["a", "b"], texts.SECTION_COMPARE: ["c"]}
    assert [found for _, found in guide.stages(pages)] == [[], ["a", "b"], ["c"]]


def test_collections_are_text_and_no_links(opened):
    app = part(opened("guide"), "more")
    assert "doi:10.1038/s41597-022-01721-8" in said(app)
    assert "<a " not in "".join(each.value for each in app.html)


# ---- checks ----------------------------------------------------------------------------------------------------


def test_checks_without_data_say_what_will_be_here(opened):
    app = part(opened("guide"), "checks")
    assert texts.GUIDE_NO_DATA in said(app)


def test_checks_are_open_until_they_are_run_and_then_one_is_wanted(opened, saved, workspace):
    app = part(opened("guide", data=saved.fingerprint), "checks")
    assert said(app).count(texts.NOT_RUN) == 4
    assert said(app).count(texts.NOT_RUN_STUDY) == 2
    assert list((workspace.home / "wanted").glob("*")) == []
    app.button(key="checks-run").click().run()
    assert len(list((workspace.home / "wanted").glob("*-checks.wanted"))) == 1
    assert texts.CHECKS_NOW.format(done=0, n=4, title=texts.FLOORS_TITLE) in said(app)
    app.button(key="checks-stop").click().run()
    assert list((workspace.home / "wanted").glob("*")) == []
    assert not app.exception


def test_results_stand_with_their_figures_and_numbers(opened, saved, workspace):
    for each in checks.computed(saved):
        keep(each.wanted, Preview(facts=FACTS[each.wanted.preview]), workspace.cache)
    words = said(part(opened("guide", data=saved.fingerprint), "checks"))
    assert texts.CHECKS_DONE.format(n=4) in words
    assert "**50 %** (95 % interval 40 to 60 %)" in words
    assert "mean of 3 seeds, which reach 60 to 80 %). The gap is 30 points" in words
    assert "AUC of **0.80** (95 % interval 0.71 to 0.90" in words
    assert texts.SHIFT_LOOK in words
    assert texts.HEART_GOOD.format(n=32) in words


def test_a_check_that_cannot_be_run_says_why(opened, saved, workspace):
    first = checks.computed(saved)[0]
    keep(first.wanted, Preview(problem="There is no torch here."), workspace.cache)
    assert "There is no torch here" in said(part(opened("guide", data=saved.fingerprint), "checks"))


def test_a_check_that_ended_its_process_can_be_run_again(opened, saved, workspace):
    for each in checks.computed(saved):
        keep(each.wanted, Preview(facts=FACTS[each.wanted.preview]), workspace.cache)
    keep(checks.computed(saved)[3].wanted, Preview(problem=ENDED), workspace.cache)
    app = part(opened("guide", data=saved.fingerprint), "checks")
    assert texts.CHECKS_ENDED.format(n=3, of=4) in said(app)
    app.button(key="checks-again").click().run()
    assert app.button(key="checks-run")
    app.button(key="checks-run").click().run()
    assert not app.exception
    (path,) = (workspace.home / "wanted").glob("*-checks.wanted")
    assert Wanted.of(path.read_text()).preview == "by_heart"


def test_spread_and_errors_come_from_a_study(opened, study, saved):
    study(done=12, state=State.DONE)
    words = said(part(opened("guide", data=saved.fingerprint), "checks"))
    assert "2 seeds reach" in words
    assert "4 of 12 judging images are wrong" in words


def test_the_surest_wrong_answer_of_each_class_is_shown(make_dataset):
    data = make_dataset([0, 0, 1, 1, 2, 2])
    probabilities = np.array([[0.2, 0.8, 0], [0.1, 0.9, 0], [0, 1, 0], [0.6, 0.4, 0], [0, 0, 1], [0, 0, 1]], np.float32)
    found = Outcome(Trial("a", 1, 0), State.DONE, test=np.arange(6), probabilities=probabilities)
    assert checks.worst(data, found) == [1, 3]


def test_the_study_of_the_address_is_looked_at_else_the_latest_of_several_seeds(opened, study, saved, workspace):
    study(done=12, state=State.DONE)
    store = Store(workspace.store)
    single = replace(store.study("s1"), id="single", name="Single", seeds=1)
    store.add(single)
    store.start("single")
    store.finish("single", *(outcome(saved, trial, 0.5) for trial in single.trials()))
    store.end("single", State.DONE)
    assert "2 seeds reach" in said(part(opened("guide", data=saved.fingerprint), "checks"))
    words = said(part(opened("guide", data=saved.fingerprint, study="single"), "checks"))
    assert texts.SEEDS_ONE.format(study="Single") in words


def test_a_difference_smaller_than_the_spread_is_told():
    def curve(name, *values):
        mean = sum(values) / len(values)
        seeds = tuple(range(len(values)))
        return Curve(name, name, "balanced_accuracy", (CurvePoint(5, 15.0, mean, 0, 1, seeds, values),))

    near = checked.seeds("S", [curve("a", 0.7, 0.8), curve("b", 0.74, 0.74)])
    far = checked.seeds("S", [curve("a", 0.7, 0.8), curve("b", 0.2, 0.2)])
    assert near.state == "look"
    assert "**10.0 points** apart" in near.text
    assert "1.0 points apart" in near.text
    assert far.state == "good"
    assert checked.seeds("S", [curve("a", 0.7)]).state == "open"


@pytest.mark.parametrize(
    ("low", "auc", "state", "words"),
    [
        (0.45, 0.52, "good", texts.SHIFT_GOOD),
        (0.55, 0.6, "told", texts.SHIFT_SLIGHT),
        (0.55, 0.75, "look", texts.SHIFT_LOOK),
        (0.45, 0.75, "good", texts.SHIFT_GOOD),
    ],
)
def test_a_shift_is_told_where_it_is_sure_and_large(low, auc, state, words):
    found = checked.shift({**FACTS["shift"], "low": low, "auc": auc})
    assert found.state == state
    assert found.text.endswith(words)


@pytest.mark.parametrize(("learnt", "words"), [(0.71, "The gap is 1 point."), (0.72, "The gap is 2 points.")])
def test_one_point_is_no_points(learnt, words):
    facts = {**FACTS["gap"], "learnt": [learnt] * 3, "judged": [0.7] * 3}
    assert words in checked.gap(facts, "2 / class").text


def test_what_was_not_learnt_by_heart_is_looked_at():
    assert checked.by_heart({"n": 32, "right": 30}).state == "look"
    assert "30 of 32" in checked.by_heart({"n": 32, "right": 30}).text


def test_findings_go_to_the_check_that_they_belong_to(saved):
    findings = (
        Finding("exact-duplicates", "Two *equal* images.", "warning"),
        Finding("shortcut-size", "Size tells.", "note"),
        Finding("other", "Something else."),
    )
    copies, cues = checked.copies(saved, findings), checked.cues(saved, findings)
    assert (copies.state, cues.state) == ("look", "told")
    assert "Two \\*equal\\* images" in copies.text
    assert "Size tells" in cues.text
    assert checked.copies(saved, ()).text == texts.COPIES_GOOD.format(n=len(saved))


def test_wishes_are_of_previews_that_exist(saved):
    from explorer.previews.making import previews

    assert {each.wanted.preview for each in checks.computed(saved)} <= set(previews())
    assert all(isinstance(each.wanted, Wanted) for each in checks.computed(saved))
