"""Whom a statement lets in: this account, a service, a federation, other accounts, or everybody."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from factory.gates import reach
from factory.gates.policies import Statement
from factory.gates.unknowns import Given, Opaque
from factory.gates.worlds import World


class Audience(StrEnum):
    """Who a principal of a policy is."""

    EVERYBODY = "everybody"
    OTHER_ACCOUNT = "another account"
    OWN_ACCOUNT = "this account"
    SERVICE = "an AWS service"
    FEDERATION = "an identity provider"


NARROWING = (
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceip",
    "aws:sourceorgid",
    "aws:sourceorgpaths",
    "aws:sourceowner",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:userid",
    "elasticfilesystem:accessedviamounttarget",
    "elasticfilesystem:accesspointarn",
    "kms:calleraccount",
    "s3:dataaccesspointaccount",
    "s3:dataaccesspointarn",
    "sns:endpoint",
)
"""Condition keys that make a statement for everybody one for some (Amazon S3 User Guide, "The meaning of public";
Amazon EFS User Guide, "Blocking public access to file systems")."""


def audience(kind: str, value: Any, world: World) -> Audience:
    """Who a principal is, by its kind (`AWS`, `Service`, `Federated`, `CanonicalUser`, `*`) and value.

    What whoever launches may choose counts as the widest that it may be; what a contract hands over is this platform's.
    """
    if kind == "Service":
        return Audience.SERVICE
    if kind == "Federated":
        return Audience.FEDERATION
    if isinstance(value, Opaque):
        # A role or a distribution of this very template, or the account itself.
        return Audience.OTHER_ACCOUNT if value.name.startswith("Fn::") else Audience.OWN_ACCOUNT
    if isinstance(value, Given):
        if value.of_contract:
            return Audience.OWN_ACCOUNT
        return Audience.EVERYBODY if value.admits("*") else Audience.OTHER_ACCOUNT
    match world.unknowns(value):
        case [Opaque() as only] if str(only) == value:
            return audience(kind, only, world)
    text = reach.spelled(value, world)
    account = text.split(":")[4] if text.count(":") >= 5 else text
    if "*" in account:
        return Audience.EVERYBODY
    # An origin access identity of CloudFront is named as a user of the account `cloudfront`.
    return Audience.OWN_ACCOUNT if account in {reach.OWN_ACCOUNT, "cloudfront"} else Audience.OTHER_ACCOUNT


def audiences(statement: Statement, world: World) -> dict[Audience, list[Any]]:
    """The principals of a statement by who they are; everybody but some is everybody."""
    found: dict[Audience, list[Any]] = {}
    for kind, value in statement.principals:
        found.setdefault(audience(kind, value, world), []).append(value)
    if statement.has_not_principal:
        found.setdefault(Audience.EVERYBODY, []).append("NotPrincipal")
    return found


def is_narrowed(statement: Statement, world: World) -> bool:
    """Whether a condition says who of everybody is meant."""
    return bool(reach.confining(statement, NARROWING, world))


def is_open(statement: Statement, world: World) -> bool:
    """Whether a statement grants something to everybody, whoever they are."""
    is_everybodys = Audience.EVERYBODY in audiences(statement, world)
    return statement.allows and is_everybodys and not is_narrowed(statement, world)
