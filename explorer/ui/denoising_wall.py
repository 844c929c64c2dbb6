"""One image under every denoiser side by side, and the buttons of those that must learn for minutes first."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import streamlit as st

from explorer.engine.bill import slowness_of
from explorer.errors import TechniqueError
from explorer.previews.answers import Preview, Wanted
from explorer.previews.cleaning import built, seconds_to_learn
from explorer.records import Array, Choice, Dataset, Slot
from explorer.techniques.discovery import techniques
from explorer.ui import either_way, setting_form, shell, texts, thumbnails
from explorer.ui.formats import duration
from explorer.ui.on_demand import on_demand
from explorer.ui.previewed import Shown, gathered
from explorer.ui.zoomed import Tile, zoomed

#: Seconds up to which somebody waits for a denoiser to learn without being asked.
PATIENCE = 6.0
#: Height in px of the place that lets one learn and tells how far it is.
LEARNING = 132
#: Largest side of a picture in px: what is larger is made smaller for the page.
SIDE = 640
#: Name of the figures among what is shown.
REPORT = "report"


@dataclass(frozen=True, eq=False)
class Wall:
    """What is shown of an image: each denoiser by name, the figures of the chosen one, and why there are none."""

    shown: Mapping[str, Shown]
    chosen: str
    untouched: str
    shape: tuple[int, int]
    problem: str

    @property
    def cleaned(self) -> Shown:
        """The image as the chosen denoiser makes it."""
        return self.shown.get(self.chosen, Shown(None, False))

    @property
    def report(self) -> Shown:
        """The figures of the chosen denoiser."""
        return self.shown.get(REPORT, Shown(None, False))


def wall(data: Dataset, row: int, choices: Mapping[str, Choice], *, chosen: str, untouched: str, place: str) -> Wall:
    """Show an image of the pool under the choices by name; `untouched` names the one that cleans nothing.

    Returns what there is of it. Raises StoreError.
    """
    slow, problems = _seconds(data, choices)
    ready = [name for name in choices if name not in problems and name not in slow]
    problems |= dict.fromkeys(slow, texts.TO_LEARN)
    st.subheader(texts.WALL, anchor=False)
    above, below = st.container(), st.container()
    with below:
        wishes = dict(_wishes(data, row, {name: choices[name] for name in ready}, chosen, untouched))
        known = data.clean is not None or bool(choices[untouched].settings)
        words = f"{texts.WALL_WORDS} {texts.WALL_PSNR}" if known else texts.WALL_WORDS
        shown = gathered(wishes, place=place, words=words)
        for name, seconds in slow.items():
            _learning(data, choices[name], seconds, place)
    made = Wall(shown, chosen, untouched, _shape(data), problems.get(chosen, ""))
    with above:
        _tiles(made, choices, problems, place)
    return made


def _seconds(data: Dataset, choices: Mapping[str, Choice]) -> tuple[dict[str, float], dict[str, str]]:
    """Return the seconds of those that learn for longer than anybody waits, and why others cannot be used; by name."""
    space = shell.workspace()
    slow, problems = {}, {}
    for name, choice in choices.items():
        try:
            seconds = slowness_of(space) * seconds_to_learn(data, built(choice), space.cache)
        except TechniqueError as error:
            problems[name] = str(error)
            continue
        if seconds > PATIENCE:
            slow[name] = seconds
    return slow, problems


def _wishes(
    data: Dataset, row: int, ready: Mapping[str, Choice], chosen: str, untouched: str
) -> Iterator[tuple[str, Wanted]]:
    """Yield what is wanted. The last is made first: the image itself, then the chosen, then as they are ordered."""
    options = {name: {"technique": each.technique, "settings": dict(each.settings)} for name, each in ready.items()}
    if chosen in ready:
        yield REPORT, Wanted("denoise_report", data.fingerprint, options[chosen])
    others = [name for name in ready if name not in (chosen, untouched)]
    for name in (*reversed(others), chosen, untouched):
        if name in ready:
            yield name, Wanted("denoise", data.fingerprint, {**options[name], "row": row})


def _shape(data: Dataset) -> tuple[int, int]:
    height, width = data.inputs.shape[1:3]
    return width, height


# ---- pictures --------------------------------------------------------------------------------------------------


def picture(images: Array) -> str:
    """Return the first of some images (n, height, width, channels), uint8, as the address of a picture."""
    pixels = images[0].astype(np.float32) / 255
    return thumbnails.picture(pixels, min(SIDE, max(pixels.shape[:2])))


def _tiles(made: Wall, choices: Mapping[str, Choice], problems: Mapping[str, str], place: str) -> None:
    raw = made.shown.get(made.untouched, Shown(None, False))
    noisy = bool(choices[made.untouched].settings)
    each = [name for name in choices if name != made.untouched]
    cleaned = (_tile(name, made.shown.get(name), problems.get(name, ""), name == made.chosen) for name in each)

    def choose(name: str) -> None:
        either_way.choose(setting_form.technique_key(place), name)

    tiles = [*_truth(raw), _given(raw, noisy), *cleaned]
    zoomed(tiles, shape=made.shape, key=f"wall-{place}", choose=choose)


def _truth(raw: Shown) -> Iterator[Tile]:
    """Yield the image without noise, where somebody knows it."""
    if raw.found is not None and "clean" in raw.found.arrays:
        note = texts.CLEAN_NOTES[raw.found.facts["compared_with"]]
        yield Tile(texts.CLEAN, note, picture(raw.found.arrays["clean"]), stale=raw.stale)


def _given(raw: Shown, noisy: bool) -> Tile:
    title = texts.NOISY if noisy else texts.AS_GIVEN
    if raw.found is None or raw.found.problem:
        return Tile(title, empty=texts.WALL_COMING)
    return Tile(title, _psnr(raw.found, "psnr_before"), picture(raw.found.arrays["given"]), stale=raw.stale)


def _tile(name: str, shown: Shown | None, problem: str, chosen: bool) -> Tile:
    title = techniques(Slot.DENOISING)[name].title
    found = None if shown is None else shown.found
    if shown is None or found is None or found.problem:
        why = problem or (found.problem if found is not None else texts.WALL_COMING)
        return Tile(title, empty=why, name=name, chosen=chosen)
    note = _psnr(found, "psnr_after")
    return Tile(title, note, picture(found.arrays["cleaned"]), name=name, chosen=chosen, stale=shown.stale)


def _psnr(found: Preview, which: str) -> str:
    value = found.facts[which]
    return "" if value is None else texts.PSNR.format(value=value)


# ---- denoisers that take minutes -------------------------------------------------------------------------------


def _learning(data: Dataset, choice: Choice, seconds: float, place: str) -> None:
    """Show the button that lets a denoiser learn, or how far it is; other previews do not wait for it."""
    options = {"technique": choice.technique, "settings": dict(choice.settings)}
    wanted = Wanted("denoise_learning", data.fingerprint, options)
    on_demand(
        wanted,
        place=f"{place}-{wanted.key}",
        height=LEARNING,
        label=texts.LEARN.format(time=duration(seconds)),
        tip=texts.LEARN_TIP,
        note=texts.LEARN_LEAD.format(title=techniques(Slot.DENOISING)[choice.technique].title),
        first=False,
    )
