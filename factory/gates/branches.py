"""What a template's expressions come to, in each of the ways in which it can be launched.

A rule about a template is asked in a `World`, in which every parameter has a value. Worlds are told apart only where
the answer depends on it: an expression that meets a parameter without a value stops, and is asked again once for each
value that the parameter may have. Nothing is assumed about defaults, since whoever launches may give another value.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeVar

from factory.gates.patterns import may_hold

Answer = TypeVar("Answer")

# More than any rule over a shipped product needs by two orders of magnitude.
_MOST_WORLDS = 20_000
# How resource types call the two halves of an entry.
_ENTRIES = (("Key", "Value"), ("Name", "Value"), ("ParameterName", "ParameterValue"))
_VARIABLE = re.compile(r"\$\{(!?)([^}]+)\}")
_BRACKETED = re.compile("⟦([^⟧]+)⟧")


class TooManyBranchesError(Exception):
    """A question depends on more combinations of parameters than can be looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What a launch gives a parameter, other than the values that the template compares it with."""

    parameter: str
    pattern: str = ""
    of_contract: bool = False
    """Whether it is read from SSM, where another product has put it."""
    piece: str = ""
    """Which piece of it, where functions have cut it up; empty for the whole."""

    def admits(self, text: str) -> bool:
        """Whether a launch may give this text; none can be excluded where the parameter has no pattern.

        Of a piece, whether the pattern lets every character of the text through.
        """
        if self.of_contract:
            return False
        if not self.pattern:
            return True
        if self.piece:
            return all(may_hold(self.pattern, character) for character in text)
        return re.fullmatch(self.pattern, text) is not None

    def cut(self, piece: str) -> Given:
        """A piece of it."""
        return replace(self, piece=f"{self.piece}{piece}")

    def __str__(self) -> str:
        return f"⟦{self.parameter}{self.piece}⟧"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opaque:
    """A value that exists only once there is a stack."""

    name: str
    """The logical resource or pseudo parameter behind it; the function's name where there is neither."""
    attribute: str = ""

    def __str__(self) -> str:
        return f"⟦{self.name}.{self.attribute}⟧" if self.attribute else f"⟦{self.name}⟧"


class _Undecided(Exception):  # noqa: N818 - it is a question and not an error
    """An expression depends on something that this world leaves open."""

    def __init__(self, key: str, values: tuple[Any, ...]) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


Choices = Mapping[str, Any]
"""What was decided: parameters by name, comparisons whose sides are not known by their text."""


