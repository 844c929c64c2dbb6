"""Start: what the product answers, a finished example, and the two ways in."""

import streamlit as st

from explorer.hosting import hosted
from explorer.ui import shell, texts
from explorer.ui.finished import finished
from explorer.ui.live_plot import Saved, live_plot

shell.require_router()
done = finished()

left, right = st.columns([4, 7], gap="large")
with left:
    st.title(texts.PROMISE, anchor=False)
    st.markdown(texts.LEAD)
    opening = done is not None and st.button(
        texts.OPEN_FINISHED.format(title=done.title),
        key="try-example",
        type="primary",
        help=texts.OPEN_FINISHED_TIP,
        width="stretch",
    )
    own = st.button(texts.USE_OWN, key="use-own", help=texts.USE_OWN_TIP, width="stretch")
    st.markdown("\n".join(f"- {answer}" for answer in texts.ANSWERS))
    st.caption(texts.STAYS_HOSTED if hosted() else texts.STAYS_LOCAL)
    told = st.container()
with right:
    if done is None:
        st.info(texts.NO_FINISHED)
    else:
        st.subheader(done.headline, anchor=False)
        alt = texts.CURVES_ALT.format(headline=done.headline)
        with st.container(key="finished", gap=None):
            if done.picture:  # on the screen before the library that draws the live figure is
                st.html(f"<img class='picture' alt='' src='{done.picture_url}'>")
            saved = Saved(f"label-curves {done.title}", done.headline, done.footing)
            live_plot(done.figure, key="finished-curves", alt=alt, saved=saved)
        st.caption(done.caption)

from explorer.ui import comparing, example_cards  # noqa: E402 - half a second of imports, after the first paint

with told:
    if done is not None and opening:
        example_cards.open_it(done.example, then="pages/compare.py")
    if own:
        shell.forget("data")
        st.switch_page("pages/data.py")
    with shell.told():
        comparing.open_study()  # an unknown one is told

st.subheader(texts.MORE_EXAMPLES, anchor=False)
example_cards.cards()
