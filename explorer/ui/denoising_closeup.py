"""A close look at one denoiser: before and after, what it took away, and what the figures of every trial say of it."""

import functools
import html
import json
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import streamlit as st

from explorer.charts.autocorrelation import Alike, autocorrelation
from explorer.charts.calibration import Words, calibration
from explorer.denoising_report import CORRELATED, OPPOSED
from explorer.previews.answers import Preview
from explorer.records import Array
from explorer.techniques.base import Technique
from explorer.techniques.settings import settings_of
from explorer.ui import texts, thumbnails
from explorer.ui.before_after import before_after
from explorer.ui.denoising_wall import Wall, picture
from explorer.ui.formats import escaped
from explorer.ui.live_plot import Specs, live_plot, specs

#: Heights in px of the pictures and of the charts.
PICTURE, CHART = 480, 300
#: Standard deviations of what was taken away that span from grey to black or white.
SPAN = 3.0


def closeup(wall: Wall, technique: type[Technique], *, place: str) -> None:
    """Show the chosen denoiser of a wall from near, in places that keep their heights while it is made."""
    st.subheader(texts.CLOSEUP.format(title=technique.title), anchor=False)
    found, report = wall.cleaned.found, wall.report.found
    problem = wall.problem or (found.problem if found else "") or (report.problem if report else "")
    if problem:
        st.container(height=CHART, border=True, key=f"closeup-{place}").caption(escaped(problem))
        return
    pair, away, figures = st.columns([5, 5, 6], gap="medium")
    with pair:
        sides = ("", "") if found is None else (picture(found.arrays["given"]), picture(found.arrays["cleaned"]))
        before_after(*sides, shape=wall.shape, height=PICTURE, key=f"pair-{place}")
    with away:
        st.html(_taken_away(found, wall.shape))
    with figures:
        _figures(None if report is None else report.facts)
    _charts(None if report is None else report.facts, technique, place)


def _taken_away(found: Preview | None, shape: tuple[int, int]) -> str:
    """Return the picture of the residual with its words as HTML, and a grey one while there is none."""
    if found is None:
        return _framed(np.full((1, 1, 1), 0.5), shape, "")
    residual = found.arrays["residual"][0].astype(np.float32)
    spread = SPAN * float(residual.std())
    if spread == 0:
        return _framed(np.full_like(residual, 0.5), shape, texts.RESIDUAL_NOTHING)
    return _framed(
        np.clip(0.5 + residual / (2 * spread), 0, 1), shape, texts.RESIDUAL_NOTE.format(percent=100 * spread)
    )


def _framed(pixels: Array, shape: tuple[int, int], words: str) -> str:
    source = thumbnails.picture(pixels, max(pixels.shape[:2]))
    width, ratio = round(PICTURE * shape[0] / shape[1]), f"{shape[0]} / {shape[1]}"
    return (
        f"<figure style='margin:0;width:min(100%,{width}px)'><img src='{source}' alt='{texts.RESIDUAL}' "
        f"style='display:block;width:100%;aspect-ratio:{ratio};image-rendering:pixelated;border-radius:5px'>"
        f"<figcaption style='font-size:13px;line-height:1.4;padding-top:8px'><strong>{texts.RESIDUAL}.</strong> "
        f"{words}</figcaption></figure>"
    )


# ---- figures ---------------------------------------------------------------------------------------------------


def _figures(facts: Mapping[str, Any] | None) -> None:
    if facts is None:
        st.caption(texts.CLOSEUP_FIRST)
        return
    st.html(table(facts["report"]))
    _sentences(facts)


def table(report: Mapping[str, Any]) -> str:
    """Return the figures of a report as an HTML table: a row for each, before and after."""
    rows = "".join(
        f"<tr><th scope='row' style='text-align:left;font-weight:400;padding:5px 12px 5px 0'>{html.escape(name)}</th>"
        f"<td {_NUMBER}>{before}</td><td {_NUMBER}>{after}</td></tr>"
        for name, before, after in _rows(report)
    )
    heads = "".join(
        f"<th scope='col' style='text-align:right;font-weight:600;padding:0 0 5px 12px'>{each}</th>"
        for each in (texts.BEFORE, texts.AFTER)
    )
    return f"<table style='width:100%;font-size:14px;border-collapse:collapse'><tr><td></td>{heads}</tr>{rows}</table>"


