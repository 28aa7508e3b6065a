"""Whether a product's code still gives the template that was published under its version."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from factory.catalog.model import Digest, ProductName, VersionName, next_patch
from factory.gates.finding import Finding, Severity
from factory.synthesis.artifact import Artifact

Releases = Mapping[tuple[ProductName, VersionName], Digest]
"""The digest of every version that was ever published, wherever that was."""


def check(artifacts: Iterable[Artifact], releases: Releases) -> list[Finding]:
    """A finding for every artifact that differs from the release of its version."""
    return [
        Finding(
            product=artifact.product,
            resource="version",
            path="",
            rule="published-version",
            severity=Severity.ERROR,
            message=f"{artifact.product} {artifact.version} is published with another template",
            why="What is published under a version never changes: people have launched it.",
            mend=f'set version = "{_next(artifact, releases)}" in the class of product {artifact.product}',
        )
        for artifact in artifacts
        if releases.get((artifact.product, artifact.version), artifact.digest) != artifact.digest
    ]


def _next(artifact: Artifact, releases: Releases) -> VersionName:
    """The next patch version after every one that was published."""
    return next_patch(version for product, version in releases if product == artifact.product)
