"""What preparing accounts consists of: steps that say what they would change."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

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
class StackStep:
    """One stack of an account in one region: as it is, and as it is to be."""

    stack: str
    target: Target
    body: str
    """The template, as CloudFormation is to get it."""
    parameters: Mapping[str, str]
    before: State | None
    """None where it is not there yet."""

    @property
    def subject(self) -> str:
        """What the step is about."""
        return self.stack

    @property
    def lines(self) -> tuple[str, ...]:
        """What becomes of its resources, for people."""
        return told(self.outcome, self.difference) if self.outcome is not Outcome.UNCHANGED else ()

    @property
    def after(self) -> State:
        """The stack as it is to be."""
        return State(template=json.loads(self.body), parameters=self.parameters)

    @property
    def outcome(self) -> Outcome:
        """What becomes of it."""
        # Compared here, because CloudFormation tells only in an error's text that there is nothing to update.
        if self.before is None:
            return Outcome.CREATED
        return Outcome.UNCHANGED if self.before == self.after else Outcome.UPDATED

    @property
    def difference(self) -> Difference:
        """What becomes of its resources."""
        return compare(self.before.at(self.target) if self.before else {}, self.after.at(self.target))


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
class StackSetStep:
    """The stack set that brings launch roles into accounts of organizational units: as it is, and as it is to be."""

    stack: str
    target: Target
    """The hub, where it is administered."""
    body: str
    parameters: Mapping[str, str]
    before: State | None
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
    def after(self) -> State:
        """The stack set as it is to be."""
        return State(template=json.loads(self.body), parameters=self.parameters)

    @property
    def outcome(self) -> Outcome:
        """What becomes of it."""
        if self.before is None:
            return Outcome.CREATED
        return Outcome.UNCHANGED if self.before == self.after and not self.missing else Outcome.UPDATED

    @property
    def lines(self) -> tuple[str, ...]:
        """What becomes of its resources, and which accounts it comes to."""
        if self.outcome is Outcome.UNCHANGED:
            return ()
        before = self.before.at(self.target) if self.before else {}
        resources = told(self.outcome, compare(before, self.after.at(self.target))) if self.before != self.after else ()
        return (
            *(f"to account {account} in {region}" for region, found in self.missing for account in found),
            *resources,
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


def told(outcome: Outcome, difference: Difference) -> tuple[str, ...]:
    """A difference in lines; of what is new the resources alone, as all else is new about it, too."""
    if outcome is Outcome.CREATED:
        return tuple(f"{change.subject} ({change.type})" for change in difference.changes if change.type)
    return tuple(line for line, _ in to_lines(difference))[:-1]
