"""Whether the templates and files of the offered versions are in the artifact buckets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from factory.catalog.model import EnvironmentName
from factory.planning.health.check import check
from factory.planning.health.facts import Damage, Facts
from factory.planning.health.finding import HUB, Problem, Severity

_WHY = {"NoSuchKey": "it is not there", "DigestMismatch": "its bytes are not those of its name"}


@check(
    "the templates and files of the offered versions are in the artifact buckets, byte for byte",
    Severity.ERROR,
    meaning="Without its template a version can't be promoted or compared, without its files not be launched.",
)
def find(facts: Facts) -> Iterator[Problem]:
    """Objects that are gone or changed."""
    for damage in facts.damages:
        environments = list(_offering(damage, facts))
        reach = f", for {', '.join(environments)}" if environments else ""
        yield Problem(
            owner=HUB,
            region=damage.region,
            subject=f"{damage.product} {damage.version}",
            message=f"{damage.key} in {damage.bucket}{reach}: {_WHY.get(damage.code, damage.code)}",
            mend=_mend(damage, environments),
        )


def _offering(damage: Damage, facts: Facts) -> Iterator[EnvironmentName]:
    """The environments whose manifests offer the version in that region."""
    offers = {
        (offer.product, offer.version, offer.environment)
        for portfolio in facts.manifest.portfolios
        for offer in portfolio.offers
    }
    for environment in facts.environments:
        offered = (damage.product, damage.version, environment.name) in offers
        if offered and damage.region in environment.regions:
            yield environment.name


def _mend(damage: Damage, environments: Sequence[EnvironmentName]) -> str:
    """A publication brings back what manifests offer; beyond that, nothing but the bucket's history has the bytes."""
    if damage.by_publish and environments:
        return f"factory publish -e {environments[0]}"
    if damage.good:
        source = f"{damage.bucket}/{damage.key}?versionId={damage.good}"
        return (
            f"aws s3api copy-object --bucket {damage.bucket} --key {damage.key} --copy-source '{source}' "
            f"--region {damage.region}"
        )
    return f"factory release {damage.product}, then factory publish: no copy is left"
