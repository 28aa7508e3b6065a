"""How far policies reach: which of their texts amount to everything, and which conditions confine them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from factory.gates.policies import Statement
from factory.gates.unknowns import Given, Opaque
from factory.gates.worlds import World

_BRACKETED = re.compile("⟦[^⟧]+⟧")
_WILD = re.compile("[*?]")
# All of a kind, such as `repository/*` or `log-group:*`; API Gateway's kinds begin with a slash.
_ALL_OF_A_KIND = re.compile("/?[A-Za-z-]+[/:][*?/:]*[*?][*?/:]*")
_ARN_PARTS = 6
# In what it stands for there is no wildcard, and nothing by which ARNs are taken apart.
_SPECIFIC = "x"
OWN_ACCOUNT = "own-account"
"""What stands for this account's id in a text that is spelled out."""

_POSITIVE = re.compile("(foranyvalue:)?(string(equals|like|equalsignorecase)|arn(equals|like)|ipaddress|bool)")


def spelled(value: Any, world: World) -> str:
    """A value as a text in which a wildcard stands for every piece that a launch may make one.

    What is known only later holds no wildcard; this account's id is `OWN_ACCOUNT`.
    """
    if isinstance(value, Given | Opaque):
        return _spelled(value)
    if not isinstance(value, str):
        return "*" if value is None else str(value)
    unknown = iter(world.unknowns(value))
    return _BRACKETED.sub(lambda _: _spelled(next(unknown)), value)


def is_everything(resource: Any, world: World) -> bool:
    """Whether a `Resource` of a policy means all resources, or all of one kind."""
    text = spelled(resource, world)
    if not text.startswith("arn:"):
        return bool(_WILD.match(text))
    parts = text.split(":", _ARN_PARTS - 1)
    if len(parts) < _ARN_PARTS or _WILD.search(parts[2]):
        return bool(_WILD.search(text))
    name = parts[-1]
    if name.strip("*?/:") == "":
        return True
    # The resources of S3 are named without their kind.
    return parts[2] != "s3" and bool(_ALL_OF_A_KIND.fullmatch(name))


def is_specific(value: Any, world: World) -> bool:
    """Whether a value of a condition confines: it names something, with wildcards at most behind the name."""
    text = spelled(value, world)
    if text.startswith("arn:"):
        parts = text.split(":", _ARN_PARTS - 1)
        if len(parts) < _ARN_PARTS or _WILD.search(parts[4]):
            return False
        return bool(parts[4]) or (bool(parts[5]) and not _WILD.match(parts[5]))
    return text not in {"", "0.0.0.0/0", "::/0", "false"} and not _WILD.search(text.partition("/")[0])


def confining(statement: Statement, keys: Iterable[str], world: World) -> list[Any]:
    """The values to which a statement's conditions hold any of these keys (lower case, `x/*` for all under x).

    Conditions that also hold where the key is not there, or that only exclude, confine nothing.
    """
    wanted = list(keys)
    found: list[Any] = []
    for operator, key, values in statement.conditions:
        listed = values if isinstance(values, list) else [values]
        positive = _POSITIVE.fullmatch(operator.lower()) is not None
        if positive and _is_among(key, wanted) and listed and all(is_specific(value, world) for value in listed):
            found += listed
    return found


def _is_among(key: str, wanted: list[str]) -> bool:
    return any(key.startswith(item[:-1]) if item.endswith("*") else key == item for item in wanted)


def _spelled(value: Given | Opaque) -> str:
    if isinstance(value, Opaque):
        return OWN_ACCOUNT if value.name == "AWS::AccountId" else _SPECIFIC
    # Of a piece, the pattern is asked for the character and not for the text.
    piece = value.cut(" anywhere")
    return "*" if piece.admits("*") or piece.admits("?") else _SPECIFIC
