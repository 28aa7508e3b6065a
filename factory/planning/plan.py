"""From a desired and an observed catalog to the ordered actions that lead from one to the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from factory.catalog.constraints import Constraint
from factory.catalog.model import (
    MAXIMUM_VERSIONS,
    Catalog,
    Place,
    Portfolio,
    PortfolioName,
    ProductName,
    ShareTarget,
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
    DeletePortfolio,
    DeleteVersion,
    DisassociateProduct,
    Effect,
    RemoveConstraint,
    RemovePrincipal,
    RemoveShare,
    RemoveTagOption,
    UpdateConstraint,
    UpdatePortfolio,
    UpdateShare,
    UpdateVersion,
)
from factory.planning.phases import Phase, Step
from factory.planning.products import (
    product_steps,
    refuse_changed_versions,
    refuse_empty_products,
    staying,
    too_many,
)
from factory.planning.retirement import NOTHING_RETIRES, Fate, Retiring, VersionKey, fates, unseen
from factory.planning.updates import Update


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Actions to be applied from first to last, and what was found but is left alone."""

    actions: tuple[Action, ...] = ()
    kept: tuple[str, ...] = ()
    """A sentence for each thing that the manifests do not name and that stays, and why it does."""
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

    def ended(self) -> tuple[VersionKey, ...]:
        """The versions that are made inactive or deleted, of products that stay."""
        found: list[VersionKey] = []
        for action in self.actions:
            if isinstance(action, UpdateVersion) and not action.after.active:
                found.append((action.place, action.product, action.after.name))
            elif isinstance(action, DeleteVersion):
                found.append((action.place, action.product, action.version))
        return tuple(found)

    def places(self) -> tuple[Place, ...]:
        """The places where something changes, in order."""
        return tuple(sorted({action.place for action in self.actions}))


def plan(desired: Catalog, observed: Catalog, *, prune: bool = False, retiring: Retiring = NOTHING_RETIRES) -> Plan:
    """The actions that turn the observed catalog into the desired one.

    A published version never changes, whatever is asked for. A version that is no longer desired is made inactive,
    unless its product has a rule on how it retires, and those who launched it are known.
    A portfolio or product that is no longer desired is left as it is and reported. Inside a desired portfolio,
    however, principals, shares, constraints, tag options and products that it no longer declares are withdrawn:
    leaving them would let people keep an access that the manifests deny.

    With `prune`, whatever is not desired is deleted, but for the last version of a product, which cannot be, and for
    what is retiring still.

    Raises PlanError with every published version whose template differs, where a desired product has no version, or
    where one would have more versions than are possible.
    """
    refuse_changed_versions(desired, observed)
    refuse_empty_products(desired)
    steps: list[tuple[Place, Step]] = []
    kept: list[str] = []
    crowded: list[str] = []
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
            unwanted: tuple[Fate, ...] = ()
            if new and old:
                unwanted = tuple(
                    fates(new, old, retiring, prune=prune, unseen=unseen(desired, place, product, retiring))
                )
                kept += staying(new, unwanted)
                crowded += too_many(new, old, unwanted)
            steps += ((place, step) for step in product_steps(place, product, new, old, unwanted))
    if crowded:
        raise PlanError(f"a product has at most {MAXIMUM_VERSIONS} versions: " + "; ".join(crowded), hint=_ROOM[prune])
    steps.sort(key=lambda item: (item[0], item[1][0]))
    return Plan(actions=tuple(action for _, (_, action) in steps), kept=tuple(kept))


_ROOM = {
    False: "factory plan --prune, which deletes versions that are no longer named",
    True: "name fewer versions or keep fewer of them in the portfolio; factory status shows who should update",
}


def _portfolio_names(place: Place, *catalogs: Catalog) -> list[PortfolioName]:
    return sorted({item.name for catalog in catalogs for item in catalog.portfolios if item.place == place})


def _product_names(place: Place, *catalogs: Catalog) -> list[ProductName]:
    return sorted({item.name for catalog in catalogs for item in catalog.products if item.place == place})


# --- portfolios ---------------------------------------------------------------------------------------------------


