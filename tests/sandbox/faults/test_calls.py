"""Every fault of a call, felt by boto3 over HTTP, and counted as fired."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError

from factory.sandbox import control
from tests.sandbox.faults.conftest import DEV, HUB, Client, Hurting


def portfolio(catalog: Any, name: str = "Teams", **given: str) -> str:
    """Make a portfolio and give its id."""
    answer = catalog.create_portfolio(DisplayName=name, ProviderName="Platform", **given)
    return str(answer["PortfolioDetail"]["Id"])


def named(catalog: Any, name: str) -> int:
    """How many portfolios have this name."""
    found = catalog.get_paginator("list_portfolios").paginate().build_full_result()["PortfolioDetails"]
    return [item["DisplayName"] for item in found].count(name)


@pytest.mark.parametrize(
    ("service", "method", "operation", "code", "status"),
    [
        ("servicecatalog", "list_portfolios", "ListPortfolios", "ThrottlingException", 400),
        ("cloudformation", "describe_stacks", "DescribeStacks", "Throttling", 400),
        ("ec2", "describe_vpcs", "DescribeVpcs", "RequestLimitExceeded", 503),
        ("s3", "list_buckets", "ListBuckets", "SlowDown", 503),
        ("route53", "list_hosted_zones", "ListHostedZones", "Throttling", 400),
        ("lambda", "list_functions", "ListFunctions", "TooManyRequestsException", 429),
        ("efs", "describe_file_systems", "DescribeFileSystems", "ThrottlingException", 429),
        ("elbv2", "describe_load_balancers", "DescribeLoadBalancers", "Throttling", 400),
    ],
)
def test_throttling_in_every_protocol(
    faults: Hurting, client: Client, service: str, method: str, operation: str, code: str, status: int
) -> None:
    faults.set({"service": service, "operation": operation, "kind": "throttle"})
    with pytest.raises(ClientError) as refused:
        getattr(client(service), method)()
    assert refused.value.response["Error"]["Code"] == code
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == status
    assert faults.fired() == [1]


@pytest.mark.parametrize(
    ("service", "method", "status", "code"),
    [
        ("servicecatalog", "list_portfolios", 500, "InternalFailure"),
        ("servicecatalog", "list_portfolios", 503, "ServiceUnavailable"),
        ("cloudformation", "describe_stacks", 503, "ServiceUnavailable"),
        ("ec2", "describe_vpcs", 503, "Unavailable"),
        ("ec2", "describe_vpcs", 500, "InternalError"),
        ("s3", "list_buckets", 500, "InternalError"),
        ("lambda", "list_functions", 500, "InternalFailure"),
    ],
)
def test_server_errors(faults: Hurting, client: Client, service: str, method: str, status: int, code: str) -> None:
    faults.set({"service": service, "kind": "server-error", "status": status})
    with pytest.raises(ClientError) as failed:
        getattr(client(service), method)()
    assert failed.value.response["Error"]["Code"] == code
    assert failed.value.response["ResponseMetadata"]["HTTPStatusCode"] == status
    assert faults.fired() == [1]


@pytest.mark.parametrize(
    ("kind", "error", "made"),
    [
        ("timeout-before", ReadTimeoutError, 0),
        ("timeout-after", ReadTimeoutError, 1),
        ("drop-before", ConnectionClosedError, 0),
        ("drop-after", ConnectionClosedError, 1),
    ],
)
def test_no_answer_before_and_after_the_effect(
    faults: Hurting, client: Client, kind: str, error: type[Exception], made: int
) -> None:
    faults.set({"service": "servicecatalog", "operation": "CreatePortfolio", "kind": kind})
    with pytest.raises(error):
        portfolio(client("servicecatalog", timeout_seconds=2), kind)
    assert faults.fired() == [1]
    assert named(client("servicecatalog"), kind) == made


def test_a_hanging_call_is_given_up_by_the_server(faults: Hurting, client: Client) -> None:
    faults.set({"service": "servicecatalog", "kind": "timeout-before", "seconds": 0.1})
    with pytest.raises(ConnectionClosedError):
        client("servicecatalog").list_portfolios()
    assert faults.fired() == [1]


def test_a_delayed_call_is_carried_out(faults: Hurting, client: Client) -> None:
    faults.set(
        {"service": "servicecatalog", "kind": "delay", "seconds": 3}, {"service": "s3", "kind": "delay", "seconds": 0.1}
    )
    with pytest.raises(ReadTimeoutError):
        client("servicecatalog", timeout_seconds=1).list_portfolios()
    client("s3").list_buckets()
    assert faults.fired() == [1, 1]


@pytest.mark.parametrize("kind", ["throttle", "server-error", "drop-before", "drop-after", "timeout-after"])
@pytest.mark.parametrize("mode", ["standard", "legacy"])
def test_botocore_repeats_what_can_be_repeated(faults: Hurting, client: Client, kind: str, mode: str) -> None:
    """The same token, and so the same portfolio, as the retries carry it along."""
    catalog = client("servicecatalog", attempts=3, mode=mode, timeout_seconds=5)
    faults.set({"service": "servicecatalog", "operation": "CreatePortfolio", "kind": kind, "nth": 1})
    name = f"{kind} {mode}"
    portfolio(catalog, name)
    assert faults.fired() == [1]
    assert named(catalog, name) == 1


def test_the_nth_call_and_those_after_it(faults: Hurting, client: Client) -> None:
    faults.set({"service": "s3", "operation": "ListBuckets", "kind": "throttle", "nth": 2, "times": 2})
    assert outcomes(client("s3").list_buckets, 5) == [True, False, False, True, True]
    assert faults.fired() == [2]


def test_the_same_seed_gives_the_same_faults(faults: Hurting, client: Client) -> None:
    s3, fault = client("s3"), {"service": "s3", "kind": "throttle", "probability": 0.5}
    seen = {}
    for seed in (1, 2):
        runs = []
        for _ in range(2):
            faults.set(fault, seed=seed)
            runs.append(tuple(outcomes(s3.list_buckets, 16)))
            assert faults.fired() == [runs[-1].count(False)]
        assert runs[0] == runs[1]
        seen[seed] = runs[0]
    assert seen[1] != seen[2]
    assert all(set(run) == {True, False} for run in seen.values())


def test_resetting_the_sandbox_begins_anew(faults: Hurting, client: Client, directory: Any) -> None:
    faults.set({"service": "s3", "kind": "throttle", "nth": 1})
    s3 = client("s3")
    assert outcomes(s3.list_buckets, 2) == [False, True]
    control.reset(directory)
    assert faults.fired() == [0]
    assert outcomes(s3.list_buckets, 2) == [False, True]


def test_another_operation_account_or_service_is_left_alone(faults: Hurting, client: Client) -> None:
    faults.set(
        {"service": "s3", "operation": "ListBuckets", "account": DEV, "kind": "throttle"},
        {"service": "servicecatalog", "operation": "Describe*", "kind": "throttle"},
    )
    client("s3", account=HUB).list_buckets()
    client("servicecatalog").list_portfolios()
    client("ec2").describe_vpcs()
    assert faults.fired() == [0, 0]
    assert outcomes(client("s3", account=DEV).list_buckets, 1) == [False]
    assert outcomes(lambda: client("servicecatalog").describe_portfolio(Id="port-1"), 1, "ThrottlingException") == [
        False
    ]
    assert faults.fired() == [1, 1]


def test_any_service(faults: Hurting, client: Client) -> None:
    faults.set({"service": "*", "kind": "throttle"})
    assert outcomes(client("s3").list_buckets, 1) == [False]
    assert outcomes(client("servicecatalog").list_portfolios, 1, "ThrottlingException") == [False]
    assert faults.fired() == [2]


def test_what_the_sandbox_calls_itself_is_left_alone(faults: Hurting, client: Client) -> None:
    """Its checks on a stack read from S3, and its plug-ins call other services."""
    faults.set({"service": "s3", "kind": "throttle"}, {"service": "ec2", "kind": "throttle"})
    cloudformation = client("cloudformation")
    template = '{"Resources": {"Address": {"Type": "AWS::EC2::EIP", "Properties": {"Domain": "vpc"}}}}'
    cloudformation.create_stack(StackName="own", TemplateBody=template)
    cloudformation.get_waiter("stack_create_complete").wait(StackName="own", WaiterConfig={"Delay": 0.1})
    assert faults.fired() == [0, 0]


def test_a_refusal_that_may_have_no_body(faults: Hurting, client: Client) -> None:
    s3 = client("s3")
    faults.set({"service": "s3", "operation": "HeadBucket", "kind": "throttle", "nth": 1})
    with pytest.raises(ClientError) as refused:
        s3.head_bucket(Bucket="nothing")
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 503
    with pytest.raises(ClientError, match="404"):
        s3.head_bucket(Bucket="nothing")
    assert faults.fired() == [1]


def test_s3_operations_are_told_apart(faults: Hurting, client: Client) -> None:
    s3 = client("s3")
    s3.create_bucket(Bucket="things")
    faults.set(*({"service": "s3", "operation": name, "kind": "delay", "seconds": 0} for name in S3_OPERATIONS))
    s3.put_object(Bucket="things", Key="a/b", Body=b"1")
    s3.get_object(Bucket="things", Key="a/b")["Body"].read()
    s3.copy_object(Bucket="things", Key="c", CopySource="things/a/b")
    s3.list_objects_v2(Bucket="things")
    s3.list_objects(Bucket="things")
    s3.get_bucket_location(Bucket="things")
    s3.head_object(Bucket="things", Key="c")
    upload = s3.create_multipart_upload(Bucket="things", Key="d")["UploadId"]
    s3.upload_part(Bucket="things", Key="d", UploadId=upload, PartNumber=1, Body=b"1")
    s3.delete_objects(Bucket="things", Delete={"Objects": [{"Key": "c"}]})
    assert faults.fired() == [1] * len(S3_OPERATIONS)


S3_OPERATIONS = (
    "PutObject",
    "GetObject",
    "CopyObject",
    "ListObjectsV2",
    "ListObjects",
    "GetBucketLocation",
    "HeadObject",
    "CreateMultipartUpload",
    "UploadPart",
    "DeleteObjects",
)


def outcomes(call: Any, count: int, code: str = "SlowDown") -> list[bool]:
    """Whether each of so many calls succeeded; those that did not were throttled."""
    found = []
    for _ in range(count):
        try:
            call()
            found.append(True)
        except ClientError as error:
            if error.response["Error"]["Code"] != code:
                raise
            found.append(False)
    return found
