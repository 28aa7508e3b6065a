"""What `plan` and `publish` share: from manifests and live catalog to the plan that leads from one to the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from factory.aws.artifacts import ArtifactStore
from factory.aws.ids import Ids
from factory.aws.launch_roles import deployed
from factory.aws.reader import read
from factory.catalog.constraints.launch import Launch
from factory.catalog.desired import assemble
from factory.catalog.manifest import Manifest
from factory.catalog.model import EnvironmentName, Listing, ProductName
from factory.cli.templates import Templates
from factory.cli.workspace import Workspace
from factory.gates import compatibility, launch_roles
from factory.planning.actions import AddVersion, CreateProduct
from factory.planning.plan import Plan, plan
from factory.planning.render import Style, to_lines
from factory.planning.updates import updates
from factory.synthesis.launch_roles import role_name

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
        desired = assemble(manifest, listings(workspace, manifest), {**releases, **current}, names)
        planned = plan(desired, observed, prune=prune)
        found = updates(planned.actions, observed, releases, templates.of)
        planned = replace(planned, updates=tuple(found))
        _refuse_roles_behind(workspace, planned)
    return Publication(plan=planned, ids=ids, store=store)


def _refuse_roles_behind(workspace: Workspace, planned: Plan) -> None:
    """Raise GateError where a version would be published that the launch role in an account was not made for.

    Roles that a manifest names are their owners' and not looked at. A plan that publishes no version asks no account.
    """
    published = [action for action in planned.actions if isinstance(action, CreateProduct | AddVersion)]
    own = {
        constraint.product
        for portfolio in workspace.manifest.portfolios
        for constraint in portfolio.constraints
        if isinstance(constraint, Launch) and constraint.local_role_name == role_name(constraint.product)
    }
    products = {_product(action) for action in published} & own
    if not products:
        return
    accounts = {workspace.manifest.environment(action.place.environment).account for action in published}
    ledgers = [(target.place, held) for target, held in deployed(workspace.accounts, accounts)]
    roles = [role for product, role in workspace.launch_roles().items() if product in products]
    workspace.refuse(launch_roles.compare(roles, ledgers))


def _product(action: CreateProduct | AddVersion) -> ProductName:
    return action.product if isinstance(action, AddVersion) else action.product.name


def listings(workspace: Workspace, manifest: Manifest) -> dict[ProductName, Listing]:
    """What the catalog shows of each product: what its code says, else the portfolio file that adopts it."""
    coded = {
        name: Listing(
            description=artifact.description,
            owner=artifact.owner,
            support_email=artifact.support_email,
            support_url=artifact.support_url,
        )
        for name, artifact in workspace.artifacts.items()
    }
    return {**manifest.adopted, **coded}


def show(workspace: Workspace, shown: Plan) -> None:
    """Print a plan for people."""
    for line in to_lines(shown):
        workspace.terminal.result(line.text, style=_STYLES[line.style])
