"""Augment: see on one's own images what an augmentation does, and whether it is safe here."""

from explorer.ui import augmenting, comparing, shell, texts
from explorer.ui.context_line import context_line

shell.require_router()
context_line()
with shell.told():
    data = comparing.open_data(None)
    if data is None:
        comparing.nothing_yet(texts.NEEDS_DATA.format(technique=texts.AUGMENTATION))
    else:
        augmenting.view(data)
