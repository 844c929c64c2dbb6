"""Which class lacks labels: how much of each class a technique of a finished study recognises."""

import functools
from collections.abc import Sequence

import numpy as np
import streamlit as st

from explorer.budgets import used_up
from explorer.charts.class_curves import Panel, class_curves, class_curves_height
from explorer.charts.label_axis import Tick
from explorer.charts.style import Look, looks
from explorer.datasets.findings import count
from explorer.export.headline import GUESSING
from explorer.export.view import View
from explorer.records import Dataset, Study
from explorer.score_words import interval_shown, score_shown
from explorer.scores import METRICS
from explorer.statistics.class_curves import WHOLE
from explorer.statistics.curves import Curve, CurvePoint
from explorer.ui import study_read, texts
from explorer.ui.formats import escaped
from explorer.ui.live_plot import Saved, Specs, live_plot, specs
from explorer.ui.supply import pool_of

_RECALL = METRICS[WHOLE]


def section(shown: View, last: int) -> None:
    """Show the curves of the classes for one technique of a study that is over, of its outcomes up to `last`."""
    if not any(curve.points for curve in shown.curves):
        return
    st.subheader(texts.CLASSES, anchor=False)
    arm = _arm(shown)
    title = shown.study.arm(arm).title
    found = study_read.classes(shown.study, last, arm)
    if not any(curve.points for curve in found):
        st.caption(texts.CLASSES_NONE.format(title=escaped(title)))
        return
    data = study_read.dataset(shown.study.dataset)
    panels = _panels(found, data, shown.study)
    lead = _lead([panel for panel in panels if panel.curve.points], title)
    st.markdown(escaped(lead))
    mean = next(curve for curve in study_read.drawn(shown.study, last, WHOLE) if curve.arm == arm)
    axis = texts.CLASSES_AXIS.format(title=title)
    live_plot(
        _specs(panels, mean, looks(each.name for each in shown.study.arms)[arm], shown.ticks, shown.seeds, axis),
        key="classes",
        alt=texts.CLASSES_ALT.format(axis=axis, told="; ".join(map(_told, panels))),
        height=class_curves_height(len(panels)),
        saved=Saved(f"classes {shown.study.name}", lead, texts.CLASSES_SAVED.format(name=shown.study.name)),
    )
    st.caption(texts.CLASSES_NOTE)


def _arm(shown: View) -> str:
    """Return the technique that is looked at; at first the one that came furthest, guessing aside."""
    names = [arm.name for arm in shown.study.arms]
    sign = 1 if shown.metric.best == "high" else -1
    ends = {curve.arm: sign * curve.points[-1].mean for curve in shown.curves if curve.points}
    best = max(ends, key=lambda arm: (arm != GUESSING, ends[arm]))
    chosen = st.selectbox(
        texts.CLASSES_ARM,
        names,
        index=names.index(best),
        format_func=lambda name: shown.study.arm(name).title,
        key=f"classes-of-{shown.study.id}",
        width=360,
        help=texts.CLASSES_ARM_TIP,
    )
    return str(chosen)


def _panels(found: Sequence[Curve], data: Dataset, study: Study) -> tuple[Panel, ...]:
    """Return the plots, the class that is recognised least first, and last those that nobody judged."""
    most = max(curve.points[-1].n_labeled for curve in found if curve.points)
    short = used_up(most, pool_of(data, study.test_share))
    panels = [
        _panel(name, curve, short=bool(is_short))
        for name, curve, is_short in zip(data.class_names, found, short, strict=True)
    ]
    return tuple(sorted(panels, key=lambda each: each.curve.points[-1].mean if each.curve.points else np.inf))


def _panel(name: str, curve: Curve, *, short: bool) -> Panel:
    note = texts.CLASS_SHORT if short else ""
    if not curve.points:
        return Panel(name, curve, "", texts.CLASS_UNJUDGED, note, ())
    end = curve.points[-1]
    told = tuple(map(_point, curve.points))
    return Panel(name, curve, score_shown(end.mean, _RECALL), interval_shown(end.low, end.high, _RECALL), note, told)


def _point(point: CurvePoint) -> str:
    return texts.CLASS_POINT.format(
        n=f"{point.n_labeled:,.0f}",
        score=score_shown(point.mean, _RECALL),
        interval=interval_shown(point.low, point.high, _RECALL),
        seeds=count(len(point.seeds), "seed"),
    )


def _told(panel: Panel) -> str:
    if not panel.score:
        return f"{panel.name}: {panel.sure}"
    return texts.CLASS_TOLD.format(name=panel.name, score=panel.score, interval=panel.sure)


def _lead(panels: Sequence[Panel], title: str) -> str:
    """Return which class is recognised least and which most, where they differ as they are shown."""
    least, most = panels[0], panels[-1]
    words = texts.CLASSES_ALIKE if least.score == most.score else texts.CLASSES_LEAD
    return words.format(
        n=f"{least.curve.points[-1].n_labeled:,.0f}",
        title=title,
        least=_told(least),
        most=_told(most),
        score=least.score,
    )


@functools.lru_cache(maxsize=32)
def _specs(panels: tuple[Panel, ...], mean: Curve, look: Look, ticks: tuple[Tick, ...], seeds: int, axis: str) -> Specs:
    return specs(lambda mode: class_curves(panels, mean, mode=mode, look=look, ticks=ticks, seeds=seeds, title=axis))
