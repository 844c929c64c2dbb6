"""Noise that is added on purpose: its controls, and how it is called."""

from collections.abc import Mapping

import streamlit as st

from explorer.records import Value
from explorer.techniques.base import NO_NOISE, NOISE_LEVELS, Denoising
from explorer.techniques.settings import Setting, settings_of
from explorer.ui import texts

#: Settings of every denoiser that say which noise is added and how strong it is.
KIND = "added_noise"
SETTINGS = (KIND, *NOISE_LEVELS.values())
#: Stops of a slider within a factor of ten.
_STEPS = (1.0, 1.5, 2.0, 3.0, 5.0, 7.0)


def noise_form(*, place: str) -> Mapping[str, Value]:
    """Show which noise is added and how strong it is; return these settings of a denoiser, none without noise."""
    settings = {each.name: each for each in settings_of(Denoising)}
    kind = settings[KIND]
    chosen = st.selectbox(
        kind.label, kind.choices, format_func=_spoken, key=f"noise-{place}", help=kind.help, persist_state="session"
    )
    if chosen == NO_NOISE:
        return {}
    level = settings[NOISE_LEVELS[str(chosen)]]
    strength = st.select_slider(
        level.label,
        rungs(level),
        level.default,
        format_func=lambda value: f"{value:g}",
        key=f"noise-{place}-{chosen}",
        help=level.help,
        persist_state="session",
    )
    return {KIND: str(chosen), level.name: float(strength)}


def rungs(level: Setting) -> list[float]:
    """Return the stops of a slider over the range of a setting that spans several factors of ten, its default one."""
    assert level.low is not None
    assert level.high is not None
    every = {float(f"{step * 10.0**power:.3g}") for power in range(-6, 7) for step in _STEPS}
    return sorted(each for each in {*every, float(level.default)} if level.low <= each <= level.high)


def noise_words(settings: Mapping[str, Value]) -> str:
    """Return what noise the settings add: "Poisson noise, 10 photons"; empty where they add none."""
    if settings.get(KIND, NO_NOISE) == NO_NOISE:
        return ""
    level = next(each for each in settings_of(Denoising) if each.name == NOISE_LEVELS[str(settings[KIND])])
    strength = f"{float(settings.get(level.name, level.default)):g} {level.unit}".strip()
    return texts.NOISE_WORDS.format(kind=_spoken(settings[KIND]), strength=strength)


def _spoken(kind: Value) -> str:
    return str(kind).replace("_", " ").capitalize()
