"""How long a launch takes in the sandbox, in proportion to the same stack at the bare emulator.

The largest product is the one with the most resources. The bare emulator cannot make its stack: it lacks types that the
sandbox adds, reads no attribute of a VPC, and holds values of Systems Manager parameters against patterns that are
meant for their names. Both make the part of the template that the bare one can: without resources of the added types
and whatever refers to them, with plain parameters for stored ones, and with a VPC's address range in place of the
attribute. Functions of custom resources run on both sides.

× bare stack           how many times as long it takes from the request to the end as CreateStack at the bare emulator,
                       in turns with it; a first round is not counted
  as a stack           CreateStack in the sandbox: what its checks and its way into the emulator cost
  as a product         ProvisionProduct with a launch role: the same, and Service Catalog in front
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import boto3

from benchmarks import table
from factory.sandbox import process
from factory.sandbox.types import discover as added_types
from factory.synthesis.artifact import Artifact, synthesize
from factory.synthesis.discovery import discover

ACCOUNT, REGION = "222222222222", "us-east-1"
BUCKET = "benchmark"

_ROUNDS = 5
# Looking is work for the same process: more often, it would be measured.
_LOOK_SECONDS = 0.1
_READY_SECONDS = 60.0
_NAME = re.compile(r"\$\{(\w+)")
_STORED = "AWS::SSM::Parameter::Value<"
_TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "servicecatalog.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}
_EVERYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}

Template = dict[str, Any]


def report() -> Iterator[str]:
    """The table, line by line."""
    largest = max(map(synthesize, discover(Path.cwd()).values()), key=lambda item: len(_body(item)["Resources"]))
    part = common_part(_body(largest))
    rounds = list(_rounds(largest, part))
    yield f"{largest.product}: {len(part['Resources'])} of its {len(_body(largest)['Resources'])} resources"
    yield ""
    rows = [
        [label, f"{median(each[label] / each['bare stack'] for each in rounds):.1f}"]
        for label in ("as a stack of the sandbox", "as a product of the sandbox")
    ]
    yield from table.lines(["", "× bare stack"], rows)


def common_part(template: Template) -> Template:
    """The part of a template that the bare emulator can make, too."""
    resources = template["Resources"]
    ranges = {
        name: resource["Properties"]["CidrBlock"]
        for name, resource in resources.items()
        if resource["Type"] == "AWS::EC2::VPC"
    }
    gone = {name for name, resource in resources.items() if resource["Type"] in added_types()}
    while more := {name for name in resources.keys() - gone if gone & set(_references(resources[name]))}:
        gone |= more
    parameters = {
        name: {"Type": "String"} if declared["Type"].startswith(_STORED) else declared
        for name, declared in template["Parameters"].items()
    }
    outputs = template.get("Outputs", {})
    part: Template = _with_ranges(
        {
            **template,
            "Parameters": parameters,
            "Resources": {name: resource for name, resource in resources.items() if name not in gone},
            "Outputs": {name: output for name, output in outputs.items() if not gone & set(_references(output))},
        },
        ranges,
    )
    return part


def _body(artifact: Artifact) -> Template:
    body: Template = json.loads(artifact.body)
    return body


def _references(node: Any) -> Iterator[str]:
    """The names that an expression refers to."""
    match node:
        case {"Ref": str(name)}:
            yield name
        case {"Fn::GetAtt": [str(name), *_]}:
            yield name
        case dict():
            if "DependsOn" in node:
                needed = node["DependsOn"]
                yield from [needed] if isinstance(needed, str) else needed
            for value in node.values():
                yield from _references(value)
        case list():
            for value in node:
                yield from _references(value)
        case str():
            # As in Fn::Sub.
            yield from _NAME.findall(node)


def _with_ranges(node: Any, ranges: dict[str, Any]) -> Any:
    match node:
        case {"Fn::GetAtt": [str(name), "CidrBlock"]} if name in ranges:
            return ranges[name]
        case dict():
            return {key: _with_ranges(value, ranges) for key, value in node.items()}
        case list():
            return [_with_ranges(value, ranges) for value in node]
    return node


# --- both sides -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Aws:
    """One account of an AWS that is none."""

    endpoint: str

    def client(self, service: str) -> Any:
        return boto3.client(  # type: ignore[call-overload]
            service,
            endpoint_url=self.endpoint,
            aws_access_key_id=ACCOUNT,
            aws_secret_access_key=ACCOUNT,
            region_name=REGION,
        )


def _rounds(largest: Artifact, part: Template) -> Iterator[dict[str, float]]:
    """Seconds by what was measured, in turns, so that whatever else the machine does is the same for all.

    The first round is not given: it reads what later ones find read.
    """
    with _bare() as bare, _sandbox() as sandbox:
        at_bare, at_sandbox = _prepared(bare, largest, part), _prepared(sandbox, largest, part)
        offer = _offer(sandbox, at_sandbox.url)
        for number in range(_ROUNDS + 1):
            seconds = {
                "bare stack": _stack(bare, at_bare),
                "as a stack of the sandbox": _stack(sandbox, at_sandbox),
                "as a product of the sandbox": _launch(sandbox, at_sandbox, offer),
            }
            if number:
                yield seconds


@contextlib.contextmanager
def _sandbox() -> Iterator[_Aws]:
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        directory = Path(name)
        try:
            yield _Aws(endpoint=process.start(directory, {"hub": ACCOUNT}, [REGION]).endpoint)
        finally:
            process.stop(directory)


@contextlib.contextmanager
def _bare() -> Iterator[_Aws]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        settings = {
            "GATEWAY_PORT": str(port),
            "BIND_HOST": "127.0.0.1",
            "LOG_LEVEL": "ERROR",
            "TMPDIR": folder,
            "STATE_DIR": f"{folder}/state",
            "DOCKER_HOST": f"unix://{folder}/no-docker.sock",
            "SFTP_ENABLED": "0",
            "IOT_MTLS_ENABLED": "0",
        }
        server = subprocess.Popen(
            [sys.executable, "-m", "ministack"], env={**os.environ, **settings}, start_new_session=True
        )
        try:
            _wait(lambda: _answers(port), _READY_SECONDS)
            yield _Aws(endpoint=f"http://127.0.0.1:{port}")
        finally:
            server.terminate()
            server.wait()


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
    try:
        connection.request("GET", "/_ministack/ready")
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Given:
    """The template's address, and the values of its parameters."""

    url: str
    values: dict[str, str]


