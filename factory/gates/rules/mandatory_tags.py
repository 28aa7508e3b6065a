"""House rule: every resource that can carry tags carries the platform's."""

from __future__ import annotations

from typing import Any

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from factory.authoring.schemas import TagShape, tag_property

MANDATORY = frozenset(
    {"Project", "Environment", "Owner", "CostCenter", "Compliance", "Product", "ProductVersion", "ManagedBy"}
)


class MandatoryTags(CloudFormationLintRule):  # type: ignore[misc]
    """A taggable resource without the platform's tags can't be attributed to an owner, a cost center or a version."""

    id = "E9001"
    shortdesc = "Mandatory tags"
    description = "Costs, ownership and compliance are read from tags: a resource without them belongs to nobody."
    source_url = "https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html"
    tags = ("house", "tags")
    mend = "Add the resource through Stack.add, and do not overwrite its tag property afterwards."

    def match(self, cfn: Template) -> list[RuleMatch]:
        """Look at every resource whose provider schema says that it can carry tags."""
        matches = []
        for name, resource in cfn.get_resources().items():
            try:
                place = tag_property(resource["Type"])
            except KeyError:
                continue
            if place is None:
                continue
            held = _keys(resource.get("Properties", {}).get(place.name), place.shape)
            if missing := sorted(MANDATORY - held):
                message = f"{resource['Type']} lacks the tags {', '.join(missing)} in {place.name}"
                matches.append(RuleMatch(["Resources", name, "Properties"], message))
        return matches


def _keys(value: Any, shape: TagShape) -> set[str]:
    """The tag keys that hold on every branch: tags behind a condition do not count."""
    if shape is TagShape.MAP:
        return set(value) if isinstance(value, dict) else set()
    entries = value if isinstance(value, list) else []
    return {entry["Key"] for entry in entries if isinstance(entry, dict) and isinstance(entry.get("Key"), str)}
