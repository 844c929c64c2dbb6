"""The Plotly library is written once, beside the app, and again for another version; words of saved pictures."""

import subprocess
import sys
import threading
from pathlib import Path

import plotly
from plotly.offline import get_plotlyjs

from explorer.charts.placing import width
from explorer.ui.live_plot import _measured, write_plotly_script


def test_the_installed_library_is_written(tmp_path):
    write_plotly_script(tmp_path)
    written = (tmp_path / "static" / "plotly.min.js").read_text(encoding="utf-8")
    assert written == f"/* {plotly.__version__} */{get_plotlyjs()}"


def test_it_is_written_again_only_when_it_is_another_version(tmp_path):
    target = tmp_path / "static" / "plotly.min.js"
    target.parent.mkdir()
    target.write_text(f"/* {plotly.__version__} */ here", encoding="utf-8")
    write_plotly_script(tmp_path)
    assert target.read_text(encoding="utf-8").endswith("here")
    target.write_text("/* 1.0.0 */ here", encoding="utf-8")
    write_plotly_script(tmp_path)
    assert target.stat().st_size > 1_000_000


def test_two_first_visitors_may_write_it_at_once(tmp_path, monkeypatch):
    both, replace, problems = threading.Barrier(2), Path.replace, []

    def together(path, target):
        both.wait(30)  # each has written its file before one of them is moved
        return replace(path, target)

    def visit():
        try:
            write_plotly_script(tmp_path)
        except OSError as error:
            problems.append(error)

    monkeypatch.setattr(Path, "replace", together)
    visitors = [threading.Thread(target=visit) for _ in range(2)]
    [visitor.start() for visitor in visitors]
    [visitor.join(60) for visitor in visitors]
    assert not problems
    assert [path.name for path in (tmp_path / "static").iterdir()] == ["plotly.min.js"]


def test_words_of_a_saved_picture_are_measured_and_hold_no_tags():
    assert _measured("p < 5\u00a0%") == [("p", width("p")), ("&lt;", width("<")), ("5\u00a0%", width("5\u00a0%"))]


_WHILE_PANDAS_COMES = """
import sys, threading, time
from explorer.charts.class_counts import class_counts
from explorer.ui.live_plot import specs

class Slow:
    def find_spec(self, name, *_):
        if name == "pandas.core":
            time.sleep(0.5)

sys.meta_path.insert(0, Slow())
assert "pandas" not in sys.modules
threading.Thread(target=__import__, args=("pandas",)).start()
while "pandas" not in sys.modules:
    time.sleep(0.001)
assert specs(lambda mode: class_counts(["a"], [1], mode=mode)).light
"""


def test_figures_are_drawn_while_another_run_imports_what_plotly_looks_for():
    command = [sys.executable, "-c", _WHILE_PANDAS_COMES]
    subprocess.run(command, cwd=Path(__file__).parents[3], check=True, timeout=60)
