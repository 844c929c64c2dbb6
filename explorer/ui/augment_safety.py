"""Which changes of an augmentation turn answers of which a frozen network is sure into others, one card for each."""

import html
import re
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from explorer.datasets.findings import listed
from explorer.previews.answers import Preview, Wanted
from explorer.records import Array, Dataset
from explorer.ui import previewed, texts, thumbnails
from explorer.ui.formats import escaped

PLACE = "augment-safety"
#: Share of the sure answers from which on a change is flagged.
FLAGGED = 0.2
#: Sure answers below which nothing is concluded.
LEAST = 10
SIDE = 72
HEIGHT = 220
_STYLE = f"""<style>
.changes {{ display: grid; grid-template-columns: repeat(auto-fill, minmax(272px, 1fr)); gap: 8px; }}
.changes > div {{ display: flex; gap: 10px; border: 1px solid var(--st-border-color, #8886); border-radius: 6px;
  padding: 8px; font-size: 13px; line-height: 1.35; }}
.changes > .flagged {{ border-color: var(--st-orange-color, #d55e00); border-width: 2px; padding: 7px; }}
.changes .pair {{ display: flex; gap: 3px; align-items: center; flex: none; }}
.changes img {{ width: {SIDE}px; height: {SIDE}px; object-fit: contain; border-radius: 3px; }}
.changes strong {{ display: block; font-size: 14px; }}
.changes > div > :last-child {{ min-width: 0; overflow-wrap: anywhere; }}
.changes code {{ display: block; font-size: 11px; opacity: .8; overflow: hidden; text-overflow: ellipsis;
  white-space: nowrap; padding: 0; background: none; color: inherit; }}
</style>"""


def safety(data: Dataset, options: Mapping[str, Any], *, ready: bool) -> None:
    """Show the cards; what is not `ready` waits, so that the views, which are seen first, are made first."""
    wanted = Wanted("safety", data.fingerprint, options)
    if ready:
        found = previewed.previewed(wanted, place=PLACE, height=HEIGHT)
    else:
        previewed.withdraw(PLACE)
        with st.container(key=f"drawing-{PLACE}"):
            st.caption(texts.SAFETY_WAITS)
        found = previewed.before(wanted, place=PLACE, height=HEIGHT, words=texts.SAFETY_WAITS)
    if found is not None:
        _shown(data, found)


def _shown(data: Dataset, found: Preview) -> None:
    facts = found.facts
    if facts["sure"] < LEAST:
        st.info(texts.SAFETY_UNSURE.format(least=LEAST, **facts))
        return
    flagged = [each for each in facts["steps"] if is_flagged(each, facts["sure"])]
    if flagged:
        ordered = sorted(flagged, key=lambda each: -each["changed"])
        names = listed(list(dict.fromkeys(words(each["name"]) for each in ordered)))
        st.warning(texts.SAFETY_FLAGGED.format(names=escaped(names)), icon=":material/warning:")
    elif facts["steps"]:
        st.success(texts.SAFETY_FINE.format(n=facts["sure"]), icon=":material/check:")
    st.html(_STYLE + cards(found, data.class_names))
    st.caption(texts.SAFETY_N.format(**facts))


def is_flagged(step: Mapping[str, Any], sure: int) -> bool:
    """Tell whether a step changed the answer about more than a fifth of the images."""
    return bool(step["changed"] > FLAGGED * sure)


def words(name: str) -> str:
    """Return names of transforms as words: "RandomBrightnessContrast" as "Random brightness contrast"."""
    parts = [re.sub(r"(?<=[a-z])(?=[A-Z])", " ", each) for each in name.split(" + ")]
    return " + ".join(each[:1] + each[1:].lower() if each.count(" ") else each for each in parts)


def cards(found: Preview, names: Sequence[str]) -> str:
    """Return the steps as HTML, those that change most answers first."""
    steps, sure = found.facts["steps"], found.facts["sure"]
    order = sorted(range(len(steps)), key=lambda at: -steps[at]["changed"])
    pairs = found.arrays["before"], found.arrays["after"]
    inside = "".join(_card(steps[at], sure, pairs[0][at], pairs[1][at], names) for at in order)
    return f"<div class='changes'>{inside}</div>"


def _card(step: Mapping[str, Any], sure: int, before: Array, after: Array, names: Sequence[str]) -> str:
    flagged = is_flagged(step, sure)
    mark = "⚠ " if flagged else ""
    figure = texts.SAFETY_FIGURE.format(
        changed=step["changed"],
        n=sure,
        share=100 * step["changed"] / sure,
        low=100 * step["low"],
        high=100 * step["high"],
    )
    example = texts.SAFETY_EXAMPLE if step["changed"] else texts.SAFETY_KEPT
    told = example.format(was=names[step["was"]], became=names[step["became"]])
    pictures = "".join(f"<img src='{thumbnails.picture(each, SIDE)}' alt=''>" for each in (before, after))
    code = html.escape(step["code"], quote=True)
    name = f"<strong>{mark}{html.escape(words(step['name']))}</strong>"
    body = f"{name}{figure}<br>{html.escape(told)}<code title='{code}'>{code}</code>"
    return f"<div class='{'flagged' if flagged else ''}'><div class='pair'>{pictures}</div><div>{body}</div></div>"
