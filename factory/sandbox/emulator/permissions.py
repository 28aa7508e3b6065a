"""What a caller's IAM policies let it do, judged by ministack's evaluator."""

from __future__ import annotations

import contextvars
import re
from collections.abc import Callable, Mapping
from enum import Enum
from functools import cache
from typing import Any

_SESSION = re.compile(r"arn:aws:sts::(?P<account>\d{12}):assumed-role/(?P<name>[^/]+)/.+")


class Decision(Enum):
    """What policies say about a request; the value is the reason as AWS words it."""

    ALLOWED = ""
    UNALLOWED = "because no identity-based policy allows the {action} action"
    UNBOUNDED = "because no permissions boundary allows the {action} action"
    DENIED = "with an explicit deny in an identity-based policy"


class Principal:
    """A role's session or a user, and its policies as they stood when it was looked up.

    They are its identity-based policies (inline and managed), its permissions boundary and its session policies.
    Policies of resources are not looked at. `keys` are its condition keys, such as its tags, in lower case.
    """

    def __init__(self, found: Any, access_key: str) -> None:
        self.access_key = access_key
        self.arn: str = found.arn
        self.account: str = found.account
        self.keys: Mapping[str, Any] = found.keys
        self._found = found
        self._layers: dict[str, list[list[Any]]] = {}

    def decide(self, action: str, arn: str, *, exact: bool, region: str, context: Mapping[str, Any]) -> Decision:
        """Judge an action on a resource; `context` holds condition keys in lower case, a key that lacks is absent.

        Unless `exact`, `arn` is a pattern of what the ARN may turn out to be: what the policies allow for some ARN of
        that pattern is allowed, and denied is what they deny for every one.
        """
        identity, *limits = self._about(action)
        decision = self._decide(action, arn, region, context, identity, limits)
        if exact or decision in (Decision.ALLOWED, Decision.DENIED):
            return decision
        named = {
            pattern
            for layer in (identity, *limits)
            for statement in layer
            if statement.effect == "Allow"
            for pattern in statement.resources
        }
        possible = (pattern for pattern in sorted(named) if overlap(pattern, arn))
        tried = (self._decide(action, one, region, context, identity, limits) for one in possible)
        return next((found for found in tried if found is Decision.ALLOWED), decision)

    def _decide(
        self,
        action: str,
        arn: str,
        region: str,
        context: Mapping[str, Any],
        identity: list[Any],
        limits: list[list[Any]],
    ) -> Decision:
        from ministack.core.iam_evaluator import EvalContext, evaluate

        request = EvalContext(
            principal_arn=principal_arn(self.arn),
            principal_type=self._found.type,
            principal_account=self.account,
            action=action,
            resource_arn=arn,
            region=region,
            service_context=dict(context),
            principal_keys=self._found.keys,
        )
        match evaluate(request, [identity], *([limit] for limit in limits)).decision:
            case "Allow":
                return Decision.ALLOWED
            case "Deny":
                return Decision.DENIED
            case _:
                alone = evaluate(request, [identity]).decision == "Allow"
                return Decision.UNBOUNDED if alone else Decision.UNALLOWED

    def _about(self, action: str) -> list[list[Any]]:
        """Give the statements of each layer that are about an action: a role has hundreds of patterns of actions."""
        from ministack.core.iam_evaluator import _action_matches

        if action not in self._layers:
            self._layers[action] = [
                [
                    statement
                    for document in layer
                    for statement in document
                    if _action_matches(action, statement.actions, statement.not_actions)
                ]
                for layer in (self._found.policies, *self._found.limits)
            ]
        return self._layers[action]


class Lookup:
    """Looks a caller up when it is first asked for: most requests need no policies."""

    def __init__(self, access_key: str) -> None:
        self._access_key = access_key
        self._found: list[Principal | None] = []

    def __call__(self) -> Principal | None:
        """Give the principal; None for an account's root, which may do everything, and for an unknown key."""
        if not self._found:
            self._found.append(contextvars.copy_context().run(self._resolve))
        return self._found[0]

    def _resolve(self) -> Principal | None:
        from ministack.core.iam_evaluator import PrincipalInfo, resolve_principal
        from ministack.core.responses import get_account_id, set_request_account_id

        set_request_account_id(self._access_key)
        found = resolve_principal(self._access_key, get_account_id())
        if isinstance(found, PrincipalInfo) and found.policies is not None:
            return Principal(found, self._access_key)
        return None


def principal_arn(arn: str) -> str:
    """What `aws:PrincipalArn` is of a caller: of a role's session, the role's ARN. Its path is not known then."""
    found = _SESSION.fullmatch(arn)
    return f"arn:aws:iam::{found['account']}:role/{found['name']}" if found else arn


Caller = Callable[[], Principal | None]
"""Gives who acts, None for an account's root."""


def overlap(pattern: str, arn: str) -> bool:
    """Tell whether a policy's pattern can match an ARN of which parts are open.

    In the pattern, `*` is any text and `?` any character; in the ARN, `*` is any text without a colon.
    """

    @cache
    def meet(i: int, j: int) -> bool:
        if i == len(pattern) and j == len(arn):
            return True
        if i < len(pattern) and pattern[i] == "*":
            return meet(i + 1, j) or (j < len(arn) and meet(i, j + 1))
        if j < len(arn) and arn[j] == "*":
            return meet(i, j + 1) or (i < len(pattern) and pattern[i] != ":" and meet(i + 1, j))
        if i == len(pattern) or j == len(arn):
            return False
        return pattern[i] in ("?", arn[j]) and meet(i + 1, j + 1)

    return meet(0, 0)
