"""A data set as the Data page shows it: facts, what was noticed, its images, and two figures."""

import functools
from collections.abc import Sequence

import streamlit as st

from explorer.charts.brightness import brightness, medians
from explorer.charts.class_counts import class_counts
from explorer.charts.rows import rows_height
from explorer.datasets.saved import Reading
from explorer.records import Dataset, Finding
from explorer.ui import deleting, shell, study_read, texts, thumbnails
from explorer.ui.facts import facts
from explorer.ui.first import first_of
from explorer.ui.formats import escaped
from explorer.ui.live_plot import Specs, live_plot, specs

PER_ROW = 8
#: Findings that are shown before someone asks for all.
_FEW = 6
_NAMES = 60
_PICTURES = 16


def view(reading: Reading) -> None:
    """Show everything that was found out about a data set."""
    data = reading.dataset
    _head(data)
    left, right = st.columns([5, 8], gap="large")
    with left:
        _noticed(reading)
        st.subheader(texts.FACTS, anchor=False)
        facts(_told_facts(reading))
    with right:
        _gallery(data)
    _figures(reading)


def _head(data: Dataset) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="head"):
        st.title(escaped(data.name), width="stretch", anchor=False)
        deleting.data_button(data.fingerprint, "open")
        if st.button(texts.OTHER_DATA, key="other-data", help=texts.OTHER_DATA_TIP):
            shell.forget("data")
            shell.forget("study")
            st.rerun()
        if st.button(texts.GO_COMPARE, key="go-compare", type="primary", help=texts.GO_COMPARE_TIP):
            shell.forget("study")
            st.switch_page("pages/compare.py", query_params=shell.address())


def _told_facts(reading: Reading) -> dict[str, str]:
    data = reading.dataset
    labeled = int(data.class_counts.sum())
    _, height, width, channels = data.inputs.shape
    told = texts.FACT_CHANNELS.get(channels, texts.FACT_MANY_CHANNELS.format(n=channels))
    return {
        texts.FACT_CLASSES: f"{data.n_classes}",
        texts.FACT_LABELED: f"{labeled:,}",
        texts.FACT_UNLABELED: f"{len(data) - labeled:,}",
        texts.FACT_SIZE: f"{height} × {width} px, {told}, {data.inputs.dtype}{_original(reading)}",
        texts.FACT_GROUPS: _groups(data),
        texts.FACT_TEST: _test(data),
        texts.FACT_SCALING: data.scaling.rule,
        texts.FACT_SOURCE: data.source,
        texts.FACT_LICENCE: data.licence,
    }


def _original(reading: Reading) -> str:
    low, high = reading.sizes.min(axis=0).tolist(), reading.sizes.max(axis=0).tolist()
    _, height, width, _ = reading.dataset.inputs.shape
    if low == high == [height, width]:
        return ""
    span = f"{low[0]} × {low[1]}" if low == high else f"{low[0]} × {low[1]} to {high[0]} × {high[1]}"
    return f" (files: {span})"


def _groups(data: Dataset) -> str:
    if data.groups is None:
        return texts.FACT_NO_GROUPS
    return f"{len(set(data.groups.tolist()) - {-1}):,}"


def _test(data: Dataset) -> str:
    return texts.FACT_TEST_DRAWN if data.given_test is None else f"{int(data.given_test.sum()):,}"


# ---- findings --------------------------------------------------------------------------------------------------


def _noticed(reading: Reading) -> None:
    st.subheader(texts.NOTICED, anchor=False)
    # Warnings first; and what checks found, which bears on the results, before what the reader left out.
    numbered = sorted(enumerate(reading.findings), key=lambda each: (each[1].severity != "warning", -each[0]))
    found = [finding for _, finding in numbered]
    with st.container(gap="xsmall", key="findings"):
        if not found:
            st.markdown(f":green[:material/check:] {texts.NOTHING_NOTICED}")
            return
        st.caption(_counted(found))
        for number, finding in enumerate(first_of(found, _FEW, f"findings-{reading.dataset.fingerprint}")):
            _finding(reading.dataset, finding, number)


def _counted(found: Sequence[Finding]) -> str:
    warnings = sum(finding.severity == "warning" for finding in found)
    told = [(warnings, "warning"), (len(found) - warnings, "note")]
    return ", ".join(f"{n} {noun}{'' if n == 1 else 's'}" for n, noun in told if n)


def _finding(data: Dataset, finding: Finding, number: int) -> None:
    icon = ":material/warning:" if finding.severity == "warning" else ":material/info:"
    names = finding.items or tuple(data.items[row] for row in finding.rows)
    if not names:
        with st.container(border=True, horizontal=True, gap="xsmall", key=f"notice-{number}"):
            st.markdown(icon, width="content")
            st.markdown(escaped(finding.message), width="stretch")
        return
    with st.expander(escaped(finding.message), icon=icon, key=f"finding-{number}"):
        if finding.rows:
            st.html(thumbnails.strip(data, finding.rows[:_PICTURES]))
        more = texts.MORE_NAMES.format(n=f"{len(names) - _NAMES:,}") if len(names) > _NAMES else ""
        st.code("\n".join([*names[:_NAMES], *([more] if more else [])]), language=None, height=160)


# ---- images ----------------------------------------------------------------------------------------------------


def _gallery(data: Dataset) -> None:
    key = f"gallery-{data.fingerprint}"
    st.subheader(texts.GALLERY, anchor=False)
    st.html(_pictures(str(shell.workspace().home), data.fingerprint, st.session_state.get(key, 0)))
    if st.button(texts.GALLERY_NEXT, key="gallery-next", help=texts.GALLERY_NEXT_TIP):
        st.session_state[key] = st.session_state.get(key, 0) + 1
        st.rerun()


@functools.lru_cache(maxsize=16)
def _pictures(home: str, fingerprint: str, page: int) -> str:
    return thumbnails.gallery(study_read.dataset(fingerprint), page, PER_ROW)


def _figures(reading: Reading) -> None:
    data = reading.dataset
    names, counts = data.class_names, data.class_counts.tolist()
    means = {name: reading.means[data.labels == number] for number, name in enumerate(names)}
    left, right = st.columns(2, gap="large")
    with left:
        told = ", ".join(f"{name} {count:,}" for name, count in zip(names, counts, strict=True))
        st.subheader(texts.COUNTS, anchor=False)
        counted = specs(lambda mode: class_counts(names, counts, mode=mode))
        _plot(counted, "class-counts", texts.COUNTS_ALT.format(told=told), len(names))
    with right:
        told = ", ".join(f"{name} {value:.2f}" for name, value in medians(means).items())
        st.subheader(texts.BRIGHTNESS, help=texts.BRIGHTNESS_NOTE, anchor=False)
        spread = specs(lambda mode: brightness(means, mode=mode))
        _plot(spread, "brightness", texts.BRIGHTNESS_ALT.format(told=told), len(names))


def _plot(drawn: Specs, key: str, alt: str, classes: int) -> None:
    live_plot(drawn, key=key, alt=alt, height=rows_height(classes))
