"""The parameters of a launch: what the template asks for, what was given, and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from factory.catalog.nearest import suggestion

_LISTS = re.compile(r"CommaDelimitedList|List<.+>")
_SSM = "AWS::SSM::Parameter::Value<"
_MASK = "****"
_BOUNDS = ("MinLength", "MaxLength", "MinValue", "MaxValue")


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """A parameter as a version's template declares it."""

    name: str
    type: str
    default: str | None
    secret: bool
    allowed: tuple[str, ...] = ()
    pattern: str = ""
    explanation: str = ""
    limits: tuple[tuple[str, float], ...] = ()
    """`MinLength`, `MaxLength`, `MinValue` and `MaxValue`, those that are declared."""

    @classmethod
    def of(cls, described: Mapping[str, Any]) -> Declared:
        """The parameter that DescribeProvisioningParameters describes."""
        constraints = described.get("ParameterConstraints") or {}
        return cls(
            name=described["ParameterKey"],
            type=described.get("ParameterType", "String"),
            default=described.get("DefaultValue"),
            secret=described.get("IsNoEcho", False),
            allowed=tuple(constraints.get("AllowedValues") or ()),
            pattern=constraints.get("AllowedPattern") or "",
            explanation=constraints.get("ConstraintDescription") or "",
            limits=tuple((name, float(constraints[name])) for name in _BOUNDS if constraints.get(name)),
        )

    @classmethod
    def written(cls, name: str, body: Mapping[str, Any]) -> Declared:
        """The parameter as a template writes it."""
        return cls(
            name=name,
            type=body.get("Type", "String"),
            default=body.get("Default"),
            secret=body.get("NoEcho") in (True, "true"),
            allowed=tuple(map(str, body.get("AllowedValues") or ())),
            pattern=body.get("AllowedPattern") or "",
            explanation=body.get("ConstraintDescription") or "",
            limits=tuple((bound, float(body[bound])) for bound in _BOUNDS if bound in body),
        )

    @property
    def from_ssm(self) -> bool:
        """Whether the value is the name of an SSM parameter whose value the template gets."""
        return self.type.startswith(_SSM)

    def shown(self, value: str) -> str:
        """The value as it may be shown."""
        return _MASK if self.secret else value

    def problems(self, value: str) -> Iterator[str]:
        """What CloudFormation would not accept about a value (User Guide, "Parameters")."""
        entries = [item.strip() for item in value.split(",")] if _LISTS.fullmatch(self.type) else [value]
        for entry in entries:
            if reason := self._refusal(entry):
                explained = f". {self.explanation}" if self.explanation else ""
                yield f"parameter {self.name}: {self.shown(entry) or 'an empty value'} {reason}{explained}"

    def _refusal(self, value: str) -> str:
        if self.allowed and value not in self.allowed:
            return f"is not one of {', '.join(self.allowed)}"
        if self.pattern and not _matches(self.pattern, value):
            return f"does not have the form {self.pattern}"
        number = _number(value)
        if self.type in {"Number", "List<Number>"} and number is None:
            return "is not a number"
        for name, limit in self.limits:
            measured = float(len(value)) if name.endswith("Length") else number
            if measured is not None and (measured < limit if name.startswith("Min") else measured > limit):
                return f"is {'below' if name.startswith('Min') else 'above'} {name} {limit:g}"
        return ""


def check(
    declared: Mapping[str, Declared],
    given: Mapping[str, str],
    settled: Mapping[str, str],
    previous: Mapping[str, str],
) -> Iterator[str]:
    """Everything that is wrong with the values of a launch.

    `given` are those that somebody typed, `settled` these and those that the environment gives, `previous` those of
    the present launch. A parameter that is in neither and has no default is missing.
    """
    for name in given:
        if name not in declared:
            yield f"parameter {name} is unknown: {suggestion(name, declared)}"
    for name, parameter in declared.items():
        if name in settled:
            yield from parameter.problems(settled[name])
        elif name not in previous and parameter.default is None:
            yield f"parameter {name} is missing: it has no default"


def _matches(pattern: str, value: str) -> bool:
    try:
        return re.fullmatch(pattern, value) is not None
    except re.error:
        # CloudFormation's expressions are Java's; what Python cannot read is left to CloudFormation.
        return True


def _number(value: str) -> float | None:
    try:
        return float(value)
    except ValueError:
        return None
