"""What a change of a resource's properties does to the resource, as its provider's schema says.

CloudFormation User Guide, "Update behaviors of stack resources"; which property has which behavior stands in the schema
as `createOnlyProperties` and `conditionalCreateOnlyProperties` (CloudFormation CLI User Guide, "Resource type schema").
"""

from __future__ import annotations

import json
from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from factory.authoring.schemas import schema
from factory.gates.difference import stamp
from factory.gates.difference.expressions import is_open, plain, references, text
from factory.gates.difference.fates import Cause, Fate

ABSENT: Any = object()
"""What a property is where it is not set."""

_LONGEST = 60

Path = tuple[str, ...]


FateOf = Callable[[str, str | None], Fate]
"""What becomes of what a property takes of a resource, its id or an attribute; UNTOUCHED for what is no resource."""


def causes(
    kind: str, old: Mapping[str, Any], new: Mapping[str, Any], *, given: Container[str], fate_of: FateOf
) -> Iterator[Cause]:
    """Why a resource of this type is touched when its reduced properties change, or what they refer to does.

    `given` holds the names of parameters, whose values are not known.
    """
    if _is_custom(kind):
        yield from _custom(old, new, fate_of)
        return
    rules = _Rules.of(kind)
    differing = set()
    for path, before, after in _differences(stamp.removed(old), stamp.removed(new), rules.unordered):
        differing.add(path)
        is_same = plain(before) == plain(after) or _reordered(path, before, after, rules.unordered)
        fate = rules.fate(path, before, after, certain=not is_same and _must_differ(before, after, given))
        if not is_same or fate is Fate.MAY_BE_REPLACED:
            note = ", the same value in another form" if is_same else ""
            yield Cause(fate=fate, text=f"{'.'.join(path)}: {_told(before)} → {_told(after)}{note}")
    for path, before, after in stamp.changes(old, new):
        fate = rules.fate(path, before, after, certain=True)
        told = f"{path[0]}: the tag {stamp.TAG}, so that each version replaces it"
        yield Cause(fate=Fate.MARKED if fate is Fate.UPDATED else fate, text=told, is_mark=True)
    for path, value in _ends(new):
        if not any(path[: len(other)] == other for other in differing):
            yield from _followed(path, value, rules, fate_of)


