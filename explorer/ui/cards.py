"""Short texts as cards in a grid that takes as many columns as fit; all words are plain text."""

import html
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Card:
    """A heading, a quiet word beside it, a text, and a quiet line below."""

    heading: str
    aside: str
    text: str
    foot: str


_GRID = "display:grid;grid-template-columns:repeat(auto-fill,minmax(min(300px,100%),1fr));gap:10px"
_CARD = (
    "display:flex;flex-direction:column;gap:6px;border:1px solid rgba(127,127,127,.3);border-radius:6px;"
    "padding:12px 14px;font-size:14px;line-height:1.45"
)


def cards(shown: Iterable[Card]) -> str:
    """Return the cards as HTML."""
    return f"<div role='list' style='{_GRID}'>{''.join(map(_card, shown))}</div>"


def _card(card: Card) -> str:
    heading, aside, text, foot = (html.escape(each) for each in (card.heading, card.aside, card.text, card.foot))
    return (
        f"<div role='listitem' style='{_CARD}'>"
        f"<div><strong>{heading}</strong></div>"
        f"<div style='font-size:12.5px;opacity:.75'>{aside}</div>"
        f"<div>{text}</div>"
        f"<div style='font-size:12.5px;opacity:.75;margin-top:auto;overflow-wrap:anywhere'>{foot}</div></div>"
    )
