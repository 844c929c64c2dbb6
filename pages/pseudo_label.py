"""Pseudo-label: what a model believed of the unlabelled images, round by round, and whether that helps here."""

from explorer.ui import comparing, pseudo_labels, shell, texts
from explorer.ui.context_line import context_line

shell.require_router()
context_line()
with shell.told():
    comparing.of_data(pseudo_labels.view, texts.PSEUDO_EMPTY)
