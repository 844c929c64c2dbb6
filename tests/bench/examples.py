"""Studies of all ready-made arms on the example sets, kept as CSV, and what they say against the bounds.

`python -m tests.bench.examples galaxies cells --arms transfer,finetune` runs these arms on these sets, five seeds each,
keeps their trials in the folder `results` in place of earlier ones, and writes docs/examples.md from all that is kept.
All takes hours; without names, every arm is run on every set.
"""

import json
import tempfile
from pathlib import Path

import click
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression

from explorer.datasets.examples import examples, open_example
from explorer.records import Dataset
from explorer.scores import scores
from explorer.splits import labeled_rows, make_split
from explorer.techniques.discovery import ready_arms
from explorer.techniques.models.pretrained import Pretrained
from explorer.workspace import Workspace
from tests.bench.figures import Figure
from tests.bench.studies import run

RESULTS = Path(__file__).parent / "results"
TARGET = Path(__file__).parents[2] / "docs" / "examples.md"
BUDGETS = (1, 2, 5, 10, 20)
SEEDS = 5
SHARE = 0.3
#: The notebook that every technique is measured against; no arm, but a row of every table.
REFERENCE = "reference"
#: Arms that the bounds speak of.
COMPARED = {REFERENCE, "pixels", "hog", "baseline", "transfer", "pseudo_labels", "classical", "finetune", "everything"}
#: Points of balanced accuracy by which ImageNet's features are better than pixels where transfer has a meaning.
MEANINGFUL = 5.0
HEAD = """# The examples, arm by arm

Balanced accuracy in percent on the test rows, mean of {seeds} seeds, at labelled examples of each class. Written by
`python -m tests.bench.examples`. `reference` is a plain notebook: unit features of the last layer of EfficientNet-Lite0
at 128 px, one view, `LogisticRegression(C=30, class_weight="balanced")`, on the same splits. "Minutes" is the work of
all of an arm's trials on one core, without what was prepared once. Other work ran beside, so that they are on the high
side.
"""


# ---- running ---------------------------------------------------------------------------------------------------


