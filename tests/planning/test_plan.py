"""What the planner does, told as a table: what is there, what is wanted, and what leads from one to the other."""

from __future__ import annotations

from dataclasses import replace

import pytest

from factory.catalog.constraints.launch import Launch
from factory.catalog.constraints.stack_set import StackSet
from factory.catalog.constraints.template import Template
from factory.catalog.model import (
    Catalog,
    CatalogProduct,
    Digest,
    Guidance,
    Portfolio,
    ProductName,
    TagOption,
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
from factory.planning.plan import Plan, plan
from tests.sample_catalog import (
    ACCOUNT,
    DEV,
    EMPTY,
    LAUNCH,
    NETWORK,
    ORGANIZATION,
    PERSON,
    PLATFORM,
    PROD,
    PRODUCT,
    TEAM,
    V1,
)

V2 = Version(name=VersionName("1.1.0"), digest=Digest("2" * 64))
OLD_V1 = replace(V1, guidance=Guidance.DEPRECATED)
OFF_V1 = replace(V1, active=False)

OTHER_LAUNCH = Launch(product=NETWORK, local_role_name="other")
STACK_SET = StackSet(
    product=NETWORK,
    accounts=("222222222222",),
    regions=("us-east-1",),
    admin_role_arn="arn:aws:iam::111111111111:role/admin",
    execution_role_name="execution",
)
PIN = Template.allowing(NETWORK, "Environment", ("dev",))
COST = TagOption(key="CostCenter", value="shared")

FULL = replace(
    EMPTY,
    products=frozenset({NETWORK}),
    principals=frozenset({TEAM}),
    shares=frozenset({ACCOUNT}),
    tag_options=frozenset({COST}),
    constraints=frozenset({LAUNCH, PIN}),
)


def catalog(*things: Portfolio | CatalogProduct) -> Catalog:
    return Catalog(
        portfolios=tuple(thing for thing in things if isinstance(thing, Portfolio)),
        products=tuple(thing for thing in things if isinstance(thing, CatalogProduct)),
    )


def portfolio(**members: object) -> Portfolio:
    """The platform portfolio with the network product and these members."""
    sets = {key: frozenset(value) for key, value in members.items()}  # type: ignore[call-overload]
    return replace(EMPTY, **{"products": frozenset({NETWORK}), **sets})


def product(*versions: Version) -> CatalogProduct:
    return replace(PRODUCT, versions=versions)


def in_platform(type_: type[Action], **values: object) -> Action:
    return type_(place=DEV, portfolio=PLATFORM, **values)  # type: ignore[call-arg]


NEW_TEXTS = replace(EMPTY, description="New.", tags=(("Owner", "platform"),))
NEW_OWNER = replace(PRODUCT, owner="Network team")
DEPRECATE = UpdateVersion(place=DEV, product=NETWORK, before=V1, after=OLD_V1)
RETIRE = UpdateVersion(place=DEV, product=NETWORK, before=V1, after=OFF_V1)
ADD_V2 = AddVersion(place=DEV, product=NETWORK, version=V2)

TABLE = {
    # what happens: (observed, desired, actions)
    "nothing to do": (catalog(FULL, PRODUCT), catalog(FULL, PRODUCT), ()),
    "everything is new": (
        catalog(),
        catalog(FULL, PRODUCT),
        (
            CreatePortfolio(place=DEV, portfolio=FULL),
            CreateProduct(place=DEV, product=PRODUCT, version=V1),
            in_platform(AddTagOption, tag_option=COST),
            in_platform(AssociateProduct, product=NETWORK),
            in_platform(AddConstraint, constraint=LAUNCH),
            in_platform(AddConstraint, constraint=PIN),
            in_platform(AddShare, share=ACCOUNT),
            in_platform(AcceptShare, share=ACCOUNT),
            in_platform(AddPrincipal, principal=TEAM, in_hub=False),
        ),
    ),
    "a run that broke off is continued": (
        catalog(portfolio(shares={replace(ACCOUNT, accepted=False)}), PRODUCT),
        catalog(portfolio(shares={ACCOUNT}, principals={TEAM}), PRODUCT),
        (
            in_platform(AcceptShare, share=ACCOUNT),
            in_platform(AddPrincipal, principal=TEAM, in_hub=False),
        ),
    ),
    "texts and tags differ": (
        catalog(EMPTY, PRODUCT),
        catalog(NEW_TEXTS, NEW_OWNER),
        (
            UpdatePortfolio(place=DEV, before=EMPTY, after=NEW_TEXTS),
            UpdateProduct(place=DEV, before=PRODUCT, after=NEW_OWNER),
        ),
    ),
    "a version is added": (catalog(product(V1)), catalog(product(V1, V2)), (ADD_V2,)),
    "a version is deprecated when its successor comes": (
        catalog(product(V1)),
        catalog(product(OLD_V1, V2)),
        (DEPRECATE, ADD_V2),
    ),
    "a new product has a deprecated version": (
        catalog(),
        catalog(product(OLD_V1, V2)),
        (CreateProduct(place=DEV, product=product(OLD_V1, V2), version=V1), DEPRECATE, ADD_V2),
    ),
    "a version is no longer offered": (catalog(product(V1, V2)), catalog(product(V2)), (RETIRE,)),
    "a version that is not offered stays so": (catalog(product(OFF_V1, V2)), catalog(product(V2)), ()),
    "a version is offered again": (
        catalog(product(OFF_V1, V2)),
        catalog(product(V1, V2)),
        (UpdateVersion(place=DEV, product=NETWORK, before=OFF_V1, after=V1),),
    ),
    "a constraint's content differs": (
        catalog(portfolio(constraints={LAUNCH}), PRODUCT),
        catalog(portfolio(constraints={OTHER_LAUNCH}), PRODUCT),
        (in_platform(UpdateConstraint, before=LAUNCH, constraint=OTHER_LAUNCH),),
    ),
    "a launch role gives way to a stack set": (
        catalog(portfolio(constraints={LAUNCH, PIN}), PRODUCT),
        catalog(portfolio(constraints={STACK_SET}), PRODUCT),
        (
            in_platform(RemoveConstraint, constraint=LAUNCH),
            in_platform(AddConstraint, constraint=STACK_SET),
            in_platform(RemoveConstraint, constraint=PIN),
        ),
    ),
    "what a portfolio no longer declares is withdrawn": (
        catalog(FULL, PRODUCT),
        catalog(EMPTY, PRODUCT),
        (
            # Without a share, principals would live in the hub: they leave the account while it has the portfolio.
            in_platform(RemovePrincipal, principal=TEAM, in_hub=False),
            in_platform(RemoveShare, share=ACCOUNT),
            in_platform(RemoveConstraint, constraint=LAUNCH),
            in_platform(RemoveConstraint, constraint=PIN),
            in_platform(RemoveTagOption, tag_option=COST),
            in_platform(DisassociateProduct, product=NETWORK),
        ),
    ),
    "access changes": (
        catalog(portfolio(shares={ACCOUNT}, principals={TEAM}), PRODUCT),
        catalog(portfolio(shares={ACCOUNT}, principals={PERSON}), PRODUCT),
        (
            in_platform(AddPrincipal, principal=PERSON, in_hub=False),
            in_platform(RemovePrincipal, principal=TEAM, in_hub=False),
        ),
    ),
    "without a share, access is given in the hub": (
        catalog(portfolio(principals={PERSON}), PRODUCT),
        catalog(portfolio(principals={TEAM}), PRODUCT),
        (
            in_platform(AddPrincipal, principal=TEAM, in_hub=True),
            in_platform(RemovePrincipal, principal=PERSON, in_hub=True),
        ),
    ),
    "principals move to the hub when a share begins to carry them": (
        catalog(portfolio(shares={ACCOUNT}, principals={TEAM}), PRODUCT),
        catalog(portfolio(shares={ORGANIZATION}, principals={TEAM}), PRODUCT),
        (
            in_platform(RemovePrincipal, principal=TEAM, in_hub=False),
            in_platform(AddShare, share=ORGANIZATION),
            in_platform(RemoveShare, share=ACCOUNT),
            in_platform(AddPrincipal, principal=TEAM, in_hub=True),
        ),
    ),
    "a share's options differ": (
        catalog(portfolio(shares={replace(ACCOUNT, share_tag_options=False)}), PRODUCT),
        catalog(portfolio(shares={ACCOUNT}), PRODUCT),
        (in_platform(UpdateShare, before=replace(ACCOUNT, share_tag_options=False), share=ACCOUNT),),
    ),
    "places are planned one after the other": (
        catalog(),
        catalog(replace(EMPTY, place=PROD), EMPTY),
        (
            CreatePortfolio(place=DEV, portfolio=EMPTY),
            CreatePortfolio(place=PROD, portfolio=replace(EMPTY, place=PROD)),
        ),
    ),
}

PRUNED = {
    "a version is deleted": (
        catalog(product(V1, V2)),
        catalog(product(V2)),
        (DeleteVersion(place=DEV, product=NETWORK, version=V1.name),),
    ),
    "everything goes, in the order in which Service Catalog lets go": (
        catalog(FULL, PRODUCT),
        catalog(),
        (
            in_platform(RemovePrincipal, principal=TEAM, in_hub=False),
            in_platform(RemoveShare, share=ACCOUNT),
            in_platform(RemoveConstraint, constraint=LAUNCH),
            in_platform(RemoveConstraint, constraint=PIN),
            in_platform(RemoveTagOption, tag_option=COST),
            in_platform(DisassociateProduct, product=NETWORK),
            DeleteProduct(place=DEV, product=NETWORK),
            in_platform(DeletePortfolio),
        ),
    ),
    "principals of the hub go after the constraints": (
        catalog(portfolio(principals={TEAM}, constraints={LAUNCH}), PRODUCT),
        catalog(),
        (
            in_platform(RemoveConstraint, constraint=LAUNCH),
            in_platform(RemovePrincipal, principal=TEAM, in_hub=True),
            in_platform(DisassociateProduct, product=NETWORK),
            DeleteProduct(place=DEV, product=NETWORK),
            in_platform(DeletePortfolio),
        ),
    ),
}


@pytest.mark.parametrize(("observed", "desired", "actions"), TABLE.values(), ids=TABLE.keys())
def test_plan(observed: Catalog, desired: Catalog, actions: tuple[Action, ...]) -> None:
    assert plan(desired, observed) == Plan(actions=actions)


@pytest.mark.parametrize(("observed", "desired", "actions"), PRUNED.values(), ids=PRUNED.keys())
def test_plan_with_prune(observed: Catalog, desired: Catalog, actions: tuple[Action, ...]) -> None:
    assert plan(desired, observed, prune=True) == Plan(actions=actions)


def test_without_prune_an_undeclared_portfolio_and_product_are_left_and_reported() -> None:
    assert plan(catalog(), catalog(FULL, PRODUCT)) == Plan(
        kept=(
            "dev/us-east-1: portfolio platform is not in the manifests; --prune removes it",
            "dev/us-east-1: product network is not in the manifests; --prune removes it",
        )
    )


@pytest.mark.parametrize("prune", [False, True])
def test_a_published_version_never_changes(prune: bool) -> None:
    changed = replace(V1, digest=Digest("f" * 64))
    cluster = ProductName("cluster")
    observed = catalog(
        product(V1, V2),
        replace(PRODUCT, place=PROD),
        replace(PRODUCT, name=cluster),
    )
    desired = catalog(
        product(changed),
        replace(PRODUCT, place=PROD, versions=(changed,)),
        replace(PRODUCT, name=cluster, versions=(changed,)),
    )
    with pytest.raises(PlanError) as refusal:
        plan(desired, observed, prune=prune)
    assert refusal.value.message == (
        "a published version never changes: "
        "cluster 1.0.0 is published in dev/us-east-1 with another template; "
        "network 1.0.0 is published in dev/us-east-1, prod/us-east-1 with another template"
    )
    assert refusal.value.hint == "factory release cluster; factory release network"


def test_a_product_needs_a_version() -> None:
    with pytest.raises(PlanError, match="at least one version: network in dev/us-east-1"):
        plan(catalog(product()), catalog(PRODUCT), prune=True)
