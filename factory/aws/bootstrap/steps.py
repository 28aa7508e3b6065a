"""What preparing accounts consists of: steps that say what they would change."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from factory.aws.bootstrap.targets import Target
from factory.gates.difference import Difference, compare

_VARIABLE = re.compile(r"\$\{([A-Za-z0-9:]+)\}")


class Outcome(StrEnum):
    """What becomes, or became, of what a step is about."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


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


Step = StackStep
