"""A study's curves under one score with all that is said of them: what pages, terminals and files show alike."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from explorer.charts.cost_axis import Against, Axis, computing_axis, labelling_axis, labels_axis
from explorer.charts.drawing import Drawing
from explorer.charts.label_axis import Tick, ticks
from explorer.charts.saving_arrow import Arrow
from explorer.datasets.findings import count
from explorer.export import words
from explorer.export.comparing import Compared
from explorer.export.headline import UNFINISHED, caution, footing, headline, refusal
from explorer.export.settling import stopped_words
from explorer.export.verdict_words import saving_arrow, verdict_sentence
from explorer.records import Ints, Look, State, Study
from explorer.scores import METRICS, Metric
from explorer.statistics.curves import Curve
from explorer.statistics.forecasts import Forecast, Refusal

#: Seconds that labelling one image takes where nobody says otherwise.
LABELLING_SECONDS = 30.0


@dataclass(frozen=True)
class View:
    """A study's curves under one score, ready to be drawn, and how far the study had come with them.

    chance     what the score's guess reaches with these judging images; None where that is not drawn
    found      what the study says of its arms against the usual baseline; without verdicts and forecasts while it runs
    tied       the arms that are not told apart from the one that leads
    looks      those at a study that runs until its verdicts settle, few seeds first
    against    what the curves are drawn against
    seconds    that labelling one image takes
    ahead      whether forecasts are drawn; never against computing time, which nobody forecasts
    """

    study: Study
    curves: tuple[Curve, ...]
    metric: Metric
    n_classes: int
    chance: float | None
    ticks: tuple[Tick, ...]
    state: State
    found: Compared | None = None
    tied: frozenset[str] = frozenset()
    looks: tuple[Look, ...] = ()
    against: Against = Against.LABELS
    seconds: float = LABELLING_SECONDS
    ahead: bool = False

    @property
    def seeds(self) -> int:
        """Return how many seeds a point has that lacks none: where the study stopped at a look, those of that."""
        return self.looks[-1].seeds if self.looks and self.looks[-1].final else self.study.seeds

    @property
    def stopped(self) -> str:
        """Return why the study has stopped before all seeds or after them; empty where it has not, or is another."""
        return stopped_words(self.study, self.looks)

    @property
    def headline(self) -> str:
        """Return the one sentence that the curves allow."""
        if not self.curves:
            return words.NOTHING_RUN
        found = None if self.found is None else replace(self.found, curves=self.curves)
        verdict = "" if found is None else verdict_sentence(self.study, found, self.metric)
        return headline(self.curves, self.metric, self.state, self.chance, verdict, self.tied)

    @property
    def axis(self) -> Axis:
        """Return what the curves are drawn against, with room for the forecasts."""
        if self.against is Against.COMPUTING:
            return computing_axis(self.curves)
        if self.against is Against.LABELLING:
            return labelling_axis(self.ticks, self.seconds, self.furthest)
        return labels_axis(self.ticks, self.furthest)

    @property
    def as_usual(self) -> bool:
        """Tell whether the curves are drawn against labelled examples, and nothing of them is to be forecast."""
        return self.against is Against.LABELS and not self._ahead()

    @property
    def furthest(self) -> float | None:
        """Return the labels up to which there is a forecast in the figure; None where there is none."""
        return max((each.furthest for each in self.forecasts.values()), default=None)

    @property
    def forecasts(self) -> Mapping[str, Forecast]:
        """Return the forecasts that are drawn, by arm."""
        return {arm: each for arm, each in self._ahead().items() if isinstance(each, Forecast)}

    @property
    def axis_words(self) -> str:
        """Return what stands across the figure, what is forecast in it, and why some of that is not."""
        across = {
            Against.LABELS: words.AXIS_LABELS,
            Against.LABELLING: words.AXIS_LABELLING.format(seconds=self.seconds),
            Against.COMPUTING: self._computing_words,
        }
        refused = [
            words.FORECAST_REFUSED.format(arm=self.study.arm(arm).title, reason=each.reason)
            for arm, each in self._ahead().items()
            if isinstance(each, Refusal)
        ]
        return " ".join([across[self.against], *([words.AXIS_FORECAST] if self.forecasts else []), *refused])

    @property
    def arrow(self) -> Arrow | None:
        """Return the arrow of what is saved; None where nothing clear is saved, or praised, or the study still runs."""
        if self.found is None or self.state in UNFINISHED:
            return None
        refused = refusal(self.curves, self.metric, self.state, self.chance, self.tied)
        return None if refused else saving_arrow(self.found, self.axis)

    @property
    def footing(self) -> str:
        """Return what curves are of: data set, score, how many seeds there are at most, and what is not as usual."""
        parts = [footing(self.study, self.curves, self.metric)]
        if self.against is Against.COMPUTING:
            parts.append(words.FOOTING_COMPUTING if self.axis.prepared else words.FOOTING_COMPUTING_BARE)
        parts += [words.FOOTING_FORECAST] if self.forecasts else []
        return " · ".join(parts)

    @property
    def drawing(self) -> Drawing:
        """Return what the figure of the view shows."""
        return Drawing(self.curves, self.metric, self.axis, self.seeds, self.chance, self.arrow, self.forecasts)

    @property
    def caution(self) -> str:
        """Return the warning that brightness may explain these curves; empty where it does not."""
        return caution(self.curves, self.metric, self.state, self.chance)

    @property
    def _computing_words(self) -> str:
        """Return what an axis of computing time contains."""
        fits = count(len(self.study.budgets), "fit")
        return words.AXIS_COMPUTING.format(fits=fits) if self.axis.prepared else words.AXIS_COMPUTING_BARE

    def _ahead(self) -> Mapping[str, Forecast | Refusal]:
        """Return what was to be forecast in the figure, by arm."""
        if self.found is None or not self.ahead or self.against is Against.COMPUTING:
            return {}
        return {arm: self.found.forecasts[arm] for arm in self.found.ahead}


def view(
    study: Study,
    curves: tuple[Curve, ...],
    metric: str,
    pool: Ints,
    judging: Ints,
    state: State = State.DONE,
    found: Compared | None = None,
    tied: frozenset[str] = frozenset(),
    looks: tuple[Look, ...] = (),
) -> View:
    """Return the view; of each class, `pool`, (k,), are the labels it can give, `judging`, (k,), the images that judge.

    Both as they are at seed 0; `tied` as `comparing.tied_at_end` has it.
    """
    score = METRICS[metric]
    marks = ticks(study, curves, pool)
    return View(study, curves, score, len(pool), score.chance(judging), marks, state, found, tied, looks)
