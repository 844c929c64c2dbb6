"""Looks at a study that runs until its verdicts settle: when, on which seeds, at which level, and what ends it."""

from dataclasses import replace

import numpy as np
import pytest

from explorer.engine import looking
from explorer.engine.looking import Looking, conclude
from explorer.records import Arm, Choice, Look, Outcome, State, Study, Until
from explorer.splits import counted_units
from explorer.statistics.stopping import planned
from explorer.statistics.verdicts import LEVEL
from explorer.store import store as store_module
from explorer.store.store import Store
from tests.unit.statistics.simulated import LABELS, outcome

STUDY = Study(
    "one",
    "one",
    "toy",
    (Arm("base", "Base", Choice("x")), Arm("other", "Other", Choice("y"))),
    budgets=(1, 2),
    seeds=10,
    until=Until(30.0, "base"),
)
#: Right answers of the other arm: clearly more than those of the base, or as many.
BETTER, ALIKE = 0.9, 0.5
LOOKS = planned(STUDY.seeds)


@pytest.fixture
def store(workspace):
    store = Store(workspace.store)
    store.add(STUDY)
    store.start("one")
    return store


@pytest.fixture
def data(make_dataset):
    return make_dataset(LABELS)


@pytest.fixture
def look(store, data):
    """Return a function that begins to look at the study, as an engine does that takes it up."""
    return lambda: Looking(store, store.study("one"), STUDY.until, data)


