"""What an order comes to, from everything that was found out about product, present launch and account."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from factory.authoring.contract import DEFAULT_INSTANCE, PREFIX
from factory.aws.launch.contracts import provider
from factory.aws.launch.current import Current
from factory.aws.launch.offers import LaunchPath, Offer, OfferedVersion
from factory.aws.launch.parameters import Declared, check
from factory.aws.launch.stacks import Stack
from factory.aws.launch.values import Change, Course, LaunchStatus, Order, Outcome, Prepared
from factory.aws.requests import tag_list
from factory.catalog.environments import SIZING_PARAMETER, Environment
from factory.catalog.model import Tags, VersionName
from factory.errors import LaunchError

# The parameter that tells apart the contract paths of environments in one account.
INSTANCE_PARAMETER = "Instance"
# DescribeProvisioningParameters, "TagOptions": such a value says that portfolio and product have none in common.
_TAG_CONFLICT = "sc-tagoption-conflict-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An order, and all that bears on it."""

    order: Order
    environment: Environment
    offer: Offer
    version: OfferedVersion
    path: LaunchPath
    declared: Mapping[str, Declared]
    tag_options: Mapping[str, tuple[str, ...]]
    makes_stack_set: bool = False
    """Whether a new launch of the version is one in several accounts and regions."""
    current: Current | None
    stack: Stack | None
    """The present launch's."""

    def prepared(self, contracts: Mapping[str, str] | None) -> Prepared:
        """The checked order; `contracts` are the values of SSM parameters, none where they are not known.

        Raises LaunchError with everything that is wrong.
        """
        self._refuse(contracts)
        changes = tuple(self._changes(contracts))
        course = self._course(changes)
        return Prepared(
            place=self.offer.place,
            name=self.order.name,
            product=self.offer.product,
            version=self.version.name,
            course=course,
            current_version=self._current_version(),
            changes=changes,
            request=tuple(sorted(self._request().items())),
            there=self._there() if course is Course.NOTHING else None,
        )

    def problems(self, contracts: Mapping[str, str] | None) -> list[str]:
        """Everything that is wrong with the order; what `contracts` would tell is left out where they are not known."""
        missing = [] if contracts is None else [text for _, text in self._missing_contracts(contracts)]
        settled = self._settled()
        return [
            *check(self.declared, dict(self.order.parameters), settled, self._previous()),
            *self._tag_problems(),
            *missing,
        ]

    def contract_names(self) -> dict[str, str]:
        """The SSM parameter that each parameter of such a type will name."""
        known = {**self._defaults(), **self._previous(), **self._settled()}
        return {name: known[name] for name, item in self.declared.items() if item.from_ssm and known.get(name)}

    # --- values ---------------------------------------------------------------------------------------------------

    def _settled(self) -> dict[str, str]:
        """The values that are sent: the order's, else the environment's."""
        environment = self.environment
        fixed = {SIZING_PARAMETER: environment.sizing.value, **dict(environment.parameters)}
        if environment.instance != DEFAULT_INSTANCE:
            here, there = (f"{PREFIX}/{instance}/" for instance in (environment.instance, DEFAULT_INSTANCE))
            contracts = {
                name: item.default.replace(there, here, 1)
                for name, item in self.declared.items()
                if item.from_ssm and item.default and item.default.startswith(there)
            }
            fixed |= {INSTANCE_PARAMETER: environment.instance, **contracts}
        fixed = {name: value for name, value in fixed.items() if name in self.declared}
        return {**fixed, **dict(self.order.parameters)}

    def _previous(self) -> dict[str, str]:
        """The present values of parameters that the version still has."""
        present = self.stack.parameters if self.stack else {}
        return {name: value for name, value in present.items() if name in self.declared}

    def _defaults(self) -> dict[str, str]:
        return {name: item.default for name, item in self.declared.items() if item.default is not None}

    def _chosen_tags(self) -> Tags:
        """The order's tags, and for each tag option with a choice the value of the parameter of the same name."""
        chosen = dict(self.order.tags)
        known = {**self._defaults(), **self._settled()}
        for key, values in self.tag_options.items():
            if len(values) > 1 and key not in chosen and known.get(key) in values:
                chosen[key] = known[key]
        return tuple(sorted(chosen.items()))

    # --- what is wrong --------------------------------------------------------------------------------------------

    def _refuse(self, contracts: Mapping[str, str] | None) -> None:
        problems = self.problems(contracts)
        if problems:
            missing = [] if contracts is None else [name for name, _ in self._missing_contracts(contracts)]
            providers = sorted({product for name in missing if (product := provider(name))})
            first = f"factory launch {providers[0]} -e {self.environment.name}" if providers else None
            lines = "".join(f"\n  {problem}" for problem in problems)
            raise LaunchError(f"launch {self.order.name} in {self.offer.place}:{lines}", hint=first)

    def _missing_contracts(self, contracts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        for parameter, name in self.contract_names().items():
            if name not in contracts:
                whose = provider(name)
                why = f", which product {whose} provides" if whose else ""
                yield name, f"parameter {parameter}: there is no SSM parameter {name}{why}"

    def _tag_problems(self) -> Iterator[str]:
        chosen = dict(self._chosen_tags())
        for key, values in self.tag_options.items():
            real = [value for value in values if not value.startswith(_TAG_CONFLICT)]
            if key in chosen and chosen[key] not in real:
                yield f"tag {key}: {chosen[key]} is not one of {', '.join(real) or 'none'}"
            elif key not in chosen and len(real) > 1 and self.current is None:
                yield f"tag {key} must be chosen: {', '.join(real)}"

    # --- what changes ---------------------------------------------------------------------------------------------

    def _changes(self, contracts: Mapping[str, str] | None) -> Iterator[Change]:
        previous = self._previous()
        names = self.contract_names()
        for name, item in self.declared.items():
            value = self._settled().get(name)
            if value is not None and value != previous.get(name):
                before = item.shown(previous[name]) if name in previous else None
                yield Change(parameter=name, before=before, after=item.shown(value))
            elif self.stack and contracts and name in names and name in self.stack.resolved:
                # The same SSM parameter, but what it holds has changed since.
                before, after = self.stack.resolved[name], contracts.get(names[name], "")
                if before != after:
                    yield Change(parameter=name, before=before, after=after)

    def _course(self, changes: tuple[Change, ...]) -> Course:
        if self.current is None:
            return Course.PROVISION
        same = self.current.version_id == self.version.id and not changes and not self.order.tags
        return Course.NOTHING if same and self.current.status is LaunchStatus.AVAILABLE else Course.UPDATE

    def _current_version(self) -> VersionName | None:
        if self.current is None:
            return None
        offered = {version.id: version.name for version in self.offer.versions}
        return offered.get(self.current.version_id, VersionName(self.current.version_id))

    def _there(self) -> Outcome | None:
        if self.current is None or self.stack is None or self.current.is_stack_set:
            return None
        return Outcome(
            name=self.order.name,
            product=self.offer.product,
            version=self.version.name,
            status=self.current.status,
            outputs=self.current.outputs or self.stack.outputs,
            stack=self.stack.id,
        )

    def _request(self) -> dict[str, Any]:
        settled = self._settled()
        values: list[dict[str, Any]] = [{"Key": name, "Value": value} for name, value in sorted(settled.items())]
        request: dict[str, Any] = {
            "ProductId": self.offer.id,
            "ProvisioningArtifactId": self.version.id,
            "PathId": self.path.id,
        }
        tags = self._chosen_tags()
        if self.current is None:
            return {
                **request,
                "ProvisionedProductName": self.order.name,
                "ProvisioningParameters": values,
                "Tags": tag_list(tags),
            }
        kept = [name for name in sorted(self._previous()) if name not in settled]
        return {
            **request,
            "ProvisionedProductId": self.current.id,
            "ProvisioningParameters": values + [{"Key": name, "UsePreviousValue": True} for name in kept],
            **({"Tags": tag_list(self.order.tags)} if self.order.tags else {}),
        }
