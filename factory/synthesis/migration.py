"""From another tool's manifest of a service to the launch that takes its place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from factory.authoring.migration import Answer, Field, Manifest, Migration, Verdict

# Where the tool's manifests say what is different in an environment.
_OVERRIDES = "environments"
_VARIABLE = re.compile(r"\$\{(\w+)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """A field that no parameter takes up, or not as it stands; without a verdict, one that the tool does not have."""

    path: str
    verdict: Verdict | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Migrated:
    """A service in one environment: the answers by parameter, and what a person should know."""

    answers: tuple[Answer, ...]
    remarks: tuple[Remark, ...]


def environments_of(manifest: Manifest) -> tuple[str, ...]:
    """The environments that the manifest has values of their own for."""
    overrides = manifest.get(_OVERRIDES)
    return tuple(overrides) if isinstance(overrides, Mapping) else ()


def migrate(
    migration: type[Migration], manifest: Manifest, environment: str | None, variables: Mapping[str, str]
) -> Migrated:
    """The service in an environment, or apart from all of them.

    `variables` are values for `${NAME}` in texts; one that is not known is told as something to look up.
    """
    fields = {field.path: field for field in migration.fields}
    whole = _in_environment(manifest, environment)
    answers: dict[str, Answer] = {}
    remarks: list[Remark] = []
    for path, value in _leaves(whole, fields):
        field = fields.get(path)
        if field is None:
            remarks.append(Remark(path=path, verdict=None, text=f"{migration.type} has no such field"))
            continue
        if field.answers is None:
            remarks.append(Remark(path=path, verdict=field.verdict, text=field.remark))
            continue
        try:
            for answer in field.answers(value, whole):
                answers[answer.parameter] = _filled(answer, variables)
        except (ValueError, TypeError, AttributeError, LookupError, ArithmeticError) as error:
            # Of other people's files, any value may have any type, lack a key, or be a zero that is divided by.
            reason = str(error) if type(error) is ValueError else "it does not have the type that is documented"
            remarks.append(Remark(path=path, verdict=field.verdict, text=f"not taken over: {reason}"))
    return Migrated(answers=tuple(answers.values()), remarks=tuple(remarks))


def _in_environment(manifest: Manifest, environment: str | None) -> Manifest:
    base = {key: value for key, value in manifest.items() if key != _OVERRIDES}
    overrides = manifest.get(_OVERRIDES)
    own = overrides.get(environment) if environment and isinstance(overrides, Mapping) else None
    return _merged(base, own) if isinstance(own, Mapping) else base


def _merged(base: Manifest, over: Manifest) -> dict[str, Any]:
    """The one over the other: mappings key by key, everything else as a whole."""
    found = dict(base)
    for key, value in over.items():
        below = found.get(key)
        both = isinstance(below, Mapping) and isinstance(value, Mapping)
        found[key] = _merged(below, value) if both else value  # type: ignore[arg-type] # both are mappings here
    return found


def _leaves(value: Any, fields: Mapping[str, Field], path: str = "") -> Iterator[tuple[str, Any]]:
    """Each field that has a value, as deep as fields are named; what is not named by its own path."""
    deeper = not path or any(other.startswith(f"{path}.") for other in fields)
    if isinstance(value, Mapping) and deeper:
        for key, item in value.items():
            yield from _leaves(item, fields, f"{path}.{key}" if path else str(key))
    else:
        yield path, value


def _filled(answer: Answer, variables: Mapping[str, str]) -> Answer:
    if answer.value is None:
        return replace(answer, ask=_VARIABLE.sub(lambda found: variables.get(found[1], found[0]), answer.ask))
    value = _VARIABLE.sub(lambda found: variables.get(found[1], found[0]), answer.value)
    unknown = _VARIABLE.search(value)
    if unknown is None:
        return replace(answer, value=value)
    return Answer(parameter=answer.parameter, ask=f"{value} with the value of {unknown[1]}")
