"""The settings of a technique as a form: one widget for each, made from what the technique's file declares."""

from collections.abc import Collection, Mapping
from typing import Any

import streamlit as st

from explorer.engine.costs import USUAL
from explorer.errors import TechniqueError
from explorer.records import Choice, Slot, Value
from explorer.techniques.base import Technique
from explorer.techniques.discovery import build, self_contained, techniques
from explorer.techniques.settings import Setting, settings_of
from explorer.ui import either_way, texts
from explorer.ui.formats import escaped

#: Characters of a text that are written in one line; what is longer gets a field of several.
_LINE = 80


def choose(slot: Slot, *, place: str, among: tuple[str, ...] | None = None) -> str:
    """Show a picker of the techniques of a slot, those that cannot be used here with the reason; return its name."""
    known = techniques(slot)
    names = sorted(among or known, key=lambda name: _order(known[name]))
    chosen = either_way.box(
        texts.TECHNIQUE,
        names,
        key=technique_key(place),
        shown=lambda name: known[name].title,
        persist_state="session",
        help=texts.TECHNIQUE_TIP.format(more=texts.TECHNIQUE_MORE),
    )
    _about(known[chosen], place)
    return chosen


def technique_key(place: str) -> str:
    """Return the key of the picker at a place, for whoever chooses a technique elsewhere on its page."""
    return f"technique-{place}"


def _order(technique: type[Technique]) -> tuple[bool, bool, bool, float, str]:
    """Return what puts techniques in order: what is usually compared first, what the user has to write last.

    Between them stands what works with every model before what does not, and cheap before dear.
    """
    written = any(each.kind == "text" and each.default for each in settings_of(technique))
    usual = technique().cost(USUAL)
    everywhere = getattr(technique, "works_with_fixed", True)
    return not technique.arms, written, not everywhere, usual.prepare + usual.fit, technique.title


def _about(technique: type[Technique], place: str) -> None:
    """Show the first sentence on a technique, and what else is to know of it folded away."""
    first, _, rest = technique.summary().partition(". ")
    st.caption(escaped(f"{first.rstrip('.')}."))
    with st.expander(texts.TECHNIQUE_MORE, key=f"about-{place}"):
        told = (rest, texts.FAILS.format(when=technique.fails), texts.FOLLOWS.format(paper=technique.paper))
        for words in filter(None, told):
            st.caption(escaped(words))


def form(slot: Slot, name: str, *, place: str, without: Collection[str] = ()) -> Choice:
    """Show a widget for each setting of a technique; return the choice, in which only what departs is named.

    It begins with the settings of the technique's ready-made arm. Settings `without` are asked elsewhere on the page.
    """
    start, first = _start(place, name), _first(slot, name, without)
    values = {each.name: _widget(each, start, first[each.name]) for each in _asked(slot, name, without)}
    if values != first:
        st.button(texts.DEFAULTS, key=f"defaults-{place}", help=texts.DEFAULTS_TIP, on_click=_anew, args=(place, name))
    choice = _departing(slot, name, values)
    try:
        return self_contained(slot, choice)
    except TechniqueError:  # which is told where the arm is composed
        return choice


def begins(slot: Slot, name: str) -> Choice:
    """Return what a form begins with: the choice of the technique's own ready-made arm, else its defaults."""
    own = (getattr(arm, slot.value) for arm in techniques(slot)[name].arms)
    return next((each for each in own if each is not None and each.technique == name), Choice(name))


def _first(slot: Slot, name: str, without: Collection[str]) -> dict[str, Value]:
    settings = begins(slot, name).settings
    return {each.name: settings.get(each.name, each.default) for each in _asked(slot, name, without)}


def _asked(slot: Slot, name: str, without: Collection[str]) -> list[Setting]:
    return [each for each in settings_of(techniques(slot)[name]) if each.name not in without]


def _departing(slot: Slot, name: str, values: Mapping[str, Value]) -> Choice:
    known = {each.name: each.default for each in settings_of(techniques(slot)[name])}
    return Choice(name, {each: value for each, value in values.items() if value != known[each]})


def put(slot: Slot, name: str, setting: str, value: Value, *, place: str) -> None:
    """Set what the form says of one setting; only before the form is shown, as in the callback of a button."""
    (found,) = (each for each in settings_of(techniques(slot)[name]) if each.name == setting)
    st.session_state[_key(_start(place, name), found)] = value


def value_of(slot: Slot, choice: Choice, setting: str) -> Any:
    """Return what a setting of a choice is, whether or not it departs from its default. Raises TechniqueError."""
    return getattr(build(slot, choice), setting)


def kept(slot: Slot, name: str, *, place: str, without: Collection[str] = ()) -> Choice:
    """Return the choice that the form of a technique was left with, without showing it; its start before that."""
    start, first = _start(place, name), _first(slot, name, without)
    values = {
        each.name: each.checked(st.session_state.get(_key(start, each), first[each.name]), name)
        for each in _asked(slot, name, without)
    }
    return _departing(slot, name, values)


def _start(place: str, name: str) -> str:
    """Return where the widgets of a form have their keys; each beginning from the start has its own."""
    times = st.session_state.get(_begun(place, name), 0)
    return f"{place}-{name}-{times}" if times else f"{place}-{name}"


def _begun(place: str, name: str) -> str:
    return f"setting-start-{place}-{name}"


def _anew(place: str, name: str) -> None:
    """Let the form begin anew with widgets of other keys, the only ones that the browser shows as they began."""
    begun = _begun(place, name)
    st.session_state[begun] = st.session_state.get(begun, 0) + 1


def _key(place: str, setting: Setting) -> str:
    return f"setting-{place}-{setting.name}"


def _widget(setting: Setting, place: str, value: Value) -> Value:
    """Show the widget of a setting, which begins with the value; return what it says."""
    label = f"{setting.label} ({setting.unit})" if setting.unit else setting.label
    known: dict[str, Any] = {"key": _key(place, setting), "help": setting.help, "persist_state": "session"}
    if setting.kind == "choice":
        options = list(setting.choices)
        index = options.index(value)
        return setting.checked(st.selectbox(label, options, index=index, format_func=readable, **known), label)
    if setting.kind == "yes or no":
        return bool(st.toggle(label, bool(value), **known))
    if setting.kind == "text":
        field = st.text_area if len(str(setting.default)) > _LINE else st.text_input
        return str(field(label, str(value), **known))
    return _number(setting, label, value, known)


def readable(choice: Value) -> str:
    """Return a choice as words: "salt_and_pepper" as "Salt and pepper"; whatever has digits or capitals is a name."""
    words = str(choice).replace("_", " ")
    return words.capitalize() if words.islower() and not any(map(str.isdigit, words)) else str(choice)


def _number(setting: Setting, label: str, value: Value, known: Mapping[str, Any]) -> Value:
    """Show a slider for a share, which is seen at a glance, and a field for other numbers, which may span decades."""
    kind = int if setting.kind == "whole number" else float
    low, high = (None if end is None else kind(end) for end in (setting.low, setting.high))
    if kind is float and (low, high) == (0.0, 1.0):
        return float(st.slider(label, 0.0, 1.0, float(value), 0.05, **known))
    shape = {} if kind is int else {"format": "%g", "step": float(setting.default) / 10 or 0.1}
    return kind(st.number_input(label, low, high, kind(value), **shape, **known))
