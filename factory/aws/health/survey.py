"""One look at the hub and the accounts of some environments."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import TypeVar

from factory.aws.bootstrap import HUB, Outcome, Setup, Target, organization, stack_sets, targets
from factory.aws.bootstrap.steps import TrustStep
from factory.aws.health import catalog
from factory.aws.health.accounts import Preparation, Templates, look
from factory.aws.health.asking import Asking
from factory.aws.ids import Ids
from factory.aws.reader import Seen, see
from factory.aws.session import Accounts
from factory.catalog.environments import Environment, LaunchRolesBy
from factory.catalog.model import Catalog, Place, ShareTarget
from factory.errors import CatalogError, PlanError
from factory.planning.health.facts import Account, Facts, HubRegion, Trusted

_WORKERS = 8
_Out = TypeVar("_Out")


def survey(setup: Setup, facts: Facts, templates: Templates, asking: Asking, *, now: datetime) -> tuple[Facts, Ids]:
    """Look at the hub and the accounts of the environments that `facts` names, and add what is seen to it.

    Also gives the ids of what was read. No plan is made, and no object of an artifact bucket read; refusals are left
    to `asking`.
    """
    accounts = setup.accounts
    with ThreadPoolExecutor(max_workers=_WORKERS, thread_name_prefix="health") as pool:
        surveyor = _Surveyor(accounts=accounts, facts=facts, asking=asking, pool=pool)
        untrusted = surveyor.untrusted(setup)
        found = surveyor.look(setup, templates, reaches=Trusted.STACK_SETS not in untrusted)
        answering = {account.id for account in found if account.regions}
        facts = replace(facts, accounts=tuple(found), untrusted=untrusted)
        if accounts.hub.account not in answering:
            return facts, Ids()
        reachable = [item for item in facts.environments if item.account in answering]
        seen = surveyor.read(reachable)
        observed, ids = catalog.merged(seen)
        places = [place for each in seen for place in each.places]
        facts = replace(
            facts,
            read=tuple(places),
            observed=observed if seen else None,
            tagged=tuple(catalog.tagged(seen)),
            roles_by_arn=tuple(catalog.roles_by_arn(observed, ids)),
            hub_regions=tuple(surveyor.hub_regions(seen)),
            launches=tuple(
                launch
                for _, launches in surveyor.at_each(
                    places, "launches", lambda place: catalog.read_launches(accounts, place, observed, ids, now)
                )
                for launch in launches
            ),
            arrived=dict(
                surveyor.at_each(
                    _shared_in_organization(places, observed),
                    "shares",
                    lambda place: catalog.read_arrived(accounts, place, ids),
                )
            ),
        )
        return facts, ids


@dataclass(frozen=True, slots=True, kw_only=True)
class _Surveyor:
    accounts: Accounts
    facts: Facts
    asking: Asking
    pool: ThreadPoolExecutor

    def look(self, setup: Setup, templates: Templates, *, reaches: bool) -> list[Account]:
        """Each account once, the hub first; `reaches` where nothing keeps the stack set from them."""
        preparation = Preparation(setup=setup, templates=templates)
        if self.accounts.hub.launch_roles is LaunchRolesBy.STACK_SET:
            nothing = stack_sets.Deployed(caller="", state=None, instances={})
            subject = "stack set of launch roles"
            asked = self.asking.ask(HUB, subject, lambda: stack_sets.read(setup, self._hub)) if reaches else nothing
            preparation = replace(preparation, stack_set=asked)
        groups = _by_account(self.accounts, self.facts.environments)
        return list(self.pool.map(lambda group: look(preparation, group, self.asking), groups))

    @property
    def _hub(self) -> Target:
        return next(iter(targets(self.accounts)))

    def read(self, environments: Sequence[Environment]) -> list[Seen]:
        """The catalog of these environments; where one does not answer, that of each of the others by itself."""
        try:
            return [see(self.accounts, _places(environments))] if environments else []
        except (CatalogError, PlanError):
            each = [
                self.asking.ask(item.name, "catalog", partial(see, self.accounts, item.places)) for item in environments
            ]
            return [seen for seen in each if seen is not None]

    def hub_regions(self, seen: Sequence[Seen]) -> list[HubRegion]:
        """What the hub has of its quotas, in each region that was read."""
        listed = {key: count for each in seen for key, count in each.listed.items()}
        regions = sorted({region for region, _ in listed})
        quotas = self.pool.map(lambda region: catalog.read_quotas(self.accounts, region), regions)
        return [catalog.hub_region(region, listed, own) for region, own in zip(regions, quotas, strict=True)]

    def at_each(
        self, places: Sequence[Place], subject: str, question: Callable[[Place], _Out]
    ) -> list[tuple[Place, _Out]]:
        """The answer of each place that gives one."""

        def ask(place: Place) -> _Out | None:
            return self.asking.ask(place.environment, f"{subject} in {place}", lambda: question(place))

        return [
            (place, answer)
            for place, answer in zip(places, self.pool.map(ask, places), strict=True)
            if answer is not None
        ]

    def untrusted(self, setup: Setup) -> dict[Trusted, str]:
        """The services that lack trusted access to the organization, with what grants it."""
        wanted: dict[Trusted, Callable[[Accounts, Target], TrustStep]] = {}
        if setup.shares_in_organization:
            wanted[Trusted.CATALOG] = organization.catalog_access
        if self.accounts.hub.launch_roles is LaunchRolesBy.STACK_SET:
            wanted[Trusted.STACK_SETS] = organization.stack_set_access
        found = {
            service: self.asking.ask(HUB, f"trusted access of {service}", partial(access, self.accounts, self._hub))
            for service, access in wanted.items()
        }
        return {
            service: "; ".join(step.commands) or "factory bootstrap"
            for service, step in found.items()
            if step and step.outcome is not Outcome.UNCHANGED
        }


def _by_account(accounts: Accounts, environments: Sequence[Environment]) -> list[list[Target]]:
    """The targets of the hub and of these environments' accounts: their regions, and where the roles are."""
    wanted = {environment.account: set(environment.regions) for environment in reversed(environments)}
    for environment in environments:
        wanted[environment.account] |= set(environment.regions)
    hub = {region for environment in environments for region in environment.regions}
    wanted[accounts.hub.account] = wanted.get(accounts.hub.account, set()) | hub
    # An account is told under the name of an environment that was asked for.
    names = {environment.account: environment.name for environment in reversed(environments)}
    groups: dict[str, list[Target]] = {}
    for target in targets(accounts):
        if target.account in wanted and (target.first or target.region in wanted[target.account]):
            owner = HUB if target.owner == HUB else names[target.account]
            groups.setdefault(target.account, []).append(replace(target, owner=owner))
    return [sorted(group, key=lambda target: not target.first) for group in groups.values()]


def _places(environments: Iterable[Environment]) -> list[Place]:
    return [place for environment in environments for place in environment.places]


def _shared_in_organization(places: Iterable[Place], observed: Catalog) -> list[Place]:
    shared = {
        portfolio.place
        for portfolio in observed.portfolios
        if any(share.target is not ShareTarget.ACCOUNT for share in portfolio.shares)
    }
    return [place for place in places if place in shared]
