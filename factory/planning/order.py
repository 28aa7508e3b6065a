"""The order of a system's launches: each after those that provide what it requires."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from graphlib import CycleError, TopologicalSorter

from factory.catalog.model import EnvironmentName, ProductName
from factory.catalog.systems import System
from factory.errors import PlanError
from factory.synthesis.artifact import Artifact


def dependencies(
    system: System, environment: EnvironmentName, artifacts: Mapping[ProductName, Artifact]
) -> dict[str, frozenset[str]]:
    """For each launch that is in an environment, by name, those that must be there before it.

    A launch depends on those whose product provides a value that its own requires or may look for, and on those that
    the manifest names in `after`. A value that no launch of the system provides is taken to be there already; what a
    product without code requires is not known.
    Raises PlanError where launches wait for each other.
    """
    providers: dict[str, set[str]] = {}
    launches = {launch.name: launch for launch in system.launches_in(environment)}
    for launch in launches.values():
        providers.setdefault(launch.product, set()).add(launch.name)
    needs = {
        name: frozenset(_providers(artifacts.get(launch.product), providers)) - {name}
        | (launches.keys() & set(launch.after))
        for name, launch in launches.items()
    }
    try:
        TopologicalSorter(needs).prepare()
    except CycleError as error:
        circle = " → ".join(error.args[1])
        raise PlanError(f"system {system.name}: launches wait for each other: {circle}") from error
    return needs


def reversed_order(needs: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    """The same for taking a system down: each launch after those that depend on it."""
    return {name: frozenset(dependent for dependent, providers in needs.items() if name in providers) for name in needs}


def shared(
    system: System, others: Iterable[System], environment: EnvironmentName, there: Collection[str]
) -> dict[str, str]:
    """The launches of a system that another one, which is up, names as well, each with the name of that system.

    `there` are the names of what is launched in the environment. A system is up as long as a launch is there that it
    does not share.
    """
    own = {launch.name for launch in system.launches_in(environment)}
    found: dict[str, str] = {}
    for other in others:
        if other.name != system.name and environment in other.environments:
            names = {launch.name for launch in other.launches_in(environment)}
            if (names - own) & set(there):
                found |= dict.fromkeys(sorted(names & own & set(there)), other.name)
    return found


def _providers(artifact: Artifact | None, providers: Mapping[str, Iterable[str]]) -> set[str]:
    if artifact is None:
        return set()
    values = [*(value for _, value in artifact.requires), *artifact.finds]
    return {name for value in values for name in providers.get(value.product, ())}
