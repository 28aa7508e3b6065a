"""From what a role must be able to do to policies that IAM takes: readable statements, split by size.

A statement holds actions of one service on the same resources, as far as joining them widens none of them; its Sid says
the service and the kind of resource. Actions on `*` stand in two statements, what reads and what writes.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any

from awacs.aws import Action, Statement
from troposphere import Sub, encode_to_dict

from factory.authoring.actions import arn_formats, is_reading, is_tagging
from factory.authoring.policy import allow, document
from factory.synthesis.launch_roles.reach import Reach

POLICY_CHARACTERS = 6_144
"""What a managed policy holds, white space apart (IAM User Guide, "IAM and AWS STS quotas")."""
# The part of a statement that is not actions, and the rest of the document.
_STATEMENT_CHARACTERS = 4_000
# More patterns of a kind than these are hard to read.
_FEW = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """An action and where it is allowed; `when` are conditions as awacs knows them."""

    action: str
    reach: Reach
    when: tuple[Any, ...] = ()


@dataclass(slots=True)
class _Group:
    """Actions that share a statement."""

    when: tuple[Any, ...]
    actions: list[str] = field(default_factory=list)
    reach: dict[str, frozenset[str]] = field(default_factory=dict)
    kinds: set[str] = field(default_factory=set)

    def takes(self, grant: Grant) -> bool:
        """Whether neither the actions here nor the new one come to be allowed on more than they need."""
        if repr(self.when) != repr(grant.when):
            return False
        here = all(self.reach[kind] == grant.reach.get(kind) for kind in self.reach.keys() & arn_formats(grant.action))
        return here and all(self.reach.get(kind) == grant.reach[kind] for kind in grant.reach.keys() & self.kinds)

    @property
    def subject(self) -> str:
        """What the statement is about, beside the service."""
        if len(self.actions) == 1:
            return self.actions[0].partition(":")[2]
        if all(is_tagging(action) for action in self.actions):
            return "tags"
        return next(iter(self.reach)) if len(self.reach) == 1 else "resources"

    def add(self, grant: Grant) -> None:
        self.actions.append(grant.action)
        self.reach |= grant.reach
        self.kinds |= arn_formats(grant.action).keys()


def statements(grants: Iterable[Grant]) -> Iterator[Statement]:
    """Group grants, which name each action once, into statements."""
    ordered = sorted(grants, key=lambda grant: grant.action)
    anywhere = [grant.action for grant in ordered if not grant.reach]
    readings = [action for action in anywhere if is_reading(action)]
    writings = [action for action in anywhere if not is_reading(action)]
    by_service: dict[str, list[_Group]] = defaultdict(list)
    for grant in ordered:
        if grant.reach:
            groups = by_service[grant.action.partition(":")[0]]
            group = next((group for group in groups if group.takes(grant)), None)
            if group is None:
                groups.append(group := _Group(grant.when))
            group.add(grant)
    taken: set[str] = set()
    for service, groups in by_service.items():
        for group in groups:
            resources = sorted({arn for patterns in group.reach.values() for arn in _few(patterns)})
            sid = _unused(_camel(service) + _camel(group.subject), taken)
            yield from _split(sid, group.actions, [Sub(arn) for arn in _covering(resources)], group.when)
    yield from _split("ReadAnywhere", readings, ["*"], ())
    yield from _split("WriteAnywhere", writings, ["*"], ())


def policies(found: Iterable[Statement]) -> tuple[tuple[Statement, ...], ...]:
    """Split statements, in their order, over as few policies as IAM's limit allows."""
    documents: list[list[Statement]] = []
    for statement in found:
        place = next((held for held in documents if characters([*held, statement]) <= POLICY_CHARACTERS), None)
        if place is None:
            documents.append(place := [])
        place.append(statement)
    return tuple(tuple(held) for held in documents)


def characters(held: Sequence[Statement]) -> int:
    """How long a policy of these statements is, as IAM counts it; variables count as long as they are written."""
    return len(re.sub(r"\s", "", json.dumps(rendered(document(*held)), separators=(",", ":"))))


def rendered(node: Any) -> Any:
    """Give policies as data, with texts for what CloudFormation substitutes."""

    def walk(item: Any) -> Any:
        match item:
            case {"Fn::Sub": str(text)}:
                return text
            case {"Ref": str(name)}:
                return f"${{{name}}}"
            case dict():
                return {key: walk(value) for key, value in item.items()}
            case list():
                return [walk(value) for value in item]
            case _:
                return item

    return walk(encode_to_dict(node))


def joined(reaches: Iterable[Reach]) -> Reach:
    """Give where an action is allowed that several resources need."""
    found: dict[str, frozenset[str]] = {}
    for one in reaches:
        if not one:
            return {}
        for kind, patterns in one.items():
            found[kind] = found.get(kind, frozenset()) | patterns
    return found


def _few(patterns: frozenset[str]) -> Iterable[str]:
    """Give patterns of one kind, or what they begin with where they are many."""
    covering = _covering(sorted(patterns))
    if len(covering) <= _FEW:
        return covering
    # The first and the last in order differ soonest.
    pairs = zip(covering[0], covering[-1], strict=False)
    shared = "".join(one for one, _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    return [re.sub("[A-Za-z0-9]*$", "*", shared)]


def _covering(patterns: Sequence[str]) -> list[str]:
    """Leave out what another pattern holds."""
    return [
        one
        for one in patterns
        if not any(other != one and other.endswith("*") and one.startswith(other[:-1]) for other in patterns)
    ]


def _split(sid: str, actions: Sequence[str], on: list[Any], when: Sequence[Any]) -> Iterator[Statement]:
    chunks: list[list[str]] = []
    size = 0
    for action in actions:
        if not chunks or size + len(action) > _STATEMENT_CHARACTERS:
            chunks.append([])
            size = 0
        chunks[-1].append(action)
        size += len(action) + len('"",')
    for number, chunk in enumerate(chunks, start=1):
        yield allow(
            f"{sid}{number if len(chunks) > 1 else ''}",
            [Action(*action.split(":", 1)) for action in chunk],
            on,
            when=when,
        )


def _unused(sid: str, taken: set[str]) -> str:
    number = 1
    while (name := f"{sid}{number if number > 1 else ''}") in taken:
        number += 1
    taken.add(name)
    return name


def _camel(words: str) -> str:
    return "".join(word[:1].upper() + word[1:] for word in re.split("[^A-Za-z0-9]+", words))
