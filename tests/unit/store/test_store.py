"""The store: what is finished stays, nothing is stored twice, many may read and write at once."""

import json
import sqlite3
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

from explorer.cautions import Caution, is_caution
from explorer.errors import StoreError, UnknownStudy
from explorer.records import Arm, Choice, Look, Outcome, State, Study, Trial, Until
from explorer.store import database, rows
from explorer.store.store import Store

ARMS = (Arm("a", "A", Choice("x", {"c": 2})), Arm("b", "B", Choice("y")))


def study_of(id="one", **fields):
    return Study(id, "Name", "data", ARMS, budgets=(1, 2), seeds=2, **fields)


def done(trial, seconds=1.0, **fields):
    random = np.random.default_rng(trial.seed)
    test = np.sort(random.choice(100, 7, replace=False))
    probabilities = random.dirichlet(np.ones(3), 7).astype(np.float32)
    about = {
        "scores": {"accuracy": 0.5},
        "notes": ("a note",),
        "reports": {"strength": [0.5]},
        "versions": {"numpy": "2"},
    }
    return Outcome(trial, State.DONE, 3, 1, test, probabilities, fit_seconds=seconds, **{**about, **fields})


def failed(trial, text="ValueError: bad"):
    return Outcome(trial, State.FAILED, error=f"Traceback\n  in {trial}\n{text}\n")


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "home" / "studies.db")


@pytest.fixture
def running(store):
    store.add(study_of())
    assert store.start("one")
    return store


def test_a_study_is_kept_as_it_is(store):
    store.add(study_of())
    store.add(study_of())
    assert store.study("one") == study_of()
    (row,) = store.studies()
    assert (row.id, row.name, row.dataset, row.state, row.finished, row.total) == (
        "one", "Name", "data", State.QUEUED, 0, 8,
    )  # fmt: skip
    with pytest.raises(StoreError, match="another study with the id one"):
        store.add(study_of(metric="accuracy"))


@pytest.mark.parametrize("ask", ["study", "state", "elapsed", "cancel", "resume", "problem", "trial_states"])
def test_an_unknown_study_is_refused_in_words(store, ask):
    with pytest.raises(UnknownStudy, match="no study with the id 'none'"):
        getattr(store, ask)("none")


def test_outcomes_come_back_bit_for_bit_and_only_the_new_ones(running):
    first, second = (done(trial) for trial in study_of().trials()[:2])
    assert running.last_outcome("one") == 0
    assert running.finish("one", first) == 1
    seen = running.last_outcome("one")
    assert running.finish("one", second) == 1
    assert running.last_outcome("one") > seen
    (found,) = running.outcomes("one", after=seen)
    assert found.trial == second.trial
    assert (found.test == second.test).all()
    assert found.probabilities.tobytes() == second.probabilities.tobytes()
    assert found.probabilities.shape == (7, 3)
    for name in ("state", "n_labeled", "per_class", "scores", "fit_seconds", "error", "notes", "reports", "versions"):
        assert getattr(found, name) == getattr(second, name)
    assert found.prepare_seconds is None, "nobody knew it"
    running.finish("one", done(study_of().trials()[2], prepare_seconds=0.125))
    assert running.outcomes("one")[-1].prepare_seconds == 0.125
    assert len(running.outcomes("one")) == 3


def test_notes_that_warn_are_kept_and_those_of_earlier_versions_are_told_by_their_words(running):
    running.finish("one", done(study_of().trials()[0], notes=("It is not so.", Caution("It is so."))))
    (found,) = running.outcomes("one")
    assert [is_caution(each) for each in found.notes] == [False, True]
    with running._file.writing() as db:
        db.execute("update outcomes set warnings = null")
    (found,) = running.outcomes("one")
    assert found.notes == ("It is not so.", "It is so.")
    assert [is_caution(each) for each in found.notes] == [True, False]


def test_finishing_twice_adds_nothing(running):
    trial = study_of().trials()[0]
    assert running.finish("one", done(trial, 1.0), done(trial, 2.0)) == 1
    assert running.finish("one", done(trial, 3.0)) == 0
    (found,) = running.outcomes("one")
    assert found.fit_seconds == 1.0


