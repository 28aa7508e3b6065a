"""A template in each of the ways in which it can be launched.

A rule about a template is asked in a `World`, in which every parameter has a value. Worlds are told apart only where
the answer depends on it: an expression that meets a parameter without a value stops, and is asked again once for each
value that the parameter may have. Nothing is assumed about defaults, since whoever launches may give another value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from factory.gates.unknowns import Given, as_text
from factory.gates.worlds import UndecidedError, World

Answer = TypeVar("Answer")

# More than any rule over a shipped product needs by two orders of magnitude.
_MOST_WORLDS = 20_000


class TooManyBranchesError(Exception):
    """A question depends on more combinations of parameters than can be looked at."""


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
            except UndecidedError as question:
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
            yield from map(as_text, declared["AllowedValues"])
            return
        given = self.given(name)
        bounds = [as_text(declared[bound]) for bound in ("MinValue", "MaxValue") if bound in declared]
        default = [as_text(declared["Default"])] if "Default" in declared else []
        compared = sorted(text for text in self._literals.get(name, ()) if given.admits(text))
        yield from dict.fromkeys([*default, *compared, *bounds])
        if not bounds:
            yield given

    @cached_property
    def parameters(self) -> Mapping[str, Any]:
        """The template's parameters by name."""
        return self.template.get("Parameters") or {}

    @cached_property
    def resources(self) -> Mapping[str, Any]:
        """The template's resources by name."""
        return self.template.get("Resources") or {}

    @cached_property
    def _literals(self) -> Mapping[str, set[str]]:
        """The texts that conditions and rules compare each parameter with."""
        found: dict[str, set[str]] = {}
        for arguments in _comparisons([self.template.get("Conditions", {}), self.template.get("Rules", {})]):
            names = {item["Ref"] for item in arguments if isinstance(item, Mapping) and set(item) == {"Ref"}}
            texts = {as_text(item) for item in arguments if not isinstance(item, Mapping | list)}
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
