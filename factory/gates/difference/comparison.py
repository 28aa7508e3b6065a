"""Two templates side by side: everything in which they differ for somebody who launched the first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from factory.gates.difference import consequences, form, network, permissions, stamp, texts, values
from factory.gates.difference.expressions import Reading
from factory.gates.difference.model import Change, Difference, Kind
from factory.gates.difference.resources import Resources
from factory.gates.difference.worlds import Domains

_ORDER = {kind: place for place, kind in enumerate(Kind)}


def compare(
    before: Mapping[str, Any], after: Mapping[str, Any], *, launched: Mapping[str, str] | None = None
) -> Difference:
    """What an update from one template to another does.

    `launched` holds the parameter values of one launch: then only what befalls that one is told. Otherwise each change
    says for which values it holds.
    """
    if before == after:
        return Difference()
    fresh = frozenset(after.get("Parameters", {})) - frozenset(before.get("Parameters", {}))
    old, new = Reading(template=before), Reading(template=after, fresh=fresh)
    resources = Resources(before=old, after=new, domains=Domains.of(old, new, launched))
    changes = [
        *consequences.changes(resources),
        *permissions.changes(resources),
        *network.changes(resources),
        *form.changes(old, new),
        *values.changes(resources),
        *texts.changes(old, new),
    ]
    if not changes and stamp.removed(dict(before)) != stamp.removed(dict(after)):
        changes.append(Change(kind=Kind.TEXTS_CHANGED, subject="template", details=("written differently",)))
    changes.sort(key=lambda change: (_ORDER[change.kind], change.subject))
    return Difference(changes=tuple(changes), stamped=tuple(consequences.stamped(resources)))
