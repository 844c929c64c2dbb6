"""Arms that are composed on the page of a technique: their titles tell their settings, and their names follow them."""

from dataclasses import replace

from explorer.records import Arm, Choice, Slot, digest
from explorer.techniques.discovery import build
from explorer.techniques.spelling import told_settings
from explorer.ui import texts


def arm(ready: Arm, wanted: Arm) -> Arm:
    """Return the ready-made arm where `wanted` does the same, else `wanted` under a name and a title of its own.

    The title tells the settings of the model that are others than those of the ready-made arm.
    """
    if wanted.model == ready.model:
        return ready
    names = sorted({*ready.model.settings, *wanted.model.settings})
    models = [build(Slot.MODEL, each) for each in (ready.model, wanted.model)]
    before, now = ({name: getattr(model, name) for name in names} for model in models)
    other = Choice(wanted.model.technique, {name: now[name] for name in names if now[name] != before[name]})
    return replace(wanted, name=f"{ready.name}_{_key(wanted.model)}", title=titled(ready.title, other))


def named(name: str, *choices: Choice) -> str:
    """Return the name, and where the choices depart from the defaults, one that no other settings have."""
    return f"{name}_{_key(*choices)}" if any(choice.settings for choice in choices) else name


def titled(title: str, *choices: Choice) -> str:
    """Return the title, with the settings of the choices that depart from the defaults."""
    told = [each for choice in choices for each in told_settings(choice)]
    return texts.COMPOSED.format(title=title, settings=", ".join(told)) if told else title


def _key(*choices: Choice) -> str:
    return digest(*(repr(sorted(choice.settings.items())) for choice in choices))[:6]
