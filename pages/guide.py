"""Guide: which technique for which situation, checks of one's images, and where to learn more."""

from explorer.ui import guide, shell
from explorer.ui.context_line import context_line

shell.require_router()
context_line()
with shell.told():
    guide.view()