def _portfolio_steps(
    place: Place, name: PortfolioName, desired: Portfolio | None, observed: Portfolio | None
) -> Iterator[Step]:
    nothing = Portfolio(place=place, name=name, display_name="", provider="")
    if desired is None:
        yield Phase.PORTFOLIO_REMOVALS, DeletePortfolio(place=place, portfolio=name)
    elif observed is None:
        yield Phase.PORTFOLIOS, CreatePortfolio(place=place, portfolio=desired)
    elif _texts(desired) != _texts(observed):
        yield Phase.PORTFOLIOS, UpdatePortfolio(place=place, before=observed, after=desired)
    after, before = desired or nothing, observed or nothing

    for tag_option in sorted(after.tag_options - before.tag_options):
        yield Phase.TAG_OPTIONS, AddTagOption(place=place, portfolio=name, tag_option=tag_option)
    for tag_option in sorted(before.tag_options - after.tag_options):
        yield Phase.TAG_OPTION_REMOVALS, RemoveTagOption(place=place, portfolio=name, tag_option=tag_option)
    for product in sorted(after.products - before.products):
        yield Phase.OFFERS, AssociateProduct(place=place, portfolio=name, product=product)
    for product in sorted(before.products - after.products):
        yield Phase.OFFER_REMOVALS, DisassociateProduct(place=place, portfolio=name, product=product)
    yield from _constraint_steps(after, before)
    moving = desired is not None and before.principals_live_in_hub != after.principals_live_in_hub
    yield from _principal_steps(after, before, moving=moving)
    yield from _share_steps(after, before, moving=moving)


def _texts(portfolio: Portfolio) -> tuple[object, ...]:
    return (portfolio.display_name, portfolio.provider, portfolio.description, portfolio.tags)


def _constraint_steps(after: Portfolio, before: Portfolio) -> Iterator[Step]:
    place, portfolio = after.place, after.name
    wanted = {constraint.identity: constraint for constraint in after.constraints}
    found = {constraint.identity: constraint for constraint in before.constraints}
    for identity, constraint in sorted(wanted.items()):
        old = found.get(identity)
        if old is None:
            yield Phase.CONSTRAINTS, AddConstraint(place=place, portfolio=portfolio, constraint=constraint)
        elif old != constraint:
            yield (
                Phase.CONSTRAINTS,
                UpdateConstraint(place=place, portfolio=portfolio, before=old, constraint=constraint),
            )
    for identity, constraint in sorted(found.items()):
        if identity not in wanted:
            phase = Phase.CONSTRAINT_SWAPS if _bars(constraint, wanted.values()) else Phase.CONSTRAINT_REMOVALS
            yield phase, RemoveConstraint(place=place, portfolio=portfolio, constraint=constraint)


def _bars(old: Constraint, wanted: Iterable[Constraint]) -> bool:
    """Whether Service Catalog refuses one of the wanted constraints while the old one is there."""
    exclusive = {"LAUNCH", "STACKSET"}
    return old.type in exclusive and any(new.type in exclusive and new.product == old.product for new in wanted)


def _principal_steps(after: Portfolio, before: Portfolio, *, moving: bool) -> Iterator[Step]:
    place, portfolio = after.place, after.name
    old_home, new_home = before.principals_live_in_hub, after.principals_live_in_hub
    added = after.principals if moving else after.principals - before.principals
    removed = before.principals if moving else before.principals - after.principals
    for principal in sorted(added):
        yield (
            Phase.PRINCIPALS,
            AddPrincipal(place=place, portfolio=portfolio, principal=principal, in_hub=new_home),
        )
    for principal in sorted(removed):
        removal = RemovePrincipal(place=place, portfolio=portfolio, principal=principal, in_hub=old_home)
        if moving:
            yield Phase.PRINCIPAL_MOVES, removal
        elif old_home:
            yield Phase.HUB_PRINCIPAL_REMOVALS, removal
        else:
            yield Phase.LOCAL_PRINCIPAL_REMOVALS, removal


def _share_steps(after: Portfolio, before: Portfolio, *, moving: bool) -> Iterator[Step]:
    place, portfolio = after.place, after.name
    wanted = {(share.target, share.id): share for share in after.shares}
    found = {(share.target, share.id): share for share in before.shares}
    for key, share in sorted(wanted.items()):
        old = found.get(key)
        if old is None:
            yield Phase.SHARES, AddShare(place=place, portfolio=portfolio, share=share)
        elif replace(old, accepted=share.accepted) != share:
            yield Phase.SHARES, UpdateShare(place=place, portfolio=portfolio, before=old, share=share)
        arrived = old is not None and old.accepted
        if share.target is ShareTarget.ACCOUNT and share.accepted and not arrived:
            yield Phase.SHARES, AcceptShare(place=place, portfolio=portfolio, share=share)
    for key, share in sorted(found.items()):
        if key not in wanted:
            phase = Phase.SHARE_SWAPS if moving else Phase.SHARE_REMOVALS
            yield phase, RemoveShare(place=place, portfolio=portfolio, share=share)