def kept_name(kind: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> str | None:
    """The property that gives a resource the same name before and after, so that the two cannot exist side by side."""
    return next((name for name in _naming(kind) if name in old and plain(old[name]) == plain(new.get(name))), None)


def given_name(kind: str, properties: Mapping[str, Any]) -> str | None:
    """The name that a resource's properties give it, if they do."""
    return next((text(properties[name]) for name in _naming(kind) if name in properties), None)


def changes_when_updated(kind: str, attribute: str | None) -> bool:
    """Whether what `Fn::GetAtt` gives of a resource can be another value after an update in place."""
    if attribute is None:
        return False
    return _is_custom(kind) or (not attribute.endswith(("Arn", "Id")) and attribute not in _naming(kind))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rules:
    """The paths of a type's properties of which a change replaces the resource."""

    replacing: tuple[Path, ...]
    perhaps: tuple[Path, ...]
    unordered: frozenset[str]
    """Properties that are lists whose order means nothing."""
    tags: str
    is_known: bool = True

    @classmethod
    def of(cls, kind: str) -> _Rules:
        try:
            found = schema(kind)
        except KeyError:
            return cls(replacing=(), perhaps=(), unordered=frozenset(), tags="", is_known=False)
        unordered = {
            name
            for name, body in found["properties"].items()
            if body.get("type") == "array" and body.get("insertionOrder") is False
        }
        return cls(
            replacing=tuple(map(_path, found.get("createOnlyProperties", ()))),
            perhaps=tuple(map(_path, found.get("conditionalCreateOnlyProperties", ()))),
            unordered=frozenset(unordered),
            tags=found.get("tagging", {}).get("tagProperty", "/properties/Tags").rpartition("/")[2],
        )

    def fate(self, path: Path, before: Any, after: Any, *, certain: bool) -> Fate:
        """What a change at this path does; one that is not certain to be a change may do it."""
        if not self.is_known:
            return Fate.MAY_BE_REPLACED
        if any(_touches(pattern, path, before, after) for pattern in self.replacing):
            return Fate.REPLACED if certain else Fate.MAY_BE_REPLACED
        if any(_touches(pattern, path, before, after) for pattern in self.perhaps):
            return Fate.MAY_BE_REPLACED
        return Fate.MARKED if path[0] == self.tags else Fate.UPDATED


def _followed(path: Path, value: Any, rules: _Rules, fate_of: FateOf) -> Iterator[Cause]:
    for name, attribute in dict.fromkeys(references(value)):
        fate = fate_of(name, attribute)
        where = f"{'.'.join(path)}: refers to {name}"
        if fate in {Fate.REPLACED, Fate.REFUSED}:
            fate = rules.fate(path, value, value, certain=True)
            yield Cause(fate=fate, text=f"{where}, which is replaced", follows=name)
        elif fate is Fate.MAY_BE_REPLACED:
            fate = rules.fate(path, value, value, certain=False)
            yield Cause(fate=fate, text=f"{where}, which may be replaced", follows=name)
        elif fate is Fate.UPDATED:
            # Whether an attribute of an updated resource changes is known only afterwards.
            fate = rules.fate(path, value, value, certain=False)
            if fate is Fate.MAY_BE_REPLACED:
                yield Cause(fate=fate, text=f"{where}.{attribute}, which may change", follows=name)


def _custom(old: Mapping[str, Any], new: Mapping[str, Any], fate_of: FateOf) -> Iterator[Cause]:
    """A custom resource's function decides what an update does; it is told by the id that it answers with."""
    for path, before, after in _differences(old, new, frozenset()):
        if plain(before) == plain(after):
            continue
        if path[0] == "ServiceToken":
            yield Cause(fate=Fate.REFUSED, text="ServiceToken changes, which CloudFormation does not allow")
        else:
            told = f"{'.'.join(path)}: {_told(before)} → {_told(after)}"
            yield Cause(fate=Fate.MAY_BE_REPLACED, text=f"{told}, as its function decides")
    for path, value in _ends(new):
        for name, attribute in references(value):
            if (fate := fate_of(name, attribute)) >= Fate.MAY_BE_REPLACED:
                is_token = path[0] == "ServiceToken" and fate is not Fate.MAY_BE_REPLACED
                told = f"{'.'.join(path)}: refers to {name}, which is or may be replaced"
                yield Cause(fate=Fate.REFUSED if is_token else Fate.MAY_BE_REPLACED, text=told, follows=name)


# --- property trees -----------------------------------------------------------------------------------------------


def _differences(
    old: Mapping[str, Any], new: Mapping[str, Any], unordered: frozenset[str]
) -> Iterator[tuple[Path, Any, Any]]:
    """Each place at which two trees of properties differ, with what is there before and after."""
    for name in sorted({*old, *new}):
        before, after = old.get(name, ABSENT), new.get(name, ABSENT)
        if _reordered((name,), before, after, unordered):
            if before != after:
                yield (name,), before, after
        else:
            yield from _parts((name,), before, after)


def _parts(path: Path, before: Any, after: Any) -> Iterator[tuple[Path, Any, Any]]:
    if before == after:
        return
    if _is_tree(before) and _is_tree(after):
        for key in sorted({*before, *after}):
            yield from _parts((*path, key), before.get(key, ABSENT), after.get(key, ABSENT))
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from _parts((*path, str(index)), one, other)
    else:
        yield path, before, after


def _ends(node: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Each end of a tree: a text, or an expression."""
    if _is_tree(node):
        for key, value in node.items():
            yield from _ends(value, (*path, key))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from _ends(value, (*path, str(index)))
    else:
        yield path, node


def _is_tree(node: Any) -> bool:
    """Whether it is an object of properties, and no expression."""
    return isinstance(node, dict) and not (len(node) == 1 and next(iter(node)).startswith(("Ref", "Fn::")))


def _reordered(path: Path, before: Any, after: Any, unordered: frozenset[str]) -> bool:
    if len(path) != 1 or path[0] not in unordered or not isinstance(before, list) or not isinstance(after, list):
        return False
    one, other = (sorted(json.dumps(item, sort_keys=True) for item in items) for items in (before, after))
    return one == other


def _path(pointer: str) -> Path:
    return tuple(pointer.removeprefix("/properties/").split("/"))


def _touches(pattern: Path, path: Path, before: Any, after: Any) -> bool:
    """Whether a change at a path is one of what a pattern names: there, inside it, or around it with it changed."""
    if not pattern:
        return True
    if not path:
        return _inside(before, pattern) != _inside(after, pattern)
    if pattern[0] in {"*", path[0]}:
        return _touches(pattern[1:], path[1:], before, after)
    # Some patterns leave out the step into a list.
    return path[0].isdigit() and _touches(pattern, path[1:], before, after)


def _inside(node: Any, pattern: Path) -> list[Any]:
    """What lies under a pattern inside a value."""
    if not pattern:
        return [] if node is ABSENT else [node]
    if isinstance(node, list):
        rest = pattern[1:] if pattern[0] == "*" else pattern
        return [found for item in node for found in _inside(item, rest)]
    return _inside(node[pattern[0]], pattern[1:]) if isinstance(node, dict) and pattern[0] in node else []


def _must_differ(before: Any, after: Any, given: Container[str]) -> bool:
    """Whether two different expressions can't have the same value after all.

    They can where a condition is not decided, and where one holds a parameter that the other does not.
    """
    if is_open(before) or is_open(after):
        return False
    if before is ABSENT or after is ABSENT:
        return True
    one, other = text(before), text(after)
    unknown = [{name for name, _ in references(node) if name in given} for node in (before, after)]
    if unknown[0] == unknown[1]:
        return True
    (head, tail), (other_head, other_tail) = _literal_ends(one), _literal_ends(other)
    heads_fit = head.startswith(other_head) or other_head.startswith(head)
    tails_fit = tail.endswith(other_tail) or other_tail.endswith(tail)
    return not (heads_fit and tails_fit)


def _literal_ends(told: str) -> tuple[str, str]:
    """What an expression's text begins and ends with, before its first and after its last reference."""
    head, mark, _ = told.partition("${")
    return head, told.rpartition("}")[2] if mark else head


# --- types --------------------------------------------------------------------------------------------------------


def _is_custom(kind: str) -> bool:
    return kind.startswith("Custom::") or kind == "AWS::CloudFormation::CustomResource"


def _naming(kind: str) -> tuple[str, ...]:
    """The properties by which a template can give a resource of this type its name.

    They identify it, or are called like its type: `TopicName` of a topic, `GroupName` of a security group.
    """
    try:
        found = schema(kind)
    except KeyError:
        return ()
    settable = set(found["properties"]) - {
        pointer.rpartition("/")[2] for pointer in found.get("readOnlyProperties", ())
    }
    groups = [found.get("primaryIdentifier", ()), *found.get("additionalIdentifiers", ())]
    single = [group[0].rpartition("/")[2] for group in groups if len(group) == 1]
    fixed = {pointer.rpartition("/")[2] for pointer in found.get("createOnlyProperties", ())}
    short = kind.rpartition("::")[2].lower()
    called = [name for name in sorted(fixed) if name.endswith("Name") and short.endswith(name[:-4].lower())]
    return tuple(dict.fromkeys(name for name in (*single, *called) if name in settable & fixed))


def _told(value: Any) -> str:
    if value is ABSENT:
        return "nothing"
    told = text(value) or "empty"
    return told if len(told) <= _LONGEST else f"{told[: _LONGEST - 1]}…"
