"""A catalog that is published and launched while AWS throttles, loses connections, lags behind and fails."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from tests.command import Command
from tests.conftest import shipped

pytestmark = pytest.mark.slow

ENVIRONMENTS = """
hub: {account: "111111111111"}
environments:
  dev: {account: "222222222222", regions: [us-east-1], parameters: {Project: shop, DomainName: dev.example.com}}
  prod: {account: "666666666666", regions: [us-east-1], parameters: {Project: shop, DomainName: example.com}}
"""
PORTFOLIO = """
display-name: Teams
provider: Platform team
environments: [dev, prod]
products:
  foundation: {dev: current, prod: current}
  order-queue: {dev: current, prod: current}
tag-options: {Team: [orders]}
access: [role/factory-launcher]
"""
CATALOG = "servicecatalog"
REASON = "There is no capacity for queues."
PATIENCE_SECONDS = 60.0


@pytest.fixture(scope="module")
def factory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Command]:
    """A project that offers two products in two environments; its sandbox begins with the first faults."""
    directory = tmp_path_factory.mktemp("faults")
    command = Command(directory)
    (directory / "portfolios").mkdir()
    (directory / "portfolios/environments.yaml").write_text(ENVIRONMENTS)
    command("new", "order-queue")
    product = directory / "products/order_queue.py"
    # What a failed launch has made is not worth keeping.
    product.write_text(product.read_text().replace('DeletionPolicy="Retain"', 'DeletionPolicy="RetainExceptOnCreate"'))
    (directory / "portfolios/teams.yaml").write_text(PORTFOLIO)
    yield command
    command("sandbox", "stop")


def written(factory: Command, *faults: dict[str, Any], resources: tuple[dict[str, Any], ...] = ()) -> str:
    """Write a file of faults and give its name."""
    path = factory.directory / "faults.json"
    path.write_text(json.dumps({"seed": 11, "faults": faults, "resources": resources}))
    return path.name


def hurt(factory: Command, *faults: dict[str, Any], resources: tuple[dict[str, Any], ...] = ()) -> None:
    """Let these things go wrong from now on."""
    factory("sandbox", "faults", written(factory, *faults, resources=resources))


def fired(factory: Command) -> list[int]:
    document = factory.json("sandbox", "faults")
    return [item["fired"] for item in [*document["faults"], *document["resources"]]]


def assert_nothing_is_there_twice(factory: Command) -> None:
    """Each environment has its portfolio and each product in it, with one version, and all that hangs on them, once."""
    factory("sandbox", "faults", "--clear")
    hub = factory.client(CATALOG)
    portfolios = hub.list_portfolios()["PortfolioDetails"]
    assert [item["DisplayName"] for item in portfolios] == ["Teams", "Teams"]
    products = [item["ProductViewSummary"] for item in hub.search_products_as_admin()["ProductViewDetails"]]
    assert Counter(item["Name"] for item in products) == {"foundation": 2, "order-queue": 2}
    for product in products:
        versions = hub.list_provisioning_artifacts(ProductId=product["ProductId"])["ProvisioningArtifactDetails"]
        current = shipped()["foundation"].version if product["Name"] == "foundation" else "1.0.0"
        assert [version["Name"] for version in versions] == [current]
    options = hub.list_tag_options()["TagOptionDetails"]
    assert [option["Value"] for option in options] == ["orders"]
    for portfolio in portfolios:
        described = hub.list_constraints_for_portfolio(PortfolioId=portfolio["Id"])["ConstraintDetails"]
        kinds = Counter((item["ProductId"], item["Type"]) for item in described)
        assert len(kinds) == 6
        assert set(kinds.values()) == {1}
        shares = hub.describe_portfolio_shares(PortfolioId=portfolio["Id"], Type="ACCOUNT")["PortfolioShareDetails"]
        assert [share["Accepted"] for share in shares] == [True]
        assert len(hub.describe_portfolio(Id=portfolio["Id"])["TagOptions"]) == 1


def assert_published(factory: Command) -> None:
    """A second publication changes nothing, and the first one made nothing twice."""
    again = factory.json("publish", "--sandbox", "--yes")
    assert again == {"changes": [], "kept": [], "complete": True}
    assert_nothing_is_there_twice(factory)


def test_throttling_and_lost_connections_do_not_stop_a_publication(factory: Command) -> None:
    file = written(
        factory,
        {"service": CATALOG, "kind": "throttle", "probability": 0.1},
        {"service": CATALOG, "kind": "server-error", "probability": 0.05},
        {"service": CATALOG, "operation": "Create*", "kind": "drop-after", "probability": 0.2},
        {"service": CATALOG, "operation": "Create*", "kind": "timeout-after", "seconds": 0.2, "nth": 5},
        {"service": CATALOG, "operation": "Associate*", "kind": "drop-after", "probability": 0.2},
        {"service": CATALOG, "operation": "AcceptPortfolioShare", "kind": "drop-after", "nth": 1},
        {"service": "s3", "operation": "PutObject", "kind": "drop-before", "nth": 1},
        {"service": "ssm", "operation": "GetParameter", "kind": "throttle", "nth": 1},
    )
    factory("sandbox", "start", "--faults", file)
    assert fired(factory) == [0] * 8
    factory("publish", "--sandbox", "--yes")
    assert all(fired(factory)), fired(factory)
    assert_published(factory)


def test_a_publication_waits_for_reads_that_lag(factory: Command) -> None:
    factory("sandbox", "reset")
    hurt(factory, {"service": CATALOG, "kind": "read-lag", "reads": 2})
    factory("publish", "--sandbox", "--yes")
    document = factory.json("sandbox", "faults")
    assert document["faults"][0]["fired"] > 20
    assert document["missed-reads"] > 20
    # What nobody has read since is missed still, and so asked for again: that makes nothing twice.
    factory("publish", "--sandbox", "--yes")
    assert factory.json("sandbox", "faults")["missed-reads"] > document["missed-reads"]
    factory("sandbox", "faults", "--clear")
    assert_published(factory)


def test_an_interrupted_publication_is_continued(factory: Command) -> None:
    factory("sandbox", "start")
    factory("sandbox", "reset")
    hurt(factory, {"service": CATALOG, "operation": "CreateConstraint", "kind": "delay", "seconds": 1})
    endpoint = factory.json("sandbox", "status")["endpoint"]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "FACTORY_"))}
    with subprocess.Popen(
        [sys.executable, "-m", "factory.cli.main", "publish", "--sandbox", "--yes"],
        cwd=factory.directory,
        env=kept,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # Whoever runs the tests in the background has SIGINT ignored, which a child would inherit.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as publication:
        deadline = time.monotonic() + PATIENCE_SECONDS
        # Asked over HTTP, since a command of its own would take longer than the publication.
        while not json.load(urllib.request.urlopen(f"{endpoint}/_factory/faults"))["faults"][0]["fired"]:  # noqa: S310
            time.sleep(0.05)
            assert time.monotonic() < deadline
            assert publication.poll() is None
        publication.send_signal(signal.SIGINT)
        _, said = publication.communicate()
    assert publication.returncode == 130
    assert "interrupted: run the same command again to continue" in said
    rest = factory.json("publish", "--sandbox", "--yes")["changes"]
    assert 0 < len(rest) < said.count("\n+ ") + len(rest)
    assert_published(factory)


def test_a_launch_survives_lost_connections(factory: Command) -> None:
    """Asked for again under the same token, it is the same launch, update and termination."""
    hurt(
        factory,
        {"service": CATALOG, "operation": "ProvisionProduct", "kind": "drop-after", "nth": 1},
        {"service": CATALOG, "operation": "UpdateProvisionedProduct", "kind": "drop-after", "nth": 1},
        # By the time that the connection is lost, there is nothing left to terminate.
        {
            "service": CATALOG,
            "operation": "TerminateProvisionedProduct",
            "kind": "timeout-after",
            "seconds": 5,
            "nth": 1,
        },
        {"service": CATALOG, "operation": "DescribeRecord", "kind": "throttle", "nth": 1},
        {"service": "cloudformation", "operation": "DescribeStackEvents", "kind": "drop-before", "nth": 1},
    )
    factory("launch", "foundation", "-e", "dev", "--sandbox")
    factory("launch", "order-queue", "-e", "dev", "--sandbox", "--name", "fleeting")
    factory("launch", "order-queue", "-e", "dev", "--sandbox", "--name", "fleeting", "-p", "Receives=9")
    factory("terminate", "fleeting", "-e", "dev", "--sandbox")
    assert fired(factory) == [1, 1, 1, 1, 1]
    assert [row["name"] for row in factory.json("status", "-e", "dev", "--sandbox")] == ["foundation"]
    records = factory.client(CATALOG, "dev").list_record_history()["RecordDetails"]
    kinds = Counter((record["ProvisionedProductName"], record["RecordType"]) for record in records)
    assert set(kinds.values()) == {1}


def queues(factory: Command) -> list[str]:
    found: list[str] = factory.client("sqs", "dev").list_queues().get("QueueUrls", [])
    return found


def test_a_resource_that_fails_half_way_leaves_nothing_behind(factory: Command) -> None:
    hurt(factory, resources=({"type": "AWS::SQS::Queue", "logical-id": "Queue", "reason": REASON, "times": 1},))
    before = queues(factory)
    done = factory("launch", "order-queue", "-e", "dev", "--sandbox", code=1)
    assert f"launch order-queue in dev/us-east-1 failed: Queue (AWS::SQS::Queue): {REASON}" in done.stderr
    assert "CREATE_COMPLETE" in next(
        line for line in done.stderr.splitlines() if "Undeliverable " in line and "COMP" in line
    )
    assert fired(factory) == [1]
    assert queues(factory) == before
    factory("terminate", "order-queue", "-e", "dev", "--sandbox")


def test_an_update_that_fails_leaves_a_launch_that_can_be_used_and_repaired(factory: Command) -> None:
    url = factory.json("launch", "order-queue", "-e", "dev", "--sandbox")["outputs"]["QueueUrl"]
    assert attempts(factory, url) == 5
    hurt(
        factory,
        resources=({"type": "AWS::SQS::Queue", "step": "update", "logical-id": "Queue", "reason": REASON, "nth": 1},),
    )
    change = ("launch", "order-queue", "-e", "dev", "--sandbox", "-p", "Receives=9")
    done = factory(*change, code=1)
    assert f"AWS::SQS::Queue): {REASON}" in done.stderr
    assert fired(factory) == [1]
    assert status(factory) == "TAINTED"
    assert attempts(factory, url) == 5
    factory(*change)
    assert status(factory) == "AVAILABLE"
    assert attempts(factory, url) == 9


def status(factory: Command) -> str:
    rows = factory.json("status", "-e", "dev", "--sandbox")
    return str(next(row["status"] for row in rows if row["name"] == "order-queue"))


def attempts(factory: Command, url: str) -> int:
    """After how many deliveries a queue takes a message for undeliverable."""
    sqs = factory.client("sqs", "dev")
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["RedrivePolicy"])["Attributes"]["RedrivePolicy"]
    return int(json.loads(found)["maxReceiveCount"])
