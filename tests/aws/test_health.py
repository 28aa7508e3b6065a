"""What doctor reads: everybody is asked although one does not answer, and damage in the artifact buckets is seen."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from factory.authoring.assets import Asset
from factory.aws.artifacts import ArtifactStore, template_key
from factory.aws.bootstrap import Setup
from factory.aws.health import Asking, Published, Templates, damages, survey
from factory.aws.health.catalog import read_launches
from factory.aws.ids import PORTFOLIO_TAG, Ids
from factory.aws.session import Accounts
from factory.catalog.manifest import Manifest
from factory.catalog.model import Catalog, EnvironmentName, Place, ProductName, Region, VersionName
from factory.errors import CatalogError
from factory.planning.health.facts import Facts, Launch
from factory.synthesis.account import STACK_NAME, account_template
from tests.aws.conftest import HOME, World
from tests.aws.samples import catalog_of, make_artifact, merged

NOW = datetime(2027, 1, 31, 12, tzinfo=UTC)
TEMPLATES: Templates = {STACK_NAME: account_template()}
CODE = Asset(key=f"assets/{hashlib.sha256(b'code').hexdigest()}.zip", body=b"code")


class Refusing(Accounts):
    """The accounts of a world, in which dev answers none of some services."""

    def __init__(self, world: World, refuses: Callable[[str], bool]) -> None:
        super().__init__(world.hub, [world.dev, world.prod], endpoint=world.endpoint)
        self._refuses = refuses

    def in_environment(self, service: str, name: EnvironmentName, region: Region) -> Any:
        if name == "dev" and self._refuses(service):
            raise CatalogError(f"{service} of dev", operation="Any", code="AccessDenied", hint="mend it")
        return super().in_environment(service, name, region)


def setup(accounts: Accounts) -> Setup:
    return Setup(accounts=accounts, roles=lambda _: "")


def look(world: World, accounts: Accounts) -> tuple[Facts, Asking]:
    manifest = Manifest(hub=world.hub, environments=(world.dev, world.prod), portfolios=(), systems=())
    asked = Facts(manifest=manifest, environments=(world.dev, world.prod))
    asking = Asking()
    facts, _ = survey(setup(accounts), asked, TEMPLATES, asking, now=NOW)
    return facts, asking


@pytest.fixture
def published(world: World) -> World:
    """A world with one product in dev and in one region of prod."""
    artifact = make_artifact()
    places = (world.dev.places[0], world.prod.places[0])
    parts = (catalog_of(item, place, artifact) for item, place in zip((world.dev, world.prod), places, strict=True))
    assert world.publish(merged(*parts), [artifact]).complete
    return world


def test_an_account_that_does_not_answer_is_told_once_and_the_others_are_read(published: World) -> None:
    facts, asking = look(published, Refusing(published, lambda _: True))
    assert [(item.owner, item.code, item.message, item.hint) for item in asking.refusals] == [
        ("dev", "AccessDenied", "sts of dev", "mend it")
    ]
    assert facts.read == published.prod.places
    assert facts.observed is not None
    assert {item.place.environment for item in facts.observed.portfolios} == {"prod"}
    assert {item.owner: bool(item.regions) for item in facts.accounts} == {"hub": True, "dev": False, "prod": True}


def test_an_account_is_told_under_the_name_of_an_environment_that_was_asked_for(published: World) -> None:
    second = replace(published.dev, name=EnvironmentName("second"))
    both = Accounts(published.hub, [published.dev, second], endpoint=published.endpoint)
    manifest = Manifest(hub=published.hub, environments=(published.dev, second), portfolios=(), systems=())
    asked = Facts(manifest=manifest, environments=(second,))
    facts, _ = survey(setup(both), asked, TEMPLATES, Asking(), now=NOW)
    assert [(item.owner, item.id) for item in facts.accounts] == [
        ("hub", published.hub.account),
        ("second", published.dev.account),
    ]


def test_a_catalog_that_does_not_answer_leaves_those_of_the_others(published: World) -> None:
    facts, asking = look(published, Refusing(published, lambda service: service == "servicecatalog"))
    assert [(item.owner, item.subject) for item in asking.refusals] == [("dev", "catalog")]
    assert facts.read == published.prod.places
    assert all(item.regions for item in facts.accounts)


def test_what_is_marked_twice_is_told_with_what_takes_the_mark_away(published: World) -> None:
    hub = published.direct.in_hub("servicecatalog", HOME)
    mark = [{"Key": PORTFOLIO_TAG, "Value": "dev/platform"}]
    twin = hub.create_portfolio(DisplayName="Twin", ProviderName="Somebody", Tags=mark, IdempotencyToken="twin")
    facts, asking = look(published, published.accounts())
    (refusal,) = asking.refusals
    assert (refusal.owner, refusal.code) == ("dev", "Ambiguous")
    assert twin["PortfolioDetail"]["Id"] in refusal.message
    assert refusal.hint.startswith(f"aws servicecatalog update-portfolio --id ID --remove-tags {PORTFOLIO_TAG}")
    assert facts.read == published.prod.places


def test_what_is_read_is_told_and_nothing_is_changed(published: World) -> None:
    accounts = published.accounts()
    facts, asking = look(published, accounts)
    assert asking.refusals == []
    assert facts.observed == published.read()
    assert {(item.region, item.portfolios, item.products) for item in facts.hub_regions} == {
        (HOME, 2, 2),
        (Region("eu-west-1"), 0, 0),
    }
    assert {(item.subject, len(item.active)) for item in facts.tagged} == {
        ("portfolio platform", 1),
        ("product sample", 0),
    }
    assert {item.quotas["L-C6458716"] for item in facts.hub_regions} == {100.0}
    operations = {name.partition(":")[2] for name in accounts.calls}
    reading = ("Describe", "Get", "List", "Search")
    assert {name for name in operations if not name.startswith(reading)} == set()
    assert sum(accounts.calls_by_account.values()) == accounts.calls.total()


def test_deleted_and_changed_objects_are_seen_and_the_deleted_come_back(world: World) -> None:
    artifact = replace(make_artifact(assets=(CODE,)), body=json.dumps({"Code": CODE.key}).encode())
    bucket = f"artifacts-{world.hub.account}-{HOME}"
    s3 = world.direct.in_hub("s3", HOME)
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    release = (artifact.product, artifact.version)
    world.store(HOME).provide(HOME, *release, artifact.digest, artifact)
    key = template_key(*release, artifact.digest)

    def seen() -> dict[str, tuple[str, bool, bool]]:
        item = Published(region=HOME, product=artifact.product, version=artifact.version, digest=artifact.digest)
        asking = Asking()
        found = damages(world.direct, world.store(HOME), [item], {artifact.product: artifact}, asking)
        assert asking.refusals == []
        return {damage.key: (damage.code, damage.by_publish, bool(damage.good)) for damage in found}

    assert seen() == {}
    assert world.store(HOME).restore(HOME, [release], [CODE.key]) == []
    s3.delete_object(Bucket=bucket, Key=key)
    s3.delete_object(Bucket=bucket, Key=CODE.key)
    assert seen() == {key: ("NoSuchKey", True, True), CODE.key: ("NoSuchKey", True, True)}
    store = ArtifactStore(world.direct, (HOME,))
    assert sorted(store.restore(HOME, [release], [CODE.key])) == sorted([key, CODE.key])
    assert store.releases() == {release: artifact.digest}
    assert seen() == {}
    s3.put_object(Bucket=bucket, Key=CODE.key, Body=b"other")
    assert seen() == {CODE.key: ("DigestMismatch", False, True)}
    tags = s3.get_object_tagging(Bucket=bucket, Key=key)["TagSet"]
    assert tags == [{"Key": "servicecatalog:provisioning", "Value": "true"}]


def test_a_version_that_was_never_published_is_not_brought_back(world: World) -> None:
    assert world.store(HOME).restore(HOME, [(ProductName("sample"), VersionName("9.0.0"))], []) == []


def test_how_long_a_launch_has_been_under_change_is_told_by_its_record(
    world: World, dev: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = {
        "Name": "orders",
        "Id": "pp-1",
        "ProductId": "prod-1",
        "ProductName": "sample",
        "ProvisioningArtifactId": "pa-1",
        "ProvisioningArtifactName": "1.0.0",
        "Status": "UNDER_CHANGE",
        "LastRecordId": "rec-1",
    }
    elsewhere = {**item, "Name": "other", "ProductId": "prod-2"}
    monkeypatch.setattr("factory.aws.health.catalog.items", lambda *_, **__: [item, elsewhere])

    record = {"RecordDetail": {"CreatedTime": NOW - timedelta(hours=5)}}
    client = SimpleNamespace(describe_record=lambda Id: {"rec-1": record}[Id])  # noqa: N803 - boto3's name
    accounts: Any = SimpleNamespace(in_place=lambda _service, _place: client)
    ids = Ids(products={(world.prod.places[0], ProductName("sample")): "prod-2"})
    (launch,) = read_launches(accounts, dev, Catalog(), ids, NOW)
    assert launch == Launch(
        place=dev,
        name="orders",
        id="pp-1",
        product=ProductName("sample"),
        version=VersionName("1.0.0"),
        status="UNDER_CHANGE",
        hours=5.0,
    )
