"""Finds the names a template uses and does not define, as CloudFormation does before there is a stack."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from graphlib import CycleError, TopologicalSorter
from typing import Any

Attributes = Callable[[str, str], bool]
"""Tells whether a resource type has an attribute for `Fn::GetAtt`."""

_VARIABLE = re.compile(r"\$\{([^!}][^}]*)\}")
_PSEUDO = frozenset(
    f"AWS::{name}"
    for name in (
        *("AccountId", "NotificationARNs", "NoValue", "Partition", "Region"),
        *("StackId", "StackName", "URLSuffix"),
    )
)


class Kind(Enum):
    """What a name is used as."""

    REF = auto()
    ATTRIBUTE = auto()
    CONDITION = auto()
    MAP = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """A name that a function uses; `detail` is the attribute of an ATTRIBUTE and the function of a CONDITION."""

    kind: Kind
    name: str
    detail: str = ""


def uses(node: Any) -> Iterator[Use]:
    """Give every use of a name below a node of a template."""
    if isinstance(node, list):
        for item in node:
            yield from uses(item)
    if not isinstance(node, Mapping):
        return
    for function, argument in node.items():
        match function, argument:
            case "Ref", str():
                yield Use(kind=Kind.REF, name=argument)
            case "Fn::GetAtt", [str(name), str(attribute)]:
                yield Use(kind=Kind.ATTRIBUTE, name=name, detail=attribute)
            case "Fn::GetAtt", str():
                name, _, attribute = argument.partition(".")
                yield Use(kind=Kind.ATTRIBUTE, name=name, detail=attribute)
            case "Fn::Sub", str():
                yield from _variables(argument, ())
            case "Fn::Sub", [str(text), Mapping() as given]:
                yield from _variables(text, given)
                yield from uses(list(given.values()))
            case "Fn::If", [str(condition), *branches]:
                yield Use(kind=Kind.CONDITION, name=condition, detail="Fn::If")
                yield from uses(branches)
            case "Fn::FindInMap", [str(name), *keys]:
                yield Use(kind=Kind.MAP, name=name)
                yield from uses(keys)
            case _:
                yield from uses(argument)


def problems(template: Mapping[str, Any], has_attribute: Attributes) -> Iterator[str]:
    """Give a message for each kind of undefined name in each block of a template, and for circles.

    The wordings are CloudFormation's as users report them, and were not compared with the service.
    """
    parameters = frozenset(template.get("Parameters") or ())
    resources: Mapping[str, Any] = template.get("Resources") or {}
    conditions: Mapping[str, Any] = template.get("Conditions") or {}
    rules: Mapping[str, Any] = template.get("Rules") or {}
    mappings = frozenset(template.get("Mappings") or ())

    in_conditions = tuple(uses(list(conditions.values())))
    asked = {use.name for use in in_conditions if use.kind is Kind.ATTRIBUTE}
    if unresolved := ", ".join(filter(None, (_undefined_refs(in_conditions, parameters | _PSEUDO), *sorted(asked)))):
        yield (
            f"Template format error: Unresolved dependencies [{unresolved}]. "
            "Cannot reference resources in the Conditions block of the template"
        )
    if unresolved := _undefined_refs(uses(rules), parameters | _PSEUDO):
        yield _unresolved(unresolved, "Rules")
    for name in _conditions_in(list(conditions.values())):
        if name not in conditions:
            yield f"Template error: unresolved condition dependency {name} in the Conditions block"

    blocks = {"Resources": resources, "Outputs": template.get("Outputs") or {}}
    known = parameters | frozenset(resources) | _PSEUDO
    for block, members in blocks.items():
        found = tuple(uses(members))
        depended = (Use(kind=Kind.REF, name=name) for member in members.values() for name in _depends_on(member))
        undefined = _undefined_refs(found, known)
        missing = _undefined_refs(depended, frozenset(resources))
        if unresolved := ", ".join(filter(None, (undefined, missing))):
            yield _unresolved(unresolved, block)
        yield from _attribute_problems(found, resources, has_attribute)
        for name, member in members.items():
            condition = member.get("Condition") if isinstance(member, Mapping) else None
            if isinstance(condition, str) and condition not in conditions:
                yield f"Template error: unresolved condition dependency {condition} in {block}/{name}"
    everywhere = tuple(uses([*blocks.values(), conditions]))
    for name in sorted({use.name for use in everywhere if use.kind is Kind.CONDITION} - conditions.keys()):
        yield f"Template error: unresolved condition dependency {name} in Fn::If"
    for name in sorted({use.name for use in everywhere if use.kind is Kind.MAP} - mappings):
        yield f"Template error: Mapping named '{name}' is not present in the 'Mappings' section of template."
    yield from _circles(resources, conditions)


def _attribute_problems(
    found: tuple[Use, ...], resources: Mapping[str, Any], has_attribute: Attributes
) -> Iterator[str]:
    for use in dict.fromkeys(use for use in found if use.kind is Kind.ATTRIBUTE):
        if use.name not in resources:
            yield f"Template error: instance of Fn::GetAtt references undefined resource {use.name}"
        elif not has_attribute(str(resources[use.name].get("Type")), use.detail):
            yield (f"Template error: resource {use.name} does not support attribute type {use.detail} in Fn::GetAtt")


def _circles(resources: Mapping[str, Any], conditions: Mapping[str, Any]) -> Iterator[str]:
    wanted = {
        name: {*_depends_on(resource), *(use.name for use in uses(resource) if use.kind in (Kind.REF, Kind.ATTRIBUTE))}
        for name, resource in resources.items()
    }
    combined = {name: set(_conditions_in([condition])) for name, condition in conditions.items()}
    for what, needs in (("resources", wanted), ("conditions", combined)):
        try:
            TopologicalSorter({name: others & needs.keys() for name, others in needs.items()}).prepare()
        except CycleError as error:
            yield f"Circular dependency between {what}: [{', '.join(sorted(set(error.args[1])))}]"


def _variables(text: str, given: Any) -> Iterator[Use]:
    for variable in _VARIABLE.findall(text):
        if variable in given:
            continue
        name, dot, attribute = variable.strip().partition(".")
        yield Use(kind=Kind.ATTRIBUTE if dot else Kind.REF, name=name, detail=attribute)


def _depends_on(resource: Any) -> tuple[str, ...]:
    named = resource.get("DependsOn", ()) if isinstance(resource, Mapping) else ()
    return (named,) if isinstance(named, str) else tuple(named)


def _conditions_in(node: Any) -> Iterator[str]:
    """Give the conditions that other conditions are built from."""
    if isinstance(node, list):
        for item in node:
            yield from _conditions_in(item)
    elif isinstance(node, Mapping):
        match dict(node):
            case {"Condition": str(name)}:
                yield name
            case _:
                yield from _conditions_in(list(node.values()))


def _undefined_refs(found: Iterable[Use], known: frozenset[str]) -> str:
    return ", ".join(sorted({use.name for use in found if use.kind is Kind.REF and use.name not in known}))


def _unresolved(names: str, block: str) -> str:
    return f"Template format error: Unresolved resource dependencies [{names}] in the {block} block of the template"
