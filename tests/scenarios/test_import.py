"""A catalog and a stack made by hand come under the factory: nothing is launched anew, no id changes."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.command import Command

pytestmark = pytest.mark.slow

ENVIRONMENTS = """
hub: {account: "111111111111"}
environments:
  dev: {account: "222222222222", regions: [us-east-1]}
  prod: {account: "666666666666", regions: [us-east-1]}
"""
FILE = "portfolios/legacy-platform.yaml"
BUCKET = "legacy-templates"
TOPIC = """\
# written by hand
Parameters:
  Size: {Type: String, AllowedValues: [small, large], Default: small}
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties: {DisplayName: !Sub "topic-${Size}"}
"""
BETTER_TOPIC = TOPIC + "Outputs:\n  Arn: {Value: !Ref Topic}\n"
QUEUE = json.dumps({"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}})
RULES = {"Rules": {"Small": {"Assertions": [{"Assert": {"Fn::Equals": [{"Ref": "Size"}, "small"]}}]}}}


@dataclass(frozen=True, slots=True)
class Legacy:
    """What somebody made by hand, by its ids."""

    portfolio: str
    topic: str
    first: str
    second: str
    launch: str

    @property
    def names(self) -> tuple[str, ...]:
        given = {self.topic: "team-topic", self.first: "1.0.0", self.second: "2.0.0"}
        return tuple(word for id_, name in given.items() for word in ("--as", f"{id_}={name}"))

    @property
    def command(self) -> tuple[str, ...]:
        return ("import", "portfolio", self.portfolio, "-e", "dev", "--sandbox")


@pytest.fixture(scope="module")
def factory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Command]:
    """A project with nothing in it but its environments; the tests build on each other, from top to bottom."""
    directory = tmp_path_factory.mktemp("import")
    (directory / "portfolios").mkdir()
    (directory / "portfolios/environments.yaml").write_text(ENVIRONMENTS)
    (directory / "products").mkdir()
    command = Command(directory)
    command("sandbox", "start")
    command("bootstrap", "--sandbox", "--yes")
    yield command
    command("sandbox", "stop")


def settled(ask: Any, **arguments: Any) -> Any:
    """The first answer that Service Catalog gives to a call which has to wait for others to settle."""
    for _ in range(50):
        try:
            return ask(**arguments)
        except (ask.__self__.exceptions.ResourceNotFoundException, ask.__self__.exceptions.InvalidStateException):
            time.sleep(0.2)
    raise AssertionError(f"{ask.__name__} did not settle")


@pytest.fixture(scope="module")
def legacy(factory: Command) -> Legacy:
    """A portfolio with two products, shared to dev and to a foreign account, and a launch."""
    hub, dev, s3 = factory.client("servicecatalog"), factory.client("servicecatalog", "dev"), factory.client("s3")
    s3.create_bucket(Bucket=BUCKET)
    for key, body in {"topic/1": TOPIC, "topic/2": BETTER_TOPIC, "queue": QUEUE}.items():
        s3.put_object(Bucket=BUCKET, Key=key, Body=body)
    made = {"Owner": "IT", "ProductType": "CLOUD_FORMATION_TEMPLATE"}
    first = hub.create_product(
        Name="Team Topic",
        Description="A topic\nfor a team",
        Distributor="IT",
        Tags=[{"Key": "CostCenter", "Value": "4711"}],
        ProvisioningArtifactParameters={"Name": "v1", "Description": "The first", "Info": info("topic/1")},
        **made,
    )
    topic = first["ProductViewDetail"]["ProductViewSummary"]["ProductId"]
    second = hub.create_provisioning_artifact(ProductId=topic, Parameters={"Name": "v2", "Info": info("topic/2")})
    version = second["ProvisioningArtifactDetail"]["Id"]
    other = hub.create_product(
        Name="inbox", ProvisioningArtifactParameters={"Name": "1.0.0", "Info": info("queue")}, **made
    )
    portfolio = hub.create_portfolio(DisplayName="Legacy Platform", ProviderName="IT")["PortfolioDetail"]["Id"]
    for product in (topic, other["ProductViewDetail"]["ProductViewSummary"]["ProductId"]):
        settled(hub.associate_product_with_portfolio, ProductId=product, PortfolioId=portfolio)
    settled(
        hub.create_constraint,
        PortfolioId=portfolio,
        ProductId=topic,
        Type="TEMPLATE",
        Parameters=json.dumps(RULES),
    )
    for account in ("222222222222", "999999999999"):
        settled(hub.create_portfolio_share, PortfolioId=portfolio, AccountId=account)
    settled(dev.accept_portfolio_share, PortfolioId=portfolio)
    settled(
        dev.associate_principal_with_portfolio,
        PortfolioId=portfolio,
        PrincipalARN="arn:aws:iam:::role/factory-launcher",
        PrincipalType="IAM_PATTERN",
    )
    launched = settled(
        dev.provision_product,
        ProductId=topic,
        ProvisioningArtifactId=first["ProvisioningArtifactDetail"]["Id"],
        ProvisionedProductName="old-topic",
        ProvisionToken="old-topic",
    )["RecordDetail"]["ProvisionedProductId"]
    return Legacy(portfolio, topic, first["ProvisioningArtifactDetail"]["Id"], version, launched)


def info(key: str) -> dict[str, str]:
    return {"LoadTemplateFromURL": f"https://{BUCKET}.s3.us-east-1.amazonaws.com/{key}"}


def snapshot(factory: Command) -> dict[str, str]:
    """Every id of the hub's catalog with what it stands for."""
    hub = factory.client("servicecatalog")
    found = {item["Id"]: item["DisplayName"] for item in hub.list_portfolios()["PortfolioDetails"]}
    for item in hub.search_products_as_admin()["ProductViewDetails"]:
        product = item["ProductViewSummary"]
        found[product["ProductId"]] = product["Name"]
        listed = hub.list_provisioning_artifacts(ProductId=product["ProductId"])["ProvisioningArtifactDetails"]
        found |= {version["Id"]: version["Name"] for version in listed}
    return found


