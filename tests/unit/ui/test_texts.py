"""Sentences that speak of numbers in the code say what these numbers are."""

import re

import numpy as np
import pytest

from explorer.scores import METRICS
from explorer.ui import guide_texts, plan


def test_the_tip_of_the_score_says_where_log_loss_ends():
    sure_and_wrong = METRICS["log_loss"].value(np.array([[1.0, 0.0]], np.float32), np.array([1]))
    assert np.exp(sure_and_wrong) == pytest.approx(8e6, rel=0.05)
    assert "less likely than one in 8 million" in plan.metric_tip()
    assert f"at most {sure_and_wrong:.0f}." in plan.metric_tip()


def test_the_tip_tells_of_every_score():
    assert all(f"**{metric.title}**: {metric.told}." in plan.metric_tip() for metric in METRICS.values())


@pytest.mark.parametrize("advice", guide_texts.ADVICE, ids=lambda each: each.situation)
def test_every_source_of_the_guide_names_authors_and_year(advice):
    for source in advice.source.split("; "):
        assert "of this app" in source or re.search(r"[A-Z][\w'-]+.* (19|20)\d\d\b.*, (arXiv|doi):", source), source
