"""Objects of offered versions that are gone from an artifact bucket, or changed there."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from botocore.exceptions import ClientError

from factory.aws.artifacts import ArtifactStore, asset_keys, digest_of, good_versions, template_key
from factory.aws.errors import code_of
from factory.aws.health.asking import Asking
from factory.aws.session import Accounts
from factory.catalog.model import Digest, ProductName, Region, VersionName
from factory.planning.health.facts import Damage
from factory.planning.health.finding import HUB
from factory.synthesis.artifact import Artifact

_GONE, _CHANGED = "NoSuchKey", "DigestMismatch"


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A version that a region offers, by the digest that the catalog has of it."""

    region: Region
    product: ProductName
    version: VersionName
    digest: Digest


def damages(
    accounts: Accounts,
    store: ArtifactStore,
    published: Iterable[Published],
    artifacts: Mapping[ProductName, Artifact],
    asking: Asking,
) -> tuple[Damage, ...]:
    """What is wrong with the templates of these versions and the files that they refer to. Each object is read once."""
    seen: dict[tuple[Region, str], bytes | None] = {}
    found: list[Damage] = []
    for item in sorted(set(published), key=lambda one: (one.region, one.product, one.version)):
        subject = f"artifacts of {item.product} {item.version} in {item.region}"
        look = partial(_damages, accounts, store, item, artifacts, seen)
        found += asking.ask(HUB, subject, look) or []
    return tuple(found)


def _damages(
    accounts: Accounts,
    store: ArtifactStore,
    item: Published,
    artifacts: Mapping[ProductName, Artifact],
    seen: dict[tuple[Region, str], bytes | None],
) -> list[Damage]:
    return list(_found(accounts, store, item, artifacts.get(item.product), seen))


def _found(
    accounts: Accounts,
    store: ArtifactStore,
    item: Published,
    artifact: Artifact | None,
    seen: dict[tuple[Region, str], bytes | None],
) -> Iterator[Damage]:
    bucket = store.bucket(item.region)
    s3 = accounts.in_hub("s3", item.region)
    from_code = artifact is not None and artifact.digest == item.digest
    key = template_key(item.product, item.version, item.digest)
    template = _read(s3, bucket, key, item.region, seen)
    keys = asset_keys(artifact.body if artifact and from_code else template or b"")
    for name, brought in ((key, True), *((file, from_code) for file in keys)):
        body = _read(s3, bucket, name, item.region, seen)
        if body is None or hashlib.sha256(body).hexdigest() != digest_of(name):
            yield Damage(
                region=item.region,
                product=item.product,
                version=item.version,
                bucket=bucket,
                key=name,
                code=_GONE if body is None else _CHANGED,
                by_publish=brought and body is None,
                good=good_versions(s3, bucket, name).get(name, ""),
            )


def _read(s3: Any, bucket: str, key: str, region: Region, seen: dict[tuple[Region, str], bytes | None]) -> bytes | None:
    if (region, key) not in seen:
        try:
            seen[region, key] = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        except ClientError as error:
            if code_of(error) != _GONE:
                raise
            seen[region, key] = None
    return seen[region, key]
