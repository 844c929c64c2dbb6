"""Studies of all ready-made arms on the example sets, kept as CSV, and what they say against the bounds.

`python -m tests.bench.examples galaxies cells --arms transfer,finetune` runs these arms on these sets, five seeds each,
keeps their trials in the folder `results` in place of earlier ones, and writes docs/examples.md from all that is kept.
All takes hours; without names, every arm is run on every set. `--work FOLDER` keeps studies there, and what was
stopped goes on where it was. `--seeds 20` asks more of them: five leave an uncertainty
of several points at one label a class. Two arms are compared on the seeds that both have.
"""

import json
import tempfile
from contextlib import nullcontext
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

Balanced accuracy in percent on the test rows, mean of the first {seeds} seeds, at labelled examples of each class.
Written by `python -m tests.bench.examples`. `reference` is a plain notebook: unit features of the last layer of
EfficientNet-Lite0 at 128 px, one view, `LogisticRegression(C=30, class_weight="balanced")`, on the same splits.
"Minutes" is the work of all of an arm's trials on one core, without what was prepared once. Other work ran beside, so
that they are on the high side. Of the time when AdamW moved the kernels of the small CNN, in 600 to 1,500 steps, are
`self_supervised` everywhere and, on cells and lattices, `baseline`, `denoising` and `augmentation`.
"""


# ---- running ---------------------------------------------------------------------------------------------------


def measure(
    name: str, arms: list[str], asked: tuple[int, ...] = BUDGETS, seeds: int = SEEDS, work: Path | None = None
) -> None:
    """Run a study of an example set by the command line, and keep its trials in place of those of the same points.

    work    folder in which the study is made, and goes on where it was stopped; None = one that is deleted
    """
    earlier = kept(name)
    with nullcontext(work) if work else tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / f"{name}-{'-'.join(arms)}"
        budgets = ",".join(map(str, asked))
        options = ("--arms", ",".join(arms), "--per-class", budgets, "--seeds", str(seeds))
        seconds = run(f"example:{name}", out, *options, *(["--resume"] if out.exists() else []))
        found = pd.read_csv(out / "trials.csv")[
            ["arm", "per_class", "seed", "state", "balanced_accuracy", "fit_seconds"]
        ]
        free = json.loads((out / "study.json").read_text(encoding="utf-8"))["study"]["free"]
        with tempfile.TemporaryDirectory() as home:
            dataset = open_example(name, Workspace(Path(home)).make()).dataset
            found = pd.concat([found, _notebook(dataset, max(seeds, _seeds_of(earlier)))])
    found["free"] = ", ".join(free) or "none"
    found["wall_seconds"] = round(seconds, 1)
    if earlier is not None:
        points = pd.MultiIndex.from_frame(found[["arm", "per_class"]])
        found = pd.concat([earlier[~pd.MultiIndex.from_frame(earlier[["arm", "per_class"]]).isin(points)], found])
    RESULTS.mkdir(exist_ok=True)
    found.round(4).to_csv(RESULTS / f"{name}.csv", index=False)


def kept(name: str) -> pd.DataFrame | None:
    """Return the trials that are kept of an example set; None where there are none."""
    path = RESULTS / f"{name}.csv"
    return pd.read_csv(path) if path.is_file() else None


def _seeds_of(found: pd.DataFrame | None) -> int:
    """Return how many seeds the notebook was run with before."""
    return 0 if found is None else int(found.seed[found.arm == REFERENCE].nunique())


def _notebook(dataset: Dataset, seeds: int) -> pd.DataFrame:
    """Return the trials of the notebook on the splits of the study."""
    model = Pretrained(depth="last", views="one", scales="one")
    features = model.features(dataset.rows(np.arange(len(dataset)))[:])
    rows = []
    for seed in range(seeds):
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


def trials() -> pd.DataFrame:
    """Return all trials that are kept, with their set and their score: balanced accuracy in percent."""
    every = pd.concat([found.assign(set=name) for name in examples() if (found := kept(name)) is not None])
    return every.assign(score=100 * every.balanced_accuracy)


def meaningful(found: pd.DataFrame) -> list[str]:
    """Return the sets on which the notebook is clearly better than pixels with ten labels of each class."""
    better = _by_seed(found, REFERENCE, "pixels", 10).groupby("set").mean()
    return list(better.index[better >= MEANINGFUL])


def gains() -> list[Figure]:
    """Compare techniques with the notebook and with each other; nothing before every set has all that is compared."""
    if not all((found := kept(name)) is not None and set(found.arm) >= COMPARED for name in examples()):
        return []
    found = trials()
    where = meaningful(found)
    return [
        *(_gain(found, where, "transfer", budget, 4.0) for budget in (5, 10, 20)),
        _worst(found, "transfer", REFERENCE, (1,), -2.5),
        _gain(found, where, "finetune", 10, 7.0),
        _gain(found, where, "everything", 10, 9.0),
        *(_mean_gain(found, budget, bound) for budget, bound in ((1, 3.0), (5, 1.0), (10, 1.0))),
        _worst(found, "pseudo_labels", "transfer", (5, 10, 20), -2.0),
        _worst(found, "pseudo_labels", "transfer", (1,), -5.0),
        _saved(found, where),
    ]


def _by_seed(found: pd.DataFrame, arm: str, other: str, budget: int) -> pd.Series:
    """Return by how many points an arm is better than another: index set, seed; the seeds that both have."""
    at = found[found.per_class == budget].pivot_table(index=["set", "seed"], columns="arm", values="score")
    return (at[arm] - at[other]).dropna()


def _differences(by_seed: pd.Series) -> pd.DataFrame:
    """Return mean and standard error of differences in points, a row a set."""
    each = by_seed.groupby("set")
    return pd.DataFrame({"mean": each.mean(), "error": each.std() / np.sqrt(each.count())})


def _seeds(by_seed: pd.Series) -> str:
    counts = by_seed.groupby("set").count()
    fewest, most = counts.min(), counts.max()
    return f"{most} seeds" if fewest == most else f"{fewest} to {most} seeds"


def _gain(found: pd.DataFrame, where: list[str], arm: str, budget: int, bound: float) -> Figure:
    by_seed = _by_seed(found, arm, REFERENCE, budget)
    every = _differences(by_seed)
    chosen = every[every.index.isin(where)]
    return Figure(
        f"`{arm}` less the notebook at {budget} labels a class, sets where transfer is meaningful",
        f"{bound:+g} points",
        f"{_mean(chosen)} ({_listed(chosen)}); all {len(every)} sets {_mean(every)}; {_seeds(by_seed)}",
        bool(chosen["mean"].mean() >= bound),
    )


def _mean_gain(found: pd.DataFrame, budget: int, bound: float) -> Figure:
    by_seed = _by_seed(found, "pseudo_labels", "transfer", budget)
    every = _differences(by_seed)
    return Figure(
        f"`pseudo_labels` less `transfer` at {budget} labels a class",
        f"{bound:+g} points",
        f"{_mean(every)} ({_listed(every)}); {_seeds(by_seed)}",
        bool(every["mean"].mean() >= bound),
    )


def _worst(found: pd.DataFrame, arm: str, other: str, budgets: tuple[int, ...], bound: float) -> Figure:
    at = {budget: _by_seed(found, arm, other, budget) for budget in budgets}
    every = pd.concat([_differences(by_seed).assign(budget=budget) for budget, by_seed in at.items()]).reset_index()
    worst = every.iloc[every["mean"].to_numpy().argmin()]
    where = f"{worst['set']}, {worst['budget']}; {_seeds(at[worst['budget']])}"
    return Figure(
        f"`{arm}` less `{other}`, worst set at {', '.join(map(str, budgets))} labels a class",
        f"{bound:+g} points",
        f"{worst['mean']:+.1f} ± {worst['error']:.1f} ({where})",
        bool(worst["mean"] >= bound),
    )


def _mean(differences: pd.DataFrame) -> str:
    """Return the mean over sets, with the standard error that its seeds leave in it."""
    error = float(np.sqrt((differences["error"] ** 2).sum()) / len(differences))
    return f"{differences['mean'].mean():+.1f} ± {error:.1f}"


def _saved(found: pd.DataFrame, where: list[str]) -> Figure:
    """How many times the labels the baseline needs for what the best fixed arm reaches with ten of each class."""
    fixed = ["transfer", "pseudo_labels", "classical", "hog", "pixels"]
    table = found[found.seed < SEEDS].pivot_table(index=["set", "arm"], columns="per_class", values="score")
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


def _listed(differences: pd.DataFrame) -> str:
    return ", ".join(f"{name} {value:+.1f}" for name, value in differences["mean"].items())


# ---- the page --------------------------------------------------------------------------------------------------


def write() -> None:
    """Write docs/examples.md from the trials that are kept."""
    order = [*ready_arms(), REFERENCE]
    parts = [HEAD.format(seeds=SEEDS)]
    for name in examples():
        found = kept(name)
        if found is None:
            continue
        done = found[(found.state == "done") & (found.seed < SEEDS)]
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
@click.option("--seeds", default=SEEDS, show_default=True, help="Seeds of every point.")
@click.option("--work", type=click.Path(file_okay=False, path_type=Path), help="Where studies are kept and resumed.")
def main(names: tuple[str, ...], arms: str | None, per_class: str | None, seeds: int, work: Path | None) -> None:
    """Run arms on example sets, keep the trials and write the page."""
    for name in names or examples():
        budgets = tuple(map(int, per_class.split(","))) if per_class else BUDGETS
        measure(name, arms.split(",") if arms else list(ready_arms()), budgets, seeds, work)
        write()


if __name__ == "__main__":
    main()
