"""The settings of a technique as a form: one widget for each, made from what the technique's file declares."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import streamlit as st

from explorer.records import Choice, Slot, Value
from explorer.techniques.base import Technique
from explorer.techniques.discovery import techniques
from explorer.techniques.settings import Setting, settings_of
from explorer.ui import texts


def choose(slot: Slot, *, place: str, among: tuple[str, ...] | None = None) -> str:
    """Show a picker of the techniques of a slot, those that cannot be used here with the reason; return its name."""
    known = techniques(slot)
    names = list(among or known)
    chosen = st.selectbox(
        texts.TECHNIQUE,
        names,
        format_func=lambda name: known[name].title,
        key=f"technique-{place}",
        persist_state="session",
        help=texts.TECHNIQUE_TIP,
    )
    technique = known[str(chosen)]
    st.caption(f"{technique.summary()} {texts.FAILS.format(when=technique.fails)}")
    return str(chosen)


def form(slot: Slot, name: str, *, place: str, without: Collection[str] = ()) -> Choice:
    """Show a widget for each setting of a technique; return the choice, in which only what departs is named.

    Settings `without` are asked elsewhere on the page.
    """
    technique = techniques(slot)[name]
    found = dict(_departing(technique, f"{place}-{name}", without))
    if found and st.button(texts.DEFAULTS, key=f"defaults-{place}", help=texts.DEFAULTS_TIP):
        for each in settings_of(technique):
            st.session_state[_key(f"{place}-{name}", each)] = each.default
        st.rerun()
    return Choice(name, found)


def put(slot: Slot, name: str, setting: str, value: Value, *, place: str) -> None:
    """Set what the form says of one setting; only before the form is shown, as in the callback of a button."""
    (found,) = (each for each in settings_of(techniques(slot)[name]) if each.name == setting)
    st.session_state[_key(f"{place}-{name}", found)] = value


def kept(slot: Slot, name: str, *, place: str, without: Collection[str] = ()) -> Choice:
    """Return the choice that the form of a technique was left with, without showing it; its defaults before that."""
    found = {}
    for setting in settings_of(techniques(slot)[name]):
        value = st.session_state.get(_key(f"{place}-{name}", setting), setting.default)
        if setting.name not in without and value != setting.default:
            found[setting.name] = setting.checked(value, name)
    return Choice(name, found)


def _departing(technique: type[Technique], place: str, without: Collection[str]) -> Iterator[tuple[str, Value]]:
    for setting in settings_of(technique):
        if setting.name in without:
            continue
        value = _widget(setting, place)
        if value != setting.default:
            yield setting.name, value


def _key(place: str, setting: Setting) -> str:
    return f"setting-{place}-{setting.name}"


def _widget(setting: Setting, place: str) -> Value:
    label = f"{setting.label} ({setting.unit})" if setting.unit else setting.label
    known: dict[str, Any] = {"key": _key(place, setting), "help": setting.help, "persist_state": "session"}
    if setting.kind == "choice":
        options = list(setting.choices)
        return setting.checked(st.selectbox(label, options, index=options.index(setting.default), **known), label)
    if setting.kind == "yes or no":
        return bool(st.toggle(label, bool(setting.default), **known))
    if setting.kind == "text":
        return str(st.text_input(label, str(setting.default), **known))
    return _number(setting, label, known)


def _number(setting: Setting, label: str, known: Mapping[str, Any]) -> Value:
    """Show a slider for a share, which is seen at a glance, and a field for other numbers, which may span decades."""
    kind = int if setting.kind == "whole number" else float
    low, high = (None if end is None else kind(end) for end in (setting.low, setting.high))
    if kind is float and (low, high) == (0.0, 1.0):
        return float(st.slider(label, 0.0, 1.0, float(setting.default), 0.05, **known))
    shape = {} if kind is int else {"format": "%g", "step": float(setting.default) / 10 or 0.1}
    return kind(st.number_input(label, low, high, kind(setting.default), **shape, **known))
