"""How faithful every resource type of the sandbox is: the table, and what it says of one resource."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from factory.sandbox.types import discover
from factory.sandbox.types.plugin import Fidelity

# Type that the emulator makes by itself (with a fill where this package has one) → settings that do not reach the
# service, or were never seen to. The tests compare each template setting with what its service describes.
NATIVE: Mapping[str, tuple[str, ...]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """What is said of a resource type. `dropped` holds property paths (`LoggingConfiguration.Level`)."""

    fidelity: Fidelity
    dropped: tuple[str, ...]


def table() -> dict[str, Declared]:
    """Give every resource type that was measured, by name: the emulator's own and those of this package."""
    found = {
        name: Declared(fidelity=Fidelity.PARTIAL if dropped else Fidelity.REAL, dropped=dropped)
        for name, dropped in NATIVE.items()
    }
    for name, made in discover().items():
        found[name] = Declared(fidelity=made.fidelity, dropped=made.dropped)
    return dict(sorted(found.items()))


def fidelity(kind: str, properties: Mapping[str, Any]) -> Fidelity:
    """Give how faithful one resource is: real, where its type drops settings that this one doesn't have.

    A type that isn't in the table is called partial, since nobody has measured it.
    """
    if kind.startswith("Custom::"):
        return Fidelity.REAL
    declared = table().get(kind)
    if declared is None:
        return Fidelity.PARTIAL
    if declared.fidelity is not Fidelity.PARTIAL:
        return declared.fidelity
    touched = any(sets(properties, path.split(".")) for path in declared.dropped)
    return Fidelity.PARTIAL if touched else Fidelity.REAL


def sets(properties: Any, path: list[str]) -> bool:
    """Tell whether properties set what a path names, in any item of the lists on the way."""
    if isinstance(properties, list):
        return any(sets(item, path) for item in properties)
    if not path:
        return True
    if not isinstance(properties, Mapping) or path[0] not in properties:
        return False
    return sets(properties[path[0]], path[1:])
