"""The command line: `python -m explorer COMMAND`.

Exit status: 0 done, 1 user error told in one line, 2 some trials failed, 130 interrupted.
"""

import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from explorer.errors import ExplorerError
from explorer.interrupting import INTERRUPTED

COMMANDS = Path(__file__).parent / "commands"
USER_ERROR = 1
STOPPED = "Stopped by Ctrl-C before the end. What was finished is kept; give the command again to go on."


class Commands(click.Group):
    """The files of `explorer/commands`, each imported only when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return sorted(path.stem for path in COMMANDS.glob("*.py") if not path.stem.startswith("_"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of that name, or None."""
        if cmd_name not in self.list_commands(ctx):
            return None
        found: click.Command = importlib.import_module(f"explorer.commands.{cmd_name}").command
        return found


cli = Commands(
    name="explorer",
    help="How many labels a small data set needs, and which technique buys the most accuracy per label.",
)


def main(arguments: Sequence[str]) -> int:
    """Run one command and return its exit status; errors meant for users are told in one line on stderr."""
    os.environ.setdefault("NO_ALBUMENTATIONS_UPDATE", "1")
    try:
        status = cli.main(list(arguments) or ["--help"], prog_name="python -m explorer", standalone_mode=False)
    except click.Abort:
        click.echo(STOPPED, err=True)
        return INTERRUPTED
    except (click.ClickException, ExplorerError) as error:
        text = error.format_message() if isinstance(error, click.ClickException) else str(error)
        click.echo(f"Error: {' '.join(text.split())}", err=True)
        return USER_ERROR
    return status if isinstance(status, int) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
