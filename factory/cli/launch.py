"""`factory launch`: launches a product in an environment, or updates what is launched."""

from __future__ import annotations

import click

from factory.aws.launch import Order
from factory.catalog.environments import Duty
from factory.catalog.model import ProductName, VersionName
from factory.cli import launching
from factory.cli.board import Board
from factory.cli.workspace import Workspace, factory_command


@factory_command("launch", Duty.LAUNCHER)
@click.argument("product")
@click.option("-e", "--environment", required=True, help="Environment to launch in.")
@click.option("--name", help="Name of the launch. Default: the product's.")
@click.option(
    "-p", "--parameter", "given", multiple=True, metavar="KEY=VALUE", help="Launch parameter; may be repeated."
)
@click.option("--tag", "tags", multiple=True, metavar="KEY=VALUE", help="Value of a tag option; may be repeated.")
@click.option("--version", help="Version to launch. Default: the newest that is offered.")
@click.option("--portfolio", help="Display name of the portfolio, where several offer the product.")
@click.option("--region", help="Region to launch in. Default: the environment's first.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON document.")
def command(
    workspace: Workspace,
    product: str,
    environment: str,
    name: str | None,
    given: tuple[str, ...],
    tags: tuple[str, ...],
    version: str | None,
    portfolio: str | None,
    region: str | None,
    as_json: bool,
) -> None:
    """Launch a product, or update the launch of that name.

    Parameters come from -p, then from the environment, then from the present launch, then from the product's defaults.

    \b
    Example: factory launch microservice-public -e dev --name orders -p ServiceName=orders
    """
    place = launching.place_of(workspace.manifest.environment(environment), region)
    order = Order(
        name=name or product,
        product=ProductName(product),
        version=VersionName(version) if version else None,
        portfolio=portfolio,
        parameters=launching.pairs(given, "-p"),
        tags=launching.pairs(tags, "--tag"),
    )
    board = Board(workspace.terminal, [order.name])
    with board.shown():
        _, outcome = launching.launch_one(workspace, place, order, board)
    if as_json:
        workspace.terminal.json(launching.document(workspace, place, outcome))
        return
    width = max((len(key) for key, _ in outcome.outputs), default=0)
    for key, value in outcome.outputs:
        workspace.terminal.result(f"{key:<{width}}  {value}")
    workspace.terminal.note("  ".join(launching.summary(workspace, place, outcome)), style="bold green")