@pytest.fixture
def clock(monkeypatch):
    """Return a list whose one number is the seconds that have passed."""
    now = [0.0]
    monkeypatch.setattr(looking.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(Store, "elapsed", lambda *_: 0.0)
    return now


def answered(trial, share):
    """Return an outcome of a trial; both arms are right at the same images but for those of the better one."""
    random = np.random.default_rng([trial.seed, trial.budget])
    hard = random.random(120)
    if share == ALIKE:  # one arm under two names, with dice of their own
        hard = np.random.default_rng([trial.seed, trial.budget, trial.arm == "base"]).random(120)
    return outcome(trial.arm, trial.seed, hard < (ALIKE if trial.arm == "base" else share), trial.budget)


def run(store, looking, seeds, share=ALIKE):
    """Finish all trials of some seeds, as workers do; return whether the study is over."""
    made = [answered(trial, share) for trial in STUDY.trials() if trial.seed in seeds]
    store.finish("one", *made)
    looking.took(made)
    return looking.is_over()


def test_a_large_difference_settles_at_the_first_look_and_not_before(store, look):
    at = look()
    assert not run(store, at, range(2), BETTER)
    assert store.looks("one") == ()
    assert run(store, at, [2], BETTER)
    assert store.looks("one") == (replace(LOOKS[0], clear=("other",), final=True),)
    assert store.remaining("one") == ()


def test_a_look_waits_for_the_last_trial_of_its_seeds(store, look):
    at = look()
    late, *others = (trial for trial in STUDY.trials() if trial.seed < 3)
    made = [answered(trial, BETTER) for trial in others]
    store.finish("one", *made)
    at.took(made)
    assert not at.is_over()
    store.finish("one", answered(late, BETTER))
    at.took([answered(late, BETTER)])
    assert at.is_over()


def test_what_ran_ahead_does_not_count_at_a_look(store, look):
    """Seeds 3 and 4 say the opposite, and so much that they would outweigh the three of the look."""
    at = look()
    ahead = [answered(trial, 0.0) for trial in STUDY.trials() if trial.seed in (3, 4)]
    store.finish("one", *ahead)
    at.took(ahead)
    assert run(store, at, range(3), BETTER)
    assert store.looks("one")[0].clear == ("other",)
    assert len(store.outcomes("one")) == 20, "what is finished stays"


def test_workers_run_ahead_as_far_as_the_next_look(store, look):
    at = look()
    assert at.ahead == LOOKS[1].seeds
    run(store, at, range(3))
    assert at.ahead == LOOKS[2].seeds
    run(store, at, range(3, 7))
    assert at.ahead == STUDY.seeds
    run(store, at, range(7, 10))
    assert at.ahead == STUDY.seeds


def test_a_look_counts_copies_of_an_image_once_as_pages_and_files_do(store, data, monkeypatch):
    copied = replace(data, duplicates=np.arange(len(LABELS)) // 4)
    units = []
    monkeypatch.setattr(looking, "at_look", lambda *known, **_: units.append(known[4]) or ())
    run(store, Looking(store, STUDY, STUDY.until, copied), range(3))
    assert units[0].tolist() == counted_units(copied).tolist()


def test_one_arm_under_two_names_is_looked_at_to_the_end_and_the_level_is_spent_once(store, look):
    at = look()
    for seed in range(STUDY.seeds):
        assert run(store, at, [seed]) == (seed == STUDY.seeds - 1)
    made = store.looks("one")
    assert [(each.seeds, each.level) for each in made] == [(each.seeds, each.level) for each in LOOKS]
    assert sum(each.level for each in made) == pytest.approx(LEVEL)
    assert [each.final for each in made] == [False] * (len(LOOKS) - 1) + [True]
    assert all(each.open == ("other",) for each in made)


def test_an_engine_that_takes_the_study_up_goes_on_at_the_right_look(store, look, monkeypatch):
    assert not run(store, look(), range(3))
    before = store.looks("one")
    kept = []
    monkeypatch.setattr(Store, "keep_look", lambda self, id, look: kept.append(look.seeds))
    at = look()
    assert not at.is_over()
    assert kept == [], "its level is not spent anew"
    assert not run(store, at, [3])
    assert kept == [LOOKS[1].seeds]
    assert store.looks("one") == before


def test_looks_that_an_engine_did_not_live_to_make_are_made_in_their_order(store, look):
    store.finish("one", *(answered(trial, ALIKE) for trial in STUDY.trials() if trial.seed < 5))
    assert not look().is_over()
    assert [each.seeds for each in store.looks("one")] == [3, 4]


def test_minutes_end_a_study_with_all_that_is_left_of_the_level(store, look, clock):
    at = look()
    assert not run(store, at, range(6))
    clock[0] = 29.9 * 60
    assert not at.is_over()
    clock[0] = 30 * 60
    assert at.is_over()
    assert [each.seeds for each in store.looks("one")] == [3, 4], "no look is made before its seeds are done"
    at.conclude()
    last = store.looks("one")[-1]
    assert (last.seeds, last.final, last.open) == (6, True, ("other",))
    assert sum(each.level for each in store.looks("one")) == pytest.approx(LEVEL)
    assert store.remaining("one") == ()


def test_a_last_look_at_seeds_that_were_looked_at_takes_the_place_of_the_earlier_one(store, look, clock):
    at = look()
    run(store, at, range(4))
    clock[0] = 31 * 60
    at.conclude()
    assert [(each.seeds, each.final) for each in store.looks("one")] == [(3, False), (4, True)]
    assert sum(each.level for each in store.looks("one")) == pytest.approx(LEVEL)


def test_minutes_before_a_seed_is_done_claim_nothing(store, look, clock):
    clock[0] = 31 * 60
    at = look()
    at.conclude()
    (only,) = store.looks("one")
    assert (only.seeds, only.clear, only.open, only.final) == (1, (), (), True)


def test_working_time_counts_over_all_runs(store, look, monkeypatch):
    monkeypatch.setattr(Store, "elapsed", lambda *_: 31 * 60)
    assert look().is_over()


def test_a_study_that_was_cancelled_and_resumed_has_used_its_minutes(workspace, data, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(store_module.time, "time", lambda: now[0])
    store = Store(workspace.store)
    store.add(STUDY)
    store.start("one")
    now[0] += 60 * STUDY.until.minutes + 1
    store.cancel("one")
    now[0] += 3600
    store.resume("one")
    store.start("one")
    assert Looking(store, STUDY, STUDY.until, data).is_over()


def test_a_failed_trial_of_a_study_that_has_stopped_is_run_again_without_another_look(store, look, clock):
    failed, *others = (trial for trial in STUDY.trials() if trial.seed < 3)
    store.finish("one", Outcome(failed, State.FAILED, error="ValueError: no"), *(answered(t, BETTER) for t in others))
    clock[0] = 31 * 60
    look().conclude()
    store.end("one", State.DONE)
    (before,) = store.looks("one")
    store.resume("one")
    store.start("one")
    assert store.remaining("one") == (failed,)
    at = look()
    clock[0] = 62 * 60
    assert not at.is_over(), "somebody asked for it"
    store.finish("one", answered(failed, BETTER))
    at.took([answered(failed, BETTER)])
    at.conclude()
    assert store.looks("one") == (replace(before, clear=("other",), open=()),), "its level and seeds, with what is new"


def test_a_plain_study_is_not_looked_at(store, data):
    plain = replace(STUDY, id="plain", until=None)
    store.add(plain)
    conclude(store, plain, data)
    assert store.looks("plain") == ()


def test_a_look_knows_whether_it_settled_anything():
    assert Look(3, 0.01, ("a",)).is_settled
    assert not Look(3, 0.01).is_settled
    assert not Look(3, 0.01, ("a",), ("b",)).is_settled
