"""The questions that a product asks, each written once: CloudFormation parameter, console form and `Ref` in one.

Reading a parameter from a product gives the expression to put into a resource; reading it from the class gives the
descriptor.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, overload

from troposphere import And, Condition, Equals, FindInMap, If, Or, Ref
from troposphere import Parameter as TemplateParameter

from factory.authoring.contract import ContractValue
from factory.errors import AuthoringError

AUTO = "auto"
ENVIRONMENTS = ("dev", "test", "qa", "staging", "prod", "dr")
"""The environment classes that templates know."""
PRODUCTION = ("prod", "dr")
"""Those that nobody can do without."""
LIFTED = "lifted"
"""The value with which a launch gives up its protection against deletion, because it is about to be ended."""
SIZING = "Sizing"
"""Name of the template's one `Mappings` table: environment class, then parameter name."""


class Parameter:
    """One question of the launch form.

    `label` is what the console shows, `help` the longer text under it, `group` the heading it stands under and
    `constraint` what a person reads when the value is refused.
    """

    cfn_type: str = "String"

    def __init__(
        self,
        label: str,
        *,
        group: str = "Settings",
        help: str = "",
        default: str | int | None = None,
        constraint: str | None = None,
        secret: bool = False,
    ) -> None:
        self.label = label
        self.group = group
        self.help = help
        self.default = default
        self.constraint = constraint
        self.secret = secret
        self.name = ""

    def __set_name__(self, owner: type, attribute: str) -> None:
        self.name = "".join(part.capitalize() for part in attribute.split("_"))

    @overload
    def __get__(self, instance: None, owner: type) -> Parameter: ...
    @overload
    def __get__(self, instance: object, owner: type) -> Any: ...
    def __get__(self, instance: object | None, owner: type) -> Any:
        return self if instance is None else self.expression()

    def expression(self) -> Any:
        """What a template puts where the value is meant."""
        return Ref(self.name)

    def equals(self, value: str | int) -> Any:
        """The condition that the value is this one, for the template's `Conditions` and `Rules`."""
        return Equals(Ref(self.name), str(value))

    def properties(self) -> dict[str, Any]:
        """The further properties of the CloudFormation parameter."""
        return {}

    def sizing(self) -> Mapping[str, str]:
        """The value for each environment class, for a parameter that may be left on `auto`."""
        return {}

    def conditions(self) -> Mapping[str, Any]:
        """The template conditions that `expression` refers to."""
        return {}

    def declare(self) -> TemplateParameter:
        """The CloudFormation parameter."""
        properties = dict(self.properties(), Type=self.cfn_type, Description=self.help or self.label)
        if self.default is not None:
            properties["Default"] = str(self.default)
        if self.constraint is not None:
            properties["ConstraintDescription"] = self.constraint
        if self.secret:
            properties["NoEcho"] = True
        return TemplateParameter(self.name, **properties)


class Text(Parameter):
    """Free text, held to a pattern and a length."""

    def __init__(
        self,
        label: str,
        *,
        pattern: str | None = None,
        min_length: int | None = None,
        max_length: int | None = None,
        **more: Any,
    ) -> None:
        super().__init__(label, **more)
        if pattern is not None and self.constraint is None:
            raise AuthoringError(f"parameter {label!r}: a pattern needs a constraint text that a person understands")
        if pattern is not None and self.default is not None and not re.fullmatch(pattern, str(self.default)):
            raise AuthoringError(f"parameter {label!r}: the default {self.default!r} does not match its pattern")
        self.pattern = pattern
        self.min_length = min_length
        self.max_length = max_length

    def properties(self) -> dict[str, Any]:
        found = {"AllowedPattern": self.pattern, "MinLength": self.min_length, "MaxLength": self.max_length}
        return {key: value for key, value in found.items() if value is not None}


class Choice(Parameter):
    """One of a few values."""

    def __init__(self, label: str, *, options: Sequence[str], **more: Any) -> None:
        super().__init__(label, **more)
        self.options = tuple(options)
        if self.default is not None and self.default not in self.options:
            raise AuthoringError(f"parameter {label!r}: the default {self.default!r} is not among its options")

    def properties(self) -> dict[str, Any]:
        return {"AllowedValues": list(self.options)}


class Flag(Choice):
    """Yes or no, as the strings `true` and `false`."""

    def __init__(self, label: str, *, default: bool = False, **more: Any) -> None:
        super().__init__(label, options=("true", "false"), default=str(default).lower(), **more)


