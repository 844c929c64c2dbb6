"""How sure a share is that was counted among so many."""

import math

#: Standard deviations of a normal distribution that hold 95 % of it.
_NORMAL = 1.959964


def wilson(right: float, n: float) -> tuple[float, float]:
    """Return the 95 % interval of the share `right` / n, in 0 .. 1; all of it where nothing was counted.

    What was counted with weights is worth a number that need not be whole.

    Wilson 1927, doi:10.1080/01621459.1927.10502953. It takes what was counted for independent of each other.
    """
    if n == 0:
        return 0.0, 1.0
    share, squared = right / n, _NORMAL**2
    middle = (share + squared / (2 * n)) / (1 + squared / n)
    half = _NORMAL / (1 + squared / n) * math.sqrt(share * (1 - share) / n + squared / (4 * n * n))
    return max(0.0, middle - half), min(1.0, middle + half)
