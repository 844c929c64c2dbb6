"""A study on worker processes: complete, the same bits as without them, cancelled in time, and hard to kill."""

import functools
import os
import signal
import threading
import time
from types import SimpleNamespace

import psutil
import pytest
from distributed import system

from explorer.engine import run, worker
from explorer.engine.cluster import connected
from explorer.engine.plan import LONG
from explorer.engine.service import run_study
from explorer.records import Arm, Choice, Outcome, State, Study, Until
from explorer.techniques.base import Cost
from explorer.techniques.monitors import Quiet
from explorer.trial import run_trial


@pytest.fixture(scope="module")
def cluster(marks):
    with connected(None, 2) as cluster:
        yield cluster


@pytest.fixture
def go(cluster, store, workspace):
    """Return a function that runs a queued study and returns what was seen of it."""

    def to_the_end(study):
        seen = []
        run_study(store, workspace, study.id, lambda: cluster, seen.extend)
        return seen

    return to_the_end


@pytest.fixture
def start(go):
    """Return a function that runs a queued study in a thread, and returns the thread."""
    threads = []

    def begin(study):
        threads.append(threading.Thread(target=go, args=(study,)))
        threads[-1].start()
        return threads[-1]

    yield begin
    for thread in threads:
        thread.join(timeout=30)


def test_workers_find_the_same_bits_as_this_process(go, add, store, dataset, tmp_path):
    study = add(spy_fixed={}, spy_trained={"steps": 2})
    seen = go(study)
    assert store.state("one") is State.DONE
    outcomes = {outcome.trial: outcome for outcome in store.outcomes("one")}
    assert set(outcomes) == set(study.trials()) == {outcome.trial for outcome in seen}
    for trial in study.trials():
        alone = run_trial(dataset, study, trial, cache=tmp_path / "cache", monitor=Quiet())
        assert outcomes[trial].probabilities.tobytes() == alone.probabilities.tobytes()
        assert outcomes[trial].versions["threads"] == "1"


def test_a_failing_technique_is_kept_and_the_study_goes_on(go, add, store):
    study = add(broken={"above": 3}, spy_fixed={})
    go(study)
    assert store.state("one") is State.DONE
    states = store.trial_states("one")
    assert all(
        (state is State.FAILED) == (trial.arm == "broken" and trial.budget == 2) for trial, state in states.items()
    )
    (failure,) = store.failures("one")
    assert failure.message == "ValueError: broken on purpose"
    assert "Traceback" in failure.traceback


def test_a_study_has_failed_when_all_of_it_has(go, add, store):
    go(add(broken={"how": "features"}))
    assert store.state("one") is State.FAILED
    assert "no features on purpose" in store.problem("one")
    assert len(store.outcomes("one")) == 4


def test_an_arm_that_cannot_be_composed_on_the_way_fails_alone(go, store, dataset):
    nested = Arm("nested", "Nested", Choice("everything", {"made_of": "everything, hog"}))
    arms = (nested, Arm("spy", "Spy", Choice("spy_fixed")))
    study = Study("one", "one", dataset.fingerprint, arms, budgets=(1,), seeds=1)
    store.add(study)
    go(study)
    assert store.state("one") is State.DONE, store.problem("one")
    (failure,) = store.failures("one")
    assert "is made of an arm that is made of arms" in failure.message


def test_a_study_without_its_data_says_so(cluster, workspace, add, store, dataset):
    add(spy_fixed={})
    (workspace.datasets / dataset.fingerprint / "about.json").rename(workspace.home / "away")
    run_study(store, workspace, "one", lambda: cluster, print)
    assert store.state("one") is State.FAILED
    assert "Open its files again" in store.problem("one")


def test_cancel_takes_effect_at_once_and_keeps_what_is_done(start, add, store, wait_for, cluster):
    thread = start(add(spy_fixed={}, spy_trained={"steps": 3000}))
    wait_for(lambda: len(store.progress("one")) == 2 and len(store.outcomes("one")) >= 2)
    wait_for(lambda: all(each.total == 3000 and each.done > 0 for each in store.progress("one")))
    began = time.monotonic()
    store.cancel("one")
    thread.join(10)
    assert time.monotonic() - began < 3
    assert store.state("one") is State.CANCELLED
    assert store.progress("one") == ()
    kept = len(store.outcomes("one"))
    assert kept >= 2
    time.sleep(0.5)
    assert not any(cluster.client.processing().values())
    assert len(store.outcomes("one")) == kept


