"""What portfolios ask of their products beyond what every product must keep."""

from __future__ import annotations

import pytest
from troposphere.logs import LogGroup

from factory.authoring import Choice, Product, Stack
from factory.catalog.constraints.template import Template
from factory.catalog.manifest import load
from factory.catalog.model import PortfolioName, ProductName, VersionName
from factory.gates.demands import Demand, check, demands
from factory.synthesis.artifact import Artifact, synthesize
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def logging() -> Artifact:
    class Logging(Product):
        """A log group."""

        name = "logging"
        version = "1.0.0"
        retention = Choice("Retention", options=("90", "365"), default="90")

        def build(self, stack: Stack) -> None:
            stack.add(LogGroup("Logs", RetentionInDays=self.retention))

    return synthesize(Logging)


def demand(*frameworks: str, constraints: tuple[Template, ...] = ()) -> Demand:
    return Demand(
        portfolio=PortfolioName("payments"),
        product=ProductName("logging"),
        frameworks=frozenset(frameworks),
        constraints=constraints,
    )


def test_a_rule_counts_where_a_portfolio_asks_for_it(logging: Artifact) -> None:
    (found,) = check(logging, [demand("pci-dss")])
    assert (found.product, found.resource, found.rule) == ("logging", "Logs", "E9490")
    assert found.message == (
        "logs are kept for less than 365 days when Retention=90; portfolio payments asks for pci-dss"
    )
    assert found.mend.endswith("Or close the choice in portfolios/payments.yaml, under constraints.")


@pytest.mark.parametrize("frameworks", [(), ("soc2",)])
def test_it_does_not_count_elsewhere(logging: Artifact, frameworks: tuple[str, ...]) -> None:
    assert list(check(logging, [demand(*frameworks)])) == []


def test_a_choice_that_the_portfolio_closes_need_not_keep_it(logging: Artifact) -> None:
    closed = Template.allowing("logging", "Retention", ("365",))
    assert list(check(logging, [demand("pci-dss", constraints=(closed,))])) == []


def test_manifests_ask_for_frameworks_with_what_they_close(tmp_path_factory: pytest.TempPathFactory) -> None:
    directory = tmp_path_factory.mktemp("project")
    (directory / "portfolios").mkdir()
    (directory / "portfolios/environments.yaml").write_text((ROOT / "portfolios/environments.yaml").read_text())
    (directory / "portfolios/payments.yaml").write_text(
        "display-name: Payments\nprovider: Platform\nenvironments: [dev, prod]\n"
        "products:\n  network: {prod: current}\ncompliance: [pci-dss, soc2]\n"
        "constraints: {network: {allow: {Nat: [one]}}}\n"
    )
    manifest = load(directory, {ProductName("network"): VersionName("1.0.0")})
    (found,) = demands(manifest)
    assert (found.portfolio, found.product) == ("payments", "network")
    assert found.frameworks == {"pci-dss", "soc2"}
    assert [item.name for item in found.constraints] == ["OnlyNat", "OnlyEnvironment"]
