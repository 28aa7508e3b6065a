"""Prepares accounts: the account stack in the hub and every environment's account, in each region, and launch roles."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from botocore.exceptions import ClientError, WaiterError

from factory.aws.errors import code_of, translated
from factory.aws.restoring import Restoring
from factory.aws.session import Accounts
from factory.catalog.model import AccountId, EnvironmentName, Region
from factory.errors import LaunchError
from factory.synthesis import account, launch_roles
from factory.synthesis.account import account_template

HUB = "hub"

_ATTEMPTS = 360
# What CloudFormation takes in the request itself (User Guide, "Understand CloudFormation quotas").
_INLINE_BYTES = 51_200


class Outcome(StrEnum):
    """What became of an account's stack."""

    CREATED = "created"
    UPDATED = "updated"
    RESTORED = "restored"
    """What it made was changed by hand, and is as it was made again."""
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """One stack of an account that is up to date in one region."""

    owner: str
    account: AccountId
    region: Region
    stack: str
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """An account in one of its regions; roles, which are global, are made in the first."""

    owner: str
    account: AccountId
    region: Region
    first: bool

    def client(self, accounts: Accounts, service: str) -> Any:
        """A client of the service there."""
        if self.owner == HUB:
            return accounts.in_hub(service, self.region)
        return accounts.in_environment(service, EnvironmentName(self.owner), self.region)

    @property
    def place(self) -> str:
        """Where it is, for messages."""
        return f"account {self.owner} ({self.account}) in {self.region}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stack:
    name: str
    template: str
    parameters: Mapping[str, str]


def prepare(accounts: Accounts, roles: Callable[[], str], *, poll_seconds: float) -> Iterator[Prepared]:
    """Bring the stacks of every account up to date, the hub's first, and tell each as it is done.

    `roles` gives the template of the launch roles once the account stacks are there, with them the artifact bucket: it
    takes a template that is too large for a request.
    Raises LaunchError where a stack fails, CatalogError where AWS refuses a call. Running it again changes nothing.
    """
    found = list(targets(accounts))
    template = account_template()
    for target in found:
        stack = _Stack(name=account.STACK_NAME, template=template, parameters=account_parameters(accounts, target))
        yield _prepare(accounts, target, stack, poll_seconds)
    stack = _Stack(name=launch_roles.STACK_NAME, template=roles(), parameters=roles_parameters(accounts))
    for target in found:
        if target.first:
            yield _prepare(accounts, target, stack, poll_seconds)


def account_parameters(accounts: Accounts, target: Target) -> dict[str, str]:
    """The parameters of an account's stack, but for the boundary, which is its owner's."""
    everyone = sorted({environment.account for environment in accounts.environments.values()})
    return {
        "HubAccount": accounts.hub.account,
        "EnvironmentAccounts": ",".join(everyone),
        "AssetBucketName": bucket_name(accounts.hub.account, target.region),
        "MakeRoles": str(target.first).lower(),
    }


def roles_parameters(accounts: Accounts) -> dict[str, str]:
    """The parameters of the stack with the launch roles, but for the boundary."""
    return {"HubAccount": accounts.hub.account}


def _prepare(accounts: Accounts, target: Target, stack: _Stack, poll_seconds: float) -> Prepared:
    with translated(target.place):
        outcome = _deploy(accounts, target, stack, poll_seconds)
    return Prepared(owner=target.owner, account=target.account, region=target.region, stack=stack.name, outcome=outcome)


def _upload(accounts: Accounts, region: Region, template: str) -> str:
    """Put the template into the region's artifact bucket, and give the address that CloudFormation takes."""
    bucket = bucket_name(accounts.hub.account, region)
    key = f"bootstrap/{hashlib.sha256(template.encode()).hexdigest()}.template.json"
    accounts.in_hub("s3", region).put_object(Bucket=bucket, Key=key, Body=template.encode())
    return f"https://{bucket}.s3.{region}.amazonaws.com/{key}"


def bucket_name(hub: AccountId, region: Region) -> str:
    """The artifact bucket of a region; bucket names are global, hence the account in it."""
    return f"factory-artifacts-{hub}-{region}"


