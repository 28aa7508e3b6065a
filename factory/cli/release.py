"""`factory release`: the next version of a product, no smaller than its change, and what its changelog says of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click

from factory.authoring import Product
from factory.catalog.model import VersionName, version_number
from factory.cli.diff import templates
from factory.cli.workspace import Workspace, factory_command
from factory.errors import FactoryError, UsageError
from factory.gates.compatibility import baseline, least
from factory.gates.difference import Bump, Difference, compare
from factory.planning import changelog
from factory.synthesis.artifact import Artifact, at_version, synthesize
from factory.synthesis.source import file_of, with_version


@dataclass(frozen=True, slots=True, kw_only=True)
class _Release:
    before: VersionName
    version: VersionName
    difference: Difference


@factory_command("release")
@click.argument("product")
@click.option("--major", "asked", flag_value="major", help="At least a major version.")
@click.option("--minor", "asked", flag_value="minor", help="At least a minor version.")
@click.option("--patch", "asked", flag_value="patch", help="A patch version; refused where the change is larger.")
@click.option("--dry-run", is_flag=True, help="Say what would be written, and write nothing.")
def command(workspace: Workspace, product: str, asked: str | None, dry_run: bool) -> None:
    """Give a product the version that its change needs, and write the changelog's entry.

    Compares the code with the newest published version that is not newer, sets `version` in the product's class, and
    writes products/changelogs/PRODUCT.md. Nothing is published.

    \b
    Example: factory release network --dry-run
    """
    (artifact,) = workspace.chosen([product])
    cls = workspace.products[product]
    source = _own_file(workspace, cls)
    release = _release(workspace, artifact, cls, Bump[asked.upper()] if asked else None)
    log = workspace.root / changelog.path(artifact.product)
    log_text = log.read_text(encoding="utf-8") if log.is_file() else ""
    is_set = release.version == artifact.version
    if is_set and changelog.has(log_text, release.version):
        raise FactoryError(
            f"{product} {artifact.version} is enough for its change since {release.before}, and its changelog tells it",
            hint="factory publish",
        )
    entry = changelog.entry(release.version, datetime.now(UTC).date(), release.before, release.difference)
    shown = source.relative_to(workspace.root)
    if not is_set:
        changed = with_version(source.read_bytes(), cls, release.version)
        workspace.terminal.result(f"{shown}: version {artifact.version} → {release.version}", style="bold")
        if not dry_run:
            source.write_bytes(changed)
    workspace.terminal.result(f"{log.relative_to(workspace.root)}:", style="bold")
    for line in entry.rstrip().splitlines():
        workspace.terminal.result(f"  {line}".rstrip())
    if dry_run:
        workspace.terminal.note("nothing was written")
        return
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text(changelog.added(log_text, artifact.product, entry), encoding="utf-8")
    workspace.terminal.note("next: factory plan")


def _own_file(workspace: Workspace, cls: type[Product]) -> Path:
    source = file_of(cls)
    if not source.is_relative_to(workspace.root / "products"):
        raise UsageError(
            f"product {cls.name} is not this project's: it is defined in {source}", hint="factory new NAME"
        )
    return source


def _release(workspace: Workspace, artifact: Artifact, cls: type[Product], asked: Bump | None) -> _Release:
    """The version that the change needs, or a higher one that was asked for or is set already."""
    product = artifact.product
    known = templates(workspace)
    releases = known.store.releases()
    before = baseline(product, artifact.version, releases)
    if before is None:
        raise FactoryError(
            f"{product} {artifact.version} follows no published version: it may be published as it is",
            hint="factory publish",
        )
    template = known.published(product, before)
    difference = compare(template, artifact.template)
    if not difference:
        raise FactoryError(f"nothing changed in {product} since {before}", hint=f"factory diff {product}")
    # The version's own tag replaces a resource whose tags can't be changed: seen only with another version in it.
    first = least(product, before, Bump.PATCH, releases)
    difference = compare(template, synthesize(at_version(cls, first)).template)
    if asked and asked < difference.bump:
        raise FactoryError(
            f"{product}: a {asked} version is too little: the change is {difference.bump}",
            hint=f"factory diff {product}",
        )
    needed = least(product, before, max(difference.bump, asked or Bump.PATCH), releases)
    version = max(artifact.version, needed, key=version_number)
    if version != first:
        difference = compare(template, synthesize(at_version(cls, version)).template)
    return _Release(before=before, version=version, difference=difference)
