"""Works out what a template's properties are before there is a stack: what only a resource can tell stays open."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

_VARIABLE = re.compile(r"\$\{(!?)([^}]*)\}")
_DYNAMIC = "{{resolve:"


class Unknown:
    """A value that isn't known before its resource exists. No two are equal."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "(known after creation)"


class _Absent:
    """What `AWS::NoValue` leaves behind: nothing."""


_ABSENT = _Absent()


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """Where a template is used, and with which parameters (those of list types as one text with commas)."""

    parameters: Mapping[str, str]
    stack_name: str
    account: str
    region: str


class Values:
    """The values of one template in one setting."""

    def __init__(self, template: Mapping[str, Any], setting: Setting) -> None:
        self._template = template
        self._setting = setting
        self._pseudo: dict[str, Any] = {
            "AWS::AccountId": setting.account,
            "AWS::NoValue": _ABSENT,
            "AWS::Partition": "aws",
            "AWS::Region": setting.region,
            "AWS::StackName": setting.stack_name,
            "AWS::URLSuffix": "amazonaws.com",
        }
        self._functions: dict[str, Callable[[Any], Any]] = {
            "Ref": self._ref,
            "Condition": self.holds,
            "Fn::Base64": self._base64,
            "Fn::FindInMap": self._find_in_map,
            "Fn::GetAtt": self._get_att,
            "Fn::If": self._if,
            "Fn::Join": self._join,
            "Fn::Select": self._select,
            "Fn::Split": self._split,
            "Fn::Sub": self._sub,
            "Fn::And": lambda items: all(self.resolve(item) is True for item in items),
            "Fn::Or": lambda items: any(self.resolve(item) is True for item in items),
            "Fn::Not": lambda items: self.resolve(items[0]) is not True,
            "Fn::Equals": lambda pair: _text(self.resolve(pair[0])) == _text(self.resolve(pair[1])),
        }

    def holds(self, condition: str | None) -> bool:
        """Tell whether a condition of the template holds; no condition always does."""
        return condition is None or self.resolve(self._template["Conditions"][condition]) is True

    def is_made(self, logical_id: str) -> bool:
        """Tell whether a resource will be made, by its condition."""
        return self.holds(self._template["Resources"][logical_id].get("Condition"))

    def resolve(self, node: Any) -> Any:
        """Give a node of the template with its functions worked out.

        Raises ValueError, worded as CloudFormation does, for a key that a mapping lacks and for a reference to a
        resource whose condition does not hold.
        """
        if isinstance(node, str):
            return Unknown() if _DYNAMIC in node else node
        if isinstance(node, list):
            return [value for item in node if (value := self.resolve(item)) is not _ABSENT]
        if not isinstance(node, Mapping):
            return node
        if len(node) == 1:
            ((function, argument),) = node.items()
            if function in self._functions and not (function == "Condition" and not isinstance(argument, str)):
                return self._call(function, argument)
            if isinstance(function, str) and function.startswith("Fn::"):
                return Unknown()
        resolved = ((name, self.resolve(value)) for name, value in node.items())
        return {name: value for name, value in resolved if value is not _ABSENT}

    def _call(self, function: str, argument: Any) -> Any:
        try:
            return self._functions[function](argument)
        except (AttributeError, IndexError, KeyError, TypeError) as error:
            raise ValueError(
                f"Template error: every {function} object must have the arguments that it needs."
            ) from error

    def _must_be_made(self, logical_id: str) -> None:
        if not self.is_made(logical_id):
            raise ValueError(
                f"Template format error: Unresolved resource dependencies [{logical_id}] in the Resources block of "
                "the template"
            )

    def _ref(self, name: str) -> Any:
        if name in self._setting.parameters:
            value = self._setting.parameters[name]
            kind = str(self._template["Parameters"][name].get("Type"))
            return [item.strip() for item in value.split(",")] if "List" in kind else value
        if name in self._template["Resources"]:
            self._must_be_made(name)
        return self._pseudo.get(name, Unknown())

    def _get_att(self, argument: Any) -> Any:
        self._must_be_made(argument[0] if isinstance(argument, list) else argument.partition(".")[0])
        return Unknown()

    def _if(self, argument: list[Any]) -> Any:
        return self.resolve(argument[1] if self.holds(argument[0]) else argument[2])

    def _base64(self, argument: Any) -> Any:
        value = self.resolve(argument)
        return base64.b64encode(value.encode()).decode() if isinstance(value, str) else Unknown()

    def _find_in_map(self, argument: list[Any]) -> Any:
        name, first, second = (self.resolve(key) for key in argument[:3])
        if any(isinstance(key, Unknown) for key in (name, first, second)):
            return Unknown()
        try:
            return self.resolve(self._template["Mappings"][name][str(first)][str(second)])
        except KeyError:
            if len(argument) > 3:
                return self.resolve(argument[3]["DefaultValue"])
            raise ValueError(f"Template error: Unable to get mapping for {name}::{first}::{second}") from None

    def _join(self, argument: list[Any]) -> Any:
        items = self.resolve(argument[1])
        if not isinstance(items, list) or any(isinstance(item, Unknown) for item in items):
            return Unknown()
        return str(argument[0]).join(_text(item) for item in items)

    def _select(self, argument: list[Any]) -> Any:
        index, items = self.resolve(argument[0]), self.resolve(argument[1])
        if not isinstance(items, list) or isinstance(index, Unknown):
            return Unknown()
        if not str(index).isdecimal() or int(index) >= len(items):
            raise ValueError("Template error: Fn::Select cannot select nonexistent value at index " + str(index))
        return items[int(index)]

    def _split(self, argument: list[Any]) -> Any:
        text = self.resolve(argument[1])
        return text.split(argument[0]) if isinstance(text, str) else Unknown()

    def _sub(self, argument: Any) -> Any:
        text, given = (argument, {}) if isinstance(argument, str) else (argument[0], argument[1])
        parts: list[str] = []
        end = 0
        for match in _VARIABLE.finditer(text):
            literal, name = match.groups()
            if literal:
                value: Any = "${" + name + "}"
            elif name in given:
                value = self.resolve(given[name])
            elif "." in name:
                value = self.resolve({"Fn::GetAtt": name})
            else:
                value = self._ref(name.strip())
            if isinstance(value, Unknown):
                return value
            parts += [text[end : match.start()], _text(value)]
            end = match.end()
        return "".join([*parts, text[end:]])


def _text(value: Any) -> str:
    """Give a value as the text that CloudFormation makes of it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value) if isinstance(value, list | dict) else str(value)
