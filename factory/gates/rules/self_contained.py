"""House rule: what is published is what is deployed, and products are wired by contract alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cfnlint.rules import RuleMatch

from factory.gates import house

_OUTSIDE = frozenset({"Fn::ImportValue", "Fn::Transform"})


class SelfContained(house.HouseRule):
    """A template has no exports, imports, transforms or AppRegistry resources."""

    id = "E9002"
    shortdesc = "No exports, imports, transforms or AppRegistry"
    description = (
        "Exports lock stacks together, macros change what was inspected, and AppRegistry takes no new customers."
    )
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html"
    mend = "Hand the value over with Stack.provide and a Requires parameter; write out what a macro would have made."
    controls = ("nist-800-53/CM-2", "nist-800-53/CM-3", "soc2/CC8.1")

    def subjects(self, template: Mapping[str, Any]) -> list[str]:  # noqa: ARG002 - it is about the whole
        """The template itself."""
        return ["template"]

    def problems(self, template: Mapping[str, Any]) -> Iterator[RuleMatch]:
        """Look at the whole template."""
        if "Transform" in template:
            yield RuleMatch(["Transform"], "the template is changed by a transform")
        for name, output in template.get("Outputs", {}).items():
            if "Export" in output:
                yield RuleMatch(["Outputs", name, "Export"], f"output {name} is exported")
        for path in _outside(template, []):
            yield RuleMatch(path, f"{path[-1]} ties the template to something outside it")
        for name, resource in template.get("Resources", {}).items():
            if resource["Type"].startswith("AWS::ServiceCatalogAppRegistry::"):
                yield RuleMatch(["Resources", name, "Type"], f"{name} uses AppRegistry")


def _outside(node: Any, path: list[str | int]) -> Iterator[list[str | int]]:
    items = node.items() if isinstance(node, Mapping) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        if key in _OUTSIDE:
            yield path
        yield from _outside(value, [*path, key])
