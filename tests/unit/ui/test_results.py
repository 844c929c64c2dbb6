"""Words beside and below the figure."""

from explorer.ui.formats import exact


def test_limits_are_exact():
    assert (exact(900.0), exact(90.0), exact(30)) == ("15 min", "90 s", "30 s")
