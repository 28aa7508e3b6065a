"""What holds data, and whether an update keeps it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from factory.gates.difference.expressions import World
from factory.gates.difference.fates import Fate, Presence
from factory.gates.difference.model import Change, Kind
from factory.gates.difference.resources import Resources


def is_held(kind: str) -> bool:
    """Whether resources of this type hold data."""
    # The rules need cfn-lint, which takes about a second to import.
    from factory.gates.rules.stateful_policies import StatefulPolicies

    return kind in StatefulPolicies.types


def changes(resources: Resources) -> Iterator[Change]:
    """Each resource whose data CloudFormation would delete: with an update, or now with its launch."""
    for name in resources.names():
        old, new = resources.bodies(name)
        if not old or not is_held(old["Type"]):
            continue
        worlds = resources.worlds(name)
        chosen: list[World] = []
        details: dict[str, None] = {}
        for world in worlds:
            outcome = resources.outcome(name, world)
            if outcome.presence is Presence.REMOVED and not _keeps(old, "DeletionPolicy"):
                text = "it is removed and has no DeletionPolicy that keeps its data"
            elif outcome.fate in {Fate.MAY_BE_REPLACED, Fate.REPLACED} and not _kept_twice(old, new):
                # Which of the two templates counts is not documented.
                text = "it is or may be replaced and has no UpdateReplacePolicy, before and after, that keeps its data"
            elif new and _keeps(old, "DeletionPolicy") and not _keeps(new, "DeletionPolicy"):
                text = f"DeletionPolicy: {old['DeletionPolicy']} → {new.get('DeletionPolicy', 'nothing')}"
            else:
                continue
            chosen.append(world)
            details[text] = None
        if chosen:
            when = resources.domains.when(chosen, worlds)
            yield Change(kind=Kind.DATA_AT_RISK, subject=name, type=old["Type"], details=tuple(details), when=when)


def told(kind: Kind, old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> Iterator[str]:
    """What becomes of the data of what is replaced or removed, where it is kept."""
    if kind in {Kind.STATEFUL_REPLACED, Kind.STATEFUL_MAY_BE_REPLACED} and _kept_twice(old, new):
        yield "the old one stays with its data, the new one begins empty"
    elif kind is Kind.STATEFUL_REMOVED and _keeps(old, "DeletionPolicy"):
        yield "it stays with its data, outside the launch"


def _keeps(body: Mapping[str, Any] | None, policy: str) -> bool:
    from factory.gates.rules.stateful_policies import KEEPING

    value = (body or {}).get(policy)
    return isinstance(value, str) and value in KEEPING


def _kept_twice(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> bool:
    return _keeps(old, "UpdateReplacePolicy") and _keeps(new, "UpdateReplacePolicy")
