"""Label next: which unlabelled images to label next, in order, and what that order would have been worth here."""

from explorer.ui import comparing, label_next, shell, texts
from explorer.ui.context_line import context_line

shell.require_router()
context_line()
with shell.told():
    comparing.of_data(label_next.view, texts.LABEL_EMPTY)
