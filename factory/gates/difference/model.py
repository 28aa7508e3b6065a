"""What can differ between two templates, and how large a step of the version each kind of difference takes."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, IntEnum

from factory.catalog.model import VersionName, version_number


class Bump(IntEnum):
    """How far a version moves: the least step that does not hide from its users what they meet."""

    PATCH = 1
    MINOR = 2
    MAJOR = 3

    def after(self, version: VersionName) -> VersionName:
        """The version that this step leads to."""
        major, minor, patch = version_number(version)
        steps = {
            Bump.MAJOR: (major + 1, 0, 0),
            Bump.MINOR: (major, minor + 1, 0),
            Bump.PATCH: (major, minor, patch + 1),
        }
        return VersionName(".".join(map(str, steps[self])))

    def __str__(self) -> str:
        return self.name.lower()


class Section(Enum):
    """What part of a product a difference is in, in the order in which it is told."""

    DATA = "data at risk"
    RESOURCES = "resources"
    PERMISSIONS = "permissions"
    NETWORK = "network access"
    PARAMETERS = "parameters"
    VALUES = "values handed on"
    TEXTS = "texts"


class Kind(Enum):
    """One kind of difference, in the order of telling: what it is called, its part, the least step for it.

    Major is what breaks someone who launched the product or builds on it, or what replaces something that holds data;
    minor is what adds something or admits more; patch is the rest.
    """

    DATA_AT_RISK = "would lose its data", Section.DATA, Bump.MAJOR

    UPDATE_REFUSED = "refused by CloudFormation", Section.RESOURCES, Bump.MAJOR
    STATEFUL_REPLACED = "replaced, holds data", Section.RESOURCES, Bump.MAJOR
    STATEFUL_MAY_BE_REPLACED = "may be replaced, holds data", Section.RESOURCES, Bump.MAJOR
    STATEFUL_REMOVED = "removed, holds data", Section.RESOURCES, Bump.MAJOR
    RESOURCE_REPLACED = "replaced", Section.RESOURCES, Bump.PATCH
    RESOURCE_MAY_BE_REPLACED = "may be replaced", Section.RESOURCES, Bump.PATCH
    RESOURCE_REMOVED = "removed", Section.RESOURCES, Bump.PATCH
    RESOURCE_ADDED = "added", Section.RESOURCES, Bump.MINOR
    RESOURCE_UPDATED = "updated in place", Section.RESOURCES, Bump.PATCH

    ROLE_WIDENED = "may do more", Section.PERMISSIONS, Bump.MINOR
    ROLE_NARROWED = "may do less", Section.PERMISSIONS, Bump.PATCH
    ROLE_CHANGED = "may do something else, could be more", Section.PERMISSIONS, Bump.MINOR
    ACCESS_WIDENED = "admits more", Section.PERMISSIONS, Bump.MINOR
    ACCESS_NARROWED = "admits less", Section.PERMISSIONS, Bump.MAJOR
    ACCESS_CHANGED = "admits under another condition, could be more", Section.PERMISSIONS, Bump.MINOR

    INGRESS_OPENED = "opened to", Section.NETWORK, Bump.MINOR
    INGRESS_CLOSED = "closed to", Section.NETWORK, Bump.MAJOR
    EGRESS_OPENED = "may connect to", Section.NETWORK, Bump.MINOR
    EGRESS_CLOSED = "may no longer connect to", Section.NETWORK, Bump.PATCH

    PARAMETER_ADDED = "added", Section.PARAMETERS, Bump.MINOR
    PARAMETER_ADDED_WITHOUT_DEFAULT = "added, must be given", Section.PARAMETERS, Bump.MAJOR
    PARAMETER_REMOVED = "removed", Section.PARAMETERS, Bump.MAJOR
    PARAMETER_RETYPED = "retyped", Section.PARAMETERS, Bump.MAJOR
    PARAMETER_NARROWED = "admits less", Section.PARAMETERS, Bump.MAJOR
    PARAMETER_MAY_BE_NARROWED = "admits something else, could be less", Section.PARAMETERS, Bump.MAJOR
    PARAMETER_WIDENED = "admits more", Section.PARAMETERS, Bump.MINOR
    PARAMETER_DEFAULT_CHANGED = "has another default, for new launches", Section.PARAMETERS, Bump.PATCH
    PARAMETER_DEFAULT_ADDED = "has a default now", Section.PARAMETERS, Bump.MINOR
    PARAMETER_DEFAULT_REMOVED = "has no default any more", Section.PARAMETERS, Bump.MAJOR
    REQUIREMENT_ADDED = "required from a product that was needed before", Section.PARAMETERS, Bump.MINOR
    REQUIREMENT_OF_ANOTHER_PRODUCT = "required from a further product", Section.PARAMETERS, Bump.MAJOR
    RULE_ADDED = "rule added, refuses more", Section.PARAMETERS, Bump.MAJOR
    RULE_CHANGED = "rule changed, could refuse more", Section.PARAMETERS, Bump.MAJOR
    RULE_WIDENED = "rule changed, refuses less", Section.PARAMETERS, Bump.MINOR
    RULE_REMOVED = "rule removed, refuses less", Section.PARAMETERS, Bump.MINOR

    OUTPUT_ADDED = "output added", Section.VALUES, Bump.MINOR
    OUTPUT_REMOVED = "output removed", Section.VALUES, Bump.MAJOR
    OUTPUT_RETYPED = "output is another kind of value", Section.VALUES, Bump.MAJOR
    OUTPUT_CHANGED = "output is put together differently", Section.VALUES, Bump.PATCH
    OUTPUT_MOVED = "output changes with its resource", Section.VALUES, Bump.MAJOR
    CONTRACT_ADDED = "provided", Section.VALUES, Bump.MINOR
    CONTRACT_REMOVED = "no longer provided", Section.VALUES, Bump.MAJOR
    CONTRACT_RETYPED = "provided as another kind of value", Section.VALUES, Bump.MAJOR
    CONTRACT_CHANGED = "provided value is put together differently", Section.VALUES, Bump.PATCH
    CONTRACT_MOVED = "provided value changes with its resource, readers keep the old one", Section.VALUES, Bump.MAJOR

    TEXTS_CHANGED = "changed", Section.TEXTS, Bump.PATCH

    def __init__(self, text: str, section: Section, bump: Bump) -> None:
        self.text = text
        self.section = section
        self.bump = bump

    @property
    def slug(self) -> str:
        """The kind's name in JSON."""
        return self.name.lower().replace("_", "-")


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """For which launches something holds: each named parameter has one of these values. Without any: for all."""

    terms: tuple[tuple[str, tuple[str, ...]], ...] = ()
    exact: bool = True
    """False where it holds for some of these launches only, in a way that no list of values tells."""

    def __str__(self) -> str:
        told = " and ".join(f"{name} is {' or '.join(values)}" for name, values in self.terms)
        if self.exact:
            return f"where {told}" if told else ""
        return f"in some cases where {told}" if told else "in some cases"