def measure(name: str, arms: list[str], asked: tuple[int, ...] = BUDGETS) -> None:
    """Run a study of an example set by the command line, and keep its trials in place of those of the same points."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        budgets = ",".join(map(str, asked))
        options = ("--arms", ",".join(arms), "--per-class", budgets, "--seeds", str(SEEDS))
        seconds = run(f"example:{name}", out, *options)
        found = pd.read_csv(out / "trials.csv")[
            ["arm", "per_class", "seed", "state", "balanced_accuracy", "fit_seconds"]
        ]
        free = json.loads((out / "study.json").read_text(encoding="utf-8"))["study"]["free"]
        with tempfile.TemporaryDirectory() as home:
            dataset = open_example(name, Workspace(Path(home)).make()).dataset
            found = pd.concat([found, _notebook(dataset)])
    found["free"] = ", ".join(free) or "none"
    found["wall_seconds"] = round(seconds, 1)
    earlier = kept(name)
    if earlier is not None:
        points = pd.MultiIndex.from_frame(found[["arm", "per_class"]])
        found = pd.concat([earlier[~pd.MultiIndex.from_frame(earlier[["arm", "per_class"]]).isin(points)], found])
    RESULTS.mkdir(exist_ok=True)
    found.round(4).to_csv(RESULTS / f"{name}.csv", index=False)


def kept(name: str) -> pd.DataFrame | None:
    """Return the trials that are kept of an example set; None where there are none."""
    path = RESULTS / f"{name}.csv"
    return pd.read_csv(path) if path.is_file() else None


def _notebook(dataset: Dataset) -> pd.DataFrame:
    """Return the trials of the notebook on the splits of the study."""
    model = Pretrained(depth="last", views="one", scales="one")
    features = model.features(dataset.rows(np.arange(len(dataset)))[:])
    rows = []
    for seed in range(SEEDS):
        split = make_split(dataset, seed, SHARE)
        for budget in BUDGETS:
            chosen = labeled_rows(split, budget, per_class=True)
            head = LogisticRegression(C=30, class_weight="balanced", max_iter=2000)
            head.fit(features[chosen], dataset.labels[chosen])
            found = scores(head.predict_proba(features[split.test]), dataset.labels[split.test])
            smallest = int(np.bincount(dataset.labels[chosen]).min())
            rows.append({"arm": REFERENCE, "per_class": smallest, "seed": seed, "state": "done", "fit_seconds": 0.0,
                         "balanced_accuracy": found["balanced_accuracy"]})  # fmt: skip
    return pd.DataFrame(rows)


# ---- reading ---------------------------------------------------------------------------------------------------


def means() -> pd.DataFrame:
    """Return the mean balanced accuracy in percent of every set, arm and budget that is kept: index set, arm."""
    every = pd.concat([found.assign(set=name) for name in examples() if (found := kept(name)) is not None])
    every["score"] = 100 * every.balanced_accuracy
    return every.pivot_table(index=["set", "arm"], columns="per_class", values="score")


def meaningful(table: pd.DataFrame) -> list[str]:
    """Return the sets on which the notebook is clearly better than pixels with ten labels of each class."""
    at = table[10].unstack("arm")
    return list(at.index[at[REFERENCE] >= at["pixels"] + MEANINGFUL])


def gains() -> list[Figure]:
    """Compare techniques with the notebook and with each other; nothing before every set has all that is compared."""
    if not all((found := kept(name)) is not None and set(found.arm) >= COMPARED for name in examples()):
        return []
    table = means()
    where = meaningful(table)
    return [
        *(_gain(table, where, "transfer", budget, 4.0) for budget in (5, 10, 20)),
        _worst(table, "transfer", REFERENCE, (1,), -2.5),
        _gain(table, where, "finetune", 10, 7.0),
        _gain(table, where, "everything", 10, 9.0),
        *(_mean_gain(table, budget, bound) for budget, bound in ((1, 3.0), (5, 1.0), (10, 1.0))),
        _worst(table, "pseudo_labels", "transfer", (5, 10, 20), -2.0),
        _worst(table, "pseudo_labels", "transfer", (1,), -5.0),
        _saved(table, where),
    ]


def _differences(table: pd.DataFrame, arm: str, other: str, budget: int) -> pd.Series:
    at = table[budget].unstack("arm")
    return (at[arm] - at[other]).dropna()


def _gain(table: pd.DataFrame, where: list[str], arm: str, budget: int, bound: float) -> Figure:
    found = _differences(table, arm, REFERENCE, budget)
    chosen = found[found.index.isin(where)]
    return Figure(
        f"`{arm}` less the notebook at {budget} labels a class, sets where transfer is meaningful",
        f"{bound:+g} points",
        f"{chosen.mean():+.1f} ({_listed(chosen)}); all {len(found)} sets {found.mean():+.1f}",
        bool(chosen.mean() >= bound),
    )


def _mean_gain(table: pd.DataFrame, budget: int, bound: float) -> Figure:
    found = _differences(table, "pseudo_labels", "transfer", budget)
    return Figure(
        f"`pseudo_labels` less `transfer` at {budget} labels a class",
        f"{bound:+g} points",
        f"{found.mean():+.1f} ({_listed(found)})",
        bool(found.mean() >= bound),
    )


def _worst(table: pd.DataFrame, arm: str, other: str, budgets: tuple[int, ...], bound: float) -> Figure:
    found = {
        f"{name}, {each}": value for each in budgets for name, value in _differences(table, arm, other, each).items()
    }
    worst = min(found, key=lambda each: found[each])
    words = ", ".join(map(str, budgets))
    return Figure(
        f"`{arm}` less `{other}`, worst set at {words} labels a class",
        f"{bound:+g} points",
        f"{found[worst]:+.1f} ({worst})",
        found[worst] >= bound,
    )


def _saved(table: pd.DataFrame, where: list[str]) -> Figure:
    """How many times the labels the baseline needs for what the best fixed arm reaches with ten of each class."""
    fixed = ["transfer", "pseudo_labels", "classical", "hog", "pixels"]
    ratios, most = {}, {}
    for name in where:
        rows = table.loc[name]
        curve = pd.Series(rows.loc["baseline"]).dropna()
        reached = rows.loc[[arm for arm in fixed if arm in rows.index], 10].max()
        ratios[name], most[name] = _needed(curve, float(reached)) / 10, float(curve.index[-1]) / 10
    median = float(np.median(list(ratios.values())))
    listed = ", ".join(f"{name} {'≥ ' if ratio >= most[name] else ''}{ratio:.1f}" for name, ratio in ratios.items())
    return Figure(
        "labels that the small CNN needs for what the best fixed arm reaches with 10 of each class, median of sets",
        "3 ×",
        f"{median:.1f} × ({listed})",
        median >= 3,
    )


def _needed(curve: pd.Series, reached: float) -> float:
    """Return the labels a class at which a curve reaches a score, linear in their logarithm; the last where never."""
    curve = curve.dropna().cummax()
    if curve.iloc[-1] <= reached:
        return float(curve.index[-1])
    return float(np.exp(np.interp(reached, curve.to_numpy(), np.log(curve.index.to_numpy(float)))))


def _listed(values: pd.Series) -> str:
    return ", ".join(f"{name} {value:+.1f}" for name, value in values.items())


# ---- the page --------------------------------------------------------------------------------------------------


def write() -> None:
    """Write docs/examples.md from the trials that are kept."""
    order = [*ready_arms(), REFERENCE]
    parts = [HEAD.format(seeds=SEEDS)]
    for name in examples():
        found = kept(name)
        if found is None:
            continue
        done = found[found.state == "done"]
        table = (100 * done.pivot_table(index="arm", columns="per_class", values="balanced_accuracy")).round(1)
        table["minutes"] = (done.groupby("arm").fit_seconds.sum() / 60).round(1)
        table = table.loc[[arm for arm in order if arm in table.index]]
        heads = [str(each).removesuffix(".0") for each in table.columns]
        lines = [f"## {examples()[name].title}", "", f"Carries no meaning: {_meaningless(found)}.", ""]
        lines += ["| arm | " + " | ".join(heads) + " |", "|---|" + "--:|" * len(heads)]
        lines += [
            f"| `{arm}` | " + " | ".join("–" if each != each else f"{each:.1f}" for each in row) + " |"
            for arm, row in table.iterrows()
        ]
        parts.append("\n".join([*lines, ""]))
    TARGET.write_text("\n".join(parts), encoding="utf-8")


def _meaningless(found: pd.DataFrame) -> str:
    """Return the facts that were free for most arms; those for which they do not matter were never asked."""
    return str(found.free.mode().iloc[0])


@click.command()
@click.argument("names", nargs=-1)
@click.option("--arms", help="Names separated by commas; all by default.")
@click.option("--per-class", help="Labels of each class, with commas between.")
def main(names: tuple[str, ...], arms: str | None, per_class: str | None) -> None:
    """Run arms on example sets, keep the trials and write the page."""
    for name in names or examples():
        budgets = tuple(map(int, per_class.split(","))) if per_class else BUDGETS
        measure(name, arms.split(",") if arms else list(ready_arms()), budgets)
        write()


if __name__ == "__main__":
    main()
