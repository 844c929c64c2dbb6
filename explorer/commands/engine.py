"""`engine`: the engine of the workspace in the foreground."""

import logging

import click

from explorer.workspace import Workspace


@click.command(help="Run the queued studies of the workspace (EXPLORER_HOME) until there have been none for a while.")
def command() -> None:
    """Serve the default workspace; another scheduler than our own is named by EXPLORER_SCHEDULER."""
    from explorer.engine.service import serve

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.captureWarnings(True)
    serve(Workspace.default())