def test_many_processes_may_finish_the_same_trial(running, tmp_path):
    script = (
        "import sys; from pathlib import Path; from explorer.store.store import Store\n"
        "from explorer.records import Outcome, State\n"
        "store = Store(Path(sys.argv[1]))\n"
        "for trial in store.study('one').trials(): print(store.finish('one', Outcome(trial, State.DONE)))"
    )
    command = [sys.executable, "-c", script, str(running.path)]
    workers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    printed = [worker.communicate()[0] for worker in workers]
    assert sum(int(line) for text in printed for line in text.split()) == 8
    assert len(running.outcomes("one")) == 8


def test_a_new_file_may_be_opened_by_many_at_once(tmp_path):
    problems = []

    def work(number):
        try:
            Store(tmp_path / "new.db").add(study_of(str(number)))
        except StoreError as error:
            problems.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(12)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert not problems
    assert len(Store(tmp_path / "new.db").studies()) == 12


def test_readers_do_not_wait_for_a_writer(running):
    with sqlite3.connect(running.path, isolation_level=None) as other:
        other.execute("begin immediate")
        start = time.perf_counter()
        assert running.state("one") is State.RUNNING
        running.last_outcome("one")
        assert time.perf_counter() - start < 1
        other.execute("rollback")
    other.close()


def test_trials_have_the_state_that_they_are_in(running):
    first, second, third, *rest = study_of().trials()
    running.finish("one", done(first), failed(second))
    running.report("one", third, 3, 10, "w1")
    states = running.trial_states("one")
    assert tuple(states) == study_of().trials()
    assert [states[trial] for trial in (first, second, third, rest[0])] == [
        State.DONE, State.FAILED, State.RUNNING, State.QUEUED,
    ]  # fmt: skip
    assert running.remaining("one") == (third, *rest)
    running.cancel("one")
    assert running.trial_states("one")[third] is State.CANCELLED
    assert running.trial_states("one")[first] is State.DONE


def test_progress_is_kept_until_the_trial_is_finished(running):
    trial = study_of().trials()[0]
    running.report("one", trial, 0, 0, "w1")
    (begun,) = running.progress("one")
    running.report("one", trial, 5, 10, "w1")
    (found,) = running.progress("one")
    assert (found.trial, found.done, found.total, found.worker) == (trial, 5, 10, "w1")
    assert found.started == begun.started
    running.finish("one", done(trial))
    assert running.progress("one") == ()


def test_equal_failures_are_counted_together(running):
    one, two, three, four, *_ = study_of().trials()
    running.finish("one", failed(one), failed(two), failed(three, "KeyError: 'x'"), failed(four), done(_[0]))
    most, least = running.failures("one")
    assert (most.message, most.trials) == ("ValueError: bad", (one, two, four))
    assert str(one) in most.traceback
    assert (least.message, least.trials) == ("KeyError: 'x'", (three,))


def test_resuming_runs_what_failed_and_what_is_missing(running):
    first, second, *rest = study_of().trials()
    running.finish("one", done(first), failed(second))
    seen = running.last_outcome("one")
    running.resume("one")
    assert running.state("one") is State.RUNNING
    running.cancel("one")
    assert running.state("one") is State.CANCELLED
    running.resume("one")
    assert running.state("one") is State.QUEUED
    assert running.remaining("one") == (second, *rest)
    assert running.failures("one") == ()
    running.start("one")
    assert running.finish("one", done(second)) == 1
    assert running.last_outcome("one") > seen
    assert [outcome.state for outcome in running.outcomes("one")] == [State.DONE, State.DONE]


def test_a_study_that_is_done_is_resumed_only_for_its_failures(running):
    trials = study_of().trials()
    running.finish("one", *map(done, trials))
    running.end("one", State.DONE)
    running.resume("one")
    assert running.state("one") is State.DONE
    running.add(study_of("two"))
    running.start("two")
    running.finish("two", *map(done, trials[1:]), failed(trials[0]))
    running.end("two", State.DONE)
    running.resume("two")
    assert running.state("two") is State.QUEUED
    assert running.remaining("two") == (trials[0],)