def test_what_cannot_be_taken_over_is_refused_and_nothing_changes(factory: Command, legacy: Legacy) -> None:
    before = snapshot(factory)
    unknown = factory("import", "portfolio", "port-nowhere", "-e", "dev", "--sandbox", code=2)
    assert f"there is Legacy Platform ({legacy.portfolio})" in unknown.stderr
    odd = factory(*legacy.command, "--yes", code=1)
    assert f"version 'v1' ({legacy.first}) is not three numbers such as 1.0.0" in odd.stderr
    assert " ".join(legacy.names) in odd.stderr
    nobody = factory(*legacy.command, *legacy.names, code=2)
    assert "import: nobody to ask" in nobody.stderr

    ssm, key = factory.client("ssm"), "/platform/main/factory/asset-bucket"
    bucket = ssm.get_parameter(Name=key)["Parameter"]["Value"]
    ssm.delete_parameter(Name=key)
    unprepared = factory(*legacy.command, *legacy.names, "--yes", code=1)
    assert "hint:  factory bootstrap --sandbox" in unprepared.stderr
    ssm.put_parameter(Name=key, Value=bucket, Type="String")

    shown = factory(*legacy.command, *legacy.names, "--dry-run")
    assert "~ product team-topic  tag factory:product: dev/team-topic" in shown.stdout
    assert "then has for it:\nnothing to change\n" in shown.stdout
    assert "\nadopted:\n  inbox:\n    owner: IT\n" in shown.stdout
    assert snapshot(factory) == before
    assert not (factory.directory / FILE).exists()


def test_a_portfolio_is_taken_over_and_nothing_is_left_to_publish(factory: Command, legacy: Legacy) -> None:
    before = snapshot(factory)
    done = factory(*legacy.command, *legacy.names, "--yes")
    assert f"written: {FILE}" in done.stderr
    assert factory("plan", "--sandbox", "--exit-code").stdout == "nothing to change\n"
    renamed = {legacy.topic: "team-topic", legacy.first: "1.0.0", legacy.second: "2.0.0"}
    assert snapshot(factory) == {**before, **renamed}
    (launched,) = factory.json("status", "--sandbox")
    assert (launched["name"], launched["product"], launched["version"], launched["newest"]) == (
        "old-topic",
        "team-topic",
        "1.0.0",
        "2.0.0",
    )


