"""Numbers as people read them."""

import re

_MINUTE, _HOUR = 60, 3600
#: Signs that Markdown, or Streamlit's, takes for marks: anywhere, unless within a word or before a space; and first.
_ANYWHERE = re.compile(r"[\\`*{}\[\]<>|$~]|(?<![^\W_])_|_(?![^\W_])|:(?!\s)")
_FIRST = re.compile(r"(?m)^(\s*(?:\d+(?=[.)](?:\s|$)))?)([#+\-=.)])")


def duration(seconds: float) -> str:
    """Return a time rounded to what it is good for: "8 s", "about 40 s", "about 14 min", "about 2.5 h"."""
    if seconds < 10:
        return f"{max(1, round(seconds))} s"
    if seconds < 55:
        return f"about {round(seconds / 10) * 10} s"
    if seconds < 90 * _MINUTE:
        return f"about {max(1, round(seconds / _MINUTE))} min"
    return f"about {seconds / _HOUR:.1f} h"


def elapsed(seconds: float) -> str:
    """Return a measured time exactly: "8 s", "3 min 05 s", "1 h 12 min"."""
    whole = int(seconds)
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return f"{whole // _MINUTE} min {whole % _MINUTE:02d} s"
    return f"{whole // _HOUR} h {whole % _HOUR // _MINUTE:02d} min"


def exact(seconds: float) -> str:
    """Return a time that somebody set, unrounded: "15 min", "90 s"."""
    return f"{seconds / _MINUTE:g} min" if seconds % _MINUTE == 0 else f"{seconds:g} s"


def escaped(text: str) -> str:
    """Return text in which Markdown sees no marks, so that a file name can neither format nor load anything.

    Only what would be a mark where it stands is escaped: labels are read aloud as they are written.
    """
    return _FIRST.sub(r"\1\\\2", _ANYWHERE.sub(r"\\\g<0>", text))
