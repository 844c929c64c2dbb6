"""The Share page: finding and figure, link, files, the command that runs a study again, and how a paper tells it."""

from functools import partial
from urllib.parse import SplitResult, urlencode, urlsplit

import streamlit as st

from explorer.export.methods import methods
from explorer.export.readme import FILES, again, check
from explorer.export.report import picture
from explorer.export.view import View
from explorer.hosting import hosted
from explorer.records import Dataset, Study
from explorer.score_words import spoken
from explorer.scores import METRICS
from explorer.ui import downloads, figures, panel, results, shell, study_read, texts
from explorer.ui.formats import escaped
from explorer.ui.shown import shown_of
from explorer.ui.sides import sides

#: Height of the figure, in px.
HEIGHT = 372
#: Names of a computer for itself, under which no other finds it.
_ITSELF = ("localhost", "127.0.0.1", "::1")


def page(study: Study, data: Dataset) -> None:
    """Show what somebody else needs of a study; while it runs, what can be shared already, and look again."""
    active = study_read.standing(study, shell.store()).active
    st.fragment(_shown, run_every=panel.POLL_SECONDS if active else None)(study, data, active)


def _shown(study: Study, data: Dataset, was_active: bool) -> None:
    now = study_read.standing(study, shell.store())
    if was_active and not now.active:
        st.rerun()  # the whole page, which then looks no more
    side, main = sides()
    with side:
        metric = panel.metric(study)
    shown = shown_of(now, data, metric)
    over = not now.active and any(curve.points for curve in shown.curves)  # and nothing will change by itself
    with main:
        st.subheader(escaped(shown.headline), anchor=False)
        if shown.caution:
            st.warning(escaped(shown.caution), icon=":material/warning:")
        figures.show(shown, key="shared-curves", height=HEIGHT)
        st.caption(f"{escaped(shown.footing)}.  \n{texts.PICTURE_NOTE}")
    with side:
        _address(study, metric)
        st.subheader(texts.SHARE_FILES, anchor=False)
        if over:
            _files(shown)
        else:
            st.caption(texts.SHARE_NOT_YET if now.active else texts.SHARE_NOTHING)
    if over:
        _again(study, data)
        _paper(shown, data, now.last)


def here() -> SplitResult:
    """Return the address of the page, as the browser has it."""
    return urlsplit(st.context.url or "")


def _address(study: Study, metric: str) -> None:
    st.subheader(texts.SHARE_ADDRESS, anchor=False)
    page, query = here(), {"study": study.id, **({} if metric == study.metric else {"metric": metric})}
    place = page._replace(path=page.path.rpartition("/")[0] + "/compare", query=urlencode(query), fragment="")
    st.code(place.geturl(), language=None, wrap_lines=True)
    if hosted():
        st.caption(texts.SHARE_HOSTED)
    else:
        st.caption(texts.SHARE_ITSELF if (page.hostname or _ITSELF[0]) in _ITSELF else texts.SHARE_NETWORK)


def _files(shown: View) -> None:
    study = shown.study
    figure = results.Offered(texts.SHARE_SVG, partial(picture, shown), f"figure {study.name}.svg", texts.SHARE_SVG_TIP)
    with st.grid(2, min_column_width=120, gap="small", key="downloads"):
        for each in (*results.offered(study, shown.metric.name), figure):
            each.button("stretch")
    if shown.metric.name != study.metric:
        st.caption(texts.SHARE_ZIP_SCORE.format(score=spoken(METRICS[study.metric])))
    with st.expander(texts.SHARE_CONTENTS, key="contents"):
        st.markdown("\n".join(f"- **{name}**: {escaped(words)}" for name, words in FILES.items()))


def _again(study: Study, data: Dataset) -> None:
    st.subheader(texts.SHARE_AGAIN, anchor=False)
    about = downloads.read_from(data.fingerprint, shell.workspace())
    st.code(again(study, data, about), None, wrap_lines=True)
    st.caption(texts.SHARE_AGAIN_NOTE.format(check=check(data, about), fingerprint=data.fingerprint))


def _paper(shown: View, data: Dataset, last: int) -> None:
    st.subheader(texts.SHARE_PAPER, anchor=False)
    st.caption(texts.SHARE_PAPER_NOTE)
    told = methods(shown, data, study_read.outcomes(shown.study, last))
    st.code(told, language=None, wrap_lines=True)
