"""Networks that describe images: which there are, where their weights lie and whose they are; imports nothing heavy.

Weights are files on this machine. They are downloaded only where the user allows it, by EXPLORER_ALLOW_DOWNLOAD=1.
"""

import functools
import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from explorer.hosting import hosted
from explorer.training import weights

#: Name of the network that a user brings as an architecture of timm and a file.
OWN = "own"
#: For one image of a network that is not known, as for a ResNet-50.
OWN_SECONDS = 0.04
#: Of the last layer, which is described by its means alone, as it was trained.
LAST = "last"
#: How the work on a network is introduced.
CITED = "network: "
ENDINGS = (".pth", ".pt", ".safetensors")
HOST = "https://download.pytorch.org/models/"
TORCHVISION = "BSD-3-Clause; learnt from ImageNet, whose pictures are for non-commercial research"


@dataclass(frozen=True)
class Tap:
    """A place in a network: its depth, the name of its module, and the number of channels of its map.

    A map is described by mean and standard deviation of each channel, that of the last layer by its means.
    """

    depth: str
    module: str
    channels: int

    @property
    def width(self) -> int:
        """Number of features from this place."""
        return self.channels if self.depth == LAST else 2 * self.channels


@dataclass(frozen=True)
class Network:
    """A network with weights: where its images are described, its file and its size, its source and licence in words,
    and the work that it comes from.

    `seconds` is the time for one image of 128 × 128 pixels on one core of the reference machine,
    `megabytes` the size of the file in 10⁶ bytes.
    """

    taps: tuple[Tap, ...]
    file: str
    source: str
    licence: str
    seconds: float
    megabytes: float
    paper: str


def _taps(early: Mapping[str, int], middle: Mapping[str, int], last: Mapping[str, int]) -> tuple[Tap, ...]:
    depths = {"early": early, "middle": middle, LAST: last}
    return tuple(Tap(depth, module, width) for depth, each in depths.items() for module, width in each.items())


#: The networks by name; what is said of torchvision's is held against torchvision by a test.
NETWORKS: Mapping[str, Network] = MappingProxyType(
    {
        "lite0": Network(
            _taps({"2": 40, "3": 80}, {"4": 112, "5": 192}, {"7": 1280}),
            weights.FILE,
            f"EfficientNet-Lite0, package {weights.PACKAGE} 0.1.0",
            "Apache-2.0",
            0.009,
            18.8,
            "Tan and Le 2019, arXiv:1905.11946",
        ),
        "resnet18": Network(
            _taps({"layer1": 64, "layer2": 128}, {"layer3": 256}, {"avgpool": 512}),
            "resnet18-f37072fd.pth",
            "torchvision, ResNet18_Weights.IMAGENET1K_V1",
            TORCHVISION,
            0.02,
            44.7,
            "He et al. 2016, doi:10.1109/CVPR.2016.90",
        ),
        "resnet50": Network(
            _taps({"layer1": 256, "layer2": 512}, {"layer3": 1024}, {"avgpool": 2048}),
            "resnet50-11ad3fa6.pth",
            "torchvision, ResNet50_Weights.IMAGENET1K_V2",
            TORCHVISION,
            0.04,
            97.8,
            "He et al. 2016, doi:10.1109/CVPR.2016.90",
        ),
        "mobilenet_v3_large": Network(
            _taps(
                {"features.6": 40, "features.10": 80},
                {"features.12": 112, "features.15": 160},
                {"avgpool": 960},
            ),
            "mobilenet_v3_large-5c1a4163.pth",
            "torchvision, MobileNet_V3_Large_Weights.IMAGENET1K_V2",
            TORCHVISION,
            0.008,
            21.1,
            "Howard et al. 2019, arXiv:1905.02244",
        ),
        "convnext_tiny": Network(
            _taps({"features.1": 96, "features.3": 192}, {"features.5": 384}, {"classifier.0": 768}),
            "convnext_tiny-983f1562.pth",
            "torchvision, ConvNeXt_Tiny_Weights.IMAGENET1K_V1",
            TORCHVISION,
            0.06,
            109.1,
            "Liu et al. 2022, arXiv:2201.03545",
        ),
    }
)


