"""Features and cleaned inputs: right, cached by content, shared by workers, safe against death and cancelling."""

import subprocess
import sys
import threading
import time
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from explorer import blocks, recipes
from explorer.cautions import is_caution
from explorer.errors import Cancelled, OutOfTime
from explorer.journal import Patience
from explorer.preparing import Picked, prepared
from explorer.recipes import is_ready, manifest, recipe_of
from explorer.records import Arm, Choice, Rows, Slot
from explorer.techniques.composing import Parts, compose
from explorer.techniques.discovery import build
from explorer.techniques.monitors import Quiet

FIXED = Choice("spy_fixed")
TOYS = Path(__file__).parents[2] / "toys"


@pytest.fixture(autouse=True)
def _toys(monkeypatch):
    monkeypatch.setenv("EXPLORER_TECHNIQUES", str(TOYS))


@pytest.fixture
def dataset(make_dataset):
    return make_dataset(np.tile([0, 1], 250))


class Counting:
    """A model whose features are the pixels; counts the rows it is asked for."""

    def __init__(self, inner):
        self.inner, self.rows, self.guard = inner, 0, threading.Lock()

    def __call__(self, inputs, learnt):
        with self.guard:
            self.rows += len(inputs)
        return self.inner.features(inputs)


@pytest.fixture
def counted(monkeypatch):
    parts = compose(Arm("a", "A", Choice("spy_fixed")))
    counter = Counting(parts.model)
    monkeypatch.setattr(type(parts.model), "features", lambda self, inputs, learnt: counter(inputs, learnt))
    counter.inner = type("Plain", (), {"features": staticmethod(lambda inputs: inputs.reshape(len(inputs), -1))})
    return parts, counter


def features_file(dataset, parts, cache):
    """Return the file of the features of all rows."""
    return cache / manifest(recipe_of(dataset, parts, np.arange(9), 0), cache)["features"]


def test_features_are_those_of_every_row_and_are_computed_once(dataset, tmp_path, counted):
    parts, counter = counted
    pool = np.arange(100)
    first = prepared(dataset, parts, pool, 0, cache=tmp_path, monitor=Quiet())
    expected = dataset.scaling.apply(dataset.inputs).reshape(len(dataset), -1)
    assert np.array_equal(first.features, expected)
    assert isinstance(first.features, np.memmap)
    again = prepared(dataset, parts, pool[:50], 1, cache=tmp_path, monitor=Quiet())
    assert np.array_equal(again.features, expected)
    assert counter.rows == len(dataset)
    assert [path.name for path in tmp_path.glob("*.npy")] == [features_file(dataset, parts, tmp_path).name]


@pytest.fixture
def clock(monkeypatch):
    """Count a second more at every look at the clock by which work is timed; return what was counted."""
    looks = []
    monkeypatch.setattr(blocks.time, "perf_counter", lambda: looks.append(0) or float(len(looks)))
    return looks


