"""Amazon Route 53: several record sets as one resource."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from factory.sandbox.types.arguments import arguments
from factory.sandbox.types.naming import generated_name
from factory.sandbox.types.plugin import Fidelity, Made, Request, ResourceType
from factory.sandbox.types.refusal import RefusedError

_Change = tuple[str, dict[str, Any]]


def _record(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Give a record as the API takes it: values as structures, the name with its closing dot."""
    record = {**properties, "Name": f"{properties['Name'].rstrip('.')}."}
    if properties.get("ResourceRecords"):
        record["ResourceRecords"] = [{"Value": value} for value in properties["ResourceRecords"]]
    return record


def _zone(request: Request, holder: Mapping[str, Any]) -> str:
    """Give the id of the hosted zone that a group or a record names, by id or by domain."""
    if holder.get("HostedZoneId"):
        return str(holder["HostedZoneId"])
    name = str(holder.get("HostedZoneName", ""))
    zones = request.client("route53").list_hosted_zones_by_name(DNSName=name)["HostedZones"]
    found = [zone["Id"].rpartition("/")[2] for zone in zones if zone["Name"] == name]
    if len(found) != 1:
        raise RefusedError(f"{len(found)} hosted zones are named {name!r}", code="NoSuchHostedZone")
    return str(found[0])


def _by_zone(request: Request, properties: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    zones: dict[str, list[dict[str, Any]]] = {}
    group_names_zone = bool(properties.get("HostedZoneId") or properties.get("HostedZoneName"))
    for record in properties.get("RecordSets") or []:
        zone = _zone(request, properties if group_names_zone else record)
        zones.setdefault(zone, []).append(_record(record))
    return zones


def _change(request: Request, zone: str, changes: Iterable[_Change]) -> None:
    batch = [{"Action": action, "ResourceRecordSet": record} for action, record in changes]
    route53 = request.client("route53")
    given = {"HostedZoneId": zone, "ChangeBatch": {"Changes": batch}}
    route53.change_resource_record_sets(**arguments(route53, "ChangeResourceRecordSets", given))


def _made(physical_id: str) -> Made:
    return Made(physical_id=physical_id, attributes={"Id": physical_id})


def _create(request: Request) -> Made:
    for zone, records in _by_zone(request, request.properties).items():
        _change(request, zone, [("CREATE", record) for record in records])
    return _made(generated_name(request))


def _update(request: Request, physical_id: str, old: Mapping[str, Any]) -> Made:
    before, after = _by_zone(request, old), _by_zone(request, request.properties)
    for zone in before | after:
        kept = {(record["Name"], record["Type"], record.get("SetIdentifier")) for record in after.get(zone, [])}
        gone = [
            record
            for record in before.get(zone, [])
            if (record["Name"], record["Type"], record.get("SetIdentifier")) not in kept
        ]
        changes = [("DELETE", record) for record in gone]
        _change(request, zone, changes + [("UPSERT", record) for record in after.get(zone, [])])
    return _made(physical_id)


def _delete(request: Request, _physical_id: str) -> None:
    route53 = request.client("route53")
    for zone, records in _by_zone(request, request.properties).items():
        present = {
            (record["Name"], record["Type"], record.get("SetIdentifier"))
            for page in route53.get_paginator("list_resource_record_sets").paginate(HostedZoneId=zone)
            for record in page["ResourceRecordSets"]
        }
        left = [
            record for record in records if (record["Name"], record["Type"], record.get("SetIdentifier")) in present
        ]
        if left:
            _change(request, zone, [("DELETE", record) for record in left])


TYPES = (
    ResourceType(
        name="AWS::Route53::RecordSetGroup",
        fidelity=Fidelity.PARTIAL,
        create=_create,
        update=_update,
        delete=_delete,
        dropped=("Comment",),
    ),
)
