"""What a product hands on: its outputs, and the contract values that other products read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from factory.authoring.contract import PREFIX
from factory.gates.difference.expressions import Reading, World, plain, references, text
from factory.gates.difference.facts import Fact, Facts, gathered
from factory.gates.difference.fates import Fate
from factory.gates.difference.model import Change, Kind
from factory.gates.difference.resources import Resources

_PARAMETER = "AWS::SSM::Parameter"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kinds:
    added: Kind
    removed: Kind
    retyped: Kind
    changed: Kind
    moved: Kind


_OUTPUT = _Kinds(
    added=Kind.OUTPUT_ADDED,
    removed=Kind.OUTPUT_REMOVED,
    retyped=Kind.OUTPUT_RETYPED,
    changed=Kind.OUTPUT_CHANGED,
    moved=Kind.OUTPUT_MOVED,
)
_CONTRACT = _Kinds(
    added=Kind.CONTRACT_ADDED,
    removed=Kind.CONTRACT_REMOVED,
    retyped=Kind.CONTRACT_RETYPED,
    changed=Kind.CONTRACT_CHANGED,
    moved=Kind.CONTRACT_MOVED,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Handed:
    """One place of a template that hands on a value; several may do so for one name, under conditions."""

    body: Mapping[str, Any]
    value: Any
    type: str = ""
    """The type of the Systems Manager parameter that holds it."""


def changes(resources: Resources) -> Iterator[Change]:
    """How what is handed on differs."""
    for kinds, find in ((_OUTPUT, _outputs), (_CONTRACT, _contracts)):
        old, new = find(resources.before), find(resources.after)
        cases = [_case(resources, kinds, name, old.get(name, []), new.get(name, [])) for name in sorted({*old, *new})]
        yield from gathered(resources.domains, cases)


def _outputs(reading: Reading) -> dict[str, list[_Handed]]:
    return {name: [_Handed(body=body, value=body["Value"])] for name, body in reading.section("Outputs").items()}


def _contracts(reading: Reading) -> dict[str, list[_Handed]]:
    found: dict[str, list[_Handed]] = {}
    for body in reading.section("Resources").values():
        properties = body.get("Properties", {})
        if body["Type"] == _PARAMETER and "Value" in properties:
            name = text(reading.reduce(properties.get("Name", ""), {}))
            if name.startswith(f"{PREFIX}/"):
                handed = _Handed(body=body, value=properties["Value"], type=str(properties.get("Type", "")))
                found.setdefault(name, []).append(handed)
    return found


def _case(
    resources: Resources, kinds: _Kinds, name: str, old: list[_Handed], new: list[_Handed]
) -> tuple[list[World], Facts]:
    def facts(world: World) -> Iterator[Fact]:
        before, after = _here(resources.before, old, world), _here(resources.after, new, world)
        for kind, detail in _compared(resources, kinds, before, after, world):
            yield Fact(kind=kind, subject=name, detail=detail)

    return resources.domains.worlds(_variables(resources, old, new)), facts


def _variables(resources: Resources, old: list[_Handed], new: list[_Handed]) -> Iterator[str]:
    for reading, entries in ((resources.before, old), (resources.after, new)):
        for entry in entries:
            yield from reading.variables(entry.value)
            if "Condition" in entry.body:
                yield from reading.deciding({"Condition": entry.body["Condition"]})
    for entry in new:
        for name, _ in references(resources.after.reduce(entry.value, {})):
            if all(resources.bodies(name)) and resources.is_touched(name):
                yield from resources.variables(name)


def _here(reading: Reading, entries: list[_Handed], world: World) -> _Handed | None:
    """What is handed on in a world, with its value reduced."""
    for entry in entries:
        if reading.exists(entry.body, world) is not False:
            return _Handed(body=entry.body, value=reading.reduce(entry.value, world), type=entry.type)
    return None


def _compared(
    resources: Resources, kinds: _Kinds, old: _Handed | None, new: _Handed | None, world: World
) -> Iterator[tuple[Kind, str]]:
    if new is None:
        if old is not None:
            yield kinds.removed, ""
        return
    if old is None:
        yield kinds.added, ""
        return
    before, after = _shape(resources.before, old), _shape(resources.after, new)
    if old.type != new.type:
        yield kinds.retyped, f"{old.type} → {new.type}"
    elif before and after and before != after:
        yield kinds.retyped, f"{before} → {after}"
    elif plain(old.value) != plain(new.value):
        yield kinds.changed, f"{text(old.value)} → {text(new.value)}"
    for name in dict.fromkeys(name for name, _ in references(new.value) if all(resources.bodies(name))):
        fate = resources.outcome(name, world).fate
        if fate >= Fate.MAY_BE_REPLACED:
            yield kinds.moved, f"{name} {'may be' if fate is Fate.MAY_BE_REPLACED else 'is'} replaced"


def _shape(reading: Reading, handed: _Handed) -> str:
    """What sort of thing a value is, as far as its expression says: which attribute of which type, or a list."""
    match handed.value:
        case {"Ref": name} if name in reading.section("Resources"):
            return f"{reading.section('Resources')[name]['Type']} by its id"
        case {"Fn::GetAtt": [name, str() as attribute]} if name in reading.section("Resources"):
            return f"{attribute} of {reading.section('Resources')[name]['Type']}"
        case {"Fn::Join": [",", _]}:
            return "list"
        case _:
            return ""
