"""The hub's artifact buckets: published templates and the files that they refer to, kept by content."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Iterable, Iterator
from typing import Any

from botocore.exceptions import ClientError

from factory.authoring.assets import Asset
from factory.authoring.product import ASSET_BUCKET
from factory.aws.errors import code_of, translated
from factory.aws.session import Accounts
from factory.catalog.model import Digest, ProductName, Region, VersionName
from factory.errors import CatalogError
from factory.synthesis.artifact import Artifact

_TEMPLATE_KEY = re.compile(r"templates/([^/]+)/([^/]+)/([0-9a-f]{64})\.template\.json")
_ASSET_KEY = re.compile(rb"assets/[0-9a-f]{64}\.zip")
# The launch role may read only objects with this tag (Administrator Guide, "AWS Service Catalog launch constraints").
_TEMPLATE_TAGS = "servicecatalog%3Aprovisioning=true"

Release = tuple[ProductName, VersionName]


class ArtifactStore:
    """The artifact buckets of some regions, named by an SSM parameter in the hub. Safe to use from several threads.

    A release is a product's version; the first template that was published under it is the one it keeps.
    """

    def __init__(self, accounts: Accounts, regions: Iterable[Region]) -> None:
        self._accounts = accounts
        self._regions = tuple(dict.fromkeys(regions))
        self._buckets: dict[Region, str] = {}
        self._published: set[tuple[Region, str]] = set()
        """Templates that are known to be there, by region and key."""
        self._files: set[tuple[Region, str]] = set()
        """Files that were there when the releases were looked for."""
        self._found: dict[Release, tuple[Region, Digest]] | None = None
        self._lock = threading.RLock()

    def releases(self) -> dict[Release, Digest]:
        """The digest of every release that any of the regions holds."""
        return {release: digest for release, (_, digest) in self._releases().items()}

    def get(self, product: ProductName, version: VersionName) -> bytes:
        """The template of a release, byte for byte.

        Raises CatalogError where there is no such release or its bytes are not those of its digest.
        """
        region, digest = self._release(product, version)
        body = self._read(region, template_key(product, version, digest))
        if hashlib.sha256(body).hexdigest() != digest:
            raise CatalogError(
                f"template of {product} {version} in {region}: its bytes do not have the digest {digest}",
                operation="GetObject",
                code="DigestMismatch",
                hint="restore the object's first version in the artifact bucket",
            )
        return body

    def provide(
        self, region: Region, product: ProductName, version: VersionName, digest: Digest, artifact: Artifact | None
    ) -> str:
        """See to it that a region's bucket holds a release, and give the URL that Service Catalog takes.

        The template is the artifact's if it has that digest, else that of another region, byte for byte.
        Raises CatalogError where the release was published with another template.
        """
        self._refuse_other(product, version, digest)
        with self._lock:
            if (region, template_key(product, version, digest)) not in self._published:
                if artifact is not None and artifact.digest == digest:
                    self._put_release(region, product, version, artifact.body, artifact.assets)
                else:
                    self._copy_release(region, product, version)
        return self.url(region, product, version, digest)

    def restore(self, region: Region, releases: Iterable[Release], assets: Iterable[str]) -> list[str]:
        """Bring back what was deleted: templates of these releases, and these files, from the bucket's own history.

        Gives the keys of what came back; what the bucket never held is left out. Raises CatalogError.
        """
        self._releases()
        with self._lock:
            wanted = {f"templates/{product}/{version}/" for product, version in releases}
            held = {f"{key.rpartition('/')[0]}/" for where, key in self._published if where == region}
            gone = [*(wanted - held), *(key for key in assets if (region, key) not in self._files)]
            if not gone or not self._has_history(region):
                return []
            found = [key for prefix in sorted(gone) for key in self._bring_back(region, prefix)]
            # Whoever asks now finds them.
            self._found = None if found else self._found
            return found

    def record(self, region: Region, product: ProductName, version: VersionName, body: bytes) -> None:
        """Keep a template that was published by other means as that of a release. It brings no files with it.

        Raises CatalogError where the release was published with another template.
        """
        self._refuse_other(product, version, Digest(hashlib.sha256(body).hexdigest()))
        with self._lock:
            self._put_release(region, product, version, body, ())

    def _refuse_other(self, product: ProductName, version: VersionName, digest: Digest) -> None:
        before = self.releases().get((product, version))
        if before not in {None, digest}:
            raise CatalogError(
                f"{product} {version} was published with another template: its digest is {before}, not {digest}",
                operation="PutObject",
                code="VersionPublished",
                hint=f"give product {product} a new version",
            )

    def url(self, region: Region, product: ProductName, version: VersionName, digest: Digest) -> str:
        """Where a release's template lies, as an address of S3."""
        suffix = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
        return f"https://{self.bucket(region)}.s3.{region}.{suffix}/{template_key(product, version, digest)}"

    def _put_release(
        self, region: Region, product: ProductName, version: VersionName, body: bytes, assets: Iterable[Asset]
    ) -> None:
        for asset in assets:
            self._put(region, asset.key, asset.body)
        # The template comes last, so that whatever it refers to is there when it can be found.
        digest = Digest(hashlib.sha256(body).hexdigest())
        key = template_key(product, version, digest)
        self._put(region, key, body, Tagging=_TEMPLATE_TAGS)
        self._published.add((region, key))
        if self._found is not None:
            self._found.setdefault((product, version), (region, digest))

    def _copy_release(self, region: Region, product: ProductName, version: VersionName) -> None:
        source, _ = self._release(product, version)
        body = self.get(product, version)
        assets = [Asset(key=key, body=self._read(source, key)) for key in asset_keys(body)]
        self._put_release(region, product, version, body, assets)

    def _release(self, product: ProductName, version: VersionName) -> tuple[Region, Digest]:
        found = self._releases().get((product, version))
        if found is None:
            raise CatalogError(
                f"{product} {version} was never published in {', '.join(self._regions)}",
                operation="ListObjectsV2",
                code="NoSuchKey",
                hint="publish it first, or name a version that exists: factory list",
            )
        return found

    def _releases(self) -> dict[Release, tuple[Region, Digest]]:
        with self._lock:
            if self._found is None:
                listed = sorted(entry for region in self._regions for entry in self._list(region))
                # From the last to the first, so that the first one stays.
                self._found = {release: (region, digest) for _, region, release, digest in reversed(listed)}
            return dict(self._found)

    def _list(self, region: Region) -> Iterator[tuple[float, Region, Release, Digest]]:
        bucket = self.bucket(region)
        with translated(f"artifact bucket {bucket}"):
            pages = self._accounts.in_hub("s3", region).get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=bucket):
                for entry in page.get("Contents", []):
                    self._files.add((region, entry["Key"]))
                    if match := _TEMPLATE_KEY.fullmatch(entry["Key"]):
                        release = (ProductName(match[1]), VersionName(match[2]))
                        self._published.add((region, entry["Key"]))
                        yield entry["LastModified"].timestamp(), region, release, Digest(match[3])

    def _has_history(self, region: Region) -> bool:
        """Whether anything was ever deleted."""
        bucket = self.bucket(region)
        with translated(f"artifact bucket {bucket}"):
            pages = self._accounts.in_hub("s3", region).get_paginator("list_object_versions").paginate(Bucket=bucket)
            try:
                return any(page.get("DeleteMarkers") for page in pages)
            except ClientError as error:
                # Whoever may publish need not be allowed to look into the past.
                if code_of(error) != "AccessDenied":
                    raise
                return False

    def _bring_back(self, region: Region, prefix: str) -> Iterator[str]:
        s3, bucket = self._accounts.in_hub("s3", region), self.bucket(region)
        with translated(f"artifact bucket {bucket}: {prefix}"):
            for key, version in good_versions(s3, bucket, prefix).items():
                body = s3.get_object(Bucket=bucket, Key=key, VersionId=version)["Body"].read()
                self._put(region, key, body, **({"Tagging": _TEMPLATE_TAGS} if _TEMPLATE_KEY.fullmatch(key) else {}))
                yield key

    def _read(self, region: Region, key: str) -> bytes:
        bucket = self.bucket(region)
        with translated(f"artifact bucket {bucket}: {key}"):
            body: bytes = self._accounts.in_hub("s3", region).get_object(Bucket=bucket, Key=key)["Body"].read()
            return body

    def _put(self, region: Region, key: str, body: bytes, **more: Any) -> None:
        bucket = self.bucket(region)
        with translated(f"artifact bucket {bucket}: {key}"):
            try:
                self._accounts.in_hub("s3", region).put_object(
                    Bucket=bucket, Key=key, Body=body, IfNoneMatch="*", **more
                )
            except ClientError as error:
                if code_of(error) != "PreconditionFailed":
                    raise

    def bucket(self, region: Region) -> str:
        """The name of a region's bucket. Raises CatalogError where the hub does not say."""
        with self._lock:
            if region not in self._buckets:
                self._buckets[region] = self._find_bucket(region)
            return self._buckets[region]

    def _find_bucket(self, region: Region) -> str:
        with translated(f"hub in {region}"):
            try:
                answer = self._accounts.in_hub("ssm", region).get_parameter(Name=ASSET_BUCKET.key())
            except ClientError as error:
                if code_of(error) != "ParameterNotFound":
                    raise
                raise CatalogError(
                    f"hub in {region}: it has no artifact bucket, as it has no SSM parameter {ASSET_BUCKET.key()}",
                    operation="GetParameter",
                    code="ParameterNotFound",
                    hint="factory bootstrap",
                ) from error
        return str(answer["Parameter"]["Value"])


def template_key(product: ProductName, version: VersionName, digest: Digest) -> str:
    """The key of a release's template."""
    return f"templates/{product}/{version}/{digest}.template.json"


def asset_keys(template: bytes) -> list[str]:
    """The keys of the files that a template refers to, sorted."""
    return sorted({match.decode() for match in _ASSET_KEY.findall(template)})


def digest_of(key: str) -> Digest:
    """The digest that the bytes of a template or file must have, by its key."""
    return Digest(key.rpartition("/")[2].partition(".")[0])


def good_versions(s3: Any, bucket: str, prefix: str) -> dict[str, str]:
    """The newest version of each object under a prefix that has the bytes of its key, by key; also of deleted ones."""
    found: dict[str, str] = {}
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=prefix):
        # From the newest to the oldest (ListObjectVersions, API reference).
        for item in page.get("Versions", []):
            key, version = item["Key"], item["VersionId"]
            if key not in found:
                body: bytes = s3.get_object(Bucket=bucket, Key=key, VersionId=version)["Body"].read()
                if hashlib.sha256(body).hexdigest() == digest_of(key):
                    found[key] = version
    return found
