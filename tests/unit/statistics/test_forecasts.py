"""Forecasts: right where a rule is, honest about their own misses, refused where nothing is to be told."""

import numpy as np
import pytest

from explorer.statistics.forecasts import Forecast, Refusal, forecast

N = [10, 20, 40, 80, 160, 320]
POWER = 0.9 - 2 * np.array(N) ** -0.5
ERROR = [0.005] * 6


def test_a_power_law_is_continued():
    found = forecast(N, POWER, ERROR)
    assert isinstance(found, Forecast)
    (score,), (low,), (high,) = found.at([640])
    truth = 0.9 - 2 * 640**-0.5
    assert score == pytest.approx(truth, abs=0.01)
    assert low < truth < high
    assert found.weights[0] == max(found.weights)
    assert found.weights.sum() == pytest.approx(1)


def test_a_forecast_starts_at_the_last_point_and_never_lies_below_it():
    """Rules that need not pass near the last point foretold 56 % with 574 labels where 287 had reached 57 %."""
    n, y = [15, 30, 75, 150, 287], [0.116, 0.183, 0.268, 0.421, 0.571]
    for sign, best in ((1, 1.0), (-1, 0.0)):
        scores = np.array(y) if sign > 0 else 1 - np.array(y)
        found = forecast(n, scores, [0.02] * 5, high=sign > 0, best=best)
        middle, low, high = found.at([287, 400, 574, 1148])
        assert middle[0] == pytest.approx(scores[-1])
        assert (sign * middle >= sign * scores[-1] - 1e-12).all()
        assert (low < middle).all()
        assert (middle < high).all()


def test_a_forecast_that_is_moved_does_not_pass_the_best_score():
    found = forecast(N, [0.2, 0.3, 0.5, 0.8, 0.97, 0.999], ERROR)
    assert (found.at([320, 640, 1280])[0] <= 1).all()


def test_the_band_opens_with_the_distance_and_stays_below_the_best_score():
    found = forecast(N, POWER, ERROR)
    _, low, high = found.at([320, 640, 1280])
    assert (np.diff(high - low) > 0).all()
    assert (high <= 1).all()
    assert found.furthest == 1280
    for beyond in (1281, 319):
        with pytest.raises(ValueError, match="reaches from"):
            found.at([beyond])


def test_a_curve_that_bends_late_has_missed_before_and_says_so():
    steady = forecast(N, POWER, ERROR)
    late = forecast(N, [*POWER[:-2], POWER[-3] + 0.1, POWER[-3] + 0.12], ERROR)
    assert late.miss > 3 * steady.miss
    widths = [(high - low)[0] for _, low, high in (each.at([640]) for each in (steady, late))]
    assert widths[1] > 2 * widths[0]


def test_losses_fall_and_are_forecast_as_well():
    loss = 0.2 + 3 * np.array(N) ** -0.5
    found = forecast(N, loss, ERROR, high=False, best=0.0)
    (score,), (low,), (high,) = found.at([640])
    assert score == pytest.approx(0.2 + 3 * 640**-0.5, abs=0.02)
    assert 0 <= low < score < high


def test_labels_for_a_target():
    found = forecast(N, POWER, ERROR)
    wanted = found.needed(0.82).labels
    assert found.at([wanted])[0][0] == pytest.approx(0.82, abs=0.002)
    assert found.needed(0.5).labels == pytest.approx(320)
    assert found.needed(0.99).labels is None


def test_labels_for_a_target_have_a_band():
    found = forecast(N, POWER, ERROR)
    needed = found.needed(0.82)
    assert needed.labels == found.needed(0.82).labels
    assert 320 <= needed.fewest < needed.labels < needed.most <= found.furthest
    (_,), (low,), _ = found.at([needed.most])
    _, _, (high,) = found.at([needed.fewest])
    assert (low, high) == pytest.approx((0.82, 0.82), abs=0.003)
    far = found.needed(float(found.at([found.furthest])[2][0]) - 0.001)
    assert (far.labels, far.most) == (None, None)
    assert far.fewest == pytest.approx(found.furthest, rel=0.2)


def test_labels_for_a_loss_are_those_where_it_has_fallen_so_far():
    loss = 0.2 + 3 * np.array(N) ** -0.5
    needed = forecast(N, loss, ERROR, high=False, best=0.0).needed(0.32)
    assert needed.fewest < needed.labels < needed.most


def test_short_curves_are_refused():
    found = forecast(N[:4], POWER[:4], ERROR[:4])
    assert isinstance(found, Refusal)
    assert "five budgets" in found.reason


def test_a_single_label_is_no_point_of_a_rule():
    """The logarithm of 1 is 0, so that nothing could be fitted."""
    found, without = forecast([1, *N], [0.1, *POWER], [0.005] * 7), forecast(N, POWER, ERROR)
    assert found.at([640])[0] == pytest.approx(without.at([640])[0])
    assert isinstance(forecast([1, *N[:4]], [0.1, *POWER[:4]], ERROR[:5]), Refusal)


def test_curves_that_fall_beyond_noise_are_refused_and_noise_is_not():
    fallen = [*POWER[:4], POWER[3] - 0.05, POWER[5]]
    found = forecast(N, fallen, ERROR)
    assert isinstance(found, Refusal)
    assert "160" in found.reason
    assert isinstance(forecast(N, fallen, [0.02] * 6), Forecast)
    assert isinstance(forecast(N, -np.array(fallen), ERROR, high=False, best=0.0), Refusal)
