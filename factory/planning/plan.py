"""From a desired and an observed catalog to the ordered actions that lead from one to the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import IntEnum, auto

from factory.catalog.constraints import Constraint
from factory.catalog.model import (
    Catalog,
    CatalogProduct,
    Guidance,
    Place,
    Portfolio,
    PortfolioName,
    ProductName,
    ShareTarget,
    Version,
    VersionName,
)
from factory.errors import PlanError
from factory.planning.actions import (
    AcceptShare,
    Action,
    AddConstraint,
    AddPrincipal,
    AddShare,
    AddTagOption,
    AddVersion,
    AssociateProduct,
    CreatePortfolio,
    CreateProduct,
    DeletePortfolio,
    DeleteProduct,
    DeleteVersion,
    DisassociateProduct,
    Effect,
    RemoveConstraint,
    RemovePrincipal,
    RemoveShare,
    RemoveTagOption,
    UpdateConstraint,
    UpdatePortfolio,
    UpdateProduct,
    UpdateShare,
    UpdateVersion,
)
from factory.planning.updates import Update


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Actions to be applied from first to last, and what was found but is left alone."""

    actions: tuple[Action, ...] = ()
    kept: tuple[str, ...] = ()
    """A sentence for each thing that the manifests do not name and that only `--prune` removes."""
    updates: tuple[Update, ...] = ()
    """What the versions that are added do to those who launched the ones before; `plan` leaves this to `updates`."""

    def __bool__(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.actions)

    def count(self, effect: Effect) -> int:
        """How many actions have this effect."""
        return sum(action.effect is effect for action in self.actions)

    def update(self, action: Action) -> Update | None:
        """What an action does to those who launched the version before; None where it adds no version after one."""
        return next(
            (update for update in self.updates if isinstance(action, AddVersion) and update.is_of(action)), None
        )

    def places(self) -> tuple[Place, ...]:
        """The places where something changes, in order."""
        return tuple(sorted({action.place for action in self.actions}))


class _Phase(IntEnum):
    """The order of actions within a place: what others need comes first, removals last.

    Some removals come early. LAUNCH and STACKSET exclude each other on a product, so the one goes before the other
    comes. Shares decide in which account principals live: where that changes, principals leave the old account before
    any share changes and enter the new one after all have, so that an interrupted run never leaves one where the next
    run does not look.

    The order of the removals is the one in which Service Catalog frees what it otherwise reports as in use. Principals
    in an environment's account hang on the portfolio imported there, so they go before the share that carries it.
    """

    PORTFOLIOS = auto()
    PRODUCTS = auto()
    TAG_OPTIONS = auto()
    OFFERS = auto()
    CONSTRAINT_SWAPS = auto()
    CONSTRAINTS = auto()
    PRINCIPAL_MOVES = auto()
    SHARES = auto()
    SHARE_SWAPS = auto()
    PRINCIPALS = auto()
    RETIRED_VERSIONS = auto()
    LOCAL_PRINCIPAL_REMOVALS = auto()
    SHARE_REMOVALS = auto()
    CONSTRAINT_REMOVALS = auto()
    HUB_PRINCIPAL_REMOVALS = auto()
    TAG_OPTION_REMOVALS = auto()
    OFFER_REMOVALS = auto()
    PRODUCT_REMOVALS = auto()
    PORTFOLIO_REMOVALS = auto()


_Step = tuple[_Phase, Action]


def plan(desired: Catalog, observed: Catalog, *, prune: bool = False) -> Plan:
    """The actions that turn the observed catalog into the desired one.

    A published version never changes, whatever is asked for. A version that is no longer desired is made inactive.
    A portfolio or product that is no longer desired is left as it is and reported. Inside a desired portfolio,
    however, principals, shares, constraints, tag options and products that it no longer declares are withdrawn:
    leaving them would let people keep an access that the manifests deny.

    With `prune`, whatever is not desired is deleted, but for the last version of a product, which cannot be.

    Raises PlanError with every published version whose template differs, or where a desired product has no version.
    """
    _refuse_changed_versions(desired, observed)
    _refuse_empty_products(desired)
    steps: list[tuple[Place, _Step]] = []
    kept: list[str] = []
    for place in sorted({*desired.places(), *observed.places()}):
        for name in _portfolio_names(place, desired, observed):
            wanted, found = desired.portfolio(place, name), observed.portfolio(place, name)
            if wanted is None and not prune:
                kept.append(f"{place}: portfolio {name} is not in the manifests; --prune removes it")
                continue
            steps += ((place, step) for step in _portfolio_steps(place, name, wanted, found))
        for product in _product_names(place, desired, observed):
            new, old = desired.product(place, product), observed.product(place, product)
            if new is None and not prune:
                kept.append(f"{place}: product {product} is not in the manifests; --prune removes it")
                continue
            steps += ((place, step) for step in _product_steps(place, product, new, old, prune=prune))
    steps.sort(key=lambda item: (item[0], item[1][0]))
    return Plan(actions=tuple(action for _, (_, action) in steps), kept=tuple(kept))


