"""What portfolios ask of their products beyond what every product must keep."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from factory.catalog.constraints.template import Template
from factory.catalog.environments import SIZING_PARAMETER
from factory.catalog.manifest import DeclaredPortfolio, Manifest
from factory.catalog.model import PortfolioName, ProductName
from factory.gates.finding import Finding
from factory.gates.lint import finding, house_rules
from factory.synthesis.artifact import Artifact


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """The frameworks that a portfolio asks for, for one product as it offers it."""

    portfolio: PortfolioName
    product: ProductName
    frameworks: frozenset[str]
    constraints: tuple[Template, ...]
    """What the portfolio lets people choose: branches that it closes need not keep a rule."""

    @property
    def file(self) -> str:
        """The portfolio's manifest, relative to the project."""
        return f"portfolios/{self.portfolio}.yaml"


def demands(manifest: Manifest) -> tuple[Demand, ...]:
    """Every product of every portfolio that asks for a framework."""
    sizing = {environment.name: environment.sizing for environment in manifest.environments}
    return tuple(
        Demand(
            portfolio=portfolio.name,
            product=product,
            frameworks=portfolio.compliance,
            constraints=(
                *(item for item in portfolio.constraints if isinstance(item, Template) and item.product == product),
                *_pins(portfolio, product, sorted(sizing[name] for name in environments)),
            ),
        )
        for portfolio in manifest.portfolios
        if portfolio.compliance
        for product in dict.fromkeys(offer.product for offer in portfolio.offers)
        if (environments := {offer.environment for offer in portfolio.offers if offer.product == product})
    )


def _pins(portfolio: DeclaredPortfolio, product: ProductName, classes: Sequence[str]) -> Iterator[Template]:
    if product not in portfolio.free:
        yield Template.allowing(product, SIZING_PARAMETER, tuple(classes))


def check(artifact: Artifact, asked: Iterable[Demand]) -> Iterator[Finding]:
    """The findings of the rules that portfolios ask for, in the launches that these portfolios admit."""
    for demand in asked:
        if demand.product != artifact.product:
            continue
        closed = {name: rule for item in demand.constraints for name, rule in item.document()["Rules"].items()}
        template = {**artifact.template, "Rules": {**artifact.template.get("Rules", {}), **closed}}
        for rule in house_rules().values():
            for match in rule.problems(template) if rule.asked_by & demand.frameworks else ():
                frameworks = " and ".join(sorted(rule.asked_by & demand.frameworks))
                yield finding(
                    artifact,
                    rule,
                    match.path,
                    f"{match.message}; portfolio {demand.portfolio} asks for {frameworks}",
                    mend=f"{rule.mend} Or close the choice in {demand.file}, under constraints.",
                )
