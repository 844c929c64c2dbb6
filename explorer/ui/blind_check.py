"""A check by one's own eyes: "Which class is this?" about images as an augmentation makes them, and as they are.

Everything is kept in the session and nowhere else. The augmented form of an image is asked about before the plain one,
which would give it away; what comes when is drawn, and what was right is told at the end.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import streamlit as st

from explorer.previews.answers import Preview, Wanted
from explorer.records import Dataset, Ints
from explorer.ui import texts, thumbnails
from explorer.ui.augment_views import teaching_rows
from explorer.ui.blind_score import Score
from explorer.ui.formats import escaped
from explorer.ui.previewed import previewed

PLACE = "augment-blind"
#: Images that are asked about, each twice.
IMAGES = 12
SIDE = 208
HEIGHT = 300
#: Said where somebody cannot tell; it is never right.
CANNOT_TELL = -1


@dataclass(frozen=True)
class Deck:
    """What is asked: `rows` of the data set and the order of questions, numbers of rows that each occur twice.

    `options` are those of the preview that makes the images, `answers` the class numbers said so far.
    """

    options: Mapping[str, Any]
    order: tuple[int, ...]
    answers: list[int] = field(default_factory=list)

    @classmethod
    def drawn(cls, data: Dataset, options: Mapping[str, Any], seed: int) -> "Deck":
        """Return a fresh deck of images of all classes in turn."""
        random = np.random.default_rng(seed)
        rows = _rows(data, random).tolist()
        order = random.permutation(np.repeat(np.arange(len(rows)), 2)).tolist()
        return cls({**options, "rows": rows, "count": 1, "seed": seed, "blend": False}, tuple(order))

    @property
    def now(self) -> int:
        """Number of the question that is next."""
        return len(self.answers)

    def say(self, number: int) -> None:
        """Answer the next question by the number of a class; a second press after the last one says nothing."""
        if self.now < len(self.order):
            self.answers.append(number)

    def is_augmented(self, question: int) -> bool:
        """Tell whether a question shows the augmented form: it is the first of the two about its image."""
        return self.order[question] not in self.order[:question]

    def score(self, data: Dataset) -> Score:
        """Return the score of the images that were answered both ways."""
        said: dict[tuple[int, bool], bool] = {}
        for question, answer in enumerate(self.answers):
            image = self.order[question]
            right = answer == data.labels[self.options["rows"][image]]
            said[image, self.is_augmented(question)] = bool(right)
        both = [image for image in range(len(self.options["rows"])) if (image, False) in said]
        return Score.of([said[image, False] for image in both], [said[image, True] for image in both])


def _rows(data: Dataset, random: np.random.Generator) -> Ints:
    """Return rows to ask about: one of each class in turn, as long as there are any."""
    rows = random.permutation(teaching_rows(data))
    ranks = np.zeros(len(rows), np.int64)
    for number in np.unique(data.labels[rows]):
        of_class = data.labels[rows] == number
        ranks[of_class] = np.arange(of_class.sum())
    return rows[np.argsort(ranks, kind="stable")][:IMAGES]


def check(data: Dataset, options: Mapping[str, Any]) -> None:
    """Show the check: its beginning, a question, or what the answers say."""
    deck = st.session_state.get(_key(data))
    if deck is None:
        st.button(texts.BLIND_START, key="blind-start", help=texts.BLIND_START_TIP, on_click=_start,
                  args=(data, options))  # fmt: skip
        return
    if {name: deck.options[name] for name in _ABOUT} != {name: options[name] for name in _ABOUT}:
        st.info(texts.BLIND_OTHER)
    found = previewed(Wanted("augment", data.fingerprint, deck.options), place=PLACE, height=HEIGHT)
    if found is not None and deck.now < len(deck.order):
        _question(data, deck, found)
    elif found is not None:
        _result(data, deck)
    st.button(texts.BLIND_AGAIN, key="blind-again", help=texts.BLIND_AGAIN_TIP, on_click=_start, args=(data, options))


#: What of the options says which augmentation is checked.
_ABOUT = ("technique", "settings", "free")


def _key(data: Dataset) -> str:
    return f"blind-{data.fingerprint}"


def _start(data: Dataset, options: Mapping[str, Any]) -> None:
    number = st.session_state["blind-number"] = st.session_state.get("blind-number", 0) + 1
    st.session_state[_key(data)] = Deck.drawn(data, options, number)


def _question(data: Dataset, deck: Deck, found: Preview) -> None:
    image = deck.order[deck.now]
    shown = found.arrays["views"][image, 0] if deck.is_augmented(deck.now) else found.arrays["images"][image]
    left, right = st.columns([1, 2], gap="medium")
    alt = texts.BLIND_ALT
    left.html(f"<img src='{thumbnails.picture(shown, SIDE)}' alt='{alt}' style='width:{SIDE}px;border-radius:4px'>")
    with right:
        st.markdown(f"**{texts.BLIND_QUESTION}**")
        st.caption(texts.BLIND_PROGRESS.format(now=deck.now + 1, n=len(deck.order)))
        with st.container(horizontal=True, gap="small", key="blind-answers"):
            for number, name in enumerate(data.class_names):
                st.button(escaped(name), key=f"blind-{number}", on_click=deck.say, args=(number,))
            st.button(texts.BLIND_CANNOT, key="blind-cannot", type="tertiary", help=texts.BLIND_CANNOT_TIP,
                      on_click=deck.say, args=(CANNOT_TELL,))  # fmt: skip


def _result(data: Dataset, deck: Deck) -> None:
    score = deck.score(data)
    verdict = score.verdict
    left, middle, _ = st.columns([1, 1, 2])
    left.metric(texts.BLIND_PLAIN, texts.BLIND_OF.format(right=score.plain, n=score.n), help=texts.BLIND_PLAIN_TIP)
    middle.metric(
        texts.BLIND_AUGMENTED, texts.BLIND_OF.format(right=score.augmented, n=score.n), help=texts.BLIND_AUGMENTED_TIP
    )
    words = texts.BLIND_VERDICTS[verdict].format(
        lost=score.lost, plain=score.plain, n=score.n, chance=score.chance, most=100 * score.most
    )
    (st.warning if verdict == "destroys" else st.info)(words)
