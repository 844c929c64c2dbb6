"""Inks on coloured cells can be read: contrast as WCAG defines it."""

import numpy as np
import pytest

from explorer.charts.cells import blended, contrast, ink_on
from explorer.charts.style import BLUE, GROUNDS, VERMILLION


def test_contrast_is_that_of_known_pairs():
    assert contrast("#FFFFFF", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)
    assert contrast("#0072B2", "#0072B2") == 1


def test_blends_go_from_one_end_to_the_other():
    assert blended("#000000", "#FF8000", 0.0) == "#000000"
    assert blended("#000000", "#FF8000", 1.0) == "#FF8000"
    assert blended("#102030", "#304050", 0.5) == "#203040"


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("hue", [BLUE, VERMILLION], ids=["right", "wrong"])
def test_the_ink_of_every_cell_can_be_read(mode, hue):
    for share in np.linspace(0, 1, 41):
        color = blended(GROUNDS[mode].panel, hue.line(mode), float(share))
        assert contrast(ink_on(color), color) >= 4.5
