"""What pages import, how long they are, and what a run of one costs."""

import subprocess
import sys
from pathlib import Path

from streamlit import config

ROOT = Path(__file__).parents[2]

_IMPORTS = """
import importlib, pkgutil, sys
import explorer.ui
for found in pkgutil.iter_modules(explorer.ui.__path__):
    importlib.import_module(f"explorer.ui.{found.name}")
from explorer.techniques.discovery import ready_arms
ready_arms()
print(*(name for name in sys.argv[1:] if name in sys.modules))
"""


def test_pages_import_nothing_heavy():
    heavy = ["torch", "torchvision", "timm", "distributed", "dask", "albumentations", "sklearn", "skimage"]
    ran = subprocess.run(
        [sys.executable, "-c", _IMPORTS, *heavy], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    assert ran.stdout.split() == []


_FIRST = """
import sys
import streamlit
before = set(sys.modules)
from explorer.ui import shell, texts
from explorer.ui.finished import finished
from explorer.ui.live_plot import live_plot
assert finished().picture
print(*(name for name in sys.argv[1:] if name in set(sys.modules) - before))
"""


def test_the_first_page_is_painted_without_numbers_to_crunch():
    heavy = ["numpy", "pandas", "plotly", "PIL", "sqlite3", "explorer.records"]
    command = [sys.executable, "-c", _FIRST, *heavy]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
    assert ran.stdout.split() == []


def test_pages_are_short_scripts():
    pages = [*(ROOT / "pages").glob("*.py"), ROOT / "app.py"]
    assert len(pages) >= 4
    assert {page.name: lines for page in pages if (lines := len(page.read_text().splitlines())) > 100} == {}


def test_a_run_does_not_look_through_all_objects_of_the_process():
    assert config.get_option("runner.postScriptGC") is False, "each look of a page that waits would cost as much"
