"""A role's trust policy: whether it lets a service of AWS in."""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping
from typing import Any

_SERVICE_CATALOG = "servicecatalog.amazonaws.com"


def trusts(policy: Any, launching_account: str, *, service: str = _SERVICE_CATALOG) -> bool:
    """Whether a trust policy lets a service in; a policy that is not even JSON arrives as text and does not."""
    return any(
        statement.get("Effect") == "Allow"
        and service in _listed(_mapping(statement.get("Principal")).get("Service"))
        and any(fnmatch.fnmatchcase("sts:AssumeRole", str(action)) for action in _listed(statement.get("Action")))
        and _admits(_mapping(statement.get("Condition")), launching_account)
        for statement in map(_mapping, _listed(_mapping(policy).get("Statement")))
    )


def _admits(condition: Mapping[str, Any], launching_account: str) -> bool:
    """Whether a condition on aws:SourceAccount lets the account in; other condition keys are not looked at."""
    wanted = [
        accounts
        for operator in ("StringEquals", "StringLike")
        for key, accounts in _mapping(condition.get(operator)).items()
        if key.lower() == "aws:sourceaccount"
    ]
    return all(
        any(fnmatch.fnmatchcase(launching_account, str(account)) for account in _listed(accounts))
        for accounts in wanted
    )


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
