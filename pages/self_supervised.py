"""Self-supervised: let one's own unlabelled images teach a network, and look at what it has learnt."""

from explorer.ui import comparing, self_teaching, shell, texts
from explorer.ui.context_line import context_line

shell.require_router()
context_line()
with shell.told():
    comparing.of_data(self_teaching.view, texts.SELF_EMPTY)
