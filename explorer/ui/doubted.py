"""Labels that deserve a second look, as a ranked list of images."""

import csv
import functools
import io
from collections.abc import Sequence

import numpy as np
import streamlit as st

from explorer.export.folder import plain_cell
from explorer.records import Dataset
from explorer.statistics.answers import Answers
from explorer.statistics.label_errors import Doubt, doubts
from explorer.ui import texts
from explorer.ui.chosen import Chosen
from explorer.ui.formats import percent
from explorer.ui.picture_cards import Card, cards

#: Images that are shown.
SHOWN = 42
#: Least width of one with its words, in px.
WIDTH = 124
COLUMNS = ("item", "label", "believed", "label_probability", "believed_probability", "seeds", "judged")


def view(chosen: Chosen, data: Dataset, answers: Answers) -> None:
    """Show the most doubted labels, and the whole list as a file."""
    found = doubts(answers)
    if not found:
        st.subheader(texts.DOUBTS_NONE, anchor=False)
        return
    st.subheader(texts.DOUBTS, anchor=False)
    more = chosen.budget < max(chosen.study.budgets)
    st.caption(f"{texts.DOUBTS_NOTE} {texts.DOUBTS_MORE}" if more else texts.DOUBTS_NOTE)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        shown = found[:SHOWN]
        st.markdown(texts.DOUBTS_SHOWN.format(shown=len(shown), n=len(np.unique(answers.rows))))
        st.download_button(
            texts.DOUBTS_CSV,
            functools.partial(written, found, data),
            f"labels to check {chosen.study.name}.csv",
            "text/csv",
            key="doubts-csv",
            help=texts.DOUBTS_CSV_TIP,
            on_click="ignore",
        )
    st.html(cards(data, [_card(each, data) for each in shown], width=WIDTH))


def written(found: Sequence[Doubt], data: Dataset) -> str:
    """Return the list as CSV, one row per image, the most doubted first."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    for each in found:
        names = (data.items[each.row], data.class_names[each.label], data.class_names[each.believed])
        shares = (f"{each.self_confidence:.4f}", f"{each.confidence:.4f}")
        table.writerow([*map(plain_cell, names), *shares, each.seeds, each.judged])
    return text.getvalue()


def _card(each: Doubt, data: Dataset) -> Card:
    label, believed = data.class_names[each.label], data.class_names[each.believed]
    lines = (
        texts.DOUBT_LABEL.format(label=label, confidence=percent(each.self_confidence)),
        texts.DOUBT_BELIEVED.format(believed=believed, confidence=percent(each.confidence)),
        texts.CARD_SEEDS.format(seeds=each.seeds, judged=each.judged) if each.judged > 1 else texts.CARD_ONE_SEED,
    )
    return Card(each.row, lines, texts.DOUBT_ALT.format(item=data.items[each.row], label=label, believed=believed))
