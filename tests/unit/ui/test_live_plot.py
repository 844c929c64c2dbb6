"""The Plotly library is written once, beside the app, and again when another version is installed."""

import plotly
from plotly.offline import get_plotlyjs

from explorer.ui.live_plot import write_plotly_script


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
