"""On which resources an action has to be allowed for a resource of a stack.

IAM is asked about ARNs, many of which exist only once the resource does. The rule:

- An action without resource-level permissions is asked for `*`, which only a policy for `*` allows.
- An action on the resource's own kind (a role for AWS::IAM::Role) is asked for its ARN, if its physical id or its name
  tell it. A name that CloudFormation makes up begins as the stack's does. EC2 asks about a resource that it is about
  to make with `*` in place of the id, literally.
- An action on another kind is asked for each resource of that kind that the properties name: by ARN outside of policy
  documents, by object in a bucket, or by a property called like the kind (`Bucket`, `VpcId`).
- Where only part of an ARN is known, a policy that allows the action for some ARN of that form is enough.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from factory.authoring.actions import arn_formats
from factory.authoring.schemas import schema
from factory.sandbox.emulator import Resource

# Their ARNs hold more than the name: the kind, a cluster, an id.
_NESTED = frozenset({"ecs", "elasticloadbalancing", "wafv2"})
# What follows the name in an ARN.
_TAILS = {"logs": ("", ":*"), "secretsmanager": ("-*",)}
# CloudFormation shortens the stack's name in a physical name, which may have 32 characters or more.
_STACK_CHARACTERS = 20


@dataclass(frozen=True, slots=True)
class Target:
    """An ARN; unless `exact`, a pattern of what it may be."""

    arn: str
    exact: bool


def targets(action: str, resource: Resource) -> list[tuple[Target, ...]]:
    """Give what the action must be allowed on: one target of each tuple."""
    if action == "iam:CreateServiceLinkedRole":
        return [(Target(f"arn:aws:iam::{resource.account}:role/aws-service-role/*", exact=False),)]
    formats = {
        kind: tuple(_placed(arn, resource) for arn in arns) for kind, arns in arn_formats(action).items() if arns
    }
    if not formats:
        return [(Target("*", exact=True),)]
    own = _plain(resource.type.rpartition("::")[2])
    if arns := [arn for kind, found in formats.items() if _kind(kind) == own for arn in found]:
        return [tuple(target for arn in arns for target in _own(action, arn, resource))]
    if named := dict.fromkeys(_named(formats, resource.properties)):
        return [(Target(arn, exact=True),) for arn in named]
    return [tuple(Target(arn, exact=False) for found in formats.values() for arn in found)]


def arns(node: Any) -> Iterator[str]:
    """Give the ARNs that properties name, but for those in policy documents."""
    if isinstance(node, Mapping):
        if "Statement" not in node:
            for value in node.values():
                yield from arns(value)
    elif isinstance(node, list):
        for item in node:
            yield from arns(item)
    elif isinstance(node, str) and node.startswith("arn:"):
        yield node


def objects(node: Any) -> Iterator[tuple[str, str]]:
    """Give bucket and key of the objects that properties name."""
    if isinstance(node, Mapping):
        match node:
            case {"S3Bucket": str(bucket), "S3Key": str(key)}:
                yield bucket, key
            case _:
                for value in node.values():
                    yield from objects(value)


def _own(action: str, arn: str, resource: Resource) -> Iterator[Target]:
    service = action.partition(":")[0]
    known = resource.physical_id or ""
    if known.startswith("arn:"):
        yield Target(known, exact=True)
    elif service == "ec2":
        yield Target(arn.replace("*", known) if known else arn, exact=True)
    elif service in _NESTED or "|" in known:
        yield Target(arn, exact=False)
    elif name := known.rpartition("/")[2] if "://" in known else known or _name(resource):
        path = str(resource.properties.get("Path", "/"))[1:] if service == "iam" else ""
        prefix = arn.removesuffix("*") + path
        # Some names repeat the kind or the slash before it.
        name = name.removeprefix("/" if prefix.endswith("/") else "").removeprefix(prefix.rpartition(":")[2])
        tails = _TAILS.get(service, ("",))
        for tail in tails:
            yield Target(f"{prefix}{name}{tail}", exact=not tail)
    elif _is_named(resource.type):
        begin = resource.stack_name[:_STACK_CHARACTERS]
        # Names of buckets have small letters only.
        yield Target(arn.replace("*", f"{begin.lower() if service == 's3' else begin}*"), exact=False)
    else:
        yield Target(arn, exact=False)


def _name(resource: Resource) -> str:
    for name in _names(resource.type):
        if isinstance(value := resource.properties.get(name), str):
            return value
    return ""


def _is_named(resource_type: str) -> bool:
    return bool(set(_names(resource_type)) & schema(resource_type).get("properties", {}).keys())


def _names(resource_type: str) -> tuple[str, str]:
    return f"{resource_type.rpartition('::')[2]}Name", "Name"


def _named(formats: Mapping[str, tuple[str, ...]], properties: Mapping[str, Any]) -> Iterator[str]:
    if "object" in formats:
        yield from (f"arn:aws:s3:::{bucket}/{key}" for bucket, key in objects(properties))
        return
    kinds = {_kind(kind): found[0] for kind, found in formats.items()}
    patterns = [re.escape(arn).replace(r"\*", ".*") for found in formats.values() for arn in found]
    for arn in arns(properties):
        if any(re.fullmatch(pattern, arn) for pattern in patterns):
            yield arn
    for name, value in properties.items():
        kind = _plain(re.sub("(Id|Name|Arn)$", "", name))
        if kind in kinds and isinstance(value, str) and value and not value.startswith("arn:"):
            yield kinds[kind].replace("*", value)


def _placed(arn: str, resource: Resource) -> str:
    return (
        arn.replace("${Partition}", "aws").replace("${Region}", resource.region).replace("${Account}", resource.account)
    )


def _kind(name: str) -> str:
    return _plain(name.partition("/")[0])


def _plain(name: str) -> str:
    return re.sub("[^a-z0-9]", "", name.lower())
