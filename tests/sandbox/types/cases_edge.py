"""Rich settings of Certificate Manager, WAF and Route 53."""

from __future__ import annotations

from typing import Any

from tests.sandbox.types.cases_network import NEW_TAGS, TAGS, VPC
from tests.sandbox.types.readback import Aws, Case, Properties

ZONE = {"Zone": {"Type": "AWS::Route53::HostedZone", "Properties": {"Name": "example.com"}}}


def certificate(aws: Aws, physical_id: str, _: Properties) -> Properties | None:
    acm = aws("acm")
    try:
        found = acm.describe_certificate(CertificateArn=physical_id)["Certificate"]
    except acm.exceptions.ResourceNotFoundException:
        return None
    options = found.get("Options", {})
    zones = [proven_in(aws, item) for item in found["DomainValidationOptions"]]
    methods = {option.get("ValidationMethod") for option in found["DomainValidationOptions"]}
    return {
        **found,
        "CertificateTransparencyLoggingPreference": options.get("CertificateTransparencyLoggingPreference"),
        "DomainValidationOptions": zones,
        "KeyAlgorithm": found["KeyAlgorithm"].replace("-", "_"),
        "ValidationMethod": methods.pop() if methods else None,
        "Tags": acm.list_tags_for_certificate(CertificateArn=physical_id)["Tags"],
    }


def proven_in(aws: Aws, validation: Properties) -> Properties:
    """Add the hosted zone that holds the record which proves a domain."""
    route53 = aws("route53")
    for zone in route53.list_hosted_zones()["HostedZones"]:
        records = route53.list_resource_record_sets(HostedZoneId=zone["Id"])["ResourceRecordSets"]
        if validation["ResourceRecord"]["Name"] in {record["Name"] for record in records}:
            return {**validation, "HostedZoneId": zone["Id"].rpartition("/")[2]}
    return validation


def web_acl(aws: Aws, physical_id: str, _: Properties) -> Properties | None:
    waf = aws("wafv2")
    name, acl_id, scope = physical_id.split("|")
    try:
        found = waf.get_web_acl(Name=name, Id=acl_id, Scope=scope)["WebACL"]
    except waf.exceptions.WAFNonexistentItemException:
        return None
    tags = waf.list_tags_for_resource(ResourceARN=found["ARN"])["TagInfoForResource"]["TagList"]
    return {**found, "Scope": scope, "Tags": tags}


def hosted_zone(aws: Aws, physical_id: str, _: Properties) -> Properties | None:
    route53 = aws("route53")
    try:
        found = route53.get_hosted_zone(Id=physical_id)
    except route53.exceptions.NoSuchHostedZone:
        return None
    tags = route53.list_tags_for_resource(ResourceType="hostedzone", ResourceId=physical_id)
    return {
        **found["HostedZone"],
        "HostedZoneConfig": found["HostedZone"]["Config"],
        "HostedZoneTags": tags["ResourceTagSet"]["Tags"],
        "VPCs": found.get("VPCs"),
    }


def record(aws: Aws, _: str, properties: Properties) -> Properties | None:
    route53 = aws("route53")
    try:
        found = route53.list_resource_record_sets(HostedZoneId=properties["HostedZoneId"])
    except route53.exceptions.NoSuchHostedZone:
        return None
    for item in found["ResourceRecordSets"]:
        if item["Name"] == properties["Name"] and item["Type"] == properties["Type"]:
            values = [value["Value"] for value in item.get("ResourceRecords", [])]
            return {**item, "HostedZoneId": properties["HostedZoneId"], "ResourceRecords": values}
    return None


def managed(priority: int, name: str) -> dict[str, Any]:
    return {
        "Name": name,
        "Priority": priority,
        "OverrideAction": {"None": {}},
        "Statement": {"ManagedRuleGroupStatement": {"VendorName": "AWS", "Name": name}},
        "VisibilityConfig": visible(name),
    }


def visible(name: str) -> dict[str, Any]:
    return {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": name}


RULES = [
    managed(1, "AWSManagedRulesCommonRuleSet"),
    managed(2, "AWSManagedRulesSQLiRuleSet"),
    {
        "Name": "rate",
        "Priority": 3,
        "Action": {"Block": {}},
        "Statement": {"RateBasedStatement": {"Limit": 2000, "AggregateKeyType": "IP", "EvaluationWindowSec": 300}},
        "VisibilityConfig": visible("rate"),
    },
    {
        "Name": "countries",
        "Priority": 4,
        "Action": {"Block": {"CustomResponse": {"ResponseCode": 403}}},
        "Statement": {"GeoMatchStatement": {"CountryCodes": ["KP"]}},
        "VisibilityConfig": visible("countries"),
    },
]

CASES = (
    Case(
        type="AWS::CertificateManager::Certificate",
        # As in AWS the record stays when the certificate goes, and a zone with records can't be deleted.
        beside={"Zone": {**ZONE["Zone"], "DeletionPolicy": "Retain"}},
        properties={
            "DomainName": "api.example.com",
            "SubjectAlternativeNames": ["www.example.com"],
            "ValidationMethod": "DNS",
            "DomainValidationOptions": [
                {"DomainName": "api.example.com", "HostedZoneId": {"Ref": "Zone"}},
                {"DomainName": "www.example.com", "HostedZoneId": {"Ref": "Zone"}},
            ],
            "KeyAlgorithm": "EC_prime256v1",
            "CertificateTransparencyLoggingPreference": "ENABLED",
            "Tags": TAGS,
        },
        changed={"Tags": NEW_TAGS},
        read=certificate,
    ),
    Case(
        type="AWS::WAFv2::WebACL",
        properties={
            "Name": "it",
            "Scope": "REGIONAL",
            "Description": "edge",
            "DefaultAction": {"Allow": {}},
            "Rules": RULES,
            "VisibilityConfig": visible("it"),
            "TokenDomains": ["example.com"],
            "Tags": TAGS,
        },
        changed={"Description": "the edge", "Rules": RULES[2:], "Tags": NEW_TAGS},
        read=web_acl,
    ),
    Case(
        type="AWS::Route53::HostedZone",
        beside=VPC,
        properties={
            "Name": "it.example.com.",
            "HostedZoneConfig": {"Comment": "private"},
            "HostedZoneTags": TAGS,
            "VPCs": [{"VPCId": {"Ref": "Vpc"}, "VPCRegion": "us-east-1"}],
        },
        changed={"HostedZoneConfig": {"Comment": "still private"}, "HostedZoneTags": NEW_TAGS},
        read=hosted_zone,
    ),
    Case(
        type="AWS::Route53::RecordSet",
        note="values",
        beside=ZONE,
        properties={
            "HostedZoneId": {"Ref": "Zone"},
            "Name": "api.example.com.",
            "Type": "A",
            "TTL": "60",
            "ResourceRecords": ["192.0.2.1", "192.0.2.2"],
            "SetIdentifier": "one",
            "Weight": 10,
        },
        changed={"TTL": "30", "ResourceRecords": ["192.0.2.3"], "Weight": 20},
        read=record,
    ),
    Case(
        type="AWS::Route53::RecordSet",
        note="alias",
        beside=ZONE,
        properties={
            "HostedZoneId": {"Ref": "Zone"},
            "Name": "www.example.com.",
            "Type": "A",
            "AliasTarget": {
                "HostedZoneId": "Z35SXDOTRQ7X7K",
                "DNSName": "lb.example.net.",
                "EvaluateTargetHealth": True,
            },
        },
        read=record,
    ),
)
