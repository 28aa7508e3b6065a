"""The AWS SDK for JavaScript v3 does an administrator's and an end user's work."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.clients.conftest import World, run

pytestmark = pytest.mark.clients

_SCENARIO = "catalog.mjs"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of Node.js with the SDK's client of Service Catalog."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("Node.js and npm are not installed")
    directory = tmp_path_factory.mktemp("node")
    run(
        npm,
        "install",
        "--no-audit",
        "--no-fund",
        "--no-package-lock",
        "@aws-sdk/client-service-catalog@3",
        cwd=directory,
    )
    shutil.copy(Path(__file__).with_name(_SCENARIO), directory)
    return directory


@pytest.mark.parametrize(
    ("wire", "protocol"), [("json", "AwsJson1_1Protocol"), ("cbor", "SmithyRpcV2CborProtocol")], ids=["json", "cbor"]
)
def test_a_product_is_published_shared_launched_and_terminated(
    project: Path, world: World, wire: str, protocol: str
) -> None:
    arguments = (wire, world.hub, world.dev, world.template_url)
    told = json.loads(run("node", _SCENARIO, *arguments, cwd=project, env=world.environment(world.hub)))

    assert told["protocol"] == protocol
    assert told["topic"].startswith(f"arn:aws:sns:us-east-1:{world.dev}:")
    assert world.client("sns", world.dev).list_topics()["Topics"] == []
