"""What parliament, a linter of IAM policies by others, says about a policy document."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import parliament

REGION = "eu-west-1"
ACCOUNT = "111122223333"
_PLACEHOLDER = re.compile(r"\$\{[^}]+\}")
ROLE = f"arn:aws:iam::{ACCOUNT}:role/any"


def findings(document: Mapping[str, Any]) -> list[str]:
    """Its findings on a policy document without functions, as `ISSUE detail`; none twice."""
    policy = parliament.analyze_policy_string(json.dumps({**document, "Statement": list(_statements(document))}))
    return sorted({f"{found.issue} {_plain(found.detail)}" for found in policy.findings})


def arn_of(service: str, kind: str) -> str | None:
    """An ARN of a kind of resource (`sqs`, `queue`), names and all; None where IAM knows no such kind."""
    for definition in parliament.iam_definition:
        for resource in definition["resources"]:
            if definition["prefix"] == service and resource["resource"].replace("-", "") == kind.replace("-", ""):
                return _filled(resource["arn"])
    return None


def arn_for(action: str) -> str | None:
    """An ARN on which an action can be allowed; None where it can be on `*` only."""
    service, _, name = action.partition(":")
    for definition in parliament.iam_definition:
        for privilege in definition["privileges"] if definition["prefix"] == service else ():
            kinds = [item["resource_type"].rstrip("*") for item in privilege["resource_types"]]
            if privilege["privilege"].lower() == name.lower() and kinds[0]:
                return arn_of(service, kinds[0])
    return None


def _statements(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    statements = document["Statement"]
    for statement in statements if isinstance(statements, list) else [statements]:
        # The policies of roles and of repositories are about what carries them and have no resource, which parliament
        # demands of every statement.
        has_resource = "Resource" in statement or "NotResource" in statement
        yield dict(statement) if has_resource else {**statement, "Resource": arn_for(statement["Action"][0]) or ROLE}


def _filled(arn: str) -> str:
    known = {"${Partition}": "aws", "${Region}": REGION, "${Account}": ACCOUNT}
    return _PLACEHOLDER.sub(lambda match: known.get(match[0], "name"), arn)


def _plain(detail: Any) -> str:
    return detail if isinstance(detail, str) else json.dumps(detail, sort_keys=True)
