"""What `factory import` does to the project: the manifest of what is taken over, and the plan that is then left."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from factory.aws.adoption import Adoption, Chosen, FoundPortfolio, choose_name, choose_names, find
from factory.aws.adoption import prepare as prepare_adoption
from factory.aws.artifacts import ArtifactStore
from factory.catalog.declaring import declare
from factory.catalog.desired import assemble
from factory.catalog.environments import Environment
from factory.catalog.manifest import Manifest, load
from factory.catalog.manifest.writing import portfolio_text
from factory.catalog.model import Catalog, Place, PortfolioName, ProductName, Tags
from factory.cli.publication import listings
from factory.cli.workspace import Workspace
from factory.errors import FactoryError
from factory.planning.plan import Plan, plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody asked to take over, and how."""

    portfolio_id: str
    name: str | None = None
    names: Tags = ()
    """Names by id of product or version."""
    leave: tuple[str, ...] = ()
    overwrite: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A portfolio to be taken over, its manifest, and what publishing would then change of it."""

    adoption: Adoption
    store: ArtifactStore
    file: Path
    """The manifest, relative to the project."""
    text: str | None
    """What is to be written there; none where what is there counts."""
    left_out: tuple[str, ...]
    """A sentence for each thing that a manifest can't ask for."""
    plan: Plan


def prepare(workspace: Workspace, place: Place, wanted: Wanted) -> Prepared:
    """Look at a portfolio, name what is in it, and plan what would be left. Changes nothing.

    Raises FactoryError with what is wrong where it can't be taken over.
    """
    environment = workspace.manifest.environment(place.environment)
    # First, as nothing can be taken over without the bucket.
    store = ArtifactStore(workspace.accounts, environment.regions)
    releases = store.releases()
    code = {(item.product, item.version): item.digest for item in workspace.artifacts.values()}

    found = find(workspace.accounts, place, wanted.portfolio_id)
    name = choose_name(found, wanted.name)
    file = Path("portfolios") / f"{name}.yaml"
    counts = _counts(workspace, file, environment, overwrite=wanted.overwrite)
    found = found.leaving(wanted.leave, "--leave names it")
    chosen = choose_names(found, dict(wanted.names))
    if counts:
        found, chosen = _declared_alone(workspace.manifest, name, environment, found, chosen)
    adoption = prepare_adoption(workspace.accounts, store, found, name, chosen, code)

    manifest, text, left_out = workspace.manifest, None, tuple[str, ...]()
    if not counts:
        known = {*workspace.artifacts, *_adopted_elsewhere(workspace.manifest, name)}
        declared, left_out = declare(adoption.portfolio, adoption.products, environment, known)
        text = portfolio_text(declared, f"Taken over from portfolio {wanted.portfolio_id} by `factory import`.")
        versions = {item.product: item.version for item in workspace.artifacts.values()}
        manifest = load(workspace.root, versions, {file.as_posix(): text})
    adopted = {
        (product.name, version.name): version.digest
        for product in adoption.products
        for version in product.versions
        if version.digest
    }
    desired = assemble(manifest, listings(workspace, manifest), {**releases, **code, **adopted}, [environment.name])
    return Prepared(
        adoption=adoption,
        store=store,
        file=file,
        text=text,
        left_out=left_out,
        plan=plan(_only(desired, adoption), Catalog(portfolios=(adoption.portfolio,), products=adoption.products)),
    )


def to_lines(prepared: Prepared) -> Iterator[str]:
    """What would be done, for people."""
    adoption = prepared.adoption
    for record in adoption.records:
        yield f"  + template   {record.product} {record.version}"
    for mark in adoption.marks:
        first, *others = mark.details
        start = f"  ~ {mark.subject}  "
        yield start + first
        yield from (" " * len(start) + other for other in others)
    if prepared.text is not None:
        yield f"  + manifest   {prepared.file}"
    yield from (f"  ! {note}" for note in adoption.notes)
    yield from (f"  ! not in the manifest: {text}" for text in prepared.left_out)


def _counts(workspace: Workspace, file: Path, environment: Environment, *, overwrite: bool) -> bool:
    """Whether the manifest that is there counts; not so where there is none, or it is to be written anew."""
    if not (workspace.root / file).exists():
        return False
    declared = workspace.manifest.portfolio(file.stem)
    others = [name for name in declared.environments if name != environment.name]
    if overwrite and others:
        raise FactoryError(
            f"{file} declares the portfolio for {', '.join(others)}, too: writing it anew would lose that",
            hint=f"add {environment.name} to it by hand, or give another --name",
        )
    if overwrite:
        return False
    if environment.name not in declared.environments:
        raise FactoryError(
            f"{file} is there, and declares nothing for {environment.name}",
            hint=f"add {environment.name} to it by hand, or give another --name",
        )
    return True


def _declared_alone(
    manifest: Manifest,
    name: PortfolioName,
    environment: Environment,
    found: FoundPortfolio,
    chosen: tuple[Chosen, ...],
) -> tuple[FoundPortfolio, tuple[Chosen, ...]]:
    """What is found and chosen without the products that the manifest does not offer there."""
    declared = manifest.portfolio(name)
    offered = {offer.product for offer in declared.offers if offer.environment == environment.name}
    others = {item.found.id for item in chosen if item.name not in offered}
    return (
        found.leaving(others, f"{declared.file} does not offer it in {environment.name}"),
        tuple(item for item in chosen if item.found.id not in others),
    )


def _adopted_elsewhere(manifest: Manifest, name: PortfolioName) -> Iterator[ProductName]:
    for portfolio in manifest.portfolios:
        if portfolio.name != name:
            yield from (product for product, _ in portfolio.adopted)


def _only(desired: Catalog, adoption: Adoption) -> Catalog:
    """Of the whole catalog, the portfolio that is taken over and what is in it."""
    wanted = desired.portfolio(adoption.place, adoption.portfolio.name)
    portfolios = (wanted,) if wanted else ()
    names = {name for item in portfolios for name in item.products}
    products = (item for item in desired.products if item.place == adoption.place and item.name in names)
    return replace(desired, portfolios=portfolios, products=tuple(products))
