"""What a benchmark says, and the table that keeps it."""

import platform
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil


@dataclass(frozen=True)
class Figure:
    """One line of the table: what was measured, the bound, the measured values in words, and whether it holds."""

    what: str
    bound: str
    measured: str
    holds: bool


def middle(values: Sequence[float]) -> str:
    """Return median and range of repeated values in words."""
    return f"{statistics.median(values):.2f} (of {len(values)}: {min(values):.2f}–{max(values):.2f})"


def table(figures: Iterable[Figure]) -> str:
    """Return the figures as a Markdown table."""
    lines = ["| what | at least | measured | holds |", "|---|---|---|---|"]
    return "\n".join([*lines, *map(_line, figures)])


def _line(figure: Figure) -> str:
    return f"| {figure.what} | {figure.bound} | {figure.measured} | {'yes' if figure.holds else '**no**'} |"


def machine() -> str:
    """Return processor, cores, memory, instruction sets that matter and Python version, in one line."""
    info = Path("/proc/cpuinfo").read_text(encoding="utf-8") if Path("/proc/cpuinfo").exists() else ""
    model = next((line.partition(":")[2].strip() for line in info.splitlines() if "model name" in line), "")
    sets = [name for name in ("avx2", "avx512f", "avx512_bf16", "amx_bf16") if f" {name}" in info]
    memory = psutil.virtual_memory().total / 2**30
    processor = f"{model or platform.processor()}, {psutil.cpu_count()} cores, {', '.join(sets) or 'no AVX'}"
    system = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    return f"{processor}, {memory:.0f} GiB, {system}"
