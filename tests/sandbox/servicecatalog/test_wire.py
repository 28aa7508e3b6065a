"""The wire: AWS JSON 1.1 in front, the emulator behind."""

from __future__ import annotations

import json
from typing import Any

import pytest
import urllib3

SIGNED = (
    "AWS4-HMAC-SHA256 Credential={key}/20260101/us-east-1/servicecatalog/aws4_request, "
    "SignedHeaders=host;x-amz-date, Signature=0"
)


def post(scene: Any, operation: str, body: bytes, *, key: str | None = None) -> tuple[int, dict[str, str], Any]:
    headers = {
        "X-Amz-Target": f"AWS242ServiceCatalogService.{operation}",
        "Content-Type": "application/x-amz-json-1.1",
        "Authorization": SIGNED.format(key=key or scene.hub),
    }
    response = urllib3.request("POST", scene.server.url, body=body, headers=headers)
    return response.status, dict(response.headers), json.loads(response.data)


def test_an_answer_is_json_with_a_request_id_and_epoch_times(scene: Any) -> None:
    scene.portfolio("Tools")

    status, headers, body = post(scene, "ListPortfolios", b"{}")

    assert status == 200
    assert headers["content-type"] == "application/x-amz-json-1.1"
    assert headers["x-amzn-requestid"]
    (portfolio,) = body["PortfolioDetails"]
    assert isinstance(portfolio["CreatedTime"], float)


def test_an_empty_body_is_an_empty_request(scene: Any) -> None:
    assert post(scene, "ListPortfolios", b"")[::2] == (200, {"PortfolioDetails": []})


@pytest.mark.parametrize(
    ("operation", "body", "code"),
    [
        ("ListPortfolios", b"{", "SerializationException"),
        ("ListPortfolios", b"[" * 100_000, "SerializationException"),
        ("ListPortfolios", b"\xff", "SerializationException"),
        ("ListPortfolios", b"[]", "SerializationException"),
        ("ListPortfolios", b"null", "SerializationException"),
        ("DescribePortfolio", b"{}", "ValidationException"),
        ("DescribePortfolio", b'{"Id": "port-none"}', "ResourceNotFoundException"),
        ("NotifyProvisionProductEngineWorkflowResult", b"{}", "UnknownOperationException"),
        ("NoSuchOperation", b"{}", "UnknownOperationException"),
        ("", b"{}", "UnknownOperationException"),
    ],
)
def test_wrong_input_is_answered_with_a_code_and_400(scene: Any, operation: str, body: bytes, code: str) -> None:
    status, headers, answered = post(scene, operation, body)

    assert (status, answered["__type"]) == (400, code)
    assert answered["message"]
    assert headers["x-amzn-requestid"]


def test_an_unsigned_request_is_refused(scene: Any) -> None:
    headers = {"X-Amz-Target": "AWS242ServiceCatalogService.ListPortfolios"}
    response = urllib3.request("POST", scene.server.url, body=b"{}", headers=headers)

    assert (response.status, response.json()["__type"]) == (403, "MissingAuthenticationTokenException")


def test_an_unknown_key_is_refused(scene: Any) -> None:
    status, _, answered = post(scene, "ListPortfolios", b"{}", key="ASIANOBODYSKEY000000")

    assert (status, answered["__type"]) == (403, "UnrecognizedClientException")


def test_everything_else_is_passed_through(scene: Any) -> None:
    identity = scene.client("sts", scene.hub).get_caller_identity()

    assert identity["Account"] == scene.hub


def test_a_defect_is_answered_as_one(scene: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_given: Any) -> Any:
        raise RuntimeError

    monkeypatch.setattr(scene.server.core, "handle", broken)

    status, _, answered = post(scene, "ListPortfolios", b"{}")

    assert (status, answered["__type"]) == (500, "InternalFailure")
