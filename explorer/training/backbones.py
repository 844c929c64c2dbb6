"""Networks with weights, ready to describe images: EfficientNet-Lite0, torchvision's, and a user's own.

Every file of weights is read without running code that may be in it. Nothing is downloaded unless the user allows it.
"""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from filelock import FileLock

from explorer.errors import TechniqueError
from explorer.training.describing import Float32s, blockwise, pooled
from explorer.training.lite0 import Lite0, lite0
from explorer.training.networks import HOST, LAST, NETWORKS, OWN, Network, Tap, fingerprint, folder, missing
from explorer.training.precision import one_thread

#: Of the photographs of ImageNet, by which torchvision's networks expect images to be standardized.
MEAN = (0.485, 0.456, 0.406)
SPREAD = (0.229, 0.224, 0.225)
#: Maps of a user's network that describe images, beside its last layer.
MAPS = 4
#: Names under which training scripts keep the weights in their files.
WRAPPINGS = ("state_dict_ema", "state_dict", "model")


class Backbone(Protocol):
    """A network that describes images at its taps."""

    @property
    def taps(self) -> tuple[Tap, ...]:
        """Where it describes them, early ones first."""

    def features(self, images: Float32s) -> Float32s:
        """Return the features at all taps end to end, (n, total width), of images (n, side, side, 3) in [0, 1].

        Each row depends on its image alone, to the last bit, however many images come at once.
        """


def backbone(name: str, architecture: str, checkpoint: str, side: int) -> Backbone:
    """Return the network of that name, of the user's architecture and file when it is OWN; read once per process.

    Raises TechniqueError, with the remedy, for weights that are missing, damaged or of another network.
    """
    if name == OWN:
        return own(architecture, checkpoint, side)
    return Centred(lite0()) if name == "lite0" else pretrained(name)


@dataclass(frozen=True, eq=False)
class Centred:
    """EfficientNet-Lite0, which expects values in [-1, 1]."""

    network: Lite0
    taps: tuple[Tap, ...] = NETWORKS["lite0"].taps

    def features(self, images: Float32s) -> Float32s:
        """Return features of images in [0, 1]."""
        return self.network.features(images * np.float32(2) - np.float32(1))


# ---- torchvision -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Tapped:
    """A network of torch whose modules are listened to while images pass it."""

    model: Any
    taps: tuple[Tap, ...]

    def features(self, images: Float32s) -> Float32s:
        """Return features of images in [0, 1]."""
        return blockwise(_standardized(images, MEAN, SPREAD), self._described)

    def _described(self, maps: Any) -> Any:
        heard: dict[str, Any] = {}
        hooks = [self._listening(tap, heard) for tap in self.taps]
        try:
            self.model(maps)
        finally:
            for hook in hooks:
                hook.remove()
        return torch.cat([heard[tap.module] for tap in self.taps], 1)

    def _listening(self, tap: Tap, heard: dict[str, Any]) -> Any:
        def hear(module: Any, given: Any, maps: Any) -> None:
            heard[tap.module] = pooled(maps, last=tap.depth == LAST)

        return self.model.get_submodule(tap.module).register_forward_hook(hear)


@functools.lru_cache(maxsize=1)
def pretrained(name: str) -> Tapped:
    """Return torchvision's network of that name with its weights. Raises TechniqueError when they are not there."""
    import torchvision

    network = NETWORKS[name]
    path = _fetched(name, network)
    if not fingerprint(str(path)).startswith(_hash(path)):
        raise TechniqueError(f"{path} is damaged, or not the file of that name. Remove it and get {HOST}{path.name}.")
    model = torchvision.models.get_model(name, weights=None)
    _filled(model, _read(path), path, name)
    return Tapped(_ready(model), network.taps)


def _fetched(name: str, network: Network) -> Path:
    """Return the file of the weights, downloaded first where the user allows it."""
    reason = missing(name)
    if reason is not None:
        raise TechniqueError(f"{name} cannot be used here. {reason}")
    path = folder() / network.file
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(path.with_suffix(".lock")):
        if not path.is_file():
            _download(path)
    return path


def _download(path: Path) -> None:
    try:
        torch.hub.download_url_to_file(HOST + path.name, str(path), hash_prefix=_hash(path), progress=False)
    except (OSError, RuntimeError) as error:
        raise TechniqueError(
            f"{HOST}{path.name} could not be downloaded ({error}). Put the file into {path.parent} yourself."
        ) from error


def _hash(path: Path) -> str:
    """Return the first digits of the SHA-256 of the file, which torchvision writes into its name."""
    return path.stem.rpartition("-")[2]


