"""Policy documents: their grammar, which principals they may name, and what they let a service do.

Sources: AWS IAM User Guide, "IAM JSON policy elements reference" and "Grammar of the IAM JSON policy language".
"""

from __future__ import annotations

import fnmatch
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from factory.sandbox.stacks.account import Account

_VERSIONS = ("2008-10-17", "2012-10-17")
_ACTION = re.compile(r"[A-Za-z0-9-]+:[A-Za-z0-9*?]+")
_SID = re.compile(r"[0-9A-Za-z]*")
_COMPARISONS = (
    *("StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"),
    *("StringLike", "StringNotLike", "ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"),
    *("NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals", "NumericGreaterThan"),
    *("NumericGreaterThanEquals", "DateEquals", "DateNotEquals", "DateLessThan", "DateLessThanEquals"),
    *("DateGreaterThan", "DateGreaterThanEquals", "Bool", "BinaryEquals", "IpAddress", "NotIpAddress"),
)
_OPERATOR = re.compile(rf"(?:(?:ForAllValues|ForAnyValue):)?(?:{'|'.join(_COMPARISONS)})(?:IfExists)?|Null")
_IDENTITY = re.compile(
    r"arn:aws:(?:iam|sts)::(?P<account>\d{12}):(?P<kind>role|user|assumed-role)/(?:.+/)?(?P<name>[^/]+)"
)
_OF_ASSUMED_ROLE = re.compile(r"arn:aws:sts::(?P<account>\d{12}):assumed-role/(?P<name>[^/]+)/[^/]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What a kind of policy has: principals and resources or not, and how a service restricts its statements' ids."""

    principal: bool
    resource: bool
    plain_ids: bool = False


IDENTITY = Kind(principal=False, resource=True, plain_ids=True)
TRUST = Kind(principal=True, resource=False, plain_ids=True)
RESOURCE = Kind(principal=True, resource=True)


def statements(document: Any) -> list[Mapping[str, Any]]:
    """Give the statements of a policy, whether it is text or data, and whether it has one or many."""
    if isinstance(document, str):
        try:
            document = json.loads(document)
        except ValueError:
            return []
    given = document.get("Statement") if isinstance(document, Mapping) else None
    return [item for item in listed(given) if isinstance(item, Mapping)]


def listed(value: Any) -> list[Any]:
    """Give a value that may stand alone or in a list as a list."""
    return value if isinstance(value, list) else [] if value is None else [value]


def characters(document: Any) -> int:
    """Give the size of a policy as IAM counts it: without white space (IAM and AWS STS quotas)."""
    text = document if isinstance(document, str) else json.dumps(document, separators=(",", ":"))
    return len(re.sub(r"\s", "", text))


def problem(document: Any, kind: Kind) -> str | None:
    """Give IAM's message for a document that breaks the grammar; None where it keeps it."""
    if isinstance(document, str):
        try:
            document = json.loads(document)
        except ValueError:
            return "Syntax errors in policy."
    if not isinstance(document, Mapping):
        return "Syntax errors in policy."
    if document.get("Version", _VERSIONS[0]) not in _VERSIONS:
        return "Policy document must be version 2012-10-17 or greater."
    parts = statements(document)
    if not parts:
        return "Could not parse the policy: Statement is empty!"
    ids = [str(part["Sid"]) for part in parts if part.get("Sid")]
    if len(set(ids)) < len(ids):
        return "Statement IDs (SID) in a single policy must be unique."
    return next(filter(None, (_statement_problem(part, kind) for part in parts)), None)


def _statement_problem(statement: Mapping[str, Any], kind: Kind) -> str | None:
    if kind.plain_ids and not _SID.fullmatch(str(statement.get("Sid", ""))):
        return (
            "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression "
            "[0-9A-Za-z]*"
        )
    if statement.get("Effect") not in ("Allow", "Deny"):
        return "Missing required field Effect"
    has_principal = bool({"Principal", "NotPrincipal"} & statement.keys())
    if has_principal != kind.principal:
        return (
            "Missing required field Principal" if kind.principal else "Policy document should not specify a principal."
        )
    has_resource = bool({"Resource", "NotResource"} & statement.keys())
    if has_resource and not kind.resource:
        return "Has prohibited field Resource"
    if kind.resource and not [*listed(statement.get("Resource")), *listed(statement.get("NotResource"))]:
        return "Policy statement must contain resources."
    actions = actions_of(statement)
    if not actions:
        return "Policy statement must contain actions."
    if any(action != "*" and not _ACTION.fullmatch(action) for action in actions):
        return "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."
    for resource in (*listed(statement.get("Resource")), *listed(statement.get("NotResource"))):
        if not (resource == "*" or str(resource).startswith(("arn:", "*:", "${"))):
            return f'Resource {resource} must be in ARN format or "*".'
    for operator in statement.get("Condition") or {}:
        if not _OPERATOR.fullmatch(str(operator)):
            return f"Invalid Condition type : {operator}."
    return None


def actions_of(statement: Mapping[str, Any]) -> list[str]:
    """Give the actions that a statement names, or those that it leaves out."""
    return [str(action) for action in (*listed(statement.get("Action")), *listed(statement.get("NotAction")))]


def principals(statement: Mapping[str, Any], kind: str) -> list[str]:
    """Give the principals of a kind (`AWS`, `Service`) that a statement names; `*` stands for everybody."""
    named = statement.get("Principal")
    if named == "*":
        return ["*"]
    return [str(item) for item in listed(named.get(kind))] if isinstance(named, Mapping) else []


def absent_principal(document: Any, account: Account) -> str | None:
    """Give a principal of a policy that names nobody; None if there is none.

    Services resolve roles and users when they take a policy in, in whichever account they are, and roles have no
    patterns (IAM User Guide, "AWS JSON policy elements: Principal").
    """
    for statement in statements(document):
        for principal in principals(statement, "AWS"):
            if not _exists(principal, account):
                return principal
    return None


def _exists(principal: str, account: Account) -> bool:
    if principal == "*" or re.fullmatch(r"(?:arn:aws:iam::)?\d{12}(?::root)?", principal):
        return True
    if session := _OF_ASSUMED_ROLE.fullmatch(principal):
        return _looked_up(account, session["account"], "role", session["name"]) is not None
    found = _IDENTITY.fullmatch(principal)
    if found is None:
        # Users of CloudFront and ids of principals that are gone have forms of their own.
        return not principal.startswith("arn:aws:iam::") or ":cloudfront:" in principal
    return _looked_up(account, found["account"], found["kind"], found["name"]) == principal


def _looked_up(account: Account, owner: str, kind: str, name: str) -> str | None:
    iam = account.clients.get("iam", account=owner, region=account.region)
    try:
        if kind == "user":
            return str(iam.get_user(UserName=name)["User"]["Arn"])
        return str(iam.get_role(RoleName=name)["Role"]["Arn"])
    except ClientError:
        return None


def lets(document: Any, *, service: str, action: str, keys: Mapping[str, str]) -> bool:
    """Tell whether a resource's policy lets a service do something to it.

    `keys` are the condition keys of the request, in lower case; a condition on another one is taken as met.
    """
    return any(
        statement.get("Effect") == "Allow"
        and {"*", service}
        & {*principals(statement, "Service"), *(["*"] if "*" in principals(statement, "AWS") else [])}
        and any(fnmatch.fnmatchcase(action.lower(), given.lower()) for given in actions_of(statement))
        and all(_is_met(statement.get("Condition") or {}, keys))
        for statement in statements(document)
    )


def _is_met(condition: Mapping[str, Any], keys: Mapping[str, str]) -> Iterator[bool]:
    for operator, wanted in condition.items():
        if not re.fullmatch(r"(?:String|Arn)(?:Equals|Like)", str(operator)) or not isinstance(wanted, Mapping):
            continue
        for key, values in wanted.items():
            if (actual := keys.get(str(key).lower())) is not None:
                yield any(fnmatch.fnmatchcase(actual, str(value)) for value in listed(values))


def trusts(role: Mapping[str, Any], service: str) -> bool:
    """Tell whether a role, as IAM describes it, lets a service assume it."""
    return any(
        statement.get("Effect") == "Allow" and service in principals(statement, "Service")
        for statement in statements(role["AssumeRolePolicyDocument"])
    )


def may(account: Account, role_arn: str, action: str, resource: str = "*") -> bool:
    """Tell whether a role of the account may do something; one with a policy of AWS's that isn't known here may."""
    if f"::{account.id}:" not in role_arn:
        return True
    iam, name = account.client("iam"), role_arn.rpartition("/")[2]
    attached = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
    if any(policy["PolicyArn"].startswith("arn:aws:iam::aws:") for policy in attached):
        return True
    answer = iam.simulate_principal_policy(PolicySourceArn=role_arn, ActionNames=[action], ResourceArns=[resource])
    return any(result["EvalDecision"] == "allowed" for result in answer["EvaluationResults"])
