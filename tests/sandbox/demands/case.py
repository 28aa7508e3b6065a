"""One behaviour of a service: a resource that it refuses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple


class Case(NamedTuple):
    """`what` is refused of a resource `type`, for these `properties`, with a message that has `says` in it."""

    type: str
    what: str
    properties: dict[str, Any]
    says: str


GONE = {"Fn::Sub": "arn:aws:iam::{Account}:role/gone"}
ROOT = {"Fn::Sub": "arn:aws:iam::{Account}:root"}


def document(**statement: Any) -> dict[str, Any]:
    """A policy of one statement."""
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]}


def allow(count: int = 1) -> dict[str, Any]:
    """A policy about so many objects."""
    return document(Action="s3:GetObject", Resource=[f"arn:aws:s3:::it/{number:06}" for number in range(count)])


def of(service: str, cases: Iterable[Case]) -> Iterator[Case]:
    """The cases of a service, by the full names of their types."""
    return (case._replace(type=f"AWS::{service}::{case.type}") for case in cases)


def filled(node: Any, standing: dict[str, str]) -> Any:
    """Put what stands in place of references to it (`Ref`, and `{Name}` in `Fn::Sub`)."""
    if isinstance(node, list):
        return [filled(item, standing) for item in node]
    if not isinstance(node, dict):
        return node
    if set(node) == {"Ref"}:
        return standing[node["Ref"]]
    if set(node) == {"Fn::Sub"}:
        return node["Fn::Sub"].format_map(standing)
    return {key: filled(value, standing) for key, value in node.items()}
