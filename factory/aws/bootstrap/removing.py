"""Taking the accounts' preparation down again: what goes, what stays, and why it may not go yet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from factory.aws.bootstrap import stack_sets, stacks
from factory.aws.bootstrap.kinds import ACCOUNT, KINDS, LAUNCH_ROLES, Setup, StackKind
from factory.aws.bootstrap.planning import Chosen, everything
from factory.aws.bootstrap.steps import RemovalStep, State
from factory.aws.bootstrap.targets import HUB, Target, targets
from factory.aws.errors import translated
from factory.aws.launch.status import provisioned
from factory.aws.ownership import Ownership
from factory.aws.rounds import Rounds
from factory.aws.session import Accounts
from factory.catalog.environments import LaunchRolesBy
from factory.catalog.model import Place
from factory.errors import PlanError
from factory.synthesis.resolved import RETAINED

_WORKERS = 8
_GOING_BY: Mapping[str, str] = {
    "AWS::S3::Bucket": "empty it, all versions, then aws s3api delete-bucket --bucket {id} --region {region}",
    "AWS::Logs::LogGroup": "aws logs delete-log-group --log-group-name {id} --region {region}",
    "AWS::KMS::Key": "aws kms schedule-key-deletion --key-id {id} --region {region}, once the bucket is gone",
}


def plan_removal(
    setup: Setup, chosen: Chosen = everything, *, poll_seconds: float, kinds: Iterable[StackKind] = KINDS
) -> tuple[RemovalStep, ...]:
    """The chosen stacks that are there, in the order in which they go: the reverse of that in which they were made.

    Makes no call that changes anything. Raises PlanError where somebody still needs them: while there are portfolios
    of the factory, or launches, which can't be updated or ended without the roles.
    """
    found = list(_removals(setup, chosen, poll_seconds, list(kinds)))
    if found:
        _refuse_while_needed(setup, chosen, found)
    return tuple(found)


def take_down(setup: Setup, step: RemovalStep, poll_seconds: float, tell: stack_sets.Tell) -> None:
    """Delete what a step is about. Raises LaunchError where CloudFormation can't."""
    if step.caller:
        stack_sets.take_away(setup, step, poll_seconds, tell)
        return
    client = step.target.client(setup.accounts, "cloudformation")
    client.delete_stack(StackName=step.stack)
    stacks.finish(client, step.target, step.stack, "stack_delete_complete", poll_seconds)


def _removals(setup: Setup, chosen: Chosen, poll_seconds: float, kinds: list[StackKind]) -> Iterator[RemovalStep]:
    hub = next(iter(targets(setup.accounts)))
    for kind in reversed(kinds):
        if kind is LAUNCH_ROLES and setup.accounts.hub.launch_roles is LaunchRolesBy.STACK_SET:
            members = [item for item in targets(setup.accounts) if item.owner != HUB]
            reached = [item.account for item in members if chosen(kind, item)]
            is_all = len(reached) == len(members)
            if reached and (step := stack_sets.look_for_removal(setup, hub, None if is_all else reached)):
                yield step
        for target in reversed(list(kind.targets(setup.accounts))):
            if chosen(kind, target) and (found := _look(setup, kind, target, poll_seconds)):
                yield found


def _look(setup: Setup, kind: StackKind, target: Target, poll_seconds: float) -> RemovalStep | None:
    with translated(target.place):
        client = target.client(setup.accounts, "cloudformation")
        existing = stacks.settled(client, kind.name, target, poll_seconds, removable=True)
        if existing is None:
            return None
        template = State(template=stacks.body(client, kind.name), parameters=existing.parameters).at(target)
        pages = client.get_paginator("list_stack_resources").paginate(StackName=kind.name)
        resources = [item for page in pages for item in page["StackResourceSummaries"]]
    staying = {name for name, body in template["Resources"].items() if body.get("DeletionPolicy") in RETAINED}
    return RemovalStep(
        stack=kind.name,
        target=target,
        resources=tuple(_named(item) for item in resources if item["LogicalResourceId"] not in staying),
        stays=tuple(_left(item, target) for item in resources if item["LogicalResourceId"] in staying),
    )


def _named(item: Mapping[str, Any]) -> str:
    return f"{item['LogicalResourceId']} ({item['ResourceType']})"


def _left(item: Mapping[str, Any], target: Target) -> str:
    how = _GOING_BY.get(item["ResourceType"], "it goes with what it belongs to")
    physical = item.get("PhysicalResourceId", "")
    return f"stays: {_named(item)} {physical}: {how.format(id=physical, region=target.region)}"


def _refuse_while_needed(setup: Setup, chosen: Chosen, found: Iterable[RemovalStep]) -> None:
    accounts = setup.accounts
    owners = {target.account for target in targets(accounts) if chosen(ACCOUNT, target) or chosen(LAUNCH_ROLES, target)}
    hub_goes = any(step.stack == ACCOUNT.name and step.target.owner == HUB for step in found)
    # The hub serves every environment.
    environments = [item for item in accounts.environments.values() if hub_goes or item.account in owners]
    places = [place for item in environments for place in item.places]
    problems = [*_portfolios(accounts, places), *_launches(accounts, places)]
    if hub_goes:
        problems += _prepared_environments(setup, chosen)
    if problems:
        raise PlanError(
            "\n  ".join(["what was prepared is still needed:", *problems]),
            hint="end the launches: factory terminate NAME -e ENVIRONMENT; "
            "take the portfolios' files away, and then: factory publish --prune",
        )


def _portfolios(accounts: Accounts, places: list[Place]) -> list[str]:
    with ThreadPoolExecutor(max_workers=_WORKERS, thread_name_prefix="read") as pool:
        owned = Ownership(places=tuple(places), rounds=Rounds(accounts=accounts, pool=pool)).portfolios()
    return [f"portfolio {item.name} in {item.place} ({item.id})" for item in owned]


def _launches(accounts: Accounts, places: list[Place]) -> list[str]:
    return [
        f"launch {item.name} of {item.product} in {place}" for place in places for item in provisioned(accounts, place)
    ]


def _prepared_environments(setup: Setup, chosen: Chosen) -> Iterator[str]:
    for target in targets(setup.accounts):
        if target.owner != HUB and not chosen(ACCOUNT, target):
            with translated(target.place):
                if stacks.find(target.client(setup.accounts, "cloudformation"), ACCOUNT.name) is not None:
                    yield f"{target.place}: it is prepared, and reads the hub's artifacts"
