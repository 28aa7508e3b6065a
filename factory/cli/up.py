"""`factory up`: brings a system up, product by product."""

from __future__ import annotations

import click

from factory.aws.launch import Order, Outcome
from factory.catalog.environments import Duty
from factory.catalog.systems import System
from factory.cli import launching
from factory.cli.board import Board
from factory.cli.workspace import Workspace, factory_command
from factory.errors import UsageError
from factory.planning.order import dependencies


@factory_command("up", Duty.LAUNCHER)
@click.argument("system")
@click.option("-e", "--environment", required=True, help="Environment to launch in.")
@click.option("--region", help="Region to launch in. Default: the environment's first.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON document.")
def command(workspace: Workspace, system: str, environment: str, region: str | None, as_json: bool) -> None:
    """Launch or update every product of a system, each after those whose values it requires.

    \b
    Example: factory up fastapi-platform -e dev
    """
    declared = find(workspace, system, environment)
    place = launching.place_of(workspace.manifest.environment(environment), region)
    orders = {
        launch.name: Order(name=launch.name, product=launch.product, parameters=launch.parameters_in(place.environment))
        for launch in declared.launches_in(place.environment)
    }
    needs = dependencies(declared, place.environment, workspace.artifacts)
    survey = launching.surveyed(workspace, place, orders.values())
    board = Board(workspace.terminal, orders)

    def work(name: str) -> Outcome:
        return launching.launch_one(workspace, place, orders[name], board, survey)[1]

    outcomes = launching.side_by_side(workspace, needs, work, board)
    if as_json:
        workspace.terminal.json([launching.document(workspace, place, outcome) for outcome in outcomes.values()])
        return
    workspace.terminal.table(
        ["name", "product", "version", "status", "resources"],
        [launching.summary(workspace, place, outcome) for outcome in outcomes.values()],
    )


def find(workspace: Workspace, name: str, environment: str) -> System:
    """The system of that name. Raises UsageError where there is none, or where it is not for the environment."""
    system = workspace.manifest.system(name)
    chosen = workspace.manifest.environment(environment)
    if chosen.name not in system.environments:
        raise UsageError(
            f"system {name} is not for {environment}, but for {', '.join(system.environments)}",
            hint=f"add it under environments in {system.file}",
        )
    return system
