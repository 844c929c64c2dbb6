"""What a denoiser did to accuracy: a small study, and the paired difference of its two arms."""

from collections.abc import Mapping, Sequence

import streamlit as st

from explorer.export.verdict_words import budget, verdict
from explorer.records import Arm, Choice, Dataset, Slot, Study
from explorer.score_words import difference_shown, differences_shown, spoken
from explorer.scores import METRICS, Metric
from explorer.statistics.verdicts import Comparison
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
    against, arm = study.arms
    found = study_read.compared(study, now.last, study.metric, against.name).comparisons
    if not found:
        return
    metric = METRICS[study.metric]
    title = texts.PAIRED.format(arm=escaped(arm.title), against=escaped(against.title), metric=spoken(metric))
    st.markdown(f"**{title}**")
    st.table(_rows(study, found, study_read.called(study, now.last), metric))
    st.caption(texts.PAIRED_NOTE)


def _rows(study: Study, found: Sequence[Comparison], called: Mapping[int, str], metric: Metric) -> dict[str, list[str]]:
    """Return the table: a row for each budget and one for the whole curve."""
    return {
        texts.PAIRED_BUDGET: [budget(study, each) if each.budget is None else called[each.budget] for each in found],
        texts.PAIRED_POINTS: [difference_shown(each.difference, metric) for each in found],
        texts.PAIRED_INTERVAL: [differences_shown(each.low, each.high, metric) for each in found],
        texts.PAIRED_VERDICT: [verdict(each) for each in found],
        texts.PAIRED_ITEMS: [f"{each.seeds} × {each.items // each.seeds:,}" for each in found],
    }
