"""Whether a template has the shape of one, so that everything after this may rely on it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from factory.sandbox.stacks import declarations

_SECTIONS = frozenset({"Conditions", "Hooks", "Mappings", "Metadata", "Outputs", "Parameters", "Resources", "Rules"})
# Those that the emulator carries out; others of AWS's and everybody's own are refused rather than passed over.
_MACROS = frozenset({"AWS::Include", "AWS::LanguageExtensions", "AWS::Serverless-2016-10-31"})
_TEXTS = frozenset({"AWSTemplateFormatVersion", "Description"})
_VERSION = "2010-09-09"
_ATTRIBUTES = frozenset(
    {
        *("Type", "Properties", "DependsOn", "Condition", "Metadata"),
        *("CreationPolicy", "DeletionPolicy", "UpdatePolicy", "UpdateReplacePolicy"),
    }
)
_OUTPUT = frozenset({"Condition", "Description", "Export", "Value"})
# AWS CloudFormation User Guide, "CloudFormation template Outputs syntax".
_EXPORT = re.compile(r"[A-Za-z0-9:-]+")
# AWS CloudFormation Template Reference, "DeletionPolicy attribute" and "UpdateReplacePolicy attribute".
_POLICIES = {
    "DeletionPolicy": frozenset({"Delete", "Retain", "RetainExceptOnCreate", "Snapshot"}),
    "UpdateReplacePolicy": frozenset({"Delete", "Retain", "Snapshot"}),
}
_SNAPSHOTS = frozenset(
    {
        *("AWS::DocDB::DBCluster", "AWS::EC2::Volume", "AWS::ElastiCache::CacheCluster"),
        *("AWS::ElastiCache::ReplicationGroup", "AWS::Neptune::DBCluster", "AWS::RDS::DBCluster"),
        *("AWS::RDS::DBInstance", "AWS::Redshift::Cluster"),
    }
)
# AWS CloudFormation Template Reference, "Intrinsic functions" and "Rule-specific intrinsic functions".
_FUNCTIONS = frozenset(
    f"Fn::{name}"
    for name in (
        *("And", "Base64", "Cidr", "Equals", "FindInMap", "GetAtt", "GetAZs", "If", "ImportValue", "Join", "Not"),
        *("Or", "Select", "Split", "Sub", "Transform"),
        *("Contains", "EachMemberEquals", "EachMemberIn", "RefAll", "ValueOf", "ValueOfAll"),
    )
)


def problems(template: Mapping[str, Any]) -> Iterator[str]:
    """Give a message for everything that stands where something else must stand.

    Worded after CloudFormation, where users report its wording, and not compared with it. Of a template that a macro
    is yet to rewrite only the outline is looked at.
    """
    if unknown := sorted(str(name) for name in template.keys() - _SECTIONS - _TEXTS - {"Transform"}):
        yield f"Invalid template property or properties [{', '.join(unknown)}]"
    if str(template.get("AWSTemplateFormatVersion", _VERSION)) != _VERSION:
        yield "Template format error: unsupported value for AWSTemplateFormatVersion."
    if not isinstance(template.get("Description", ""), str):
        yield "Template format error: Description must be a string."
    for macro in _macros(template.get("Transform", [])):
        if macro not in _MACROS:
            yield f"No transform named {macro} found."
    for place in _nulls(template, ""):
        yield f"Template format error: [{place}] 'null' values are not allowed in templates"
    for section in sorted(_SECTIONS & template.keys()):
        if not isinstance(template[section], Mapping):
            yield f"Template format error: {section} must be an object."
        elif "Transform" not in template:
            yield from _section(section, template[section])
    if not template.get("Resources"):
        yield "At least one Resources member must be defined."
    elif "Transform" not in template:
        yield from _twice(template)


def _section(section: str, members: Mapping[str, Any]) -> Iterator[str]:
    for name, member in members.items():
        if section == "Conditions":
            yield from declarations.condition(member)
        elif section in ("Resources", "Outputs", "Parameters", "Rules", "Mappings"):
            if not isinstance(member, Mapping):
                yield f"Template format error: Any {section} member must be an object. [{name}]"
            elif section == "Resources":
                yield from _resource(str(name), member)
            elif section == "Outputs":
                yield from _output(str(name), member)
            elif section == "Parameters":
                yield from declarations.parameter(str(name), member)
            elif section == "Mappings":
                yield from declarations.mapping(str(name), member)
    if section == "Outputs":
        yield from _exported_twice(members)


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
    for policy, known in _POLICIES.items():
        chosen = resource.get(policy, "Delete")
        if not isinstance(chosen, str):
            yield f"Template format error: Every {policy} member must be a string."
        elif chosen not in known:
            yield f"Template format error: Unrecognized {policy} {chosen} for resource {name}"
        elif chosen == "Snapshot" and resource.get("Type") not in _SNAPSHOTS:
            yield f"Template error: resource type {resource.get('Type')} does not support {policy} Snapshot"
    yield from _functions(resource.get("Properties"))


def _output(name: str, output: Mapping[str, Any]) -> Iterator[str]:
    if not name.isalnum() or not name.isascii():
        yield f"Template format error: Output name {name} is non alphanumeric."
    if "Value" not in output:
        yield f"Template format error: Output {name} must contain a Value."
    if unknown := sorted(str(key) for key in output.keys() - _OUTPUT):
        yield f"Invalid template output property '{unknown[0]}'"
    export = output.get("Export", {"Name": name})
    if not isinstance(export, Mapping) or set(export) != {"Name"}:
        yield f"Template format error: Output {name} is malformed. The Export member must have a Name and nothing else."
    name_of_export = export.get("Name") if isinstance(export, Mapping) else None
    if "Export" in output and isinstance(name_of_export, str) and not _EXPORT.fullmatch(name_of_export):
        yield (
            f"Template format error: Output {name} is malformed. The Name field of every Export member must be "
            "specified and consist only of alphanumeric characters, colons, or hyphens."
        )
    yield from _functions(output.get("Value"))


def _exported_twice(outputs: Mapping[str, Any]) -> Iterator[str]:
    exports = [output.get("Export") for output in outputs.values() if isinstance(output, Mapping)]
    names = [export.get("Name") for export in exports if isinstance(export, Mapping)]
    for name in sorted({name for name in names if isinstance(name, str) and names.count(name) > 1}):
        yield f"Template format error: Duplicate export names are not allowed within a stack: {name}"


def _functions(node: Any) -> Iterator[str]:
    """Give a message for every function that there is not."""
    if isinstance(node, list):
        for item in node:
            yield from _functions(item)
    elif isinstance(node, Mapping):
        for name, value in node.items():
            if len(node) == 1 and str(name).startswith("Fn::") and name not in _FUNCTIONS:
                yield f"Template format error: Unrecognized function {name}"
            if name == "Fn::Transform" and (unknown := set(_macros(value)) - _MACROS):
                yield f"No transform named {', '.join(sorted(unknown))} found."
            yield from _functions(value)


def _macros(node: Any) -> Iterator[str]:
    for item in node if isinstance(node, list) else [node]:
        yield str(item.get("Name")) if isinstance(item, Mapping) else str(item)


def _nulls(node: Any, place: str) -> Iterator[str]:
    if node is None:
        yield place
    elif isinstance(node, list):
        for number, item in enumerate(node):
            yield from _nulls(item, f"{place}/{number}")
    elif isinstance(node, Mapping):
        for name, value in node.items():
            yield from _nulls(value, f"{place}/{name}")


def _twice(template: Mapping[str, Any]) -> Iterator[str]:
    """AWS CloudFormation User Guide, "Parameters": its name is unique among all logical names of the template."""
    parameters, resources = template.get("Parameters") or {}, template["Resources"]
    if isinstance(parameters, Mapping) and isinstance(resources, Mapping):
        for name in sorted(str(name) for name in parameters.keys() & resources.keys()):
            yield f"Template format error: {name} is both a parameter and a resource."
