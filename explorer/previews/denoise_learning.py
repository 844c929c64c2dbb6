"""What a denoiser learns from the pool, by itself: for those that take minutes.

options   technique, settings: the denoiser with the noise that is added on purpose

facts     notes: what it told
"""

from collections.abc import Mapping
from typing import Any

from explorer.previews.answers import Preview
from explorer.previews.cleaning import Cleaning
from explorer.previews.making import AtWork
from explorer.records import Dataset

#: It may train a network.
LONG = True


def make(dataset: Dataset, options: Mapping[str, Any], at_work: AtWork) -> Preview:
    """Let it learn, and keep that where trials look for it. Raises TechniqueError and Cancelled."""
    cleaning = Cleaning.of(dataset, options, at_work)
    assert cleaning.learnt is not None
    return Preview(facts={"notes": cleaning.journal.notes})
