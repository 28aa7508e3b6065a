"""`factory status`: what is launched, on which version, in which state, and what is behind."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import click

from factory.aws.launch import Launched, provisioned
from factory.catalog.environments import Duty
from factory.catalog.model import Place
from factory.cli import launching
from factory.cli.workspace import Workspace, factory_command


@factory_command("status", Duty.LAUNCHER)
@click.option("-e", "--environment", "environments", multiple=True, help="Only this environment; may be repeated.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON document.")
def command(workspace: Workspace, environments: tuple[str, ...], as_json: bool) -> None:
    """Show what is launched, on which version, in which state, and what is behind.

    \b
    Example: factory status -e dev
    """
    manifest = workspace.manifest
    chosen = [manifest.environment(name) for name in environments] or list(manifest.environments)
    places = [place for environment in chosen for place in environment.places]
    accounts = workspace.accounts
    with workspace.terminal.progress("looking at the accounts"), ThreadPoolExecutor(max_workers=8) as pool:
        found = list(pool.map(lambda place: provisioned(accounts, place), places))
    rows = [(place, launched) for place, group in zip(places, found, strict=True) for launched in group]
    if as_json:
        workspace.terminal.json([_document(place, launched) for place, launched in rows])
        return
    if not rows:
        workspace.terminal.note(f"nothing is launched in {', '.join(environment.name for environment in chosen)}")
        return
    workspace.terminal.table(
        ["environment", "region", "name", "product", "version", "status", "note"],
        [
            [place.environment, place.region, item.name, item.product, item.version, str(item.status), _note(item)]
            for place, item in rows
        ],
    )


def _document(place: Place, launched: Launched) -> dict[str, object]:
    return {
        "environment": place.environment,
        "region": place.region,
        "name": launched.name,
        "product": launched.product,
        "version": launched.version,
        "status": str(launched.status),
        "newest": launched.newest,
        "behind": launched.behind,
        "message": launched.message,
        "instances": launching.instances(launched.instances),
    }


def _note(launched: Launched) -> str:
    notes = [f"behind: {launched.newest} is offered"] if launched.behind else []
    if launched.newest is None:
        notes.append("no longer offered")
    if launched.instances:
        notes.append(launching.counted(launched.instances))
    if launched.message:
        notes.append(launched.message)
    return "; ".join(notes)
