"""`label`: which images to label next, in order, and what that order would have been worth."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from explorer.choosing import AUTO, chosen_facts
from explorer.commands.check import fact_lines, looked_at, opened, values_option
from explorer.datasets.findings import count
from explorer.datasets.reading import ReadOptions
from explorer.errors import StudyError
from explorer.export.folder import put_text
from explorer.export.label_list import entries, label_list_csv, worth_sentence
from explorer.previews.answers import Preview
from explorer.previews.to_label import Replayed, replay_study
from explorer.records import Arm, Dataset, Fact
from explorer.statistics.labeling import replay_needs
from explorer.techniques.discovery import ready_arms
from explorer.workspace import Workspace

#: The ready-made arm whose features and learner choose.
ARM = "transfer"
#: Images of the list that are printed where it goes to a file.
FIRST = 10


@click.command(help="List which unlabelled images of the data at PATH (or example:NAME) to label next, in order.")
@click.argument("path")
@click.option("--out", type=click.Path(path_type=Path), help="CSV for the list; else it is printed.")
@click.option("--count", "most", type=click.IntRange(1, 1000), default=100, show_default=True, help="Images to list.")
@click.option("--replay", is_flag=True, help="Also say what this order would have been worth on your own labels.")
@click.option(
    "--free",
    default=AUTO,
    show_default=True,
    help="What carries no meaning in the images, as for `run`; auto: what they suggest.",
)
@click.option("--size", type=int, help="Side of the images in pixels.")
@values_option
@click.option("--groups", type=click.Path(path_type=Path), help="CSV of filename,group.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON with stable keys instead of text.")
def command(
    path: str,
    out: Path | None,
    most: int,
    replay: bool,
    free: str,
    size: int | None,
    values: str,
    groups: Path | None,
    as_json: bool,
) -> None:
    """Print the list, as text or as JSON, and write it as CSV. Raises ExplorerError for what cannot be listed."""
    if out is not None and out.exists():
        raise StudyError(f"{out} is there already, perhaps with labels in it. Choose another --out.")
    workspace = Workspace.default().make()
    dataset = opened(path, workspace, ReadOptions(size=size, values=values, groups_file=groups)).dataset
    arm, meaningless = ready_arms()[ARM], _facts(chosen_facts(free), dataset, workspace)
    found = _made("label_next", dataset, {**_seen(arm, meaningless), "count": most}, workspace)
    told = _replayed(dataset, arm, meaningless, workspace) if replay else ""
    if out is not None:
        _write(out, label_list_csv(dataset, found))
    if as_json:
        click.echo(json.dumps(_about(dataset, found, told), indent=2, ensure_ascii=False))
    else:
        click.echo("\n".join(_lines(dataset, found, told, FIRST if out is not None else most)))


def _facts(said: tuple[Fact, ...] | None, dataset: Dataset, workspace: Workspace) -> tuple[Fact, ...]:
    if said is not None:
        return said
    found = looked_at(dataset, workspace)
    for line in fact_lines(found):
        click.echo(line, err=True)
    return found.free


def _seen(arm: Arm, free: tuple[Fact, ...]) -> dict[str, Any]:
    return {"settings": dict(arm.model.settings), "free": list(free)}


def _write(out: Path, text: str) -> None:
    try:
        put_text(out, text)
    except OSError as error:
        raise StudyError(f"{out} cannot be written: {error.strerror}. Choose another --out.") from error


# ---- at work ---------------------------------------------------------------------------------------------------


class _Bar:
    """Shows how far a preview is."""

    def __init__(self, words: str) -> None:
        from tqdm import tqdm

        self._bar = tqdm(desc=words, total=1.0, bar_format="{desc}: {percentage:3.0f}%|{bar}|", leave=False)

    def step(self, done: int, total: int) -> None:
        """Move the bar."""
        if total:
            self._bar.n = done / total
            self._bar.refresh()

    def close(self) -> None:
        """Take the bar away."""
        self._bar.close()


def _made(name: str, dataset: Dataset, options: dict[str, Any], workspace: Workspace) -> Preview:
    from explorer.previews.making import AtWork, previews

    bar = _Bar("Describing and choosing" if name == "label_next" else "Replaying")
    try:
        return previews()[name](dataset, options, AtWork(workspace.cache, bar))
    finally:
        bar.close()


def _replayed(dataset: Dataset, arm: Arm, free: tuple[Fact, ...], workspace: Workspace) -> str:
    study = replay_study(dataset, arm, free)
    if study is None:
        needs = count(replay_needs(dataset.n_classes), "labelled image")
        return f"A comparison with random order takes at least {needs} that do not judge."
    found = _made("label_replay", dataset, {"study": study.to_dict()}, workspace)
    return worth_sentence(Replayed.of(found.facts), study.metric)


# ---- as text and as JSON ---------------------------------------------------------------------------------------


def _lines(dataset: Dataset, found: Preview, told: str, most: int) -> Iterator[str]:
    listed = entries(dataset, found)
    for each in listed[:most]:
        yield f"{each.place:>4}  {dataset.items[each.row]}  {each.reason}"
    facts = found.facts
    yield f"{count(len(listed), 'image')} of {facts['unlabeled']:,} without a label; the first to label comes first."
    if facts["considered"] < facts["candidates"]:
        yield f"Chosen from {facts['considered']:,} of them, evenly taken."
    if told:
        yield told


def _about(dataset: Dataset, found: Preview, told: str) -> dict[str, Any]:
    return {
        "data": dataset.name,
        **found.facts,
        "replay": told,
        "images": [
            {
                "order": each.place,
                "item": dataset.items[each.row],
                "reason": each.reason,
                "classes": [{"name": name, "probability": share} for name, share in each.believed],
            }
            for each in entries(dataset, found)
        ],
    }
