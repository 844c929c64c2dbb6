"""The verdicts of a study: what each technique gains on another, how sure that is, and what more labels may bring."""

import functools
from collections.abc import Mapping, Sequence

import streamlit as st

from explorer.charts.gains import Gain, gains, gains_height
from explorer.export.comparing import Compared, usual_baseline
from explorer.export.settling import confidence, verdicts_words
from explorer.export.verdict_words import forecast_sentence, needed_words, part, verdict
from explorer.export.view import View
from explorer.records import Study
from explorer.score_words import difference_shown, differences_shown, scale
from explorer.scores import Metric
from explorer.statistics.verdicts import Comparison, Verdict
from explorer.ui import study_read, texts
from explorer.ui.formats import escaped
from explorer.ui.live_plot import Saved, Specs, live_plot, specs

#: Choices of the region in which a difference is not worth acting on, in points.
_PRACTICAL = (0.5, 1.0, 2.0, 5.0)
_USUAL = 1.0
#: Stands for the whole curve among budgets, before all of them.
_WHOLE = 0


def section(shown: View, last: int) -> None:
    """Show the verdicts of a study that is over, of its outcomes up to `last`, and the forecasts of its curves."""
    if len([curve for curve in shown.curves if curve.points]) > 1:
        _verdicts(shown, last)
    if shown.found is not None and shown.found.forecasts:
        _forecasts(shown.study, shown.found, shown.metric)


def _verdicts(shown: View, last: int) -> None:
    study, metric = shown.study, shown.metric
    st.subheader(texts.VERDICTS, anchor=False)
    against, practical = _choices(study, metric)
    found = study_read.compared(study, last, metric.name, against, practical / 100)
    rests = verdicts_words(study, shown.looks)
    if rests:
        st.caption(rests)
    if not found.comparisons:
        if not rests:
            st.caption(texts.VERDICTS_NONE)
        return
    _figure(study, found, _budget(study, found, study_read.called(study, last)), metric)
    words = {"practical": f"{practical:g}", "unit": _unit(metric), "confidence": confidence(found.level)}
    st.caption(texts.VERDICTS_NOTE.format(**words))


def _choices(study: Study, metric: Metric) -> tuple[str, float]:
    """Return the arm that others are compared with, and the size of a difference that nobody would act on."""
    names = [arm.name for arm in study.arms]
    with st.container(horizontal=True, gap="medium"):
        against = st.selectbox(
            texts.AGAINST,
            names,
            index=names.index(usual_baseline(study)),
            format_func=lambda name: study.arm(name).title,
            key=f"against-{study.id}",
            help=texts.AGAINST_TIP,
        )
        practical = st.selectbox(
            texts.PRACTICAL.format(unit=_unit(metric)),
            _PRACTICAL,
            index=_PRACTICAL.index(_USUAL),
            format_func="± {:g}".format,
            key=f"practical-{study.id}",
            help=texts.PRACTICAL_TIP,
        )
    return str(against), float(practical)


def _budget(study: Study, found: Compared, called: Mapping[int, str]) -> int | None:
    """Return at which budget to compare; None = over the whole curve."""
    places = sorted({each.budget or _WHOLE for each in found.comparisons})
    chosen = st.segmented_control(
        texts.VERDICT_AT,
        places,
        default=places[0],
        format_func=lambda each: texts.VERDICT_WHOLE if each == _WHOLE else called[each],
        key=f"verdict-at-{study.id}",
        required=True,
        help=texts.VERDICT_AT_TIP,
    )
    return (chosen if chosen in places else places[0]) or None


def _unit(metric: Metric) -> str:
    return texts.POINTS if metric.percent else texts.HUNDREDTHS


def _figure(study: Study, found: Compared, budget: int | None, metric: Metric) -> None:
    rows = tuple(_row(study, each, metric) for each in _ordered(found, budget, metric))
    against = study.arm(found.against).title
    axis = texts.GAINS_AXIS.format(metric=metric.title, against=against, unit=_unit(metric))
    told = "; ".join(texts.GAIN_TOLD.format(title=row.title, told=row.told, verdict=row.verdict) for row in rows)
    live_plot(
        _specs(rows, axis, 100 * found.practical),
        key="gains",
        alt=texts.GAINS_ALT.format(axis=axis, told=told),
        height=gains_height(len(rows)),
        saved=Saved(f"gains {study.name}", axis, ""),
    )


def _ordered(found: Compared, budget: int | None, metric: Metric) -> Sequence[Comparison]:
    """Return the comparisons at a budget, the best arm first."""
    sign = 1 if metric.best == "high" else -1
    here = [each for each in found.comparisons if each.budget == budget]
    return sorted(here, key=lambda each: -sign * each.difference)


def _row(study: Study, found: Comparison, metric: Metric) -> Gain:
    gained = difference_shown(found.difference, metric), differences_shown(found.low, found.high, metric)
    return Gain(
        arm=found.arm,
        title=study.arm(found.arm).title,
        difference=100 * found.difference,
        low=100 * found.low,
        high=100 * found.high,
        told=", ".join(filter(None, ["{} ({})".format(*gained), part(study, found)])),
        verdict=verdict(found),
        clear=found.verdict is not Verdict.OPEN,
    )


@functools.lru_cache(maxsize=32)
def _specs(rows: tuple[Gain, ...], axis: str, practical: float) -> Specs:
    return specs(lambda mode: gains(rows, mode=mode, axis=axis, practical=practical))


def _forecasts(study: Study, found: Compared, metric: Metric) -> None:
    with st.expander(texts.FORECASTS, key="forecasts"):
        st.caption(texts.FORECASTS_NOTE)
        lines = [
            f"- **{escaped(study.arm(arm).title)}**: {escaped(forecast_sentence(study, arm, each, metric))}"
            for arm, each in found.forecasts.items()
        ]
        st.markdown("\n".join(lines))
        _needed(study, found, metric)


def _needed(study: Study, found: Compared, metric: Metric) -> None:
    """Show the field of a score that is needed, and how many labels each technique takes for it."""
    target = st.number_input(
        texts.SCORE_NEEDED_PERCENT if metric.percent else texts.SCORE_NEEDED,
        0.0,
        100.0,
        None,
        1.0 if metric.percent else 0.1,
        format="%g",
        key=f"needed-{metric.name}-{study.id}",
        help=texts.SCORE_NEEDED_TIP,
    )
    if target is None:
        return
    told = {
        curve.title: needed_words(curve, found.forecasts[curve.arm], target / scale(metric), metric)
        for curve in found.curves
        if curve.arm in found.forecasts
    }
    st.markdown("\n".join(f"- **{escaped(title)}**: {escaped(words)}" for title, words in told.items()))
