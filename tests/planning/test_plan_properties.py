"""For any two catalogs: applying the plan to the one gives the other, and no step asks what Service Catalog refuses."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from factory.catalog.constraints import Constraint
from factory.catalog.constraints.launch import Launch
from factory.catalog.constraints.notification import Notification
from factory.catalog.constraints.stack_set import StackSet
from factory.catalog.constraints.template import Template
from factory.catalog.model import (
    Catalog,
    CatalogProduct,
    Digest,
    Guidance,
    Portfolio,
    PortfolioName,
    Principal,
    ProductName,
    Share,
    ShareTarget,
    TagOption,
    Version,
    VersionName,
    version_number,
)
from factory.catalog.retirement import Retirement
from factory.planning.plan import Plan, plan
from factory.planning.retirement import Retiring, Use
from tests.sample_catalog import DEV

from .account import Account

PRODUCTS = [ProductName(name) for name in ("cluster", "network")]
VERSIONS = [VersionName(name) for name in ("1.0.0", "1.1.0", "1.2.0", "1.10.0", "by hand")]
TODAY = date(2027, 1, 10)
DAYS = st.sampled_from([TODAY - timedelta(days=days) for days in (0, 1, 30, 31, 90)])
TEXTS = st.sampled_from(["", "one", "two"])


@st.composite
def versions(draw: st.DrawFn, product: ProductName, *, desired: bool) -> tuple[Version, ...]:
    """A manifest names no version that somebody made by hand, and tells of none when it was deprecated."""
    known = VERSIONS[:-1] if desired else VERSIONS
    names = draw(st.lists(st.sampled_from(known), min_size=1, unique=True))
    return tuple(
        Version(
            name=name,
            # One template for ever: plans of changed ones are refused.
            digest=Digest(f"{product} {name}"),
            guidance=draw(st.sampled_from(Guidance)),
            active=draw(st.booleans()),
            deprecated_since=None if desired else draw(st.none() | DAYS),
        )
        for name in sorted(names, key=version_number)
    )


@st.composite
def products(draw: st.DrawFn, *, desired: bool) -> tuple[CatalogProduct, ...]:
    return tuple(
        CatalogProduct(
            place=DEV,
            name=name,
            description=draw(TEXTS),
            owner=draw(TEXTS),
            versions=draw(versions(product=name, desired=desired)),
        )
        for name in draw(st.lists(st.sampled_from(PRODUCTS), unique=True))
    )


@st.composite
def constraints(draw: st.DrawFn, product: ProductName) -> list[Constraint]:
    found: list[Constraint] = []
    match draw(st.sampled_from(["role", "stack set", "nothing"])):
        case "role":
            found.append(Launch(product=product, local_role_name=draw(TEXTS)))
        case "stack set":
            name = draw(TEXTS)
            found.append(
                StackSet(product=product, accounts=(), regions=(), admin_role_arn="", execution_role_name=name)
            )
    for parameter in draw(st.sets(st.sampled_from(["Size", "Zones"]))):
        found.append(Template.allowing(product, parameter, (draw(TEXTS),)))
    if draw(st.booleans()):
        found.append(Notification(product=product, topic_arns=(draw(TEXTS),)))
    return found


@st.composite
def shares(draw: st.DrawFn, *, desired: bool) -> frozenset[Share]:
    """A manifest shares a portfolio in one way; in the account there may be several, and some not accepted yet."""
    to_account = st.builds(
        Share,
        target=st.just(ShareTarget.ACCOUNT),
        id=st.sampled_from(["222222222222", "333333333333"]),
        accepted=st.just(True) if desired else st.booleans(),
        share_tag_options=st.booleans(),
    )
    to_organization = st.builds(
        Share, target=st.just(ShareTarget.ORGANIZATION), id=st.just("o-1"), share_principals=st.booleans()
    )
    found = draw(st.lists(to_account | to_organization, max_size=1 if desired else 3, unique_by=lambda share: share.id))
    return frozenset(found)


@st.composite
def portfolios(draw: st.DrawFn, name: PortfolioName, offered: list[ProductName], *, desired: bool) -> Portfolio:
    inside = draw(st.sets(st.sampled_from(offered))) if offered else set()
    found = Portfolio(
        place=DEV,
        name=name,
        display_name=draw(TEXTS),
        provider=draw(TEXTS),
        tags=draw(st.sampled_from([(), (("Owner", "one"),)])),
        products=frozenset(inside),
        shares=draw(shares(desired=desired)),
        tag_options=frozenset(draw(st.sets(st.builds(TagOption, key=TEXTS, value=TEXTS)))),
        constraints=frozenset(item for product in sorted(inside) for item in draw(constraints(product=product))),
    )
    if not found.principals_live_in_hub and not any(share.accepted for share in found.shares):
        # Nobody has access in an account where the portfolio has not arrived.
        return found
    return replace(found, principals=frozenset(draw(st.sets(st.builds(Principal, arn=TEXTS)))))


@st.composite
def catalogs(draw: st.DrawFn, *, desired: bool) -> Catalog:
    found = draw(products(desired=desired))
    offered = [product.name for product in found]
    names = draw(st.sets(st.sampled_from(["apps", "platform"])))
    return Catalog(
        portfolios=tuple(draw(portfolios(PortfolioName(name), offered, desired=desired)) for name in sorted(names)),
        products=found,
    )


@st.composite
def retirings(draw: st.DrawFn) -> Retiring:
    """Rules for some products, and launches of some versions."""
    ends = st.none() | DAYS | st.sampled_from([timedelta(days=days) for days in (1, 30, 60)])
    rule = st.builds(Retirement, keep=st.integers(min_value=1, max_value=3), inactive_after=ends)
    products = st.sampled_from(PRODUCTS)
    keys = st.tuples(st.just(DEV), products, st.sampled_from(VERSIONS))
    return Retiring(
        today=TODAY,
        rules=draw(st.dictionaries(st.tuples(st.just(DEV), products), rule)),
        uses=dict.fromkeys(draw(st.sets(keys)), (Use(owner="dev", region="us-east-1", name="orders"),)),
    )


# How long an example takes depends on the machine.
UNHURRIED = settings(deadline=None)

DESIRED = catalogs(desired=True)
OBSERVED = catalogs(desired=False)
RETIRING = retirings()


def applied(found: Plan, observed: Catalog) -> Catalog:
    account = Account.holding(observed)
    for action in found.actions:
        account.apply(action)
    return account.catalog()


def in_order(catalog: Catalog) -> Catalog:
    return Catalog(
        portfolios=tuple(sorted(catalog.portfolios, key=lambda item: (item.place, item.name))),
        products=tuple(sorted(catalog.products, key=lambda item: (item.place, item.name))),
    )


@UNHURRIED
@given(DESIRED)
def test_a_catalog_needs_no_change_to_become_itself(catalog: Catalog) -> None:
    assert plan(catalog, catalog) == Plan()
    assert plan(catalog, catalog, prune=True) == Plan()


@UNHURRIED
@given(DESIRED, OBSERVED)
def test_with_prune_the_plan_leads_to_exactly_the_desired_catalog(desired: Catalog, observed: Catalog) -> None:
    result = applied(plan(desired, observed, prune=True), observed)
    assert in_order(result) == in_order(desired)
    assert plan(desired, result, prune=True) == Plan()


@UNHURRIED
@given(DESIRED, OBSERVED)
def test_without_prune_nothing_is_lost_and_nothing_undeclared_is_offered(desired: Catalog, observed: Catalog) -> None:
    result = applied(plan(desired, observed), observed)
    for portfolio in desired.portfolios:
        assert result.portfolio(portfolio.place, portfolio.name) == portfolio
    for product in desired.products:
        found = result.product(product.place, product.name)
        assert found is not None
        undeclared = [version for version in found.versions if not product.version(version.name)]
        assert not any(version.active for version in undeclared)
        declared = tuple(version for version in found.versions if version not in undeclared)
        assert replace(found, versions=declared) == product
    for portfolio in observed.portfolios:
        if not desired.portfolio(portfolio.place, portfolio.name):
            assert result.portfolio(portfolio.place, portfolio.name) == portfolio
    for product in observed.products:
        left = result.product(product.place, product.name)
        assert left is not None
        assert {version.name for version in product.versions} <= {version.name for version in left.versions}
        if not desired.product(product.place, product.name):
            assert left == product
    assert plan(desired, result).actions == ()


@UNHURRIED
@given(DESIRED, OBSERVED, st.data())
def test_a_plan_that_broke_off_is_continued_by_the_next(
    desired: Catalog, observed: Catalog, data: st.DataObject
) -> None:
    whole = plan(desired, observed, prune=True)
    done = data.draw(st.integers(min_value=0, max_value=len(whole.actions)))
    halfway = applied(Plan(actions=whole.actions[:done]), observed)
    assert in_order(applied(plan(desired, halfway, prune=True), halfway)) == in_order(desired)


# --- versions that retire ------------------------------------------------------------------------------------------


def offer(version: Version | None) -> int:
    """How much is left of a version: launches and updates, updates, nothing, not even the version."""
    if version is None:
        return 0
    return 1 if not version.active else 2 if version.guidance is Guidance.DEPRECATED else 3


@UNHURRIED
@given(DESIRED, OBSERVED, RETIRING, st.booleans())
def test_after_a_plan_with_rules_there_is_nothing_left_to_do(
    desired: Catalog, observed: Catalog, retiring: Retiring, prune: bool
) -> None:
    result = applied(plan(desired, observed, prune=prune, retiring=retiring), observed)
    assert plan(desired, result, prune=prune, retiring=retiring).actions == ()


@UNHURRIED
@given(DESIRED, OBSERVED, RETIRING, st.booleans())
def test_a_rule_takes_little_by_little_and_nothing_from_those_who_use_it(
    desired: Catalog, observed: Catalog, retiring: Retiring, prune: bool
) -> None:
    result = applied(plan(desired, observed, prune=prune, retiring=retiring), observed)
    for (place, name), rule in retiring.rules.items():
        wanted, found, left = (catalog.product(place, name) for catalog in (desired, observed, result))
        if not wanted or not found or not left:
            continue
        assert [left.version(version.name) for version in wanted.versions] == list(wanted.versions)
        newest = max(version_number(version.name) for version in wanted.versions)
        for before in found.versions:
            if wanted.version(before.name):
                continue
            after = left.version(before.name)
            assert offer(after) <= offer(before)
            if (place, name, before.name) in retiring.uses:
                assert offer(after) >= min(offer(before), 2)
            elif version_number(before.name) > newest:
                assert offer(after) <= 1
            elif before.active and rule.inactive_after is None:
                assert offer(after) >= 2
        active = [item for item in left.versions if offer(item) == 3 and not wanted.version(item.name)]
        assert len(active) < rule.keep


@UNHURRIED
@given(DESIRED, OBSERVED, RETIRING, st.booleans(), st.data())
def test_with_rules_too_a_plan_that_broke_off_is_continued(
    desired: Catalog, observed: Catalog, retiring: Retiring, prune: bool, data: st.DataObject
) -> None:
    whole = plan(desired, observed, prune=prune, retiring=retiring)
    done = data.draw(st.integers(min_value=0, max_value=len(whole.actions)))
    halfway = applied(Plan(actions=whole.actions[:done]), observed)
    rest = plan(desired, halfway, prune=prune, retiring=retiring)
    assert in_order(applied(rest, halfway)) == in_order(applied(whole, observed))


@UNHURRIED
@given(DESIRED, OBSERVED, RETIRING, st.booleans())
def test_uses_only_ever_save_versions(desired: Catalog, observed: Catalog, retiring: Retiring, prune: bool) -> None:
    """So that it is enough to ask for the launches of what would end without any."""
    unasked = plan(desired, observed, prune=prune, retiring=replace(retiring, uses={}))
    asked = {key: used for key, used in retiring.uses.items() if key in unasked.ended()}
    enough = plan(desired, observed, prune=prune, retiring=replace(retiring, uses=asked))
    assert enough == plan(desired, observed, prune=prune, retiring=retiring)
    assert set(enough.ended()) <= set(unasked.ended())
