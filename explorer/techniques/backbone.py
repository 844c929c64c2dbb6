"""What models on features of a pretrained network share: the network, what of it is used, and how images are shown.

Features are named after all that they depend on, and not after the model, so that several models share them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np

from explorer.records import Fact, digest
from explorer.techniques.base import NOTHING, Consistency, Cost, FixedModel, Float32s, Head, Learnt, Predictor, Task
from explorer.techniques.examples import Examples
from explorer.techniques.monitors import WEIGHTS, Monitor
from explorer.techniques.resizing import resized
from explorer.techniques.scales import scales_setting, sides
from explorer.techniques.settings import setting
from explorer.techniques.turns import suited_views, turns
from explorer.training import networks
from explorer.training.networks import NETWORKS, OWN, Tap

#: Views prepared at once: enough for whole blocks of the network, little memory.
CHUNK = 64
#: Raised when the code changes what features are computed.
VERSION = 3
VIEWS = {"one": 1, "four": 4, "eight": 8}


@dataclass(frozen=True)
class Backbone(FixedModel):
    """A model on features of a pretrained network; a subclass says what learns from them."""

    in_bfloat16: ClassVar[bool] = True

    network: str = setting(
        "lite0",
        label="Network",
        help="What describes the images; lite0 comes along, others need a file of weights on this machine.",
        choices=(*NETWORKS, OWN),
        features=True,
    )
    side: int = setting(
        128,
        label="Image side",
        help="Every image is resized to this side before the network sees it.",
        unit="px",
        choices=(96, 128, 160, 224),
        features=True,
    )
    scales: str = scales_setting(
        "described",
        ": what a network sees of a structure depends on how large it is shown. Your own network sees this side alone.",
    )
    depth: str = setting(
        "all",
        label="Depth",
        help="Which layers describe an image: early ones know edges and texture, the last one knows objects.",
        choices=("all", "early", "middle", networks.LAST),
        features=True,
    )
    views: str = setting(
        "auto",
        label="Views",
        help="In how many of its eight flips and quarter turns each image is described; auto: eight where orientation"
        " carries no meaning, else one.",
        choices=("auto", *VIEWS),
        features=True,
    )
    view_use: str = setting(
        "average",
        label="Use of views",
        help="Whether the descriptions of the views are averaged, or each is learnt from and the answers are averaged.",
        choices=("average", "rows"),
        features=True,
    )
    architecture: str = setting(
        "",
        label="Own architecture",
        help="Name of an architecture in timm, where the network is your own.",
        features=True,
    )
    checkpoint: str = setting(
        "",
        label="Own weights",
        help="File of its weights (.pth, .pt or .safetensors), where the network is your own.",
        features=True,
    )

    @classmethod
    def unavailable(cls) -> str | None:
        """Return why no network can be used here; None when one can."""
        from explorer.training.weights import not_installed

        return not_installed("torch", "torch")

    def problem(self) -> str | None:
        """Return why the network that is set cannot be used, and the remedy; None when it can."""
        if self.network == OWN:
            return self.unavailable() or networks.missing_own(self.architecture, self.checkpoint)
        return self.unavailable() or networks.missing(self.network)

    def works(self) -> tuple[str, ...]:
        """Return the works that it follows, with that of the network that is set; of one's own nothing is known."""
        others = tuple(each for each in super().works() if not each.startswith(networks.CITED))
        return others if self.network == OWN else (*others, networks.cited(self.network))

    def suited(self, free: frozenset[Fact]) -> Self:
        """Return the model with as many views as suit the data."""
        return replace(self, views=suited_views(self.views, free))

    def features_key(self) -> str:
        """Return a name of the features, the same for every model on them."""
        own = (self.architecture, networks.fingerprint(self.checkpoint))
        seen = (self.side, self.scales, self.depth, self.views, self.view_use)
        return digest("backbone", str(VERSION), self.network, repr(own), repr(seen))

    def features(self, inputs: Float32s, learnt: Learnt = NOTHING) -> Float32s:
        """Return what the network sees at several depths, each scaled to length 1, (n, d) or of views (n, v, d).

        Three channels are seen as colours and one as grey. With any other count each channel is seen as a grey image
        of its own, and their descriptions stand end to end within each depth, so that no channel is mixed with another
        or lost. Those of several scales stand side by side within each depth, too, each of length 1.
        """
        apart = planes(inputs)
        scales = [np.split(self._described(np.concatenate(apart), side), len(apart)) for side in self.sides()]
        parts = [part for _, part in networks.columns(self.used_taps())]
        each = [[[found[..., part] for found in scale] for scale in scales] for part in parts]
        found = np.concatenate([_unit(np.concatenate(seen, axis=-1)) for depth in each for seen in depth], axis=-1)
        if found.shape[1] > 1 and self.view_use == "rows":
            return found
        return np.asarray(found.mean(axis=1, dtype=np.float32))

    def depths(self, d: int) -> Mapping[str, slice]:
        """Return the columns of the early, the middle and the last layers, as far as they are used."""
        taps = self.used_taps()
        return networks.depths(taps, d // sum(tap.width for tap in taps))  # as often for each plane at each scale

    def fit(
        self,
        examples: Examples,
        *,
        n_classes: int,
        seed: int,
        monitor: Monitor,
        consistency: Consistency | None = None,
    ) -> Predictor:
        """Return the predictor fitted on features, and record whose weights they rest on."""
        monitor.record(WEIGHTS, networks.provenance(self.network, self.architecture, self.checkpoint))
        learner = self.learner(examples.rows.shape[-1])
        return learner.fit(examples, n_classes=n_classes, seed=seed, monitor=monitor)

    def learner(self, d: int) -> Head:
        """Return what learns from d features: by default the head."""
        return self.head

    def cost(self, task: Task) -> Cost:
        """Estimate the seconds from the number of images, their channels, views and the labels."""
        planes = 1 if task.shape[-1] in (1, 3) else task.shape[-1]
        pixels = sum((side / 128) ** 2 for side in self.sides())
        seen = task.n_items * planes * VIEWS.get(self.views, 1) * pixels
        return Cost(3.5 + networks.seconds(self.network) * seen, 0.05 + 1.4e-4 * task.n_labeled * task.n_classes)

    # ---- what is seen ----------------------------------------------------------------------------------------------

    def shown(self, inputs: Float32s, side: int) -> Iterator[Float32s]:
        """Yield each view (n, side, side, 3), in [0, 1], in which the network sees one plane or three colours."""
        yield from turns(_prepared(inputs, side), VIEWS.get(self.views, 1))

    def sides(self) -> tuple[int, ...]:
        """Return the sides, in pixels, at which images are described; a user's network may take no other."""
        return (self.side,) if self.network == OWN else sides(self.side, self.scales)

    def used_taps(self) -> tuple[Tap, ...]:
        """Return where the network describes images, as far as the depth that is set goes."""
        taps = self._all_taps()
        return tuple(tap for tap in taps if self.depth in ("all", tap.depth))

    def _all_taps(self) -> tuple[Tap, ...]:
        if self.network != OWN:
            return NETWORKS[self.network].taps
        from explorer.training.backbones import own

        return own(self.architecture, self.checkpoint, self.side).taps

    def _described(self, images: Float32s, side: int) -> Float32s:
        """Return the wanted columns, (n, v, width), of one plane or three colours (n, height, width, 1 or 3)."""
        from explorer.training.backbones import backbone

        network = backbone(self.network, self.architecture, self.checkpoint, side)
        wanted = self.used_taps()
        used = [part for tap, part in networks.columns(network.taps) if tap in wanted]
        found = []
        some = max(1, CHUNK // VIEWS.get(self.views, 1))
        for start in range(0, len(images), some):
            views = np.stack(list(self.shown(images[start : start + some], side)), axis=1)
            features = network.features(views.reshape(-1, *views.shape[2:])).reshape(*views.shape[:2], -1)
            found.append(np.concatenate([features[..., part] for part in used], axis=-1))
        return np.concatenate(found)


def planes(inputs: Float32s) -> list[Float32s]:
    """Return what is seen as an image of its own, (n, height, width, 1 or 3): three colours, else each channel."""
    return np.split(inputs, 1 if inputs.shape[-1] in (1, 3) else inputs.shape[-1], axis=-1)


def _prepared(images: Float32s, side: int) -> Float32s:
    """Return images (n, side, side, 3) in [0, 1], grey ones with three equal channels."""
    scaled = np.clip(resized(images, side, side), 0.0, 1.0)
    return np.repeat(scaled, 3, axis=-1) if images.shape[-1] == 1 else scaled


def _unit(rows: Float32s) -> Float32s:
    """Return rows (..., d) of length 1; each sum is over one row alone, so that its bits do not depend on others."""
    flat = rows.reshape(-1, rows.shape[-1])
    length = np.array([np.sqrt(row @ row) for row in flat], np.float32).reshape(*rows.shape[:-1], 1)
    return np.asarray(rows / np.maximum(length, np.float32(1e-12)), np.float32)
