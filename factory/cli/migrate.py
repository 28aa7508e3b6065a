"""`factory migrate`: from another tool's manifest of a service to the launch that takes its place."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from factory.authoring.migration import Answer, Migration
from factory.aws.launch.parameters import Declared
from factory.catalog.manifest.foreign import launch_text, read_foreign
from factory.cli import launching
from factory.cli.workspace import Workspace, factory_command
from factory.errors import AuthoringError, UsageError
from factory.synthesis.artifact import synthesize
from factory.synthesis.discovery import discover_migrations
from factory.synthesis.migration import Migrated, Remark, environments_of, migrate


@dataclass(frozen=True, slots=True, kw_only=True)
class _Service:
    """A service in one environment, or apart from all of them: what is given, what to look up, and what to know."""

    parameters: Mapping[str, str]
    asks: tuple[Answer, ...]
    remarks: tuple[Remark, ...]


@factory_command("migrate")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("-e", "--environment", help="Print the command that launches it in this environment instead.")
@click.option(
    "-v", "--variable", "given", multiple=True, metavar="NAME=VALUE", help="Value of ${NAME} in texts; may be repeated."
)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON document.")
def command(workspace: Workspace, file: Path, environment: str | None, given: tuple[str, ...], as_json: bool) -> None:
    """Turn another tool's manifest of a service into a launch: AWS Copilot's services and scheduled jobs.

    Prints the launch as a system's manifest has it, with what is different in single environments. Standard error
    tells what has to be looked up, and which fields were not taken over, and why.

    \b
    Example: factory migrate copilot/api/manifest.yml -v COPILOT_APPLICATION_NAME=shop
    """
    manifest = read_foreign(file)
    migration = _migration(workspace, file, manifest.get("type"))
    if environment is not None:
        workspace.known(environment, [item.name for item in workspace.manifest.environments], "environment")
    variables = dict(launching.pairs(given, "--variable"))
    declared = _declared(workspace, migration)

    def service(name: str | None) -> _Service:
        own = {migration.environment_variable: name} if name else {}
        return _checked(migration, migrate(migration, manifest, name, own | variables), declared)

    name = str(manifest.get("name") or file.parent.name)
    places = [environment] if environment is not None else [None, *environments_of(manifest)]
    found = {place: service(place) for place in places}
    if as_json:
        workspace.terminal.json(_document(name, migration, found))
        return
    if environment is not None:
        workspace.terminal.result(_launch_command(name, migration, environment, found[environment]))
    else:
        workspace.terminal.result(f"# from {file}, a {migration.type} of {migration.tool}")
        workspace.terminal.result(_launch_in_system(name, migration, found, declared).rstrip())
    for line in _notes(found):
        workspace.terminal.note(line)


def _migration(workspace: Workspace, file: Path, type_: object) -> type[Migration]:
    migrations = discover_migrations(workspace.root)
    if not isinstance(type_, str) or type_ not in migrations:
        said = f"its type {type_} is not" if type_ else "it has no type, which must be"
        raise UsageError(f"{file}: {said} one of {', '.join(sorted(migrations))}")
    return migrations[type_]


def _declared(workspace: Workspace, migration: type[Migration]) -> dict[str, Declared]:
    """The parameters of the product that is to be launched."""
    workspace.known(migration.product, workspace.products, "product", hint="factory list")
    template = synthesize(workspace.products[migration.product]).template
    return {name: Declared.written(name, body) for name, body in template["Parameters"].items()}


def _checked(migration: type[Migration], migrated: Migrated, declared: Mapping[str, Declared]) -> _Service:
    """What a launch would refuse is left out, and told. Raises AuthoringError for answers to what is not asked."""
    if strange := sorted({answer.parameter for answer in migrated.answers} - set(declared)):
        raise AuthoringError(f"migration to {migration.product}: it has no parameter {', '.join(strange)}")
    parameters: dict[str, str] = {}
    asks: list[Answer] = []
    remarks = list(migrated.remarks)
    for answer in migrated.answers:
        if answer.value is None:
            asks.append(answer)
        elif problems := list(declared[answer.parameter].problems(answer.value)):
            remarks += (Remark(path=answer.parameter, verdict=None, text=f"left out: {text}") for text in problems)
        else:
            parameters[answer.parameter] = answer.value
    return _Service(parameters=parameters, asks=tuple(asks), remarks=tuple(remarks))


def _launch_in_system(
    name: str, migration: type[Migration], found: Mapping[str | None, _Service], declared: Mapping[str, Declared]
) -> str:
    base = found[None].parameters
    # What an environment does not have of the common values is left at its default there.
    left = {key: default for key in base if (default := declared[key].default) is not None}
    more = {
        place: different
        for place, service in found.items()
        if place is not None
        if (
            different := {key: value for key, value in {**left, **service.parameters}.items() if base.get(key) != value}
        )
    }
    return launch_text(name, migration.product, base, more)


def _launch_command(name: str, migration: type[Migration], environment: str, service: _Service) -> str:
    given = (item for key, value in service.parameters.items() for item in ("-p", f"{key}={value}"))
    return shlex.join(["factory", "launch", migration.product, "-e", environment, "--name", name, *given])


def _notes(found: Mapping[str | None, _Service]) -> Iterator[str]:
    """What a person has to look up, then what is different; once where it is the same in several environments."""
    asks = {f"look up {item.parameter}: {item.ask}" for service in found.values() for item in service.asks}
    remarks = {_remark(item) for service in found.values() for item in service.remarks}
    yield from sorted(asks)
    yield from sorted(remarks)


def _remark(remark: Remark) -> str:
    verdict = f"{remark.verdict}: " if remark.verdict else ""
    return f"{remark.path}: {verdict}{remark.text}"


def _document(name: str, migration: type[Migration], found: Mapping[str | None, _Service]) -> dict[str, Any]:
    return {
        "name": name,
        "product": migration.product,
        "launches": [
            {
                "environment": place,
                "parameters": dict(service.parameters),
                "look-up": [{"parameter": item.parameter, "what": item.ask} for item in service.asks],
                "remarks": [
                    {"field": item.path, "verdict": item.verdict, "text": item.text} for item in service.remarks
                ],
            }
            for place, service in found.items()
        ],
    }
