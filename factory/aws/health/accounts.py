"""What an account has: stacks, roles, parameters, and in the hub the artifact bucket with its key."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from factory.aws.bootstrap import HUB, Target, account_parameters, roles_parameters
from factory.aws.health.asking import Asking
from factory.aws.launch.stacks import find_stack
from factory.aws.prepared import read_bucket, read_identities, read_parameters
from factory.aws.session import Accounts
from factory.planning.health.facts import Account, AccountRegion, Bucket, Prepared, Stack
from factory.planning.health.preparation import wanted
from factory.synthesis.account import STACK_NAME as ACCOUNT_STACK
from factory.synthesis.launch_roles import STACK_NAME as ROLES_STACK

_BOUNDARY = "PermissionsBoundary"


@dataclass(frozen=True, slots=True, kw_only=True)
class Templates:
    """The templates with which accounts are prepared, as data."""

    account: Mapping[str, Any]
    roles: Mapping[str, Any] | None
    """None where nobody can tell, as an older version's template can't be read."""


def look(accounts: Accounts, targets: Sequence[Target], templates: Templates, asking: Asking) -> Account:
    """What there is in the regions of one account, of which the first has the roles."""
    first = targets[0]
    # Whoever has no credentials is not asked anything else.
    if asking.ask(first.owner, f"account {first.account}", lambda: first.client(accounts, "sts")) is None:
        return Account(owner=first.owner, id=first.account)
    regions = tuple(_region(accounts, target, templates, asking) for target in targets)
    iam = first.client(accounts, "iam")
    identities = asking.ask(first.owner, f"roles of account {first.account}", lambda: read_identities(iam))
    enabled = asking.ask(first.owner, f"regions of account {first.account}", lambda: _enabled(accounts, targets)) or {}
    return Account(
        owner=first.owner,
        id=first.account,
        identities=identities,
        regions=tuple(replace(region, enabled=enabled.get(region.region)) for region in regions),
    )


def _region(accounts: Accounts, target: Target, templates: Templates, asking: Asking) -> AccountRegion:
    cloudformation = target.client(accounts, "cloudformation")
    given: list[tuple[Mapping[str, Any], Mapping[str, str]]] = []
    stacks: list[Stack] = []

    def look_at(name: str, template: Mapping[str, Any], parameters: dict[str, str]) -> None:
        found = asking.ask(
            target.owner, f"stack {name} in {target.region}", lambda: _stack(cloudformation, name, template, parameters)
        )
        if found is not None:
            stack, boundary = found
            stacks.append(stack)
            given.append((template, {**parameters, _BOUNDARY: boundary}))

    look_at(ACCOUNT_STACK, templates.account, account_parameters(accounts, target))
    if target.first and templates.roles is not None:
        look_at(ROLES_STACK, templates.roles, roles_parameters(accounts))
    needed = wanted(target.account, target.region, *given)
    ssm = target.client(accounts, "ssm")
    parameters = asking.ask(
        target.owner, f"parameters in {target.region}", lambda: read_parameters(ssm, sorted(needed.parameters))
    )
    bucket, is_read = None, False
    if needed.bucket and target.owner == HUB:
        bucket, is_read = _artifact_bucket(accounts, target, needed, asking)
    return AccountRegion(wanted=needed, stacks=tuple(stacks), parameters=parameters, bucket=bucket, bucket_read=is_read)


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


def _stack(
    cloudformation: Any, name: str, template: Mapping[str, Any], parameters: Mapping[str, str]
) -> tuple[Stack, str]:
    """The stack, and the boundary that its owner gave it."""
    found = find_stack(cloudformation, name)
    if found is None:
        return Stack(name=name), ""
    body = cloudformation.get_template(StackName=name)["TemplateBody"]
    held = {key: value for key, value in found.parameters.items() if key != _BOUNDARY}
    # boto3 gives a template as data where it is JSON.
    same = (json.loads(body) if isinstance(body, str) else body) == template
    stack = Stack(name=name, status=found.status, current=same and held == parameters)
    return stack, found.parameters.get(_BOUNDARY, "")


def _enabled(accounts: Accounts, targets: Sequence[Target]) -> dict[str, bool]:
    pages = targets[0].client(accounts, "account").get_paginator("list_regions").paginate()
    # A region that is being disabled still answers for a while.
    return {
        item["RegionName"]: item["RegionOptStatus"] in {"ENABLED", "ENABLED_BY_DEFAULT"}
        for page in pages
        for item in page["Regions"]
    }
