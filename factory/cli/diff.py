"""`factory diff`: what an update to the code's version does to those who launched a published one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from factory.aws.artifacts import ArtifactStore
from factory.catalog.model import ProductName, VersionName, version_number
from factory.cli.templates import Templates
from factory.cli.workspace import Workspace, factory_command
from factory.errors import UsageError
from factory.gates.compatibility import baseline, least
from factory.gates.difference import Bump, Difference, compare
from factory.gates.difference.render import to_json, to_lines
from factory.synthesis.artifact import Artifact

_STYLES = {Bump.MAJOR: "red", Bump.MINOR: "yellow", Bump.PATCH: "", None: "bold"}


@factory_command("diff")
@click.argument("product")
@click.option(
    "--against",
    metavar="VERSION|PATH",
    help="Published version, or a JSON template. Default: the newest published one that is not newer than the code's.",
)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON document.")
def command(workspace: Workspace, product: str, against: str | None, as_json: bool) -> None:
    """Show what an update to the code's version does to those who launched a published one.

    Says of each resource whether it is updated in place or replaced, and where; what becomes of its data; whose
    permissions widen; what becomes of parameters and of values handed on; and how large a step of the version that is.

    \b
    Example: factory diff network --against 1.0.0
    """
    (artifact,) = workspace.chosen([product])
    if against is not None and Path(against).is_file():
        name, template, needed = against, _file(Path(against)), None
        difference = compare(template, artifact.template)
    else:
        name, difference, needed = _published(workspace, artifact, against)
    if as_json:
        document = {"product": artifact.product, "from": name, "to": artifact.version, "least": needed}
        workspace.terminal.json({**document, **to_json(difference)})
        return
    workspace.terminal.result(f"{artifact.product}: {name} → {artifact.version} as the code is now", style="bold")
    for line, bump in to_lines(difference):
        workspace.terminal.result(line, style=_STYLES[bump])
    if needed and difference and version_number(artifact.version) < version_number(needed):
        hint = f"factory release {product}{' --sandbox' if workspace.sandbox else ''}"
        workspace.terminal.note(f"the code says {artifact.version}, the change needs {needed}: {hint}")


def _file(path: Path) -> Mapping[str, Any]:
    try:
        template = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: it is no JSON template: {error}", hint="factory synth -o DIR writes some") from error
    if not isinstance(template, dict) or not isinstance(template.get("Resources"), dict):
        raise UsageError(f"{path}: it is no template: it has no Resources", hint="factory synth -o DIR writes some")
    return template


def _published(
    workspace: Workspace, artifact: Artifact, against: str | None
) -> tuple[str, Difference, VersionName | None]:
    """The version that the code is compared with, how they differ, and the version that the code needs for that."""
    product = artifact.product
    store = published(workspace)
    releases = store.releases()
    before = VersionName(against) if against else baseline(product, artifact.version, releases)
    if before is None or (product, before) not in releases:
        raise _nothing(product, before, [name for known, name in releases if known == product])
    templates = Templates(artifacts=workspace.artifacts, store=store)
    difference = compare(templates.published(product, before), artifact.template)
    needed = least(product, before, difference.bump, releases) if difference else None
    return before, difference, needed


def _nothing(product: ProductName, version: VersionName | None, existing: list[VersionName]) -> UsageError:
    if not existing:
        return UsageError(
            f"{product} was never published: there is nothing to compare it with",
            hint="factory publish, or --against PATH",
        )
    known = ", ".join(map(str, sorted(existing, key=version_number)))
    what = f"{product} {version} was never published" if version else f"{product} has no version this old"
    return UsageError(
        f"{what}, and is no file: published are {known}", hint=f"factory diff {product} --against VERSION"
    )


def published(workspace: Workspace) -> ArtifactStore:
    """The store of what was published, in any region of any environment."""
    regions = (region for environment in workspace.manifest.environments for region in environment.regions)
    return ArtifactStore(workspace.accounts, regions)
