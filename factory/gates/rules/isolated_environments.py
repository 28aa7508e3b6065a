"""House rule: environments reach each other only where a contract says so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from factory.gates import house, openness, settings
from factory.gates.resources import Resource


class IsolatedEnvironments(house.HouseRule):
    """No network or resource is connected to, or shared with, another account unless a contract value names it."""

    id = "E9808"
    shortdesc = "Environments are isolated"
    description = "A way between two environments lets a mistake in dev, or whoever broke into it, reach prod."
    source_url = (
        "https://docs.aws.amazon.com/whitepapers/latest/organizing-your-aws-environment/"
        "benefits-of-using-multiple-aws-accounts.html"
    )
    mend = "Leave the connection out, or require the other side as a contract value that the platform provides."
    controls = (
        "nist-800-53/AC-4",
        "nist-800-53/SC-7",
        "soc2/CC6.1",
        "soc2/CC6.6",
        "pci-dss/6.5.3",
        "pci-dss/1.4.1",
    )
    types = frozenset(
        {
            "AWS::EC2::TransitGateway",
            "AWS::EC2::VPCEndpointService",
            "AWS::EC2::VPCEndpointServicePermissions",
            "AWS::EC2::VPCPeeringConnection",
            "AWS::RAM::ResourceShare",
        }
    )

    def check(self, resource: Resource) -> Iterator[house.Problem]:
        """Look at who is on the other side."""
        match resource.type:
            case "AWS::EC2::TransitGateway":
                if resource.get("AutoAcceptSharedAttachments") not in (None, "disable"):
                    yield house.Problem(
                        message="every account that it is shared with may connect", at="AutoAcceptSharedAttachments"
                    )
            case "AWS::EC2::VPCEndpointService":
                if settings.is_off(resource.get("AcceptanceRequired")):
                    yield house.Problem(message="whoever asks is let in", at="AcceptanceRequired")
            case "AWS::EC2::VPCEndpointServicePermissions":
                yield from _strangers(resource, "AllowedPrincipals")
            case "AWS::EC2::VPCPeeringConnection":
                yield from _strangers(resource, "PeerOwnerId")
            case _:
                yield from _strangers(resource, "Principals")
                # Sharing beyond the organization is on unless it is switched off.
                if not settings.is_off(resource.get("AllowExternalPrincipals")):
                    yield house.Problem(
                        message="accounts outside the organization may be let in", at="AllowExternalPrincipals"
                    )


def _strangers(resource: Resource, path: str) -> Iterator[house.Problem]:
    for value in resource.items(path):
        if not _is_ours(value, resource):
            yield house.Problem(message=f"{value} is another account", at=path)


def _is_ours(value: Any, resource: Resource) -> bool:
    return openness.audience("AWS", value, resource.world) is openness.Audience.OWN_ACCOUNT
