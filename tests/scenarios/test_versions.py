"""What becomes of a product's versions: refused changes, new versions, and promotion byte for byte."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator

import pytest

from tests.command import Command
from tests.scenarios import project

LOG = "products/changelogs/order-queue.md"


@pytest.fixture(scope="module")
def factory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Command]:
    """A project with one product of its own; the tests build on each other, from top to bottom."""
    directory = tmp_path_factory.mktemp("versions")
    command = project.begin(directory, project.environments("dev", "prod"), teams=project.portfolio("dev", "prod"))
    command("publish", "--sandbox", "--yes")
    yield command
    command("sandbox", "stop")


def edit(factory: Command, before: str, after: str) -> None:
    path = factory.directory / "products/order_queue.py"
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after, 1))


def offer(factory: Command, *, dev: object, prod: object, **settings: object) -> None:
    """Name the versions that the environments offer."""
    products = {"order-queue": {"dev": dev, "prod": prod}}
    project.write(factory, teams=project.portfolio("dev", "prod", products=products, **settings))


def offered(factory: Command, environment: str) -> dict[str, str]:
    """Version to digest of what the environment offers."""
    catalog = factory.client("servicecatalog", environment)
    (product,) = catalog.search_products()["ProductViewSummaries"]
    details = catalog.describe_product(Id=product["ProductId"])["ProvisioningArtifacts"]
    return {item["Name"]: item["Description"][-64:] for item in details}


def test_nothing_is_released_without_a_change(factory: Command) -> None:
    done = factory("release", "order-queue", "--sandbox", code=1)
    assert "nothing changed in order-queue since 1.0.0" in done.stderr


def test_a_change_without_a_new_version_is_refused(factory: Command) -> None:
    edit(factory, "default=5", "default=6")
    in_template = 'VisibilityTimeout=int(self.version.replace(".", "")), MessageRetentionPeriod'
    edit(factory, "MessageRetentionPeriod", in_template)
    done = factory("publish", "--sandbox", "--yes", code=1)
    assert "order-queue 1.0.0 is published with another template" in done.stderr
    assert "the change needs version 1.0.1" in done.stderr
    assert "hint:  factory release order-queue --sandbox" in done.stderr
    assert list(offered(factory, "dev")) == ["1.0.0"]


def test_a_release_sets_the_version_that_the_change_needs(factory: Command) -> None:
    source, log = factory.directory / "products/order_queue.py", factory.directory / LOG
    before = source.read_text()
    shown = factory("release", "order-queue", "--dry-run", "--sandbox").stdout
    assert shown.startswith("products/order_queue.py: version 1.0.0 → 1.0.1\n")
    assert source.read_text() == before
    assert not log.exists()
    assert factory("release", "order-queue", "--sandbox").stdout == shown
    assert source.read_text() == before.replace('version = "1.0.0"', 'version = "1.0.1"')
    assert "- parameter `Receives` has another default, for new launches: 5 → 6\n" in log.read_text()
    again = factory("release", "order-queue", "--sandbox", code=1)
    assert "order-queue 1.0.1 is enough for its change since 1.0.0" in again.stderr


def test_a_new_version_is_the_one_thing_that_is_added(factory: Command) -> None:
    offer(factory, dev=["1.0.0", "current"], prod="1.0.0")
    changes = factory.json("publish", "--sandbox", "--yes")["changes"]
    assert [(item["environment"], item["action"]) for item in changes] == [("dev", "create")]
    assert "order-queue 1.0.1" in changes[0]["subject"]
    assert sorted(offered(factory, "dev")) == ["1.0.0", "1.0.1"]
    assert list(offered(factory, "prod")) == ["1.0.0"]


def test_promotion_takes_the_published_bytes(factory: Command) -> None:
    """The code has moved on: what prod gets is what dev had, not what the code would give now."""
    published = offered(factory, "dev")["1.0.1"]
    edit(factory, "default=6", "default=7")
    edit(factory, 'version = "1.0.1"', 'version = "1.0.2"')
    offer(factory, dev=["1.0.0", "1.0.1"], prod="1.0.1")
    factory("publish", "--sandbox", "--yes")
    assert offered(factory, "prod") == {"1.0.1": published}
    bucket = factory.client("ssm").get_parameter(Name="/platform/main/factory/asset-bucket")["Parameter"]["Value"]
    key = f"templates/order-queue/1.0.1/{published}.template.json"
    body = factory.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    assert hashlib.sha256(body).hexdigest() == published


def test_a_version_that_was_never_published_is_refused(factory: Command) -> None:
    offer(factory, dev=["1.0.0", "1.0.1"], prod="3.0.0")
    done = factory("publish", "--sandbox", "--yes", code=1)
    assert "order-queue 3.0.0, offered in prod, does not exist; there is 1.0.0, 1.0.1, 1.0.2" in done.stderr
    assert list(offered(factory, "prod")) == ["1.0.1"]


def test_a_version_that_is_no_longer_named_is_withdrawn_and_kept(factory: Command) -> None:
    offer(factory, dev="1.0.1", prod="1.0.1")
    changes = factory.json("publish", "--sandbox", "--yes")["changes"]
    assert [(item["environment"], item["action"]) for item in changes] == [("dev", "update")]
    assert list(offered(factory, "dev")) == ["1.0.1"]
    hub = factory.client("servicecatalog")
    (product,) = [
        item["ProductViewSummary"]
        for item in hub.search_products_as_admin()["ProductViewDetails"]
        if item["ProductViewSummary"]["Distributor"].endswith("/dev")
    ]
    listed = hub.list_provisioning_artifacts(ProductId=product["ProductId"])["ProvisioningArtifactDetails"]
    assert {item["Name"]: item["Active"] for item in listed} == {"1.0.0": False, "1.0.1": True}


def test_a_version_that_moves_too_little_is_refused(factory: Command) -> None:
    offer(factory, dev="current", prod="1.0.1")
    edit(factory, "high=100", "high=10")
    edit(factory, "MessageRetentionPeriod=_KEEP_SECONDS,", "MessageRetentionPeriod=_KEEP_SECONDS, FifoQueue=True,")
    done = factory("publish", "--sandbox", "--yes", code=1)
    assert "order-queue 1.0.2 follows 1.0.1 with a major change, which needs version 2.0.0" in done.stderr
    refused = factory("release", "order-queue", "--minor", "--sandbox", code=1)
    assert "a minor version is too little: the change is major" in refused.stderr
    factory("release", "order-queue", "--sandbox")
    log = (factory.directory / LOG).read_text()
    assert re.findall("^## ([^ ]+)", log, re.MULTILINE) == ["2.0.0", "1.0.1"]
    assert "VisibilityTimeout: 101 → 200" in log


def test_a_difference_says_what_an_update_does(factory: Command) -> None:
    told = factory("diff", "order-queue", "--against", "1.0.0", "--sandbox").stdout
    assert told.startswith("order-queue: 1.0.0 → 2.0.0 as the code is now\n")
    assert "  Queue (AWS::SQS::Queue) replaced, holds data\n      FifoQueue: nothing → true\n" in told
    assert "      the old one stays with its data, the new one begins empty\n" in told
    unknown = factory("diff", "order-queue", "--against", "0.9.0", "--sandbox", code=2)
    assert "order-queue 0.9.0 was never published, and is no file: published are 1.0.0, 1.0.1" in unknown.stderr


def test_the_plan_says_what_an_update_does(factory: Command) -> None:
    lines = factory("plan", "--sandbox").stdout.splitlines()
    place = next(number for number, line in enumerate(lines) if "order-queue 2.0.0" in line)
    assert "after 1.0.1: at least major: Queue (AWS::SQS::Queue) replaced, holds data, and" in lines[place]
    assert lines[place + 1].strip() == "replaces, holds data: Queue, Undeliverable"


def test_a_version_that_somebody_launched_is_deprecated_by_an_approved_plan(factory: Command) -> None:
    project.provide_key(factory)
    factory("launch", "order-queue", "-e", "dev", "--name", "orders", "--sandbox")
    retiring = {"retire": {"keep": 1, "inactive-after": "2020-01-01"}}
    offer(factory, dev="current", prod="1.0.1", **retiring)
    shown = factory("plan", "-e", "dev", "--save", "plan.json", "--exit-code", "--sandbox", code=3).stdout
    assert "older than the newest version, inactive after 2020-01-01; used by orders in dev/us-east-1" in shown

    offer(factory, dev="current", prod="1.0.1", **retiring, **{"display-name": "Others"})
    moved = factory("publish", "--plan", "plan.json", "--sandbox", code=1)
    assert "products or manifests ask for something else in dev/us-east-1" in moved.stderr
    offer(factory, dev="current", prod="1.0.1", **retiring)
    assert list(offered(factory, "dev")) == ["1.0.1"]

    done = factory.json("publish", "--plan", "plan.json", "--sandbox")
    assert done["complete"]
    assert done["changes"] == json.loads((factory.directory / "plan.json").read_text())["changes"]
    again = factory("publish", "--plan", "plan.json", "--sandbox", code=1)
    assert "the plan no longer holds: the catalog was changed in dev/us-east-1" in again.stderr
    catalog = factory.client("servicecatalog", "dev")
    (product,) = catalog.search_products()["ProductViewSummaries"]
    versions = catalog.describe_product(Id=product["ProductId"])["ProvisioningArtifacts"]
    assert {item["Name"]: item["Guidance"] for item in versions} == {"1.0.1": "DEPRECATED", "2.0.0": "DEFAULT"}
    (deprecated,) = (item["Description"] for item in versions if item["Name"] == "1.0.1")
    assert re.match(r"order-queue 1\.0\.1, deprecated since \d{4}-\d{2}-\d{2}, template sha256:", deprecated)
    plan = factory.json("plan", "--sandbox", "--exit-code")
    assert plan["changes"] == []
    assert [text.partition(": ")[2].split(":")[0] for text in plan["kept"]] == ["order-queue 1.0.1 stays deprecated"]


def test_a_version_that_nobody_uses_any_more_ends_and_is_pruned(factory: Command) -> None:
    factory("terminate", "orders", "-e", "dev", "--yes", "--sandbox")
    told = factory("publish", "--yes", "--sandbox").stderr
    assert "    older than the newest version, inactive after 2020-01-01; used by nobody\n" in told
    assert list(offered(factory, "dev")) == ["2.0.0"]
    pruned = factory.json("publish", "--prune", "--yes", "--sandbox")["changes"]
    assert [(item["environment"], item["action"], item["subject"]) for item in pruned] == [
        ("dev", "delete", "version order-queue 1.0.0"),
        ("dev", "delete", "version order-queue 1.0.1"),
        ("prod", "delete", "version order-queue 1.0.0"),
    ]
