"""Arms as people type them: `name=denoising:tv,model:pretrained(side=96),augmentation:gentle`."""

import re
from collections.abc import Iterator
from pathlib import PurePath

from explorer.errors import TechniqueError
from explorer.records import Arm, Choice, Slot, Value

EXAMPLE = "'name=denoising:tv,model:pretrained(side=96),augmentation:gentle,semi_supervised:self_training'"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}")
_PART = re.compile(r"(?P<slot>[\w-]+):(?P<technique>\w+)(?:\((?P<settings>.*)\))?", re.DOTALL)
#: What follows a comma that ends a part: anything between techniques; between settings the name of the next one, so
#: that a value may have commas of its own.
_ANYTHING, _NAMED = re.compile(""), re.compile(r"\s*(\w+\s*=|$)")
#: Letters of a value that people are told: a pipeline is a text of hundreds.
_MOST = 24
_WORDS = {"yes": True, "true": True, "no": False, "false": False}


def typed_arm(text: str) -> Arm:
    """Return the arm that `text` composes; techniques and settings are checked when it is built.

    Raises TechniqueError for text of another form, a slot that does not exist or is filled twice, and without a model.
    """
    name, equals, made_of = text.partition("=")
    if not equals or not _NAME.fullmatch(name.strip()):
        raise TechniqueError(f"'{text}' is not an arm. Write one as {EXAMPLE}.")
    slots: dict[str, Choice] = {}
    for part in _split(made_of, _ANYTHING):
        slot, choice = _part(part, text)
        if slot in slots:
            raise TechniqueError(f"The arm '{name}' fills the slot {slot} twice. Name one technique for it.")
        slots[slot] = choice
    if Slot.MODEL.value not in slots:
        raise TechniqueError(f"The arm '{name}' has no model. Add one, such as model:pretrained.")
    return Arm(name=name.strip(), title=name.strip(), **slots)


def spelled(arm: Arm) -> str:
    """Return the text that `typed_arm` makes the arm of, but for its title."""
    parts = (f"{slot.value}:{choice.technique}{_settings_text(choice)}" for slot, choice in arm.choices())
    return f"{arm.name}={','.join(parts)}"


def _settings_text(choice: Choice) -> str:
    if not choice.settings:
        return ""
    return "(" + ",".join(f"{name}={spelled_value(value)}" for name, value in choice.settings.items()) + ")"


def told_settings(choice: Choice) -> list[str]:
    """Return the settings of a choice as people read them: "side 96". Of a file its name, of a long text its start."""
    return [f"{name.replace('_', ' ')} {_short(value)}" for name, value in sorted(choice.settings.items())]


def _short(value: Value) -> str:
    text = spelled_value(value)
    name = PurePath(text).name if text.startswith(("/", "~")) else text
    return name if len(name) <= _MOST else f"{name[:_MOST]}…"


def spelled_value(value: Value) -> str:
    """Return a value as it is typed."""
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def _part(part: str, text: str) -> tuple[str, Choice]:
    found = _PART.fullmatch(part)
    if found is None:
        raise TechniqueError(f"'{part}' in '{text}' is not a technique. Write slot:technique, as in {EXAMPLE}.")
    slot = found["slot"].replace("-", "_")
    if slot not in [each.value for each in Slot]:
        raise TechniqueError(f"There is no slot '{slot}'. Choose from {', '.join(each.value for each in Slot)}.")
    return slot, Choice(found["technique"], dict(_settings(found["settings"] or "", text)))


def _settings(inside: str, text: str) -> Iterator[tuple[str, Value]]:
    for part in _split(inside, _NAMED):
        name, equals, value = part.partition("=")
        if not equals:
            raise TechniqueError(f"'{part}' in '{text}' is not a setting. Write setting=value.")
        yield name.strip(), _WORDS.get(value.strip().lower(), value.strip())


def _split(text: str, follows: re.Pattern[str]) -> Iterator[str]:
    """Yield the parts between commas that stand in no bracket and before what `follows` matches."""
    depth = start = 0
    for at, sign in enumerate(text):
        depth += (sign in "([{") - (sign in ")]}")
        if sign == "," and depth == 0 and follows.match(text, at + 1):
            yield text[start:at].strip()
            start = at + 1
    if text[start:].strip():
        yield text[start:].strip()
