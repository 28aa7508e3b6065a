"""`factory plan`: what publish would change."""

from __future__ import annotations

from pathlib import Path

import click

from factory.cli import publication
from factory.cli.workspace import Workspace, factory_command
from factory.planning.render import to_json

CHANGES = 3


@factory_command("plan")
@click.option("-e", "--environment", "environments", multiple=True, help="Only this environment; may be repeated.")
@click.option("--prune", is_flag=True, help="Plan to remove what the manifests no longer name.")
@click.option(
    "--save",
    "file",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Also write the plan to a file, which publish --plan applies.",
)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON document.")
@click.option("--exit-code", is_flag=True, help="Leave with 3 if there is something to change.")
def command(
    workspace: Workspace,
    environments: tuple[str, ...],
    prune: bool,
    file: Path | None,
    as_json: bool,
    exit_code: bool,
) -> int:
    """Show what publish would change, and change nothing.

    \b
    Example: factory plan -e dev --exit-code
    """
    prepared = publication.prepare(workspace, environments, prune=prune, day=publication.today())
    if file:
        publication.save(file, prepared)
    if as_json:
        workspace.terminal.json(to_json(prepared.plan))
    else:
        publication.show(workspace, prepared.plan)
    return CHANGES if exit_code and prepared.plan else 0
