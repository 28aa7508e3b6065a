"""Who launched a product, and what an update to the code's version does to each of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from factory.aws.launch import Launched, given_parameters, provisioned
from factory.aws.launch.parameters import Declared
from factory.catalog.environments import Environment
from factory.catalog.model import Place
from factory.cli.templates import Templates
from factory.cli.workspace import Workspace
from factory.gates.difference import Difference, Kind, compare
from factory.gates.difference.render import to_json, to_short
from factory.synthesis.artifact import Artifact

_WORKERS = 8
_REFUSED = "parameter values are refused"
_CONSEQUENCES = {
    "data is lost": (Kind.DATA_AT_RISK,),
    "CloudFormation refuses the update": (Kind.UPDATE_REFUSED,),
    "something that holds data is replaced": (Kind.STATEFUL_REPLACED,),
    "something that holds data may be replaced": (Kind.STATEFUL_MAY_BE_REPLACED,),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One launch, and what an update does to it, as it has its parameters now."""

    place: Place
    launched: Launched
    difference: Difference | None
    """None for a launch of a version whose template is not in the artifact buckets."""
    refused: tuple[str, ...] = ()
    """What the update would be refused for, with the values that the launch has."""


def hits(
    workspace: Workspace, artifact: Artifact, templates: Templates, environments: Sequence[Environment]
) -> list[Hit]:
    """Every launch of the product in these environments. The accounts are read side by side.

    Raises CatalogError where AWS refuses a call.
    """
    accounts = workspace.accounts
    places = [place for environment in environments for place in environment.places]
    with workspace.terminal.progress("looking at the launches"), ThreadPoolExecutor(max_workers=_WORKERS) as pool:
        found = pool.map(lambda place: provisioned(accounts, place), places)
        launches = [
            (place, item)
            for place, group in zip(places, found, strict=True)
            for item in group
            if item.product == artifact.product
        ]
        given = pool.map(lambda launch: given_parameters(accounts, *launch), launches)
        return [
            Hit(
                place=place,
                launched=item,
                difference=_difference(templates, artifact, item, parameters),
                refused=tuple(_refused(artifact, parameters)),
            )
            for (place, item), parameters in zip(launches, given, strict=True)
        ]


def to_lines(found: Sequence[Hit]) -> Iterator[str]:
    """Each launch with what an update does to it, and how many have something grave to expect."""
    if not found:
        yield "nobody has launched it there"
        return
    width = max(len(f"{hit.place}  {hit.launched.name} {hit.launched.version}") for hit in found)
    for hit in found:
        first, *others = _told(hit)
        yield f"  {f'{hit.place}  {hit.launched.name} {hit.launched.version}':<{width}}  {first}"
        yield from (f"  {'':<{width}}  {other}" for other in others)
    counts = Counter(_REFUSED for hit in found if hit.refused)
    counts.update(text for hit in found for text, kinds in _CONSEQUENCES.items() if _has(hit, kinds))
    told = ", ".join(f"{text} for {counts[text]}" for text in (_REFUSED, *_CONSEQUENCES) if counts[text])
    yield f"of {len(found)} launch{'' if len(found) == 1 else 'es'}: {told or 'nothing grave for any of them'}"


def to_documents(found: Sequence[Hit]) -> list[dict[str, Any]]:
    """The launches for machines."""
    return [
        {
            "environment": hit.place.environment,
            "region": hit.place.region,
            "name": hit.launched.name,
            "version": hit.launched.version,
            **to_json(hit.difference or Difference()),
            "known": hit.difference is not None,
            "refused": list(hit.refused),
        }
        for hit in found
    ]


def _told(hit: Hit) -> list[str]:
    if hit.difference is None:
        return [*hit.refused, "of a version whose template is not known"]
    if not hit.difference:
        return ["nothing changes"]
    _, *grave = to_short(hit.difference)
    return [*hit.refused, *grave] or ["nothing is replaced"]


def _refused(artifact: Artifact, parameters: Mapping[str, str]) -> Iterator[str]:
    """What CloudFormation refuses an update for that keeps every value and gives new parameters their defaults."""
    for name, body in artifact.template.get("Parameters", {}).items():
        if name in parameters:
            yield from Declared.written(name, body).problems(parameters[name])
        elif "Default" not in body and not body.get("NoEcho"):
            yield f"parameter {name} must be given"


def _has(hit: Hit, kinds: tuple[Kind, ...]) -> bool:
    return hit.difference is not None and bool(hit.difference.of(*kinds))


def _difference(
    templates: Templates, artifact: Artifact, launched: Launched, parameters: Mapping[str, str]
) -> Difference | None:
    if (artifact.product, launched.version) not in templates.store.releases():
        return None
    before = templates.published(artifact.product, launched.version)
    return compare(before, artifact.template, launched=parameters)
