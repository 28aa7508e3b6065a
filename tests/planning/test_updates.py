"""Which version an added one is compared with: what its place offers, as far as there is a template of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from factory.catalog.model import (
    Catalog,
    CatalogProduct,
    Digest,
    EnvironmentName,
    Place,
    ProductName,
    Region,
    Version,
    VersionName,
)
from factory.planning.actions import AddVersion, UpdateVersion
from factory.planning.updates import updates

DEV, PROD = (Place(environment=EnvironmentName(name), region=Region("us-east-1")) for name in ("dev", "prod"))
QUEUE = ProductName("queue")
RELEASES = {(QUEUE, VersionName(name)) for name in ("1.0.0", "1.9.0", "1.10.0", "3.0.0", "by hand")}


def version(name: str) -> Version:
    return Version(name=VersionName(name), digest=Digest("1"))


def offers(place: Place, *versions: Version) -> CatalogProduct:
    return CatalogProduct(place=place, name=QUEUE, description="", owner="", versions=versions)


def test_the_newest_older_version_of_the_place() -> None:
    asked: list[str] = []

    def template_of(_product: ProductName, name: VersionName) -> Mapping[str, Any]:
        asked.append(name)
        return {"Resources": {"Queue": {"Type": "AWS::SQS::Queue", "Properties": {"DelaySeconds": name[0]}}}}

    observed = Catalog(
        products=(
            offers(
                DEV,
                version("1.0.0"),
                version("1.10.0"),
                version("1.9.0"),
                version("1.11.0"),
                version("3.0.0"),
                version("by hand"),
            ),
            offers(PROD, version("1.0.0")),
        )
    )
    new = version("2.0.0")
    actions = [
        AddVersion(place=DEV, product=QUEUE, version=new),
        AddVersion(place=PROD, product=QUEUE, version=new),
        AddVersion(place=PROD, product=ProductName("new"), version=new),
        UpdateVersion(place=DEV, product=QUEUE, before=version("1.0.0"), after=version("1.0.0")),
    ]
    found = list(updates(actions, observed, RELEASES, template_of))
    assert [(update.place, update.before, update.after) for update in found] == [
        (DEV, "1.10.0", "2.0.0"),
        (PROD, "1.0.0", "2.0.0"),
    ]
    assert found[0].details == ("after 1.10.0: at least patch",)
    assert found[0].is_of(actions[0])
    assert not found[0].is_of(actions[1])


def test_places_that_make_the_same_step_share_the_comparison() -> None:
    asked: list[str] = []

    def template_of(_product: ProductName, name: VersionName) -> Mapping[str, Any]:
        asked.append(name)
        return {"Resources": {}}

    observed = Catalog(products=(offers(DEV, version("1.0.0")), offers(PROD, version("1.0.0"))))
    actions = [AddVersion(place=place, product=QUEUE, version=version("1.0.1")) for place in (DEV, PROD)]
    assert len(list(updates(actions, observed, RELEASES, template_of))) == 2
    assert asked == ["1.0.0", "1.0.1"]
