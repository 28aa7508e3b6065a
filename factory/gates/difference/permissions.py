"""Who may do more or less: the statements of every policy, before and after.

A statement is widened if some request is newly allowed. Patterns of actions and resources are compared as patterns,
sets of conditions as sets; where two conditions can't be compared, it is said that they differ. How a policy's
statements work together with those of others is not looked at (IAM User Guide, "Policy evaluation logic").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from factory.gates.difference.expressions import text
from factory.gates.difference.facts import Fact, Sides, of_resources
from factory.gates.difference.model import Change, Kind
from factory.gates.difference.resources import Resources

_TRUST = "AssumeRolePolicyDocument"
_ROLE = Kind.ROLE_WIDENED, Kind.ROLE_NARROWED, Kind.ROLE_CHANGED
_ACCESS = Kind.ACCESS_WIDENED, Kind.ACCESS_NARROWED, Kind.ACCESS_CHANGED
_PERMISSION = "AWS::Lambda::Permission"
_CONDITIONS = ("SourceArn", "SourceAccount", "PrincipalOrgID", "EventSourceToken", "FunctionUrlAuthType")

Condition = tuple[str, str, frozenset[str]]
"""Operator, key and values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """The smallest part of a statement: one action on one resource for one principal."""

    denies: bool
    who: str
    """Empty in the policy of a role, which speaks of the role itself."""
    action: str
    on: str
    conditions: frozenset[Condition] = frozenset()

    @property
    def request(self) -> tuple[bool, str, str, str]:
        """What it speaks of, whatever the conditions."""
        return self.denies, self.who, self.action.lower(), self.on


def changes(resources: Resources) -> Iterator[Change]:
    """What may be done newly, or no longer, by the product's roles and with its resources."""

    def facts(sides: Sides) -> Iterator[Fact]:
        old, new = _policies(sides.type, sides.before), _policies(sides.type, sides.after)
        for place in sorted({*old, *new}):
            is_role = sides.type.startswith("AWS::IAM::") and place != _TRUST
            for direction, detail in compared(old.get(place, frozenset()), new.get(place, frozenset())):
                yield Fact(kind=(_ROLE if is_role else _ACCESS)[direction], subject=sides.subject, detail=detail)
        yield from _boundary(sides.subject, sides.before, sides.after)

    yield from of_resources(resources, facts)


def compared(old: frozenset[Grant], new: frozenset[Grant]) -> Iterator[tuple[int, str]]:
    """What differs between two sets of grants: 0 for more, 1 for less, 2 for what can't be said, each with a line."""
    added = {grant for grant in new if not _covered(grant, old)}
    gone = {grant for grant in old if not _covered(grant, new)}
    alike = {grant.request for grant in added} & {grant.request for grant in gone}
    for denies in (False, True):
        more, less = (added, gone) if not denies else (gone, added)
        for direction, grants in ((0, more), (1, less)):
            chosen = [grant for grant in grants if grant.denies is denies and grant.request not in alike]
            yield from ((direction, line) for line in _lines(chosen))
        yield from ((2, line) for line in _lines(g for g in added if g.denies is denies and g.request in alike))


# --- policies -----------------------------------------------------------------------------------------------------


def _policies(kind: str, properties: Mapping[str, Any]) -> dict[str, frozenset[Grant]]:
    """The grants of a resource's properties, by the property that holds them; managed policies are with the inline."""
    found: dict[str, set[Grant]] = {}
    for place, value in properties.items():
        for document in _documents(value):
            key = "Policies" if kind.startswith("AWS::IAM::") and place != _TRUST else place
            found.setdefault(key, set()).update(_grants(document))
    if kind.startswith("AWS::IAM::"):
        for arn in _listed(properties.get("ManagedPolicyArns")):
            grant = Grant(denies=False, who="", action="everything that is allowed by", on=text(arn))
            found.setdefault("Policies", set()).add(grant)
    if kind == _PERMISSION and properties:
        conditions = (
            (("equals", name, frozenset({text(properties[name])}))) for name in _CONDITIONS if name in properties
        )
        found["Permission"] = {
            Grant(
                denies=False,
                who=text(properties.get("Principal", "*")),
                action=text(properties.get("Action", "")),
                on=text(properties.get("FunctionName", "")),
                conditions=frozenset(conditions),
            )
        }
    return {place: frozenset(grants) for place, grants in found.items()}


