"""What a denoiser did to accuracy: a small study, and the paired difference of its two arms."""

import functools
from collections.abc import Mapping, Sequence

import streamlit as st

from explorer.records import Arm, Choice, Dataset, Slot, Study
from explorer.scores import METRICS
from explorer.statistics.paired import Difference, differences
from explorer.techniques.discovery import ready_arms, techniques
from explorer.ui import shell, study_read, texts, trying
from explorer.ui.denoising_noise import noise_words
from explorer.ui.formats import escaped

#: The ready-made arm that a denoiser stands in front of.
BEHIND = "baseline"
#: Percent of 95 % intervals that leave out a difference of nothing by chance.
ERRING = 5
_VERDICTS = {1: texts.HELPS, 0: texts.NO_DIFFERENCE, -1: texts.HURTS}


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
    found = _differences(str(shell.workspace().home), study.id, now.last)
    against, arm = study.arms
    if not found:
        return
    metric = METRICS[study.metric].title.lower()
    st.markdown(f"**{texts.PAIRED.format(arm=escaped(arm.title), against=escaped(against.title), metric=metric)}**")
    st.table(_rows(found, study_read.called(study, now.last)))
    several = texts.PAIRED_SEVERAL.format(n=len(found), percent=min(100, ERRING * len(found)))
    st.caption(f"{texts.PAIRED_NOTE} {several}" if len(found) > 1 else texts.PAIRED_NOTE)


@functools.lru_cache(maxsize=32)
def _differences(home: str, id: str, last: int) -> tuple[Difference, ...]:
    study = shell.store().study(id)
    data = study_read.dataset(study.dataset)
    against, arm = study.arms
    outcomes = shell.store().outcomes(id)
    given = data.given_test is not None
    return differences(outcomes, arm.name, against.name, data.labels, data.groups, study.metric, given_test=given)


def _rows(found: Sequence[Difference], called: Mapping[int, str]) -> dict[str, list[str]]:
    """Return the table: a row for each budget, in points of a percentage."""
    return {
        texts.PAIRED_BUDGET: [called[each.budget] for each in found],
        texts.PAIRED_POINTS: [_points(each.mean) for each in found],
        texts.PAIRED_INTERVAL: [f"{_points(each.low)} to {_points(each.high)}" for each in found],
        texts.PAIRED_VERDICT: [_verdict(each) for each in found],
        texts.PAIRED_ITEMS: [f"{each.seeds} × {each.items // each.seeds:,}" for each in found],
    }


def _verdict(found: Difference) -> str:
    """Return what the interval allows to say; one seed does not know how seeds differ."""
    return _VERDICTS[found.sign] if found.seeds > 1 else texts.ONE_SEED


def _points(value: float) -> str:
    """Return a difference of shares in points: "+4.2", "−0.5"."""
    return f"{100 * value:+.1f}".replace("-", "−")
