"""What `plan` and `publish` share: from manifests and live catalog to the plan that leads from one to the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from factory.aws.artifacts import ArtifactStore
from factory.aws.ids import Ids
from factory.aws.reader import read
from factory.catalog.desired import Listing, assemble
from factory.catalog.model import EnvironmentName
from factory.cli.templates import Templates
from factory.cli.workspace import Workspace
from factory.gates import compatibility
from factory.planning.plan import Plan, plan
from factory.planning.render import Style, to_lines
from factory.planning.updates import updates

_STYLES = {
    Style.PLACE: "bold",
    Style.CREATE: "green",
    Style.UPDATE: "yellow",
    Style.DELETE: "red",
    Style.KEPT: "dim",
    Style.SUMMARY: "bold",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """A plan, and what is needed to carry it out."""

    plan: Plan
    ids: Ids
    store: ArtifactStore


def prepare(workspace: Workspace, environments: Sequence[str], *, prune: bool) -> Publication:
    """Gate what the manifests offer, read what is there, and plan.

    Raises UsageError for an unknown environment, GateError where a gate refuses a product, PlanError where the
    catalog can't be reached.
    """
    manifest = workspace.manifest
    chosen = [manifest.environment(name) for name in environments] or list(manifest.environments)
    names = [EnvironmentName(environment.name) for environment in chosen]
    offered = {
        offer.product for portfolio in manifest.portfolios for offer in portfolio.offers if offer.environment in names
    }
    with workspace.terminal.progress("checking products"):
        artifacts = [artifact for name, artifact in workspace.artifacts.items() if name in offered]
        workspace.refuse(workspace.findings(artifacts))
    accounts = workspace.accounts
    with workspace.terminal.progress("reading the catalog"):
        regions = dict.fromkeys(region for environment in chosen for region in environment.regions)
        store = ArtifactStore(accounts, regions)
        observed, ids = read(accounts, [place for environment in chosen for place in environment.places])
        releases = store.releases()
        current = {(artifact.product, artifact.version): artifact.digest for artifact in artifacts}
        templates = Templates(artifacts=workspace.artifacts, store=store)
        workspace.refuse(compatibility.check(artifacts, releases, templates.published))
        listings = {
            name: Listing(
                description=artifact.description,
                owner=artifact.owner,
                support_email=artifact.support_email,
                support_url=artifact.support_url,
            )
            for name, artifact in workspace.artifacts.items()
        }
        desired = assemble(manifest, listings, {**releases, **current}, names)
        planned = plan(desired, observed, prune=prune)
        found = updates(planned.actions, observed, releases, templates.of)
        planned = replace(planned, updates=tuple(found))
    return Publication(plan=planned, ids=ids, store=store)


def show(workspace: Workspace, publication: Publication) -> None:
    """Print a plan for people."""
    for line in to_lines(publication.plan):
        workspace.terminal.result(line.text, style=_STYLES[line.style])