def test_a_study_that_is_deleted_while_it_stops_ends_quietly(start, go, add, store, wait_for, cluster):
    thread = start(add(spy_trained={"steps": 3000}))
    wait_for(lambda: any(each.done > 0 for each in store.progress("one")))
    store.cancel("one")
    store.delete("one")
    thread.join(10)
    assert not thread.is_alive()
    wait_for(lambda: not any(cluster.client.processing().values()), 5)
    assert store.studies() == ()
    go(add("two", spy_fixed={}))
    assert store.state("two") is State.DONE


def test_a_trial_that_never_looks_up_is_killed_in_time(start, go, add, store, wait_for, marks):
    thread = start(add(deadly={"how": "hang"}))
    wait_for(lambda: len(list(marks.iterdir())) == 2)
    began = time.monotonic()
    store.cancel("one")
    thread.join(10)
    assert time.monotonic() - began < 3
    for mark in marks.iterdir():
        pid = int(mark.name.rpartition("-")[2])
        wait_for(lambda pid=pid: not os.path.exists(f"/proc/{pid}"), 5)  # noqa: PTH110
    go(add("two", spy_fixed={}))
    assert store.state("two") is State.DONE


def test_a_trial_that_is_silent_beyond_its_limit_fails_and_the_others_go_on(go, add, store, marks, monkeypatch):
    monkeypatch.setattr(run, "OVERTIME", 0.5)
    began = time.monotonic()
    go(add(deadly={"how": "hang"}, spy_trained={"steps": 20}, budgets=(1,), seconds=2.0))
    assert time.monotonic() - began < 20
    assert store.state("one") is State.DONE
    states = store.trial_states("one")
    assert all((state is State.FAILED) == (trial.arm == "deadly") for trial, state in states.items())
    (failure,) = store.failures("one")
    assert failure.message.startswith("The trial told nothing for longer than its time limit of 2 s")
    for mark in marks.iterdir():
        assert not os.path.exists(f"/proc/{mark.name.rpartition('-')[2]}")  # noqa: PTH110
    assert len(list(marks.iterdir())) == 2  # each was tried once


def test_a_preparation_that_hangs_before_its_first_step_is_ended_too(go, add, store, dataset, monkeypatch):
    monkeypatch.setattr(run, "OVERTIME", 0.5)
    hung = Arm("stuck", "stuck", Choice("spy_fixed"), denoising=Choice("stuck"))
    study = Study("one", "one", dataset.fingerprint, (hung,), budgets=(1, 2), seeds=1, seconds=2.0)
    store.add(study)
    began = time.monotonic()
    go(study)
    assert time.monotonic() - began < 20
    assert list(store.trial_states("one").values()) == [State.FAILED] * 2
    assert "its time limit of 2 s" in store.problem("one")


def test_work_that_tells_its_steps_is_not_silent(go, add, store, monkeypatch):
    monkeypatch.setattr(run, "OVERTIME", -1.0)
    go(add(spy_trained={"steps": 200}, budgets=(1,), seeds=1, seconds=2.0))
    (outcome,) = store.outcomes("one")
    assert "told nothing" not in outcome.error


def test_a_task_that_is_no_longer_where_it_gave_a_sign_is_left_alone(cluster):
    future = cluster.client.submit(time.sleep, 0.5, pure=False)
    assert not cluster.abandon_one(future, "tcp://127.0.0.1:9")
    assert future.result(timeout=20) is None


def test_tasks_of_others_are_left_alone_when_ours_are_given_up(cluster, wait_for):
    client = cluster.client
    ours, theirs = client.scheduler_info()["workers"]
    hang, wait = (
        client.submit(time.sleep, seconds, pure=False, workers=[where]) for seconds, where in ((60, ours), (3, theirs))
    )
    pids = client.run(os.getpid)
    wait_for(lambda: hang.key in client.processing()[ours])  # a task that no worker has yet is no worker's fault
    cluster.abandon([hang])
    assert wait.result(timeout=30) is None
    wait_for(lambda: not psutil.pid_exists(pids[ours]))
    client.wait_for_workers(2, timeout=30)
    assert psutil.pid_exists(pids[theirs])


