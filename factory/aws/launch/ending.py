"""What becomes of a launch's resources when it is ended: what stays behind, and what refuses to be deleted."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from factory.authoring.parameters import LIFTED
from factory.aws.errors import code_of, translated
from factory.aws.launch.protections import PROTECTIONS
from factory.aws.launch.stacks import DENIED, NO_STACK
from factory.aws.launch.values import Launched
from factory.aws.session import Accounts
from factory.catalog.model import Place
from factory.synthesis.reading import template_data
from factory.synthesis.resolved import RETAINED

_SNAPSHOT = "Snapshot"


@dataclass(frozen=True, slots=True, kw_only=True)
class Remainder:
    """A resource that outlives its launch, or of which a snapshot does."""

    resource: str
    type: str
    id: str
    is_snapshot: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacle:
    """A resource that refuses to be deleted, and what takes that from it."""

    resource: str
    type: str
    id: str
    parameter: str
    """The parameter of the launch that lifts the protection; empty where its product has none."""
    command: str
    """Of the AWS CLI, for those who may change the resource itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """A launch that is to be ended."""

    launched: Launched
    remainders: tuple[Remainder, ...] = ()
    obstacles: tuple[Obstacle, ...] = ()


def foresee(accounts: Accounts, place: Place, launched: Launched) -> Ending:
    """What ending a launch comes to. Changes nothing.

    Nothing is known of a launch in several accounts, and of one without a stack; nor by those who may not look at
    stacks. Whether something is protected is asked of its own service, as somebody may have changed it by hand; who may
    not ask hears of it when the launch is ended. Raises CatalogError where AWS refuses another call.
    """
    if not launched.stack or launched.instances:
        return Ending(launched=launched)
    with translated(f"launch {launched.name} in {place}"):
        try:
            return _foresee(accounts, place, launched)
        except ClientError as error:
            if code_of(error) not in {NO_STACK, *DENIED}:
                raise
            return Ending(launched=launched)


def _foresee(accounts: Accounts, place: Place, launched: Launched) -> Ending:
    cloudformation = accounts.in_place("cloudformation", place)
    body = cloudformation.get_template(StackName=launched.stack, TemplateStage="Processed")["TemplateBody"]
    # boto3 gives JSON as data.
    template = template_data((body if isinstance(body, str) else json.dumps(body)).encode())
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=launched.stack)
    made = [item for page in pages for item in page["StackResourceSummaries"]]
    there = [item for item in made if item["ResourceStatus"] not in ("DELETE_COMPLETE", "DELETE_SKIPPED")]
    policies = [(item, _policy(template, item["LogicalResourceId"])) for item in there]
    remainders = [
        Remainder(
            resource=item["LogicalResourceId"],
            type=item["ResourceType"],
            id=item.get("PhysicalResourceId", ""),
            is_snapshot=policy == _SNAPSHOT,
        )
        for item, policy in policies
        if policy in {*RETAINED, _SNAPSHOT}
    ]
    obstacles = (_obstacle(accounts, place, template, item) for item, policy in policies if policy not in RETAINED)
    return Ending(
        launched=launched, remainders=tuple(remainders), obstacles=tuple(item for item in obstacles if item is not None)
    )


def _policy(template: Mapping[str, Any], name: str) -> str:
    """The deletion policy of a resource, which of a database is to take a snapshot (DeletionPolicy attribute)."""
    resource = template["Resources"].get(name, {})
    match resource:
        case {"DeletionPolicy": policy}:
            return str(policy)
        case {"Type": "AWS::RDS::DBInstance", "Properties": {"DBClusterIdentifier": _}}:
            return "Delete"
        case {"Type": "AWS::RDS::DBCluster" | "AWS::RDS::DBInstance"}:
            return _SNAPSHOT
        case _:
            return "Delete"


def _obstacle(
    accounts: Accounts, place: Place, template: Mapping[str, Any], item: Mapping[str, Any]
) -> Obstacle | None:
    protection = PROTECTIONS.get(item["ResourceType"])
    physical = item.get("PhysicalResourceId", "")
    if protection is None or not physical:
        return None
    try:
        if not protection.is_on(accounts.in_place(protection.service, place), physical):
            return None
    except ClientError as error:
        if code_of(error) not in {protection.absent, *DENIED}:
            raise
        return None
    name = item["LogicalResourceId"]
    return Obstacle(
        resource=name,
        type=item["ResourceType"],
        id=physical,
        parameter=next(_lifting(template, template["Resources"].get(name, {}).get("Properties", {})), ""),
        command=f"{protection.lift.format(id=physical)} --region {place.region}",
    )


def _lifting(template: Mapping[str, Any], properties: Any) -> Iterator[str]:
    """The parameters that properties depend on, directly or by a condition, and that may be `lifted`."""
    for name in _parameters(template, properties, set()):
        if LIFTED in template.get("Parameters", {}).get(name, {}).get("AllowedValues", ()):
            yield name


def _parameters(template: Mapping[str, Any], node: Any, seen: set[str]) -> Iterator[str]:
    match node:
        case {"Ref": str(name)}:
            yield name
        case {"Fn::If": [str(condition), *branches]}:
            yield from _of_condition(template, condition, seen)
            yield from _parameters(template, branches, seen)
        case {"Condition": str(condition)}:
            yield from _of_condition(template, condition, seen)
        case Mapping():
            for value in node.values():
                yield from _parameters(template, value, seen)
        case list():
            for value in node:
                yield from _parameters(template, value, seen)


def _of_condition(template: Mapping[str, Any], name: str, seen: set[str]) -> Iterator[str]:
    if name not in seen:
        seen.add(name)
        yield from _parameters(template, template.get("Conditions", {}).get(name), seen)
