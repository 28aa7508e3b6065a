"""What a framework of controls is: its controls, and who has to see to those that no template can."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Responsible(StrEnum):
    """Who covers what the templates don't (AWS shared responsibility model)."""

    AWS = "AWS"
    ORGANIZATION = "organization"
    """The company: its policies, people, processes, and accounts."""
    APPLICATION = "application"
    """The team whose software runs on a product."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """One control. The title is in our words where the framework's own are not free to copy."""

    id: str
    title: str
    responsible: Responsible


@dataclass(frozen=True, slots=True, kw_only=True)
class Framework:
    """A published set of controls, in its order, as far as products can be held against it."""

    name: str
    """As manifests and rules write it."""
    title: str
    source_url: str
    controls: tuple[Control, ...]
    catalog_url: str = ""
    """Where an OSCAL catalog of it is published; empty where there is none."""


def table(responsible: Responsible, text: str) -> Iterator[Control]:
    """Controls from lines of `id title`, all of which the same party covers."""
    for line in text.strip().splitlines():
        identifier, _, title = line.strip().partition(" ")
        yield Control(id=identifier, title=title.strip(), responsible=responsible)