class World:
    """A template as it comes out in one way of launching it."""

    def __init__(self, branches: Branches, choices: Choices) -> None:
        self._branches = branches
        self.choices = choices
        self._functions: Mapping[str, Callable[[Any], Any]] = {
            "Ref": self._ref,
            "Condition": self.holds,
            "Fn::And": lambda items: all(self.value(item) is True for item in items),
            "Fn::Base64": self.value,
            "Fn::Contains": lambda pair: _text(self.value(pair[1])) in map(_text, self._list(pair[0])),
            "Fn::Equals": self._equals,
            "Fn::FindInMap": self._find_in_map,
            "Fn::GetAtt": self._get_att,
            "Fn::If": self._if,
            "Fn::Join": self._join,
            "Fn::Not": lambda items: self.value(items[0]) is not True,
            "Fn::Or": lambda items: any(self.value(item) is True for item in items),
            "Fn::Select": self._select,
            "Fn::Split": self._split,
            "Fn::Sub": self._sub,
        }

    @property
    def environment(self) -> str | None:
        """The environment's class, or None where the template does not ask for it."""
        if "Environment" not in self._branches.template.get("Parameters", {}):
            return None
        return str(self._ref("Environment"))

    @property
    def is_production(self) -> bool:
        """Whether this may be production: a template that does not ask for the environment is meant for all of them."""
        return self.environment in {None, "prod", "dr"}

    def contract_path(self, value: Given) -> str:
        """Under which path another product has put what a parameter reads; empty where it has not."""
        return str(self._branches.template["Parameters"][value.parameter]["Default"]) if value.of_contract else ""

    def holds(self, condition: str | None) -> bool:
        """Whether a condition of the template holds; no condition always does."""
        return condition is None or self.value(self._branches.template["Conditions"][condition]) is True

    def value(self, node: Any) -> Any:
        """A node of the template with its functions worked out.

        What `AWS::NoValue` stands for is left out of lists and maps, and None elsewhere. What nobody can know yet is an
        `Opaque` or a `Given`, and inside a longer text its name in ⟦brackets⟧.
        """
        if isinstance(node, list):
            return [item for item in map(self.value, node) if item is not None]
        if not isinstance(node, Mapping):
            return node
        if len(node) == 1:
            ((name, argument),) = node.items()
            if name in self._functions and (name != "Condition" or isinstance(argument, str)):
                return self._functions[name](argument)
            if isinstance(name, str) and name.startswith("Fn::"):
                return Opaque(name=name)
        found = ((name, self.value(item)) for name, item in node.items())
        return {name: item for name, item in found if item is not None}

    def resources(self, *types: str) -> Iterator[Resource]:
        """The resources of these types that are made in this world; a type may end in `*`."""
        for name, body in self._branches.template.get("Resources", {}).items():
            if _is_of(str(body.get("Type")), types) and self.holds(body.get("Condition")):
                yield Resource(name=name, body=body, world=self)

    def resource(self, name: str) -> Resource | None:
        """The resource of this logical name, if it is made in this world."""
        body = self._branches.template.get("Resources", {}).get(name)
        return Resource(name=name, body=body, world=self) if body and self.holds(body.get("Condition")) else None

    @property
    def parameters(self) -> Mapping[str, Any]:
        """The template's parameters by name."""
        found: Mapping[str, Any] = self._branches.template.get("Parameters", {})
        return found

    def given(self, parameter: str) -> Given:
        """What a launch may give a parameter. Raises KeyError for what is no parameter."""
        return self._branches.given(parameter)

    def unknowns(self, value: Any) -> list[Given | Opaque]:
        """What is not known of a value: itself, or the pieces of a text that stand in ⟦brackets⟧."""
        if isinstance(value, Given | Opaque):
            return [value]
        names = _BRACKETED.findall(value) if isinstance(value, str) else []
        return [self._unknown(name) for name in names]

    def where(self, choices: Choices) -> World:
        """The same way of launching but for these choices."""
        return World(self._branches, {**self.choices, **choices})

    def left_alone(self) -> World:
        """The way of launching, in the same environment, that leaves every question with a default at it."""
        declared = self.parameters
        defaults = {name: _text(body["Default"]) for name, body in declared.items() if "Default" in body}
        plain = {name: text for name, text in defaults.items() if not declared[name]["Type"].startswith("AWS::SSM::")}
        return self.where({**plain, **({"Environment": self.environment} if self.environment else {})})

    def _unknown(self, bracketed: str) -> Given | Opaque:
        # Names of parameters are alphanumeric.
        name = re.split("[^A-Za-z0-9]", bracketed, maxsplit=1)[0]
        piece = bracketed.removeprefix(name)
        if name in self.parameters:
            return self.given(name).cut(piece or " within a text")
        resource, _, attribute = bracketed.partition(".")
        return Opaque(name=resource, attribute=attribute)

    def __str__(self) -> str:
        """The decisions that matter, as a reader would say them."""
        return ", ".join(f"{name}={value}" for name, value in self.choices.items())

    # --- functions ------------------------------------------------------------------------------------------------

    def _ref(self, name: str) -> Any:
        if name == "AWS::NoValue":
            return None
        if name not in self._branches.template.get("Parameters", {}):
            return Opaque(name=name)
        if name not in self.choices:
            raise _Undecided(name, self._branches.domain(name))
        return self.choices[name]

    def _if(self, arguments: Any) -> Any:
        condition, then, otherwise = arguments
        return self.value(then if self.holds(condition) else otherwise)

    def _equals(self, pair: Any) -> bool:
        left, right = self.value(pair[0]), self.value(pair[1])
        if left == right or (is_known(left) and is_known(right)):
            return _text(left) == _text(right)
        given, text = (left, right) if isinstance(left, Given) else (right, left)
        if isinstance(given, Given) and isinstance(text, str) and is_known(text) and not given.piece:
            # A Given is what is none of the texts that the template compares it with.
            return False
        key = f"{left} = {right}"
        if key not in self.choices:
            raise _Undecided(key, (True, False))
        return bool(self.choices[key])

    def _find_in_map(self, path: Any) -> Any:
        found: Any = self._branches.template.get("Mappings", {})
        for key in map(self.value, path[:3]):
            if not isinstance(found, Mapping) or not isinstance(key, str) or key not in found:
                return Opaque(name="Fn::FindInMap")
            found = found[key]
        return found

    def _get_att(self, path: Any) -> Any:
        name, _, attribute = path.partition(".") if isinstance(path, str) else (path[0], "", self.value(path[1]))
        return Opaque(name=name, attribute=str(attribute))

    def _list(self, node: Any) -> list[Any]:
        found = self.value(node)
        return found if isinstance(found, list) else [found]

    def _join(self, arguments: Any) -> Any:
        items = self.value(arguments[1])
        if not isinstance(items, list):
            return items
        return items[0] if len(items) == 1 else str(arguments[0]).join(map(_text, items))

    def _split(self, arguments: Any) -> Any:
        text = self.value(arguments[1])
        if isinstance(text, Given):
            return text.cut(f" split at {arguments[0]}")
        if isinstance(text, str) and not is_known(text):
            # What is not known of the text may hold the delimiter, too.
            for unknown in self.unknowns(text):
                if isinstance(unknown, Given) and unknown.admits(arguments[0]):
                    return unknown.cut(f" split at {arguments[0]}")
        return text.split(arguments[0]) if isinstance(text, str) else Opaque(name="Fn::Split")

    def _select(self, arguments: Any) -> Any:
        index, items = self.value(arguments[0]), self.value(arguments[1])
        if isinstance(items, Given):
            return items.cut(f"[{index}]")
        try:
            return items[int(index)] if isinstance(items, list) else Opaque(name="Fn::Select")
        except (IndexError, TypeError, ValueError):
            return Opaque(name="Fn::Select")

    def _sub(self, argument: Any) -> Any:
        text, more = argument if isinstance(argument, list) else (argument, {})

        def fill(match: re.Match[str]) -> Any:
            escaped, name = match[1], match[2].strip()
            if escaped:
                return f"${{{name}}}"
            if name in more:
                return self.value(more[name])
            return self._get_att(name) if "." in name else self._ref(name)

        # A text that is one variable is that variable's value, and so not known by its text alone.
        if whole := _VARIABLE.fullmatch(text):
            return fill(whole)
        return _VARIABLE.sub(lambda match: _text(fill(match)), text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """A resource of the template as it comes out in one world."""

    name: str
    body: Mapping[str, Any]
    world: World

    @property
    def type(self) -> str:
        """The CloudFormation type."""
        return str(self.body["Type"])

    def get(self, path: str) -> Any:
        """The value of a property, by its path with dots (`BucketEncryption.Rules`); None where it is not set.

        An empty path leads to all properties.
        """
        return self.world.value(self._node(self.body.get("Properties", {}), path.split(".") if path else []))

    def every(self, path: str) -> list[Any]:
        """The values that a path leads to whose `*` stand for every element of a list; None where one is not set."""
        nodes: list[Any] = [self.body.get("Properties", {})]
        for key in path.split("."):
            if key == "*":
                nodes = [item for node in nodes for item in self._elements(node)]
            else:
                nodes = [self._node(node, [key]) for node in nodes]
        return [self.world.value(node) for node in nodes]

    def entry(self, path: str, key: str) -> Any:
        """The value under a key in a list of names and values, or in a map; None where it is not set.

        Nor does a key count that is there more than once.
        """
        node = self._open(self._node(self.body.get("Properties", {}), path.split(".")))
        if isinstance(node, Mapping):
            return self.world.value(node.get(key))
        found = [
            item.get(value)
            for item in self._elements(node)
            for name, value in _ENTRIES
            if isinstance(item, Mapping) and name in item and self.world.value(item[name]) == key
        ]
        return self.world.value(found[0]) if len(found) == 1 else None

    def names(self, path: str) -> set[str]:
        """The keys of a list of names and values, or of a map, whatever the values are."""
        node = self._open(self._node(self.body.get("Properties", {}), path.split(".")))
        if isinstance(node, Mapping):
            return set(node)
        return {
            str(self.world.value(item[name]))
            for item in self._elements(node)
            for name, _ in _ENTRIES
            if isinstance(item, Mapping) and name in item
        }

    def items(self, path: str) -> list[Any]:
        """The elements of a list; a single value counts as a list of one, and nothing as an empty one."""
        found = self.get(path)
        if found is None:
            return []
        return found if isinstance(found, list) else [found]

    def is_meant_by(self, value: Any) -> bool:
        """Whether a value refers to this resource, or is a text around such a reference."""
        if isinstance(value, Opaque):
            return value.name == self.name
        return isinstance(value, str) and (f"⟦{self.name}⟧" in value or f"⟦{self.name}." in value)

    def _node(self, node: Any, keys: Iterable[str]) -> Any:
        for key in keys:
            # One step at a time, so that worlds are told apart by what lies on the path and not by its neighbours.
            node = self._open(node)
            node = node.get(key) if isinstance(node, Mapping) else None
        return node

    def _elements(self, node: Any) -> list[Any]:
        """The elements of a list as they stand in the template; a single value counts as a list of one."""
        node = self._open(node)
        items = map(self._open, node if isinstance(node, list) else [node])
        return [item for item in items if item is not None and item != {"Ref": "AWS::NoValue"}]

    def _open(self, node: Any) -> Any:
        """Take away the `Fn::If` around a node."""
        while isinstance(node, Mapping) and set(node) == {"Fn::If"}:
            condition, then, otherwise = node["Fn::If"]
            node = then if self.world.holds(condition) else otherwise
        return node


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A piece of a template, where it stands, and the conditions under which it is there."""

    node: Any
    path: tuple[str | int, ...]
    conditions: tuple[tuple[str, bool], ...] = ()


@dataclass(frozen=True)
class Branches:
    """A template, to be asked in every world."""

    template: Mapping[str, Any]
    _domains: dict[str, tuple[Any, ...]] = field(default_factory=dict, repr=False)

    def explore(
        self, ask: Callable[[World], Answer], *, conditions: Iterable[tuple[str, bool]] = ()
    ) -> Iterator[tuple[World, Answer]]:
        """Every world that the question tells apart, with its answer, among those where conditions are as given.

        The question must read the template through its world alone, and answer with a value and not with a generator.
        Worlds that the template's `Rules` refuse are among them; see `is_possible`.
        Raises TooManyBranchesError.
        """
        held = tuple(conditions)
        open_worlds: list[dict[str, Any]] = [{}]
        seen = 0
        while open_worlds:
            seen += 1
            if seen > _MOST_WORLDS:
                raise TooManyBranchesError(f"more than {_MOST_WORLDS} combinations of parameters")
            world = World(self, open_worlds.pop())
            try:
                if all(world.holds(name) is expected for name, expected in held):
                    yield world, ask(world)
            except _Undecided as question:
                open_worlds += ({**world.choices, question.key: value} for value in question.values)

    def is_possible(self, world: World) -> bool:
        """Whether some launch that the template's `Rules` let through is in this world.

        A rule that asks what only AWS knows closes nothing.
        """
        rules = [rule for rule, names in self._rules if names & set(world.choices) - {"Environment"}]
        if not rules:
            return True

        def admitted(other: World) -> bool:
            merged = World(self, {**other.choices, **world.choices})
            return all(_passes(rule, merged) for rule in rules)

        try:
            return any(answer for _, answer in self.explore(admitted))
        except TooManyBranchesError:
            return True

    def domain(self, parameter: str) -> tuple[Any, ...]:
        """The values that tell worlds apart: those allowed, or the ends of a range, or those it is compared with."""
        if parameter not in self._domains:
            self._domains[parameter] = tuple(self._values(parameter))
        return self._domains[parameter]

    def given(self, parameter: str) -> Given:
        """What a launch may give a parameter. Raises KeyError for what is no parameter."""
        declared = self.template["Parameters"][parameter]
        if str(declared.get("Type", "String")).startswith("AWS::SSM::"):
            return Given(parameter=parameter, of_contract=True)
        return Given(parameter=parameter, pattern=str(declared.get("AllowedPattern", "")))

    def parts(self, resource: str, path: str) -> Iterator[Part]:
        """The places of a resource's properties that a path leads to, whatever the conditions on the way.

        The path is keys joined by dots; `*` stands for every element of a list, and a single value counts as one. An
        empty path leads to all properties.
        """
        node = self.template["Resources"][resource].get("Properties", {})
        keys = path.split(".") if path else []
        yield from _walk(Part(node=node, path=("Resources", resource, "Properties")), keys)

    def _values(self, name: str) -> Iterator[Any]:
        declared = self.template["Parameters"][name]
        kind = str(declared.get("Type", "String"))
        if kind.startswith("AWS::SSM::"):
            yield from sorted(self._literals.get(name, ()))
            yield self.given(name)
            return
        if "AllowedValues" in declared:
            yield from map(_text, declared["AllowedValues"])
            return
        given = self.given(name)
        bounds = [_text(declared[bound]) for bound in ("MinValue", "MaxValue") if bound in declared]
        default = [_text(declared["Default"])] if "Default" in declared else []
        compared = sorted(text for text in self._literals.get(name, ()) if given.admits(text))
        yield from dict.fromkeys([*default, *compared, *bounds])
        if not bounds:
            yield given

    @cached_property
    def _literals(self) -> Mapping[str, set[str]]:
        """The texts that conditions and rules compare each parameter with."""
        found: dict[str, set[str]] = {}
        for arguments in _comparisons([self.template.get("Conditions", {}), self.template.get("Rules", {})]):
            names = {item["Ref"] for item in arguments if isinstance(item, Mapping) and set(item) == {"Ref"}}
            texts = {_text(item) for item in arguments if not isinstance(item, Mapping | list)}
            for name in names:
                found.setdefault(name, set()).update(texts)
        return found

    @cached_property
    def _rules(self) -> tuple[tuple[Mapping[str, Any], frozenset[str]], ...]:
        """The template's rules, each with the parameters that it mentions."""
        return tuple(
            (rule, frozenset(_mentioned(rule, self.template.get("Conditions", {}))))
            for rule in self.template.get("Rules", {}).values()
        )


def is_known(value: Any) -> bool:
    """Whether a value, or every piece of a text, can be told from the template and the world alone."""
    return not isinstance(value, Given | Opaque) and not (isinstance(value, str) and "⟦" in value)


def _is_of(kind: str, types: tuple[str, ...]) -> bool:
    return any(kind == item or (item.endswith("*") and kind.startswith(item[:-1])) for item in types)


def _passes(rule: Mapping[str, Any], world: World) -> bool:
    if "RuleCondition" in rule and world.value(rule["RuleCondition"]) is False:
        return True
    return all(world.value(assertion["Assert"]) is not False for assertion in rule.get("Assertions", ()))


def _walk(part: Part, keys: list[str]) -> Iterator[Part]:
    node = part.node
    if isinstance(node, Mapping) and set(node) == {"Fn::If"}:
        condition, *options = node["Fn::If"]
        for index, (option, expected) in enumerate(zip(options, (True, False), strict=True), start=1):
            conditions = (*part.conditions, (condition, expected))
            yield from _walk(Part(node=option, path=(*part.path, "Fn::If", index), conditions=conditions), keys)
    elif isinstance(node, Mapping) and node == {"Ref": "AWS::NoValue"}:
        return
    elif not keys:
        yield part
    elif keys[0] == "*":
        items = list(enumerate(node)) if isinstance(node, list) else [(None, node)]
        for position, item in items:
            path = part.path if position is None else (*part.path, position)
            yield from _walk(Part(node=item, path=path, conditions=part.conditions), keys[1:])
    elif isinstance(node, Mapping) and keys[0] in node:
        yield from _walk(Part(node=node[keys[0]], path=(*part.path, keys[0]), conditions=part.conditions), keys[1:])


def _comparisons(node: Any) -> Iterator[list[Any]]:
    """The arguments of every comparison, those of a list's membership flattened."""
    if isinstance(node, Mapping):
        for name, argument in node.items():
            if name in {"Fn::Equals", "Fn::Contains"} and isinstance(argument, list):
                yield [item for side in argument for item in (side if isinstance(side, list) else [side])]
            yield from _comparisons(argument)
    elif isinstance(node, list):
        for item in node:
            yield from _comparisons(item)


def _mentioned(node: Any, conditions: Mapping[str, Any]) -> Iterator[str]:
    if isinstance(node, Mapping):
        for name, argument in node.items():
            if name == "Ref":
                yield argument
            elif name == "Condition" and isinstance(argument, str):
                yield from _mentioned(conditions.get(argument), conditions)
            else:
                yield from _mentioned(argument, conditions)
    elif isinstance(node, list):
        for item in node:
            yield from _mentioned(item, conditions)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, str) else json.dumps(value) if isinstance(value, list | dict) else str(value)
