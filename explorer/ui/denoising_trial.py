"""What a denoiser did to accuracy: a small study, and the paired difference of its two arms."""

import functools
from collections.abc import Sequence

import streamlit as st

from explorer.datasets.findings import count
from explorer.records import Arm, Choice, Dataset, Slot, State, Study
from explorer.scores import METRICS
from explorer.statistics.evidence import judged
from explorer.statistics.verdicts import Comparison, Verdict, compared
from explorer.techniques.discovery import ready_arms, techniques
from explorer.ui import shell, study_read, texts, trying
from explorer.ui.denoising_noise import noise_words
from explorer.ui.formats import escaped

#: The ready-made arm that a denoiser stands in front of.
BEHIND = "baseline"


def arms(choice: Choice, untouched: Choice) -> tuple[Arm, Arm]:
    """Return the arm with a denoiser and the one without it, on the same images: both with noise or both without."""
    plain = ready_arms()[BEHIND]
    noise = noise_words(untouched.settings)
    cleaned = texts.CLEANED_ARM.format(title=techniques(Slot.DENOISING)[choice.technique].title)
    if not noise:
        return Arm(f"cnn_{choice.technique}", cleaned, plain.model, choice), plain
    name = "_".join(f"{value}" for value in untouched.settings.values())
    arm = Arm(f"cnn_{choice.technique}_{name}", f"{cleaned} ({noise})", plain.model, choice)
    return arm, Arm(f"cnn_noisy_{name}", f"{texts.NOISY_ARM} ({noise})", plain.model, untouched)


def accuracy(data: Dataset, choice: Choice, untouched: Choice, *, place: str) -> None:
    """Show the small study of a denoiser, with the same noise on both sides where noise is added, and what it says."""
    arm, against = arms(choice, untouched)
    along = () if against.name in ready_arms() else (against,)
    trying.trying(data, arm, against, (), place=place, along=along)
    if along:
        st.caption(texts.SAME_NOISE)
    id = trying.tried(place, data)
    if id is not None:
        _said(shell.store().study(id))


def _said(study: Study) -> None:
    now = study_read.standing(study, shell.store())
    if now.active:
        return
    found = _compared(str(shell.workspace().home), study.id, now.last)
    against, arm = study.arms
    if not found:
        return
    metric = METRICS[study.metric].title.lower()
    st.markdown(f"**{texts.PAIRED.format(arm=escaped(arm.title), against=escaped(against.title), metric=metric)}**")
    st.table(_rows(found))
    st.caption(texts.PAIRED_NOTE)


@functools.lru_cache(maxsize=32)
def _compared(home: str, id: str, last: int) -> tuple[Comparison, ...]:
    study = shell.store().study(id)
    data = study_read.dataset(study.dataset)
    done = [judged(each, data.labels, study.metric) for each in shell.store().outcomes(id) if each.state is State.DONE]
    return compared(done, study.arms[0].name, data.labels, data.groups, study.metric)


def _rows(found: Sequence[Comparison]) -> dict[str, list[str]]:
    """Return the table: a row for each budget and one for the whole curve, in points of a percentage."""
    return {
        texts.PAIRED_BUDGET: [texts.PAIRED_WHOLE if each.budget is None else f"{each.budget}" for each in found],
        texts.PAIRED_POINTS: [_points(each.difference) for each in found],
        texts.PAIRED_INTERVAL: [f"{_points(each.low)} to {_points(each.high)}" for each in found],
        texts.PAIRED_VERDICT: [_verdict(each) for each in found],
        texts.PAIRED_ITEMS: [f"{each.seeds} × {each.items // each.seeds:,}" for each in found],
    }


def _verdict(found: Comparison) -> str:
    """Return what the difference allows to say; one seed does not know how seeds differ."""
    if found.seeds == 1:
        return texts.ONE_SEED
    if found.verdict is Verdict.OPEN and found.more_seeds is not None:
        return texts.VERDICT_MORE.format(verdict=found.verdict, seeds=count(found.more_seeds, "more seed"))
    return found.verdict


def _points(value: float) -> str:
    """Return a difference of shares in points: "+4.2", "−0.5"."""
    return f"{100 * value:+.1f}".replace("-", "−")