def test_states_move_only_as_they_should(store):
    store.add(study_of())
    assert store.next_queued() == "one"
    assert store.start("one")
    assert not store.start("one")
    assert store.next_queued() is None
    store.cancel("one")
    store.end("one", State.DONE)
    assert store.state("one") is State.CANCELLED
    store.resume("one")
    store.start("one")
    store.end("one", State.FAILED, "why")
    assert (store.state("one"), store.problem("one")) == (State.FAILED, "why")
    store.cancel("one")
    assert store.state("one") is State.FAILED
    store.resume("one")
    assert store.problem("one") == ""


def test_studies_wait_in_line(store):
    for id in ("one", "two", "three"):
        store.add(study_of(id))
    store.cancel("one")
    store.resume("one")
    assert store.next_queued() == "two"
    assert [row.id for row in store.studies()] == ["three", "two", "one"]


def test_only_what_runs_and_what_was_queued_before_is_ahead(store):
    for id in ("one", "two", "three", "four"):
        store.add(study_of(id))
    assert [store.ahead(id) for id in ("one", "two", "three", "four")] == [0, 1, 2, 3]
    store.start("four")
    store.cancel("one")
    assert [store.ahead(id) for id in ("two", "three")] == [1, 2]
    store.resume("one")
    assert [store.ahead(id) for id in ("two", "three", "one")] == [1, 2, 3]


def test_a_study_left_running_is_queued_again_with_its_outcomes(running):
    first = study_of().trials()[0]
    running.finish("one", done(first))
    running.report("one", study_of().trials()[1], 1, 2, "w")
    assert running.requeue_running() == ("one",)
    assert running.state("one") is State.QUEUED
    assert first not in running.remaining("one")
    assert running.progress("one") == ()


def test_a_study_that_ends_its_engine_three_times_is_given_up(store):
    store.add(study_of())
    for _ in range(3):
        assert store.start("one")
        store.requeue_running()
    assert store.state("one") is State.FAILED
    assert "three times" in store.problem("one")
    store.resume("one")
    for trial in study_of().trials()[:4]:
        assert store.start("one")
        store.finish("one", done(trial))
        store.requeue_running()
    assert store.state("one") is State.QUEUED


@pytest.fixture
def clock(monkeypatch):
    """Return the time of the store, in a list of one, to be set."""
    found = [1000.0]
    monkeypatch.setattr(time, "time", lambda: found[0])
    return found


def after_seven_seconds(store, clock, seconds):
    """Let a study wait for 50 s and run for 7, of which `seconds` count the latter alone."""
    store.add(study_of())
    clock[0] += 50
    assert seconds("one") == 0
    store.start("one")
    clock[0] += 7
    assert seconds("one") == 7


def test_waited_counts_from_the_last_finished_trial_of_a_running_study(store, clock):
    after_seven_seconds(store, clock, store.waited)
    store.finish("one", done(study_of().trials()[0]))
    clock[0] += 3
    assert store.waited("one") == 3
    store.cancel("one")
    assert store.waited("one") == 0


def test_what_a_study_was_at_work_elsewhere_counts_once(store):
    store.add(study_of(), 90.0)
    store.add(study_of(), 30.0)
    assert store.elapsed("one") == 90.0


def test_elapsed_counts_running_time_only(store, clock):
    after_seven_seconds(store, clock, store.elapsed)
    store.cancel("one")
    clock[0] += 100
    assert store.elapsed("one") == 7
    store.resume("one")
    store.start("one")
    clock[0] += 2
    store.finish("one", done(study_of().trials()[0]))
    clock[0] += 500
    store.requeue_running()
    assert store.elapsed("one") == 9


def test_timings_name_the_arm_as_it_was(running):
    first, second, third, *_ = study_of().trials()
    running.finish("one", done(first, 2.0), failed(second), done(third, 4.0))
    found = running.timings("data")
    assert [(each.arm, each.n_labeled, each.fit_seconds) for each in found] == [(ARMS[0], 3, 2.0), (ARMS[0], 3, 4.0)]
    assert running.timings("other") == ()


