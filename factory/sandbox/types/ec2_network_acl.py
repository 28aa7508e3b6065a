"""Network ACLs: the list, its entries, and which subnet uses which."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from factory.sandbox.types.arguments import arguments
from factory.sandbox.types.ec2_tags import retag, tag_specifications
from factory.sandbox.types.naming import generated_name
from factory.sandbox.types.plugin import Fidelity, Made, Request, ResourceType
from factory.sandbox.types.refusal import RefusedError


def _made_acl(acl_id: str) -> Made:
    return Made(physical_id=acl_id, attributes={"Id": acl_id})


def _acls(request: Request, **filters: str) -> list[dict[str, Any]]:
    """Give the network ACLs that match filters such as `vpc_id` or `association_subnet_id`."""
    names = {"vpc_id": "vpc-id", "association_subnet_id": "association.subnet-id", "default": "default"}
    given = [{"Name": names[key], "Values": [value]} for key, value in filters.items()]
    return list(request.client("ec2").describe_network_acls(Filters=given)["NetworkAcls"])


def _create_acl(request: Request) -> Made:
    properties = request.properties
    tags = tag_specifications("network-acl", properties)
    answer = request.client("ec2").create_network_acl(VpcId=properties["VpcId"], TagSpecifications=tags)
    return _made_acl(answer["NetworkAcl"]["NetworkAclId"])


def _update_acl(request: Request, physical_id: str, old: Mapping[str, Any]) -> Made:
    retag(request, physical_id, old)
    return _made_acl(physical_id)


def _delete_acl(request: Request, physical_id: str) -> None:
    if any(acl["NetworkAclId"] == physical_id for acl in _acls(request)):
        request.client("ec2").delete_network_acl(NetworkAclId=physical_id)


def _entry(request: Request, operation: str) -> dict[str, Any]:
    properties = request.properties
    renamed = {"Egress": False, **properties, "IcmpTypeCode": properties.get("Icmp")}
    return arguments(request.client("ec2"), operation, renamed)


def _create_entry(request: Request) -> Made:
    request.client("ec2").create_network_acl_entry(**_entry(request, "CreateNetworkAclEntry"))
    name = generated_name(request)
    return Made(physical_id=name, attributes={"Id": name})


def _update_entry(request: Request, physical_id: str, _old: Mapping[str, Any]) -> Made:
    request.client("ec2").replace_network_acl_entry(**_entry(request, "ReplaceNetworkAclEntry"))
    return Made(physical_id=physical_id, attributes={"Id": physical_id})


def _delete_entry(request: Request, _physical_id: str) -> None:
    given = _entry(request, "DeleteNetworkAclEntry")
    for acl in _acls(request):
        for entry in acl["Entries"]:
            same_rule = (entry["RuleNumber"], entry["Egress"]) == (given["RuleNumber"], given["Egress"])
            if acl["NetworkAclId"] == given["NetworkAclId"] and same_rule:
                request.client("ec2").delete_network_acl_entry(**given)
                return


def _association(request: Request, subnet_id: str) -> tuple[dict[str, Any], str] | None:
    """Give the association that the subnet has now, and the VPC of its network ACL."""
    for acl in _acls(request, association_subnet_id=subnet_id):
        for association in acl["Associations"]:
            if association["SubnetId"] == subnet_id:
                return association, acl["VpcId"]
    return None


def _create_association(request: Request) -> Made:
    subnet_id = request.properties["SubnetId"]
    current = _association(request, subnet_id)
    if current is None:
        raise RefusedError(f"The subnet ID '{subnet_id}' does not exist", code="InvalidSubnetID.NotFound")
    answer = request.client("ec2").replace_network_acl_association(
        AssociationId=current[0]["NetworkAclAssociationId"], NetworkAclId=request.properties["NetworkAclId"]
    )
    made = answer["NewAssociationId"]
    return Made(physical_id=made, attributes={"AssociationId": made})


def _delete_association(request: Request, physical_id: str) -> None:
    """Give the subnet back to its VPC's default network ACL, unless another association has taken its place."""
    current = _association(request, request.properties["SubnetId"])
    if current is None or current[0]["NetworkAclAssociationId"] != physical_id:
        return
    (default,) = _acls(request, vpc_id=current[1], default="true")
    request.client("ec2").replace_network_acl_association(
        AssociationId=physical_id, NetworkAclId=default["NetworkAclId"]
    )


TYPES = (
    ResourceType(
        name="AWS::EC2::NetworkAcl",
        fidelity=Fidelity.REAL,
        create=_create_acl,
        update=_update_acl,
        delete=_delete_acl,
        tagged=True,
    ),
    ResourceType(
        name="AWS::EC2::NetworkAclEntry",
        fidelity=Fidelity.REAL,
        create=_create_entry,
        update=_update_entry,
        delete=_delete_entry,
    ),
    ResourceType(
        name="AWS::EC2::SubnetNetworkAclAssociation",
        fidelity=Fidelity.REAL,
        create=_create_association,
        delete=_delete_association,
    ),
)
