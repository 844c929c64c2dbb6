"""The Denoise page: one image under every denoiser, a close look at one of them, and what it does to accuracy."""

import streamlit as st

from explorer.previews.cleaning import pool_rows
from explorer.records import Choice, Dataset, Slot
from explorer.techniques.base import Task
from explorer.techniques.discovery import techniques
from explorer.ui import denoising_noise, denoising_trial, setting_form, texts
from explorer.ui.denoising_closeup import closeup
from explorer.ui.denoising_wall import wall
from explorer.ui.sides import sides

PLACE = "denoise"
#: The technique that leaves images as they are, with the noise that is added to them.
NO_CLEANING = "none"


def view(data: Dataset) -> None:
    """Show the page for a data set. Raises StoreError and TechniqueError."""
    side, main = sides()
    names, own = denoisers(data.inputs.shape[1:]), denoising_noise.SETTINGS
    with side:
        st.subheader(texts.DENOISE, anchor=False)
        row = _row(data)
        noise = denoising_noise.noise_form(place=PLACE)
        name = setting_form.choose(Slot.DENOISING, place=PLACE, among=names)
        chosen = setting_form.form(Slot.DENOISING, name, place=PLACE, without=own)
    kept = {each: setting_form.kept(Slot.DENOISING, each, place=PLACE, without=own) for each in names}
    kept |= {name: chosen, NO_CLEANING: Choice(NO_CLEANING)}
    choices = {each: Choice(each, {**choice.settings, **noise}) for each, choice in kept.items()}
    with main:
        shown = wall(data, row, choices, chosen=name, untouched=NO_CLEANING, place=PLACE)
    closeup(shown, techniques(Slot.DENOISING)[name], place=PLACE)
    denoising_trial.accuracy(data, choices[name], choices[NO_CLEANING], place=PLACE)


def denoisers(shape: tuple[int, ...]) -> tuple[str, ...]:
    """Return the denoisers by name, those of the first comparison first, then from cheap to dear for such images."""
    known = {name: each for name, each in techniques(Slot.DENOISING).items() if name != NO_CLEANING}

    def rank(name: str) -> tuple[bool, float]:
        technique = known[name]
        return not technique.first, technique().cost(Task(1, shape, 2, 0)).prepare

    return tuple(sorted(known, key=rank))


def _row(data: Dataset) -> int:
    """Show the choice of an image of the pool; return its row."""
    pool = pool_rows(data)
    left, right = st.columns([3, 2], gap="small")
    numbers = [number for number in range(data.n_classes) if (data.labels[pool] == number).any()]
    number = left.selectbox(
        texts.IMAGE_CLASS,
        numbers,
        format_func=lambda each: data.class_names[each],
        key=f"class-{PLACE}-{data.fingerprint}",
        help=texts.IMAGE_CLASS_TIP,
    )
    members = pool[data.labels[pool] == number]
    key, help = f"image-{PLACE}-{data.fingerprint}-{number}", texts.IMAGE_NUMBER_TIP.format(n=len(members))
    at = right.number_input(texts.IMAGE_NUMBER, 1, len(members), 1, key=key, help=help)
    return int(members[int(at) - 1])
