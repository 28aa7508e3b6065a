"""What a resource type of the sandbox is: how it is made, changed and removed, and how faithful that is.

A module of this package offers `TYPES`, a tuple of `ResourceType`, or `FILLS`, a tuple of `Fill`, or both. Their
functions run in a worker thread while a stack is created, updated or deleted, and reach the emulator's services by
boto3 over HTTP, like any client.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Fidelity(StrEnum):
    """How much of a resource exists in the sandbox."""

    REAL = "real"
    """Made by its service's API; its settings are visible by describe, updated and deleted for real."""
    PARTIAL = "partial"
    """Made by its service's API, but the settings listed in `ResourceType.dropped` do not reach it."""
    RECORDED = "recorded"
    """Checked against its provider schema and remembered; no service API stands behind it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One resource of one stack that is to be made, changed or removed.

    `properties` are resolved (no intrinsic function is left) and have passed the provider schema. `client`
    gives a boto3 client of the named service at the emulator's endpoint, acting in `account` and `region` as the
    account's root; that of `as_caller` acts as whoever asked for the stack.
    """

    logical_id: str
    properties: Mapping[str, Any]
    stack_name: str
    account: str
    region: str
    client: Callable[[str], Any]
    as_caller: Callable[[str], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A resource that exists: what `Ref` gives (`physical_id`) and what `Fn::GetAtt` gives (`attributes`)."""

    physical_id: str
    attributes: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceType:
    """One CloudFormation resource type.

    Any exception of `create`, `update` or `delete` fails the resource, its text as the status reason.
    `delete` gets the properties the resource was last made with, and takes no offence at one that is gone.

    `update` gets the new properties in the request, the physical id and the old properties. Without it every
    change replaces the resource: the new one is made first, the old one is deleted when the stack's update
    is complete. A change of a property that the provider schema calls create-only always replaces; `update`
    isn't asked then.

    `dropped` lists the settings that do not reach the service, as property paths
    (`LoggingConfiguration.Level`).
    """

    name: str
    fidelity: Fidelity
    create: Callable[[Request], Made]
    delete: Callable[[Request, str], None]
    update: Callable[[Request, str, Mapping[str, Any]], Made] | None = None
    dropped: tuple[str, ...] = ()
    tagged: bool = False
    """Whether CloudFormation adds the stack's tags to its `Tags`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """Settings that the emulator's own handler of a resource type loses, set after it through the service's API.

    `apply` gets the physical id and the properties before the change, none when the resource is new. An exception
    fails the resource; one that was just made is removed again.
    """

    name: str
    apply: Callable[[Request, str, Mapping[str, Any]], None]
    tagged: bool = False
    """Whether CloudFormation adds the stack's tags to its `Tags` and the emulator doesn't."""
