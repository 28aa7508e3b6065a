"""Rules of a security group that are resources of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from factory.sandbox.types.arguments import arguments
from factory.sandbox.types.plugin import Fidelity, Made, Request, ResourceType
from factory.sandbox.types.refusal import RefusedError


def _permission(request: Request, *, peer_group: str, prefix_list: str) -> dict[str, Any]:
    """Give the rule as an `IpPermission`; the names of the two peers differ between ingress and egress."""
    properties = request.properties
    note = {"Description": properties["Description"]} if properties.get("Description") else {}
    permission: dict[str, Any] = {
        key: properties[key] for key in ("IpProtocol", "FromPort", "ToPort") if key in properties
    }
    if properties.get("CidrIp"):
        permission["IpRanges"] = [{"CidrIp": properties["CidrIp"], **note}]
    if properties.get("CidrIpv6"):
        permission["Ipv6Ranges"] = [{"CidrIpv6": properties["CidrIpv6"], **note}]
    if properties.get(prefix_list):
        permission["PrefixListIds"] = [{"PrefixListId": properties[prefix_list], **note}]
    if properties.get(peer_group):
        pair = {"GroupId": properties[peer_group], "UserId": properties.get("SourceSecurityGroupOwnerId")}
        permission["UserIdGroupPairs"] = [{**{key: value for key, value in pair.items() if value is not None}, **note}]
    return permission


def _rules(request: Request, group_id: str) -> dict[str, dict[str, Any]]:
    answer = request.client("ec2").describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [group_id]}])
    return {rule["SecurityGroupRuleId"]: rule for rule in answer["SecurityGroupRules"]}


def _group(request: Request) -> str:
    """Give the id of the rule's group; a name would do in a default VPC only, which isn't supported."""
    if request.properties.get("GroupId"):
        return str(request.properties["GroupId"])
    raise RefusedError("The request must contain the parameter GroupId", code="MissingParameter")


def _made(rule_id: str) -> Made:
    return Made(physical_id=rule_id, attributes={"Id": rule_id})


def _authorize(request: Request, operation: str, permission: dict[str, Any]) -> Made:
    """Add a rule; one that the group has already is refused, which the emulator's own call would not do."""
    ec2 = request.client("ec2")
    group_id = _group(request)
    present = _rules(request, group_id)
    given = arguments(ec2, operation, {"GroupId": group_id, "IpPermissions": [permission]})
    call = (
        ec2.authorize_security_group_egress
        if operation == "AuthorizeSecurityGroupEgress"
        else ec2.authorize_security_group_ingress
    )
    rule_id = call(**given)["SecurityGroupRules"][0]["SecurityGroupRuleId"]
    if rule_id in present:
        raise RefusedError(f"the specified rule already exists in {group_id}", code="InvalidPermission.Duplicate")
    return _made(rule_id)


def _create_ingress(request: Request) -> Made:
    permission = _permission(request, peer_group="SourceSecurityGroupId", prefix_list="SourcePrefixListId")
    return _authorize(request, "AuthorizeSecurityGroupIngress", permission)


def _create_egress(request: Request) -> Made:
    permission = _permission(request, peer_group="DestinationSecurityGroupId", prefix_list="DestinationPrefixListId")
    return _authorize(request, "AuthorizeSecurityGroupEgress", permission)


def _update(request: Request, physical_id: str, _old: Mapping[str, Any]) -> Made:
    """Change the description, the only setting of a rule that can change in place."""
    rule = {
        "SecurityGroupRuleId": physical_id,
        "SecurityGroupRule": {"Description": request.properties.get("Description", "")},
    }
    request.client("ec2").modify_security_group_rules(GroupId=_group(request), SecurityGroupRules=[rule])
    return _made(physical_id)


def _delete_ingress(request: Request, physical_id: str) -> None:
    group_id = _group(request)
    if physical_id in _rules(request, group_id):
        request.client("ec2").revoke_security_group_ingress(GroupId=group_id, SecurityGroupRuleIds=[physical_id])


def _delete_egress(request: Request, physical_id: str) -> None:
    group_id = _group(request)
    if physical_id in _rules(request, group_id):
        request.client("ec2").revoke_security_group_egress(GroupId=group_id, SecurityGroupRuleIds=[physical_id])


TYPES = (
    ResourceType(
        name="AWS::EC2::SecurityGroupIngress",
        fidelity=Fidelity.PARTIAL,
        create=_create_ingress,
        update=_update,
        delete=_delete_ingress,
        dropped=("GroupName", "SourcePrefixListId", "SourceSecurityGroupName", "SourceSecurityGroupOwnerId"),
    ),
    ResourceType(
        name="AWS::EC2::SecurityGroupEgress",
        fidelity=Fidelity.PARTIAL,
        create=_create_egress,
        update=_update,
        delete=_delete_egress,
        dropped=("DestinationPrefixListId",),
    ),
)
