"""Sentences that speak of numbers in the code say what these numbers are."""

import numpy as np
import pytest

from explorer.scores import METRICS
from explorer.ui import texts


def test_the_tip_of_the_score_says_where_log_loss_ends():
    sure_and_wrong = METRICS["log_loss"].value(np.array([[1.0, 0.0]], np.float32), np.array([1]))
    assert np.exp(sure_and_wrong) == pytest.approx(8e6, rel=0.05)
    assert "less likely than one in 8 million" in texts.METRIC_TIP
    assert f"at most {sure_and_wrong:.0f}." in texts.METRIC_TIP
