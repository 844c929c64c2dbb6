"""Features and cleaned inputs: right, cached by content, shared by workers, safe against death and cancelling."""

import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from explorer import blocks
from explorer.errors import Cancelled
from explorer.preparing import prepared
from explorer.recipes import is_ready, manifest, recipe_of
from explorer.records import Arm, Choice, Slot
from explorer.techniques.base import Quiet
from explorer.techniques.composing import Parts, compose
from explorer.techniques.discovery import build

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

    class Stopper:
        def step(self, done, total):
            if counter.rows >= 256:
                raise Cancelled("stop")

    with pytest.raises(Cancelled):
        prepared(dataset, parts, np.arange(9), 0, cache=tmp_path, monitor=Stopper())
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
