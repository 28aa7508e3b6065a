"""House rule: other accounts are let in under a condition, and nobody trusts everybody."""

from __future__ import annotations

from collections.abc import Iterator

from factory.gates import house, openness, policies, reach
from factory.gates.resources import Resource

# What ties the account that is let in to this platform, or says who of it is meant (IAM User Guide, "Access to AWS
# accounts owned by third parties" and "AWS global condition context keys"; AWS Organizations User Guide, "Permissions
# for external access").
_OF_TRUST = ("sts:externalid", "aws:principalarn", "aws:principalorgid", "aws:principalorgpaths")


class ForeignAccounts(policies.PolicyRule):
    """No policy lets in another account but under a condition that says who of it, and no role trusts everybody."""

    id = "E9306"
    shortdesc = "Other accounts come in under conditions"
    description = (
        "Another account that is let in without a condition decides alone who uses this environment; a role that "
        "trusts everybody is one for every customer of AWS."
    )
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html"
    mend = (
        "Name this account, a service or a role; where another account is meant, add StringEquals on "
        "aws:PrincipalOrgID, or in a trust policy on sts:ExternalId, or ArnLike on aws:PrincipalArn."
    )
    controls = (
        "nist-800-53/AC-3",
        "nist-800-53/AC-4",
        "nist-800-53/AC-6",
        "nist-800-53/SC-7",
        "soc2/CC6.1",
        "soc2/CC6.6",
        "pci-dss/7.2.1",
    )
    purposes = frozenset({policies.Purpose.TRUST, policies.Purpose.RESOURCE})

    def check_statement(self, resource: Resource, statement: policies.Statement) -> Iterator[house.Problem]:
        """Look at who is let in, and what confines them."""
        if not statement.allows:
            return
        world, name = resource.world, policies.named(statement)
        found = openness.audiences(statement, world)
        trusts = statement.purpose is policies.Purpose.TRUST
        narrowing = _OF_TRUST if trusts else (*_OF_TRUST, *openness.NARROWING)
        if reach.confining(statement, narrowing, world):
            return
        if trusts and openness.Audience.EVERYBODY in found:
            yield house.Problem(message=f"{name} lets everybody in")
        for value in found.get(openness.Audience.OTHER_ACCOUNT, ()):
            yield house.Problem(message=f"{name} lets {value} in without a condition that says who of it is meant")
