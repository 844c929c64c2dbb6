"""A study's curves under one score with all that is said of them: what pages, terminals and files show alike."""

from dataclasses import dataclass, replace

from explorer.charts.label_axis import Tick, ticks
from explorer.charts.saving_arrow import Arrow
from explorer.export import words
from explorer.export.comparing import Compared
from explorer.export.headline import caution, footing, headline, refusal
from explorer.export.settling import stopped_words
from explorer.export.verdict_words import saving_arrow, verdict_sentence
from explorer.records import Ints, Look, State, Study
from explorer.scores import METRICS, Metric
from explorer.statistics.curves import Curve


@dataclass(frozen=True)
class View:
    """A study's curves under one score, ready to be drawn, and how far the study had come with them.

    chance    what the score's guess reaches with these judging images; None where that is not drawn
    found     what the study says of its arms against the usual baseline, once it is over
    tied      the arms that are not told apart from the one that leads
    looks     those at a study that runs until its verdicts settle, few seeds first
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
    def arrow(self) -> Arrow | None:
        """Return the arrow of saved labels; None where nothing clear is saved, or nothing is praised."""
        refused = refusal(self.curves, self.metric, self.state, self.chance, self.tied)
        return None if self.found is None or refused else saving_arrow(self.found)

    @property
    def footing(self) -> str:
        """Return what the curves are of: data set, score, and how many seeds there are at most."""
        return footing(self.study, self.curves, self.metric)

    @property
    def caution(self) -> str:
        """Return the warning that brightness may explain these curves; empty where it does not."""
        return caution(self.curves, self.metric, self.state, self.chance)


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
