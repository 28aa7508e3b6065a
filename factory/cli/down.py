"""`factory down`: takes a system down, in the opposite order."""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping
from graphlib import TopologicalSorter

import click

from factory.aws.launch import provisioned, terminate
from factory.catalog.environments import Duty
from factory.cli import ending, launching
from factory.cli.board import Board
from factory.cli.up import find
from factory.cli.workspace import Workspace, factory_command
from factory.errors import UsageError
from factory.planning.order import dependencies, reversed_order, shared


@factory_command("down", Duty.LAUNCHER)
@click.argument("system")
@click.option("-e", "--environment", required=True, help="Environment to take it down in.")
@click.option("--region", help="Default: the environment's first region.")
@click.option("--dry-run", is_flag=True, help="Show what would go and what would stay, and change nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def command(workspace: Workspace, system: str, environment: str, region: str | None, dry_run: bool, yes: bool) -> None:
    """Terminate every launch of a system, each after those that depend on it.

    Shows first what goes, and what the templates retain, such as keys, buckets and logs. Refuses to begin where
    something is protected against deletion, and names the command that lifts it. A launch that another system has in
    common with this one stays as long as anything else of that system is there.

    \b
    Example: factory down fastapi-platform -e dev --yes
    """
    declared = find(workspace, system, environment)
    place = launching.place_of(workspace.manifest.environment(environment), region)
    accounts = workspace.accounts
    there = {launched.name: launched for launched in provisioned(accounts, place)}
    order = dependencies(declared, place.environment, workspace.artifacts)
    kept = shared(declared, workspace.manifest.systems, place.environment, there.keys())
    for name, other in kept.items():
        workspace.terminal.note(f"{name} stays: system {other}, which is up, names it as well")
    ended = (there.keys() & order.keys()) - kept.keys() - _needed(kept, order)
    needs = {name: dependents & ended for name, dependents in reversed_order(order).items() if name in ended}
    if not needs:
        workspace.terminal.note(f"nothing of {system} is launched in {place}" + (" but what stays" if kept else ""))
        return
    ending.foreseen(workspace, place, (there[name] for name in TopologicalSorter(needs).static_order()))
    if dry_run:
        workspace.terminal.note("nothing was changed")
        return
    if not yes and not workspace.sandbox:
        if not sys.stdin.isatty():
            raise UsageError("down: nobody to ask", hint=f"factory down {system} -e {environment} --yes")
        click.confirm(f"Terminate these in {place}?", abort=True, err=True)
    board = Board(workspace.terminal, needs)

    def work(name: str) -> None:
        board.state(name, "terminating")
        terminate(accounts, place, name, launching.watcher(workspace, board, name))
        board.done(name, "gone")

    launching.side_by_side(workspace, needs, work, board)
    workspace.terminal.note(f"{system} is down in {place}", style="bold green")


def _needed(names: Collection[str], order: Mapping[str, frozenset[str]]) -> set[str]:
    """What these launches stand on, and what that stands on."""
    found: set[str] = set()
    left = list(names)
    while left:
        found |= (new := order[left.pop()] - found)
        left += new
    return found
