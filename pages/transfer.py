"""Transfer: one's own images as a network sees them that has learnt from photographs."""

from explorer.ui import comparing, shell, texts, transfer
from explorer.ui.context_line import context_line

shell.require_router()
context_line()
with shell.told():
    comparing.of_data(transfer.view, texts.TRANSFER_EMPTY)