@pytest.fixture(scope="module")
def little_memory(marks):
    """Return a cluster of one worker on a machine that has half a gigabyte; it gives a task up after two deaths."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(system, "MEMORY_LIMIT", 500_000_000)
        with connected(None, 1) as cluster:
            cluster.client.cluster.scheduler.allowed_failures = 1
            yield cluster


def test_mapped_files_do_not_count_as_memory_of_a_worker(little_memory, add, store, workspace):
    add(hungry={"how": "maps"}, budgets=(1,), seeds=1)
    pids = little_memory.client.run(os.getpid)
    run_study(store, workspace, "one", lambda: little_memory, lambda _: None)
    assert [outcome.state for outcome in store.outcomes("one")] == [State.DONE]
    assert little_memory.client.run(os.getpid) == pids


def test_workers_keep_freed_memory_and_compute_on_one_thread(cluster):
    found = cluster.client.submit(lambda: dict(os.environ), pure=False).result()
    assert found["OMP_NUM_THREADS"] == "1"
    assert int(found["MALLOC_TRIM_THRESHOLD_"]) > 1 << 28, "Dask's own value makes training a third slower"


def test_workers_load_torch_after_the_first_outcome_where_there_is_long_work(
    cluster, monkeypatch, add, store, workspace
):
    stored = []
    monkeypatch.setattr(type(cluster), "load_torch", lambda self: stored.append(len(store.outcomes("long"))))
    go = functools.partial(run_study, store, workspace, cluster=lambda: cluster, seen=lambda _: None)
    add("quick", spy_fixed={})
    go("quick")
    assert not stored
    monkeypatch.setattr(run, "cost", lambda *_: Cost(0.0, LONG))
    add("long", spy_fixed={})
    go("long")
    assert len(stored) == 1, "once a run"
    assert 0 < stored[0] < len(store.outcomes("long")), "the import kept the first point waiting"


@pytest.mark.slow
def test_a_worker_that_eats_the_memory_of_others_is_ended_and_the_study_goes_on(little_memory, add, store, workspace):
    add(hungry={"how": "eats"}, spy_fixed={}, budgets=(1,), seeds=1)
    run_study(store, workspace, "one", lambda: little_memory, lambda _: None)
    assert store.state("one") is State.DONE
    (failure,) = store.failures("one")
    assert "KilledWorker" in failure.message
    assert len(store.outcomes("one")) == 2


def test_a_trial_whose_worker_dies_is_run_again(go, add, store, marks):
    go(add(deadly={"how": "once"}, spy_fixed={}))
    assert store.state("one") is State.DONE
    assert store.failures("one") == ()
    assert len(store.outcomes("one")) == 8
    assert len(list(marks.iterdir())) >= 5


@pytest.mark.slow
def test_a_trial_that_always_kills_its_worker_fails_and_the_study_goes_on(go, add, store):
    go(add(deadly={"how": "always"}, spy_fixed={}, budgets=(1,), seeds=1))
    assert store.state("one") is State.DONE
    (failure,) = store.failures("one")
    assert "KilledWorker" in failure.message
    assert len(store.outcomes("one")) == 2


class Scripted:
    """Stands for a cluster of two workers on which preparations end as told, and trials well."""

    is_local = False

    def __init__(self, ends):
        self.ends, self.out, self.beside = list(ends), [], []
        self.client = SimpleNamespace(submit=self.submit, subscribe_topic=_nothing, unsubscribe_topic=_nothing)
        self.source = self.check = self.end_greedy = self.load_torch = _nothing

    def slots(self):
        return 2

    def is_death(self, error):
        return isinstance(error, ConnectionError)

    def submit(self, work, source, errand, *given, pure):
        if work is worker.make_ready:
            self.beside.append(sum(not each.taken for each in self.out))
            self.out.append(Landed(self.ends.pop(0)))
        else:
            self.out.append(Landed([Outcome(trial, State.DONE) for trial in given[0]]))
        return self.out[-1]


class Landed:
    """A task that has ended before anybody asks."""

    def __init__(self, end):
        self.key, self.end, self.taken = object(), end, False
        self.status = "error" if isinstance(end, Exception) else "finished"

    def add_done_callback(self, told):
        told(self)

    def result(self):
        self.taken = True
        return self.end

    exception = result


def _nothing(*_):
    pass


@pytest.mark.parametrize(("third", "state"), [(True, State.DONE), (ConnectionError("died"), State.FAILED)])
def test_a_preparation_that_died_beside_others_is_tried_alone_before_its_trials_are_given_up(
    third, state, add, store, workspace, monkeypatch
):
    monkeypatch.setattr(run, "cost", lambda *_: Cost(LONG, 0.1))
    study = add(spy_fixed={})
    cluster = Scripted([ConnectionError("died"), ConnectionError("died"), third])
    run_study(store, workspace, study.id, lambda: cluster, _nothing)
    assert set(store.trial_states("one").values()) == {state}
    assert cluster.beside == [0, 1, 0], "two workers shared it, then one was at it alone"


def test_a_worker_killed_from_outside_costs_no_trial(start, add, store, wait_for, cluster):
    thread = start(add(spy_trained={"steps": 60}))
    wait_for(lambda: store.progress("one"))
    pid = next(iter(cluster.client.run(os.getpid).values()))
    os.kill(pid, signal.SIGKILL)
    thread.join(60)
    assert store.state("one") is State.DONE
    assert [outcome.state for outcome in store.outcomes("one")] == [State.DONE] * 4


def test_resuming_runs_nothing_twice(start, go, add, store, wait_for):
    study = add(spy_trained={"steps": 40}, seeds=4)
    thread = start(study)
    wait_for(lambda: len(store.outcomes("one")) >= 2)
    store.cancel("one")
    thread.join(10)
    before = {outcome.trial for outcome in store.outcomes("one")}
    assert 2 <= len(before) < 8
    store.resume("one")
    seen = go(study)
    assert {outcome.trial for outcome in seen} == set(study.trials()) - before
    assert len(seen) == len(study.trials()) - len(before)
    assert store.state("one") is State.DONE


# ---- until the verdicts settle -----------------------------------------------------------------------------------


def test_a_large_difference_settles_at_the_first_look_and_the_rest_is_dropped(go, add, store):
    study = add(majority={}, spy_fixed={}, seeds=20, until=Until(10.0, "majority"))
    seen = go(study)
    assert store.state("one") is State.DONE, store.problem("one")
    (look,) = store.looks("one")
    assert (look.seeds, look.clear, look.open, look.final) == (3, ("spy_fixed",), (), True)
    finished = {outcome.trial for outcome in store.outcomes("one")}
    assert {trial for trial in study.trials() if trial.seed < 3} <= finished == {each.trial for each in seen}
    assert {trial.seed for trial in finished} <= set(range(4)), "no further ahead than the next look"
    assert store.remaining("one") == ()
    store.resume("one")
    assert store.state("one") is State.DONE, "it has stopped for good"


def test_one_arm_under_two_names_runs_to_its_last_seed(go, store, dataset):
    arms = tuple(Arm(name, name, Choice("spy_trained", {"steps": steps})) for name, steps in (("a", 1), ("b", 2)))
    study = Study("one", "one", dataset.fingerprint, arms, (1, 2), seeds=4, until=Until(10.0, "a", practical=0.0))
    store.add(study)
    go(study)
    assert store.state("one") is State.DONE
    assert [look.seeds for look in store.looks("one")] == [3, 4]
    assert store.looks("one")[-1].open == ("b",)
    assert len(store.outcomes("one")) == len(study.trials())


def test_minutes_end_a_study_in_the_middle_of_its_trials(go, add, store, cluster):
    study = add(majority={}, spy_trained={"steps": 100}, seeds=20, until=Until(0.05, "majority", practical=0.0))
    began = time.monotonic()
    go(study)
    assert time.monotonic() - began < 12
    assert store.state("one") is State.DONE
    assert store.progress("one") == ()
    last = store.looks("one")[-1]
    assert last.final
    assert last.seeds < study.seeds
    assert sum(look.level for look in store.looks("one")) == pytest.approx(0.05)
    assert not any(cluster.client.processing().values())


def test_cancel_and_resume_go_on_at_the_next_look(start, go, store, dataset, wait_for):
    arms = tuple(Arm(name, name, Choice("spy_trained", {"steps": steps})) for name, steps in (("a", 60), ("b", 61)))
    study = Study("one", "one", dataset.fingerprint, arms, (1, 2), seeds=4, until=Until(10.0, "a", practical=0.0))
    store.add(study)
    thread = start(study)
    wait_for(lambda: store.looks("one"))
    store.cancel("one")
    thread.join(10)
    assert store.state("one") is State.CANCELLED
    (first,) = store.looks("one")
    assert not first.final
    store.resume("one")
    go(study)
    assert store.state("one") is State.DONE
    assert store.looks("one")[0] == first
    assert [look.seeds for look in store.looks("one")] == [3, 4]


def test_a_study_of_this_kind_fails_when_all_of_it_has(go, add, store):
    go(add(broken={"how": "features"}, spy_fixed={}, majority={}, seeds=3, until=Until(10.0, "majority")))
    assert store.state("one") is State.DONE
    assert store.looks("one")[-1].clear == ("spy_fixed",), "an arm that always failed has no verdict to wait for"
    go(add("two", broken={"how": "features"}, seeds=3, until=Until(10.0, "broken")))
    assert store.state("two") is State.FAILED
    store.resume("two")
    assert store.looks("two") == (), "looks that saw nothing have spent nothing"
