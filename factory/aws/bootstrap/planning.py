"""The accounts as they are beside what is to be there: the steps that lead from one to the other."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator

from factory.aws.bootstrap import leftovers, organization, stack_sets, stacks
from factory.aws.bootstrap.kinds import ACCOUNT, KINDS, LAUNCH_ROLES, Setup, StackKind
from factory.aws.bootstrap.restoring import Examination
from factory.aws.bootstrap.steps import Outcome, RestoreStep, StackStep, State, Step
from factory.aws.bootstrap.targets import HUB, Target, targets
from factory.aws.errors import translated
from factory.catalog.environments import LaunchRolesBy
from factory.catalog.model import Region

Chosen = Callable[[StackKind, Target], bool]
"""Whether a stack is among those that are to be prepared."""


def everything(_kind: StackKind, _target: Target) -> bool:
    """Choose all stacks."""
    return True


def plan(
    setup: Setup, chosen: Chosen = everything, *, poll_seconds: float, kinds: Iterable[StackKind] = KINDS
) -> tuple[Step, ...]:
    """Every chosen step in the order in which it is to be made, also those that change nothing.

    Makes no call that changes anything. What an interrupted run left under way is waited for first.
    Raises LaunchError where a stack can't be updated, CatalogError where AWS refuses a call.
    """
    return tuple(_steps(setup, chosen, poll_seconds, kinds))


def _steps(setup: Setup, chosen: Chosen, poll_seconds: float, kinds: Iterable[StackKind]) -> Iterator[Step]:
    hub = next(iter(targets(setup.accounts)))
    if setup.shares_in_organization and chosen(ACCOUNT, hub):
        yield organization.catalog_access(setup.accounts, hub)
    examination = Examination(accounts=setup.accounts)
    prepared: dict[Region, None] = {}
    for kind in kinds:
        template = ""
        for target in kind.targets(setup.accounts):
            step = None
            if chosen(kind, target):
                template = template or kind.template(setup, tuple(prepared))
                step = _look(setup, kind, target, template, poll_seconds)
                # Before an update, which fails at what is gone. Nobody has changed yet what is yet to be made.
                if step.before and (found := examination.step(kind.name, target, step.before)):
                    yield found
                yield step
            if kind is ACCOUNT and target.owner == HUB and (step is None or step.before or step.left):
                prepared[target.region] = None
        if kind is LAUNCH_ROLES:
            yield from _stack_set_steps(setup, chosen, hub, template, tuple(prepared), examination)


def _stack_set_steps(
    setup: Setup,
    chosen: Chosen,
    hub: Target,
    template: str,
    prepared: tuple[Region, ...],
    examination: Examination,
) -> Iterator[Step]:
    """The stack set of the launch roles, where the manifests ask for one and it reaches a chosen account."""
    if setup.accounts.hub.launch_roles is not LaunchRolesBy.STACK_SET:
        return
    reached = [target for target in stack_sets.members(setup) if chosen(LAUNCH_ROLES, target)]
    if reached:
        trust = organization.stack_set_access(setup.accounts, hub)
        yield trust
        # Without it, nothing can be known of the stack set.
        if trust.outcome is not Outcome.ELSEWHERE:
            deployed = stack_sets.read(setup, hub)
            template = template or LAUNCH_ROLES.template(setup, prepared)
            step = stack_sets.look(setup, hub, deployed, template, [target.account for target in reached])
            yield from _changed_by_hand(examination, deployed, reached)
            yield step


def _changed_by_hand(
    examination: Examination, deployed: stack_sets.Deployed, reached: Iterable[Target]
) -> Iterator[RestoreStep]:
    """What is to be restored of what the stack set made in these accounts."""
    for target in reached:
        instance = deployed.current.get(target.account)
        if deployed.state and instance:
            found = examination.step(LAUNCH_ROLES.name, target, deployed.state, stack_id=instance.stack_id)
            if found:
                yield found


def _look(setup: Setup, kind: StackKind, target: Target, template: str, poll_seconds: float) -> StackStep:
    with translated(target.place):
        client = target.client(setup.accounts, "cloudformation")
        existing = stacks.settled(client, kind.name, target, poll_seconds)
        held = existing.parameters if existing else {}
        parameters = stacks.wanted_parameters(template, held, kind.parameters(setup, target))
        return StackStep(
            stack=kind.name,
            target=target,
            body=template,
            parameters=parameters,
            before=State(template=stacks.body(client, kind.name), parameters=held) if existing else None,
            left=leftovers.find(setup.accounts, target, kind.name, json.loads(template), parameters)
            if existing is None
            else (),
        )
