"""Transfer: one's own images as a network sees them that has learnt from photographs."""

from explorer.ui import comparing, shell, transfer
from explorer.ui.context_line import context_line

shell.require_router()
context_line()
with shell.told():
    data = comparing.open_data(None)
    if data is None:
        comparing.nothing_yet()
    else:
        transfer.view(data)
