"""What somebody made in the hub, looked at, named and taken over."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from factory.aws.adoption import Adoption, choose_name, choose_names, find, prepare, take_over
from factory.aws.errors import INVALID_STATE
from factory.catalog.marks import PRODUCT_TAG
from factory.catalog.model import Catalog, Digest, Place, ProductName, VersionName
from factory.errors import CatalogError, FactoryError, PlanError, UsageError
from tests.aws.conftest import HOME, PATIENCE, World
from tests.aws.samples import catalog_of, make_artifact

TEMPLATE = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}
NEWER = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}, "Queue": {"Type": "AWS::SQS::Queue"}}}


@dataclass(frozen=True, slots=True)
class Legacy:
    """A hub in which somebody made things by hand."""

    world: World
    place: Place

    @property
    def hub(self) -> Any:
        return self.world.direct.in_hub("servicecatalog", HOME)

    def info(self, name: str, template: Mapping[str, Any]) -> dict[str, str]:
        bucket = f"legacy-{self.world.hub.account}"
        s3 = self.world.direct.in_hub("s3", HOME)
        s3.create_bucket(Bucket=bucket)
        s3.put_object(Bucket=bucket, Key=name, Body=json.dumps(template))
        return {"LoadTemplateFromURL": f"https://s3.{HOME}.amazonaws.com/{bucket}/{name}"}

    def portfolio(self, *products: str, title: str = "Legacy", **tags: str) -> str:
        listed = [{"Key": key.replace("_", ":"), "Value": value} for key, value in tags.items()]
        answer = self.hub.create_portfolio(DisplayName=title, ProviderName="IT", Tags=listed)
        id_ = str(answer["PortfolioDetail"]["Id"])
        for product in products:
            self.hub.associate_product_with_portfolio(ProductId=product, PortfolioId=id_)
        return id_

    def product(self, name: str = "topic", version: str = "1.0.0", tags: tuple[tuple[str, str], ...] = ()) -> str:
        answer = self.hub.create_product(
            Name=name,
            Owner="IT",
            ProductType="CLOUD_FORMATION_TEMPLATE",
            Tags=[{"Key": key, "Value": value} for key, value in tags],
            ProvisioningArtifactParameters={"Name": version, "Info": self.info(f"{name}/{version}", TEMPLATE)},
        )
        id_ = str(answer["ProductViewDetail"]["ProductViewSummary"]["ProductId"])
        self.wait(id_, answer["ProvisioningArtifactDetail"]["Id"])
        return id_

    def version(self, product: str, name: str, template: Mapping[str, Any] = NEWER) -> str:
        answer = self.hub.create_provisioning_artifact(
            ProductId=product, Parameters={"Name": name, "Info": self.info(f"{product}/{name}", template)}
        )
        id_ = str(answer["ProvisioningArtifactDetail"]["Id"])
        self.wait(product, id_)
        return id_

    def wait(self, product: str, version: str) -> None:
        ask = self.hub.describe_provisioning_artifact
        assert PATIENCE.until(
            lambda: ask(ProductId=product, ProvisioningArtifactId=version)["Status"] == "AVAILABLE", INVALID_STATE
        )

    def prepare(
        self,
        portfolio: str,
        name: str | None = None,
        code: Mapping[tuple[ProductName, VersionName], Digest] | None = None,
        **names: str,
    ) -> Adoption:
        found = find(self.world.direct, self.place, portfolio)
        chosen_name = choose_name(found, name)
        chosen = choose_names(found, {key.replace("_", "-"): value for key, value in names.items()})
        return prepare(self.world.direct, self.world.store(), found, chosen_name, chosen, code or {})

    def take(self, adoption: Adoption) -> None:
        take_over(self.world.direct, self.world.store(), adoption)

    def refusal(self, portfolio: str, name: str | None = None, **names: str) -> FactoryError:
        before = self.world.read()
        with pytest.raises(FactoryError) as refused:
            self.prepare(portfolio, name, **names)
        assert self.world.read() == before
        return refused.value


@pytest.fixture
def legacy(world: World, dev: Place) -> Legacy:
    return Legacy(world, dev)


def test_the_factory_then_reads_what_was_foretold_under_the_same_ids(legacy: Legacy) -> None:
    topic = legacy.product(tags=(("CostCenter", "4711"),))
    old, odd = legacy.version(topic, "v2"), legacy.version(topic, "draft", TEMPLATE)
    legacy.hub.update_provisioning_artifact(ProductId=topic, ProvisioningArtifactId=old, Description="The second")
    legacy.hub.update_provisioning_artifact(ProductId=topic, ProvisioningArtifactId=odd, Active=False)
    portfolio = legacy.portfolio(topic, Team="red")

    adoption = legacy.prepare(portfolio, **{old: "2.0.0"})
    assert legacy.world.read() == Catalog()
    legacy.take(adoption)

    assert legacy.world.read() == Catalog(portfolios=(adoption.portfolio,), products=adoption.products)
    versions = [(version.name, version.active) for version in adoption.products[0].versions]
    assert versions == [("draft", False), ("1.0.0", True), ("2.0.0", True)]
    (described,) = [
        item
        for item in legacy.hub.list_provisioning_artifacts(ProductId=topic)["ProvisioningArtifactDetails"]
        if item["Id"] == old
    ]
    assert described["Name"] == "2.0.0"
    assert described["Description"].startswith("The second, template sha256:")
    body = legacy.world.store().get(ProductName("topic"), VersionName("2.0.0"))
    assert json.loads(body) == NEWER
    assert not legacy.prepare(portfolio)


def test_an_interrupted_run_is_continued(legacy: Legacy) -> None:
    portfolio = legacy.portfolio(legacy.product("topic"), legacy.product("queue"))
    whole = legacy.prepare(portfolio)
    told: list[str] = []

    def interrupt(subject: str) -> None:
        told.append(subject)
        if subject == "product topic":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        take_over(legacy.world.direct, legacy.world.store(), whole, interrupt)
    rest = legacy.prepare(portfolio)
    assert not rest.records
    assert [mark.subject for mark in rest.marks] == ["product topic", "portfolio legacy"]
    legacy.take(rest)
    assert legacy.world.read() == Catalog(portfolios=(whole.portfolio,), products=whole.products)


def test_what_has_to_be_known_before_is_told(legacy: Legacy) -> None:
    topic = legacy.product()
    portfolio = legacy.portfolio(topic)
    legacy.portfolio(topic, title="Second")
    foreign = legacy.product("foreign", tags=((PRODUCT_TAG, "prod/foreign"),))
    legacy.hub.associate_product_with_portfolio(ProductId=foreign, PortfolioId=portfolio)
    # S3 tells whole seconds.
    time.sleep(1.1)
    legacy.info("topic/1.0.0", NEWER)

    adoption = legacy.prepare(portfolio, code={(ProductName("topic"), VersionName("2.0.0")): Digest("x")})

    notes = "\n".join(adoption.notes)
    assert f"product foreign ({foreign}) stays as it is: it belongs to the factory already, as prod/foreign" in notes
    assert f"product topic ({topic}) is in Second (port-" in notes
    assert "the project has code of that name" in notes
    assert "after the version was made: make sure that it is still the same" in notes
    assert [product.name for product in adoption.products] == ["topic"]


def test_names_that_a_manifest_cannot_have_are_told_with_others(legacy: Legacy) -> None:
    topic = legacy.product("Team Topic", "v1")
    second, twice = legacy.version(topic, "1.0.0"), legacy.version(topic, "1.0.0")
    error = legacy.refusal(legacy.portfolio(topic))
    assert "'Team Topic' is not lower-case words joined by hyphens" in error.message
    assert "version 'v1'" in error.message
    assert f"two versions are called 1.0.0, {second} and {twice}" in error.message
    assert error.hint
    given = dict(part.split("=") for part in error.hint.split(": ")[1].replace("--as ", "").split())
    assert sorted(given.values()) == ["1.0.1", "1.0.2", "team-topic"]
    assert legacy.prepare(legacy.portfolio(topic, title="Again"), **given)


def test_ids_that_are_not_there(legacy: Legacy) -> None:
    portfolio = legacy.portfolio(legacy.product(), title="Here")
    error = legacy.refusal("port-unknown")
    assert isinstance(error, UsageError)
    assert error.message == f"the hub has no portfolio port-unknown in us-east-1; there is Here ({portfolio})"
    assert "has no product or version prod-x" in legacy.refusal(portfolio, prod_x="y").message
    with pytest.raises(UsageError, match="has no product prod-x; there is prod-"):
        find(legacy.world.direct, legacy.place, portfolio).leaving(["prod-x"], "why")


def test_a_portfolio_that_another_account_shares(legacy: Legacy) -> None:
    other = legacy.world.direct.in_environment("servicecatalog", legacy.world.prod.name, HOME)
    id_ = other.create_portfolio(DisplayName="Theirs", ProviderName="Them")["PortfolioDetail"]["Id"]
    other.create_portfolio_share(PortfolioId=id_, AccountId=legacy.world.hub.account)
    PATIENCE.retry(lambda: legacy.hub.accept_portfolio_share(PortfolioId=id_), "ResourceNotFoundException")
    error = legacy.refusal(id_)
    assert f"belongs to account {legacy.world.prod.account}, which shares it with the hub" in error.message


def test_names_that_are_taken(legacy: Legacy) -> None:
    sample = make_artifact()
    legacy.world.publish(catalog_of(legacy.world.dev, legacy.place, sample), [sample])
    product = legacy.product("sample", "3.0.0")
    portfolio = legacy.portfolio(product, title="Platform")
    error = legacy.refusal(portfolio)
    assert "portfolio platform in dev/us-east-1 is there already" in error.message
    assert error.hint == "--name platform-2"
    error = legacy.refusal(portfolio, "other")
    assert "sample is the name of prod-" in error.message
    assert error.hint
    assert error.hint.endswith(f"--as {product}=sample-2")
    assert "a name is lower-case words" in legacy.refusal(portfolio, "My Portfolio").message


def test_what_the_factory_has_already(legacy: Legacy) -> None:
    elsewhere = legacy.portfolio(title="Prod", factory_portfolio="prod/legacy")
    assert "belongs to the factory already, as prod/legacy" in legacy.refusal(elsewhere).message
    here = legacy.portfolio(title="Dev", factory_portfolio="dev/legacy")
    error = legacy.refusal(here, "other")
    assert (error.message[-10:], error.hint) == ("dev/legacy", "--name legacy")


def test_versions_of_which_there_is_another_template(legacy: Legacy) -> None:
    topic = legacy.product()
    portfolio = legacy.portfolio(topic)
    key = ProductName("topic"), VersionName("1.0.0")
    with pytest.raises(PlanError, match=r"the code's topic 1\.0\.0 is another template"):
        legacy.prepare(portfolio, code={key: Digest("other")})
    legacy.world.store().record(HOME, *key, b"other")
    error = legacy.refusal(portfolio)
    assert "the factory published topic 1.0.0 with another template" in error.message
    assert error.hint == f"take it over under another name: --as {topic}=topic-adopted"
    with pytest.raises(CatalogError, match="was published with another template"):
        legacy.world.store().record(HOME, *key, b"third")


def test_a_template_that_is_no_longer_there(legacy: Legacy) -> None:
    topic = legacy.product()
    lost = legacy.version(topic, "2.0.0")
    bucket = f"legacy-{legacy.world.hub.account}"
    legacy.world.direct.in_hub("s3", HOME).delete_object(Bucket=bucket, Key=f"{topic}/2.0.0")
    portfolio = legacy.portfolio(topic)
    error = legacy.refusal(portfolio)
    assert f"topic 2.0.0 ({lost}): its template https://s3.us-east-1.amazonaws.com/{bucket}" in error.message
    assert error.hint == "make them inactive, or leave their product: --leave PRODUCT_ID"
    legacy.hub.update_provisioning_artifact(ProductId=topic, ProvisioningArtifactId=lost, Active=False)
    adoption = legacy.prepare(portfolio)
    assert "is not active, and stays as it is" in adoption.notes[0]
    legacy.take(adoption)
    assert legacy.world.read() == Catalog(portfolios=(adoption.portfolio,), products=adoption.products)


def test_a_version_that_was_made_from_a_stack(legacy: Legacy) -> None:
    client = legacy.world.direct.in_hub("cloudformation", HOME)
    stack = client.create_stack(StackName="source", TemplateBody=json.dumps(NEWER))["StackId"]
    client.get_waiter("stack_create_complete").wait(StackName=stack, WaiterConfig={"Delay": 0.2})
    topic = legacy.product()
    made = legacy.hub.create_provisioning_artifact(
        ProductId=topic, Parameters={"Name": "2.0.0", "Info": {"ImportFromPhysicalId": stack}}
    )
    legacy.wait(topic, made["ProvisioningArtifactDetail"]["Id"])
    legacy.take(legacy.prepare(legacy.portfolio(topic)))
    assert json.loads(legacy.world.store().get(ProductName("topic"), VersionName("2.0.0"))) == NEWER
