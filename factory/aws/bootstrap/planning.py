"""The accounts as they are beside what is to be there: the steps that lead from one to the other."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator

from factory.aws.bootstrap import stacks
from factory.aws.bootstrap.kinds import ACCOUNT, KINDS, Setup, StackKind
from factory.aws.bootstrap.steps import Outcome, StackStep, State, Step
from factory.aws.bootstrap.targets import HUB, Target
from factory.aws.errors import translated
from factory.catalog.model import Region

Chosen = Callable[[StackKind, Target], bool]
"""Whether a stack is among those that are to be prepared."""


def plan(
    setup: Setup,
    chosen: Chosen = lambda _kind, _target: True,
    *,
    poll_seconds: float,
    kinds: Iterable[StackKind] = KINDS,
) -> tuple[Step, ...]:
    """Every chosen step in the order in which it is to be made, also those that change nothing.

    Makes no call that changes anything. What an interrupted run left under way is waited for first.
    Raises LaunchError where a stack can't be updated, CatalogError where AWS refuses a call.
    """
    return tuple(_steps(setup, chosen, poll_seconds, kinds))


def _steps(setup: Setup, chosen: Chosen, poll_seconds: float, kinds: Iterable[StackKind]) -> Iterator[Step]:
    prepared: dict[Region, None] = {}
    for kind in kinds:
        template = ""
        for target in kind.targets(setup.accounts):
            if chosen(kind, target):
                template = template or kind.template(setup, tuple(prepared))
                step = _look(setup, kind, target, template, poll_seconds)
                if kind is ACCOUNT and target.owner == HUB and step.outcome is not Outcome.CREATED:
                    prepared[target.region] = None
                yield step
            elif kind is ACCOUNT and target.owner == HUB:
                prepared[target.region] = None


def _look(setup: Setup, kind: StackKind, target: Target, template: str, poll_seconds: float) -> StackStep:
    with translated(target.place):
        client = target.client(setup.accounts, "cloudformation")
        existing = stacks.settled(client, kind.name, target, poll_seconds)
        body = stacks.body(client, kind.name) if existing else {}
    held = existing.parameters if existing else {}
    declared = json.loads(template).get("Parameters", {})
    defaults = {name: str(item["Default"]) for name, item in declared.items() if "Default" in item}
    kept = {name: value for name, value in held.items() if name in declared}
    return StackStep(
        stack=kind.name,
        target=target,
        body=template,
        parameters={**defaults, **kept, **kind.parameters(setup, target)},
        before=State(template=body, parameters=held) if existing else None,
    )
