"""Scores as people read them: how a score is called in a sentence, in which unit it is told, and with how many digits.

Pages, figures, terminals and files say a score alike, because all of them ask here.
"""

from explorer.scores import Metric

#: A number and its sign are never parted by a line's end.
PERCENT = "\u00a0%"
#: From here on a score has no mistake that its digits could tell.
PERFECT = 1 - 1e-6


def spoken(metric: Metric) -> str:
    """Return the title of a score within a sentence: "balanced accuracy", but "AUROC"."""
    title = metric.title
    return title if title[:2].isupper() else f"{title[0].lower()}{title[1:]}"


def better(metric: Metric) -> str:
    """Return which scores are good."""
    return f"{'higher' if metric.best == 'high' else 'lower'} is better"


def titled(metric: Metric) -> str:
    """Return the title of a score over its numbers; that most of them are better where they are higher goes unsaid."""
    return metric.title if metric.best == "high" else f"{metric.title} ({better(metric)})"


# ---- one score -------------------------------------------------------------------------------------------------


def whole_percent(share: float) -> int:
    """Return a share in whole percent, halves to the even number, so that a share and the rest of it add up to 100.

    What two sums of the same shares differ by in their last bits never decides: 81.5 % is 82 % everywhere.
    """
    return round(round(100 * share, 6))


def percent(share: float) -> str:
    """Return a share as whole percent: "58 %"."""
    return f"{whole_percent(share)}{PERCENT}"


def score_shown(value: float, metric: Metric) -> str:
    """Return a score as people read it: whole percent, or two decimals.

    What is not perfect is never shown as 100 %: it keeps a decimal, and 99.9 % is the most.
    """
    if metric.percent and 0.995 <= value < PERFECT:
        return f"{min(round(1000 * value), 999) / 10:.1f}{PERCENT}"
    return percent(value) if metric.percent else f"{value:.2f}"


def interval_shown(low: float, high: float, metric: Metric, to: str = " to ") -> str:
    """Return an interval of a score as people read it: "58 to 65 %"."""
    return f"{score_shown(low, metric).removesuffix(PERCENT)}{to}{score_shown(high, metric)}"


def sure_shown(low: float, high: float, metric: Metric) -> str:
    """Return in brackets how sure a score is: "(95 % interval 58 to 65 %)"."""
    return f"(95{PERCENT} interval {interval_shown(low, high, metric)})"


# ---- a digit more: tables and differences ----------------------------------------------------------------------


def scale(metric: Metric) -> int:
    """Return how much a whole score is in the unit in which people write it: 100, or 1."""
    return 100 if metric.percent else 1


def unit(metric: Metric) -> str:
    """Return the unit of differences of a score."""
    return "points" if metric.percent else "as they are"


def finely_shown(value: float, metric: Metric, sign: str = "") -> str:
    """Return a score as it stands in a table, without its unit: "83.7" where it is a percentage, else "0.412".

    sign    "+" = what is not negative has a sign, too
    """
    return f"{scale(metric) * value:{sign}.{1 if metric.percent else 3}f}".replace("-", "−")


def difference_shown(value: float, metric: Metric) -> str:
    """Return a difference of scores: of shares in points, "+4.2", else plain, "−0.050"."""
    return finely_shown(value, metric, "+")


def differences_shown(low: float, high: float, metric: Metric) -> str:
    """Return an interval of differences: "+1.2 to +4.0"."""
    return f"{difference_shown(low, metric)} to {difference_shown(high, metric)}"


def distance_shown(value: float, metric: Metric) -> str:
    """Return how far scores lie apart: "4.2 points", else "0.050"."""
    return f"{finely_shown(value, metric)} {unit(metric)}" if metric.percent else finely_shown(value, metric)