ALWAYS = When()


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One difference: what it befalls, and for which launches."""

    kind: Kind
    subject: str
    """Logical name of a resource, name of a parameter, rule or output, or path of a contract value."""
    type: str = ""
    """The resource's type, for what befalls a resource."""
    details: tuple[str, ...] = ()
    """A line each: which property changes from what to what, which permission comes or goes."""
    follows: tuple[str, ...] = ()
    """The resources that it follows, where that is all there is to it: something that it refers to is replaced."""
    when: When = ALWAYS

    def headline(self, *, mark: str = "") -> str:
        """The change without its details; `mark` stands around the name of what it befalls."""
        noun = "parameter " if self.kind.name.startswith("PARAMETER") else ""
        type_ = f" ({self.type})" if self.type else ""
        return f"{noun}{mark}{self.subject}{mark}{type_} {self.kind.text} {self.when}".rstrip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Everything in which a template differs from the one before it."""

    changes: tuple[Change, ...] = ()
    stamped: tuple[str, ...] = field(default=())
    """Resources of which nothing changes but the tag that names the product's version."""

    def __bool__(self) -> bool:
        """Whether anything differs but the version's own mark."""
        return bool(self.changes)

    @property
    def bump(self) -> Bump:
        """The least step of the version that these differences ask for."""
        return max((change.kind.bump for change in self.changes), default=Bump.PATCH)

    def weighing(self, bump: Bump) -> tuple[Change, ...]:
        """The differences that ask for this step themselves."""
        return tuple(change for change in self.changes if change.kind.bump is bump)

    def of(self, *kinds: Kind) -> tuple[Change, ...]:
        """The differences of these kinds."""
        return tuple(change for change in self.changes if change.kind in kinds)
