"""House rule: no resource's policy opens it to everybody."""

from __future__ import annotations

from collections.abc import Iterator

from factory.gates import house, openness, policies
from factory.gates.resources import Resource


class PublicPolicies(policies.PolicyRule):
    """No resource's policy allows everybody something, unless a condition names accounts, networks or resources."""

    id = "E9107"
    shortdesc = "No policies for everybody"
    description = "A policy for every principal lets in every AWS account of the world, and often those without one."
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html"
    mend = "Name the principal (allow(..., to=Principal(...))), or narrow it with own_account() or only_for(...)."
    controls = (
        "nist-800-53/AC-3",
        "nist-800-53/AC-6",
        "nist-800-53/AC-21",
        "nist-800-53/SC-7",
        "soc2/CC6.1",
        "soc2/CC6.3",
        "pci-dss/1.4.4",
        "gdpr/25",
        "platform/least-privilege",
    )
    purposes = frozenset({policies.Purpose.RESOURCE})

    def check_statement(self, resource: Resource, statement: policies.Statement) -> Iterator[house.Problem]:
        """Look at who is allowed something."""
        # An API without a policy is as open as one for everybody; authorizers and the firewall decide there.
        if resource.type == "AWS::ApiGateway::RestApi":
            return
        if openness.is_open(statement, resource.world):
            what = ", ".join(map(str, statement.actions))
            yield house.Problem(message=f"{policies.named(statement)} allows everybody {what}")
