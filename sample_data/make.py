"""Makes the example data sets: `python -m sample_data.make [NAME ...]`, all of them when no name is given."""

from collections.abc import Mapping
from pathlib import Path

import click

from sample_data.discovery import makers
from sample_data.page import write_page
from sample_data.sample import Maker
from sample_data.writing import write

HERE = Path(__file__).parent


@click.command(help=__doc__)
@click.argument("names", nargs=-1)
@click.option(
    "--difficulty", type=float, help="Value of the data set's difficulty setting; about.json says what it is."
)
@click.option("--per-class", type=click.IntRange(min=1), help="Images of each class.")
@click.option("--seed", type=int, default=0, show_default=True, help="Another seed draws another data set of the kind.")
@click.option("--out", type=click.Path(path_type=Path), default=HERE, help="Folder that gets one folder per data set.")
def main(names: tuple[str, ...], difficulty: float | None, per_class: int | None, seed: int, out: Path) -> None:
    """Make the named data sets with the given settings, and write each into its own folder."""
    known = makers()
    if unknown := sorted(set(names) - set(known)):
        raise click.BadParameter(f"there is no data set {unknown[0]!r}. Choose from {', '.join(known)}.")
    if difficulty is not None and len(names) != 1:
        raise click.BadParameter("--difficulty means something else for each data set; name exactly one.")
    wanted = {"difficulty": difficulty, "per_class": per_class, "seed": seed or None}
    settings = {key: value for key, value in wanted.items() if value is not None}
    for name in names or tuple(known):
        n = _make(known[name], out / name, settings)
        click.echo(f"{name}: {n} images, {_megabytes(out / name):.2f} MB")


def _make(maker: Maker, folder: Path, settings: Mapping[str, float]) -> int:
    """Make a data set, write its folder, and return how many images it has."""
    try:
        sample = maker.make(**settings)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error
    write(folder, maker, sample, settings)
    write_page(folder, maker)
    return len(sample.images)


def _megabytes(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.iterdir()) / 1e6


if __name__ == "__main__":
    main()
