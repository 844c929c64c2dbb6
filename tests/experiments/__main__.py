"""`python -m tests.experiments` writes docs/experiments.md from the figures that are kept; names run experiments anew.

`python -m tests.experiments all` runs every experiment, which takes hours; `--workers N` of them side by side.
"""

import importlib
import pkgutil
from pathlib import Path

import click

import tests.experiments as folder
from tests.experiments.harness import Experiment, keep, kept, measured, section

TARGET = Path(__file__).parents[2] / "docs" / "experiments.md"
HEAD = """# Experiments

What defaults rest on: what was tried, on what, the figures and the decision. All runs are inside the pools of the
example sets; no row that judges at seed 0 was looked at. Written by `make experiments`.
"""


def experiments() -> dict[str, Experiment]:
    """Return the experiments by name, found by their files."""
    names = [each.name for each in pkgutil.iter_modules(folder.__path__)]
    modules = [importlib.import_module(f"tests.experiments.{name}") for name in names if name != "__main__"]
    found = [module.EXPERIMENT for module in modules if hasattr(module, "EXPERIMENT")]
    return {each.name: each for each in found}


@click.command()
@click.argument("names", nargs=-1)
@click.option("--workers", default=1, help="Processes side by side.")
def main(names: tuple[str, ...], workers: int) -> None:
    """Run the named experiments, then write the page of all."""
    known = experiments()
    for name in known if names == ("all",) else names:
        keep(known[name], measured(known[name], workers))
    parts = [section(each, found) for each in known.values() if (found := kept(each)) is not None]
    TARGET.write_text("\n".join([HEAD, *parts]), encoding="utf-8")


if __name__ == "__main__":
    main()
