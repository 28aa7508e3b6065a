"""`factory terminate`: ends one launch."""

from __future__ import annotations

import sys

import click

from factory.aws.launch import terminate
from factory.catalog.environments import Duty
from factory.cli import launching
from factory.cli.board import Board
from factory.cli.workspace import Workspace, factory_command
from factory.errors import UsageError


@factory_command("terminate", Duty.LAUNCHER)
@click.argument("name")
@click.option("-e", "--environment", required=True, help="Environment that it was launched in.")
@click.option("--region", help="Default: the environment's first region.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def command(workspace: Workspace, name: str, environment: str, region: str | None, yes: bool) -> None:
    """Terminate one launch. What its template retains, such as keys, buckets and logs, stays.

    \b
    Example: factory terminate orders -e dev --yes
    """
    place = launching.place_of(workspace.manifest.environment(environment), region)
    if not yes and not workspace.sandbox:
        if not sys.stdin.isatty():
            raise UsageError("terminate: nobody to ask", hint=f"factory terminate {name} -e {environment} --yes")
        click.confirm(f"Terminate {name} in {place}?", abort=True, err=True)
    board = Board(workspace.terminal, [name])
    with board.shown():
        terminate(workspace.accounts, place, name, launching.watcher(workspace, board, name))
        board.done(name, "gone")
    workspace.terminal.note(f"{name} is terminated in {place}", style="bold green")
