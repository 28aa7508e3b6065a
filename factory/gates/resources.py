"""A template's resource as it comes out in one way of launching it, asked by the paths of its properties."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from factory.gates.unknowns import Opaque

if TYPE_CHECKING:
    from factory.gates.worlds import World

# How resource types call the two halves of an entry.
_ENTRIES = (("Key", "Value"), ("Name", "Value"), ("ParameterName", "ParameterValue"))


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
