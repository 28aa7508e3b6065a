"""What `down` and `terminate` share: the plan of what is to be ended, and the refusal of what can't be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor

from factory.authoring.parameters import LIFTED
from factory.aws.launch import Ending, Launched, foresee
from factory.aws.launch.ending import Obstacle
from factory.catalog.model import Place
from factory.cli.workspace import Workspace
from factory.errors import LaunchError
from factory.planning.render import numbered

_AT_ONCE = 16


def foreseen(workspace: Workspace, place: Place, going: Iterable[Launched]) -> list[Ending]:
    """Show what ending these launches comes to, in their order.

    Raises LaunchError where something refuses to be deleted, before anything is ended: what stands on it would be gone
    by then.
    """
    accounts = workspace.accounts
    with (
        workspace.terminal.progress("looking at what would go"),
        ThreadPoolExecutor(max_workers=_AT_ONCE, thread_name_prefix="look") as pool,
    ):
        endings = list(pool.map(lambda launched: foresee(accounts, place, launched), going))
    _show(workspace, endings)
    _refuse_protected(workspace, place, endings)
    return endings


def _show(workspace: Workspace, endings: Sequence[Ending]) -> None:
    result = workspace.terminal.result
    for ending in endings:
        launched = ending.launched
        result(f"- {launched.name}  {launched.product} {launched.version}", style="red")
        for item in ending.remainders:
            told = "leaves a snapshot" if item.is_snapshot else "stays"
            result(f"    {item.resource} ({item.type}) {told}: {item.id}")
        for obstacle in ending.obstacles:
            result(f"    {obstacle.resource} ({obstacle.type}) is protected: {obstacle.id}", style="bold red")
    stay = sum(len(ending.remainders) for ending in endings)
    result(f"{numbered(len(endings), 'launch')} to end, {numbered(stay, 'resource')} to stay behind")


def _refuse_protected(workspace: Workspace, place: Place, endings: Iterable[Ending]) -> None:
    found = [(ending.launched, obstacle) for ending in endings for obstacle in ending.obstacles]
    if found:
        told = (
            f"\n  {launched.name}: {obstacle.resource} ({obstacle.type}) refuses to be deleted"
            for launched, obstacle in found
        )
        first = workspace.manifest.environment(place.environment).regions[0]
        where = f"-e {place.environment}{'' if place.region == first else f' --region {place.region}'}"
        hints = dict.fromkeys(_lifting(where, launched, obstacle) for launched, obstacle in found)
        raise LaunchError(f"launches in {place}: nothing was ended{''.join(told)}", hint="; ".join(hints))


def _lifting(where: str, launched: Launched, obstacle: Obstacle) -> str:
    if not obstacle.parameter:
        return obstacle.command
    return f"factory launch {launched.product} {where} --name {launched.name} -p {obstacle.parameter}={LIFTED}"
