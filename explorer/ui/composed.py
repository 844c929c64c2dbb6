"""Arms that are composed on the page of a technique: the ready-made one, else one whose title tells its settings."""

from dataclasses import replace

from explorer.records import Arm, digest
from explorer.ui import texts


def arm(ready: Arm, wanted: Arm) -> Arm:
    """Return the ready-made arm where `wanted` does the same, else `wanted` under a name and a title of its own."""
    if wanted.model == ready.model:
        return ready
    told = [f"{name} {value}" for name, value in sorted(wanted.model.settings.items())]
    name = f"{ready.name}_{digest(*told)[:6]}"
    return replace(
        wanted,
        name=name,
        title=texts.COMPOSED.format(title=ready.title, settings=", ".join(told) or texts.COMPOSED_PLAIN),
    )
