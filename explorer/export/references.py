"""The works that a study follows: the program, the survey, its techniques as they were set, its statistics."""

import re
from collections.abc import Iterator

from explorer.errors import TechniqueError
from explorer.records import Arm, Choice, Dataset, Slot, Study
from explorer.techniques.base import CombinedModel, Technique
from explorer.techniques.discovery import build, techniques

INTERVALS = "Nadeau and Bengio 2003, doi:10.1023/A:1024068626366 (intervals over seeds that share images)"
SURVEY = "Raghu and Schmidt 2020, arXiv:2003.11755"
HOLM = "Holm 1979, Scandinavian Journal of Statistics 6, 65-70"
EQUIVALENCE = "Schuirmann 1987, doi:10.1007/BF01068419"
SPENDING = "Lan and DeMets 1983, doi:10.1093/biomet/70.3.659"
SPREAD = "Lupton et al. 1999, doi:10.1086/301004 (how values are spread)"
#: What a work is cited for, before it, and the number under which a work is found.
_TOPIC = re.compile(r"(?P<topic>[^,:]{1,40}): (?P<work>\S.*\b(?:19|20)\d\d\b.*)", re.DOTALL)
_NUMBER = re.compile(r"(?:doi:|arXiv:)\S+")


def references(study: Study, dataset: Dataset) -> tuple[str, ...]:
    """Return the works, each once, those of techniques in the order of the arms."""
    found = [SURVEY]
    found += [SPREAD] if dataset.scaling.knee else []
    found += [_told(work) for arm in study.arms for work in _works(arm)]
    found.append(INTERVALS)
    found += [HOLM, EQUIVALENCE] if len(study.arms) > 1 else []
    found += [SPENDING] if study.until is not None else []
    each: dict[str, str] = {}
    for work in found:
        each.setdefault(_key(work), work)
    return tuple(each.values())


def members(choice: Choice) -> tuple[Arm, ...]:
    """Return the arms that a model is made of; none where it is another one, or cannot be built by this version."""
    built = _built(Slot.MODEL, choice)
    return built.members() if isinstance(built, CombinedModel) and built.problem() is None else ()


def _works(arm: Arm) -> Iterator[str]:
    """Yield the works of the techniques of an arm, and of the arms that it is made of."""
    for slot, choice in arm.choices():
        built = _built(slot, choice)
        if built is not None:
            yield from built.works()
        elif (known := techniques(slot).get(choice.technique)) is not None:
            yield from known.paper.split("; ")
        for member in members(choice) if slot is Slot.MODEL else ():
            yield from _works(member)


def _built(slot: Slot, choice: Choice) -> Technique | None:
    """Return a technique with its settings; None where it is here no more, or has other settings by now."""
    try:
        return build(slot, choice)
    except TechniqueError:
        return None


def _told(work: str) -> str:
    """Return a work with what it is cited for behind it: "Tan and Le 2019, arXiv:1905.11946 (network)"."""
    found = _TOPIC.fullmatch(work)
    return f"{found['work']} ({found['topic']})" if found else work


def _key(work: str) -> str:
    """Return what tells a work from others: its number where it has one."""
    found = _NUMBER.search(work)
    return found.group() if found else work
