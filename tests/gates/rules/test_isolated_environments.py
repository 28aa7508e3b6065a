"""House rule E9808: environments reach each other only where a contract says so."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import IF_WANTED, ask, resource

PEERING = "AWS::EC2::VPCPeeringConnection"
SHARE = "AWS::RAM::ResourceShare"
PARAMETERS = {
    **IF_WANTED["Parameters"],
    "Partner": {"Type": "String", "AllowedPattern": r"\d{12}"},
    "Hub": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/platform/main/hub/account"},
}
SECTIONS: dict[str, Any] = {**IF_WANTED, "Parameters": PARAMETERS}


@pytest.mark.parametrize(
    "good",
    [
        resource(PEERING, PeerVpcId={"Ref": "Other"}),
        resource(PEERING, PeerOwnerId={"Ref": "AWS::AccountId"}),
        resource(PEERING, PeerOwnerId={"Ref": "Hub"}),
        resource(SHARE, AllowExternalPrincipals=False, Principals=[{"Ref": "Hub"}]),
        resource("AWS::EC2::TransitGateway"),
        resource("AWS::EC2::VPCEndpointService", AcceptanceRequired=True),
        resource("AWS::EC2::VPCEndpointServicePermissions", AllowedPrincipals=[{"Fn::GetAtt": ["Role", "Arn"]}]),
    ],
)
def test_what_a_contract_names_is_kept(good: dict[str, Any]) -> None:
    assert ask("E9808", good, **SECTIONS) == []


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (resource(PEERING, PeerOwnerId="111122223333"), "111122223333 is another account"),
        (resource(PEERING, PeerOwnerId={"Ref": "Partner"}), "⟦Partner⟧ is another account"),
        (resource(PEERING, PeerOwnerId={"Fn::If": ["IsWanted", {"Ref": "Hub"}, "111122223333"]}), "when Wanted=false"),
        (resource(SHARE, AllowExternalPrincipals=False, Principals=["111122223333"]), "is another account"),
        (resource(SHARE, Principals=[{"Ref": "Hub"}]), "outside the organization"),
        (resource("AWS::EC2::TransitGateway", AutoAcceptSharedAttachments="enable"), "may connect"),
        (resource("AWS::EC2::VPCEndpointService", AcceptanceRequired=False), "whoever asks"),
        (resource("AWS::EC2::VPCEndpointServicePermissions", AllowedPrincipals=["*"]), "* is another account"),
    ],
)
def test_another_account_is_found(bad: dict[str, Any], message: str) -> None:
    (found,) = ask("E9808", bad, **SECTIONS)
    assert message in found
