"""What the configuration promises: both modes, exactly ten chart colours each, no outside request."""

import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
CONFIG = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_modes_are_whole(mode):
    theme = CONFIG["theme"][mode]
    assert len(theme["chartCategoricalColors"]) == 10
    assert {"primaryColor", "backgroundColor", "secondaryBackgroundColor", "textColor", "borderColor"} <= set(theme)


def test_figures_stand_on_the_page_s_own_ground():
    from explorer.charts.style import GROUNDS

    for mode, ground in GROUNDS.items():
        assert ground.paper == CONFIG["theme"][mode]["backgroundColor"]


def test_nothing_is_sent_anywhere():
    assert CONFIG["browser"]["gatherUsageStats"] is False
    assert CONFIG["server"]["enableStaticServing"] is True
    assert "http" not in (ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8")


def test_every_text_is_used():
    import explorer.ui.texts as texts

    code = "\n".join(path.read_text() for folder in ("explorer/ui", "pages") for path in (ROOT / folder).glob("*.py"))
    code += (ROOT / "app.py").read_text()
    unused = [name for name in vars(texts) if name.isupper() and f"texts.{name}" not in code]
    assert unused == []
