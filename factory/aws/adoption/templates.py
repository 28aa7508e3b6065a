"""The template of a version that somebody made, fetched from where Service Catalog says that it lies."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from factory.aws.errors import translated
from factory.aws.session import Accounts
from factory.catalog.model import Region
from factory.errors import CatalogError

# The keys under which DescribeProvisioningArtifact answers are not documented. Its example in the AWS CLI Command
# Reference has the first; the second is the one that CreateProvisioningArtifact takes.
_URLS = ("TemplateUrl", "LoadTemplateFromURL")
_STACK = "ImportFromPhysicalId"
_AVAILABLE = "AVAILABLE"
# Amazon S3 User Guide, "Virtual hosting of general purpose buckets".
_HOST = re.compile(
    r"(?:(?P<bucket>.+)\.)?s3(?:[.-](?:dualstack\.)?(?P<region>[a-z]{2}(?:-[a-z]+)+-\d))?\.amazonaws\.com(?:\.cn)?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A template's bytes, where they were, and when they were written there."""

    body: bytes
    source: str
    written: datetime


def fetch(accounts: Accounts, region: Region, product_id: str, version_id: str) -> Fetched:
    """The template of a version, read with the hub's credentials.

    Raises CatalogError where Service Catalog does not say where it is, or where it is no longer.
    """
    with translated(f"version {version_id} of product {product_id}"):
        answer = accounts.in_hub("servicecatalog", region).describe_provisioning_artifact(
            ProductId=product_id, ProvisioningArtifactId=version_id
        )
    info = answer.get("Info", {})
    if answer["Status"] != _AVAILABLE:
        raise _unknown(f"it is {answer['Status']}")
    if url := next((info[key] for key in _URLS if key in info), None):
        return _object(accounts, region, url)
    if stack := info.get(_STACK):
        return _stack(accounts, region, stack)
    raise _unknown("Service Catalog does not say where its template is")


def _object(accounts: Accounts, region: Region, url: str) -> Fetched:
    parts = urlsplit(url)
    host = _HOST.fullmatch(parts.hostname or "")
    if host is None:
        raise _unknown(f"its template is at {url}, which is not in Amazon S3")
    path = unquote(parts.path.lstrip("/"))
    bucket, _, key = path.partition("/") if host["bucket"] is None else (host["bucket"], "", path)
    version = parse_qs(parts.query).get("versionId", [])
    wanted: dict[str, Any] = {"Bucket": bucket, "Key": key, **({"VersionId": version[0]} if version else {})}
    with translated(f"its template {url}"):
        answer = accounts.in_hub("s3", Region(host["region"] or region)).get_object(**wanted)
        return Fetched(body=answer["Body"].read(), source=url, written=answer["LastModified"])


def _stack(accounts: Accounts, region: Region, stack_id: str) -> Fetched:
    """The template of the stack that the version was made from, as the stack has it now."""
    with translated(f"its template, of stack {stack_id}"):
        client = accounts.in_hub("cloudformation", region)
        stack = client.describe_stacks(StackName=stack_id)["Stacks"][0]
        body = client.get_template(StackName=stack_id, TemplateStage="Original")["TemplateBody"]
    # What boto3 parsed can't be had byte for byte again.
    text = body if isinstance(body, str) else json.dumps(body, indent=1)
    written = stack.get("LastUpdatedTime") or stack["CreationTime"]
    return Fetched(body=text.encode(), source=stack_id, written=written)


def _unknown(reason: str) -> CatalogError:
    return CatalogError(reason, operation="DescribeProvisioningArtifact", code="NoTemplate")
