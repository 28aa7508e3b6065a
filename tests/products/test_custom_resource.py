"""What CloudFormation hears from a custom resource's function, over HTTP, whichever way the function ends."""

from __future__ import annotations

import importlib
import json
import threading
import urllib.error
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

RUNTIME = Path(__file__).parents[2] / "products/parts/runtime"


class CloudFormation(HTTPServer):
    """Takes answers, and keeps each with its content type."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.answers: list[tuple[str | None, dict[str, Any]]] = []
        self.status = 200

    def request(self, kind: str, **more: Any) -> dict[str, Any]:
        return {
            "RequestType": kind,
            "ResponseURL": f"http://127.0.0.1:{self.server_port}/answer?signature=x%2Fy",
            "StackId": "stack",
            "RequestId": "1-2-3",
            "LogicalResourceId": "Thing",
            "ResourceProperties": {},
            **more,
        }


class _Answer(BaseHTTPRequestHandler):
    server: CloudFormation

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.answers.append((self.headers["Content-Type"], json.loads(body)))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Tests have no use for an access log."""


@pytest.fixture
def cloudformation() -> Iterator[CloudFormation]:
    with CloudFormation() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def runtime(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(RUNTIME))
    return importlib.import_module("custom_resource")


def test_success_is_answered_with_what_was_made(runtime: ModuleType, cloudformation: CloudFormation) -> None:
    runtime.answered(lambda _request: ("thing-1", {"Colour": "red"}))(cloudformation.request("Create"), None)
    assert cloudformation.answers == [
        # An address signed for an empty content type refuses any other.
        (
            "",
            {
                "Status": "SUCCESS",
                "PhysicalResourceId": "thing-1",
                "Data": {"Colour": "red"},
                "StackId": "stack",
                "RequestId": "1-2-3",
                "LogicalResourceId": "Thing",
            },
        )
    ]


def test_a_failure_is_answered_with_its_reason(runtime: ModuleType, cloudformation: CloudFormation) -> None:
    def act(_request: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        raise ValueError("no such colour" + "!" * 10_000)

    runtime.answered(act)(cloudformation.request("Update", PhysicalResourceId="thing-1"), None)
    ((_, answer),) = cloudformation.answers
    assert answer["Status"] == "FAILED"
    assert answer["PhysicalResourceId"] == "thing-1"
    assert answer["Reason"].startswith("ValueError: no such colour")
    # CloudFormation takes no more than 4096 bytes.
    assert len(json.dumps(answer)) < 4096


def test_what_was_never_made_is_never_deleted(runtime: ModuleType, cloudformation: CloudFormation) -> None:
    """CloudFormation asks for the deletion of a resource whose creation failed, too."""
    asked = []

    def act(request: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        asked.append(request["RequestType"])
        raise RuntimeError("refused")

    handler = runtime.answered(act)
    handler(cloudformation.request("Create"), None)
    physical_id = cloudformation.answers[0][1]["PhysicalResourceId"]
    handler(cloudformation.request("Delete", PhysicalResourceId=physical_id), None)
    assert asked == ["Create"]
    assert [answer["Status"] for _, answer in cloudformation.answers] == ["FAILED", "SUCCESS"]
    assert cloudformation.answers[1][1]["PhysicalResourceId"] == physical_id


def test_an_answer_that_does_not_arrive_fails_the_call(runtime: ModuleType, cloudformation: CloudFormation) -> None:
    """So that Lambda calls again; a success must not be followed by an answer that says the opposite."""
    cloudformation.status = 503
    with pytest.raises(urllib.error.HTTPError):
        runtime.answered(lambda _request: ("thing-1", {}))(cloudformation.request("Create"), None)
    assert [answer["Status"] for _, answer in cloudformation.answers] == ["SUCCESS"]