def test_what_it_took_is_known_to_whoever_finds_it_ready(dataset, tmp_path, clock):
    parts = compose(Arm("a", "A", FIXED, denoising=Choice("spy_cleaner")))
    first = prepared(dataset, parts, np.arange(100), 0, cache=tmp_path, monitor=Quiet())
    assert len(first.took) == 3, "what was learnt, cleaned inputs and features"
    blocks_of_each = -(-len(dataset) // blocks.BLOCK_ROWS)
    assert sorted(first.took.values()) == [1.0, blocks_of_each, blocks_of_each]
    looked = len(clock)
    again = prepared(dataset, parts, np.arange(100), 0, cache=tmp_path, monitor=Quiet())
    assert (dict(again.took), len(clock)) == (first.took, looked)
    other = compose(Arm("b", "B", Choice("spy_trained"), denoising=Choice("spy_cleaner")))
    shared = prepared(dataset, other, np.arange(100), 0, cache=tmp_path, monitor=Quiet())
    assert shared.took.items() < first.took.items(), "another arm uses what was cleaned, and knows what that took"
    assert not [path for path in tmp_path.glob("*.*.took") if path.name.count(".") > 1], "blocks leave nothing"
    assert prepared(dataset, Parts(other.model), np.arange(9), 0, cache=tmp_path, monitor=Quiet()).took == {}


def test_a_cache_of_an_earlier_version_is_used_and_what_it_took_is_not_known(dataset, tmp_path, counted):
    parts, counter = counted
    first = prepared(dataset, parts, np.arange(9), 0, cache=tmp_path, monitor=Quiet())
    ((name, _),) = first.took.items()
    key = recipe_of(dataset, parts, np.arange(9), 0)
    kept = manifest(key, tmp_path)
    del kept["took"]
    blocks.write_json(recipes.manifest_file(key, tmp_path), kept)
    for path in tmp_path.glob("*.took"):
        path.unlink()
    assert prepared(dataset, parts, np.arange(9), 0, cache=tmp_path, monitor=Quiet()).took == {name: None}
    recipes.manifest_file(key, tmp_path).unlink()
    assert prepared(dataset, parts, np.arange(9), 0, cache=tmp_path, monitor=Quiet()).took == {name: None}
    assert counter.rows == len(dataset), "nothing is made again"


def begun_and_cancelled(dataset, parts, counter, cache):
    """Prepare two blocks of the features, and be cancelled."""

    class Stopper:
        def step(self, done, total):
            if counter.rows >= 256:
                raise Cancelled("stop")

    with pytest.raises(Cancelled):
        prepared(dataset, parts, np.arange(9), 0, cache=cache, monitor=Stopper())


def test_what_several_workers_took_adds_up(dataset, tmp_path, counted, clock):
    parts, counter = counted
    begun_and_cancelled(dataset, parts, counter, tmp_path)
    found = prepared(dataset, parts, np.arange(9), 0, cache=tmp_path, monitor=Quiet())
    assert list(found.took.values()) == [-(-len(dataset) // blocks.BLOCK_ROWS)]


def test_workers_share_the_work_and_get_the_same(dataset, tmp_path, counted):
    parts, counter = counted
    found = []
    go = threading.Barrier(4)

    def work():
        go.wait()
        found.append(prepared(dataset, parts, np.arange(9), 0, cache=tmp_path, monitor=Quiet()).features)

    threads = [threading.Thread(target=work) for _ in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert len(found) == 4
    assert all(np.array_equal(each, found[0]) for each in found)
    assert counter.rows == len(dataset)


def test_cancelling_keeps_finished_blocks(dataset, tmp_path, counted):
    parts, counter = counted
    begun_and_cancelled(dataset, parts, counter, tmp_path)
    assert counter.rows == 256
    prepared(dataset, parts, np.arange(9), 0, cache=tmp_path, monitor=Quiet())
    assert counter.rows == len(dataset)


def test_a_block_whose_worker_died_is_taken_over(dataset, tmp_path):
    parts = compose(Arm("a", "A", Choice("spy_fixed")))
    prepared(dataset, parts, np.arange(9), 0, cache=tmp_path, monitor=Quiet())
    whole = features_file(dataset, parts, tmp_path)
    whole.unlink()
    script = (
        "import sys, time; from filelock import FileLock; lock = FileLock(sys.argv[1]); lock.acquire();"
        "print(1, flush=True); time.sleep(60)"
    )
    lock = whole.with_suffix(".0.lock")
    with subprocess.Popen([sys.executable, "-c", script, str(lock)], stdout=subprocess.PIPE) as holder:
        holder.stdout.readline()
        started = time.monotonic()
        threading.Timer(0.5, holder.kill).start()
        found = prepared(dataset, parts, np.arange(9), 0, cache=tmp_path, monitor=Quiet())
        waited = time.monotonic() - started
    assert waited >= 0.5
    assert len(found.features) == len(dataset)


def test_a_denoiser_that_learns_is_cached_by_pool_and_seed(dataset):
    model = build(Slot.MODEL, Choice("spy_fixed"))
    learns = Parts(model, build(Slot.DENOISING, Choice("spy_cleaner")))
    rule = Parts(model, build(Slot.DENOISING, Choice("rule")))
    one, two = np.arange(50), np.arange(60)
    assert recipe_of(dataset, learns, one, 0) != recipe_of(dataset, learns, two, 0)
    assert recipe_of(dataset, learns, one, 0) != recipe_of(dataset, learns, one, 1)
    assert recipe_of(dataset, rule, one, 0) == recipe_of(dataset, rule, two, 1)
    assert recipe_of(dataset, rule, one, 0) != recipe_of(dataset, Parts(model), one, 0)


def test_no_half_written_file_is_ever_visible(dataset, tmp_path, monkeypatch):
    parts = compose(Arm("a", "A", Choice("spy_fixed")))

    def dying(path, values):
        blocks._partial(path).write_bytes(b"half")
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(blocks, "_write", dying)
        with pytest.raises(KeyboardInterrupt):
            prepared(dataset, parts, np.arange(9), 0, cache=tmp_path, monitor=Quiet())
    assert not list(tmp_path.glob("*.npy"))
    assert list(tmp_path.iterdir())
    assert len(prepared(dataset, parts, np.arange(9), 0, cache=tmp_path, monitor=Quiet()).features) == len(dataset)


@pytest.mark.parametrize("damage", [b"", b"nonsense", "half"])
def test_a_file_that_cannot_be_read_is_made_anew(dataset, tmp_path, counted, damage):
    parts, counter = counted
    first = np.array(prepared(dataset, parts, np.arange(9), 0, cache=tmp_path, monitor=Quiet()).features)
    key = recipe_of(dataset, parts, np.arange(9), 0)
    path = features_file(dataset, parts, tmp_path)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2] if damage == "half" else damage)
    path.with_suffix(".0.npy").write_bytes(b"a block cut short")
    assert not is_ready(key, tmp_path)
    again = prepared(dataset, parts, np.arange(9), 0, cache=tmp_path, monitor=Quiet())
    assert np.array_equal(again.features, first)
    assert counter.rows == 2 * len(dataset)
    assert is_ready(key, tmp_path)


def test_what_is_learnt_from_a_pool_is_learnt_once_and_told_again(dataset, tmp_path):
    parts = Parts(build(Slot.MODEL, Choice("spy_fixed")), build(Slot.DENOISING, Choice("spy_cleaner")))
    seen = type(parts.denoising).learn.__globals__["SEEN"]
    seen.clear()
    first = prepared(dataset, parts, np.arange(50), 0, cache=tmp_path, monitor=Quiet())
    again = prepared(dataset, parts, np.arange(50), 0, cache=tmp_path, monitor=Quiet())
    assert len(seen) == 1
    assert np.array_equal(seen[0][0], dataset.scaling.apply(dataset.inputs[:50]))
    for each in (first, again):
        assert each.reports["strength"] == 0.5
        assert each.notes[0] == "The images were halved."
        assert is_caution(each.notes[0])


def test_what_is_told_of_a_pool_comes_back_where_a_part_of_the_cache_was_cleared(dataset, tmp_path):
    cleaning = build(Slot.DENOISING, Choice("spy_cleaner"))
    first, other = (Parts(build(Slot.MODEL, Choice(model)), cleaning) for model in ("spy_fixed", "pixels"))
    prepared(dataset, first, np.arange(50), 0, cache=tmp_path, monitor=Quiet())
    (told,) = tmp_path.glob("*.told.json")
    told.unlink()
    assert prepared(dataset, other, np.arange(50), 0, cache=tmp_path, monitor=Quiet()).reports["strength"] == 0.5


def test_pools_that_teach_the_same_share_what_is_cleaned(dataset, tmp_path):
    parts = Parts(build(Slot.MODEL, Choice("spy_fixed")), build(Slot.DENOISING, Choice("spy_cleaner")))
    keys = [recipe_of(dataset, parts, pool, 0) for pool in (np.arange(50), np.arange(60))]
    for pool in (np.arange(50), np.arange(60)):
        prepared(dataset, parts, pool, 0, cache=tmp_path, monitor=Quiet())
    one, two = (manifest(key, tmp_path) for key in keys)
    assert keys[0] != keys[1]
    assert (one["inputs"], one["features"]) == (two["inputs"], two["features"])


# ---- cleaning is reported, and judged where the truth is known ----


def _cleaning(name, **settings):
    return Parts(build(Slot.MODEL, Choice("spy_fixed")), build(Slot.DENOISING, Choice(name, settings)))


def test_added_noise_is_that_of_the_row_and_comes_before_cleaning_and_learning(dataset, tmp_path):
    parts = _cleaning("spy_cleaner", added_noise="gaussian", sigma=0.1)
    seen = type(parts.denoising).learn.__globals__["SEEN"]
    seen.clear()
    pool = np.arange(10, 70)
    found = prepared(dataset, parts, pool, 0, cache=tmp_path, monitor=Quiet())
    noisy = parts.denoising.noise.added(dataset.scaling.apply(dataset.inputs), 0)
    assert np.array_equal(seen[0][0], noisy[pool])
    assert np.array_equal(found.inputs.values, parts.denoising.clean(noisy, {"factor": np.float32(0.5)}))
    other = prepared(
        dataset, _cleaning("none", added_noise="gaussian", sigma=0.1), pool[:5], 1, cache=tmp_path, monitor=Quiet()
    )
    assert np.array_equal(other.inputs.values, noisy), "the same for all arms and seeds"


def test_a_report_is_the_same_whoever_comes_first(dataset, tmp_path):
    parts = _cleaning("rule")
    pools = (np.arange(50), np.arange(100, 200))
    one, two = (
        prepared(dataset, parts, pool, seed, cache=tmp_path / str(seed), monitor=Quiet()).reports
        for seed, pool in enumerate(pools)
    )
    assert one == two
    learns = _cleaning("spy_cleaner")
    one, two = (prepared(dataset, learns, pool, 0, cache=tmp_path, monitor=Quiet()).reports for pool in pools)
    assert one != two, "what is learnt from a pool is looked at on that pool"


def test_without_clean_images_nothing_is_compared(dataset, tmp_path):
    found = prepared(dataset, _cleaning("rule"), np.arange(50), 0, cache=tmp_path, monitor=Quiet())
    assert found.reports["denoising"]["truth"] is None
    assert found.reports["denoising"]["rows"] == 64


def test_clean_images_beside_the_data_come_before_those_before_noise_was_added(dataset, make_dataset, tmp_path):
    noisy = _cleaning("none", added_noise="gaussian", sigma=0.1)
    found = prepared(dataset, noisy, np.arange(50), 0, cache=tmp_path, monitor=Quiet()).reports["denoising"]["truth"]
    assert found["compared_with"] == "the images before noise was added"
    assert found["psnr_before"] == found["psnr_after"] == pytest.approx(20.5, abs=1.0)
    twins = make_dataset(dataset.labels, clean=np.array(dataset.inputs), fingerprint="with twins")
    found = prepared(twins, noisy, np.arange(50), 0, cache=tmp_path, monitor=Quiet()).reports["denoising"]["truth"]
    assert found["compared_with"] == "the clean images beside the data"


# ---- memory, time and number format ----


def test_a_pool_is_read_where_it_is_looked_at_and_shows_no_other_row(dataset, monkeypatch, tmp_path):
    parts = Parts(build(Slot.MODEL, Choice("spy_fixed")), build(Slot.DENOISING, Choice("spy_cleaner")))
    pools = []

    def learn(self, pool, *, seed, monitor):
        pools.append(pool)
        return {"factor": np.float32(0.5)}

    monkeypatch.setattr(type(parts.denoising), "learn", learn)
    chosen = np.arange(40, 140)
    prepared(dataset, parts, chosen, 0, cache=tmp_path, monitor=Quiet())
    (pool,) = pools
    copied = dataset.rows(chosen)
    assert isinstance(pool.values, Picked)
    assert (len(pool), pool.shape, pool.values.dtype) == (100, copied.shape, copied.values.dtype)
    for which in (slice(None), slice(5, 9), np.array([3, 90, 3]), 7):
        assert np.array_equal(pool[which], copied[which])
    assert np.array_equal(np.asarray(pool.values), copied.values)
    with pytest.raises(IndexError):
        pool[np.array([100])]


def test_rows_of_features_are_copied_once(dataset, tmp_path):
    parts = compose(Arm("a", "A", Choice("spy_fixed")))
    found = prepared(dataset, parts, np.arange(9), 0, cache=tmp_path, monitor=Quiet())
    tracemalloc.start()
    rows = found.rows(np.arange(400))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert type(rows) is np.ndarray
    assert rows.nbytes <= peak < 1.5 * rows.nbytes
    rows[:] = 0
    assert found.features[:400].any()


def test_few_rows_pass_between_two_looks_at_the_monitor(dataset, tmp_path):
    parts = compose(Arm("a", "A", Choice("spy_fixed")))
    steps = []

    class Counter:
        def step(self, done, total):
            steps.append(done)

    prepared(dataset, parts, np.arange(9), 0, cache=tmp_path, monitor=Counter())
    assert max(np.diff(sorted(set(steps)))) <= 16


def test_waiting_ends_once_nobody_gets_on(monkeypatch):
    now = [0.0]
    monkeypatch.setattr("explorer.journal.time.monotonic", lambda: now[0])

    class Second:
        def step(self, done, total):
            now[0] += 1

    patience = Patience(Second(), 10.0)
    for block in range(1, 6):
        for _ in range(8):
            patience.step(0, 0)
        patience.step(block * 128, 640)
    for _ in range(10):
        patience.step(0, 0)
    with pytest.raises(OutOfTime, match="no further image was ready"):
        patience.step(0, 0)


def test_a_block_of_another_process_is_told_as_progress(dataset, tmp_path):
    steps, inputs, path = [], Rows(dataset.inputs, dataset.scaling), tmp_path / "x.npy"

    def same(seen, first):
        return seen

    class Late:
        """Lets another worker make what is left at the first step."""

        def step(self, done, total):
            steps.append((done, total))
            if len(steps) == 1:
                other = threading.Thread(
                    target=blocks._share, args=(inputs, same, blocks._blocks(500, path)[1:], Quiet())
                )
                other.start()
                other.join()

    blocks.mapped(inputs, same, path, Late())
    told = [done for done, total in steps if total == len(dataset)]
    assert told[-5:] == [112, 500, 500, 500, 500], "its own rows, and then those of all"


def test_machines_of_another_number_format_share_no_features(dataset, monkeypatch):
    names = {}
    for fast in (True, False):
        monkeypatch.setattr(recipes, "fast_bfloat16", lambda fast=fast: fast)
        names[fast] = [
            recipe_of(dataset, Parts(build(Slot.MODEL, Choice(name))), np.arange(9), 0)
            for name in ("pretrained", "finetune", "self_supervised", "spy_fixed", "hog", "scattering")
        ]
    same = [one == two for one, two in zip(names[True], names[False], strict=True)]
    assert same == [False, False, False, True, True, True]


def test_splits_of_fifty_seeds_are_remembered(dataset, monkeypatch):
    made, real = [], recipes.make_split
    monkeypatch.setattr(recipes, "make_split", lambda *known: made.append(known) or real(*known))
    for _ in range(2):
        for seed in range(50):
            recipes.split_of(dataset, seed, 0.3)
    assert len(made) == 50
