"""On which resources an action has to be allowed for a resource of a stack.

IAM is asked about ARNs, many of which exist only once the resource does. The rule:

- An action without resource-level permissions is asked for `*`, which only a policy for `*` allows.
- An action on the resource's own kind (a role for AWS::IAM::Role) is asked for its ARN, if its physical id or its name
  tell it. A name that CloudFormation is to make up is asked for as CloudFormation would make it. EC2 asks about a
  resource that it is about to make with `*` in place of the id, literally.
- An action on another kind is asked for each resource of that kind that the properties name: by ARN outside of policy
  documents, by object in a bucket, or by a property called like the kind (`Bucket`, `VpcId`, `SubnetIds`). Some actions
  are asked for both: a security group is made in a network.
- Where only part of an ARN is known, a policy that allows the action for some ARN of that form is enough.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from factory.authoring.actions import arn_formats, is_tagging, kind_of, plain
from factory.authoring.physical_names import NAMED, Named
from factory.sandbox.emulator import Resource

# Their ARNs hold more than the name: the kind, a cluster, an id.
_NESTED = frozenset({"ecs", "elasticloadbalancing", "wafv2"})
# What follows the name in an ARN.
_TAILS = {"logs": ("", ":*"), "secretsmanager": ("-*",)}
# What a name ends in that is yet to be made, and an id.
_RANDOM = "ABCDEFGHIJKL"


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
    own = kind_of(resource.type)
    if arns := [arn for kind, found in formats.items() if plain(kind) == own for arn in found]:
        others = {} if is_tagging(action) else {kind: arns for kind, arns in formats.items() if plain(kind) != own}
        named = dict.fromkeys(_named(others, resource.properties))
        return [
            tuple(target for arn in arns for target in _own(action, arn, resource)),
            *((Target(arn, exact=True),) for arn in named),
        ]
    if named := dict.fromkeys(_named(formats, resource.properties)):
        return [(Target(arn, exact=True),) for arn in named]
    return [tuple(Target(arn, exact=False) for found in formats.values() for arn in found)]


# Of builds and functions.
_VARIABLES = frozenset({"EnvironmentVariables", "Variables"})


def arns(node: Any) -> Iterator[str]:
    """Give the ARNs that properties name, but for those in policy documents and in variables of code."""
    if isinstance(node, Mapping):
        if "Statement" not in node:
            for key, value in node.items():
                if key not in _VARIABLES:
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
    named = NAMED.get(resource.type)
    if known.startswith("arn:"):
        yield Target(known, exact=True)
    elif service == "ec2":
        yield Target(arn.replace("*", known) if known else arn, exact=True)
    elif named is not None and not known:
        yield from _new(arn, named, resource)
    elif service in _NESTED or "|" in known:
        yield Target(arn, exact=False)
    elif name := known.rpartition("/")[2] if "://" in known else known or _name(resource):
        prefix = arn.removesuffix("*") + _path(resource)
        # Some names repeat the kind or the slash before it.
        name = name.removeprefix("/" if prefix.endswith("/") else "").removeprefix(prefix.rpartition(":")[2])
        tails = _TAILS.get(service, ("",))
        for tail in tails:
            yield Target(f"{prefix}{name}{tail}", exact=not tail)
    else:
        yield Target(arn, exact=False)


def _new(arn: str, named: Named, resource: Resource) -> Iterator[Target]:
    """Give the ARN of a resource that is yet to be made, by the name that it is given or that CloudFormation makes."""
    given = resource.properties.get(named.property)
    if isinstance(given, str):
        name = given.removeprefix(named.strip)
    elif named.longest is not None:
        name = named.generated(resource.stack_name, resource.logical_id, _RANDOM)
    else:
        yield Target(arn, exact=False)
        return
    cluster = str(resource.properties.get("Cluster", "default")).rpartition("/")[2]
    place = arn.removesuffix("*") + _path(resource) + named.before.replace("*", cluster)
    for tail in named.after:
        yield Target(f"{place}{name}{tail.replace('*', _RANDOM)}", exact=True)


def _path(resource: Resource) -> str:
    return str(resource.properties.get("Path", "/"))[1:] if resource.type.startswith("AWS::IAM::") else ""


def _name(resource: Resource) -> str:
    for name in (f"{resource.type.rpartition('::')[2]}Name", "Name"):
        if isinstance(value := resource.properties.get(name), str):
            return value
    return ""


def _named(formats: Mapping[str, tuple[str, ...]], properties: Mapping[str, Any]) -> Iterator[str]:
    if "object" in formats:
        yield from (f"arn:aws:s3:::{bucket}/{key}" for bucket, key in objects(properties))
        return
    kinds = {plain(kind): found[0] for kind, found in formats.items()}
    patterns = [re.escape(arn).replace(r"\*", ".*") for found in formats.values() for arn in found]
    for arn in arns(properties):
        if any(re.fullmatch(pattern, arn) for pattern in patterns):
            yield arn
    for name, value in properties.items():
        kind = plain(re.sub("(Id|Name|Arn)s?$", "", name))
        for item in value if isinstance(value, list) else [value]:
            if kind in kinds and isinstance(item, str) and item and not item.startswith("arn:"):
                yield kinds[kind].replace("*", item)


def _placed(arn: str, resource: Resource) -> str:
    return (
        arn.replace("${Partition}", "aws").replace("${Region}", resource.region).replace("${Account}", resource.account)
    )
