"""Which IAM actions the handlers of a resource type name, and on what resources IAM lets an action be allowed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cache
from typing import Any

from factory.authoring.schemas import schema


class Handler(StrEnum):
    """What a resource provider is asked to do."""

    CREATE = "create"
    READ = "read"
    UPDATE = "update"
    DELETE = "delete"


@cache
def handler_actions(resource_type: str, handler: Handler) -> tuple[str, ...]:
    """The actions that a handler names in the provider schema, in its order; none for a custom resource.

    A few handlers name actions that IAM does not know; they are left out. Raises KeyError for an unknown type.
    """
    return _known(_schema(resource_type).get("handlers", {}).get(handler, {}).get("permissions", ()))


@cache
def tagging_actions(resource_type: str) -> tuple[str, ...]:
    """The actions that the provider schema names for tagging; none where the type takes no tags."""
    return _known(_schema(resource_type).get("tagging", {}).get("permissions") or ())


@cache
def arn_formats(action: str) -> Mapping[str, tuple[str, ...]]:
    """The kinds of resources on which an action can be allowed, each with its ARNs (Service Authorization Reference).

    `${Partition}`, `${Region}` and `${Account}` stand for themselves, and `*` for the rest. An action without any
    kind can be allowed on `*` only.
    """
    service, _, name = action.partition(":")
    specification = _specification()[service]
    # Actions name kinds with capitals, by which the kinds themselves are not always found.
    resources = {kind.lower(): body for kind, body in (specification.get("Resources") or {}).items()}
    return {
        kind.lower(): tuple(arn.replace(".*", "*") for arn in resources[kind.lower()]["ARNFormats"])
        for kind in specification["Actions"][name.lower()].get("Resources", ())
        if kind.lower() in resources
    }


def _schema(resource_type: str) -> Mapping[str, Any]:
    return {} if resource_type.startswith("Custom::") else schema(resource_type)


def _known(actions: Iterable[str]) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(
            action
            for action in actions
            if action.partition(":")[2].lower() in _names().get(action.partition(":")[0], frozenset())
        )
    )


@cache
def _names() -> Mapping[str, frozenset[str]]:
    return {
        service: frozenset(name.lower() for name in body.get("Actions", {}))
        for service, body in _specification().items()
        if isinstance(body, dict)
    }


@cache
def _specification() -> Mapping[str, Any]:
    from cfnlint.data import AdditionalSpecs
    from cfnlint.helpers import load_resource

    found: Mapping[str, Any] = load_resource(AdditionalSpecs, "Policies.json")
    return found