def _prepared(aws: _Aws, largest: Artifact, part: Template) -> _Given:
    """Put template and code into a bucket."""
    s3 = aws.client("s3")
    s3.create_bucket(Bucket=BUCKET)
    for asset in largest.assets:
        s3.put_object(Bucket=BUCKET, Key=asset.key, Body=asset.body)
    key = "benchmark.template.json"
    s3.put_object(Bucket=BUCKET, Key=key, Body=json.dumps(part).encode())
    values = {
        name: BUCKET if "bucket" in value.name else aws.client("kms").create_key()["KeyMetadata"]["Arn"]
        for name, value in largest.requires
    }
    return _Given(url=f"https://s3.amazonaws.com/{BUCKET}/{key}", values=values)


def _stack(aws: _Aws, given: _Given) -> float:
    cloudformation = aws.client("cloudformation")
    begin = time.perf_counter()
    stack = cloudformation.create_stack(
        StackName="benchmark",
        TemplateURL=given.url,
        Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in given.values.items()],
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )["StackId"]

    def status() -> str:
        return str(cloudformation.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"])

    _end(status, "CREATE_COMPLETE")
    seconds = time.perf_counter() - begin
    cloudformation.delete_stack(StackName=stack)
    _end(status, "DELETE_COMPLETE")
    return seconds


def _offer(aws: _Aws, url: str) -> dict[str, str]:
    """Offer the template as a product with a launch role; the ids of product and version."""
    iam, catalog = aws.client("iam"), aws.client("servicecatalog")
    role = iam.create_role(RoleName="benchmark", AssumeRolePolicyDocument=json.dumps(_TRUST))["Role"]["Arn"]
    iam.put_role_policy(RoleName="benchmark", PolicyName="all", PolicyDocument=json.dumps(_EVERYTHING))
    kind = "CLOUD_FORMATION_TEMPLATE"
    version = {"Name": "1.0.0", "Type": kind, "Info": {"LoadTemplateFromURL": url}}
    made = catalog.create_product(
        Name="benchmark", Owner="benchmark", ProductType=kind, ProvisioningArtifactParameters=version
    )
    product = made["ProductViewDetail"]["ProductViewSummary"]["ProductId"]
    portfolio = catalog.create_portfolio(DisplayName="benchmark", ProviderName="benchmark")["PortfolioDetail"]["Id"]
    catalog.associate_product_with_portfolio(ProductId=product, PortfolioId=portfolio)
    document = json.dumps({"RoleArn": role})
    catalog.create_constraint(ProductId=product, PortfolioId=portfolio, Type="LAUNCH", Parameters=document)
    ids = {"ProductId": product, "ProvisioningArtifactId": made["ProvisioningArtifactDetail"]["Id"]}
    _end(lambda: str(catalog.describe_provisioning_artifact(**ids)["Status"]), "AVAILABLE")
    return ids


def _launch(aws: _Aws, given: _Given, offer: dict[str, str]) -> float:
    catalog = aws.client("servicecatalog")

    def end(request: dict[str, Any]) -> None:
        record = request["RecordDetail"]["RecordId"]
        _end(lambda: str(catalog.describe_record(Id=record)["RecordDetail"]["Status"]), "SUCCEEDED")

    begin = time.perf_counter()
    parameters = [{"Key": name, "Value": value} for name, value in given.values.items()]
    end(catalog.provision_product(ProvisionedProductName="benchmark", ProvisioningParameters=parameters, **offer))
    seconds = time.perf_counter() - begin
    end(catalog.terminate_provisioned_product(ProvisionedProductName="benchmark"))
    return seconds


def _end(status: Callable[[], str], wanted: str) -> None:
    """Wait for the status. Raises RuntimeError where it ends otherwise."""
    while (found := status()) != wanted:
        if "FAILED" in found or "ROLLBACK" in found:
            raise RuntimeError(f"{found} instead of {wanted}")
        time.sleep(_LOOK_SECONDS)


def _wait(done: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(_LOOK_SECONDS)
