"""Record sets made as a group, read back through Route 53."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Aws = Callable[[str], Any]

ZONE = {"Zone": {"Type": "AWS::Route53::HostedZone", "Properties": {"Name": "example.com"}}}


def record(name: str, *values: str, **properties: Any) -> dict[str, Any]:
    fixed = {"Name": f"{name}.example.com", "Type": "A", "TTL": "60", "ResourceRecords": list(values)}
    return {**fixed, **properties}


def group(*records: dict[str, Any], zone: dict[str, Any] | None = None) -> dict[str, Any]:
    properties = {**(zone or {"HostedZoneId": {"Ref": "Zone"}}), "RecordSets": list(records)}
    made = {"Type": "AWS::Route53::RecordSetGroup", "DependsOn": "Zone", "Properties": properties}
    return {**ZONE, "Records": made}


def records(stacks: Any, aws: Aws) -> dict[tuple[str, str | None], dict[str, Any]]:
    zone = stacks.resource("dns", "Zone")
    found = aws("route53").list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    return {(item["Name"], item.get("SetIdentifier")): item for item in found if item["Type"] == "A"}


def test_records_are_made_changed_and_removed_together(stacks: Any, aws: Aws) -> None:
    status = stacks.put("dns", group(record("a", "192.0.2.1"), record("b", "192.0.2.2")))
    assert status == "CREATE_COMPLETE", stacks.reasons("dns")
    made = stacks.resource("dns", "Records")
    assert records(stacks, aws)["a.example.com.", None]["ResourceRecords"] == [{"Value": "192.0.2.1"}]
    assert records(stacks, aws)["a.example.com.", None]["TTL"] == 60

    status = stacks.put("dns", group(record("a", "192.0.2.9", TTL="30"), record("c", "192.0.2.3")))
    assert status == "UPDATE_COMPLETE", stacks.reasons("dns")
    assert stacks.resource("dns", "Records") == made
    found = records(stacks, aws)
    assert set(found) == {("a.example.com.", None), ("c.example.com.", None)}
    assert (found["a.example.com.", None]["ResourceRecords"], found["a.example.com.", None]["TTL"]) == (
        [{"Value": "192.0.2.9"}],
        30,
    )

    assert stacks.put("dns", ZONE) == "UPDATE_COMPLETE", stacks.reasons("dns")
    assert records(stacks, aws) == {}


def test_failover_records_and_an_alias(stacks: Any, aws: Aws) -> None:
    alias = {"HostedZoneId": "Z35SXDOTRQ7X7K", "DNSName": "lb.example.net", "EvaluateTargetHealth": True}
    first = {
        "Name": "api.example.com.",
        "Type": "A",
        "SetIdentifier": "one",
        "Failover": "PRIMARY",
        "AliasTarget": alias,
    }
    second = record("api", "192.0.2.1", SetIdentifier="two", Failover="SECONDARY")

    status = stacks.put("dns", group(first, second, zone={"HostedZoneName": "example.com."}))

    assert status == "CREATE_COMPLETE", stacks.reasons("dns")
    found = records(stacks, aws)
    assert found["api.example.com.", "one"]["AliasTarget"]["EvaluateTargetHealth"] is True
    assert found["api.example.com.", "two"]["Failover"] == "SECONDARY"


def test_a_record_that_is_there_and_a_zone_that_is_not_are_refused(stacks: Any) -> None:
    stacks.put("dns", group(record("a", "192.0.2.1")))
    twin = {"Records": group(record("a", "192.0.2.2"))["Records"]}
    twin["Records"] = {
        "Type": "AWS::Route53::RecordSetGroup",
        "Properties": {**twin["Records"]["Properties"], "HostedZoneId": stacks.resource("dns", "Zone")},
    }
    assert stacks.put("twin", twin) == "ROLLBACK_COMPLETE"
    assert "already exists" in stacks.reasons("twin")

    nowhere = group(record("a", "192.0.2.1"), zone={"HostedZoneName": "no.where."})
    assert stacks.put("lost", nowhere) == "ROLLBACK_COMPLETE"
    assert "0 hosted zones are named 'no.where.'" in stacks.reasons("lost")
