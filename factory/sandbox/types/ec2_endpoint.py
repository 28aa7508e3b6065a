"""VPC endpoints: what the emulator's own loses of their template."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from factory.sandbox.types.arguments import text, truth
from factory.sandbox.types.plugin import Fill, Request


def _fill_endpoint(request: Request, endpoint_id: str, old: Mapping[str, Any]) -> None:
    new = request.properties
    changes: dict[str, Any] = {}
    groups, before = new.get("SecurityGroupIds") or [], old.get("SecurityGroupIds") or []
    if added := [group for group in groups if group not in before]:
        changes["AddSecurityGroupIds"] = added
    if removed := [group for group in before if group not in groups]:
        changes["RemoveSecurityGroupIds"] = removed
    if new.get("PolicyDocument") != old.get("PolicyDocument"):
        policy = new.get("PolicyDocument")
        changes |= {"PolicyDocument": text(policy)} if policy else {"ResetPolicy": True}
    if new.get("PrivateDnsEnabled") != old.get("PrivateDnsEnabled"):
        changes["PrivateDnsEnabled"] = truth(new.get("PrivateDnsEnabled", False))
    if changes:
        request.client("ec2").modify_vpc_endpoint(VpcEndpointId=endpoint_id, **changes)


FILLS = (Fill(name="AWS::EC2::VPCEndpoint", apply=_fill_endpoint),)
