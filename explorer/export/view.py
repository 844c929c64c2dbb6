"""A study's curves under one score with all that is said of them: what pages, terminals and files show alike."""

from dataclasses import dataclass

from explorer.charts.label_axis import Tick, ticks
from explorer.export import words
from explorer.export.headline import caution, footing, headline
from explorer.records import Ints, State, Study
from explorer.scores import METRICS, Metric
from explorer.statistics.curves import Curve


@dataclass(frozen=True)
class View:
    """A study's curves under one score, ready to be drawn, and how far the study had come with them.

    chance    what the score's guess reaches with these judging images; None where that is not drawn
    """

    study: Study
    curves: tuple[Curve, ...]
    metric: Metric
    n_classes: int
    chance: float | None
    ticks: tuple[Tick, ...]
    state: State

    @property
    def headline(self) -> str:
        """Return the one sentence that the curves allow."""
        return headline(self.curves, self.metric, self.state, self.chance) if self.curves else words.NOTHING_RUN

    @property
    def footing(self) -> str:
        """Return what the curves are of: data set, score, and how many seeds there are at most."""
        return footing(self.study, self.curves, self.metric)

    @property
    def caution(self) -> str:
        """Return the warning that brightness may explain these curves; empty where it does not."""
        return caution(self.curves, self.metric, self.state, self.chance)


def view(
    study: Study, curves: tuple[Curve, ...], metric: str, pool: Ints, judging: Ints, state: State = State.DONE
) -> View:
    """Return the view; of each class, `pool`, (k,), are the labels it can give, `judging`, (k,), the images that judge.

    Both as they are at seed 0.
    """
    score = METRICS[metric]
    return View(study, curves, score, len(pool), score.chance(judging), ticks(study, curves, pool), state)
