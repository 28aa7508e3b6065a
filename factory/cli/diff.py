"""`factory diff`: what an update to the code's version does to those who launched a published one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from factory.aws.artifacts import ArtifactStore
from factory.catalog.model import ProductName, VersionName, version_number
from factory.cli.hits import hits, to_documents
from factory.cli.hits import to_lines as hit_lines
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
@click.option(
    "-e",
    "--environment",
    "environments",
    multiple=True,
    help="Also what it does to each launch in this environment; may be repeated.",
)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON document.")
def command(
    workspace: Workspace, product: str, against: str | None, environments: tuple[str, ...], as_json: bool
) -> None:
    """Show what an update to the code's version does to those who launched a published one.

    Says of each resource whether it is updated in place or replaced, and where; what becomes of its data; whose
    permissions widen; what becomes of parameters and of values handed on; and how large a step of the version that is.
    With -e it says, too, who launched the product there, and what the update does to each of them.

    \b
    Example: factory diff network --against 1.0.0
    """
    (artifact,) = workspace.chosen([product])
    chosen = [workspace.manifest.environment(name) for name in environments]
    if against is not None and Path(against).is_file():
        name, template, needed = against, _file(Path(against)), None
        difference = compare(template, artifact.template)
        found = hits(workspace, artifact, templates(workspace), chosen) if chosen else []
    else:
        known = templates(workspace)
        name, difference, needed = _published(known, artifact, against)
        found = hits(workspace, artifact, known, chosen)
    if as_json:
        document = {"product": artifact.product, "from": name, "to": artifact.version, "least": needed}
        launches = {"launches": to_documents(found)} if chosen else {}
        workspace.terminal.json({**document, **to_json(difference), **launches})
        return
    workspace.terminal.result(f"{artifact.product}: {name} → {artifact.version} as the code is now", style="bold")
    for line, bump in to_lines(difference):
        workspace.terminal.result(line, style=_STYLES[bump])
    if needed and difference and version_number(artifact.version) < version_number(needed):
        hint = f"factory release {product}{' --sandbox' if workspace.sandbox else ''}"
        workspace.terminal.note(f"the code says {artifact.version}, the change needs {needed}: {hint}")
    if chosen:
        workspace.terminal.result(f"launched in {', '.join(environments)}", style="bold")
        for line in hit_lines(found):
            workspace.terminal.result(line)


def _file(path: Path) -> Mapping[str, Any]:
    try:
        template = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: it is no JSON template: {error}", hint="factory synth -o DIR writes some") from error
    if not isinstance(template, dict) or not isinstance(template.get("Resources"), dict):
        raise UsageError(f"{path}: it is no template: it has no Resources", hint="factory synth -o DIR writes some")
    return template


def _published(
    templates: Templates, artifact: Artifact, against: str | None
) -> tuple[str, Difference, VersionName | None]:
    """The version that the code is compared with, how they differ, and the version that the code needs for that."""
    product = artifact.product
    releases = templates.store.releases()
    before = VersionName(against) if against else baseline(product, artifact.version, releases)
    if before is None or (product, before) not in releases:
        raise _nothing(product, before, [name for known, name in releases if known == product])
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


def templates(workspace: Workspace) -> Templates:
    """The templates of the code and of all that was published, in any region of any environment."""
    regions = (region for environment in workspace.manifest.environments for region in environment.regions)
    return Templates(artifacts=workspace.artifacts, store=ArtifactStore(workspace.accounts, regions))
