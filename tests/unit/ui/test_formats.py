"""Times and lists as people read them."""

import pytest

from explorer.datasets.findings import listed
from explorer.ui.formats import duration, elapsed, escaped


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


@pytest.mark.parametrize(
    "name", ["ImageNet + pseudo-labels", "HOG + SVM", "E. coli (strain 5)", "a_b_c", "median (width: 3)", "1.0"]
)
def test_what_is_no_mark_where_it_stands_is_not_escaped(name):
    assert escaped(name) == name, "a screen reader reads labels as they are written"


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("*a*", "\\*a\\*"),
        ("_a_ b_", "\\_a\\_ b\\_"),
        ("[a](http://b)", "\\[a\\](http\\://b)"),
        ("<img src=x>", "\\<img src=x\\>"),
        (":red[x] :smile:", "\\:red\\[x\\] \\:smile\\:"),
        ("$x$ `y` ~z~ a|b", "\\$x\\$ \\`y\\` \\~z\\~ a\\|b"),
        ("# a\n- b\n+ c\n1. d\n2) e", "\\# a\n\\- b\n\\+ c\n1\\. d\n2\\) e"),
    ],
)
def test_what_is_a_mark_where_it_stands_is_escaped(name, safe):
    assert escaped(name) == safe