def _documents(node: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(node, dict):
        if any(isinstance(item, dict) and "Effect" in item for item in _listed(node.get("Statement"))):
            yield node
        else:
            for value in node.values():
                yield from _documents(value)
    elif isinstance(node, list):
        for item in node:
            yield from _documents(item)


def _grants(document: Mapping[str, Any]) -> Iterator[Grant]:
    for statement in _listed(document.get("Statement")):
        if not isinstance(statement, dict) or "Effect" not in statement:
            continue
        conditions = frozenset(_conditions(statement.get("Condition", {})))
        for who in _principals(statement):
            for action in _patterns(statement, "Action"):
                for on in _patterns(statement, "Resource"):
                    denies = statement["Effect"] == "Deny"
                    yield Grant(denies=denies, who=who, action=action, on=on, conditions=conditions)


def _patterns(statement: Mapping[str, Any], element: str) -> list[str]:
    if (inverted := statement.get(f"Not{element}")) is not None:
        return ["everything but " + ", ".join(sorted(map(text, _listed(inverted))))]
    return [text(item) for item in _listed(statement.get(element, ""))]


def _principals(statement: Mapping[str, Any]) -> list[str]:
    if (inverted := statement.get("NotPrincipal")) is not None:
        return [f"everyone but {text(inverted)}"]
    principal = statement.get("Principal", "")
    if not isinstance(principal, dict) or "Fn::" in next(iter(principal), "") or "Ref" in principal:
        return [text(principal)]
    found = [(kind, text(item)) for kind, value in principal.items() for item in _listed(value)]
    return ["*" if (kind, item) == ("AWS", "*") else item for kind, item in found]


def _conditions(block: Any) -> Iterator[Condition]:
    if not isinstance(block, dict) or any(not isinstance(keys, dict) for keys in block.values()):
        yield "", text(block), frozenset()
        return
    for operator, keys in block.items():
        for key, values in keys.items():
            yield operator, key.lower(), frozenset(map(text, _listed(values)))


def _boundary(subject: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Fact]:
    old, new = before.get("PermissionsBoundary"), after.get("PermissionsBoundary")
    if old == new or not before:
        return
    if new is None:
        yield Fact(kind=Kind.ROLE_WIDENED, subject=subject, detail=f"no boundary any more: {text(old)}")
    elif old is None:
        yield Fact(kind=Kind.ROLE_NARROWED, subject=subject, detail=f"bounded by {text(new)}")
    else:
        yield Fact(kind=Kind.ROLE_CHANGED, subject=subject, detail=f"bounded by {text(new)} instead of {text(old)}")


# --- containment --------------------------------------------------------------------------------------------------


def _covered(grant: Grant, others: Iterable[Grant]) -> bool:
    """Whether one of the others speaks of every request that the grant speaks of."""
    return any(
        other.denies is grant.denies
        and other.who in {"*", grant.who}
        and _matches(other.action.lower(), grant.action.lower())
        and _matches(other.on, grant.on)
        and all(any(_implies(own, condition) for own in grant.conditions) for condition in other.conditions)
        for other in others
    )


def _implies(condition: Condition, other: Condition) -> bool:
    """Whether the other condition is met whenever the first is: fewer values admit less, or refuse less if negated."""
    operator, key, values = condition
    if (operator, key) != other[:2]:
        return False
    return values >= other[2] if "Not" in operator else values <= other[2]


def _matches(pattern: str, narrower: str) -> bool:
    """Whether a pattern matches whatever a narrower one does: its `*` takes in the other's, its `?` no `*`."""
    if pattern.startswith("everything but "):
        return pattern == narrower
    parts = {"*": ".*", "?": "[^*]"}
    expression = "".join(parts.get(character, re.escape(character)) for character in pattern)
    return re.fullmatch(expression, narrower, re.DOTALL) is not None


def _lines(grants: Iterable[Grant]) -> list[str]:
    """Grants for a reader: those that differ in their action alone on one line."""
    found: dict[tuple[bool, str, str, frozenset[Condition]], list[str]] = {}
    for grant in sorted(grants, key=lambda item: (item.who, item.on, item.action)):
        found.setdefault((grant.denies, grant.who, grant.on, grant.conditions), []).append(grant.action)
    return [
        f"{'refused: ' if denies else ''}{', '.join(actions)}"
        f"{f' on {on}' if on else ''}{f' for {who}' if who else ''}{_where(conditions)}"
        for (denies, who, on, conditions), actions in found.items()
    ]


def _where(conditions: frozenset[Condition]) -> str:
    told = (
        f"{key} {operator} {' or '.join(sorted(values))}".strip()
        for operator, key, values in sorted(conditions, key=str)
    )
    return f" if {' and '.join(told)}" if conditions else ""


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