def _portfolio_names(place: Place, *catalogs: Catalog) -> list[PortfolioName]:
    return sorted({item.name for catalog in catalogs for item in catalog.portfolios if item.place == place})


def _product_names(place: Place, *catalogs: Catalog) -> list[ProductName]:
    return sorted({item.name for catalog in catalogs for item in catalog.products if item.place == place})


# --- products -----------------------------------------------------------------------------------------------------


def _product_steps(
    place: Place, name: ProductName, desired: CatalogProduct | None, observed: CatalogProduct | None, *, prune: bool
) -> Iterator[_Step]:
    if desired is None:
        yield _Phase.PRODUCT_REMOVALS, DeleteProduct(place=place, product=name)
        return
    if observed is None:
        first = _fresh(desired.versions[0])
        yield _Phase.PRODUCTS, CreateProduct(place=place, product=desired, version=first)
        observed = replace(desired, versions=(first,))
    elif replace(observed, versions=()) != replace(desired, versions=()):
        yield _Phase.PRODUCTS, UpdateProduct(place=place, before=observed, after=desired)

    for wanted in desired.versions:
        found = observed.version(wanted.name)
        if found is None:
            found = _fresh(wanted)
            yield _Phase.PRODUCTS, AddVersion(place=place, product=name, version=found)
        if found != wanted:
            yield _Phase.PRODUCTS, UpdateVersion(place=place, product=name, before=found, after=wanted)

    for found in observed.versions:
        if desired.version(found.name):
            continue
        if prune:
            yield _Phase.RETIRED_VERSIONS, DeleteVersion(place=place, product=name, version=found.name)
        elif found.active:
            retired = replace(found, active=False)
            yield _Phase.RETIRED_VERSIONS, UpdateVersion(place=place, product=name, before=found, after=retired)


def _fresh(version: Version) -> Version:
    """The version as the API creates it."""
    return replace(version, active=True, guidance=Guidance.DEFAULT)


def _refuse_changed_versions(desired: Catalog, observed: Catalog) -> None:
    places: dict[tuple[ProductName, VersionName], list[Place]] = {}
    for product in desired.products:
        published = observed.product(product.place, product.name)
        for version in product.versions:
            before = published.version(version.name) if published else None
            if before and before.digest != version.digest:
                places.setdefault((product.name, version.name), []).append(product.place)
    if not places:
        return
    lines = [
        f"{name} {changed} is published in {', '.join(map(str, sorted(where)))} with another template"
        for (name, changed), where in sorted(places.items())
    ]
    hints = dict.fromkeys(f"factory release {name}" for name, _ in sorted(places))
    raise PlanError("a published version never changes: " + "; ".join(lines), hint="; ".join(hints))


def _refuse_empty_products(desired: Catalog) -> None:
    empty = [f"{product.name} in {product.place}" for product in desired.products if not product.versions]
    if empty:
        raise PlanError("a product needs at least one version: " + ", ".join(sorted(empty)))


# --- portfolios ---------------------------------------------------------------------------------------------------


