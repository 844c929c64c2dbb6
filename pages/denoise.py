"""Denoise: see on one's own images what every denoiser takes away, and whether that helps."""

from explorer.ui import comparing, denoising, shell, texts
from explorer.ui.context_line import context_line

shell.require_router()
context_line()
with shell.told():
    comparing.of_data(denoising.view, texts.DENOISE_EMPTY)
