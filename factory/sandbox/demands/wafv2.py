"""AWS WAF: rules in an order.

Source: AWS WAF API Reference (v2), CreateWebACL and "Rule".
"""

from __future__ import annotations

from factory.sandbox.emulator import Resource
from factory.sandbox.stacks.account import Account
from factory.sandbox.types.refusal import RefusedError


def _web_acl(resource: Resource, _account: Account) -> None:
    rules = resource.properties.get("Rules") or ()
    for key in ("Priority", "Name"):
        values = [str(rule[key]) for rule in rules]
        if len(set(values)) < len(values):
            raise RefusedError(
                f"Your request isn't valid: each rule must have a {key.lower()} of its own.",
                code="WAFInvalidParameterException",
            )


DEMANDS = {"AWS::WAFv2::WebACL": _web_acl}
