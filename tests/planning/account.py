"""Service Catalog as far as its refusals depend on the order of calls, with a catalog inside."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import singledispatchmethod

from factory.catalog.model import (
    Catalog,
    CatalogProduct,
    Guidance,
    Place,
    Portfolio,
    PortfolioName,
    Principal,
    ProductName,
    ShareTarget,
    Version,
    version_number,
)
from factory.planning import actions as do


@dataclass
class Account:
    """The portfolios and products of some places; a step that Service Catalog would refuse fails an assertion."""

    portfolios: dict[tuple[Place, PortfolioName], Portfolio]
    products: dict[tuple[Place, ProductName], CatalogProduct]
    local: dict[tuple[Place, PortfolioName], frozenset[Principal]] = field(default_factory=dict)
    """Principals in the environment's account; those inside a portfolio live in the hub."""

    @classmethod
    def holding(cls, catalog: Catalog) -> Account:
        account = cls({}, {(item.place, item.name): item for item in catalog.products})
        for item in catalog.portfolios:
            key = (item.place, item.name)
            here = item.principals_live_in_hub
            account.local[key] = frozenset() if here else item.principals
            account.portfolios[key] = item if here else replace(item, principals=frozenset())
        return account

    def catalog(self) -> Catalog:
        found = []
        for key, item in self.portfolios.items():
            if item.principals_live_in_hub:
                assert not self.local[key], "principals were left behind in the environment's account"
                found.append(item)
            else:
                assert not item.principals, "principals were left behind in the hub"
                found.append(replace(item, principals=self.local[key]))
        return Catalog(portfolios=tuple(found), products=tuple(self.products.values()))

    @singledispatchmethod
    def apply(self, action: do.Action) -> None:
        raise NotImplementedError(type(action))

    @apply.register
    def _(self, action: do.CreatePortfolio) -> None:
        item = action.portfolio
        key = (item.place, item.name)
        assert key not in self.portfolios
        self.local[key] = frozenset()
        self.portfolios[key] = replace(
            item,
            products=frozenset(),
            principals=frozenset(),
            shares=frozenset(),
            tag_options=frozenset(),
            constraints=frozenset(),
        )

    @apply.register
    def _(self, action: do.UpdatePortfolio) -> None:
        after = action.after
        self._change(
            (after.place, after.name),
            display_name=after.display_name,
            provider=after.provider,
            description=after.description,
            tags=after.tags,
        )

    @apply.register
    def _(self, action: do.DeletePortfolio) -> None:
        key = (action.place, action.portfolio)
        item = self.portfolios.pop(key)
        assert item == Portfolio(
            place=item.place,
            name=item.name,
            display_name=item.display_name,
            provider=item.provider,
            description=item.description,
            tags=item.tags,
        )
        assert not self.local.pop(key)

    @apply.register
    def _(self, action: do.CreateProduct) -> None:
        key = (action.place, action.product.name)
        assert key not in self.products
        assert action.version == replace(action.version, active=True, guidance=Guidance.DEFAULT)
        self.products[key] = replace(action.product, versions=(action.version,))

    @apply.register
    def _(self, action: do.UpdateProduct) -> None:
        key = (action.place, action.after.name)
        self.products[key] = replace(action.after, versions=self.products[key].versions)

    @apply.register
    def _(self, action: do.DeleteProduct) -> None:
        assert not any(
            action.product in item.products for (place, _), item in self.portfolios.items() if place == action.place
        )
        del self.products[action.place, action.product]

    @apply.register
    def _(self, action: do.AddVersion) -> None:
        product = self.products[action.place, action.product]
        assert product.version(action.version.name) is None
        assert action.version == replace(action.version, active=True, guidance=Guidance.DEFAULT)
        self._set_versions(product, (*product.versions, action.version))

    @apply.register
    def _(self, action: do.UpdateVersion) -> None:
        product = self.products[action.place, action.product]
        assert action.before in product.versions
        assert action.before.digest == action.after.digest
        others = (version for version in product.versions if version != action.before)
        self._set_versions(product, (*others, action.after))

    @apply.register
    def _(self, action: do.DeleteVersion) -> None:
        product = self.products[action.place, action.product]
        left = tuple(version for version in product.versions if version.name != action.version)
        assert 0 < len(left) < len(product.versions)
        self._set_versions(product, left)

    @apply.register
    def _(self, action: do.AssociateProduct) -> None:
        assert (action.place, action.product) in self.products
        self._add(action, "products", action.product)

    @apply.register
    def _(self, action: do.DisassociateProduct) -> None:
        item = self.portfolios[action.place, action.portfolio]
        assert not any(constraint.product == action.product for constraint in item.constraints)
        self._remove(action, "products", action.product)

    @apply.register
    def _(self, action: do.AddConstraint) -> None:
        item = self.portfolios[action.place, action.portfolio]
        assert action.constraint.product in item.products
        types = {other.type for other in item.constraints if other.product == action.constraint.product}
        exclusive = {"LAUNCH", "STACKSET"}
        assert action.constraint.type not in exclusive or not types & exclusive
        self._add(action, "constraints", action.constraint)

    @apply.register
    def _(self, action: do.UpdateConstraint) -> None:
        assert action.before.identity == action.constraint.identity
        self._remove(action, "constraints", action.before)
        self._add(action, "constraints", action.constraint)

    @apply.register
    def _(self, action: do.RemoveConstraint) -> None:
        self._remove(action, "constraints", action.constraint)

    @apply.register
    def _(self, action: do.AddPrincipal) -> None:
        key = (action.place, action.portfolio)
        if action.in_hub:
            self._add(action, "principals", action.principal)
        else:
            assert self._arrived(key)
            assert action.principal not in self.local[key]
            self.local[key] |= {action.principal}

    @apply.register
    def _(self, action: do.RemovePrincipal) -> None:
        key = (action.place, action.portfolio)
        if action.in_hub:
            self._remove(action, "principals", action.principal)
        else:
            assert self._arrived(key)
            assert action.principal in self.local[key]
            self.local[key] -= {action.principal}

    @apply.register
    def _(self, action: do.AddShare) -> None:
        item = self.portfolios[action.place, action.portfolio]
        assert (action.share.target, action.share.id) not in {(share.target, share.id) for share in item.shares}
        arrived = action.share.target is not ShareTarget.ACCOUNT
        self._add(action, "shares", replace(action.share, accepted=arrived))

    @apply.register
    def _(self, action: do.UpdateShare) -> None:
        self._remove(action, "shares", action.before)
        self._add(action, "shares", replace(action.share, accepted=action.before.accepted))

    @apply.register
    def _(self, action: do.AcceptShare) -> None:
        self._remove(action, "shares", replace(action.share, accepted=False))
        self._add(action, "shares", replace(action.share, accepted=True))

    @apply.register
    def _(self, action: do.RemoveShare) -> None:
        self._remove(action, "shares", action.share)
        key = (action.place, action.portfolio)
        assert self._arrived(key) or not self.local[key]

    @apply.register
    def _(self, action: do.AddTagOption) -> None:
        self._add(action, "tag_options", action.tag_option)

    @apply.register
    def _(self, action: do.RemoveTagOption) -> None:
        self._remove(action, "tag_options", action.tag_option)

    def _arrived(self, key: tuple[Place, PortfolioName]) -> bool:
        return any(share.accepted for share in self.portfolios[key].shares)

    def _set_versions(self, product: CatalogProduct, found: tuple[Version, ...]) -> None:
        in_order = tuple(sorted(found, key=lambda version: version_number(version.name)))
        self.products[product.place, product.name] = replace(product, versions=in_order)

    def _change(self, key: tuple[Place, PortfolioName], **values: object) -> None:
        self.portfolios[key] = replace(self.portfolios[key], **values)  # type: ignore[arg-type]

    def _add(self, action: do.Action, members: str, item: object) -> None:
        key = (action.place, action.portfolio)  # type: ignore[attr-defined]
        before = getattr(self.portfolios[key], members)
        assert item not in before
        self._change(key, **{members: before | {item}})

    def _remove(self, action: do.Action, members: str, item: object) -> None:
        key = (action.place, action.portfolio)  # type: ignore[attr-defined]
        before = getattr(self.portfolios[key], members)
        assert item in before
        self._change(key, **{members: before - {item}})
