"""What there is to see of a study at this moment, put together of what pages have read."""

from explorer.export.view import View, view
from explorer.records import Dataset
from explorer.ui import study_read
from explorer.ui.study_read import Standing
from explorer.ui.supply import judging_of, pool_of


def shown_of(now: Standing, dataset: Dataset, metric: str) -> View:
    """Return it under one score; of a study at work, only what is told while it runs. Raises StoreError."""
    study, last = now.study, now.last
    read = study_read.summed_up if now.active else study_read.compared
    drawn, found = study_read.drawn(study, last, metric), read(study, last, metric)
    tied = study_read.tied(study, last, metric)
    split = pool_of(dataset, study.test_share), judging_of(dataset, study.test_share)
    return view(study, drawn, metric, *split, now.state, found, tied, study_read.looks(study))
