"""House rule: in production, people prove who they are twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from factory.gates import house, openness, policies, reach
from factory.gates.resources import Resource

_MFA = "aws:multifactorauthpresent"
# How sure the identity provider is of somebody; keys of STS know nothing of MFA where SAML comes in between (IAM User
# Guide, "Available keys for SAML-based AWS STS federation").
_BY_SAML = ("saml:edupersonassurance",)


class MfaForPeople(policies.PolicyRule):
    """In production, a role that people take on demands multi-factor authentication."""

    id = "E9313"
    shortdesc = "MFA for people in production"
    description = "A stolen password is enough to take on the role, and with it to reach production."
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html"
    mend = (
        "Add Bool({'aws:MultiFactorAuthPresent': 'true'}) to the trust policy, or name a role instead of the account."
    )
    controls = (
        "nist-800-53/IA-2(1)",
        "nist-800-53/IA-2(2)",
        "soc2/CC6.1",
        "cis-aws/1.10",
        "pci-dss/8.4.1",
        "pci-dss/8.4.2",
    )
    purposes = frozenset({policies.Purpose.TRUST})

    def check_statement(self, resource: Resource, statement: policies.Statement) -> Iterator[house.Problem]:
        """Look at principals behind which people may stand: an account, a user, an identity provider of people."""
        world = resource.world
        people = [value for kind, value in statement.principals if _is_people(kind, value, resource)]
        if not statement.allows or not people or not world.is_production:
            return
        if _demands_mfa(statement) or reach.confining(statement, _BY_SAML, world):
            return
        # A condition on the role that acts leaves only who holds that role.
        roles = reach.confining(statement, ("aws:principalarn",), world)
        if roles and all(":role/" in str(value) or "⟦" in str(value) for value in roles):
            return
        for value in people:
            yield house.Problem(message=f"{policies.named(statement)} lets {value} in without MFA")


def _is_people(kind: str, value: Any, resource: Resource) -> bool:
    text = reach.spelled(value, resource.world)
    if kind == "Federated":
        return ":saml-provider/" in text or (not isinstance(value, str) and ":oidc-provider/" not in text)
    if kind not in {"AWS", "*"}:
        return False
    if text.isdigit() or text == reach.OWN_ACCOUNT or text.endswith(":root") or ":user/" in text:
        return True
    return openness.audience(kind, value, resource.world) is openness.Audience.EVERYBODY


def _demands_mfa(statement: policies.Statement) -> bool:
    """With `BoolIfExists`, long-lived keys would pass, which carry no such key."""
    return any(
        operator.lower() == "bool" and key == _MFA and str(value).lower() in {"true", "['true']"}
        for operator, key, value in statement.conditions
    )
