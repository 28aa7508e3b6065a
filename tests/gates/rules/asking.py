"""Ask one house rule about a small template."""

from __future__ import annotations

from typing import Any

from factory.gates.lint import house_rules

IF_WANTED = {
    "Parameters": {"Wanted": {"Type": "String", "AllowedValues": ["true", "false"], "Default": "true"}},
    "Conditions": {"IsWanted": {"Fn::Equals": [{"Ref": "Wanted"}, "true"]}},
}
"""Sections of a template in which whoever launches may switch something off."""

NOTHING = {"Ref": "AWS::NoValue"}


def ask(rule: str, resources: dict[str, Any], **sections: Any) -> list[str]:
    """What the rule with this id says, each as `path: message`."""
    template = {"Resources": resources, **sections}
    return [f"{'/'.join(map(str, found.path))}: {found.message}" for found in house_rules()[rule].problems(template)]


def resource(kind: str, **properties: Any) -> dict[str, Any]:
    """One resource named `It`."""
    return {"It": {"Type": kind, "Properties": properties}}
