"""Settings of a technique: dataclass fields that carry their label, range, unit and meaning."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, cast

from explorer.errors import TechniqueError
from explorer.records import Fact, Value


@dataclass(frozen=True)
class Setting:
    """One setting as forms, the command line and checks see it.

    `low` and `high` are inclusive; `choices` lists the allowed values where there is no range. `features` tells that
    a change of this setting changes the features of a fixed model, and not only what is fitted on them. `needs` are the
    facts that must carry no meaning in the data for the setting to do anything.
    """

    name: str
    default: Value
    label: str
    help: str
    unit: str = ""
    low: float | None = None
    high: float | None = None
    choices: tuple[Value, ...] = ()
    features: bool = False
    needs: tuple[Fact, ...] = ()

    @property
    def kind(self) -> str:
        """What a form has to ask for: a "choice", "yes or no", a "whole number", a "number" or any "text"."""
        return "choice" if self.choices else _KINDS[type(self.default)]

    def checked(self, value: Any, technique: str) -> Value:
        """Return `value` in the type of the default. Raises TechniqueError for another type or out of range."""
        kind = type(self.default)
        try:
            converted = kind(value) if isinstance(value, bool) == (kind is bool) else None
        except (TypeError, ValueError):
            converted = None
        if converted is None or (kind is int and float(value) != converted):
            raise TechniqueError(f"{technique}: '{self.name}' has value {value!r}, which is {_WRONG[kind]}.")
        self._check_range(converted, technique)
        return converted

    def _check_range(self, value: Value, technique: str) -> None:
        if self.choices and value not in self.choices:
            allowed = ", ".join(str(choice) for choice in self.choices)
            raise TechniqueError(f"{technique}: '{self.name}' has value {value!r}. Choose one of {allowed}.")
        if isinstance(value, str):
            return
        above = self.low is None or value >= self.low
        below = self.high is None or value <= self.high
        if not (above and below):
            span = f"{self.low:g} to {self.high:g}{self._unit()}"
            raise TechniqueError(f"{technique}: '{self.name}' is {value:g}. Choose a value from {span}.")

    def _unit(self) -> str:
        return f" {self.unit}" if self.unit else ""


_KINDS = {bool: "yes or no", int: "whole number", float: "number", str: "text"}
_WRONG = {bool: "neither yes nor no", int: "not a whole number", float: "not a number", str: "not a text"}


def setting(
    default: Value,
    *,
    label: str,
    help: str,
    unit: str = "",
    low: float | None = None,
    high: float | None = None,
    choices: tuple[Value, ...] = (),
    features: bool = False,
    needs: tuple[Fact, ...] = (),
) -> Any:
    """Declare a dataclass field of a technique as a setting; see `Setting` for the meaning of each part."""
    about = {
        "label": label,
        "help": help,
        "unit": unit,
        "low": low,
        "high": high,
        "choices": choices,
        "features": features,
        "needs": needs,
    }
    return field(default=default, metadata={"setting": about})


def settings_of(technique: type) -> Iterator[Setting]:
    """Yield the settings that a technique class declares, in the order of its file; other fields are none."""
    for declared in fields(technique):
        if "setting" in declared.metadata:
            yield Setting(name=declared.name, default=cast(Value, declared.default), **declared.metadata["setting"])


def idle_settings(technique: type, chosen: Iterable[str], free: Collection[Fact]) -> list[Setting]:
    """Return those of the chosen settings that do nothing where only the facts `free` carry no meaning."""
    return [each for each in settings_of(technique) if each.name in chosen and not set(each.needs) <= set(free)]


def checked(technique: type, name: str, values: Mapping[str, Any]) -> dict[str, Value]:
    """Return `values` checked against the declared settings. Raises TechniqueError, naming what was asked for."""
    known = {each.name: each for each in settings_of(technique)}
    unknown = sorted(set(values) - set(known))
    if unknown:
        has = f"It has {', '.join(known)}." if known else "It has none."
        raise TechniqueError(f"{name} has no setting '{unknown[0]}'. {has}")
    return {key: known[key].checked(value, name) for key, value in values.items()}
