"""Whether versions are offered as the manifests say."""

from __future__ import annotations

from collections.abc import Iterator

from factory.catalog.model import CatalogProduct, Guidance
from factory.planning.health.check import check
from factory.planning.health.facts import Facts
from factory.planning.health.finding import Problem, Severity


@check(
    "versions are active and have the guidance that the manifests give them, and each product can be launched",
    Severity.ERROR,
    meaning="A deprecated version can't be launched anew, an inactive one neither launched nor updated to.",
)
def find(facts: Facts) -> Iterator[Problem]:
    """Versions that somebody switched off or on, and products of which only deprecated versions are left."""
    if facts.desired is None or facts.observed is None:
        return
    for wanted in facts.desired.products:
        found = facts.observed.product(wanted.place, wanted.name)
        if found is not None:
            problems = list(_differences(wanted, found))
            yield from problems
            if not problems:
                yield from _unlaunchable(found)


def _differences(wanted: CatalogProduct, found: CatalogProduct) -> Iterator[Problem]:
    for version in wanted.versions:
        now = found.version(version.name)
        if now is None:
            continue
        if not now.active:
            message = "it is inactive, and the manifest offers it"
        elif now.guidance is not version.guidance:
            message = f"its guidance is {now.guidance}, not {version.guidance}"
        elif not now.digest:
            message = "its description has lost the digest of its template"
        else:
            continue
        yield _problem(found, f"{found.name} {version.name}", message, f"factory publish -e {found.place.environment}")


def _unlaunchable(found: CatalogProduct) -> Iterator[Problem]:
    active = [version for version in found.versions if version.active]
    if active and all(version.guidance is Guidance.DEPRECATED for version in active):
        yield _problem(
            found,
            str(found.name),
            "every active version is deprecated: nobody can launch it anew",
            f"offer a newer version in the portfolio, factory publish -e {found.place.environment}",
            Severity.WARNING,
        )


def _problem(
    product: CatalogProduct, subject: str, message: str, mend: str, severity: Severity | None = None
) -> Problem:
    return Problem(
        owner=product.place.environment,
        region=product.place.region,
        subject=subject,
        message=message,
        mend=mend,
        severity=severity,
    )
