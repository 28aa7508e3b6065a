"""What an update does to each resource, in each combination of parameter values that matters to it.

A replaced resource has another id, so what refers to it is followed: a property that can't be changed replaces its own
resource in turn.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from factory.gates.difference import replacement
from factory.gates.difference.expressions import Reading, World, references
from factory.gates.difference.fates import Cause, Fate, Outcome, Presence
from factory.gates.difference.worlds import Domains


@dataclass(frozen=True, slots=True, kw_only=True)
class Resources:
    """The resources of two templates, side by side."""

    before: Reading
    after: Reading
    domains: Domains
    _outcomes: dict[tuple[str, tuple[tuple[str, str], ...]], Outcome] = field(default_factory=dict)
    _variables: dict[str, frozenset[str]] = field(default_factory=dict)

    def names(self) -> list[str]:
        """Every resource of either template."""
        return sorted({*self.before.section("Resources"), *self.after.section("Resources")})

    def bodies(self, name: str) -> tuple[Mapping[str, Any] | None, Mapping[str, Any] | None]:
        """A resource before and after, None where a template does not have it."""
        return self.before.section("Resources").get(name), self.after.section("Resources").get(name)

    def worlds(self, name: str) -> list[World]:
        """The worlds in which different things may befall a resource."""
        return self.domains.worlds(self.variables(name))

    def variables(self, name: str) -> frozenset[str]:
        """The variables that decide what befalls a resource: those of its own changes, and of what it refers to."""
        if name not in self._variables:
            # CloudFormation admits no circle of references; should there be one, this ends it.
            self._variables[name] = frozenset()
            self._variables[name] = frozenset(self._deciding(name))
        return self._variables[name]

    def is_touched(self, name: str) -> bool:
        """Whether a resource that stays is changed in any world, so that what refers to it may be, too."""
        return any(self.outcome(name, world).fate > Fate.MARKED for world in self.worlds(name))

    def outcome(self, name: str, world: World) -> Outcome:
        """What befalls a resource in a world."""
        key = name, tuple((variable, world[variable]) for variable in sorted(self.variables(name)) if variable in world)
        if key not in self._outcomes:
            self._outcomes[key] = Outcome(presence=Presence.STAYS)
            self._outcomes[key] = self._outcome(name, world)
        return self._outcomes[key]

    def properties(self, name: str, world: World) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        """A resource's reduced properties before and after, empty where it is not there."""
        found = []
        for reading, body in zip((self.before, self.after), self.bodies(name), strict=True):
            is_there = body is not None and reading.exists(body, world) is not False
            found.append(reading.reduce(body.get("Properties", {}), world) if body and is_there else {})
        return found[0], found[1]

    # --- what decides ---------------------------------------------------------------------------------------------

    def _deciding(self, name: str) -> Iterator[str]:
        old, new = self.bodies(name)
        own = old is None or new is None or self._condition(self.before, old) != self._condition(self.after, new)
        for prop in self._properties(name):
            before, after = ((body or {}).get("Properties", {}).get(prop) for body in (old, new))
            is_changed = self.before.reduce(before, {}) != self.after.reduce(after, {})
            touched = [other for other in self._referred(after) if self.is_touched(other)]
            if is_changed or touched:
                own = True
                yield from self.before.variables(before)
                yield from self.after.variables(after)
            for other in touched:
                yield from self.variables(other)
        if own:
            for reading, body in ((self.before, old), (self.after, new)):
                if body and "Condition" in body:
                    yield from reading.deciding({"Condition": body["Condition"]})

    def _properties(self, name: str) -> list[str]:
        return sorted({prop for body in self.bodies(name) if body for prop in body.get("Properties", {})})

    def _referred(self, value: Any) -> set[str]:
        return {name for name, _ in references(self.after.reduce(value, {}))} & self.after.section("Resources").keys()

    @staticmethod
    def _condition(reading: Reading, body: Mapping[str, Any]) -> Any:
        return reading.reduce({"Fn::If": [body["Condition"], "", "-"]}, {}) if "Condition" in body else None

    def _fate(self, name: str, attribute: str | None, world: World) -> Fate:
        """What becomes of a resource's id or attribute: after an update in place, most are what they were."""
        body = self.after.section("Resources").get(name)
        fate = self.outcome(name, world).fate if body else Fate.UNTOUCHED
        is_same = fate is Fate.UPDATED and body and not replacement.changes_when_updated(body["Type"], attribute)
        return Fate.UNTOUCHED if is_same else fate

    # --- outcomes -------------------------------------------------------------------------------------------------

    def _outcome(self, name: str, world: World) -> Outcome:
        old, new = self.bodies(name)
        was = old is not None and self.before.exists(old, world) is not False
        is_there = new is not None and self.after.exists(new, world) is not False
        if not was or not is_there or old is None or new is None:
            presence = {(False, False): Presence.NEVER, (False, True): Presence.ADDED, (True, False): Presence.REMOVED}
            return Outcome(presence=presence[was, is_there])
        if old["Type"] != new["Type"]:
            cause = Cause(fate=Fate.REFUSED, text=f"its type changes: {old['Type']} → {new['Type']}")
            return Outcome(presence=Presence.STAYS, fate=Fate.REFUSED, causes=(cause,))
        before, after = self.properties(name, world)
        given = {*self.before.section("Parameters"), *self.after.section("Parameters")}
        found = list(
            replacement.causes(
                new["Type"],
                before,
                after,
                given=given,
                fate_of=lambda other, attribute: self._fate(other, attribute, world),
            )
        )
        fate = max((cause.fate for cause in found), default=Fate.UNTOUCHED)
        kept = replacement.kept_name(new["Type"], before, after)
        if kept and fate is Fate.REPLACED:
            fate = Fate.REFUSED
            text = f"{kept} stays the same, and CloudFormation replaces no resource that keeps its name"
            found.append(Cause(fate=fate, text=text))
        return Outcome(presence=Presence.STAYS, fate=fate, causes=tuple(found))
