"""What `plan` and `publish` share: from manifests and live catalog to the plan that leads from one to the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from importlib.metadata import version
from pathlib import Path

from factory.aws.artifacts import ArtifactStore
from factory.aws.ids import Ids
from factory.aws.launch_roles import deployed
from factory.aws.reader import read
from factory.aws.session import Accounts
from factory.aws.usage import uses
from factory.catalog.desired import Releases, assemble, retirements
from factory.catalog.environments import Environment
from factory.catalog.manifest import Manifest
from factory.catalog.model import Catalog, EnvironmentName, Listing, ProductName
from factory.cli.templates import Templates
from factory.cli.workspace import Workspace, with_own_role
from factory.errors import PlanError, UsageError
from factory.gates import compatibility, launch_roles
from factory.planning.actions import AddVersion, CreateProduct
from factory.planning.plan import Plan, plan
from factory.planning.render import Style, to_lines
from factory.planning.retirement import Retiring
from factory.planning.saved import Basis, SavedPlan, read_saved
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
    saved: SavedPlan
    """The plan as a file holds it."""


def today() -> date:
    """The day for which a plan is made, in UTC."""
    return datetime.now(UTC).date()


def prepare(
    workspace: Workspace, environments: Sequence[str], *, prune: bool, day: date, restoring: bool = False
) -> Publication:
    """Gate what the manifests offer, read what is there, and plan; versions retire as of the day.

    With `restoring`, what somebody deleted from the artifact buckets is brought back first.
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
        if restoring:
            _restore(workspace, store, chosen)
        releases = store.releases()
        templates = Templates(artifacts=workspace.artifacts, store=store)
        workspace.refuse(compatibility.check(artifacts, releases, templates.published))
        desired, planned = compared(workspace, names, observed, ids, releases, prune=prune, day=day)
        found = updates(planned.actions, observed, releases, templates.of)
        planned = replace(planned, updates=tuple(found))
        _refuse_roles_behind(workspace, planned)
    basis = Basis(
        factory=_version(),
        sandbox=workspace.sandbox,
        day=day,
        hub=manifest.hub.account,
        environments={environment.name: environment.account for environment in chosen},
        prune=prune,
    )
    return Publication(plan=planned, ids=ids, store=store, saved=SavedPlan.of(planned, basis, desired, observed))


def compared(
    workspace: Workspace,
    names: Sequence[EnvironmentName],
    observed: Catalog,
    ids: Ids,
    releases: Releases,
    *,
    prune: bool,
    day: date,
) -> tuple[Catalog, Plan]:
    """What products and manifests ask for in these environments, and the plan that leads there.

    Raises PlanError where there is none.
    """
    manifest = workspace.manifest
    current = {(artifact.product, artifact.version): artifact.digest for artifact in workspace.artifacts.values()}
    desired = assemble(manifest, listings(workspace, manifest), {**releases, **current}, names)
    seen = frozenset((manifest.hub.account, *(item.account for item in manifest.environments)))
    retiring = Retiring(today=day, rules=retirements(manifest), accounts=seen)
    return desired, _plan(workspace.accounts, ids, desired, observed, prune, retiring)


def _restore(workspace: Workspace, store: ArtifactStore, environments: Sequence[Environment]) -> None:
    """Bring back deleted templates of offered versions, and deleted files of those that the code has."""
    releases = store.releases()
    for region in dict.fromkeys(region for environment in environments for region in environment.regions):
        here = {environment.name for environment in environments if region in environment.regions}
        offered = {
            (offer.product, offer.version)
            for portfolio in workspace.manifest.portfolios
            for offer in portfolio.offers
            if offer.environment in here
        }
        code = [
            artifact for artifact in workspace.artifacts.values() if (artifact.product, artifact.version) in offered
        ]
        published = [item for item in code if releases.get((item.product, item.version)) == item.digest]
        for key in store.restore(region, offered, [asset.key for item in published for asset in item.assets]):
            workspace.terminal.note(f"artifact bucket in {region}: brought back {key}")


def save(path: Path, publication: Publication) -> None:
    """Write the plan to a file. Raises UsageError where that cannot be written."""
    try:
        path.write_text(publication.saved.text(), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path}: the plan cannot be saved: {error.strerror}") from error


def load(path: Path, workspace: Workspace) -> SavedPlan:
    """The plan that a file holds. Raises UsageError where it cannot be read, PlanError where it is not to be used."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text"
        raise UsageError(f"{path}: the plan cannot be read: {reason}", hint=f"factory plan --save {path}") from error
    try:
        return read_saved(text, factory=_version(), sandbox=workspace.sandbox, today=today())
    except PlanError as error:
        raise PlanError(f"{path}: {error.message}", hint=error.hint) from error


def _version() -> str:
    return version("product-factory")


def _plan(accounts: Accounts, ids: Ids, desired: Catalog, observed: Catalog, prune: bool, retiring: Retiring) -> Plan:
    """The plan. Who uses a version is asked only where it would end otherwise and a rule protects it."""
    planned = plan(desired, observed, prune=prune, retiring=retiring)
    ended = [key for key in planned.ended() if key[:2] in retiring.rules]
    if not ended:
        return planned
    used = uses(accounts, ids, ended, (*desired.portfolios, *observed.portfolios))
    return plan(desired, observed, prune=prune, retiring=replace(retiring, uses=used))


def _refuse_roles_behind(workspace: Workspace, planned: Plan) -> None:
    """Raise GateError where a version would be published that the launch role in an account was not made for.

    Roles that a manifest names are their owners' and not looked at. A plan that publishes no version asks no account.
    """
    published = [action for action in planned.actions if isinstance(action, CreateProduct | AddVersion)]
    own = {product for portfolio in workspace.manifest.portfolios for product in with_own_role(portfolio)}
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
