"""A study as the methods section of a paper tells it, with the works that it follows: to be copied, and adapted."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from explorer.budgets import AT_MOST
from explorer.datasets.findings import count, listed
from explorer.export.comparing import usual_baseline, usual_practical
from explorer.export.provenance import version_sets
from explorer.export.references import members, references
from explorer.export.settling import confidence, verdicts_words
from explorer.export.view import View
from explorer.export.weights import weights_words
from explorer.records import Arm, Choice, Dataset, Fact, Outcome, Slot, State
from explorer.score_words import distance_shown, spoken
from explorer.splits import counted_units
from explorer.statistics.curves import interval_words
from explorer.statistics.verdicts import LEVEL
from explorer.techniques.discovery import techniques
from explorer.techniques.settings import idle_settings
from explorer.techniques.spelling import told_settings

PROGRAM = "Data-Efficiency Explorer"

COMPARED = "With the {program} we compared: {techniques}."
DATA = (
    "The data set “{name}” ({about}) holds {images}, read at {size}, in {k} classes, {labeled} ({classes}){more}. "
    "Pixel values by one rule ({values})."
)
GROUPS, GIVEN = ", in {groups}", "; a test split of {images} comes with it"
LICENSED = "source: {source}; licence: {licence}; "
FITTED = "Each technique was fitted on {budgets}, with {seeds}."
PER_CLASS, IN_TOTAL = "{budgets} labelled images of each class", "{budgets} labelled images in total"
FEWER = "at most {budget}"
UNTIL = (
    "Seeds were added until the verdict of every technique against {against} was clear, at most {most} and for at most "
    "{minutes:g} minutes of work, at looks planned beforehand."
)
UP_TO = "up to {seeds}"
PLANNED = "Of the {planned} that were planned, {done} were finished{failed}; what follows rests on these."
FAILED = " and {n} failed"
JUDGED = "At each seed {share} judged; labels were drawn from the others, and no technique saw an image that judges."
SHARE = "about {share:g} % of the labelled images of each class"
SHARE_GROUPS = "whole groups with about {share:g} % of the labelled images of each class"
SHARE_GIVEN = "the images of the test split that the data set brings"
SAME = (
    "At one seed all techniques were given the same labelled images, and a larger budget contained the smaller one. "
    "Within a trial no setting was chosen on images that judge: settings were given beforehand, chosen by "
    "cross-validation within the labelled images, or found on images of the pool without their labels. The model at "
    "the end of each fit was judged, never the best one on the way."
)
COPIES = "Images that are copies of each other never stood on both sides."
FREE = "Taken to carry no meaning in these images, so that techniques may change it: {free}."
SCORE = "The score is {metric}."
VERDICTS = (
    "Each other technique was held against {baseline} at the same seeds. A difference is called clear where it holds "
    "at a level of {level} % for the whole study (Holm's correction; half of the level is shared by all techniques at "
    "all budgets, half by whole curves), and else without practical difference where its {confidence} % interval lies "
    "within ± {practical}."
)
WEIGHTS = "Pretrained weights: {weights}."
FIGURE = "How the figures are to be read: {words}"
MADE_WITH = "Computed with {versions}."
REFERENCES = "References"
#: What a trial tells of the program and its surroundings that is no library.
_OF_THE_MACHINE = frozenset({"explorer", "protocol", "machine", "threads", "device", "bfloat16"})


def methods(shown: View, dataset: Dataset, outcomes: Sequence[Outcome]) -> str:
    """Return the paragraphs on how a study was run, and below them the works that it follows.

    Plain text, a line for each paragraph, as word processors take it. It tells what was done: of a study that was
    cancelled, or in which trials failed, how many there are.

    shown       what there is to see of it under the score of the paper
    outcomes    its trials that ended, of which versions and weights are told
    """
    study = shown.study
    paragraphs = [
        " ".join(filter(None, sentences))
        for sentences in (
            _compared(shown, dataset, outcomes),
            _judged(shown, dataset),
            _read(shown, dataset),
            _made(shown, outcomes),
        )
    ]
    works = [_program(outcomes), *references(study, dataset)]
    numbered = [f"{number}. {work}" for number, work in enumerate(works, 1)]
    return "\n\n".join([*filter(None, paragraphs), "\n".join([REFERENCES, *numbered])]) + "\n"


# ---- what was compared -----------------------------------------------------------------------------------------


def _compared(shown: View, dataset: Dataset, outcomes: Sequence[Outcome]) -> Iterator[str]:
    study = shown.study
    yield COMPARED.format(
        program=_program(outcomes), techniques="; ".join(_described(arm, study.free) for arm in study.arms)
    )
    yield _data(dataset)
    yield FITTED.format(budgets=_budgets(shown), seeds=_seeds(shown))
    if study.until is not None:
        yield UNTIL.format(
            against=study.arm(study.until.against).title,
            most=count(study.seeds, "seed"),
            minutes=study.until.minutes,
        )
        yield f"{shown.stopped}." if shown.stopped else ""
    yield _finished(shown, outcomes)


def _program(outcomes: Sequence[Outcome]) -> str:
    """Return the program with the versions of it that ran the trials, as far as these tell."""
    versions = dict.fromkeys(each["explorer"] for each in version_sets(outcomes) if "explorer" in each)
    return f"{PROGRAM} (version {listed(list(versions))})" if versions else PROGRAM


def _data(dataset: Dataset) -> str:
    counts = dataset.class_counts.tolist()
    height, width, channels = dataset.inputs.shape[1:]
    licensed = LICENSED.format(source=dataset.source, licence=dataset.licence) if dataset.licence else ""
    return DATA.format(
        name=dataset.name,
        about=f"{licensed}fingerprint {dataset.fingerprint}",
        images=count(len(dataset), "image"),
        size=f"{height} × {width} pixels in {count(channels, 'channel')}",
        k=dataset.n_classes,
        labeled="all labelled" if sum(counts) == len(dataset) else f"{sum(counts):,} of them labelled",
        more="".join(_more(dataset)),
        classes=", ".join(f"{name} {n:,}" for name, n in zip(dataset.class_names, counts, strict=True)),
        values=dataset.scaling.rule.rstrip("."),
    )


def _more(dataset: Dataset) -> Iterator[str]:
    if dataset.groups is not None:
        yield GROUPS.format(groups=count(len(dataset.group_names), "group"))
    if dataset.given_test is not None:
        yield GIVEN.format(images=count(int(dataset.given_test.sum()), "image"))


def _described(arm: Arm, free: Collection[Fact]) -> str:
    """Return the title of an arm with the techniques, or the arms, that it is made of, where they say more than it.

    The title of an arm that was composed on a page tells its settings; one that was typed has its name for a title.
    """
    typed = arm.title == arm.name
    parts = [_part(slot, choice if typed else Choice(choice.technique), free) for slot, choice in arm.choices()]
    inside = [part for part in parts if not arm.title.startswith(part)]
    inside += [member.title for member in members(arm.model)]
    return f"{arm.title} [{' + '.join(inside)}]" if inside else arm.title


def _part(slot: Slot, choice: Choice, free: Collection[Fact]) -> str:
    """Return the title of a technique with its settings, but for those that do nothing where only `free` is free."""
    known = techniques(slot).get(choice.technique)
    words = choice.technique if known is None else known.title
    idle = () if known is None else {each.name for each in idle_settings(known, choice.settings, free)}
    acting = {name: value for name, value in choice.settings.items() if name not in idle}
    told = told_settings(Choice(choice.technique, acting))
    return f"{words} with {listed(told)}" if told else words


def _budgets(shown: View) -> str:
    """Return the budgets, "at most" where a class had fewer labels to give."""
    study = shown.study
    told = [
        FEWER.format(budget=f"{budget:,}") if tick.budget.startswith(AT_MOST) else f"{budget:,}"
        for budget, tick in zip(study.budgets, shown.ticks, strict=True)
    ]
    return (PER_CLASS if study.per_class else IN_TOTAL).format(budgets=listed(told))


def _seeds(shown: View) -> str:
    seeds = count(shown.seeds, "seed")
    return UP_TO.format(seeds=seeds) if shown.study.until is not None and not shown.stopped else seeds


def _finished(shown: View, outcomes: Sequence[Outcome]) -> str:
    """Return how many trials are missing of those that were to be run; empty where none are."""
    study = shown.study
    planned = len(study.arms) * len(study.budgets) * shown.seeds
    counted = [each for each in outcomes if each.trial.seed < shown.seeds]
    done = sum(each.state is State.DONE for each in counted)
    failed = sum(each.state is State.FAILED for each in counted)
    if done == planned or (study.until is not None and not shown.stopped and not failed):
        return ""
    told = FAILED.format(n=failed) if failed else ""
    return PLANNED.format(planned=count(planned, "trial"), done=f"{done:,}", failed=told)


# ---- how it was judged -----------------------------------------------------------------------------------------


def _judged(shown: View, dataset: Dataset) -> Iterator[str]:
    study = shown.study
    share = SHARE_GIVEN if dataset.given_test is not None else SHARE if dataset.groups is None else SHARE_GROUPS
    yield JUDGED.format(share=share.format(share=100 * study.test_share))
    yield SAME
    if dataset.duplicates is not None:
        yield COPIES
    if study.free:
        yield FREE.format(free=listed(list(study.free)))


def _read(shown: View, dataset: Dataset) -> Iterator[str]:
    """Yield how scores, figures and verdicts are to be read."""
    study = shown.study
    yield SCORE.format(metric=spoken(shown.metric))
    words = interval_words(
        shown.curves, dataset.groups, counted_units(dataset), given_test=dataset.given_test is not None
    )
    yield FIGURE.format(words=words[0].lower() + words[1:])
    if len(study.arms) > 1 and (study.until is None or shown.looks):
        level = shown.looks[-1].level if shown.looks else LEVEL
        yield VERDICTS.format(
            baseline=study.arm(usual_baseline(study)).title,
            level=f"{100 * level:.2g}",
            confidence=confidence(level),
            practical=distance_shown(usual_practical(study), shown.metric),
        )
    yield verdicts_words(study, shown.looks)


# ---- what it was made with -------------------------------------------------------------------------------------


def _made(shown: View, outcomes: Sequence[Outcome]) -> Iterator[str]:
    weights = weights_words(shown.study, outcomes)
    if weights:
        yield WEIGHTS.format(weights="; ".join(weights))
    for versions in version_sets(outcomes):
        yield MADE_WITH.format(versions=_versions(versions))


def _versions(found: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {value}" for name, value in found.items() if name not in _OF_THE_MACHINE)
