"""Self-supervised: let one's own unlabelled images teach a network, and look at what it has learnt."""

from explorer.ui import comparing, self_teaching, shell
from explorer.ui.context_line import context_line

shell.require_router()
context_line()
with shell.told():
    data = comparing.open_data(None)
    if data is None:
        comparing.nothing_yet()
    else:
        self_teaching.view(data)
