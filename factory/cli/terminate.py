"""`factory terminate`: ends one launch."""

from __future__ import annotations

import sys

import click

from factory.aws.launch import provisioned, terminate
from factory.catalog.environments import Duty
from factory.catalog.nearest import suggestion
from factory.cli import ending, launching
from factory.cli.board import Board
from factory.cli.workspace import Workspace, factory_command
from factory.errors import LaunchError, UsageError


@factory_command("terminate", Duty.LAUNCHER)
@click.argument("name")
@click.option("-e", "--environment", required=True, help="Environment that it was launched in.")
@click.option("--region", help="Default: the environment's first region.")
@click.option("--dry-run", is_flag=True, help="Show what would go and what would stay, and change nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def command(workspace: Workspace, name: str, environment: str, region: str | None, dry_run: bool, yes: bool) -> None:
    """Terminate one launch.

    Shows first what its template retains, such as keys, buckets and logs. Refuses to begin where something is protected
    against deletion, and names the command that lifts it.

    \b
    Example: factory terminate orders -e dev --yes
    """
    place = launching.place_of(workspace.manifest.environment(environment), region)
    there = {launched.name: launched for launched in provisioned(workspace.accounts, place)}
    # What was launched without the factory is ended all the same, and is not looked at.
    if name in there:
        ending.foreseen(workspace, place, [there[name]])
    elif dry_run:
        raise LaunchError(f"nothing is launched as {name} in {place}: {suggestion(name, there)}")
    if dry_run:
        workspace.terminal.note("nothing was changed")
        return
    if not yes and not workspace.sandbox:
        if not sys.stdin.isatty():
            raise UsageError("terminate: nobody to ask", hint=f"factory terminate {name} -e {environment} --yes")
        click.confirm(f"Terminate {name} in {place}?", abort=True, err=True)
    board = Board(workspace.terminal, [name])
    with board.shown():
        terminate(workspace.accounts, place, name, launching.watcher(workspace, board, name))
        board.done(name, "gone")
    workspace.terminal.note(f"{name} is terminated in {place}", style="bold green")