# ---- a user's own ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Own:
    """An architecture of timm: its last maps, and what its classifier would be given."""

    model: Any
    taps: tuple[Tap, ...]
    maps: int
    mean: tuple[float, ...]
    spread: tuple[float, ...]

    def features(self, images: Float32s) -> Float32s:
        """Return features of images in [0, 1]."""
        return blockwise(_standardized(images, self.mean, self.spread), self._described)

    def _described(self, images: Any) -> Any:
        maps, last = _passed(self.model, images, self.maps)
        return torch.cat([*(pooled(each, last=False) for each in maps), last], 1)


def _passed(model: Any, images: Any, maps: int) -> tuple[list[Any], Any]:
    """Return the last maps (b, c, height, width) of a timm model, and what its classifier would be given, (b, c)."""
    if maps == 0:
        return [], model.forward_head(model.forward_features(images), pre_logits=True)
    last, between = model.forward_intermediates(images, indices=maps, output_fmt="NCHW")
    return list(between), model.forward_head(last, pre_logits=True)


def own(architecture: str, checkpoint: str, side: int) -> Own:
    """Return the timm architecture with the weights that the file holds now; its own classifier is left out.

    Raises TechniqueError for an architecture that timm does not have or that takes other images, and for a file that
    cannot be read or is of another network.
    """
    return _own(architecture, checkpoint, side, fingerprint(checkpoint))


@functools.lru_cache(maxsize=1)
def _own(architecture: str, checkpoint: str, side: int, contents: str) -> Own:
    """Return the architecture with the weights of the file; `contents` tells when it is another one."""
    import timm

    if not timm.is_model(architecture):
        raise TechniqueError(f"timm has no architecture '{architecture}'. Choose one of timm.list_models().")
    path = Path(checkpoint).expanduser()
    model = timm.create_model(architecture, pretrained=False, num_classes=0)
    _filled(model, _body(_read(path), model), path, architecture)
    return _tapped(_ready(model), architecture, side)


def _body(tensors: Mapping[str, Any], model: Any) -> Mapping[str, Any]:
    """Return the tensors without those of the classifier, which may know any classes."""
    named = model.pretrained_cfg.get("classifier") or ()
    heads = tuple(f"{each}." for each in ((named,) if isinstance(named, str) else named))
    return {name: values for name, values in tensors.items() if not (heads and name.startswith(heads))}


def _tapped(model: Any, architecture: str, side: int) -> Own:
    """Return the model with the widths of its maps, found by passing one black image through it."""
    maps = MAPS if hasattr(model, "forward_intermediates") else 0
    try:
        with one_thread(), torch.inference_mode():
            between, last = _passed(model, torch.zeros((1, 3, side, side)), maps)
    except (AssertionError, RuntimeError, ValueError) as error:
        wanted = model.pretrained_cfg.get("input_size", (3, 224, 224))[-1]
        raise TechniqueError(
            f"{architecture} does not take images of {side} px ({error}). Set 'side' to {wanted}."
        ) from error
    names = ["early" if 2 * (at + 1) <= len(between) else "middle" for at in range(len(between))]
    taps = [Tap(name, str(at), each.shape[1]) for at, (name, each) in enumerate(zip(names, between, strict=True))]
    config = model.pretrained_cfg
    scale = config.get("mean", MEAN), config.get("std", SPREAD)
    return Own(model, (*taps, Tap(LAST, LAST, last.shape[1])), maps, *scale)


# ---- what they share ---------------------------------------------------------------------------------------------


def _read(path: Path) -> Mapping[str, Any]:
    """Return the tensors of a file by name, out of what training scripts wrap them in. Raises TechniqueError."""
    try:
        found = _loaded(path)
        for wrapping in WRAPPINGS:
            found = found.get(wrapping) or found
        return {name.removeprefix("module."): values for name, values in found.items()}
    except Exception as error:  # what a foreign file makes a reader raise is not known
        raise TechniqueError(
            f"{path} cannot be read as weights ({type(error).__name__}). Save the state_dict of the network alone."
        ) from error


def _loaded(path: Path) -> Any:
    if path.suffix == ".safetensors":
        import safetensors.torch

        return safetensors.torch.load_file(path)
    return torch.load(path, weights_only=True, map_location="cpu")


def _filled(model: Any, tensors: Mapping[str, Any], path: Path, name: str) -> None:
    try:
        model.load_state_dict(tensors)
    except (RuntimeError, AttributeError, TypeError) as error:
        raise TechniqueError(
            f"{path} does not hold the weights of {name}. Choose the architecture that it was made for."
        ) from error


def _ready(model: Any) -> Any:
    return model.eval().requires_grad_(False).to(memory_format=torch.channels_last)


def _standardized(images: Float32s, mean: tuple[float, ...], spread: tuple[float, ...]) -> Float32s:
    return np.asarray((images - np.array(mean, np.float32)) / np.array(spread, np.float32), np.float32)
