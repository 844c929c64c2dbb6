"""`python -m tests.calibration` simulates everything anew and writes docs/calibration.md; names run only those parts.

The figures of parts that are not run are those that were kept.
"""

import json
import time
from pathlib import Path

import click

from tests.calibration.page import page
from tests.calibration.parts import PARTS

TARGET = Path(__file__).parents[2] / "docs" / "calibration.md"
KEPT = Path(__file__).parent / "kept.json"


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(list(PARTS)))
def main(names: tuple[str, ...]) -> None:
    """Run the named parts, all where none is named, keep their figures, and write the page."""
    kept = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.is_file() else {}
    for name in names or PARTS:
        start = time.perf_counter()
        kept[name] = PARTS[name]()
        KEPT.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
        click.echo(f"{name}: {time.perf_counter() - start:.0f} s")
        TARGET.write_text(page(kept), encoding="utf-8")


if __name__ == "__main__":
    main()
