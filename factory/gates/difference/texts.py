"""What is worded or arranged differently, and how CloudFormation goes about a resource: nothing that a launch feels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from factory.gates.difference import stamp
from factory.gates.difference.expressions import Reading
from factory.gates.difference.model import Change, Kind

_WORDING = ("Description", "ConstraintDescription", "NoEcho")
_APART = frozenset({"Type", "Properties", "Condition"})


def changes(before: Reading, after: Reading) -> Iterator[Change]:
    """Texts of the form and the catalog, and attributes of resources."""
    if before.template.get("Description") != after.template.get("Description"):
        yield Change(kind=Kind.TEXTS_CHANGED, subject="Description", details=("of the product",))
    if before.template.get("Metadata") != after.template.get("Metadata"):
        yield Change(kind=Kind.TEXTS_CHANGED, subject="Metadata", details=("groups and labels of the form",))
    for section in ("Parameters", "Outputs"):
        yield from _worded(before.section(section), after.section(section))
    yield from _rules(before.section("Rules"), after.section("Rules"))
    old, new = before.section("Resources"), after.section("Resources")
    for name in sorted(old.keys() & new.keys()):
        keys = sorted(
            key
            for key in {*old[name], *new[name]} - _APART
            if stamp.removed(old[name].get(key)) != stamp.removed(new[name].get(key))
        )
        if keys:
            yield Change(kind=Kind.TEXTS_CHANGED, subject=name, type=new[name]["Type"], details=(", ".join(keys),))


def _worded(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    for name in sorted(old.keys() & new.keys()):
        if keys := [key for key in _WORDING if old[name].get(key) != new[name].get(key)]:
            yield Change(kind=Kind.TEXTS_CHANGED, subject=name, details=(", ".join(keys),))


def _rules(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    for name in sorted(old.keys() & new.keys()):
        before, after = (
            [item.get("AssertDescription") for item in side[name].get("Assertions", ())] for side in (old, new)
        )
        if before != after:
            yield Change(kind=Kind.TEXTS_CHANGED, subject=name, details=("AssertDescription",))
