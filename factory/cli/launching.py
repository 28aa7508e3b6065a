"""What `launch`, `up`, `down` and `terminate` share: orders carried out side by side, in the order of their wiring."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from graphlib import TopologicalSorter
from typing import Any, TypeVar

import click

from factory.aws.launch import (
    Course,
    Event,
    Instance,
    Order,
    Outcome,
    Prepared,
    Survey,
    Watcher,
    prepare,
    problems_of,
)
from factory.aws.launch import launch as carry_out
from factory.catalog.environments import Environment
from factory.catalog.model import Place, Region, Tags
from factory.cli.board import Board
from factory.cli.workspace import Workspace
from factory.errors import FactoryError, LaunchError
from factory.sandbox.control import fidelities

_AT_ONCE = 16
_COURSES = {
    Course.PROVISION: "launching {product} {version}",
    Course.UPDATE: "updating to {product} {version}",
    Course.RESUME: "under way already, watching",
    Course.NOTHING: "there already: {product} {version}",
}

Result = TypeVar("Result")


def place_of(environment: Environment, region: str | None) -> Place:
    """The environment in the region that was asked for, else in its first. Raises UsageError for another one's."""
    if region is not None:
        Workspace.known(region, environment.regions, "region")
    return Place(environment=environment.name, region=Region(region) if region else environment.regions[0])


def pairs(given: tuple[str, ...], option: str) -> Tags:
    """What was given as KEY=VALUE to an option, sorted by key."""
    found: dict[str, str] = {}
    for text in given:
        key, separator, value = text.partition("=")
        if not separator or not key:
            raise click.BadParameter(f"{text!r} is not KEY=VALUE", param_hint=option)
        if key in found:
            raise click.BadParameter(f"{key} is given twice", param_hint=option)
        found[key] = value
    return tuple(sorted(found.items()))


def launch_one(
    workspace: Workspace, place: Place, order: Order, board: Board, survey: Survey | None = None
) -> tuple[Prepared, Outcome]:
    """Prepare an order, say what it changes, carry it out and watch it."""
    prepared = prepare(workspace.accounts, place, order, survey)
    course = _COURSES[prepared.course].format(product=prepared.product, version=prepared.version)
    if prepared.course is Course.NOTHING:
        outcome = carry_out(workspace.accounts, prepared, watcher(workspace, board, order.name))
        board.done(order.name, course, changed=False)
        return prepared, outcome
    board.state(order.name, course)
    if prepared.course is Course.UPDATE:
        if prepared.current_version != prepared.version:
            board.say(order.name, f"version: {prepared.current_version} → {prepared.version}")
        for change in prepared.changes:
            board.say(order.name, str(change))
    if workspace.interrupted.is_set():
        raise click.Abort
    try:
        outcome = carry_out(workspace.accounts, prepared, watcher(workspace, board, order.name))
    finally:
        if survey is not None:
            survey.changed()
    board.done(order.name, str(outcome.status))
    return prepared, outcome


def surveyed(workspace: Workspace, place: Place, orders: Iterable[Order]) -> Survey:
    """One look at a place for many orders. Raises LaunchError with all that is wrong with them before one begins."""
    survey = Survey(workspace.accounts, place)
    with workspace.terminal.progress("looking at what is there"), ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        survey.look()
        known = list(orders)
        found = list(pool.map(lambda order: problems_of(survey, order), known))
    wrong = [f"{order.name}: {text}" for order, problems in zip(known, found, strict=True) for text in problems]
    if wrong:
        lines = "".join(f"\n  {line}" for line in wrong)
        raise LaunchError(f"launches in {place}: nothing was begun{lines}", hint="mend the system's manifest")
    return survey


def watcher(workspace: Workspace, board: Board, name: str) -> Watcher:
    """Watch a launch on the board."""

    def observe(event: Event) -> None:
        board.event(name, event)

    def pause(seconds: float) -> None:
        if workspace.interrupted.wait(seconds):
            raise click.Abort

    return Watcher(observe=observe, poll_seconds=workspace.poll_seconds, sleep=pause)


