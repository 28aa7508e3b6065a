"""`factory new-service`: a service with all that belongs to it, added to a system's file."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import click

from factory.aws.launch.parameters import Declared, check
from factory.catalog.environments import SIZING_PARAMETER, Environment
from factory.catalog.manifest import BLUEPRINTS, Manifest, extended, listed, load
from factory.catalog.manifest.forms import NAME
from factory.catalog.systems import Blueprint, System, SystemLaunch
from factory.cli.workspace import Workspace, factory_command
from factory.errors import ManifestError, UsageError


@factory_command("new-service")
@click.argument("name")
@click.option("--runtime", required=True, help="What it is written in, such as nodejs or python.")
@click.option(
    "--type", "kind", required=True, help="What kind of service it is, such as public, internal, worker, job."
)
@click.option("--system", help="System to add it to. Default: the only one.")
@click.option("--path", help="Paths under which it is reached. Default: the blueprint's.")
@click.option("--repository", help="Where its code is, such as acme/orders. Default: the blueprint's.")
def command(
    workspace: Workspace,
    name: str,
    runtime: str,
    kind: str,
    system: str | None,
    path: str | None,
    repository: str | None,
) -> None:
    """Add a service to a system, with its image repository, its pipeline, or whatever else portfolios/blueprints.yaml
    says that a service of its type consists of.

    Nothing is launched: `factory up` does that. Comments and layout of the system's file stay as they are.

    \b
    Example: factory new-service loyalty --runtime nodejs --type internal --system bitbucket-microservices
    """
    if not NAME.fits(name):
        raise UsageError(f"service {name}: it is not {NAME.words}, such as orders")
    blueprint = _blueprint(workspace)
    workspace.known(kind, [known for known, _ in blueprint.types], "type of service")
    workspace.known(runtime, blueprint.runtimes, "runtime")
    chosen = _system(workspace, system)
    given = {"path": path, "repository": repository}
    values = {"name": name, "runtime": runtime, **{key: value for key, value in given.items() if value is not None}}
    _refuse_values(blueprint, kind, values)
    launches = blueprint.service(kind, values)
    _refuse_names(workspace.manifest.systems, chosen, name, launches)

    file = workspace.root / chosen.file
    # As it stands, line ends included.
    before = file.read_bytes().decode("utf-8")
    after = extended(before, chosen, launches)
    items = [(launch, parameter, blueprint.filled(text, values)) for launch, parameter, text in blueprint.lists]
    there = {launch.name for launch in chosen.launches}
    for launch, parameter, item in items:
        if launch in there:
            after = listed(after, chosen, launch, parameter, item)
    _check(workspace, chosen, after, launches, {launch for launch, _, _ in items})
    file.write_bytes(after.encode("utf-8"))
    workspace.terminal.difference(chosen.file, before, after)
    for launch, parameter, item in items:
        if launch not in there:
            workspace.terminal.note(f"{chosen.name} has no {launch}: {item} was not added to its {parameter}")
    sandbox = " --sandbox" if workspace.sandbox else ""
    workspace.terminal.note(f"next: factory up {chosen.name} -e {chosen.environments[0]}{sandbox}")


def _blueprint(workspace: Workspace) -> Blueprint:
    if workspace.manifest.blueprint is None:
        raise UsageError(
            f"new-service: there is no {BLUEPRINTS}, which says what a service consists of",
            hint="write one: docs/manifests.md shows how, under Blueprints of services",
        )
    return workspace.manifest.blueprint


def _system(workspace: Workspace, name: str | None) -> System:
    if name is not None:
        return workspace.manifest.system(name)
    systems = workspace.manifest.systems
    if not systems:
        raise UsageError("new-service: there is no system to add it to", hint="write portfolios/systems/NAME.yaml")
    if len(systems) > 1:
        names = ", ".join(system.name for system in systems)
        raise UsageError(f"new-service: there are several systems: {names}", hint="say which one: --system NAME")
    return systems[0]


def _refuse_values(blueprint: Blueprint, kind: str, values: dict[str, str]) -> None:
    """Raise UsageError for what the type does not know, and for what it has to be told."""
    wanted = blueprint.placeholders(kind)
    needless = [key for key in values if key not in wanted and key not in {"name", "runtime"}]
    if needless:
        raise UsageError(
            f"new-service: a service of type {kind} has no {needless[0]}", hint=f"leave out --{needless[0]}"
        )
    missing = sorted(wanted - values.keys() - {key for key, _ in blueprint.defaults})
    if missing:
        raise UsageError(f"new-service: a service of type {kind} needs a {missing[0]}", hint=f"give --{missing[0]}")


def _refuse_names(systems: Sequence[System], chosen: System, name: str, launches: Sequence[SystemLaunch]) -> None:
    """Raise UsageError where a launch of that name is in the system, or in another one of the same environments."""
    for system in (chosen, *systems):
        places = set(system.environments) & set(chosen.environments)
        taken = {launch.name for launch in system.launches if any(launch.is_in(place) for place in places)}
        for launch in launches:
            if launch.name in taken:
                raise UsageError(
                    f"service {name}: system {system.name} has a launch {launch.name} already ({system.file}), and an "
                    "account has one of a name",
                    hint="give the service another name",
                )


def _check(
    workspace: Workspace, system: System, text: str, launches: Sequence[SystemLaunch], changed: Collection[str]
) -> None:
    """Raise ManifestError or UsageError where the file would be wrong, or the launches could not be made.

    `changed` are the names of launches that the system has, and that may be different now.
    """
    versions = {name: artifact.version for name, artifact in workspace.artifacts.items()}
    try:
        manifest = load(workspace.root, versions, drafts={system.file: text})
    except ManifestError as error:
        hint = f"nothing was written: mend {BLUEPRINTS}, or offer the product where the system is"
        raise ManifestError(error.problems, hint=hint) from error
    grown = manifest.system(system.name)
    new = {launch.name for launch in launches}
    before = [launch for launch in system.launches if launch.name not in changed]
    after = [launch for launch in grown.launches if launch.name not in {*changed, *new}]
    if before != after or not new <= {launch.name for launch in grown.launches}:
        raise UsageError(
            f"{system.file}: its layout does not let a launch be added at the end: nothing was written",
            hint="write each launch in lines of its own",
        )
    problems = dict.fromkeys(
        f"{launch.name}: {problem}"
        for launch in grown.launches
        if launch.name in new.union(changed)
        for place in grown.environments
        if launch.is_in(place)
        for problem in _problems(workspace, manifest, launch, manifest.environment(place))
    )
    if problems:
        lines = "".join(f"\n  {problem}" for problem in problems)
        raise UsageError(f"new-service: nothing was written{lines}", hint=f"give other values, or mend {BLUEPRINTS}")


def _problems(
    workspace: Workspace, manifest: Manifest, launch: SystemLaunch, environment: Environment
) -> Iterator[str]:
    """What is wrong with a launch's values, where the environment offers the version that the code has."""
    artifact = workspace.artifacts.get(launch.product)
    offers = [offer for portfolio in manifest.portfolios for offer in portfolio.offers]
    if artifact is None or not any(
        (offer.product, offer.environment, offer.version) == (launch.product, environment.name, artifact.version)
        for offer in offers
    ):
        return
    parameters = artifact.template.get("Parameters", {})
    declared = {name: Declared.written(name, body) for name, body in parameters.items()}
    given = dict(launch.parameters_in(environment.name))
    fixed = {SIZING_PARAMETER: environment.sizing.value, **dict(environment.parameters)}
    settled = {**{name: value for name, value in fixed.items() if name in declared}, **given}
    yield from check(declared, given, settled, {})
