"""What the configuration promises: both modes, exactly ten chart colours each, no outside request."""

import tomllib
from pathlib import Path

import pytest

from explorer.charts.cells import contrast

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


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_the_two_arms_of_the_floor_stand_out_and_differ(mode):
    from explorer.charts.style import GROUNDS, looks

    chosen = looks(["intensity", "majority"])
    first, second = chosen["intensity"], chosen["majority"]
    for look in (first, second):
        assert contrast(look.hue.line(mode), GROUNDS[mode].paper) >= 3
        assert contrast(look.hue.ink(mode), GROUNDS[mode].paper) >= 4.5
    assert contrast(first.hue.line(mode), second.hue.line(mode)) > 1.8
    assert (first.marker, first.dash) != (second.marker, second.dash)


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


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_words_and_links_stand_out_on_every_ground_and_words_on_buttons(mode):
    theme = CONFIG["theme"][mode]
    for ground in ("backgroundColor", "secondaryBackgroundColor"):
        for ink in ("textColor", "linkColor", "codeTextColor"):
            assert contrast(theme[ink], theme[ground]) >= 4.5
    assert contrast("#FFFFFF", theme["primaryColor"]) >= 4.5
    assert contrast(theme["primaryColor"], theme["backgroundColor"]) >= 3