def provenance(name: str, architecture: str, checkpoint: str) -> dict[str, str]:
    """Return name, source and licence of the weights that features rest on, as plain JSON values."""
    if name != OWN:
        network = NETWORKS[name]
        return {"name": name, "file": network.file, "source": network.source, "licence": network.licence}
    about = {
        "name": architecture,
        "file": Path(checkpoint).name,
        "source": "a file of the user",
        "licence": "not known",
    }
    return {**about, "sha256": fingerprint(checkpoint)}


def cited(name: str) -> str:
    """Return the work that a network comes from, as techniques introduce it among those that they follow."""
    return f"{CITED}{NETWORKS[name].paper}"


def seconds(name: str) -> float:
    """Return the seconds that a network needs for an image of 128 × 128 pixels on the reference machine."""
    return OWN_SECONDS if name == OWN else NETWORKS[name].seconds


# ---- files of torchvision's networks -----------------------------------------------------------------------------


def folder() -> Path:
    """Return where torch keeps weights that were downloaded: $TORCH_HOME/hub/checkpoints, by default in ~/.cache."""
    cache = os.environ.get("XDG_CACHE_HOME", "~/.cache")
    home = Path(os.environ.get("TORCH_HOME", f"{cache}/torch")).expanduser()
    return home / "hub" / "checkpoints"


def may_download() -> bool:
    """Tell whether the user allows downloads."""
    return os.environ.get("EXPLORER_ALLOW_DOWNLOAD") == "1"


def missing(name: str) -> str | None:
    """Return why the network of that name cannot be used here, and the remedy; None when it can."""
    if name == "lite0":
        return weights.missing()
    absent = weights.not_installed("torchvision", "torchvision")
    file = folder() / NETWORKS[name].file
    if absent or may_download() or file.is_file():
        return absent
    return (
        f"Its weights are not on this machine. Put {file.name} (from {HOST}{file.name}) into {file.parent},"
        " or set EXPLORER_ALLOW_DOWNLOAD=1 to have it downloaded."
    )


# ---- a network of the user ---------------------------------------------------------------------------------------


def missing_own(architecture: str, checkpoint: str) -> str | None:
    """Return why a checkpoint cannot be used as weights of a timm architecture, as far as can be told unread."""
    absent = weights.not_installed("timm", "timm")
    if absent:
        return absent
    if hosted():
        return "This server reads no weights from its own disk. Run the app on your own machine to use a checkpoint."
    if not architecture:
        return "No architecture is set. Name one of timm's, such as resnet18."
    path = Path(checkpoint).expanduser()
    if not checkpoint or not path.is_file():
        return f"There is no file '{checkpoint}'. Set 'checkpoint' to the file of the weights."
    if path.suffix not in ENDINGS:
        return f"{path} does not end in {', '.join(ENDINGS[:-1])} or {ENDINGS[-1]}. Save the weights in such a file."
    return None


def fingerprint(checkpoint: str) -> str:
    """Return the SHA-256 of a file; its name where there is none, and on a server, whose visitors ask for no files."""
    path = Path(checkpoint).expanduser()
    if hosted() or not checkpoint or not path.is_file():
        return checkpoint
    about = path.stat()
    return _sha256(path, about.st_mtime_ns, about.st_size)


@functools.lru_cache(maxsize=16)
def _sha256(path: Path, changed: int, size: int) -> str:
    """Return the SHA-256 of a file; `changed` and `size` tell when it is another one."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# ---- columns -----------------------------------------------------------------------------------------------------


def columns(taps: tuple[Tap, ...], planes: int = 1) -> Iterator[tuple[Tap, slice]]:
    """Yield each tap and its columns of the features, where each of several planes is described by itself."""
    start = 0
    for tap in taps:
        yield tap, slice(start, start + tap.width * planes)
        start += tap.width * planes


def depths(taps: tuple[Tap, ...], planes: int = 1) -> Mapping[str, slice]:
    """Return the columns of each depth, early ones first; taps of one depth stand side by side."""
    found: dict[str, slice] = {}
    for tap, part in columns(taps, planes):
        found[tap.depth] = slice(found[tap.depth].start if tap.depth in found else part.start, part.stop)
    return found
