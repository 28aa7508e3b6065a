"""Whether the templates and files of the offered versions are in the artifact buckets."""

from __future__ import annotations

from collections.abc import Iterator

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
        environments = [
            environment.name
            for environment in facts.environments
            if damage.region in environment.regions
            and any(
                (offer.product, offer.version, offer.environment) == (damage.product, damage.version, environment.name)
                for portfolio in facts.manifest.portfolios
                for offer in portfolio.offers
            )
        ]
        reach = ", ".join(environments)
        yield Problem(
            owner=HUB,
            region=damage.region,
            subject=f"{damage.product} {damage.version}",
            message=f"{damage.key} in {damage.bucket}, for {reach}: {_WHY.get(damage.code, damage.code)}",
            mend=_mend(damage, environments[0] if environments else ""),
        )


def _mend(damage: Damage, environment: str) -> str:
    """Nothing but the bucket's own history has the bytes of a version that the code no longer has."""
    if damage.by_publish:
        return f"factory publish -e {environment}"
    if damage.good:
        source = f"{damage.bucket}/{damage.key}?versionId={damage.good}"
        return (
            f"aws s3api copy-object --bucket {damage.bucket} --key {damage.key} --copy-source '{source}' "
            f"--region {damage.region}"
        )
    return f"factory release {damage.product}, then factory publish -e {environment}: no copy is left"
