"""Fitted models that can say where in an image they found their answer; one class for each kind of model.

Notation: n = images, maps (n, height, width) of the size of the images. A model that has forgotten has its head drawn
anew, or its head and its last block (Adebayo et al. 2018, arXiv:1810.03292).
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from explorer.errors import TechniqueError
from explorer.previews.lookable import NETWORK
from explorer.records import Floats, Ints
from explorer.statistics.looking import falls, occluded, occlusion
from explorer.techniques import map_probe
from explorer.techniques.activation_maps import class_activations, class_weights, without_last
from explorer.techniques.backbone import Backbone
from explorer.techniques.base import Float32s
from explorer.techniques.heads import Fitted
from explorer.techniques.logistic import Layer, forgetting, last_layer
from explorer.techniques.models.finetune import Finetune, Tuned, coloured
from explorer.techniques.models.small_cnn import Trained
from explorer.techniques.resizing import resized
from explorer.techniques.turns import unturned
from explorer.training.networks import LAST
from explorer.trial import Refit

#: Noise of SmoothGrad as a share of the range of an image, and how many noisy images it averages.
NOISE, SAMPLES = 0.1, 25
#: Places along a side at which a square covers the image.
CELLS = 8
#: The same where each covered image passes a large network.
FROZEN_CELLS = 6
#: What has forgotten: nothing, the head, the head and the last block.
NOTHING, HEAD, BLOCK = 0, 1, 2
#: What cannot be looked into.
NO_MAPS = (
    "Maps can be drawn of the small network, of the fine-tuned one and of linear heads on EfficientNet-Lite0, alone or"
    " with denoising and augmentation. Choose another technique on the left."
)

#: Asks whether to go on; raises what ends the work.
Ask = Callable[[], None]


class Looked(Protocol):
    """A fitted model that can be looked into."""

    @property
    def methods(self) -> tuple[str, ...]:
        """What can be drawn of it."""

    def map(self, method: str, inputs: Float32s, targets: Ints, forgotten: int, ask: Ask) -> Floats | None:
        """Return the maps, (n, height, width), of inputs (n, height, width, channels) and the classes asked for, (n,).

        None where the method knows no such model that has forgotten.
        """


def looked(fitted: Refit) -> Looked:
    """Return the model of a trial as one that can be looked into. Raises TechniqueError for any other kind."""
    model, predictor = fitted.parts.model, fitted.predictor
    if isinstance(predictor, Trained):
        return OfCnn(predictor)
    if isinstance(predictor, Tuned):
        return OfTuned(predictor)
    plain = fitted.parts.augmentation is None or fitted.parts.is_idle
    if isinstance(model, Backbone) and isinstance(predictor, Fitted) and model.network == NETWORK and plain:
        features = fitted.source.features
        assert features is not None
        return OfFrozen(model, predictor, model.depths(features.shape[-1]).get(LAST))
    raise TechniqueError(NO_MAPS)


def enlarged(maps: Floats, height: int, width: int) -> Floats:
    """Return maps (n, rows, columns) at the size of the images, between places in proportion."""
    return resized(np.asarray(maps, np.float32)[..., None], height, width, filter="bilinear")[..., 0]


# ---- the small network -----------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class OfCnn:
    """The small network: all of it is known, so that gradients can be taken at any place."""

    trained: Trained
    methods: tuple[str, ...] = ("smooth_gradients", "grad_cam", "occlusion")

    def map(self, method: str, inputs: Float32s, targets: Ints, forgotten: int, ask: Ask) -> Floats | None:
        """Return the maps."""
        found = {"smooth_gradients": self._gradients, "grad_cam": self._grad_cam, "occlusion": self._occlusion}
        maps = found[method](self._parameters(forgotten), inputs, targets, ask)
        return enlarged(maps, *inputs.shape[1:3])

    def _parameters(self, forgotten: int) -> Any:
        """Return the parameters: head first from behind, then the kernel of the last block before its two others."""
        from explorer.training.attribution import forgotten as drawn

        places = {NOTHING: (), HEAD: (-2,), BLOCK: (-2, -5)}[forgotten]
        return drawn(self.trained.parameters, places, seed=0)

    def _images(self, inputs: Float32s) -> Any:
        model = self.trained.model
        return model.prepared(model.reduced(inputs), scale=self.trained.scale)

    def _gradients(self, parameters: Any, inputs: Float32s, targets: Ints, ask: Ask) -> Floats:
        import torch

        from explorer.training import attribution, small_net

        logits, images = functools.partial(small_net.logits, parameters), self._images(inputs)
        return attribution.smooth_gradients(
            logits, images, torch.from_numpy(targets), noise=NOISE, samples=SAMPLES, seed=0, step=ask
        )

    def _grad_cam(self, parameters: Any, inputs: Float32s, targets: Ints, ask: Ask) -> Floats:
        import torch

        from explorer.training import attribution, small_net

        maps = small_net.maps(parameters[:-2], self._images(inputs))[-1]

        def rest(found: Any) -> Any:
            return torch.nn.functional.linear(found.mean((2, 3)), parameters[-2], parameters[-1])

        return attribution.grad_cam(rest, maps, torch.from_numpy(targets))

    def _occlusion(self, parameters: Any, inputs: Float32s, targets: Ints, ask: Ask) -> Floats:
        answer = functools.partial(self.trained.model.predicted, parameters, self.trained.scale)
        return occlusion(answer, inputs, targets, self.trained.scale.mean, CELLS, ask)


class Covered:
    """Features of images, whole and then covered at each place; the last ones are kept, for each head asks for them."""

    def __init__(self) -> None:
        self._of = b""
        self._features: list[Floats] = []

    def __call__(self, describe: Callable[[Float32s], Floats], inputs: Float32s, ask: Ask) -> list[Floats]:
        """Return the features of inputs (n, height, width, channels)."""
        if self._of != inputs.tobytes():
            found = []
            for each in (inputs, *occluded(inputs, inputs.mean(axis=(0, 1, 2)), FROZEN_CELLS)):
                ask()
                found.append(describe(np.asarray(each, np.float32)))
            self._of, self._features = inputs.tobytes(), found
        return self._features


# ---- a linear head on a frozen network -------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class OfFrozen:
    """A head on EfficientNet-Lite0: what each place of its last layer adds to the answer is known exactly.

    last    the columns of the features that describe the last layer; None where they do not
    """

    model: Backbone
    head: Fitted
    last: slice | None
    _seen: "Covered" = field(default_factory=lambda: Covered())

    @property
    def methods(self) -> tuple[str, ...]:
        """What can be drawn: class-activation maps only where the head has a layer on the last layer by itself."""
        return ("occlusion",) if self.layer is None else ("class_activation", "occlusion")

    @property
    def layer(self) -> Layer | None:
        """The layer of the head on the last layer of the network; None where it has none of its own."""
        return None if self.last is None else last_layer(self.head, self.last)

    def map(self, method: str, inputs: Float32s, targets: Ints, forgotten: int, ask: Ask) -> Floats | None:
        """Return the maps."""
        if method == "class_activation":
            return self._activations(inputs, targets, forgotten)
        head = {NOTHING: self.head, HEAD: forgetting(self.head, 0)}.get(forgotten)
        if head is None:
            return None
        whole, *covered = [head(features) for features in self._seen(self.model.features, inputs, ask)]
        return enlarged(falls(whole, covered, targets), *inputs.shape[1:3])

    def _activations(self, inputs: Float32s, targets: Ints, forgotten: int) -> Floats:
        from explorer.training.lite0 import lite0

        layer = self.layer
        assert layer is not None
        weight = layer.weight
        if forgotten:
            weight = np.random.default_rng(0).normal(weight.mean(), weight.std(), weight.shape)
        network = without_last(lite0(), 0) if forgotten == BLOCK else lite0()
        asked = class_weights(weight, self.head.present, targets)
        scales = class_activations(self.model, inputs, asked, network)
        return np.asarray(np.sum([enlarged(maps * maps[0].size, *inputs.shape[1:3]) for maps in scales], axis=0))


# ---- the fine-tuned network ------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class OfTuned:
    """The trained half of a fine-tuned network, without the frozen probe with which it is averaged."""

    tuned: Tuned
    methods: tuple[str, ...] = ("grad_cam", "smooth_gradients", "occlusion")
    _seen: Covered = field(default_factory=Covered)

    def map(self, method: str, inputs: Float32s, targets: Ints, forgotten: int, ask: Ask) -> Floats | None:
        """Return the maps, averaged over scales and the views of an answer."""
        from explorer.training.attribution import forgotten as drawn

        places = {NOTHING: (), HEAD: (-2,), BLOCK: (-2, -4)}[forgotten]
        parameters = drawn(self.tuned.parameters, places, seed=0)
        if method == "grad_cam":
            return self._grad_cam(parameters, inputs, targets, ask)
        if method == "smooth_gradients":
            return self._gradients(parameters, inputs, targets, ask)
        answer = functools.partial(self.tuned.model.trained_answer, parameters, ask)
        whole, *covered = [answer(features) for features in self._seen(self.tuned.model.features, inputs, ask)]
        return enlarged(falls(whole, covered, targets), *inputs.shape[1:3])

    def _gradients(self, parameters: Any, inputs: Float32s, targets: Ints, ask: Ask) -> Floats:
        """Return the gradients through both halves, of the image itself at its full scale, in single precision."""
        import torch

        from explorer.training import attribution, lite0_top

        def logits(images: Any) -> Any:
            maps = lite0_top.differentiable_below(images)
            seen = lite0_top.described(parameters[:-2], maps)
            return torch.addmm(parameters[-1], seen, parameters[-2].t())

        shown = torch.from_numpy(coloured(inputs, self.tuned.model.side)).permute(0, 3, 1, 2)
        found = attribution.smooth_gradients(
            logits, shown, torch.from_numpy(targets), noise=NOISE, samples=SAMPLES, seed=0, step=ask
        )
        return enlarged(found, *inputs.shape[1:3])

    def _grad_cam(self, parameters: Any, inputs: Float32s, targets: Ints, ask: Ask) -> Floats:
        model: Finetune = self.tuned.model
        found = []
        for maps in model.maps(model.features(inputs)):
            seen = np.asarray(map_probe.spaced(maps, model.answered), np.float32)
            numbers = np.arange(seen.shape[1]) * maps.shape[1] // seen.shape[1]
            for place, number in enumerate(numbers.tolist()):
                ask()
                each = unturned(_top_cam(parameters, seen[:, place], targets), number)
                found.append(enlarged(each, *inputs.shape[1:3]))
        return np.asarray(np.mean(found, axis=0))


def _top_cam(parameters: Any, maps: Float32s, targets: Ints) -> Floats:
    """Return Grad-CAM at the last layer, (n, rows, columns), of maps between the halves, (n, height, width, 80)."""
    import torch

    from explorer.training import attribution, lite0_top

    with torch.no_grad():
        *_, last = lite0_top.stages(parameters[:-2], torch.from_numpy(maps))

    def rest(found: Any) -> Any:
        return torch.addmm(parameters[-1], found.mean((2, 3)), parameters[-2].t())

    return attribution.grad_cam(rest, last.float().permute(0, 3, 1, 2), torch.from_numpy(targets))