def side_by_side(
    workspace: Workspace, needs: Mapping[str, frozenset[str]], work: Callable[[str], Result], board: Board
) -> dict[str, Result]:
    """Do the work for each name once what it needs is done, as many at once as possible; give results in their order.

    After a failure nothing new begins, what is under way is awaited, and LaunchError says what failed and what was not
    begun; running the same command again continues.
    """
    sorter = TopologicalSorter(needs)
    sorter.prepare()
    needed = Counter(provider for providers in needs.values() for provider in providers)
    places = {name: place for place, name in enumerate(needs)}
    ready: list[str] = []
    running: dict[Future[Result], str] = {}
    results: dict[str, Result] = {}
    failures: dict[str, FactoryError] = {}
    with ThreadPoolExecutor(max_workers=_AT_ONCE, thread_name_prefix="launch") as pool, board.shown():
        try:
            while sorter.is_active():
                # What most others wait for goes first.
                ready = sorted([*ready, *sorter.get_ready()], key=lambda name: (-needed[name], places[name]))
                free = 0 if failures else _AT_ONCE - len(running)
                running |= {pool.submit(work, name): name for name in ready[:free]}
                del ready[:free]
                if not running:
                    break
                ended, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in ended:
                    name = running.pop(future)
                    try:
                        results[name] = future.result()
                    except FactoryError as error:
                        failures[name] = error
                        board.failed(name, error.message)
                    else:
                        sorter.done(name)
        except BaseException:
            workspace.interrupted.set()
            raise
    if failures:
        raise _failure(failures, [name for name in needs if name not in results and name not in failures])
    return {name: results[name] for name in needs}


def _failure(failures: Mapping[str, FactoryError], left: list[str]) -> FactoryError:
    if len(failures) == 1 and not left:
        (only,) = failures.values()
        return only
    first = next(iter(failures.values()))
    lines = [str(error) for error in failures.values()]
    if left:
        lines.append(f"not begun: {', '.join(left)}")
    return LaunchError("\n  ".join(lines), hint=first.hint or "run the same command again to continue")


def resources(workspace: Workspace, place: Place, outcome: Outcome) -> dict[str, int]:
    """How many of a launch's resources are real, partial or recorded. In AWS itself, all of them are real."""
    if not workspace.sandbox or outcome.instances:
        return {"real": len(outcome.resource_types), "partial": 0, "recorded": 0}
    account = workspace.manifest.environment(place.environment).account
    return fidelities(workspace.running_sandbox(), account=account, region=place.region, stack=outcome.stack)


def instances(found: Iterable[Instance]) -> list[dict[str, str]]:
    """Stack instances for machines."""
    return [{"account": item.account, "region": item.region, "status": item.status} for item in found]


def counted(found: Sequence[Instance]) -> str:
    """How many stack instances there are, and where those are that are not current."""
    behind = [f"{item.account} {item.region} {item.status}" for item in found if not item.current]
    return f"{len(found)} stack instances" + (f" ({len(behind)} not current: {', '.join(behind)})" if behind else "")


def document(workspace: Workspace, place: Place, outcome: Outcome) -> dict[str, Any]:
    """A launch's end for machines."""
    return {
        "name": outcome.name,
        "product": outcome.product,
        "version": outcome.version,
        "status": str(outcome.status),
        "outputs": dict(outcome.outputs),
        "resources": resources(workspace, place, outcome),
        "instances": instances(outcome.instances),
    }


def summary(workspace: Workspace, place: Place, outcome: Outcome) -> list[str]:
    """A launch's end in columns: name, product, version, status, resources or stack instances."""
    if outcome.instances:
        return [outcome.name, outcome.product, outcome.version, str(outcome.status), counted(outcome.instances)]
    counts = resources(workspace, place, outcome)
    made = f"{sum(counts.values())} resources"
    if workspace.sandbox:
        made += f" ({', '.join(f'{count} {fidelity}' for fidelity, count in counts.items() if count)})"
    return [outcome.name, outcome.product, outcome.version, str(outcome.status), made]
