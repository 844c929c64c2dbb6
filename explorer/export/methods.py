"""A study as the methods section of a paper tells it, with what it follows: to be copied, and adapted."""

from collections.abc import Iterator, Mapping, Sequence

import explorer
from explorer.datasets.findings import count, listed
from explorer.errors import TechniqueError
from explorer.export.comparing import usual_baseline, usual_practical
from explorer.export.provenance import version_sets
from explorer.export.view import View
from explorer.export.weights import weights_words
from explorer.records import Arm, Choice, Dataset, Outcome, Slot, Study
from explorer.score_words import spoken
from explorer.splits import counted_units
from explorer.statistics.curves import interval_words
from explorer.techniques.base import CombinedModel
from explorer.techniques.discovery import build, techniques

SURVEY = "Raghu and Schmidt 2020, arXiv:2003.11755"
HOLM = "Holm 1979, Scandinavian Journal of Statistics 6, 65-70"
EQUIVALENCE = "Schuirmann 1987, doi:10.1007/BF01068419"
SPENDING = "Lan and DeMets 1983, doi:10.1093/biomet/70.3.659"
PROGRAM = "Data-Efficiency Explorer, version {version}, MIT licence"

COMPARED = (
    "With the Data-Efficiency Explorer (version {version}) we compared {techniques} on the data set “{name}”: {images} "
    "of {size} in {k} classes, {labeled} of them labelled ({classes}). Every technique was fitted on {budgets}, "
    "with {seeds}."
)
UNTIL = (
    "Seeds were added until the verdict of every technique over the whole curve was clear, at most {seeds} and for at "
    "most {minutes:g} minutes of work, at looks planned beforehand among which the level was spent."
)
PER_CLASS, IN_TOTAL = "{budgets} labelled images of each class", "{budgets} labelled images in total"
UP_TO = "up to {seeds}"
MADE_OF = "{title} ({parts})"
JUDGED = "At each seed {share} judged; labels were drawn from the others, and no technique saw a judging image."
SHARE = "{share:.0f} % of the labelled images of each class"
SHARE_GROUPS = "whole groups with about {share:.0f} % of the labelled images of each class"
SHARE_GIVEN = "the images of the test split that the data set brings"
SAME = (
    "At one seed all techniques were given the same labelled images, and a larger budget contained the smaller one. "
    "Settings were fixed beforehand or chosen by cross-validation within the labelled images; the last model was "
    "judged, never the best one."
)
COPIES = "Images that are copies of each other never stood on both sides."
FREE = "Taken to carry no meaning in these images, so that techniques may change it: {free}."
SCORE = "The score is {metric}."
VERDICTS = (
    "Each technique was held against {baseline} at the same seeds; differences are called clear where they hold at a "
    "level of 5 % among all techniques and budgets (Holm's correction), and of no practical size where their "
    "interval lies within ± {practical:g} of the score."
)
WEIGHTS = "Pretrained weights: {weights}."
FIGURE = "How the figures are to be read: {words}"
REFERENCES = "References"
MADE_WITH = "Computed with {versions}."


def methods(shown: View, dataset: Dataset, outcomes: Sequence[Outcome]) -> str:
    """Return the paragraphs on how a study was run, and below them the works that it follows.

    Plain text, a line for each paragraph, as word processors take it.


    shown       what there is to see of it under the score of the paper
    outcomes    its finished trials, of which versions and weights are told
    """
    study = shown.study
    paragraphs = (" ".join(_compared(study, dataset)), " ".join(_judged(shown, dataset)), _made(study, outcomes))
    works = [f"{number}. {work}" for number, work in enumerate(references(study), 1)]
    return "\n\n".join([*filter(None, paragraphs), "\n".join([REFERENCES, *works])]) + "\n"


def references(study: Study) -> tuple[str, ...]:
    """Return the works that a study follows, each once: the program, the survey, techniques by arm, statistics."""
    found = [PROGRAM.format(version=explorer.__version__), SURVEY]
    for arm in study.arms:
        found += [work for paper in _papers(arm) for work in paper.split("; ")]
    if len(study.arms) > 1:
        found += [HOLM, EQUIVALENCE]
    if study.until is not None:
        found.append(SPENDING)
    return tuple(dict.fromkeys(found))


