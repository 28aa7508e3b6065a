"""Carries out the steps of a plan that change something, one after the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from factory.aws.bootstrap import organization, removing, restoring, stack_sets, stacks
from factory.aws.bootstrap.kinds import Setup
from factory.aws.bootstrap.planning import plan
from factory.aws.bootstrap.steps import Outcome, RemovalStep, RestoreStep, StackSetStep, StackStep, Step, TrustStep
from factory.aws.bootstrap.taking_back import take_back
from factory.aws.errors import HINTS, translated

_MAY_NOT = "factory bootstrap --role NAME, a role that may create IAM roles in the environments' accounts"
_HINTS = {
    **HINTS,
    "AccessDenied": _MAY_NOT,
    "AccessDeniedException": _MAY_NOT,
    # Templates that are too large for a request go by way of the hub.
    "NoSuchBucket": "factory bootstrap hub",
}
_RESTING = frozenset({Outcome.UNCHANGED, Outcome.ELSEWHERE})


def prepare(setup: Setup, *, poll_seconds: float) -> Iterator[Step]:
    """Bring everything up to date, the hub first, and give each step as it is done.

    Raises LaunchError where a stack fails, CatalogError where AWS refuses a call. Running it again changes nothing.
    """
    return carry_out(setup, plan(setup, poll_seconds=poll_seconds), poll_seconds=poll_seconds)


def carry_out(
    setup: Setup, steps: Iterable[Step], *, poll_seconds: float, tell: stack_sets.Tell = lambda _: None
) -> Iterator[Step]:
    """Carry out a plan's steps, and give each as it is done; `tell` gets what a step came to in single accounts.

    Raises LaunchError where a stack fails, CatalogError where AWS refuses a call; steps before that are done.
    """
    for step in steps:
        if step.outcome not in _RESTING:
            with translated(step.target.place, _HINTS):
                match step:
                    case StackStep():
                        _deploy(setup, step, poll_seconds)
                    case RestoreStep():
                        restoring.restore(setup.accounts, step, poll_seconds)
                    case StackSetStep():
                        stack_sets.roll_out(setup, step, poll_seconds, tell)
                    case TrustStep():
                        organization.grant(setup.accounts, step)
                    case RemovalStep():
                        removing.take_down(setup, step, poll_seconds, tell)
        yield step


def _deploy(setup: Setup, step: StackStep, poll_seconds: float) -> None:
    client = step.target.client(setup.accounts, "cloudformation")
    is_new = step.outcome is Outcome.CREATED
    if is_new:
        stacks.clear(client, step.stack, step.target, poll_seconds)
    if step.left:
        take_back(setup.accounts, step, poll_seconds)
    # Only now, as what goes by way of the bucket needs it.
    request = {
        "StackName": step.stack,
        **stacks.source(setup.accounts, step.target.region, step.body),
        "Parameters": stacks.given(step.parameters),
        "Capabilities": ["CAPABILITY_NAMED_IAM"],
    }
    if is_new and not step.left:
        made = client.create_stack(**request, OnFailure="DELETE")["StackId"]
        stacks.finish(client, step.target, step.stack, "stack_create_complete", poll_seconds, stack_id=made)
    else:
        client.update_stack(**request)
        stacks.finish(client, step.target, step.stack, "stack_update_complete", poll_seconds)
