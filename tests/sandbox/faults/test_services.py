"""Which operation a request asks for, for requests as boto3 makes them."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from factory.sandbox.faults.answers import protocol
from factory.sandbox.faults.services import HttpCall, Services

SERVICES = Services()
FORM = {"content-type": "application/x-www-form-urlencoded"}


def call(
    method: str, path: str, query: str = "", headers: Mapping[str, str] | None = None, body: bytes = b""
) -> HttpCall:
    return HttpCall(method=method, path=path, query=query, headers=headers or {}, body=body)


@pytest.mark.parametrize(
    ("service", "asked", "operation", "spoken"),
    [
        ("sns", call("POST", "/", headers=FORM, body=b"Action=ListTopics&Version=1"), "ListTopics", "query"),
        ("ec2", call("POST", "/", headers=FORM, body=b"Action=DescribeVpcs"), "DescribeVpcs", "ec2"),
        ("ecs", call("POST", "/", headers={"x-amz-target": "Amazon.ListClusters"}), "ListClusters", "json"),
        (
            "servicecatalog",
            call("POST", "/service/X/operation/ListPortfolios", headers={"smithy-protocol": "rpc-v2-cbor"}),
            "ListPortfolios",
            "smithy-rpc-v2-cbor",
        ),
        ("lambda", call("GET", "/2015-03-31/functions/"), "ListFunctions", "rest-json"),
        ("lambda", call("GET", "/2015-03-31/functions/a"), "GetFunction", "rest-json"),
        ("s3", call("GET", "/"), "ListBuckets", "rest-xml"),
        ("s3", call("GET", "/bucket/"), "ListObjects", "rest-xml"),
        ("s3", call("GET", "/bucket", "list-type=2&prefix=a"), "ListObjectsV2", "rest-xml"),
        ("s3", call("GET", "/bucket/a/b%20c"), "GetObject", "rest-xml"),
        ("s3", call("PUT", "/bucket/a", "partNumber=1&uploadId=2"), "UploadPart", "rest-xml"),
        ("s3", call("PUT", "/bucket/a", headers={"x-amz-copy-source": "b/c"}), "CopyObject", "rest-xml"),
        ("s3", call("PATCH", "/bucket/a"), "", "rest-xml"),
    ],
)
def test_operation_and_protocol(service: str, asked: HttpCall, operation: str, spoken: str) -> None:
    assert SERVICES.operation(service, asked) == operation
    assert protocol(service, asked) == spoken


def test_several_services_sign_with_one_name() -> None:
    assert {SERVICES.signing_name(service) for service in ("elb", "elbv2")} == {"elasticloadbalancing"}


def test_errors_of_an_operation() -> None:
    assert "ResourceNotFoundException" in SERVICES.errors("servicecatalog", "DescribePortfolio")
    assert SERVICES.errors("servicecatalog", "MakeTea") == frozenset()
