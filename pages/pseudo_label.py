"""Pseudo-label: what a model believed of the unlabelled images, round by round, and whether that helps here."""

from explorer.ui import comparing, pseudo_labels, shell
from explorer.ui.context_line import context_line

shell.require_router()
context_line()
with shell.told():
    data = comparing.open_data(None)
    if data is None:
        comparing.nothing_yet()
    else:
        pseudo_labels.view(data)