def _portfolio_steps(
    place: Place, name: PortfolioName, desired: Portfolio | None, observed: Portfolio | None
) -> Iterator[_Step]:
    nothing = Portfolio(place=place, name=name, display_name="", provider="")
    if desired is None:
        yield _Phase.PORTFOLIO_REMOVALS, DeletePortfolio(place=place, portfolio=name)
    elif observed is None:
        yield _Phase.PORTFOLIOS, CreatePortfolio(place=place, portfolio=desired)
    elif _texts(desired) != _texts(observed):
        yield _Phase.PORTFOLIOS, UpdatePortfolio(place=place, before=observed, after=desired)
    after, before = desired or nothing, observed or nothing

    for tag_option in sorted(after.tag_options - before.tag_options):
        yield _Phase.TAG_OPTIONS, AddTagOption(place=place, portfolio=name, tag_option=tag_option)
    for tag_option in sorted(before.tag_options - after.tag_options):
        yield _Phase.TAG_OPTION_REMOVALS, RemoveTagOption(place=place, portfolio=name, tag_option=tag_option)
    for product in sorted(after.products - before.products):
        yield _Phase.OFFERS, AssociateProduct(place=place, portfolio=name, product=product)
    for product in sorted(before.products - after.products):
        yield _Phase.OFFER_REMOVALS, DisassociateProduct(place=place, portfolio=name, product=product)
    yield from _constraint_steps(after, before)
    moving = desired is not None and before.principals_live_in_hub != after.principals_live_in_hub
    yield from _principal_steps(after, before, moving=moving)
    yield from _share_steps(after, before, moving=moving)


def _texts(portfolio: Portfolio) -> tuple[object, ...]:
    return (portfolio.display_name, portfolio.provider, portfolio.description, portfolio.tags)


def _constraint_steps(after: Portfolio, before: Portfolio) -> Iterator[_Step]:
    place, portfolio = after.place, after.name
    wanted = {constraint.identity: constraint for constraint in after.constraints}
    found = {constraint.identity: constraint for constraint in before.constraints}
    for identity, constraint in sorted(wanted.items()):
        old = found.get(identity)
        if old is None:
            yield _Phase.CONSTRAINTS, AddConstraint(place=place, portfolio=portfolio, constraint=constraint)
        elif old != constraint:
            yield (
                _Phase.CONSTRAINTS,
                UpdateConstraint(place=place, portfolio=portfolio, before=old, constraint=constraint),
            )
    for identity, constraint in sorted(found.items()):
        if identity not in wanted:
            phase = _Phase.CONSTRAINT_SWAPS if _bars(constraint, wanted.values()) else _Phase.CONSTRAINT_REMOVALS
            yield phase, RemoveConstraint(place=place, portfolio=portfolio, constraint=constraint)


def _bars(old: Constraint, wanted: Iterable[Constraint]) -> bool:
    """Whether Service Catalog refuses one of the wanted constraints while the old one is there."""
    exclusive = {"LAUNCH", "STACKSET"}
    return old.type in exclusive and any(new.type in exclusive and new.product == old.product for new in wanted)


def _principal_steps(after: Portfolio, before: Portfolio, *, moving: bool) -> Iterator[_Step]:
    place, portfolio = after.place, after.name
    old_home, new_home = before.principals_live_in_hub, after.principals_live_in_hub
    added = after.principals if moving else after.principals - before.principals
    removed = before.principals if moving else before.principals - after.principals
    for principal in sorted(added):
        yield (
            _Phase.PRINCIPALS,
            AddPrincipal(place=place, portfolio=portfolio, principal=principal, in_hub=new_home),
        )
    for principal in sorted(removed):
        removal = RemovePrincipal(place=place, portfolio=portfolio, principal=principal, in_hub=old_home)
        if moving:
            yield _Phase.PRINCIPAL_MOVES, removal
        elif old_home:
            yield _Phase.HUB_PRINCIPAL_REMOVALS, removal
        else:
            yield _Phase.LOCAL_PRINCIPAL_REMOVALS, removal


def _share_steps(after: Portfolio, before: Portfolio, *, moving: bool) -> Iterator[_Step]:
    place, portfolio = after.place, after.name
    wanted = {(share.target, share.id): share for share in after.shares}
    found = {(share.target, share.id): share for share in before.shares}
    for key, share in sorted(wanted.items()):
        old = found.get(key)
        if old is None:
            yield _Phase.SHARES, AddShare(place=place, portfolio=portfolio, share=share)
        elif replace(old, accepted=share.accepted) != share:
            yield _Phase.SHARES, UpdateShare(place=place, portfolio=portfolio, before=old, share=share)
        arrived = old is not None and old.accepted
        if share.target is ShareTarget.ACCOUNT and share.accepted and not arrived:
            yield _Phase.SHARES, AcceptShare(place=place, portfolio=portfolio, share=share)
    for key, share in sorted(found.items()):
        if key not in wanted:
            phase = _Phase.SHARE_SWAPS if moving else _Phase.SHARE_REMOVALS
            yield phase, RemoveShare(place=place, portfolio=portfolio, share=share)