class Number(Parameter):
    """A whole number between `low` and `high`, both allowed."""

    cfn_type = "Number"

    def __init__(self, label: str, *, low: int, high: int, default: int | None = None, **more: Any) -> None:
        more.setdefault("constraint", f"A whole number from {low} to {high}.")
        super().__init__(label, default=default, **more)
        if default is not None and not low <= default <= high:
            raise AuthoringError(f"parameter {label!r}: the default {default} is not from {low} to {high}")
        self.low = low
        self.high = high

    def properties(self) -> dict[str, Any]:
        return {"MinValue": self.low, "MaxValue": self.high}


class Sized(Parameter):
    """A value that follows the environment's class unless the user gives one instead of `auto`.

    What a user may give is either one of `options` or anything that `pattern` matches.
    """

    def __init__(
        self,
        label: str,
        *,
        sizes: Mapping[str, str | int],
        options: Sequence[str | int] | None = None,
        pattern: str | None = None,
        **more: Any,
    ) -> None:
        super().__init__(label, default=AUTO, **more)
        if (options is None) == (pattern is None):
            raise AuthoringError(f"parameter {label!r}: give either options or a pattern")
        if pattern is not None and self.constraint is None:
            raise AuthoringError(f"parameter {label!r}: a pattern needs a constraint text that a person understands")
        self.options = None if options is None else (AUTO, *map(str, options))
        self.pattern = None if pattern is None else f"{AUTO}|{pattern}"
        self._sizes = {name: str(size) for name, size in sizes.items()}
        for size in self._sizes.values():
            if not (size in self.options if self.options else re.fullmatch(pattern or "", size)):
                raise AuthoringError(f"parameter {label!r}: the size {size!r} is not a value that it admits")

    def properties(self) -> dict[str, Any]:
        return {"AllowedValues": list(self.options)} if self.options else {"AllowedPattern": self.pattern}

    def expression(self) -> Any:
        return If(f"{self.name}IsAuto", self._automatic, Ref(self.name))

    def equals(self, value: str | int) -> Any:
        # Fn::If is not allowed where conditions are declared, hence the two cases spelled out.
        automatic = And(Condition(f"{self.name}IsAuto"), Equals(self._automatic, str(value)))
        return Or(automatic, super().equals(value))

    def sizing(self) -> Mapping[str, str]:
        return self._sizes

    def conditions(self) -> Mapping[str, Any]:
        return {f"{self.name}IsAuto": super().equals(AUTO)}

    @property
    def _automatic(self) -> FindInMap:
        return FindInMap(SIZING, Ref("Environment"), self.name)


class Protected(Sized):
    """Whether something refuses to be deleted: in prod and dr always, until a launch says that it is to go.

    The property that it is for gets `true` or `false`. A launch in prod can't just be made with `false`; that it is
    `lifted` is a change of its own, with a record of its own. `factory down` finds the parameter by that value.
    """

    def __init__(self, label: str, **more: Any) -> None:
        sizes = {name: str(name in PRODUCTION).lower() for name in ENVIRONMENTS}
        super().__init__(label, sizes=sizes, options=("true", "false", LIFTED), **more)

    def expression(self) -> Any:
        return If(f"{self.name}IsLifted", "false", super().expression())

    def conditions(self) -> Mapping[str, Any]:
        return {**super().conditions(), f"{self.name}IsLifted": Equals(Ref(self.name), LIFTED)}


class Requires(Parameter):
    """A value that another product provides; the launch reads it from SSM under the key that this parameter holds."""

    def __init__(self, value: ContractValue, *, label: str | None = None, group: str = "Wiring") -> None:
        super().__init__(
            label or f"{value.product}: {value.name}",
            group=group,
            help=f"{value.description} Name of the SSM parameter that holds it.",
            default=value.key(),
            constraint=f"A contract path that ends in {value.product}/…/{value.name}.",
        )
        self.value = value
        self.cfn_type = f"AWS::SSM::Parameter::Value<{value.kind.value}>"

    def properties(self) -> dict[str, Any]:
        middle = "[A-Za-z0-9-]+/" if self.value.named else ""
        return {"AllowedPattern": f"/platform/[A-Za-z0-9-]+/{self.value.product}/{middle}{self.value.name}"}
