"""Denoise: see on one's own images what every denoiser takes away, and whether that helps."""

from explorer.ui import comparing, denoising, shell
from explorer.ui.context_line import context_line

shell.require_router()
context_line()
with shell.told():
    data = comparing.open_data(None)
    if data is None:
        comparing.nothing_yet()
    else:
        denoising.view(data)
