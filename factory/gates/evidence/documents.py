"""The evidence as documents: plain data for machines, Markdown for auditors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from factory.catalog.controls import Responsible
from factory.gates.evidence.matrix import ControlEvidence, State


def to_json(matrix: Iterable[ControlEvidence]) -> list[dict[str, Any]]:
    """One entry a control."""
    return [
        {
            "framework": item.framework.name,
            "control": item.control.id,
            "title": item.control.title,
            "state": item.state.value,
            "rules": [{"id": rule.id, "name": rule.shortdesc, "meaning": meaning(rule)} for rule in item.rules],
            "evidence": [
                {"rule": kept.rule, "product": kept.product, "version": kept.version, "resources": list(kept.resources)}
                for kept in item.kept
            ],
            "exceptions": [
                {"product": found.product, "resource": found.resource, **found.exemption.to_json()}
                for found in item.exceptions
            ],
            "broken": [
                {"product": found.product, "resource": found.resource, "rule": found.rule, "message": found.message}
                for found in item.broken
            ],
            "covered_by": item.control.responsible.value if item.state is State.OPEN else "templates",
        }
        for item in matrix
    ]


def counts(matrix: Iterable[ControlEvidence]) -> list[tuple[str, Counter[str]]]:
    """For each framework, how many controls are in which state; open ones by who has to cover them."""
    found: dict[str, Counter[str]] = {}
    for item in matrix:
        key = item.control.responsible.value if item.state is State.OPEN else item.state.value
        found.setdefault(item.framework.name, Counter())[key] += 1
    return list(found.items())


def to_markdown(matrix: Sequence[ControlEvidence]) -> Iterator[str]:
    """Lines of a document with a section a framework: what is evidenced, the exceptions, and what others must cover."""
    yield "# Controls"
    for name in dict.fromkeys(item.framework.name for item in matrix):
        items = [item for item in matrix if item.framework.name == name]
        yield from ("", f"## {items[0].framework.title}", "")
        yield from ("| control | title | state | rules | resources |", "| --- | --- | --- | --- | --- |")
        for item in items:
            if item.state is not State.OPEN:
                rules = ", ".join(rule.id for rule in item.rules)
                cells = (item.control.id, item.control.title, item.state.value, rules, _places(item))
                yield _row(*cells)
        yield from _exceptions(items)
        yield from _uncovered(items)
    yield from ("", "## Rules", "", "| rule | meaning | why |", "| --- | --- | --- |")
    for rule in sorted({rule.id: rule for item in matrix for rule in item.rules}.values(), key=lambda rule: rule.id):
        yield _row(rule.id, meaning(rule), rule.description)


def meaning(rule: Any) -> str:
    """The first paragraph of a rule's docstring, on one line."""
    return " ".join((rule.__doc__ or "").split("\n\n")[0].split())


def _places(item: ControlEvidence) -> str:
    resources: dict[str, set[str]] = {}
    for kept in item.kept:
        resources.setdefault(f"{kept.product} {kept.version}", set()).update(kept.resources)
    return "; ".join(f"{product}: {', '.join(sorted(names))}" for product, names in sorted(resources.items()))


def _exceptions(items: Iterable[ControlEvidence]) -> Iterator[str]:
    found = {
        (excepted.product, excepted.resource, excepted.exemption) for item in items for excepted in item.exceptions
    }
    if found:
        yield from ("", "### Exceptions", "")
        yield from ("| resource | rule | reason | owner | until |", "| --- | --- | --- | --- | --- |")
        for product, resource, exemption in sorted(found, key=lambda entry: (*entry[:2], entry[2].rule)):
            yield _row(
                f"{product}/{resource}", exemption.rule, exemption.reason, exemption.owner, str(exemption.review)
            )


def _uncovered(items: Iterable[ControlEvidence]) -> Iterator[str]:
    uncovered = [item for item in items if item.state is State.OPEN]
    if uncovered:
        yield from ("", "### Not covered by templates", "", "| covered by | controls |", "| --- | --- |")
        for responsible in Responsible:
            named = [
                f"{item.control.id} {item.control.title}"
                for item in uncovered
                if item.control.responsible is responsible
            ]
            if named:
                yield _row(responsible.value, "; ".join(named))


def _row(*cells: str) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
