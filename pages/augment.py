"""Augment: see on one's own images what an augmentation does, and whether it is safe here."""

from explorer.ui import augmenting, comparing, shell, texts
from explorer.ui.context_line import context_line

shell.require_router()
context_line()
with shell.told():
    comparing.of_data(augmenting.view, texts.AUGMENT_EMPTY)
