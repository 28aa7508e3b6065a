"""Amazon Route 53: hosted zones, whose tags and VPCs the emulator's own handler loses."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from factory.sandbox.types.plugin import Fidelity, Made, Request, ResourceType
from factory.sandbox.types.tags import tag_changes


def _made(request: Request, zone_id: str) -> Made:
    zone = request.client("route53").get_hosted_zone(Id=zone_id)
    servers = zone.get("DelegationSet", {}).get("NameServers", [])
    return Made(physical_id=zone_id, attributes={"Id": zone_id, "NameServers": servers})


def _vpcs(properties: Mapping[str, Any]) -> list[dict[str, str]]:
    return [{"VPCId": vpc["VPCId"], "VPCRegion": vpc["VPCRegion"]} for vpc in properties.get("VPCs") or ()]


def _retag(request: Request, zone_id: str, old: Mapping[str, Any]) -> None:
    gone, tags = tag_changes(old, request.properties, "HostedZoneTags")
    changes = {"RemoveTagKeys": gone, "AddTags": tags}
    given = {key: value for key, value in changes.items() if value}
    if given:
        request.client("route53").change_tags_for_resource(ResourceType="hostedzone", ResourceId=zone_id, **given)


def _create(request: Request) -> Made:
    route53 = request.client("route53")
    vpcs = _vpcs(request.properties)
    comment = (request.properties.get("HostedZoneConfig") or {}).get("Comment", "")
    answer = route53.create_hosted_zone(
        Name=request.properties["Name"],
        CallerReference=str(uuid.uuid4()),
        HostedZoneConfig={"Comment": comment, "PrivateZone": bool(vpcs)},
        **({"VPC": vpcs[0]} if vpcs else {}),
    )
    zone_id = str(answer["HostedZone"]["Id"]).rpartition("/")[2]
    for vpc in vpcs[1:]:
        route53.associate_vpc_with_hosted_zone(HostedZoneId=zone_id, VPC=vpc)
    _retag(request, zone_id, {})
    return _made(request, zone_id)


def _update(request: Request, physical_id: str, old: Mapping[str, Any]) -> Made:
    route53 = request.client("route53")
    new = request.properties
    if new.get("HostedZoneConfig") != old.get("HostedZoneConfig"):
        comment = (new.get("HostedZoneConfig") or {}).get("Comment", "")
        route53.update_hosted_zone_comment(Id=physical_id, Comment=comment)
    before, now = _vpcs(old), _vpcs(new)
    for vpc in (vpc for vpc in now if vpc not in before):
        route53.associate_vpc_with_hosted_zone(HostedZoneId=physical_id, VPC=vpc)
    for vpc in (vpc for vpc in before if vpc not in now):
        route53.disassociate_vpc_from_hosted_zone(HostedZoneId=physical_id, VPC=vpc)
    _retag(request, physical_id, old)
    return _made(request, physical_id)


def _delete(request: Request, physical_id: str) -> None:
    """Remove the zone; one that still holds records of others is refused by the service."""
    route53 = request.client("route53")
    try:
        route53.delete_hosted_zone(Id=physical_id)
    except route53.exceptions.NoSuchHostedZone:
        return


TYPES = (
    ResourceType(
        name="AWS::Route53::HostedZone",
        fidelity=Fidelity.PARTIAL,
        create=_create,
        update=_update,
        delete=_delete,
        dropped=("DelegationSetId", "HostedZoneFeatures", "QueryLoggingConfig"),
    ),
)
