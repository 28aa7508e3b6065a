"""AWS Certificate Manager: the records that prove the ownership of a domain."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from factory.sandbox.types.plugin import Fill, Request


def _fill_certificate(request: Request, arn: str, old: Mapping[str, Any]) -> None:
    """Put the validation records into the hosted zones that the template names; they stay when the certificate goes.

    Source: AWS CloudFormation Template Reference, "AWS::CertificateManager::Certificate".
    """
    options = request.properties.get("DomainValidationOptions") or ()
    zones = {option["DomainName"]: option["HostedZoneId"] for option in options if option.get("HostedZoneId")}
    if not zones or old:
        return
    found = request.client("acm").describe_certificate(CertificateArn=arn)["Certificate"]
    for validation in found["DomainValidationOptions"]:
        zone, record = zones.get(validation["DomainName"]), validation.get("ResourceRecord")
        if zone is None or record is None:
            continue
        values = [{"Value": record["Value"]}]
        shown = {"Name": record["Name"], "Type": record["Type"], "TTL": 300, "ResourceRecords": values}
        request.client("route53").change_resource_record_sets(
            HostedZoneId=zone,
            ChangeBatch={"Changes": [{"Action": "UPSERT", "ResourceRecordSet": shown}]},
        )


FILLS = (Fill(name="AWS::CertificateManager::Certificate", apply=_fill_certificate),)
