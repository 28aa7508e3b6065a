"""Carries out the steps of a plan that change something, one after the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from factory.aws.bootstrap import stacks
from factory.aws.bootstrap.kinds import Setup
from factory.aws.bootstrap.planning import plan
from factory.aws.bootstrap.steps import Outcome, StackStep, Step
from factory.aws.errors import translated


def prepare(setup: Setup, *, poll_seconds: float) -> Iterator[Step]:
    """Bring everything up to date, the hub first, and give each step as it is done.

    Raises LaunchError where a stack fails, CatalogError where AWS refuses a call. Running it again changes nothing.
    """
    return carry_out(setup, plan(setup, poll_seconds=poll_seconds), poll_seconds=poll_seconds)


def carry_out(setup: Setup, steps: Iterable[Step], *, poll_seconds: float) -> Iterator[Step]:
    """Carry out a plan's steps, and give each as it is done.

    Raises LaunchError where a stack fails, CatalogError where AWS refuses a call; steps before that are done.
    """
    for step in steps:
        if step.outcome is not Outcome.UNCHANGED:
            with translated(step.target.place):
                _deploy(setup, step, poll_seconds)
        yield step


def _deploy(setup: Setup, step: StackStep, poll_seconds: float) -> None:
    client = step.target.client(setup.accounts, "cloudformation")
    request = {
        "StackName": step.stack,
        **stacks.source(setup.accounts, step.target.region, step.body),
        "Parameters": [{"ParameterKey": key, "ParameterValue": value} for key, value in step.parameters.items()],
        "Capabilities": ["CAPABILITY_NAMED_IAM"],
    }
    with stacks.awaited(client, step.stack, step.target):
        if step.outcome is Outcome.CREATED:
            client.create_stack(**request, OnFailure="DELETE")
            stacks.wait(client, step.stack, "stack_create_complete", poll_seconds)
        else:
            client.update_stack(**request)
            stacks.wait(client, step.stack, "stack_update_complete", poll_seconds)
