"""Whether a product's code may be published under its version, in view of what is published already."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from factory.catalog.model import Digest, ProductName, VersionName, version_number
from factory.gates.difference import Bump, compare
from factory.gates.finding import Finding, Severity
from factory.synthesis.artifact import Artifact

Releases = Mapping[tuple[ProductName, VersionName], Digest]
"""The digest of every version that was ever published, wherever that was."""

TemplateOf = Callable[[ProductName, VersionName], Mapping[str, Any]]
"""The template of a published version."""


def check(artifacts: Iterable[Artifact], releases: Releases, template_of: TemplateOf) -> list[Finding]:
    """A finding for every artifact that differs from the release of its version, or whose version moves too little."""
    return [finding for artifact in artifacts for finding in _findings(artifact, releases, template_of)]


def baseline(product: ProductName, version: VersionName, releases: Releases) -> VersionName | None:
    """The newest published version that is not newer than this one; None where there is none."""
    published = (name for known, name in releases if known == product and version_number(name))
    older = [name for name in published if version_number(name) <= version_number(version)]
    return max(older, key=version_number, default=None)


def least(product: ProductName, before: VersionName, bump: Bump, releases: Releases) -> VersionName:
    """The first version that a step leads to; after the newest of all, where that one is published already."""
    version = bump.after(before)
    if (product, version) not in releases:
        return version
    return bump.after(max((name for known, name in releases if known == product), key=version_number))


def _findings(artifact: Artifact, releases: Releases, template_of: TemplateOf) -> Iterator[Finding]:
    product, version = artifact.product, artifact.version
    before = baseline(product, version, releases)
    if before is None or releases.get((product, version)) == artifact.digest:
        return
    difference = compare(template_of(product, before), artifact.template)
    needed = least(product, before, difference.bump, releases)
    if before == version:
        yield _finding(
            artifact,
            rule="published-version",
            message=f"{product} {version} is published with another template: the change needs version {needed}",
            why="What is published under a version never changes: people have launched it.",
        )
    elif version_number(version) < version_number(difference.bump.after(before)):
        first, *others = difference.weighing(difference.bump)
        more = f", and {len(others)} more" if others else ""
        yield _finding(
            artifact,
            rule="version-step",
            message=f"{product} {version} follows {before} with a {difference.bump} change, which needs version "
            f"{needed}: {first.headline()}{more}",
            why="From the step between two versions, people read what an update does to what they launched.",
        )


def _finding(artifact: Artifact, *, rule: str, message: str, why: str) -> Finding:
    return Finding(
        product=artifact.product,
        resource="version",
        path="",
        rule=rule,
        severity=Severity.ERROR,
        message=message,
        why=why,
        mend=f"factory release {artifact.product}",
    )
