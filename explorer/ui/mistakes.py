"""Which images are taken for what: the confusion matrix, the images of its cells, and the worst mistakes."""

import functools

import numpy as np
import streamlit as st

from explorer.charts.confusion_matrix import confusion_matrix, matrix_height
from explorer.records import Dataset, Ints
from explorer.score_words import percent
from explorer.statistics.answers import Answers
from explorer.statistics.confusion import confusion
from explorer.statistics.mistakes import Answered, in_cell, worst
from explorer.ui import texts
from explorer.ui.chosen import Chosen
from explorer.ui.formats import escaped
from explorer.ui.live_plot import Saved, live_plot, specs
from explorer.ui.picture_cards import Card, cards, row

#: Images of a cell that are shown, and of the worst mistakes of a class.
IN_CELL, OF_CLASS = 48, 8
#: What the picker and the line above the images take of the height of the figure, in px.
_HEAD = 116


def view(chosen: Chosen, data: Dataset, answers: Answers) -> None:
    """Show the matrix beside the images of the open cell, and the worst mistakes below."""
    counts = confusion(answers)
    headline = _headline(counts, data)
    st.subheader(escaped(headline), anchor=False)
    left, right = st.columns([6, 5], gap="medium")
    key = f"cell-{chosen.key}"
    with right:
        cell = _picker(counts, data, key)
        _images(cell, data, answers)
    with left:
        _matrix(chosen, data, counts, cell, headline, key)
    st.subheader(texts.WORST, help=texts.WORST_TIP, anchor=False)
    st.html("".join(_worst(number, data, answers) for number in range(data.n_classes) if counts[number].any()))


def _headline(counts: Ints, data: Dataset) -> str:
    wrong = counts * ~np.eye(len(counts), dtype=bool)
    if not wrong.any():
        return texts.CELL_NONE.format(n=int(counts.sum()))
    label, answered = _place(wrong)
    n, of = int(counts[label, answered]), int(counts[label].sum())
    named = {"label": data.class_names[label], "answered": data.class_names[answered]}
    return texts.CELL_WORST.format(n=n, of=of, share=percent(n / of), **named)


def _place(counts: Ints) -> tuple[int, int]:
    """Return row and column of the largest count."""
    label, answered = divmod(int(counts.argmax()), len(counts))
    return label, answered


def _matrix(chosen: Chosen, data: Dataset, counts: Ints, cell: tuple[int, int], headline: str, key: str) -> None:
    def opened(label: int, answered: int) -> None:
        if 0 <= label < len(counts) and 0 <= answered < len(counts) and counts[label, answered]:
            st.session_state[key] = _named((label, answered))

    drawn = specs(lambda mode: confusion_matrix(data.class_names, counts, mode=mode, opened=cell))
    alt = texts.MATRIX_ALT.format(headline=headline)
    title = chosen.study.arm(chosen.arm).title
    saved = Saved(f"confusion {title}", headline, title)
    live_plot(drawn, key="matrix", alt=alt, height=matrix_height(data.class_names), saved=saved, picked=opened)
    st.caption(texts.MATRIX_NOTE)


# ---- the images of a cell --------------------------------------------------------------------------------------


def _named(cell: tuple[int, int]) -> str:
    return f"{cell[0]} {cell[1]}"


def _cell(name: str) -> tuple[int, int]:
    label, answered = map(int, name.split())
    return label, answered


def _picker(counts: Ints, data: Dataset, key: str) -> tuple[int, int]:
    """Show the cells that hold images, mistakes first and the most frequent first; return the chosen one."""
    held = [(int(i), int(j)) for i, j in np.argwhere(counts)]
    held.sort(key=lambda cell: (cell[0] == cell[1], -counts[cell]))
    words = functools.partial(_cell_words, counts, data)
    names = [_named(cell) for cell in held]
    chosen = st.selectbox(texts.CELL, names, format_func=words, key=key, help=texts.CELL_TIP)
    return _cell(str(chosen) if chosen in names else names[0])


def _cell_words(counts: Ints, data: Dataset, name: str) -> str:
    label, answered = _cell(name)
    words = texts.CELL_RIGHT if label == answered else texts.CELL_WRONG
    n = f"{counts[label, answered]:,}"
    return words.format(label=data.class_names[label], answered=data.class_names[answered], n=n)


def _images(cell: tuple[int, int], data: Dataset, answers: Answers) -> None:
    found = in_cell(answers, *cell)
    shown = [_card(each, data, named=False) for each in found[:IN_CELL]]
    st.caption(texts.CELL_SHOWN.format(shown=len(shown), n=len(found)))
    label = texts.CELL_IMAGES.format(cell=f"{data.class_names[cell[0]]}, {data.class_names[cell[1]]}")
    st.html(cards(data, shown, label=label, height=matrix_height(data.class_names) - _HEAD))


def _worst(number: int, data: Dataset, answers: Answers) -> str:
    found = worst(answers, number)
    note = texts.WORST_COUNT.format(n=len(found)) if found else texts.WORST_NONE
    return row(data, data.class_names[number], note, [_card(each, data) for each in found[:OF_CLASS]])


def _card(each: Answered, data: Dataset, *, named: bool = True) -> Card:
    confidence = percent(each.confidence)
    label, answered = data.class_names[each.label], data.class_names[each.answered]
    seeds = texts.CARD_SEEDS.format(seeds=each.seeds, judged=each.judged) if each.judged > 1 else texts.CARD_ONE_SEED
    lines = (texts.CARD_SURE.format(confidence=confidence), seeds)
    head = (texts.CARD_AS.format(answered=answered),) if named else ()
    alt = texts.CARD_ALT.format(item=data.items[each.row], label=label, answered=answered, confidence=confidence)
    return Card(each.row, (*head, *lines), alt)
