"""What a template's expressions come to in one of the ways in which it can be launched."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from factory.gates.resources import Resource
from factory.gates.unknowns import Given, Opaque, as_text, is_known

if TYPE_CHECKING:
    from factory.gates.branches import Branches

_VARIABLE = re.compile(r"\$\{(!?)([^}]+)\}")
_BRACKETED = re.compile("⟦([^⟧]+)⟧")


class UndecidedError(Exception):
    """A question that this world leaves open, with the answers that it may have."""

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
        self._held: dict[str, bool] = {}
        self.choices = choices
        self._functions: Mapping[str, Callable[[Any], Any]] = {
            "Ref": self._ref,
            "Condition": self.holds,
            "Fn::And": lambda items: all(self.value(item) is True for item in items),
            "Fn::Base64": self.value,
            "Fn::Contains": lambda pair: as_text(self.value(pair[1])) in map(as_text, self._list(pair[0])),
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
        if condition is None:
            return True
        if condition not in self._held:
            self._held[condition] = self.value(self._branches.template["Conditions"][condition]) is True
        return self._held[condition]

    def value(self, node: Any) -> Any:
        """A node of the template with its functions worked out.

        What `AWS::NoValue` stands for is left out of lists and maps, and None elsewhere. What nobody can know yet is an
        `Opaque` or a `Given`, and inside a longer text its name in ⟦brackets⟧.
        """
        if isinstance(node, list):
            return [item for item in map(self.value, node) if item is not None]
        # Asked for every node of every world: a check against an abstract class would take most of the time.
        if not isinstance(node, dict):
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
        for name, body in self._branches.resources.items():
            if _is_of(str(body.get("Type")), types) and self.holds(body.get("Condition")):
                yield Resource(name=name, body=body, world=self)

    def resource(self, name: str) -> Resource | None:
        """The resource of this logical name, if it is made in this world."""
        body = self._branches.template.get("Resources", {}).get(name)
        return Resource(name=name, body=body, world=self) if body and self.holds(body.get("Condition")) else None

    @property
    def parameters(self) -> Mapping[str, Any]:
        """The template's parameters by name."""
        return self._branches.parameters

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
        defaults = {name: as_text(body["Default"]) for name, body in declared.items() if "Default" in body}
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
        if name not in self._branches.parameters:
            return Opaque(name=name)
        if name not in self.choices:
            raise UndecidedError(name, self._branches.domain(name))
        return self.choices[name]

    def _if(self, arguments: Any) -> Any:
        condition, then, otherwise = arguments
        return self.value(then if self.holds(condition) else otherwise)

    def _equals(self, pair: Any) -> bool:
        left, right = self.value(pair[0]), self.value(pair[1])
        if left == right or (is_known(left) and is_known(right)):
            return as_text(left) == as_text(right)
        given, text = (left, right) if isinstance(left, Given) else (right, left)
        if isinstance(given, Given) and isinstance(text, str) and is_known(text) and not given.piece:
            # A Given is what is none of the texts that the template compares it with.
            return False
        key = f"{left} = {right}"
        if key not in self.choices:
            raise UndecidedError(key, (True, False))
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
        return items[0] if len(items) == 1 else str(arguments[0]).join(map(as_text, items))

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
        return _VARIABLE.sub(lambda match: as_text(fill(match)), text)


def _is_of(kind: str, types: tuple[str, ...]) -> bool:
    return any(kind == item or (item.endswith("*") and kind.startswith(item[:-1])) for item in types)
