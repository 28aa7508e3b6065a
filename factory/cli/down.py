"""`factory down`: takes a system down, in the opposite order."""

from __future__ import annotations

import sys

import click

from factory.aws.launch import provisioned, terminate
from factory.catalog.environments import Duty
from factory.cli import launching
from factory.cli.board import Board
from factory.cli.up import find
from factory.cli.workspace import Workspace, factory_command
from factory.errors import UsageError
from factory.planning.order import dependencies, reversed_order


@factory_command("down", Duty.LAUNCHER)
@click.argument("system")
@click.option("-e", "--environment", required=True, help="Environment to take it down in.")
@click.option("--region", help="Default: the environment's first region.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def command(workspace: Workspace, system: str, environment: str, region: str | None, yes: bool) -> None:
    """Terminate every launch of a system, each after those that depend on it.

    What the templates retain, such as keys, buckets and logs, stays.

    \b
    Example: factory down fastapi-platform -e dev --yes
    """
    declared = find(workspace, system, environment)
    place = launching.place_of(workspace.manifest.environment(environment), region)
    accounts = workspace.accounts
    there = {launched.name for launched in provisioned(accounts, place)}
    order = dependencies(declared, place.environment, workspace.artifacts)
    needs = {
        name: dependents & there
        for name, dependents in reversed_order(order).items()
        if name in there
    }
    if not needs:
        workspace.terminal.note(f"nothing of {system} is launched in {place}")
        return
    if not yes and not workspace.sandbox:
        if not sys.stdin.isatty():
            raise UsageError("down: nobody to ask", hint=f"factory down {system} -e {environment} --yes")
        click.confirm(f"Terminate {', '.join(needs)} in {place}?", abort=True, err=True)
    board = Board(workspace.terminal, needs)

    def work(name: str) -> None:
        board.state(name, "terminating")
        terminate(accounts, place, name, launching.watcher(workspace, board, name))
        board.state(name, "gone")

    launching.side_by_side(workspace, needs, work, board)
    workspace.terminal.note(f"{system} is down in {place}", style="bold green")
