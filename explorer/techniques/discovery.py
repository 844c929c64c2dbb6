"""Finds the techniques: every file of the four slot folders, and of folders that the user adds.

EXPLORER_TECHNIQUES may name further folders (separated as in PATH) that hold `denoising/`, `models/`, `augmentation/`
or `semi_supervised/` with technique files in them; the engine and its local workers see them too.
"""

import functools
import importlib
import importlib.util
import inspect
import os
import sys
from collections.abc import Iterator, Mapping
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType

from explorer.errors import TechniqueError
from explorer.records import Arm, Choice, Slot, digest
from explorer.techniques.base import Augmentation, CombinedModel, Denoising, Model, SemiSupervised, Technique
from explorer.techniques.settings import checked

FOLDERS: Mapping[Slot, tuple[str, type[Technique]]] = {
    Slot.DENOISING: ("denoising", Denoising),
    Slot.MODEL: ("models", Model),
    Slot.AUGMENTATION: ("augmentation", Augmentation),
    Slot.SEMI_SUPERVISED: ("semi_supervised", SemiSupervised),
}

#: Name in a module of a user under which the digest of its file is kept.
_SOURCE = "__source_digest__"


def techniques(slot: Slot) -> Mapping[str, type[Technique]]:
    """Return the techniques of a slot by name, in alphabetical order.

    Raises TechniqueError for a name that two files use and for a file that declares no technique, naming the file.
    """
    extra = os.environ.get("EXPLORER_TECHNIQUES", "")
    return _found(slot, extra, tuple(_changed(slot, extra)) if extra else ())


def build(slot: Slot, choice: Choice) -> Technique:
    """Return the technique that `choice` names, with its settings checked. Raises TechniqueError."""
    known = techniques(slot)
    if choice.technique not in known:
        raise TechniqueError(f"There is no {slot} technique '{choice.technique}'. Choose one of {', '.join(known)}.")
    found = known[choice.technique]
    return found(**checked(found, choice.technique, choice.settings))


def self_contained(slot: Slot, choice: Choice) -> Choice:
    """Return the choice with what stands in files that its settings name (`Technique.self_contained`).

    Raises TechniqueError, for settings out of range as well.
    """
    technique = build(slot, choice)
    found = technique.self_contained()
    named = {name: getattr(found, name) for name in choice.settings if getattr(found, name) != getattr(technique, name)}
    return Choice(choice.technique, {**choice.settings, **named})


def ready_arms() -> Mapping[str, Arm]:
    """Return the ready-made arms that technique files declare, by name. Raises TechniqueError for a doubled name."""
    arms: dict[str, Arm] = {}
    for technique, arm in _declarations():
        if arm.name in arms:
            raise TechniqueError(f"The arm '{arm.name}' is declared twice, again in '{technique.name()}'.")
        arms[arm.name] = arm
    return arms


def first_arms() -> Mapping[str, Arm]:
    """Return those of the ready-made arms that a study compares where nobody says which, by name."""
    return {arm.name: arm for technique, arm in _declarations() if technique.first}


def declaring(name: str) -> type[Technique]:
    """Return the technique whose file declares the ready-made arm of that name: what the arm is about."""
    return next(technique for technique, arm in _declarations() if arm.name == name)


def _declarations() -> Iterator[tuple[type[Technique], Arm]]:
    """Yield arms and who declares them: models by themselves, then what is added to one, then what joins several."""
    order = (Slot.MODEL, Slot.DENOISING, Slot.AUGMENTATION, Slot.SEMI_SUPERVISED)
    found = [technique for slot in order for technique in techniques(slot).values()]
    for technique in sorted(found, key=lambda each: issubclass(each, CombinedModel)):
        yield from ((technique, arm) for arm in technique.arms)


def _changed(slot: Slot, extra: str) -> Iterator[tuple[Path, int]]:
    """Yield the files of a slot that the user adds, and when each was changed, in nanoseconds."""
    for path in _added(FOLDERS[slot][0], extra):
        yield path, path.stat().st_mtime_ns


@functools.lru_cache(maxsize=4 * len(FOLDERS))
def _found(slot: Slot, extra: str, changed: tuple[tuple[Path, int], ...]) -> Mapping[str, type[Technique]]:
    """Return `techniques`, read once as long as no file that the user adds is `changed`."""
    folder, base = FOLDERS[slot]
    found: dict[str, type[Technique]] = {}
    for path in sorted(_files(folder, extra), key=lambda each: each.stem):
        if path.stem in found:
            raise TechniqueError(f"The {slot} technique '{path.stem}' exists twice, again in {path}. Rename one.")
        module = _load(path, folder)
        found[path.stem] = _declared(module, base, path)
        found[path.stem].source = getattr(module, _SOURCE, "")
    return found


def _files(folder: str, extra: str) -> Iterator[Path]:
    yield from _techniques_in(Path(__file__).parent / folder)
    yield from _added(folder, extra)


def _added(folder: str, extra: str) -> Iterator[Path]:
    for root in extra.split(os.pathsep):
        yield from _techniques_in(Path(root) / folder) if root else ()


def _techniques_in(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.glob("*.py")) if not path.stem.startswith("_"))


def _ships(path: Path) -> bool:
    return path.is_relative_to(Path(__file__).parent)


def _load(path: Path, folder: str) -> ModuleType:
    if _ships(path):
        return importlib.import_module(f"{__package__}.{folder}.{path.stem}")
    name = f"explorer_extra.{folder}.{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or not isinstance(spec.loader, SourceFileLoader):
        raise TechniqueError(f"{path} cannot be read as a Python file.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    text = path.read_bytes()  # compiled here: what Python keeps of a file is old for a second after a change
    exec(spec.loader.source_to_code(text, str(path)), module.__dict__)
    module.__dict__[_SOURCE] = digest(text)
    return module


def _declared(module: ModuleType, base: type[Technique], path: Path) -> type[Technique]:
    own = [
        each
        for _, each in inspect.getmembers(module, inspect.isclass)
        if each.__module__ == module.__name__ and issubclass(each, base) and not inspect.isabstract(each)
    ]
    if len(own) != 1:
        raise TechniqueError(f"{path} must declare exactly one {base.__name__}, but declares {len(own)}.")
    return own[0]
