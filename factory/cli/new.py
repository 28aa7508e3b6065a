"""`factory new`: a product's first file, which passes the gates."""

from __future__ import annotations

import re

import click

from factory.cli.skeleton import filled, write
from factory.cli.workspace import Workspace, factory_command
from factory.errors import UsageError

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


@factory_command("new")
@click.argument("name")
def command(workspace: Workspace, name: str) -> None:
    """Write the first version of a product to products/NAME.py.

    It passes the gates as it stands. To offer it, add it to a portfolio.

    \b
    Example: factory new order-queue
    """
    if not _NAME.fullmatch(name):
        raise UsageError(f"product {name}: a name is lower-case words joined by hyphens, such as order-queue")
    if name in workspace.products:
        raise UsageError(f"product {name}: there is one already", hint="factory list")
    path = workspace.root / "products" / f"{name.replace('-', '_')}.py"
    title = "".join(part.capitalize() for part in name.split("-"))
    write({path: filled("product.py.txt", name=name, cls=title)})
    workspace.terminal.result(str(path.relative_to(workspace.root)))
    workspace.terminal.note(f"offer it in portfolios/*.yaml under products:  {name}: {{dev: current}}")
