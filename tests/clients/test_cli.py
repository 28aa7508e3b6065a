"""The AWS CLI does an administrator's and an end user's work."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.clients.conftest import World, run

pytestmark = pytest.mark.clients

_PATIENCE_SECONDS = 60.0

Aws = Callable[..., Any]


@pytest.fixture(scope="module")
def programs(python_with: Callable[..., Path]) -> Path:
    """Where the newest AWS CLI is."""
    return python_with(("awscli",))


@pytest.fixture
def aws(programs: Path, world: World) -> Aws:
    """Runs `aws` for an account, and gives what it prints."""

    def call(account: str, *arguments: str) -> Any:
        printed = run(programs / "aws", *arguments, "--output", "json", env=world.environment(account))
        return json.loads(printed) if printed.strip() else None

    return call


@pytest.fixture
def offer(aws: Aws, world: World) -> dict[str, str]:
    """A product that the hub has published by CLI, shared with the other account."""
    portfolio = aws(
        world.hub, "servicecatalog", "create-portfolio", "--display-name", "Tools", "--provider-name", "Platform"
    )["PortfolioDetail"]["Id"]
    version = {"Name": "1.0.0", "Type": "CLOUD_FORMATION_TEMPLATE", "Info": {"LoadTemplateFromURL": world.template_url}}
    made = aws(
        *(world.hub, "servicecatalog", "create-product", "--name", "topic", "--owner", "Platform"),
        *("--product-type", "CLOUD_FORMATION_TEMPLATE", "--provisioning-artifact-parameters", json.dumps(version)),
    )
    product = made["ProductViewDetail"]["ProductViewSummary"]["ProductId"]
    both = ("--product-id", product, "--portfolio-id", portfolio)
    aws(world.hub, "servicecatalog", "associate-product-with-portfolio", *both)
    role = json.dumps({"LocalRoleName": "launch"})
    aws(world.hub, "servicecatalog", "create-constraint", *both, "--type", "LAUNCH", "--parameters", role)
    aws(world.hub, "servicecatalog", "create-portfolio-share", "--portfolio-id", portfolio, "--account-id", world.dev)
    aws(world.dev, "servicecatalog", "accept-portfolio-share", "--portfolio-id", portfolio)
    return {"product": product, "version": made["ProvisioningArtifactDetail"]["Id"]}


def ended(aws: Aws, account: str, record: Any) -> Any:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        found = aws(account, "servicecatalog", "describe-record", "--id", record["RecordDetail"]["RecordId"])
        if found["RecordDetail"]["Status"] in ("SUCCEEDED", "FAILED"):
            return found
        assert time.monotonic() < deadline


def test_the_cli_launches_and_terminates_a_product(aws: Aws, world: World, offer: dict[str, str]) -> None:
    (owned,) = aws(world.hub, "servicecatalog", "search-products-as-admin")["ProductViewDetails"]
    (seen,) = aws(world.dev, "servicecatalog", "search-products")["ProductViewSummaries"]
    assert owned["ProductViewSummary"]["ProductId"] == seen["ProductId"] == offer["product"]

    paths = aws(world.dev, "servicecatalog", "list-launch-paths", "--product-id", offer["product"])
    (path,) = paths["LaunchPathSummaries"]
    launch = aws(
        *(world.dev, "servicecatalog", "provision-product", "--product-id", offer["product"]),
        *("--provisioning-artifact-id", offer["version"], "--path-id", path["Id"]),
        *("--provisioned-product-name", "alerts", "--provisioning-parameters", "Key=Title,Value=shop"),
    )
    record = ended(aws, world.dev, launch)
    assert record["RecordDetail"]["Status"] == "SUCCEEDED", record["RecordDetail"]["RecordErrors"]
    topic = {output["OutputKey"]: output["OutputValue"] for output in record["RecordOutputs"]}["TopicArn"]
    assert aws(world.dev, "sns", "list-topics")["Topics"] == [{"TopicArn": topic}]
    (found,) = aws(world.dev, "servicecatalog", "search-provisioned-products")["ProvisionedProducts"]
    assert (found["Name"], found["Status"]) == ("alerts", "AVAILABLE")

    end = aws(world.dev, "servicecatalog", "terminate-provisioned-product", "--provisioned-product-name", "alerts")
    assert ended(aws, world.dev, end)["RecordDetail"]["Status"] == "SUCCEEDED"
    assert aws(world.dev, "sns", "list-topics")["Topics"] == []
