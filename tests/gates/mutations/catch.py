"""Whether a house rule sees a mutation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from factory.gates.branches import Branches
from factory.gates.house import HouseRule
from factory.gates.lint import house_rules
from factory.synthesis.artifact import Artifact
from tests.gates.mutations import settings, statements, structures
from tests.gates.mutations.mutation import Mutation, Template

ADDED = "Mutant"
"""Logical name of a resource that a mutation adds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A mutation of a product, and the first rule that sees it."""

    product: str
    mutation: Mutation
    rule: str | None


def mutations(template: Template) -> Iterator[Mutation]:
    """Every mutation of a template that changes it."""
    for source in (settings, structures, statements):
        yield from (item for item in source.mutations(template) if item.apply(template) != template)


def outcomes(artifact: Artifact) -> Iterator[Outcome]:
    """Every mutation of a product, with a rule that sees it."""
    template = artifact.template
    before = {rule.id: _texts(rule.problems(template)) for rule in _rules().values()}
    for mutation in mutations(template):
        mutant = mutation.apply(template)
        found = (rule for rule, texts in _seen(mutant, mutation) if texts - before[rule])
        yield Outcome(product=artifact.product, mutation=mutation, rule=next(found, None))


def _seen(mutant: Template, mutation: Mutation) -> Iterator[tuple[str, set[str]]]:
    """What each rule says, first of the mutated resource alone, as one rule that sees it is enough; then of all."""
    branches = Branches(mutant)
    for name in (mutation.resource, ADDED):
        body = mutant["Resources"].get(name)
        if body is None:
            continue
        for rule in _rules().values():
            if rule.concerns(body):
                yield rule.id, _texts(rule.resource_problems(branches, name, body))
    for rule in _rules().values():
        yield rule.id, _texts(rule.problems(mutant))


def _rules() -> Mapping[str, HouseRule]:
    """The rules that count in every portfolio."""
    return {name: rule for name, rule in house_rules().items() if not rule.asked_by}


def _texts(matches: Iterable[Any]) -> set[str]:
    return {f"{'/'.join(map(str, match.path))}: {match.message}" for match in matches}
