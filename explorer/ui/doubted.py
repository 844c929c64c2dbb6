"""Labels that deserve a second look: copies that contradict each other, then a ranked list of images."""

import csv
import functools
import html
import io
from collections.abc import Sequence

import numpy as np
import streamlit as st

from explorer.datasets.findings import count, listed
from explorer.export.folder import plain_cell
from explorer.records import Dataset
from explorer.score_words import percent
from explorer.statistics.answers import Answers
from explorer.statistics.label_errors import Doubt, contradictions, doubts
from explorer.ui import texts
from explorer.ui.chosen import Chosen
from explorer.ui.picture_cards import Card, cards

#: Images that are shown, and sets of copies, and images of a set.
SHOWN, SETS, OF_SET = 42, 12, 4
#: Least width of an image with its words, in px.
WIDTH = 124
COLUMNS = (
    "item",
    "label",
    "believed",
    "label_probability",
    "believed_probability",
    "seeds",
    "judged",
    "copies_labelled",
)


def view(chosen: Chosen, data: Dataset, answers: Answers) -> None:
    """Show copies with different labels, then the most doubted labels, and the whole list as a file."""
    found = doubts(answers)
    copies = sorted(contradictions(data.labels, data.duplicates), key=lambda rows: not _is_exact(rows, data))
    if not found and not copies:
        st.subheader(texts.DOUBTS_NONE, anchor=False)
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.subheader(texts.DOUBTS, anchor=False, width="content")
        st.download_button(
            texts.DOUBTS_CSV,
            functools.partial(written, found, copies, data),
            f"labels to check {chosen.study.name}.csv",
            "text/csv",
            key="doubts-csv",
            help=texts.DOUBTS_CSV_TIP,
            on_click="ignore",
        )
    if copies:
        st.markdown(texts.COPIES_DIFFER.format(sets=count(len(copies), "set")))
        st.html(_sets(copies[:SETS], data))
        if len(copies) > SETS:
            st.caption(texts.COPIES_SHOWN.format(shown=SETS, n=len(copies)))
    _ranked(chosen, data, answers, found)


def _ranked(chosen: Chosen, data: Dataset, answers: Answers, found: Sequence[Doubt]) -> None:
    if not found:
        st.markdown(texts.DOUBTS_NONE)
        return
    shown = found[:SHOWN]
    st.markdown(texts.DOUBTS_SHOWN.format(shown=len(shown), n=len(np.unique(answers.rows))))
    more = chosen.budget < max(chosen.study.budgets)
    st.caption(f"{texts.DOUBTS_NOTE} {texts.DOUBTS_MORE}" if more else texts.DOUBTS_NOTE)
    unasked = int(data.class_counts.sum()) - len(np.unique(answers.rows))
    if unasked:
        st.caption(texts.DOUBTS_UNASKED.format(images=count(unasked, "labelled image")))
    st.html(cards(data, [_card(each, data) for each in shown], width=WIDTH))


def written(found: Sequence[Doubt], copies: Sequence[Sequence[int]], data: Dataset) -> str:
    """Return the list as CSV, one row per image: copies with different labels, then the most doubted first."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    doubted = {each.row: each for each in found}
    others = {row: _others(row, rows, data) for rows in copies for row in rows}
    for row in (*others, *(row for row in doubted if row not in others)):
        names = (data.items[row], data.class_names[data.labels[row]])
        told = _told(doubted[row], data) if row in doubted else ("",) * 5
        table.writerow([*map(plain_cell, names), *told, plain_cell("; ".join(others.get(row, ())))])
    return text.getvalue()


def _told(each: Doubt, data: Dataset) -> tuple[object, ...]:
    shares = f"{each.self_confidence:.4f}", f"{each.confidence:.4f}"
    return plain_cell(data.class_names[each.believed]), *shares, each.seeds, each.judged


def _others(row: int, rows: Sequence[int], data: Dataset) -> list[str]:
    """Return the names of the other classes that copies of an image have."""
    return [data.class_names[each] for each in np.unique(data.labels[list(rows)]) if each != data.labels[row]]


# ---- pictures --------------------------------------------------------------------------------------------------


def _sets(copies: Sequence[Sequence[int]], data: Dataset) -> str:
    """Return each set as HTML: what it is, and its first images with their labels."""
    boxes = "".join(
        f"<div style='flex:none;width:{2 * WIDTH + 10}px;max-width:100%'>"
        f"<div style='font-size:13px;opacity:.75;padding-bottom:4px'>{html.escape(_kind(rows, data))}</div>"
        f"{cards(data, [_copy(row, rows, data) for row in rows[:OF_SET]], width=WIDTH - 10)}</div>"
        for rows in copies
    )
    return f"<div style='display:flex;flex-wrap:wrap;gap:14px 28px'>{boxes}</div>"


def _kind(rows: Sequence[int], data: Dataset) -> str:
    words = texts.COPIES_EXACT if _is_exact(rows, data) else texts.COPIES_NEAR
    return words.format(images=count(len(rows), "image"))


def _is_exact(rows: Sequence[int], data: Dataset) -> bool:
    first, *rest = rows
    return all(np.array_equal(data.inputs[first], data.inputs[each]) for each in rest)


def _copy(row: int, rows: Sequence[int], data: Dataset) -> Card:
    label, item = data.class_names[data.labels[row]], data.items[row]
    alt = texts.COPY_ALT.format(item=item, label=label, others=listed(_others(row, rows, data)))
    return Card(row, (texts.COPY_LABEL.format(label=label), item), alt)


def _card(each: Doubt, data: Dataset) -> Card:
    label, believed = data.class_names[each.label], data.class_names[each.believed]
    lines = (
        texts.DOUBT_LABEL.format(label=label, confidence=percent(each.self_confidence)),
        texts.DOUBT_BELIEVED.format(believed=believed, confidence=percent(each.confidence)),
        texts.CARD_SEEDS.format(seeds=each.seeds, judged=each.judged) if each.judged > 1 else texts.CARD_ONE_SEED,
    )
    return Card(each.row, lines, texts.DOUBT_ALT.format(item=data.items[each.row], label=label, believed=believed))
