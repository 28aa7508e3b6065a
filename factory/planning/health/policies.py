"""IAM policies in a form in which two that say the same are the same."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

Statements = tuple[str, ...]
"""The statements of a policy as JSON, sorted, with lists in order and single values as lists."""

_ROOT = re.compile(r"arn:[a-z-]+:iam::(\d{12}):root")
_LISTS = ("Action", "NotAction", "Resource", "NotResource")


def statements(policy: str | Mapping[str, Any]) -> Statements:
    """The statements of a policy document. An account and its root are the same principal, as IAM has it."""
    document = json.loads(policy) if isinstance(policy, str) else policy
    return tuple(sorted({_text(_statement(statement)) for statement in _listed(document.get("Statement"))}))


def allowed(held: Iterable[str]) -> list[tuple[frozenset[str], frozenset[str]]]:
    """Actions and resources of each statement that allows something on no condition."""
    read = (json.loads(text) for text in held)
    return [
        (frozenset(statement.get("Action", ())), frozenset(statement.get("Resource", ())))
        for statement in read
        if statement["Effect"] == "Allow" and not statement.get("Condition")
    ]


def document(held: Statements) -> str:
    """A policy document of these statements."""
    return json.dumps({"Version": "2012-10-17", "Statement": [json.loads(text) for text in held]})


def _statement(statement: Mapping[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = {}
    for name, value in statement.items():
        if name in _LISTS:
            plain[name] = sorted({str(item) for item in _listed(value)})
        elif name in {"Principal", "NotPrincipal"}:
            plain[name] = _principals(value)
        elif name == "Condition":
            plain[name] = {
                operator: {key: sorted(_scalar(item) for item in _listed(wanted)) for key, wanted in keys.items()}
                for operator, keys in value.items()
            }
        else:
            plain[name] = value
    return plain


def _principals(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return {"AWS": [str(value)]}
    return {kind: sorted({_principal(str(item)) for item in _listed(named)}) for kind, named in value.items()}


def _principal(text: str) -> str:
    root = _ROOT.fullmatch(text)
    return root[1] if root else text


def _scalar(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)