def test_a_study_of_a_newer_version_is_told_and_keeps_no_other_from_being_read(running):
    running.finish("one", done(study_of().trials()[0], 2.0))
    columns = "name, dataset, state, total, created, queued, spent"
    newer = "json_set(definition, '$.later', 1)"
    with running._file.writing() as db:
        db.execute(f"insert into studies (id, definition, {columns}) select 'new', {newer}, {columns} from studies")
    running.finish("new", done(study_of().trials()[0], 3.0))
    with pytest.raises(StoreError, match=r"another version of this program .*later"):
        running.study("new")
    assert [each.fit_seconds for each in running.timings("data")] == [2.0]


def test_an_older_file_is_brought_up_to_date_step_by_step(tmp_path, monkeypatch):
    path = tmp_path / "old.db"
    Store(path).add(study_of())
    step = ("alter table studies add column colour text not null default 'grey'",)
    monkeypatch.setattr(database, "MIGRATIONS", (*database.MIGRATIONS, step))
    store = Store(path)
    assert store.study("one") == study_of()
    with sqlite3.connect(path) as db:
        assert db.execute("select colour from studies").fetchall() == [("grey",)]
    db.close()
    monkeypatch.undo()
    with pytest.raises(StoreError, match="newer release"):
        Store(path)


def test_a_file_that_is_no_store_is_refused_in_words(tmp_path):
    (tmp_path / "text.db").write_text("no database, but long enough to be taken for one" * 50)
    with pytest.raises(StoreError, match="cannot be used"):
        Store(tmp_path / "text.db")
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="Choose another folder"):
        Store(tmp_path / "file" / "x.db")


def test_outcomes_need_little_more_than_their_predictions(running):
    trials = [Trial("a", budget, seed) for budget in range(50) for seed in range(2)]
    test = np.arange(1000)
    probabilities = np.full((1000, 3), 1 / 3, np.float32)
    running.finish("one", *(Outcome(trial, State.DONE, 1, 1, test, probabilities) for trial in trials))
    with sqlite3.connect(running.path) as db:
        db.execute("pragma wal_checkpoint(truncate)")
    db.close()
    assert running.path.stat().st_size < 1.2 * 100 * probabilities.nbytes


def test_a_finished_trial_is_on_the_disk_at_once(store, monkeypatch):
    store.add(study_of())
    levels, append = [], rows.append

    def seen(db, *given):
        levels.append(db.execute("pragma synchronous").fetchone()[0])
        return append(db, *given)

    monkeypatch.setattr("explorer.store.store.append", seen)
    store.finish("one", done(Trial("a", 1, 0)))
    assert levels == [2]


def test_the_same_study_in_other_words_is_the_same(store):
    study = study_of()
    store.add(study)
    with sqlite3.connect(store.path) as db:
        text = json.dumps(dict(reversed(study.to_dict().items())), indent=1)
        db.execute("update studies set definition = ?", (text,))
    db.close()
    store.add(study)
    with pytest.raises(StoreError, match="another study"):
        store.add(study_of(metric="accuracy" if study.metric != "accuracy" else "macro_f1"))


def test_a_cell_is_one_arm_at_one_budget_by_seed(running):
    trials = [Trial("a", 1, 1), Trial("a", 1, 0), Trial("a", 2, 0), Trial("b", 1, 0)]
    running.finish("one", *map(done, trials))
    found = running.cell("one", "a", 1)
    assert [each.trial for each in found] == [Trial("a", 1, 0), Trial("a", 1, 1)]
    assert np.array_equal(found[0].probabilities, done(Trial("a", 1, 0)).probabilities)
    assert running.cell("one", "a", 7) == ()


def test_a_cell_holds_of_a_trial_that_was_run_again_the_latest(running):
    running.finish("one", failed(Trial("a", 1, 0)))
    running.end("one", State.DONE)
    running.resume("one")
    running.start("one")
    running.finish("one", done(Trial("a", 1, 0)))
    assert [each.state for each in running.cell("one", "a", 1)] == [State.DONE]


# ---- looks -----------------------------------------------------------------------------------------------------


@pytest.fixture
def looked(store):
    """Return the store with a running study that runs until its verdicts settle."""
    store.add(study_of(until=Until(30.0, "a")))
    store.start("one")
    return store


