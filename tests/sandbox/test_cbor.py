"""CBOR on the wire, spoken by botocore with models that list that protocol alone."""

from __future__ import annotations

import datetime
import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import botocore.session
import cbor2
import pytest
import urllib3
from botocore.config import Config
from botocore.exceptions import ClientError

from factory.sandbox.state import Sandbox

REGION = "us-east-1"
SERVICES = ("cloudwatch", "servicecatalog", "servicediscovery")
SIGNED = "AWS4-HMAC-SHA256 Credential={account}/20260101/us-east-1/servicecatalog/aws4_request, Signature=0"


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> botocore.session.Session:
    """A session whose models of these services know CBOR only."""
    session = botocore.session.Session()
    loader = session.get_component("data_loader")
    directory: Path = tmp_path_factory.mktemp("models")
    for service in SERVICES:
        model, source = loader.load_data_with_path(
            f"{service}/{loader.determine_latest_version(service, 'service-2')}/service-2"
        )
        target = directory / Path(source).parent.relative_to(Path(source).parents[2])
        target.mkdir(parents=True)
        spoken = {"protocol": "smithy-rpc-v2-cbor", "protocols": ["smithy-rpc-v2-cbor"]}
        content = json.dumps({**model, "metadata": {**model["metadata"], **spoken}})
        (target / "service-2.json.gz").write_bytes(gzip.compress(content.encode()))
    changed = botocore.session.Session()
    changed.get_component("data_loader").search_paths.insert(0, str(directory))
    return changed


@pytest.fixture
def speaking(session: botocore.session.Session, sandbox: Sandbox, account: str) -> Callable[..., Any]:
    """Gives the client of a service for the test's account, or for another access key."""

    def client(service: str, access_key: str = account) -> Any:
        return session.create_client(
            service,
            region_name=REGION,
            endpoint_url=sandbox.endpoint,
            aws_access_key_id=access_key,
            aws_secret_access_key="any",  # noqa: S106
            config=Config(retries={"total_max_attempts": 1}),
        )

    return client


def post(sandbox: Sandbox, account: str, body: bytes) -> tuple[int, Any]:
    response = urllib3.request(
        "POST",
        f"{sandbox.endpoint}/service/AWS242ServiceCatalogService/operation/ListPortfolios",
        body=body,
        headers={
            "smithy-protocol": "rpc-v2-cbor",
            "content-type": "application/cbor",
            "authorization": SIGNED.format(account=account),
        },
    )
    assert response.headers["content-type"] == "application/cbor"
    return response.status, cbor2.loads(response.data)


def test_service_catalog_answers_as_it_does_in_json(speaking: Callable[..., Any], aws: Callable[[str], Any]) -> None:
    cbor, in_json = speaking("servicecatalog"), aws("servicecatalog")
    made = cbor.create_portfolio(DisplayName="Größe", ProviderName="P", Tags=[{"Key": "a", "Value": "b"}])
    assert made["ResponseMetadata"]["HTTPHeaders"]["smithy-protocol"] == "rpc-v2-cbor"
    portfolio = made["PortfolioDetail"]
    assert isinstance(portfolio["CreatedTime"], datetime.datetime)

    assert cbor.list_portfolios()["PortfolioDetails"] == in_json.list_portfolios()["PortfolioDetails"] == [portfolio]
    described = cbor.describe_portfolio(Id=portfolio["Id"])
    assert described["Tags"] == [{"Key": "a", "Value": "b"}]


@pytest.mark.parametrize(
    ("operation", "given", "code"),
    [
        ("describe_portfolio", {"Id": "port-none"}, "ResourceNotFoundException"),
        ("describe_portfolio", {"Id": "?"}, "ValidationException"),
        ("notify_provision_product_engine_workflow_result", None, "UnknownOperationException"),
    ],
)
def test_a_refusal_has_the_code_of_the_model(
    speaking: Callable[..., Any], operation: str, given: dict[str, Any] | None, code: str
) -> None:
    given = given or {"WorkflowToken": "t", "RecordId": "r", "Status": "SUCCEEDED", "IdempotencyToken": "i"}
    client = speaking("servicecatalog")
    with pytest.raises(ClientError) as refused:
        getattr(client, operation)(**given)
    assert refused.value.response["Error"]["Code"] == code
    assert refused.value.response["Error"]["Message"]
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    if code == "ResourceNotFoundException":
        assert isinstance(refused.value, client.exceptions.ResourceNotFoundException)


def test_an_unknown_key_is_refused(speaking: Callable[..., Any]) -> None:
    with pytest.raises(ClientError, match="UnrecognizedClientException"):
        speaking("servicecatalog", "ASIANOBODYSKEY000000").list_portfolios()


@pytest.mark.parametrize(
    "body",
    [b"\xff", b"\xa1", b"\x81" * 1000, cbor2.dumps({"PageSize": float("nan")}), b"\xa1\xa0\x01"],
    ids=["break", "cut-short", "deep", "nan", "key"],
)
def test_what_is_not_a_request_is_refused(sandbox: Sandbox, account: str, body: bytes) -> None:
    status, answered = post(sandbox, account, body)
    assert (status, answered["__type"]) == (400, "SerializationException")


def test_an_empty_body_is_an_empty_request(sandbox: Sandbox, account: str) -> None:
    assert post(sandbox, account, b"") == (200, {"PortfolioDetails": []})


def test_the_emulators_services_answer_too(speaking: Callable[..., Any]) -> None:
    client = speaking("servicediscovery")
    client.create_http_namespace(Name="shop")
    (namespace,) = client.list_namespaces()["Namespaces"]
    assert (namespace["Name"], type(namespace["CreateDate"])) == ("shop", datetime.datetime)


def test_the_service_that_speaks_it_by_itself_is_left_alone(speaking: Callable[..., Any]) -> None:
    client = speaking("cloudwatch")
    client.put_metric_alarm(AlarmName="a", EvaluationPeriods=1, ComparisonOperator="LessThanThreshold")
    assert client.describe_alarms()["MetricAlarms"][0]["AlarmName"] == "a"