def targets(accounts: Accounts) -> Iterator[Target]:
    """Every account and region once: the hub wherever an environment is, then the environments' own accounts."""
    environments = tuple(accounts.environments.values())
    regions = tuple(dict.fromkeys(region for environment in environments for region in environment.regions))
    for region in regions:
        yield Target(owner=HUB, account=accounts.hub.account, region=region, first=region == regions[0])
    seen = {(accounts.hub.account, region) for region in regions}
    with_roles = {accounts.hub.account}
    for environment in environments:
        for region in _new(environment.account, environment.regions, seen):
            first = environment.account not in with_roles
            with_roles.add(environment.account)
            yield Target(owner=environment.name, account=environment.account, region=region, first=first)


def _new(account: AccountId, regions: Iterable[Region], seen: set[tuple[AccountId, Region]]) -> Iterator[Region]:
    for region in regions:
        if (account, region) not in seen:
            seen.add((account, region))
            yield region


def _deploy(accounts: Accounts, target: Target, stack: _Stack, poll_seconds: float) -> Outcome:
    client = target.client(accounts, "cloudformation")
    existing = _find(client, stack.name)
    current = {item["ParameterKey"]: item["ParameterValue"] for item in (existing or {}).get("Parameters", [])}
    # A boundary is for the account's owner to set, and stays.
    parameters = {**stack.parameters, "PermissionsBoundary": current.get("PermissionsBoundary", "")}
    given = [{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()]

    def request(template: str) -> dict[str, Any]:
        source = {"TemplateBody": template}
        if len(template.encode()) > _INLINE_BYTES:
            source = {"TemplateURL": _upload(accounts, target.region, template)}
        return {"StackName": stack.name, **source, "Parameters": given, "Capabilities": ["CAPABILITY_NAMED_IAM"]}

    def update(template: str) -> None:
        client.update_stack(**request(template))
        _wait(client, target, stack, "stack_update_complete", poll_seconds)

    if existing is None:
        client.create_stack(**request(stack.template), OnFailure="DELETE")
        _wait(client, target, stack, "stack_create_complete", poll_seconds)
        return Outcome.CREATED
    body = client.get_template(StackName=stack.name)["TemplateBody"]
    # Compared here, because CloudFormation tells only in an error's text that there is nothing to update.
    same = current == parameters and _same(body, stack.template)
    restoring = Restoring(
        account=target.account,
        region=target.region,
        stack=stack.name,
        template=json.loads(body) if isinstance(body, str) else body,
        parameters=current,
        client=lambda service: target.client(accounts, service),
        update=lambda template: update(json.dumps(template, separators=(",", ":"), sort_keys=True)),
    )
    # Before an update, which fails at what is gone.
    restored = restoring.restore()
    if same:
        return Outcome.RESTORED if restored else Outcome.UNCHANGED
    update(stack.template)
    return Outcome.UPDATED


def _same(body: Any, template: str) -> bool:
    """Whether a stack's template, which boto3 gives as data where it is JSON, is this one."""
    return bool((json.loads(body) if isinstance(body, str) else body) == json.loads(template))


def _find(client: Any, stack: str) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = client.describe_stacks(StackName=stack)["Stacks"][0]
    except ClientError as error:
        # CloudFormation's code for a stack that is not there.
        if code_of(error) == "ValidationError":
            return None
        raise
    return found


def _wait(client: Any, target: Target, stack: _Stack, state: str, poll_seconds: float) -> None:
    waiter = client.get_waiter(state)
    try:
        waiter.wait(StackName=stack.name, WaiterConfig={"Delay": poll_seconds, "MaxAttempts": _ATTEMPTS})
    except WaiterError as error:
        reason = _first_failure(client, stack.name) or str(error)
        raise LaunchError(
            f"{target.place}: stack {stack.name} failed: {reason}",
            hint="mend the cause and run factory bootstrap again",
        ) from error


def _first_failure(client: Any, stack: str) -> str:
    try:
        events = client.describe_stack_events(StackName=stack)["StackEvents"]
    except ClientError:
        return ""
    failed = [event for event in events if event["ResourceStatus"].endswith("_FAILED")]
    return f"{failed[-1]['LogicalResourceId']}: {failed[-1].get('ResourceStatusReason', '')}" if failed else ""
