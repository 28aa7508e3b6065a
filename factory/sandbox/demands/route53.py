"""Amazon Route 53: records that belong into their zone and have values of their type.

Sources: Amazon Route 53 API Reference, ChangeResourceRecordSets; Amazon Route 53 Developer Guide, "Supported DNS record
types".
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from typing import Any

from factory.sandbox.emulator import Resource
from factory.sandbox.stacks.account import Account
from factory.sandbox.types.refusal import RefusedError


def _is_ipv4(value: str) -> bool:
    try:
        ipaddress.IPv4Address(value)
    except ValueError:
        return False
    return True


def _is_ipv6(value: str) -> bool:
    try:
        ipaddress.IPv6Address(value)
    except ValueError:
        return False
    return True


_QUOTED = re.compile(r'\s*"(?:[^"\\]|\\.){0,255}"(?:\s+"(?:[^"\\]|\\.){0,255}")*\s*')
_VALUES: Mapping[str, tuple[Callable[[str], Any], str]] = {
    "A": (_is_ipv4, "ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address)"),
    "AAAA": (_is_ipv6, "AAAARRDATAIllegalIPv6Address (Value is not a valid IPv6 address)"),
    "TXT": (_QUOTED.fullmatch, "InvalidCharacterString (Value should be enclosed in quotation marks)"),
}


def _record(resource: Resource, account: Account) -> None:
    properties = resource.properties
    kind, name = str(properties["Type"]), _absolute(properties["Name"])
    if "AliasTarget" not in properties and properties.get("ResourceRecords") and "TTL" not in properties:
        raise _refused("Missing field 'TTL' in Change with [Action=CREATE]")
    check, problem = _VALUES.get(kind, (None, ""))
    for value in properties.get("ResourceRecords") or ():
        if check is not None and not check(str(value)):
            raise _refused(f"Invalid Resource Record: '{problem}' encountered with '{value}'")
    if not (zone_id := properties.get("HostedZoneId")):
        return
    route53 = account.client("route53")
    zone = _absolute(route53.get_hosted_zone(Id=zone_id)["HostedZone"]["Name"])
    if name != zone and not name.endswith(f".{zone}"):
        raise _refused(f"RRSet with DNS name {name} is not permitted in zone {zone}")
    if kind == "CNAME" and name == zone:
        raise _refused(f"RRSet of type CNAME with DNS name {name} is not permitted at apex in zone {zone}")
    pages = route53.get_paginator("list_resource_record_sets").paginate(HostedZoneId=zone_id)
    others = {item["Type"] for item in pages.search("ResourceRecordSets[]") if _absolute(item["Name"]) == name} - {kind}
    if resource.physical_id is None and others and (kind == "CNAME" or "CNAME" in others):
        raise _refused(
            f"RRSet of type {kind} with DNS name {name} is not permitted because a conflicting RRSet with the same DNS "
            f"name already exists in zone {zone}"
        )


def _absolute(name: Any) -> str:
    return f"{str(name).lower().rstrip('.')}."


def _refused(message: str) -> RefusedError:
    return RefusedError(f"[{message}]", code="InvalidChangeBatch")


DEMANDS = {"AWS::Route53::RecordSet": _record}
