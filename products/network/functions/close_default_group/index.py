"""Closes the default security group of a VPC, whose rules come with the VPC and so belong to no template."""

from typing import Any

import boto3
from custom_resource import Request, answered


@answered
def handler(request: Request) -> tuple[str, dict[str, Any]]:
    """Close the group named in the request. A deleted request leaves it closed: it goes with its VPC."""
    group_id = request["ResourceProperties"]["GroupId"]
    if request["RequestType"] != "Delete":
        close(boto3.client("ec2"), group_id)
    return group_id, {}


def close(ec2: Any, group_id: str) -> None:
    """Revoke every rule of a security group, incoming and outgoing."""
    (group,) = ec2.describe_security_groups(GroupIds=[group_id])["SecurityGroups"]
    if incoming := group["IpPermissions"]:
        ec2.revoke_security_group_ingress(GroupId=group_id, IpPermissions=incoming)
    if outgoing := group["IpPermissionsEgress"]:
        ec2.revoke_security_group_egress(GroupId=group_id, IpPermissions=outgoing)
