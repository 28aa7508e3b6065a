"""From a portfolio as it is found in a place to the declaration that asks for it, and what none can ask for."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from factory.catalog.constraints import Constraint
from factory.catalog.constraints.template import Template
from factory.catalog.environments import SIZING_PARAMETER, Environment
from factory.catalog.manifest import DeclaredPortfolio, Offer, Sharing
from factory.catalog.model import (
    AccountId,
    CatalogProduct,
    Listing,
    Portfolio,
    Principal,
    PrincipalType,
    ProductName,
    Share,
    ShareTarget,
)

_PRINCIPAL = re.compile(r"arn:aws[a-z-]*:iam::(?P<account>\d{12})?:(role|user|group)/[^\s]+")
_PIN = f"Only{SIZING_PARAMETER}"
_RULE_NAME = re.compile(r"[A-Za-z0-9]{1,255}")


def declare(
    portfolio: Portfolio,
    products: Iterable[CatalogProduct],
    environment: Environment,
    described: Iterable[ProductName] = (),
) -> tuple[DeclaredPortfolio, tuple[str, ...]]:
    """The declaration of a portfolio with these products, and a sentence for each thing that it has to leave out.

    Versions that are not active are not offered. `described` are products whose texts the project has already, in code
    or in another portfolio file.
    """
    left_out: list[str] = []
    offered = [product for product in products if product.name in portfolio.products]
    rules, free = _constraints(portfolio, environment, left_out)
    known = frozenset(described)
    sharing = _sharing(portfolio, environment, left_out)
    declared = DeclaredPortfolio(
        name=portfolio.name,
        display_name=portfolio.display_name,
        provider=portfolio.provider,
        description=portfolio.description,
        tags=portfolio.tags,
        environments=(environment.name,),
        offers=tuple(sorted(_offers(offered, environment))),
        principals=frozenset(_principals(portfolio, environment, sharing, left_out)),
        sharing=sharing,
        tag_options=portfolio.tag_options,
        constraints=rules,
        free=free,
        adopted=tuple((product.name, _listing(product)) for product in offered if product.name not in known),
    )
    return declared, tuple(left_out)


def _offers(products: Iterable[CatalogProduct], environment: Environment) -> Iterator[Offer]:
    for product in products:
        for version in product.versions:
            if version.active:
                yield Offer(
                    product=product.name,
                    environment=environment.name,
                    version=version.name,
                    guidance=version.guidance,
                )


def _listing(product: CatalogProduct) -> Listing:
    return Listing(
        description=product.description,
        owner=product.owner,
        support_email=product.support_email,
        support_url=product.support_url,
        tags=product.tags,
    )


def _principals(
    portfolio: Portfolio, environment: Environment, sharing: Sharing | None, left_out: list[str]
) -> Iterator[Principal]:
    for principal in sorted(portfolio.principals):
        match = _PRINCIPAL.fullmatch(principal.arn)
        if match is None:
            left_out.append(f"principal {principal.arn}: a manifest names roles, users and groups")
        elif principal.type is PrincipalType.IAM_PATTERN:
            yield principal
        elif match["account"] != environment.account:
            left_out.append(f"principal {principal.arn}: it is not of the account of {environment.name}")
        elif sharing and sharing.principals:
            left_out.append(f"principal {principal.arn}: where principals are shared, a manifest names patterns only")
        else:
            yield principal


def _sharing(portfolio: Portfolio, environment: Environment, left_out: list[str]) -> Sharing | None:
    """What a manifest can ask for: one organization or unit, else the environment's account, and further accounts."""
    if not portfolio.shares:
        return None
    accounts = sorted(item for item in portfolio.shares if item.target is ShareTarget.ACCOUNT)
    nodes = sorted(item for item in portfolio.shares if item.target is not ShareTarget.ACCOUNT)
    for share in nodes[1:]:
        left_out.append(f"share with {_told(share)}: a manifest shares a portfolio with one organization or unit")
    chosen = nodes[0] if nodes else next((item for item in accounts if item.id == environment.account), accounts[0])
    for share in accounts:
        if share.share_tag_options != chosen.share_tag_options:
            left_out.append(f"share with {_told(share)}: in a manifest, tag options come along with all shares or none")
    return Sharing(
        target=chosen.target,
        id=chosen.id if nodes else "",
        tag_options=chosen.share_tag_options,
        principals=chosen.share_principals and bool(nodes),
        accounts=tuple(AccountId(share.id) for share in accounts if nodes or share.id != environment.account),
    )


def _told(share: Share) -> str:
    return f"{share.target.lower().replace('_', ' ')} {share.id}"


def _constraints(
    portfolio: Portfolio, environment: Environment, left_out: list[str]
) -> tuple[frozenset[Constraint], frozenset[ProductName]]:
    """The constraints that a manifest can ask for, and the products that are not held to the environment's class."""
    found: list[Constraint] = []
    free = set(portfolio.products)
    for constraint in sorted(portfolio.constraints, key=lambda item: item.identity):
        product = ProductName(constraint.product)
        if not isinstance(constraint, Template):
            found.append(constraint)
        elif constraint == Template.allowing(product, SIZING_PARAMETER, (environment.sizing,)):
            free.discard(product)
        else:
            found += _single_rules(constraint, left_out)
    return frozenset(found), frozenset(free)


def _single_rules(constraint: Template, left_out: list[str]) -> Iterator[Template]:
    """The constraint as one or more with a single rule each."""
    rules = json.loads(constraint.rules)
    what = f"constraint TEMPLATE {constraint.name} on {constraint.product}"
    wrong = sorted(name for name in rules if name == _PIN or not _RULE_NAME.fullmatch(name))
    if wrong:
        left_out.append(f"{what}: {wrong[0]} is not a name that a rule of a manifest may have")
        return
    if len(rules) > 1:
        left_out.append(f"{what}: it has {len(rules)} rules, and the factory keeps each in a constraint of its own")
    if _texts(rules) != rules:
        left_out.append(f"{what}: its numbers and truth values become texts, which CloudFormation compares alike")
    for name, rule in sorted(rules.items()):
        yield Template.of(constraint.product, {name: _texts(rule)})


def _texts(value: Any) -> Any:
    """The value as a manifest says it: with texts alone."""
    if isinstance(value, dict):
        return {key: _texts(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_texts(item) for item in value]
    return value if isinstance(value, str) else json.dumps(value)
