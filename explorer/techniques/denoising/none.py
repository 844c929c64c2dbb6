"""No cleaning at all, so that noise that is added on purpose can be an arm by itself."""

from dataclasses import dataclass
from typing import ClassVar

from explorer.techniques.base import Denoising, Float32s, Learnt


@dataclass(frozen=True)
class NoCleaning(Denoising):
    """Leaves the images as they are, with the noise that is added to them if there is any.
    Its curve beside that of the same model tells what the noise costs, and beside a denoiser what cleaning brings back.
    """

    title: ClassVar[str] = "Noise only"
    paper: ClassVar[str] = "Dodge and Karam 2016, arXiv:1604.04004"
    fails: ClassVar[str] = "It cleans nothing: choose a kind of added noise, or another denoiser."

    def clean(self, inputs: Float32s, learnt: Learnt) -> Float32s:
        """Return a copy of the inputs."""
        return inputs.copy()
