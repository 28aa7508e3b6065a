"""What preparing accounts consists of: steps that say what they would change."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from factory.aws.bootstrap.leftovers import Leftover
from factory.aws.bootstrap.targets import Target
from factory.catalog.model import AccountId, Region
from factory.gates.difference import Difference, compare
from factory.gates.difference.render import to_lines
from factory.planning.health.facts import Account, Trusted
from factory.planning.health.preparation import Deviation, account_deviations, region_deviations

_VARIABLE = re.compile(r"\$\{([A-Za-z0-9:]+)\}")


class Outcome(StrEnum):
    """What becomes, or became, of what a step is about."""

    CREATED = "created"
    UPDATED = "updated"
    RESTORED = "restored"
    UNCHANGED = "unchanged"
    REMOVED = "removed"
    ELSEWHERE = "left to another account"


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A stack's template and the values of its parameters."""

    template: Mapping[str, Any]
    parameters: Mapping[str, str]

    def at(self, target: Target) -> dict[str, Any]:
        """The template with what is known of it somewhere, so that its conditions are decided."""
        declared = self.template.get("Parameters", {})
        values = {**self.parameters, "AWS::AccountId": target.account, "AWS::Region": target.region}

        def fill(node: Any) -> Any:
            match node:
                case {"Ref": str(name)} if name in values:
                    is_list = "List" in declared.get(name, {}).get("Type", "")
                    return values[name].split(",") if is_list else values[name]
                case {"Fn::Sub": str(text)}:
                    told = _VARIABLE.sub(lambda found: values.get(found[1], found[0]), text)
                    return {"Fn::Sub": told} if "${" in told else told
                case dict():
                    return {key: fill(value) for key, value in node.items()}
                case list():
                    return [fill(item) for item in node]
                case _:
                    return node

        return {key: fill(value) for key, value in self.template.items() if key not in ("Description", "Parameters")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """A template and its parameters that CloudFormation is to have somewhere, beside what it has there."""

    stack: str
    target: Target
    body: str
    """The template, as CloudFormation is to get it."""
    parameters: Mapping[str, str]
    before: State | None
    """None where it is not there yet."""

    @property
    def after(self) -> State:
        """As it is to be."""
        return State(template=json.loads(self.body), parameters=self.parameters)

    @property
    def differs(self) -> bool:
        """Whether it is to be another than it is."""
        # Compared here, because CloudFormation tells only in an error's text that there is nothing to update.
        return self.before != self.after

    @property
    def difference(self) -> Difference:
        """What becomes of its resources."""
        return compare(self.before.at(self.target) if self.before else {}, self.after.at(self.target))

    @property
    def told(self) -> tuple[str, ...]:
        """The difference in lines; of what is new the resources alone, as all else is new about it, too."""
        if not self.differs:
            return ()
        if self.before is None:
            return tuple(f"{change.subject} ({change.type})" for change in self.difference.changes if change.type)
        return tuple(line for line, _ in to_lines(self.difference))[:-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class StackStep(Deployment):
    """One stack of an account in one region: as it is, and as it is to be."""

    left: tuple[Leftover, ...] = ()
    """With what it begins: what an earlier one left behind."""

    @property
    def subject(self) -> str:
        """What the step is about."""
        return self.stack

    @property
    def outcome(self) -> Outcome:
        """What becomes of it."""
        if self.before is None:
            return Outcome.CREATED
        return Outcome.UPDATED if self.differs else Outcome.UNCHANGED

    @property
    def lines(self) -> tuple[str, ...]:
        """What becomes of its resources, and what is taken back, for people."""
        taken = {f"{item.name} ({item.type})" for item in self.left}
        return (*(item.told for item in self.left), *(line for line in self.told if line not in taken))


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreStep:
    """What somebody changed by hand of what a stack made. The stack itself is as it was."""

    stack: str
    stack_id: str
    """By which CloudFormation finds it in the account."""
    target: Target
    before: State
    """The stack, which says how it was made."""
    found: Account
    """What there is of it in the target's region."""

    @property
    def subject(self) -> str:
        """What the step is about."""
        return f"what {self.stack} made"

    @property
    def outcome(self) -> Outcome:
        """What becomes of it."""
        return Outcome.RESTORED

    @property
    def deviations(self) -> tuple[Deviation, ...]:
        """What differs."""
        regions = (item for region in self.found.regions for item in region_deviations(region))
        return (*account_deviations(self.found), *regions)

    @property
    def lines(self) -> tuple[str, ...]:
        """What differs, for people."""
        return tuple(f"{item.subject}: {item.message}" for item in self.deviations)


@dataclass(frozen=True, slots=True, kw_only=True)
class StackSetStep(Deployment):
    """The stack set that brings launch roles into accounts of organizational units; administered in the hub."""

    caller: str
    """What CloudFormation calls the hub: SELF or DELEGATED_ADMIN."""
    units: tuple[str, ...]
    missing: tuple[tuple[Region, tuple[AccountId, ...]], ...]
    """The accounts, by the region of their roles, that have no current stack of it."""

    @property
    def subject(self) -> str:
        """What the step is about."""
        return f"stack set {self.stack}"

    @property
    def outcome(self) -> Outcome:
        """What becomes of it."""
        if self.before is None:
            return Outcome.CREATED
        return Outcome.UPDATED if self.differs or self.missing else Outcome.UNCHANGED

    @property
    def lines(self) -> tuple[str, ...]:
        """Which accounts it comes to, and what becomes of its resources."""
        return (
            *(f"to account {account} in {region}" for region, found in self.missing for account in found),
            *self.told,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustStep:
    """Trusted access of a service to the organization."""

    service: Trusted
    target: Target
    """The hub."""
    outcome: Outcome
    commands: tuple[str, ...] = ()
    """What somebody has to do where the hub may not."""

    @property
    def subject(self) -> str:
        """What the step is about."""
        return f"trusted access of {self.service}"

    @property
    def lines(self) -> tuple[str, ...]:
        """What is left to do, for people."""
        return self.commands


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovalStep:
    """A stack, or the stack set, that is to go."""

    stack: str
    target: Target
    resources: tuple[str, ...]
    stays: tuple[str, ...] = ()
    """What the stack leaves behind, and how that goes."""
    caller: str = ""
    """What CloudFormation calls the hub where it is about the stack set."""
    instances: tuple[tuple[Region, tuple[AccountId, ...]], ...] = ()
    units: tuple[str, ...] = ()

    @property
    def subject(self) -> str:
        """What the step is about."""
        return f"stack set {self.stack}" if self.caller else self.stack

    @property
    def outcome(self) -> Outcome:
        """What becomes of it."""
        return Outcome.REMOVED

    @property
    def lines(self) -> tuple[str, ...]:
        """What goes with it and what stays, for people."""
        accounts = (f"from account {account} in {region}" for region, found in self.instances for account in found)
        return (*accounts, *self.resources, *self.stays)


Step = StackStep | RestoreStep | StackSetStep | TrustStep | RemovalStep
