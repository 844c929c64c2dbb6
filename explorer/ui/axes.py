"""What the curves of a study are drawn against, and whether with forecasts, as it is chosen beside the score."""

from dataclasses import dataclass, replace

import streamlit as st

from explorer.charts.cost_axis import Against
from explorer.export.view import LABELLING_SECONDS, View
from explorer.ui import linked, texts

#: Seconds that labelling an image may take, and their step.
_LEAST, _MOST, _STEP = 0.1, 36000.0, 5.0


@dataclass(frozen=True)
class Chosen:
    """What was chosen, as the fields of a `View`."""

    against: Against
    seconds: float
    ahead: bool

    def of(self, shown: View) -> View:
        """Return a view so drawn."""
        return replace(shown, against=self.against, seconds=self.seconds, ahead=self.ahead)


def chosen(*, over: bool) -> Chosen:
    """Show the choices and return them; forecasts are offered of a study that is over."""
    against = linked.choice(
        texts.AGAINST_AXIS, texts.AGAINST_NAMES, Against.LABELS.value, key="axis", tip=texts.AGAINST_AXIS_TIP
    )
    seconds = _seconds() if against == Against.LABELLING else LABELLING_SECONDS
    ahead = over and st.toggle(
        texts.FORECAST_SWITCH,
        key="forecast",
        bind="query-params",
        disabled=against == Against.COMPUTING,
        help=texts.FORECAST_SWITCH_TIP,
    )
    return Chosen(Against(against), seconds, ahead)


def _seconds() -> float:
    """Return the seconds that a label takes."""
    seconds = st.number_input(
        texts.LABEL_SECONDS,
        _LEAST,
        _MOST,
        LABELLING_SECONDS,
        _STEP,
        format="%g",
        key="seconds",
        bind="query-params",
        help=texts.LABEL_SECONDS_TIP,
    )
    return float(seconds)
