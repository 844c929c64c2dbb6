"""Measure everything the table promises and write docs/benchmarks.md; idle cores make it fair.

`python -m tests.bench` runs all, `python -m tests.bench first_page workers` only those, printing without writing.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path

from explorer.training.precision import fast_bfloat16
from tests.bench import examples, pages, standard, studies, throughput
from tests.bench.figures import Figure, machine, table

TARGET = Path(__file__).parents[2] / "docs" / "benchmarks.md"
BENCHMARKS: tuple[Callable[[], Figure | list[Figure]], ...] = (
    pages.first_page,
    pages.first_point,
    pages.navigation,
    pages.memory,
    pages.trying,
    studies.fixed_arms,
    throughput.extraction,
    throughput.cnn,
    throughput.augmented,
    studies.workers,
    studies.ingest,
    standard.standard,
    examples.gains,
)
HEAD = """# Benchmarks

Written by `make bench`; ratios are measured in one run. Machine: {machine}.

{table}

What techniques gain is read from the trials of [the examples](examples.md), run by `python -m tests.bench.examples`:
two arms are compared on the seeds that both have, and ± is the standard error that these seeds leave.
Extraction compares features of the same depths on both sides. Two workers are measured in a short study and in a longer
one, since the start of a worker and the last training weigh more in half a minute. Where a fit takes longer beside
another one, two workers cannot pass 2 divided by that, however they are fed.
Bounds with two values depend on whether the processor computes in bf16; this one {bfloat16}.
Processors without matrix units train slower: [figures of one](benchmarks-without-amx.md).
"""


def measured(names: list[str]) -> list[Figure]:
    """Run the named benchmarks, all where none is named, and say each figure as it comes."""
    figures: list[Figure] = []
    for benchmark in BENCHMARKS:
        if names and benchmark.__name__ not in names:
            continue
        start = time.perf_counter()
        found = benchmark()
        figures += found if isinstance(found, list) else [found]
        print(f"{benchmark.__name__}: {time.perf_counter() - start:.0f} s", flush=True)
        print(table(found if isinstance(found, list) else [found]), flush=True)
        if not names:
            write(figures)
    return figures


def write(figures: list[Figure]) -> None:
    """Write the table as far as it has come, so that a long run that is stopped leaves what it measured."""
    does = "does" if fast_bfloat16() else "does not"
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(HEAD.format(machine=machine(), table=table(figures), bfloat16=does), encoding="utf-8")


if __name__ == "__main__":
    measured(sys.argv[1:])
