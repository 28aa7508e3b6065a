"""Whether there is room below the quotas of Service Catalog."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from factory.catalog.model import MAXIMUM_VERSIONS, Portfolio, PrincipalType, Region, ShareTarget
from factory.planning.health.check import check
from factory.planning.health.facts import Facts
from factory.planning.health.finding import HUB, Problem, Severity

WARNING_FROM = 0.8
"""The part of a quota from which it is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """A quota by its default, and by the code under which Service Quotas tells the account's own."""

    what: str
    """What it counts, for messages."""
    default: int
    name: str = ""
    """As AWS calls it."""
    code: str = ""
    adjustable: bool = False


# AWS General Reference, "Service Catalog endpoints and quotas"; those without a code: Administrator Guide, "Service
# quotas", and API reference, AssociatePrincipalWithPortfolio.
PORTFOLIOS = Quota(
    name="Portfolios per region", what="portfolios in the region", default=100, code="L-C6458716", adjustable=True
)
PRODUCTS = Quota(
    name="Products per region", what="products in the region", default=350, code="L-764CF6A1", adjustable=True
)
PRODUCTS_EACH = Quota(name="Products per portfolio", what="products", default=150, code="L-AB79E48B", adjustable=True)
VERSIONS = Quota(
    name="Product versions per product", what="versions", default=MAXIMUM_VERSIONS, code="L-A5846085", adjustable=True
)
PRINCIPALS = Quota(
    name="Users, groups, and roles per portfolio", what="principals", default=100, code="L-E8959660", adjustable=True
)
ACCOUNTS = Quota(
    name="Shared accounts per portfolio", what="accounts that it is shared to", default=5_000, code="L-A2FB1BD2"
)
TAG_OPTIONS = Quota(name="TagOptions per resource", what="tag options", default=25, code="L-73A88F28")
VALUES = Quota(name="Values per TagOption", what="values of a tag option", default=25, code="L-79127A24")
PORTFOLIO_TAGS = Quota(name="Tags per portfolio", what="tags", default=20, code="L-77FEF8C5")
PRODUCT_TAGS = Quota(name="Tags per product", what="tags", default=20, code="L-CC0BF186")
PATTERNS = Quota(what="principals by pattern", default=10)
CONSTRAINTS = Quota(what="constraints of a product", default=100)

ALL = (
    PORTFOLIOS,
    PRODUCTS,
    PRODUCTS_EACH,
    VERSIONS,
    PRINCIPALS,
    ACCOUNTS,
    TAG_OPTIONS,
    VALUES,
    PORTFOLIO_TAGS,
    PRODUCT_TAGS,
    PATTERNS,
    CONSTRAINTS,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """How much of a quota something has used."""

    quota: Quota
    count: int
    region: Region
    subject: str
    owner: str = HUB


@check(
    f"less than {WARNING_FROM:.0%} of each quota is used",
    Severity.WARNING,
    meaning="The next publication beyond the quota is refused half way.",
)
def find(facts: Facts) -> Iterator[Problem]:
    """Quotas that are nearly used up."""
    own = {item.region: item.quotas for item in facts.hub_regions}
    for use in uses(facts):
        applied = own.get(use.region, {}).get(use.quota.code)
        limit = applied or use.quota.default
        if use.count < WARNING_FROM * limit:
            continue
        source = "" if applied else ", as documented"
        yield Problem(
            owner=use.owner,
            region=use.region,
            subject=use.subject,
            message=f"{use.count} of {limit:.0f} {use.quota.what}{source}",
            mend=_mend(use, int(limit * 1.5)),
            at=HUB,
            severity=Severity.ERROR if use.count >= limit else None,
        )


def _mend(use: Use, wanted: int) -> str:
    if use.quota.adjustable:
        return (
            "aws service-quotas request-service-quota-increase --service-code servicecatalog "
            f"--quota-code {use.quota.code} --desired-value {wanted} --region {use.region}"
        )
    return f"take some out of the manifest, factory publish -e {use.owner}: nobody gets a higher quota of these"


def uses(facts: Facts) -> Iterator[Use]:
    """What counts against a quota."""
    for item in facts.hub_regions:
        yield Use(quota=PORTFOLIOS, count=item.portfolios, region=item.region, subject="hub")
        yield Use(quota=PRODUCTS, count=item.products, region=item.region, subject="hub")
    for portfolio in facts.observed.portfolios if facts.observed else ():
        yield from _of(portfolio)
    for product in facts.observed.products if facts.observed else ():
        yield Use(
            quota=VERSIONS,
            count=len(product.versions),
            region=product.place.region,
            subject=f"product {product.name}",
            owner=product.place.environment,
        )
    for tagged in facts.tagged:
        place, options = tagged.place, {**tagged.active, **tagged.inactive}
        values = Counter(option.key for option in options.values())
        for quota, count in (
            (TAG_OPTIONS, len(options)),
            (VALUES, max(values.values(), default=0)),
            # The factory's own mark is one of them.
            (PRODUCT_TAGS if tagged.product else PORTFOLIO_TAGS, len(tagged.tags) + 1),
        ):
            yield Use(quota=quota, count=count, region=place.region, subject=tagged.subject, owner=place.environment)


def _of(portfolio: Portfolio) -> Iterator[Use]:
    patterns = sum(item.type is PrincipalType.IAM_PATTERN for item in portfolio.principals)
    constraints = Counter(item.product for item in portfolio.constraints)
    for quota, count in (
        (PRODUCTS_EACH, len(portfolio.products)),
        (PRINCIPALS, len(portfolio.principals)),
        (PATTERNS, patterns),
        (ACCOUNTS, sum(share.target is ShareTarget.ACCOUNT for share in portfolio.shares)),
        (CONSTRAINTS, max(constraints.values(), default=0)),
    ):
        yield Use(
            quota=quota,
            count=count,
            region=portfolio.place.region,
            subject=f"portfolio {portfolio.name}",
            owner=portfolio.place.environment,
        )
