"""Whether tag options leave something to choose, and nothing else sets their keys."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from factory.planning.health.check import check
from factory.planning.health.facts import Facts, Tagged
from factory.planning.health.finding import HUB, Problem, Severity


@check(
    "tag options of portfolios and products agree, are active, and share no key with tags",
    Severity.ERROR,
    meaning="Of one key, a launch may choose only what portfolio and product have in common (Administrator Guide, "
    '"TagOption Library"); where that is nothing it is refused.',
)
def find(facts: Facts) -> Iterator[Problem]:
    """Conflicts in each portfolio, and with each product in it."""
    products = {(item.place, item.product): item for item in facts.tagged if item.product}
    members = {(item.place, item.name): item.products for item in facts.observed.portfolios} if facts.observed else {}
    for item in facts.tagged:
        yield from _own(item)
        if item.portfolio:
            for name in sorted(members.get((item.place, item.portfolio), ())):
                if product := products.get((item.place, name)):
                    yield from _between(item, product)


def _own(item: Tagged) -> Iterator[Problem]:
    for option in sorted(item.inactive.values()):
        yield _problem(
            item,
            f"tag option {option.key}={option.value} is inactive",
            f"factory publish -e {item.place.environment}",
            severity=Severity.WARNING,
        )
    tags = dict(item.tags)
    for id_, option in sorted(item.active.items(), key=lambda found: found[1]):
        if option.key in tags:
            message = f"tag {option.key}={tags[option.key]} has the key of tag option {option.key}={option.value}"
            yield _problem(item, message, _disassociate(item, id_), severity=Severity.WARNING, at=HUB)


def _between(portfolio: Tagged, product: Tagged) -> Iterator[Problem]:
    offered, own = _values(portfolio), _values(product)
    for key in sorted(offered.keys() & own.keys()):
        if not offered[key] & own[key]:
            message = (
                f"of tag option {key} it has {', '.join(sorted(own[key]))}, portfolio {portfolio.portfolio} has "
                f"{', '.join(sorted(offered[key]))}: nothing in common"
            )
            ids = [id_ for id_, option in product.active.items() if option.key == key]
            yield _problem(product, message, " && ".join(_disassociate(product, id_) for id_ in ids), at=HUB)
    tags = dict(product.tags)
    for key in sorted((offered.keys() - own.keys()) & tags.keys()):
        if tags[key] not in offered[key]:
            message = f"its tag {key}={tags[key]} is none of the values of portfolio {portfolio.portfolio}"
            yield _problem(
                product,
                message,
                f"take {key} out of tag-options in portfolios/{portfolio.portfolio}.yaml, "
                f"factory publish -e {product.place.environment}",
                severity=Severity.WARNING,
            )


def _values(item: Tagged) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for option in item.active.values():
        found[option.key].add(option.value)
    return found


def _disassociate(item: Tagged, id_: str) -> str:
    return (
        f"aws servicecatalog disassociate-tag-option-from-resource --resource-id {item.id} --tag-option-id {id_} "
        f"--region {item.place.region}"
    )


def _problem(item: Tagged, message: str, mend: str, *, severity: Severity = Severity.ERROR, at: str = "") -> Problem:
    return Problem(
        owner=item.place.environment,
        region=item.place.region,
        subject=item.subject,
        message=message,
        mend=mend,
        at=at,
        severity=severity,
    )
