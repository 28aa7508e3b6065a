"""Reads a template's expressions for one choice of parameter values: conditions decided, tables looked up.

What stays open keeps its form, with the conditions and tables that it names written out, so that two expressions of two
templates are equal exactly if they give the same value.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

OTHER = "\0"
"""Stands for every value of a parameter that its template compares with nothing."""

World = Mapping[str, str]
"""A value for each variable: a parameter's name, or a comparison that the template alone cannot decide."""

_SUB = re.compile(r"\$\{([^}]*)\}")
_NOTHING = {"Ref": "AWS::NoValue"}
_PLAIN = frozenset({"String", "Number"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A template, as it is read by those who launched the one before it.

    Of the parameters that are `fresh`, they have no value yet: an update gives each its default.
    """

    template: Mapping[str, Any]
    fresh: frozenset[str] = frozenset()

    def section(self, name: str) -> Mapping[str, Any]:
        """A section of the template, empty where it has none."""
        found: Mapping[str, Any] = self.template.get(name) or {}
        return found

    def exists(self, body: Mapping[str, Any], world: World) -> bool | None:
        """Whether a resource or output is there; None where that is not decided."""
        name = body.get("Condition")
        return True if name is None else self._holds({"Condition": name}, world)

    def applies(self, rule: Mapping[str, Any], world: World) -> bool | None:
        """Whether a rule is asked at all; None where that is not decided."""
        condition = rule.get("RuleCondition")
        return True if condition is None else self._holds(condition, world)

    # --- values ---------------------------------------------------------------------------------------------------

    def reduce(self, node: Any, world: World) -> Any:
        """What an expression comes to. Numbers and truth values become texts, as CloudFormation compares them."""
        if isinstance(node, bool):
            return str(node).lower()
        if isinstance(node, int | float):
            return f"{node:g}" if isinstance(node, float) else str(node)
        if isinstance(node, list):
            items = (self.reduce(item, world) for item in node)
            return [item for item in items if item != _NOTHING]
        if not isinstance(node, dict):
            return node
        if len(node) == 1:
            (name, value), *_ = node.items()
            if name == "Ref":
                return self._ref(value, world)
            if name.startswith("Fn::"):
                return self._function(name, value, world)
        pairs = ((key, self.reduce(value, world)) for key, value in node.items())
        return {key: value for key, value in pairs if value != _NOTHING}

    def _ref(self, name: str, world: World) -> Any:
        parameter = self.section("Parameters").get(name)
        if parameter is not None and parameter.get("Type") not in _PLAIN:
            return {"Ref": name}
        if parameter is not None and name in self.fresh and "Default" in parameter:
            return self.reduce(parameter["Default"], world)
        value = world.get(name, OTHER)
        return {"Ref": name} if value == OTHER else value

    def _function(self, name: str, value: Any, world: World) -> Any:
        match name, value:
            case "Fn::If", [condition, yes, no]:
                holds = self._holds({"Condition": condition}, world)
                if holds is not None:
                    return self.reduce(yes if holds else no, world)
                written_out = self._written_out({"Condition": condition}, world)
                return {name: [written_out, self.reduce(yes, world), self.reduce(no, world)]}
            case "Fn::FindInMap", [table, first, second, *_]:
                return self._found(table, self.reduce(first, world), self.reduce(second, world), world)
            case "Fn::GetAtt", str():
                return {name: value.split(".", 1)}
            case "Fn::Sub", _:
                text, names = (value, {}) if isinstance(value, str) else value
                return _joined(name, self._sub_parts(text, names, world))
            case "Fn::Join", [str() as separator, items]:
                parts = self.reduce(items, world)
                if isinstance(parts, list) and all(isinstance(part, str) for part in parts):
                    return separator.join(parts)
                return {name: [separator, parts]}
            case "Fn::Split", [str() as separator, whole]:
                taken_apart = self.reduce(whole, world)
                return (
                    taken_apart.split(separator) if isinstance(taken_apart, str) else {name: [separator, taken_apart]}
                )
            case "Fn::Select", [index, items]:
                parts, place = self.reduce(items, world), self.reduce(index, world)
                # Literals alone: where an item may not be there, the place of the others is open.
                if isinstance(place, str) and place.isdecimal() and _has_literal(parts, int(place)):
                    return parts[int(place)]
                return {name: [place, parts]}
            case _:
                return {name: self.reduce(value, world)}

    def _found(self, table: Any, first: Any, second: Any, world: World) -> Any:
        rows = self.section("Mappings").get(table, {}) if isinstance(table, str) else {}
        if isinstance(first, str) and isinstance(second, str):
            try:
                return self.reduce(rows[first][second], world)
            except KeyError:
                return {"Fn::FindInMap": [table, first, second]}
        # Written out with what it chooses from, so that a change of the table is a change of the expression.
        choice = {key: row.get(second) for key, row in rows.items()} if isinstance(second, str) else rows
        return {"Fn::FindInMap": [self.reduce(dict(choice), world), first, second]}

    def _sub_parts(self, text: str, names: Mapping[str, Any], world: World) -> Iterator[Any]:
        end = 0
        for match in _SUB.finditer(text):
            yield text[end : match.start()]
            end = match.end()
            name = match[1].strip()
            if name.startswith("!"):
                yield f"${{{name[1:]}}}"
            elif name in names:
                yield self.reduce(names[name], world)
            elif "." in name:
                yield {"Fn::GetAtt": name.split(".", 1)}
            else:
                yield self._ref(name, world)
        yield text[end:]

    # --- conditions -----------------------------------------------------------------------------------------------

    def _holds(self, node: Any, world: World) -> bool | None:
        """Whether a condition holds; None where the world does not decide it."""
        (name, value), *_ = node.items()
        if name == "Condition":
            body = self.section("Conditions").get(value)
            return None if body is None else self._holds(body, world)
        if name == "Fn::Not":
            inner = self._holds(value[0], world)
            return None if inner is None else not inner
        if name in {"Fn::And", "Fn::Or"}:
            deciding = name == "Fn::Or"
            parts = [self._holds(part, world) for part in value]
            decided = any(part is deciding for part in parts)
            return deciding if decided else None if None in parts else not deciding
        if name != "Fn::Equals":
            return None
        left, right = (self.reduce(part, world) for part in value)
        if isinstance(left, str) and isinstance(right, str):
            return left == right
        for one, other in ((left, right), (right, left)):
            # Whatever another value may be, it is none of those that it is compared with.
            if isinstance(one, str) and isinstance(other, dict) and world.get(other.get("Ref", "")) == OTHER:
                return False
        answer = world.get(self._question(node))
        return None if answer is None else answer == "true"

    def _written_out(self, node: Any, world: World) -> Any:
        """A condition with those that it names in their place."""
        (name, value), *_ = node.items()
        if name == "Condition":
            body = self.section("Conditions").get(value)
            return node if body is None else self._written_out(body, world)
        if name in {"Fn::And", "Fn::Or", "Fn::Not"}:
            return {name: [self._written_out(part, world) for part in value]}
        return {name: [self.reduce(part, world) for part in value]}

    def _question(self, equals: Any) -> str:
        return json.dumps(self._written_out(equals, {}), sort_keys=True)

    # --- variables ------------------------------------------------------------------------------------------------

    def variables(self, node: Any) -> Iterator[str]:
        """The variables that decide which branches of an expression hold and where it looks into tables."""
        if isinstance(node, list):
            for item in node:
                yield from self.variables(item)
        elif isinstance(node, dict):
            match node:
                case {"Fn::If": [condition, yes, no]}:
                    yield from self.deciding({"Condition": condition})
                    yield from self.variables([yes, no])
                case {"Fn::FindInMap": [_, *keys]}:
                    yield from self._asked(keys)
                case _:
                    yield from self.variables(list(node.values()))

    def deciding(self, node: Any) -> Iterator[str]:
        """The variables that decide a condition."""
        (name, value), *_ = node.items()
        if name == "Condition":
            if (body := self.section("Conditions").get(value)) is not None:
                yield from self.deciding(body)
        elif name == "Fn::Equals":
            if all(isinstance(self.reduce(part, {}), str) for part in value):
                return
            yield from self._asked(value)
            if not any(isinstance(part, str | int) for part in value) or not all(map(_is_simple, value)):
                yield self._question(node)
        elif isinstance(value, list):
            for part in value:
                yield from self.deciding(part)

    def _asked(self, operands: Iterable[Any]) -> Iterator[str]:
        for operand in operands:
            match operand:
                case {"Ref": str() as name}:
                    default = self.section("Parameters").get(name, {}).get("Default")
                    if name not in self.fresh or default is None:
                        yield name
                case {"Fn::FindInMap": [_, *keys]}:
                    yield from self._asked(keys)

    def compared(self) -> Iterator[tuple[str, str]]:
        """Each parameter with each value that the template compares it with or looks up for it."""
        for node in _nodes(self.template):
            match node:
                case {"Fn::Equals": [{"Ref": str() as name}, str() | int() as value]}:
                    yield name, str(value)
                case {"Fn::Equals": [str() | int() as value, {"Ref": str() as name}]}:
                    yield name, str(value)
                case {"Fn::FindInMap": [str() as table, first, second, *_]}:
                    rows = self.section("Mappings").get(table, {})
                    if isinstance(first, dict) and "Ref" in first:
                        yield from ((first["Ref"], key) for key in rows)
                    if isinstance(second, dict) and "Ref" in second:
                        yield from ((second["Ref"], key) for row in rows.values() for key in row)


def references(node: Any) -> Iterator[tuple[str, str | None]]:
    """Every resource that a reduced expression refers to, with the attribute that it takes, None for `Ref`."""
    if isinstance(node, list):
        for item in node:
            yield from references(item)
    elif isinstance(node, dict):
        match node:
            case {"Ref": str() as name}:
                yield name, None
            case {"Fn::GetAtt": [str() as name, attribute]}:
                yield name, attribute if isinstance(attribute, str) else ""
                yield from references(attribute)
            case _:
                yield from references(list(node.values()))


def text(node: Any) -> str:
    """A reduced expression on one line; expressions that put the same parts together have the same text."""
    match node:
        case str():
            return node
        case {"Ref": str() as name} if len(node) == 1:
            return f"${{{name}}}"
        case {"Fn::GetAtt": [str() as name, str() as attribute]}:
            return f"${{{name}.{attribute}}}"
        case {"Fn::Sub": list() as parts}:
            return "".join(map(text, parts))
        case {"Fn::Join": [str() as separator, list() as parts]}:
            return separator.join(map(text, parts))
        case _:
            return json.dumps(plain(node), sort_keys=True, ensure_ascii=False)


def plain(node: Any) -> Any:
    """A reduced expression with every text put together the same way, however it was written."""
    match node:
        case {"Fn::Sub": _} | {"Fn::Join": [str(), list()]} | {"Ref": _} | {"Fn::GetAtt": _}:
            return text(node) if _is_text(node) else node
        case dict():
            return {key: plain(value) for key, value in node.items()}
        case list():
            return [plain(item) for item in node]
        case _:
            return node


def is_open(node: Any) -> bool:
    """Whether a reduced expression still depends on something that is not decided."""
    return any("Fn::If" in part for part in _nodes(node))


def _nodes(node: Any) -> Iterator[dict[str, Any]]:
    """Every mapping inside a template or expression."""
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from _nodes(value)
    elif isinstance(node, list):
        for item in node:
            yield from _nodes(item)


def _joined(name: str, parts: Iterable[Any]) -> Any:
    """Parts of a text with neighbouring literals as one; a text if they are literals all."""
    merged: list[Any] = []
    for part in parts:
        if part == "":
            continue
        if isinstance(part, str) and merged and isinstance(merged[-1], str):
            merged[-1] += part
        else:
            merged.append(part)
    if all(isinstance(part, str) for part in merged):
        return "".join(merged)
    return {name: merged}


def _has_literal(items: Any, place: int) -> bool:
    return isinstance(items, list) and place < len(items) and all(isinstance(item, str) for item in items)


def _is_text(node: Any) -> bool:
    match node:
        case {"Fn::GetAtt": [str(), str()]} | {"Ref": str()}:
            return True
        case {"Fn::Sub": parts} | {"Fn::Join": [_, parts]}:
            return all(isinstance(part, str) or _is_text(part) for part in parts)
        case _:
            return False


def _is_simple(operand: Any) -> bool:
    return isinstance(operand, str | int) or (
        isinstance(operand, dict) and bool({"Ref", "Fn::FindInMap"} & set(operand))
    )
