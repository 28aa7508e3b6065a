"""What a mutation is, and the pieces of which mutations are made."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

Template = dict[str, Any]

REMOVED: Any = object()
"""In place of a value: the property is not there at all."""

SWITCH = "MutantSwitch"
"""Parameter with which whoever launches a mutant may turn a protection off."""
ON = "MutantIsOn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutation:
    """One protection less: a change of a template that nobody should be able to publish."""

    kind: str
    """What is weakened, in a few words; the row of the table."""
    resource: str
    change: Callable[[Template], None] = field(repr=False)

    def apply(self, template: Template) -> Template:
        """The template after the change."""
        mutant = copy.deepcopy(template)
        self.change(mutant)
        return mutant


def properties(template: Template, name: str) -> dict[str, Any]:
    """The properties of a resource, to be changed in place."""
    found: dict[str, Any] = template["Resources"][name].setdefault("Properties", {})
    return found


def put(holder: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    """Set or remove what lies on a path of maps, making the maps that are missing."""
    for key in path[:-1]:
        holder = holder.setdefault(key, {})
    if value is REMOVED:
        holder.pop(path[-1], None)
    else:
        holder[path[-1]] = value


def has(holder: Any, path: tuple[str, ...]) -> bool:
    """Whether a path of maps leads to something."""
    for key in path:
        if not isinstance(holder, dict) or key not in holder:
            return False
        holder = holder[key]
    return True


def at(holder: Any, path: tuple[str, ...]) -> Any:
    """What lies on a path of maps."""
    for key in path:
        holder = holder[key]
    return holder


def switchable(template: Template, good: Any, bad: Any) -> Any:
    """A value that is good unless whoever launches says otherwise."""
    template.setdefault("Parameters", {})[SWITCH] = {
        "Type": "String",
        "Description": "Whether the protection is there.",
        "AllowedValues": ["true", "false"],
        "Default": "true",
    }
    template.setdefault("Conditions", {})[ON] = {"Fn::Equals": [{"Ref": SWITCH}, "true"]}
    return {"Fn::If": [ON, good, {"Ref": "AWS::NoValue"} if bad is REMOVED else bad]}


def setting(kind: str, resource: str, path: tuple[str, ...], good: Any, bads: Iterable[Any]) -> Iterator[Mutation]:
    """A property with a weak value; the same behind a condition; and the same through a parameter's default."""
    for bad in bads:

        def plainly(template: Template, bad: Any = bad) -> None:
            put(properties(template, resource), path, bad)

        def on_a_branch(template: Template, bad: Any = bad) -> None:
            put(properties(template, resource), path, switchable(template, good, bad))

        yield Mutation(kind=kind, resource=resource, change=plainly)
        yield Mutation(kind=f"{kind}, on one branch", resource=resource, change=on_a_branch)
        if bad is not REMOVED and isinstance(bad, str | bool | int):

            def by_default(template: Template, bad: Any = bad) -> None:
                text = str(bad).lower() if isinstance(bad, bool) else str(bad)
                template.setdefault("Parameters", {})[SWITCH] = {
                    "Type": "String",
                    "Description": "What the protection is.",
                    "Default": text,
                }
                put(properties(template, resource), path, {"Ref": SWITCH})

            yield Mutation(kind=f"{kind}, by a parameter's default", resource=resource, change=by_default)