_NUMBER = "style='text-align:right;padding:5px 0 5px 12px;font-variant-numeric:tabular-nums;white-space:nowrap'"


def _rows(report: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    before, after = (100 * float(np.mean(report[name])) for name in ("noise_before", "noise_after"))
    yield texts.NOISE_ROW, _percent(before), _percent(after)
    truth = report["truth"]
    if truth is None:
        return
    decibels = ["∞" if truth[name] is None else f"{truth[name]:.1f} dB" for name in ("psnr_before", "psnr_after")]
    yield texts.PSNR_ROW, decibels[0], decibels[1]
    yield texts.SSIM_ROW, f"{truth['ssim_before']:.2f}", f"{truth['ssim_after']:.2f}"


def _percent(value: float) -> str:
    return "< 0.1 %" if 0 < value < 0.05 else f"{value:.1f} %"


def _sentences(facts: Mapping[str, Any]) -> None:
    """Say what the figures are of, how well hidden pixels are predicted, and what should be known of the residual."""
    report = facts["report"]
    told = [texts.FIGURES_OF.format(n=report["rows"])]
    if report["truth"] is not None:
        told.append(texts.TRUTH_OF.format(what=report["truth"]["compared_with"]))
    told.append(texts.HIDDEN.format(loss=report["loss"], neighbours=report["loss_of_neighbours"]))
    st.caption(" ".join(told), help=texts.HIDDEN_TIP)
    for sentence in dict.fromkeys([facts["finding"], *facts["notes"]]):
        if sentence:
            st.markdown(f":orange[:material/warning:] {escaped(sentence)}")
    if report["loss"] > report["loss_of_neighbours"]:
        st.markdown(f":orange[:material/warning:] {texts.HIDDEN_WORSE}")
    if not facts["finding"]:
        st.markdown(texts.RESIDUAL_IS_NOISE.format(value=report["autocorrelation"]["strongest"]["value"]))


# ---- charts ----------------------------------------------------------------------------------------------------


def _charts(facts: Mapping[str, Any] | None, technique: type[Technique], place: str) -> None:
    left, right = st.columns(2, gap="medium")
    if facts is None:
        for number, side in enumerate((left, right)):
            side.container(height=CHART, border=True, key=f"chart-{number}-{place}")
        return
    found = facts["report"]["autocorrelation"]
    strongest = found["strongest"]
    with left:
        alt = texts.AUTOCORRELATION_ALT.format(**strongest)
        live_plot(_alike(json.dumps(found)), key=f"alike-{place}", alt=alt, height=CHART)
    with right:
        curves = facts["calibration"]
        if not curves:
            st.container(height=CHART, border=True, key=f"set-{place}").caption(texts.NOT_CALIBRATED)
            return
        strength = next(each for each in settings_of(technique) if each.name == "strength")
        words = strength.help.partition(". ")[0].rstrip(".")
        alt = texts.CALIBRATION_ALT.format(chosen=", ".join(f"{each['chosen']:g}" for each in curves))
        live_plot(_curves(json.dumps(curves), words), key=f"curve-{place}", alt=alt, height=CHART)


_ALIKE = Alike(
    title=texts.AUTOCORRELATION,
    distance=texts.AUTOCORRELATION_DISTANCE,
    value=texts.AUTOCORRELATION_VALUE,
    band=texts.AUTOCORRELATION_BAND,
)


@functools.lru_cache(maxsize=32)
def _alike(found: str) -> Specs:
    told = json.loads(found)
    along = {name: told[name] for name in texts.DIRECTIONS}
    return specs(
        lambda mode: autocorrelation(
            told["lags"],
            along,
            (OPPOSED, CORRELATED),
            words=_ALIKE,
            names=texts.DIRECTIONS,
            mode=mode,
            height=CHART,
        )
    )


@functools.lru_cache(maxsize=32)
def _curves(curves: str, strength: str) -> Specs:
    words = Words(
        title=texts.CALIBRATION,
        strength=strength,
        loss=texts.CALIBRATION_LOSS,
        chosen=texts.CALIBRATION_CHOSEN,
        floor=texts.CALIBRATION_FLOOR,
        channel=texts.CALIBRATION_CHANNEL,
        first=texts.CALIBRATION_FIRST,
    )
    told = json.loads(curves)
    return specs(lambda mode: calibration(told, words=words, mode=mode, height=CHART))
