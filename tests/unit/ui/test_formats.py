"""Times and lists as people read them."""

import pytest

from explorer.ui.formats import duration, elapsed, listed


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.2, "1 s"),
        (7.6, "8 s"),
        (42, "about 40 s"),
        (56, "about 1 min"),
        (100, "about 2 min"),
        (840, "about 14 min"),
        (9000, "about 2.5 h"),
    ],
)
def test_estimates_are_rounded(seconds, words):
    assert duration(seconds) == words


@pytest.mark.parametrize(
    ("seconds", "words"), [(8.9, "8 s"), (185, "3 min 05 s"), (4320, "1 h 12 min"), (59.99, "59 s")]
)
def test_measured_times_are_exact(seconds, words):
    assert elapsed(seconds) == words


def test_lists():
    assert listed(["a"]) == "a"
    assert listed(["a", "b"]) == "a and b"
    assert listed(["a", "b", "c"]) == "a, b and c"
