"""The controls that compose a technique that learns from the pool, the model it stands on, and one trial of it."""

import functools
from collections.abc import Iterator
from dataclasses import dataclass, replace

import streamlit as st

from explorer.arms import problem
from explorer.errors import TechniqueError
from explorer.records import Arm, Choice, Dataset, Fact, Slot, Study
from explorer.techniques.base import CombinedModel, Model, SemiSupervised
from explorer.techniques.discovery import ready_arms, techniques
from explorer.ui import composed, plan, setting_form, supply, texts


@dataclass(frozen=True)
class Composed:
    """An arm that learns from the pool, the same one without the pool, and the trial of it that is looked at."""

    arm: Arm
    against: Arm
    budget: int
    seed: int

    def study(self, dataset: Dataset, free: tuple[Fact, ...]) -> Study:
        """Return the study whose trial that is."""
        return Study("", "", dataset.fingerprint, (self.arm,), (self.budget,), seeds=1, free=free)


def compose(dataset: Dataset, *, place: str) -> Composed:
    """Show the controls and return what they describe. Raises TechniqueError for a combination that cannot work."""
    name = setting_form.choose(Slot.SEMI_SUPERVISED, place=place, among=_offered())
    chosen = _model(name, place)
    budget, seed = _trial(dataset, place)
    semi = setting_form.form(Slot.SEMI_SUPERVISED, name, place=place)
    with st.expander(texts.POOL_MODEL_SETTINGS, key=f"model-settings-{place}"):
        model = setting_form.form(Slot.MODEL, chosen, place=f"{place}-model")
    arm = _arm(model, semi)
    reason = problem(arm, dataset.kind, None)
    if reason is not None:
        raise TechniqueError(reason)
    return Composed(arm, _against(arm), budget, seed)


def _offered() -> tuple[str, ...]:
    """Return the techniques that learn from the pool, by name, those that studies usually compare first."""
    known = techniques(Slot.SEMI_SUPERVISED)
    return tuple(sorted(known, key=lambda name: not known[name].first))


def _model(semi: str, place: str) -> str:
    known = techniques(Slot.MODEL)
    chosen = st.selectbox(
        texts.POOL_MODEL,
        models_for(semi),
        format_func=lambda name: known[name].title,
        key=f"model-{place}-{semi}",
        persist_state="session",
        help=texts.POOL_MODEL_TIP,
    )
    return str(chosen)


def _trial(dataset: Dataset, place: str) -> tuple[int, int]:
    budgets = plan.default_budgets(dataset)
    left, right = st.columns(2, gap="small")
    budget = left.selectbox(
        texts.POOL_BUDGET,
        budgets,
        index=min(2, len(budgets) - 1),
        format_func=functools.partial(supply.called, dataset),
        key=f"budget-{place}-{dataset.fingerprint}",
        persist_state="session",
        help=texts.POOL_BUDGET_TIP,
    )
    seed = right.number_input(
        texts.POOL_SEED, 0, 49, 0, key=f"seed-{place}", persist_state="session", help=texts.POOL_SEED_TIP
    )
    return int(budget), int(seed)


def models_for(semi: str) -> list[str]:
    """Return the models that learn, by name: first those that it can stand on, its ready-made arm's before all."""
    known = techniques(Slot.MODEL)
    names = [name for name, each in known.items() if issubclass(each, Model) and each.learns]
    names = [name for name in names if not issubclass(known[name], CombinedModel)]
    own = [arm.model.technique for arm in techniques(Slot.SEMI_SUPERVISED)[semi].arms]
    return sorted(names, key=lambda name: (name not in own, not _fits(name, semi), not known[name].first))


def _fits(model: str, semi: str) -> bool:
    return problem(_arm(Choice(model), Choice(semi)), free=None) is None


def _arm(model: Choice, semi: Choice) -> Arm:
    """Return the arm, with the augmentation that the technique's ready-made arm on this model has."""
    titles = techniques(Slot.MODEL)[model.technique].title, techniques(Slot.SEMI_SUPERVISED)[semi.technique].title
    views = next((arm.augmentation for arm in _own(semi.technique) if arm.model.technique == model.technique), None)
    name = composed.named(f"{semi.technique}_on_{model.technique}", model, semi)
    return Arm(name, composed.titled(", ".join(titles), model, semi), model, None, views, semi)


def _own(semi: str) -> Iterator[Arm]:
    technique = techniques(Slot.SEMI_SUPERVISED)[semi]
    assert issubclass(technique, SemiSupervised)
    yield from technique.arms


def _against(arm: Arm) -> Arm:
    """Return the arm without the pool; the ready-made one where there is one, which has a look of its own."""
    plain = replace(arm, semi_supervised=None)
    alike = (each for each in ready_arms().values() if [*each.choices()] == [*plain.choices()])
    title = techniques(Slot.MODEL)[arm.model.technique].title
    name, title = f"{arm.model.technique}_alone", composed.titled(title, arm.model)
    return next(alike, replace(plain, name=composed.named(name, arm.model), title=title))
