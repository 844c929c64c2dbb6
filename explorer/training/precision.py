"""How torch computes here: one thread, the same bits every time, bfloat16 where the processor has units for it."""

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

#: Processor flags (as in /proc/cpuinfo) of units that multiply bfloat16 faster than float32: matrix units alone. With
#: vector units for it (avx512_bf16) a small network trained at 0.64 times the speed that it has in float32.
BFLOAT16_FLAGS = frozenset({"amx_bf16"})


@functools.cache
def fast_bfloat16(cpuinfo: Path = Path("/proc/cpuinfo")) -> bool:
    """Return whether this processor has units for bfloat16; False where the system does not say.

    The flags are asked and not a stopwatch, so that a busy moment cannot change what a trial computes.
    """
    if not cpuinfo.is_file():
        return False
    flags = next((line for line in cpuinfo.read_text().splitlines() if line.startswith("flags")), "")
    return not BFLOAT16_FLAGS.isdisjoint(flags.split())


@contextmanager
def one_thread() -> Iterator[None]:
    """Run torch on one thread with deterministic algorithms, and restore what was set before.

    One thread, since small networks are slower on more, and since the number of threads may change the last bits.
    Fresh memory is not filled first, which takes a tenth of the time of a small network: nothing reads it unwritten.
    `torch.use_deterministic_algorithms` would import torch's compiler, a second and 150 MB in every worker; the mode
    for debugging sets the same switch without.
    """
    import torch
    from torch.utils import deterministic as algorithms

    threads, mode = torch.get_num_threads(), torch.get_deterministic_debug_mode()
    filled = algorithms.fill_uninitialized_memory
    torch.set_num_threads(1)
    torch.set_deterministic_debug_mode("error")
    algorithms.fill_uninitialized_memory = False
    try:
        yield
    finally:
        algorithms.fill_uninitialized_memory = filled
        torch.set_num_threads(threads)
        torch.set_deterministic_debug_mode(mode)
