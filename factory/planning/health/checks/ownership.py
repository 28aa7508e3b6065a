"""Whether the factory owns nothing that no manifest names."""

from __future__ import annotations

from collections.abc import Iterator

from factory.planning.health.check import check
from factory.planning.health.facts import Facts
from factory.planning.health.finding import Problem, Severity


@check(
    "what bears the factory's mark is in a manifest",
    Severity.WARNING,
    meaning="It stays as it is: nobody updates it, and who has access keeps it.",
)
def find(facts: Facts) -> Iterator[Problem]:
    """Portfolios and products that are owned, and not wanted."""
    if facts.desired is None or facts.observed is None:
        return
    for portfolio in facts.observed.portfolios:
        if facts.desired.portfolio(portfolio.place, portfolio.name) is None:
            yield _problem(portfolio.place.environment, portfolio.place.region, f"portfolio {portfolio.name}")
    for product in facts.observed.products:
        if facts.desired.product(product.place, product.name) is None:
            yield _problem(product.place.environment, product.place.region, f"product {product.name}")


def _problem(environment: str, region: str, subject: str) -> Problem:
    return Problem(
        owner=environment,
        region=region,
        subject=subject,
        message="no manifest names it",
        mend=f"factory publish -e {environment} --prune",
    )
