"""House rule: people and machines work with roles, not with users."""

from __future__ import annotations

from collections.abc import Iterator

from factory.gates import house
from factory.gates.resources import Resource


class IamUsers(house.HouseRule):
    """No IAM users, access keys, or policies of users."""

    id = "E9309"
    shortdesc = "No IAM users or access keys"
    description = "A user's key or password lasts until somebody takes it away, and is used by whoever finds it."
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#bp-users-federation-idp"
    mend = "Make a role: parts.roles.service_role for a service, a federated one for people and pipelines."
    controls = (
        "nist-800-53/AC-2",
        "nist-800-53/AC-3",
        "nist-800-53/IA-5",
        "soc2/CC6.1",
        "soc2/CC6.2",
        "cis-aws/1.15",
        "pci-dss/8.6.1",
    )
    types = frozenset(
        {
            "AWS::IAM::AccessKey",
            "AWS::IAM::User",
            "AWS::IAM::UserPolicy",
            "AWS::IAM::UserToGroupAddition",
        }
    )

    def check(self, resource: Resource) -> Iterator[house.Problem]:
        """That it is there is the finding."""
        yield house.Problem(message=f"{resource.type} gives somebody lasting credentials")
