"""House rule: every resource that can carry tags carries the platform's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cfnlint.rules import RuleMatch

from factory.authoring.schemas import TagProperty, tag_property
from factory.gates import house
from factory.gates.branches import Branches, Part
from factory.gates.resources import Resource
from factory.gates.worlds import World

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
        """Look at the keys alone; the values are asked for one by one."""
        place = _place_of(resource.type)
        if missing := sorted(MANDATORY - resource.names(place.name)):
            message = f"{resource.type} lacks the tags {', '.join(missing)} in {place.name}"
            yield house.Problem(message=message, at=place.name)

    def resource_problems(self, branches: Branches, name: str, body: Mapping[str, Any]) -> Iterator[RuleMatch]:
        """Look at each value for itself: all in one world would ask for every combination of five parameters."""
        yield from super().resource_problems(branches, name, body)
        for key in sorted(MANDATORY):

            def ask(world: World, key: str = key) -> list[house.Problem]:
                place = _place_of(body["Type"]).name
                empty = Resource(name=name, body=body, world=world).entry(place, key) == ""
                return [house.Problem(message=f"the tag {key} is empty", at=place)] if empty else []

            yield from house.found(branches, Part(node=body, path=("Resources", name)), body, ask)


def _place_of(resource_type: str) -> TagProperty:
    """Where a type that can carry tags takes them."""
    place = _place(resource_type)
    if place is None:
        raise LookupError(resource_type)
    return place


def _place(resource_type: str) -> TagProperty | None:
    try:
        return tag_property(resource_type)
    except KeyError:
        return None
