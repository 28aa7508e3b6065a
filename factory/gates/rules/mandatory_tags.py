"""House rule: every resource that can carry tags carries the platform's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from factory.authoring.schemas import TagProperty, TagShape, tag_property
from factory.gates import house
from factory.gates.branches import Resource

MANDATORY = frozenset(
    {"Project", "Environment", "Owner", "CostCenter", "Compliance", "Product", "ProductVersion", "ManagedBy"}
)


class MandatoryTags(house.HouseRule):
    """Every resource that can carry tags carries the platform's eight, on every branch."""

    id = "E9001"
    shortdesc = "Mandatory tags"
    description = "Costs, ownership and compliance are read from tags: a resource without them belongs to nobody."
    source_url = "https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html"
    mend = "Add the resource through Stack.add, and do not overwrite its tag property afterwards."
    controls = ("nist-800-53/CM-8", "soc2/CC6.1")

    def concerns(self, body: Mapping[str, Any]) -> bool:
        """Ask the provider schema."""
        return _place(body["Type"]) is not None

    def check(self, resource: Resource) -> Iterator[house.Problem]:
        """Look at the keys; a tag without a value counts as none."""
        place = _place(resource.type)
        assert place is not None  # noqa: S101 - `concerns` saw to it
        if missing := sorted(MANDATORY - _keys(resource.get(place.name), place.shape)):
            message = f"{resource.type} lacks the tags {', '.join(missing)} in {place.name}"
            yield house.Problem(message=message, at=place.name)


def _place(resource_type: str) -> TagProperty | None:
    try:
        return tag_property(resource_type)
    except KeyError:
        return None


def _keys(value: Any, shape: TagShape) -> set[str]:
    if shape is TagShape.MAP:
        return {key for key, content in value.items() if content != ""} if isinstance(value, dict) else set()
    entries = value if isinstance(value, list) else []
    return {str(entry.get("Key")) for entry in entries if isinstance(entry, dict) and entry.get("Value", "") != ""}