def test_looks_are_kept_by_their_seeds_and_replaced_by_those_at_as_many(looked):
    looked.keep_look("one", Look(2, 0.02, open=("b",)))
    looked.keep_look("one", Look(1, 0.01, clear=("b",)))
    assert looked.looks("one") == (Look(1, 0.01, clear=("b",)), Look(2, 0.02, open=("b",)))
    looked.keep_look("one", Look(2, 0.04, clear=("b",), final=True))
    assert looked.looks("one")[1] == Look(2, 0.04, clear=("b",), final=True)
    looked.keep_look("nobody", Look(2, 0.04))
    assert looked.looks("nobody") == ()


def test_a_look_is_on_the_disk_at_once(looked, monkeypatch):
    levels, real = [], database.Database.writing
    monkeypatch.setattr(
        database.Database, "writing", lambda self, **how: levels.append(how.get("durable")) or real(self, **how)
    )
    looked.keep_look("one", Look(1, 0.01))
    assert levels == [True]


def test_seeds_beyond_the_look_at_which_a_study_stopped_are_wanted_no_more(looked):
    assert len(looked.remaining("one")) == 8
    looked.keep_look("one", Look(1, 0.01))
    assert len(looked.remaining("one")) == 8
    looked.keep_look("one", Look(1, 0.01, final=True))
    assert {trial.seed for trial in looked.remaining("one")} == {0}
    states = looked.trial_states("one")
    assert {states[trial] for trial in states if trial.seed == 1} == {State.CANCELLED}
    assert {states[trial] for trial in states if trial.seed == 0} == {State.QUEUED}


def test_looks_go_with_their_study_and_those_that_saw_nothing_with_a_new_attempt(looked):
    looked.finish("one", *map(failed, study_of().trials()))
    looked.keep_look("one", Look(2, 0.05, final=True))
    looked.end("one", State.FAILED, "all failed")
    looked.resume("one")
    assert looked.looks("one") == ()
    looked.start("one")
    looked.finish("one", done(study_of().trials()[0]), failed(study_of().trials()[1]))
    looked.keep_look("one", Look(2, 0.05, final=True))
    looked.end("one", State.DONE)
    looked.resume("one")
    assert len(looked.looks("one")) == 1
    looked.cancel("one")
    looked.delete("one")
    assert looked.looks("one") == ()


# ---- deleting --------------------------------------------------------------------------------------------------


def test_a_deleted_study_leaves_nothing_and_others_stay_whole(running):
    first = study_of().trials()[0]
    running.finish("one", done(first))
    running.add(study_of("two"))
    running.start("two")
    running.finish("two", done(first), done(Trial("b", 1, 1)))
    for id in ("one", "two"):
        running.end(id, State.DONE)
    running.delete("one")
    assert [row.id for row in running.studies()] == ["two"]
    with pytest.raises(UnknownStudy):
        running.study("one")
    assert running.outcomes("one") == ()
    assert [outcome.test.tolist() for outcome in running.outcomes("two")] == [
        done(first).test.tolist(), done(Trial("b", 1, 1)).test.tolist(),
    ]  # fmt: skip
    running.delete("two")
    with sqlite3.connect(running.path) as db:
        left = {table: db.execute(f"select count(*) from {table}").fetchone()[0] for table in ("outcomes", "row_sets")}
    assert left == {"outcomes": 0, "row_sets": 0}


@pytest.mark.parametrize("state", [State.QUEUED, State.RUNNING])
def test_a_study_that_is_worked_on_is_not_deleted_and_neither_are_others_with_it(store, state):
    store.add(study_of("ended"))
    store.cancel("ended")
    store.add(study_of())
    if state is State.RUNNING:
        store.start("one")
    with pytest.raises(StoreError, match=f"The study 'Name' is {state}. Cancel it"):
        store.delete("ended", "one")
    assert {row.id for row in store.studies()} == {"ended", "one"}
    with pytest.raises(UnknownStudy):
        store.delete("ended", "none")
    assert store.state("ended") is State.CANCELLED


def test_a_deleted_study_runs_no_more_and_takes_no_outcome(running):
    assert running.is_running("one")
    running.cancel("one")
    assert not running.is_running("one")
    running.delete("one")
    assert not running.is_running("one")
    assert running.finish("one", done(study_of().trials()[0])) == 0
    assert running.outcomes("one") == ()
