"""`factory status`: what is launched, on which version, in which state, and what is behind."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import click

from factory.aws.launch import Launched, provisioned
from factory.catalog.environments import Duty
from factory.catalog.model import Place
from factory.catalog.systems import System, SystemLaunch
from factory.cli import launching
from factory.cli.up import find
from factory.cli.workspace import Workspace, factory_command


@factory_command("status", Duty.LAUNCHER)
@click.option("-e", "--environment", "environments", multiple=True, help="Only this environment; may be repeated.")
@click.option("--system", help="Only the launches of this system, those that are not there as well.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON document.")
def command(workspace: Workspace, environments: tuple[str, ...], system: str | None, as_json: bool) -> None:
    """Show what is launched, on which version, in which state, and what is behind.

    \b
    Example: factory status -e dev
    """
    manifest = workspace.manifest
    declared = manifest.system(system) if system else None
    names = environments or (declared.environments if declared else tuple(item.name for item in manifest.environments))
    if declared:
        for name in names:
            find(workspace, declared.name, name)
    places = [place for name in names for place in manifest.environment(name).places]
    accounts = workspace.accounts
    with workspace.terminal.progress("looking at the accounts"), ThreadPoolExecutor(max_workers=8) as pool:
        found = list(pool.map(lambda place: provisioned(accounts, place), places))
    rows = [(place, launched) for place, group in zip(places, found, strict=True) for launched in group]
    missing: list[tuple[Place, SystemLaunch]] = []
    if declared:
        rows, missing = _of_system(workspace, declared, places, rows)
    if as_json:
        documents = [_document(place, launched) for place, launched in rows]
        workspace.terminal.json([*documents, *(_missing_document(place, launch) for place, launch in missing)])
        return
    if not rows and not missing:
        workspace.terminal.note(f"nothing is launched in {', '.join(names)}")
        return
    workspace.terminal.table(
        ["environment", "region", "name", "product", "version", "status", "note"],
        [
            *(
                [place.environment, place.region, item.name, item.product, item.version, str(item.status), _note(item)]
                for place, item in rows
            ),
            *(
                [place.environment, place.region, launch.name, launch.product, "", "", "not launched"]
                for place, launch in missing
            ),
        ],
    )


def _of_system(
    workspace: Workspace, system: System, places: list[Place], rows: list[tuple[Place, Launched]]
) -> tuple[list[tuple[Place, Launched]], list[tuple[Place, SystemLaunch]]]:
    """What is there of a system, and what is not: in the first region of an environment, and in each where any is."""
    there: list[tuple[Place, Launched]] = []
    missing: list[tuple[Place, SystemLaunch]] = []
    for place in places:
        launches = {launch.name: launch for launch in system.launches_in(place.environment)}
        own = [(at, launched) for at, launched in rows if at == place and launched.name in launches]
        there += own
        if own or place == workspace.manifest.environment(place.environment).places[0]:
            names = launches.keys() - {launched.name for _, launched in own}
            missing += [(place, launch) for name, launch in launches.items() if name in names]
    return there, missing


def _missing_document(place: Place, launch: SystemLaunch) -> dict[str, object]:
    return {
        "environment": place.environment,
        "region": place.region,
        "name": launch.name,
        "product": launch.product,
        "version": None,
        "status": None,
        "newest": None,
        "behind": False,
        "message": "not launched",
        "instances": [],
    }


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