def test_a_second_time_there_is_nothing_to_do(factory: Command, legacy: Legacy) -> None:
    text = (factory.directory / FILE).read_text()
    assert "it is taken over already" in factory(*legacy.command).stderr
    assert (factory.directory / FILE).read_text() == text


def test_a_stack_becomes_a_launch_once_its_template_is_that_of_the_version(factory: Command) -> None:
    cloudformation = factory.client("cloudformation", "dev")
    stack = cloudformation.create_stack(StackName="by-hand", TemplateBody=BETTER_TOPIC)["StackId"]
    cloudformation.get_waiter("stack_create_complete").wait(StackName=stack, WaiterConfig={"Delay": 0.2})
    take = ("import", "stack", "by-hand", "-e", "dev", "--product", "team-topic", "--sandbox", "--version")

    other = factory(*take, "1.0.0", code=1)
    assert "its template is not that of team-topic 1.0.0; an update to that would be:" in other.stderr
    assert "    Arn output removed\n" in other.stderr
    missing = factory("import", "stack", "none", *take[3:], "2.0.0", code=1)
    assert "account 222222222222 has none of that name in us-east-1" in missing.stderr

    taken = factory.json(*take, "2.0.0")
    assert (taken["name"], taken["version"], taken["status"]) == ("by-hand", "2.0.0", "AVAILABLE")
    assert taken["outputs"]["Arn"].startswith("arn:aws:sns:")
    assert factory.json(*take, "2.0.0") == taken
    (described,) = cloudformation.describe_stacks(StackName=stack)["Stacks"]
    assert described["StackId"] == stack
    assert [item["name"] for item in factory.json("status", "--sandbox")] == ["by-hand", "old-topic"]


def test_code_gives_the_next_version_and_what_is_launched_stays(factory: Command, legacy: Legacy) -> None:
    factory("new", "team-topic")
    source = factory.directory / "products/team_topic.py"
    source.write_text(source.read_text().replace('version = "1.0.0"', 'version = "3.0.0"'))
    manifest = factory.directory / FILE
    offers = "  team-topic:\n    dev:\n    - 1.0.0\n    - 2.0.0\n"
    text = manifest.read_text().replace("environments:\n- dev\n", "environments: [dev, prod]\n")
    text = text.replace("  inbox:\n    dev: 1.0.0\n", "  inbox: {dev: 1.0.0, prod: 1.0.0}\n")
    assert offers in text
    manifest.write_text(text.replace(offers, offers + "    - current\n"))

    changes = factory.json("publish", "--sandbox", "--yes")["changes"]
    dev = [item["subject"] for item in changes if item["environment"] == "dev"]
    assert dev == ["product team-topic", "version team-topic 3.0.0"]
    assert snapshot(factory).items() >= {(legacy.topic, "team-topic"), (legacy.first, "1.0.0")}
    found = {item["name"]: item for item in factory.json("status", "--sandbox")}
    assert {name: (item["version"], item["newest"]) for name, item in found.items()} == {
        "old-topic": ("1.0.0", "3.0.0"),
        "by-hand": ("2.0.0", "3.0.0"),
    }
    launches = factory.client("servicecatalog", "dev").search_provisioned_products()["ProvisionedProducts"]
    assert legacy.launch in [item["Id"] for item in launches]


def test_a_version_without_code_is_promoted_with_its_own_bytes(factory: Command) -> None:
    """The publication before this test made the product in prod."""
    factory("launch", "inbox", "-e", "prod", "--sandbox")
    cloudformation = factory.client("cloudformation", "prod")
    (stack,) = [item for item in cloudformation.describe_stacks()["Stacks"] if item["StackName"].startswith("SC-")]
    assert cloudformation.get_template(StackName=stack["StackId"])["TemplateBody"] == json.loads(QUEUE)
