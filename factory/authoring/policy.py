"""IAM policy documents on awacs, with the conditions that every one of them needs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from awacs.aws import (
    Action,
    Allow,
    ArnLike,
    Bool,
    Condition,
    Deny,
    PolicyDocument,
    Principal,
    Statement,
    StringEquals,
)
from awacs.sts import AssumeRole
from troposphere import AccountId, If, NoValue, Split, Sub

from factory.authoring.sources import is_sourceless

__all__ = ["allow", "deny_plain_http", "document", "only_for", "own_account", "service_trust", "where"]


def document(*statements: Statement | If) -> PolicyDocument:
    """A policy document of these statements."""
    policy = PolicyDocument(Version="2012-10-17")
    # Written past awacs' own check, which knows no statement that is there under a condition only.
    policy.properties["Statement"] = list(statements)
    return policy


def where(condition: str, statement: Statement) -> If:
    """The statement, in launches for which a condition of the template holds."""
    return If(condition, statement, NoValue)


def allow(
    sid: str,
    actions: Iterable[Action],
    on: Any | None,
    *,
    to: Principal | None = None,
    when: Iterable[Any] = (),
) -> Statement:
    """Allow actions on resources (one, a list, or a `Split`), to a principal where the policy belongs to a resource.

    `on` None names no resource, for services whose policies are about what carries them and may not say so.
    """
    parts: dict[str, Any] = {"Sid": sid, "Effect": Allow, "Action": list(actions)}
    if on is not None:
        parts["Resource"] = on if isinstance(on, list | Split) else [on]
    if to is not None:
        parts["Principal"] = to
    if conditions := list(when):
        parts["Condition"] = Condition(conditions)
    return Statement(**parts)


def own_account() -> StringEquals:
    """The condition that a service acts for this very account (the confused-deputy guard of the IAM User Guide)."""
    return StringEquals({"aws:SourceAccount": AccountId})


def only_for(*arns: str) -> ArnLike:
    """The condition that a service acts for one of these ARNs, given as `Fn::Sub` texts."""
    patterns = [Sub(arn) for arn in arns]
    return ArnLike({"aws:SourceArn": patterns if len(patterns) > 1 else patterns[0]})


def service_trust(service: str, *conditions: Any) -> PolicyDocument:
    """Who may take on a role: one AWS service, for this account and under these further conditions.

    Services that do not say for which account they act (`factory.authoring.sources`) are not asked.
    """
    principal = f"{service}.amazonaws.com"
    parts: dict[str, Any] = {"Effect": Allow, "Principal": Principal("Service", principal), "Action": [AssumeRole]}
    if asked := [*([] if is_sourceless(principal) else [own_account()]), *conditions]:
        parts["Condition"] = Condition(asked)
    return document(Statement(**parts))


def deny_plain_http(actions: Iterable[Action], on: Any) -> Statement:
    """Refuse every request that does not come over TLS."""
    return Statement(
        Sid="DenyPlainHttp",
        Effect=Deny,
        Principal=Principal("*"),
        Action=list(actions),
        Resource=on if isinstance(on, list) else [on],
        Condition=Condition(Bool({"aws:SecureTransport": "false"})),
    )
