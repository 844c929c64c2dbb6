"""With what versions of libraries and of this program the trials of a study were run, as its files say it.

study.json holds the versions that most of its trials have as `versions`, and any others as the list `other_versions`;
reports.json holds those of a trial where they are others. Older folders say nothing of single trials.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from explorer.records import Outcome


def version_sets(outcomes: Sequence[Outcome]) -> list[dict[str, str]]:
    """Return each set of versions with which trials were run, the one that most have first.

    One that says the same but less is no set of its own: a trial tells the number format only where torch is in use.
    """
    counted = Counter(tuple(each.versions.items()) for each in outcomes if each.versions)
    sets = [dict(each) for each, _ in counted.most_common()]
    return [each for each in sets if not any(each.items() < other.items() for other in sets)]


def made_with(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Return what study.json says of the versions of trials; nothing where no trial tells any."""
    sets = version_sets(outcomes)
    first, others = sets[:1], sets[1:]
    return {**({"versions": first[0]} if first else {}), **({"other_versions": others} if others else {})}


def of_trial(outcome: Outcome, made: Mapping[str, Any]) -> dict[str, Any]:
    """Return what reports.json says of the versions of a trial, given what study.json says of all: nothing if alike."""
    versions = dict(outcome.versions)
    return {"versions": versions} if versions and versions != made.get("versions") else {}
