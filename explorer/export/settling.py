"""A study that runs more seeds until its verdicts settle: how it is asked for, and what is said of its looks."""

from collections.abc import Sequence
from dataclasses import replace

from explorer.datasets.findings import count, listed
from explorer.errors import StudyError
from explorer.export.comparing import usual_baseline
from explorer.records import Look, Study, Until
from explorer.statistics.stopping import planned
from explorer.statistics.verdicts import LEVEL

#: Longest work that can be asked for: a week.
MOST_MINUTES = 7 * 24 * 60

SETTLED = "Stopped after {seeds}: every verdict is clear"
OUT_OF_TIME = "Stopped after {minutes} with {seeds}: {unclear}"
ALL_SEEDS = "All {seeds} were run: {unclear}"
UNCLEAR = "{n} of {verdicts} not clear yet"
NO_VERDICT = "too few for a verdict"
FIRST_LOOK = "The first look at the verdicts comes after {seeds}"
NEXT_LOOK = "The next look comes after {seeds}"
LOOKED = "Look {number} of at most {most}, after {seeds}"
CLEAR, STILL_OPEN = "clear against {baseline}: {arms}", "not clear yet against {baseline}: {arms}"
INTERVALS = (
    "Verdicts are those of the look after {seeds}. Each look may use a part of the 5 % chance of a false claim, this "
    "one {level} %, so that its intervals are of {confidence} %."
)
NOT_LOOKED = "There are no verdicts yet: {first}, and one before it would be one too many."


def until_settled(study: Study, minutes: float) -> Study:
    """Return the study as one that runs more seeds until its verdicts settle, `study.seeds` and these minutes at most.

    Raises StudyError where it has nothing to compare, or no time to do so.
    """
    if len(study.arms) < 2:
        raise StudyError("Verdicts need two techniques or more. Choose another one, or a fixed number of seeds.")
    if study.seeds < 2:
        raise StudyError(f"Verdicts need two seeds or more, not {study.seeds}. Allow more seeds.")
    if not 0 < minutes <= MOST_MINUTES:
        raise StudyError(f"Minutes: {minutes:g}. Choose a number above 0, up to {MOST_MINUTES:,}.")
    return replace(study, until=Until(float(minutes), usual_baseline(study)))


def minutes_words(until: Until) -> str:
    """Return how long a study may work: "30 minutes"."""
    return "1 minute" if until.minutes == 1 else f"{until.minutes:g} minutes"


def stopped_words(study: Study, looks: Sequence[Look]) -> str:
    """Return why a study has stopped, in a sentence without its full stop; empty where it has not, or is another one.

    looks    those that were made, few seeds first
    """
    if study.until is None or not looks or not looks[-1].final:
        return ""
    last = looks[-1]
    seeds = f"{last.seeds} of {count(study.seeds, 'seed')}"
    if last.is_settled:
        return SETTLED.format(seeds=seeds)
    verdicts = len(last.clear) + len(last.open)
    unclear = UNCLEAR.format(n=len(last.open), verdicts=count(verdicts, "verdict")) if verdicts else NO_VERDICT
    if last.seeds == study.seeds:
        return ALL_SEEDS.format(seeds=count(study.seeds, "seed"), unclear=unclear)
    return OUT_OF_TIME.format(minutes=minutes_words(study.until), seeds=seeds, unclear=unclear)


def progress_words(study: Study, looks: Sequence[Look]) -> Sequence[str]:
    """Return at which look a study is, what is clear and what is not yet, and when the next one comes, in sentences.

    Empty where it does not look.
    """
    if study.until is None:
        return ()
    ahead = [look for look in planned(study.seeds, study.until.spending) if not looks or look.seeds > looks[-1].seeds]
    if not looks:
        return (f"{FIRST_LOOK.format(seeds=count(ahead[0].seeds, 'seed'))}.",)
    last = looks[-1]
    number = LOOKED.format(number=len(looks), most=len(looks) + len(ahead), seeds=count(last.seeds, "seed"))
    baseline = study.arm(study.until.against).title
    parts = [(CLEAR, last.clear), (STILL_OPEN, last.open)]
    titles = {words: listed([study.arm(arm).title for arm in arms]) for words, arms in parts if arms}
    told = "; ".join(words.format(baseline=baseline, arms=arms) for words, arms in titles.items())
    following = [f"{NEXT_LOOK.format(seeds=count(ahead[0].seeds, 'seed'))}."] if ahead and not last.final else []
    return (f"{number}: {told or NO_VERDICT}.", *following)


def verdicts_words(study: Study, looks: Sequence[Look]) -> str:
    """Return on which look the verdicts of such a study rest, and what that makes of intervals; empty for another."""
    if study.until is None:
        return ""
    if not looks:
        first = planned(study.seeds, study.until.spending)[0]
        words = FIRST_LOOK.format(seeds=count(first.seeds, "seed"))
        return NOT_LOOKED.format(first=words[0].lower() + words[1:])
    last = looks[-1]
    level = f"{100 * last.level:.2g}"
    return INTERVALS.format(seeds=count(last.seeds, "seed"), level=level, confidence=confidence(last.level))


def confidence(level: float = LEVEL) -> str:
    """Return the percent of an interval of a level: "95", "99.46"."""
    return f"{100 * (1 - level):.4g}"
