"""Start: what the product answers, a finished example, and the two ways in."""

import streamlit as st

from explorer.charts.label_curves import PERCENT
from explorer.statistics.curves import interval_words
from explorer.ui import comparing, example_cards, figures, shell, texts
from explorer.ui.finished import finished

shell.require_router()
comparing.open_study()  # an unknown one is told
done = finished()

left, right = st.columns([4, 7], gap="large")
with left:
    st.title(texts.PROMISE, anchor=False)
    st.markdown(texts.LEAD)
    if done and st.button(
        texts.OPEN_FINISHED.format(title=done.example.title),
        key="try-example",
        type="primary",
        help=texts.OPEN_FINISHED_TIP,
        width="stretch",
    ):
        example_cards.open_it(done.example.name, then="pages/compare.py")
    if st.button(texts.USE_OWN, key="use-own", help=texts.USE_OWN_TIP, width="stretch"):
        shell.forget("data")
        st.switch_page("pages/data.py")
    st.markdown("\n".join(f"- {answer}" for answer in texts.ANSWERS))
    st.caption(texts.STAYS_HOSTED if shell.hosted() else texts.STAYS_LOCAL)

with right:
    if done is None:
        st.info(texts.NO_FINISHED)
    else:
        study = done.shown.study
        st.subheader(done.shown.headline, anchor=False)
        figures.show(done.shown, key="finished-curves")
        caption = texts.FINISHED_CAPTION.format(
            name=done.example.title,
            n=done.n_items,
            k=done.shown.n_classes,
            arms=len(study.arms),
            budgets=len(study.budgets),
            seeds=study.seeds,
        )
        st.caption(f"{caption} {interval_words(done.shown.curves)}".replace(" %", PERCENT))

st.subheader(texts.MORE_EXAMPLES, anchor=False)
example_cards.cards()
