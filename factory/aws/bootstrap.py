"""Prepares accounts: deploys the account template to the hub and to every environment's account, in each region."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from botocore.exceptions import ClientError, WaiterError

from factory.aws.errors import code_of, translated
from factory.aws.session import Accounts
from factory.catalog.model import AccountId, Region
from factory.errors import LaunchError
from factory.synthesis.account import STACK_NAME, account_template
from factory.synthesis.artifact import Artifact

HUB = "hub"

_ATTEMPTS = 360
# What CloudFormation takes in the request itself (User Guide, "Understand CloudFormation quotas").
_INLINE_BYTES = 51_200


class Outcome(StrEnum):
    """What became of an account's stack."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """One account that is ready in one region."""

    owner: str
    account: AccountId
    region: Region
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class _Target:
    owner: str
    account: AccountId
    region: Region
    first: bool
    cloudformation: Any


def prepare(accounts: Accounts, artifacts: Iterable[Artifact], *, poll_seconds: float) -> Iterator[Prepared]:
    """Bring the account stacks up to date for these artifacts, the hub's first, and tell each as it is done.

    A template that is too large for a request goes by way of the artifact bucket. Where there is none yet, the hub gets
    the template without launch roles first.
    Raises LaunchError where a stack fails, CatalogError where AWS refuses a call. Running it again changes nothing.
    """
    template = account_template(artifacts)
    everyone = sorted({environment.account for environment in accounts.environments.values()})
    for target in _targets(accounts):
        parameters = {
            "HubAccount": accounts.hub.account,
            "EnvironmentAccounts": ",".join(everyone),
            "AssetBucketName": bucket_name(accounts.hub.account, target.region),
            "MakeRoles": str(target.first).lower(),
            "PermissionsBoundary": "",
        }
        with translated(f"account {target.owner} ({target.account}) in {target.region}"):
            source = {"TemplateBody": template}
            if len(template.encode()) > _INLINE_BYTES:
                if target.owner == HUB and _find(target.cloudformation) is None:
                    base = account_template(())
                    _deploy(target, base, {"TemplateBody": base}, parameters, poll_seconds)
                source = {"TemplateURL": _upload(accounts, target.region, template)}
            outcome = _deploy(target, template, source, parameters, poll_seconds)
        yield Prepared(owner=target.owner, account=target.account, region=target.region, outcome=outcome)


def _upload(accounts: Accounts, region: Region, template: str) -> str:
    """Put the template into the region's artifact bucket, and give the address that CloudFormation takes."""
    bucket = bucket_name(accounts.hub.account, region)
    key = f"account/{hashlib.sha256(template.encode()).hexdigest()}.template.json"
    accounts.in_hub("s3", region).put_object(Bucket=bucket, Key=key, Body=template.encode())
    return f"https://{bucket}.s3.{region}.amazonaws.com/{key}"


def bucket_name(hub: AccountId, region: Region) -> str:
    """The artifact bucket of a region; bucket names are global, hence the account in it."""
    return f"factory-artifacts-{hub}-{region}"


def _targets(accounts: Accounts) -> Iterator[_Target]:
    """Every account and region once: the hub wherever an environment is, then the environments' own accounts."""
    environments = tuple(accounts.environments.values())
    regions = tuple(dict.fromkeys(region for environment in environments for region in environment.regions))
    for region in regions:
        client = accounts.in_hub("cloudformation", region)
        first = region == regions[0]
        yield _Target(owner=HUB, account=accounts.hub.account, region=region, first=first, cloudformation=client)
    seen = {(accounts.hub.account, region) for region in regions}
    with_roles = {accounts.hub.account}
    for environment in environments:
        for region in _new(environment.account, environment.regions, seen):
            client = accounts.in_environment("cloudformation", environment.name, region)
            first = environment.account not in with_roles
            with_roles.add(environment.account)
            yield _Target(
                owner=environment.name, account=environment.account, region=region, first=first, cloudformation=client
            )


def _new(account: AccountId, regions: Iterable[Region], seen: set[tuple[AccountId, Region]]) -> Iterator[Region]:
    for region in regions:
        if (account, region) not in seen:
            seen.add((account, region))
            yield region


def _deploy(
    target: _Target, template: str, source: dict[str, str], parameters: dict[str, str], poll_seconds: float
) -> Outcome:
    client = target.cloudformation
    given = [{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()]
    request = {
        "StackName": STACK_NAME,
        **source,
        "Parameters": given,
        "Capabilities": ["CAPABILITY_NAMED_IAM"],
    }
    existing = _find(client)
    if existing is None:
        client.create_stack(**request, OnFailure="DELETE")
        _wait(target, "stack_create_complete", poll_seconds)
        return Outcome.CREATED
    current = {item["ParameterKey"]: item["ParameterValue"] for item in existing.get("Parameters", [])}
    body = client.get_template(StackName=STACK_NAME)["TemplateBody"]
    # Compared here, because CloudFormation tells only in an error's text that there is nothing to update.
    if current == parameters and _same(body, template):
        return Outcome.UNCHANGED
    client.update_stack(**request)
    _wait(target, "stack_update_complete", poll_seconds)
    return Outcome.UPDATED


def _same(body: Any, template: str) -> bool:
    """Whether a stack's template, which boto3 gives as data where it is JSON, is this one."""
    return bool((json.loads(body) if isinstance(body, str) else body) == json.loads(template))


def _find(client: Any) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = client.describe_stacks(StackName=STACK_NAME)["Stacks"][0]
    except ClientError as error:
        # CloudFormation's code for a stack that is not there.
        if code_of(error) == "ValidationError":
            return None
        raise
    return found


def _wait(target: _Target, state: str, poll_seconds: float) -> None:
    waiter = target.cloudformation.get_waiter(state)
    try:
        waiter.wait(StackName=STACK_NAME, WaiterConfig={"Delay": poll_seconds, "MaxAttempts": _ATTEMPTS})
    except WaiterError as error:
        reason = _first_failure(target.cloudformation) or str(error)
        raise LaunchError(
            f"account {target.owner} ({target.account}) in {target.region}: stack {STACK_NAME} failed: {reason}",
            hint="mend the cause and run factory bootstrap again",
        ) from error


def _first_failure(client: Any) -> str:
    try:
        events = client.describe_stack_events(StackName=STACK_NAME)["StackEvents"]
    except ClientError:
        return ""
    failed = [event for event in events if event["ResourceStatus"].endswith("_FAILED")]
    return f"{failed[-1]['LogicalResourceId']}: {failed[-1].get('ResourceStatusReason', '')}" if failed else ""
