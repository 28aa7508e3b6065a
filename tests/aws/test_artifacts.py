"""The artifact buckets: content-addressed, written once, first publication wins."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from factory.authoring.assets import Asset
from factory.authoring.product import ASSET_BUCKET
from factory.aws.artifacts import ArtifactStore, template_key
from factory.errors import CatalogError
from factory.synthesis.artifact import Artifact
from tests.aws.conftest import AWAY, HOME, World
from tests.aws.samples import make_artifact


def asset(body: bytes) -> Asset:
    return Asset(key=f"assets/{hashlib.sha256(body).hexdigest()}.zip", body=body)


CODE = asset(b"code")
ONE = make_artifact(assets=(CODE,))
RELEASE = (ONE.product, ONE.version)


def provide(store: ArtifactStore, artifact: Artifact, region: Any = HOME) -> str:
    return store.provide(region, artifact.product, artifact.version, artifact.digest, artifact)


def objects(world: World, region: Any = HOME) -> set[str]:
    s3 = world.direct.in_hub("s3", region)
    return {item["Key"] for item in s3.list_objects_v2(Bucket=bucket(world, region)).get("Contents", [])}


def bucket(world: World, region: Any = HOME) -> str:
    return f"artifacts-{world.hub.account}-{region}"


def test_template_and_code_are_kept_by_content(world: World) -> None:
    key = template_key(ONE.product, ONE.version, ONE.digest)

    url = provide(world.store(), ONE)
    tags = world.direct.in_hub("s3", HOME).get_object_tagging(Bucket=bucket(world), Key=key)["TagSet"]

    assert url == f"https://{bucket(world)}.s3.us-east-1.amazonaws.com/{key}"
    assert objects(world) == {key, CODE.key}
    assert tags == [{"Key": "servicecatalog:provisioning", "Value": "true"}]


def test_a_release_is_found_again_and_put_once(world: World) -> None:
    first = world.store()
    provide(first, ONE)
    provide(first, ONE)
    accounts = world.accounts()
    second = ArtifactStore(accounts, (HOME,))

    assert second.releases() == {RELEASE: ONE.digest}
    assert second.get(*RELEASE) == ONE.body
    provide(second, ONE)
    assert accounts.calls["s3:PutObject"] == 0


def test_other_regions_get_a_copy(world: World) -> None:
    provide(world.store(HOME), ONE)

    # As from code that has moved on to another version.
    world.store().provide(AWAY, ONE.product, ONE.version, ONE.digest, None)

    assert objects(world, AWAY) == objects(world, HOME)
    assert world.store(AWAY).get(*RELEASE) == ONE.body


def test_a_release_keeps_its_first_template(world: World) -> None:
    provide(world.store(), ONE)
    other = make_artifact(text="Another topic")

    with pytest.raises(CatalogError, match="was published with another template") as error:
        provide(world.store(), other)
    assert error.value.hint == "give product sample a new version"

    key = template_key(other.product, other.version, other.digest)
    world.direct.in_hub("s3", HOME).put_object(Bucket=bucket(world), Key=key, Body=other.body)
    assert world.store().releases() == {RELEASE: ONE.digest}


def test_bytes_that_were_tampered_with_are_refused(world: World) -> None:
    provide(world.store(), ONE)
    key = template_key(ONE.product, ONE.version, ONE.digest)
    world.direct.in_hub("s3", HOME).put_object(Bucket=bucket(world), Key=key, Body=b"{}")

    with pytest.raises(CatalogError, match="do not have the digest"):
        world.store().get(*RELEASE)


def test_a_release_that_nobody_published(world: World) -> None:
    with pytest.raises(CatalogError, match=r"sample 1\.0\.0 was never published in us-east-1"):
        world.store(HOME).get(*RELEASE)


def test_a_hub_without_bucket(world: World) -> None:
    world.direct.in_hub("ssm", HOME).delete_parameter(Name=ASSET_BUCKET.key())

    with pytest.raises(CatalogError, match="hub in us-east-1: it has no artifact bucket") as error:
        world.store().releases()

    assert error.value.hint == "factory bootstrap"
