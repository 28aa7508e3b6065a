"""`factory doctor`: whether accounts and catalog are as they should be, and what mends them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import click

from factory.aws.artifacts import ArtifactStore
from factory.aws.bootstrap import KINDS, targets
from factory.aws.health import Asking, Published, damages, survey
from factory.aws.ids import Ids
from factory.catalog.environments import Environment
from factory.catalog.model import Catalog
from factory.cli import publication
from factory.cli.skeleton import kept
from factory.cli.workspace import Workspace, factory_command
from factory.errors import PlanError
from factory.planning.health import HUB, Facts, Severity, examine, unhealthy
from factory.planning.health.facts import Refusal
from factory.planning.health.render import to_json, to_lines

_STYLES = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "dim"}


@factory_command("doctor")
@click.option("-e", "--environment", "environments", multiple=True, help="Only this environment; may be repeated.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON document.")
def command(workspace: Workspace, environments: tuple[str, ...], as_json: bool) -> int:
    """Look whether accounts and catalog are as they should be. Changes nothing.

    Each finding names the command that mends it. Leaves with 1 if there is an error or a warning.

    \b
    Example: factory doctor -e dev
    """
    manifest = workspace.manifest
    chosen = [manifest.environment(name) for name in environments] or list(manifest.environments)
    accounts = workspace.accounts
    with workspace.terminal.progress("looking at the accounts"):
        facts = _facts(workspace, tuple(chosen))
    findings = examine(facts)
    calls = accounts.calls_by_account
    if as_json:
        workspace.terminal.json(to_json(facts, findings, calls, workspace.typed))
    else:
        for line in to_lines(facts, findings, calls, workspace.typed):
            style = _STYLES[line.severity] if line.severity else "bold green" if line.clean else "bold"
            workspace.terminal.result(line.text, style=style)
    return 1 if unhealthy(findings) else 0


def _facts(workspace: Workspace, chosen: tuple[Environment, ...]) -> Facts:
    asking, accounts = Asking(), workspace.accounts
    asked = Facts(manifest=workspace.manifest, written=tuple(kept(workspace.root)), environments=chosen)
    setup = replace(workspace.setup, shares_in_organization=workspace.shares_in_organization)
    regions = tuple(target.region for target in targets(accounts) if target.owner == HUB)
    found = {
        kind.name: asking.ask(HUB, f"template of {kind.name}", partial(kind.template, setup, regions))
        for kind in KINDS
        if any(kind.targets(accounts))
    }
    templates = {name: template for name, template in found.items() if template is not None}
    facts, ids = survey(setup, asked, templates, asking, now=datetime.now(UTC))
    if facts.observed is not None:
        facts = _with_plan(workspace, facts, facts.observed, ids, asking)
    return replace(facts, refusals=tuple(asking.refusals))


def _with_plan(workspace: Workspace, facts: Facts, observed: Catalog, ids: Ids, asking: Asking) -> Facts:
    """The facts with what publishing would change, and with what is wrong in the artifact buckets."""
    names = [item.name for item in facts.environments if item.places[0] in facts.read]
    regions = dict.fromkeys(place.region for place in facts.read)
    store = ArtifactStore(workspace.accounts, regions)
    releases = asking.ask(HUB, "artifact buckets", store.releases)
    if releases is None:
        return facts
    known = {
        Published(region=product.place.region, product=product.name, version=version.name, digest=version.digest)
        for product in observed.products
        for version in product.versions
        if version.active and version.digest
    }
    found = damages(workspace.accounts, store, known, workspace.artifacts, asking)
    facts = replace(facts, damages=found)
    # What the bucket has lost, the catalog still knows.
    held = {(item.product, item.version): item.digest for item in known}
    try:
        desired, planned = publication.compared(
            workspace, names, observed, ids, {**held, **releases}, prune=False, day=publication.today()
        )
    except PlanError as error:
        refusal = Refusal(owner=HUB, subject="plan", code="PlanError", message=error.message, hint=error.hint or "")
        return replace(facts, unplanned=refusal)
    return replace(facts, desired=desired, plan=planned)
