"""What becomes of the versions that the manifests no longer name: kept, deprecated, inactive or deleted, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from factory.catalog.model import (
    AccountId,
    Catalog,
    CatalogProduct,
    Guidance,
    Place,
    ProductName,
    Version,
    VersionName,
    version_number,
)
from factory.catalog.retirement import Retirement

VersionKey = tuple[Place, ProductName, VersionName]

_SHOWN_USES = 5


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Use:
    """A launch of a version; `owner` is the environment in whose account it is, or `hub`."""

    owner: str
    region: str
    name: str

    def __str__(self) -> str:
        return f"{self.name} in {self.owner}/{self.region}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Retiring:
    """What the planner must know to retire versions, besides the catalogs."""

    today: date
    rules: Mapping[tuple[Place, ProductName], Retirement]
    """Products without one lose a version at once when it is no longer named."""
    uses: Mapping[VersionKey, tuple[Use, ...]] = field(default_factory=dict)
    """Who launched the versions that might end; one that is not here counts as unused."""
    accounts: frozenset[AccountId] = frozenset()
    """The accounts in which one can look for launches."""


NOTHING_RETIRES = Retiring(today=date.min, rules={})


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What becomes of one version."""

    before: Version
    after: Version | None
    """As it will be; None where it is deleted."""
    why: str = ""

    @property
    def state(self) -> str:
        """How a version reads that stays as it is."""
        if not self.before.active:
            return "inactive"
        return "deprecated" if self.before.guidance is Guidance.DEPRECATED else "active"


def fates(
    wanted: CatalogProduct, found: CatalogProduct, retiring: Retiring, *, prune: bool, unseen: Sequence[str] = ()
) -> Iterator[Fate]:
    """What becomes of each version of a product that is not wanted, where there is anything to say about it.

    A version only ever goes from active to deprecated to inactive, and with `prune` away; what was switched off is
    switched on again by naming it. One that is newer than all wanted ones was taken back, and ends at once. Where a
    rule holds, a version that somebody launched never ends: it is deprecated, so that they can still update. `unseen`
    names the accounts, organizations and units in which there may be launches that nobody can look for.
    """
    rule = retiring.rules.get((wanted.place, wanted.name))
    unwanted = [version for version in found.versions if not wanted.version(version.name)]
    if rule is None:
        for version in unwanted:
            if prune or version.active:
                yield Fate(before=version, after=None if prune else replace(version, active=False))
        return
    newest = max((version.name for version in wanted.versions), key=version_number)
    staying = _newest(rule.keep, wanted, unwanted)
    kept = f"the newest {rule.keep} versions" if rule.keep > 1 else "the newest version"
    for version in unwanted:
        uses = retiring.uses.get((wanted.place, wanted.name, version.name), ())
        used = _used(uses, unseen)
        since = version.deprecated_since or retiring.today
        last_day = rule.last_day(since)
        taken_back = version_number(version.name) > version_number(newest)
        older = f"older than {kept}{f', inactive after {last_day}' if last_day else ''}"
        ended = None if prune else replace(version, active=False)
        deprecated = replace(version, guidance=Guidance.DEPRECATED, deprecated_since=since)
        if not version.active:
            if prune:
                yield Fate(before=version, after=version if uses else None, why=used)
        elif version.name in staying:
            yield Fate(before=version, after=version, why=f"among {kept}")
        elif not taken_back and (last_day is None or retiring.today <= last_day):
            yield Fate(before=version, after=deprecated, why=older)
        else:
            reason = f"newer than {newest}, the newest that is named" if taken_back else older
            yield Fate(before=version, after=deprecated if uses else ended, why=f"{reason}; {used}")


def unseen(desired: Catalog, place: Place, product: ProductName, retiring: Retiring) -> tuple[str, ...]:
    """Accounts, organizations and units that may launch a product although nobody can look there for launches."""
    shared = {
        share.id
        for portfolio in desired.portfolios
        if portfolio.place == place and product in portfolio.products
        for share in portfolio.shares
    }
    return tuple(sorted(shared - retiring.accounts))


def _newest(count: int, wanted: CatalogProduct, unwanted: Iterable[Version]) -> set[VersionName]:
    """The newest versions, of the wanted ones and of those before them that are still offered."""
    last = max(version_number(version.name) for version in wanted.versions)
    offered = [version for version in unwanted if version.active and version_number(version.name) < last]
    in_order = sorted((version_number(version.name), version.name) for version in (*wanted.versions, *offered))
    return {name for _, name in in_order[-count:]}


def _used(uses: Iterable[Use], unseen: Sequence[str]) -> str:
    told = [str(use) for use in sorted(uses)]
    if told:
        more = f" and {len(told) - _SHOWN_USES} more" if len(told) > _SHOWN_USES else ""
        return f"used by {', '.join(told[:_SHOWN_USES])}{more}"
    where = f" in the environments; other launches in {', '.join(unseen)} cannot be seen" if unseen else ""
    return f"used by nobody{where}"
