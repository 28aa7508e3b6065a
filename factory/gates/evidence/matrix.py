"""From artifacts and their findings to what each control of a framework rests on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from factory.authoring.exemption import Exemption
from factory.catalog.controls import Control, Framework
from factory.catalog.model import ProductName
from factory.gates.demands import Demand
from factory.gates.finding import Finding
from factory.gates.house import HouseRule
from factory.synthesis.artifact import Artifact


class State(StrEnum):
    """How far templates see to a control."""

    EVIDENCED = "evidenced"
    EXCEPTED = "evidenced with exceptions"
    BROKEN = "broken"
    """A rule has findings that no exception covers; such a product is not published."""
    OPEN = "not covered by templates"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The resources of a product that keep a rule."""

    rule: str
    product: str
    version: str
    resources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Excepted:
    """A resource that an exception keeps from a rule."""

    product: str
    resource: str
    exemption: Exemption


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlEvidence:
    """What one control rests on."""

    framework: Framework
    control: Control
    rules: tuple[HouseRule, ...]
    kept: tuple[Kept, ...]
    exceptions: tuple[Excepted, ...]
    broken: tuple[Finding, ...]

    @property
    def state(self) -> State:
        """The worst that holds."""
        if self.broken:
            return State.BROKEN
        if self.exceptions:
            return State.EXCEPTED
        return State.EVIDENCED if self.kept else State.OPEN


def matrix(
    artifacts: Sequence[Artifact],
    findings: Iterable[Finding],
    rules: Iterable[HouseRule],
    frameworks: Iterable[Framework],
    asked: Iterable[Demand] = (),
) -> tuple[ControlEvidence, ...]:
    """Every control of the frameworks, in their order, with what these artifacts show of it.

    A rule that portfolios have to ask for shows nothing of a product of which none of `asked` does.
    """
    known = list(rules)
    told = list(findings)
    wanted = list(asked)
    # Read once, since every rule looks at every template.
    templates = {artifact.product: artifact.template for artifact in artifacts}
    kept = {rule.id: tuple(_kept(rule, _concerned(rule, artifacts, wanted), templates, told)) for rule in known}
    return tuple(
        _evidence(framework, control, known, kept, told) for framework in frameworks for control in framework.controls
    )


def _evidence(
    framework: Framework,
    control: Control,
    rules: Iterable[HouseRule],
    kept: dict[str, tuple[Kept, ...]],
    findings: Sequence[Finding],
) -> ControlEvidence:
    standing = [rule for rule in rules if f"{framework.name}/{control.id}" in rule.controls]
    about = [finding for finding in findings if finding.rule in {rule.id for rule in standing}]
    exceptions = {
        (finding.product, finding.resource, finding.exemption) for finding in about if finding.exemption is not None
    }
    return ControlEvidence(
        framework=framework,
        control=control,
        rules=tuple(standing),
        kept=tuple(item for rule in standing for item in kept[rule.id]),
        exceptions=tuple(
            Excepted(product=product, resource=resource, exemption=exemption)
            for product, resource, exemption in sorted(exceptions, key=lambda item: (*item[:2], item[2].rule))
        ),
        broken=tuple(finding for finding in about if finding.exemption is None),
    )


def _concerned(rule: HouseRule, artifacts: Iterable[Artifact], asked: Sequence[Demand]) -> list[Artifact]:
    """The artifacts that were held against a rule."""
    products = {demand.product for demand in asked if demand.frameworks & rule.asked_by}
    return [artifact for artifact in artifacts if not rule.asked_by or artifact.product in products]


def _kept(
    rule: HouseRule,
    artifacts: Iterable[Artifact],
    templates: Mapping[ProductName, dict[str, Any]],
    findings: Sequence[Finding],
) -> Iterator[Kept]:
    for artifact in artifacts:
        without = {
            finding.resource for finding in findings if finding.rule == rule.id and finding.product == artifact.product
        }
        if resources := tuple(name for name in rule.subjects(templates[artifact.product]) if name not in without):
            yield Kept(rule=rule.id, product=artifact.product, version=artifact.version, resources=resources)
