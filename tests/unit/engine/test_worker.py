"""Where workers keep what they prepare."""

from pathlib import Path

from explorer.engine.worker import Errand, _cache
from explorer.records import Arm, Choice, Study


def errand(cache):
    return Errand("run", Study("id", "n", "toy", (Arm("a", "A", Choice("majority")),), (1,)), cache)


def test_workers_elsewhere_share_the_folder_that_their_variable_names(monkeypatch, tmp_path):
    monkeypatch.setenv("EXPLORER_CACHE", str(tmp_path))
    assert _cache(errand(None)) == tmp_path
    assert _cache(errand(Path("own"))) == Path("own")
