"""`check`: what the readers and checks find in a data set."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from explorer.datasets.examples import EXAMPLE, open_example, read_example
from explorer.datasets.reading import ReadOptions, read
from explorer.datasets.saved import Reading
from explorer.datasets.scaling import LINEAR, VALUES
from explorer.facts import known
from explorer.records import Dataset
from explorer.suggesting import Suggestion
from explorer.workspace import Workspace

values_option = click.option(
    "--values",
    type=click.Choice(VALUES),
    default=LINEAR,
    show_default=True,
    help="How brightness is spread: asinh shows faint things beside very bright ones.",
)


@click.command(help="Read a data set and report what the readers and checks find. PATH may also be example:NAME.")
@click.argument("path")
@click.option("--json", "as_json", is_flag=True, help="Print JSON with stable keys instead of text.")
@click.option("--size", type=int, help="Side of the images in pixels.")
@values_option
@click.option("--groups", type=click.Path(path_type=Path), help="CSV of filename,group.")
@click.option(
    "--facts", is_flag=True, help="Also say what may carry no meaning in the images; ten seconds the first time."
)
def command(path: str, as_json: bool, size: int | None, values: str, groups: Path | None, facts: bool) -> None:
    """Print what a data set holds and the findings, as text or as JSON."""
    workspace = Workspace.default()
    reading = opened(path, workspace, ReadOptions(size=size, values=values, groups_file=groups))
    found = looked_at(reading.dataset, workspace) if facts else None
    about: dict[str, Any] = {**_about(reading), "facts": None if found is None else asdict(found)}
    if as_json:
        click.echo(json.dumps(about, indent=2, ensure_ascii=False))
        return
    counts = ", ".join(f"'{name}' {count}" for name, count in about["classes"].items())
    click.echo(f"{about['name']}: {about['items']} items of shape {' × '.join(map(str, about['shape']))}")
    grouped = f"; groups {about['groups']}" if about["groups"] else ""
    click.echo(f"Classes: {counts}; unlabelled {about['unlabeled']}{grouped}")
    click.echo(f"Values: {about['scaling']}")
    for finding in about["findings"]:
        click.echo(f"{finding['severity']}: {finding['message']}")
    for line in fact_lines(found) if found else ():
        click.echo(line)


def looked_at(dataset: Dataset, workspace: Workspace) -> Suggestion:
    """Return what the images suggest to carry no meaning, telling who waits if that takes a while."""
    from explorer.engine.asking import asked

    if known(dataset.fingerprint, workspace.cache) is None:
        click.echo("Looking at the images for what carries no meaning in them …", err=True)
    return asked(workspace, dataset.fingerprint)


def fact_lines(found: Suggestion) -> Iterator[str]:
    """Yield what is taken for meaningless, in one line, and the reason for each fact, in one more."""
    yield f"Carries no meaning, as the images suggest: {', '.join(found.free) or 'nothing'}. --free says otherwise."
    for fact, reason in found.reasons.items():
        yield f"  {fact}: {reason}"


def opened(path: str, workspace: Workspace, options: ReadOptions) -> Reading:
    """Return the data set at a path, or the example that `example:NAME` names. Raises DataError."""
    if not path.startswith(EXAMPLE):
        return read(Path(path), workspace, options)
    name = path.removeprefix(EXAMPLE)
    return open_example(name, workspace) if options == ReadOptions() else read_example(name, workspace, options)


def _about(reading: Reading) -> dict[str, Any]:
    dataset = reading.dataset
    return {
        "name": dataset.name,
        "fingerprint": dataset.fingerprint,
        "items": len(dataset),
        "shape": list(dataset.inputs.shape[1:]),
        "classes": dict(zip(dataset.class_names, dataset.class_counts.tolist(), strict=True)),
        "unlabeled": int((dataset.labels < 0).sum()),
        "groups": 0 if dataset.groups is None else len(dataset.group_names),
        "given_test": 0 if dataset.given_test is None else int(dataset.given_test.sum()),
        "scaling": dataset.scaling.rule,
        "findings": [
            {
                "code": finding.code,
                "severity": finding.severity,
                "message": finding.message,
                "items": list(finding.items),
                "rows": list(finding.rows),
            }
            for finding in reading.findings
        ],
    }
