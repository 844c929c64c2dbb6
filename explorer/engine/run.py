"""One study from its first missing trial to its last: hands work to the cluster and writes outcomes to the store."""

import queue
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from typing import Any

from explorer.engine import worker
from explorer.engine.cluster import Cluster
from explorer.engine.costs import cost, task
from explorer.engine.looking import Looking
from explorer.engine.plan import Batch, Job, Plan, Preparation
from explorer.errors import ExplorerError, OutOfTime
from explorer.recipes import is_ready, recipe
from explorer.records import Dataset, Outcome, State, Study, Trial
from explorer.store.store import Store
from explorer.techniques.base import Cost
from explorer.techniques.composing import compose
from explorer.trial import failed
from explorer.workspace import Workspace

#: Seconds between two looks at the store for a cancelled study.
LOOK_EVERY = 0.2
#: Seconds that running trials have to end by themselves after a cancel.
GRACE = 1.5
#: Expected seconds of a task below which a worker holds the next one already, so that it never waits for us.
SHORT = 2.0
#: Seconds beyond a trial's time limit that its worker may be silent, before it is ended by force.
OVERTIME = 5.0
SILENT = (
    "The trial told nothing for longer than its time limit of {seconds:g} s, so its worker was ended."
    " Choose fewer steps or smaller images, or run it again while the machine does nothing else."
)
#: Times that a task is handed out again after its data or its worker was lost on the way.
LOST = 3

Seen = Callable[[Sequence[Outcome]], None]


