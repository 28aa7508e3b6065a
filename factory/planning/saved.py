"""A plan as a file that somebody approves: what it changes, and digests of what it was made from.

The file holds what `plan --json` prints, and for each place the digests of the desired and the observed catalog. What
is applied is never read from it: the plan is made again and has to be the same one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from enum import Enum
from typing import Any

from factory.catalog.model import Catalog, Place
from factory.errors import PlanError
from factory.planning.plan import Plan
from factory.planning.render import to_json

FORMAT = "product-factory plan"
VERSION = 1

_ANEW = "factory plan --save FILE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What a plan was asked for, and of whom."""

    factory: str
    """The version of the factory."""
    sandbox: bool
    day: date
    """The day for which versions retire."""
    hub: str
    environments: Mapping[str, str]
    """Account by name."""
    prune: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedPlan:
    """A plan with all that must be the same when it is applied."""

    basis: Basis
    desired: Mapping[str, str]
    """Digest by place, such as `dev/us-east-1`."""
    observed: Mapping[str, str]
    changes: list[dict[str, Any]]
    kept: list[str]

    @classmethod
    def of(cls, plan: Plan, basis: Basis, desired: Catalog, observed: Catalog) -> SavedPlan:
        """The plan that leads from the observed to the desired catalog."""
        places = sorted({*desired.places(), *observed.places()})
        return cls(
            basis=basis,
            desired={str(place): digest(_at(place, desired)) for place in places},
            observed={str(place): digest(_at(place, observed)) for place in places},
            **to_json(plan),
        )

    def text(self) -> str:
        """The file's content: JSON, with a checksum that tells when it was damaged or edited."""
        document = {
            "format": FORMAT,
            "version": VERSION,
            "factory": self.basis.factory,
            "sandbox": self.basis.sandbox,
            "day": self.basis.day.isoformat(),
            "hub": self.basis.hub,
            "environments": dict(self.basis.environments),
            "prune": self.basis.prune,
            "desired": dict(self.desired),
            "observed": dict(self.observed),
            "changes": self.changes,
            "kept": self.kept,
        }
        return json.dumps({**document, "checksum": digest(document)}, indent=2, ensure_ascii=False) + "\n"

    def refuse_unless_same(self, now: SavedPlan) -> None:
        """Raise PlanError, with all that is different, unless this plan is still the one to be made."""
        if moved := list(self._moved(now)):
            raise PlanError("the plan no longer holds: " + "; ".join(moved), hint=_ANEW)

    def _moved(self, now: SavedPlan) -> Iterator[str]:
        before, after = self.basis, now.basis
        if before.hub != after.hub:
            yield f"the hub was account {before.hub} and is account {after.hub}"
        for name in sorted(before.environments.keys() | after.environments.keys()):
            old, new = before.environments.get(name), after.environments.get(name)
            if old != new:
                yield f"{name} was {_account(old)} and is {_account(new)}"
        if asked := _different(self.desired, now.desired):
            yield f"products or manifests ask for something else in {asked}"
        if found := _different(self.observed, now.observed):
            yield f"the catalog was changed in {found}"
        if not asked and not found and self.changes != _plain(now.changes):
            yield "the same catalog and manifests need other changes, such as where a retiring version came into use"


def read_saved(text: str, *, factory: str, sandbox: bool, today: date) -> SavedPlan:
    """The plan that a file holds.

    Raises PlanError where it is none, was edited or damaged, comes from another version of the factory, from the
    future, or is for the sandbox and not for real accounts, or the other way round.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise PlanError(f"it is no saved plan: {error}", hint=_ANEW) from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise PlanError("it is no saved plan", hint=_ANEW)
    if document.get("version") != VERSION or document.get("factory") != factory:
        raise PlanError(
            f"it was saved by product-factory {document.get('factory')} in version {document.get('version')} of the "
            f"format; this is {factory}, which reads version {VERSION}",
            hint=_ANEW,
        )
    claimed = document.pop("checksum", None)
    if claimed != digest(document):
        raise PlanError("it was changed after it was saved", hint=_ANEW)
    saved = _parsed(document)
    if saved.basis.sandbox != sandbox:
        made, here = ("the sandbox", "real accounts") if saved.basis.sandbox else ("real accounts", "the sandbox")
        raise PlanError(f"it was made for {made}, not for {here}", hint=_ANEW)
    if saved.basis.day > today:
        raise PlanError(f"it was made for {saved.basis.day}, which is still to come", hint=_ANEW)
    return saved


def digest(value: object) -> str:
    """SHA-256 of a value's canonical JSON: keys and sets sorted, no spaces."""
    return hashlib.sha256(_canonical(value).encode()).hexdigest()


_SHAPE: Mapping[str, type] = {
    "format": str,
    "version": int,
    "factory": str,
    "sandbox": bool,
    "day": str,
    "hub": str,
    "environments": dict,
    "prune": bool,
    "desired": dict,
    "observed": dict,
    "changes": list,
    "kept": list,
}


def _parsed(document: dict[str, Any]) -> SavedPlan:
    """The document as a plan. Raises PlanError with every field that is not as it has to be."""
    wrong = sorted(document.keys() ^ _SHAPE.keys())
    wrong += [name for name, type_ in _SHAPE.items() if name in document and type(document[name]) is not type_]
    for name in ("environments", "desired", "observed"):
        if name not in wrong and not all(isinstance(value, str) for value in document[name].values()):
            wrong.append(name)
    try:
        day = date.fromisoformat(document["day"]) if "day" not in wrong else date.min
    except ValueError:
        wrong.append("day")
    if wrong:
        raise PlanError(f"it is no saved plan: wrong are {', '.join(wrong)}", hint=_ANEW)
    return SavedPlan(
        basis=Basis(
            factory=document["factory"],
            sandbox=document["sandbox"],
            day=day,
            hub=document["hub"],
            environments=document["environments"],
            prune=document["prune"],
        ),
        desired=document["desired"],
        observed=document["observed"],
        changes=document["changes"],
        kept=document["kept"],
    )


def _at(place: Place, catalog: Catalog) -> Catalog:
    """The part of a catalog that is in one place."""
    return Catalog(
        portfolios=tuple(sorted((item for item in catalog.portfolios if item.place == place), key=lambda it: it.name)),
        products=tuple(sorted((item for item in catalog.products if item.place == place), key=lambda it: it.name)),
    )


def _account(id_: str | None) -> str:
    return f"account {id_}" if id_ else "no environment of the plan"


def _different(before: Mapping[str, str], after: Mapping[str, str]) -> str:
    return ", ".join(sorted(place for place in before.keys() | after.keys() if before.get(place) != after.get(place)))


def _plain(value: Any) -> Any:
    """The value as it reads after it was written and read."""
    return json.loads(json.dumps(value))


def _canonical(value: object) -> str:
    return json.dumps(_data(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _data(value: object) -> Any:
    """A value as JSON has it. Values of different types differ, even where their fields do not."""
    if is_dataclass(value) and not isinstance(value, type):
        members = {item.name: _data(getattr(value, item.name)) for item in fields(value)}
        return {"": type(value).__name__, **members}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _data(item) for key, item in value.items()}
    if isinstance(value, frozenset | set):
        return sorted((_data(item) for item in value), key=_canonical)
    if isinstance(value, list | tuple):
        return [_data(item) for item in value]
    return value