def _papers(arm: Arm) -> Iterator[str]:
    """Yield what the techniques of an arm follow; of an arm that is made of arms, of each of these as well.

    One that is here no more, or has other settings by now, is left out: the study is older than the program.
    """
    for slot, choice in arm.choices():
        known = techniques(slot).get(choice.technique)
        if known is None:
            continue
        yield known.paper
        if issubclass(known, CombinedModel):
            for member in _members(choice):
                yield from _papers(member)


def _members(choice: Choice) -> tuple[Arm, ...]:
    try:
        built = build(Slot.MODEL, choice)
    except TechniqueError:
        return ()
    return built.members() if isinstance(built, CombinedModel) and built.problem() is None else ()


def _compared(study: Study, dataset: Dataset) -> Iterator[str]:
    counts = dataset.class_counts.tolist()
    yield COMPARED.format(
        version=explorer.__version__,
        techniques=listed([_described(arm) for arm in study.arms]),
        name=dataset.name,
        images=count(len(dataset), "image"),
        size=" × ".join(map(str, dataset.inputs.shape[1:3])) + " pixels",
        k=dataset.n_classes,
        labeled=f"{sum(counts):,}",
        classes=", ".join(f"{name} {n:,}" for name, n in zip(dataset.class_names, counts, strict=True)),
        budgets=_budgets(study),
        seeds=_seeds(study),
    )
    if study.until is not None:
        yield UNTIL.format(seeds=count(study.seeds, "seed"), minutes=study.until.minutes)


def _described(arm: Arm) -> str:
    """Return the title of an arm with the techniques that it is made of, where it says more than their title."""
    made_of = [_part(slot, choice) for slot, choice in arm.choices()]
    parts = [each for each in made_of if each != arm.title]
    return MADE_OF.format(title=arm.title, parts=", ".join(parts)) if parts else arm.title


def _part(slot: Slot, choice: Choice) -> str:
    """Return the title of a technique with the settings that were chosen, "HOG + SVM with side 32"."""
    known = techniques(slot).get(choice.technique)
    title = choice.technique if known is None else known.title
    settings = [f"{name.replace('_', ' ')} {value}" for name, value in choice.settings.items()]
    return f"{title} with {listed(settings)}" if settings else title


def _budgets(study: Study) -> str:
    numbers = listed([f"{each:,}" for each in study.budgets])
    return (PER_CLASS if study.per_class else IN_TOTAL).format(budgets=numbers)


def _seeds(study: Study) -> str:
    seeds = count(study.seeds, "seed")
    return seeds if study.until is None else UP_TO.format(seeds=seeds)


def _judged(shown: View, dataset: Dataset) -> Iterator[str]:
    study, given = shown.study, dataset.given_test is not None
    share = SHARE_GIVEN if given else SHARE if dataset.groups is None else SHARE_GROUPS
    yield JUDGED.format(share=share.format(share=100 * study.test_share))
    yield SAME
    if dataset.duplicates is not None:
        yield COPIES
    if study.free:
        yield FREE.format(free=listed(list(study.free)))
    yield SCORE.format(metric=spoken(shown.metric))
    if len(study.arms) > 1:
        yield VERDICTS.format(baseline=study.arm(usual_baseline(study)).title, practical=usual_practical(study))
    words = interval_words(shown.curves, dataset.groups, counted_units(dataset), given_test=given)
    yield FIGURE.format(words=words[0].lower() + words[1:])


def _made(study: Study, outcomes: Sequence[Outcome]) -> str:
    weights = weights_words(study, outcomes)
    lines = [WEIGHTS.format(weights="; ".join(weights))] if weights else []
    lines += [MADE_WITH.format(versions=_versions(each)) for each in version_sets(outcomes)]
    return " ".join(lines)


def _versions(found: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {value}" for name, value in found.items())
