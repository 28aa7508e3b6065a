"""Faults shown, changed and cleared while the sandbox runs: over HTTP and by the command."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from factory.sandbox import process
from factory.sandbox.state import Sandbox
from tests.command import Command
from tests.sandbox.faults.conftest import Client, Hurting

FAULT = {"service": "s3", "operation": "ListBuckets", "kind": "throttle", "times": 2}


def ask(sandbox: Sandbox, method: str, document: Any = None) -> tuple[int, Any]:
    """Call the control path; text is sent as it is."""
    connection = http.client.HTTPConnection(urlsplit(sandbox.endpoint).netloc, timeout=60)
    body = document if isinstance(document, str) else json.dumps(document)
    connection.request(method, "/_factory/faults", None if document is None else body)
    response = connection.getresponse()
    answer = response.status, json.loads(response.read())
    connection.close()
    return answer


def test_http_puts_shows_and_clears(hurt_sandbox: Sandbox, faults: Hurting, client: Client) -> None:
    nothing = {"seed": 0, "faults": [], "resources": [], "missed-reads": 0}
    assert ask(hurt_sandbox, "GET") == (200, nothing)
    shown = {**nothing, "seed": 5, "faults": [{**FAULT, "matched": 0, "fired": 0}]}
    assert ask(hurt_sandbox, "PUT", {"seed": 5, "faults": [FAULT]}) == (200, shown)
    with pytest.raises(client("s3").exceptions.ClientError):
        client("s3").list_buckets()
    assert ask(hurt_sandbox, "GET")[1]["faults"] == [{**FAULT, "matched": 1, "fired": 1}]
    assert faults.fired() == [1]
    assert ask(hurt_sandbox, "DELETE") == (200, nothing)
    client("s3").list_buckets()


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"faults": [{**FAULT, "operation": "ListBukkets"}]}, "did you mean ListBuckets?"),
        ([1], "must be a mapping"),
        ("{", "Expecting property name"),
    ],
)
def test_http_refuses_a_wrong_document_and_keeps_the_faults(
    hurt_sandbox: Sandbox, faults: Hurting, document: Any, said: str
) -> None:
    faults.set(FAULT)
    status, answer = ask(hurt_sandbox, "PUT", document)
    assert status == 400
    assert said in answer["message"]
    assert faults.fired() == [0]


def test_http_knows_no_other_method(hurt_sandbox: Sandbox) -> None:
    assert ask(hurt_sandbox, "POST")[0] == 405


@pytest.fixture(scope="module")
def factory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Command]:
    """A project whose sandbox runs."""
    directory: Path = tmp_path_factory.mktemp("command")
    (directory / "portfolios").mkdir()
    (directory / "portfolios/environments.yaml").write_text(
        'hub: {account: "111111111111"}\nenvironments:\n  dev: {account: "222222222222", regions: [us-east-1]}\n'
    )
    (directory / "right.yaml").write_text("faults:\n- {service: s3, operation: ListBuckets, kind: throttle}\n")
    (directory / "wrong.yaml").write_text("seed: 1\nfaults:\n- {service: s3, kind: throtle}\n")
    yield Command(directory)
    process.stop(directory)


def test_a_wrong_file_keeps_the_sandbox_from_starting(factory: Command) -> None:
    done = factory("sandbox", "start", "--faults", "wrong.yaml", code=1)
    assert "wrong.yaml:3: faults[1].kind: 'throtle' is unknown; did you mean throttle?" in done.stderr
    assert process.find(factory.directory) is None


def test_showing_them_needs_a_sandbox(factory: Command) -> None:
    assert "hint:  factory sandbox start" in factory("sandbox", "faults", code=1).stderr


def test_the_command_starts_shows_changes_and_clears(factory: Command) -> None:
    factory("sandbox", "start", "--faults", "right.yaml")
    assert factory("sandbox", "faults").stdout.splitlines() == [
        "FAULT\tOF\tFIRED\tOUT OF",
        "throttle\ts3 ListBuckets\t0\t0",
    ]
    (factory.directory / "other.json").write_text(
        json.dumps({"resources": [{"type": "AWS::SQS::Queue", "logical-id": "Queue", "seconds": 1}]})
    )
    # It runs already, so that nothing but its faults changes.
    factory("sandbox", "start", "--faults", "other.json")
    assert factory("sandbox", "faults").stdout.splitlines()[1:] == ["slow\tcreate AWS::SQS::Queue Queue\t0\t0"]
    assert factory.json("sandbox", "faults", "right.yaml")["faults"][0]["kind"] == "throttle"
    assert "nothing goes wrong on purpose" in factory("sandbox", "faults", "--clear").stderr
    assert "exclude each other" in factory("sandbox", "faults", "right.yaml", "--clear", code=2).stderr
