"""What an account has: stacks, roles, parameters, and in the hub the artifact bucket with its key."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from factory.aws.bootstrap import HUB, KINDS, Setup, StackKind, Target, stack_sets, stacks
from factory.aws.bootstrap.kinds import LAUNCH_ROLES
from factory.aws.bootstrap.steps import State
from factory.aws.health.asking import Asking
from factory.aws.prepared import read_bucket, read_identities, read_parameters
from factory.aws.session import Accounts
from factory.planning.health.facts import Account, AccountRegion, Bucket, Prepared, Stack
from factory.planning.health.preparation import wanted

Templates = Mapping[str, str]
"""The templates with which accounts are prepared, by name of the stack; without those that nobody could tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparation:
    """What accounts were to be prepared with."""

    setup: Setup
    templates: Templates
    stack_set: stack_sets.Deployed | None = None
    """That of the launch roles; None where there is none to be, or nobody could tell."""

    def state(self, kind: StackKind, target: Target, held: Mapping[str, str]) -> State:
        """A stack as it is to be, with what its owner gave it."""
        template = self.templates[kind.name]
        given = kind.parameters(self.setup, target)
        return State(template=stacks.data(template), parameters=stacks.wanted_parameters(template, held, given))


def look(preparation: Preparation, targets: Sequence[Target], asking: Asking) -> Account:
    """What there is in the regions of one account, of which the first has the roles."""
    accounts, first = preparation.setup.accounts, targets[0]
    # Whoever has no credentials is not asked anything else.
    if asking.ask(first.owner, f"account {first.account}", lambda: first.client(accounts, "sts")) is None:
        return Account(owner=first.owner, id=first.account)
    regions = tuple(_region(preparation, target, asking) for target in targets)
    iam = first.client(accounts, "iam")
    identities = asking.ask(first.owner, f"roles of account {first.account}", lambda: read_identities(iam))
    enabled = asking.ask(first.owner, f"regions of account {first.account}", lambda: _enabled(accounts, targets)) or {}
    return Account(
        owner=first.owner,
        id=first.account,
        identities=identities,
        regions=tuple(replace(region, enabled=enabled.get(region.region)) for region in regions),
    )


def _region(preparation: Preparation, target: Target, asking: Asking) -> AccountRegion:
    accounts = preparation.setup.accounts
    given: list[State] = []
    found: list[Stack] = []
    for kind in KINDS:
        if kind.name in preparation.templates and (look_at := _where(preparation, kind, target)):
            subject = f"stack {kind.name} in {target.region}"
            if answer := asking.ask(target.owner, subject, partial(look_at, preparation, kind, target)):
                found.append(answer[0])
                given.append(answer[1])
    needed = wanted(target.account, target.region, *((state.template, state.parameters) for state in given))
    ssm = target.client(accounts, "ssm")
    parameters = asking.ask(
        target.owner, f"parameters in {target.region}", lambda: read_parameters(ssm, sorted(needed.parameters))
    )
    bucket, is_read = None, False
    if needed.bucket and target.owner == HUB:
        bucket, is_read = _artifact_bucket(accounts, target, needed, asking)
    unreserved = asking.ask(
        target.owner, f"concurrency of functions in {target.region}", partial(_unreserved, accounts, target)
    )
    return AccountRegion(
        wanted=needed,
        stacks=tuple(found),
        parameters=parameters,
        bucket=bucket,
        bucket_read=is_read,
        unreserved=unreserved,
    )


def _artifact_bucket(
    accounts: Accounts, target: Target, needed: Prepared, asking: Asking
) -> tuple[Bucket | None, bool]:
    """The bucket, and whether anybody could tell."""
    name = needed.bucket.name if needed.bucket else ""
    answer = asking.ask(
        target.owner,
        f"bucket {name}",
        lambda: [read_bucket(lambda service: target.client(accounts, service), name)],
    )
    return (answer[0], True) if answer else (None, False)


_Look = Callable[[Preparation, StackKind, Target], tuple[Stack, State]]
"""Gives a stack, and how it is to be."""


def _where(preparation: Preparation, kind: StackKind, target: Target) -> _Look | None:
    """How to look at a stack that is to be there; None where none is."""
    accounts = preparation.setup.accounts
    if any((there.account, there.region) == (target.account, target.region) for there in kind.targets(accounts)):
        return _stack
    if kind is LAUNCH_ROLES and preparation.stack_set and target.first:
        return _of_stack_set
    return None


def _stack(preparation: Preparation, kind: StackKind, target: Target) -> tuple[Stack, State]:
    cloudformation = target.client(preparation.setup.accounts, "cloudformation")
    found = stacks.find(cloudformation, kind.name)
    wanted_state = preparation.state(kind, target, found.parameters if found else {})
    if found is None:
        return Stack(name=kind.name), wanted_state
    state = State(template=stacks.body(cloudformation, kind.name), parameters=found.parameters)
    return Stack(name=kind.name, status=found.status, current=state == wanted_state), wanted_state


def _of_stack_set(preparation: Preparation, kind: StackKind, target: Target) -> tuple[Stack, State]:
    deployed = preparation.stack_set
    held = deployed.state if deployed else None
    instance = deployed.instances.get(target.account) if deployed else None
    wanted_state = preparation.state(kind, target, held.parameters if held else {})
    status = instance.status if instance else ""
    return Stack(name=kind.name, status=status, current=held == wanted_state, of_stack_set=True), wanted_state


def _enabled(accounts: Accounts, targets: Sequence[Target]) -> dict[str, bool]:
    pages = targets[0].client(accounts, "account").get_paginator("list_regions").paginate()
    # A region that is being disabled still answers for a while.
    return {
        item["RegionName"]: item["RegionOptStatus"] in {"ENABLED", "ENABLED_BY_DEFAULT"}
        for page in pages
        for item in page["Regions"]
    }


def _unreserved(accounts: Accounts, target: Target) -> int:
    settings = target.client(accounts, "lambda").get_account_settings()
    return int(settings["AccountLimit"]["UnreservedConcurrentExecutions"])