class Run:
    """One run of a study that the store has as running; `seen` is told of outcomes once they are stored."""

    def __init__(
        self, store: Store, cluster: Cluster, study: Study, dataset: Dataset, workspace: Workspace, seen: Seen
    ) -> None:
        self._store, self._cluster, self._study, self._seen = store, cluster, study, seen
        self._dataset, self._workspace = dataset, workspace
        cache = workspace.cache.absolute() if cluster.is_local else None
        self._errand = worker.Errand(uuid.uuid4().hex, study, cache)
        self._looking = None if study.until is None else Looking(store, study, study.until, dataset)
        self._plan = Plan(store.remaining(study.id), self._cost, self._key, self._ready)
        self._source = cluster.source(dataset, workspace)
        self._flight: dict[Any, Job] = {}
        self._lost: dict[Job, int] = {}
        self._suspects: list[Job] = []
        self._suspected: set[Job] = set()
        self._has_loaded = False
        self._landed: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._progress: dict[Trial, tuple[int, int, str]] = {}
        self._signs: dict[str, tuple[float, str]] = {}
        self._guard = threading.Lock()

    def execute(self) -> None:
        """Run all missing trials, or stop soon after the study is cancelled. Raises EngineError for a lost cluster.

        One that runs until its verdicts settle ends when they do, or with its minutes.
        """
        self._cluster.client.subscribe_topic(worker.TOPIC, self._note)
        try:
            looked = 0.0
            while not self._is_over():
                self._fill()
                if not self._flight:
                    break
                self._collect(LOOK_EVERY)
                if time.monotonic() > looked + LOOK_EVERY:
                    looked = time.monotonic()
                    if not self._store.is_running(self._study.id):
                        return self._stop()
                    self._look_after()
            self._stop()
        finally:
            self._cluster.client.unsubscribe_topic(worker.TOPIC)
        if self._looking is not None:
            self._looking.conclude()
        return close(self._store, self._study.id)

    def _is_over(self) -> bool:
        """Tell whether no more trials are wanted, though some may be left; let the plan know which are, else."""
        if self._looking is None:
            return False
        over = self._looking.is_over()
        self._plan.hold(self._looking.ahead)
        return over

    def _look_after(self) -> None:
        """Do what must be done now and then while trials run."""
        self._cluster.check()
        self._cluster.end_greedy()
        self._tell_progress()
        self._end_silent()

    # ---- handing out -------------------------------------------------------------------------------------------

    def _fill(self) -> None:
        slots = self._cluster.slots()
        while len(self._flight) < self._limit(slots):
            job = self._plan.next(slots)
            if job is None:
                break
            self._submit(job)
        if not self._flight and self._suspects:
            self._submit(self._suspects.pop())

    def _limit(self, slots: int) -> int:
        """Return how many tasks may be out: two a worker while all of them are short, so that none ever waits."""
        short = all(isinstance(job, Batch) and (job.seconds or SHORT) < SHORT for job in self._flight.values())
        return 2 * slots if short else slots

    def _submit(self, job: Job) -> None:
        client, study = self._cluster.client, self._study
        if isinstance(job, Preparation):
            arm = study.arm(job.trial.arm)
            future = client.submit(worker.make_ready, self._source, self._errand, arm, job.trial, pure=False)
        else:
            future = client.submit(worker.attempt, self._source, self._errand, job.trials, pure=False)
        self._flight[future] = job
        future.add_done_callback(self._landed.put)

    # ---- taking in ---------------------------------------------------------------------------------------------

    def _collect(self, seconds: float) -> None:
        """Wait for a finished task, at most some seconds, and take in all that are."""
        try:
            future = self._landed.get(timeout=seconds)
            while True:
                self._take(future)
                future = self._landed.get_nowait()
        except queue.Empty:
            return

    def _take(self, future: Any) -> None:
        job = self._flight.pop(future, None)
        if job is None:
            return
        with self._guard:
            self._signs.pop(future.key, None)
        if future.status == "finished":
            self._accept(job, future.result())
        elif future.status == "error":
            self._refuse(job, future.exception())
        else:
            self._lose(job)

    def _accept(self, job: Job, result: Any) -> None:
        if isinstance(job, Preparation):
            if result:
                self._plan.prepared(job.key)
            return
        for outcome in result:
            self._plan.took(outcome.trial, outcome.fit_seconds)
        self._keep(result)

    def _refuse(self, job: Job, error: BaseException) -> None:
        """Keep what went wrong as outcomes: of the trials that waited for a preparation, or of the one that died."""
        if isinstance(job, Batch) and len(job.trials) > 1:
            self._plan.again(job)
        elif self._cluster.is_death(error) and (job not in self._suspected or job in self._suspects):
            self._suspect(job)
        elif isinstance(job, Preparation):
            self._keep([failed(trial, error) for trial in self._plan.drop(job.key)])
        else:
            self._keep([failed(job.trials[0], error)])

    def _suspect(self, job: Job) -> None:
        """Try a task once more at the end, with nothing else on any worker: it may have died with a neighbour.

        Several workers may have been at the same preparation; it is tried alone once.
        """
        if job not in self._suspects:
            self._suspected.add(job)
            self._suspects.append(job)
        if isinstance(job, Preparation):
            self._plan.leave(job.key)

    def _lose(self, job: Job) -> None:
        """Hand out a task again whose data was lost with its workers, some times."""
        self._cluster.check()
        self._lost[job] = self._lost.get(job, 0) + 1
        if self._lost[job] > LOST:
            self._refuse(job, ExplorerError("The workers of this trial were lost several times. Check their memory."))
            return
        self._source = self._cluster.source(self._dataset, self._workspace)
        self._plan.again(job)

    def _keep(self, outcomes: Sequence[Outcome]) -> None:
        if outcomes:
            with self._guard:
                for outcome in outcomes:
                    self._progress.pop(outcome.trial, None)
            self._store.finish(self._study.id, *outcomes)
            self._load_torch()
            if self._looking is not None:
                self._looking.took(outcomes)
            self._seen(outcomes)

    def _load_torch(self) -> None:
        """Have workers import torch where long work follows: after the first outcome, which it would keep waiting."""
        if not self._has_loaded and self._plan.has_long_work:
            self._cluster.load_torch()
        self._has_loaded = True

    # ---- progress ----------------------------------------------------------------------------------------------

    def _note(self, event: Any) -> None:
        """Take in a message of a worker; called by a thread of Dask."""
        message = event[1]
        if message["run"] == self._errand.run:
            with self._guard:
                self._progress[Trial(*message["trial"])] = (message["done"], message["total"], message["worker"])
                self._signs[message["task"]] = (time.monotonic(), message["address"])

    def _tell_progress(self) -> None:
        running = {trial for job in self._flight.values() if isinstance(job, Batch) for trial in job.trials}
        running |= {job.trial for job in self._flight.values() if isinstance(job, Preparation)}
        with self._guard:
            news, self._progress = self._progress, {}
        for trial, (done, total, name) in news.items():
            if trial in running:
                self._store.report(self._study.id, trial, done, total, name)

    # ---- work that never looks up ------------------------------------------------------------------------------

    def _end_silent(self) -> None:
        """End tasks by force whose worker gave no sign for longer than a trial may take.

        A trial that tells its steps ends itself at its limit; one that hangs, or sits in a long call, cannot.
        """
        with self._guard:
            latest = time.monotonic() - self._study.seconds - OVERTIME
            silent = {task: address for task, (at, address) in self._signs.items() if at < latest}
        for future, job in list(self._flight.items()):
            if future.key in silent and future.status == "pending":
                self._end_one(future, job, silent[future.key])

    def _end_one(self, future: Any, job: Job, address: str) -> None:
        with self._guard:
            self._signs.pop(future.key)
        if self._cluster.abandon_one(future, address):
            del self._flight[future]
            self._refuse(job, OutOfTime(SILENT.format(seconds=self._study.seconds)))

    # ---- the end -----------------------------------------------------------------------------------------------

    def _stop(self) -> None:
        """End what runs, by asking and then by force; what finishes meanwhile is kept."""
        if not self._flight:
            return
        self._cluster.stop(self._errand.run)
        end = time.monotonic() + GRACE
        while self._flight and time.monotonic() < end:
            self._collect(0.1)
        if self._flight:
            self._cluster.abandon(list(self._flight))
            self._flight.clear()

    # ---- what the plan asks ------------------------------------------------------------------------------------

    def _cost(self, trial: Trial) -> Cost:
        try:
            parts = compose(self._study.arm(trial.arm), self._dataset.kind, self._study.free)
            return cost(parts, task(self._dataset, self._study, trial.budget))
        except ExplorerError:
            return Cost(0.0, 0.0)

    def _key(self, trial: Trial) -> str | None:
        try:
            return recipe(self._dataset, self._study, self._study.arm(trial.arm), trial.seed)
        except ExplorerError:
            return None

    def _ready(self, key: str) -> bool:
        return self._cluster.is_local and is_ready(key, self._workspace.cache)


def close(store: Store, id: str) -> None:
    """End a running study of which no trial is wanted any more: as failed where every one has failed, else as done."""
    over = [state for state in store.trial_states(id).values() if state in (State.DONE, State.FAILED)]
    if over and all(state is State.FAILED for state in over):
        reason = store.failures(id)[0].message
        store.end(id, State.FAILED, f"All trials failed, most of them with: {reason}")
    else:
        store.end(id, State.DONE)
