"""Whether a template has the shape of one, so that everything after this may rely on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_SECTIONS = frozenset({"Conditions", "Hooks", "Mappings", "Metadata", "Outputs", "Parameters", "Resources", "Rules"})
_TEXTS = frozenset({"AWSTemplateFormatVersion", "Description"})
_ATTRIBUTES = frozenset(
    {
        *("Type", "Properties", "DependsOn", "Condition", "Metadata"),
        *("CreationPolicy", "DeletionPolicy", "UpdatePolicy", "UpdateReplacePolicy"),
    }
)


def problems(template: Mapping[str, Any]) -> Iterator[str]:
    """Give a message for everything that stands where something else must stand.

    Worded after CloudFormation, where users report its wording, and not compared with it.
    """
    if unknown := sorted(str(name) for name in template.keys() - _SECTIONS - _TEXTS - {"Transform"}):
        yield f"Invalid template property or properties [{', '.join(unknown)}]"
    for section in sorted(_SECTIONS & template.keys()):
        members = template[section]
        if not isinstance(members, Mapping):
            yield f"Template format error: {section} must be an object."
        elif section in ("Resources", "Outputs", "Parameters", "Rules", "Mappings"):
            for name, member in members.items():
                if not isinstance(member, Mapping):
                    yield f"Template format error: Any {section} member must be an object. [{name}]"
                elif section == "Resources":
                    yield from _resource(str(name), member)
                elif section == "Outputs" and "Value" not in member:
                    yield f"Template format error: Output {name} must contain a Value."
    if not template.get("Resources"):
        yield "At least one Resources member must be defined."


def _resource(name: str, resource: Mapping[str, Any]) -> Iterator[str]:
    if not name.isalnum() or not name.isascii():
        yield f"Template format error: Resource name {name} is non alphanumeric."
    if not isinstance(resource.get("Type"), str):
        yield f"Template format error: [/Resources/{name}] Every Resources object must contain a Type member."
    if not isinstance(resource.get("Properties", {}), Mapping):
        yield f"Template format error: [/Resources/{name}] Any Properties member must be an object."
    depended = resource.get("DependsOn", [])
    if not isinstance(depended, str) and not (
        isinstance(depended, list) and all(isinstance(other, str) for other in depended)
    ):
        yield f"Template format error: DependsOn of {name} must be a string or a list of strings."
    if unknown := sorted(str(key) for key in resource.keys() - _ATTRIBUTES):
        yield f"Template format error: Invalid template resource property '{unknown[0]}' of {name}"
